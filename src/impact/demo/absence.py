"""The rows of sickness_absence: short spells with a winter, and long ones that carry over months."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from math import cos, exp, pi
from random import Random

from impact.demo.planted import (
    ABSENCE_BETWEEN_MONTHS,
    ABSENCE_BETWEEN_ORGANISATIONS,
    ABSENCE_BY_GROUP,
    ABSENCE_CARRIED,
    ABSENCE_OWNERSHIP_POINTS,
    ABSENCE_PERCENT,
    LONG_SPELL_DAYS,
    LONG_SPELL_LEAST_DAYS,
    LONG_SPELLS_SHARE,
    OWNED_PERCENT,
    SHORT_SPELL_DAYS,
    WINTER,
    carried,
    level,
    months,
    poisson,
    seeded,
)
from impact.demo.register import bank_holidays
from impact.demo.sector import Member, Unit, workforce
from impact.periods import quarter_of

COLUMNS = (
    *("organisation_code", "month", "service_code", "staff_group", "basis", "fte_days_lost", "fte_days_available"),
    *("headcount", "fte_start", "fte_end", "long_term_days_lost", "episodes"),
)
NUMBERS = frozenset(COLUMNS[5:])

_LEAST_RATE, _GREATEST_RATE = 0.006, 0.115
_MOST_MOVE, _MOST_TIMES = 0.027, 1.85
"""A file that nobody needs to confirm: rates of a month stay within these, and from one month to the next they move by
no more points and no more times. Only in small organisations does this hold anything back."""
_LEAD_MONTHS = 8
"""How long before the first month spells can have begun."""


@dataclass(frozen=True)
class _Month:
    """Hundredths of days, people, and tenths of full-time equivalents."""

    lost: int
    available: int
    heads: int
    fte_start: int
    fte_end: int
    long: int
    episodes: int


def rows(member: Member, quarters: Collection[str]) -> dict[str, list[list[str]]]:
    """The rows of each quarter: ALL for each month, and staff groups where the organisation has them."""
    rng = seeded("absence", member.code)
    spread = ABSENCE_BETWEEN_ORGANISATIONS
    times = exp(rng.gauss(0, spread) - spread**2 / 2)
    units = workforce(member)
    mean = sum(ABSENCE_BY_GROUP.get(unit.group, 1) * unit.heads[0] for unit in units) / member.headcount
    series = [_series(rng, member, unit, times * ABSENCE_BY_GROUP.get(unit.group, 1) / mean) for unit in units]
    has_details = rng.random() < 0.9
    made: dict[str, list[list[str]]] = {quarter: [] for quarter in quarters}
    for place, month in enumerate(months()):
        if (quarter := quarter_of(month).id) not in made:
            continue
        parts = [one[place] for one in series]
        groups = {"ALL": _added(parts)}
        if len(parts) > 1:
            groups |= {unit.group: part for unit, part in zip(units, parts, strict=True)}
        for group, of in groups.items():
            details = [f"{of.long / 100:.2f}", str(of.episodes)] if has_details else ["", ""]
            figures = [f"{of.lost / 100:.2f}", f"{of.available / 100:.2f}", str(of.heads)]
            fte = [f"{of.fte_start / 10:.1f}", f"{of.fte_end / 10:.1f}"]
            of_what = [member.code, f"{month:%Y-%m}", "ALL", group, member.basis]
            made[quarter].append(of_what + figures + fte + details)
    return made


def _added(parts: list[_Month]) -> _Month:
    return _Month(
        lost=sum(part.lost for part in parts),
        available=sum(part.available for part in parts),
        heads=sum(part.heads for part in parts),
        fte_start=sum(part.fte_start for part in parts),
        fte_end=sum(part.fte_end for part in parts),
        long=sum(part.long for part in parts),
        episodes=sum(part.episodes for part in parts),
    )


def _series(rng: Random, member: Member, unit: Unit, times: float) -> list[_Month]:
    every = months()
    fte = [heads * unit.fte_share for heads in unit.heads]
    between = carried(rng, len(every), ABSENCE_BETWEEN_MONTHS, ABSENCE_CARRIED)
    owned = ((member.owned_percent or OWNED_PERCENT) - OWNED_PERCENT) / 10 * ABSENCE_OWNERSHIP_POINTS
    planted = [
        (level(ABSENCE_PERCENT, member.delivery_model, member.spun_out_on, month) + owned) / 100 * times
        for month in every
    ]
    long_days, begun = _long_spells(rng, every, fte, planted)
    before: float | None = None
    made = []
    for place, month in enumerate(every):
        mean_fte = (fte[place] + fte[place + 1]) / 2
        available = mean_fte * _days_worked(month, member.basis) * rng.uniform(0.985, 1.0)
        winter = 1 + WINTER * cos((month.month - 1) / 12 * 2 * pi)
        short = planted[place] * (1 - LONG_SPELLS_SHARE) * winter * exp(between[place])
        long = long_days[place] / (mean_fte * _days(month))
        rate = min(max(short + long, _LEAST_RATE), _GREATEST_RATE)
        if before is not None:
            rate = max(rate, before / _MOST_TIMES, before - _MOST_MOVE)
            rate = min(rate, before * _MOST_TIMES, before + _MOST_MOVE)
        before = rate
        lost = round(available * rate * 100)
        made.append(
            _Month(
                lost=lost,
                available=round(available * 100),
                heads=unit.heads[place + 1],
                fte_start=round(fte[place] * 10),
                fte_end=round(fte[place + 1] * 10),
                long=int(lost * long / (short + long)),
                episodes=begun[place] + max(round(short * mean_fte * _days(month) / SHORT_SPELL_DAYS), 1),
            )
        )
    return made


def _long_spells(
    rng: Random, every: Sequence[date], fte: list[float], planted: list[float]
) -> tuple[list[float], list[int]]:
    """Days lost in each month in spells of 28 days or more, and how many of them began in it."""
    starts = [(month - every[0]).days for month in every]
    ends = starts[1:] + [starts[-1] + _days(every[-1])]
    days, begun = [0.0] * len(every), [0] * len(every)
    for place in range(-_LEAD_MONTHS, len(every)):
        at = max(place, 0)
        start, length = (starts[at], ends[at] - starts[at]) if place >= 0 else (place * 30, 30)
        spells = poisson(rng, planted[at] * LONG_SPELLS_SHARE * fte[at] * length / LONG_SPELL_DAYS)
        for _ in range(spells):
            first = start + rng.random() * length
            last = first + LONG_SPELL_LEAST_DAYS + rng.expovariate(1 / (LONG_SPELL_DAYS - LONG_SPELL_LEAST_DAYS))
            if place >= 0:
                begun[place] += 1
            month = at
            while month < len(every) and starts[month] < last:
                days[month] += max(min(last, ends[month]) - max(first, starts[month]), 0)
                month += 1
    return days, begun


def _days(month: date) -> int:
    return (date(month.year + month.month // 12, month.month % 12 + 1, 1) - month).days


def _days_worked(month: date, basis: str) -> float:
    """Days of a full-time post. On bank holidays half of the staff of a public service are at work."""
    if basis == "calendar_days":
        return _days(month)
    days = [month.replace(day=day) for day in range(1, _days(month) + 1)]
    holidays = bank_holidays()
    return sum(0.5 if day.isoformat() in holidays else 1.0 for day in days if day.weekday() < 5)
