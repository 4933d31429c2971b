-- How many organisations of a group an audience can tell the figures of, from its own rows or from what is public. Where an
-- audience has no row for a group, it knows of it what the public does.
with scope as (
    select distinct sector, unnest([sector, 'ALL']) as scope_sector
    from register.organisations
    union all
    select distinct sector, 'sectors_of_mutuals' as scope_sector
    from register.organisations
    where delivery_model = 'mutual'
),

compared as (
    select
        compared.indicator_id,
        compared.grain,
        compared.period_id,
        compared.variant,
        compared.delivery_model,
        scope.scope_sector as sector,
        compared.organisation_code,
        compared.source
    from benchmarks.compared as compared
    inner join scope on compared.sector = scope.sector
    where compared.grain in ('quarter', 'rolling_year')
),

known_to_all as (
    select compared.*
    from compared
    left join published.named as named
        on named.audience = 'public'
        and compared.organisation_code = named.organisation_code
        and compared.grain = named.grain
        and compared.period_id = named.period_id
    -- Named because of an official figure: that figure is known, and no return on another basis.
    where compared.source = 'official' or named.because = 'consent'
),

known_to_one as (
    select named.audience, compared.*
    from published.named as named
    inner join compared
        on named.organisation_code = compared.organisation_code
        and named.grain = compared.grain
        and named.period_id = compared.period_id
    inner join reference.indicators as indicators on compared.indicator_id = indicators.indicator_id
    -- Who sees the part of an organisation that it pays for does not know the figure of the whole.
    where named.because = 'self' or (named.because = 'contract' and indicators.part_of = 'organisation')
),

public_count as (
    select indicator_id, grain, period_id, variant, delivery_model, sector, count(*) as known
    from known_to_all
    group by indicator_id, grain, period_id, variant, delivery_model, sector
),

own_count as (
    select
        known_to_one.audience,
        known_to_one.indicator_id,
        known_to_one.grain,
        known_to_one.period_id,
        known_to_one.variant,
        known_to_one.delivery_model,
        known_to_one.sector,
        count(*) filter (where known_to_all.organisation_code is null) as known
    from known_to_one
    left join known_to_all
        on known_to_one.indicator_id = known_to_all.indicator_id
        and known_to_one.grain = known_to_all.grain
        and known_to_one.period_id = known_to_all.period_id
        and known_to_one.variant = known_to_all.variant
        and known_to_one.sector = known_to_all.sector
        and known_to_one.organisation_code = known_to_all.organisation_code
    group by
        known_to_one.audience,
        known_to_one.indicator_id,
        known_to_one.grain,
        known_to_one.period_id,
        known_to_one.variant,
        known_to_one.delivery_model,
        known_to_one.sector
)

select
    'public' as audience,
    indicator_id,
    grain,
    period_id,
    variant,
    delivery_model,
    sector,
    known
from public_count
union all
select
    own_count.audience,
    own_count.indicator_id,
    own_count.grain,
    own_count.period_id,
    own_count.variant,
    own_count.delivery_model,
    own_count.sector,
    own_count.known + coalesce(public_count.known, 0) as known
from own_count
left join public_count
    on own_count.indicator_id = public_count.indicator_id
    and own_count.grain = public_count.grain
    and own_count.period_id = public_count.period_id
    and own_count.variant = public_count.variant
    and own_count.delivery_model = public_count.delivery_model
    and own_count.sector = public_count.sector
order by audience, indicator_id, grain, period_id, variant, delivery_model, sector
