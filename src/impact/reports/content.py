"""What a report says, as plain data that every form is drawn from. Form belongs in `html` and `data_files`.

Sentences are chosen from the published figures and claim no more than those: how sure a difference is, is not worked
out yet, so none is called better or worse.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

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
    sections += [_missing(rows), _method(rows)]
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
    for sector in sorted({figure.sector for figure in rows.delivery_models}):
        yield from _sector_points(rows, sector, period)


def _portfolio_points(rows: AudienceRows, period: Period) -> Iterator[str]:
    figures = [
        figure
        for figure in rows.organisations
        if figure.indicator_id == _HEADLINE_INDICATOR and figure.grain == "rolling_year"
    ]
    if not figures:
        yield f"No contract of yours covers the whole year to {_year_end(period)}, so no organisation can be shown."
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
    figures = {
        (figure.delivery_model, figure.basis): figure
        for figure in rows.delivery_models
        if figure.indicator_id == _HEADLINE_INDICATOR and figure.grain == "rolling_year" and figure.sector == sector
    }
    for basis in sorted({basis for _, basis in figures}):
        mutuals = figures.get(("mutual", basis))
        if mutuals is None or not is_figure(mutuals.value):
            continue
        others = [
            figure
            for (model, of), figure in figures.items()
            if model in ("in_house", "outsourced") and of == basis and is_figure(figure.value)
        ]
        said = f"In {words(sector)}, {_pooled(mutuals)} in the year to {_year_end(period)}"
        said += "".join(f"; {_pooled(other)}" for other in others) + "."
        yield said
        coverage = ", ".join(
            f"{_plural(figure.delivery_model)} {figure.months_reported} of {figure.months_expected} months"
            for figure in (mutuals, *others)
        )
        yield (
            f"Reported: {coverage}. The figures are pooled and not adjusted for staff mix: a description, not an "
            "effect."
        )
        unsure = figures.get(("unclassified", basis))
        if unsure is not None and is_figure(unsure.value):
            yield _if_counted(mutuals, unsure)


def _pooled(figure: DeliveryModelFigure) -> str:
    count = _count(figure.organisations, *_MODEL_PLURALS[figure.delivery_model])
    return f"the {count} lost {figure.value}% of available {_basis_words(figure.basis)} to sickness"


def _if_counted(mutuals: DeliveryModelFigure, unsure: DeliveryModelFigure) -> str:
    """How far the figure hangs on who is counted as a mutual."""
    lost = Decimal(mutuals.numerator) + Decimal(unsure.numerator)
    available = Decimal(mutuals.denominator) + Decimal(unsure.denominator)
    rate = (lost / available * 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
    it = "it" if unsure.organisations == 1 else "them"
    return (
        f"{_count(unsure.organisations, *_MODEL_PLURALS['unclassified']).capitalize()} may not be owned by staff. "
        f"Counting {it} as mutuals would give {rate}% instead of {mutuals.value}%."
    )


def _indicator_section(rows: AudienceRows, indicator: Indicator, period: Period) -> Iterator[Section]:
    year = [
        figure
        for figure in rows.organisations
        if figure.indicator_id == indicator.id and figure.grain == "rolling_year"
    ]
    if not year:
        return
    quarters = {
        (figure.organisation_code, figure.basis): figure.value
        for figure in rows.organisations
        if figure.indicator_id == indicator.id and figure.grain == "quarter"
    }
    unit = f" ({indicator.unit})"
    columns = [
        Column("Organisation"),
        Column("Delivery model"),
        Column("Basis"),
        Column("Months reported", True),
        Column(f"Year to {_year_end(period)}{unit}", True),
        *([Column(f"{period.label()}{unit}", True)] if quarters else []),
        Column(f"Median of peers{unit}", True),
        Column(f"Middle half of peers{unit}", True),
        Column("Peers", True),
        Column("Note"),
    ]
    table_rows = tuple(
        (
            figure.organisation_name,
            words(figure.delivery_model).capitalize(),
            words(figure.basis),
            f"{figure.months_reported} of {figure.months_expected}",
            figure.value,
            *([quarters.get((figure.organisation_code, figure.basis), "[x]")] if quarters else []),
            figure.peer_median,
            _between(figure.peer_lower_quartile, figure.peer_upper_quartile),
            figure.peers,
            _note(figure),
        )
        for figure in year
    )
    yield Section(
        id=indicator.id.replace("_", "-"),
        title=indicator.name,
        paragraphs=(f"{indicator.definition} {_POLARITIES[indicator.polarity]}".strip(),),
        chart=_chart(indicator, year, period),
        tables=(Table(f"{indicator.name}, {_year_label(period)}", tuple(columns), table_rows),),
        data_file="organisations.csv",
    )


def _chart(indicator: Indicator, figures: Sequence[OrganisationFigure], period: Period) -> Chart | None:
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
    banded = [mark for mark in marks if mark.low is not None and mark.high is not None]
    inside = sum(
        mark.low <= mark.value <= mark.high for mark in banded if mark.low is not None and mark.high is not None
    )
    if banded:
        title = f"{inside} of {len(banded)} organisations are within the middle half of their peers"
    else:
        title = f"{indicator.name} of {_count(len(marks), 'organisation', 'organisations')}"
    low, high = min(marks, key=lambda mark: mark.value), max(marks, key=lambda mark: mark.value)
    return Chart(
        title=title,
        subtitle=f"{indicator.name} ({indicator.unit}), {words(basis)}, {_year_label(period)}",
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
            Column("Organisations", True),
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
                        str(figure.organisations),
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


def _missing(rows: AudienceRows) -> Section:
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
        text == "[c]" for figure in rows.organisations for text in (figure.peer_median, figure.peer_lower_quartile)
    ) + sum(figure.value == "[c]" for figure in rows.delivery_models)
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
            "basis, the organisation itself left out. With fewer than 5 of them, those of all sectors are taken."
        ),
        *(
            f"{indicator.name}: {indicator.definition} Source of the method: {indicator.method}."
            for indicator in rows.indicators
            if indicator.id in used
        ),
        *(
            f"Contains public sector information from {publisher.name} ({publisher.page}), licensed under the "
            f"{publisher.licence}."
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


def _number(text: str) -> float | None:
    return float(text) if is_figure(text) else None


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _plural(delivery_model: str) -> str:
    return _MODEL_PLURALS[delivery_model][1]


def _basis_words(basis: str) -> str:
    return "hours" if basis == "hours" else words(basis)


def _year_end(period: Period) -> str:
    return f"{period.end_on:%B %Y}"


def _year_label(period: Period) -> str:
    """The 12 months that end with the period: `April 2024 to March 2025`."""
    end = period.end_on
    first_month = end.month % 12 + 1
    first = date(end.year - (end.month != 12), first_month, 1)
    return f"{first:%B %Y} to {end:%B %Y}"
