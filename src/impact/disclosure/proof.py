"""Whether withheld cells are as far from being worked out as they must be: only so much of their ranges is looked for.

`ranges` finds how far each cell can deviate, a linear programme or two a cell. To know that a range is wide enough
takes far less: cells slid along what the relations leave free; then many pushed at once, each as far as it needs to go
and no further, half of them up and half of them down, and another half each time. What is then still in doubt is pushed
alone, so that the answer is as exact as the long one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from scipy import sparse

from impact.disclosure.ranges import NOTHING, Block, Ranges, blocks, extreme, ranges
from impact.disclosure.tables import Floats, LinkedCells, Places, Truths

_NOT_FIXED = 1e-9
"""What is less than this is nothing but rounding: coefficients are 1 and -1."""

_MOST_AT_ONCE = 2000
"""Cells of a block whose relations fit well into memory as a full matrix."""


def proven(table: LinkedCells, is_withheld: Truths, need: Floats, found: Sequence[Floats] = ()) -> Ranges:
    """Deviations that show each withheld cell to be as wide as it needs, where it is; else its whole range. Those that
    somebody has `found` already are not taken on trust: whether all relations hold for them is looked at first."""
    shown = Ranges(*np.zeros((4, len(table.names))))
    shown.take_all(possible(table, is_withheld, found))
    prove(table, is_withheld, need, shown)
    narrow = is_withheld & ~shown.are_wide(need)
    if np.any(narrow):
        whole = ranges(table, is_withheld)
        shown.low[narrow], shown.high[narrow] = whole.low[narrow], whole.high[narrow]
    return shown


def telling(shown: Ranges, need: Floats) -> list[Floats]:
    """As few of the deviations found as show as much of what has a need: those at which one of these is at an end."""
    if not shown.points:
        return []
    points = np.stack(shown.points)[:, need > 0]
    ends = np.concatenate((points.argmin(axis=0), points.argmax(axis=0)))
    return [shown.points[at] for at in np.unique(ends).tolist()]


def possible(table: LinkedCells, is_withheld: Truths, found: Sequence[Floats]) -> Floats:
    """Those deviations that leave alone what is published, go no further than anybody takes for granted, and hold in
    every relation, but for what HiGHS and rounding may lose of each of its cells; a row each."""
    points = np.reshape(found, (len(found), len(table.names)))
    lost = NOTHING * np.maximum(1.0, np.asarray(abs(table.matrix).sum(axis=1)).ravel())
    is_possible = (
        ~points[:, ~is_withheld].any(axis=1)
        & (points >= table.least - table.values - NOTHING).all(axis=1)
        & (points <= table.most - table.values + NOTHING).all(axis=1)
        & (np.abs(table.matrix @ points.T) <= lost[:, None]).all(axis=0)
    )
    return np.asarray(points[is_possible], dtype=np.float64)


def prove(
    table: LinkedCells,
    is_withheld: Truths,
    need: Floats,
    shown: Ranges,
    stops_at: Truths | None = None,
    *,
    is_quick: bool = False,
) -> None:
    """Add to what has been shown of the withheld cells whatever is missing. To be quick, it may miss a little; with
    `stops_at`, no more is looked for once one of these has been found to be too narrow."""
    if not np.any(is_withheld & ~shown.are_wide(need)):
        return
    found, shown.lowest, shown.highest = blocks(table, is_withheld)
    stopping = np.zeros(len(need), dtype=bool) if stops_at is None else stops_at & is_withheld
    if np.any(stopping & shown.are_narrow(need)):
        return
    for block in found:
        if block.is_exact:
            shown.low[block.cells], shown.high[block.cells] = block.down, block.up
        elif len(block.cells) <= _MOST_AT_ONCE and len(_waiting(block, need, shown)):
            _slide(block, need, shown)
    harder = [block for block in found if not block.is_exact and len(_waiting(block, need, shown))]
    if not harder:
        return
    # To solve one programme of many blocks takes little longer than to solve one of a single block.
    _push_many(_joined(harder), need, shown)
    for block in () if is_quick else harder:
        for at in _waiting(block, need, shown):
            cell = block.cells[at]
            _push_alone(block, int(at), need[cell], shown)
            if stopping[cell] and not shown.are_wide(need)[cell]:
                return


def _slide(block: Block, need: Floats, shown: Ranges) -> None:
    """Push cells along lines that no relation forbids, each as far as the cells that move with it can go.

    Solving the relations for as many cells as there are relations leaves the others free; a line is one of these with
    all that must make up for it. That is elimination and no programme, and nearly always shows enough.
    """
    waiting = _waiting(block, need, shown)
    lines = _free_lines(block, waiting)
    with np.errstate(divide="ignore", invalid="ignore"):
        to_up, to_down = block.up[:, None] / lines, block.down[:, None] / lines
    forward = np.where(lines > 0, to_up, np.where(lines < 0, to_down, np.inf)).min(axis=0)
    backward = np.where(lines > 0, -to_down, np.where(lines < 0, -to_up, np.inf)).min(axis=0)
    moves = np.abs(lines[waiting])
    with np.errstate(divide="ignore"):
        # No further than it takes for all that wait to be shown.
        enough = np.where(moves > 0, need[block.cells][waiting, None] / moves, 0.0).max(axis=0)
    reach = np.concatenate((np.minimum(forward, enough), -np.minimum(backward, enough)))
    is_far = np.abs(reach) > NOTHING
    points = np.zeros((np.count_nonzero(is_far), len(shown.low)))
    points[:, block.cells] = (np.tile(lines, 2)[:, is_far] * reach[is_far]).T
    shown.take_all(points)


def _free_lines(block: Block, waiting: Places) -> Floats:
    """A column a line: what cells do together. Cells that wait are left free where they can be, the others make up."""
    left = block.matrix.toarray()
    rows, count = left.shape
    solved: list[int] = []
    for at in [*np.setdiff1d(np.arange(count), waiting).tolist(), *waiting.tolist()]:
        row = len(solved)
        if row == rows:
            break
        places = np.flatnonzero(np.abs(left[:, at]) > _NOT_FIXED)
        first = int(places.searchsorted(row))
        if first == len(places):
            continue
        pivot = places[first]
        solving = left[pivot] / left[pivot, at]
        left[pivot], left[row] = left[row], solving
        if len(places) > 1:
            # The row that has changed places with the pivot has nothing in this column.
            others = np.delete(places, first)
            left[others] -= left[others, at, None] * solving
        solved.append(at)
    free = np.setdiff1d(np.arange(count), solved)
    lines = np.zeros((count, len(free)))
    lines[free, np.arange(len(free))] = 1.0
    lines[solved] = -left[: len(solved)][:, free]
    lines[np.abs(lines) < _NOT_FIXED] = 0.0
    return lines


def _joined(found: Sequence[Block]) -> Block:
    """Blocks side by side as one."""
    return Block(
        np.concatenate([block.cells for block in found]),
        sparse.block_diag([block.matrix for block in found], format="csr"),
        np.concatenate([block.down for block in found]),
        np.concatenate([block.up for block in found]),
        is_exact=False,
    )


def _push_many(block: Block, need: Floats, shown: Ranges) -> None:
    """Push many at once while that shows anything."""
    needs = need[block.cells]
    waiting = _waiting(block, need, shown)
    for signs in _halves(len(block.cells)):
        if not len(waiting):
            break
        down, up = block.down.copy(), block.up.copy()
        down[waiting] = np.maximum(down[waiting], -needs[waiting])
        up[waiting] = np.minimum(up[waiting], needs[waiting])
        objective = np.zeros(len(block.cells))
        objective[waiting] = signs[waiting] / needs[waiting]
        _take(replace(block, down=down, up=up), objective, shown)
        before, waiting = len(waiting), _waiting(block, need, shown)
        if len(waiting) == before:
            break


def _waiting(block: Block, need: Floats, shown: Ranges) -> Places:
    cells = block.cells
    can_be = shown.highest[cells] - shown.lowest[cells] >= need[cells] - NOTHING
    return np.flatnonzero(~shown.are_wide(need)[cells] & can_be)


def _halves(count: int) -> Iterator[Floats]:
    """Signs for so many cells, so that any two cells have another sign in one of them, and each cell has both."""
    place = np.arange(count)
    for bit in range(max(1, count - 1).bit_length()):
        signs = np.where((place >> bit) & 1, 1.0, -1.0)
        yield signs
        yield -signs


def _push_alone(block: Block, at: int, need: float, shown: Ranges) -> None:
    down, up = block.down.copy(), block.up.copy()
    down[at], up[at] = max(down[at], -need), min(up[at], need)
    objective = np.zeros(len(block.cells))
    for sign in (1.0, -1.0):
        cell = block.cells[at]
        if shown.high[cell] - shown.low[cell] < need - NOTHING:
            objective[at] = sign
            _take(replace(block, down=down, up=up), objective, shown)


def _take(block: Block, objective: Floats, shown: Ranges) -> None:
    point = extreme(block, objective)
    assert point is not None, "what may go no further than it needs has an end"
    everywhere = np.zeros(len(shown.low))
    everywhere[block.cells] = np.where(np.abs(point) > NOTHING, point, 0.0)
    shown.take(everywhere)
