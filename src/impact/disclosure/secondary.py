"""Which further cells to withhold so that none of those withheld can be worked out, and as little as will do.

METHODS 7. A heuristic, since the best choice is beyond reach for tables of any size: for one cell after another whose
range is too narrow, the cheapest cells that let it deviate (a linear programme in which the deviation of a published
cell costs); at the end every cell so withheld is given back if all others are still protected without it. What makes a
cell sensitive belongs in `primary`; the proof at the end is `audit`'s.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from impact.disclosure.audit import PUBLISHED, audited, levels
from impact.disclosure.proof import possible, prove
from impact.disclosure.ranges import NOTHING, Ranges, programme
from impact.disclosure.tables import Floats, LinkedCells, Places, Truths, linked

PRIMARY, SECONDARY = "primary", "secondary"


def suppress(cells: pd.DataFrame, relations: pd.DataFrame, protection: "float | pd.Series[float]") -> pd.DataFrame:
    """What to do with each cell, in the order of their names: cell, value, status (published, primary, secondary), and
    for those withheld lower, upper, width, protection and is_protected, as `audit` finds them at the end.

    `cells` has cell, value, is_sensitive and, where given, least and most (0 and no limit otherwise), cost (of
    withholding it; otherwise it grows slowly with the value, since large cells say most) and is_out (it stands in an
    earlier publication or the reader's own return, and cannot be taken back; no otherwise). `protection` is as `audit`
    has it, for every cell that may be withheld.

    A cell that nothing can protect (its total, or what is already out, gives it away) comes back not protected, and
    nothing is withheld for its sake.
    """
    table = linked(cells, relations)
    need = levels(table, protection)
    is_sensitive = np.asarray(table.of(cells, "is_sensitive", False), dtype=bool)
    is_out = np.asarray(table.of(cells, "is_out", False), dtype=bool) & ~is_sensitive
    cost = np.asarray(table.of(cells, "cost", np.nan), dtype=float)
    cost = np.where(np.isnan(cost), np.log2(2.0 + np.abs(table.values) * table.unit), cost)
    choice = choose(table, need, cost, is_sensitive, is_out)
    found = audited(table, choice.is_withheld, need)
    status = np.where(is_sensitive, PRIMARY, np.where(choice.is_withheld, SECONDARY, PUBLISHED))
    shown = pd.DataFrame({"cell": list(table.names), "value": np.round(table.values * table.unit, 6), "status": status})
    return shown.merge(found.drop(columns="value"), on="cell", how="left")


def choose(
    table: LinkedCells,
    need: Floats,
    cost: Floats,
    is_sensitive: Truths,
    is_out: Truths,
    found: Sequence[Floats] = (),
) -> "Choice":
    """What `suppress` chooses, without the whole range of each, which takes longer than the choice. `need` is in the
    unit of the table; all are a number a cell. Deviations that were `found` before are looked at first.

    Raises ValueError where a cell costs nothing to withhold.
    """
    if np.any(cost <= 0):
        raise ValueError(
            f"Cell {table.names[int(np.argmin(cost))]!r} costs nothing to withhold. Give it a cost above 0."
        )
    none = np.zeros(len(need), dtype=bool)
    shown = _shown_by(possible(table, is_sensitive, found), table)
    choice = Choice(table, need, cost, is_sensitive, is_out.copy(), none, is_sensitive.copy(), shown)
    _protect(choice)
    _give_back(choice)
    return choice


@dataclass
class Choice:
    """Who is withheld so far, whom nothing can protect, and the deviations that show who is protected."""

    table: LinkedCells
    need: Floats
    cost: Floats
    is_sensitive: Truths
    is_out: Truths
    is_hopeless: Truths
    is_withheld: Truths
    shown: Ranges

    def unprotected(self) -> Truths:
        return self.is_withheld & ~self.is_hopeless & ~self.shown.are_wide(self.need)


def _shown_by(points: Floats | list[Floats], table: LinkedCells) -> Ranges:
    """What some deviations show, and no more."""
    shown = Ranges(*np.zeros((4, len(table.names))))
    shown.take_all(np.reshape(points, (len(points), len(table.names))))
    return shown


def _protect(choice: Choice) -> None:
    """Withhold until every withheld cell is protected but those that nothing can protect."""
    parts: list[Places] | None = None
    _leaks(choice, choice.is_withheld, choice.shown, stops=False)
    while len(waiting := np.flatnonzero(choice.unprotected())):
        # The greatest need first: what it takes is then there for the others.
        target = int(waiting[np.lexsort((waiting, -choice.need[waiting]))[0]])
        # Nearly always the neighbours will do, and a small linear programme is solved much sooner.
        near = _near(choice.table, target)
        points = _cheapest(choice, target, near)
        if not points:
            parts = parts or _parts(choice.table)
            points = _cheapest(choice, target, parts[target])
        for point in points or ():
            choice.shown.take(point)
            choice.is_withheld |= np.abs(point) > 0
        if not choice.shown.are_wide(choice.need)[target]:
            if choice.is_sensitive[target]:
                choice.is_hopeless[target] = True
            else:
                _let_go(choice, target)


def _let_go(choice: Choice, cell: int) -> None:
    """Publish for good a cell that was withheld for another's sake and cannot be protected itself."""
    choice.is_out[cell], choice.is_withheld[cell] = True, False
    choice.shown = _shown_by([point for point in choice.shown.points if point[cell] == 0], choice.table)
    _leaks(choice, choice.is_withheld, choice.shown, stops=False)


def _cheapest(choice: Choice, target: int, part: Places) -> tuple[Floats, Floats] | None:
    """Two deviations that lie as far apart at the target as it needs, of published cells as cheap as can be; or None.

    One goes up and one goes down, each split in what is more and what is less than the truth, for the cost of both.
    """
    table = choice.table
    matrix = table.matrix[:, part]
    matrix = matrix[np.flatnonzero(np.diff(matrix.indptr))]
    count, rows = len(part), matrix.shape[0]
    at = int(np.flatnonzero(part == target)[0])
    can_move = ~choice.is_out[part]
    more = np.where(can_move, table.most[part] - table.values[part], 0.0)
    less = np.where(can_move, table.values[part] - table.least[part], 0.0)
    equations = _of_two_points(matrix, at)
    right = np.zeros(2 * rows + 1)
    right[-1] = choice.need[target]
    price = np.where(choice.is_withheld[part], 0.0, choice.cost[part])
    limit = np.concatenate((more, less, more, less))
    found = programme(np.tile(price, 4), equations, right, np.zeros(4 * count), limit)
    if found is None:
        return None
    return _everywhere(table, part, found[:count] - found[count : 2 * count]), _everywhere(
        table, part, found[2 * count : 3 * count] - found[3 * count :]
    )


def _of_two_points(matrix: Any, target: int) -> Any:
    """Relations that hold for each of two points, and how far apart these lie at the target: of both what is more, then
    what is less than the truth. Put together by hand: to have scipy stack it takes longer than to solve it."""
    rows, count = matrix.shape
    starts, lengths = matrix.indptr[:-1], np.diff(matrix.indptr)
    more = np.arange(matrix.nnz) + np.repeat(starts, lengths)
    less = more + np.repeat(lengths, lengths)
    columns, parts = np.empty(2 * matrix.nnz, dtype=np.int32), np.empty(2 * matrix.nnz)
    columns[more], columns[less] = matrix.indices, matrix.indices + count
    parts[more], parts[less] = matrix.data, -matrix.data
    apart = np.array([target, count + target, 2 * count + target, 3 * count + target], dtype=np.int32)
    ends = np.concatenate((2 * matrix.indptr, 2 * matrix.indptr[1:] + 2 * matrix.nnz, [4 * matrix.nnz + 4]))
    return sparse.csr_matrix(
        (
            np.concatenate((parts, parts, [1.0, -1.0, -1.0, 1.0])),
            np.concatenate((columns, columns + 2 * count, apart)),
            ends,
        ),
        shape=(2 * rows + 1, 4 * count),
    )


def _give_back(choice: Choice) -> None:
    """Publish again, dearest first, each cell without which all the others stay protected.

    One pass is enough: a cell that is needed stays needed when fewer are withheld.
    """
    further = np.flatnonzero(choice.is_withheld & ~choice.is_sensitive)
    for cell in further[np.lexsort((further, -choice.cost[further]))]:
        if choice.is_withheld[cell]:
            _give_back_one(choice, int(cell))


def _give_back_one(choice: Choice, cell: int) -> None:
    """Publish one cell, and with it those withheld that only it protected, unless one of them is sensitive."""
    without = choice.is_withheld.copy()
    without[cell] = False
    while True:
        published = choice.is_withheld & ~without
        shown = _shown_by([point for point in choice.shown.points if not point[published].any()], choice.table)
        known = len(shown.points)
        leaks = _leaks(choice, without, shown, stops=True)
        # What was found on the way holds with the cell withheld as well, and may save looking for it again.
        for point in shown.points[known:]:
            choice.shown.take(point)
        if not len(leaks):
            choice.is_withheld, choice.shown = without, shown
            return
        if choice.is_sensitive[leaks].any():
            return
        without[leaks] = False


def _leaks(choice: Choice, is_withheld: Truths, shown: Ranges, *, stops: bool) -> Places:
    """The cells that would not be protected, of those that can be, if just these were withheld; `stops` at the first
    that it finds. What shows that the others are is added to what has been shown."""
    need = choice.need
    waiting = is_withheld & ~choice.is_hopeless
    prove(
        choice.table,
        is_withheld,
        np.where(waiting, need, 0.0),
        shown,
        stops_at=waiting & choice.is_sensitive if stops else None,
        is_quick=not stops,
    )
    return np.flatnonzero(waiting & ~shown.are_wide(need))


def _everywhere(table: LinkedCells, part: Places, point: Floats) -> Floats:
    """A deviation of some cells as one of all; what is nothing is exactly 0."""
    everywhere = np.zeros(len(table.names))
    everywhere[part] = np.where(np.abs(point) > NOTHING, point, 0.0)
    return everywhere


def _near(table: LinkedCells, target: int) -> Places:
    """The cells that share a relation with one that shares a relation with the target."""
    ties = abs(table.matrix)
    reached = np.zeros(len(table.names))
    reached[target] = 1.0
    for _ in range(2):
        reached = ties.T @ (ties @ reached > 0).astype(float)
    return np.flatnonzero(reached)


def _parts(table: LinkedCells) -> list[Places]:
    """Of each cell all the cells that relations tie it to, itself included."""
    _, label = connected_components(abs(table.matrix).T @ abs(table.matrix), directed=False)
    members = [np.flatnonzero(label == which) for which in range(label.max(initial=-1) + 1)]
    return [members[which] for which in label]
