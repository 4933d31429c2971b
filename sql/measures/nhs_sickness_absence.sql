-- What NHS England publishes of sickness absence, under the codes of the register: one row a month and measure.
with months as (
    select
        organisations.organisation_code,
        date_trunc('month', published.month_end_on) as period_start_on,
        published.month_end_on as period_end_on,
        published.fte_days_lost,
        published.fte_days_available,
        published.receipt
    from returns.nhs_sickness_absence as published
    inner join register.organisations as organisations on published.ods_code = organisations.ods_code
),

counted as (
    select organisation_code, period_start_on, period_end_on, 'fte_days_lost' as measure, fte_days_lost as value, receipt
    from months
    union all
    select
        organisation_code,
        period_start_on,
        period_end_on,
        'fte_days_available' as measure,
        fte_days_available as value,
        receipt
    from months
)

select
    organisation_code,
    'nhs_sickness_absence' as feed,
    'ALL' as service_code,
    'ALL' as staff_group,
    cast(period_start_on as date) as period_start_on,
    period_end_on,
    'calendar_days' as variant,
    '' as item,
    measure,
    cast(value as decimal(28, 14)) as value,
    'days' as unit,
    'official' as source,
    receipt
from counted
where value is not null
