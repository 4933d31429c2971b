"""What must hold of any workbook of a report, read back as others read it: the Government Analysis Function's rules for
statistics in spreadsheets, and that it says what the content says."""

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter, range_boundaries

from impact.reports.content import Report, Table
from impact.reports.sheets import tables_of

WITH_NOTES = {"Verdict": "Note on the verdict", "Over time": "Note on the change"}
"""Columns of the long tables that stand together in one of a page."""
FIRST = ["Cover", "Contents", "Notes"]
SHORTHAND = ("[c]", "[x]", "[z]", "[u]")


def check(data: bytes, report: Report) -> None:
    book = load_workbook(io.BytesIO(data))
    _check_parts(data)
    _check_properties(book, report)
    _check_names(book)
    for sheet in book:
        _check_sheet(sheet)
        if sheet.title != "Cover":
            _check_table(sheet)
    _check_links(book)
    placed = list(tables_of(report))
    assert len(placed) == len(book.sheetnames) - len(FIRST)
    for one, name in zip(placed, book.sheetnames[len(FIRST) :], strict=True):
        columns = [
            (column.heading, [row[place] for row in one.table.rows]) for place, column in enumerate(one.table.columns)
        ]
        assert book[name]["A1"].value == as_held(one.table.title)
        if one.table.rows:
            says_the_same(columns, shown_columns(book[name]))
    check_left_out(report)


def check_left_out(report: Report) -> None:
    """What has no sheet of its own stands in one that has: each cell in the long tables, in rows about the same."""
    for part, section in report.all_sections():
        for table in (*(figure.table for figure in section.figures), *section.tables):
            if table.is_in_long:
                whom = "" if part == report.title else part
                for row in table.rows:
                    said = _said_in_long(report, table, row, whom)
                    missing = [text for text in row if text not in (*said, *SHORTHAND, "-")]
                    assert not missing, (table.title, row, missing)
            elif table.is_repeated:
                side_by_side = [
                    dict(zip((column.heading for column in other.columns), row, strict=True))
                    for _, others in report.all_sections()
                    for other in others.tables
                    if not (other.is_repeated or other.is_in_long)
                    for row in other.rows
                ]
                for row in table.rows:
                    # A row of another table, or cells of the row of whom the page is about.
                    own = dict(zip((column.heading for column in table.columns), row, strict=True))
                    of_whom = {"Organisation": part, row[0]: row[1]}
                    assert any(own.items() <= one.items() or of_whom.items() <= one.items() for one in side_by_side), (
                        table.title,
                        part,
                        row,
                    )


def _said_in_long(report: Report, table: Table, row: Sequence[str], whom: str) -> set[str]:
    """Every text of the long tables in a row about what `row` is about: `whom`, or whatever its first cell names."""
    found: set[str] = set()
    for long in report.long_tables:
        headings = [column.heading for column in long.columns]
        for texts in long.rows:
            cells = dict(zip(headings, texts, strict=True))
            name, _ = cells["Figure"].rsplit(" (", 1)
            match table.columns[0].heading:
                case "Delivery model":
                    is_about_it = table.title.startswith(f"{name} by delivery model, ") and texts[1:] == row
                case "Organisation":
                    is_about_it = is_of(row[0], cells, "Organisation")
                case _:
                    is_about_it = whom in ("", cells.get("Organisation")) and is_of(row[0], cells, "Figure")
            if is_about_it:
                verdicts = [(cells.get(what), cells.get(note, "-")) for what, note in WITH_NOTES.items()]
                found |= {way.format(*one) for one in verdicts for way in ("{}: {}", "{} ({})")} | set(texts)
    # The reader of one organisation's own figures is not told in each row whose they are.
    of_several = any(column.heading == "Organisation" for long in report.long_tables for column in long.columns)
    is_told_whose = table.columns[0].heading == "Organisation" and not of_several
    return found | set(row[:2]) if is_told_whose else found


def is_of(name: str, cells: Mapping[str, str], heading: str) -> bool:
    """Whether a row is about what is named, which may have its basis behind it."""
    return heading not in cells or name in (cells[heading], f"{cells[heading]}, {cells.get('Basis')}")


