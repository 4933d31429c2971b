select
    grain,
    period_id,
    organisation_code,
    commissioner_code,
    type,
    why_not_real
from benchmarks.saving_total
where
    (real_gbp is null) <> (why_not_real is not null)
    or (nominal_gbp is null) <> (quarters = 0)
    or (savings is null) <> (quarters = 0)
    or (nominal_gbp is null and real_gbp is not null)
