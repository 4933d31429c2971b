-- Charts over time as they are printed, a row a point: of a mutual for itself, and of whom else an audience sees by name the
-- points that may be shown (disclosure.judged_point). Limits are worked out from all points of a part, and stand where all
-- of them are shown. Where an indicator has seasons, what is charted is how far the value lies from what its peers' would
-- lead one to expect (residual); that tells of the peers' months, so that it stands only where theirs are all public.
-- Otherwise the value is charted, without limits, and of the special causes only what is said of the last point anyway.
with charts as (
    select
        series.*,
        -- Of those that have a value on the chart, which one from the last: that is where a run is.
        case
            when series.value is not null
                then
                    count(series.value) over (
                        partition by series.series, series.part
                        order by series.place desc
                        rows unbounded preceding
                    )
        end as place_from_last
    from benchmarks.series as series
    inner join reference.release as release on series.as_at_period = release.period_id
),

shown as (
    select
        judged.audience,
        charts.series,
        charts.place
    from disclosure.judged_point as judged
    inner join charts
        on judged.indicator_id = charts.indicator_id
        and judged.variant = charts.variant
        and judged.organisation_code = charts.organisation_code
        and judged.source = charts.source
        and judged.period_id = charts.period_id
    where judged.reason = ''
    union all
    select
        named.audience,
        charts.series,
        charts.place
    from charts
    inner join published.named as named
        on named.because = 'self'
        and named.grain = 'quarter'
        and charts.as_at_period = named.period_id
        and charts.organisation_code = named.organisation_code
),

-- Peers whose figure of a month is their own return: of a delivery model in a sector, and in all.
not_public as (
    select
        compared.indicator_id,
        compared.grain,
        compared.period_id,
        compared.variant,
        compared.delivery_model,
        coalesce(compared.sector, 'ALL') as scope_sector,
        count(*) as organisations
    from benchmarks.compared as compared
    where compared.source <> 'official'
    group by
        grouping sets (
            (
                compared.indicator_id,
                compared.grain,
                compared.period_id,
                compared.variant,
                compared.delivery_model,
                compared.sector
            ),
            (
                compared.indicator_id,
                compared.grain,
                compared.period_id,
                compared.variant,
                compared.delivery_model
            )
        )
),

among_peers as (
    select
        charts.series,
        bool_and(
            coalesce(not_public.organisations, 0) - cast(compared.source <> 'official' as integer) = 0
        ) as is_public
    from charts
    inner join benchmarks.compared as compared
        on compared.grain in ('month', 'quarter')
        and charts.indicator_id = compared.indicator_id
        and charts.period_id = compared.period_id
        and charts.variant = compared.variant
        and charts.organisation_code = compared.organisation_code
    left join not_public
        on compared.indicator_id = not_public.indicator_id
        and compared.grain = not_public.grain
        and compared.period_id = not_public.period_id
        and compared.variant = not_public.variant
        and compared.delivery_model = not_public.delivery_model
        and case charts.scope when 'sector' then compared.sector else 'ALL' end = not_public.scope_sector
    where charts.scope <> ''
    group by charts.series
),

counted as (
    select
        shown.audience,
        charts.*,
        coalesce(among_peers.is_public, false) as is_residual,
        charts.scope <> '' and not coalesce(among_peers.is_public, false) as is_of_secret_peers,
        count(*) over (partition by shown.audience, charts.series, charts.part) as points_shown,
        bool_and(charts.source = 'official') over (partition by shown.audience, charts.series) as is_official
    from shown
    inner join charts on shown.series = charts.series and shown.place = charts.place
    left join among_peers on charts.series = among_peers.series
),

parts as (
    select series, part, count(*) as points
    from charts
    group by series, part
),

judged as (
    select
        counted.*,
        counted.points_shown = parts.points as is_whole_part,
        xmr.centre,
        xmr.lower_process_limit,
        xmr.upper_process_limit,
        xmr.special_cause,
        -- What published.said says of the last point: a run is seven points, anything else the last alone.
        case
            when
                said.variation not in ('[c]', '[z]')
                and variation.why = ''
                and counted.part = variation.part
                and counted.place_from_last
                <= case when variation.special_cause in ('rising', 'falling', 'run_above', 'run_below') then 7 else 1 end
                then variation.special_cause
        end as cause_said,
        case
            when counted.is_of_secret_peers then 'what is expected of peers by month is not shown'
            when counted.points_shown < parts.points then 'not all of its points are shown'
            when xmr.centre is null and counted.value is null then 'too few peers'
            when xmr.centre is null then 'too few points'
            else ''
        end as why_no_limits
    from counted
    inner join parts on counted.series = parts.series and counted.part = parts.part
    inner join benchmarks.xmr as xmr on counted.series = xmr.series and counted.place = xmr.place
    left join benchmarks.variation as variation on counted.series = variation.series
    left join published.said as said
        on counted.audience = said.audience
        and said.grain = 'quarter'
        and counted.indicator_id = said.indicator_id
        and counted.organisation_code = said.organisation_code
        and counted.variant = said.variant
)

select
    judged.audience,
    judged.as_at_period as period_id,
    indicators.feeds[1] as topic,
    judged.indicator_id,
    indicators.name as indicator_name,
    indicators.unit,
    judged.organisation_code,
    organisations.name as organisation_name,
    organisations.delivery_model,
    organisations.sector,
    judged.variant as basis,
    coalesce(instruments.name, replace(judged.variant, '_', ' ')) as basis_name,
    judged.period_id as point,
    judged.period_start_on as point_start_on,
    judged.period_end_on as point_end_on,
    display(judged.shown_value, indicators.decimals) as value,
    case when judged.is_residual then 'residual' else 'value' end as charted,
    case
        when judged.is_residual then coalesce(display(judged.value, indicators.decimals), '[x]')
        else display(judged.shown_value, indicators.decimals)
    end as charted_value,
    case
        when judged.why_no_limits = '' then display(judged.centre, indicators.decimals)
        when judged.is_of_secret_peers or not judged.is_whole_part then '[c]'
        else '[z]'
    end as centre,
    case
        when judged.why_no_limits = '' then display(judged.lower_process_limit, indicators.decimals)
        when judged.is_of_secret_peers or not judged.is_whole_part then '[c]'
        else '[z]'
    end as lower_process_limit,
    case
        when judged.why_no_limits = '' then display(judged.upper_process_limit, indicators.decimals)
        when judged.is_of_secret_peers or not judged.is_whole_part then '[c]'
        else '[z]'
    end as upper_process_limit,
    case
        when judged.why_no_limits = '' then coalesce(judged.special_cause, '[z]')
        when judged.is_of_secret_peers or not judged.is_whole_part then coalesce(judged.cause_said, '[c]')
        else '[z]'
    end as special_cause,
    judged.why_no_limits as limits_note,
    case
        when not judged.is_residual then '[z]'
        when judged.scope = 'sector' then 'same delivery model and sector'
        when judged.scope = 'all_sectors' then 'same delivery model, all sectors'
        else '[z]'
    end as peer_group,
    cast(judged.part as integer) as part,
    coalesce(cast(judged.rebased_on as varchar), '[z]') as rebased_on,
    judged.rebased_because,
    judged.source,
    judged.is_official as is_public
from judged
inner join reference.indicators as indicators on judged.indicator_id = indicators.indicator_id
inner join register.organisations as organisations on judged.organisation_code = organisations.organisation_code
left join register.instruments as instruments on judged.variant = instruments.instrument_id
order by judged.audience, topic, indicators.place, judged.indicator_id, judged.organisation_code, basis, judged.place
