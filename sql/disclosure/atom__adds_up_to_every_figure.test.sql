-- The atoms of an organisation add up to its figure, and those that a commissioner pays for to that commissioner's part.
with summed as (
    select
        atom.indicator_id,
        grains.grain,
        atom.organisation_code,
        'ALL' as commissioner_code,
        atom.source,
        atom.variant,
        sum(atom.numerator) as numerator,
        sum(atom.denominator) as denominator
    from disclosure.atom as atom
    inner join (values ('quarter'), ('rolling_year')) as grains (grain)
        on case grains.grain when 'quarter' then atom.is_in_quarter else atom.is_in_year end
    group by atom.indicator_id, grains.grain, atom.organisation_code, atom.source, atom.variant
    union all
    select
        atom.indicator_id,
        grains.grain,
        atom.organisation_code,
        atom.commissioner_code,
        atom.source,
        atom.variant,
        sum(atom.numerator) as numerator,
        sum(atom.denominator) as denominator
    from (
        select *, unnest(string_split(commissioners, ' ')) as commissioner_code
        from disclosure.atom
        where commissioners <> ''
    ) as atom
    inner join (values ('quarter'), ('rolling_year')) as grains (grain)
        on case grains.grain when 'quarter' then atom.is_in_quarter else atom.is_in_year end
    group by
        atom.indicator_id, grains.grain, atom.organisation_code, atom.commissioner_code, atom.source, atom.variant
)

select
    figures.indicator_id,
    figures.grain,
    figures.organisation_code,
    figures.commissioner_code,
    figures.numerator,
    summed.numerator as numerator_of_atoms
from indicators.organisation_indicator as figures
inner join reference.release as release on figures.period_id = release.period_id
left join summed
    on figures.indicator_id = summed.indicator_id
    and figures.grain = summed.grain
    and figures.organisation_code = summed.organisation_code
    and figures.commissioner_code = summed.commissioner_code
    and figures.source = summed.source
    and figures.variant = summed.variant
where
    figures.grain in ('quarter', 'rolling_year')
    and (
        figures.numerator is distinct from summed.numerator
        or figures.denominator is distinct from summed.denominator
    )
