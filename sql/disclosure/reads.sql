-- Whose pages each reader has: its own, the public's, and those of its councils where it is a combined authority.
select audience as reader, audience
from published.audience
union all
select audience as reader, 'public' as audience
from published.audience
where audience <> 'public'
union all
select
    'commissioner-' || authorities.commissioner_code as reader,
    'commissioner-' || councils.commissioner_code as audience
from register.commissioners as authorities
inner join register.areas as areas on authorities.area_code = areas.part_of_code
inner join register.commissioners as councils
    on areas.area_code = councils.area_code
    and authorities.commissioner_code <> councils.commissioner_code
where authorities.type = 'combined_authority'
order by reader, audience
