select
    figures.indicator_id,
    figures.grain,
    figures.period_id,
    figures.organisation_code,
    figures.months_reported,
    figures.months_expected
from indicators.organisation_indicator as figures
inner join indicators.period as periods on figures.grain = periods.grain and figures.period_id = periods.period_id
where figures.months_reported > figures.months_expected or figures.months_expected not between 1 and periods.months
