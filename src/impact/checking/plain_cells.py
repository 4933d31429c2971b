"""The rows of a sheet as spreadsheets and the libraries of other software write most: cells with a number, with the
number of a text that cells share, or with a text in place.

Rows like these are taken from the XML as they stand, in a third of the time in which a parser comes past every tag of
them. Of all others nothing is said here, and they are for the parser to read: what is taken here is what it would find.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from openpyxl.utils.cell import column_index_from_string

WrittenCell = tuple[int, str, str, str]
"""The column, from 1; the kind of its content and the number of its style, as the sheet names them; its text. A plain
tuple, because a workbook can have a million."""

_OPEN, _CLOSE = b"<sheetData>", b"</sheetData>"
_DECLARATION = re.compile(
    rb"""(?:\xef\xbb\xbf)?(?:<\?xml version=["']1\.0["'](?: encoding=["'](?i:utf-8)["'])?"""
    rb"""(?: standalone=["']yes["'])?\s*\?>)?"""
)
_NUMBER = "[1-9][0-9]{0,6}"
_CELL = (
    f'<c r="([A-Z]{{1,3}})({_NUMBER})"(?: s="([0-9]{{1,9}})")?'
    '(?:(?: t="(?:[nsb]|inlineStr)")?(?: ?/>|></c>)'
    '|(?: t="([nsb])")?><v>([-+.0-9Ee]{1,40})</v></c>'
    '|( t="inlineStr")><is><t(?: xml:space="preserve")?>([^<>&\\0-\\x1f\\ufffe\\uffff]*+)</t></is></c>)'
)
_ROW = (
    f'<row r="({_NUMBER})"((?: (?:x14ac:)?[a-zA-Z]{{1,20}}="[-.:0-9a-zA-Z ]*+")*+)'
    f"(?: ?/>|>((?:{re.sub('[(](?![?])', '(?:', _CELL)})*+)</row>)"
)
_CELLS, _ROWS, _ATTRIBUTES = re.compile(_CELL), re.compile(_ROW), re.compile(' ([^ =]+)="([^"]*)"')


class NotPlainError(Exception):
    """The sheet has something else, too, or may have."""


class PlainSheet(NamedTuple):
    """The XML of a sheet without its rows, and the XML of these. That what stands around them is XML is for the parser
    of `rest` to find."""

    rest: bytes
    rows: str


class PlainRow(NamedTuple):
    """A row, from 1, what its tag says of it, and its cells that have something in them."""

    number: int
    attributes: dict[str, str]
    cells: list[WrittenCell]


def plain_sheet(xml: bytes) -> PlainSheet:
    """Raises NotPlainError where the rows cannot be set apart from the rest without parsing it."""
    first, last = xml.find(_OPEN) + len(_OPEN), xml.rfind(_CLOSE)
    declaration = _DECLARATION.match(xml)
    # What looks like the tag of the rows is it, unless a comment or the like was begun before.
    begun = xml[declaration.end() if declaration else 0 : first]
    if not len(_OPEN) <= first <= last or b"<!" in begun or b"<?" in begun:
        raise NotPlainError
    try:
        rows = xml[first:last].decode()
    except UnicodeDecodeError:
        raise NotPlainError from None
    # A parser refuses a prefix that nothing has declared, and must come past it for that.
    named = b'<row x14ac:dyDescent="0"/>' if "x14ac:" in rows else b""
    return PlainSheet(xml[:first] + named + xml[last:], rows)


def plain_rows(rows: str) -> Iterator[PlainRow]:
    """The rows in the order in which they stand. Raises NotPlainError at the first that is not plain."""
    columns: dict[str, int] = {}
    at = 0
    while at < len(rows):
        row = _ROWS.match(rows, at)
        if row is None:
            raise NotPlainError
        at = row.end()
        name, said, written = row.groups()
        attributes = _ATTRIBUTES.findall(said)
        if len({"r", *dict(attributes)}) <= len(attributes):  # one that is said twice
            raise NotPlainError
        cells = []
        for letters, row_name, style, kind, number, in_place, text in _CELLS.findall(written or ""):
            if row_name != name:
                raise NotPlainError
            if letters not in columns:
                columns[letters] = column_index_from_string(letters)
            if number:
                cells.append((columns[letters], kind or "n", style, number))
            elif in_place and text and not text.isspace():
                cells.append((columns[letters], "inlineStr", style, text))
        yield PlainRow(int(name), dict(attributes), cells)
