"""All that a workbook holds beside the rows it is sent for: its other sheets, hidden or not, comments, names,
properties, and what pictures, charts and pivot tables keep. It is looked through for what may not be kept, and never
read as data.
"""

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Protocol
from xml.parsers import expat

from openpyxl.utils.cell import coordinate_to_tuple

from impact.checking.headings import heading_key
from impact.checking.text_file import NumberedRows
from impact.checking.workbook import CONTACT_FIELDS, LARGEST_UNPACKED, MOST_PARTS, MOST_TAGS

_WORKBOOK, _RELATIONS, _STRINGS, _STYLES = (
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "xl/sharedStrings.xml",
    "xl/styles.xml",
)
_WITHOUT_TEXT = ("xl/theme/", "xl/calcChain", "xl/metadata", "[Content_Types]", "_rels/.rels", "xl/persons/")
"""Nobody writes into these; persons are the authors of comments, whom Excel names by itself."""
_PLACES = (
    ("docProps/", "The document's properties"),
    ("xl/comments", "A comment"),
    ("xl/threadedComments", "A comment"),
    (_WORKBOOK, "The name of a sheet or of a range"),
    ("xl/worksheets/_rels/", "A link"),
)
_AUTHORS = frozenset({"creator", "lastModifiedBy", "Manager", "Company", "author", "Application"})
"""Who made a file is what Excel writes into it unasked, as the cover's contacts are."""
_SPOKEN = frozenset({"v", "name", "Target", "tooltip", "display", "descr", "title", "caption", "text"})
"""Attributes in which a person's words can stand."""
_DATE_FORMATS = frozenset({14, 15, 16, 17, 22, 27, 30, 36, 50, 57})
_DATE_WORDS = re.compile(r"yy|mmm|dd", re.IGNORECASE)
_CELL = re.compile(r"[A-Z]{1,3}[1-9][0-9]{0,6}")
_MOST_DIGITS = 9
_MARGIN_CODE = re.compile(r'&("[^"]*"|[A-Z])')
"""What tells Excel where in a header or footer the words go, and in what type."""
_FIRST_DAY = date(1899, 12, 30)
_LAST_SERIAL = 60_000
_END_OF_CELLS = b"</sheetData>"
_MOST_COLUMNS = 1_000
"""Beyond these a sheet is looked at no further: one cell far to the right would fill the memory with blanks."""
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def other_parts(data: bytes, but: str | None) -> tuple[list[tuple[str, NumberedRows]], list[tuple[str, str]]]:
    """Every sheet except the part `but`: the words for it, and its rows as text; and the words for every other place in
    the workbook, and what stands there. Nothing comes of a file that cannot be unpacked within the limits that reading
    has."""
    parts = _unpacked(data)
    if _WORKBOOK not in parts:
        return [], []
    titles = _sheet_parts(parts)
    sheets = [_sheet(parts, titles, name) for name in titles if name in parts and name != but]
    texts: list[tuple[str, str]] = []
    for name, content in parts.items():
        if name in (_STRINGS, _STYLES, _RELATIONS):
            continue
        place = next((words for start, words in _PLACES if name.startswith(start)), "Another part of the workbook")
        words = _Words()
        # Of a sheet that is looked at cell by cell, what follows the cells: headers, footers, links.
        _parse(b"<worksheet>" + content.rpartition(_END_OF_CELLS)[2] if name in titles else content, words)
        if words.found:
            texts.append((place, "\n".join(words.found)))
    return sheets, texts


def _sheet(parts: Mapping[str, bytes], titles: Mapping[str, tuple[str, int]], name: str) -> tuple[str, NumberedRows]:
    """The words for a sheet and its rows, the contacts on a Cover left out."""
    title, place = titles[name]
    seen = _Cells(_shared_strings(parts.get(_STRINGS, b"")), _dated_styles(parts.get(_STYLES, b"")))
    _parse(parts[name], seen)
    rows = sorted(seen.rows.items())
    if heading_key(title) == "cover":
        return "The sheet Cover", [(row, _without_contact(cells)) for row, cells in rows]
    ordinal = _ORDINALS[place] if place < len(_ORDINALS) else f"{place + 1}th"
    return f"The {ordinal} sheet of the workbook", rows


def _without_contact(cells: Sequence[str]) -> list[str]:
    is_contact = bool(cells) and heading_key(cells[0]) in CONTACT_FIELDS
    return [*cells[:1], *([""] if is_contact else cells[1:2]), *cells[2:]]


def _unpacked(data: bytes) -> Mapping[str, bytes]:
    """Name -> content of each part with words in it; nothing of a file beyond the limits."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        members = archive.infolist()
        if len(members) > MOST_PARTS or sum(member.file_size for member in members) > LARGEST_UNPACKED:
            return {}
        parts = {}
        for member in members:
            name = member.filename
            if not name.endswith((".xml", ".rels", ".vml")) or name.startswith(_WITHOUT_TEXT):
                continue
            if member.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                with archive.open(member) as packed:
                    parts[name] = packed.read(member.file_size)
    except Exception:  # of whatever kind: a damaged file can say anything, and reading has said so already
        return {}
    return {} if sum(content.count(b"<") for content in parts.values()) > MOST_TAGS else parts


class _Handlers(Protocol):
    def start(self, tag: str, given: dict[str, str]) -> None: ...
    def text(self, characters: str) -> None: ...
    def end(self, tag: str) -> None: ...


def _parse(xml: bytes, seen: _Handlers) -> None:
    """Tell `seen` of all that stands in `xml`. What is no XML is not looked at further: reading says that the workbook
    is damaged."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.EntityDeclHandler = _refuse_entity
    parser.StartElementHandler = seen.start
    parser.CharacterDataHandler = seen.text
    parser.EndElementHandler = seen.end
    try:
        parser.Parse(xml, True)
    except (expat.ExpatError, ValueError):
        return


