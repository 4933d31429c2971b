"""Charts as SVG text: a typed record in, the same bytes out every time. What a chart claims is `content`'s to say.

The shape says the delivery model as well as the colour does, and the key stands above.
"""

from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

from impact.reports.content import Chart, Mark
from impact.reports.wording import words

WIDE, NARROW = 720, 360
"""A drawing made for 720 pixels cannot be read on a phone, so there are two, and the page shows the one that fits."""

_ROW = 34
_TOP, _BOTTOM = 30, 26
_MARGIN = 12
_TICK_CHARACTER = 6.8
"""How wide a figure on the axis is at most: those at its ends are moved in, so that nothing of them is cut off."""

_WANTED_TICKS = {WIDE: 8, NARROW: 4}


@dataclass(frozen=True)
class KeyEntry:
    """What stands in the key above a chart: a sign, as SVG text, and what it means."""

    sign: str
    label: str


def draw(chart: Chart, width: int, element_id: str) -> str:
    """A chart as SVG text, so many units wide; `element_id` is unique on the page."""
    return portfolio(chart, width, element_id)


def key_of(chart: Chart) -> tuple[KeyEntry, ...]:
    """The key of a chart."""
    models = dict.fromkeys(mark.delivery_model for mark in chart.marks)
    entries = [KeyEntry(key_shape(model), words(model).capitalize()) for model in models]
    if any(mark.low is not None for mark in chart.marks):
        entries.append(KeyEntry('<span class="band-sign"></span>', "Middle half of its peers"))
    if any(mark.lower is not None for mark in chart.marks):
        entries.append(KeyEntry('<span class="interval-sign"></span>', "95% interval of its own figure"))
    if any(mark.middle is not None for mark in chart.marks):
        entries.append(KeyEntry('<span class="median-sign"></span>', "Median of its peers"))
    return tuple(entries)


def portfolio(chart: Chart, width: int, element_id: str) -> str:
    """Each organisation on a line of its own, its name above it, over the middle half of its peers."""
    low, high, step = _axis(chart.marks, _WANTED_TICKS[width])

    def x(value: float) -> str:
        return _decimal(_MARGIN + (value - low) / (high - low) * (width - 2 * _MARGIN))

    height = _TOP + _ROW * len(chart.marks) + _BOTTOM
    parts = [
        (
            f'<svg role="img" aria-labelledby="{element_id}-t {element_id}-d" viewBox="0 0 {width} {height}" '
            f'width="{width}" height="{height}">'
        ),
        f'<title id="{element_id}-t">{escape(chart.title)}</title>',
        f'<desc id="{element_id}-d">{escape(chart.description)}</desc>',
    ]
    for index in range(round((high - low) / step) + 1):
        tick = low + index * step
        parts.append(f'<line class="grid" x1="{x(tick)}" x2="{x(tick)}" y1="{_TOP - 6}" y2="{height - _BOTTOM}"/>')
        label = f"{tick:,.10g}"
        room = _TICK_CHARACTER * len(label) / 2
        middle = _decimal(min(max(float(x(tick)), room), width - room))
        parts.append(f'<text class="tick" x="{middle}" y="{_TOP - 12}" text-anchor="middle">{label}</text>')
    for index, mark in enumerate(chart.marks):
        y = _TOP + _ROW * index
        centre = y + 23
        parts.append(f'<text class="name" x="{_MARGIN}" y="{y + 11}">{escape(_short(mark, width))}</text>')
        if mark.low is not None and mark.high is not None:
            band = _decimal((mark.high - mark.low) / (high - low) * (width - 2 * _MARGIN))
            parts.append(f'<rect class="band" x="{x(mark.low)}" y="{centre - 5}" width="{band}" height="10"/>')
        if mark.middle is not None:
            parts.append(
                f'<line class="median" x1="{x(mark.middle)}" x2="{x(mark.middle)}" y1="{y + 16}" y2="{y + 30}"/>'
            )
        if mark.lower is not None and mark.upper is not None:
            parts.append(
                f'<line class="interval" x1="{x(mark.lower)}" x2="{x(mark.upper)}" y1="{centre}" y2="{centre}"/>'
            )
        parts.append(_shape(mark.delivery_model, x(mark.value), centre))
    parts.append("</svg>")
    return "".join(parts)


def key_shape(delivery_model: str) -> str:
    """The sign of a delivery model, to stand in the key."""
    return (
        f'<svg class="sign" aria-hidden="true" viewBox="0 0 16 16" width="16" height="16">'
        f"{_shape(delivery_model, '8', 8)}</svg>"
    )


def _shape(delivery_model: str, x: str, y: int) -> str:
    if delivery_model == "mutual":
        return f'<circle class="mutual" cx="{x}" cy="{y}" r="6"/>'
    points = {"in_house": "0,-7 7,6 -7,6", "outsourced": "0,-7 7,0 0,7 -7,0"}.get(delivery_model, "-5,-5 5,-5 5,5 -5,5")
    return f'<polygon class="{delivery_model}" transform="translate({x} {y})" points="{points}"/>'


def _axis(marks: tuple[Mark, ...], wanted_ticks: int) -> tuple[float, float, float]:
    """From, to and step of an axis of round numbers that holds every mark and every band."""
    values = [
        value
        for mark in marks
        for value in (mark.value, mark.low, mark.middle, mark.high, mark.lower, mark.upper)
        if value is not None
    ]
    least, greatest = min(values), max(values)
    rough = max((greatest - least) / wanted_ticks, 1e-6 * max(abs(greatest), 1.0))
    unit = 10.0 ** floor(log10(rough))
    step = next(unit * factor for factor in (1, 2, 5, 10) if unit * factor >= rough)
    low, high = floor(least / step) * step, ceil(greatest / step) * step
    return (low, high, step) if high > low else (low - step, high + step, step)


def _short(mark: Mark, width: int) -> str:
    """Name and value on one line of the drawing; a longer name is cut, and stands whole in the table."""
    room = width // 8 - len(mark.shown_value) - 2
    name = mark.name if len(mark.name) <= room else mark.name[: room - 1].rstrip() + "…"
    return f"{name}  {mark.shown_value}"


def _decimal(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
