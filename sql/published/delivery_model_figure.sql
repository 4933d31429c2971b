-- Delivery models side by side in the sectors that concern an audience, as it is printed.
select
    audience,
    grain,
    period_id,
    period_start_on,
    period_end_on,
    topic,
    indicator_id,
    indicator_name,
    unit,
    scope as sector,
    basis,
    basis_name,
    delivery_model,
    organisations,
    organisations_registered,
    months_reported,
    months_expected,
    numerator,
    denominator,
    value,
    value_with_unclassified,
    median,
    lower_quartile,
    upper_quartile,
    note,
    is_public
from published.group_figure
where kind in ('sector', 'all_sectors')
order by audience, grain, period_id, indicator_id, sector, basis, delivery_model