def _refuse_entity(*_: object) -> None:
    raise ValueError("a workbook has no entities")


def _sheet_parts(parts: Mapping[str, bytes]) -> dict[str, tuple[str, int]]:
    """The part of each sheet -> its title and its place among the sheets, from 0."""
    targets = {
        attributes.get("Id", ""): attributes.get("Target", "")
        for tag, attributes in _elements(parts.get(_RELATIONS, b""))
        if tag == "Relationship"
    }
    found: dict[str, tuple[str, int]] = {}
    for tag, attributes in _elements(parts[_WORKBOOK]):
        if tag == "sheet":
            identity = next((value for name, value in attributes.items() if name.rpartition(":")[2] == "id"), "")
            target = targets.get(identity, "")
            path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            found[path] = (attributes.get("name", ""), len(found))
    return found


def _elements(xml: bytes) -> list[tuple[str, dict[str, str]]]:
    """Every tag of a part and its attributes."""
    seen = _Tags()
    _parse(xml, seen)
    return seen.found


def _shared_strings(xml: bytes) -> list[str]:
    seen = _Strings()
    _parse(xml, seen)
    return seen.found


def _dated_styles(xml: bytes) -> frozenset[str]:
    """The numbers of the cell styles that show a number as a date."""
    own: set[int] = set()
    dated: set[str] = set()
    is_in_cells, place = False, 0
    for tag, given in _elements(xml):
        if tag == "numFmt" and _DATE_WORDS.search(given.get("formatCode", "")):
            own.add(_whole(given.get("numFmtId", ""), 0))
        elif tag in ("cellXfs", "cellStyleXfs", "cellStyles", "dxfs"):
            is_in_cells, place = tag == "cellXfs", 0
        elif tag == "xf" and is_in_cells:
            if _whole(given.get("numFmtId", ""), 0) in own | _DATE_FORMATS:
                dated.add(str(place))
            place += 1
    return frozenset(dated)


def _whole(text: str, otherwise: int) -> int:
    """The number that stands there. A damaged workbook may say anything in its place."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else otherwise


def _place(text: str, otherwise: tuple[int, int]) -> tuple[int, int]:
    """Row and column of a cell such as C7."""
    found = _CELL.fullmatch(text)
    return coordinate_to_tuple(text) if found else otherwise


@dataclass
class _Tags:
    found: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def start(self, tag: str, given: dict[str, str]) -> None:
        self.found.append((tag.rpartition(":")[2], given))

    def text(self, characters: str) -> None:
        pass

    def end(self, tag: str) -> None:
        pass


@dataclass
class _Strings:
    """The texts that cells of many sheets share, in order."""

    found: list[str] = field(default_factory=list)

    def start(self, tag: str, _given: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == "si":
            self.found.append("")

    def text(self, characters: str) -> None:
        if self.found:
            self.found[-1] += characters

    def end(self, tag: str) -> None:
        pass


@dataclass
class _Cells:
    """The cells of a sheet as the parser comes past them: row -> the texts of its columns."""

    strings: Sequence[str]
    dated: frozenset[str]
    rows: dict[int, list[str]] = field(default_factory=dict)
    row: int = 0
    column: int = 0
    kind: str = ""
    style: str = ""
    tag: str = ""
    said: str = ""

    def start(self, tag: str, given: dict[str, str]) -> None:
        self.tag = tag.rpartition(":")[2]
        if self.tag == "row":
            self.row, self.column = _whole(given.get("r", ""), self.row + 1), 0
        elif self.tag == "c":
            self.row, self.column = _place(given.get("r", ""), (self.row, self.column + 1))
            self.kind, self.style, self.said = given.get("t", "n"), given.get("s", ""), ""

    def text(self, characters: str) -> None:
        if self.tag in ("v", "t"):
            self.said += characters

    def end(self, tag: str) -> None:
        self.tag = ""
        if tag.rpartition(":")[2] == "c" and (text := self._shown().strip()) and 0 < self.column <= _MOST_COLUMNS:
            cells = self.rows.setdefault(self.row, [])
            cells += [""] * (self.column - len(cells))
            cells[self.column - 1] = text

    def _shown(self) -> str:
        if self.kind == "s" and (number := _whole(self.said, -1)) in range(len(self.strings)):
            return self.strings[number]
        if self.kind == "n" and self.style in self.dated:
            serial = _whole(self.said.split(".")[0], -1)
            return (_FIRST_DAY + timedelta(days=serial)).isoformat() if 0 <= serial <= _LAST_SERIAL else self.said
        return self.said.removesuffix(".0") if self.kind == "n" else self.said


@dataclass
class _Words:
    """The texts of a part, without those that say who made it."""

    found: list[str] = field(default_factory=list)
    tag: str = ""

    def start(self, tag: str, given: dict[str, str]) -> None:
        self.tag = tag.rpartition(":")[2]
        self.found += [
            value.removeprefix("mailto:")
            for name, value in given.items()
            if name.rpartition(":")[2] in _SPOKEN and self.tag not in _AUTHORS
        ]

    def text(self, characters: str) -> None:
        if self.tag not in _AUTHORS and characters.strip():
            is_margin = self.tag.endswith(("Header", "Footer"))
            self.found.append(_MARGIN_CODE.sub(" ", characters) if is_margin else characters)

    def end(self, _tag: str) -> None:
        self.tag = ""
