"""How colours are seen: contrast as WCAG counts it, and how far apart two are to those who see no red or no green."""

from collections.abc import Sequence
from math import dist

Triple = tuple[float, float, float]

SIGHT: dict[str, Sequence[Triple]] = {
    "all colours": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "no red": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "no green": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
}
"""Protanopia and deuteranopia on linear red, green, blue: Machado, Oliveira and Fernandes 2009, severity 1."""

_TO_XYZ: Sequence[Triple] = (
    (0.4124564, 0.3575761, 0.1804375),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339, 0.1191920, 0.9503041),
)
_WHITE: Triple = (0.95047, 1.0, 1.08883)


def contrast(one: str, other: str) -> float:
    """1 for no contrast, 21 for black on white."""
    bright, dim = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def distance(one: str, other: str, sight: str) -> float:
    """How far apart two colours are seen, in CIELAB: from 2 on a difference is seen, at 10 at a glance."""
    return dist(_lab(_seen(one, sight)), _lab(_seen(other, sight)))


def _linear(colour: str) -> Triple:
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return (_straight(red), _straight(green), _straight(blue))


def _straight(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _luminance(colour: str) -> float:
    return sum(weight * part for weight, part in zip(_TO_XYZ[1], _linear(colour), strict=True))


def _seen(colour: str, sight: str) -> Triple:
    red, green, blue = (min(max(part, 0.0), 1.0) for part in _times(SIGHT[sight], _linear(colour)))
    return (red, green, blue)


def _lab(linear: Triple) -> Triple:
    x, y, z = (_root(part / white) for part, white in zip(_times(_TO_XYZ, linear), _WHITE, strict=True))
    return (116 * y - 16, 500 * (x - y), 200 * (y - z))


def _root(part: float) -> float:
    return float(part ** (1 / 3)) if part > (6 / 29) ** 3 else part / (3 * (6 / 29) ** 2) + 4 / 29


def _times(matrix: Sequence[Triple], triple: Triple) -> Triple:
    one, two, three = (sum(weight * part for weight, part in zip(row, triple, strict=True)) for row in matrix)
    return (one, two, three)
