-- On exact decimals, half away from zero, as NHS England rounds.
select
    receipt,
    ods_code,
    published_rate_percent
from returns.nhs_sickness_absence
where
    fte_days_available > 0
    and published_rate_percent <> cast(
        round(cast(fte_days_lost as double) / cast(fte_days_available as double) * 100, 2) as decimal(28, 14)
    )
