"""Which cells are sensitive in themselves: few behind them, or one or two who make up most of them.

METHODS 7; numbers agree with sdcTable. Each rule takes a table of cells and returns a truth a row, so that a caller
joins rules with `|`. What must be withheld so that these cannot be worked out belongs in `secondary`.

A table of cells has freq (how many contributors), total, top1, top2, ... (the sum of contributions and the greatest of
them, all ABSOLUTE: net savings can be negative, and what one organisation adds and another takes away hides neither).
"""

from collections.abc import Sequence
from itertools import chain, combinations
from typing import Any

import pandas as pd


def contributions(
    records: pd.DataFrame,
    dimensions: Sequence[str],
    value: str,
    contributor: str | None = None,
    top: int = 2,
    all_of: str = "ALL",
) -> pd.DataFrame:
    """The cells of a table with all its margins: a row a combination of `dimensions`, each a value or `all_of`.

    `records` has a row a contribution, or several of one `contributor`, which are added before their size is taken.
    Columns out: the dimensions, freq, value (the sum as it is), total (of absolute contributions), top1 .. top`top`.
    """
    found = []
    by = list(dimensions)
    kept = list(chain.from_iterable(combinations(by, count) for count in range(len(by) + 1)))
    for some in kept:
        within = list(some)
        one_each = records
        if contributor is not None:
            one_each = records.groupby([*within, contributor], dropna=False)[[value]].sum().reset_index()
        groups = one_each.groupby(within, dropna=False) if within else [((), one_each)]
        for key, rows in groups:
            sizes = sorted((abs(float(amount)) for amount in rows[value]), reverse=True)
            cell: dict[str, Any] = {**dict.fromkeys(by, all_of), **dict(zip(within, key, strict=True))}
            cell |= {"freq": len(sizes), "value": sum(rows[value]), "total": sum(sizes)}
            found.append(cell | {f"top{rank}": (sizes + [0.0] * top)[rank - 1] for rank in range(1, top + 1)})
    columns = [*by, "freq", "value", "total", *(f"top{rank}" for rank in range(1, top + 1))]
    return pd.DataFrame(found, columns=columns).sort_values(by, ignore_index=True)


def is_few(cells: pd.DataFrame, fewer_than: float) -> "pd.Series[bool]":
    """1 to fewer than `fewer_than` contributors. Nobody is not few: there is nobody whose answer could be learnt."""
    return (cells["freq"] > 0) & (cells["freq"] < fewer_than)


def is_dominated(cells: pd.DataFrame, n: int, percent: float) -> "pd.Series[bool]":
    """The (n, k) rule: the `n` greatest contributors make up more than `percent` of the total."""
    greatest = cells[[f"top{rank}" for rank in range(1, n + 1)]].sum(axis=1)
    return greatest > percent / 100 * cells["total"]


def is_within_p_percent(cells: pd.DataFrame, p: float) -> "pd.Series[bool]":
    """The p% rule: the second greatest contributor could learn the greatest to within `p` percent of it.

    total - top1 - top2 < p/100 top1. ACRO's rule, (total - top1 - top2) / top1 < 0.10, is this with p = 10.
    """
    return _rest(cells) < p / 100 * cells["top1"]


def is_within_pq(cells: pd.DataFrame, p: float, q: float) -> "pd.Series[bool]":
    """The pq rule: the p% rule for contributors who knew each other to within `q` percent beforehand."""
    if not 0 < p < q <= 100:
        raise ValueError(f"The pq rule needs 0 < p < q <= 100, not p = {p} and q = {q}.")
    return _rest(cells) < p / q * cells["top1"]


def _rest(cells: pd.DataFrame) -> "pd.Series[float]":
    return cells["total"] - cells["top1"] - cells["top2"]
