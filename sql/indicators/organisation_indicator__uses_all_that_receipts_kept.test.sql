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
        indicators.numerator as numerator_measure,
        indicators.denominator as denominator_measure,
        sum(figures.numerator) as numerator,
        sum(figures.denominator) as denominator
    from indicators.organisation_indicator as figures
    inner join reference.indicators as indicators on figures.indicator_id = indicators.indicator_id
    where figures.grain = 'month'
    group by figures.indicator_id, figures.source, indicators.numerator, indicators.denominator
)

select
    used.indicator_id,
    on_receipts.source,
    on_receipts.measure,
    on_receipts.total as on_receipts,
    case when on_receipts.measure = used.numerator_measure then used.numerator else used.denominator end as used
from on_receipts
inner join used
    on on_receipts.source = used.source
    and on_receipts.measure in (used.numerator_measure, used.denominator_measure)
where
    on_receipts.total
    <> case when on_receipts.measure = used.numerator_measure then used.numerator else used.denominator end
