-- What may be said of each figure that an audience may read of an organisation, in the publication's own period: of a
-- year's the verdict beside its peers, of a quarter's the last point of its chart over time and whether targets are met.
-- All of it is worked out of whole organisations, so that nothing is said to a commissioner who sees but a part of one.
with figures as (
    select
        figures.audience,
        figures.indicator_id,
        figures.grain,
        figures.period_id,
        figures.organisation_code,
        figures.variant,
        figures.source,
        audiences.kind as audience_kind,
        audiences.code as audience_code,
        figures.commissioner_code = 'ALL'
        or (
            figures.numerator is not distinct from whole.numerator
            and figures.denominator is not distinct from whole.denominator
        ) as is_whole,
        withheld.reason is not null as is_withheld,
        withheld.reason is not null or withheld_peers.reason is not null as is_unsaid
    from disclosure.named_figure as figures
    inner join reference.release as release on figures.period_id = release.period_id
    inner join published.audience as audiences on figures.audience = audiences.audience
    left join indicators.organisation_indicator as whole
        on figures.indicator_id = whole.indicator_id
        and figures.grain = whole.grain
        and figures.period_id = whole.period_id
        and figures.organisation_code = whole.organisation_code
        and figures.variant = whole.variant
        and figures.source = whole.source
        and whole.commissioner_code = 'ALL'
    left join disclosure.withheld as withheld
        on figures.audience = withheld.audience
        and withheld.kind = 'organisation'
        and figures.indicator_id = withheld.indicator_id
        and figures.grain = withheld.grain
        and figures.variant = withheld.variant
        and figures.organisation_code = withheld.organisation_code
    left join disclosure.withheld as withheld_peers
        on figures.audience = withheld_peers.audience
        and withheld_peers.kind = 'peers'
        and figures.indicator_id = withheld_peers.indicator_id
        and figures.grain = withheld_peers.grain
        and figures.variant = withheld_peers.variant
        and figures.organisation_code = withheld_peers.organisation_code
),

-- Both pairs of limits lie so many standard errors around one centre, so that the outer ones tell no more than the inner
-- ones, unless one of these is cut off at the least or the greatest value.
verdicts as (
    select
        verdicts.*,
        verdicts.lower_95 <= indicators.least_value or verdicts.upper_95 >= indicators.greatest_value as is_cut_off
    from benchmarks.verdict as verdicts
    inner join reference.indicators as indicators on verdicts.indicator_id = indicators.indicator_id
    where indicators.verdict <> 'none'
),

targets as (
    select
        figures.audience,
        figures.indicator_id,
        figures.grain,
        figures.organisation_code,
        figures.variant,
        string_agg(
            display(assurance.target, indicators.decimals)
            || ': '
            || case when assurance.assurance <> '' then assurance.assurance else assurance.why end,
            '; '
            order by assurance.target, assurance.contract_code
        ) as assurance
    from figures
    inner join benchmarks.assurance as assurance
        on figures.grain = 'quarter'
        and figures.indicator_id = assurance.indicator_id
        and figures.organisation_code = assurance.organisation_code
        and figures.variant = assurance.variant
        and figures.period_id = assurance.as_at_period
        and (figures.audience_kind = 'organisation' or figures.audience_code = assurance.commissioner_code)
    inner join reference.indicators as indicators on figures.indicator_id = indicators.indicator_id
    group by
        figures.audience,
        figures.indicator_id,
        figures.grain,
        figures.organisation_code,
        figures.variant
)

select
    figures.audience,
    figures.indicator_id,
    figures.grain,
    figures.period_id,
    figures.organisation_code,
    figures.variant,
    case
        when verdicts.verdict is null or verdicts.why_not_compared <> '' or not figures.is_whole then '[z]'
        when figures.is_unsaid then '[c]'
        else display(verdicts.lower_95, indicators.decimals)
    end as expected_lower,
    case
        when verdicts.verdict is null or verdicts.why_not_compared <> '' or not figures.is_whole then '[z]'
        when figures.is_unsaid then '[c]'
        else display(verdicts.upper_95, indicators.decimals)
    end as expected_upper,
    case
        when verdicts.verdict is null or verdicts.why_not_compared <> '' or not figures.is_whole then '[z]'
        when figures.is_unsaid or verdicts.is_cut_off then '[c]'
        else display(verdicts.lower_99_8, indicators.decimals)
    end as expected_lower_998,
    case
        when verdicts.verdict is null or verdicts.why_not_compared <> '' or not figures.is_whole then '[z]'
        when figures.is_unsaid or verdicts.is_cut_off then '[c]'
        else display(verdicts.upper_99_8, indicators.decimals)
    end as expected_upper_998,
    case
        when verdicts.verdict is null then '[z]'
        when figures.is_unsaid or not figures.is_whole then 'not compared'
        else verdicts.verdict
    end as verdict,
    case
        when verdicts.verdict is null then ''
        when verdicts.why_not_compared <> '' then verdicts.why_not_compared
        when not figures.is_whole then 'only your part of it is shown'
        when figures.is_unsaid then 'comparison withheld'
        when indicators.verdict <> 'absence' then ''
        when verdicts.is_adjusted_for_staff_mix then 'adjusted for staff mix'
        else 'not adjusted for staff mix'
    end as verdict_note,
    case
        when variation.variation is null or not figures.is_whole then '[z]'
        when figures.is_withheld or (figures.is_unsaid and indicators.chart = 'residual') then '[c]'
        else variation.variation
    end as variation,
    case
        when
            variation.variation is null
            or not figures.is_whole
            or figures.is_withheld
            or (figures.is_unsaid and indicators.chart = 'residual')
            then ''
        else
            concat_ws(
                '; ',
                case variation.special_cause
                    when 'above_limit' then 'above the upper limit'
                    when 'below_limit' then 'below the lower limit'
                    when 'rising' then 'seven points rising'
                    when 'falling' then 'seven points falling'
                    when 'two_of_three_above' then 'two of three points near the upper limit'
                    when 'two_of_three_below' then 'two of three points near the lower limit'
                    when 'run_above' then 'seven points above the mean'
                    when 'run_below' then 'seven points below the mean'
                end,
                case
                    when variation.rebased_on is not null
                        then 'limits since ' || strftime(variation.rebased_on, '%B %Y') || ' ('
                            || variation.rebased_because || ')'
                end
            )
    end as variation_note,
    case when not figures.is_whole or figures.is_unsaid then '[z]' else coalesce(targets.assurance, '[z]') end
        as assurance
from figures
inner join reference.indicators as indicators on figures.indicator_id = indicators.indicator_id
left join verdicts
    on figures.indicator_id = verdicts.indicator_id
    and figures.grain = verdicts.grain
    and figures.period_id = verdicts.period_id
    and figures.organisation_code = verdicts.organisation_code
    and figures.variant = verdicts.variant
    and figures.source = verdicts.source
left join benchmarks.variation as variation
    on figures.grain = 'quarter'
    and figures.indicator_id = variation.indicator_id
    and figures.organisation_code = variation.organisation_code
    and figures.variant = variation.variant
    and figures.period_id = variation.as_at_period
left join targets
    on figures.audience = targets.audience
    and figures.indicator_id = targets.indicator_id
    and figures.grain = targets.grain
    and figures.organisation_code = targets.organisation_code
    and figures.variant = targets.variant
order by figures.audience, figures.grain, figures.indicator_id, figures.organisation_code, figures.variant
