-- Which points of whose charts over time a reader other than the organisation itself might be shown, before anything is
-- withheld: of whom it sees by name in the quarter that the point is in, and that as a whole. A commissioner sees the whole
-- of what is counted by service or contract where it pays for all of it. In public such a point has no more than one
-- payer or group of payers: one of two could take its own part from it.
with charted as (
    select
        series.indicator_id,
        series.organisation_code,
        series.variant,
        series.source,
        series.period_id,
        series.period_end_on,
        indicators.part_of,
        quarters.period_id as quarter_id,
        quarters.period_id = release.period_id as is_last
    from benchmarks.series as series
    inner join reference.release as release on series.as_at_period = release.period_id
    inner join reference.indicators as indicators on series.indicator_id = indicators.indicator_id
    inner join indicators.period as quarters
        on quarters.grain = 'quarter'
        and series.period_end_on between quarters.period_start_on and quarters.period_end_on
    -- The atoms of what others break down are theirs.
    where not exists (
        select 1
        from reference.indicators as parts
        where parts.breaks_down = indicators.indicator_id
    )
)

select
    named.audience,
    charted.indicator_id,
    charted.organisation_code,
    charted.variant,
    charted.source,
    charted.period_id,
    charted.is_last
from charted
inner join published.named as named
    on named.grain = 'quarter'
    and charted.quarter_id = named.period_id
    and charted.organisation_code = named.organisation_code
    and (named.because <> 'official' or charted.source = 'official')
inner join published.audience as audiences
    on named.audience = audiences.audience
    and audiences.kind <> 'organisation'
inner join disclosure.point_atom as atoms
    on charted.indicator_id = atoms.indicator_id
    and charted.organisation_code = atoms.organisation_code
    and charted.variant = atoms.variant
    and charted.source = atoms.source
    and charted.period_id = atoms.period_id
group by
    named.audience,
    charted.indicator_id,
    charted.organisation_code,
    charted.variant,
    charted.source,
    charted.period_id,
    charted.is_last
having
    case
        when any_value(charted.part_of) = 'organisation' then true
        when any_value(audiences.kind) = 'commissioner'
            then bool_and(list_contains(string_split(atoms.commissioners, ' '), audiences.code))
        else count(distinct atoms.commissioners) filter (where atoms.commissioners <> '') <= 1
    end
order by
    named.audience,
    charted.indicator_id,
    charted.organisation_code,
    charted.variant,
    charted.period_id
