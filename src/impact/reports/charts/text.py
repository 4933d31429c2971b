"""Text in a drawing: what may be written, how wide it is, where it is cut. There is no browser to ask, so widths are
those of Helvetica and Arial, and generous for every other letter."""

from functools import cache
from unicodedata import category, combining, east_asian_width, normalize

SIZE = 13
"""Pixels, of every text in every chart: still more than 11 where a drawing of 360 stands on a phone of 360 with
margins."""
ASCENT, DESCENT = 10, 4
"""How far a line of text reaches above and below the line it stands on."""
LINE = 16

_ADVANCES = {
    "ijl": 222,
    "|": 260,
    " !,./:;I[\\]ft": 278,
    "'": 191,
    "()-r`{}": 333,
    "*": 389,
    '"': 420,
    "·": 278,
    "“”": 440,
    "^": 530,
    "Jckszvxy": 500,
    "#$0123456789?L_abdeghnopqu£€–": 556,  # noqa: RUF001
    "+<=>~×−": 584,  # noqa: RUF001  (signs that do stand in texts)
    "FTZ": 611,
    "&ABEKPSVXY": 667,
    "CDHNRUw": 722,
    "GOQ": 778,
    "Mm": 833,
    "%": 889,
    "W": 944,
    "—…": 1000,
    "@": 1015,
    "’‘": 222,  # noqa: RUF001
}
"""In thousandths of the size; from the metrics of Helvetica, which Arial and its free likenesses share."""
_OF = {letter: advance / 1000 for letters, advance in _ADVANCES.items() for letter in letters}
_UNKNOWN, _WIDE_ONE = 1.0, 1.3
_BOLDER = 0.056
"""How much wider a letter is in bold at most, in sizes."""

_JOINERS = "\u200d\ufe0e\ufe0f"
_CONTROL = ("Cc", "Cs", "Zl", "Zp")
_TURNS = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean(text: str) -> str:
    """The text on one line, without what XML cannot hold and without marks that turn the direction of what follows."""
    if text.isascii() and text.isprintable():
        return text
    kept = [
        " " if category(letter) in _CONTROL else letter
        for letter in text
        if letter not in _TURNS and letter not in "\ufffe\uffff"
    ]
    return " ".join("".join(kept).split())


def width_of(text: str, is_bold: bool = False) -> float:
    """Pixels that a clean text takes at most."""
    return (sum(map(_advance, text)) + (_BOLDER * len(text) if is_bold else 0)) * SIZE


def fit(text: str, room: float, is_bold: bool = False) -> str:
    """The clean text, cut where it takes more pixels than there are, or nothing where not even that is room."""
    text = clean(text)
    if width_of(text, is_bold) <= room:
        return text
    more = _BOLDER if is_bold else 0
    left = room / SIZE - _OF["…"] - more
    if left < 0:
        return ""
    for place, letter in enumerate(text):
        left -= _advance(letter) + more
        if left < 0:
            return text[:place].rstrip(" " + _JOINERS) + "…"
    return text


def wrapped(text: str, room: float, is_bold: bool = False, lines: int = 2) -> tuple[str, ...]:
    """The clean text on so many lines at most, broken between words, cut at the end of the last."""
    found: list[str] = []
    words = clean(text).split(" ")
    while words and len(found) < lines - 1:
        taken = 0
        while taken < len(words) and width_of(" ".join(words[: taken + 1]), is_bold) <= room:
            taken += 1
        if taken == 0:
            break
        found.append(" ".join(words[:taken]))
        words = words[taken:]
    return (*found, fit(" ".join(words), room, is_bold)) if words else tuple(found)


@cache
def _advance(letter: str) -> float:
    """How wide one letter is, in sizes. What counts is what it is made of: one letter of Arabic can be a sentence."""
    if letter in _OF:
        return _OF[letter]
    if combining(letter) or category(letter) in ("Mn", "Me", "Cf"):
        return 0.0
    parts = normalize("NFKD", letter)
    if parts != letter:
        return sum(map(_advance, parts))
    return _WIDE_ONE if east_asian_width(letter) in "WF" or category(letter) == "So" else _UNKNOWN
