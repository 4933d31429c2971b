"""Bytes of a CSV file -> rows of text, each under the number that Excel shows. What the rows mean belongs elsewhere."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from impact.checking.findings import Finding, about_file
from impact.checking.headings import MOST_TITLE_ROWS, columns_by_heading, heading_key
from impact.definition import Definition

LONGEST_CELL = 100_000

NumberedRows = list[tuple[int, list[str]]]
"""Every row with something in it, its cells stripped, under its number in Excel."""

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "an Excel workbook or another zipped file, not CSV"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls)"),
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"\x1f\x8b", "a compressed file"),
)
_LOCKED = "EncryptedPackage".encode("utf-16-le")
"""A workbook with a password is kept inside a file that begins as an old workbook does, under this name."""
_BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_ENCODING_NAMES = {"cp1252": "Windows Western European", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}
_SEPARATOR_NAMES = {";": "semicolons", "\t": "tabs"}
_NO_TEXT = ' ",;\t\r\n'


@dataclass(frozen=True)
class TextReading:
    """The rows, None where they cannot be read; what to say about how they were or why not; what separates columns."""

    rows: NumberedRows | None
    findings: tuple[Finding, ...]
    separator: str = ","


def read_text_file(data: bytes, definition: Definition) -> TextReading:
    """Read a CSV file. Without `rows` there is at least one finding."""
    if (fault := _no_text(data)) is not None:
        return TextReading(None, (fault,))
    text, encoding = _decode(data)
    if text is None or "\x00" in text:
        return TextReading(None, (about_file("not_text"),))
    findings: list[Finding] = []
    if encoding in _ENCODING_NAMES:
        findings.append(about_file("decoded_otherwise", value=_ENCODING_NAMES[encoding]))
    separator = _separator(text, definition)
    if separator in _SEPARATOR_NAMES:
        findings.append(about_file("separated_otherwise", value=_SEPARATOR_NAMES[separator]))
    try:
        return TextReading(_numbered_rows(text, separator, definition), tuple(findings), separator)
    except csv.Error as fault:
        rule = "cell_too_long" if "field limit" in str(fault) else "broken_quotes"
        return TextReading(None, (*findings, about_file(rule)))


def first_lines(data: bytes, most: int) -> Iterator[list[str]]:
    """What the first lines of a file hold, cut at each separator that there can be: enough to know headings by."""
    text, _ = _decode(data[:LONGEST_CELL])
    for line in (text or "").splitlines()[:most]:
        for separator in (",", *_SEPARATOR_NAMES):
            yield [cell.strip('" ') for cell in line.split(separator)]


def _no_text(data: bytes) -> Finding | None:
    """What the first bytes alone can tell."""
    kind = next((kind for signature, kind in _SIGNATURES if data.startswith(signature)), None)
    if kind is None:
        return None
    return about_file("locked_workbook") if _LOCKED in data else about_file("not_text", value=f": it is {kind}")


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
    """The separator that makes the most headings out of one of the first lines with text in it; a comma where none
    does."""
    known = set(columns_by_heading(definition))
    most, best = 0, ","
    lines = (line for line in io.StringIO(text, newline=None) if line.strip(_NO_TEXT))
    for line in islice(lines, MOST_TITLE_ROWS):
        for separator in (",", *_SEPARATOR_NAMES):
            count = len(known & {heading_key(cell.strip('" ')) for cell in line[:LONGEST_CELL].split(separator)})
            if count > most:
                most, best = count, separator
        if 2 * most > len(known):
            break
    return best


def _numbered_rows(text: str, separator: str, definition: Definition) -> NumberedRows:
    """Rows up to one more than there may be. Raises csv.Error on an unclosed quotation mark."""
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    stripped = ((number, [cell.strip() for cell in cells]) for number, cells in enumerate(reader, start=1))
    filled = ((number, cells) for number, cells in stripped if any(cells))
    return list(islice(filled, MOST_TITLE_ROWS + definition.most_rows + 1))
