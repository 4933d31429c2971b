"""Bytes -> rows of text, exactly as sent, with the row numbers that Excel shows.

Nothing is guessed about types here, and nothing is left out but rows in which every cell is blank.
"""

import csv
import io
from dataclasses import dataclass

from impact.checking.findings import Finding, about_file, cell_name, shown_heading
from impact.definition import Definition

LARGEST_BYTES = 50_000_000
"""A quarter of one organisation is under 100 kB, a month of the whole NHS 50 kB."""

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "an Excel workbook (or another zipped file)"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"\x1f\x8b", "a compressed file"),
)
_BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_ENCODING_NAMES = {"cp1252": "Windows Western European", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}
_SEPARATOR_NAMES = {";": "semicolons", "\t": "tabs"}
_NO_TEXT = ' ",;\t'
_LONGEST_CELL = 100_000


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
    """What came of reading a file: a table, unless it could not be read at all; and what to say about it."""

    table: TextTable | None
    findings: tuple[Finding, ...]


def read_csv(data: bytes, definition: Definition) -> Reading:
    """Read a CSV file. `table` is None when nothing can be read, and then there is at least one finding."""
    if (fault := _no_text(data)) is not None:
        return Reading(None, (fault,))
    text, encoding = _decode(data)
    if text is None or "\x00" in text:
        return Reading(None, (about_file("not_text"),))
    findings: list[Finding] = []
    if encoding in _ENCODING_NAMES:
        findings.append(about_file("decoded_otherwise", value=_ENCODING_NAMES[encoding]))
    return _read_rows(text, definition, findings)


def heading_key(heading: str) -> str:
    """Headings are matched whatever their case, and with spaces for underscores."""
    return "_".join(heading.casefold().replace("_", " ").split())


def _read_rows(text: str, definition: Definition, findings: list[Finding]) -> Reading:
    separator = _separator(text, definition)
    if separator in _SEPARATOR_NAMES:
        findings.append(about_file("separated_otherwise", value=_SEPARATOR_NAMES[separator]))
    try:
        numbered = _numbered_rows(text, separator)
    except csv.Error as fault:
        rule = "cell_too_long" if "field limit" in str(fault) else "broken_quotes"
        return Reading(None, (*findings, about_file(rule)))
    if not numbered:
        return Reading(None, (*findings, about_file("empty_file")))
    if len(numbered) > definition.most_rows + 1:
        return Reading(None, (*findings, about_file("too_many_rows", high=f"{definition.most_rows:,}")))
    heading_row, headings = numbered[0]
    columns, heading_findings = _match_headings(headings, heading_row, definition)
    findings += heading_findings
    if not columns:
        return Reading(None, tuple(findings))
    body = numbered[1:]
    if not body:
        findings.append(about_file("no_rows"))
    width = len(headings)
    headed = {position for position, heading in enumerate(headings) if heading}
    extra = [
        cell_name(position, row)
        for row, cells in body
        for position, cell in enumerate(cells)
        if cell and position not in headed
    ]
    if extra:
        findings.append(about_file("extra_cell", cells=extra))
    rows = tuple(tuple(cells[:width]) + ("",) * (width - len(cells)) for _, cells in body)
    return Reading(TextTable(columns, rows, tuple(row for row, _ in body)), tuple(findings))


def _no_text(data: bytes) -> Finding | None:
    """What the first bytes and the length alone can tell."""
    if len(data) > LARGEST_BYTES:
        return about_file("too_large", high=str(LARGEST_BYTES // 1_000_000))
    if not data.strip():
        return about_file("empty_file")
    kind = next((kind for signature, kind in _SIGNATURES if data.startswith(signature)), None)
    return None if kind is None else about_file("not_text", value=f": it is {kind}")


def _decode(data: bytes) -> tuple[str | None, str]:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(encoding), encoding
            except UnicodeDecodeError:
                return None, encoding
    for encoding in ("utf-8", "cp1252"):
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    return None, ""


def _separator(text: str, definition: Definition) -> str:
    """The separator that makes the most headings out of the first line with text in it; a comma where none does."""
    first = next((line for line in text.splitlines() if line.strip(_NO_TEXT)), "")[:_LONGEST_CELL]
    known = {heading_key(column.heading) for column in definition.columns}
    found = {
        separator: len(known & {heading_key(cell.strip('" ')) for cell in first.split(separator)})
        for separator in (",", *_SEPARATOR_NAMES)
    }
    return max(found, key=lambda separator: found[separator])


def _numbered_rows(text: str, separator: str) -> list[tuple[int, list[str]]]:
    """Every row with something in it, under its number in Excel. Raises csv.Error on an unclosed quotation mark."""
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    stripped = ((number, [cell.strip() for cell in cells]) for number, cells in enumerate(reader, start=1))
    return [(number, cells) for number, cells in stripped if any(cells)]


def _match_headings(headings: list[str], row: int, definition: Definition) -> tuple[dict[str, int], list[Finding]]:
    known = {heading_key(column.heading): column for column in definition.columns}
    listed = ", ".join(column.heading for column in definition.columns)
    columns: dict[str, int] = {}
    findings = []
    unknown = []
    for position, heading in enumerate(headings):
        column = known.get(heading_key(heading))
        cell = cell_name(position, row)
        if column is None:
            if heading:
                unknown.append((heading, cell))
        elif column.name in columns:
            findings.append(about_file("repeated_column", column.heading, [cell]))
        else:
            columns[column.name] = position
    if not columns:
        return {}, [about_file("no_headings", choices=listed)]
    for heading, cell in unknown:
        findings.append(about_file("unknown_column", None, [cell], value=f'"{shown_heading(heading)}"', choices=listed))
    for column in definition.columns:
        # An official file is taken exactly as published, so that a heading gone is a change to look at.
        if column.name not in columns and (column.is_required or definition.source == "official"):
            findings.append(about_file("missing_column", column.heading, (), row=str(row), example=column.example))
    return columns, findings
