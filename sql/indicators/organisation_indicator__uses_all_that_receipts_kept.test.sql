-- For each indicator by month: the numerators and denominators of all organisations add up to what live receipts kept.
with on_receipts as (
    select
        feeds.source,
        totals.measure,
        sum(totals.total) as total
    from reference.receipt_totals as totals
    inner join reference.receipts as receipts on totals.receipt = receipts.receipt
    inner join reference.feeds as feeds on receipts.feed = feeds.feed
    where receipts.is_live
    group by feeds.source, totals.measure
),

used as (
    select
        figures.indicator_id,
        figures.source,
        sum(figures.numerator) as numerator,
        sum(figures.denominator) as denominator
    from indicators.organisation_indicator as figures
    where figures.grain = 'month'
    group by figures.indicator_id, figures.source
)

select
    indicators.indicator_id,
    on_receipts.source,
    on_receipts.measure,
    on_receipts.total as on_receipts,
    case when on_receipts.measure = indicators.numerator then used.numerator else used.denominator end as used
from on_receipts
inner join reference.indicators as indicators
    on on_receipts.measure in (indicators.numerator, indicators.denominator)
    and list_contains(indicators.grains, 'month')
left join used on indicators.indicator_id = used.indicator_id and on_receipts.source = used.source
where
    on_receipts.total <> coalesce(
        case when on_receipts.measure = indicators.numerator then used.numerator else used.denominator end, 0
    )
