-- Each organisation beside its peers, itself left out: same delivery model and basis or instrument, and same sector where that gives
-- enough peers for a median; all sectors otherwise. What of it may be shown is for published to say.
with comparable as (
    select compared.*
    from benchmarks.compared as compared
    inner join reference.indicators as indicators on compared.indicator_id = indicators.indicator_id
    where indicators.is_compared
),

scoped as (
    select comparable.*, 'sector' as scope, comparable.sector as scope_sector
    from comparable
    union all
    select comparable.*, 'all_sectors' as scope, 'ALL' as scope_sector
    from comparable
),

groups as (
    select
        indicator_id,
        grain,
        period_id,
        variant,
        delivery_model,
        scope,
        scope_sector,
        count(*) - 1 as peers,
        list(value order by value, organisation_code) as sorted_values,
        sum(numerator) as numerator,
        sum(denominator) as denominator,
        count(*) filter (where source = 'official') as official
    from scoped
    group by indicator_id, grain, period_id, variant, delivery_model, scope, scope_sector
),

placed as (
    select
        scoped.*,
        row_number() over (
            partition by
                scoped.indicator_id,
                scoped.grain,
                scoped.period_id,
                scoped.variant,
                scoped.delivery_model,
                scoped.scope,
                scoped.scope_sector
            order by scoped.value, scoped.organisation_code
        ) as own_place
    from scoped
),

beside as (
    select
        placed.indicator_id,
        placed.grain,
        placed.period_id,
        placed.variant,
        placed.organisation_code,
        placed.delivery_model,
        placed.scope,
        placed.scope_sector,
        groups.peers,
        groups.official - cast(placed.source = 'official' as integer) as official_peers,
        indicator_value(
            groups.numerator - placed.numerator,
            groups.denominator - placed.denominator,
            indicators.multiplier,
            placed.per_days
        ) as peer_value,
        leave_one_out_quantile(groups.sorted_values, placed.own_place, 0.25) as lower_quartile,
        leave_one_out_quantile(groups.sorted_values, placed.own_place, 0.5) as median,
        leave_one_out_quantile(groups.sorted_values, placed.own_place, 0.75) as upper_quartile
    from placed
    inner join groups
        on placed.indicator_id = groups.indicator_id
        and placed.grain = groups.grain
        and placed.period_id = groups.period_id
        and placed.variant = groups.variant
        and placed.delivery_model = groups.delivery_model
        and placed.scope = groups.scope
        and placed.scope_sector = groups.scope_sector
    inner join reference.indicators as indicators on placed.indicator_id = indicators.indicator_id
)

select
    beside.indicator_id,
    beside.grain,
    beside.period_id,
    beside.variant,
    beside.organisation_code,
    beside.delivery_model,
    beside.scope,
    beside.scope_sector,
    beside.peers,
    beside.official_peers,
    beside.peer_value,
    beside.lower_quartile,
    beside.median,
    beside.upper_quartile
from beside
cross join (select value from reference.settings where name = 'peers_for_median') as enough
qualify
    row_number() over (
        partition by beside.indicator_id, beside.grain, beside.period_id, beside.variant, beside.organisation_code
        order by cast(beside.scope = 'sector' and beside.peers >= enough.value as integer) desc, beside.scope
    ) = 1
order by beside.indicator_id, beside.grain, beside.period_id, beside.variant, beside.organisation_code
