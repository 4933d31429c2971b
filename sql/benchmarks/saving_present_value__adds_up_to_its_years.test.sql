with years as (
    select
        period_id,
        organisation_code,
        commissioner_code,
        benefit_to,
        count(*) as years,
        min(financial_year) as first_year,
        sum(nominal_gbp) as nominal_gbp,
        sum(real_gbp) as real_gbp,
        sum(cast(real_gbp as double) * discount_factor order by financial_year) as present_value_gbp,
        max(discount_factor) filter (where year_index = 0) as first_factor,
        max(discount_factor) as greatest_factor
    from benchmarks.saving_present_value_year
    group by period_id, organisation_code, commissioner_code, benefit_to
)

select
    years.period_id,
    years.organisation_code,
    years.commissioner_code,
    years.benefit_to,
    years.present_value_gbp,
    in_all.present_value_gbp as present_value_gbp_in_all
from years
full join benchmarks.saving_present_value as in_all
    on years.period_id = in_all.period_id
    and years.organisation_code = in_all.organisation_code
    and years.commissioner_code = in_all.commissioner_code
    and years.benefit_to = in_all.benefit_to
where
    years.years is distinct from in_all.years
    or years.first_year is distinct from in_all.first_year
    or years.nominal_gbp is distinct from in_all.nominal_gbp
    or (
        in_all.why_none is null
        and (
            years.real_gbp is distinct from in_all.real_gbp
            or years.present_value_gbp is distinct from in_all.present_value_gbp
            or years.first_factor is distinct from 1
            or years.greatest_factor is distinct from 1
        )
    )
