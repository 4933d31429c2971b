-- What an audience may read of each organisation that it may see by name, as it is printed. A figure that is not there
-- says why: [x] not available, [z] not applicable, [c] withheld so that nobody is given away.
with visible as (
    -- The figures of whom the audience sees by name: a commissioner's of its own services and contracts where the
    -- indicator is one of those, of the whole organisation otherwise.
    select
        named.audience,
        indicators.feeds[1] as topic,
        figures.*
    from published.named as named
    inner join published.audience as audiences on named.audience = audiences.audience
    inner join indicators.organisation_indicator as figures
        on named.grain = figures.grain
        and named.period_id = figures.period_id
        and named.organisation_code = figures.organisation_code
        -- Whoever is named because an official figure names it, is named for that figure, not for its own returns.
        and (named.because <> 'official' or figures.source = 'official')
    inner join reference.indicators as indicators on figures.indicator_id = indicators.indicator_id
    where
        figures.value is not null
        and figures.commissioner_code
        = case
            when audiences.kind = 'commissioner' and indicators.part_of <> 'organisation' then audiences.code
            else 'ALL'
        end
    qualify
        row_number() over (
            partition by
                named.audience,
                figures.indicator_id,
                figures.grain,
                figures.period_id,
                figures.organisation_code,
                figures.variant
            order by figures.source
        ) = 1
),

reported as (
    -- What there is to see of an organisation on a topic in a period at all, for the indicators that it has no figure of.
    select audience, topic, grain, period_id, organisation_code, months_reported, variant
    from visible
    qualify
        row_number() over (
            partition by audience, topic, grain, period_id, organisation_code
            order by months_reported desc, variant, indicator_id
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
        indicators.feeds[1] as topic,
        indicators.unit,
        indicators.decimals,
        indicators.is_compared,
        visible.delivery_model is not null as is_reported,
        len(indicators.variants) = 0
        or list_contains(indicators.variants, coalesce(reported.variant, indicators.variants[1])) as is_applicable,
        coalesce(visible.variant, reported.variant) as variant,
        instruments.name as instrument_name,
        coalesce(instruments.compares_organisations, true) as is_comparing_instrument,
        visible.source,
        visible.value,
        visible.denominator,
        coalesce(visible.months_reported, reported.months_reported, 0) as months_reported,
        peer.scope,
        peer.scope_sector,
        peer.delivery_model as peer_delivery_model,
        peer.peers,
        peer.peer_value,
        peer.lower_quartile,
        peer.median,
        peer.upper_quartile,
        peer.official_peers = peer.peers as is_peers_public,
        coalesce(known_peers.known, known_to_all.known, 0)
        -- The organisation itself is no peer, but is among those known, unless the reader sees but its part of it.
        - cast(
            named.because <> 'contract'
            or indicators.part_of = 'organisation'
            or visible.source = 'official'
            or in_public.because is not null as integer
        ) as peers_known
    from published.named as named
    inner join reference.indicators as indicators on list_contains(indicators.grains, named.grain)
    left join visible
        on named.audience = visible.audience
        and indicators.indicator_id = visible.indicator_id
        and named.grain = visible.grain
        and named.period_id = visible.period_id
        and named.organisation_code = visible.organisation_code
    left join reported
        on named.audience = reported.audience
        and indicators.feeds[1] = reported.topic
        and named.grain = reported.grain
        and named.period_id = reported.period_id
        and named.organisation_code = reported.organisation_code
    left join published.named as in_public
        on in_public.audience = 'public'
        and in_public.because = 'consent'
        and named.grain = in_public.grain
        and named.period_id = in_public.period_id
        and named.organisation_code = in_public.organisation_code
    left join register.instruments as instruments
        on coalesce(visible.variant, reported.variant) = instruments.instrument_id
    left join benchmarks.peer as peer
        on visible.indicator_id = peer.indicator_id
        and visible.grain = peer.grain
        and visible.period_id = peer.period_id
        and visible.variant = peer.variant
        and visible.organisation_code = peer.organisation_code
    left join published.known_peers as known_peers
        on named.audience = known_peers.audience
        and peer.indicator_id = known_peers.indicator_id
        and peer.grain = known_peers.grain
        and peer.period_id = known_peers.period_id
        and peer.variant = known_peers.variant
        and peer.delivery_model = known_peers.delivery_model
        and peer.scope_sector = known_peers.sector
    left join published.known_peers as known_to_all
        on known_to_all.audience = 'public'
        and peer.indicator_id = known_to_all.indicator_id
        and peer.grain = known_to_all.grain
        and peer.period_id = known_to_all.period_id
        and peer.variant = known_to_all.variant
        and peer.delivery_model = known_to_all.delivery_model
        and peer.scope_sector = known_to_all.sector
),

judged as (
    select
        figures.*,
        case
            when not figures.is_reported then 'not reported'
            when not figures.is_compared then 'not an indicator to compare by'
            when not figures.is_comparing_instrument then 'not an instrument to compare by'
            when figures.peers is null then 'spun out within the period'
            when figures.peers < limits.peers_for_median then 'too few peers'
            when figures.is_peers_public or figures.peers_known = figures.peers then ''
            when figures.peers_known > limits.share_known * figures.peers then 'most peers are known to this reader'
            else ''
        end as why_no_median,
        figures.peers is null or coalesce(figures.is_peers_public, false) as has_nothing_to_withhold,
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
    judged.topic,
    judged.indicator_id,
    judged.indicator_name,
    judged.unit,
    judged.organisation_code,
    organisations.name as organisation_name,
    organisations.delivery_model,
    organisations.sector,
    coalesce(judged.variant, '[x]') as basis,
    coalesce(judged.instrument_name, replace(judged.variant, '_', ' '), '[x]') as basis_name,
    case
        when judged.is_reported then display(judged.value, judged.decimals)
        when not judged.is_applicable then '[z]'
        else '[x]'
    end as value,
    case
        when not judged.is_reported then '[x]'
        when judged.denominator is null then '[z]'
        else display(judged.denominator, 0)
    end as denominator,
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
        when judged.has_nothing_to_withhold then '[z]'
        else '[c]'
    end as peer_value,
    case
        when judged.why_no_median = '' then display(judged.median, judged.decimals)
        when judged.has_nothing_to_withhold then '[z]'
        else '[c]'
    end as peer_median,
    case
        when judged.why_no_median = '' and not judged.is_few_for_quartiles
            then display(judged.lower_quartile, judged.decimals)
        when judged.has_nothing_to_withhold then '[z]'
        else '[c]'
    end as peer_lower_quartile,
    case
        when judged.why_no_median = '' and not judged.is_few_for_quartiles
            then display(judged.upper_quartile, judged.decimals)
        when judged.has_nothing_to_withhold then '[z]'
        else '[c]'
    end as peer_upper_quartile,
    case
        when judged.why_no_median <> '' then judged.why_no_median
        when judged.is_few_for_quartiles then 'too few peers for quartiles'
        else ''
    end as peer_note,
    coalesce(judged.source, '[x]') as source,
    case
        when judged.is_reported then judged.source = 'official' and coalesce(judged.is_peers_public, true)
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
