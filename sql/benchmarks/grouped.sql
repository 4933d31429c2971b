-- The figures that are read side by side, each in every group that it belongs to: a delivery model in a scope. By area and
-- by ownership only what the claim rests on is grouped (is_in_claim), over a year: the more ways there are to cut the same
-- organisations, the more has to be withheld. Whoever had not spun out yet belongs to no band of ownership.
select
    scopes.kind,
    scopes.scope as sector,
    compared.indicator_id,
    compared.grain,
    compared.period_id,
    compared.variant,
    compared.delivery_model,
    compared.organisation_code,
    compared.source,
    compared.numerator,
    compared.denominator,
    compared.per_days,
    compared.value,
    compared.months_reported,
    compared.months_expected
from benchmarks.compared as compared
inner join benchmarks.scope as scopes on compared.organisation_code = scopes.organisation_code
inner join reference.indicators as indicators on compared.indicator_id = indicators.indicator_id
left join indicators.period as periods
    on compared.grain = periods.grain
    and compared.period_id = periods.period_id
where
    scopes.kind in ('sector', 'all_sectors')
    or (
        indicators.is_in_claim
        and compared.grain = 'rolling_year'
        and (scopes.kind <> 'ownership' or compared.delivery_model = 'mutual')
        and coalesce(scopes.valid_from <= periods.period_end_on, true)
        and coalesce(scopes.valid_to >= periods.period_end_on, true)
    )
order by
    scopes.kind,
    scopes.scope,
    compared.indicator_id,
    compared.grain,
    compared.period_id,
    compared.variant,
    compared.delivery_model,
    compared.organisation_code
