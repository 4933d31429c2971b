-- Before and after: one row an organisation that spun out since the records begin, indicator, basis or instrument, and
-- quarter of publication. Its level after less its level before, over the same months of the year, then less the mean
-- change of those that did not spin out meanwhile. The limits rest on how far those moved by chance, by how many days or
-- answers they have: months of one organisation are too alike, and too few, to tell its own. With an
-- instrument that does not compare organisations there is its own change only, though others still say what chance does.
with own as (
    select
        parts.organisation_code,
        parts.indicator_id,
        parts.variant,
        parts.period_id,
        parts.spun_out_on,
        coalesce(sum(parts.months) filter (where parts.before_period_id is not null), 0) as months_before,
        coalesce(sum(parts.months) filter (where parts.after_period_id is not null), 0) as months_after,
        coalesce(sum(parts.months) filter (where parts.is_matched), 0) as months_matched,
        count(*) filter (where parts.is_matched) as parts_matched,
        indicator_value(
            sum(parts.before_numerator) filter (where parts.is_matched),
            sum(parts.before_denominator) filter (where parts.is_matched),
            indicators.multiplier,
            null
        ) as before_value,
        indicator_value(
            sum(parts.after_numerator) filter (where parts.is_matched),
            sum(parts.after_denominator) filter (where parts.is_matched),
            indicators.multiplier,
            null
        ) as after_value,
        1e0 / sum(parts.after_denominator) filter (where parts.is_matched)
        + 1e0 / sum(parts.before_denominator) filter (where parts.is_matched) as inverse_size,
        cast(sum(cast(parts.before_value * parts.trend_weight as decimal(28, 14))) as double) as trend,
        coalesce(bool_or(parts.before_source = 'return') filter (where parts.is_matched), false) as is_from_returns,
        coalesce(bool_or(parts.before_source = 'official') filter (where parts.is_matched), false) as is_official
    from benchmarks.spin_out_part as parts
    inner join reference.indicators as indicators on parts.indicator_id = indicators.indicator_id
    group by
        parts.organisation_code,
        parts.indicator_id,
        parts.variant,
        parts.period_id,
        parts.spun_out_on,
        indicators.multiplier
),

beside as (
    select
        organisation_code,
        indicator_id,
        variant,
        period_id,
        any_value(scope) as scope,
        count(*) as comparators,
        avg(difference order by comparator_code) as difference,
        avg(trend order by comparator_code) as trend
    from benchmarks.spin_out_comparator
    group by organisation_code, indicator_id, variant, period_id
),

chance as (
    -- How far the comparators lie apart: a day's or an answer's share of it, and that of their mean.
    select
        comparators.organisation_code,
        comparators.indicator_id,
        comparators.variant,
        comparators.period_id,
        sum(
            pow(comparators.difference - beside.difference, 2) / comparators.inverse_size
            order by comparators.comparator_code
        )
        / (count(*) - 1) as variance_of_one,
        sum(pow(comparators.difference - beside.difference, 2) order by comparators.comparator_code)
        / (count(*) - 1)
        / count(*) as variance_of_mean,
        coalesce(any_value(quantiles.t_95), t_of_many(count(*) - 1, z_95())) as t_95
    from benchmarks.spin_out_comparator as comparators
    inner join beside
        on comparators.organisation_code = beside.organisation_code
        and comparators.indicator_id = beside.indicator_id
        and comparators.variant = beside.variant
        and comparators.period_id = beside.period_id
    left join reference.t_quantiles as quantiles on beside.comparators - 1 = quantiles.degrees_of_freedom
    group by comparators.organisation_code, comparators.indicator_id, comparators.variant, comparators.period_id
),

judged as (
    select
        own.*,
        case
            when own.months_before < enough.value then 'too little before'
            when own.months_after < enough.value then 'too little after'
            when own.months_matched < enough.value then 'too few of the same months on both sides'
            when not coalesce(instruments.compares_organisations, true) then 'not an instrument to compare by'
            when beside.comparators is null then 'too few comparators'
            else ''
        end as why_not,
        own.months_matched >= enough.value as is_measured,
        beside.scope,
        beside.comparators,
        beside.difference as comparator_difference,
        beside.trend as comparator_trend,
        chance.t_95 * sqrt(chance.variance_of_one * own.inverse_size) as margin,
        chance.t_95 * sqrt(chance.variance_of_one * own.inverse_size + chance.variance_of_mean) as margin_of_effect
    from own
    cross join (
        select greatest(value, 1) as value
        from reference.settings
        where name = 'months_for_before_after'
    ) as enough
    left join register.instruments as instruments on own.variant = instruments.instrument_id
    left join beside
        on own.organisation_code = beside.organisation_code
        and own.indicator_id = beside.indicator_id
        and own.variant = beside.variant
        and own.period_id = beside.period_id
    left join chance
        on own.organisation_code = chance.organisation_code
        and own.indicator_id = chance.indicator_id
        and own.variant = chance.variant
        and own.period_id = chance.period_id
)

select
    organisation_code,
    indicator_id,
    variant,
    period_id,
    spun_out_on,
    parts_matched,
    case
        when not is_measured then ''
        when not is_official then 'own earlier returns'
        when not is_from_returns then 'official figures'
        else 'own earlier returns and official figures'
    end as before_source,
    case when is_measured then before_value end as before_value,
    case when is_measured then after_value end as after_value,
    case when is_measured then after_value - before_value end as difference,
    case when is_measured then after_value - before_value - margin end as lower_95,
    case when is_measured then after_value - before_value + margin end as upper_95,
    coalesce(scope, '') as scope,
    coalesce(comparators, 0) as comparators,
    case when why_not = '' then comparator_difference end as comparator_difference,
    case when why_not = '' then after_value - before_value - comparator_difference end as effect,
    case when why_not = '' then after_value - before_value - comparator_difference - margin_of_effect end
        as effect_lower_95,
    case when why_not = '' then after_value - before_value - comparator_difference + margin_of_effect end
        as effect_upper_95,
    case when why_not = '' then trend - comparator_trend end as trend_before,
    why_not
from judged
order by organisation_code, indicator_id, variant, period_id
