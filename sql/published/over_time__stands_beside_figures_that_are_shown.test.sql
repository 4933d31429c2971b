-- To whom a figure of the quarter or of the year is not shown, its months are not; an organisation's own are its own.
select
    points.audience,
    points.organisation_code,
    points.indicator_id,
    points.point
from published.over_time as points
where
    points.audience <> 'organisation-' || points.organisation_code
    and 2 > (
        select count(*)
        from published.organisation_figure as figures
        where
            figures.audience = points.audience
            and figures.period_id = points.period_id
            and figures.organisation_code = points.organisation_code
            and figures.indicator_id = points.indicator_id
            and figures.basis = points.basis
            and not starts_with(figures.value, '[')
    )
