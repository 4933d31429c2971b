-- Every indicator of every organisation: a ratio of two measures, each added up over the months in which both are there.
with paired as (
    select
        indicators.indicator_id,
        measures.organisation_code,
        measures.source,
        measures.variant,
        measures.period_start_on as month_start_on,
        sum(measures.value) filter (where measures.measure = indicators.numerator) as numerator,
        sum(measures.value) filter (where measures.measure = indicators.denominator) as denominator
    from measures.all_feeds as measures
    inner join reference.indicators as indicators
        on measures.measure in (indicators.numerator, indicators.denominator)
        and list_contains(indicators.variants, measures.variant)
    where measures.service_code = 'ALL' and measures.staff_group = 'ALL'
    group by
        indicators.indicator_id,
        measures.organisation_code,
        measures.source,
        measures.variant,
        measures.period_start_on
    having numerator is not null and denominator is not null
),

added_up as (
    select
        paired.indicator_id,
        periods.grain,
        periods.period_id,
        paired.organisation_code,
        paired.source,
        paired.variant,
        sum(paired.numerator) as numerator,
        sum(paired.denominator) as denominator,
        count(distinct paired.month_start_on) as months_reported
    from paired
    inner join indicators.period as periods
        on paired.month_start_on between periods.period_start_on and periods.period_end_on
    group by
        paired.indicator_id,
        periods.grain,
        periods.period_id,
        paired.organisation_code,
        paired.source,
        paired.variant
)

select
    added_up.indicator_id,
    added_up.grain,
    added_up.period_id,
    added_up.organisation_code,
    organisations.delivery_model,
    organisations.sector,
    added_up.source,
    added_up.variant,
    added_up.numerator,
    added_up.denominator,
    case when indicators.is_per_day_of_period then periods.days end as per_days,
    indicator_value(added_up.numerator, added_up.denominator, indicators.multiplier, per_days) as value,
    added_up.months_reported,
    -- Whoever reports a month was at work in it, whatever the register has come to say since.
    greatest(expected.months_expected, added_up.months_reported) as months_expected
from added_up
inner join reference.indicators as indicators on added_up.indicator_id = indicators.indicator_id
inner join indicators.period as periods
    on added_up.grain = periods.grain
    and added_up.period_id = periods.period_id
inner join register.organisations as organisations on added_up.organisation_code = organisations.organisation_code
inner join indicators.expected as expected
    on added_up.organisation_code = expected.organisation_code
    and added_up.grain = expected.grain
    and added_up.period_id = expected.period_id
where
    list_contains(indicators.grains, added_up.grain)
    and (not indicators.is_whole_period_only or added_up.months_reported = periods.months)
order by
    added_up.indicator_id,
    added_up.grain,
    added_up.period_id,
    added_up.organisation_code,
    added_up.source,
    added_up.variant
