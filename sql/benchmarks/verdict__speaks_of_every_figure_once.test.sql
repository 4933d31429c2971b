-- Every whole organisation's figure of a year that could be better or worse has its row, and no other has one.
with there as (
    select distinct
        figures.indicator_id,
        figures.period_id,
        figures.variant,
        figures.organisation_code
    from indicators.organisation_indicator as figures
    inner join reference.indicators as indicators on figures.indicator_id = indicators.indicator_id
    where
        figures.commissioner_code = 'ALL'
        and figures.grain = 'rolling_year'
        and figures.value is not null
        and (indicators.polarity <> 'none' or indicators.verdict <> 'none')
),

spoken_of as (
    select
        indicator_id,
        period_id,
        variant,
        organisation_code,
        count(*) as verdicts
    from benchmarks.verdict
    group by indicator_id, period_id, variant, organisation_code
)

select
    coalesce(there.indicator_id, spoken_of.indicator_id) as indicator_id,
    coalesce(there.period_id, spoken_of.period_id) as period_id,
    coalesce(there.organisation_code, spoken_of.organisation_code) as organisation_code,
    spoken_of.verdicts
from there
full join spoken_of
    on there.indicator_id = spoken_of.indicator_id
    and there.period_id = spoken_of.period_id
    and there.variant = spoken_of.variant
    and there.organisation_code = spoken_of.organisation_code
where spoken_of.verdicts is distinct from 1 or there.indicator_id is null
