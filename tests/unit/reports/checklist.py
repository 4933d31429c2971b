"""What must hold of any workbook of a report, read back as others read it: the Government Analysis Function's rules for
statistics in spreadsheets, and that it says what the content says."""

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter, range_boundaries

from impact.reports.content import Report
from impact.reports.sheets import tables_of

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
