"""Bytes of an Excel workbook -> rows of text, as the same rows stand in a CSV file, each under its number in Excel; and
what its sheet Cover says.

A workbook can be made to cost any amount of memory, so its parts are unpacked here, under limits. openpyxl is only
given what says which sheets there are and how their cells are shown; the cells themselves are read by `sheet_cells` and
`cell_values`.
"""

import io
import re
import warnings
import zipfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import openpyxl
from openpyxl.packaging.manifest import Manifest
from openpyxl.utils.cell import get_column_letter
from openpyxl.xml.constants import SHARED_STRINGS
from openpyxl.xml.functions import fromstring

from impact.checking.cell_values import Meanings, shared_strings, written_text
from impact.checking.findings import Finding, about_file, shown_heading
from impact.checking.guarded_xml import refuse_declarations
from impact.checking.headings import MOST_TITLE_ROWS, columns_by_heading, heading_key, heading_place
from impact.checking.plain_cells import WrittenCell
from impact.checking.sheet_cells import SheetCells, sheet_cells
from impact.checking.text_file import NumberedRows
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
CONTACT_FIELDS = frozenset({"prepared_by", "signed_off_by"})
"""Those that say whom to ask, and so may hold what would be refused anywhere else."""
LARGEST_UNPACKED = 100_000_000
MOST_PARTS = 1_000
"""A workbook of three sheets has about 15 parts."""
MOST_TAGS = 4_000_000
"""20,000 rows of 40 columns make 3.2 million; each costs about 90 bytes while it is read."""
MOST_CHARACTERS = 50_000_000
"""In all cells together. A text that stands in the workbook once can stand in a million of its cells."""
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
_SHEETS = "xl/worksheets/"
_NO_CELLS = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
_EMPTY_CELL = re.compile(rb"<(?:\w+:)?c [^<>]*/>")
_EMPTY_ROW = re.compile(rb"<((?:\w+:)?row) [^<>]*(?:/>|>\s*</\1\s*>)")
_PLACELESS = re.compile(rb"<(?:\w+:)?(?:c|row)(?=[\s/>])(?![^<>]* r=[\"'])")
_COVER_ROWS = 200
_HEADING_ROWS = 100
"""Where the headings of a sheet are looked for: blank rows may stand above them."""
_SHOWN_SHEETS = 10
_ERROR = re.compile(
    r"#(NULL!|DIV/0!|VALUE!|REF!|NAME\?|NUM!|N/A|GETTING_DATA|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|UNKNOWN!|BUSY!)"
)


@dataclass(frozen=True)
class WorkbookReading:
    """The rows, None where they cannot be read; what to say about them; what the Cover says, None where there is none.

    `cover` has only the COVER_FIELDS, and those of the definition, that are filled in. `sheet_part` is the part of the
    file that holds the rows.
    """

    rows: NumberedRows | None
    findings: tuple[Finding, ...]
    cover: Mapping[str, str] | None = None
    sheet_part: str | None = field(default=None, compare=False)


def read_workbook(data: bytes, definition: Definition) -> WorkbookReading:
    """Read a file that begins as a zipped file does. Without `rows` there is at least one finding."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about drawings and the like, which nobody reads here
            parts = _parts(data)
            return _refused(parts) if isinstance(parts, Finding) else _read_parts(parts, definition)
    except MemoryError:
        raise  # that is for whoever set the limit to say
    except Exception:  # openpyxl lets through whatever its parsers raise
        return _refused(about_file("damaged_workbook"))


def first_sheet_rows(data: bytes, most: int) -> list[list[str]]:
    """The first rows of every sheet that can be seen: enough to know headings by. None where nothing can be read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parts = _parts(data)
            if isinstance(parts, Finding):
                return []
            book = _book(parts)
            return [
                _row_texts(cells, MOST_COLUMNS, (), book.meanings)
                for sheet in _visible(book.sheets)
                for cells in sheet_cells(sheet.xml, most, MOST_COLUMNS).rows.values()
            ]
    except MemoryError:
        raise
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
    except MemoryError:
        raise
    except Exception:  # of whatever kind: the directory of a damaged file can say anything
        return about_file("not_text", value=": it is a zipped file or workbook that is damaged")
    if (fault := _fault_in_directory(archive)) is not None:
        return fault
    parts = _unpacked(archive)
    for content in parts.values():
        refuse_declarations(content)
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
                content = packed.read(part.file_size)
            parts[part.filename] = _without_empty_cells(content) if _SHEETS in part.filename else content
    return parts


