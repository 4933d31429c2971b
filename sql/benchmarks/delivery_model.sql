-- Delivery models side by side within a sector: the pooled figure, the median organisation, the quartiles, how many.
-- What of it may be shown is for published to say.
select
    compared.indicator_id,
    compared.grain,
    compared.period_id,
    compared.variant,
    compared.sector,
    compared.delivery_model,
    count(*) as organisations,
    sum(compared.numerator) as numerator,
    sum(compared.denominator) as denominator,
    indicator_value(
        sum(compared.numerator), sum(compared.denominator), indicators.multiplier, any_value(compared.per_days)
    ) as value,
    quantile_cont(compared.value, 0.25) as lower_quartile,
    quantile_cont(compared.value, 0.5) as median,
    quantile_cont(compared.value, 0.75) as upper_quartile,
    sum(compared.months_reported) as months_reported,
    sum(compared.months_expected) as months_expected,
    bool_and(compared.source = 'official') as is_public
from benchmarks.compared as compared
inner join reference.indicators as indicators on compared.indicator_id = indicators.indicator_id
group by
    compared.indicator_id,
    compared.grain,
    compared.period_id,
    compared.variant,
    compared.sector,
    compared.delivery_model,
    indicators.multiplier
order by
    compared.indicator_id,
    compared.grain,
    compared.period_id,
    compared.variant,
    compared.sector,
    compared.delivery_model
