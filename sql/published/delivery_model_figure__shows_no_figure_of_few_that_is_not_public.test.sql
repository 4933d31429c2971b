select
    audience,
    sector,
    delivery_model,
    period_id,
    organisations,
    value
from published.delivery_model_figure
where
    not is_public
    and organisations < (select value from reference.settings where name = 'peers_for_median')
    and value <> '[c]'
    and not exists (
        select 1
        from disclosure.known_of_group as known
        where
            known.reader = delivery_model_figure.audience
            and known.indicator_id = delivery_model_figure.indicator_id
            and known.grain = delivery_model_figure.grain
            and known.variant = delivery_model_figure.basis
            and known.delivery_model = delivery_model_figure.delivery_model
            and known.sector = delivery_model_figure.sector
            and known.known = delivery_model_figure.organisations
    )
