-- Every saving as each snapshot has it, and what it came to in the quarter: this snapshot less the one before, for
-- amounts are cumulative since 1 April. Nothing where the snapshot before was not sent. Of the savings of one type that
-- share a double_count_group, each snapshot counts one, the first by its id.
with snapshots as (
    select
        returned.organisation_code,
        returned.saving_id,
        returned.as_at_quarter,
        snapshot.quarter_before,
        snapshot.has_quarter,
        snapshot.period_start_on,
        snapshot.period_end_on,
        snapshot.financial_year,
        returned.title,
        returned.service_code,
        returned.contract_code,
        returned.benefit_to,
        returned.source,
        returned.type,
        returned.recurrence,
        returned.stage,
        returned.evidence_level,
        case
            when returned.double_count_group is null then 'saving ' || returned.saving_id
            else 'group ' || returned.double_count_group
        end as counted_with,
        returned.actual_to_date_gbp - coalesce(returned.implementation_cost_to_date_gbp, 0) as net_to_date_gbp,
        returned.receipt
    from returns.savings as returned
    inner join measures.snapshot as snapshot
        on returned.receipt = snapshot.receipt
        and returned.period = snapshot.as_at_quarter
),

counted as (
    select organisation_code, as_at_quarter, type, counted_with, min(saving_id) as saving_id
    from snapshots
    group by organisation_code, as_at_quarter, type, counted_with
)

select
    snapshots.organisation_code,
    snapshots.saving_id,
    snapshots.as_at_quarter,
    snapshots.period_start_on,
    snapshots.period_end_on,
    snapshots.financial_year,
    snapshots.title,
    snapshots.service_code,
    snapshots.contract_code,
    snapshots.benefit_to,
    snapshots.source,
    snapshots.type,
    snapshots.recurrence,
    snapshots.stage,
    snapshots.evidence_level,
    snapshots.evidence_level in ('finance_verified', 'audited') as is_verified,
    counted.saving_id = snapshots.saving_id as is_counted,
    snapshots.net_to_date_gbp,
    case
        when snapshots.has_quarter then snapshots.net_to_date_gbp - coalesce(earlier.net_to_date_gbp, 0)
    end as net_in_quarter_gbp,
    snapshots.receipt
from snapshots
inner join counted
    on snapshots.organisation_code = counted.organisation_code
    and snapshots.as_at_quarter = counted.as_at_quarter
    and snapshots.type = counted.type
    and snapshots.counted_with = counted.counted_with
left join snapshots as earlier
    on snapshots.organisation_code = earlier.organisation_code
    and snapshots.saving_id = earlier.saving_id
    and snapshots.quarter_before = earlier.as_at_quarter
