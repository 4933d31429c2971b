"""The main points of a report. Sentences are chosen from the published figures and claim no more than those: how sure a
difference is, is not worked out yet, so none is called better or worse."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from impact.periods import Period
from impact.reports.audiences import AudienceRows, DeliveryModelFigure, Indicator, OrganisationFigure
from impact.reports.wording import count_of, is_figure, with_unit, words, year_end

_KEPT_BY_COMMISSIONERS = "net_savings_to_commissioner"
_ALL_SECTORS = "sectors_of_mutuals"
_IS_IN = ("received", "nothing to report", "exempt")
_MODEL_PLURALS = {
    "mutual": ("mutual", "mutuals"),
    "in_house": ("in-house organisation", "in-house organisations"),
    "outsourced": ("outsourced organisation", "outsourced organisations"),
    "unclassified": ("unclassified organisation", "unclassified organisations"),
}


def main_points(rows: AudienceRows, period: Period) -> Iterator[str]:
    """What a reader should know who reads nothing else."""
    match rows.audience.kind:
        case "commissioner":
            yield from _portfolio_points(rows, period)
        case "organisation":
            yield from _own_points(rows, period)
        case _:
            yield from _sector_points(rows, period)


def headlines(rows: AudienceRows) -> list[Indicator]:
    """The first indicator of each topic, in the order of the topics."""
    first = [next((one for one in rows.indicators if one.topic == topic.id), None) for topic in rows.topics]
    return [indicator for indicator in first if indicator is not None]


def _portfolio_points(rows: AudienceRows, period: Period) -> Iterator[str]:
    year = [figure for figure in rows.organisations if figure.grain == "rolling_year"]
    if not year:
        yield f"No contract of yours covers the whole year to {year_end(period)}, so only {period.label()} is shown."
        return
    commissioned = {figure.organisation_code for figure in year}
    yield f"You commission {count_of(len(commissioned), 'organisation', 'organisations')}."
    yield from _received(rows, period)
    for indicator in headlines(rows):
        placed = [
            figure
            for figure in year
            if figure.indicator_id == indicator.id and is_figure(figure.value) and is_figure(figure.peer_median)
        ]
        if placed:
            above = sum(Decimal(figure.value) > Decimal(figure.peer_median) for figure in placed)
            below = sum(Decimal(figure.value) < Decimal(figure.peer_median) for figure in placed)
            yield (
                f"{indicator.name}: of {len(placed)} that can be set beside their peers, {above} "
                f"{'lies' if above == 1 else 'lie'} above the median of their peers and {below} below it."
            )
    yield from _saved(year, period)
    yield "Whether a difference is more than chance is not worked out yet."


def _received(rows: AudienceRows, period: Period) -> Iterator[str]:
    if rows.return_states:
        there = sum(one.state in _IS_IN for one in rows.return_states)
        owed = count_of(len(rows.return_states), "return", "returns")
        yield f"{there} of {owed} owed for {period.label()} {'is' if len(rows.return_states) == 1 else 'are'} in."


def _saved(year: Sequence[OrganisationFigure], period: Period) -> Iterator[str]:
    kept = [
        Decimal(figure.value)
        for figure in year
        if figure.indicator_id == _KEPT_BY_COMMISSIONERS and is_figure(figure.value)
    ]
    if kept:
        yield (
            f"Cash-releasing savings on your contracts that you keep came to {with_unit(str(sum(kept)), 'GBP')} in the "
            f"year to {year_end(period)}, net of what they cost, as "
            f"{count_of(len(kept), 'organisation reports', 'organisations report')} it."
        )


def _own_points(rows: AudienceRows, period: Period) -> Iterator[str]:
    yield from _received(rows, period)
    for indicator in headlines(rows):
        figures = [
            figure
            for figure in rows.organisations
            if figure.indicator_id == indicator.id and figure.grain == "rolling_year" and is_figure(figure.value)
        ]
        for figure in figures:
            beside = (
                f"; the median of your {figure.peers} peers is {with_unit(figure.peer_median, figure.unit)}"
                if is_figure(figure.peer_median)
                else ""
            )
            basis = f" ({figure.basis_name})" if len(figures) > 1 else ""
            value = with_unit(figure.value, figure.unit)
            yield f"{indicator.name}{basis}: {value} in the year to {year_end(period)}{beside}."


def _sector_points(rows: AudienceRows, period: Period) -> Iterator[str]:
    """Mutuals beside others, where there are enough of them to speak of."""
    said = [point for indicator in headlines(rows) for point in _indicator_points(rows, indicator, period)]
    yield from said
    if said:
        yield "These figures are pooled and not adjusted for what staff do: a description, not an effect."


def _indicator_points(rows: AudienceRows, indicator: Indicator, period: Period) -> Iterator[str]:
    figures = [
        figure
        for figure in rows.delivery_models
        if figure.indicator_id == indicator.id and figure.grain == "rolling_year" and is_figure(figure.value)
    ]
    is_several = any(figure.sector == _ALL_SECTORS for figure in figures)
    mutuals = [
        figure
        for figure in figures
        if figure.delivery_model == "mutual"
        and is_figure(figure.median)
        and (figure.sector == _ALL_SECTORS or not is_several)
    ]
    for ours in mutuals:
        others = [
            figure
            for figure in figures
            if figure.delivery_model in ("in_house", "outsourced")
            and is_figure(figure.median)
            and (figure.sector, figure.basis) == (ours.sector, ours.basis)
        ]
        said = "; ".join(_pooled(figure) for figure in (ours, *others))
        where = "in all sectors with mutuals" if is_several else f"in {words(ours.sector)}"
        yield f"{indicator.name} ({ours.basis_name}), {where}, in the year to {year_end(period)}: {said}."
        unsure = next(
            (
                figure
                for figure in rows.delivery_models
                if (figure.indicator_id, figure.grain, figure.sector, figure.basis, figure.delivery_model)
                == (indicator.id, "rolling_year", ours.sector, ours.basis, "unclassified")
            ),
            None,
        )
        if unsure is not None and is_figure(ours.value_with_unclassified):
            yield _if_counted(ours, unsure)


def _pooled(figure: DeliveryModelFigure) -> str:
    one, many = _MODEL_PLURALS[figure.delivery_model]
    who = f"the one {one}" if figure.organisations == 1 else f"the {figure.organisations} {many}"
    value = with_unit(figure.value, figure.unit)
    return f"{who} {value} ({figure.months_reported:,} of {figure.months_expected:,} months reported)"


def _if_counted(mutuals: DeliveryModelFigure, unsure: DeliveryModelFigure) -> str:
    """How far the figure hangs on who is counted as a mutual."""
    others = count_of(unsure.organisations, "other organisation", "other organisations")
    them, their = ("it", "its") if unsure.organisations == 1 else ("them", "their")
    counted = with_unit(mutuals.value_with_unclassified, mutuals.unit)
    return (
        f"It is not known whether {others} in this sector belong{'s' if unsure.organisations == 1 else ''} to {their} "
        f"staff. Counting {them} as mutuals would give {counted} instead of {with_unit(mutuals.value, mutuals.unit)}."
    )
