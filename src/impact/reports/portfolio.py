"""The portfolio figure of one topic: which organisations are on its chart, what its title may claim, and the table of
what it shows."""

from collections.abc import Iterator, Sequence

from impact.reports.audience_rows import Indicator, OrganisationFigure
from impact.reports.chart_records import PortfolioChart, PortfolioMark
from impact.reports.content import Column, Figure, Table
from impact.reports.subject import Subject, most_used
from impact.reports.verdicts import is_apart, is_judged, is_not_compared
from impact.reports.wording import between, is_figure, number, shown, unit_sign, with_unit, words, year_label


def portfolio_figure(subject: Subject) -> Iterator[Figure]:
    """Only for one basis: two bases on one axis would invite a comparison that cannot be made. One organisation without
    peers makes no chart."""
    indicator, period = subject.headline, subject.period
    readable = [figure for figure in subject.shown(indicator) if is_figure(figure.value)]
    bases = [figure.basis for figure in readable]
    if not readable:
        return
    basis = most_used(bases)
    on_basis = [figure for figure in readable if figure.basis == basis]
    marks = tuple(
        PortfolioMark(
            figure.organisation_name,
            figure.delivery_model,
            float(figure.value),
            shown(figure.value, indicator.unit),
            number(figure.peer_lower_quartile),
            number(figure.peer_median),
            number(figure.peer_upper_quartile),
            number(figure.lower_95),
            number(figure.upper_95),
            figure.verdict if is_judged(figure) or is_not_compared(figure) else "",
        )
        for figure in on_basis
    )
    if len(marks) == 1 and marks[0].middle is None:
        return
    low, high = (pick(on_basis, key=lambda figure: float(figure.value)) for pick in (min, max))
    subtitle = (
        f"{indicator.label}, {on_basis[0].basis_name}, "
        f"{year_label(period) if readable[0].grain == 'rolling_year' else period.label()}"
    )
    yield Figure(
        id=f"{subject.topic.id.replace('_', '-')}-beside-peers",
        chart=PortfolioChart(
            title=_title(subject, on_basis, low, high),
            subtitle=subtitle,
            unit=indicator.unit,
            marks=marks,
            description=_description(indicator, on_basis, low, high),
        ),
        table=_table(indicator, subtitle, on_basis),
    )


def _table(indicator: Indicator, title: str, figures: Sequence[OrganisationFigure]) -> Table:
    unit = f" ({unit_sign(indicator.unit)})"
    return Table(
        title,
        (
            Column("Organisation"),
            Column("Delivery model"),
            Column(f"Figure{unit}", True),
            Column(f"95% interval{unit}", True),
            Column(f"Median of peers{unit}", True),
            Column(f"Middle half of peers{unit}", True),
        ),
        tuple(
            (
                figure.organisation_name,
                words(figure.delivery_model).capitalize(),
                shown(figure.value, indicator.unit),
                between(figure.lower_95, figure.upper_95, indicator.unit),
                shown(figure.peer_median, indicator.unit),
                between(figure.peer_lower_quartile, figure.peer_upper_quartile, indicator.unit),
            )
            for figure in figures
        ),
        is_elsewhere=True,
    )


def _title(
    subject: Subject, figures: Sequence[OrganisationFigure], low: OrganisationFigure, high: OrganisationFigure
) -> str:
    """What the verdicts on the organisations drawn say, where there are any; how far the figures reach otherwise."""
    unit = subject.headline.unit
    judged = [figure for figure in figures if is_judged(figure)]
    if judged and not subject.is_of_one:
        apart = sum(map(is_apart, judged))
        are = "is" if apart <= 1 else "are"
        return (
            f"{apart or 'None'} of {len(judged)} compared {are} set apart from {'its' if apart <= 1 else 'their'} peers"
        )
    if len(figures) == 1:
        return f"{with_unit(low.value, unit)}, where the median of peers is {with_unit(low.peer_median, unit)}"
    if float(low.value) == float(high.value):
        return f"All {len(figures)} organisations are at {with_unit(low.value, unit)}"
    return f"Organisations range from {shown(low.value, unit)} to {with_unit(high.value, unit)}"


def _description(
    indicator: Indicator, figures: Sequence[OrganisationFigure], low: OrganisationFigure, high: OrganisationFigure
) -> str:
    if len(figures) == 1:
        half = between(low.peer_lower_quartile, low.peer_upper_quartile, indicator.unit)
        middle = f", the middle half of them {half}" if is_figure(low.peer_lower_quartile) else ""
        return (
            f"{low.organisation_name} has {shown(low.value, indicator.unit)}; the median of its peers is "
            f"{shown(low.peer_median, indicator.unit)}{middle}."
        )
    return (
        f"Values run from {shown(low.value, indicator.unit)} ({low.organisation_name}) to "
        f"{shown(high.value, indicator.unit)} ({high.organisation_name}). The table gives every value."
    )
