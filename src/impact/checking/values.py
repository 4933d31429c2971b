"""Text -> value, one function a kind of column. What a value must be in itself belongs here; what it must be beside
others belongs in `rules`."""

import re
from calendar import monthrange
from collections.abc import Callable, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Literal

from impact.definition import Column, Kind
from impact.periods import parse_period, quarter_of

UNIT = Decimal(1).scaleb(-14)
"""The least that a number is kept to."""
_DIGITS = 60
"""More than any number that can be read has, so that nothing is rounded but to the unit."""

WITHHELD = "[c]"
NOT_AVAILABLE = "[x]"
SHORTHAND = frozenset({WITHHELD, NOT_AVAILABLE})
"""What a sender may write in a cell that need not be filled in: withheld by the sender, not available."""

Value = float | date | bool | str

# Digits are 0 to 9 alone: Python would read those of other scripts, and DuckDB would not. Twelve of them before the
# point fit DECIMAL(28,14) after any rounding.
_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,30})?")
_WHOLE_NUMBER = re.compile(r"(-?[0-9]{1,12})(\.0+)?")
# The thousands set apart, all in the same way: 1,234,567.8 or 1 234 567.8, with any space that Excel writes.
_SPACES = " \u00a0\u2009\u202f"
_GROUPED = re.compile(rf"-?[0-9]{{1,3}}(?:(?:,[0-9]{{3}}){{1,3}}|(?:[{_SPACES}][0-9]{{3}}){{1,3}})(\.[0-9]{{1,30}})?")
_SEPARATORS = re.compile(f"[,{_SPACES}]")
_POUNDS = re.compile(r"(-?)£ ?(-?)([0-9].*)")
_ONE_COMMA = re.compile(r"-?[0-9]{1,3},[0-9]{3}")
_YEAR_MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")
_NAMED_MONTH = re.compile(r"([A-Za-z]{3,9})[ -](?:20)?([0-9]{2})")
_UK_DATE = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")
_ISO_DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[ T]00:00(?::00(?:\.0+)?)?)?")
_MONTH_NAMES = (
    "january february march april may june july august september october november december".split()  # noqa: SIM905
)
_BOOLEANS = {"yes": True, "no": False}


def read_value(text: str, column: Column) -> Value | None:
    """What `text` means in `column`, or None when it cannot be read so."""
    if column.kind in ("number", "integer"):
        text = _bare(text, column)
    return _READERS[column.kind](text, column.date_format)


def plain_form(text: str, column: Column) -> str:
    """`text` as it is stored: `Jan-26` in a month column becomes `2026-01`. Only for text that can be read."""
    value = read_value(text, column)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if column.kind in ("integer", "number"):
        with localcontext(prec=_DIGITS):
            number = Decimal(_bare(text, column)).quantize(UNIT, ROUND_HALF_UP)
            return f"{number.normalize():f}" if number else "0"
    return text


def period_of(value: Value, grains: Sequence[str]) -> str:
    """The period that a month, a date or the name of a period belongs to, where drops are for periods of `grains`."""
    if not isinstance(value, date):
        return str(value)
    return quarter_of(value).id if "quarter" in grains else f"{value:%Y-%m}"


def is_written_otherwise(text: str, column: Column) -> bool:
    """Whether what can be read was not written as it should be, so that the sender should be told how it was read."""
    match column.kind:
        case "month":
            return not _YEAR_MONTH.fullmatch(text)
        case "date":
            return column.date_format == "yyyy-MM-dd" and ("/" in text or len(text) > len("yyyy-MM-dd"))
        case "number" | "integer":
            return _bare(text, column) != text
    return False


def is_comma_unclear(text: str) -> bool:
    """Whether a comma in a number may set the thousands apart or the decimals: 1,234 among columns set apart by
    semicolons, as Excel writes them where the comma is for decimals."""
    return _ONE_COMMA.fullmatch(text) is not None


def _bare(text: str, column: Column) -> str:
    """A number without what people write around its digits, where that says nothing else; any other text as it is."""
    if _NUMBER.fullmatch(text):
        return text
    bare = text
    if column.unit == "gbp" and (written := _POUNDS.fullmatch(bare)) and not (written[1] and written[2]):
        bare = written[1] + written[2] + written[3]
    if column.unit == "percent" and bare.endswith("%"):
        bare = bare[:-1].rstrip()
    if _GROUPED.fullmatch(bare):
        bare = _SEPARATORS.sub("", bare)
    return bare if _NUMBER.fullmatch(bare) else text


def _text(text: str, _format: str) -> str:
    return text


def _number(text: str, _format: str) -> float | None:
    return float(text) if _NUMBER.fullmatch(text) else None


def _integer(text: str, _format: str) -> float | None:
    return float(text) if _WHOLE_NUMBER.fullmatch(text) else None


def _boolean(text: str, _format: str) -> bool | None:
    return _BOOLEANS.get(text.casefold())


def _month(text: str, _format: str) -> date | None:
    if written := _YEAR_MONTH.fullmatch(text):
        return date(int(written[1]), int(written[2]), 1)
    if written := _NAMED_MONTH.fullmatch(text):
        name = written[1].casefold()
        for number, full_name in enumerate(_MONTH_NAMES, start=1):
            if name in (full_name, full_name[:3], full_name[:4]):
                return date(2000 + int(written[2]), number, 1)
    # The day that Excel shows for a month: its first or its last. Any other day is about something else.
    day = _date(text, "dd/MM/yyyy") or _date(text, "yyyy-MM-dd")
    if day is not None and day.year >= 2000 and (day.day == 1 or day.day == monthrange(day.year, day.month)[1]):
        return day.replace(day=1)
    return None


def _date(text: str, date_format: Literal["dd/MM/yyyy", "yyyy-MM-dd"] | str) -> date | None:
    try:
        if written := _UK_DATE.fullmatch(text):
            day = date(int(written[3]), int(written[2]), int(written[1]))
            # American survey tools write the month first: 03/04/2026 is read only where it is said to be 3 April.
            is_plain = date_format == "dd/MM/yyyy" or day.day > 12 or day.day == day.month
            return day if is_plain else None
        written = _ISO_DATE.fullmatch(text) if date_format != "dd/MM/yyyy" else None
        return date.fromisoformat(written[1]) if written else None
    except ValueError:
        return None


def _period(text: str, _format: str) -> str | None:
    period = parse_period(text)
    return text if period is not None and period.grain in ("quarter", "year") else None


_READERS: dict[Kind, Callable[[str, str], Value | None]] = {
    "text": _text,
    "number": _number,
    "integer": _integer,
    "boolean": _boolean,
    "month": _month,
    "date": _date,
    "period": _period,
}
