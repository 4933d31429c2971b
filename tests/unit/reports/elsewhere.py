"""What must hold of a workbook that leaves tables out: each of their cells stands on a sheet, in a row about the same
organisation, figure and basis, under the heading that means the same."""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl import load_workbook

from impact.reports.content import Report, Table
from tests.unit.reports.checklist import FIRST, as_held, shown_columns

FIGURES, PEERS, MODELS = "Every figure", "Their peers", "Delivery models side by side"
OF_PEERS = ("Peers", "Peers pooled", "Median of peers", "Middle half of peers")
SIZES = ("Answers", "Days available")

Row = Mapping[str, str]


@dataclass(frozen=True)
class Long:
    """The rows of the long tables as they are read back from their sheets, each by heading."""

    figures: Sequence[Row]
    peers: Sequence[Row]
    models: Sequence[Row]

    @property
    def year(self) -> str:
        return next((heading for heading in self.headings if heading.startswith("Year to ")), "")

    @property
    def headings(self) -> list[str]:
        return list(self.figures[0]) if self.figures else []

    @property
    def is_of_several(self) -> bool:
        return "Organisation" in self.headings


def check_elsewhere(data: bytes, report: Report) -> int:
    """How many cells were looked for. Raises AssertionError where one is not there or says something else."""
    book = load_workbook(io.BytesIO(data))
    titles = [book[name]["A1"].value for name in book.sheetnames[len(FIRST) :]]
    _check_sheets(titles, report)
    long = Long(*(_rows_of(book, of) for of in (FIGURES, PEERS, MODELS)))
    for rows in (long.figures, long.peers):
        keys = [(row.get("Organisation"), row["Figure"], row["Basis"]) for row in rows]
        assert len(set(keys)) == len(keys)
    looked_for = 0
    for whom, table in _tables(report):
        if table.is_elsewhere:
            for row in table.rows:
                found = {name: as_held(text) for name, text in zip(_headings(table), row, strict=True)}
                looked_for += _look_for(found, table, whom, long, report)
    return looked_for


def _tables(report: Report) -> Iterator[tuple[str, Table]]:
    """Every table, with whom it is about where it is on the page of one."""
    names = {profile.title: profile.name for profile in report.profiles}
    for part, section in report.all_sections():
        for table in (*(figure.table for figure in section.figures), *section.tables):
            yield names.get(part, ""), table


def _check_sheets(titles: Sequence[str], report: Report) -> None:
    """The long tables and those that are nowhere else have a sheet, and no others do."""
    own = [as_held(table.title) for whom, table in _tables(report) if not (whom or table.is_elsewhere)]
    own += [as_held(table.title) for table in report.long_tables]
    of_profiles = {_undated(table.title) for whom, table in _tables(report) if whom and not table.is_elsewhere}
    merged = [title for title in titles if title.startswith("Each ")]
    assert sorted(title for title in titles if title not in merged) == sorted(own)
    assert {_undated(title.split(": ", 1)[1]) for title in merged} == of_profiles


def _undated(title: str) -> str:
    return re.sub(r", [^,]*\d[^,]*$", "", as_held(title)).lower()


def _rows_of(book: Any, start: str) -> list[Row]:
    found = [sheet for sheet in book if str(sheet["A1"].value).startswith(f"{start}, ")]
    assert len(found) < 2
    columns = dict(shown_columns(found[0])) if found else {}
    return [_joined(dict(zip(columns, texts, strict=True))) for texts in zip(*columns.values(), strict=True)]


def _joined(row: Row) -> Row:
    """Two numbers that the sheet has in two columns as the one text that they are on a page."""
    joined = dict(row)
    for heading in row:
        for first, second, way in ((", from", ", to", "{} to {}"), ("", ", out of", "{} of {}")):
            start = heading.removesuffix(second)
            if heading != start:
                low, high = row[f"{start}{first}"], row[heading]
                joined[start] = low if low == high and low.startswith("[") else way.format(low, high)
    return joined


def _headings(table: Table) -> list[str]:
    return [column.heading for column in table.columns]


