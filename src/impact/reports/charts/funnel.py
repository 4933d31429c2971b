"""Expected range before rank: organisations by size, each over the range that is expected of one like it."""

from collections.abc import Iterator

from impact.reports.chart_records import FunnelChart, FunnelMark
from impact.reports.charts.key import KeyEntry, upright_entry
from impact.reports.charts.marks import WIDE, box, cause_class, circle, diamond, drawing, line, sign, text
from impact.reports.charts.placing import Box, Wanted, place
from impact.reports.charts.scales import Scale, axis_of, size_axis
from impact.reports.charts.text import ASCENT, LINE, fit, width_of
from impact.reports.charts.verdicts import cause_of, is_much

_HEIGHTS = {True: 320, False: 300}
"""Pixels of the plot, wide and narrow."""
_TICKS = 6
_NAME = {True: 220, False: 150}
"""Pixels that the name of an organisation that is set apart may take, its verdict aside."""
_PAD = 14
"""Pixels from the ends of the plot to the signs nearest to them."""
_SIGN, _BAR = 8, 4
"""Pixels from the middle of a sign, and of a bar, that no label may lie on, or had better not."""


def funnel(chart: FunnelChart, width: int, element_id: str) -> str:
    """Value over size. Only those that are set apart are named, those farthest out first."""
    is_wide = width >= WIDE
    axis = axis_of([value for mark in chart.marks for value in _values(mark)], _TICKS, chart.unit)
    left = max(map(width_of, axis.labels)) + 8
    top = LINE / 2
    bottom = top + _HEIGHTS[is_wide]
    x, sizes = size_axis([mark.size for mark in chart.marks], left + _PAD, width - _PAD)
    y = Scale(axis.low, axis.high, bottom - _PAD, top + _PAD)
    parts = []
    for tick, label in zip(axis.ticks, axis.labels, strict=True):
        parts.append(line("grid", left, y(tick), width, y(tick)))
        parts.append(text(left - 6, y(tick) + 4, label, "tick", "end"))
    parts.append(line("base", left, bottom, width, bottom))
    for tick, label in zip(sizes.ticks, sizes.labels, strict=True):
        half = width_of(label) / 2
        parts.append(line("base", x(tick), bottom, x(tick), bottom + 6))
        parts.append(text(min(max(x(tick), half), width - half), bottom + 4 + LINE, label, "tick", "middle"))
    parts.append(text(width, bottom + 6 + 2 * LINE, fit(chart.size_label, width), "tick", "end"))
    for mark in chart.marks:
        parts += _ranges(mark, x(mark.size), y)
    # Those set apart lie over the others.
    parts += [_sign(mark, x(mark.size), y(mark.value)) for mark in sorted(chart.marks, key=_importance)]
    parts += _names(chart, x, y, Box(left, top, width, bottom), _NAME[is_wide])
    return drawing(chart.title, chart.description, width, bottom + 12 + 2 * LINE, element_id, parts)


def funnel_key(chart: FunnelChart) -> tuple[KeyEntry, ...]:
    """Only what is there to see."""
    apart = [mark for mark in chart.marks if cause_of(mark.verdict) is not None]
    entries = []
    if any(mark.verdict == "similar" for mark in chart.marks):
        entries.append(KeyEntry(sign(circle("common", 12, 8, 4.5)), "Similar: within its expected range"))
    if not all(map(is_much, (mark.verdict for mark in apart))):
        entries.append(KeyEntry(sign(diamond("hollow common", 12, 8, 5)), "Set apart: beyond its 95% limits"))
    if any(is_much(mark.verdict) for mark in apart):
        entries.append(KeyEntry(sign(diamond("common", 12, 8, 5.5)), "Set far apart: beyond its 99.8% limits"))
    if any(_is_unjudged(mark) for mark in chart.marks):
        entries.append(KeyEntry(sign(circle("hollow common", 12, 8, 4)), "Not compared"))
    if any(mark.lower_95 is not None and mark.upper_95 is not None for mark in chart.marks):
        entries.append(KeyEntry(sign(box("range", 12 - _BAR, 1, 12 + _BAR, 15)), "Expected range: its 95% limits"))
    if any(mark.lower_998 is not None and mark.upper_998 is not None for mark in chart.marks):
        entries.append(upright_entry("outer", "Its 99.8% limits"))
    return tuple(entries)


def _values(mark: FunnelMark) -> tuple[float | None, ...]:
    return (mark.value, mark.lower_95, mark.upper_95, mark.lower_998, mark.upper_998)


def _importance(mark: FunnelMark) -> int:
    """0 for those that nothing sets apart, 1 beyond the 95% limits, 2 beyond the 99.8% limits."""
    return 0 if cause_of(mark.verdict) is None else 1 + is_much(mark.verdict)


def _is_unjudged(mark: FunnelMark) -> bool:
    return mark.verdict != "similar" and cause_of(mark.verdict) is None


def _ranges(mark: FunnelMark, x: float, y: Scale) -> Iterator[str]:
    if mark.lower_998 is not None and mark.upper_998 is not None:
        yield line("outer", x, y(mark.upper_998), x, y(mark.lower_998))
    if mark.lower_95 is not None and mark.upper_95 is not None:
        yield box("range", x - _BAR, y(mark.upper_95), x + _BAR, y(mark.lower_95))


def _sign(mark: FunnelMark, x: float, y: float) -> str:
    cause = cause_of(mark.verdict)
    if cause is None:
        return circle("hollow common" if _is_unjudged(mark) else "common", x, y, 4 if _is_unjudged(mark) else 4.5)
    looks = cause_class(cause)
    return diamond(looks, x, y, 5.5) if is_much(mark.verdict) else diamond(f"hollow {looks}", x, y, 5)


def _names(chart: FunnelChart, x: Scale, y: Scale, frame: Box, room: float) -> Iterator[str]:
    """Name and verdict beside each that is set apart; a line leads there where the place beside it is taken."""
    apart = sorted((mark for mark in chart.marks if _importance(mark)), key=_importance, reverse=True)
    said = [f"{fit(mark.name, room, True)}, {mark.verdict}" for mark in apart]
    points = [(x(mark.size), y(mark.value)) for mark in chart.marks]
    signs = [Box(at - _SIGN, level - _SIGN, at + _SIGN, level + _SIGN) for at, level in points]
    bars = [
        Box(x(mark.size) - _BAR, y(upper), x(mark.size) + _BAR, y(lower))
        for mark in chart.marks
        for lower, upper in ((mark.lower_95, mark.upper_95), (mark.lower_998, mark.upper_998))
        if lower is not None and upper is not None
    ]
    wanted = [
        Wanted(x(mark.size), y(mark.value), width_of(words, True)) for mark, words in zip(apart, said, strict=True)
    ]
    for mark, words, found in zip(apart, said, place(wanted, LINE, frame, signs, bars), strict=True):
        cause = cause_of(mark.verdict)
        if found is None or cause is None:
            continue
        if found.leader is not None:
            yield line("leader", *found.leader)
        yield text(found.box.left, found.box.top + ASCENT + 2, words, f"strong halo is-{cause_class(cause)}")
