select
    series,
    place,
    count(*) as points
from benchmarks.series
group by series, place
having count(*) > 1
