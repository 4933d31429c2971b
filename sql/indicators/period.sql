-- Every month, quarter and rolling year (12 months ending with a quarter) from the first measure to the last.
with span as (
    select
        date_trunc('quarter', min(period_start_on)) as first_on,
        max(period_end_on) as last_on
    from measures.all_feeds
),

months as (
    select cast(unnest(generate_series(first_on, last_on, interval 1 month)) as date) as start_on
    from span
),

quarters as (
    select start_on
    from months
    where month(start_on) in (1, 4, 7, 10)
),

periods as (
    select
        'month' as grain,
        strftime(start_on, '%Y-%m') as period_id,
        start_on,
        last_day(start_on) as end_on,
        1 as months
    from months
    union all
    select
        'quarter' as grain,
        year(start_on) || '-Q' || quarter(start_on) as period_id,
        start_on,
        last_day(start_on + interval 2 month) as end_on,
        3 as months
    from quarters
    union all
    select
        'rolling_year' as grain,
        year(start_on) || '-Q' || quarter(start_on) as period_id,
        cast(start_on - interval 9 month as date) as start_on,
        last_day(start_on + interval 2 month) as end_on,
        12 as months
    from quarters
)

select
    grain,
    period_id,
    start_on as period_start_on,
    end_on as period_end_on,
    months,
    date_diff('day', start_on, end_on) + 1 as days
from periods
order by grain, period_id
