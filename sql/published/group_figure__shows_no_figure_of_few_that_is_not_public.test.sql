select
    audience,
    scope,
    delivery_model,
    period_id,
    organisations,
    value
from published.group_figure
where
    not is_public
    and organisations < (select value from reference.settings where name = 'peers_for_median')
    and value <> '[c]'
    and not exists (
        select 1
        from disclosure.known_of_group as known
        where
            known.reader = group_figure.audience
            and known.indicator_id = group_figure.indicator_id
            and known.grain = group_figure.grain
            and known.variant = group_figure.basis
            and known.delivery_model = group_figure.delivery_model
            and known.sector = group_figure.scope
            and known.known = group_figure.organisations
    )
