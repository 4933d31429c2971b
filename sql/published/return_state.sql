-- What has come of each return that is owed for a quarter, for whoever may see the organisation by name, but the public.
with owed as (
    select distinct
        named.audience,
        named.period_id,
        named.organisation_code,
        obligations.feed
    from published.named as named
    inner join reference.release as release on named.period_id = release.period_id
    inner join register.obligations as obligations
        on named.organisation_code = obligations.organisation_code
        and obligations.every = 'quarter'
        and obligations.first_period <= named.period_id
        and coalesce(obligations.last_period, named.period_id) >= named.period_id
    where named.grain = 'quarter' and named.audience <> 'public'
),

waiting as (
    select
        organisation_code,
        feed,
        period,
        arg_max(decision, struct_pack(received_at := received_at, receipt := receipt)) = 'held' as is_held
    from reference.receipts
    where decision <> 'accepted'
    group by organisation_code, feed, period
)

select
    owed.audience,
    owed.period_id,
    owed.organisation_code,
    organisations.name as organisation_name,
    owed.feed,
    feeds.title as feed_title,
    case
        when live_returns.is_nil then 'nothing to report'
        when live_returns.receipt is not null then 'received'
        when coalesce(exceptions.is_exempt, false) then 'exempt'
        when waiting.is_held then 'held until confirmed'
        when waiting.feed is not null then 'sent, not accepted'
        else 'not received'
    end as state
from owed
inner join register.organisations as organisations on owed.organisation_code = organisations.organisation_code
inner join reference.feeds as feeds on owed.feed = feeds.feed
left join reference.live_returns as live_returns
    on owed.organisation_code = live_returns.organisation_code
    and owed.feed = live_returns.feed
    and owed.period_id = live_returns.period
left join register.obligation_exceptions as exceptions
    on owed.organisation_code = exceptions.organisation_code
    and owed.feed = exceptions.feed
    and owed.period_id = exceptions.period
left join waiting
    on owed.organisation_code = waiting.organisation_code
    and owed.feed = waiting.feed
    and owed.period_id = waiting.period
order by owed.audience, owed.period_id, organisations.name, owed.organisation_code, feeds.place, owed.feed
