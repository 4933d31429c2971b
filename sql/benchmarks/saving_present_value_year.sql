-- What net cash-releasing savings came to in each financial year on record up to a publication quarter, in all
-- (benefit_to ALL) and of it what the commissioner keeps: in the prices of one year, and discounted to the first of those
-- years, which is year 0, at the rates of the Green Book in force at the end of the quarter. By organisation
-- (commissioner_code ALL) and by each commissioner's part of it.
with editions as (
    select
        periods.period_id,
        periods.period_end_on,
        max(rates.applies_from) as rates_from
    from indicators.period as periods
    left join register.discount_rates as rates on rates.applies_from <= periods.period_end_on
    where periods.grain = 'quarter'
    group by periods.period_id, periods.period_end_on
),

years as (
    select
        editions.period_id,
        editions.rates_from,
        parts.organisation_code,
        parts.commissioner_code,
        parts.financial_year,
        count(*) as quarters,
        min(parts.financial_year) over (
            partition by editions.period_id, parts.organisation_code, parts.commissioner_code
        ) as first_year
    from indicators.snapshot_part as parts
    inner join editions on parts.period_end_on <= editions.period_end_on
    where parts.has_quarter
    group by
        editions.period_id,
        editions.rates_from,
        parts.organisation_code,
        parts.commissioner_code,
        parts.financial_year
),

saved as (
    select
        editions.period_id,
        savings.organisation_code,
        savings.commissioner_code,
        kept.benefit_to,
        savings.financial_year,
        sum(savings.net_in_quarter_gbp) as nominal_gbp,
        sum(times_prices(savings.net_in_quarter_gbp, deflators.prices)) as real_gbp,
        sum(times_prices(savings.net_in_quarter_gbp, deflators.prices)) filter (
            where savings.is_verified
        ) as verified_real_gbp
    from indicators.saving_part as savings
    cross join (values ('ALL'), ('commissioner')) as kept (benefit_to)
    inner join editions on savings.period_end_on <= editions.period_end_on
    inner join benchmarks.deflator as deflators
        on editions.period_id = deflators.period_id
        and savings.financial_year = deflators.financial_year
    where
        savings.type = 'cash_releasing'
        and kept.benefit_to in ('ALL', savings.benefit_to)
    group by
        editions.period_id,
        savings.organisation_code,
        savings.commissioner_code,
        kept.benefit_to,
        savings.financial_year
),

priced as (
    select
        years.*,
        cast(left(years.financial_year, 4) as integer) - cast(left(years.first_year, 4) as integer) as year_index,
        kept.benefit_to,
        deflators.price_base_year,
        deflators.deflator_vintage,
        coalesce(saved.nominal_gbp, 0) as nominal_gbp,
        case when deflators.prices is not null then coalesce(saved.real_gbp, 0) end as real_gbp,
        case when deflators.prices is not null then coalesce(saved.verified_real_gbp, 0) end as verified_real_gbp
    from years
    cross join (values ('ALL'), ('commissioner')) as kept (benefit_to)
    inner join benchmarks.deflator as deflators
        on years.period_id = deflators.period_id
        and years.financial_year = deflators.financial_year
    left join saved
        on years.period_id = saved.period_id
        and years.organisation_code = saved.organisation_code
        and years.commissioner_code = saved.commissioner_code
        and years.financial_year = saved.financial_year
        and kept.benefit_to = saved.benefit_to
)

select
    priced.period_id,
    priced.organisation_code,
    priced.commissioner_code,
    priced.benefit_to,
    priced.financial_year,
    priced.year_index,
    priced.quarters,
    priced.price_base_year,
    priced.deflator_vintage,
    priced.rates_from,
    factors.rate_percent,
    factors.discount_factor,
    priced.nominal_gbp,
    priced.real_gbp,
    priced.verified_real_gbp,
    cast(priced.real_gbp as double) * factors.discount_factor as present_value_gbp,
    cast(priced.verified_real_gbp as double) * factors.discount_factor as verified_present_value_gbp
from priced
left join benchmarks.discount_factor as factors
    on priced.rates_from = factors.applies_from
    and priced.year_index = factors.year_index
order by
    priced.period_id,
    priced.organisation_code,
    priced.commissioner_code,
    priced.benefit_to,
    priced.financial_year
