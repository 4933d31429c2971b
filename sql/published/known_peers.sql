-- How many organisations of a group an audience can tell the figures of, from its own rows or from what is public.
with knowing as (
    select distinct
        audiences.audience,
        compared.indicator_id,
        compared.grain,
        compared.period_id,
        compared.variant,
        compared.delivery_model,
        compared.sector,
        compared.organisation_code
    from published.audience as audiences
    cross join benchmarks.compared as compared
    left join published.named as named
        on named.audience in (audiences.audience, 'public')
        and compared.organisation_code = named.organisation_code
        and compared.grain = named.grain
        and compared.period_id = named.period_id
    where
        compared.grain in ('quarter', 'rolling_year')
        -- Named because of an official figure: that figure is known, and no return on another basis.
        and (compared.source = 'official' or named.because in ('contract', 'consent'))
)

select
    audience,
    indicator_id,
    grain,
    period_id,
    variant,
    delivery_model,
    sector,
    count(*) as known
from knowing
group by audience, indicator_id, grain, period_id, variant, delivery_model, sector
union all
select
    audience,
    indicator_id,
    grain,
    period_id,
    variant,
    delivery_model,
    'ALL' as sector,
    count(*) as known
from knowing
group by audience, indicator_id, grain, period_id, variant, delivery_model
order by audience, indicator_id, grain, period_id, variant, delivery_model, sector
