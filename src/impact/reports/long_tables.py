"""The long tables of a report: a row for each figure of an organisation, whatever it is about, another for its peers,
and all delivery models beside one another. Whoever sorts and filters wants one table of each; pages and print show the
same topic by topic."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from impact.periods import Period
from impact.reports.audience_rows import AudienceRows, OrganisationFigure
from impact.reports.content import Column, Table
from impact.reports.delivery_models import all_side_by_side
from impact.reports.savings import meanings_of_zero
from impact.reports.subject import Line, Subject, spoken_of
from impact.reports.tables import no_quarter, note_on_line, note_on_peers
from impact.reports.verdicts import by_chance, how_to_read
from impact.reports.wording import between, says_something, shown, words, year_end, year_label

_NOTHING = frozenset({"[z]", "-"})
_OF_SEVERAL = ("Organisation", "Delivery model")
"""Columns that the reader of one organisation's own figures does without."""


@dataclass(frozen=True)
class _Row:
    """A line, the subject that it is of, and what is to be known of its figure."""

    subject: Subject
    line: Line
    note: str

    @property
    def figure(self) -> OrganisationFigure:
        return self.line.figure

    def of_year(self, text: Callable[[OrganisationFigure], str]) -> str:
        return text(self.line.year) if self.line.year else "[z]"

    def of_quarter(self, text: Callable[[OrganisationFigure], str], missing: str = "[z]") -> str:
        return text(self.line.quarter) if self.line.quarter else missing


_Part = tuple[Column, Callable[[_Row], str]]


def long_tables(rows: AudienceRows, period: Period) -> Iterator[Table]:
    """As many of them as there is something to read in. A column that says nothing of anybody is left out."""
    subjects = list(spoken_of(rows, period))
    found = [row for subject in subjects for row in _rows(subject)]
    years = [row.line.year for row in found if row.line.year]
    quarters = [row.line.quarter for row in found if row.line.quarter]
    if found:
        yield replace(
            _table(f"Every figure, {year_label(period)}", found, _figure_parts(period)),
            notes=(*by_chance(years), *(note for subject in subjects for note in meanings_of_zero(subject, years))),
            how_to_read=tuple(how_to_read(years, quarters)),
        )
    if beside := [row for row in found if row.line.indicator.is_compared and says_something(row.figure.value)]:
        yield _table(f"Peers of every figure, {year_label(period)}", beside, _peer_parts())
    yield from all_side_by_side(subjects)


def _rows(subject: Subject) -> Iterator[_Row]:
    """The headline of everybody, and whatever else says something; of one organisation everything."""
    lines = {indicator: subject.lines(indicator) for indicator in subject.indicators}
    together = [line for some in lines.values() for line in some]
    for indicator, some in lines.items():
        note_on = note_on_line(subject, together if subject.is_of_one else some)
        for line in some:
            if subject.is_of_one or indicator == subject.headline or _says_something(line):
                on_peers = "" if indicator.is_compared else note_on_peers(line.figure)
                yield _Row(subject, line, note_on(line) or on_peers or "-")


def _says_something(line: Line) -> bool:
    return any(figure is not None and says_something(figure.value) for figure in (line.year, line.quarter))


def _who() -> tuple[_Part, ...]:
    return (
        (Column("Organisation"), lambda row: row.figure.organisation_name),
        (Column("Figure"), lambda row: row.line.indicator.label),
        (Column("Basis"), lambda row: row.figure.basis_name),
    )


def _figure_parts(period: Period) -> tuple[_Part, ...]:
    return (
        *_who(),
        (Column("Delivery model"), lambda row: words(row.figure.delivery_model).capitalize()),
        (Column(f"Year to {year_end(period)}", True), lambda row: row.of_year(_value)),
        (
            Column("95% interval", True),
            lambda row: row.of_year(lambda one: between(one.lower_95, one.upper_95, one.unit)),
        ),
        (Column(period.label(), True), lambda row: row.of_quarter(_value, no_quarter(row.subject))),
        (
            Column("Expected range", True),
            lambda row: row.of_year(lambda one: between(one.expected_lower, one.expected_upper, one.unit)),
        ),
        (Column("Verdict"), lambda row: row.of_year(lambda one: one.verdict)),
        (Column("Note on the verdict"), lambda row: row.of_year(lambda one: one.verdict_note or "-")),
        (Column("Over time"), lambda row: row.of_quarter(lambda one: one.variation)),
        (Column("Note on the change"), lambda row: row.of_quarter(lambda one: one.variation_note or "-")),
        (Column("Against target"), lambda row: row.of_quarter(lambda one: one.assurance)),
        (Column("Months reported", True), lambda row: f"{row.figure.months_reported} of {row.figure.months_expected}"),
        (Column("Note"), lambda row: row.note),
    )


def _peer_parts() -> tuple[_Part, ...]:
    return (
        *_who(),
        (Column("Peers", True), lambda row: row.figure.peers),
        (Column("Peers pooled", True), lambda row: shown(row.figure.peer_value, row.figure.unit)),
        (Column("Median of peers", True), lambda row: shown(row.figure.peer_median, row.figure.unit)),
        (
            Column("Middle half of peers", True),
            lambda row: between(row.figure.peer_lower_quartile, row.figure.peer_upper_quartile, row.figure.unit),
        ),
        (Column("Note"), lambda row: note_on_peers(row.figure) or "-"),
    )


def _table(title: str, rows: Sequence[_Row], parts: Sequence[_Part]) -> Table:
    is_of_one = rows[0].subject.is_of_one
    cells = [(column, [cell(row) for row in rows]) for column, cell in parts]
    there = [
        (column, texts)
        for column, texts in cells
        if not _NOTHING.issuperset(texts) and not (is_of_one and column.heading in _OF_SEVERAL)
    ]
    columns, texts = zip(*there, strict=True)
    return Table(title, columns, tuple(zip(*texts, strict=True)))


def _value(figure: OrganisationFigure) -> str:
    return shown(figure.value, figure.unit)
