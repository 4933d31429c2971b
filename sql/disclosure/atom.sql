-- The smallest things that the figures of the quarter that is published, and of the year that ends with it, are sums of:
-- what disclosure.done_for has of them.
with released as (
    select
        periods.grain,
        periods.period_start_on,
        periods.period_end_on,
        periods.period_id,
        periods.months
    from indicators.period as periods
    inner join reference.release as release on periods.period_id = release.period_id
    where periods.grain in ('quarter', 'rolling_year')
),

placed as (
    select
        atoms.*,
        released.grain,
        indicators.over_time = 'sum'
        or struct_pack(ends_on := atoms.period_end_on, starts_on := atoms.period_start_on)
        = max(struct_pack(ends_on := atoms.period_end_on, starts_on := atoms.period_start_on)) over (
            partition by
                atoms.indicator_id, released.grain, atoms.organisation_code, atoms.source, atoms.variant
        ) as is_in_figure
    from disclosure.done_for as atoms
    inner join reference.indicators as indicators on atoms.indicator_id = indicators.indicator_id
    inner join released
        on atoms.period_end_on between released.period_start_on and released.period_end_on
        and atoms.months <= released.months
        and list_contains(indicators.grains, released.grain)
)

select
    placed.indicator_id,
    placed.organisation_code,
    placed.commissioners,
    placed.source,
    placed.variant,
    placed.period_start_on,
    placed.period_end_on,
    placed.numerator,
    placed.denominator,
    bool_or(placed.grain = 'quarter' and placed.is_in_figure) as is_in_quarter,
    bool_or(placed.grain = 'rolling_year' and placed.is_in_figure) as is_in_year
from placed
group by
    placed.indicator_id,
    placed.organisation_code,
    placed.commissioners,
    placed.source,
    placed.variant,
    placed.period_start_on,
    placed.period_end_on,
    placed.numerator,
    placed.denominator
order by
    placed.indicator_id,
    placed.organisation_code,
    placed.commissioners,
    placed.source,
    placed.variant,
    placed.period_start_on,
    placed.period_end_on
