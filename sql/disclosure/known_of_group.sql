-- Of how many organisations of a group a reader can tell the figure of the whole: from what is public, and from the pages
-- that it has. Who sees but its own part of an organisation does not know the whole, unless that is all there is.
with known as (
    select distinct
        reads.reader,
        named.indicator_id,
        named.grain,
        named.variant,
        named.organisation_code
    from disclosure.reads as reads
    inner join disclosure.named_figure as named on reads.audience = named.audience
    inner join reference.release as release on named.period_id = release.period_id
    where named.is_whole
),

official as (
    select distinct
        audiences.audience as reader,
        member.indicator_id,
        member.grain,
        member.variant,
        member.organisation_code
    from disclosure.member as member
    cross join published.audience as audiences
    where member.source = 'official'
),

together as (
    select reader, indicator_id, grain, variant, organisation_code from known
    union
    select reader, indicator_id, grain, variant, organisation_code from official
)

select
    together.reader,
    member.indicator_id,
    member.grain,
    member.variant,
    member.delivery_model,
    member.sector,
    count(*) as known
from together
inner join disclosure.member as member
    on together.indicator_id = member.indicator_id
    and together.grain = member.grain
    and together.variant = member.variant
    and together.organisation_code = member.organisation_code
group by
    together.reader,
    member.indicator_id,
    member.grain,
    member.variant,
    member.delivery_model,
    member.sector
order by
    together.reader,
    member.indicator_id,
    member.grain,
    member.variant,
    member.delivery_model,
    member.sector
