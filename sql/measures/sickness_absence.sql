-- What organisations' own returns say of sickness absence: one row a month and measure.
with months as (
    select
        organisation_code,
        service_code,
        staff_group,
        month as period_start_on,
        last_day(month) as period_end_on,
        basis as variant,
        counted.measure,
        cast(
            case counted.measure
                when 'fte_days_lost' then fte_days_lost
                when 'fte_days_available' then fte_days_available
                when 'headcount' then headcount
                when 'long_term_days_lost' then long_term_days_lost
                when 'episodes' then episodes
            end as decimal(28, 14)
        ) as value,
        receipt
    from returns.sickness_absence
    cross join (
        values ('fte_days_lost'), ('fte_days_available'), ('headcount'), ('long_term_days_lost'), ('episodes')
    ) as counted (measure)
)

select
    organisation_code,
    'sickness_absence' as feed,
    service_code,
    staff_group,
    period_start_on,
    period_end_on,
    variant,
    '' as item,
    measure,
    value,
    case
        when measure = 'headcount' then 'people'
        when measure = 'episodes' then 'absences'
        when variant = 'hours' then 'hours'
        else 'days'
    end as unit,
    'return' as source,
    receipt
from months
where value is not null
