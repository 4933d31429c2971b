select
    organisation_code,
    feed,
    service_code,
    staff_group,
    period_start_on,
    period_end_on,
    variant,
    item,
    measure,
    source,
    count(*) as value_count
from measures.all_feeds
group by
    organisation_code,
    feed,
    service_code,
    staff_group,
    period_start_on,
    period_end_on,
    variant,
    item,
    measure,
    source
having count(*) > 1
