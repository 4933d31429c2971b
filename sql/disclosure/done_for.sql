-- What an indicator counts in a month, quarter or wave of what of an organisation is done for the same commissioners (their
-- codes, in order; none where it is done for nobody in particular, or is an indicator of the whole): of the year that is
-- published, and of all time where the indicator has a chart over time.
with released as (
    select periods.period_start_on, periods.period_end_on
    from indicators.period as periods
    inner join reference.release as release on periods.period_id = release.period_id
    where periods.grain = 'rolling_year'
),

counted as (
    select counted.*
    from indicators.counted_part as counted
    inner join reference.indicators as indicators on counted.indicator_id = indicators.indicator_id
    cross join released
    where
        counted.period_end_on <= released.period_end_on
        and (counted.period_end_on >= released.period_start_on or indicators.chart <> 'none')
),

payers as (
    select
        counted.organisation_code,
        counted.part_of,
        counted.part_code,
        counted.period_start_on,
        counted.period_end_on,
        string_agg(distinct part.commissioner_code, ' ' order by part.commissioner_code) as commissioners
    from (
        select distinct organisation_code, part_of, part_code, period_start_on, period_end_on
        from counted
    ) as counted
    inner join indicators.part as part
        on counted.organisation_code = part.organisation_code
        and counted.part_of = part.part_of
        and counted.part_code = part.code
        and part.starts_on <= counted.period_start_on
        and part.ends_on >= counted.period_end_on
    group by
        counted.organisation_code,
        counted.part_of,
        counted.part_code,
        counted.period_start_on,
        counted.period_end_on
)

select
    counted.indicator_id,
    counted.organisation_code,
    coalesce(payers.commissioners, '') as commissioners,
    counted.source,
    counted.variant,
    counted.period_start_on,
    counted.period_end_on,
    date_diff('month', counted.period_start_on, counted.period_end_on) + 1 as months,
    sum(counted.numerator) as numerator,
    sum(counted.denominator) as denominator
from counted
left join payers
    on counted.organisation_code = payers.organisation_code
    and counted.part_of = payers.part_of
    and counted.part_code = payers.part_code
    and counted.period_start_on = payers.period_start_on
    and counted.period_end_on = payers.period_end_on
group by
    counted.indicator_id,
    counted.organisation_code,
    coalesce(payers.commissioners, ''),
    counted.source,
    counted.variant,
    counted.period_start_on,
    counted.period_end_on
order by
    counted.indicator_id,
    counted.organisation_code,
    commissioners,
    counted.source,
    counted.variant,
    counted.period_start_on,
    counted.period_end_on
