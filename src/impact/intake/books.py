"""Workbooks that go to senders: how one is begun and ended so that whatever text stands in it stays text, and the same
content is the same bytes. What stands in them belongs in `template` and `marked_up`."""

import io
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from impact.checking.findings import cell_name

BLUE, PALE_BLUE, GREY = "#15456B", "#DCE6F1", "#F2F2F2"
TITLE = {"bold": True, "font_size": 14}
HEADING = {"bold": True, "bg_color": BLUE, "font_color": "#FFFFFF", "border": 1, "valign": "vcenter"}
TEXT = {"num_format": "@", "valign": "top"}
WRAPPED = {**TEXT, "text_wrap": True}

LONGEST_TEXT = 32_767
"""As many characters as Excel keeps in a cell."""

_MADE_ON = datetime(2000, 1, 1)  # noqa: DTZ001  (a date for the file's properties, and the same one always)
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def make_book(fill: Callable[[Any], None]) -> bytes:
    """The bytes of the workbook that `fill` writes its sheets into."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, _OPTIONS)
    book.set_properties({"created": _MADE_ON})
    fill(book)
    book.close()
    return out.getvalue()


def clean_text(text: str, longest: int = LONGEST_TEXT) -> str:
    """Text that a workbook can hold."""
    clean = _NOT_IN_XML.sub(" ", text)
    return clean if len(clean) <= longest else clean[: longest - 3] + "..."


def whole_range(position: int, first_row: int, last_row: int) -> str:
    """A column from row to row as formulas write it, the column counted from 0: `$B$2:$B$9`."""
    first, last = cell_name(position, first_row), cell_name(position, last_row)
    letters = first.rstrip("0123456789")
    return f"${letters}${first_row}:${letters}${last.removeprefix(letters)}"
