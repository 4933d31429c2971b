-- What an audience may read of each organisation that it may see by name, as it is printed. A figure that is not there
-- says why: [x] not available, [z] not applicable, [c] withheld so that nobody is given away.
with reported as (
    -- What there is to see of an organisation in a period at all, for the indicators that it has no figure of.
    select
        named.audience,
        named.grain,
        named.period_id,
        named.organisation_code,
        seen.months_reported,
        seen.variant
    from published.named as named
    inner join indicators.organisation_indicator as seen
        on named.grain = seen.grain
        and named.period_id = seen.period_id
        and named.organisation_code = seen.organisation_code
        and (named.because <> 'official' or seen.source = 'official')
    qualify
        row_number() over (
            partition by named.audience, named.grain, named.period_id, named.organisation_code
            order by seen.months_reported desc, seen.variant, seen.indicator_id
        ) = 1
),

figures as (
    select
        named.audience,
        named.grain,
        named.period_id,
        named.organisation_code,
        named.because,
        indicators.indicator_id,
        indicators.name as indicator_name,
        indicators.unit,
        indicators.decimals,
        compared.delivery_model is not null as is_reported,
        list_contains(indicators.variants, coalesce(reported.variant, indicators.variants[1])) as is_applicable,
        coalesce(compared.variant, reported.variant) as variant,
        compared.source,
        compared.value,
        coalesce(compared.months_reported, reported.months_reported, 0) as months_reported,
        peer.scope,
        peer.scope_sector,
        peer.delivery_model as peer_delivery_model,
        peer.peers,
        peer.peer_value,
        peer.lower_quartile,
        peer.median,
        peer.upper_quartile,
        peer.official_peers = peer.peers as is_peers_public,
        coalesce(known_peers.known, 0) - 1 as peers_known
    from published.named as named
    inner join reference.indicators as indicators on list_contains(indicators.grains, named.grain)
    left join benchmarks.compared as compared
        on indicators.indicator_id = compared.indicator_id
        and named.grain = compared.grain
        and named.period_id = compared.period_id
        and named.organisation_code = compared.organisation_code
        -- Whoever is named because an official figure names it, is named for that figure, not for its own returns.
        and (named.because <> 'official' or compared.source = 'official')
    left join reported
        on named.audience = reported.audience
        and named.grain = reported.grain
        and named.period_id = reported.period_id
        and named.organisation_code = reported.organisation_code
    left join benchmarks.peer as peer
        on compared.indicator_id = peer.indicator_id
        and compared.grain = peer.grain
        and compared.period_id = peer.period_id
        and compared.variant = peer.variant
        and compared.organisation_code = peer.organisation_code
    left join published.known_peers as known_peers
        on named.audience = known_peers.audience
        and peer.indicator_id = known_peers.indicator_id
        and peer.grain = known_peers.grain
        and peer.period_id = known_peers.period_id
        and peer.variant = known_peers.variant
        and peer.delivery_model = known_peers.delivery_model
        and peer.scope_sector = known_peers.sector
),

judged as (
    select
        figures.*,
        case
            when not figures.is_reported then 'not reported'
            when figures.peers < limits.peers_for_median then 'too few peers'
            when figures.is_peers_public or figures.peers_known = figures.peers then ''
            when figures.peers_known > limits.share_known * figures.peers then 'most peers are known to this reader'
            else ''
        end as why_no_median,
        figures.peers < limits.peers_for_quartiles as is_few_for_quartiles
    from figures
    cross join published.limits as limits
)

select
    judged.audience,
    judged.grain,
    judged.period_id,
    periods.period_start_on,
    periods.period_end_on,
    judged.indicator_id,
    judged.indicator_name,
    judged.unit,
    judged.organisation_code,
    organisations.name as organisation_name,
    organisations.delivery_model,
    organisations.sector,
    coalesce(judged.variant, '[x]') as basis,
    case
        when judged.is_reported then display(judged.value, judged.decimals)
        when not judged.is_applicable then '[z]'
        else '[x]'
    end as value,
    cast(judged.months_reported as integer) as months_reported,
    cast(greatest(expected.months_expected, judged.months_reported) as integer) as months_expected,
    case
        when judged.scope = 'sector' then 'same delivery model and sector'
        when judged.scope = 'all_sectors' then 'same delivery model, all sectors'
        else '[z]'
    end as peer_group,
    coalesce(cast(judged.peers as varchar), '[z]') as peers,
    case
        when judged.why_no_median = '' then display(judged.peer_value, judged.decimals)
        when judged.why_no_median = 'not reported' or judged.is_peers_public then '[z]'
        else '[c]'
    end as peer_value,
    case
        when judged.why_no_median = '' then display(judged.median, judged.decimals)
        when judged.why_no_median = 'not reported' or judged.is_peers_public then '[z]'
        else '[c]'
    end as peer_median,
    case
        when judged.why_no_median = '' and not judged.is_few_for_quartiles
            then display(judged.lower_quartile, judged.decimals)
        when judged.why_no_median = 'not reported' or judged.is_peers_public then '[z]'
        else '[c]'
    end as peer_lower_quartile,
    case
        when judged.why_no_median = '' and not judged.is_few_for_quartiles
            then display(judged.upper_quartile, judged.decimals)
        when judged.why_no_median = 'not reported' or judged.is_peers_public then '[z]'
        else '[c]'
    end as peer_upper_quartile,
    case
        when judged.why_no_median <> '' then judged.why_no_median
        when judged.is_few_for_quartiles then 'too few peers for quartiles'
        else ''
    end as peer_note,
    coalesce(judged.source, '[x]') as source,
    case
        when judged.is_reported then judged.source = 'official' and judged.is_peers_public
        else judged.because = 'official'
    end as is_public
from judged
inner join register.organisations as organisations on judged.organisation_code = organisations.organisation_code
inner join indicators.period as periods on judged.grain = periods.grain and judged.period_id = periods.period_id
inner join indicators.expected as expected
    on judged.organisation_code = expected.organisation_code
    and judged.grain = expected.grain
    and judged.period_id = expected.period_id
order by judged.audience, judged.grain, judged.period_id, judged.indicator_id, judged.organisation_code, basis
