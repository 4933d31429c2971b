-- What organisations say they saved: one row a snapshot, saving and measure; and, under the item of each contract in
-- force, what the contract is worth in the quarter. Net is actual less implementation cost, in the quarter, of
-- cash-releasing savings alone. Every snapshot that a quarter can be worked out from has a zero of each, so that nothing
-- saved is 0, not unknown.
with net_measures as (
    select measure
    from (
        values
        ('net_gbp'),
        ('net_to_commissioner_gbp'),
        ('verified_net_gbp'),
        ('verified_net_to_commissioner_gbp'),
        ('waste_reduction_net_gbp'),
        ('growth_net_gbp'),
        ('procurement_net_gbp'),
        ('productivity_net_gbp'),
        ('other_net_gbp')
    ) as named (measure)
),

net as (
    select
        savings.organisation_code,
        savings.service_code,
        savings.period_start_on,
        savings.period_end_on,
        savings.saving_id as item,
        net_measures.measure,
        -- What does not count towards a measure is 0 of it, so that a share of savings is a share of all of them.
        case
            when case net_measures.measure
                when 'net_gbp' then true
                when 'net_to_commissioner_gbp' then savings.benefit_to = 'commissioner'
                when 'verified_net_gbp' then savings.is_verified
                when 'verified_net_to_commissioner_gbp' then savings.is_verified and savings.benefit_to = 'commissioner'
                when 'waste_reduction_net_gbp' then savings.source = 'waste_reduction'
                when 'growth_net_gbp' then savings.source = 'growth'
                when 'procurement_net_gbp' then savings.source = 'procurement'
                when 'productivity_net_gbp' then savings.source = 'productivity'
                when 'other_net_gbp' then savings.source = 'other'
            end then savings.net_in_quarter_gbp
            else 0 * savings.net_in_quarter_gbp
        end as value,
        savings.receipt
    from measures.saving as savings
    cross join net_measures
    where savings.type = 'cash_releasing' and savings.is_counted
),

contracts as (
    -- A contract is worth its annual value for the days of the quarter on which it is in force, of those of the year.
    select
        snapshots.organisation_code,
        snapshots.period_start_on,
        snapshots.period_end_on,
        'contract:' || contracts.contract_code as item,
        cast(
            contracts.annual_value_gbp
            * (
                date_diff(
                    'day',
                    greatest(contracts.starts_on, snapshots.period_start_on),
                    least(coalesce(contracts.ends_on, snapshots.period_end_on), snapshots.period_end_on)
                )
                + 1
            )
            / case
                when month(snapshots.period_start_on) = 1 and year(snapshots.period_start_on) % 4 = 0 then 366
                when month(snapshots.period_start_on) > 1 and (year(snapshots.period_start_on) + 1) % 4 = 0 then 366
                else 365
            end as decimal(28, 14)
        ) as value,
        snapshots.receipt
    from measures.snapshot as snapshots
    inner join register.contracts as contracts
        on snapshots.organisation_code = contracts.organisation_code
        and contracts.starts_on <= snapshots.period_end_on
        and coalesce(contracts.ends_on, snapshots.period_end_on) >= snapshots.period_start_on
    where snapshots.has_quarter
),

zeros as (
    select organisation_code, period_start_on, period_end_on, '' as item, receipt
    from measures.snapshot
    where has_quarter
    union all
    select organisation_code, period_start_on, period_end_on, item, receipt
    from contracts
),

sent as (
    select
        savings.organisation_code,
        savings.service_code,
        snapshots.period_start_on,
        snapshots.period_end_on,
        savings.saving_id as item,
        counted.measure,
        case counted.measure
            when 'baseline_cost_gbp' then savings.baseline_cost_gbp
            when 'planned_gbp' then savings.planned_gbp
            when 'forecast_gbp' then savings.forecast_gbp
            when 'actual_to_date_gbp' then savings.actual_to_date_gbp
            when 'implementation_cost_to_date_gbp' then savings.implementation_cost_to_date_gbp
        end as value,
        savings.receipt
    from returns.savings as savings
    inner join measures.snapshot as snapshots
        on savings.receipt = snapshots.receipt
        and savings.period = snapshots.as_at_quarter
    cross join (
        values
        ('baseline_cost_gbp'),
        ('planned_gbp'),
        ('forecast_gbp'),
        ('actual_to_date_gbp'),
        ('implementation_cost_to_date_gbp')
    ) as counted (measure)
),

together as (
    select organisation_code, service_code, period_start_on, period_end_on, item, measure, value, receipt from sent
    union all
    select organisation_code, service_code, period_start_on, period_end_on, item, measure, value, receipt from net
    union all
    select
        zeros.organisation_code,
        'ALL' as service_code,
        zeros.period_start_on,
        zeros.period_end_on,
        zeros.item,
        net_measures.measure,
        0 as value,
        zeros.receipt
    from zeros
    cross join net_measures
    union all
    select
        organisation_code,
        'ALL' as service_code,
        period_start_on,
        period_end_on,
        item,
        'contract_value_gbp' as measure,
        value,
        receipt
    from contracts
)

select
    organisation_code,
    'savings' as feed,
    service_code,
    'ALL' as staff_group,
    period_start_on,
    period_end_on,
    'nominal' as variant,
    item,
    measure,
    cast(value as decimal(28, 14)) as value,
    'gbp' as unit,
    'return' as source,
    receipt
from together
where value is not null
