"""The main points of a report. Sentences are chosen from the published figures and claim no more than those: how sure a
difference is, is not worked out yet, so none is called better or worse."""

from collections.abc import Iterator
from decimal import Decimal

from impact.periods import Period
from impact.reports.audiences import AudienceRows, DeliveryModelFigure
from impact.reports.wording import count_of, is_figure, words, year_end

HEADLINE_INDICATOR = "sickness_absence_rate"
_MODEL_PLURALS = {
    "mutual": ("mutual", "mutuals"),
    "in_house": ("in-house organisation", "in-house organisations"),
    "outsourced": ("outsourced organisation", "outsourced organisations"),
    "unclassified": ("unclassified organisation", "unclassified organisations"),
}


def main_points(rows: AudienceRows, period: Period) -> Iterator[str]:
    if rows.audience.kind == "commissioner":
        yield from _portfolio_points(rows, period)
    sectors = sorted({figure.sector for figure in rows.delivery_models})
    said = [point for sector in sectors for point in _sector_points(rows, sector, period)]
    yield from said
    if said:
        yield "These figures are pooled and not adjusted for what staff do: a description, not an effect."


def _portfolio_points(rows: AudienceRows, period: Period) -> Iterator[str]:
    figures = [
        figure
        for figure in rows.organisations
        if figure.indicator_id == HEADLINE_INDICATOR and figure.grain == "rolling_year"
    ]
    if not figures:
        yield f"No contract of yours covers the whole year to {year_end(period)}, so only {period.label()} is shown."
        return
    commissioned = {figure.organisation_code for figure in figures}
    full = {figure.organisation_code for figure in figures if figure.months_reported == figure.months_expected}
    yield (
        f"You commission {count_of(len(commissioned), 'organisation', 'organisations')}; {len(full)} of them "
        f"reported every month of the year to {year_end(period)}."
    )
    placed = [figure for figure in figures if is_figure(figure.value) and is_figure(figure.peer_median)]
    above = sum(Decimal(figure.value) > Decimal(figure.peer_median) for figure in placed)
    below = sum(Decimal(figure.value) < Decimal(figure.peer_median) for figure in placed)
    if placed:
        yield (
            f"Set beside their peers ({len(placed)} of them can be), {above} had a higher absence rate than the median "
            f"of their peers and {below} a lower one. Whether that is more than chance is not worked out yet."
        )


def _sector_points(rows: AudienceRows, sector: str, period: Period) -> Iterator[str]:
    """Mutuals beside others, where there are enough of them to speak of."""
    figures = {
        (figure.delivery_model, figure.basis): figure
        for figure in rows.delivery_models
        if figure.indicator_id == HEADLINE_INDICATOR
        and figure.grain == "rolling_year"
        and figure.sector == sector
        and is_figure(figure.value)
        and is_figure(figure.median)
    }
    for basis in sorted({basis for model, basis in figures if model == "mutual"}):
        mutuals = figures["mutual", basis]
        others = [
            figure for (model, of), figure in figures.items() if model in ("in_house", "outsourced") and of == basis
        ]
        said = "; ".join(_pooled(figure, is_first=figure is mutuals) for figure in (mutuals, *others))
        yield f"In {words(sector)}, in the year to {year_end(period)}, {said}."
        unsure = next(
            (
                figure
                for figure in rows.delivery_models
                if (figure.indicator_id, figure.grain, figure.sector, figure.basis, figure.delivery_model)
                == (HEADLINE_INDICATOR, "rolling_year", sector, basis, "unclassified")
            ),
            None,
        )
        if unsure is not None and is_figure(mutuals.value_with_unclassified):
            yield _if_counted(mutuals, unsure)


def _pooled(figure: DeliveryModelFigure, *, is_first: bool) -> str:
    one, many = _MODEL_PLURALS[figure.delivery_model]
    who = f"the one {one}" if figure.organisations == 1 else f"the {figure.organisations} {many}"
    of = f" of available {words(figure.basis)} to sickness" if is_first else ""
    return f"{who} lost {figure.value}%{of} ({figure.months_reported} of {figure.months_expected} months reported)"


def _if_counted(mutuals: DeliveryModelFigure, unsure: DeliveryModelFigure) -> str:
    """How far the figure hangs on who is counted as a mutual."""
    others = count_of(unsure.organisations, "other organisation", "other organisations")
    them, their = ("it", "its") if unsure.organisations == 1 else ("them", "their")
    return (
        f"It is not known whether {others} in this sector belong{'s' if unsure.organisations == 1 else ''} to {their} "
        f"staff. Counting {them} as mutuals would give {mutuals.value_with_unclassified}% instead of {mutuals.value}%."
    )
