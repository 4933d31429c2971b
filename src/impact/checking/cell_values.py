"""What is written in a cell of a workbook -> the text that a person would type for it; and the texts that cells share.

As openpyxl reads the values, whose conversions of days these are; where the cells stand belongs in `sheet_cells`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from openpyxl.utils.datetime import from_excel, from_ISO8601

from impact.checking.guarded_xml import MAIN, parse
from impact.checking.plain_cells import WrittenCell
from impact.checking.text_file import LONGEST_CELL
from impact.definition import Column

_ITEM, _TEXT, _RUN, _ASIDE = (MAIN + name for name in ("si", "t", "r", "rPh"))
_NO_DAY = "#VALUE!"
"""What Excel shows for a number that no day has."""
_DIGITS = 15
"""As many digits of a number as Excel keeps, however it is shown."""


@dataclass(frozen=True)
class Meanings:
    """What cells refer to: the texts that they share, the styles that show a number as a day or as a span of time, and
    the day from which days are counted."""

    strings: Sequence[str]
    dated: Collection[int]
    timed: Collection[int]
    first_day: datetime


def written_text(cell: WrittenCell, column: Column | None, meanings: Meanings) -> str:
    """A value as people write it, a date as its column wants it. Raises ValueError, or what else comes of it, on what
    Excel does not write."""
    _, kind, style, text = cell
    if kind == "s":
        return _of_usual_length(meanings.strings[int(text)])
    if kind == "n":
        number: int | float = float(text) if "." in text or "E" in text or "e" in text else int(text)
        if style and int(style) in meanings.dated:
            return _day_text(number, int(style) in meanings.timed, column, meanings)
        return str(number) if isinstance(number, int) else format(Decimal(f"{number + 0.0:.{_DIGITS}g}"), "f")
    if kind == "b":
        return "TRUE" if int(text) else "FALSE"
    if kind == "d":
        return _moment_text(from_ISO8601(text), column)  # type: ignore[no-untyped-call]
    return _of_usual_length(_plain(text))


def shared_strings(xml: bytes) -> list[str]:
    """The texts that cells share, in order. Raises what `parse` does."""
    seen = _Strings()
    parse(xml, seen)
    return [_plain(text.replace("x005F_", "")) for text in seen.found]


def _plain(text: str) -> str:
    return text.replace("_x000D_", "\r").strip()


def _of_usual_length(text: str) -> str:
    if len(text) > LONGEST_CELL:
        raise ValueError("longer than Excel allows")
    return text


def _day_text(number: float, is_span: bool, column: Column | None, meanings: Meanings) -> str:
    try:
        moment = from_excel(number, meanings.first_day, timedelta=is_span)
    except (OverflowError, ValueError):
        return _NO_DAY
    return _moment_text(moment, column)


def _moment_text(moment: datetime | date | time | timedelta | None, column: Column | None) -> str:
    match moment:
        case datetime():
            day = _moment_text(moment.date(), column)
            return day if moment.time() == time() else f"{day} {moment.time().isoformat('seconds')}"
        case date():
            is_iso = column is not None and column.kind == "date" and column.date_format == "yyyy-MM-dd"
            return moment.isoformat() if is_iso else f"{moment:%d/%m/%Y}"
    return "" if moment is None else str(moment)


class _Strings:
    """The texts so far, without how they are to be pronounced."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.texts: list[str] = []
        self.is_in_text = self.is_in_run = self.is_aside = False

    def start(self, tag: str, _attributes: dict[str, str]) -> None:
        if tag == _TEXT:
            if self.texts and not (self.is_in_run or self.is_aside):
                raise ValueError("two values in one text")
            self.is_in_text = not self.is_aside
        elif tag == _ITEM:
            self.texts = []
        elif tag == _RUN:
            self.is_in_run = True
        elif tag == _ASIDE:
            self.is_aside = True

    def text(self, characters: str) -> None:
        if self.is_in_text:
            self.texts.append(characters)

    def end(self, tag: str) -> None:
        if tag == _TEXT:
            self.is_in_text = False
        elif tag == _ITEM:
            self.found.append("".join(self.texts))
        elif tag == _RUN:
            self.is_in_run = False
        elif tag == _ASIDE:
            self.is_aside = False
