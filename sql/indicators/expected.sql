-- In how many months of each period an organisation was at work, and so should have reported, as the register has it.
with at_work as (
    select
        organisations.organisation_code,
        periods.grain,
        periods.period_id,
        date_diff(
            'month',
            greatest(periods.period_start_on, coalesce(organisations.active_from, periods.period_start_on)),
            least(periods.period_end_on, coalesce(organisations.active_to, periods.period_end_on))
        ) + 1 as months
    from register.organisations as organisations
    cross join indicators.period as periods
)

select
    organisation_code,
    grain,
    period_id,
    greatest(months, 0) as months_expected
from at_work
order by organisation_code, grain, period_id
