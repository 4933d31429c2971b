-- XmR charts: for every point of every part of a series its limits, and the special cause that it belongs to.
-- A point without a value takes no part in anything, and its neighbours stand beside each other.
-- impact.statistics.xmr runs this file over tables of anybody's.
with settings as (
    select
        max(value) filter (where name = 'xmr_screening') = 1 as is_screened,
        max(value) filter (where name = 'xmr_least_points') as least_points
    from reference.settings
),

points as (
    select
        series,
        part,
        place,
        value
    from benchmarks.series
    where value is not null
),

moves as (
    select
        series,
        part,
        place,
        value,
        value - lag(value) over (partition by series, part order by place) as movement
    from points
),

means as (
    select
        series,
        part,
        count(*) as points,
        avg(value order by place) as centre,
        avg(abs(movement) order by place) as unscreened_mean,
        max(abs(value)) as size
    from moves
    group by series, part
),

moving_ranges as (
    select
        moves.series,
        moves.part,
        avg(abs(moves.movement) order by moves.place) as mean_moving_range
    from moves
    inner join means
        on moves.series = means.series
        and moves.part = means.part
    cross join settings
    where
        moves.movement is not null
        and not (settings.is_screened and is_screened_out(abs(moves.movement), means.unscreened_mean))
    group by moves.series, moves.part
),

limits as (
    select
        means.series,
        means.part,
        means.points,
        means.size,
        means.centre,
        moving_ranges.mean_moving_range,
        means.centre - process_limit_distance(moving_ranges.mean_moving_range) as lower_process_limit,
        means.centre + process_limit_distance(moving_ranges.mean_moving_range) as upper_process_limit,
        means.centre - near_line_distance(moving_ranges.mean_moving_range) as lower_near_limit,
        means.centre + near_line_distance(moving_ranges.mean_moving_range) as upper_near_limit
    from means
    inner join moving_ranges
        on means.series = moving_ranges.series
        and means.part = moving_ranges.part
    cross join settings
    where means.points >= settings.least_points
),

signals as (
    select
        moves.series,
        moves.part,
        moves.place,
        direction_of(moves.movement, limits.size) as direction,
        direction_of(moves.value - limits.centre, limits.size) as side,
        direction_of(moves.value - limits.upper_process_limit, limits.size) = 1
        or direction_of(moves.value - limits.lower_process_limit, limits.size) = -1 as is_beyond_limit,
        direction_of(moves.value - limits.upper_near_limit, limits.size) = 1
        or direction_of(moves.value - limits.lower_near_limit, limits.size) = -1 as is_beyond_near_line
    from moves
    inner join limits
        on moves.series = limits.series
        and moves.part = limits.part
),

-- Whether a run is complete at a point: 7 points have 6 movements.
run_ends as (
    select
        series,
        part,
        place,
        side,
        is_beyond_limit,
        is_beyond_near_line,
        coalesce(sum(direction) over six = 6, false) as ends_rise,
        coalesce(sum(direction) over six = -6, false) as ends_fall,
        abs(sum(side) over seven) = 7 as ends_one_side,
        abs(sum(side) over three) = 3
        and count(*) filter (where is_beyond_near_line) over three >= 2 as ends_two_of_three
    from signals
    window
        three as (partition by series, part order by place rows between 2 preceding and current row),
        six as (partition by series, part order by place rows between 5 preceding and current row),
        seven as (partition by series, part order by place rows between 6 preceding and current row)
),

-- Every point of a complete run. Of two points of three, those beyond the near line are the run.
runs as (
    select
        series,
        part,
        place,
        side,
        is_beyond_limit,
        ends_rise,
        bool_or(ends_rise) over seven as is_in_rise,
        bool_or(ends_fall) over seven as is_in_fall,
        bool_or(ends_one_side) over seven as is_in_one_side,
        bool_or(ends_two_of_three) over three as is_among_three,
        bool_or(ends_two_of_three) over three and is_beyond_near_line as is_in_two_of_three
    from run_ends
    window
        three as (partition by series, part order by place rows between current row and 2 following),
        seven as (partition by series, part order by place rows between current row and 6 following)
),

-- The one that takes precedence. A turning point ends one trend and starts another: it belongs to the later one.
special_causes as (
    select
        series,
        part,
        place,
        case
            when is_beyond_limit and side = 1 then 'above_limit'
            when is_beyond_limit then 'below_limit'
            when is_in_rise and not (is_in_fall and ends_rise) then 'rising'
            when is_in_fall then 'falling'
            when is_in_two_of_three and side = 1 then 'two_of_three_above'
            when is_in_two_of_three then 'two_of_three_below'
            when is_in_one_side and side = 1 then 'run_above'
            when is_in_one_side then 'run_below'
            else 'common_cause'
        end as special_cause
    from runs
)

select
    series.series,
    series.place,
    series.value,
    series.part,
    limits.points,
    limits.centre,
    limits.mean_moving_range,
    limits.lower_process_limit,
    limits.upper_process_limit,
    limits.lower_near_limit,
    limits.upper_near_limit,
    special_causes.special_cause
from benchmarks.series as series
left join limits
    on series.series = limits.series
    and series.part = limits.part
left join special_causes
    on series.series = special_causes.series
    and series.place = special_causes.place
order by series.series, series.place
