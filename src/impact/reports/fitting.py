"""Tables fitted to a printed page: how large their type is, how wide their columns are, and where a long word may
break. A printed page does not scroll, so what does not fit is set smaller, then turned, then broken; nothing is cut
off."""

import re
from dataclasses import dataclass
from math import sqrt

from impact.reports.content import Table

MARGIN = 56.7
"""Left and right of the type, in points: 20 mm."""
UPRIGHT, TURNED = 595.3 - 2 * MARGIN, 841.9 - 2 * MARGIN
"""How wide the type of an A4 page is, in points."""
LONGEST_WORD = 20
"""Characters that may stand without a place to break; the largest heading of so many still fits the page."""

_SIZES = (9.0, 8.5, 8.0)
_TURNED_SIZES = (*_SIZES, 7.5)
"""Points. Below 9 only where texts would often take another line, below 8 only for what does not fit a turned page."""
_GUTTER = 9.0
_UNBROKEN_FIGURE = 24
"""A range such as `1,200 to 3,400` stays on one line; a longer text in a column of figures is prose."""
_LINES_OF_HEADING = 3
_NAME = 0.6
"""Ems of the first column for each character that may stand without a break: two words of a name on a line."""
_BREAK = "\u200b"
_WIDTHS = {
    **dict.fromkeys(" .,:;'|Iijl", 0.29),
    **dict.fromkeys("()[]{}-/\\ft!r", 0.38),
    **dict.fromkeys("&%@mwMW", 0.95),
    **dict.fromkeys("ABCDEFGHJKLNOPQRSTUVXYZ", 0.7),
    **dict.fromkeys("0123456789£+", 0.52),
    **dict.fromkeys('abcdeghknopqsuvxyz_*#$<>=~^?`"', 0.58),
}
"""Of characters in semibold, in ems and a little more than they are; of any other it is taken to be an em and a
third."""


@dataclass(frozen=True)
class Fitted:
    """How a table is set: type, columns and the space between them in points; `longest_word` is how many characters
    stand without a place to break."""

    size: float
    widths: tuple[float, ...]
    gutter: float
    is_turned: bool
    longest_word: int


def fitted(table: Table) -> Fitted:
    """The largest type at which the columns have what they usually need, upright; else what they must have, upright,
    then turned, then with words broken."""
    for longest in (LONGEST_WORD, 14, 10, 7, 5, 3):
        least, usual, most = _needs(table, longest)
        for needed, room, sizes in (
            (usual, UPRIGHT, _SIZES),
            (least, UPRIGHT, _SIZES[-1:]),
            (least, TURNED, _TURNED_SIZES),
        ):
            for size in sizes:
                free = (room - _GUTTER * (len(least) - 1)) / size
                if sum(needed) <= free:
                    widths = tuple(round(width * size, 1) for width in _shared(free, least, usual, most))
                    return Fitted(size, widths, _GUTTER, room == TURNED, longest)
    raise AssertionError(f"{table.title} has {len(table.columns)} columns, more than a page can hold.")


def breakable(text: str, longest: int = LONGEST_WORD) -> str:
    """The text with places to break, which nobody sees, in words longer than so many characters."""
    return re.sub(
        rf"\S{{{longest + 1},}}",
        lambda word: _BREAK.join(word[0][start : start + longest] for start in range(0, len(word[0]), longest)),
        text,
    )


def width_of(text: str) -> float:
    """How wide a text is at most, in ems."""
    return sum(_WIDTHS.get(character, 1.33) for character in text)


def _needs(table: Table, longest: int) -> tuple[list[float], list[float], list[float]]:
    """What each column must have, what it usually needs and what it would need at most, in ems: its heading on three
    lines, its texts on one. The root mean square lies between a text that stands in every row and one that stands in
    few."""
    least, usual, most = [], [], []
    for index, column in enumerate(table.columns):
        texts = [row[index] for row in table.rows]
        whole = {text for text in texts if column.is_figure and len(text) <= min(_UNBROKEN_FIGURE, longest + 4)}
        words = [word for text in {column.heading, *texts} - whole for word in _pieces(text, longest)]
        widths = [width_of(text) for text in texts] or [0.0]
        often = sqrt(sum(width * width for width in widths) / len(widths))
        least.append(max(map(width_of, {*words, *whole}), default=0.0))
        heading = width_of(column.heading) / (_LINES_OF_HEADING - 0.5)
        if index == 0:
            least[-1] = max(least[-1], min(_NAME * longest, often))
        usual.append(max(least[-1], heading, often))
        most.append(max(usual[-1], *widths))
    return least, usual, most


def _pieces(text: str, longest: int) -> list[str]:
    """What stays together: a hyphen and a stroke may end a line, but not before a figure."""
    return [piece for piece in re.split(rf"[\s{_BREAK}]+|(?<=[/-])(?=[A-Za-z])", breakable(text, longest)) if piece]


def _shared(free: float, least: list[float], usual: list[float], most: list[float]) -> list[float]:
    """The room shared out: what each must have, then what it usually needs, then what it needs at most; between columns
    that have to do with less, alike. What nobody needs goes to all."""
    if sum(most) <= free:
        spare = (free - sum(most)) / len(most)
        return [much + spare for much in most]
    little, much = (usual, most) if sum(usual) <= free else (least, usual)
    low, high = 0.0, free
    for _ in range(40):
        level = (low + high) / 2
        widths = [min(max(level, one), other) for one, other in zip(little, much, strict=True)]
        low, high = (level, high) if sum(widths) <= free else (low, level)
    return [min(max(low, one), other) for one, other in zip(little, much, strict=True)]
