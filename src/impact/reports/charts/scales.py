"""Axes of round numbers, and where a value lies on them in pixels. Nothing here draws."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from math import ceil, floor, log10, sqrt

from impact.reports.charts.text import width_of

_MILLION, _BILLION = 1e6, 1e9
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH_ROOM, _QUARTER_ROOM, _YEAR_ROOM = 34, 46, 44
"""Pixels from one label of an axis of time to the next: its text, and air."""
_AIR = 12
"""Pixels between the labels of an axis of sizes, at least."""
_TENFOLD = 10


@dataclass(frozen=True)
class Axis:
    """Ticks at round numbers, with their labels, from the first to the last of which everything lies."""

    ticks: tuple[float, ...]
    labels: tuple[str, ...]

    def thinned(self, room: float, pixels: float) -> Iterator[tuple[float, str]]:
        """Ticks with their labels, or every second or third of them: at least `room` pixels apart, where all together
        take so many."""
        apart = pixels / (len(self.ticks) - 1)
        yield from list(zip(self.ticks, self.labels, strict=True))[:: max(1, ceil(room / apart))]

    @property
    def low(self) -> float:
        return self.ticks[0]

    @property
    def high(self) -> float:
        return self.ticks[-1]


@dataclass(frozen=True)
class Scale:
    """From values between `low` and `high` to pixels between `start` and `end`; `warp` bends it."""

    low: float
    high: float
    start: float
    end: float
    warp: Callable[[float], float] = float

    def __call__(self, value: float) -> float:
        low, high = self.warp(self.low), self.warp(self.high)
        if high == low:
            return (self.start + self.end) / 2
        return self.start + (self.warp(value) - low) / (high - low) * (self.end - self.start)


def axis_of(values: Iterable[float | None], wanted_ticks: int, unit: str) -> Axis:
    """An axis that holds every value, with about so many ticks. ValueError where there is no value."""
    there = [value for value in values if value is not None]
    if not there:
        raise ValueError("A chart of nothing has no axis: where there is no figure, make no chart.")
    least, greatest = min(there), max(there)
    size = max(abs(greatest), abs(least))
    # Where all values are one there is no spread to show, and a twentieth of the value says so.
    is_flat = greatest - least <= 1e-6 * size
    step = _round_up(size / 20 or 1.0 if is_flat else (greatest - least) / wanted_ticks)
    first, last = floor(least / step + 1e-9), ceil(greatest / step - 1e-9)
    if first == last:
        first, last = first - (first != 0), last + 1
    ticks = tuple(number * step for number in range(first, last + 1))
    return Axis(ticks, tuple(tick_label(tick, step, unit) for tick in ticks))


def tick_label(value: float, step: float, unit: str) -> str:
    """A round number with its unit, as an axis says it: `65%`, `-£1.5m`, `6.2`."""
    size = abs(value)
    if step >= _BILLION / _TENFOLD:
        number = f"{size / _BILLION:,.10g}bn"
    elif step >= _MILLION / _TENFOLD:
        number = f"{size / _MILLION:,.10g}m"
    else:
        number = f"{size:,.{_decimals(step)}f}"
    if not value:
        number = "0"
    return f"{'-' if value < 0 else ''}{'£' if unit == 'GBP' else ''}{number}{'%' if unit == '%' else ''}"


def size_axis(sizes: Iterable[float], start: float, end: float) -> tuple[Scale, Axis]:
    """A scale for sizes of organisations, with as many ticks as there is room for: by powers of ten where the largest
    is more than ten times the smallest, by square roots otherwise, because what chance does goes with those."""
    there = sorted(sizes)
    least, greatest = there[0], there[-1]
    if greatest > least * _TENFOLD > 0:
        scale = Scale(least, greatest, start, end, log10)
        powers = range(floor(log10(least)), ceil(log10(greatest)) + 1)
        ticks = [factor * 10.0**power for power in powers for factor in (1, 2, 5)]
    else:
        scale = Scale(least, greatest, start, end, sqrt)
        step = _round_up(max((greatest - least) / 6, 1e-6 * max(greatest, 1.0)))
        ticks = [number * step for number in range(ceil(least / step), floor(greatest / step) + 1)]
    ticks = [tick for tick in ticks if least <= tick <= greatest] or [greatest]
    kept: list[float] = []
    # The tens first: where there is no room for all, those are the ones to keep.
    for tick in sorted(ticks, key=lambda tick: (round(log10(tick) % 1, 6) != 0 if tick > 0 else False, tick)):
        half = width_of(_size_label(tick)) / 2 + _AIR
        if all(abs(scale(tick) - scale(other)) >= half + width_of(_size_label(other)) / 2 for other in kept):
            kept.append(tick)
    kept.sort()
    return scale, Axis(tuple(kept), tuple(map(_size_label, kept)))


def _size_label(size: float) -> str:
    for large, sign in ((_BILLION, "bn"), (_MILLION, "m")):
        if size >= large:
            return f"{size / large:.6g}{sign}"
    return f"{size:,.6g}"


@dataclass(frozen=True)
class TimeTick:
    """A place on the axis of time, in months since year 0. An empty label is a tick without one."""

    month: int
    label: str
    year: str = ""


def time_ticks(first: int, last: int, pixels_a_month: float, months: int) -> list[TimeTick]:
    """Where an axis from one month to another (both in months since year 0) has ticks: months or quarters with their
    years below where there is room, years otherwise."""
    if months == 1 and pixels_a_month >= _MONTH_ROOM:
        step = 1
    elif pixels_a_month * 3 >= _QUARTER_ROOM:
        step = 3
    else:
        return _year_ticks(first, last, pixels_a_month)
    ticks: list[TimeTick] = []
    for month in range(first, last + 1):
        if month % 12 % step == 0:
            label = f"Q{month % 12 // 3 + 1}" if months > 1 else _MONTHS[month % 12]
            is_first = not ticks or ticks[-1].month // 12 != month // 12
            ticks.append(TimeTick(month, label, str(month // 12) if is_first else ""))
    return ticks or [TimeTick(first, _MONTHS[first % 12], str(first // 12))]


def _year_ticks(first: int, last: int, pixels_a_month: float) -> list[TimeTick]:
    factor = max(1, round(_round_up(_YEAR_ROOM / (12 * pixels_a_month))))
    years = range(ceil(first / 12), last // 12 + 1)
    ticks = [TimeTick(year * 12, str(year)) for year in years if year % factor == 0]
    return ticks or [TimeTick(first, str(first // 12))]


def _round_up(number: float) -> float:
    """The least of 1, 2, 5 or 10 times a power of ten that is not below."""
    unit = 10.0 ** floor(log10(number))
    return next((unit * factor for factor in (1, 2, 5) if unit * factor >= number * (1 - 1e-9)), unit * 10)


def _decimals(step: float) -> int:
    return max(0, -floor(log10(step) + 1e-9))
