-- For each indicator that adds up over time, at its finest grain: the numerators and denominators of all figures add up to
-- what is counted.
with finest as (
    select
        indicator_id,
        case when list_contains(grains, 'month') then 'month' else 'quarter' end as grain
    from reference.indicators
    where over_time = 'sum' and not is_whole_period_only
),

there as (
    select
        counted.indicator_id,
        counted.commissioner_code,
        sum(counted.numerator) as numerator,
        sum(counted.denominator) as denominator
    from indicators.counted as counted
    inner join finest on counted.indicator_id = finest.indicator_id
    group by counted.indicator_id, counted.commissioner_code
),

used as (
    select
        figures.indicator_id,
        figures.commissioner_code,
        sum(figures.numerator) as numerator,
        sum(figures.denominator) as denominator
    from indicators.organisation_indicator as figures
    inner join finest on figures.indicator_id = finest.indicator_id and figures.grain = finest.grain
    group by figures.indicator_id, figures.commissioner_code
)

select
    there.indicator_id,
    there.commissioner_code,
    there.numerator as counted,
    used.numerator as used
from there
left join used
    on there.indicator_id = used.indicator_id
    and there.commissioner_code = used.commissioner_code
where
    there.numerator is distinct from used.numerator
    or there.denominator is distinct from used.denominator
