select
    comparators.organisation_code,
    comparators.indicator_id,
    comparators.variant,
    comparators.period_id,
    comparators.comparator_code
from benchmarks.spin_out_comparator as comparators
inner join register.organisations as others on comparators.comparator_code = others.organisation_code
inner join benchmarks.spin_out_part as parts
    on comparators.organisation_code = parts.organisation_code
    and comparators.indicator_id = parts.indicator_id
    and comparators.variant = parts.variant
    and comparators.period_id = parts.period_id
where
    comparators.comparator_code = comparators.organisation_code
    or others.spun_out_on between parts.begins_on and parts.known_to
