-- What an audience may read of each organisation that it may see by name, as it is printed. A figure that is not there
-- says why: [x] not available, [z] not applicable, [c] withheld so that nobody is given away.
with named as (
    -- Of a mutual's quarters before the one that is published only its own figures are shown, not those of its peers.
    select named.*, named.period_id = release.period_id as is_released
    from published.named as named
    inner join published.audience as audiences on named.audience = audiences.audience
    cross join reference.release as release
    where
        named.period_id = release.period_id
        or (audiences.kind = 'organisation' and named.grain = 'quarter' and named.period_id < release.period_id)
),

visible as (
    select indicators.feeds[1] as topic, figures.*
    from disclosure.named_figure as figures
    inner join reference.indicators as indicators on figures.indicator_id = indicators.indicator_id
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

too_well_known as (
    -- Groups of which some reader of the public page can tell most members, but not all.
    select distinct
        known.indicator_id,
        known.grain,
        known.variant,
        known.delivery_model,
        known.sector
    from disclosure.known_of_group as known
    inner join (
        select indicator_id, grain, variant, delivery_model, sector, count(*) as organisations
        from disclosure.member
        group by indicator_id, grain, variant, delivery_model, sector
    ) as groups
        on known.indicator_id = groups.indicator_id
        and known.grain = groups.grain
        and known.variant = groups.variant
        and known.delivery_model = groups.delivery_model
        and known.sector = groups.sector
    cross join published.limits as limits
    where known.known > limits.share_known * groups.organisations and known.known < groups.organisations
),

figures as (
    select
        named.audience,
        named.grain,
        named.period_id,
        named.is_released,
        named.organisation_code,
        named.because,
        indicators.indicator_id,
        indicators.name as indicator_name,
        indicators.feeds[1] as topic,
        indicators.unit,
        indicators.decimals,
        indicators.is_compared,
        indicators.is_whole_year_compared,
        visible.delivery_model is not null as is_reported,
        len(indicators.variants) = 0
        or list_contains(indicators.variants, coalesce(reported.variant, indicators.variants[1])) as is_applicable,
        coalesce(visible.variant, reported.variant) as variant,
        instruments.name as instrument_name,
        coalesce(instruments.compares_organisations, true) as is_comparing_instrument,
        visible.source,
        visible.value,
        visible.lower_95,
        visible.upper_95,
        visible.denominator,
        withheld.reason as why_withheld,
        coalesce(visible.months_reported, reported.months_reported, 0) as months_reported,
        peer.scope,
        peer.peers,
        peer.peer_value,
        peer.lower_quartile,
        peer.median,
        peer.upper_quartile,
        peer.official_peers = peer.peers as is_peers_public,
        withheld_peers.reason as why_no_peers,
        coalesce(withheld_peers.is_median_withheld, false) as is_median_withheld,
        too_well_known.indicator_id is not null as is_too_well_known,
        -- The organisation itself is no peer, but may be among those known.
        coalesce(known.known, 0) - cast(itself.reader is not null as integer) as peers_known
    from named
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
    left join register.instruments as instruments
        on coalesce(visible.variant, reported.variant) = instruments.instrument_id
    left join disclosure.withheld as withheld
        on named.is_released
        and named.audience = withheld.audience
        and withheld.kind = 'organisation'
        and visible.indicator_id = withheld.indicator_id
        and visible.grain = withheld.grain
        and visible.variant = withheld.variant
        and visible.organisation_code = withheld.organisation_code
    left join benchmarks.peer as peer
        on named.is_released
        and visible.indicator_id = peer.indicator_id
        and visible.grain = peer.grain
        and visible.period_id = peer.period_id
        and visible.variant = peer.variant
        and visible.organisation_code = peer.organisation_code
    left join disclosure.withheld as withheld_peers
        on named.audience = withheld_peers.audience
        and withheld_peers.kind = 'peers'
        and peer.indicator_id = withheld_peers.indicator_id
        and peer.grain = withheld_peers.grain
        and peer.variant = withheld_peers.variant
        and peer.organisation_code = withheld_peers.organisation_code
    left join disclosure.known_of_group as known
        on named.audience = known.reader
        and peer.indicator_id = known.indicator_id
        and peer.grain = known.grain
        and peer.variant = known.variant
        and peer.delivery_model = known.delivery_model
        and peer.scope_sector = known.sector
    left join disclosure.known_figure as itself
        on named.audience = itself.reader
        and peer.indicator_id = itself.indicator_id
        and peer.grain = itself.grain
        and peer.variant = itself.variant
        and peer.organisation_code = itself.organisation_code
    left join too_well_known
        on named.audience = 'public'
        and peer.indicator_id = too_well_known.indicator_id
        and peer.grain = too_well_known.grain
        and peer.variant = too_well_known.variant
        and peer.delivery_model = too_well_known.delivery_model
        and peer.scope_sector = too_well_known.sector
),

judged as (
    select
        figures.*,
        case
            when not figures.is_reported then 'not reported'
            when figures.why_withheld is not null then figures.why_withheld
            when not figures.is_compared then 'not an indicator to compare by'
            when not figures.is_comparing_instrument then 'not an instrument to compare by'
            when not figures.is_released then 'peers are shown for the last quarter only'
            when
                figures.peers is null
                and figures.is_whole_year_compared
                and figures.grain = 'rolling_year'
                and figures.months_reported < 12
                and figures.source <> 'official'
                then 'fewer than 12 months'
            when figures.peers is null then 'spun out within the period'
            when figures.peers < limits.peers_for_median then 'too few peers'
            when figures.is_peers_public or figures.peers_known = figures.peers then ''
            when figures.is_median_withheld then figures.why_no_peers
            when figures.peers_known > limits.share_known * figures.peers then 'most peers are known to this reader'
            when figures.is_too_well_known then 'most peers are known to another reader'
            else ''
        end as why_no_median,
        figures.peers >= limits.peers_for_median and figures.why_no_peers is null as is_pool_shown,
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
        when judged.why_withheld is not null then '[c]'
        when judged.is_reported then display(judged.value, judged.decimals)
        when not judged.is_applicable then '[z]'
        else '[x]'
    end as value,
    case
        when not judged.is_reported then '[x]'
        when judged.lower_95 is null then '[z]'
        when judged.why_withheld is not null then '[c]'
        else display(judged.lower_95, judged.decimals)
    end as lower_95,
    case
        when not judged.is_reported then '[x]'
        when judged.upper_95 is null then '[z]'
        when judged.why_withheld is not null then '[c]'
        else display(judged.upper_95, judged.decimals)
    end as upper_95,
    case
        when not judged.is_reported then '[x]'
        when judged.denominator is null then '[z]'
        when judged.why_withheld is not null then '[c]'
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
        when judged.is_pool_shown then display(judged.peer_value, judged.decimals)
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
        when judged.why_no_peers is not null then judged.why_no_peers
        else ''
    end as peer_note,
    coalesce(said.expected_lower, '[z]') as expected_lower,
    coalesce(said.expected_upper, '[z]') as expected_upper,
    coalesce(said.expected_lower_998, '[z]') as expected_lower_998,
    coalesce(said.expected_upper_998, '[z]') as expected_upper_998,
    coalesce(said.verdict, '[z]') as verdict,
    coalesce(said.verdict_note, '') as verdict_note,
    coalesce(said.variation, '[z]') as variation,
    coalesce(said.variation_note, '') as variation_note,
    coalesce(said.assurance, '[z]') as assurance,
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
left join published.said as said
    on judged.is_released
    and judged.audience = said.audience
    and judged.indicator_id = said.indicator_id
    and judged.grain = said.grain
    and judged.organisation_code = said.organisation_code
    and judged.variant = said.variant
order by judged.audience, judged.grain, judged.period_id, judged.indicator_id, judged.organisation_code, basis
