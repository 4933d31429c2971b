-- What staff answered: one row a wave, item and measure. What the instrument's headline question comes to stands under
-- measures of its own, whose names begin with headline.
with answers as (
    select
        returned.organisation_code,
        returned.service_code,
        returned.staff_group,
        live_returns.period_start_on,
        live_returns.period_end_on,
        returned.instrument_id as variant,
        returned.item,
        returned.eligible_staff,
        returned.n_responses,
        returned.n_scored,
        returned.score_sum,
        returned.score_sum_of_squares,
        returned.receipt,
        returned.n_1 + returned.n_2 + returned.n_3 + returned.n_4 + returned.n_5 as n_answered,
        case
            when items.positive_from is not null
                then
                    case when items.positive_from <= 1 then returned.n_1 else 0 end
                    + case when items.positive_from <= 2 then returned.n_2 else 0 end
                    + case when items.positive_from <= 3 then returned.n_3 else 0 end
                    + case when items.positive_from <= 4 then returned.n_4 else 0 end
                    + case when items.positive_from <= 5 then returned.n_5 else 0 end
        end as n_positive,
        coalesce(instruments.headline_item = returned.item, false) as is_headline
    from returns.staff_survey as returned
    inner join reference.live_returns as live_returns
        on returned.receipt = live_returns.receipt
        and returned.period = live_returns.period
    left join register.instrument_items as items
        on returned.instrument_id = items.instrument_id
        and returned.item = items.item
    left join register.instruments as instruments on returned.instrument_id = instruments.instrument_id
),

waves as (
    select
        organisation_code,
        service_code,
        staff_group,
        period_start_on,
        period_end_on,
        variant,
        item,
        counted.measure,
        cast(
            case counted.measure
                when 'eligible_staff' then eligible_staff
                when 'n_responses' then n_responses
                when 'n_answered' then n_answered
                when 'n_positive' then n_positive
                when 'n_scored' then n_scored
                when 'score_sum' then score_sum
                when 'score_sum_of_squares' then score_sum_of_squares
                when 'headline_eligible_staff' then case when is_headline then eligible_staff end
                when 'headline_responses' then case when is_headline then n_responses end
                when 'headline_answered' then case when is_headline then n_answered end
                when 'headline_positive' then case when is_headline then n_positive end
            end as decimal(28, 14)
        ) as value,
        receipt
    from answers
    cross join (
        values
        ('eligible_staff'),
        ('n_responses'),
        ('n_answered'),
        ('n_positive'),
        ('n_scored'),
        ('score_sum'),
        ('score_sum_of_squares'),
        ('headline_eligible_staff'),
        ('headline_responses'),
        ('headline_answered'),
        ('headline_positive')
    ) as counted (measure)
)

select
    organisation_code,
    'staff_survey' as feed,
    service_code,
    staff_group,
    period_start_on,
    period_end_on,
    variant,
    item,
    measure,
    value,
    case
        when measure in ('eligible_staff', 'headline_eligible_staff', 'n_scored') then 'people'
        when measure in ('score_sum', 'score_sum_of_squares') then 'points'
        else 'answers'
    end as unit,
    'return' as source,
    receipt
from waves
where value is not null
