"""The part of a report that is about one topic: published rows -> paragraphs, a chart and tables."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from impact.periods import Period
from impact.reports.audiences import AudienceRows, DeliveryModelFigure, Indicator, OrganisationFigure, Topic
from impact.reports.content import Chart, Column, Mark, Section, Table
from impact.reports.wording import (
    between,
    is_figure,
    number,
    shown,
    unit_sign,
    with_unit,
    words,
    year_end,
    year_label,
)

_POLARITIES = {"lower_is_better": "Lower is better.", "higher_is_better": "Higher is better.", "none": ""}

_RowKey = tuple[str, str]
"""An organisation and a basis: figures on two bases never share a row."""


@dataclass(frozen=True)
class _Subject:
    """A topic of one report, and all that there is to read of it."""

    rows: AudienceRows
    period: Period
    topic: Topic
    indicators: tuple[Indicator, ...]
    figures: tuple[OrganisationFigure, ...]
    models: tuple[DeliveryModelFigure, ...]

    @property
    def headline(self) -> Indicator:
        return self.indicators[0]

    def of(self, indicator: Indicator, grain: str) -> dict[_RowKey, OrganisationFigure]:
        """An indicator's figures by organisation and basis."""
        return {
            (figure.organisation_code, figure.basis): figure
            for figure in self.figures
            if figure.indicator_id == indicator.id and figure.grain == grain
        }


def topic_sections(rows: AudienceRows, period: Period) -> Iterator[Section]:
    """A section for each topic that this reader has a figure of."""
    for topic in rows.topics:
        subject = _Subject(
            rows,
            period,
            topic,
            tuple(indicator for indicator in rows.indicators if indicator.topic == topic.id),
            tuple(figure for figure in rows.organisations if figure.topic == topic.id),
            tuple(figure for figure in rows.delivery_models if figure.topic == topic.id),
        )
        if any(is_figure(figure.value) for figure in subject.figures) or subject.models:
            yield _section(subject)


def _section(subject: _Subject) -> Section:
    headline = subject.headline
    is_own = subject.rows.audience.kind == "organisation"
    chart = _chart(subject)
    tables = _own_tables(subject) if is_own else [*_portfolio_tables(subject), *_side_by_side(subject)]
    if chart is not None and not is_own:
        tables = (replace(table, is_folded=True) for table in tables)
    return Section(
        id=subject.topic.id.replace("_", "-"),
        title=subject.topic.title,
        paragraphs=(f"{headline.name}: {headline.definition} {_POLARITIES[headline.polarity]}".strip(),),
        chart=chart,
        tables=tuple(tables),
        data_file="organisations.csv" if subject.figures else "delivery-models.csv",
    )


def _portfolio_tables(subject: _Subject) -> Iterator[Table]:
    """The headline indicator of each organisation beside its peers, then what else there is to read of them."""
    headline, period = subject.headline, subject.period
    year, quarter = subject.of(headline, "rolling_year"), subject.of(headline, "quarter")
    keys = list(dict.fromkeys([*year, *quarter]))
    if not keys:
        return
    unit = f" ({unit_sign(headline.unit)})"
    columns = [
        Column("Organisation"),
        Column("Delivery model"),
        Column("Basis"),
        Column("Months reported", True),
        *([Column(f"Year to {year_end(period)}{unit}", True)] if year else []),
        *([Column(f"{period.label()}{unit}", True)] if quarter else []),
        *_peer_columns(headline, unit),
        Column("Note"),
    ]
    is_commissioner = subject.rows.audience.kind == "commissioner"
    not_whole_year = "Not under contract for the whole year" if is_commissioner else "Not named for the whole year"
    table_rows = []
    for key in keys:
        figure = year.get(key) or quarter[key]
        table_rows.append(
            (
                figure.organisation_name,
                words(figure.delivery_model).capitalize(),
                figure.basis_name,
                f"{figure.months_reported} of {figure.months_expected}",
                *([shown(year[key].value, headline.unit) if key in year else "[z]"] if year else []),
                *([shown(quarter[key].value, headline.unit) if key in quarter else "[x]"] if quarter else []),
                *_peer_cells(headline, figure),
                _note(figure) if key in year or not year else not_whole_year,
            )
        )
    label = year_label(period) if year else period.label()
    notes = ("Peers are those of the first period shown.",) if year and quarter and headline.is_compared else ()
    yield Table(f"{headline.name}, {label}", tuple(columns), tuple(table_rows), notes)
    yield from _other_indicators(subject, "rolling_year" if year else "quarter", label)


