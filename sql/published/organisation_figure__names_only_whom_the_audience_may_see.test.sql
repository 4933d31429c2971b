-- Written again from the register, apart from published.named, so that a slip there shows here.
select
    figures.audience,
    figures.organisation_code,
    figures.grain,
    figures.period_id
from published.organisation_figure as figures
inner join indicators.period as periods on figures.grain = periods.grain and figures.period_id = periods.period_id
where
    -- Some month of the period begins or ends on a day on which no contract of the two is in force.
    exists (
        select 1
        from indicators.period as months
        where
            months.grain = 'month'
            and months.period_start_on between periods.period_start_on and periods.period_end_on
            and (
                select count(distinct days.day)
                from (values (months.period_start_on), (months.period_end_on)) as days (day)
                inner join register.contracts as contracts
                    on contracts.starts_on <= days.day
                    and coalesce(contracts.ends_on, days.day) >= days.day
                where
                    'commissioner-' || contracts.commissioner_code = figures.audience
                    and contracts.organisation_code = figures.organisation_code
            ) < 2
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
    and not figures.audience = 'organisation-' || figures.organisation_code