def _look_for(row: Row, table: Table, whom: str, long: Long, report: Report) -> int:
    first, *others = row
    name = row[first]
    if first in ("Return", "Combined authority"):
        # It is no row of a long table, but of one that stands side by side: cells of its own, or of whom it is about.
        wanted = {"Organisation": whom, name: row[others[0]]} if first == "Return" else row
        side_by_side = [t for other, t in _tables(report) if not (other or t.is_elsewhere)]
        assert any(
            wanted.items() <= dict(zip(_headings(t), map(as_held, cells), strict=True)).items()
            for t in side_by_side
            for cells in t.rows
        ), (table.title, row)
        return len(row)
    if first == "Delivery model":
        same = [one for one in long.models if one["Delivery model"] == name and _is_titled(table, one)]
        of_all = "all sectors with mutuals" in table.title
        where = row.get("Sector", "All sectors with mutuals" if of_all else "")
        [one] = [one for one in same if one["Sector"] == where and one["Basis"] == row.get("Basis", one["Basis"])]
        for heading, text in row.items():
            assert one[_base(heading)] == text, (table.title, heading, row)
        return len(row)
    looked_for = 0
    for heading, text in row.items():
        if heading != first and not (heading == "Basis" and "further figures" in table.title):
            looked_for += 1
            _look_for_cell(heading, text, row, _about(row, heading, table, whom, long), table, long)
    return looked_for


def _about(row: Row, heading: str, table: Table, whom: str, long: Long) -> Row:
    """The one row of "Every figure" that a cell is about."""
    first = next(iter(row))
    what = heading if "further figures" in table.title else ""
    same = [
        one
        for one in long.figures
        if (whom in ("", one.get("Organisation")) if first == "Figure" else True)
        and (not long.is_of_several or first == "Figure" or _is_named(row[first], one, "Organisation"))
        and (_is_named(row[first], one, "Figure") if first == "Figure" else _is_titled(table, one, what))
        and row.get("Basis", one["Basis"]) == one["Basis"]
    ]
    if not same and what:
        # Whoever has no figure of this on this basis has no row.
        return {}
    assert len(same) == 1, (table.title, row, heading, len(same))
    return same[0]


def _is_named(name: str, one: Row, heading: str) -> bool:
    return name in (one[heading], f"{one[heading]}, {one['Basis']}")


def _is_titled(table: Table, one: Row, what: str = "") -> bool:
    """Whether a table, or a column of it, is about the figure of a row."""
    label = one["Figure"]
    name = label.rsplit(" (", 1)[0]
    if what:
        said = what.removeprefix("Verdict on ").lower()
        return said in (label.lower(), name.lower())
    title = as_held(table.title)
    if title.startswith((f"{label}, ", f"{label} by ")):
        return f", {one['Basis']}, " in title
    return title.startswith((f"{name}, ", f"{name}: ", f"{name} by delivery model"))


def _base(heading: str) -> str:
    return re.sub(r" \([^()]*\)$", "", heading)


def _look_for_cell(heading: str, text: str, row: Row, one: Row, table: Table, long: Long) -> None:
    base = _base(heading)
    where = (table.title, heading, row)
    if not one:
        assert text in ("[x]", "[z]"), where
        return
    beside = next(
        (r for r in long.peers if all(r.get(n) == one.get(n) for n in ("Organisation", "Figure", "Basis"))), None
    )
    if base == "Delivery model" and not long.is_of_several:
        return
    if base in OF_PEERS:
        allowed = {beside.get(base, "[z]")} if beside else {"[x]", "[z]", one.get(long.year, "")}
    elif base == "Verdict" or base.startswith("Verdict on "):
        allowed = _with_note(one.get("Verdict", "[z]"), one.get("Note on the verdict", "-"))
    elif base == "Over time":
        allowed = _with_note(one.get("Over time", "[z]"), one.get("Note on the change", "-"))
    elif base == "Note" and "Basis" in row:
        note = one.get("Note on the verdict", "-")
        allowed = {beside.get("Note", "-")} if beside else {"-", f"{note[:1].upper()}{note[1:].rstrip('.')}."}
    elif base in SIZES:
        allowed = {one["Counted over"]}
    elif base == "Figure" or one["Figure"] == heading:
        year = one.get(long.year, "[z]")
        quarter = one.get(
            next((h for h in long.headings if re.fullmatch("[A-Z][a-z]+ to [A-Z][a-z]+ \\d{4}", h)), ""), "[z]"
        )
        allowed = {year} if year != "[z]" else {quarter}
    else:
        allowed = {one.get(base, "[z]" if base != "Note" else "-")}
        # What one of many lacks of a quarter may be there for others of them; to itself it is never made.
        allowed |= {"[z]"} if allowed == {"[x]"} and next(iter(row)) == "Figure" else set()
    assert text in allowed, (*where, allowed)


def _with_note(word: str, note: str) -> set[str]:
    return {word, f"{word}: {note}", f"{word} ({note})"}
