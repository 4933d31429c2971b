-- Written again from the register, apart from published.named, so that a slip there shows here.
select
    points.audience,
    points.organisation_code,
    points.indicator_id,
    points.point
from published.over_time as points
where
    -- Some month of the point's quarter begins or ends on a day on which no contract of the two is in force.
    exists (
        select 1
        from indicators.period as quarters
        inner join indicators.period as months
            on months.grain = 'month'
            and months.period_start_on between quarters.period_start_on and quarters.period_end_on
        where
            quarters.grain = 'quarter'
            and points.point_end_on between quarters.period_start_on and quarters.period_end_on
            and (
                select count(distinct days.day)
                from (values (months.period_start_on), (months.period_end_on)) as days (day)
                inner join register.contracts as contracts
                    on contracts.starts_on <= days.day
                    and coalesce(contracts.ends_on, days.day) >= days.day
                where
                    'commissioner-' || contracts.commissioner_code = points.audience
                    and contracts.organisation_code = points.organisation_code
            ) < 2
    )
    and not (points.audience = 'public' and points.source = 'official')
    and not (
        points.audience = 'public'
        and exists (
            select 1
            from register.organisations as organisations
            where organisations.organisation_code = points.organisation_code and organisations.publication_consent
        )
    )
    and not points.audience = 'organisation-' || points.organisation_code
