-- Each whole organisation's figure of a year beside what its peers make likely: the benchmark, itself left out, and the limits
-- between which one more organisation like its peers would lie in 95 and in 99.8 of 100 cases. Beyond them it is better or
-- worse, or higher or lower where neither is meant. Every figure that could be better or worse is here; those not compared
-- say why.
--
-- The limits allow for chance within the organisation, for how far organisations lie apart beyond chance (tau squared), for
-- the benchmark's own chance, and for all of this being known from so many peers only (Student's quantile). peers counts
-- those that this rests on.
with figures as (
    select
        figures.*,
        indicators.verdict as kind,
        indicators.why_no_verdict,
        indicators.polarity,
        indicators.multiplier,
        indicators.least_denominator,
        indicators.least_value,
        indicators.greatest_value,
        coalesce(instruments.compares_organisations, true) as is_comparing
    from indicators.organisation_indicator as figures
    inner join reference.indicators as indicators on figures.indicator_id = indicators.indicator_id
    left join register.instruments as instruments on figures.variant = instruments.instrument_id
    where
        figures.value is not null
        and figures.commissioner_code = 'ALL'
        and figures.grain = 'rolling_year'
        and (indicators.verdict <> 'none' or indicators.polarity <> 'none')
    qualify
        row_number() over (
            partition by figures.indicator_id, figures.period_id, figures.organisation_code, figures.variant
            order by figures.source
        ) = 1
),

scopes as (
    select organisation_code, 'sector' as scope, sector as scope_sector
    from register.organisations
    union all
    select organisation_code, 'all_sectors' as scope, 'ALL' as scope_sector
    from register.organisations
),

-- Absence: the days lost beyond those expected in each of 12 months, all there and each with enough peers.

absence_months as (
    select
        periods.period_id,
        expected.organisation_code,
        expected.variant,
        expected.source,
        expected.scope,
        expected.period_start_on,
        expected.peers,
        expected.lost,
        expected.available,
        adjustments.is_adjusted,
        case when adjustments.is_adjusted then expected.expected_by_staff_group else expected.expected end as expected,
        case
            when adjustments.is_adjusted then expected.expected_of_all_by_staff_group else expected.expected_of_all
        end as expected_of_all
    from benchmarks.absence_expected as expected
    inner join indicators.period as periods
        on periods.grain = 'rolling_year'
        and expected.period_start_on between periods.period_start_on and periods.period_end_on
    cross join (values (false), (true)) as adjustments (is_adjusted)
),

absence_years as (
    select
        absence_months.period_id,
        absence_months.organisation_code,
        absence_months.variant,
        absence_months.source,
        absence_months.scope,
        absence_months.is_adjusted,
        cast(sum(absence_months.lost) as double) as lost,
        cast(sum(absence_months.available) as double) as available,
        sum(absence_months.expected order by absence_months.period_start_on) as expected,
        sum(absence_months.expected_of_all order by absence_months.period_start_on) as expected_of_all
    from absence_months
    cross join (select value from reference.settings where name = 'peers_for_median') as enough
    where absence_months.expected is not null and absence_months.peers >= enough.value
    group by
        absence_months.period_id,
        absence_months.organisation_code,
        absence_months.variant,
        absence_months.source,
        absence_months.scope,
        absence_months.is_adjusted
    having count(*) = 12
),

absence_residuals as (
    select
        absence_years.*,
        absence_months.period_start_on,
        absence_months.lost
        - absence_months.expected
        - absence_months.available * (absence_years.lost - absence_years.expected) / absence_years.available as residual
    from absence_years
    inner join absence_months
        on absence_years.period_id = absence_months.period_id
        and absence_years.organisation_code = absence_months.organisation_code
        and absence_years.variant = absence_months.variant
        and absence_years.source = absence_months.source
        and absence_years.scope = absence_months.scope
        and absence_years.is_adjusted = absence_months.is_adjusted
),

absence_lagged as (
    select
        *,
        lag(residual, 1, 0) over months as residual_1,
        lag(residual, 2, 0) over months as residual_2,
        lag(residual, 3, 0) over months as residual_3
    from absence_residuals
    window
        months as (
            partition by period_id, organisation_code, variant, source, scope, is_adjusted
            order by period_start_on
        )
),

absence as (
    select
        period_id,
        organisation_code,
        variant,
        source,
        scope,
        is_adjusted,
        lost,
        available,
        expected,
        expected_of_all,
        newey_west_of_year(
            sum(residual * residual order by period_start_on),
            sum(residual * residual_1 order by period_start_on),
            sum(residual * residual_2 order by period_start_on),
            sum(residual * residual_3 order by period_start_on)
        ) as variance
    from absence_lagged
    group by
        period_id,
        organisation_code,
        variant,
        source,
        scope,
        is_adjusted,
        lost,
        available,
        expected,
        expected_of_all
),

