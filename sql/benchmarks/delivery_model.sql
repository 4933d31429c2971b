-- Delivery models side by side within a sector, and in all sectors in which mutuals work, where those are several
-- (sector sectors_of_mutuals): the pooled figure, the median organisation, the quartiles, how many of
-- how many in the register.
-- What of it may be shown is for published to say.
with scope as (
    select distinct sector, sector as scope_sector
    from register.organisations
    union all
    select distinct sector, 'sectors_of_mutuals' as scope_sector
    from register.organisations
    where
        delivery_model = 'mutual'
        and (select count(distinct sector) from register.organisations where delivery_model = 'mutual') > 1
),

registered as (
    select
        periods.grain,
        periods.period_id,
        scope.scope_sector,
        models.delivery_model,
        count(*) as organisations
    from register.organisations as organisations
    inner join scope on organisations.sector = scope.sector
    inner join indicators.period as periods
        on coalesce(organisations.active_from, periods.period_start_on) <= periods.period_end_on
        and coalesce(organisations.active_to, periods.period_end_on) >= periods.period_start_on
    inner join indicators.model_in_period as models
        on organisations.organisation_code = models.organisation_code
        and periods.grain = models.grain
        and periods.period_id = models.period_id
    group by periods.grain, periods.period_id, scope.scope_sector, models.delivery_model
)

select
    compared.indicator_id,
    compared.grain,
    compared.period_id,
    compared.variant,
    scope.scope_sector as sector,
    compared.delivery_model,
    count(*) as organisations,
    greatest(any_value(registered.organisations), count(*)) as organisations_registered,
    sum(compared.numerator) as numerator,
    sum(compared.denominator) as denominator,
    indicator_value(
        sum(compared.numerator), sum(compared.denominator), indicators.multiplier, any_value(compared.per_days)
    ) as value,
    quantile_cont(compared.value, 0.25) as lower_quartile,
    quantile_cont(compared.value, 0.5) as median,
    quantile_cont(compared.value, 0.75) as upper_quartile,
    sum(compared.months_reported) as months_reported,
    sum(compared.months_expected) as months_expected,
    bool_and(compared.source = 'official') as is_public
from benchmarks.compared as compared
inner join scope on compared.sector = scope.sector
inner join reference.indicators as indicators on compared.indicator_id = indicators.indicator_id
left join registered
    on compared.grain = registered.grain
    and compared.period_id = registered.period_id
    and scope.scope_sector = registered.scope_sector
    and compared.delivery_model = registered.delivery_model
group by
    compared.indicator_id,
    compared.grain,
    compared.period_id,
    compared.variant,
    scope.scope_sector,
    compared.delivery_model,
    indicators.multiplier
order by
    compared.indicator_id,
    compared.grain,
    compared.period_id,
    compared.variant,
    scope.scope_sector,
    compared.delivery_model
