-- How many cells each page has, and how many of them are withheld, by reason (blank: shown).
select
    cell.audience,
    coalesce(withheld.reason, '') as reason,
    count(*) as cells
from disclosure.cell as cell
left join disclosure.withheld as withheld
    on cell.audience = withheld.audience
    and cell.kind = withheld.kind
    and cell.indicator_id = withheld.indicator_id
    and cell.grain = withheld.grain
    and cell.variant = withheld.variant
    and cell.delivery_model = withheld.delivery_model
    and cell.sector = withheld.sector
    and cell.organisation_code = withheld.organisation_code
group by cell.audience, coalesce(withheld.reason, '')
order by cell.audience, reason
