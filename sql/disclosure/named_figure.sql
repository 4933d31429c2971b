-- The figures of whom each audience sees by name: a commissioner's of its own services and contracts where the indicator
-- is one of those (commissioner_code), of the whole organisation otherwise. Of the quarter that is published and the year
-- that ends with it; of a mutual's own also the quarters before. A part may be the whole (is_whole), where nobody else
-- pays for anything.
with atom_of_figure as (
    select
        atom.indicator_id,
        grains.grain,
        atom.organisation_code,
        atom.source,
        atom.variant,
        atom.commissioners
    from disclosure.atom as atom
    inner join (values ('quarter'), ('rolling_year')) as grains (grain)
        on case grains.grain when 'quarter' then atom.is_in_quarter else atom.is_in_year end
),

shown as (
    select named.*, audiences.kind, audiences.code
    from published.named as named
    inner join published.audience as audiences on named.audience = audiences.audience
    cross join reference.release as release
    where
        named.period_id = release.period_id
        or (audiences.kind = 'organisation' and named.grain = 'quarter' and named.period_id < release.period_id)
)

select
    shown.audience,
    shown.because,
    figures.indicator_id,
    figures.grain,
    figures.period_id,
    figures.organisation_code,
    figures.commissioner_code,
    figures.commissioner_code = 'ALL'
    or not exists (
        select 1
        from atom_of_figure
        where
            atom_of_figure.indicator_id = figures.indicator_id
            and atom_of_figure.grain = figures.grain
            and atom_of_figure.organisation_code = figures.organisation_code
            and atom_of_figure.source = figures.source
            and atom_of_figure.variant = figures.variant
            and not list_contains(string_split(atom_of_figure.commissioners, ' '), figures.commissioner_code)
    ) as is_whole,
    figures.delivery_model,
    figures.source,
    figures.variant,
    figures.numerator,
    figures.denominator,
    figures.per_days,
    figures.value,
    figures.lower_95,
    figures.upper_95,
    figures.months_reported
from shown
inner join indicators.organisation_indicator as figures
    on shown.grain = figures.grain
    and shown.period_id = figures.period_id
    and shown.organisation_code = figures.organisation_code
    -- Whoever is named because an official figure names it, is named for that figure, not for its own returns.
    and (shown.because <> 'official' or figures.source = 'official')
inner join reference.indicators as indicators on figures.indicator_id = indicators.indicator_id
where
    figures.value is not null
    and figures.commissioner_code
    = case
        when shown.kind = 'commissioner' and indicators.part_of <> 'organisation' then shown.code
        else 'ALL'
    end
qualify
    row_number() over (
        partition by
            shown.audience,
            figures.indicator_id,
            figures.grain,
            figures.period_id,
            figures.organisation_code,
            figures.variant
        order by figures.source
    ) = 1
order by
    shown.audience,
    figures.indicator_id,
    figures.grain,
    figures.period_id,
    figures.organisation_code,
    figures.variant
