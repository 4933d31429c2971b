select
    points.audience,
    points.organisation_code,
    points.indicator_id,
    points.part
from published.over_time as points
inner join benchmarks.series as series
    on points.indicator_id = series.indicator_id
    and points.organisation_code = series.organisation_code
    and points.basis = series.variant
    and points.period_id = series.as_at_period
    and points.part = series.part
left join published.over_time as shown
    on points.audience = shown.audience
    and points.indicator_id = shown.indicator_id
    and points.organisation_code = shown.organisation_code
    and points.basis = shown.basis
    and series.period_id = shown.point
where
    shown.audience is null
    and not (
        starts_with(points.centre, '[')
        and starts_with(points.lower_process_limit, '[')
        and starts_with(points.upper_process_limit, '[')
    )
