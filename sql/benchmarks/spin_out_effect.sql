-- The effect of spinning out on all organisations in which it could be measured together: its mean, with Student's limits
-- across them, and whether they and their comparators ran together before. Comparators are shared, so their chance does not
-- wear off with the number of those that spun out: what it comes to is added up comparator by comparator.
with measured as (
    select organisation_code, indicator_id, variant, period_id, 'effect' as what, effect as value
    from benchmarks.spin_out
    where effect is not null
    union all
    select organisation_code, indicator_id, variant, period_id, 'trend' as what, trend_before as value
    from benchmarks.spin_out
    where trend_before is not null
),

means as (
    select
        indicator_id,
        variant,
        period_id,
        what,
        count(*) as organisations,
        avg(value order by organisation_code) as mean
    from measured
    group by indicator_id, variant, period_id, what
),

variances as (
    -- The variance of the mean, were all independent of one another.
    select
        measured.indicator_id,
        measured.variant,
        measured.period_id,
        measured.what,
        sum(pow(measured.value - means.mean, 2) order by measured.organisation_code)
        / nullif(count(*) - 1, 0)
        / count(*) as variance
    from measured
    inner join means
        on measured.indicator_id = means.indicator_id
        and measured.variant = means.variant
        and measured.period_id = means.period_id
        and measured.what = means.what
    group by measured.indicator_id, measured.variant, measured.period_id, measured.what
),

comparators as (
    select organisation_code, indicator_id, variant, period_id, comparator_code, 'effect' as what, difference as value
    from benchmarks.spin_out_comparator
    union all
    select organisation_code, indicator_id, variant, period_id, comparator_code, 'trend' as what, trend as value
    from benchmarks.spin_out_comparator
    where trend is not null
),

beside as (
    select
        organisation_code,
        indicator_id,
        variant,
        period_id,
        what,
        count(*) as comparators,
        avg(value order by comparator_code) as mean
    from comparators
    group by organisation_code, indicator_id, variant, period_id, what
),

deviations as (
    select
        comparators.*,
        beside.comparators,
        (comparators.value - beside.mean) / sqrt(beside.comparators * (beside.comparators - 1e0)) as deviation
    from comparators
    inner join beside
        on comparators.organisation_code = beside.organisation_code
        and comparators.indicator_id = beside.indicator_id
        and comparators.variant = beside.variant
        and comparators.period_id = beside.period_id
        and comparators.what = beside.what
    inner join measured
        on comparators.organisation_code = measured.organisation_code
        and comparators.indicator_id = measured.indicator_id
        and comparators.variant = measured.variant
        and comparators.period_id = measured.period_id
        and comparators.what = measured.what
),

of_comparators as (
    select
        indicator_id,
        variant,
        period_id,
        what,
        comparator_code,
        sum(deviation order by organisation_code) as deviation,
        sum(pow(deviation, 2) order by organisation_code) as square
    from deviations
    group by indicator_id, variant, period_id, what, comparator_code
),

shared as (
    -- The variance of the mean of the comparators' means, as they are shared and as if each organisation had its own.
    select
        of_comparators.indicator_id,
        of_comparators.variant,
        of_comparators.period_id,
        of_comparators.what,
        sum(pow(of_comparators.deviation, 2) order by of_comparators.comparator_code)
        / pow(any_value(means.organisations), 2) as variance,
        sum(of_comparators.square order by of_comparators.comparator_code) / any_value(means.organisations)
            as mean_of_one
    from of_comparators
    inner join means
        on of_comparators.indicator_id = means.indicator_id
        and of_comparators.variant = means.variant
        and of_comparators.period_id = means.period_id
        and of_comparators.what = means.what
    group by of_comparators.indicator_id, of_comparators.variant, of_comparators.period_id, of_comparators.what
),

