"""Periods as people write them: `2026-Q1`, `2026-04`, `2026`, `2023-Q3_to_2025-Q4`. Calendar months, quarters, years,
and runs of quarters.

Nothing here reads a clock: whoever needs "today" is given it.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")

Grain = Literal["month", "quarter", "year", "quarters"]

_TO = "_to_"
_WRITTEN = re.compile(r"(?P<year>20[0-9]{2})(?:-Q(?P<quarter>[1-4])|-(?P<month>0[1-9]|1[0-2]))?")


@dataclass(frozen=True, order=True)
class Period:
    """Whole months, first day to last day, both included."""

    start_on: date
    end_on: date
    id: str
    grain: Grain

    def months(self) -> list[date]:
        """The first day of each month of the period, in order."""
        first, last = (day.year * 12 + day.month - 1 for day in (self.start_on, self.end_on))
        return [date(number // 12, number % 12 + 1, 1) for number in range(first, last + 1)]

    def parts(self) -> list["Period"]:
        """The quarters of a run of quarters, in order; of any other period, itself."""
        return [quarter_of(month) for month in self.months()[::3]] if self.grain == "quarters" else [self]

    def part_ids(self) -> tuple[str, ...]:
        """The names of its parts: what there can be one return for."""
        return tuple(part.id for part in self.parts())

    def before(self) -> "Period":
        """The month, quarter or year that ends the day before this one starts."""
        day = self.start_on - timedelta(days=1)
        match self.grain:
            case "month":
                return _month(day)
            case "year":
                return _year(day)
            case _:
                return quarter_of(day)

    def label(self) -> str:
        """As a person would say it: `January to March 2026`."""
        start, end = self.start_on, self.end_on
        if self.grain == "month":
            return f"{start:%B %Y}"
        if start.year != end.year:
            return f"{start:%B %Y} to {end:%B %Y}"
        return f"{start:%B} to {end:%B %Y}"


def parse_period(text: str) -> Period | None:
    """The period that `text` names, or None when it names none. A run of quarters has two of them at least."""
    if _TO in text:
        first, last = (parse_period(part) for part in text.split(_TO, 1))
        if first and last and first.grain == last.grain == "quarter" and first < last:
            return Period(first.start_on, last.end_on, text, "quarters")
        return None
    written = _WRITTEN.fullmatch(text)
    if written is None:
        return None
    year = int(written["year"])
    if written["quarter"]:
        return quarter_of(date(year, 3 * int(written["quarter"]), 1))
    return _month(date(year, int(written["month"]), 1)) if written["month"] else _year(date(year, 1, 1))


def quarter_of(day: date) -> Period:
    """The calendar quarter that holds `day`."""
    last_month = (day.month + 2) // 3 * 3
    start_on = date(day.year, last_month - 2, 1)
    return Period(start_on, _last_day(day.year, last_month), f"{day.year}-Q{last_month // 3}", "quarter")


def _month(day: date) -> Period:
    return Period(day.replace(day=1), _last_day(day.year, day.month), f"{day:%Y-%m}", "month")


def _year(day: date) -> Period:
    return Period(date(day.year, 1, 1), date(day.year, 12, 31), str(day.year), "year")


def _last_day(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def london_date(instant: datetime) -> date:
    """The date in London at a UTC instant: "today" in every rule."""
    return instant.astimezone(LONDON).date()


def to_text(instant: datetime) -> str:
    """A UTC instant as receipts and manifests write it, to the second: `2026-07-20T09:00:00Z`."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def from_text(text: str) -> datetime:
    """The instant that `to_text` wrote. Raises ValueError for anything else."""
    instant = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    if to_text(instant) != text:
        raise ValueError(f"{text} is not an instant as this software writes it, such as 2026-07-20T09:00:00Z")
    return instant
