-- Savings in pounds as they are printed, by type and, of those that release cash, by source, keeper and evidence: of each
-- organisation that an audience pays, for its own contracts; of an organisation, its own. Not for the public: of single
-- organisations it sees only what the indicators say.
with readers as (
    select
        named.audience,
        named.grain,
        named.period_id,
        named.organisation_code,
        case when audiences.kind = 'commissioner' then audiences.code else 'ALL' end as commissioner_code
    from published.named as named
    inner join reference.release as release on named.period_id = release.period_id
    inner join published.audience as audiences on named.audience = audiences.audience
    where named.because in ('contract', 'self') and audiences.kind <> 'public'
),

splits as (
    select
        *,
        case
            when source = 'ALL' and benefit_to = 'ALL' and evidence_level = 'ALL' then 'type'
            when source <> 'ALL' then 'source'
            when evidence_level = 'ALL' then 'benefit_to'
            when benefit_to = 'ALL' then 'evidence_level'
        end as split
    from benchmarks.saving_total
)

select
    readers.audience,
    splits.grain,
    splits.period_id,
    splits.organisation_code,
    organisations.name as organisation_name,
    splits.type,
    splits.split,
    case splits.split
        when 'type' then splits.type
        when 'source' then splits.source
        when 'benefit_to' then splits.benefit_to
        else splits.evidence_level
    end as part,
    coalesce(display(splits.nominal_gbp, 0), '[x]') as nominal,
    coalesce(display(splits.real_gbp, 0), '[x]') as real,
    splits.price_base_year,
    coalesce(splits.deflator_vintage, '[x]') as deflator_vintage,
    coalesce(splits.why_not_real, '') as note
from readers
inner join splits
    on readers.grain = splits.grain
    and readers.period_id = splits.period_id
    and readers.organisation_code = splits.organisation_code
    and readers.commissioner_code = splits.commissioner_code
inner join register.organisations as organisations on splits.organisation_code = organisations.organisation_code
where splits.split = 'type' or (splits.type = 'cash_releasing' and splits.split is not null)
order by
    readers.audience,
    splits.grain,
    splits.period_id,
    splits.organisation_code,
    splits.split,
    splits.type,
    part
