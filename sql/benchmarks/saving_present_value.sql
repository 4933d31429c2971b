-- What net cash-releasing savings on record are worth as at the first financial year of them, up to each publication
-- quarter, in all (benefit_to ALL) and of it what the commissioner keeps; with the years that are in it, and the part that
-- finance has verified or an auditor has seen. Where deflators or rates do not cover those years, it is said why there is
-- none.
select
    years.period_id,
    years.organisation_code,
    years.commissioner_code,
    years.benefit_to,
    min(years.financial_year) as first_year,
    max(years.financial_year) as last_year,
    count(*) as years,
    cast(sum(years.quarters) as bigint) as quarters,
    years.price_base_year,
    years.deflator_vintage,
    years.rates_from,
    sum(years.nominal_gbp) as nominal_gbp,
    case when count(years.real_gbp) = count(*) then sum(years.real_gbp) end as real_gbp,
    case
        when count(years.present_value_gbp) = count(*)
            then sum(years.present_value_gbp order by years.financial_year)
    end as present_value_gbp,
    case
        when count(years.present_value_gbp) = count(*)
            then sum(years.verified_present_value_gbp order by years.financial_year)
    end as verified_present_value_gbp,
    nullif(
        concat_ws(
            '; ',
            why_no_prices(years.deflator_vintage, flatten(list(deflators.missing_years))),
            case
                when years.rates_from is null then 'no discount rates in force on ' || periods.period_end_on
                when count(years.discount_factor) < count(*)
                    then 'no one discount rate for year '
                    || min(years.year_index) filter (where years.discount_factor is null)
                    || ' in the rates of '
                    || years.rates_from
            end
        ),
        ''
    ) as why_none
from benchmarks.saving_present_value_year as years
inner join indicators.period as periods
    on years.period_id = periods.period_id
    and periods.grain = 'quarter'
inner join benchmarks.deflator as deflators
    on years.period_id = deflators.period_id
    and years.financial_year = deflators.financial_year
group by
    years.period_id,
    periods.period_end_on,
    years.organisation_code,
    years.commissioner_code,
    years.benefit_to,
    years.price_base_year,
    years.deflator_vintage,
    years.rates_from
order by years.period_id, years.organisation_code, years.commissioner_code, years.benefit_to