def _other_indicators(subject: _Subject, grain: str, label: str) -> Iterator[Table]:
    found = {indicator: subject.of(indicator, grain) for indicator in subject.indicators[1:]}
    there = {
        indicator: figures
        for indicator, figures in found.items()
        if any(is_figure(figure.value) for figure in figures.values())
    }
    keys = dict.fromkeys(key for figures in there.values() for key in figures)
    if not there:
        return
    figures_of = {key: next(figures[key] for figures in there.values() if key in figures) for key in keys}
    yield Table(
        f"{subject.topic.title}: further figures, {label}",
        (
            Column("Organisation"),
            Column("Basis"),
            *(Column(f"{indicator.name} ({unit_sign(indicator.unit)})", True) for indicator in there),
        ),
        tuple(
            (
                figure.organisation_name,
                figure.basis_name,
                *(
                    shown(figures[key].value, indicator.unit) if key in figures else "[x]"
                    for indicator, figures in there.items()
                ),
            )
            for key, figure in sorted(figures_of.items(), key=lambda entry: (entry[1].organisation_name, entry[0]))
        ),
    )


def _own_tables(subject: _Subject) -> Iterator[Table]:
    """An organisation's own figures beside its peers, then quarter by quarter."""
    period = subject.period
    table_rows = []
    for indicator in subject.indicators:
        year, quarter = subject.of(indicator, "rolling_year"), subject.of(indicator, "quarter")
        for key in dict.fromkeys([*year, *quarter]):
            figure = year.get(key) or quarter[key]
            table_rows.append(
                (
                    f"{indicator.name} ({unit_sign(indicator.unit)})",
                    figure.basis_name,
                    f"{figure.months_reported} of {figure.months_expected}",
                    shown(year[key].value, indicator.unit) if key in year else "[z]",
                    shown(quarter[key].value, indicator.unit) if key in quarter else "[z]",
                    shown(figure.peer_median, indicator.unit),
                    between(figure.peer_lower_quartile, figure.peer_upper_quartile, indicator.unit),
                    figure.peers,
                    _note(figure),
                )
            )
    yield Table(
        f"{subject.topic.title}, {year_label(period)}",
        (
            Column("Figure"),
            Column("Basis"),
            Column("Months reported", True),
            Column(f"Year to {year_end(period)}", True),
            Column(period.label(), True),
            Column("Median of peers", True),
            Column("Middle half of peers", True),
            Column("Peers", True),
            Column("Note"),
        ),
        tuple(table_rows),
    )
    yield from _quarter_by_quarter(subject)


def _quarter_by_quarter(subject: _Subject) -> Iterator[Table]:
    history = [figure for figure in subject.rows.history if figure.topic == subject.topic.id]
    found: dict[tuple[str, str], dict[str, OrganisationFigure]] = {}
    for figure in history:
        if is_figure(figure.value):
            found.setdefault((figure.period_id, figure.basis), {})[figure.indicator_id] = figure
    indicators = [
        indicator for indicator in subject.indicators if any(indicator.id in figures for figures in found.values())
    ]
    if not found:
        return
    yield Table(
        f"{subject.topic.title}, quarter by quarter",
        (
            Column("Quarter"),
            Column("Basis"),
            *(Column(f"{indicator.name} ({unit_sign(indicator.unit)})", True) for indicator in indicators),
        ),
        tuple(
            (
                period_id,
                next(iter(figures.values())).basis_name,
                *(
                    shown(figures[indicator.id].value, indicator.unit) if indicator.id in figures else "[x]"
                    for indicator in indicators
                ),
            )
            for (period_id, _), figures in sorted(found.items())
        ),
    )


