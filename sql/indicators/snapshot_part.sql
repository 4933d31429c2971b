-- Of whose part of an organisation a snapshot of savings tells: of the whole (commissioner_code ALL), and of each
-- commissioner that has a contract in force in the quarter, or under whose contract something in it was saved.
with payers as (
    select
        snapshot.organisation_code,
        snapshot.as_at_quarter,
        contracts.commissioner_code
    from measures.snapshot as snapshot
    inner join register.contracts as contracts
        on snapshot.organisation_code = contracts.organisation_code
        and contracts.starts_on <= snapshot.period_end_on
        and coalesce(contracts.ends_on, snapshot.period_end_on) >= snapshot.period_start_on
    union
    select
        saving.organisation_code,
        saving.as_at_quarter,
        part.commissioner_code
    from measures.saving as saving
    inner join indicators.part as part
        on part.part_of = 'contract'
        and saving.organisation_code = part.organisation_code
        and saving.contract_code = part.code
    union
    select
        organisation_code,
        as_at_quarter,
        'ALL' as commissioner_code
    from measures.snapshot
)

select
    payers.organisation_code,
    payers.commissioner_code,
    snapshot.as_at_quarter,
    snapshot.quarter_before,
    snapshot.period_end_on,
    snapshot.financial_year,
    snapshot.has_quarter
from payers
inner join measures.snapshot as snapshot
    on payers.organisation_code = snapshot.organisation_code
    and payers.as_at_quarter = snapshot.as_at_quarter
inner join register.organisations as organisations on payers.organisation_code = organisations.organisation_code
order by payers.organisation_code, payers.commissioner_code, snapshot.as_at_quarter
