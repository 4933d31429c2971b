-- What a pound of each financial year is worth in the prices that a publication quarter is shown in: those of its own
-- financial year, or of the one that the setting price_base_year names. All from one vintage of HM Treasury's GDP
-- deflators by financial year, the latest that was out when this was built. Nothing where it does not cover both years.
with vintages as (
    select max(deflators.vintage) as vintage
    from register.deflators as deflators
    cross join reference.build as build
    where
        deflators.series = 'financial_year'
        and deflators.vintage <= strftime(build.as_at, '%Y-%m')
),

in_use as (
    select deflators.year as financial_year, deflators.index_value as deflator
    from register.deflators as deflators
    inner join vintages on deflators.vintage = vintages.vintage
    where deflators.series = 'financial_year'
),

quarters as (
    select
        periods.period_id,
        financial_year(periods.period_start_on) as own_year,
        case
            when named.value > 0 then financial_year_from(named.value)
            else financial_year(periods.period_start_on)
        end as price_base_year
    from indicators.period as periods
    cross join (select value from reference.settings where name = 'price_base_year') as named
    where periods.grain = 'quarter'
),

years as (
    select distinct own_year as financial_year
    from quarters
)

select
    quarters.period_id,
    quarters.price_base_year,
    years.financial_year,
    vintages.vintage as deflator_vintage,
    own.deflator,
    base.deflator as base_deflator,
    cast(in_prices_of(1, own.deflator, base.deflator) as decimal(22, 14)) as prices,
    list_filter(
        [
            case when own.deflator is null then years.financial_year end,
            case when base.deflator is null then quarters.price_base_year end
        ],
        lambda year: year is not null
    ) as missing_years
from quarters
inner join years on years.financial_year <= quarters.own_year
cross join vintages
left join in_use as own on years.financial_year = own.financial_year
left join in_use as base on quarters.price_base_year = base.financial_year
order by quarters.period_id, years.financial_year
