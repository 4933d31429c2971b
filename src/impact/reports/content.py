"""What a report says, as plain data that every form is drawn from. Form belongs in `html` and `data_files`.

Sentences are chosen from the published figures and claim no more than those: how sure a difference is, is not worked
out yet, so none is called better or worse.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from impact.periods import Period
from impact.reports.audiences import AudienceRows, DeliveryModelFigure, Indicator, OrganisationFigure

NOT_FOR_RELEASE = "Not for release: disclosure control is not in yet."

_SHORTHAND = frozenset({"[c]", "[x]", "[z]"})
_HEADLINE_INDICATOR = "sickness_absence_rate"
_MODEL_NAMES = {"mutual": "mutual", "in_house": "in-house", "outsourced": "outsourced", "unclassified": "unclassified"}
_MODEL_PLURALS = {
    "mutual": ("mutual", "mutuals"),
    "in_house": ("in-house organisation", "in-house organisations"),
    "outsourced": ("outsourced organisation", "outsourced organisations"),
    "unclassified": ("unclassified organisation", "unclassified organisations"),
}
_POLARITIES = {"lower_is_better": "Lower is better.", "higher_is_better": "Higher is better.", "none": ""}


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, and whether it holds figures."""

    heading: str
    is_figure: bool = False


@dataclass(frozen=True)
class Table:
    """Texts as printed. The first column names the row."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mark:
    """One organisation in a portfolio chart. `low`, `middle`, `high` are its peers' quartiles and median, or None."""

    name: str
    delivery_model: str
    value: float
    shown_value: str
    low: float | None
    middle: float | None
    high: float | None


@dataclass(frozen=True)
class Chart:
    """A portfolio chart: each organisation over the middle half of its peers. `title` is a finding."""

    title: str
    subtitle: str
    unit: str
    marks: tuple[Mark, ...]
    description: str


@dataclass(frozen=True)
class Section:
    """A part of a report. `data_file` is the file that holds the figures of its table."""

    id: str
    title: str
    paragraphs: tuple[str, ...] = ()
    chart: Chart | None = None
    tables: tuple[Table, ...] = ()
    data_file: str | None = None


@dataclass(frozen=True)
class Report:
    """A report for one audience on one period."""

    title: str
    audience_name: str
    published_on: date
    period_covered: str
    status: str
    warning: str | None
    main_points: tuple[str, ...]
    sections: tuple[Section, ...]


def make_report(rows: AudienceRows, period: Period, published_on: date) -> Report:
    """The report of one audience. Raises nothing: an audience without figures gets a report that says so."""
    is_named_for = rows.audience.kind == "commissioner"
    title = f"Benchmarks for {rows.audience.name}" if is_named_for else "Mutuals beside other organisations"
    sections = [section for indicator in rows.indicators for section in _indicator_section(rows, indicator, period)]
    sections += _side_by_side(rows, period)
    sections += [_missing(rows, sections), _method(rows)]
    return Report(
        title=f"{title}: sickness absence, year to {_year_end(period)}",
        audience_name=rows.audience.name,
        published_on=published_on,
        period_covered=f"{_year_label(period)}",
        status="Every figure here is public already" if rows.is_public else "Provisional",
        warning=None if rows.is_public else NOT_FOR_RELEASE,
        main_points=tuple(_main_points(rows, period)),
        sections=tuple(sections),
    )


def is_figure(text: str) -> bool:
    """Whether a published text is a figure, not shorthand for why there is none."""
    return text not in _SHORTHAND


def words(code: str) -> str:
    """A code as words: `community_health` is community health, `in_house` is in-house."""
    return _MODEL_NAMES.get(code, code.replace("_", " "))


