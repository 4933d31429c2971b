-- The word is that of where the value lies, and the limits lie around the benchmark in their order, within what can be.
select
    verdicts.indicator_id,
    verdicts.period_id,
    verdicts.organisation_code,
    verdicts.variant,
    verdicts.value,
    verdicts.verdict
from benchmarks.verdict as verdicts
inner join reference.indicators as indicators on verdicts.indicator_id = indicators.indicator_id
where
    verdicts.why_not_compared = ''
    and (
        verdicts.verdict <> case
            when verdicts.value between verdicts.lower_95 and verdicts.upper_95 then 'similar'
            when verdicts.value between verdicts.lower_99_8 and verdicts.upper_99_8 then ''
            else 'much '
        end || case
            when verdicts.value between verdicts.lower_95 and verdicts.upper_95 then ''
            when indicators.polarity = 'none' and verdicts.value > verdicts.upper_95 then 'higher'
            when indicators.polarity = 'none' then 'lower'
            when indicators.polarity = 'higher_is_better' and verdicts.value > verdicts.upper_95 then 'better'
            when indicators.polarity = 'lower_is_better' and verdicts.value < verdicts.lower_95 then 'better'
            else 'worse'
        end
        or not (
            verdicts.lower_99_8 <= verdicts.lower_95
            and verdicts.lower_95 <= verdicts.benchmark + 1e-9
            and verdicts.benchmark <= verdicts.upper_95 + 1e-9
            and verdicts.upper_95 <= verdicts.upper_99_8
        )
        or verdicts.lower_99_8 < indicators.least_value
        or verdicts.upper_99_8 > indicators.greatest_value
    )