def _without_empty_cells(xml: bytes) -> bytes:
    """A sheet without the rows and cells that have a format and nothing else, of which there can be millions. Where one
    does not say its place they must stay, because it is counted from them. A sheet that holds more than such cells is
    read faster as it is."""
    if 2 * xml.count(b"/>") < xml.count(b"<") or _PLACELESS.search(xml) is not None:
        return xml
    return _EMPTY_ROW.sub(b"", _EMPTY_CELL.sub(b"", xml))


@dataclass(frozen=True)
class _Sheet:
    """A sheet of rows: what it is called, whether it can be seen, the part that it is, and the XML of that."""

    title: str
    is_visible: bool
    part: str
    xml: bytes


@dataclass(frozen=True)
class _Book:
    """The sheets in their order, and what their cells refer to."""

    sheets: Sequence[_Sheet]
    meanings: Meanings


def _book(parts: Mapping[str, bytes]) -> _Book:
    """What openpyxl makes of all parts but those that hold cells, of which it is given the names alone."""
    types: Any = fromstring(parts["[Content_Types].xml"])
    shared: Any = Manifest.from_tree(types).find(SHARED_STRINGS)  # type: ignore[union-attr]
    strings = "" if shared is None else shared.PartName[1:]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, _NO_CELLS if name.startswith(_SHEETS) or name == strings else content)
    book: Any = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    return _Book(
        [
            _Sheet(sheet.title, sheet.sheet_state == "visible", part, parts[part])
            for sheet in book.worksheets
            for part in [sheet._worksheet_path]
        ],
        Meanings(
            shared_strings(parts[strings]) if strings else [],
            book._date_formats,
            book._timedelta_formats,
            book.epoch,
        ),
    )


def _read_parts(parts: Mapping[str, bytes], definition: Definition) -> WorkbookReading:
    book = _book(parts)
    cover_sheet = next((sheet for sheet in book.sheets if _sheet_key(sheet.title) == "cover"), None)
    cover, findings = (None, ()) if cover_sheet is None else _read_cover(cover_sheet, book.meanings, definition)
    others = [sheet for sheet in book.sheets if sheet is not cover_sheet]
    named = _named_sheet(others, definition)
    alike = {sheet.title for sheet in others if sheet is not named and _has_headings(sheet, book.meanings, definition)}
    visible = [sheet for sheet in others if sheet.is_visible and sheet.title in alike]
    sheet = named if named is not None else visible[0] if len(visible) == 1 else None
    if sheet is None:
        return _refused(_no_sheet(book.sheets, alike, definition), findings, cover)
    most_rows = definition.most_rows + 1 + SLACK_ROWS
    cells = sheet_cells(sheet.xml, most_rows, MOST_COLUMNS)
    if cells.last_row > most_rows:
        return _refused(about_file("too_many_rows", high=f"{definition.most_rows:,}"), findings, cover)
    if cells.last_column > MOST_COLUMNS:
        return _refused(about_file("too_many_columns", high=str(MOST_COLUMNS)), findings, cover)
    if cells.uncalculated:
        findings += (about_file("formula_without_value", cells=cells.uncalculated),)
    findings += _unseen(sheet.title, alike, cells)
    rows = _texts(cells, definition, book.meanings)
    if rows is None:
        return _refused(_too_much(), findings, cover)
    return WorkbookReading(rows, findings, cover, sheet.part)


def _sheet_key(title: str) -> str:
    return heading_key(title).replace("_", "")


def _named_sheet(sheets: Sequence[_Sheet], definition: Definition) -> _Sheet | None:
    """The sheet that must hold the rows, among those that their sender can see: by its name, or as the only one."""
    visible = _visible(sheets)
    for name in (definition.name, "data"):
        named = [sheet for sheet in visible if _sheet_key(sheet.title) == _sheet_key(name)]
        if len(named) == 1:
            return named[0]
    return visible[0] if len(visible) == 1 else None


def _visible(sheets: Sequence[_Sheet]) -> list[_Sheet]:
    return [sheet for sheet in sheets if sheet.is_visible and _sheet_key(sheet.title) != "cover"]


