"""Charts over time, worked out again in plain Python loops: parts and points, limits, special causes and what they say.

Nothing here was taken from the SQL.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tests.sql.tables import last_day

_PRECEDENCE = (
    *("above_limit", "below_limit", "rising", "falling"),
    *("two_of_three_above", "two_of_three_below", "run_above", "run_below"),
)


def part_of_chart(values: Sequence[float | None], screen: bool) -> list[tuple[object, ...]]:
    """Limits and special cause of each point of one part of a series, as METHODS 3 has them, one loop after another."""
    points = [value for value in values if value is not None]
    if len(points) < 12:
        return [(None, None, None, None)] * len(values)
    mean = math.fsum(points) / len(points)
    ranges = [abs(after - before) for before, after in pairwise(points)]
    average = math.fsum(ranges) / len(ranges)
    if screen:
        kept = [one for one in ranges if one == 0 or one < 3.267 * average]
        average = math.fsum(kept) / len(kept)
    marks = _marks(points, mean, average)
    found = iter([next((name for name in _PRECEDENCE if name in names), "common_cause") for names in marks])
    limits = (mean, mean - 2.66 * average, mean + 2.66 * average)
    return [(*limits, None if value is None else next(found)) for value in values]


def _marks(points: list[float], mean: float, average: float) -> list[set[str]]:
    """Every special cause that each point belongs to."""
    nothing = 1e-12 * max(abs(value) for value in points)
    marks: list[set[str]] = [set() for _ in points]
    for turned, above, rising in ((1, "above", "rising"), (-1, "below", "falling")):
        # The rules are stated once, for high values; for low ones everything is turned upside down.
        away = [turned * (value - mean) for value in points]
        for name, places in (
            (f"{above}_limit", [place for place, far in enumerate(away) if far - 2.66 * average > nothing]),
            (rising, _rises(away, nothing)),
            (f"run_{above}", _one_side(away, nothing)),
            (f"two_of_three_{above}", _two_of_three(away, 2 * 2.66 / 3 * average, nothing)),
        ):
            for place in places:
                marks[place].add(name)
    for place, names in enumerate(marks):
        if {"rising", "falling"} <= names:
            names.remove("falling" if points[place + 1] > points[place] else "rising")
    return marks


def _rises(away: list[float], nothing: float) -> Iterator[int]:
    for first in range(len(away) - 6):
        seven = away[first : first + 7]
        if all(after - before > nothing for before, after in pairwise(seven)):
            yield from range(first, first + 7)


def _one_side(away: list[float], nothing: float) -> Iterator[int]:
    for first in range(len(away) - 6):
        if all(far > nothing for far in away[first : first + 7]):
            yield from range(first, first + 7)


def _two_of_three(away: list[float], near_line: float, nothing: float) -> Iterator[int]:
    for first in range(len(away) - 2):
        three = range(first, first + 3)
        near = [place for place in three if away[place] - near_line > nothing]
        if len(near) >= 2 and all(away[place] > nothing for place in three):
            yield from near


@dataclass(frozen=True)
class Observed:
    """A figure of a whole organisation in a month or a quarter. `expected` is what peers would lead one to expect, by
    scope and whether by staff group; None where the figure is charted as it is."""

    indicator: str
    code: str
    variant: str
    source: str
    period: str
    months: tuple[str, ...]
    value: float
    expected: Mapping[tuple[str, bool], float] | None


@dataclass(frozen=True)
class Change:
    """`indicator` is empty where it changed them all."""

    code: str
    indicator: str
    on: str
    reason: str


@dataclass(frozen=True)
class Point:
    place: int
    period: str
    source: str
    value: float | None
    shown: float
    part: int
    rebased_on: str | None
    rebased_because: str
    scope: str
    is_adjusted: bool


def chart(points: Sequence[Observed], changes: Sequence[Change]) -> list[Point]:
    """One series, when these are the points known. A period may have one from a return and an official one."""
    compared: dict[str, Observed] = {}
    for point in points:
        if point.period not in compared or point.source == "official":
            compared[point.period] = point
    ordered = sorted(compared.values(), key=lambda point: point.months)
    parts: list[list[Observed]] = []
    causes: list[list[tuple[str, str]]] = []
    before = "0000"
    for point in ordered:
        ends_on = last_day(point.months[-1])
        new = {
            (change.on, change.reason)
            for change in changes
            if change.code == point.code and change.indicator in ("", point.indicator) and before < change.on <= ends_on
        }
        if not parts or new:
            # What changed before there was a point splits nothing.
            causes.append(sorted(new) if parts else [])
            parts.append([])
        parts[-1].append(point)
        before = ends_on
    return [
        made
        for number, (part, because) in enumerate(zip(parts, causes, strict=True), start=1)
        for made in _points(part, number, because)
    ]


def _points(part: Sequence[Observed], number: int, because: Sequence[tuple[str, str]]) -> Iterator[Point]:
    scope, is_adjusted = _peers(part)
    for point in part:
        if point.expected is None:
            value: float | None = point.value
        else:
            value = point.value - point.expected[scope, is_adjusted] if (scope, is_adjusted) in point.expected else None
        year, month = map(int, point.months[0].split("-"))
        yield Point(
            place=((year - 1) * 12 + month - 1) // len(point.months),
            period=point.period,
            source=point.source,
            value=value,
            shown=point.value,
            part=number,
            rebased_on=because[-1][0] if because else None,
            rebased_because="; ".join(reason for _, reason in because),
            scope=scope,
            is_adjusted=is_adjusted,
        )


def _peers(part: Sequence[Observed]) -> tuple[str, bool]:
    """Whom all months of a part are held against: the sector where they can be, and by staff group where they can."""
    with_peers = [point.expected for point in part if point.expected and ("all_sectors", False) in point.expected]
    if not with_peers:
        return "", False
    scope = "sector" if all(("sector", False) in expected for expected in with_peers) else "all_sectors"
    return scope, all((scope, True) in expected for expected in with_peers)


def variation(points: Sequence[Point], quarter: Sequence[str], is_high_better: bool) -> tuple[object, ...]:
    """What a chart says of a quarter (its periods): period, points, centre, limits, special cause, why nothing is said,
    variation."""
    of_quarter = [point for point in points if point.period in quarter]
    last = ([point for point in of_quarter if point.value is not None] or of_quarter)[-1]
    part = [point for point in points if point.part == last.part]
    charted = part_of_chart([point.value for point in part], screen=False)
    centre, lower, upper, cause = charted[part.index(last)]
    count = sum(point.value is not None for point in part)
    if last.value is None:
        return last.period, count, centre, lower, upper, "", "too few peers", "too few peers"
    if cause is None:
        return last.period, count, None, None, None, "", "too few points", "too few points"
    is_high = cause in ("above_limit", "rising", "two_of_three_above", "run_above")
    said = "common cause" if cause == "common_cause" else "improving" if is_high == is_high_better else "concern"
    return last.period, count, centre, lower, upper, cause, "", said


def assurance(target: float, lower: float, upper: float, is_high_better: bool) -> str:
    """Whether all that lies between the limits is on the right side of a target, or all on the wrong one."""
    if target < lower:
        return "consistently met" if is_high_better else "consistently missed"
    if target > upper:
        return "consistently missed" if is_high_better else "consistently met"
    return "hit or miss"
