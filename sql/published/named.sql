-- Whom an audience may see by name, in which period, and why: the one place that decides it (METHODS 7a).
-- A commissioner sees whom it has a contract with, in periods that lie within the contract. The public sees whom an
-- official figure names already, and who has agreed to be named, in sectors in which mutuals work. A mutual sees
-- itself, in periods in which it was at work.
with periods as (
    select grain, period_id, period_start_on, period_end_on
    from indicators.period
    where grain in ('quarter', 'rolling_year')
),

sectors_of_mutuals as (
    select distinct sector
    from register.organisations
    where delivery_model = 'mutual'
),

by_contract as (
    select distinct
        'commissioner-' || spans.commissioner_code as audience,
        spans.organisation_code,
        periods.grain,
        periods.period_id,
        'contract' as because
    from indicators.contract_span as spans
    inner join periods
        on spans.starts_on <= periods.period_start_on
        and spans.ends_on >= periods.period_end_on
    where spans.service_code = 'ALL'
),

by_official_figure as (
    select distinct
        'public' as audience,
        figures.organisation_code,
        figures.grain,
        figures.period_id,
        'official' as because
    from indicators.organisation_indicator as figures
    inner join periods on figures.grain = periods.grain and figures.period_id = periods.period_id
    inner join sectors_of_mutuals on figures.sector = sectors_of_mutuals.sector
    where figures.source = 'official' and figures.commissioner_code = 'ALL' and figures.value is not null
),

by_consent as (
    select
        'public' as audience,
        organisations.organisation_code,
        periods.grain,
        periods.period_id,
        'consent' as because
    from register.organisations as organisations
    inner join sectors_of_mutuals on organisations.sector = sectors_of_mutuals.sector
    cross join periods
    where organisations.publication_consent
),

by_itself as (
    select
        audiences.audience,
        audiences.code as organisation_code,
        periods.grain,
        periods.period_id,
        'self' as because
    from published.audience as audiences
    inner join indicators.expected as expected
        on audiences.code = expected.organisation_code
        and expected.months_expected > 0
    inner join periods on expected.grain = periods.grain and expected.period_id = periods.period_id
    where audiences.kind = 'organisation'
),

reasons as (
    select audience, organisation_code, grain, period_id, because from by_contract
    union all
    select audience, organisation_code, grain, period_id, because from by_official_figure
    union all
    select audience, organisation_code, grain, period_id, because from by_consent
    union all
    select audience, organisation_code, grain, period_id, because from by_itself
)

select
    audience,
    organisation_code,
    grain,
    period_id,
    -- The reason that lets most be seen: consent and contract cover all figures, an official figure only itself.
    min(because) as because
from reasons
group by audience, organisation_code, grain, period_id
order by audience, grain, period_id, organisation_code
