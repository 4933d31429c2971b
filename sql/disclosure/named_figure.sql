-- The figures of whom each audience sees by name: a commissioner's of its own services and contracts where the indicator
-- is one of those (commissioner_code), of the whole organisation otherwise. Of the quarter that is published and the year
-- that ends with it; of a mutual's own also the quarters before.
with shown as (
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
