-- What the people who are served answered: one row a month, service, way of asking and measure.
with months as (
    select
        organisation_code,
        service_code,
        month as period_start_on,
        last_day(month) as period_end_on,
        instrument_id as variant,
        collection_mode as item,
        counted.measure,
        cast(
            case counted.measure
                when 'eligible' then eligible
                when 'n_very_good' then n_very_good
                when 'n_good' then n_good
                when 'n_neither' then n_neither
                when 'n_poor' then n_poor
                when 'n_very_poor' then n_very_poor
                when 'n_dont_know' then n_dont_know
                when 'n_total' then n_total
                when 'n_satisfied' then n_very_good + n_good
                when 'n_dissatisfied' then n_very_poor + n_poor
            end as decimal(28, 14)
        ) as value,
        receipt
    from returns.service_user_survey
    cross join (
        values
        ('eligible'),
        ('n_very_good'),
        ('n_good'),
        ('n_neither'),
        ('n_poor'),
        ('n_very_poor'),
        ('n_dont_know'),
        ('n_total'),
        ('n_satisfied'),
        ('n_dissatisfied')
    ) as counted (measure)
)

select
    organisation_code,
    'service_user_survey' as feed,
    service_code,
    'ALL' as staff_group,
    period_start_on,
    period_end_on,
    variant,
    item,
    measure,
    value,
    case when measure = 'eligible' then 'people' else 'answers' end as unit,
    'return' as source,
    receipt
from months
where value is not null