def _check_parts(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {part.date_time for part in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert not [
            name for name in archive.namelist() if re.search("comment|vba|external|drawing", name, re.IGNORECASE)
        ]
        assert not [name for name in archive.namelist() if b'TargetMode="External"' in archive.read(name)]


def _check_properties(book: Any, report: Report) -> None:
    said = book.properties
    assert said.title == as_held(report.title)
    assert said.creator
    assert said.created.replace(tzinfo=None) == datetime.combine(report.published_on, time())
    assert said.modified == said.created
    assert {one.name: one.value for one in book.custom_doc_props.props}["Language"] == "en-GB"


def _check_names(book: Any) -> None:
    assert book.sheetnames[: len(FIRST)] == FIRST
    assert len({name.lower() for name in book.sheetnames}) == len(book.sheetnames)
    for name in book.sheetnames:
        assert 0 < len(name.encode("utf-16-le")) // 2 <= 31
        assert not set(name) & set("[]:*?/\\'")
    tables = [name for sheet in book for name in sheet.tables]
    assert len(set(tables)) == len(tables)
    assert all(re.fullmatch("[a-z][a-z0-9_]{0,59}", name) for name in tables)


def _check_sheet(sheet: Any) -> None:
    assert sheet.sheet_state == "visible"
    assert not sheet.merged_cells.ranges
    assert not [row for row, about in sheet.row_dimensions.items() if about.hidden]
    assert not [column for column, about in sheet.column_dimensions.items() if about.hidden]
    assert isinstance(sheet["A1"].value, str)
    for row in sheet.iter_rows():
        for cell in row:
            assert cell.comment is None
            assert cell.data_type in ("s", "n"), (sheet.title, cell.coordinate, cell.value)
            if cell.hyperlink:
                assert cell.hyperlink.target is None


def _check_table(sheet: Any) -> None:
    """One table, from column A to the last cell of the sheet, without a gap, its headings in sight."""
    [table] = sheet.tables.values()
    left, top, right, bottom = _bounds(table)
    assert (left, right, bottom) == (1, sheet.max_column, sheet.max_row), table.name
    headings = [cell.value for cell in sheet[top]]
    assert headings == [column.name for column in table.tableColumns]
    assert len({heading.lower() for heading in headings}) == len(headings)
    assert sheet.freeze_panes == f"A{top + 1}"
    assert table.autoFilter is None
    for row in sheet.iter_rows(min_row=top, max_row=bottom):
        for cell in row:
            assert cell.value is not None, cell.coordinate
            assert str(cell.value).strip(), cell.coordinate
    for row in sheet.iter_rows(min_row=1, max_row=top - 1):
        said, *others = row
        assert said.value, said.coordinate
        assert all(cell.value is None for cell in others)
    for position in range(1, right + 1):
        assert sheet.column_dimensions[get_column_letter(position)].width >= 9


def _check_links(book: Any) -> None:
    places = {f"'{name}'!A1": name for name in book.sheetnames}
    there = {}
    for sheet in book:
        there[sheet.title] = [
            places[cell.hyperlink.location] for row in sheet.iter_rows() for cell in row if cell.hyperlink
        ]
    assert there["Cover"] == ["Contents", "Notes"]
    assert there["Contents"] == ["Cover", *book.sheetnames[2:]]
    assert all("Contents" in links for name, links in there.items() if name not in ("Cover", "Contents"))
    listed = [row[0].value for row in book["Contents"].iter_rows(min_row=5)]
    assert listed == book.sheetnames[2:]


def _bounds(table: Any) -> tuple[int, int, int, int]:
    left, top, right, bottom = range_boundaries(table.ref)
    assert left
    assert top
    assert right
    assert bottom
    return left, top, right, bottom


def shown_columns(sheet: Any) -> list[tuple[str, list[str]]]:
    """Each heading of a sheet's table with what its cells show."""
    [table] = sheet.tables.values()
    _, top, _, bottom = _bounds(table)
    return [
        (column[0].value, [shown(cell) for cell in column[1:]])
        for column in sheet.iter_cols(min_row=top, max_row=bottom)
    ]


def shown(cell: Any) -> str:
    """What Excel shows of a cell, by its number format."""
    if isinstance(cell.value, str):
        return cell.value
    whole, _, decimals = cell.number_format.partition(".")
    assert whole in ("0", "#,##0"), cell.number_format
    assert set(decimals) <= {"0"}
    return f"{cell.value:{',' if ',' in whole else ''}.{len(decimals)}f}"


def says_the_same(content: Sequence[tuple[str, Sequence[str]]], sheet: Sequence[tuple[str, Sequence[str]]]) -> None:
    """Whether a sheet has all columns of the content in their order; two numbers of one text may stand in two."""
    left = list(sheet)
    for heading, texts in content:
        wanted = [as_held(text) for text in texts]
        _, first = left.pop(0)
        if first == wanted:
            continue
        _, second = left.pop(0)
        ways = (
            [
                low if low == high and low in (*SHORTHAND, "-") else way.format(low, high)
                for low, high in zip(first, second, strict=True)
            ]
            for way in ("{} to {}", "{} of {}", "{} ({})")
        )
        assert wanted in ways, heading
    assert not left


def as_held(text: str) -> str:
    """A text as a workbook can hold it."""
    lines = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", " ", re.sub("\r\n?", "\n", text))
    return lines if lines.strip() else "[z]"
