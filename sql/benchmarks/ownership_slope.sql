-- How a year's figure goes with how much of a mutual its staff own, within sectors: by how much it is higher for ten points
-- more of ownership, with 95% limits that allow for figures of unequal certainty (HC3 of MacKinnon and White 1985). Months
-- that add up to a year must all be there. It says what goes together, not what comes of what.
with owned as (
    select
        figures.indicator_id,
        figures.variant,
        figures.period_id,
        figures.organisation_code,
        figures.sector,
        organisations.staff_owned_share_percent / 10e0 as tens_owned,
        figures.value
    from benchmarks.compared as figures
    inner join register.organisations as organisations on figures.organisation_code = organisations.organisation_code
    inner join reference.indicators as indicators on figures.indicator_id = indicators.indicator_id
    where
        indicators.is_effect_measured
        and figures.grain = 'rolling_year'
        and figures.delivery_model = 'mutual'
        and organisations.staff_owned_share_percent is not null
        and (indicators.over_time = 'latest' or figures.months_reported = 12)
),

sectors as (
    select
        indicator_id,
        variant,
        period_id,
        sector,
        count(*) as organisations,
        avg(tens_owned order by organisation_code) as tens_owned,
        avg(value order by organisation_code) as value
    from owned
    group by indicator_id, variant, period_id, sector
    having count(*) > 1
),

centred as (
    select
        owned.indicator_id,
        owned.variant,
        owned.period_id,
        owned.organisation_code,
        owned.sector,
        sectors.organisations as in_sector,
        owned.tens_owned - sectors.tens_owned as tens_owned,
        owned.value - sectors.value as value
    from owned
    inner join sectors
        on owned.indicator_id = sectors.indicator_id
        and owned.variant = sectors.variant
        and owned.period_id = sectors.period_id
        and owned.sector = sectors.sector
),

slopes as (
    select
        indicator_id,
        variant,
        period_id,
        count(*) as organisations,
        count(*) - count(distinct sector) - 1 as degrees,
        sum(pow(tens_owned, 2) order by organisation_code) as squares,
        sum(tens_owned * value order by organisation_code) / nullif(squares, 0) as slope
    from centred
    group by indicator_id, variant, period_id
),

errors as (
    select
        centred.indicator_id,
        centred.variant,
        centred.period_id,
        centred.organisation_code,
        centred.tens_owned,
        centred.value - slopes.slope * centred.tens_owned as error,
        1e0 / centred.in_sector + pow(centred.tens_owned, 2) / slopes.squares as leverage
    from centred
    inner join slopes
        on centred.indicator_id = slopes.indicator_id
        and centred.variant = slopes.variant
        and centred.period_id = slopes.period_id
    where slopes.squares > 0
),

variances as (
    -- An organisation of leverage 1 is met exactly, whatever it reports: then nothing is known of chance.
    select
        errors.indicator_id,
        errors.variant,
        errors.period_id,
        case
            when max(errors.leverage) < 1 - 1e-9
                then sum(pow(errors.tens_owned * errors.error / (1 - errors.leverage), 2) order by errors.organisation_code)
        end as squares_of_errors
    from errors
    group by errors.indicator_id, errors.variant, errors.period_id
),

limited as (
    select
        slopes.*,
        case
            when slopes.organisations >= enough.value and slopes.degrees > 0
                then
                    coalesce(quantiles.t_95, t_of_many(slopes.degrees, z_95()))
                    * sqrt(variances.squares_of_errors)
                    / slopes.squares
        end as margin
    from slopes
    cross join (select value from reference.settings where name = 'organisations_for_effect') as enough
    left join variances
        on slopes.indicator_id = variances.indicator_id
        and slopes.variant = variances.variant
        and slopes.period_id = variances.period_id
    left join reference.t_quantiles as quantiles on slopes.degrees = quantiles.degrees_of_freedom
)

select
    limited.indicator_id,
    limited.variant,
    limited.period_id,
    limited.organisations,
    case when limited.margin is not null then limited.slope end as slope,
    limited.slope - limited.margin as lower_95,
    limited.slope + limited.margin as upper_95,
    case
        when limited.margin is null then 'too few to say'
        when limited.slope + limited.margin < 0 then 'falls with ownership'
        when limited.slope - limited.margin > 0 then 'rises with ownership'
        else 'no clear slope'
    end as verdict,
    case
        when limited.slope + limited.margin < 0 then indicators.polarity = 'lower_is_better'
        when limited.slope - limited.margin > 0 then indicators.polarity = 'higher_is_better'
    end as is_good
from limited
inner join reference.indicators as indicators on limited.indicator_id = indicators.indicator_id
order by limited.indicator_id, limited.variant, limited.period_id
