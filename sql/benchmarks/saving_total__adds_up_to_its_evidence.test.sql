select
    grain,
    period_id,
    organisation_code,
    commissioner_code,
    type,
    benefit_to,
    sum(case when evidence_level = 'ALL' then nominal_gbp else -nominal_gbp end) as nominal_gbp_over,
    sum(case when evidence_level = 'ALL' then real_gbp else -real_gbp end) as real_gbp_over
from benchmarks.saving_total
where source = 'ALL'
group by grain, period_id, organisation_code, commissioner_code, type, benefit_to
having
    count(*) filter (where evidence_level = 'ALL') <> 1
    or coalesce(nominal_gbp_over, 0) <> 0
    or coalesce(real_gbp_over, 0) <> 0
