"""Where labels go so that none lies on another: along a line, and around points. The same input, the same places."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple


class Box(NamedTuple):
    """A rectangle, in pixels; top is less than bottom."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: "Box") -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def holds(self, other: "Box") -> bool:
        return (
            self.left <= other.left
            and other.right <= self.right
            and self.top <= other.top
            and other.bottom <= self.bottom
        )


class Wanted(NamedTuple):
    """A label of some width for the point at x, y."""

    x: float
    y: float
    width: float


class Leader(NamedTuple):
    """A straight line from a point to a label that does not lie beside it."""

    x1: float
    y1: float
    x2: float
    y2: float

    def crosses(self, box: Box) -> bool:
        """Whether any of it lies inside the box: both of its ends clipped to one pair of edges after the other."""
        start, end = 0.0, 1.0
        for at, to, low, high in ((self.x1, self.x2, box.left, box.right), (self.y1, self.y2, box.top, box.bottom)):
            if at == to:
                if not low < at < high:
                    return False
                continue
            one, other = sorted(((low - at) / (to - at), (high - at) / (to - at)))
            start, end = max(start, one), min(end, other)
        return start < end


class Placed(NamedTuple):
    """Where a label lies, and the line that leads to it where it lies apart from its point."""

    box: Box
    leader: Leader | None


_NEAR, _STEP, _RINGS = 9.0, 14.0, 4
"""Pixels from a point to its label; how much farther each next try is, and how many there are."""


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places along a line, at least `gap` apart and from `low` to `high`, in the order of those that were wanted and
    near them. Where there are more than there is room for, they lie evenly and closer."""
    if not wanted:
        return []
    gap = min(gap, (high - low) / max(1, len(wanted) - 1))
    order = sorted(range(len(wanted)), key=lambda index: (wanted[index], index))
    places = [min(max(wanted[index], low), high) for index in order]
    for index in range(1, len(places)):
        places[index] = max(places[index], places[index - 1] + gap)
    limit = high
    for index in reversed(range(len(places))):
        places[index] = min(places[index], limit)
        limit = places[index] - gap
    found = dict(zip(order, places, strict=True))
    return [found[index] for index in range(len(wanted))]


def place(
    wanted: Sequence[Wanted], height: float, frame: Box, solid: Sequence[Box], soft: Sequence[Box]
) -> list[Placed | None]:
    """A place for each label, first come first served: within the frame, on no other label, on nothing solid, no line
    that leads to one across another; on as little as can be of what is soft, and near. None where there is no such
    place."""
    labels: list[Box] = []
    leaders: list[Leader] = []
    found: list[Placed | None] = []
    for one in wanted:
        best, least = None, float("inf")
        for ring, box in _around(one, height):
            if ring >= least:
                break
            if not frame.holds(box) or any(map(box.overlaps, solid)) or any(map(box.overlaps, labels)):
                continue
            leader = _leader(one, box) if ring else None
            if any(other.crosses(box) for other in leaders) or (leader and any(map(leader.crosses, labels))):
                continue
            cost = ring + sum(map(box.overlaps, soft))
            if cost < least:
                best, least = Placed(box, leader), cost
        found.append(best)
        if best is not None:
            labels.append(best.box)
            leaders += [best.leader] if best.leader else []
    return found


def _leader(one: Wanted, box: Box) -> Leader:
    return Leader(one.x, one.y, min(max(one.x, box.left), box.right), min(max(one.y, box.top), box.bottom))


def _around(one: Wanted, height: float) -> Iterator[tuple[int, Box]]:
    """Boxes around a point, the nearest ring first: right, left, above, below, then the corners."""
    half = height / 2
    for ring in range(_RINGS):
        away = _NEAR + ring * _STEP
        right, left, middle = one.x + away, one.x - away - one.width, one.x - one.width / 2
        above, below, level = one.y - away - height, one.y + away, one.y - half
        for x, y in (
            *((right, level), (left, level), (middle, above), (middle, below)),
            *((right, above + half), (left, above + half), (right, below - half), (left, below - half)),
        ):
            yield ring, Box(x, y, x + one.width, y + height)
