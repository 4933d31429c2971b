-- What each indicator counts in each month, quarter or wave: for the whole of an organisation (commissioner_code ALL), and
-- for each commissioner's part of it where the indicator is one of services or contracts.
with wanted as (
    select
        indicator_id,
        unnest(feeds) as feed,
        numerator as measure,
        true as is_numerator,
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
        false as is_numerator,
        true as has_denominator,
        item,
        part_of,
        variants
    from reference.indicators
    where denominator is not null
),

found as (
    select
        wanted.indicator_id,
        wanted.is_numerator,
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
            else saving.contract_code
        end as part_code
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

of_whole as (
    select
        indicator_id,
        organisation_code,
        'ALL' as commissioner_code,
        source,
        variant,
        period_start_on,
        period_end_on,
        sum(value) filter (where is_numerator) as numerator,
        sum(value) filter (where not is_numerator) as denominator,
        any_value(has_denominator) as has_denominator
    from found
    group by indicator_id, organisation_code, source, variant, period_start_on, period_end_on
),

of_parts as (
    select
        found.indicator_id,
        found.organisation_code,
        part.commissioner_code,
        found.source,
        found.variant,
        found.period_start_on,
        found.period_end_on,
        sum(found.value) filter (where found.is_numerator) as numerator,
        sum(found.value) filter (where not found.is_numerator) as denominator,
        any_value(found.has_denominator) as has_denominator
    from found
    inner join (
        -- Contracts that adjoin give the same service twice, never on the same day twice for one commissioner's figure.
        select distinct
            periods.period_start_on,
            part.organisation_code,
            part.part_of,
            part.code,
            part.commissioner_code
        from indicators.part as part
        inner join (select distinct period_start_on, period_end_on from found) as periods
            on part.starts_on <= periods.period_start_on
            and part.ends_on >= periods.period_end_on
    ) as part
        on found.organisation_code = part.organisation_code
        and found.part_of = part.part_of
        and found.part_code = part.code
        and found.period_start_on = part.period_start_on
    group by
        found.indicator_id,
        found.organisation_code,
        part.commissioner_code,
        found.source,
        found.variant,
        found.period_start_on,
        found.period_end_on
),

together as (
    select * from of_whole
    union all
    select * from of_parts
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
    numerator,
    denominator
from together
where numerator is not null and (denominator is not null or not has_denominator)
order by indicator_id, organisation_code, commissioner_code, source, variant, period_start_on, period_end_on