added as (
    -- The spread of the organisations holds what their comparators do not share; the rest is added, never taken away.
    select
        means.*,
        variances.variance as own_variance,
        variances.variance
        + greatest(0e0, shared.variance - (shared.mean_of_one - shared.variance) / (means.organisations - 1)) as variance
    from means
    inner join variances
        on means.indicator_id = variances.indicator_id
        and means.variant = variances.variant
        and means.period_id = variances.period_id
        and means.what = variances.what
    inner join shared
        on means.indicator_id = shared.indicator_id
        and means.variant = shared.variant
        and means.period_id = shared.period_id
        and means.what = shared.what
    where means.organisations > 1
),

freed as (
    -- Satterthwaite's degrees of freedom: what comes of many comparators is known far better than what of few organisations.
    select
        added.*,
        greatest(
            organisations - 1,
            coalesce(floor((organisations - 1) * pow(variance / nullif(own_variance, 0), 2)), 0)
        ) as degrees
    from added
),

limited as (
    select
        freed.*,
        coalesce(quantiles.t_95, t_of_many(freed.degrees, z_95())) * sqrt(freed.variance) as margin
    from freed
    cross join (select value from reference.settings where name = 'organisations_for_effect') as enough
    left join reference.t_quantiles as quantiles on freed.degrees = quantiles.degrees_of_freedom
    where freed.organisations >= enough.value
),

everyone as (
    select
        indicator_id,
        variant,
        period_id,
        count(*) as organisations_spun_out,
        count(effect) as organisations
    from benchmarks.spin_out
    group by indicator_id, variant, period_id
),

judged as (
    select
        everyone.*,
        effects.mean as effect,
        effects.mean - limited.margin as lower_95,
        effects.mean + limited.margin as upper_95,
        trends.mean as trend_difference,
        limited_trends.margin as trend_margin,
        case
            when limited.margin is null then 'too few to say'
            when effects.mean + limited.margin < 0 then 'fell'
            when effects.mean - limited.margin > 0 then 'rose'
            else 'no clear change'
        end as verdict,
        case
            when limited_trends.margin is null then 'too few to say'
            when abs(trends.mean) <= limited_trends.margin then 'ran together'
            else 'did not run together'
        end as trends
    from everyone
    left join means as effects
        on everyone.indicator_id = effects.indicator_id
        and everyone.variant = effects.variant
        and everyone.period_id = effects.period_id
        and effects.what = 'effect'
    left join means as trends
        on everyone.indicator_id = trends.indicator_id
        and everyone.variant = trends.variant
        and everyone.period_id = trends.period_id
        and trends.what = 'trend'
    left join limited
        on everyone.indicator_id = limited.indicator_id
        and everyone.variant = limited.variant
        and everyone.period_id = limited.period_id
        and limited.what = 'effect'
    left join limited as limited_trends
        on everyone.indicator_id = limited_trends.indicator_id
        and everyone.variant = limited_trends.variant
        and everyone.period_id = limited_trends.period_id
        and limited_trends.what = 'trend'
)

select
    judged.indicator_id,
    judged.variant,
    judged.period_id,
    judged.organisations_spun_out,
    judged.organisations,
    judged.effect,
    judged.lower_95,
    judged.upper_95,
    judged.verdict,
    case
        when judged.verdict in ('fell', 'rose')
            then (judged.verdict = 'rose') = (indicators.polarity = 'higher_is_better')
    end as is_good,
    judged.trend_difference,
    judged.trend_difference - judged.trend_margin as trend_lower_95,
    judged.trend_difference + judged.trend_margin as trend_upper_95,
    judged.trends,
    case
        when judged.verdict <> 'too few to say' then ''
        when not coalesce(instruments.compares_organisations, true) then 'not an instrument to compare by'
        else 'too few organisations'
    end as why_not
from judged
inner join reference.indicators as indicators on judged.indicator_id = indicators.indicator_id
left join register.instruments as instruments on judged.variant = instruments.instrument_id
order by judged.indicator_id, judged.variant, judged.period_id
