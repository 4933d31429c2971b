with counted as (
    select indicator_id, grain, period_id, variant, sum(organisations) as organisations, sum(numerator) as numerator
    from benchmarks.delivery_model
    where kind = 'sector'
    group by indicator_id, grain, period_id, variant
),

there as (
    select indicator_id, grain, period_id, variant, count(*) as organisations, sum(numerator) as numerator
    from benchmarks.compared
    group by indicator_id, grain, period_id, variant
)

select
    there.indicator_id,
    there.grain,
    there.period_id,
    there.variant
from there
left join counted
    on there.indicator_id = counted.indicator_id
    and there.grain = counted.grain
    and there.period_id = counted.period_id
    and there.variant = counted.variant
where
    counted.organisations is distinct from there.organisations
    or counted.numerator is distinct from there.numerator
