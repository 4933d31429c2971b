-- What goes with spinning out, and with ten more points of staff ownership, across organisations, as it is printed: on the
-- public page. With too few organisations nothing is said, and nothing is shown.
with effects as (
    select
        'spin_out' as kind,
        period_id,
        indicator_id,
        variant,
        organisations,
        effect,
        lower_95,
        upper_95,
        verdict as word,
        is_good,
        trends
    from benchmarks.spin_out_effect
    union all
    select
        'ownership' as kind,
        period_id,
        indicator_id,
        variant,
        organisations,
        slope as effect,
        lower_95,
        upper_95,
        case verdict
            when 'falls with ownership' then 'fell'
            when 'rises with ownership' then 'rose'
            when 'no clear slope' then 'no clear change'
            else verdict
        end as word,
        is_good,
        '[z]' as trends
    from benchmarks.ownership_slope
)

select
    'public' as audience,
    effects.kind,
    effects.period_id,
    indicators.feeds[1] as topic,
    effects.indicator_id,
    indicators.name as indicator_name,
    indicators.unit,
    effects.variant as basis,
    coalesce(instruments.name, replace(effects.variant, '_', ' ')) as basis_name,
    cast(effects.organisations as integer) as organisations,
    case when effects.word = 'too few to say' then '[c]' else display(effects.effect, indicators.decimals) end as effect,
    case when effects.word = 'too few to say' then '[c]' else display(effects.lower_95, indicators.decimals) end
        as lower_95,
    case when effects.word = 'too few to say' then '[c]' else display(effects.upper_95, indicators.decimals) end
        as upper_95,
    effects.word,
    case effects.is_good when true then 'improved' when false then 'worsened' else '' end as judged,
    effects.trends
from effects
inner join reference.release as release on effects.period_id = release.period_id
inner join reference.indicators as indicators on effects.indicator_id = indicators.indicator_id
left join register.instruments as instruments on effects.variant = instruments.instrument_id
where effects.organisations > 0 and coalesce(instruments.compares_organisations, true)
order by topic, indicators.place, effects.indicator_id, effects.kind desc, basis
