select
    compared.indicator_id,
    compared.grain,
    compared.period_id,
    compared.organisation_code,
    compared.delivery_model
from benchmarks.compared as compared
inner join indicators.period as periods
    on compared.grain = periods.grain
    and compared.period_id = periods.period_id
inner join register.organisations as organisations on compared.organisation_code = organisations.organisation_code
where
    organisations.spun_out_on > periods.period_start_on
    and (organisations.spun_out_on <= periods.period_end_on or compared.delivery_model <> 'in_house')
