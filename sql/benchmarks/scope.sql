-- Which organisations are read together (scope, in words its name), by kind: those of a sector (kind sector);
-- those of all sectors in which mutuals work, where these are several (all_sectors, scope sectors_of_mutuals); and, within
-- these sectors, those of a combined authority's area (area, scope area:CODE) and those of which staff own so much
-- (ownership, scope owned:FROM). An area counts in the periods at the end of which its code holds.
with recursive sectors_of_mutuals as (
    select distinct sector
    from register.organisations
    where delivery_model = 'mutual'
),

beside_mutuals as (
    select organisations.*
    from register.organisations as organisations
    inner join sectors_of_mutuals on organisations.sector = sectors_of_mutuals.sector
),

within as (
    select organisation_code, area_code
    from beside_mutuals
    where area_code is not null
    union
    select within.organisation_code, areas.part_of_code as area_code
    from within
    inner join register.areas as areas on within.area_code = areas.area_code
    where areas.part_of_code is not null
),

band_starts as (
    select 0 as from_percent
    union
    select cast(value as integer) as from_percent
    from reference.settings
    where name in ('ownership_middle_from_percent', 'ownership_most_from_percent')
),

bands as (
    select
        from_percent,
        case
            when lead(from_percent) over (order by from_percent) is null then from_percent || '% and more'
            when from_percent = 0 then 'under ' || lead(from_percent) over (order by from_percent) || '%'
            else from_percent || '% to under ' || lead(from_percent) over (order by from_percent) || '%'
        end as name
    from band_starts
),

owned as (
    select beside_mutuals.organisation_code, max(bands.from_percent) as from_percent
    from beside_mutuals
    inner join bands on beside_mutuals.staff_owned_share_percent >= bands.from_percent
    where beside_mutuals.delivery_model = 'mutual'
    group by beside_mutuals.organisation_code
)

select
    'sector' as kind,
    sector as scope,
    replace(sector, '_', ' ') as name,
    organisation_code,
    cast(null as date) as valid_from,
    cast(null as date) as valid_to
from register.organisations
union all
select
    'all_sectors' as kind,
    'sectors_of_mutuals' as scope,
    'all sectors with mutuals' as name,
    organisation_code,
    null as valid_from,
    null as valid_to
from beside_mutuals
where (select count(*) from sectors_of_mutuals) > 1
union all
select
    'area' as kind,
    'area:' || areas.area_code as scope,
    areas.name,
    within.organisation_code,
    areas.valid_from,
    areas.valid_to
from within
inner join register.areas as areas on within.area_code = areas.area_code
where areas.type = 'combined_authority'
union all
select
    'ownership' as kind,
    'owned:' || bands.from_percent as scope,
    bands.name,
    owned.organisation_code,
    null as valid_from,
    null as valid_to
from owned
inner join bands on owned.from_percent = bands.from_percent
order by kind, scope, organisation_code
