"""Published rows -> the content of a report: its sections, tables and charts. The sentences at its top are chosen in
`main_points`."""

from collections.abc import Iterator, Sequence
from datetime import date

from impact.periods import Period
from impact.reports.audiences import AudienceRows, Indicator, OrganisationFigure
from impact.reports.content import Chart, Column, Mark, Report, Section, Table
from impact.reports.main_points import HEADLINE_INDICATOR, main_points
from impact.reports.wording import between, count_of, is_figure, number, with_unit, words, year_end, year_label

NOT_FOR_RELEASE = "Not for release: disclosure control is not in yet."

_POLARITIES = {"lower_is_better": "Lower is better.", "higher_is_better": "Higher is better.", "none": ""}


def make_report(rows: AudienceRows, period: Period, published_on: date) -> Report:
    """The report of one audience. Raises nothing: an audience without figures gets a report that says so."""
    is_named_for = rows.audience.kind == "commissioner"
    title = f"Benchmarks for {rows.audience.name}" if is_named_for else "Mutuals beside other organisations"
    sections = [section for indicator in rows.indicators for section in _indicator_section(rows, indicator, period)]
    sections += _side_by_side(rows, period)
    sections += [_missing(rows, sections), _method(rows)]
    return Report(
        title=f"{title}: sickness absence, year to {year_end(period)}",
        audience_name=rows.audience.name,
        published_on=published_on,
        period_covered=f"{year_label(period)}",
        status="Every figure here is public already" if rows.is_public else "Provisional",
        warning=None if rows.is_public else NOT_FOR_RELEASE,
        main_points=tuple(main_points(rows, period)),
        sections=tuple(sections),
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
        *([Column(f"Year to {year_end(period)}{unit}", True)] if year else []),
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
                between(figure.peer_lower_quartile, figure.peer_upper_quartile),
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
                f"{indicator.name}, {year_label(period) if year else period.label()}",
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
            number(figure.peer_lower_quartile),
            number(figure.peer_median),
            number(figure.peer_upper_quartile),
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
        title = f"Organisations range from {low.shown_value} to {with_unit(high.shown_value, indicator.unit)}"
    else:
        title = f"{low.name}: {with_unit(low.shown_value, indicator.unit)}"
    return Chart(
        title=title,
        subtitle=f"{indicator.name} ({indicator.unit}), {words(basis)}, "
        + (year_label(period) if is_year else period.label()),
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
                f"{indicator.name} by delivery model, {year_label(period)}",
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
                        between(figure.lower_quartile, figure.upper_quartile),
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
        if figure.indicator_id == HEADLINE_INDICATOR and figure.grain == "rolling_year"
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
                f"{count_of(withheld, 'cell was', 'cells were')} withheld ([c]) in the tables above, because a group "
                "is small or because this reader already knows most of it. A median is shown from "
                f"{rows.peers_for_median} peers, quartiles from {rows.peers_for_quartiles}."
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
            "basis, the organisation itself left out. With fewer than "
            f"{rows.peers_for_median} of them, those of all sectors are taken. "
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
