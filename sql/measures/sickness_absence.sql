-- What organisations' own returns say of sickness absence: one row a month and measure.
with months as (
    select
        organisation_code,
        service_code,
        staff_group,
        month as period_start_on,
        last_day(month) as period_end_on,
        basis,
        fte_days_lost,
        fte_days_available,
        headcount,
        long_term_days_lost,
        episodes,
        receipt
    from returns.sickness_absence
),

counted as (
    select
        organisation_code,
        service_code,
        staff_group,
        period_start_on,
        period_end_on,
        basis,
        receipt,
        'fte_days_lost' as measure,
        cast(fte_days_lost as decimal(28, 14)) as value
    from months
    union all
    select
        organisation_code,
        service_code,
        staff_group,
        period_start_on,
        period_end_on,
        basis,
        receipt,
        'fte_days_available' as measure,
        cast(fte_days_available as decimal(28, 14)) as value
    from months
    union all
    select
        organisation_code,
        service_code,
        staff_group,
        period_start_on,
        period_end_on,
        basis,
        receipt,
        'headcount' as measure,
        cast(headcount as decimal(28, 14)) as value
    from months
    union all
    select
        organisation_code,
        service_code,
        staff_group,
        period_start_on,
        period_end_on,
        basis,
        receipt,
        'long_term_days_lost' as measure,
        cast(long_term_days_lost as decimal(28, 14)) as value
    from months
    union all
    select
        organisation_code,
        service_code,
        staff_group,
        period_start_on,
        period_end_on,
        basis,
        receipt,
        'episodes' as measure,
        cast(episodes as decimal(28, 14)) as value
    from months
)

select
    organisation_code,
    'sickness_absence' as feed,
    service_code,
    staff_group,
    period_start_on,
    period_end_on,
    basis as variant,
    '' as item,
    measure,
    value,
    case
        when measure = 'headcount' then 'people'
        when measure = 'episodes' then 'absences'
        when basis = 'hours' then 'hours'
        else 'days'
    end as unit,
    'return' as source,
    receipt
from counted
where value is not null
