"""Bytes of an Excel workbook -> rows of text, as the same rows stand in a CSV file, each under its number in Excel; and
what its sheet Cover says.

A workbook can be made to cost any amount of memory, so its parts are unpacked here, under limits, and openpyxl is only
given those that hold cells, in an archive of our own.
"""

import io
import re
import warnings
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice
from typing import Any

import openpyxl

from impact.checking.findings import Finding, about_file, shown_heading
from impact.checking.headings import columns_by_heading, heading_key
from impact.checking.sheet_extent import sheet_extent
from impact.checking.text_file import LONGEST_CELL, NumberedRows
from impact.definition import Column, Definition

ZIPPED = b"PK\x03\x04"
COVER_FIELDS: Mapping[str, str] = {
    "organisation": "Your organisation's code, the same as the folder's.",
    "feed": "The feed, the same as the folder's.",
    "period": "The period, the same as the folder's.",
    "prepared_by": "The post of whoever made the file, not a name.",
    "signed_off_by": "The post of whoever stands behind it, not a name.",
    "corrects_receipt": "The number of the receipt that accepted what this file corrects.",
    "reason": "What was wrong with it.",
    "nil_return": "yes when there is nothing to report.",
    "notes": "Anything else.",
    "template": "The template that the file was made from.",
    "template_version": "And its version.",
}
"""What a cover may say, in a workbook or beside a CSV file, and what each field is for."""
LARGEST_UNPACKED = 100_000_000
MOST_PARTS = 1_000
"""A workbook of three sheets has about 15 parts."""
MOST_TAGS = 8_000_000
"""20,000 rows of 60 columns make 5 million; each costs about 90 bytes while it is read."""
MOST_COLUMNS = 200
SLACK_ROWS = 1_000
"""Blank rows that may stand above and between the rows of a sheet."""

_DIRECTORY_ENTRY = b"PK\x01\x02"
_NEEDED_PARTS = frozenset({"[Content_Types].xml", "xl/workbook.xml"})
_IDLE_PARTS = ("docProps/", "xl/theme/", "xl/drawings/", "xl/charts", "xl/worksheets/_rels/", "xl/pivot", "customXml/")
_OTHER_KINDS = {
    "xl/workbook.bin": "a binary Excel workbook (.xlsb)",
    "word/document.xml": "a Word document",
    "ppt/presentation.xml": "a PowerPoint presentation",
    "content.xml": "an OpenDocument file",
}
_COVER_ROWS = 200
_SHOWN_SHEETS = 10
_ERROR = re.compile(
    r"#(NULL!|DIV/0!|VALUE!|REF!|NAME\?|NUM!|N/A|GETTING_DATA|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|UNKNOWN!|BUSY!)"
)


@dataclass(frozen=True)
class WorkbookReading:
    """The rows, None where they cannot be read; what to say about them; what the Cover says, None where there is none.

    `cover` has only the COVER_FIELDS that are filled in.
    """

    rows: NumberedRows | None
    findings: tuple[Finding, ...]
    cover: Mapping[str, str] | None = None


def read_workbook(data: bytes, definition: Definition) -> WorkbookReading:
    """Read a file that begins as a zipped file does. Without `rows` there is at least one finding."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about drawings and the like, which nobody reads here
            parts = _parts(data)
            return _refused(parts) if isinstance(parts, Finding) else _read_parts(parts, definition)
    except Exception:  # openpyxl lets through whatever its parsers raise
        return _refused(about_file("damaged_workbook"))


def first_sheet_rows(data: bytes, most: int) -> list[list[str]]:
    """The first rows of every sheet that can be seen: enough to know headings by. None where nothing can be read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parts = _parts(data)
            sheets = [] if isinstance(parts, Finding) else _visible(_sheets(parts))
            return [
                [_text(value, None) for value in values]
                for sheet in sheets
                for values in islice(sheet.iter_rows(max_row=most, max_col=MOST_COLUMNS, values_only=True), most)
            ]
    except Exception:
        return []


def is_excel_error(text: str) -> bool:
    """Whether Excel writes this into a cell whose formula cannot be calculated."""
    return text.startswith("#") and _ERROR.fullmatch(text) is not None


def _parts(data: bytes) -> dict[str, bytes] | Finding:
    """The parts that hold cells, unpacked, or why they are not to be. Raises what zipfile and zlib raise."""
    assert openpyxl.DEFUSEDXML, "openpyxl reads XML safely only where defusedxml is installed"
    if data.count(_DIRECTORY_ENTRY) > MOST_PARTS:
        return _too_much()
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except Exception:  # of whatever kind: the directory of a damaged file can say anything
        return about_file("not_text", value=": it is a zipped file or workbook that is damaged")
    if (fault := _fault_in_directory(archive)) is not None:
        return fault
    parts = _unpacked(archive)
    return _too_much() if sum(content.count(b"<") for content in parts.values()) > MOST_TAGS else parts


def _refused(
    fault: Finding, others: tuple[Finding, ...] = (), cover: Mapping[str, str] | None = None
) -> WorkbookReading:
    return WorkbookReading(None, (*others, fault), cover)


