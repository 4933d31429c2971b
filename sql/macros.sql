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

-- A part of a whole, nothing where the whole is 0.
create or replace macro share_of(part, whole) as cast(part as double) / nullif(cast(whole as double), 0);

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

-- The standard normal quantile of a two-sided 95% interval, to the last digit of a double.
create or replace macro z_95() as 1.959963984540054e0;

-- And that of a 99.8% one.
create or replace macro z_99_8() as 3.090232306167813e0;

-- Wilson's lower limit of the share x of n (Wilson 1927; Newcombe 1998). Nothing for 0 of 0, nor for what is no share; 0 for
-- none of n and, above, 1 for all of n, to the last digit. (Here and below: greatest and least pass over nulls, so those are
-- asked for first.)
create or replace macro wilson_lower(x, n, z) as
    case
        when n > 0 and x between 0 and n then greatest(
            0e0,
            (2e0 * x + z * z - z * sqrt(z * z + 4e0 * x * (1e0 - cast(x as double) / n))) / (2e0 * (n + z * z))
        )
    end;

-- The upper one.
create or replace macro wilson_upper(x, n, z) as
    case
        when n > 0 and x = n then 1e0
        when n > 0 and x between 0 and n then least(
            1e0,
            (2e0 * x + z * z + z * sqrt(z * z + 4e0 * x * (1e0 - cast(x as double) / n))) / (2e0 * (n + z * z))
        )
    end;

-- Byar's lower limit of a count (Breslow and Day 1987). Good from 10; below that the exact one is looked up. Nothing where
-- it would come out below 0, as for 1 at 99.8%.
create or replace macro byar_lower(x, z) as
    case
        when x > 0 and 1e0 - 1e0 / (9e0 * x) - z / (3e0 * sqrt(x)) >= 0
            then x * pow(1e0 - 1e0 / (9e0 * x) - z / (3e0 * sqrt(x)), 3)
    end;

-- The upper one.
create or replace macro byar_upper(x, z) as
    case
        when x >= 0 then (x + 1e0) * pow(1e0 - 1e0 / (9e0 * (x + 1e0)) + z / (3e0 * sqrt(x + 1e0)), 3)
    end;

-- The standard deviation of n values from their sum and sum of squares. Nothing for fewer than two.
create or replace macro deviation_of_sums(n, total, squares) as
    case
        when n > 1 and total is not null and squares is not null
            then sqrt(greatest(0e0, (squares - cast(total as double) * total / n) / (n - 1e0)))
    end;

-- Student's lower limit of a mean; t is the quantile at n - 1 degrees of freedom, looked up.
create or replace macro mean_lower(n, total, squares, t) as
    cast(total as double) / nullif(n, 0) - t * deviation_of_sums(n, total, squares) / sqrt(n);

-- The upper one.
create or replace macro mean_upper(n, total, squares, t) as
    cast(total as double) / nullif(n, 0) + t * deviation_of_sums(n, total, squares) / sqrt(n);

-- Student's quantile of many degrees of freedom, from the normal one (Cornish and Fisher; Abramowitz and Stegun 26.7.5):
-- from 300 on, to ten digits and more. For fewer it is looked up.
create or replace macro t_of_many(degrees, z) as
    z
    + (pow(z, 3) + z) / (4e0 * degrees)
    + (5e0 * pow(z, 5) + 16e0 * pow(z, 3) + 3e0 * z) / (96e0 * pow(degrees, 2))
    + (3e0 * pow(z, 7) + 19e0 * pow(z, 5) + 17e0 * pow(z, 3) - 15e0 * z) / (384e0 * pow(degrees, 3))
    + (79e0 * pow(z, 9) + 776e0 * pow(z, 7) + 1482e0 * pow(z, 5) - 1920e0 * pow(z, 3) - 945e0 * z)
    / (92160e0 * pow(degrees, 4));

-- Which of so many groups of equal size a rank falls in, 1 the first (PHEindicatormethods). Worked out in whole numbers,
-- where the division of the published formula can fall a hair beside one. Nothing with fewer members than groups.
create or replace macro quantile_group(rank_, members, groups) as
    case
        when members >= groups
            then groups + 1 - (cast(members + 1 - rank_ as bigint) * groups + members - 1) // members
    end;

