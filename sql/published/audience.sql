-- Every reader that reports are made for: the public, each commissioner, each mutual.
select
    'public' as audience,
    'public' as kind,
    cast(null as varchar) as code,
    'the public' as name
union all
select
    'commissioner-' || commissioner_code as audience,
    'commissioner' as kind,
    commissioner_code as code,
    name
from register.commissioners
union all
select
    'organisation-' || organisation_code as audience,
    'organisation' as kind,
    organisation_code as code,
    name
from register.organisations
where delivery_model = 'mutual'
order by audience