def _too_much() -> Finding:
    return about_file("workbook_too_large", high=str(LARGEST_UNPACKED // 1_000_000))


def _fault_in_directory(archive: zipfile.ZipFile) -> Finding | None:
    """Why the file is not to be unpacked, as far as its own directory tells."""
    parts = archive.infolist()
    names = {part.filename for part in parts}
    lower = [name.lower() for name in names]
    if not names >= _NEEDED_PARTS:
        kind = next((kind for name, kind in _OTHER_KINDS.items() if name in names), "a zipped file")
        return about_file("not_text", value=f": it is {kind}")
    if any(part.flag_bits & 1 for part in parts):
        return about_file("locked_workbook")
    if any(name.endswith("vbaproject.bin") or "macrosheets/" in name for name in lower):
        return about_file("macros_in_workbook")
    if any("externallinks/" in name for name in lower):
        return about_file("links_in_workbook")
    if sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        return _too_much()
    return None


def _unpacked(archive: zipfile.ZipFile) -> dict[str, bytes]:
    """The parts that hold cells. None of them comes out larger than the directory says, or costs more on the way."""
    parts = {}
    for part in archive.infolist():
        if part.filename.endswith((".xml", ".rels")) and not part.filename.startswith(_IDLE_PARTS):
            if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise zipfile.BadZipFile("a way of packing that no workbook uses")
            with archive.open(part) as packed:
                parts[part.filename] = packed.read(part.file_size)
    return parts


def _sheets(parts: Mapping[str, bytes]) -> list[Any]:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    sheets: list[Any] = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False).worksheets
    return sheets


def _read_parts(parts: Mapping[str, bytes], definition: Definition) -> WorkbookReading:
    sheets = _sheets(parts)
    cover_sheet = next((sheet for sheet in sheets if _sheet_key(sheet.title) == "cover"), None)
    cover, findings = (None, ()) if cover_sheet is None else _read_cover(cover_sheet, parts)
    sheet = _data_sheet(sheets, definition)
    if sheet is None:
        return _refused(_no_sheet(sheets, definition), findings, cover)
    extent = sheet_extent(parts[sheet._worksheet_path])
    if extent.last_row > definition.most_rows + 1 + SLACK_ROWS:
        return _refused(about_file("too_many_rows", high=f"{definition.most_rows:,}"), findings, cover)
    if extent.last_column > MOST_COLUMNS:
        return _refused(about_file("too_many_columns", high=str(MOST_COLUMNS)), findings, cover)
    if extent.uncalculated:
        findings += (about_file("formula_without_value", cells=extent.uncalculated),)
    return WorkbookReading(_texts(_values(sheet, extent.last_row, extent.last_column), definition), findings, cover)


def _sheet_key(title: str) -> str:
    return heading_key(title).replace("_", "")


def _data_sheet(sheets: Sequence[Any], definition: Definition) -> Any | None:
    """The sheet with the rows, among those that their sender can see."""
    visible = _visible(sheets)
    for name in (definition.name, "data"):
        named = [sheet for sheet in visible if _sheet_key(sheet.title) == _sheet_key(name)]
        if len(named) == 1:
            return named[0]
    return visible[0] if len(visible) == 1 else None


def _visible(sheets: Sequence[Any]) -> list[Any]:
    return [sheet for sheet in sheets if sheet.sheet_state == "visible" and _sheet_key(sheet.title) != "cover"]


def _no_sheet(sheets: Sequence[Any], definition: Definition) -> Finding:
    titles = [f'"{shown_heading(sheet.title)}"' for sheet in sheets]
    listed = ", ".join(titles[:_SHOWN_SHEETS]) + (" and others" if len(titles) > _SHOWN_SHEETS else "")
    return about_file("sheet_not_found", value=listed, example=definition.name)


def _read_cover(sheet: Any, parts: Mapping[str, bytes]) -> tuple[dict[str, str], tuple[Finding, ...]]:
    """What stands in column B beside a label that is known; the first of two alike counts."""
    cover: dict[str, str] = {}
    faults = []
    extent = sheet_extent(parts[sheet._worksheet_path])
    for number, values in enumerate(_values(sheet, min(extent.last_row, _COVER_ROWS), 2), start=1):
        label, text = (_text(value, None) for value in values)
        field = heading_key(label)
        if field not in COVER_FIELDS:
            continue
        if is_excel_error(text) or f"B{number}" in extent.uncalculated:
            faults.append(f"B{number}")
        elif text:
            cover.setdefault(field, text)
    return cover, (about_file("cover_cell", value=", ".join(faults)),) if faults else ()


def _values(sheet: Any, last_row: int, last_column: int) -> list[tuple[Any, ...]]:
    """The values in rows 1 to `last_row`. Whatever stands below is not even looked at."""
    values = list(islice(sheet.iter_rows(max_row=last_row, max_col=last_column, values_only=True), last_row))
    if len(values) < last_row:
        raise ValueError("openpyxl does not know this kind of sheet")
    return values


def _texts(rows: Sequence[tuple[Any, ...]], definition: Definition) -> NumberedRows:
    known = columns_by_heading(definition)
    columns: list[Column | None] = []
    numbered = []
    for number, values in enumerate(rows, start=1):
        of_columns = columns or [None] * len(values)
        texts = [_text(value, column) for value, column in zip(values, of_columns, strict=True)]
        if any(texts):
            numbered.append((number, texts))
            columns = columns or [known.get(heading_key(text)) for text in texts]
    return numbered


def _text(value: Any, column: Column | None) -> str:
    """A value as people write it. Excel itself keeps 15 digits of a number, however it is shown."""
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case float():
            return format(Decimal(f"{value + 0.0:.15g}"), "f")
        case datetime():
            day = _text(value.date(), column)
            return day if value.time() == time() else f"{day} {value.time().isoformat('seconds')}"
        case date():
            is_iso = column is not None and column.kind == "date" and column.date_format == "yyyy-MM-dd"
            return value.isoformat() if is_iso else f"{value:%d/%m/%Y}"
    text = str(value).replace("_x000D_", "\r").strip()
    if len(text) > LONGEST_CELL:
        raise ValueError("longer than Excel allows")
    return text
