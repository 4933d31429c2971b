select
    period_id,
    organisation_code,
    commissioner_code,
    benefit_to,
    why_none
from benchmarks.saving_present_value
where
    (present_value_gbp is null) <> (why_none is not null)
    or (verified_present_value_gbp is null) <> (why_none is not null)
    or not coalesce(isfinite(present_value_gbp), true)
