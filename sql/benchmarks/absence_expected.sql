-- Days of absence that each organisation would have lost in each month at the rate of its peers, both within its own sector and
-- in all sectors: at their pooled rate, and, where it reports staff groups and enough peers report every one of them, at
-- their rates by staff group, weighted as its own staff are. Each as left out of its peers (what it is held against) and
-- as one of them (of_all: what all of a group are measured by alike). Which scope counts is for others to say.
with absence as (
    select
        compared.*,
        periods.period_start_on
    from benchmarks.compared as compared
    inner join indicators.period as periods
        on compared.grain = periods.grain
        and compared.period_id = periods.period_id
    where compared.indicator_id = 'sickness_absence_rate' and compared.grain = 'month'
),

scoped as (
    select absence.*, 'sector' as scope, absence.sector as scope_sector
    from absence
    union all
    select absence.*, 'all_sectors' as scope, 'ALL' as scope_sector
    from absence
),

groups as (
    select
        period_id,
        variant,
        delivery_model,
        scope,
        scope_sector,
        count(*) as organisations,
        sum(numerator) as lost,
        sum(denominator) as available
    from scoped
    group by period_id, variant, delivery_model, scope, scope_sector
),

-- Intake has seen that the staff groups of a month add up to the whole; a month has all of them or none.
by_staff_group as (
    select
        absence.period_id,
        absence.variant,
        absence.organisation_code,
        measures.staff_group,
        sum(measures.value) filter (where measures.measure = 'fte_days_lost') as lost,
        sum(measures.value) filter (where measures.measure = 'fte_days_available') as available
    from absence
    inner join measures.sickness_absence as measures
        on absence.organisation_code = measures.organisation_code
        and absence.variant = measures.variant
        and absence.source = measures.source
        and absence.period_start_on = measures.period_start_on
    where
        measures.service_code = 'ALL'
        and measures.staff_group <> 'ALL'
        and measures.measure in ('fte_days_lost', 'fte_days_available')
    group by absence.period_id, absence.variant, absence.organisation_code, measures.staff_group
),

staffed as (
    select
        scoped.period_id,
        scoped.variant,
        scoped.delivery_model,
        scoped.scope,
        scoped.scope_sector,
        scoped.organisation_code,
        list(by_staff_group.staff_group order by by_staff_group.staff_group) as staff_groups
    from scoped
    inner join by_staff_group
        on scoped.period_id = by_staff_group.period_id
        and scoped.variant = by_staff_group.variant
        and scoped.organisation_code = by_staff_group.organisation_code
    group by
        scoped.period_id,
        scoped.variant,
        scoped.delivery_model,
        scoped.scope,
        scoped.scope_sector,
        scoped.organisation_code
),

wanted as (
    select distinct
        period_id,
        variant,
        delivery_model,
        scope,
        scope_sector,
        staff_groups
    from staffed
),

-- For each set of staff groups that somebody has: what those who report every one of them come to, by staff group.
in_common as (
    select
        wanted.period_id,
        wanted.variant,
        wanted.delivery_model,
        wanted.scope,
        wanted.scope_sector,
        wanted.staff_groups,
        by_staff_group.staff_group,
        count(*) as organisations,
        sum(by_staff_group.lost) as lost,
        sum(by_staff_group.available) as available
    from wanted
    inner join staffed
        on wanted.period_id = staffed.period_id
        and wanted.variant = staffed.variant
        and wanted.delivery_model = staffed.delivery_model
        and wanted.scope = staffed.scope
        and wanted.scope_sector = staffed.scope_sector
        and list_has_all(staffed.staff_groups, wanted.staff_groups)
    inner join by_staff_group
        on staffed.period_id = by_staff_group.period_id
        and staffed.variant = by_staff_group.variant
        and staffed.organisation_code = by_staff_group.organisation_code
        and list_contains(wanted.staff_groups, by_staff_group.staff_group)
    group by
        wanted.period_id,
        wanted.variant,
        wanted.delivery_model,
        wanted.scope,
        wanted.scope_sector,
        wanted.staff_groups,
        by_staff_group.staff_group
),

rates as (
    select
        staffed.period_id,
        staffed.variant,
        staffed.scope,
        staffed.organisation_code,
        own.staff_group,
        own.available,
        in_common.organisations - 1 as peers,
        share_of(in_common.lost - own.lost, in_common.available - own.available) as rate,
        share_of(in_common.lost, in_common.available) as rate_of_all
    from staffed
    inner join by_staff_group as own
        on staffed.period_id = own.period_id
        and staffed.variant = own.variant
        and staffed.organisation_code = own.organisation_code
    inner join in_common
        on staffed.period_id = in_common.period_id
        and staffed.variant = in_common.variant
        and staffed.delivery_model = in_common.delivery_model
        and staffed.scope = in_common.scope
        and staffed.scope_sector = in_common.scope_sector
        and staffed.staff_groups = in_common.staff_groups
        and own.staff_group = in_common.staff_group
),

mixed as (
    select
        rates.period_id,
        rates.variant,
        rates.scope,
        rates.organisation_code,
        sum(rates.available * rates.rate order by rates.staff_group) / sum(rates.available) as rate,
        sum(rates.available * rates.rate_of_all order by rates.staff_group) / sum(rates.available) as rate_of_all
    from rates
    cross join (select value from reference.settings where name = 'peers_for_median') as enough
    group by rates.period_id, rates.variant, rates.scope, rates.organisation_code
    having min(rates.peers) >= any_value(enough.value) and count(rates.rate) = count(*) and sum(rates.available) > 0
)

select
    scoped.organisation_code,
    scoped.variant,
    scoped.source,
    scoped.period_id,
    scoped.period_start_on,
    scoped.delivery_model,
    scoped.scope,
    scoped.scope_sector,
    scoped.numerator as lost,
    scoped.denominator as available,
    groups.organisations - 1 as peers,
    scoped.denominator * share_of(groups.lost - scoped.numerator, groups.available - scoped.denominator) as expected,
    scoped.denominator * share_of(groups.lost, groups.available) as expected_of_all,
    scoped.denominator * mixed.rate as expected_by_staff_group,
    scoped.denominator * mixed.rate_of_all as expected_of_all_by_staff_group
from scoped
inner join groups
    on scoped.period_id = groups.period_id
    and scoped.variant = groups.variant
    and scoped.delivery_model = groups.delivery_model
    and scoped.scope = groups.scope
    and scoped.scope_sector = groups.scope_sector
left join mixed
    on scoped.period_id = mixed.period_id
    and scoped.variant = mixed.variant
    and scoped.organisation_code = mixed.organisation_code
    and scoped.scope = mixed.scope
order by scoped.organisation_code, scoped.variant, scoped.period_id, scoped.scope
