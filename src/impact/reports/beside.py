"""The figure of delivery models side by side: what is pooled, and the organisation in the middle. It describes; what
comes of being a mutual is judged elsewhere (`sector`)."""

from collections.abc import Iterator, Sequence

from impact.reports.audience_rows import DeliveryModelFigure, Indicator
from impact.reports.chart_records import BesideChart, BesideMark
from impact.reports.content import Column, Figure, Table
from impact.reports.delivery_models import cells_of_figures, columns_of_figures
from impact.reports.subject import Subject
from impact.reports.wording import count_of, is_figure, number, shown, unit_sign, with_unit, words, year_label

_ALL_SECTORS = "sectors_of_mutuals"
_LEAST = 2


def beside_figures(subject: Subject) -> Iterator[Figure]:
    """Of what the claim rests on, over all sectors with mutuals: one for each basis on which two delivery models have a
    figure. Only in the State of the sector: elsewhere the reader's own organisations come first."""
    if subject.rows.audience.kind != "public":
        return
    for indicator in subject.indicators:
        there = [
            figure
            for figure in subject.models
            if figure.indicator_id == indicator.id
            and figure.grain == "rolling_year"
            and figure.sector == _ALL_SECTORS
            and indicator.is_in_claim
            and is_figure(figure.value)
        ]
        for basis in dict.fromkeys(figure.basis for figure in there):
            on_basis = [figure for figure in there if figure.basis == basis]
            if len(on_basis) >= _LEAST:
                yield _figure(subject, indicator, on_basis)


def _figure(subject: Subject, indicator: Indicator, figures: Sequence[DeliveryModelFigure]) -> Figure:
    subtitle = f"{indicator.label}, {figures[0].basis_name}, all sectors with mutuals, {year_label(subject.period)}"
    return Figure(
        # The basis as it is: two instruments may differ in nothing but this.
        id=f"{indicator.id.replace('_', '-')}-{figures[0].basis}-side-by-side",
        chart=BesideChart(
            title=_title(indicator, figures),
            subtitle=subtitle,
            unit=indicator.unit,
            marks=tuple(_mark(figure) for figure in figures),
            description=_description(figures),
            note="Not adjusted for what staff do, whom they serve or where they work: it describes, and shows no "
            "effect.",
        ),
        table=Table(
            subtitle,
            (Column("Delivery model"), *columns_of_figures(f" ({unit_sign(indicator.unit)})")),
            tuple((words(figure.delivery_model).capitalize(), *cells_of_figures(figure)) for figure in figures),
            is_elsewhere=True,
        ),
    )


def _mark(figure: DeliveryModelFigure) -> BesideMark:
    return BesideMark(
        figure.delivery_model,
        figure.organisations,
        float(figure.value),
        shown(figure.value, figure.unit),
        number(figure.median),
        shown(figure.median, figure.unit) if is_figure(figure.median) else "",
        low=number(figure.lower_quartile),
        high=number(figure.upper_quartile),
    )


def _title(indicator: Indicator, figures: Sequence[DeliveryModelFigure]) -> str:
    """Where mutuals lie, pooled, and no more."""
    ours = next((figure for figure in figures if figure.delivery_model == "mutual"), None)
    others = [float(figure.value) for figure in figures if figure is not ours]
    if ours is None:
        return f"{indicator.name} by delivery model"
    value = with_unit(ours.value, ours.unit)
    if all(float(ours.value) > other for other in others):
        return f"Pooled, mutuals have the highest figure: {value}"
    if all(float(ours.value) < other for other in others):
        return f"Pooled, mutuals have the lowest figure: {value}"
    return f"Pooled, mutuals lie among the others: {value}"


def _description(figures: Sequence[DeliveryModelFigure]) -> str:
    said = "; ".join(
        f"{words(figure.delivery_model)} {with_unit(figure.value, figure.unit)} "
        f"({count_of(figure.organisations, 'organisation', 'organisations')})"
        for figure in figures
    )
    return f"Pooled: {said}."
