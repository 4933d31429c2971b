select
    indicator_id,
    grain,
    period_id,
    organisation_code,
    months_reported,
    months_expected
from indicators.organisation_indicator
where months_reported > months_expected
