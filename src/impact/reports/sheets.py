"""What a workbook holds, as plain data: which tables of a report make a sheet, what the sheet is called, which notes it
has, and which texts are numbers. How sheets are written is for `workbook`."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain

from impact.intake.books import clean_text
from impact.reports.content import Column, Report, Section, Table
from impact.reports.datasets import NOTHING_TO_SAY, SHORTHAND
from impact.reports.wording import joined

NOTHING_TO_NOTE = "-"
THE_WHOLE = "The whole report"
_EVERY_TOPIC = "All topics"
_HOW_TO_FILTER = "To filter it, select one of its cells and press Ctrl+Shift+L."
_NO_NUMBERS = frozenset({*SHORTHAND, NOTHING_TO_NOTE})

_LONGEST_SHEET_NAME = 31
_LONGEST_HEADING = 255
"""As much as Excel takes, counted as it counts: in units of UTF-16."""
_NOT_IN_A_SHEET_NAME = re.compile(r"[\[\]:*?/\\'\x00-\x1f\x7f]+")
_PERIOD_AT_ITS_END = re.compile(r", [^,]*\d[^,]*$")
_WHAT_OF_IT = re.compile(r": | (?=by (?:delivery model|sector|combined authority))")
"""Where a title goes on to say what of its subject the table shows: that comes first in a name, for there is not much
room in it and the subject is that of other tables, too."""
_ENDS_NOTHING = frozenset({"a", "and", "as", "by", "for", "of", "per", "that", "the", "to", "what", "with"})
_MOST_DIGITS = 15
"""As many as Excel keeps of a number."""

_NUMBER = r"-?\d[\d,]*(?:\.\d+)?"
_IS_NUMBER = re.compile(_NUMBER, re.ASCII)
_TWO_IN_ONE = (
    (re.compile(rf"({_NUMBER}) to ({_NUMBER})", re.ASCII), "from", "to"),
    (re.compile(rf"({_NUMBER}) of ({_NUMBER})", re.ASCII), "", "out of"),
    (re.compile(rf"({_NUMBER}) \((\d+)\)", re.ASCII), "", "how many"),
)
"""Texts that hold two numbers, and what each of them is called after the heading of their column."""


@dataclass(frozen=True)
class Sheet:
    """One table on a sheet of its own. `above` are the lines between its title and its headings; `notes` the numbers of
    the notes that belong to it. No cell is blank, no heading like another, and every row has a cell for each column."""

    name: str
    table_name: str
    part: str
    title: str
    above: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[int, ...]


@dataclass(frozen=True)
class Note:
    """Something to know, by its number, and the sheets that it is of."""

    number: int
    text: str
    where: str


@dataclass(frozen=True)
class Placed:
    """A table where it stands in a report: its part, what is said beside it, the figure whose data it is, and whether
    it is one of the long ones."""

    part: str
    table: Table
    said: tuple[str, ...]
    figure: str = ""
    is_long: bool = False


def sheets_of(report: Report) -> tuple[tuple[Sheet, ...], tuple[Note, ...]]:
    """The sheets of a report in the order of reading, and all notes in the order of their numbers."""
    placed = list(tables_of(report))
    of_no_table = [text for section in report.sections if not _tables(section) for text in _said(section)]
    of_no_table += [f"{one.title} on this report: {one.comment}" for one in report.profiles if one.comment]
    numbers: dict[str, int] = {}
    for text in chain(*((*one.said, *one.table.how_to_read, *one.table.notes) for one in placed), of_no_table):
        numbers.setdefault(cell_text(text), len(numbers) + 1)
    sheets = tuple(_sheet(place, one, numbers) for place, one in enumerate(placed, start=1))
    everywhere = {cell_text(text) for text in of_no_table}
    notes = tuple(Note(number, text, _where(number, text in everywhere, sheets)) for text, number in numbers.items())
    return sheets, notes


def tables_of(report: Report) -> Iterator[Placed]:
    """Each table of a report that says what no other does, those that its figures are drawn from among them. The long
    tables stand where the first of those would that are in them. Tables that each profile has of the same are one, with
    whom they are of first."""
    figures = {figure.id: f"figure {number}: {figure.chart.title}" for number, figure in enumerate(report.figures(), 1)}
    of_long = [section for section in report.sections if len(_kept(section)) < len(_tables(section))]
    said = tuple(dict.fromkeys(text for section in of_long for text in _said(section)))
    long = [Placed(_EVERY_TOPIC, table, said, is_long=True) for table in report.long_tables]
    for section in report.sections:
        if section in of_long:
            yield from long
            long = []
        for table, figure_id in _kept(section):
            yield Placed(section.title, table, _said(section), figures.get(figure_id, ""))
    yield from long
    alike: dict[tuple[str, str, str], list[tuple[str, Table]]] = {}
    for profile in report.profiles:
        for section in profile.sections:
            for table, _ in _kept(section):
                key = (profile.is_of, section.title, _without_period(table.title))
                alike.setdefault(key, []).append((profile.name, table))
    for (of, title, _), tables in alike.items():
        yield Placed(f"Each {of}: {_small(title)}", _together(tables, of), ())


@lru_cache(maxsize=10_000)
def number_of(text: str) -> tuple[float, str] | None:
    """A printed figure as a number, with the format that prints it so: `1,200.50` is 1200.5 shown as `#,##0.00`. None
    where the text is no figure, or one that a spreadsheet would not show as it stands."""
    if not _IS_NUMBER.fullmatch(text):
        return None
    whole, _, decimals = text.partition(".")
    number = float(text.replace(",", ""))
    shown = f"{number:{',' if ',' in text else ''}.{len(decimals)}f}"
    is_too_long = len(re.sub("[-,.]", "", text).lstrip("0")) > _MOST_DIGITS
    if shown != text or is_too_long or (text.startswith("-") and not number):
        return None
    return number, ("#,##0" if "," in whole else "0") + (f".{'0' * len(decimals)}" if decimals else "")


@lru_cache(maxsize=10_000)
def cell_text(text: str) -> str:
    """Text as a cell can hold it, never blank."""
    clean = clean_text(text.replace("\r\n", "\n").replace("\r", "\n"))
    return clean if clean.strip() else NOTHING_TO_SAY


def utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _tables(section: Section) -> list[tuple[Table, str]]:
    """Each table of a section, with the id of the figure that it belongs to."""
    return [*((figure.table, figure.id) for figure in section.figures), *((table, "") for table in section.tables)]


def _kept(section: Section) -> list[tuple[Table, str]]:
    """Those of which a workbook says what no other table in it does."""
    return [(table, figure) for table, figure in _tables(section) if not table.is_elsewhere]


def _said(section: Section) -> tuple[str, ...]:
    return (*section.paragraphs, *(f"{one.title}: {point}" for one in section.lists for point in one.points))


def _together(tables: Sequence[tuple[str, Table]], of: str) -> Table:
    """Tables that are alike but for whom and which years they are about, as one. A column that one of them lacks says
    nothing there."""
    periods = {table.title: _period_of(table.title) for _, table in tables}
    is_of_several = len(set(periods.values())) > 1
    columns = {column.heading: column for _, table in tables for column in table.columns}
    rows = []
    for name, table in tables:
        headings = [column.heading for column in table.columns]
        for row in table.rows:
            cells = dict(zip(headings, row, strict=True))
            covered = [periods[table.title]] if is_of_several else []
            rows.append((name, *covered, *(cells.get(heading, NOTHING_TO_SAY) for heading in columns)))
    first = tables[0][1]
    return replace(
        first,
        title=f"Each {of}: {_small(_without_period(first.title) if is_of_several else first.title)}",
        columns=(
            Column(f"{of[:1].upper()}{of[1:]}"),
            *([Column("Period covered")] if is_of_several else []),
            *columns.values(),
        ),
        rows=tuple(rows),
        notes=tuple(dict.fromkeys(note for _, table in tables for note in table.notes)),
        how_to_read=tuple(dict.fromkeys(text for _, table in tables for text in table.how_to_read)),
    )


def _sheet(place: int, placed: Placed, numbers: dict[str, int]) -> Sheet:
    table = placed.table
    columns: list[Column] = []
    cells: list[Sequence[str]] = []
    for position, column in enumerate(table.columns):
        for one, texts in _apart(column, [cell_text(row[position]) for row in table.rows]):
            columns.append(one)
            cells.append(texts)
    rows = tuple(zip(*cells, strict=True)) or (("None", *([NOTHING_TO_SAY] * (len(columns) - 1))),)
    notes = tuple(sorted({numbers[cell_text(text)] for text in (*placed.said, *table.how_to_read, *table.notes)}))
    found = set().union(*rows)
    used = [f"{code} {meaning}" for code, meaning in SHORTHAND.items() if code in found]
    used += ["- nothing to note"] if NOTHING_TO_NOTE in found else []
    where = (
        f"with a row for each figure. {_HOW_TO_FILTER}"
        if placed.is_long
        else f"of the part of the report called {cell_text(placed.part)}."
    )
    of_figure = f" These are the data of {cell_text(placed.figure)}." if placed.figure else ""
    return Sheet(
        name=_sheet_name(place, table.title),
        table_name=f"table_{place}_{re.sub('[^a-z0-9]+', '_', _without_period(table.title).lower()).strip('_')}"[:60],
        part=cell_text(placed.part),
        title=cell_text(table.title),
        above=(
            f"This worksheet contains one table, {where}{of_figure}",
            *([f"Shorthand used in it: {'; '.join(used)}."] if used else []),
        ),
        columns=tuple(_unlike(columns)),
        rows=rows,
        notes=notes,
    )


def _apart(column: Column, texts: Sequence[str]) -> Iterator[tuple[Column, Sequence[str]]]:
    """A column of figures that hold two numbers as two columns, every other as it is; shorthand stands in both."""
    said = [text for text in texts if text not in _NO_NUMBERS]
    for pattern, first, second in _TWO_IN_ONE if column.is_figure and said else ():
        if all(map(pattern.fullmatch, said)):
            found = [pattern.fullmatch(text) for text in texts]
            heading = column.heading.removesuffix(f" ({second})")
            for place, name in ((1, first), (2, second)):
                parts = [match[place] if match else text for match, text in zip(found, texts, strict=True)]
                yield Column(f"{heading}, {name}" if name else heading, is_figure=True), parts
            return
    yield column, texts


def _unlike(columns: Sequence[Column]) -> Iterator[Column]:
    """Columns under headings on one line that Excel can tell from one another."""
    taken: set[str] = set()
    for column in columns:
        # A letter written as _x0041_ would be read as that letter in one place and not in the other.
        plain = re.sub("_(?=x[0-9a-fA-F]{4}_)", "_ ", " ".join(cell_text(column.heading).split()))
        heading = _cut(plain, _LONGEST_HEADING)
        number = 1
        unlike = heading
        while unlike.lower() in taken:
            number += 1
            unlike = f"{_cut(heading, _LONGEST_HEADING - len(f' ({number})'))} ({number})"
        taken.add(unlike.lower())
        yield replace(column, heading=unlike)


def _sheet_name(place: int, title: str) -> str:
    """The number of the table and as many words of its title as fit; what Excel takes for a name."""
    subject, *rest = _WHAT_OF_IT.split(_without_period(title), maxsplit=1)
    told_apart = ", ".join([f"{part[:1].upper()}{part[1:]}" for part in rest] + [subject])
    words = _NOT_IN_A_SHEET_NAME.sub(" ", cell_text(told_apart)).split() or ["table"]
    kept: list[str] = []
    for word in words:
        if utf16_length(" ".join([str(place), *kept, word])) > _LONGEST_SHEET_NAME:
            break
        kept.append(word)
    if len(kept) < len(words):
        while kept and kept[-1] in _ENDS_NOTHING:
            kept.pop()
    # A first word that is too long alone says more cut than left out.
    return _cut(f"{place} {' '.join(kept or words[:1])}", _LONGEST_SHEET_NAME).rstrip(" ,-")


def _without_period(title: str) -> str:
    """A title without the months at its end: those of all tables are alike."""
    return _PERIOD_AT_ITS_END.sub("", title)


def _period_of(title: str) -> str:
    return title.removeprefix(_without_period(title)).removeprefix(", ")


def _where(number: int, is_everywhere: bool, sheets: Sequence[Sheet]) -> str:
    found = [str(place) for place, sheet in enumerate(sheets, start=1) if number in sheet.notes]
    if is_everywhere or not found:
        return THE_WHOLE
    return f"{'Worksheet' if len(found) == 1 else 'Worksheets'} {joined(found)}"


def _small(text: str) -> str:
    return f"{text[:1].lower()}{text[1:]}"


def _cut(text: str, longest: int) -> str:
    """The beginning of a text, no longer in UTF-16 than Excel takes, a letter never cut in two."""
    while utf16_length(text) > longest:
        text = text[:-1]
    return text
