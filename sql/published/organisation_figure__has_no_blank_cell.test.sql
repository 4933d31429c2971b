select
    audience,
    organisation_code,
    indicator_id,
    period_id
from published.organisation_figure
where
    value is null
    or peers is null
    or peer_value is null
    or peer_median is null
    or peer_lower_quartile is null
    or peer_upper_quartile is null
    or is_public is null