def _side_by_side(subject: _Subject) -> Iterator[Table]:
    """Delivery models beside one another, for what has a good and a bad direction."""
    for indicator in subject.indicators:
        figures = [
            figure
            for figure in subject.models
            if figure.indicator_id == indicator.id and figure.grain == "rolling_year"
        ]
        if not figures or indicator.polarity == "none":
            continue
        unit = f" ({unit_sign(indicator.unit)})"
        yield Table(
            f"{indicator.name} by delivery model, {year_label(subject.period)}",
            (
                Column("Delivery model"),
                Column("Sector"),
                Column("Basis"),
                Column("Organisations reporting", True),
                Column("Months reported", True),
                Column(f"Pooled{unit}", True),
                Column(f"Median{unit}", True),
                Column(f"Middle half{unit}", True),
                Column("Note"),
            ),
            tuple(
                (
                    words(figure.delivery_model).capitalize(),
                    words(figure.sector),
                    figure.basis_name,
                    f"{figure.organisations} of {figure.organisations_registered}",
                    f"{figure.months_reported} of {figure.months_expected}",
                    shown(figure.value, indicator.unit),
                    shown(figure.median, indicator.unit),
                    between(figure.lower_quartile, figure.upper_quartile, indicator.unit),
                    figure.note or "-",
                )
                for figure in figures
            ),
        )


def _chart(subject: _Subject) -> Chart | None:
    """Only for one basis: two bases on one axis would invite a comparison that cannot be made. One organisation without
    peers makes no chart."""
    indicator, period = subject.headline, subject.period
    year = list(subject.of(indicator, "rolling_year").values())
    figures = year or list(subject.of(indicator, "quarter").values())
    readable = [figure for figure in figures if is_figure(figure.value)]
    bases = [figure.basis for figure in readable]
    if not readable:
        return None
    basis = max(sorted(set(bases)), key=bases.count)
    on_basis = [figure for figure in readable if figure.basis == basis]
    marks = tuple(
        Mark(
            figure.organisation_name,
            figure.delivery_model,
            float(figure.value),
            shown(figure.value, indicator.unit),
            number(figure.peer_lower_quartile),
            number(figure.peer_median),
            number(figure.peer_upper_quartile),
        )
        for figure in on_basis
    )
    if len(marks) == 1 and marks[0].middle is None:
        return None
    low, high = (pick(on_basis, key=lambda figure: float(figure.value)) for pick in (min, max))
    return Chart(
        title=_chart_title(subject, marks, low, high),
        subtitle=f"{indicator.name} ({unit_sign(indicator.unit)}), {on_basis[0].basis_name}, "
        + (year_label(period) if year else period.label()),
        unit=indicator.unit,
        marks=marks,
        description=_chart_description(indicator, on_basis, low, high),
    )


def _chart_title(subject: _Subject, marks: Sequence[Mark], low: OrganisationFigure, high: OrganisationFigure) -> str:
    placed = [mark for mark in marks if mark.middle is not None]
    above = sum(mark.value > (mark.middle or 0.0) for mark in placed)
    unit = subject.headline.unit
    if subject.rows.audience.kind == "commissioner" and placed:
        verb = "is" if above == 1 else "are"
        return f"{above} of {len(placed)} that can be compared {verb} above the median of their peers"
    if len(marks) > 1:
        return f"Organisations range from {shown(low.value, unit)} to {with_unit(high.value, unit)}"
    return f"{with_unit(low.value, unit)}, where the median of peers is {with_unit(low.peer_median, unit)}"


def _chart_description(
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


def _peer_columns(indicator: Indicator, unit: str) -> list[Column]:
    if not indicator.is_compared:
        return []
    return [Column(f"Median of peers{unit}", True), Column(f"Middle half of peers{unit}", True), Column("Peers", True)]


def _peer_cells(indicator: Indicator, figure: OrganisationFigure) -> list[str]:
    if not indicator.is_compared:
        return []
    return [
        shown(figure.peer_median, indicator.unit),
        between(figure.peer_lower_quartile, figure.peer_upper_quartile, indicator.unit),
        figure.peers,
    ]


def _note(figure: OrganisationFigure) -> str:
    if figure.value == "[z]":
        return "Not worked out on this basis"
    if figure.value == "[x]":
        if not figure.months_reported:
            return "Nothing reported"
        return (
            "Not every month reported" if figure.months_reported < figure.months_expected else "Not among what was sent"
        )
    parts = [figure.peer_note.capitalize()] if figure.peer_note else []
    if figure.peer_group == "same delivery model, all sectors" and figure.peer_note != "too few peers":
        parts.append("Peers are of all sectors")
    return ". ".join(parts) or "-"
