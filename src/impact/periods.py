"""Periods as people write them: `2026-Q1`, `2026-04`, `2026`. Calendar quarters, months and years.

Nothing here reads a clock: whoever needs "today" is given it.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")

Grain = Literal["month", "quarter", "year"]

_GRAIN_MONTHS: dict[Grain, int] = {"month": 1, "quarter": 3, "year": 12}
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
        count = _GRAIN_MONTHS[self.grain]
        return [date(self.start_on.year, self.start_on.month + offset, 1) for offset in range(count)]

    def label(self) -> str:
        """As a person would say it: `January to March 2026`."""
        start, end = self.start_on, self.end_on
        if self.grain == "month":
            return f"{start:%B %Y}"
        return f"{start:%B} to {end:%B %Y}"


def parse_period(text: str) -> Period | None:
    """The period that `text` names, or None when it names none."""
    written = _WRITTEN.fullmatch(text)
    if written is None:
        return None
    year = int(written["year"])
    if written["quarter"]:
        grain: Grain = "quarter"
        first_month = 3 * int(written["quarter"]) - 2
    elif written["month"]:
        grain = "month"
        first_month = int(written["month"])
    else:
        grain = "year"
        first_month = 1
    last_month = first_month + _GRAIN_MONTHS[grain] - 1
    last_day = calendar.monthrange(year, last_month)[1]
    return Period(date(year, first_month, 1), date(year, last_month, last_day), text, grain)


def quarter_of(day: date) -> Period:
    """The calendar quarter that holds `day`."""
    period = parse_period(f"{day.year}-Q{(day.month + 2) // 3}")
    assert period is not None
    return period


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
