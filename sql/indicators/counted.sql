-- What each indicator counts in each month, quarter or wave: for the whole of an organisation (commissioner_code ALL), and
-- for each commissioner's part of it where the indicator is one of services or contracts. The sum of squares is there where
-- every row that is added up has it.
with wanted as (
    select
        indicator_id,
        unnest(feeds) as feed,
        numerator as measure,
        'numerator' as part,
        denominator is not null as has_denominator,
        item,
        part_of,
        variants
    from reference.indicators
    union all
    select
        indicator_id,
        unnest(feeds) as feed,
        denominator as measure,
        'denominator' as part,
        true as has_denominator,
        item,
        part_of,
        variants
    from reference.indicators
    where denominator is not null
    union all
    select
        indicator_id,
        unnest(feeds) as feed,
        sum_of_squares as measure,
        'sum_of_squares' as part,
        denominator is not null as has_denominator,
        item,
        part_of,
        variants
    from reference.indicators
    where sum_of_squares is not null
),

found as (
    select
        wanted.indicator_id,
        wanted.part,
        wanted.has_denominator,
        wanted.part_of,
        measures.organisation_code,
        measures.source,
        measures.variant,
        measures.period_start_on,
        measures.period_end_on,
        measures.value,
        case
            when wanted.part_of = 'service' then measures.service_code
            when starts_with(measures.item, 'contract:') then substr(measures.item, 10)
            else coalesce(saving.contract_code, '')
        end as part_code,
        -- What belongs together: one row of a return, or all there is of one contract.
        case when wanted.part_of = 'contract' then '' else measures.service_code || ' ' || measures.item end as row_code
    from measures.all_feeds as measures
    inner join wanted
        on measures.feed = wanted.feed
        and measures.measure = wanted.measure
    left join measures.saving as saving
        on wanted.part_of = 'contract'
        and measures.organisation_code = saving.organisation_code
        and measures.item = saving.saving_id
        and measures.period_start_on = saving.period_start_on
    where
        measures.item = coalesce(wanted.item, measures.item)
        and (len(wanted.variants) = 0 or list_contains(wanted.variants, measures.variant))
        and measures.staff_group = 'ALL'
        and case wanted.part_of
            when 'organisation' then measures.service_code = 'ALL'
            when 'service' then measures.service_code <> 'ALL'
            else true
        end
),

paired as (
    -- A numerator counts with its denominator or not at all.
    select
        indicator_id,
        part_of,
        part_code,
        organisation_code,
        source,
        variant,
        period_start_on,
        period_end_on,
        sum(value) filter (where part = 'numerator') as numerator,
        sum(value) filter (where part = 'denominator') as denominator,
        sum(value) filter (where part = 'sum_of_squares') as sum_of_squares
    from found
    group by
        indicator_id,
        part_of,
        part_code,
        row_code,
        organisation_code,
        source,
        variant,
        period_start_on,
        period_end_on
    having numerator is not null and (denominator is not null or not any_value(has_denominator))
),

periods as (
    select distinct period_start_on, period_end_on
    from paired
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
    from paired
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
    from paired
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
