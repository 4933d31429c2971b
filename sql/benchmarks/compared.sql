-- One figure an organisation, indicator, period and basis or instrument, of the organisation as a whole: the official one
-- where there is one, for it is public and its source can be cited; its own return otherwise. Those made with an
-- instrument that is not designed to compare organisations are not among them, nor those of a period within which an
-- organisation spun out, nor, where months differ by season, an own
-- return of a year of which a month is missing: official figures are as complete as they will ever be.
select
    figures.indicator_id,
    figures.grain,
    figures.period_id,
    figures.organisation_code,
    figures.delivery_model,
    figures.sector,
    figures.source,
    figures.variant,
    figures.numerator,
    figures.denominator,
    figures.per_days,
    figures.value,
    figures.months_reported,
    figures.months_expected
from indicators.organisation_indicator as figures
inner join reference.indicators as indicators on figures.indicator_id = indicators.indicator_id
left join register.instruments as instruments on figures.variant = instruments.instrument_id
where
    figures.value is not null
    and figures.commissioner_code = 'ALL'
    and coalesce(instruments.compares_organisations, true)
    and figures.delivery_model <> 'spinning_out'
qualify
    row_number() over (
        partition by
            figures.indicator_id, figures.grain, figures.period_id, figures.organisation_code, figures.variant
        order by figures.source
    ) = 1
    and not (
        indicators.is_whole_year_compared
        and figures.grain = 'rolling_year'
        and figures.months_reported < 12
        and figures.source <> 'official'
    )
order by figures.indicator_id, figures.grain, figures.period_id, figures.variant, figures.organisation_code
