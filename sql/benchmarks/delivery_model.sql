-- Delivery models side by side within a scope (column sector: a sector; sectors_of_mutuals, all those in which mutuals work;
-- area:CODE; owned:FROM, see benchmarks.scope): the pooled figure, the median organisation, the quartiles, how many of
-- how many in the register.
-- What of it may be shown is for published to say.
with registered as (
    select
        periods.grain,
        periods.period_id,
        scopes.scope,
        models.delivery_model,
        count(*) as organisations
    from register.organisations as organisations
    inner join benchmarks.scope as scopes on organisations.organisation_code = scopes.organisation_code
    inner join indicators.period as periods
        on coalesce(organisations.active_from, periods.period_start_on) <= periods.period_end_on
        and coalesce(organisations.active_to, periods.period_end_on) >= periods.period_start_on
    inner join indicators.model_in_period as models
        on organisations.organisation_code = models.organisation_code
        and periods.grain = models.grain
        and periods.period_id = models.period_id
    group by periods.grain, periods.period_id, scopes.scope, models.delivery_model
)

select
    grouped.kind,
    grouped.indicator_id,
    grouped.grain,
    grouped.period_id,
    grouped.variant,
    grouped.sector,
    grouped.delivery_model,
    count(*) as organisations,
    greatest(any_value(registered.organisations), count(*)) as organisations_registered,
    sum(grouped.numerator) as numerator,
    sum(grouped.denominator) as denominator,
    indicator_value(
        sum(grouped.numerator), sum(grouped.denominator), indicators.multiplier, any_value(grouped.per_days)
    ) as value,
    quantile_cont(grouped.value, 0.25) as lower_quartile,
    quantile_cont(grouped.value, 0.5) as median,
    quantile_cont(grouped.value, 0.75) as upper_quartile,
    sum(grouped.months_reported) as months_reported,
    sum(grouped.months_expected) as months_expected,
    bool_and(grouped.source = 'official') as is_public
from benchmarks.grouped as grouped
inner join reference.indicators as indicators on grouped.indicator_id = indicators.indicator_id
left join registered
    on grouped.grain = registered.grain
    and grouped.period_id = registered.period_id
    and grouped.sector = registered.scope
    and grouped.delivery_model = registered.delivery_model
group by
    grouped.kind,
    grouped.indicator_id,
    grouped.grain,
    grouped.period_id,
    grouped.variant,
    grouped.sector,
    grouped.delivery_model,
    indicators.multiplier
order by
    grouped.indicator_id,
    grouped.grain,
    grouped.period_id,
    grouped.variant,
    grouped.sector,
    grouped.delivery_model
