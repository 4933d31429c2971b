"""The figure that sets organisations beside what is expected of them, by their size: range before rank."""

from collections.abc import Iterator, Sequence

from impact.reports.audiences import Indicator, OrganisationFigure
from impact.reports.chart_records import FunnelChart, FunnelMark
from impact.reports.content import Column, Figure, Table
from impact.reports.subject import Subject
from impact.reports.verdicts import is_apart, is_judged
from impact.reports.wording import between, count_of, is_figure, listed, number, shown, unit_sign, year_label

_LEAST = 3
"""Fewer organisations are read from the table at a glance."""
_SIZES = {
    "staff_survey": "answers",
    "sickness_absence": "days available",
    "service_user_survey": "answers",
    "savings": "contract value (£)",
}


def expected_range_figure(subject: Subject) -> Iterator[Figure]:
    """Only of one basis, as the portfolio chart, and only of organisations with a range of their own."""
    indicator = subject.headline
    found = [
        figure
        for figure in subject.of(indicator, "rolling_year").values()
        if is_judged(figure)
        and all(is_figure(text) for text in (figure.value, figure.denominator, figure.expected_lower))
        and float(figure.denominator) > 0
    ]
    bases = [figure.basis for figure in found]
    if subject.is_of_one or not bases:
        return
    basis = max(sorted(set(bases)), key=bases.count)
    on_basis = sorted(
        (figure for figure in found if figure.basis == basis),
        key=lambda figure: (float(figure.denominator), figure.organisation_name, figure.organisation_code),
    )
    if len(on_basis) < _LEAST:
        return
    subtitle = (
        f"{indicator.name} ({unit_sign(indicator.unit)}) by {_size_label(subject)}, {on_basis[0].basis_name}, "
        f"{year_label(subject.period)}"
    )
    apart = [figure for figure in on_basis if is_apart(figure)]
    yield Figure(
        id=f"{subject.topic.id.replace('_', '-')}-expected-range",
        chart=FunnelChart(
            title=_title(apart, on_basis),
            subtitle=subtitle,
            unit=indicator.unit,
            size_label=_size_label(subject),
            marks=tuple(_mark(figure) for figure in on_basis),
            description=_description(apart, on_basis),
        ),
        table=_table(indicator, subtitle, _size_label(subject), on_basis),
    )


def _size_label(subject: Subject) -> str:
    return _SIZES.get(subject.topic.id, "what it is counted over")


def _mark(figure: OrganisationFigure) -> FunnelMark:
    return FunnelMark(
        figure.organisation_name,
        float(figure.denominator),
        float(figure.value),
        number(figure.expected_lower),
        number(figure.expected_upper),
        number(figure.expected_lower_998),
        number(figure.expected_upper_998),
        verdict=figure.verdict,
    )


def _title(apart: Sequence[OrganisationFigure], of: Sequence[OrganisationFigure]) -> str:
    if not apart:
        return f"All {len(of)} lie within the range expected of organisations their size"
    return f"{len(apart)} of {len(of)} {'lies' if len(apart) == 1 else 'lie'} outside the range expected of their size"


def _description(apart: Sequence[OrganisationFigure], of: Sequence[OrganisationFigure]) -> str:
    drawn = count_of(len(of), "organisation is drawn", "organisations are drawn")
    said = (
        "The smaller an organisation, the further chance alone can carry it from its peers: its bar is where 95 of "
        f"100 organisations of its size and kind would lie. {drawn}"
    )
    if not apart:
        return f"{said}; none lies outside its bar."
    names = listed(sorted(f"{figure.organisation_name} ({figure.verdict})" for figure in apart))
    return f"{said}; outside {'its' if len(apart) == 1 else 'their'} bar: {names}."


def _table(indicator: Indicator, title: str, size: str, figures: Sequence[OrganisationFigure]) -> Table:
    unit = f" ({unit_sign(indicator.unit)})"
    return Table(
        title,
        (
            Column("Organisation"),
            Column(size[:1].upper() + size[1:], True),
            Column(f"Figure{unit}", True),
            Column(f"Expected range{unit}", True),
            Column("Verdict"),
        ),
        tuple(
            (
                figure.organisation_name,
                f"{round(float(figure.denominator)):,}",
                shown(figure.value, indicator.unit),
                between(figure.expected_lower, figure.expected_upper, indicator.unit),
                figure.verdict,
            )
            for figure in figures
        ),
    )
