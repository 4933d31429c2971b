"""Cells and what ties them together: totals, overlapping breakdowns, a year and its parts. Nothing is decided here.

A relation is a sum of cells, each times a coefficient, that comes to 0: a total less its parts. As rows it has the
columns relation, cell, coefficient. Everything that lets a reader subtract is one of these, whatever publication its
cells stand in. Figures that a reader knows without being shown them (its own return) are cells published to it.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

Floats = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]
Places = npt.NDArray[np.intp]

_LOST_IN_ADDING = 1e-9
"""Sums of floats that differ by no more than this share of their parts are the same."""

_GREATEST = 1e6
"""Values to which HiGHS, whose constraints hold to 1e-7, is exact to far less than a person or a penny."""


@dataclass(frozen=True)
class LinkedCells:
    """Cells, and their relations as a matrix: a row a relation, a column a cell.

    All numbers but `unit` are in that unit: 1, or a power of ten that leaves no value above a million, since solvers of
    linear programmes lose their way among greater ones.
    `least` and `most` are what any reader takes for granted of a cell: 0 or more where it counts something, anything
    where it is net money.
    """

    names: tuple[str, ...]
    unit: float
    values: Floats
    least: Floats
    most: Floats
    matrix: Any

    def of(self, given: pd.DataFrame, column: str, missing: Any) -> Any:
        """A column of the table that these cells were made from, in their order; `missing` where there is none."""
        if column not in given.columns:
            return np.full(len(self.names), missing)
        found = given.set_index(given["cell"].astype(str))[column].reindex(list(self.names))
        return found.where(found.notna(), missing).to_numpy(dtype=type(missing))


def linked(cells: pd.DataFrame, relations: pd.DataFrame) -> LinkedCells:
    """Cells (cell, value, and where given least and most; 0 and no limit otherwise) with relations (relation, cell,
    coefficient), in the order of their names.

    Raises ValueError when a cell stands twice, has no value or one beyond its limits; when a relation names a cell that
    there is not, or does not hold: a table that does not add up protects nothing.
    """
    if cells["cell"].astype(str).duplicated().any():
        twice = cells.loc[cells["cell"].astype(str).duplicated(), "cell"].iloc[0]
        raise ValueError(f"Cell {twice!r} stands twice. Give each cell a name of its own.")
    ordered = cells.set_index(cells["cell"].astype(str)).sort_index()
    names = tuple(ordered.index)
    values = ordered["value"].to_numpy(dtype=float)
    least = ordered["least"].fillna(0.0).to_numpy(dtype=float) if "least" in ordered else np.zeros(len(names))
    most = ordered["most"].fillna(np.inf).to_numpy(dtype=float) if "most" in ordered else np.full(len(names), np.inf)
    strangers = sorted(set(relations["cell"].astype(str)) - set(names))
    if strangers:
        raise ValueError(f"A relation names the cell {strangers[0]!r}, which there is not.")
    if not np.all(np.isfinite(relations["coefficient"].to_numpy(dtype=float))):
        raise ValueError("A relation has a coefficient that is not a number. A part that is not there is no part.")
    place = {name: position for position, name in enumerate(names)}
    rows: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for relation, cell, coefficient in zip(
        relations["relation"].astype(str), relations["cell"].astype(str), relations["coefficient"], strict=True
    ):
        rows[relation].append((place[cell], float(coefficient)))
    return link(names, values, least, most, rows.values())


def link(
    names: Sequence[str],
    values: Floats,
    least: Floats,
    most: Floats,
    relations: Iterable[Sequence[tuple[int, float]]],
) -> LinkedCells:
    """Cells, each with its name, value and limits, with relations: each the places of its cells, with coefficients.

    Raises ValueError when a cell has no value or one beyond its limits, or a relation does not hold.
    """
    for at in np.flatnonzero(~(np.isfinite(values) & (least <= values) & (values <= most))).tolist():
        if not np.isfinite(values[at]):
            raise ValueError(f"Cell {names[at]!r} has no value. A cell that nobody filled in belongs in no relation.")
        raise ValueError(
            f"Cell {names[at]!r} is {values[at]:g}, which is not from {least[at]:g} to {most[at]:g}. "
            "Give its true limits."
        )
    matrix = _matrix(len(names), relations)
    wrong = np.flatnonzero(np.abs(matrix @ values) > _LOST_IN_ADDING * np.maximum(1.0, abs(matrix) @ np.abs(values)))
    if len(wrong):
        members = [names[place] for place in matrix[wrong[0]].indices]
        raise ValueError(f"The relation of {', '.join(members[:6])} does not hold. Correct its values or its cells.")
    greatest = np.max(np.abs(values), initial=1.0)
    unit = 10.0 ** max(0, int(np.ceil(np.log10(greatest / _GREATEST))))
    return LinkedCells(tuple(names), unit, values / unit, least / unit, most / unit, matrix)


def total_of(relation: str, total: Hashable, parts: Sequence[Hashable]) -> pd.DataFrame:
    """The relation of a total to its parts: a year to its months, an organisation to its contracts."""
    return pd.DataFrame(
        {
            "relation": relation,
            "cell": [str(total), *(str(part) for part in parts)],
            "coefficient": [1.0] + [-1.0] * len(parts),
        }
    )


def margins(
    table: pd.DataFrame,
    dimensions: Sequence[str],
    cell: str = "cell",
    parents: Mapping[str, Mapping[Hashable, Sequence[Hashable]]] | None = None,
    all_of: Hashable = "ALL",
) -> pd.DataFrame:
    """The relations of a table whose rows are cells keyed by `dimensions`, margins included.

    `parents` says of a dimension which value is the sum of which others: a year of its months, a region of its
    councils. A dimension that it does not name has one total, `all_of`, over all its other values. A total that is
    broken down in several ways has its further relations from `total_of`. Parts that have no row count as nothing.
    """
    if table.duplicated(list(dimensions)).any():
        twice = table.loc[table.duplicated(list(dimensions)), cell].iloc[0]
        raise ValueError(f"Cell {twice!r} has the {', '.join(dimensions)} of another. A table has one cell for each.")
    found = [pd.DataFrame({"relation": pd.Series(dtype=str), "cell": pd.Series(dtype=str), "coefficient": []})]
    for dimension in dimensions:
        others = [name for name in dimensions if name != dimension]
        groups = table.groupby(others, sort=True, dropna=False) if others else [((), table)]
        for key, rows in groups:
            cells = dict(zip(rows[dimension], rows[cell].astype(str), strict=True))
            over = (parents or {}).get(dimension, {all_of: [value for value in cells if value != all_of]})
            for parent, children in over.items():
                parts = [cells[child] for child in children if child in cells]
                if parent in cells and parts:
                    found.append(total_of(f"{dimension}: {parent} within {key}", cells[parent], parts))
    return pd.concat([one for one in found if len(one)] or found, ignore_index=True)


def _matrix(count: int, relations: Iterable[Sequence[tuple[int, float]]]) -> Any:
    """The relations as a sparse matrix, in the order of their own cells, so that rows shuffled change nothing."""
    distinct = set()
    for relation in relations:
        row = dict(relation)
        if len(row) < len(relation):
            row = dict.fromkeys(row, 0.0)
            for place, coefficient in relation:
                row[place] += coefficient
        distinct.add(tuple(sorted((at, part) for at, part in row.items() if part)))
    rows = sorted(distinct)
    ends = np.cumsum([0, *map(len, rows)])
    entries = [entry for row in rows for entry in row]
    places, parts = [at for at, _ in entries], [part for _, part in entries]
    return sparse.csr_matrix((np.array(parts, dtype=float), np.array(places, dtype=np.int32), ends), (len(rows), count))
