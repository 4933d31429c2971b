select
    grain,
    period_id,
    organisation_code,
    commissioner_code,
    type,
    sum(case when benefit_to = 'ALL' then nominal_gbp else -nominal_gbp end) as nominal_gbp_over,
    sum(case when benefit_to = 'ALL' then real_gbp else -real_gbp end) as real_gbp_over
from benchmarks.saving_total
where source = 'ALL' and evidence_level = 'ALL'
group by grain, period_id, organisation_code, commissioner_code, type
having
    count(*) filter (where benefit_to = 'ALL') <> 1
    or coalesce(nominal_gbp_over, 0) <> 0
    or coalesce(real_gbp_over, 0) <> 0
