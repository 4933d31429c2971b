with totals as (
    select
        grain,
        period_id,
        organisation_code,
        commissioner_code,
        benefit_to,
        nominal_gbp
    from benchmarks.saving_total
    where
        type = 'cash_releasing'
        and source = 'ALL'
        and benefit_to in ('ALL', 'commissioner')
        and evidence_level = 'ALL'
),

figures as (
    select
        grain,
        period_id,
        organisation_code,
        commissioner_code,
        case when indicator_id = 'net_savings' then 'ALL' else 'commissioner' end as benefit_to,
        numerator
    from indicators.organisation_indicator
    where indicator_id in ('net_savings', 'net_savings_to_commissioner')
)

select
    coalesce(figures.grain, totals.grain) as grain,
    coalesce(figures.period_id, totals.period_id) as period_id,
    coalesce(figures.organisation_code, totals.organisation_code) as organisation_code,
    coalesce(figures.commissioner_code, totals.commissioner_code) as commissioner_code,
    coalesce(figures.benefit_to, totals.benefit_to) as benefit_to,
    figures.numerator,
    totals.nominal_gbp
from figures
full join totals
    on figures.grain = totals.grain
    and figures.period_id = totals.period_id
    and figures.organisation_code = totals.organisation_code
    and figures.commissioner_code = totals.commissioner_code
    and figures.benefit_to = totals.benefit_to
where
    coalesce(figures.numerator, 0) <> coalesce(totals.nominal_gbp, 0)
    or (figures.benefit_to = 'ALL' and totals.nominal_gbp is null)
