-- The total of each column on the receipts that are live is the total of that measure, receipt by receipt.
with measured as (
    select receipt, measure, sum(value) as total
    from measures.all_feeds
    group by receipt, measure
),

on_receipts as (
    select receipt, measure, sum(total) as total
    from reference.receipt_totals
    group by receipt, measure
)

select
    on_receipts.receipt,
    on_receipts.measure,
    on_receipts.total as on_receipt,
    measured.total as in_measures
from on_receipts
left join measured on on_receipts.receipt = measured.receipt and on_receipts.measure = measured.measure
where on_receipts.total <> coalesce(measured.total, 0)
