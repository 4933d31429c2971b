"""Before and after spinning out: a small panel for each organisation, all on one scale."""

from collections.abc import Iterator

from impact.reports.chart_records import BeforeAfterChart, BeforeAfterPanel, Cause
from impact.reports.charts.key import KeyEntry, cause_entries, line_entry
from impact.reports.charts.marks import WIDE, cause_class, cause_sign, circle, drawing, line, sign, text
from impact.reports.charts.scales import Axis, Scale, axis_of
from impact.reports.charts.text import LINE, fit, width_of, wrapped

_IN_A_ROW = {True: 4, False: 2}
_WIDEST = 240
"""Pixels of a panel at most: where there are one or two, they do not grow to fill the drawing."""
_PLOT = 120
_TICKS = 3
_GAP = 16
_PAD = 18
"""Pixels from the ends of the scale to the frame, where figures stand above and below their points."""
_AT = (0.22, 0.78)
"""Where in the width of a panel before and after stand."""
_CHANGE_WORDS: dict[Cause, str] = {
    "common": "After",
    "improving": "After: improved",
    "concern": "After: worsened",
    "high": "After: rose",
    "low": "After: fell",
}


def before_after(chart: BeforeAfterChart, width: int, element_id: str) -> str:
    """Level before, level after, the difference in words, and where others' change would have led."""
    axis = axis_of([value for panel in chart.panels for value in _values(panel)], _TICKS, chart.unit)
    left = max(map(width_of, axis.labels)) + 8
    in_a_row = _IN_A_ROW[width >= WIDE]
    across = min(_WIDEST, (width - left + _GAP) / in_a_row - _GAP)
    rows = [chart.panels[index : index + in_a_row] for index in range(0, len(chart.panels), in_a_row)]
    parts: list[str] = []
    y = 0.0
    for row in rows:
        texts = [_texts(panel, across) for panel in row]
        head = max(len(above) for above, _ in texts)
        top = y + LINE * head + 8
        bottom = top + _PLOT
        scale = Scale(axis.low, axis.high, bottom - _PAD, top + _PAD)
        parts += [
            text(left - 6, scale(tick) + 4, label, "tick", "end")
            for tick, label in zip(axis.ticks, axis.labels, strict=True)
        ]
        for place, (panel, (above, below)) in enumerate(zip(row, texts, strict=True)):
            start = left + place * (across + _GAP)
            for index, (words, looks) in enumerate(above, head - len(above)):
                parts.append(text(start, y + LINE * index + 12, words, looks))
            parts += _panel(panel, axis, scale, start, start + across, bottom)
            for index, (words, looks) in enumerate(below):
                parts.append(text(start, bottom + LINE * (index + 2) + 4, words, looks))
        y = bottom + LINE * (max(len(below) for _, below in texts) + 2) + 12
    return drawing(chart.title, chart.description, width, y - 8, element_id, parts)


def before_after_key(chart: BeforeAfterChart) -> tuple[KeyEntry, ...]:
    """Only what is there to see."""
    entries = [KeyEntry(sign(circle("hollow common", 12, 8, 4.5)), "Before")]
    entries += cause_entries((panel.change for panel in chart.panels), _CHANGE_WORDS)
    if any(panel.others is not None for panel in chart.panels):
        entries.append(line_entry("ghost", "Had it changed as others did in the same months"))
    return tuple(entries)


def _values(panel: BeforeAfterPanel) -> Iterator[float]:
    yield from (panel.before, panel.after)
    if panel.others is not None:
        yield panel.before + panel.others


def _texts(panel: BeforeAfterPanel, across: float) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Words and class of each line above and below the picture."""
    above = [(words, "strong") for words in wrapped(panel.name, across, True)]
    above.append((fit(f"Spun out {panel.spun_out_on:%b} {panel.spun_out_on.year}", across), "quiet"))
    looks = "strong" if panel.change == "common" else f"strong is-{cause_class(panel.change)}"
    below = [(words, looks) for words in wrapped(panel.shown_difference, across, True)]
    if panel.shown_interval:
        below += [(words, "quiet") for words in wrapped(f"95% interval {panel.shown_interval}", across)]
    return above, below


def _panel(panel: BeforeAfterPanel, axis: Axis, scale: Scale, start: float, end: float, bottom: float) -> Iterator[str]:
    before_x, after_x = (start + share * (end - start) for share in _AT)
    before_y, after_y = scale(panel.before), scale(panel.after)
    for tick in axis.ticks:
        yield line("grid", start, scale(tick), end, scale(tick))
    yield line("base", start, bottom, end, bottom)
    if panel.others is not None:
        yield line("ghost", before_x, before_y, after_x, scale(panel.before + panel.others))
    yield line(f"slope of-{cause_class(panel.change)}", before_x, before_y, after_x, after_y)
    yield circle("hollow common", before_x, before_y, 4.5)
    yield cause_sign(panel.change, after_x, after_y, 5)
    # Each figure stands on the side of its point that the line does not go to.
    rises = after_y < before_y
    half = end - start
    for x, y, figure, is_above in (
        (before_x, before_y, panel.shown_before, not rises),
        (after_x, after_y, panel.shown_after, rises),
    ):
        words = fit(figure, half / 2 - 4, True)
        taken = width_of(words, True) / 2
        at = min(max(x, start + taken), end - taken)
        yield text(at, y - 9 if is_above else y + 18, words, "strong halo", "middle")
    yield text(before_x, bottom + LINE, "before", "tick", "middle")
    yield text(after_x, bottom + LINE, "after", "tick", "middle")
