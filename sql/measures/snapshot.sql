-- Every snapshot of savings that counts, and whether a quarter can be worked out from it: amounts are cumulative since
-- 1 April, so the first quarter of a financial year needs no snapshot before it, and every other one does.
select
    live_returns.organisation_code,
    live_returns.period as as_at_quarter,
    case when month(live_returns.period_start_on) <> 4 then live_returns.period_before end as quarter_before,
    live_returns.period_start_on,
    live_returns.period_end_on,
    financial_year(live_returns.period_start_on) as financial_year,
    month(live_returns.period_start_on) = 4 or sent.receipt is not null as has_quarter,
    live_returns.receipt
from reference.live_returns as live_returns
left join reference.live_returns as sent
    on live_returns.organisation_code = sent.organisation_code
    and sent.feed = 'savings'
    and live_returns.period_before = sent.period
where live_returns.feed = 'savings'
order by live_returns.organisation_code, live_returns.period
