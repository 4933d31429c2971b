-- The total of each column on the receipts that are live is the total of that measure, receipt by receipt.
with measured as (
    select receipt, measure, sum(value) as total
    from measures.all_feeds
    where service_code = 'ALL' and staff_group = 'ALL'
    group by receipt, measure
)

select
    totals.receipt,
    totals.measure,
    totals.total as on_receipt,
    measured.total as in_measures
from reference.receipt_totals as totals
left join measured on totals.receipt = measured.receipt and totals.measure = measured.measure
where totals.total <> coalesce(measured.total, 0)
