-- Of how many organisations of a group a reader can tell the figure of the whole.
select
    known.reader,
    member.indicator_id,
    member.grain,
    member.variant,
    member.delivery_model,
    member.sector,
    count(*) as known
from disclosure.known_figure as known
inner join disclosure.member as member
    on known.indicator_id = member.indicator_id
    and known.grain = member.grain
    and known.variant = member.variant
    and known.organisation_code = member.organisation_code
group by
    known.reader,
    member.indicator_id,
    member.grain,
    member.variant,
    member.delivery_model,
    member.sector
order by
    known.reader,
    member.indicator_id,
    member.grain,
    member.variant,
    member.delivery_model,
    member.sector
