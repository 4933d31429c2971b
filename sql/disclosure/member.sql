-- Which organisations make up each group of the quarter that is published: a delivery model in a scope (column sector, see
-- benchmarks.grouped), and in all sectors there are (ALL), which peers may be taken from.
with groups as (
    select
        indicator_id,
        grain,
        period_id,
        variant,
        delivery_model,
        sector,
        organisation_code,
        source,
        numerator,
        denominator
    from benchmarks.grouped
    union all
    select
        indicator_id,
        grain,
        period_id,
        variant,
        delivery_model,
        'ALL' as sector,
        organisation_code,
        source,
        numerator,
        denominator
    from benchmarks.compared
)

select
    groups.indicator_id,
    groups.grain,
    groups.variant,
    groups.delivery_model,
    groups.sector,
    groups.organisation_code,
    groups.source,
    groups.numerator,
    groups.denominator
from groups
inner join reference.release as release on groups.period_id = release.period_id
where groups.grain in ('quarter', 'rolling_year')
order by
    groups.indicator_id,
    groups.grain,
    groups.variant,
    groups.delivery_model,
    groups.sector,
    groups.organisation_code
