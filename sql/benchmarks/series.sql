-- The points of every chart over time: an indicator of a whole organisation, on one basis or instrument, as it was known at the
-- end of a quarter (as_at_period) that has a point of it; later points are not there. A point is a month where the
-- indicator has months, a quarter otherwise, and `place` is its number, so that a gap stays a gap. What is charted is
-- the value, or, where an indicator has seasons, how far the value lies from what its peers' would lead one to expect;
-- shown_value is the value itself. A part ends where the organisation spun out, or the register has a change: the
-- period with that day in it is the first of the next part.
with figures as (
    select
        figures.indicator_id,
        figures.organisation_code,
        figures.variant,
        figures.source,
        figures.period_id,
        figures.value,
        periods.period_start_on,
        periods.period_end_on,
        periods.months,
        indicators.chart,
        indicators.multiplier,
        min(periods.period_start_on) over (
            partition by figures.indicator_id, figures.organisation_code, figures.variant
        ) as series_start_on
    from indicators.organisation_indicator as figures
    inner join reference.indicators as indicators on figures.indicator_id = indicators.indicator_id
    inner join indicators.period as periods
        on figures.grain = periods.grain
        and figures.period_id = periods.period_id
    where
        indicators.chart <> 'none'
        and figures.grain = case when list_contains(indicators.grains, 'month') then 'month' else 'quarter' end
        and figures.commissioner_code = 'ALL'
        and figures.value is not null
    -- Of an official figure and an organisation's own the one that is compared, as in benchmarks.compared.
    qualify
        row_number() over (
            partition by figures.indicator_id, figures.organisation_code, figures.variant, figures.period_id
            order by figures.source
        ) = 1
),

changes as (
    select
        organisation_code,
        indicator_id,
        changed_on,
        reason
    from register.changes
    union all
    select
        organisation_code,
        null as indicator_id,
        spun_out_on as changed_on,
        'Spun out' as reason
    from register.organisations
    where spun_out_on is not null
),

first_points as (
    select
        figures.indicator_id,
        figures.organisation_code,
        figures.variant,
        changes.changed_on,
        changes.reason,
        min(figures.period_start_on) as period_start_on
    from changes
    inner join figures
        on changes.organisation_code = figures.organisation_code
        and coalesce(changes.indicator_id, figures.indicator_id) = figures.indicator_id
        and changes.changed_on <= figures.period_end_on
    group by figures.indicator_id, figures.organisation_code, figures.variant, changes.changed_on, changes.reason
    -- What changed before there was a point splits nothing.
    having min(figures.period_start_on) > any_value(figures.series_start_on)
),

rebasings as (
    select
        indicator_id,
        organisation_code,
        variant,
        period_start_on,
        max(changed_on) as rebased_on,
        string_agg(reason, '; ' order by changed_on, reason) as rebased_because
    from first_points
    group by indicator_id, organisation_code, variant, period_start_on
),

-- Of each month, the value that enough peers would lead one to expect: of the sector and of all sectors, each with and
-- without regard to staff groups.
expected as (
    select
        absence.organisation_code,
        absence.variant,
        absence.period_id,
        max(absence.expected / absence.available) filter (where absence.scope = 'sector') as of_sector,
        max(absence.expected_by_staff_group / absence.available)
        filter (where absence.scope = 'sector') as of_sector_by_staff_group,
        max(absence.expected / absence.available) filter (where absence.scope = 'all_sectors') as of_all,
        max(absence.expected_by_staff_group / absence.available)
        filter (where absence.scope = 'all_sectors') as of_all_by_staff_group
    from benchmarks.absence_expected as absence
    inner join reference.settings as settings
        on settings.name = 'peers_for_median'
        and absence.peers >= settings.value
    where absence.expected is not null
    group by absence.organisation_code, absence.variant, absence.period_id
),

