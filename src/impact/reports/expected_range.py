"""The figure that sets organisations beside what is expected of them, by their size: range before rank."""

from collections.abc import Callable, Iterator, Sequence

from impact.reports.audience_rows import OrganisationFigure
from impact.reports.chart_records import FunnelChart, FunnelMark
from impact.reports.content import Column, Figure, Table
from impact.reports.subject import Subject, most_used
from impact.reports.verdicts import by_chance, is_apart, is_judged
from impact.reports.wording import between, count_of, is_figure, listed, number, shown, unit_sign, year_label

_LEAST = 3
"""Fewer organisations are read from the table at a glance."""
_SIZES = {
    "staff_survey": "answers",
    "sickness_absence": "days available",
    "service_user_survey": "answers",
}
"""What the headline of a topic is counted over."""


def expected_range_figure(subject: Subject) -> Iterator[Figure]:
    """Only of one basis, as the portfolio chart, and only of organisations with a verdict and a range of their own."""
    indicator = subject.headline
    found = [figure for figure in subject.of(indicator, "rolling_year").values() if _has_range(figure)]
    if subject.is_of_one or not found:
        return
    basis = most_used([figure.basis for figure in found])
    on_basis = sorted(
        (figure for figure in found if figure.basis == basis),
        key=lambda figure: (float(figure.denominator), figure.organisation_name, figure.organisation_code),
    )
    if len(on_basis) < _LEAST:
        return
    size, _ = size_of(subject)
    subtitle = f"{indicator.label} by {size}, {on_basis[0].basis_name}, {year_label(subject.period)}"
    yield Figure(
        id=f"{subject.topic.id.replace('_', '-')}-expected-range",
        chart=FunnelChart(
            title=_title(on_basis),
            subtitle=subtitle,
            unit=indicator.unit,
            size_label=size,
            marks=tuple(map(_mark, on_basis)),
            description=_description(on_basis),
            note=" ".join(by_chance(on_basis)),
        ),
        table=_table(subject, subtitle, on_basis),
    )


def size_of(subject: Subject) -> tuple[str, Callable[[OrganisationFigure], str]]:
    """What the headline of a subject is counted over, and how many of them a figure has."""

    def size(figure: OrganisationFigure) -> str:
        if figure.indicator_id != subject.headline.id or subject.topic.id not in _SIZES:
            return "[z]"
        return f"{round(float(figure.denominator)):,}" if is_figure(figure.denominator) else figure.denominator

    return _SIZES.get(subject.topic.id, "what it is counted over"), size


def _has_range(figure: OrganisationFigure) -> bool:
    texts = (figure.value, figure.denominator, figure.expected_lower, figure.expected_upper)
    return is_judged(figure) and all(map(is_figure, texts)) and float(figure.denominator) > 0


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


def _title(figures: Sequence[OrganisationFigure]) -> str:
    """How many verdicts set an organisation apart: they, not what is printed, say on which side of a limit it lies."""
    apart = sum(map(is_apart, figures))
    expected = "the range expected of organisations their size"
    if not apart:
        return f"All {len(figures)} compared here lie within {expected}"
    return f"{apart} of {len(figures)} compared here {'lies' if apart == 1 else 'lie'} outside {expected}"


def _description(figures: Sequence[OrganisationFigure]) -> str:
    apart = [figure for figure in figures if is_apart(figure)]
    said = (
        "The smaller an organisation, the further chance alone can carry it from its peers. Each bar is where 95 of "
        "100 organisations of that size would lie if nothing but chance and ordinary spread set them apart. "
        f"{count_of(len(figures), 'organisation is drawn', 'organisations are drawn')}"
    )
    if not apart:
        return f"{said}; none lies outside its bar."
    names = listed(sorted(f"{figure.organisation_name} ({figure.verdict})" for figure in apart))
    return f"{said}; outside {'its' if len(apart) == 1 else 'their'} bar: {names}."


def _table(subject: Subject, title: str, figures: Sequence[OrganisationFigure]) -> Table:
    indicator, (what, size) = subject.headline, size_of(subject)
    unit = f" ({unit_sign(indicator.unit)})"
    has_outer = any(is_figure(figure.expected_lower_998) for figure in figures)
    return Table(
        title,
        (
            Column("Organisation"),
            Column(what[:1].upper() + what[1:], True),
            Column(f"Figure{unit}", True),
            Column(f"Expected range{unit}", True),
            *([Column(f"Where 998 of 1,000 would lie{unit}", True)] if has_outer else []),
            Column("Verdict"),
        ),
        tuple(
            (
                figure.organisation_name,
                size(figure),
                shown(figure.value, indicator.unit),
                between(figure.expected_lower, figure.expected_upper, indicator.unit),
                *([between(figure.expected_lower_998, figure.expected_upper_998, indicator.unit)] if has_outer else []),
                figure.verdict,
            )
            for figure in figures
        ),
        is_elsewhere=True,
    )