-- How many months there are to compare, whatever became of them.
absence_reported as (
    select
        period_id,
        organisation_code,
        variant,
        source,
        count(distinct period_start_on) as months
    from absence_months
    group by period_id, organisation_code, variant, source
),

-- One row an organisation and group: its place on the scale of the verdict, its size, the variance of one unit of size within
-- it (of an answer, a score, a day), and how well that is known.

placed as (
    select
        figures.indicator_id,
        figures.period_id,
        figures.variant,
        figures.organisation_code,
        figures.delivery_model,
        figures.kind,
        scopes.scope,
        scopes.scope_sector,
        false as is_adjusted,
        cast(figures.denominator as double) as size,
        case figures.kind
            when 'share' then asin(sqrt(share_of(figures.numerator, figures.denominator)))
            when 'mean' then share_of(figures.numerator, figures.denominator)
        end as place,
        case figures.kind
            when 'share' then 0.25e0
            when 'mean'
                then pow(deviation_of_sums(figures.denominator, figures.numerator, figures.sum_of_squares), 2)
        end as variance_of_unit,
        case figures.kind
            when 'share' then cast(figures.denominator as double)
            when 'mean' then cast(figures.denominator as double) - 1
        end as weight_of_variance,
        cast(figures.numerator as double) as total,
        null as expected_place
    from figures
    inner join scopes on figures.organisation_code = scopes.organisation_code
    where
        figures.is_comparing
        and figures.delivery_model <> 'spinning_out'
        and case figures.kind
            when 'share' then figures.numerator between 0 and figures.denominator
            when 'mean' then figures.denominator > 1 and figures.sum_of_squares is not null
            else false
        end
    union all
    select
        figures.indicator_id,
        figures.period_id,
        figures.variant,
        figures.organisation_code,
        figures.delivery_model,
        figures.kind,
        scopes.scope,
        scopes.scope_sector,
        absence.is_adjusted,
        absence.available as size,
        (absence.lost - absence.expected_of_all) / absence.available as place,
        absence.variance / absence.available as variance_of_unit,
        absence.available as weight_of_variance,
        absence.lost as total,
        absence.expected / absence.available as expected_place
    from figures
    inner join scopes on figures.organisation_code = scopes.organisation_code
    inner join absence
        on figures.period_id = absence.period_id
        and figures.organisation_code = absence.organisation_code
        and figures.variant = absence.variant
        and figures.source = absence.source
        and scopes.scope = absence.scope
    where figures.kind = 'absence' and figures.delivery_model <> 'spinning_out'
),

groups as (
    select
        indicator_id,
        period_id,
        variant,
        delivery_model,
        scope,
        scope_sector,
        is_adjusted,
        count(*) as members,
        sum(total order by organisation_code) as totals,
        sum(size order by organisation_code) as sizes,
        sum(size * size order by organisation_code) as squared_sizes,
        sum(size * place order by organisation_code) as figures,
        sum(size * place * place order by organisation_code) as squared_figures,
        sum(weight_of_variance order by organisation_code) as weights,
        sum(weight_of_variance * variance_of_unit order by organisation_code) as variances
    from placed
    group by indicator_id, period_id, variant, delivery_model, scope, scope_sector, is_adjusted
),

left_out as (
    select
        placed.*,
        groups.members - 1 as peers,
        (groups.totals - placed.total) / (groups.sizes - placed.size) as pooled,
        groups.sizes - placed.size as sizes,
        groups.squared_sizes - placed.size * placed.size as squared_sizes,
        groups.figures - placed.size * placed.place as figures,
        groups.squared_figures - placed.size * placed.place * placed.place as squared_figures,
        greatest(0, groups.variances - placed.weight_of_variance * placed.variance_of_unit)
        / (groups.weights - placed.weight_of_variance) as peers_variance_of_unit
    from placed
    inner join groups
        on placed.indicator_id = groups.indicator_id
        and placed.period_id = groups.period_id
        and placed.variant = groups.variant
        and placed.delivery_model = groups.delivery_model
        and placed.scope = groups.scope
        and placed.scope_sector = groups.scope_sector
        and placed.is_adjusted = groups.is_adjusted
    cross join (select value from reference.settings where name = 'peers_for_median') as enough
    where groups.members > enough.value
),

-- The nearest group that is large enough; adjusted for staff mix where it can be.
chosen as (
    select left_out.*
    from left_out
    qualify
        row_number() over (
            partition by indicator_id, period_id, variant, organisation_code
            order by scope desc, is_adjusted desc
        ) = 1
),