in_parts as (
    select
        figures.*,
        expected.of_sector,
        expected.of_sector_by_staff_group,
        expected.of_all,
        expected.of_all_by_staff_group,
        1 + count(rebasings.rebased_on) over up_to_here as part,
        last_value(rebasings.rebased_on ignore nulls) over up_to_here as rebased_on,
        last_value(rebasings.rebased_because ignore nulls) over up_to_here as rebased_because
    from figures
    left join rebasings
        on figures.indicator_id = rebasings.indicator_id
        and figures.organisation_code = rebasings.organisation_code
        and figures.variant = rebasings.variant
        and figures.period_start_on = rebasings.period_start_on
    left join expected
        on figures.chart = 'residual'
        and figures.organisation_code = expected.organisation_code
        and figures.variant = expected.variant
        and figures.period_id = expected.period_id
    window up_to_here as (
        partition by figures.indicator_id, figures.organisation_code, figures.variant
        order by figures.period_start_on
        rows unbounded preceding
    )
),

publications as (
    select
        row_number() over (
            order by in_parts.indicator_id, in_parts.organisation_code, in_parts.variant, quarters.period_id
        ) as series,
        in_parts.indicator_id,
        in_parts.organisation_code,
        in_parts.variant,
        quarters.period_id as as_at_period,
        quarters.period_end_on
    from in_parts
    inner join indicators.period as quarters
        on quarters.grain = 'quarter'
        and in_parts.period_end_on between quarters.period_start_on and quarters.period_end_on
    group by
        in_parts.indicator_id,
        in_parts.organisation_code,
        in_parts.variant,
        quarters.period_id,
        quarters.period_end_on
),

known_then as (
    select
        publications.series,
        publications.as_at_period,
        in_parts.*
    from publications
    inner join in_parts
        on publications.indicator_id = in_parts.indicator_id
        and publications.organisation_code = in_parts.organisation_code
        and publications.variant = in_parts.variant
        and publications.period_end_on >= in_parts.period_end_on
),

-- All of a part is held against one kind of peers, adjusted for staff groups or not: a step from one to another would look
-- like one of the organisation's own.
peers_of_parts as (
    select
        series,
        part,
        bool_and(of_sector is not null) as is_of_sector,
        case
            when is_of_sector then bool_and(of_sector_by_staff_group is not null)
            else bool_and(of_all_by_staff_group is not null)
        end as is_adjusted_for_staff_mix
    from known_then
    where chart = 'residual' and of_all is not null
    group by series, part
)

select
    known_then.series,
    date_diff('month', date '0001-01-01', known_then.period_start_on) // known_then.months as place,
    case
        when known_then.chart = 'value' then known_then.value
        when not peers_of_parts.is_of_sector and peers_of_parts.is_adjusted_for_staff_mix
            then known_then.value - known_then.multiplier * known_then.of_all_by_staff_group
        when not peers_of_parts.is_of_sector then known_then.value - known_then.multiplier * known_then.of_all
        when peers_of_parts.is_adjusted_for_staff_mix
            then known_then.value - known_then.multiplier * known_then.of_sector_by_staff_group
        else known_then.value - known_then.multiplier * known_then.of_sector
    end as value,
    known_then.part,
    known_then.indicator_id,
    known_then.organisation_code,
    known_then.variant,
    known_then.as_at_period,
    known_then.period_id,
    known_then.period_start_on,
    known_then.period_end_on,
    known_then.source,
    known_then.value as shown_value,
    known_then.rebased_on,
    coalesce(known_then.rebased_because, '') as rebased_because,
    case
        when peers_of_parts.is_of_sector then 'sector'
        when not peers_of_parts.is_of_sector then 'all_sectors'
        else ''
    end as scope,
    coalesce(peers_of_parts.is_adjusted_for_staff_mix, false) as is_adjusted_for_staff_mix
from known_then
left join peers_of_parts
    on known_then.series = peers_of_parts.series
    and known_then.part = peers_of_parts.part
order by known_then.series, place
