-- What an audience may read of delivery models side by side, as it is printed, in the sectors that concern it.
with limits as (
    select
        max(value) filter (where name = 'peers_for_median') as peers_for_median,
        max(value) filter (where name = 'peers_for_quartiles') as peers_for_quartiles,
        max(value) filter (where name = 'share_of_peers_reader_may_know') as share_known
    from reference.settings
),

concerned as (
    select distinct
        named.audience,
        named.grain,
        named.period_id,
        organisations.sector
    from published.named as named
    inner join register.organisations as organisations on named.organisation_code = organisations.organisation_code
    union
    select distinct
        'public' as audience,
        periods.grain,
        periods.period_id,
        organisations.sector
    from register.organisations as organisations
    cross join indicators.period as periods
    where organisations.delivery_model = 'mutual' and periods.grain in ('quarter', 'rolling_year')
),

judged as (
    select
        concerned.audience,
        models.*,
        indicators.decimals,
        case
            when models.is_public or coalesce(known_peers.known, 0) = models.organisations then ''
            when models.organisations < limits.peers_for_median then 'too few organisations'
            when coalesce(known_peers.known, 0) > limits.share_known * models.organisations
                then 'most of them are known to this reader'
            else ''
        end as why_withheld,
        models.organisations < limits.peers_for_median as is_few_for_median,
        models.organisations < limits.peers_for_quartiles as is_few_for_quartiles
    from concerned
    inner join benchmarks.delivery_model as models
        on concerned.grain = models.grain
        and concerned.period_id = models.period_id
        and concerned.sector = models.sector
    inner join reference.indicators as indicators on models.indicator_id = indicators.indicator_id
    left join published.known_peers as known_peers
        on concerned.audience = known_peers.audience
        and models.indicator_id = known_peers.indicator_id
        and models.grain = known_peers.grain
        and models.period_id = known_peers.period_id
        and models.variant = known_peers.variant
        and models.delivery_model = known_peers.delivery_model
        and models.sector = known_peers.sector
    cross join limits
)

select
    audience,
    grain,
    period_id,
    indicator_id,
    sector,
    variant as basis,
    delivery_model,
    cast(organisations as integer) as organisations,
    cast(months_reported as integer) as months_reported,
    cast(months_expected as integer) as months_expected,
    case when why_withheld = '' then display(numerator, 2) else '[c]' end as numerator,
    case when why_withheld = '' then display(denominator, 2) else '[c]' end as denominator,
    case when why_withheld = '' then display(value, decimals) else '[c]' end as value,
    case
        when why_withheld <> '' then '[c]'
        when is_few_for_median then '[z]'
        else display(median, decimals)
    end as median,
    case
        when why_withheld <> '' then '[c]'
        when is_few_for_quartiles then '[z]'
        else display(lower_quartile, decimals)
    end as lower_quartile,
    case
        when why_withheld <> '' then '[c]'
        when is_few_for_quartiles then '[z]'
        else display(upper_quartile, decimals)
    end as upper_quartile,
    why_withheld as note,
    is_public
from judged
order by audience, grain, period_id, indicator_id, sector, basis, delivery_model
