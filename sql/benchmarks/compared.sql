-- One figure an organisation, indicator, period and basis. Where its own return and an official figure are both there,
-- the one that covers more months counts; the official one where they cover the same.
select
    indicator_id,
    grain,
    period_id,
    organisation_code,
    delivery_model,
    sector,
    source,
    variant,
    numerator,
    denominator,
    per_days,
    value,
    months_reported,
    months_expected
from indicators.organisation_indicator
where value is not null
qualify
    row_number() over (
        partition by indicator_id, grain, period_id, organisation_code, variant
        order by months_reported desc, source
    ) = 1
order by indicator_id, grain, period_id, variant, organisation_code
