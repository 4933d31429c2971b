-- What savings came to, in the prices of the day and of one year: by organisation (commissioner_code ALL) and by each
-- commissioner's part of it; by type, never added up across types; each by source, by who keeps it, by evidence, and by
-- evidence within who keeps it (ALL is all of them). A quarter that cannot be worked out is not in it, and where there is
-- none that can, it is said why. No figure in prices of one year where the deflators do not cover every year that is in it.
with placed as (
    select
        periods.grain,
        periods.period_id,
        parts.organisation_code,
        parts.commissioner_code,
        parts.quarter_before,
        parts.has_quarter,
        deflators.price_base_year,
        deflators.deflator_vintage,
        case when parts.has_quarter then deflators.missing_years else [] end as missing_years
    from indicators.snapshot_part as parts
    inner join indicators.period as periods
        on parts.period_end_on between periods.period_start_on and periods.period_end_on
        and periods.grain in ('quarter', 'rolling_year')
    inner join benchmarks.deflator as deflators
        on periods.period_id = deflators.period_id
        and parts.financial_year = deflators.financial_year
),

parts_in_period as (
    select
        grain,
        period_id,
        organisation_code,
        commissioner_code,
        price_base_year,
        deflator_vintage,
        count(*) filter (where has_quarter) as quarters,
        case
            when count(*) filter (where has_quarter) = 0
                then 'no snapshot of ' || string_agg(quarter_before, ', ' order by quarter_before)
            else why_no_prices(deflator_vintage, flatten(list(missing_years)))
        end as why_not_real
    from placed
    group by grain, period_id, organisation_code, commissioner_code, price_base_year, deflator_vintage
),

cells as (
    select
        periods.grain,
        periods.period_id,
        savings.organisation_code,
        savings.commissioner_code,
        savings.type,
        coalesce(savings.source, 'ALL') as source,
        coalesce(savings.benefit_to, 'ALL') as benefit_to,
        coalesce(savings.evidence_level, 'ALL') as evidence_level,
        count(distinct savings.saving_id) filter (where savings.net_in_quarter_gbp <> 0) as savings,
        sum(savings.net_in_quarter_gbp) as nominal_gbp,
        sum(times_prices(savings.net_in_quarter_gbp, deflators.prices)) as real_gbp
    from indicators.saving_part as savings
    inner join indicators.period as periods
        on savings.period_end_on between periods.period_start_on and periods.period_end_on
        and periods.grain in ('quarter', 'rolling_year')
    inner join benchmarks.deflator as deflators
        on periods.period_id = deflators.period_id
        and savings.financial_year = deflators.financial_year
    group by
        periods.grain,
        periods.period_id,
        savings.organisation_code,
        savings.commissioner_code,
        savings.type,
        grouping sets (
            (),
            (savings.source),
            (savings.benefit_to),
            (savings.evidence_level),
            (savings.benefit_to, savings.evidence_level)
        )
),

wanted as (
    -- Of each type there is a total even where nothing was saved, so that nothing saved is 0, not unknown.
    select
        parts_in_period.grain,
        parts_in_period.period_id,
        parts_in_period.organisation_code,
        parts_in_period.commissioner_code,
        types.type,
        'ALL' as source,
        'ALL' as benefit_to,
        'ALL' as evidence_level
    from parts_in_period
    cross join (
        values
        ('cash_releasing'),
        ('non_cash_releasing'),
        ('cost_avoidance'),
        ('income')
    ) as types (type)
    union
    select
        grain,
        period_id,
        organisation_code,
        commissioner_code,
        type,
        source,
        benefit_to,
        evidence_level
    from cells
)

select
    wanted.grain,
    wanted.period_id,
    wanted.organisation_code,
    wanted.commissioner_code,
    wanted.type,
    wanted.source,
    wanted.benefit_to,
    wanted.evidence_level,
    parts_in_period.quarters,
    case when parts_in_period.quarters > 0 then coalesce(cells.savings, 0) end as savings,
    case when parts_in_period.quarters > 0 then coalesce(cells.nominal_gbp, 0) end as nominal_gbp,
    case when parts_in_period.why_not_real is null then coalesce(cells.real_gbp, 0) end as real_gbp,
    parts_in_period.price_base_year,
    parts_in_period.deflator_vintage,
    parts_in_period.why_not_real
from wanted
inner join parts_in_period
    on wanted.grain = parts_in_period.grain
    and wanted.period_id = parts_in_period.period_id
    and wanted.organisation_code = parts_in_period.organisation_code
    and wanted.commissioner_code = parts_in_period.commissioner_code
left join cells
    on wanted.grain = cells.grain
    and wanted.period_id = cells.period_id
    and wanted.organisation_code = cells.organisation_code
    and wanted.commissioner_code = cells.commissioner_code
    and wanted.type = cells.type
    and wanted.source = cells.source
    and wanted.benefit_to = cells.benefit_to
    and wanted.evidence_level = cells.evidence_level
order by
    wanted.grain,
    wanted.period_id,
    wanted.organisation_code,
    wanted.commissioner_code,
    wanted.type,
    wanted.source,
    wanted.benefit_to,
    wanted.evidence_level
