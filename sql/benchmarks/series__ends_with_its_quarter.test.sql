-- A chart has a point of the quarter that it is of, and none that came later.
select
    series.series,
    series.as_at_period,
    max(series.period_end_on) as ends_on
from benchmarks.series as series
left join indicators.period as quarters
    on quarters.grain = 'quarter'
    and series.as_at_period = quarters.period_id
group by series.series, series.as_at_period, quarters.period_start_on, quarters.period_end_on
having coalesce(max(series.period_end_on) not between quarters.period_start_on and quarters.period_end_on, true)