def _main_points(rows: AudienceRows, period: Period) -> Iterator[str]:
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
        if figure.indicator_id == _HEADLINE_INDICATOR and figure.grain == "rolling_year"
    ]
    if not figures:
        yield f"No contract of yours covers the whole year to {_year_end(period)}, so only {period.label()} is shown."
        return
    full = [figure for figure in figures if figure.months_reported == figure.months_expected]
    yield (
        f"You commission {_count(len(figures), 'organisation', 'organisations')}; {len(full)} reported every month of "
        f"the year to {_year_end(period)}."
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
        if figure.indicator_id == _HEADLINE_INDICATOR
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
        yield f"In {words(sector)}, in the year to {_year_end(period)}, {said}."
        unsure = next(
            (
                figure
                for figure in rows.delivery_models
                if (figure.indicator_id, figure.grain, figure.sector, figure.basis, figure.delivery_model)
                == (_HEADLINE_INDICATOR, "rolling_year", sector, basis, "unclassified")
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
    others = _count(unsure.organisations, "other organisation", "other organisations")
    them, their = ("it", "its") if unsure.organisations == 1 else ("them", "their")
    return (
        f"It is not known whether {others} in this sector belong{'s' if unsure.organisations == 1 else ''} to {their} "
        f"staff. Counting {them} as mutuals would give {mutuals.value_with_unclassified}% instead of {mutuals.value}%."
    )


def _indicator_section(rows: AudienceRows, indicator: Indicator, period: Period) -> Iterator[Section]:
    figures = [figure for figure in rows.organisations if figure.indicator_id == indicator.id]
    year = {_row_key(figure): figure for figure in figures if figure.grain == "rolling_year"}
    quarter = {_row_key(figure): figure for figure in figures if figure.grain == "quarter"}
    if not figures:
        return
    unit = f" ({indicator.unit})"
    columns = [
        Column("Organisation"),
        Column("Delivery model"),
        Column("Basis"),
        Column("Months reported", True),
        *([Column(f"Year to {_year_end(period)}{unit}", True)] if year else []),
        *([Column(f"{period.label()}{unit}", True)] if quarter else []),
        Column(f"Median of peers{unit}", True),
        Column(f"Middle half of peers{unit}", True),
        Column("Peers", True),
        Column("Note"),
    ]
    table_rows = []
    for key in dict.fromkeys([*year, *quarter]):
        figure = year.get(key) or quarter[key]
        table_rows.append(
            (
                figure.organisation_name,
                words(figure.delivery_model).capitalize(),
                words(figure.basis),
                f"{figure.months_reported} of {figure.months_expected}",
                *([year[key].value if key in year else "[z]"] if year else []),
                *([quarter[key].value if key in quarter else "[x]"] if quarter else []),
                figure.peer_median,
                _between(figure.peer_lower_quartile, figure.peer_upper_quartile),
                figure.peers,
                _note(figure) if key in year or not year else "Not under contract for the whole year",
            )
        )
    yield Section(
        id=indicator.id.replace("_", "-"),
        title=indicator.name,
        paragraphs=(f"{indicator.definition} {_POLARITIES[indicator.polarity]}".strip(),),
        chart=_chart(rows, indicator, list(year.values()) or list(quarter.values()), period, is_year=bool(year)),
        tables=(
            Table(
                f"{indicator.name}, {_year_label(period) if year else period.label()}",
                tuple(columns),
                tuple(table_rows),
                ("Peers are those of the first period shown.",) if year and quarter else (),
            ),
        ),
        data_file="organisations.csv",
    )


def _row_key(figure: OrganisationFigure) -> tuple[str, str]:
    return (figure.organisation_code, figure.basis)


def _chart(
    rows: AudienceRows, indicator: Indicator, figures: Sequence[OrganisationFigure], period: Period, *, is_year: bool
) -> Chart | None:
    """Only for one basis: two bases on one axis would invite a comparison that cannot be made."""
    shown = [figure for figure in figures if is_figure(figure.value)]
    bases = [figure.basis for figure in shown]
    if not shown:
        return None
    basis = max(sorted(set(bases)), key=bases.count)
    marks = tuple(
        Mark(
            figure.organisation_name,
            figure.delivery_model,
            float(figure.value),
            figure.value,
            _number(figure.peer_lower_quartile),
            _number(figure.peer_median),
            _number(figure.peer_upper_quartile),
        )
        for figure in shown
        if figure.basis == basis
    )
    low, high = min(marks, key=lambda mark: mark.value), max(marks, key=lambda mark: mark.value)
    placed = [mark for mark in marks if mark.middle is not None]
    above = sum(mark.value > (mark.middle or 0.0) for mark in placed)
    if rows.audience.kind == "commissioner" and placed:
        verb = "is" if above == 1 else "are"
        title = f"{above} of {len(placed)} that can be compared {verb} above the median of their peers"
    elif len(marks) > 1:
        title = f"Organisations range from {low.shown_value} to {_with_unit(high.shown_value, indicator.unit)}"
    else:
        title = f"{low.name}: {_with_unit(low.shown_value, indicator.unit)}"
    return Chart(
        title=title,
        subtitle=f"{indicator.name} ({indicator.unit}), {words(basis)}, "
        + (_year_label(period) if is_year else period.label()),
        unit=indicator.unit,
        marks=marks,
        description=(
            f"Values run from {low.shown_value} ({low.name}) to {high.shown_value} ({high.name}). "
            "The table gives every value."
        ),
    )


def _side_by_side(rows: AudienceRows, period: Period) -> Iterator[Section]:
    tables = []
    for indicator in rows.indicators:
        figures = [
            figure
            for figure in rows.delivery_models
            if figure.indicator_id == indicator.id and figure.grain == "rolling_year"
        ]
        if not figures:
            continue
        unit = f" ({indicator.unit})"
        columns = (
            Column("Delivery model"),
            Column("Sector"),
            Column("Basis"),
            Column("Organisations reporting", True),
            Column("Months reported", True),
            Column(f"Pooled{unit}", True),
            Column(f"Median{unit}", True),
            Column(f"Middle half{unit}", True),
            Column("Note"),
        )
        tables.append(
            Table(
                f"{indicator.name} by delivery model, {_year_label(period)}",
                columns,
                tuple(
                    (
                        words(figure.delivery_model).capitalize(),
                        words(figure.sector),
                        words(figure.basis),
                        f"{figure.organisations} of {figure.organisations_registered}",
                        f"{figure.months_reported} of {figure.months_expected}",
                        figure.value,
                        figure.median,
                        _between(figure.lower_quartile, figure.upper_quartile),
                        figure.note or "-",
                    )
                    for figure in figures
                ),
            )
        )
    if tables:
        yield Section(
            id="delivery-models",
            title="Delivery models side by side",
            paragraphs=(
                (
                    "Pooled adds up all organisations before dividing, so that large ones weigh more. The median is "
                    "the organisation in the middle. Neither is adjusted for what staff do or where they work."
                ),
            ),
            tables=tuple(tables),
            data_file="delivery-models.csv",
        )


def _missing(rows: AudienceRows, before: Sequence[Section]) -> Section:
    year = [
        figure
        for figure in rows.organisations
        if figure.indicator_id == _HEADLINE_INDICATOR and figure.grain == "rolling_year"
    ]
    short = [figure for figure in year if figure.months_reported < figure.months_expected]
    if not year:
        said = "There is no organisation to report on."
    elif not short:
        said = "Every organisation reported every month."
    else:
        listed = "; ".join(
            f"{figure.organisation_name} ({figure.months_reported} of {figure.months_expected} months)"
            for figure in short
        )
        said = f"{len(short)} of {len(year)} organisations did not report every month: {listed}."
    withheld = sum(
        text.count("[c]") for section in before for table in section.tables for row in table.rows for text in row
    )
    return Section(
        id="data-quality",
        title="What is missing, and what was withheld",
        paragraphs=(
            said,
            (
                f"{_count(withheld, 'figure', 'figures')} of groups were withheld ([c]), because the group is small or "
                "because this reader already knows most of it. A median is shown from 5 peers, quartiles from 10."
            ),
            "[c] withheld, [x] not available, [z] not applicable.",
        ),
    )


def _method(rows: AudienceRows) -> Section:
    used = {figure.indicator_id for figure in rows.organisations} | {
        figure.indicator_id for figure in rows.delivery_models
    }
    paragraphs = [
        (
            "Peers are organisations with the same delivery model, in the same sector and counting days on the same "
            "basis, the organisation itself left out. With fewer than 5 of them, those of all sectors are taken. "
            "Who is a mutual, and in which sector, is what the register of this service says."
        ),
        *(
            f"{indicator.name}: {indicator.definition} Source of the method: {indicator.method}."
            for indicator in rows.indicators
            if indicator.id in used
        ),
        *(
            f"Contains public sector information from {publisher.name} ({publisher.page}), licensed under the "
            f"{publisher.licence}. {publisher.note}".rstrip()
            for publisher in rows.publishers
        ),
    ]
    return Section(id="method", title="How these figures were made", paragraphs=tuple(paragraphs))


def _note(figure: OrganisationFigure) -> str:
    if figure.value == "[x]":
        return "Not every month reported" if figure.months_reported else "Nothing reported"
    if figure.value == "[z]":
        return "Not worked out on this basis"
    parts = [figure.peer_note.capitalize()] if figure.peer_note else []
    if figure.peer_group == "same delivery model, all sectors" and figure.peer_note != "too few peers":
        parts.append("Peers are of all sectors")
    return ". ".join(parts) or "-"


def _between(low: str, high: str) -> str:
    return low if not is_figure(low) else f"{low} to {high}"


def _with_unit(value: str, unit: str) -> str:
    return f"{value}%" if unit == "%" else f"{value} {unit}"


def _number(text: str) -> float | None:
    return float(text) if is_figure(text) else None


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _year_end(period: Period) -> str:
    return f"{period.end_on:%B %Y}"


def _year_label(period: Period) -> str:
    """The 12 months that end with the period: `April 2024 to March 2025`."""
    end = period.end_on
    first_month = end.month % 12 + 1
    first = date(end.year - (end.month != 12), first_month, 1)
    return f"{first:%B %Y} to {end:%B %Y}"
