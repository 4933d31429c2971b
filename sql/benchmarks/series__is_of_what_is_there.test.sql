-- Every point is a figure of the whole organisation.
select
    series.indicator_id,
    series.organisation_code,
    series.variant,
    series.period_id
from benchmarks.series as series
left join indicators.organisation_indicator as figures
    on series.indicator_id = figures.indicator_id
    and series.organisation_code = figures.organisation_code
    and series.variant = figures.variant
    and series.source = figures.source
    and series.period_id = figures.period_id
    and figures.grain in ('month', 'quarter')
    and figures.commissioner_code = 'ALL'
where series.shown_value is distinct from figures.value
