select
    audience,
    organisation_code,
    indicator_id,
    point
from published.over_time
where
    value is null
    or charted_value is null
    or centre is null
    or lower_process_limit is null
    or upper_process_limit is null
    or special_cause is null
    or limits_note is null
    or basis_name is null
    or is_public is null
