"""Rows over one axis, which the portfolio chart and delivery models side by side share: a name at the left, a value
with its interval over a band, figures and words at the right. On a phone each name stands above its row."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from impact.reports.charts.marks import WIDE, box, brackets, line, model_sign, span, text
from impact.reports.charts.scales import Scale, axis_of
from impact.reports.charts.text import ASCENT, LINE, fit, width_of, wrapped

_MARGIN = 10
"""Pixels at the ends of the axis, for signs and the figures of the outermost ticks."""
_GAP, _AIR = 14, 8
"""Pixels between columns, and between the figures of the axis, at least."""
_TICKS_PER_PIXEL = 1 / 62
_NAMES, _COLUMN = 0.38, 0.17
"""How much of the drawing names and each column of texts may take at most. They take no more than they need."""
_COLUMN_IF_NARROW = 0.28
_ROW, _STRIP = 30, 26
"""Pixels a row takes at least where its name stands beside it, and the strip below a name."""
_MANY_ROWS = 9
"""From here on the axis stands below the rows as well as above."""


@dataclass(frozen=True)
class Cell:
    """A text at the right of a row, and its class."""

    words: str
    looks: str = ""


@dataclass(frozen=True)
class Row:
    """`low`, `middle`, `high` make the band, `lower` and `upper` the interval around the value. Bold names are those to
    look at first."""

    name: str
    delivery_model: str
    value: float
    cells: tuple[Cell, ...]
    low: float | None = None
    middle: float | None = None
    high: float | None = None
    lower: float | None = None
    upper: float | None = None
    below: str = ""
    is_bold: bool = False


@dataclass(frozen=True)
class Column:
    """A column of texts: its heading, or none, and whether it holds figures, which end together."""

    heading: str = ""
    is_figure: bool = True


def rows_drawn(rows: Sequence[Row], columns: Sequence[Column], unit: str, width: int) -> tuple[list[str], float]:
    """The parts of the drawing and its height."""
    is_wide = width >= WIDE
    widths = _column_widths(rows, columns, width * (_COLUMN if is_wide else _COLUMN_IF_NARROW))
    right = sum(each + _GAP for each in widths if each)
    room = width * _NAMES if is_wide else width - right
    names = [_lines(row, room) for row in rows]
    taken = max(width_of(words, row.is_bold) for row, lines in zip(rows, names, strict=True) for words in lines)
    left = taken + _GAP if is_wide else 0
    start, end = left + _MARGIN, (width - right if is_wide else width) - _MARGIN
    values = [value for row in rows for value in (row.value, row.low, row.middle, row.high, row.lower, row.upper)]
    axis = axis_of(values, max(3, int((end - start) * _TICKS_PER_PIXEL)), unit)
    outermost = max(width_of(axis.labels[0]), width_of(axis.labels[-1])) / 2
    scale = Scale(axis.low, axis.high, start + max(0, outermost - _MARGIN), end - max(0, outermost - _MARGIN))
    has_headings = any(column.heading for column in columns)
    top = LINE + (LINE if has_headings and not is_wide else 0) + 6
    edges = _edges(names, top, is_wide)
    bottom = edges[-1]
    parts = []
    widest = max(map(width_of, axis.labels))
    for tick, label in axis.thinned(widest + _AIR, scale.end - scale.start):
        x = scale(tick)
        parts += [line("grid", x, top, x, bottom), text(x, top - 8, label, "tick", "middle")]
        if len(rows) >= _MANY_ROWS:
            parts.append(text(x, bottom + LINE, label, "tick", "middle"))
    places = _column_places(columns, widths, width)
    parts += [text(x, ASCENT + 4, heading, "tick", anchor) for x, anchor, heading, _ in places]
    for row, lines, y, until in zip(rows, names, edges, edges[1:], strict=False):
        parts.append(line("grid", 0, y, width, y))
        first = y + (until - y - LINE * len(lines)) / 2 + ASCENT + 2 if is_wide else y + LINE + 2
        centre = (y + until) / 2 if is_wide else until - _STRIP / 2
        for index, words in enumerate(lines):
            looks = "tick" if row.below and index == len(lines) - 1 else "strong" if row.is_bold else ""
            parts.append(text(0, first + LINE * index, words, looks))
        for (x, anchor, _, room), cell in zip(places, row.cells, strict=True):
            words = fit(cell.words, room, "strong" in cell.looks)
            parts.append(text(x, centre + 5 if is_wide else first, words, cell.looks, anchor))
        parts += row_marks(row, scale, centre)
    return parts, bottom + (LINE + 6 if len(rows) >= _MANY_ROWS else 2)


def row_marks(row: Row, scale: Scale, y: float) -> Iterator[str]:
    """The band, the median, the interval and the sign of one row."""
    if row.low is not None and row.high is not None:
        yield box("band", scale(row.low), y - 7, scale(row.high), y + 7)
        yield brackets("edge", scale(row.low), scale(row.high), y, 7)
    if row.middle is not None:
        yield line("median", scale(row.middle), y - 9, scale(row.middle), y + 9)
    if row.lower is not None and row.upper is not None:
        yield span("interval", scale(row.lower), scale(row.upper), y, 3.5)
    yield model_sign(row.delivery_model, scale(row.value), y)


def _lines(row: Row, room: float) -> tuple[str, ...]:
    name = wrapped(row.name, room, row.is_bold)
    return (*name, fit(row.below, room)) if row.below else name


def _edges(names: Sequence[Sequence[str]], top: float, is_wide: bool) -> list[float]:
    """Where each row begins, and where the last one ends."""
    edges = [top]
    for lines in names:
        height = LINE * len(lines) + 8
        edges.append(edges[-1] + (max(_ROW, height) if is_wide else height + _STRIP))
    return edges


def _column_widths(rows: Sequence[Row], columns: Sequence[Column], most: float) -> list[float]:
    """What each column needs, up to so much; 0 where there is nothing in it."""
    cells = ([row.cells[index] for row in rows] for index in range(len(columns)))
    return [
        max(
            width_of(fit(column.heading, most)),
            *(width_of(fit(cell.words, most, "strong" in cell.looks), "strong" in cell.looks) for cell in in_it),
        )
        for column, in_it in zip(columns, cells, strict=True)
    ]


def _column_places(
    columns: Sequence[Column], widths: Sequence[float], width: float
) -> list[tuple[float, str, str, float]]:
    """x, anchor, heading and room of each column; the last one ends at the right edge."""
    places: list[tuple[float, str, str, float]] = []
    right = float(width)
    for column, needed in zip(reversed(columns), reversed(widths), strict=True):
        x, anchor = (right, "end") if column.is_figure else (right - needed, "")
        places.append((x, anchor, fit(column.heading, needed), needed + 0.01))
        right -= needed + _GAP if needed else 0
    return places[::-1]
