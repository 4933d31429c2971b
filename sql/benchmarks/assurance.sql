-- Whether an organisation, as it runs, can be relied on to meet the targets of its contracts: a row a target that is in force on
-- the last day of the last point of a chart over time, in every quarter. The limits are those of the chart on the scale
-- of the target. Where the chart is of residuals they are shifted by what peers would lead one to expect on average over
-- the last 12 months (expected_value): what is asked is whether the target is met in a month of average season.
with in_force as (
    select
        variation.series,
        variation.indicator_id,
        variation.organisation_code,
        variation.variant,
        variation.as_at_period,
        variation.part,
        last_points.place,
        variation.lower_process_limit,
        variation.upper_process_limit,
        variation.why,
        contracts.contract_code,
        contracts.commissioner_code,
        cast(targets.value as double) as target,
        targets.applies_from
    from benchmarks.variation as variation
    inner join benchmarks.series as last_points
        on variation.series = last_points.series
        and variation.period_id = last_points.period_id
    inner join register.contracts as contracts
        on variation.organisation_code = contracts.organisation_code
        and last_points.period_end_on between contracts.starts_on and coalesce(contracts.ends_on, date '9999-12-30')
    inner join register.targets as targets
        on contracts.contract_code = targets.contract_code
        and variation.indicator_id = targets.indicator_id
        and targets.applies_from <= last_points.period_end_on
    qualify
        row_number() over (
            partition by variation.series, contracts.contract_code
            order by targets.applies_from desc
        ) = 1
),

last_12_months as (
    select
        in_force.series,
        in_force.contract_code,
        avg(series.shown_value - series.value order by series.place) as expected_value
    from in_force
    inner join benchmarks.series as series
        on in_force.series = series.series
        and in_force.part = series.part
        and series.place between in_force.place - 11 and in_force.place
        and series.value is not null
    group by in_force.series, in_force.contract_code
    -- Fewer would leave out part of a year, and so be off by its season.
    having count(*) = 12
),

on_scale_of_target as (
    select
        in_force.*,
        indicators.polarity,
        case when indicators.chart = 'residual' then last_12_months.expected_value end as expected_value,
        case when indicators.chart = 'residual' then last_12_months.expected_value else 0e0 end as shift
    from in_force
    inner join reference.indicators as indicators on in_force.indicator_id = indicators.indicator_id
    left join last_12_months
        on in_force.series = last_12_months.series
        and in_force.contract_code = last_12_months.contract_code
)

select
    series,
    indicator_id,
    organisation_code,
    variant,
    as_at_period,
    contract_code,
    commissioner_code,
    target,
    applies_from,
    expected_value,
    lower_process_limit + shift as lower_process_limit,
    upper_process_limit + shift as upper_process_limit,
    coalesce(
        assurance_of(lower_process_limit + shift, upper_process_limit + shift, target, polarity), ''
    ) as assurance,
    case
        when why <> '' then why
        when shift is null then 'fewer than 12 months'
        when polarity = 'none' then 'no polarity'
        else ''
    end as why
from on_scale_of_target
order by series, contract_code
