-- Whose figure of the whole a reader can tell: from what is public, and from the pages that it has. Who sees but parts of
-- an organisation does not know the whole, unless these are all there is.
with by_name as (
    select distinct
        reads.reader,
        named.indicator_id,
        named.grain,
        named.variant,
        named.organisation_code
    from disclosure.reads as reads
    inner join disclosure.named_figure as named on reads.audience = named.audience
    inner join reference.release as release on named.period_id = release.period_id
    where named.commissioner_code = 'ALL'
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

payers as (
    select reads.reader, list(audiences.code order by audiences.code) as codes
    from disclosure.reads as reads
    inner join published.audience as audiences on reads.audience = audiences.audience
    where audiences.kind = 'commissioner'
    group by reads.reader
),

by_part as (
    select
        payers.reader,
        atom.indicator_id,
        grains.grain,
        atom.variant,
        atom.organisation_code
    from disclosure.atom as atom
    cross join payers
    inner join (values ('quarter'), ('rolling_year')) as grains (grain)
        on case grains.grain when 'quarter' then atom.is_in_quarter else atom.is_in_year end
    where atom.source = 'return'
    group by payers.reader, atom.indicator_id, grains.grain, atom.variant, atom.organisation_code
    having bool_and(list_has_any(string_split(atom.commissioners, ' '), payers.codes))
)

select reader, indicator_id, grain, variant, organisation_code from by_name
union
select reader, indicator_id, grain, variant, organisation_code from official
union
select reader, indicator_id, grain, variant, organisation_code from by_part
order by reader, indicator_id, grain, variant, organisation_code
