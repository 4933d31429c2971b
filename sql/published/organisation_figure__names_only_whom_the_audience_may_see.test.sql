-- Written again from the register, apart from published.named, so that a slip there shows here.
select
    figures.audience,
    figures.organisation_code,
    figures.grain,
    figures.period_id
from published.organisation_figure as figures
inner join indicators.period as periods on figures.grain = periods.grain and figures.period_id = periods.period_id
where
    not exists (
        select 1
        from register.contracts as contracts
        where
            'commissioner-' || contracts.commissioner_code = figures.audience
            and contracts.organisation_code = figures.organisation_code
            and contracts.starts_on <= periods.period_start_on
            and (contracts.ends_on is null or contracts.ends_on >= periods.period_end_on)
    )
    and not (
        figures.audience = 'public'
        and figures.source in ('official', '[x]')
        and exists (
            select 1
            from measures.all_feeds as measures
            where
                measures.organisation_code = figures.organisation_code
                and measures.source = 'official'
                and measures.period_start_on between periods.period_start_on and periods.period_end_on
        )
    )
    and not (
        figures.audience = 'public'
        and exists (
            select 1
            from register.organisations as organisations
            where organisations.organisation_code = figures.organisation_code and organisations.publication_consent
        )
    )
