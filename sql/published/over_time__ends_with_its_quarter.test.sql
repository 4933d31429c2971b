select
    points.audience,
    points.organisation_code,
    points.indicator_id,
    max(points.point_end_on) as ends_on
from published.over_time as points
inner join indicators.period as quarters
    on quarters.grain = 'quarter'
    and points.period_id = quarters.period_id
group by points.audience, points.organisation_code, points.indicator_id, points.basis, quarters.period_start_on
having max(points.point_end_on) < quarters.period_start_on
