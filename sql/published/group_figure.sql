-- What an audience may read of delivery models side by side, as it is printed: in the sectors that concern it, and by
-- combined authority and by how much of mutuals their staff own (kind; see benchmarks.scope for the column sector). A
-- combined authority has on its own page what all may read of its area.
with known as (
    -- Of the public page any reader counts that can tell most members of a group, but not all; of others their own.
    select
        figures.audience,
        figures.indicator_id,
        figures.grain,
        figures.variant,
        figures.delivery_model,
        figures.sector,
        bool_or(known.reader = figures.audience and known.known = figures.organisations) as is_nobody_hidden,
        bool_or(
            known.known > limits.share_known * figures.organisations and known.known < figures.organisations
        ) as is_too_well_known
    from disclosure.group_figure as figures
    inner join disclosure.known_of_group as known
        on (figures.audience = known.reader or figures.audience = 'public')
        and figures.indicator_id = known.indicator_id
        and figures.grain = known.grain
        and figures.variant = known.variant
        and figures.delivery_model = known.delivery_model
        and figures.sector = known.sector
    cross join published.limits as limits
    group by
        figures.audience,
        figures.indicator_id,
        figures.grain,
        figures.variant,
        figures.delivery_model,
        figures.sector
),

judged as (
    select
        models.*,
        indicators.name as indicator_name,
        indicators.feeds[1] as topic,
        instruments.name as instrument_name,
        indicators.unit,
        indicators.decimals,
        indicators.multiplier,
        periods.period_start_on,
        periods.period_end_on,
        case when indicators.is_per_day_of_period then periods.days end as per_days,
        models.is_public or coalesce(known.is_nobody_hidden, false) as is_nobody_hidden,
        coalesce(withheld.reason, '') as why_withheld,
        not is_nobody_hidden and coalesce(known.is_too_well_known, false) as is_too_well_known,
        models.organisations < limits.peers_for_median as is_few_for_median,
        models.organisations < limits.peers_for_quartiles as is_few_for_quartiles
    from disclosure.group_figure as models
    inner join reference.indicators as indicators on models.indicator_id = indicators.indicator_id
    inner join indicators.period as periods
        on models.grain = periods.grain
        and models.period_id = periods.period_id
    left join known
        on models.audience = known.audience
        and models.indicator_id = known.indicator_id
        and models.grain = known.grain
        and models.variant = known.variant
        and models.delivery_model = known.delivery_model
        and models.sector = known.sector
    left join disclosure.withheld as withheld
        on models.audience = withheld.audience
        and withheld.kind = 'group'
        and models.indicator_id = withheld.indicator_id
        and models.grain = withheld.grain
        and models.variant = withheld.variant
        and models.delivery_model = withheld.delivery_model
        and models.sector = withheld.sector
    left join register.instruments as instruments on models.variant = instruments.instrument_id
    cross join published.limits as limits
),

shown as (
    select
        judged.audience,
        judged.kind,
        judged.grain,
        judged.period_id,
        judged.period_start_on,
        judged.period_end_on,
        judged.topic,
        judged.indicator_id,
        judged.indicator_name,
        judged.unit,
        judged.sector as scope,
        judged.variant as basis,
        coalesce(judged.instrument_name, replace(judged.variant, '_', ' ')) as basis_name,
        judged.delivery_model,
        cast(judged.organisations as integer) as organisations,
        cast(judged.organisations_registered as integer) as organisations_registered,
        cast(judged.months_reported as integer) as months_reported,
        cast(judged.months_expected as integer) as months_expected,
        case when judged.why_withheld = '' then display(judged.numerator, 2) else '[c]' end as numerator,
        case
            when judged.denominator is null then '[z]'
            when judged.why_withheld = '' then display(judged.denominator, 2)
            else '[c]'
        end as denominator,
        case when judged.why_withheld = '' then display(judged.value, judged.decimals) else '[c]' end as value,
        case
            when judged.delivery_model <> 'mutual' or unclassified.variant is null then '[z]'
            when judged.why_withheld <> '' or unclassified.why_withheld <> '' then '[c]'
            else
                display(
                    indicator_value(
                        judged.numerator + unclassified.numerator,
                        judged.denominator + unclassified.denominator,
                        judged.multiplier,
                        judged.per_days
                    ),
                    judged.decimals
                )
        end as value_with_unclassified,
        case
            when judged.why_withheld <> '' or judged.is_too_well_known then '[c]'
            when judged.is_few_for_median then '[z]'
            else display(judged.median, judged.decimals)
        end as median,
        case
            when judged.why_withheld <> '' or judged.is_too_well_known then '[c]'
            when judged.is_few_for_quartiles and judged.is_nobody_hidden then '[z]'
            when judged.is_few_for_quartiles then '[c]'
            else display(judged.lower_quartile, judged.decimals)
        end as lower_quartile,
        case
            when judged.why_withheld <> '' or judged.is_too_well_known then '[c]'
            when judged.is_few_for_quartiles and judged.is_nobody_hidden then '[z]'
            when judged.is_few_for_quartiles then '[c]'
            else display(judged.upper_quartile, judged.decimals)
        end as upper_quartile,
        case
            when judged.why_withheld <> '' then judged.why_withheld
            when judged.is_too_well_known then 'most of them are known to a reader'
            else ''
        end as note,
        judged.is_public
        and (judged.delivery_model <> 'mutual' or coalesce(unclassified.is_public, true)) as is_public
    from judged
    left join judged as unclassified
        on judged.audience = unclassified.audience
        and judged.indicator_id = unclassified.indicator_id
        and judged.grain = unclassified.grain
        and judged.period_id = unclassified.period_id
        and judged.variant = unclassified.variant
        and judged.sector = unclassified.sector
        and unclassified.delivery_model = 'unclassified'
),

scope_names as (
    select distinct scope, name
    from benchmarks.scope
),

read_by as (
    select audience, scope, audience as reader
    from shown
    union
    select
        shown.audience,
        shown.scope,
        'commissioner-' || commissioners.commissioner_code as reader
    from shown
    inner join register.commissioners as commissioners
        on shown.scope = 'area:' || commissioners.area_code
        and commissioners.type = 'combined_authority'
    where shown.kind = 'area'
)

select
    read_by.reader as audience,
    shown.* exclude (audience),
    scope_names.name as scope_name
from shown
inner join read_by
    on shown.audience = read_by.audience
    and shown.scope = read_by.scope
inner join scope_names on shown.scope = scope_names.scope
order by
    read_by.reader,
    shown.grain,
    shown.period_id,
    shown.indicator_id,
    shown.scope,
    shown.basis,
    shown.delivery_model
