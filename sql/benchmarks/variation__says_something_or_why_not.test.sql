select
    series,
    variation,
    special_cause,
    why
from benchmarks.variation
where
    coalesce(variation, '') = ''
    or (why = '') <> (variation in ('improving', 'concern', 'common cause', 'high', 'low'))
    or (why = '') <> (special_cause <> '')
