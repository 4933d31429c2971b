-- Whom an organisation that spun out is set beside, and how each of them changed between the same months: organisations that
-- did not spin out between the first month before and the last one after, and reported most of the months that count, before
-- and after. Of the same sector where those are enough, of all sectors otherwise; none where even they are too few.
with matched as (
    -- Places number the changes that others are wanted for.
    select
        *,
        dense_rank() over (order by organisation_code, indicator_id, variant, period_id) as place,
        count(*) over one_change as parts
    from benchmarks.spin_out_part
    where is_matched
    window one_change as (partition by organisation_code, indicator_id, variant, period_id)
    qualify sum(months) over one_change >= (select value from reference.settings where name = 'months_for_before_after')
),

wanted as (
    select distinct
        place,
        organisation_code,
        indicator_id,
        variant,
        period_id,
        begins_on,
        known_to,
        parts
    from matched
),

eligible as (
    select
        wanted.place,
        others.organisation_code as comparator_code,
        own.sector = others.sector as is_same_sector
    from wanted
    inner join register.organisations as own on wanted.organisation_code = own.organisation_code
    inner join register.organisations as others
        on wanted.organisation_code <> others.organisation_code
        and (others.spun_out_on is null or others.spun_out_on not between wanted.begins_on and wanted.known_to)
),

moves as (
    select distinct indicator_id, variant, before_period_id, after_period_id
    from matched
),

pairs as (
    -- What an organisation reported of a month before and of the same month after, where it has both. Joined once for all
    -- that ask for these two months.
    select
        moves.indicator_id,
        moves.variant,
        moves.before_period_id,
        moves.after_period_id,
        earlier.organisation_code as comparator_code,
        earlier.numerator as before_numerator,
        earlier.denominator as before_denominator,
        cast(earlier.value as decimal(28, 14)) as before_value,
        later.numerator as after_numerator,
        later.denominator as after_denominator
    from moves
    inner join benchmarks.finest_figure as earlier
        on moves.indicator_id = earlier.indicator_id
        and moves.variant = earlier.variant
        and moves.before_period_id = earlier.period_id
    inner join benchmarks.finest_figure as later
        on moves.indicator_id = later.indicator_id
        and moves.variant = later.variant
        and moves.after_period_id = later.period_id
        and earlier.organisation_code = later.organisation_code
),

added_up as (
    select
        matched.place,
        pairs.comparator_code,
        count(*) as parts,
        sum(pairs.before_numerator) as before_numerator,
        sum(pairs.before_denominator) as before_denominator,
        sum(pairs.after_numerator) as after_numerator,
        sum(pairs.after_denominator) as after_denominator,
        -- The slope of a year by least squares, of whole numbers and decimals.
        12e0
        * (
            count(*) * sum(pairs.before_value * matched.months_from_spin_out)
            - sum(matched.months_from_spin_out) * sum(pairs.before_value)
        )
        / nullif(
            count(*) * sum(matched.months_from_spin_out * matched.months_from_spin_out)
            - sum(matched.months_from_spin_out) * sum(matched.months_from_spin_out),
            0
        ) as trend
    from matched
    inner join pairs
        on matched.indicator_id = pairs.indicator_id
        and matched.variant = pairs.variant
        and matched.before_period_id = pairs.before_period_id
        and matched.after_period_id = pairs.after_period_id
    group by matched.place, pairs.comparator_code
),

changed as (
    select
        added_up.place,
        added_up.comparator_code,
        indicator_value(added_up.after_numerator, added_up.after_denominator, indicators.multiplier, null)
        - indicator_value(added_up.before_numerator, added_up.before_denominator, indicators.multiplier, null)
            as difference,
        1e0 / added_up.after_denominator + 1e0 / added_up.before_denominator as inverse_size,
        added_up.trend
    from added_up
    cross join (select value from reference.settings where name = 'share_of_months_for_comparators') as most
    inner join wanted
        on added_up.place = wanted.place
        and added_up.parts >= wanted.parts * most.value
    inner join reference.indicators as indicators on wanted.indicator_id = indicators.indicator_id
),

counted as (
    select
        changed.*,
        eligible.is_same_sector,
        count(*) filter (where eligible.is_same_sector) over (partition by changed.place) as in_sector,
        count(*) over (partition by changed.place) as in_all
    from changed
    inner join eligible
        on changed.place = eligible.place
        and changed.comparator_code = eligible.comparator_code
)

select
    wanted.organisation_code,
    wanted.indicator_id,
    wanted.variant,
    wanted.period_id,
    case when counted.in_sector >= enough.value then 'sector' else 'all_sectors' end as scope,
    counted.comparator_code,
    counted.difference,
    counted.inverse_size,
    counted.trend
from counted
inner join wanted on counted.place = wanted.place
cross join (select greatest(value, 2) as value from reference.settings where name = 'peers_for_median') as enough
where
    counted.in_all >= enough.value
    and (counted.is_same_sector or counted.in_sector < enough.value)
order by wanted.organisation_code, wanted.indicator_id, wanted.variant, wanted.period_id, counted.comparator_code
