select
    coalesce(series.series, xmr.series) as series,
    coalesce(series.place, xmr.place) as place
from benchmarks.series as series
full join benchmarks.xmr as xmr
    on series.series = xmr.series
    and series.place = xmr.place
where
    series.value is distinct from xmr.value
    or series.part is distinct from xmr.part
