select
    organisation_code,
    indicator_id,
    variant,
    period_id,
    why_not
from benchmarks.spin_out
where
    (effect is not null) <> (why_not = '')
    or (effect is not null and (comparators = 0 or comparator_difference is null))
    or not coalesce(difference between lower_95 and upper_95, true)
    or not coalesce(effect between effect_lower_95 and effect_upper_95, true)
    or (effect is not null and effect_lower_95 is null)
    or not coalesce(isfinite(effect_lower_95) and isfinite(effect_upper_95) and isfinite(trend_before), true)
