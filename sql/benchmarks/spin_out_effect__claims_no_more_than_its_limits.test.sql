with measured as (
    select
        indicator_id,
        variant,
        period_id,
        count(*) as rows_there,
        count(effect) as organisations
    from benchmarks.spin_out
    group by indicator_id, variant, period_id
)

select
    effects.indicator_id,
    effects.variant,
    effects.period_id,
    effects.verdict,
    effects.trends
from benchmarks.spin_out_effect as effects
left join measured
    on effects.indicator_id = measured.indicator_id
    and effects.variant = measured.variant
    and effects.period_id = measured.period_id
where
    measured.organisations is distinct from effects.organisations
    or measured.rows_there is distinct from effects.organisations_spun_out
    or effects.verdict is distinct from case
        when effects.lower_95 is null or effects.upper_95 is null then 'too few to say'
        when effects.upper_95 < 0 then 'fell'
        when effects.lower_95 > 0 then 'rose'
        else 'no clear change'
    end
    or (effects.is_good is null) <> (effects.verdict not in ('fell', 'rose'))
    or effects.trends is distinct from case
        when effects.trend_lower_95 is null or effects.trend_upper_95 is null then 'too few to say'
        when 0 between effects.trend_lower_95 and effects.trend_upper_95 then 'ran together'
        else 'did not run together'
    end
    or not coalesce(isfinite(effects.lower_95) and isfinite(effects.upper_95), true)
