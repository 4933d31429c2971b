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
        from published.known_peers as known_peers
        where
            known_peers.audience in (delivery_model_figure.audience, 'public')
            and known_peers.indicator_id = delivery_model_figure.indicator_id
            and known_peers.grain = delivery_model_figure.grain
            and known_peers.period_id = delivery_model_figure.period_id
            and known_peers.variant = delivery_model_figure.basis
            and known_peers.delivery_model = delivery_model_figure.delivery_model
            and known_peers.sector = delivery_model_figure.sector
            and known_peers.known = delivery_model_figure.organisations
    )
