-- The statistics, once. Scalar macros only, and none reads a table.

-- A half that binary arithmetic left a hair short of a half: 1005 of 100000 is 1.005%, and comes out as 1.00499...
-- The nudge is a few units of the last binary digit, which is what one division and one product can lose.
create or replace macro nudged(value) as value * (1 + 2e-15);

-- A figure as it is printed: rounded half away from zero, once, with exactly this many decimals.
create or replace macro display(value, decimals) as
    case decimals
        when 0 then cast(cast(round(nudged(value), 0) as decimal(28, 0)) as varchar)
        when 1 then cast(cast(round(nudged(value), 1) as decimal(28, 1)) as varchar)
        when 2 then cast(cast(round(nudged(value), 2) as decimal(28, 2)) as varchar)
        when 3 then cast(cast(round(nudged(value), 3) as decimal(28, 3)) as varchar)
    end;

-- Numerator over denominator on the scale of an indicator; nothing where the denominator is 0. Without a denominator, the
-- amount itself.
create or replace macro indicator_value(numerator, denominator, multiplier, per_days) as
    case
        when denominator is null then cast(numerator as double) * multiplier
        else cast(numerator as double) / nullif(cast(denominator as double) / coalesce(per_days, 1), 0) * multiplier
    end;

-- The value that stands at `place` (from 0) once the one at `own_place` (from 1) is taken out of a sorted list.
create or replace macro left_out_at(sorted_values, own_place, place) as
    sorted_values[cast(place as bigint) + 1 + cast(place + 1 >= own_place as integer)];

-- The quantile of a sorted list without one of its values, by linear interpolation (type 7 of Hyndman and Fan 1996).
create or replace macro leave_one_out_quantile(sorted_values, own_place, share) as
    left_out_at(sorted_values, own_place, floor((len(sorted_values) - 2) * share))
    + ((len(sorted_values) - 2) * share - floor((len(sorted_values) - 2) * share))
    * (
        left_out_at(sorted_values, own_place, ceil((len(sorted_values) - 2) * share))
        - left_out_at(sorted_values, own_place, floor((len(sorted_values) - 2) * share))
    );
