-- What an audience may read of delivery models side by side, as it is printed, in the sectors that concern it.
with concerned as (
    select distinct
        named.audience,
        named.grain,
        named.period_id,
        organisations.sector
    from published.named as named
    inner join register.organisations as organisations on named.organisation_code = organisations.organisation_code
    -- A mutual reads of its peers beside its own figures; the sector side by side is on the public page.
    where named.because <> 'self'
    union
    select distinct
        'public' as audience,
        periods.grain,
        periods.period_id,
        organisations.sector
    from register.organisations as organisations
    cross join indicators.period as periods
    where organisations.delivery_model = 'mutual' and periods.grain in ('quarter', 'rolling_year')
    union
    select
        'public' as audience,
        grain,
        period_id,
        'sectors_of_mutuals' as sector
    from indicators.period
    where grain in ('quarter', 'rolling_year')
),

judged as (
    select
        concerned.audience,
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
        coalesce(known_peers.known, known_to_all.known, 0) as known_here,
        models.is_public or known_here = models.organisations as is_nobody_hidden,
        case
            when is_nobody_hidden then ''
            when models.organisations < limits.peers_for_median then 'too few organisations'
            when known_here > limits.share_known * models.organisations then 'most of them are known to this reader'
            else ''
        end as why_withheld,
        models.organisations < limits.peers_for_median as is_few_for_median,
        models.organisations < limits.peers_for_quartiles as is_few_for_quartiles
    from concerned
    inner join benchmarks.delivery_model as models
        on concerned.grain = models.grain
        and concerned.period_id = models.period_id
        and concerned.sector = models.sector
    inner join reference.indicators as indicators on models.indicator_id = indicators.indicator_id
    inner join indicators.period as periods
        on models.grain = periods.grain
        and models.period_id = periods.period_id
    left join published.known_peers as known_peers
        on concerned.audience = known_peers.audience
        and models.indicator_id = known_peers.indicator_id
        and models.grain = known_peers.grain
        and models.period_id = known_peers.period_id
        and models.variant = known_peers.variant
        and models.delivery_model = known_peers.delivery_model
        and models.sector = known_peers.sector
    left join published.known_peers as known_to_all
        on known_to_all.audience = 'public'
        and models.indicator_id = known_to_all.indicator_id
        and models.grain = known_to_all.grain
        and models.period_id = known_to_all.period_id
        and models.variant = known_to_all.variant
        and models.delivery_model = known_to_all.delivery_model
        and models.sector = known_to_all.sector
    left join register.instruments as instruments on models.variant = instruments.instrument_id
    cross join published.limits as limits
)

select
    judged.audience,
    judged.grain,
    judged.period_id,
    judged.period_start_on,
    judged.period_end_on,
    judged.topic,
    judged.indicator_id,
    judged.indicator_name,
    judged.unit,
    judged.sector,
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
        when judged.why_withheld <> '' then '[c]'
        when judged.is_few_for_median then '[z]'
        else display(judged.median, judged.decimals)
    end as median,
    case
        when judged.why_withheld <> '' then '[c]'
        when judged.is_few_for_quartiles and judged.is_nobody_hidden then '[z]'
        when judged.is_few_for_quartiles then '[c]'
        else display(judged.lower_quartile, judged.decimals)
    end as lower_quartile,
    case
        when judged.why_withheld <> '' then '[c]'
        when judged.is_few_for_quartiles and judged.is_nobody_hidden then '[z]'
        when judged.is_few_for_quartiles then '[c]'
        else display(judged.upper_quartile, judged.decimals)
    end as upper_quartile,
    judged.why_withheld as note,
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
order by
    judged.audience,
    judged.grain,
    judged.period_id,
    judged.indicator_id,
    judged.sector,
    basis,
    judged.delivery_model