def _has_headings(sheet: _Sheet, meanings: Meanings, definition: Definition) -> bool:
    """Whether half of the headings that a sheet must have stand in one of its first rows."""
    try:
        rows = sheet_cells(sheet.xml, _HEADING_ROWS, MOST_COLUMNS).rows
        texts = [[written_text(cell, None, meanings) for cell in cells] for cells in rows.values()]
    except MemoryError:
        raise
    except Exception:  # of a sheet that is not read anyway, or that will say so itself when it is
        return False
    needed = sum(column.is_required for column in definition.columns)
    known = columns_by_heading(definition).keys()
    return any(2 * len(known & {heading_key(text) for text in cells}) >= max(needed, 2) for cells in texts)


def _no_sheet(sheets: Sequence[_Sheet], alike: Collection[str], definition: Definition) -> Finding:
    """Names the sheets that may be meant, or all where none looks like it."""
    listed = _listed([sheet.title for sheet in sheets if sheet.title in alike or not alike])
    return about_file("sheet_not_found", value=listed, example=definition.name)


def _listed(titles: Sequence[str]) -> str:
    shown = [f'"{shown_heading(title)}"' for title in titles[:_SHOWN_SHEETS]]
    return ", ".join(shown) + (" and others" if len(titles) > _SHOWN_SHEETS else "")


def _unseen(title: str, alike: Collection[str], seen: SheetCells) -> tuple[Finding, ...]:
    """What the sender may not have had in view: other sheets like the one that is read, and its hidden parts."""
    findings = []
    if others := sorted(set(alike) - {title}):
        findings.append(about_file("sheet_otherwise", value=_listed(others), example=f'"{shown_heading(title)}"'))
    hidden = [f"row {first}" if first == last else f"rows {first} to {last}" for first, last in _runs(seen.hidden_rows)]
    hidden += [f"column {get_column_letter(column)}" for column in seen.hidden_columns]
    if hidden:
        listed = ", ".join(hidden[:_SHOWN_SHEETS]) + (" and others" if len(hidden) > _SHOWN_SHEETS else "")
        findings.append(about_file("hidden_otherwise", value=listed))
    return tuple(findings)


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """First and last of each run of numbers that follow each other."""
    there = set(numbers)
    firsts = [number for number in numbers if number - 1 not in there]
    lasts = [number for number in numbers if number + 1 not in there]
    return list(zip(firsts, lasts, strict=True))


def _read_cover(
    sheet: _Sheet, meanings: Meanings, definition: Definition
) -> tuple[dict[str, str], tuple[Finding, ...]]:
    """What stands in column B beside a label that is known; the first of two alike counts."""
    cover: dict[str, str] = {}
    faults = []
    of_definition = {column.name: column for column in definition.cover}
    seen = sheet_cells(sheet.xml, _COVER_ROWS, 2)
    for number, cells in seen.rows.items():
        beside = {cell[0]: cell for cell in cells}
        field = heading_key(written_text(beside[1], None, meanings)) if 1 in beside else ""
        if field not in COVER_FIELDS and field not in of_definition:
            continue
        text = written_text(beside[2], of_definition.get(field), meanings) if 2 in beside else ""
        if is_excel_error(text) or f"B{number}" in seen.uncalculated:
            faults.append(f"B{number}")
        elif text:
            cover.setdefault(field, text)
    return cover, (about_file("cover_cell", value=", ".join(faults)),) if faults else ()


def _texts(seen: SheetCells, definition: Definition, meanings: Meanings) -> NumberedRows | None:
    """The rows as text, None where that is more than anybody can have meant.

    Dates are written as their column wants them, so the headings are looked for first.
    """
    width = seen.last_column
    first = [_row_texts(cells, width, (), meanings) for cells in islice(seen.rows.values(), MOST_TITLE_ROWS)]
    known = columns_by_heading(definition)
    columns = [known.get(heading_key(text)) for text in first[heading_place(first, definition)]] if first else []
    left = MOST_CHARACTERS
    numbered = []
    for number, cells in seen.rows.items():
        texts = _row_texts(cells, width, columns, meanings)
        left -= sum(map(len, texts))
        if left < 0:
            return None
        if any(texts):
            numbered.append((number, texts))
    return numbered


def _row_texts(
    cells: Sequence[WrittenCell], width: int, columns: Sequence[Column | None], meanings: Meanings
) -> list[str]:
    """A row of so many cells, those of `columns` as these want them."""
    texts = [""] * width
    for cell in cells:
        position = cell[0] - 1
        texts[position] = written_text(cell, columns[position] if columns else None, meanings)
    return texts
