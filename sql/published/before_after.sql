-- A mutual before and after it spun out, beside others in the same months, as it is printed: for itself alone.
select
    named.audience,
    spin_outs.period_id,
    indicators.feeds[1] as topic,
    spin_outs.indicator_id,
    indicators.name as indicator_name,
    indicators.unit,
    spin_outs.organisation_code,
    organisations.name as organisation_name,
    spin_outs.variant as basis,
    coalesce(instruments.name, replace(spin_outs.variant, '_', ' ')) as basis_name,
    spin_outs.spun_out_on,
    coalesce(display(spin_outs.before_value, indicators.decimals), '[x]') as before_value,
    coalesce(display(spin_outs.after_value, indicators.decimals), '[x]') as after_value,
    cast(spin_outs.parts_matched as integer) as parts_matched,
    coalesce(display(spin_outs.difference, indicators.decimals), '[x]') as difference,
    coalesce(display(spin_outs.lower_95, indicators.decimals), '[x]') as lower_95,
    coalesce(display(spin_outs.upper_95, indicators.decimals), '[x]') as upper_95,
    cast(spin_outs.comparators as integer) as comparators,
    coalesce(display(spin_outs.comparator_difference, indicators.decimals), '[x]') as comparator_difference,
    coalesce(display(spin_outs.effect, indicators.decimals), '[x]') as effect,
    spin_outs.before_source as source,
    spin_outs.why_not as note
from benchmarks.spin_out as spin_outs
inner join reference.release as release on spin_outs.period_id = release.period_id
inner join published.named as named
    on spin_outs.organisation_code = named.organisation_code
    and spin_outs.period_id = named.period_id
    and named.grain = 'quarter'
    and named.because = 'self'
inner join reference.indicators as indicators on spin_outs.indicator_id = indicators.indicator_id
inner join register.organisations as organisations on spin_outs.organisation_code = organisations.organisation_code
left join register.instruments as instruments on spin_outs.variant = instruments.instrument_id
order by named.audience, topic, indicators.place, spin_outs.indicator_id, basis
