-- For each indicator that adds up over time, at its finest grain: the numerators and denominators of all organisations
-- add up to the measures that the indicator is made of, of whole organisations.
with finest as (
    select
        indicator_id,
        numerator,
        denominator,
        feeds,
        item,
        part_of,
        variants,
        case when list_contains(grains, 'month') then 'month' else 'quarter' end as grain
    from reference.indicators
    where over_time = 'sum' and not is_whole_period_only
),

measured as (
    select
        finest.indicator_id,
        measures.measure,
        sum(measures.value) as total
    from measures.all_feeds as measures
    inner join finest
        on list_contains(finest.feeds, measures.feed)
        and measures.measure in (finest.numerator, finest.denominator)
    where
        measures.staff_group = 'ALL'
        and (finest.item is null or measures.item = finest.item)
        and (len(finest.variants) = 0 or list_contains(finest.variants, measures.variant))
        and (finest.part_of = 'contract' or (finest.part_of = 'organisation') = (measures.service_code = 'ALL'))
    group by finest.indicator_id, measures.measure
),

used as (
    select
        figures.indicator_id,
        sum(figures.numerator) as numerator,
        sum(figures.denominator) as denominator
    from indicators.organisation_indicator as figures
    inner join finest on figures.indicator_id = finest.indicator_id and figures.grain = finest.grain
    where figures.commissioner_code = 'ALL'
    group by figures.indicator_id
)

select
    measured.indicator_id,
    measured.measure,
    measured.total as measured,
    case when measured.measure = finest.numerator then used.numerator else used.denominator end as used
from measured
inner join finest on measured.indicator_id = finest.indicator_id
left join used on measured.indicator_id = used.indicator_id
where
    measured.total <> coalesce(
        case when measured.measure = finest.numerator then used.numerator else used.denominator end, 0
    )
