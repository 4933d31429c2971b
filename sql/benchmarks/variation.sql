-- What each chart over time says of its last point, in every quarter that has one: improving, concern or common cause (high or low
-- without polarity), or why it says nothing. The last point is the last of the quarter that has a value.
with last_points as (
    select series.*
    from benchmarks.series as series
    inner join indicators.period as quarters
        on quarters.grain = 'quarter'
        and series.as_at_period = quarters.period_id
        and series.period_end_on >= quarters.period_start_on
    qualify
        row_number() over (
            partition by series.series
            order by cast(series.value is not null as integer) desc, series.place desc
        ) = 1
),

parts as (
    select
        series,
        part,
        count(value) as points
    from benchmarks.series
    group by series, part
)

select
    last_points.series,
    last_points.indicator_id,
    last_points.organisation_code,
    last_points.variant,
    last_points.as_at_period,
    last_points.period_id,
    last_points.part,
    parts.points,
    xmr.centre,
    xmr.lower_process_limit,
    xmr.upper_process_limit,
    settings.value = 1 as is_screened,
    coalesce(xmr.special_cause, '') as special_cause,
    case
        when last_points.value is null then 'too few peers'
        when xmr.centre is null then 'too few points'
        else ''
    end as why,
    case when why = '' then variation_of(xmr.special_cause, indicators.polarity) else why end as variation,
    last_points.rebased_on,
    last_points.rebased_because,
    last_points.scope,
    last_points.is_adjusted_for_staff_mix
from last_points
inner join parts
    on last_points.series = parts.series
    and last_points.part = parts.part
inner join benchmarks.xmr as xmr
    on last_points.series = xmr.series
    and last_points.place = xmr.place
inner join reference.indicators as indicators on last_points.indicator_id = indicators.indicator_id
inner join reference.settings as settings on settings.name = 'xmr_screening'
order by last_points.series
