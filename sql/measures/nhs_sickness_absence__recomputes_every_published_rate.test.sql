-- Within half a unit of the last published digit, as the definition has it: a tie may have been rounded either way.
select
    receipt,
    ods_code,
    published_rate_percent
from returns.nhs_sickness_absence
where
    fte_days_available > 0
    and abs(
        cast(fte_days_lost as double) / cast(fte_days_available as double) * 100
        - cast(published_rate_percent as double)
    ) > 0.005 + 1e-9
