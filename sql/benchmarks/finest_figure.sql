-- The figures in which effects are looked for, by month or, of what is not asked every month, by quarter. One an organisation,
-- period and basis or instrument, chosen as in benchmarks.compared; but with any instrument, and whatever the organisation
-- was then, for here it is set beside itself.
select
    figures.indicator_id,
    figures.organisation_code,
    figures.variant,
    figures.period_id,
    periods.period_start_on,
    periods.period_end_on,
    periods.months,
    figures.source,
    figures.numerator,
    figures.denominator,
    figures.value
from indicators.organisation_indicator as figures
inner join reference.indicators as indicators on figures.indicator_id = indicators.indicator_id
inner join indicators.period as periods
    on figures.grain = periods.grain
    and figures.period_id = periods.period_id
where
    indicators.is_effect_measured
    and figures.grain = case when list_contains(indicators.grains, 'month') then 'month' else 'quarter' end
    and figures.commissioner_code = 'ALL'
    and figures.value is not null
qualify
    row_number() over (
        partition by figures.indicator_id, figures.organisation_code, figures.variant, figures.period_id
        order by figures.source
    ) = 1
order by figures.indicator_id, figures.organisation_code, figures.variant, periods.period_start_on
