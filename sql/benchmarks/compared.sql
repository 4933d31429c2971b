-- One figure an organisation, indicator, period and basis: the official one where there is one, for it is public and
-- its source can be cited; its own return otherwise.
select
    indicator_id,
    grain,
    period_id,
    organisation_code,
    delivery_model,
    sector,
    source,
    variant,
    numerator,
    denominator,
    per_days,
    value,
    months_reported,
    months_expected
from indicators.organisation_indicator
where value is not null
qualify
    row_number() over (
        partition by indicator_id, grain, period_id, organisation_code, variant
        order by source
    ) = 1
order by indicator_id, grain, period_id, variant, organisation_code
