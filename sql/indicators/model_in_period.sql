-- What each organisation was throughout each period. A mutual that spun out was part of a public body until that day, so
-- its figures of before are in-house ones; a period that the day falls within belongs to neither (spinning_out).
select
    organisations.organisation_code,
    periods.grain,
    periods.period_id,
    case
        when organisations.spun_out_on > periods.period_end_on then 'in_house'
        when organisations.spun_out_on > periods.period_start_on then 'spinning_out'
        else organisations.delivery_model
    end as delivery_model
from register.organisations as organisations
cross join indicators.period as periods
order by organisations.organisation_code, periods.grain, periods.period_id