-- The lower funnel limit around a target share of n, without overdispersion: a score limit, which is Wilson's turned round.
create or replace macro share_funnel_lower(target, n, z) as
    case
        when n > 0 and target is not null then greatest(0e0, target - z * sqrt(target * (1e0 - target) / n))
    end;

-- The upper one.
create or replace macro share_funnel_upper(target, n, z) as
    case
        when n > 0 and target is not null then least(1e0, target + z * sqrt(target * (1e0 - target) / n))
    end;

-- The lower funnel limit around a target share, widened: on the scale of arcsin sqrt p, where the variance is 1 / 4n.
create or replace macro widened_share_lower(target, n, tau_squared, z) as
    case
        when n > 0 and target is not null and tau_squared is not null
            then pow(sin(greatest(0e0, asin(sqrt(target)) - z * sqrt(1e0 / (4e0 * n) + tau_squared))), 2)
    end;

-- The upper one.
create or replace macro widened_share_upper(target, n, tau_squared, z) as
    case
        when n > 0 and target is not null and tau_squared is not null
            then pow(sin(least(pi() / 2, asin(sqrt(target)) + z * sqrt(1e0 / (4e0 * n) + tau_squared))), 2)
    end;

-- The lower funnel limit around a ratio of 1, observed over expected, widened: on the scale of logarithms (SHMI).
create or replace macro widened_ratio_lower(expected, tau_squared, z) as exp(-z * sqrt(1e0 / expected + tau_squared));

-- The upper one.
create or replace macro widened_ratio_upper(expected, tau_squared, z) as exp(z * sqrt(1e0 / expected + tau_squared));

-- Where a value lies in a funnel. On a limit is inside it.
create or replace macro funnel_position(value, lower_95, upper_95, lower_99_8, upper_99_8) as
    case
        when value < lower_99_8 then 'below 99.8%'
        when value < lower_95 then 'below 95%'
        when value > upper_99_8 then 'above 99.8%'
        when value > upper_95 then 'above 95%'
        when value is not null and lower_95 is not null then 'inside 95%'
    end;

-- Newey and West's variance of a sum of 12 monthly residuals that add up to 0, from the sums of their squares and of their
-- products with those of one, two and three months before (Bartlett's weights). Residuals around a level of their own
-- vary too little; the last factor makes up for it where months have nothing to do with each other.
create or replace macro newey_west_of_year(squares, lag_1, lag_2, lag_3) as
    greatest(0e0, squares + 1.5e0 * lag_1 + 1e0 * lag_2 + 0.5e0 * lag_3)
    * 12e0 / (11e0 - (1.5e0 * 11e0 + 1e0 * 10e0 + 0.5e0 * 9e0) / 12e0);

-- The variance between organisations (tau squared) from k of them with their sizes, where the variance within one is that of
-- a unit over its size: the sums of sizes, of their squares, of sizes times figures and times squared figures (DerSimonian
-- and Laird 1986, as Spiegelhalter 2005 has it; each weighs by the inverse of its own variance).
create or replace macro variance_between(k, sizes, squared_sizes, figures, squared_figures, variance_of_unit) as
    greatest(
        0e0,
        (squared_figures - figures * figures / sizes - (k - 1e0) * variance_of_unit)
        / (sizes - squared_sizes / sizes)
    );

-- A place on the scale on which a verdict is found, back on the indicator's own: of shares that is arcsin sqrt p.
create or replace macro on_own_scale(place, kind, multiplier, least_value, greatest_value) as
    case kind
        when 'share' then pow(sin(least(pi() / 2, greatest(0e0, place))), 2) * multiplier
        else least(greatest(place * multiplier, least_value), greatest_value)
    end;

-- The word for where a value lies in its funnel.
create or replace macro verdict_of(position, polarity) as
    case
        when position = 'inside 95%' then 'similar'
        else
            case when ends_with(position, '99.8%') then 'much ' else '' end
            || case
                when polarity = 'none' and starts_with(position, 'above') then 'higher'
                when polarity = 'none' then 'lower'
                when starts_with(position, 'above') = (polarity = 'higher_is_better') then 'better'
                else 'worse'
            end
    end;

-- An amount of one year in the prices of another.
create or replace macro in_prices_of(amount, deflator_of_its_year, deflator_of_base_year) as
    cast(amount as double) * deflator_of_base_year / nullif(deflator_of_its_year, 0);
