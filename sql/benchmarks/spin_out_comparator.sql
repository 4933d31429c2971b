-- Whom an organisation that spun out is set beside, and how each of them changed between the same months: organisations that
-- did not spin out between the first month before and the last one after, and reported every month that counts. Of the
-- same sector where those are enough, of all sectors otherwise; none where even they are too few.
with matched as (
    select *
    from benchmarks.spin_out_part
    where is_matched
    qualify
        sum(months) over (partition by organisation_code, indicator_id, variant, period_id)
        >= (select value from reference.settings where name = 'months_for_before_after')
),

wanted as (
    select
        organisation_code,
        indicator_id,
        variant,
        period_id,
        count(*) as parts
    from matched
    group by organisation_code, indicator_id, variant, period_id
),

eligible as (
    select
        windows.organisation_code,
        windows.period_id,
        windows.begins_on,
        others.organisation_code as comparator_code,
        own.sector = others.sector as is_same_sector
    from (select distinct organisation_code, period_id, begins_on, known_to from matched) as windows
    inner join register.organisations as own on windows.organisation_code = own.organisation_code
    inner join register.organisations as others
        on windows.organisation_code <> others.organisation_code
        and (others.spun_out_on is null or others.spun_out_on not between windows.begins_on and windows.known_to)
),

changed as (
    select
        matched.organisation_code,
        matched.indicator_id,
        matched.variant,
        matched.period_id,
        matched.begins_on,
        earlier.organisation_code as comparator_code,
        count(*) as parts,
        indicator_value(sum(later.numerator), sum(later.denominator), indicators.multiplier, null)
        - indicator_value(sum(earlier.numerator), sum(earlier.denominator), indicators.multiplier, null) as difference,
        1e0 / sum(later.denominator) + 1e0 / sum(earlier.denominator) as inverse_size,
        case
            when count(*) > 1
                then
                    regr_slope(
                        earlier.value, matched.years_from_spin_out order by matched.years_from_spin_out
                    )
        end as trend
    from matched
    inner join benchmarks.finest_figure as earlier
        on matched.indicator_id = earlier.indicator_id
        and matched.variant = earlier.variant
        and matched.before_period_id = earlier.period_id
    inner join benchmarks.finest_figure as later
        on matched.indicator_id = later.indicator_id
        and matched.variant = later.variant
        and matched.after_period_id = later.period_id
        and earlier.organisation_code = later.organisation_code
    inner join reference.indicators as indicators on matched.indicator_id = indicators.indicator_id
    group by
        matched.organisation_code,
        matched.indicator_id,
        matched.variant,
        matched.period_id,
        matched.begins_on,
        earlier.organisation_code,
        indicators.multiplier
),

counted as (
    select
        changed.*,
        eligible.is_same_sector,
        count(*) filter (where eligible.is_same_sector) over one_organisation as in_sector,
        count(*) over one_organisation as in_all
    from changed
    inner join wanted
        on changed.organisation_code = wanted.organisation_code
        and changed.indicator_id = wanted.indicator_id
        and changed.variant = wanted.variant
        and changed.period_id = wanted.period_id
        and changed.parts = wanted.parts
    inner join eligible
        on changed.organisation_code = eligible.organisation_code
        and changed.period_id = eligible.period_id
        and changed.begins_on = eligible.begins_on
        and changed.comparator_code = eligible.comparator_code
    window one_organisation as (
        partition by changed.organisation_code, changed.indicator_id, changed.variant, changed.period_id
    )
)

select
    counted.organisation_code,
    counted.indicator_id,
    counted.variant,
    counted.period_id,
    case when counted.in_sector >= enough.value then 'sector' else 'all_sectors' end as scope,
    counted.comparator_code,
    counted.difference,
    counted.inverse_size,
    counted.trend
from counted
cross join (select greatest(value, 2) as value from reference.settings where name = 'peers_for_median') as enough
where
    counted.in_all >= enough.value
    and (counted.is_same_sector or counted.in_sector < enough.value)
order by
    counted.organisation_code,
    counted.indicator_id,
    counted.variant,
    counted.period_id,
    counted.comparator_code
