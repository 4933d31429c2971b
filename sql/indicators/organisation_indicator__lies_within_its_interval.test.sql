-- A share lies within its interval, and has one wherever anybody answered; so does a mean with its sum of squares of two or
-- more. Whatever has no interval to have has none.
select
    figures.indicator_id,
    figures.grain,
    figures.period_id,
    figures.organisation_code,
    figures.commissioner_code,
    figures.variant,
    figures.value,
    figures.lower_95,
    figures.upper_95
from indicators.organisation_indicator as figures
inner join reference.indicators as indicators on figures.indicator_id = indicators.indicator_id
where
    (figures.lower_95 is null) <> (figures.upper_95 is null)
    or case
        when
            (indicators.interval = 'share' and figures.denominator > 0)
            or (indicators.interval = 'mean' and figures.denominator > 1 and figures.sum_of_squares is not null)
            -- Half a part in a thousand million is what binary fractions may come to.
            then
                figures.lower_95 is null
                or figures.value < figures.lower_95 - 5e-10 * greatest(1, abs(figures.value))
                or figures.value > figures.upper_95 + 5e-10 * greatest(1, abs(figures.value))
        else figures.lower_95 is not null
    end
