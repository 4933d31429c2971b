"""Words that every part of a report shares: for codes, counts, periods, figures with their units, and texts that are no
figures."""

from collections.abc import Sequence
from datetime import date

from impact.periods import Period

_SHORTHAND = frozenset({"[c]", "[x]", "[z]", "[u]"})
_NAMES = {
    "mutual": "mutual",
    "in_house": "in-house",
    "outsourced": "outsourced",
    "unclassified": "unclassified",
    "sectors_of_mutuals": "all sectors with mutuals",
}
_UNIT_SIGNS = {"GBP": "£", "points": "0 to 10"}
_POUNDS = "GBP"
MOST_NAMED = 5
"""Names in a sentence; whoever wants all of them has the table."""


def is_figure(text: str) -> bool:
    """Whether a published text is a figure, not shorthand for why there is none."""
    return text not in _SHORTHAND


def says_something(text: str) -> bool:
    """Whether there is something behind a text to know of: a figure, a word, or that there is one that is withheld."""
    return text not in ("[x]", "[z]")


def words(code: str) -> str:
    """A code as words: `community_health` is community health, `in_house` is in-house."""
    return _NAMES.get(code, code.replace("_", " "))


def shown(text: str, unit: str) -> str:
    """A published text as it stands in a table: pounds with commas, everything else as it is."""
    return f"{int(text):,}" if unit == _POUNDS and is_figure(text) else text


def between(low: str, high: str, unit: str = "") -> str:
    """A range; where one end is no figure there is no range, and the shorthand says why."""
    no_end = next((end for end in (low, high) if not is_figure(end)), None)
    return no_end or f"{shown(low, unit)} to {shown(high, unit)}"


def with_unit(value: str, unit: str) -> str:
    """A figure in a sentence: `5.04%`, `£1,200`, `6.51 points`."""
    if unit == "%":
        return f"{value}%"
    if unit == _POUNDS:
        return f"-£{-int(value):,}" if value.startswith("-") else f"£{int(value):,}"
    return f"{value} {unit}"


def points_of(unit: str) -> str:
    """The unit of a difference: of per cent it is percentage points."""
    return "percentage points" if unit == "%" else unit


def unit_sign(unit: str) -> str:
    """A unit as it stands in the heading of a column."""
    return _UNIT_SIGNS.get(unit, unit)


def number(text: str) -> float | None:
    return float(text) if is_figure(text) else None


def count_of(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def shortened(names: Sequence[str], most: int = MOST_NAMED) -> list[str]:
    """Names up to so many, and last how many more there are. One more is named, too: that takes no more room."""
    more = len(names) - most
    return list(names) if more <= 1 else [*names[:most], f"{more} more"]


def listed(names: Sequence[str], most: int = MOST_NAMED) -> str:
    """Names in brackets within a sentence, shortened: `A, B` or `A, B and 3 more`."""
    short = shortened(names, most)
    return joined(short) if len(short) < len(names) else ", ".join(names)


def joined(parts: Sequence[str]) -> str:
    """Parts of a sentence: `a`, `a and b`, `a, b and c`."""
    return " and ".join(([", ".join(parts[:-1])] if len(parts) > 1 else []) + list(parts[-1:]))


def sentence(text: str) -> str:
    """A text that stands by itself: a capital first, a full stop last."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def year_end(period: Period) -> str:
    return f"{period.end_on:%B %Y}"


def year_label(period: Period) -> str:
    """The 12 months that end with the period: `April 2024 to March 2025`."""
    end = period.end_on
    first_month = end.month % 12 + 1
    first = date(end.year - (end.month != 12), first_month, 1)
    return f"{first:%B %Y} to {end:%B %Y}"
