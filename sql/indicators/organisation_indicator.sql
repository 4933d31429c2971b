-- Every indicator of every organisation and of each commissioner's part of it: a ratio of two measures (or an amount), over
-- the months in which both are there. Where the indicator is a share of answers or a mean of people's scores, with the
-- limits between which chance leaves it: Wilson's and Student's. Of a mean whose sum of squares is not known there are none.
with placed as (
    select
        counted.indicator_id,
        periods.grain,
        periods.period_id,
        counted.organisation_code,
        counted.commissioner_code,
        counted.source,
        counted.variant,
        counted.months,
        counted.numerator,
        counted.denominator,
        counted.sum_of_squares,
        indicators.over_time = 'sum'
        or struct_pack(ends_on := counted.period_end_on, starts_on := counted.period_start_on)
        = max(struct_pack(ends_on := counted.period_end_on, starts_on := counted.period_start_on)) over (
            partition by
                counted.indicator_id,
                periods.grain,
                periods.period_id,
                counted.organisation_code,
                counted.commissioner_code,
                counted.source,
                counted.variant
        ) as is_in_figure
    from indicators.counted as counted
    inner join reference.indicators as indicators on counted.indicator_id = indicators.indicator_id
    inner join indicators.period as periods
        on counted.period_end_on between periods.period_start_on and periods.period_end_on
        and counted.months <= periods.months
        and list_contains(indicators.grains, periods.grain)
),

added_up as (
    select
        indicator_id,
        grain,
        period_id,
        organisation_code,
        commissioner_code,
        source,
        variant,
        sum(numerator) filter (where is_in_figure) as numerator,
        sum(denominator) filter (where is_in_figure) as denominator,
        case
            when count(sum_of_squares) filter (where is_in_figure) = count(*) filter (where is_in_figure)
                then sum(sum_of_squares) filter (where is_in_figure)
        end as sum_of_squares,
        sum(months) as months_reported
    from placed
    group by indicator_id, grain, period_id, organisation_code, commissioner_code, source, variant
)

select
    added_up.indicator_id,
    added_up.grain,
    added_up.period_id,
    added_up.organisation_code,
    added_up.commissioner_code,
    models.delivery_model,
    organisations.sector,
    added_up.source,
    added_up.variant,
    added_up.numerator,
    added_up.denominator,
    case when indicators.is_per_day_of_period then periods.days end as per_days,
    indicator_value(added_up.numerator, added_up.denominator, indicators.multiplier, per_days) as value,
    least(added_up.months_reported, periods.months) as months_reported,
    -- Whoever reports a month was at work in it, whatever the register has come to say since.
    greatest(expected.months_expected, least(added_up.months_reported, periods.months)) as months_expected,
    added_up.sum_of_squares,
    case indicators.interval
        when 'share' then wilson_lower(added_up.numerator, added_up.denominator, z_95()) * indicators.multiplier
        when 'mean'
            then
                mean_lower(
                    added_up.denominator,
                    added_up.numerator,
                    added_up.sum_of_squares,
                    coalesce(quantiles.t_95, t_of_many(added_up.denominator - 1, z_95()))
                )
                * indicators.multiplier
    end as lower_95,
    case indicators.interval
        when 'share' then wilson_upper(added_up.numerator, added_up.denominator, z_95()) * indicators.multiplier
        when 'mean'
            then
                mean_upper(
                    added_up.denominator,
                    added_up.numerator,
                    added_up.sum_of_squares,
                    coalesce(quantiles.t_95, t_of_many(added_up.denominator - 1, z_95()))
                )
                * indicators.multiplier
    end as upper_95
from added_up
inner join reference.indicators as indicators on added_up.indicator_id = indicators.indicator_id
inner join indicators.period as periods
    on added_up.grain = periods.grain
    and added_up.period_id = periods.period_id
inner join register.organisations as organisations on added_up.organisation_code = organisations.organisation_code
inner join indicators.model_in_period as models
    on added_up.organisation_code = models.organisation_code
    and added_up.grain = models.grain
    and added_up.period_id = models.period_id
inner join indicators.expected as expected
    on added_up.organisation_code = expected.organisation_code
    and added_up.grain = expected.grain
    and added_up.period_id = expected.period_id
left join reference.t_quantiles as quantiles on added_up.denominator - 1 = quantiles.degrees_of_freedom
where not indicators.is_whole_period_only or added_up.months_reported = periods.months
order by
    added_up.indicator_id,
    added_up.grain,
    added_up.period_id,
    added_up.organisation_code,
    added_up.commissioner_code,
    added_up.source,
    added_up.variant
