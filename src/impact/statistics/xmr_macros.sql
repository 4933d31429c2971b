-- The constants and formulas of XmR charts, as scalar macros; sql/macros.sql is where they go once a model reads them.

-- How far the process limits lie from the mean: 3 sigma, with sigma = mean moving range / 1.128.
create or replace macro process_limit_distance(mean_moving_range) as 2.66 * mean_moving_range;

-- How far the near lines lie from the mean: two thirds of the way to the limits.
create or replace macro near_line_distance(mean_moving_range) as 2 * 2.66 / 3 * mean_moving_range;

-- Whether a moving range is so great that screening drops it: at or beyond the upper limit of moving ranges.
create or replace macro is_screened_out(moving_range, mean_moving_range) as
    moving_range > 0 and moving_range >= 3.267 * mean_moving_range;

-- 1 for more, -1 for less, 0 for as good as equal: apart by no more than adding up numbers of this size can lose.
create or replace macro direction_of(difference, size) as
    case when abs(difference) <= 1e-12 * size then 0 else cast(sign(difference) as integer) end;
