select
    charts.series,
    count(variation.series) as rows_there
from (select distinct series from benchmarks.series) as charts
full join benchmarks.variation as variation on charts.series = variation.series
group by charts.series
having count(*) > 1 or count(variation.series) = 0 or charts.series is null
