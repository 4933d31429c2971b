"""How far withheld cells can be from what they are, for all that their reader knows: linear programming, as little of
it as will do.

Everything here is about DEVIATIONS from the true values, so that the truth is always one answer, and published cells
are simply those that cannot deviate. Who is withheld, and what is far enough, belongs in `audit` and `secondary`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import highspy
import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from impact.disclosure.tables import Floats, LinkedCells, Places, Truths

NOTHING = 1e-6
"""Deviations up to this, in the unit of the table, are none: HiGHS keeps its constraints to 1e-7."""

_ROUNDS = 200
"""Rounds of tightening: in a circle of relations they may creep towards the bound for ever, and any round may be the
last, since the linear programmes that follow find the bound itself."""


@dataclass(frozen=True)
class Block:
    """Withheld cells that are tied to one another, and to no other withheld cell.

    `cells` are their places among all cells, `matrix` what is left of the relations, `down` and `up` how far each could
    deviate for all that its relations say one by one. `is_exact` when that is also how far it could for all together:
    then nobody asks for the matrix, and there is none.
    """

    cells: Places
    matrix: Any
    down: Floats
    up: Floats
    is_exact: bool


@dataclass
class Ranges:
    """Deviations found possible so far (`low`, `high`, all of them at once at each point) and those not yet excluded
    (`lowest`, `highest`), a number a cell; the truth alone for those published."""

    low: Floats
    high: Floats
    lowest: Floats
    highest: Floats
    points: list[Floats] = field(default_factory=list)

    def are_wide(self, need: Floats) -> Truths:
        """Whose range is surely as wide as needed."""
        return np.asarray(self.high - self.low >= need - NOTHING, dtype=bool)

    def are_narrow(self, need: Floats) -> Truths:
        """Whose range is surely narrower than needed."""
        return np.asarray(self.highest - self.lowest < need - NOTHING, dtype=bool)

    def take(self, point: Floats) -> None:
        """Keep a deviation of all cells at once that is possible, and what it shows."""
        self.take_all(point[None, :])

    def take_all(self, points: Floats) -> None:
        """Keep several deviations, a row each."""
        self.points.extend(points)
        np.minimum(self.low, points.min(axis=0, initial=0.0), out=self.low)
        np.maximum(self.high, points.max(axis=0, initial=0.0), out=self.high)


def tightened(table: LinkedCells, is_withheld: Truths) -> tuple[Floats, Floats, bool]:
    """How far each cell could deviate for all that its relations say one by one, over and over; whether that ended."""
    lowest = np.where(is_withheld, table.least - table.values, 0.0)
    highest = np.where(is_withheld, table.most - table.values, 0.0)
    entries = table.matrix.tocoo()
    is_open = is_withheld[entries.col]
    row, cell, part = entries.row[is_open], entries.col[is_open], entries.data[is_open]
    for _ in range(_ROUNDS):
        ends = np.stack((part * lowest[cell], part * highest[cell]))
        least, most = ends.min(axis=0), ends.max(axis=0)
        # What a cell times its coefficient can be is what the rest of its relation can be, with the sign turned.
        low, high = -_rest(most, row, entries.shape[0]), -_rest(least, row, entries.shape[0])
        ends = np.stack((low / part, high / part))
        new_lowest, new_highest = lowest.copy(), highest.copy()
        np.maximum.at(new_lowest, cell, ends.min(axis=0))
        np.minimum.at(new_highest, cell, ends.max(axis=0))
        # The truth is always possible, whatever adding up has lost.
        new_lowest, new_highest = np.minimum(new_lowest, 0.0), np.maximum(new_highest, 0.0)
        with np.errstate(invalid="ignore"):
            is_done = not (
                np.any((new_lowest - lowest > NOTHING) | (np.isinf(lowest) & ~np.isinf(new_lowest)))
                or np.any((highest - new_highest > NOTHING) | (np.isinf(highest) & ~np.isinf(new_highest)))
            )
        lowest, highest = new_lowest, new_highest
        if is_done:
            return lowest, highest, True
    return lowest, highest, False


def blocks(table: LinkedCells, is_withheld: Truths) -> tuple[list[Block], Floats, Floats]:
    """The withheld cells that can deviate at all, in blocks; and the tightened limits of every cell."""
    lowest, highest, has_ended = tightened(table, is_withheld)
    moving = np.flatnonzero(highest - lowest > NOTHING)
    if not len(moving):
        return [], lowest, highest
    matrix = table.matrix[:, moving]
    matrix = matrix[np.flatnonzero(np.diff(matrix.indptr))]
    count, size = len(moving), len(moving) + matrix.shape[0]
    entries = matrix.tocoo()
    graph = sparse.coo_matrix((entries.data, (entries.col, count + entries.row)), shape=(size, size))
    _, label = connected_components(graph, directed=False)
    found = []
    for cells, start, rows in _apart_in(matrix, label):
        entries_of = slice(start[0], start[-1])
        # Relations that share at most one cell, and close no circle, bind together no more than one by one.
        is_exact = has_ended and start[-1] - start[0] == len(start) - 1 + len(cells) - 1
        places, within = moving[cells], None
        if not is_exact:
            columns = np.searchsorted(cells, rows.indices[entries_of])
            shape = (len(start) - 1, len(cells))
            within = sparse.csr_matrix((rows.data[entries_of], columns, start - start[0]), shape=shape)
        found.append(Block(places, within, lowest[places], highest[places], is_exact))
    return found, lowest, highest


def _apart_in(matrix: Any, label: Places) -> Iterator[tuple[Places, Places, Any]]:
    """The cells of each label, and where each of its relations starts among the entries of a matrix in which the
    relations of a label follow one another, and where the last one ends."""
    count = matrix.shape[1]
    of_row = label[count:]
    rows = matrix[np.argsort(of_row, kind="stable")]
    ends = np.cumsum(np.bincount(of_row, minlength=label.max() + 1))
    by_label = np.argsort(label[:count], kind="stable")
    for cells in np.split(by_label, np.flatnonzero(np.diff(label[by_label])) + 1):
        end = ends[label[cells[0]]]
        first = ends[label[cells[0]] - 1] if label[cells[0]] else 0
        yield cells, rows.indptr[first : end + 1], rows


def ranges(table: LinkedCells, is_withheld: Truths) -> Ranges:
    """How far every withheld cell can deviate, exactly."""
    found, lowest, highest = blocks(table, is_withheld)
    result = Ranges(np.zeros_like(lowest), np.zeros_like(lowest), lowest, highest)
    for block in found:
        if block.is_exact:
            result.low[block.cells], result.high[block.cells] = block.down, block.up
        else:
            _search(block, result)
    return result


def extreme(block: Block, objective: Floats) -> Floats | None:
    """The deviation of a block at which the objective is greatest, or None where there is no end to it."""
    point = programme(-objective, block.matrix, np.zeros(block.matrix.shape[0]), block.down, block.up)
    return None if point is None else np.clip(point, block.down, block.up)


def programme(cost: Floats, matrix: Any, right: Floats, least: Floats, most: Floats) -> Floats | None:
    """The point of least cost of those that there are, or None where there is no end to it, or no point at all.

    Raises ArithmeticError where HiGHS cannot tell: a cell is never called protected because its proof failed.
    """
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = matrix.shape
    model.col_cost_, model.col_lower_, model.col_upper_ = cost, least, most
    model.row_lower_ = model.row_upper_ = right
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    rows = matrix.tocsr()
    model.a_matrix_.start_, model.a_matrix_.index_, model.a_matrix_.value_ = rows.indptr, rows.indices, rows.data
    status = None
    # To presolve programmes as small as these takes longer than it saves, and may end in "no point or no end".
    for presolve, method in (("off", "choose"), ("on", "choose"), ("off", "ipm")):
        solver = _solver(presolve, method)
        solver.passModel(model)
        solver.run()
        status = solver.getModelStatus()
        if status == highspy.HighsModelStatus.kOptimal:
            return np.asarray(solver.getSolution().col_value, dtype=float)
        if status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnbounded):
            return None
    raise ArithmeticError(f"HiGHS could not solve a linear programme of the audit: {status}")


@cache
def _solver(presolve: str, method: str) -> highspy.Highs:
    """To make one takes as long as to solve a small programme."""
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("presolve", presolve)
    solver.setOptionValue("solver", method)
    return solver


def _search(block: Block, result: Ranges) -> None:
    """Many cells at a time while that finds anything, then those left one by one."""
    members = _members(block)
    alone: set[tuple[int, int]] = set()
    for sign in (1, -1):
        while True:
            waiting = [at for at in _open(block, result, sign) if (at, sign) not in alone]
            if not waiting:
                break
            batch = _apart(waiting, members)
            objective = np.zeros(len(block.cells))
            width = block.up - block.down
            objective[batch] = sign / np.where(np.isfinite(width[batch]), width[batch], 1.0)
            _take(block, result, extreme(block, objective))
            alone |= {(at, sign) for at in batch}
    for sign in (1, -1):
        while still := _open(block, result, sign):
            at = still[0]
            objective = np.zeros(len(block.cells))
            objective[at] = sign
            point = extreme(block, objective)
            _take(block, result, point)
            _close(block.cells[at], result, sign, None if point is None else float(point[at]))


def _open(block: Block, result: Ranges, sign: int) -> list[int]:
    """The cells of which it is not yet known how far they can deviate in one direction."""
    cells = block.cells
    found, limit = (result.high, result.highest) if sign > 0 else (result.low, result.lowest)
    with np.errstate(invalid="ignore"):
        is_open = np.isfinite(found[cells]) & (np.abs(limit[cells] - found[cells]) > NOTHING)
    return [int(at) for at in np.flatnonzero(is_open)]


def _close(cell: int, result: Ranges, sign: int, end: float | None) -> None:
    """Note that a cell can deviate so far in one direction and no further; None for without end."""
    if sign > 0:
        result.high[cell] = result.highest[cell] = np.inf if end is None else max(end, result.high[cell])
    else:
        result.low[cell] = result.lowest[cell] = -np.inf if end is None else min(end, result.low[cell])


def _take(block: Block, result: Ranges, point: Floats | None) -> None:
    if point is not None:
        everywhere = np.zeros(len(result.low))
        everywhere[block.cells] = np.where(np.abs(point) > NOTHING, point, 0.0)
        result.take(everywhere)


def _members(block: Block) -> list[frozenset[int]]:
    """Of each cell the relations it is in."""
    columns = block.matrix.tocsc()
    return [
        frozenset(columns.indices[columns.indptr[at] : columns.indptr[at + 1]].tolist())
        for at in range(columns.shape[1])
    ]


def _apart(waiting: list[int], members: list[frozenset[int]]) -> list[int]:
    """As many cells as can be pushed at once without one taking another's room: no two in a relation."""
    batch, taken = [], set[int]()
    for at in waiting:
        if not taken & members[at]:
            batch.append(at)
            taken |= members[at]
    return batch


def _rest(ends: Floats, row: Places, rows: int) -> Floats:
    """For each entry the sum of the other entries of its row, where some may be infinite (all of one sign)."""
    is_endless = np.isinf(ends)
    finite = np.where(is_endless, 0.0, ends)
    total = np.bincount(row, finite, rows)
    endless = np.bincount(row, is_endless, rows)
    sign = np.where(is_endless, np.sign(ends), 0.0)
    signs = np.bincount(row, sign, rows)
    others = endless[row] - is_endless
    return np.asarray(np.where(others > 0, np.where(signs[row] >= 0, np.inf, -np.inf), total[row] - finite))
