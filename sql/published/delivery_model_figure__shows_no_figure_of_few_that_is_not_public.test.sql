-- A figure of few organisations is shown only to who knows every one of them already: from an official figure, from a page
-- that it has, or because it pays for all that is in it.
select
    figures.audience,
    figures.indicator_id,
    figures.sector,
    figures.delivery_model,
    figures.period_id,
    figures.organisations,
    figures.value
from published.delivery_model_figure as figures
where
    not figures.is_public
    and figures.organisations < (select value from reference.settings where name = 'peers_for_median')
    and figures.value <> '[c]'
    and exists (
        select 1
        from disclosure.member as member
        where
            member.indicator_id = figures.indicator_id
            and member.grain = figures.grain
            and member.variant = figures.basis
            and member.delivery_model = figures.delivery_model
            and member.sector = figures.sector
            and member.source <> 'official'
            and not exists (
                select 1
                from disclosure.reads as reads
                inner join disclosure.named_figure as named on reads.audience = named.audience
                where
                    reads.reader = figures.audience
                    and named.is_whole
                    and named.indicator_id = member.indicator_id
                    and named.grain = member.grain
                    and named.period_id = figures.period_id
                    and named.variant = member.variant
                    and named.organisation_code = member.organisation_code
            )
            and exists (
                select 1
                from disclosure.atom as atom
                where
                    atom.indicator_id = member.indicator_id
                    and atom.variant = member.variant
                    and atom.organisation_code = member.organisation_code
                    and case member.grain when 'quarter' then atom.is_in_quarter else atom.is_in_year end
                    and 'commissioner-' || atom.commissioners <> figures.audience
            )
    )
