"""What a reader can work out of the cells withheld from it: the least and the greatest value of each that agree with
all it knows.

METHODS 7: two withheld in every row and column is no proof; this is. What is known (this publication, those before it,
the reader's own figures) is for the caller to gather; which cells to withhold belongs in `secondary`.

The bounds are those of linear programming: values need not be whole. Where relations are more than rows and columns, a
reader who uses that counts are whole may do slightly better, so a protection level of 1 protects nothing.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from impact.disclosure.proof import proven
from impact.disclosure.ranges import Ranges, ranges
from impact.disclosure.tables import Floats, LinkedCells, Truths, linked

PUBLISHED = "published"


def audit(cells: pd.DataFrame, relations: pd.DataFrame, protection: "float | pd.Series[float]" = 0.0) -> pd.DataFrame:
    """The range of each withheld cell, in the order of their names: cell, value, lower, upper, width, protection,
    is_protected.

    `cells` has cell, value, status (published, or anything else: withheld) and, where they are not 0 and without limit,
    least and most; `relations` has relation, cell, coefficient (see `tables`). `protection` is the width that a range
    must have, the same for all or a number a cell (indexed by cell). A cell that is not protected is a leak.
    """
    table = linked(cells, relations)
    if cells["status"].isna().any():
        unknown = cells.loc[cells["status"].isna(), "cell"].iloc[0]
        raise ValueError(f"Cell {unknown!r} has no status. Say whether it is {PUBLISHED}.")
    is_withheld = np.asarray(table.of(cells, "status", PUBLISHED) != PUBLISHED, dtype=bool)
    return audited(table, is_withheld, levels(table, protection))


def audit_so_far(
    table: LinkedCells,
    is_withheld: Truths,
    need: Floats,
    found: Sequence[Floats] = (),
    is_asked: Truths | None = None,
) -> pd.DataFrame:
    """What `audit` says, but that of a range which is wide enough it finds only so much as shows that; those that are
    not are found whole. Far faster for large tables. `need` is in the unit of the table; deviations that were `found`
    before are looked at first, and count where they hold. With `is_asked`, it tells of those alone."""
    asked = is_withheld if is_asked is None else is_withheld & is_asked
    return _said(table, asked, need, proven(table, is_withheld, need, found))


def audited(table: LinkedCells, is_withheld: Truths, need: Floats) -> pd.DataFrame:
    """What `audit` returns."""
    return _said(table, is_withheld, need, ranges(table, is_withheld))


def levels(table: LinkedCells, protection: "float | pd.Series[float]") -> Floats:
    """The protection level of each cell, in the unit of the table.

    Raises ValueError for a cell without one, or one that is not a width.
    """
    if isinstance(protection, pd.Series):
        by_name = protection.set_axis(protection.index.astype(str))
        need: Floats = np.asarray(by_name.reindex(list(table.names)), dtype=np.float64)
    else:
        need = np.full(len(table.names), float(protection))
    wrong = np.flatnonzero(~(np.isfinite(need) & (need >= 0)))
    if len(wrong):
        raise ValueError(f"Cell {table.names[wrong[0]]!r} has no protection level. Give each a width of 0 or more.")
    return need / table.unit


def _said(table: LinkedCells, is_withheld: Truths, need: Floats, found: Ranges) -> pd.DataFrame:
    at = np.flatnonzero(is_withheld)
    lower, upper = ((table.values[at] + end[at]) * table.unit for end in (found.low, found.high))
    return pd.DataFrame(
        {
            "cell": [table.names[place] for place in at.tolist()],
            "value": np.round(table.values[at] * table.unit, 6),
            "lower": np.round(lower, 6),
            "upper": np.round(upper, 6),
            "width": np.round(upper - lower, 6),
            "protection": need[at] * table.unit,
            "is_protected": found.are_wide(need)[at],
        }
    )
