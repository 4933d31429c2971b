-- What of an organisation's work is done for whom: the services and the contracts of each commissioner, and the days
-- between which they are.
select distinct
    contracts.organisation_code,
    'service' as part_of,
    contract_services.service_code as code,
    contracts.commissioner_code,
    contracts.starts_on,
    coalesce(contracts.ends_on, date '9999-12-30') as ends_on
from register.contracts as contracts
inner join register.contract_services as contract_services
    on contracts.contract_code = contract_services.contract_code
union all
select
    organisation_code,
    'contract' as part_of,
    contract_code as code,
    commissioner_code,
    date '0001-01-01' as starts_on,
    date '9999-12-30' as ends_on
from register.contracts
order by organisation_code, part_of, code, commissioner_code, starts_on, ends_on
