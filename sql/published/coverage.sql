-- Of how many organisations the figures of a topic are, by delivery model: of those in the register at work in the year
-- that ends with the quarter (organisations_registered), how many reported in it; and of all that ever reported until its
-- end (organisations_started), how many have closed since, how many others sent nothing in the year (stopped), and how
-- many still report. To report is to have a figure of the topic's first indicator for a quarter. For all sectors in which
-- mutuals work, and for each combined authority's area, which that authority has on its own page as well. They are counts
-- of organisations, and tell nothing that any of them said.
with year as (
    select periods.period_id, periods.period_start_on, periods.period_end_on
    from indicators.period as periods
    inner join reference.release as release on periods.period_id = release.period_id
    where periods.grain = 'rolling_year'
),

places as (
    select 'all_sectors' as kind, 'sectors_of_mutuals' as scope, organisations.organisation_code
    from register.organisations as organisations
    where
        exists (
            select 1
            from register.organisations as mutuals
            where mutuals.delivery_model = 'mutual' and mutuals.sector = organisations.sector
        )
    union all
    select scopes.kind, scopes.scope, scopes.organisation_code
    from benchmarks.scope as scopes
    cross join year
    where
        scopes.kind = 'area'
        and coalesce(scopes.valid_from <= year.period_end_on, true)
        and coalesce(scopes.valid_to >= year.period_end_on, true)
),

scope_names as (
    select distinct scope, name
    from benchmarks.scope
),

organisations as (
    select
        organisations.organisation_code,
        case when organisations.spun_out_on > year.period_end_on then 'in_house' else organisations.delivery_model end
            as delivery_model,
        coalesce(organisations.active_from <= year.period_end_on, true)
        and coalesce(organisations.active_to >= year.period_start_on, true) as is_registered,
        coalesce(organisations.active_to <= year.period_end_on, false) as has_closed
    from register.organisations as organisations
    cross join year
),

topics as (
    select feeds[1] as topic, indicator_id
    from reference.indicators
    where place = 1
),

reported as (
    select
        topics.topic,
        figures.organisation_code,
        bool_or(periods.period_start_on >= year.period_start_on) as is_in_year
    from indicators.organisation_indicator as figures
    inner join topics on figures.indicator_id = topics.indicator_id
    inner join indicators.period as periods
        on figures.grain = periods.grain
        and figures.period_id = periods.period_id
    inner join year on periods.period_end_on <= year.period_end_on
    where figures.grain = 'quarter' and figures.commissioner_code = 'ALL' and figures.value is not null
    group by topics.topic, figures.organisation_code
),

counted as (
    select
        topics.topic,
        places.kind,
        places.scope,
        organisations.delivery_model,
        count(*) filter (where organisations.is_registered) as organisations_registered,
        count(*) filter (where reported.is_in_year) as organisations_reporting,
        count(reported.topic) as organisations_started,
        count(reported.topic) filter (where organisations.has_closed) as organisations_closed,
        count(reported.topic) filter (where not organisations.has_closed and not reported.is_in_year)
            as organisations_stopped,
        count(reported.topic) filter (where not organisations.has_closed and reported.is_in_year)
            as organisations_still_reporting
    from topics
    cross join places
    inner join organisations on places.organisation_code = organisations.organisation_code
    left join reported
        on topics.topic = reported.topic
        and places.organisation_code = reported.organisation_code
    group by topics.topic, places.kind, places.scope, organisations.delivery_model
),

readers as (
    select 'public' as audience, scope
    from counted
    union
    select 'commissioner-' || commissioners.commissioner_code as audience, counted.scope
    from counted
    inner join register.commissioners as commissioners
        on counted.scope = 'area:' || commissioners.area_code
        and commissioners.type = 'combined_authority'
)

select
    readers.audience,
    year.period_id,
    counted.topic,
    counted.kind,
    counted.scope,
    coalesce(scope_names.name, 'all sectors with mutuals') as scope_name,
    counted.delivery_model,
    cast(counted.organisations_registered as integer) as organisations_registered,
    cast(counted.organisations_reporting as integer) as organisations_reporting,
    cast(counted.organisations_started as integer) as organisations_started,
    cast(counted.organisations_closed as integer) as organisations_closed,
    cast(counted.organisations_stopped as integer) as organisations_stopped,
    cast(counted.organisations_still_reporting as integer) as organisations_still_reporting
from counted
inner join readers on counted.scope = readers.scope
left join scope_names on counted.scope = scope_names.scope
cross join year
order by readers.audience, counted.topic, counted.kind, counted.scope, counted.delivery_model
