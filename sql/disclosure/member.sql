-- Which organisations make up each group of the quarter that is published: a delivery model in a sector, in all sectors
-- with mutuals (sectors_of_mutuals), and in all there are (ALL).
with scope as (
    select distinct sector, unnest([sector, 'ALL']) as scope_sector
    from register.organisations
    union all
    select distinct sector, 'sectors_of_mutuals' as scope_sector
    from register.organisations
    where delivery_model = 'mutual'
)

select
    compared.indicator_id,
    compared.grain,
    compared.variant,
    compared.delivery_model,
    scope.scope_sector as sector,
    compared.organisation_code,
    compared.source,
    compared.numerator,
    compared.denominator
from benchmarks.compared as compared
inner join reference.release as release on compared.period_id = release.period_id
inner join scope on compared.sector = scope.sector
where compared.grain in ('quarter', 'rolling_year')
order by
    compared.indicator_id,
    compared.grain,
    compared.variant,
    compared.delivery_model,
    scope.scope_sector,
    compared.organisation_code
