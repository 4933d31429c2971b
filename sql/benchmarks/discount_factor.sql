-- What 1 in each year from now (year 0) is worth now, by edition of the Green Book's rates: the product of 1 / (1 + r) of
-- the years since (HM Treasury, The Green Book, annex on discounting). An edition ends before the first year for which it
-- has no rate, or more than one.
with years as (
    select
        applies_from,
        unnest(range(first_year, last_year + 1)) as year_index,
        rate_percent
    from register.discount_rates
),

rates as (
    select
        applies_from,
        year_index,
        min(rate_percent) as rate_percent,
        count(*) as rates
    from years
    group by applies_from, year_index
),

placed as (
    select
        *,
        row_number() over (partition by applies_from order by year_index) - 1 as place,
        max(rates) over (partition by applies_from order by year_index rows unbounded preceding) as most_rates
    from rates
)

select
    applies_from,
    year_index,
    rate_percent,
    product(case when year_index = 0 then 1e0 else 1e0 / (1e0 + cast(rate_percent as double) / 100e0) end) over (
        partition by applies_from
        order by year_index
        rows unbounded preceding
    ) as discount_factor
from placed
where year_index = place and most_rates = 1
order by applies_from, year_index
