-- The months (or quarters) of the year of an organisation before and after it spun out, as known at the end of a quarter:
-- the twelve months before the day, and the latest twelve up to that quarter that lie after it. Only organisations that
-- spun out since the records begin: of others there is no before.
with spun_out as (
    select
        organisations.organisation_code,
        organisations.spun_out_on
    from register.organisations as organisations
    cross join (select min(period_start_on) as begin_on from indicators.period where grain = 'month') as records
    where organisations.spun_out_on > records.begin_on
),

placed as (
    select
        spun_out.organisation_code,
        spun_out.spun_out_on,
        figures.indicator_id,
        figures.variant,
        years.period_id,
        years.period_end_on as known_to,
        month(figures.period_start_on) as month_of_year,
        figures.months,
        figures.period_id as part_id,
        figures.period_start_on,
        figures.source,
        figures.numerator,
        figures.denominator,
        figures.value,
        figures.period_end_on < spun_out.spun_out_on as is_before,
        date_trunc(case figures.months when 1 then 'month' else 'quarter' end, spun_out.spun_out_on)
        - interval 12 month as begins_on
    from spun_out
    inner join benchmarks.finest_figure as figures on spun_out.organisation_code = figures.organisation_code
    inner join indicators.period as years
        on years.grain = 'rolling_year'
        and spun_out.spun_out_on <= years.period_end_on
        and (
            figures.period_end_on < spun_out.spun_out_on
            or (
                figures.period_start_on >= spun_out.spun_out_on
                and figures.period_start_on between years.period_start_on and years.period_end_on
            )
        )
    where figures.period_start_on >= begins_on
),

sides as (
    select
        organisation_code,
        indicator_id,
        variant,
        period_id,
        known_to,
        spun_out_on,
        cast(begins_on as date) as begins_on,
        month_of_year,
        months,
        any_value(part_id) filter (where is_before) as before_period_id,
        any_value(part_id) filter (where not is_before) as after_period_id,
        before_period_id is not null and after_period_id is not null as is_matched,
        any_value(date_diff('month', spun_out_on, period_start_on)) filter (where is_before) as months_from_spin_out,
        any_value(source) filter (where is_before) as before_source,
        any_value(numerator) filter (where is_before) as before_numerator,
        any_value(denominator) filter (where is_before) as before_denominator,
        any_value(value) filter (where is_before) as before_value,
        any_value(numerator) filter (where not is_before) as after_numerator,
        any_value(denominator) filter (where not is_before) as after_denominator,
        any_value(value) filter (where not is_before) as after_value
    from placed
    group by organisation_code, indicator_id, variant, period_id, known_to, spun_out_on, begins_on, month_of_year, months
)

select
    *,
    -- What the value of before counts for in the slope of a year, by least squares over what is matched. Of whole numbers.
    case
        when is_matched
            then
                12e0
                * (count(*) over matched * months_from_spin_out - sum(months_from_spin_out) over matched)
                / nullif(
                    count(*) over matched * sum(pow(months_from_spin_out, 2)) over matched
                    - pow(sum(months_from_spin_out) over matched, 2),
                    0
                )
    end as trend_weight
from sides
window matched as (partition by organisation_code, indicator_id, variant, period_id, is_matched)
order by organisation_code, indicator_id, variant, period_id, month_of_year
