-- The smallest things that the figures of the quarter that is published, and of the year that ends with it, are sums of:
-- what an indicator counts in a month, quarter or wave of what of an organisation is done for the same commissioners
-- (their codes, in order; none where it is done for nobody in particular, or is an indicator of the whole).
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

counted as (
    select counted.*
    from indicators.counted_part as counted
    where
        exists (
            select 1
            from released
            where counted.period_end_on between released.period_start_on and released.period_end_on
        )
),

payers as (
    select
        counted.organisation_code,
        counted.part_of,
        counted.part_code,
        counted.period_start_on,
        counted.period_end_on,
        string_agg(distinct part.commissioner_code, ' ' order by part.commissioner_code) as commissioners
    from (
        select distinct organisation_code, part_of, part_code, period_start_on, period_end_on
        from counted
    ) as counted
    inner join indicators.part as part
        on counted.organisation_code = part.organisation_code
        and counted.part_of = part.part_of
        and counted.part_code = part.code
        and part.starts_on <= counted.period_start_on
        and part.ends_on >= counted.period_end_on
    group by
        counted.organisation_code,
        counted.part_of,
        counted.part_code,
        counted.period_start_on,
        counted.period_end_on
),

atoms as (
    select
        counted.indicator_id,
        counted.organisation_code,
        coalesce(payers.commissioners, '') as commissioners,
        counted.source,
        counted.variant,
        counted.period_start_on,
        counted.period_end_on,
        date_diff('month', counted.period_start_on, counted.period_end_on) + 1 as months,
        sum(counted.numerator) as numerator,
        sum(counted.denominator) as denominator
    from counted
    left join payers
        on counted.organisation_code = payers.organisation_code
        and counted.part_of = payers.part_of
        and counted.part_code = payers.part_code
        and counted.period_start_on = payers.period_start_on
        and counted.period_end_on = payers.period_end_on
    group by
        counted.indicator_id,
        counted.organisation_code,
        coalesce(payers.commissioners, ''),
        counted.source,
        counted.variant,
        counted.period_start_on,
        counted.period_end_on
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
    from atoms
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
