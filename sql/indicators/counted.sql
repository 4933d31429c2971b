-- What each indicator counts in each month, quarter or wave: for the whole of an organisation (commissioner_code ALL), and
-- for each commissioner's part of it where the indicator is one of services or contracts. The sum of squares is there where
-- every row that is added up has it.
with periods as (
    select distinct period_start_on, period_end_on
    from indicators.counted_part as paired
),

parts_in_force as (
    select distinct
        periods.period_start_on,
        periods.period_end_on,
        part.organisation_code,
        part.part_of,
        part.code,
        part.commissioner_code
    from indicators.part as part
    inner join periods
        on part.starts_on <= periods.period_start_on
        and part.ends_on >= periods.period_end_on
),

together as (
    select
        indicator_id,
        organisation_code,
        'ALL' as commissioner_code,
        source,
        variant,
        period_start_on,
        period_end_on,
        numerator,
        denominator,
        sum_of_squares
    from indicators.counted_part as paired
    union all
    select
        paired.indicator_id,
        paired.organisation_code,
        parts_in_force.commissioner_code,
        paired.source,
        paired.variant,
        paired.period_start_on,
        paired.period_end_on,
        paired.numerator,
        paired.denominator,
        paired.sum_of_squares
    from indicators.counted_part as paired
    inner join parts_in_force
        on paired.organisation_code = parts_in_force.organisation_code
        and paired.part_of = parts_in_force.part_of
        and paired.part_code = parts_in_force.code
        and paired.period_start_on = parts_in_force.period_start_on
        and paired.period_end_on = parts_in_force.period_end_on
)

select
    indicator_id,
    organisation_code,
    commissioner_code,
    source,
    variant,
    period_start_on,
    period_end_on,
    cast(date_diff('month', period_start_on, period_end_on) + 1 as integer) as months,
    sum(numerator) as numerator,
    sum(denominator) as denominator,
    case when count(sum_of_squares) = count(*) then sum(sum_of_squares) end as sum_of_squares
from together
group by indicator_id, organisation_code, commissioner_code, source, variant, period_start_on, period_end_on
order by indicator_id, organisation_code, commissioner_code, source, variant, period_start_on, period_end_on
