-- Every reader that reports are made for.
select
    'public' as audience,
    'public' as kind,
    cast(null as varchar) as commissioner_code,
    'the public' as name
union all
select
    'commissioner-' || commissioner_code as audience,
    'commissioner' as kind,
    commissioner_code,
    name
from register.commissioners
order by audience
