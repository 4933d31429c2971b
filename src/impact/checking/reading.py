"""Bytes -> a table of text, exactly as sent, with the row numbers that Excel shows.

A CSV file and an Excel workbook come down to the same numbered rows, and from there on they are one. Nothing is
guessed about types here, and nothing is left out but rows in which every cell is blank.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from impact.checking.findings import Finding, about_file, cell_name
from impact.checking.headings import columns_by_heading, heading_key, match_headings
from impact.checking.text_file import NumberedRows, first_lines, read_text_file
from impact.checking.workbook import ZIPPED, first_sheet_rows, is_excel_error, read_workbook
from impact.definition import Definition

LARGEST_BYTES = 50_000_000
"""A quarter of one organisation is under 100 kB, a month of the whole NHS 50 kB."""
_FIRST_ROWS = 20
"""Where headings are looked for to tell what a file is about."""


@dataclass(frozen=True)
class TextTable:
    """The cells of a file as text. `columns` maps a column's name to its position in the file, from 0; `headings` are
    all that stand in the heading row, those that nobody knows too."""

    columns: dict[str, int]
    rows: tuple[tuple[str, ...], ...]
    row_numbers: tuple[int, ...]
    headings: tuple[str, ...] = ()
    heading_row: int = 1

    def cell(self, column: str | None, row: int) -> str:
        """The name of a cell, or of its row where the file has no such column."""
        position = self.columns.get(column or "")
        return f"row {row}" if position is None else cell_name(position, row)


@dataclass(frozen=True)
class Reading:
    """What came of reading a file: a table, unless it could not be read at all; and what to say about it.

    `cover` is what the sheet Cover of a workbook says, by the names of COVER_FIELDS; None where there is no such sheet.
    """

    table: TextTable | None
    findings: tuple[Finding, ...]
    cover: Mapping[str, str] | None = None


def read_table(data: bytes, definition: Definition) -> Reading:
    """Read a CSV file or an Excel workbook. Without a `table` there is at least one finding."""
    if data.startswith(ZIPPED) and len(data) <= LARGEST_BYTES:
        workbook = read_workbook(data, definition)
        return _reading(workbook.rows, workbook.findings, workbook.cover, definition)
    return read_csv(data, definition)


def read_csv(data: bytes, definition: Definition) -> Reading:
    """Read a CSV file, and nothing else. Without a `table` there is at least one finding."""
    if len(data) > LARGEST_BYTES:
        return Reading(None, (about_file("too_large", high=str(LARGEST_BYTES // 1_000_000)),))
    rows, findings = read_text_file(data, definition)
    return _reading(rows, findings, None, definition)


def most_headings(data: bytes, definitions: Mapping[str, Definition]) -> str | None:
    """Which of the definitions has the most headings in one of the first rows of a file; None where none has any. The
    rows below are not looked at, so that this costs next to nothing."""
    is_workbook = data.startswith(ZIPPED) and len(data) <= LARGEST_BYTES
    rows = first_sheet_rows(data, _FIRST_ROWS) if is_workbook else first_lines(data, _FIRST_ROWS)
    keys = [{heading_key(text) for text in texts} for texts in rows]
    found = {
        name: max((len(known & row) for row in keys), default=0)
        for name, definition in definitions.items()
        for known in [set(columns_by_heading(definition))]
    }
    best = max(found, key=lambda name: found[name])
    return best if found[best] else None


def _reading(
    numbered: NumberedRows | None,
    findings: tuple[Finding, ...],
    cover: Mapping[str, str] | None,
    definition: Definition,
) -> Reading:
    if numbered is None:
        return Reading(None, findings, cover)
    if not numbered:
        return Reading(None, (*findings, about_file("empty_file")), cover)
    if len(numbered) > definition.most_rows + 1:
        return Reading(None, (*findings, about_file("too_many_rows", high=f"{definition.most_rows:,}")), cover)
    (heading_row, headings), *body = numbered
    columns, heading_findings = match_headings(headings, heading_row, definition)
    findings += heading_findings
    if not columns:
        return Reading(None, findings, cover)
    if not body:
        findings += (about_file("no_rows"),)
    headed = {position for position, heading in enumerate(headings) if heading}
    extra = [
        cell_name(position, row)
        for row, cells in body
        for position, cell in enumerate(cells)
        if cell and position not in headed
    ]
    if extra:
        findings += (about_file("extra_cell", cells=extra),)
    errors = [
        cell_name(position, row) for row, cells in body for position, cell in enumerate(cells) if is_excel_error(cell)
    ]
    if errors:
        findings += (about_file("error_cell", cells=errors),)
    width = max(headed) + 1
    rows = tuple(tuple(cells[:width]) + ("",) * (width - len(cells)) for _, cells in body)
    numbers = tuple(row for row, _ in body)
    return Reading(TextTable(columns, rows, numbers, tuple(headings[:width]), heading_row), findings, cover)
