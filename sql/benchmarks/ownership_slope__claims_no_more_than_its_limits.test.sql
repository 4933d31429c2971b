select
    indicator_id,
    variant,
    period_id,
    verdict
from benchmarks.ownership_slope
where
    verdict is distinct from case
        when lower_95 is null or upper_95 is null then 'too few to say'
        when upper_95 < 0 then 'falls with ownership'
        when lower_95 > 0 then 'rises with ownership'
        else 'no clear slope'
    end
    or (slope is null) <> (lower_95 is null)
    or not coalesce(slope between lower_95 and upper_95, true)
    or (is_good is null) <> (verdict in ('too few to say', 'no clear slope'))
    or not coalesce(isfinite(lower_95) and isfinite(upper_95), true)
