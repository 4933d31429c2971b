"""Bytes -> a table of text, exactly as sent, with the row numbers that Excel shows.

A CSV file and an Excel workbook come down to the same numbered rows, and from there on they are one. Nothing is
guessed about types here, and nothing is left out but rows in which every cell is blank, a title above the headings and
totals under the rows, and of those two the sender is told.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from impact.checking.findings import Finding, about_file, cell_name
from impact.checking.headings import columns_by_heading, heading_key, heading_place, match_headings, title_findings
from impact.checking.text_file import NumberedRows, first_lines, read_text_file
from impact.checking.totals_row import totals_row_finding
from impact.checking.values import is_comma_unclear
from impact.checking.workbook import MOST_COLUMNS, ZIPPED, first_sheet_rows, is_excel_error, read_workbook
from impact.definition import Definition

LARGEST_BYTES = 50_000_000
"""A quarter of one organisation is under 100 kB, a month of the whole NHS 50 kB."""
_FIRST_ROWS = 20
"""Where headings are looked for to tell what a file is about."""

UNSEEN = frozenset({"too_large", "workbook_too_large", "too_many_columns", "too_many_rows", "too_much_to_read"})
"""The rules that a file breaks of which nobody can say what it holds: it is not looked through, and so not kept."""


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
    `rows` are all rows, headings and what stands above them too, None where there are none to be read; `sheet_part` is
    the part of a workbook that they stand in. `layout` says by which layout of its feed the file was read, 0 for the
    first and None for none; `personal` what was found in it that may not be kept, where that was looked for.
    """

    table: TextTable | None
    findings: tuple[Finding, ...]
    cover: Mapping[str, str] | None = None
    rows: NumberedRows | None = field(default=None, compare=False, repr=False)
    sheet_part: str | None = field(default=None, compare=False, repr=False)
    layout: int | None = 0
    personal: tuple[Finding, ...] = ()

    @property
    def heading_row(self) -> int:
        return self.table.heading_row if self.table is not None else 1


def read_table(data: bytes, definition: Definition) -> Reading:
    """Read a CSV file or an Excel workbook. Without a `table` there is at least one finding."""
    if data.startswith(ZIPPED) and len(data) <= LARGEST_BYTES:
        workbook = read_workbook(data, definition)
        reading = _reading(workbook.rows, workbook.findings, workbook.cover, definition)
        return replace(reading, rows=workbook.rows, sheet_part=workbook.sheet_part)
    return read_csv(data, definition)


def read_layouts(data: bytes, definitions: Sequence[Definition]) -> Reading:
    """Read a file by the one of these layouts that its headings belong to; by the first where that cannot be told."""
    best = read_table(data, definitions[0])
    if best.table is not None and not _HEADINGS_AMISS & {finding.rule for finding in best.findings}:
        return best
    for place, definition in enumerate(definitions[1:], 1):
        other = read_table(data, definition)
        if _fit(other) > _fit(best):
            best = replace(other, layout=place)
    return best


_HEADINGS_AMISS = frozenset({"unknown_column", "missing_column"})


def _fit(reading: Reading) -> int:
    """How many headings a layout explains. Without a table none, and that is less than any."""
    return len(reading.table.columns) if reading.table is not None else 0


def read_csv(data: bytes, definition: Definition) -> Reading:
    """Read a CSV file, and nothing else. Without a `table` there is at least one finding."""
    if len(data) > LARGEST_BYTES:
        return Reading(None, (about_file("too_large", high=str(LARGEST_BYTES // 1_000_000)),))
    file = read_text_file(data, definition)
    reading = replace(_reading(file.rows, file.findings, None, definition), rows=file.rows)
    if file.separator == ";" and reading.table is not None:
        unclear = _unclear_commas(reading.table, definition)
        if unclear:
            return replace(reading, findings=(*reading.findings, about_file("comma_unclear", cells=unclear)))
    return reading


def most_headings(data: bytes, definitions: Sequence[Definition]) -> int | None:
    """The place of the definition that has the most headings in one of the first rows of a file; None where none has
    any. The rows below are not looked at, so that this costs next to nothing."""
    is_workbook = data.startswith(ZIPPED) and len(data) <= LARGEST_BYTES
    rows = first_sheet_rows(data, _FIRST_ROWS) if is_workbook else first_lines(data, _FIRST_ROWS)
    keys = [{heading_key(text) for text in texts} for texts in rows]
    found = [
        max((len(known & row) for row in keys), default=0)
        for definition in definitions
        for known in [set(columns_by_heading(definition))]
    ]
    best = max(range(len(found)), key=lambda place: found[place])
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
    if any(len(cells) > MOST_COLUMNS and any(cells[MOST_COLUMNS:]) for _, cells in numbered):
        return Reading(None, (*findings, about_file("too_many_columns", high=str(MOST_COLUMNS))), cover)
    place = heading_place((cells for _, cells in numbered), definition)
    above, (heading_row, headings), body = numbered[:place], numbered[place], numbered[place + 1 :]
    if len(body) > definition.most_rows:
        return Reading(None, (*findings, about_file("too_many_rows", high=f"{definition.most_rows:,}")), cover)
    columns, heading_findings = match_headings(headings, heading_row, definition)
    if not columns:
        return Reading(None, findings + heading_findings, cover)
    findings += title_findings(above, len(columns)) + heading_findings
    if not body:
        findings += (about_file("no_rows"),)
    if (about_totals := totals_row_finding(columns, body, definition)) is not None:
        findings += (about_totals,)
        body = body[:-1]
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


def _unclear_commas(table: TextTable, definition: Definition) -> list[str]:
    positions = {
        table.columns[column.name]
        for column in definition.columns
        if column.kind in ("number", "integer") and column.name in table.columns
    }
    return [
        cell_name(position, row)
        for row, cells in zip(table.row_numbers, table.rows, strict=True)
        for position in sorted(positions)
        if is_comma_unclear(cells[position])
    ]