spread as (
    select
        chosen.*,
        variance_between(peers, sizes, squared_sizes, figures, squared_figures, peers_variance_of_unit) as tau_squared
    from chosen
),

errors as (
    select
        *,
        sqrt(
            -- Twelve months that hang together tell an organisation's own error badly, and who seems steady by luck would stand out
            -- by it: it is not taken to be less than that of peers of its size. Theirs has the benchmark's chance in it.
            case kind
                when 'absence' then greatest(variance_of_unit, peers_variance_of_unit) / size
                else variance_of_unit / size + peers_variance_of_unit / sizes
            end
            + tau_squared * (1 + squared_sizes / (sizes * sizes))
        ) as standard_error
    from spread
),

limits as (
    select
        errors.*,
        coalesce(quantiles.t_95, t_of_many(errors.peers - 1, z_95())) * errors.standard_error as half_95,
        coalesce(quantiles.t_99_8, t_of_many(errors.peers - 1, z_99_8())) * errors.standard_error as half_99_8
    from errors
    left join reference.t_quantiles as quantiles on errors.peers - 1 = quantiles.degrees_of_freedom
),

beside as (
    select
        figures.indicator_id,
        figures.grain,
        figures.period_id,
        figures.variant,
        figures.organisation_code,
        figures.source,
        figures.value,
        figures.polarity,
        coalesce(limits.peers, peer.peers, 0) as peers,
        coalesce(limits.scope, peer.scope, 'none') as scope,
        coalesce(limits.is_adjusted, false) as is_adjusted,
        case
            when figures.kind = 'none' then figures.why_no_verdict
            when not figures.is_comparing then 'not an instrument to compare by'
            when figures.delivery_model = 'spinning_out' then 'spun out within the year'
            when figures.kind = 'absence' and coalesce(absence_reported.months, 0) < 12 then 'fewer than 12 months'
            when figures.denominator < figures.least_denominator then 'too few answers'
            when figures.kind = 'mean' and figures.sum_of_squares is null then 'no measure of chance'
            when figures.kind = 'mean' and figures.denominator <= 1 then 'too few answers'
            when limits.peers is null then 'too few peers'
            else ''
        end as why_not_compared,
        case figures.kind
            when 'share' then asin(sqrt(limits.pooled))
            when 'mean' then limits.pooled
            else limits.expected_place
        end as centre,
        limits.half_95,
        limits.half_99_8,
        figures.kind,
        figures.multiplier,
        figures.least_value,
        figures.greatest_value
    from figures
    left join limits
        on figures.indicator_id = limits.indicator_id
        and figures.period_id = limits.period_id
        and figures.variant = limits.variant
        and figures.organisation_code = limits.organisation_code
    left join benchmarks.peer as peer
        on figures.indicator_id = peer.indicator_id
        and figures.grain = peer.grain
        and figures.period_id = peer.period_id
        and figures.variant = peer.variant
        and figures.organisation_code = peer.organisation_code
    left join absence_reported
        on figures.period_id = absence_reported.period_id
        and figures.variant = absence_reported.variant
        and figures.organisation_code = absence_reported.organisation_code
        and figures.source = absence_reported.source
),

shown as (
    select
        *,
        case
            when why_not_compared = '' then on_own_scale(centre, kind, multiplier, least_value, greatest_value)
        end as benchmark,
        case
            when why_not_compared = ''
                then on_own_scale(centre - half_95, kind, multiplier, least_value, greatest_value)
        end as lower_95,
        case
            when why_not_compared = ''
                then on_own_scale(centre + half_95, kind, multiplier, least_value, greatest_value)
        end as upper_95,
        case
            when why_not_compared = ''
                then on_own_scale(centre - half_99_8, kind, multiplier, least_value, greatest_value)
        end as lower_99_8,
        case
            when why_not_compared = ''
                then on_own_scale(centre + half_99_8, kind, multiplier, least_value, greatest_value)
        end as upper_99_8
    from beside
)

select
    indicator_id,
    grain,
    period_id,
    variant,
    organisation_code,
    source,
    value,
    peers,
    scope,
    benchmark,
    lower_95,
    upper_95,
    lower_99_8,
    upper_99_8,
    case
        when why_not_compared = ''
            then verdict_of(funnel_position(value, lower_95, upper_95, lower_99_8, upper_99_8), polarity)
        else 'not compared'
    end as verdict,
    why_not_compared,
    why_not_compared = '' and is_adjusted as is_adjusted_for_staff_mix
from shown
order by indicator_id, grain, period_id, variant, organisation_code
