select
    audience,
    topic,
    scope,
    delivery_model,
    organisations_started,
    organisations_still_reporting,
    organisations_closed,
    organisations_stopped
from published.coverage
where
    organisations_started <> organisations_still_reporting + organisations_closed + organisations_stopped
    or organisations_reporting > organisations_started
    or organisations_still_reporting > organisations_reporting
