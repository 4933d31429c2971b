"""Bytes -> a table of text, exactly as sent, with the row numbers that Excel shows.

A CSV file and an Excel workbook come down to the same numbered rows, and from there on they are one. Nothing is
guessed about types here, and nothing is left out but rows in which every cell is blank.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from impact.checking.findings import Finding, about_file, cell_name
from impact.checking.headings import match_headings
from impact.checking.text_file import NumberedRows, read_text_file
from impact.checking.workbook import ZIPPED, is_excel_error, read_workbook
from impact.definition import Definition

LARGEST_BYTES = 50_000_000
"""A quarter of one organisation is under 100 kB, a month of the whole NHS 50 kB."""


@dataclass(frozen=True)
class TextTable:
    """The cells of a file as text. `columns` maps a column's name to its position in the file, from 0."""

    columns: dict[str, int]
    rows: tuple[tuple[str, ...], ...]
    row_numbers: tuple[int, ...]

    def cell(self, column: str | None, row: int) -> str:
        """The name of a cell, or of its row where the file has no such column."""
        position = self.columns.get(column or "")
        return f"row {row}" if position is None else cell_name(position, row)


@dataclass(frozen=True)
class Reading:
    """What came of reading a file: a table, unless it could not be read at all; and what to say about it.

    `cover` is what the sheet Cover of a workbook says, by the names of COVER_FIELDS; None where there is no such sheet.
    `rows` are all rows, headings and what stands above them too, None where there are none to be read; `sheet_part` is
    the part of a workbook that they stand in.
    """

    table: TextTable | None
    findings: tuple[Finding, ...]
    cover: Mapping[str, str] | None = None
    rows: NumberedRows | None = field(default=None, compare=False)
    heading_row: int = 1
    sheet_part: str | None = field(default=None, compare=False)


def read_table(data: bytes, definition: Definition) -> Reading:
    """Read a CSV file or an Excel workbook. Without a `table` there is at least one finding."""
    if data.startswith(ZIPPED) and len(data) <= LARGEST_BYTES:
        workbook = read_workbook(data, definition)
        reading = _reading(workbook.rows, workbook.findings, workbook.cover, definition)
        return replace(reading, rows=workbook.rows, sheet_part=workbook.sheet_part)
    return read_csv(data, definition)


def read_layouts(data: bytes, definitions: Sequence[Definition]) -> tuple[Definition, Reading]:
    """Read a file by the one of these layouts that its headings belong to; by the first where that cannot be told."""
    first, *others = definitions
    best, reading = first, read_table(data, first)
    if reading.table is not None and not _HEADINGS_AMISS & {finding.rule for finding in reading.findings}:
        return best, reading
    for definition in others:
        other = read_table(data, definition)
        if _fit(other) > _fit(reading):
            best, reading = definition, other
    return best, reading


_HEADINGS_AMISS = frozenset({"unknown_column", "missing_column"})


def _fit(reading: Reading) -> int:
    """How many headings a layout explains. Without a table none, and that is less than any."""
    return len(reading.table.columns) if reading.table is not None else 0


def read_csv(data: bytes, definition: Definition) -> Reading:
    """Read a CSV file, and nothing else. Without a `table` there is at least one finding."""
    if len(data) > LARGEST_BYTES:
        return Reading(None, (about_file("too_large", high=str(LARGEST_BYTES // 1_000_000)),))
    rows, findings = read_text_file(data, definition)
    return replace(_reading(rows, findings, None, definition), rows=rows)


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
    table = TextTable(columns, rows, tuple(row for row, _ in body))
    return Reading(table, findings, cover, heading_row=heading_row)
