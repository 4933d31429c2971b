"""Words that every part of a report shares: for codes, counts, periods, and texts that are no figures."""

from datetime import date

from impact.periods import Period

_SHORTHAND = frozenset({"[c]", "[x]", "[z]"})
_MODEL_NAMES = {"mutual": "mutual", "in_house": "in-house", "outsourced": "outsourced", "unclassified": "unclassified"}


def is_figure(text: str) -> bool:
    """Whether a published text is a figure, not shorthand for why there is none."""
    return text not in _SHORTHAND


def words(code: str) -> str:
    """A code as words: `community_health` is community health, `in_house` is in-house."""
    return _MODEL_NAMES.get(code, code.replace("_", " "))


def between(low: str, high: str) -> str:
    return low if not is_figure(low) else f"{low} to {high}"


def with_unit(value: str, unit: str) -> str:
    return f"{value}%" if unit == "%" else f"{value} {unit}"


def number(text: str) -> float | None:
    return float(text) if is_figure(text) else None


def count_of(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def year_end(period: Period) -> str:
    return f"{period.end_on:%B %Y}"


def year_label(period: Period) -> str:
    """The 12 months that end with the period: `April 2024 to March 2025`."""
    end = period.end_on
    first_month = end.month % 12 + 1
    first = date(end.year - (end.month != 12), first_month, 1)
    return f"{first:%B %Y} to {end:%B %Y}"
