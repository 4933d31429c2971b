-- The smallest things that each point is a sum of, in the charts over time that end with the quarter that is published: what
-- disclosure.done_for has of them.
with points as (
    select
        series.indicator_id,
        series.organisation_code,
        series.variant,
        series.source,
        series.period_id,
        series.period_start_on,
        series.period_end_on
    from benchmarks.series as series
    inner join reference.release as release on series.as_at_period = release.period_id
)

select
    points.indicator_id,
    points.organisation_code,
    points.variant,
    points.source,
    points.period_id,
    atoms.commissioners,
    atoms.period_start_on,
    atoms.period_end_on,
    atoms.numerator,
    atoms.denominator
from points
inner join reference.indicators as indicators on points.indicator_id = indicators.indicator_id
inner join disclosure.done_for as atoms
    on points.indicator_id = atoms.indicator_id
    and points.organisation_code = atoms.organisation_code
    and points.variant = atoms.variant
    and points.source = atoms.source
    and atoms.period_end_on between points.period_start_on and points.period_end_on
    and atoms.period_start_on >= points.period_start_on
qualify
    indicators.over_time = 'sum'
    or struct_pack(ends_on := atoms.period_end_on, starts_on := atoms.period_start_on)
    = max(struct_pack(ends_on := atoms.period_end_on, starts_on := atoms.period_start_on)) over (
        partition by
            points.indicator_id, points.organisation_code, points.variant, points.source, points.period_id
    )
order by
    points.indicator_id,
    points.organisation_code,
    points.variant,
    points.source,
    points.period_id,
    atoms.commissioners,
    atoms.period_start_on
