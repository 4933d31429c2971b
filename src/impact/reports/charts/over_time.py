"""One organisation over time: its line, where common cause lies, and what is more than that. Limits start again at a
known change; a gap stays a gap."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from impact.reports.chart_records import OverTimeChart, TimePart, TimePoint
from impact.reports.charts.key import KeyEntry, band_entry, cause_entries, line_entry, upright_entry
from impact.reports.charts.marks import WIDE, box, cause_sign, circle, drawing, line, path, sign, text
from impact.reports.charts.placing import spread
from impact.reports.charts.scales import Scale, axis_of, time_ticks
from impact.reports.charts.text import LINE, fit, width_of

_HEIGHTS = {True: 270, False: 220}
"""Pixels of the plot, wide and narrow."""
_TICKS = 5
_LABELS = 0.24
"""How much of the drawing the labels at the right may take at most. They take no more than they need."""
_WORDS = {
    True: {"latest": "Latest", "centre": "Mean", "upper": "Upper limit", "lower": "Lower limit", "target": "Target"},
    False: {"latest": "Latest", "centre": "Mean", "upper": "Upper", "lower": "Lower", "target": "Target"},
}
_NOTHING_SPECIAL = (None, "common")
_LEAST_MINOR = 5
"""Pixels between ticks without a label, below which they would be a blur."""


@dataclass(frozen=True)
class _Stretch:
    """A part as it is drawn: from and to in months since year 0, half a period beyond its points at each end."""

    part: TimePart
    start: float
    end: float


def over_time(chart: OverTimeChart, width: int, element_id: str) -> str:
    """The line, the limits of each part, special causes by shape and colour, and the last figures at the right."""
    is_wide = width >= WIDE
    points = sorted(chart.points, key=lambda point: point.start_on)
    stretches = _stretches(points, chart.parts, chart.months)
    axis = axis_of(
        [
            *(point.value for point in points),
            *(value for one in stretches for value in (one.part.centre, one.part.lower, one.part.upper)),
            chart.target,
        ],
        _TICKS,
        chart.unit,
    )
    labels = _labels(chart, points[-1], stretches, is_wide, width * _LABELS)
    left = max(map(width_of, axis.labels)) + 8
    right = width - max(width_of(words, True) for _, words, _ in labels) - 12
    first, last = _month(points[0]), _month(points[-1])
    x = Scale(first - chart.months / 2, last + chart.months / 2, left, right)

    rules, depth = _rules(stretches, x, width)
    means = _means(stretches, x)
    top = 8 + LINE * (depth + bool(means))
    bottom = top + _HEIGHTS[is_wide]
    y = Scale(axis.low, axis.high, bottom, top)

    parts = []
    for tick, label in zip(axis.ticks, axis.labels, strict=True):
        parts.append(line("grid", left, y(tick), right, y(tick)))
        parts.append(text(left - 6, y(tick) + 4, label, "tick", "end"))
    for one in stretches:
        parts += _limits(one, x, y)
    parts += [line("rule", at, LINE * row + 2, at, bottom) for at, row, _, _, _ in rules]
    parts += [text(at, LINE * row + 12, words, "", anchor) for _, row, at, words, anchor in rules]
    parts += [text(at, LINE * depth + 12, words, "quiet") for at, words in means]
    if chart.target is not None:
        parts.append(line("target", left, y(chart.target), right, y(chart.target)))
    parts += [path("series", [(x(_month(one)), y(one.value)) for one in run]) for run in _runs(points, chart.months)]
    size = min(4.0, max(1.8, (x(chart.months) - x(0)) * 0.3))
    # Special causes last, so that nothing lies over them.
    for point in sorted(points, key=lambda point: point.cause not in _NOTHING_SPECIAL):
        if point.cause is None or point.cause == "common":
            parts.append(circle("dot", x(_month(point)), y(point.value), size))
        else:
            parts.append(cause_sign(point.cause, x(_month(point)), y(point.value), max(size, 3.6)))
    depth_of_time = _time_axis(parts, x, first, last, chart.months, bottom, width)
    places = spread([y(value) + 4 for value, _, _ in labels], LINE, top + 4, bottom)
    for place, (_, words, looks) in zip(places, labels, strict=True):
        parts.append(text(right + 8, place, words, looks))
    return drawing(chart.title, chart.description, width, bottom + depth_of_time, element_id, parts)


def over_time_key(chart: OverTimeChart) -> tuple[KeyEntry, ...]:
    """Only what is there to see."""
    stretches = _stretches(sorted(chart.points, key=lambda point: point.start_on), chart.parts, chart.months)
    has_limits = any(one.part.lower is not None and one.part.upper is not None for one in stretches)
    causes = {point.cause for point in chart.points}
    entries = []
    if None in causes:
        each = "month" if chart.months == 1 else "quarter"
        dot = line("series", 1, 8, 23, 8) + circle("dot", 12, 8, 3.5)
        entries.append(KeyEntry(sign(dot), f"Each {each}"))
    entries += cause_entries(cause for cause in causes if cause is not None)
    if any(one.part.centre is not None for one in stretches):
        entries.append(line_entry("centre", "Mean"))
    if has_limits:
        entries.append(band_entry("Process limits, which common cause seldom leaves"))
    if chart.target is not None:
        entries.append(line_entry("target", "Target"))
    if len(stretches) > 1:
        entries.append(upright_entry("rule", "Limits start again" if has_limits else "What is known to have changed"))
    return tuple(entries)


def _month(point: TimePoint) -> int:
    return point.start_on.year * 12 + point.start_on.month - 1


def _stretches(points: Sequence[TimePoint], parts: Sequence[TimePart], months: int) -> list[_Stretch]:
    """The parts that have points, in order."""
    in_order = sorted(parts, key=lambda part: part.start_on)
    found = []
    for index, part in enumerate(in_order):
        until = in_order[index + 1].start_on if index + 1 < len(in_order) else None
        own = [one for one in points if part.start_on <= one.start_on and (until is None or one.start_on < until)]
        if own:
            found.append(_Stretch(part, _month(own[0]) - months / 2, _month(own[-1]) + months / 2))
    return found


def _runs(points: Sequence[TimePoint], months: int) -> Iterator[list[TimePoint]]:
    """Points with no gap between them; a point alone is no line."""
    run = [points[0]]
    for one, other in pairwise(points):
        if _month(other) - _month(one) > months:
            if len(run) > 1:
                yield run
            run = []
        run.append(other)
    if len(run) > 1:
        yield run


def _limits(one: _Stretch, x: Scale, y: Scale) -> Iterator[str]:
    part, start, end = one.part, x(one.start), x(one.end)
    if part.lower is not None and part.upper is not None:
        yield box("band", start, y(part.upper), end, y(part.lower))
        for limit in (part.lower, part.upper):
            yield line("limit", start, y(limit), end, y(limit))
    if part.centre is not None:
        yield line("centre", start, y(part.centre), end, y(part.centre))


def _labels(
    chart: OverTimeChart, latest: TimePoint, stretches: Sequence[_Stretch], is_wide: bool, room: float
) -> list[tuple[float, str, str]]:
    """Value, words and class of what stands at the right: the last figure, and the lines of the last part."""
    said = _WORDS[is_wide]
    part = stretches[-1].part if stretches else TimePart(latest.start_on)
    has_limits = part.lower is not None and part.upper is not None
    wanted = [
        (latest.value, said["latest"], chart.shown_latest, "strong"),
        (part.centre, said["centre"], part.shown_centre, ""),
        (part.upper if has_limits else None, said["upper"], part.shown_upper, "quiet"),
        (part.lower if has_limits else None, said["lower"], part.shown_lower, "quiet"),
        (chart.target, said["target"], chart.shown_target, "is-target"),
    ]
    return [
        (value, fit(f"{name} {figure}", room, looks == "strong"), looks)
        for value, name, figure, looks in wanted
        if value is not None
    ]


def _rules(
    stretches: Sequence[_Stretch], x: Scale, width: float
) -> tuple[list[tuple[float, int, float, str, str]], int]:
    """For each start of new limits: where its rule stands, in which row its reason, from where, its words and anchor;
    and how many rows there are. Reasons that would lie on each other stand in rows of their own."""
    ends: list[list[tuple[float, float]]] = []
    rules = []
    for one, other in pairwise(stretches):
        at = x((one.end + other.start) / 2)
        room_right, room_left = width - at - 5, at - 5
        needed = width_of(fit(other.part.reason, 1e9))
        is_right = needed <= room_right or room_right >= room_left
        words = fit(other.part.reason, room_right if is_right else room_left)
        taken = width_of(words)
        start = at + 5 if is_right else at - 5 - taken
        span = (min(start, at) - 4, max(start + taken, at) + 4)
        row = next(
            (row for row, spans in enumerate(ends) if all(span[1] <= lo or hi <= span[0] for lo, hi in spans)),
            len(ends),
        )
        ends += [[]] * (row == len(ends))
        ends[row] = [*ends[row], span]
        rules.append((at, row, at + 5 if is_right else at - 5, words, "" if is_right else "end"))
    return rules, len(ends)


def _means(stretches: Sequence[_Stretch], x: Scale) -> list[tuple[float, str]]:
    """The mean of each earlier part, at its start, where there is room for it. The last one stands at the right."""
    found = []
    for one in stretches[:-1]:
        words = fit(f"Mean {one.part.shown_centre}", x.end)
        if one.part.centre is not None and width_of(words) + 8 <= x(one.end) - x(one.start):
            found.append((x(one.start) + 4, words))
    return found


def _time_axis(parts: list[str], x: Scale, first: int, last: int, months: int, bottom: float, width: int) -> float:
    """Add the axis below the plot; how deep it is."""
    pixels = (x.end - x.start) / (last - first + months)
    parts.append(line("base", x.start, bottom, x.end, bottom))
    ticks = time_ticks(first, last, pixels, months)
    if pixels * 3 >= _LEAST_MINOR and len(ticks) > 1 and ticks[1].month - ticks[0].month >= 12:
        for month in range(-(-first // 3) * 3, last + 1, 3):
            parts.append(line("base", x(month), bottom, x(month), bottom + 3))
    has_years = any(tick.year for tick in ticks)
    for tick in ticks:
        at = x(tick.month)
        parts.append(line("base", at, bottom, at, bottom + 6))
        for words, row in ((tick.label, 1), (tick.year, 2)):
            half = width_of(words) / 2
            parts.append(text(min(max(at, half), width - half), bottom + 4 + LINE * row, words, "tick", "middle"))
    return 4 + LINE * (1 + has_years) + 6
