-- What of an organisation's work is done for whom: the services and the contracts of each commissioner, and the days
-- between which they are.
select
    organisation_code,
    'service' as part_of,
    service_code as code,
    commissioner_code,
    starts_on,
    ends_on
from indicators.contract_span
where service_code <> 'ALL'
union all
select
    organisation_code,
    'contract' as part_of,
    contract_code as code,
    commissioner_code,
    date '0001-01-01' as starts_on,
    date '9999-12-30' as ends_on
from register.contracts
order by organisation_code, part_of, code, commissioner_code, starts_on
