"""That ranges are wide enough is shown in a short way; the answer is that of the long one."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impact.disclosure.audit import audit, audit_so_far, levels
from impact.disclosure.proof import proven, telling
from impact.disclosure.tables import linked, margins


def crossed(seed: int, rows: int, columns: int, *, is_money: bool) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A random table with margins, a quarter of its inner cells withheld, or nearly so many at random."""
    rng = np.random.default_rng(seed)
    values = rng.integers(-40 if is_money else 0, 40, size=(rows, columns))
    cells = []
    for row in [*range(rows), "ALL"]:
        for column in [*range(columns), "ALL"]:
            inner = values if row == "ALL" else values[[row]]
            inner = inner if column == "ALL" else inner[:, [column]]
            is_inner = "ALL" not in (row, column)
            cells.append((f"{row} {column}", row, column, float(inner.sum()), is_inner and rng.random() < 0.25))
    table = pd.DataFrame(cells, columns=["cell", "row", "column", "value", "is_sensitive"])
    table["least"] = -np.inf if is_money else 0.0
    return table, margins(table, ["row", "column"])


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 6), st.integers(2, 6), st.booleans(), st.sampled_from([1.0, 8.0, 60.0]))
def test_the_short_way_finds_protected_what_the_long_one_does(
    seed: int, rows: int, columns: int, is_money: bool, level: float
) -> None:
    cells, relations = crossed(seed, rows, columns, is_money=is_money)
    for share in (0.3, 0.7):
        rng = np.random.default_rng(seed)
        cells["status"] = np.where(cells["is_sensitive"] | (rng.random(len(cells)) < share), "withheld", "published")
        table = linked(cells, relations)
        is_withheld = np.asarray(table.of(cells, "status", "") == "withheld")
        long, short = audit(cells, relations, level), audit_so_far(table, is_withheld, levels(table, level))
        assert list(short["cell"]) == list(long["cell"])
        assert list(short["is_protected"]) == list(long["is_protected"])
        # What it shows is possible, and of what is narrow it knows the ends.
        assert (short["lower"] >= long["lower"] - 1e-5).all()
        assert (short["upper"] <= long["upper"] + 1e-5).all()
        narrow = ~long["is_protected"]
        assert short.loc[narrow, "width"].to_list() == pytest.approx(long.loc[narrow, "width"].to_list(), abs=1e-5)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 6), st.integers(2, 6), st.sampled_from([8.0, 60.0]), st.integers(0, 2))
def test_what_was_found_before_is_believed_only_where_it_holds(
    seed: int, rows: int, columns: int, level: float, kind: int
) -> None:
    """Evidence that is false in one way (a published cell moves, a cell goes below nothing, a total does not hold)
    protects nobody; with evidence that holds the answer is the same."""
    cells, relations = crossed(seed, rows, columns, is_money=False)
    cells["status"] = np.where(cells["is_sensitive"], "withheld", "published")
    table = linked(cells, relations)
    is_withheld = np.asarray(table.of(cells, "status", "") == "withheld")
    need = levels(table, level)
    without = audit_so_far(table, is_withheld, need)
    wide = 10 * level / table.unit
    false = [
        np.where(is_withheld, 0.0, wide),
        np.where(is_withheld, -table.values - wide, 0.0),
        np.where(is_withheld, wide, 0.0),
    ][kind]
    is_false = np.any(false) and (kind != 2 or np.abs(table.matrix @ false).max(initial=0.0) > 1)
    held = telling(proven(table, is_withheld, need), need)
    for found in ([false] if is_false else [], held, [*held, false] if is_false else held):
        given_it = audit_so_far(table, is_withheld, need, found)
        assert list(given_it["is_protected"]) == list(without["is_protected"])
