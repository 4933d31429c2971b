-- The delivery models that an audience reads side by side, in the sectors that concern it, before anything is withheld. By
-- area and by ownership all read the same, on the public page.
with release_period as (
    select periods.grain, periods.period_id
    from indicators.period as periods
    inner join reference.release as release on periods.period_id = release.period_id
    where periods.grain in ('quarter', 'rolling_year')
),

concerned as (
    select distinct
        named.audience,
        named.grain,
        named.period_id,
        organisations.sector
    from published.named as named
    inner join release_period
        on named.grain = release_period.grain
        and named.period_id = release_period.period_id
    inner join register.organisations as organisations on named.organisation_code = organisations.organisation_code
    -- A mutual reads of its peers beside its own figures; the sector side by side is on the public page.
    where named.because <> 'self'
    union
    select distinct
        'public' as audience,
        release_period.grain,
        release_period.period_id,
        organisations.sector
    from register.organisations as organisations
    cross join release_period
    where organisations.delivery_model = 'mutual'
    union
    select distinct
        'public' as audience,
        release_period.grain,
        release_period.period_id,
        scopes.scope as sector
    from benchmarks.scope as scopes
    cross join release_period
    where scopes.kind <> 'sector'
)

select concerned.audience, models.*
from concerned
inner join benchmarks.delivery_model as models
    on concerned.grain = models.grain
    and concerned.period_id = models.period_id
    and concerned.sector = models.sector
order by
    concerned.audience,
    models.indicator_id,
    models.grain,
    models.period_id,
    models.variant,
    models.sector,
    models.delivery_model
