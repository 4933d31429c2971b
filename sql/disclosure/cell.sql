-- Every figure of the publication that adds up, by the page it is on: a group's (kind group), an organisation's by name
-- (organisation), and that of its peers (peers), which is the group less itself.
with named as (
    select named.*
    from disclosure.named_figure as named
    inner join reference.release as release on named.period_id = release.period_id
)

select
    audience,
    'group' as kind,
    indicator_id,
    grain,
    variant,
    delivery_model,
    sector,
    '' as organisation_code,
    '' as commissioner_code,
    '' as source,
    organisations
from disclosure.group_figure
union all
select
    audience,
    'organisation' as kind,
    indicator_id,
    grain,
    variant,
    '' as delivery_model,
    '' as sector,
    organisation_code,
    commissioner_code,
    source,
    1 as organisations
from named
union all
select
    named.audience,
    'peers' as kind,
    peer.indicator_id,
    peer.grain,
    peer.variant,
    peer.delivery_model,
    peer.scope_sector as sector,
    peer.organisation_code,
    named.commissioner_code,
    named.source,
    peer.peers as organisations
from named
inner join benchmarks.peer as peer
    on named.indicator_id = peer.indicator_id
    and named.grain = peer.grain
    and named.period_id = peer.period_id
    and named.variant = peer.variant
    and named.organisation_code = peer.organisation_code
where peer.peers > 0
order by audience, kind, indicator_id, grain, variant, delivery_model, sector, organisation_code
