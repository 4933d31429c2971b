-- A point has a special cause, common cause among them, where it has a value and limits, and then only; limits lie around
-- their mean, the near ones within the others.
select
    series,
    place,
    points,
    centre,
    special_cause
from benchmarks.xmr
where
    (special_cause is not null) <> (value is not null and centre is not null)
    or (centre is not null and points < (select value from reference.settings where name = 'xmr_least_points'))
    or not coalesce(
        lower_process_limit <= lower_near_limit
        and lower_near_limit <= centre
        and centre <= upper_near_limit
        and upper_near_limit <= upper_process_limit
        and isfinite(lower_process_limit)
        and isfinite(upper_process_limit),
        centre is null and lower_process_limit is null and upper_process_limit is null
    )
