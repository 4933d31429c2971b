-- Nothing of the time before is of the time after, nothing is known before its quarter ends, and no month counts twice.
select
    parts.organisation_code,
    parts.indicator_id,
    parts.variant,
    parts.period_id,
    parts.month_of_year
from benchmarks.spin_out_part as parts
inner join register.organisations as organisations on parts.organisation_code = organisations.organisation_code
left join indicators.period as befores
    on parts.before_period_id = befores.period_id
    and parts.months = befores.months
left join indicators.period as afters
    on parts.after_period_id = afters.period_id
    and parts.months = afters.months
inner join indicators.period as years
    on years.grain = 'rolling_year'
    and parts.period_id = years.period_id
where
    befores.period_end_on >= organisations.spun_out_on
    or afters.period_start_on < organisations.spun_out_on
    or afters.period_end_on > years.period_end_on
    or (parts.before_period_id is not null and befores.period_id is null)
    or (parts.after_period_id is not null and afters.period_id is null)
    or month(befores.period_start_on) <> parts.month_of_year
    or month(afters.period_start_on) <> parts.month_of_year
union all
select
    organisation_code,
    indicator_id,
    variant,
    period_id,
    month_of_year
from benchmarks.spin_out_part
group by organisation_code, indicator_id, variant, period_id, month_of_year
having count(*) > 1
