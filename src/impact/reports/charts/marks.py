"""The pieces that drawings are put together from, as SVG text: the frame with its title and description, lines, texts,
and the signs that say what something is by shape as well as by colour. How they look is `templates/charts.css`."""

from collections.abc import Iterable, Sequence
from html import escape

from impact.reports.chart_records import Cause
from impact.reports.charts.text import clean

WIDE, NARROW = 720, 360
"""A drawing made for 720 pixels cannot be read on a phone, so there are two, and the page shows the one that fits."""

_CAUSE_CLASSES = {
    "common": "common",
    "improving": "improving",
    "concern": "concern",
    "high": "neutral",
    "low": "neutral",
}
_TRIANGLE, _TURNED, _DIAMOND, _SQUARE = (
    ((0, -1.15), (1.1, 0.85), (-1.1, 0.85)),
    ((0, 1.15), (1.1, -0.85), (-1.1, -0.85)),
    ((0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)),
    ((-0.95, -0.95), (0.95, -0.95), (0.95, 0.95), (-0.95, 0.95)),
)
"""Corners, in sizes of a circle that looks as large."""
_CAUSE_SHAPES = {"improving": _DIAMOND, "concern": _SQUARE, "high": _TRIANGLE, "low": _TURNED}
_MODEL_SHAPES = {"in_house": _TRIANGLE, "outsourced": _DIAMOND}
REACH = 1.3
"""How far a sign reaches from its middle at most, in sizes."""


def drawing(title: str, description: str, width: float, height: float, element_id: str, parts: Iterable[str]) -> str:
    """A whole drawing, named and described for those who do not see it."""
    name = escape(element_id)
    return (
        f'<svg class="chart" role="img" aria-labelledby="{name}-t {name}-d" viewBox="0 0 {px(width)} {px(height)}" '
        f'width="{px(width)}" height="{px(height)}"><title id="{name}-t">{escape(clean(title))}</title>'
        f'<desc id="{name}-d">{escape(clean(description))}</desc>{"".join(parts)}</svg>'
    )


def sign(parts: str) -> str:
    """A small drawing for the key, 24 by 16, around 12, 8."""
    return f'<svg class="chart sign" aria-hidden="true" viewBox="0 0 24 16" width="24" height="16">{parts}</svg>'


def text(x: float, y: float, words: str, looks: str = "", anchor: str = "") -> str:
    """Words on the line at y, from x, or around or up to x where the anchor is `middle` or `end`. Whoever has words
    that are not its own fits them first."""
    if not words:
        return ""
    its_class = f' class="{looks}"' if looks else ""
    its_anchor = f' text-anchor="{anchor}"' if anchor else ""
    return f'<text{its_class} x="{px(x)}" y="{px(y)}"{its_anchor}>{escape(words)}</text>'


def line(looks: str, x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="{looks}" x1="{px(x1)}" y1="{px(y1)}" x2="{px(x2)}" y2="{px(y2)}"/>'


def span(looks: str, x1: float, x2: float, y: float, reach: float) -> str:
    """A level line with an upright at each end, which says that it ends there."""
    ends = (f"M{px(x)} {px(y - reach)}v{px(2 * reach)}" for x in (x1, x2))
    return f'<path class="{looks}" d="M{px(x1)} {px(y)}H{px(x2)}{"".join(ends)}"/>'


def brackets(looks: str, x1: float, x2: float, y: float, reach: float) -> str:
    """Two uprights, without the line between them."""
    return f'<path class="{looks}" d="{"".join(f"M{px(x)} {px(y - reach)}v{px(2 * reach)}" for x in (x1, x2))}"/>'


def box(looks: str, left: float, top: float, right: float, bottom: float) -> str:
    return (
        f'<rect class="{looks}" x="{px(left)}" y="{px(top)}" width="{px(right - left)}" height="{px(bottom - top)}"/>'
    )


def path(looks: str, points: Sequence[tuple[float, float]]) -> str:
    return f'<path class="{looks}" d="M{"L".join(f"{px(x)} {px(y)}" for x, y in points)}"/>'


def model_sign(delivery_model: str, x: float, y: float, size: float = 6) -> str:
    """The sign of a delivery model: a circle, triangle or diamond; a square for any other."""
    if delivery_model == "mutual":
        return circle("mutual", x, y, size)
    shape = _MODEL_SHAPES.get(delivery_model, _SQUARE)
    known = delivery_model.replace("_", "-") if delivery_model in _MODEL_SHAPES else "unclassified"
    return _polygon(known, shape, x, y, size)


def cause_sign(cause: Cause, x: float, y: float, size: float) -> str:
    """The sign of what a change amounts to: a circle for common cause, diamond, square and triangles for the others."""
    looks = _CAUSE_CLASSES[cause]
    return circle(looks, x, y, size) if cause == "common" else _polygon(looks, _CAUSE_SHAPES[cause], x, y, size)


def cause_class(cause: Cause) -> str:
    """The colour of what a change amounts to."""
    return _CAUSE_CLASSES[cause]


def diamond(looks: str, x: float, y: float, size: float) -> str:
    return _polygon(looks, _DIAMOND, x, y, size)


def px(number: float) -> str:
    """Pixels with one decimal: less than that nobody sees."""
    return f"{number:.1f}".removesuffix(".0")


def circle(looks: str, x: float, y: float, size: float) -> str:
    return f'<circle class="{looks}" cx="{px(x)}" cy="{px(y)}" r="{px(size)}"/>'


def _polygon(looks: str, shape: Sequence[tuple[float, float]], x: float, y: float, size: float) -> str:
    corners = " ".join(f"{px(x + dx * size)},{px(y + dy * size)}" for dx, dy in shape)
    return f'<polygon class="{looks}" points="{corners}"/>'
