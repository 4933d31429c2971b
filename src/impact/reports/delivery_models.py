"""The tables that set delivery models beside one another: one an indicator, and one of all of them."""

from collections.abc import Iterator, Sequence

from impact.reports.audience_rows import DeliveryModelFigure, Indicator
from impact.reports.content import Column, Table
from impact.reports.subject import Subject
from impact.reports.wording import between, shown, unit_sign, words, year_label


def side_by_side(subject: Subject) -> Iterator[Table]:
    """A table for each indicator, but for the public none of what the claim rests on: the State of the sector says
    more of that (`sector_tables`). Where organisations stand above, these are folded away."""
    is_public = subject.rows.audience.kind == "public"
    for indicator, figures in _figures_of(subject):
        if is_public and indicator.is_in_claim:
            continue
        yield Table(
            f"{indicator.name} by delivery model, {year_label(subject.period)}",
            _columns(f" ({unit_sign(indicator.unit)})"),
            tuple(_cells(figure) for figure in figures),
            is_folded=bool(subject.figures),
            is_elsewhere=True,
        )


def all_side_by_side(subjects: Sequence[Subject]) -> Iterator[Table]:
    """All of them in one, with what each is about in front."""
    rows = [
        (indicator.label, *_cells(figure))
        for subject in subjects
        for indicator, figures in _figures_of(subject)
        for figure in figures
    ]
    if rows:
        title = f"Delivery models side by side, {year_label(subjects[0].period)}"
        yield Table(title, (Column("Figure"), *_columns()), tuple(rows))


def _figures_of(subject: Subject) -> Iterator[tuple[Indicator, list[DeliveryModelFigure]]]:
    """Each indicator that has a good and a bad direction, with its figures of the year; none for a reader of one
    organisation."""
    for indicator in () if subject.is_of_one else subject.indicators:
        figures = [
            figure
            for figure in subject.models
            if figure.indicator_id == indicator.id and figure.grain == "rolling_year"
        ]
        if figures and indicator.polarity != "none":
            yield indicator, figures


def columns_of_figures(unit: str = "") -> tuple[Column, ...]:
    """What is there to know of a delivery model; `unit` stands in the headings of what is in it."""
    return (
        Column("Organisations reporting", True),
        Column("Months reported", True),
        Column(f"Pooled{unit}", True),
        Column(f"Median{unit}", True),
        Column(f"Middle half{unit}", True),
    )


def cells_of_figures(figure: DeliveryModelFigure) -> tuple[str, ...]:
    """A cell for each of these columns."""
    return (
        f"{figure.organisations} of {figure.organisations_registered}",
        f"{figure.months_reported} of {figure.months_expected}",
        shown(figure.value, figure.unit),
        shown(figure.median, figure.unit),
        between(figure.lower_quartile, figure.upper_quartile, figure.unit),
    )


def _columns(unit: str = "") -> tuple[Column, ...]:
    return (
        Column("Delivery model"),
        Column("Sector"),
        Column("Basis"),
        *columns_of_figures(unit),
        Column("Note"),
    )


def _cells(figure: DeliveryModelFigure) -> tuple[str, ...]:
    return (
        words(figure.delivery_model).capitalize(),
        words(figure.sector).capitalize(),
        figure.basis_name,
        *cells_of_figures(figure),
        figure.note or "-",
    )
