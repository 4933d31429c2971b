-- What net cash-releasing savings on record are worth as at the first financial year of them, as it is printed: of each
-- organisation that an audience pays, for its own contracts; of an organisation, its own. Not for the public.
select
    named.audience,
    valued.period_id,
    valued.organisation_code,
    organisations.name as organisation_name,
    valued.benefit_to,
    valued.first_year,
    valued.last_year,
    coalesce(display(valued.nominal_gbp, 0), '[x]') as nominal,
    coalesce(display(valued.real_gbp, 0), '[x]') as real,
    coalesce(display(valued.present_value_gbp, 0), '[x]') as present_value,
    coalesce(display(valued.verified_present_value_gbp, 0), '[x]') as verified,
    coalesce(cast(valued.rates_from as varchar), '[x]') as rates_from,
    coalesce(valued.why_none, '') as note
from published.named as named
inner join reference.release as release on named.period_id = release.period_id
inner join published.audience as audiences on named.audience = audiences.audience
inner join benchmarks.saving_present_value as valued
    on named.period_id = valued.period_id
    and named.organisation_code = valued.organisation_code
    and valued.commissioner_code = case when audiences.kind = 'commissioner' then audiences.code else 'ALL' end
inner join register.organisations as organisations on valued.organisation_code = organisations.organisation_code
where named.grain = 'quarter' and named.because in ('contract', 'self') and audiences.kind <> 'public'
order by named.audience, valued.organisation_code, valued.benefit_to
