-- The unbroken times in which a commissioner has had a contract with an organisation (service_code ALL), and a contract
-- for one of its services: contracts that overlap or adjoin are one time.
with dated as (
    select
        commissioner_code,
        organisation_code,
        'ALL' as service_code,
        contract_code,
        starts_on,
        coalesce(ends_on, date '9999-12-30') as ends_on
    from register.contracts
    union all
    select
        contracts.commissioner_code,
        contracts.organisation_code,
        contract_services.service_code,
        contracts.contract_code,
        contracts.starts_on,
        coalesce(contracts.ends_on, date '9999-12-30') as ends_on
    from register.contracts as contracts
    inner join register.contract_services as contract_services
        on contracts.contract_code = contract_services.contract_code
),

placed as (
    select
        *,
        max(ends_on) over (
            partition by commissioner_code, organisation_code, service_code
            order by starts_on, contract_code
            rows between unbounded preceding and 1 preceding
        ) as covered_to
    from dated
),

numbered as (
    select
        *,
        sum(case when starts_on <= covered_to + interval 1 day then 0 else 1 end) over (
            partition by commissioner_code, organisation_code, service_code
            order by starts_on, contract_code
            rows unbounded preceding
        ) as span
    from placed
)

select
    commissioner_code,
    organisation_code,
    service_code,
    min(starts_on) as starts_on,
    max(ends_on) as ends_on
from numbered
group by commissioner_code, organisation_code, service_code, span
order by commissioner_code, organisation_code, service_code, starts_on
