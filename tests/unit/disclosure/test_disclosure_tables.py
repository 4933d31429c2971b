"""Cells and what ties them together: what margins relate, and tables that are refused."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from impact.disclosure.tables import linked, margins, total_of
from tests.unit.disclosure.crossed import crossed

CELLS = pd.DataFrame({"cell": ["t", "a", "b"], "value": [5.0, 2.0, 3.0]})
TOTAL = total_of("t", "t", ["a", "b"])


def test_every_total_is_related_to_its_parts() -> None:
    cells, relations = crossed({("x", "m"): 1, ("x", "n"): 2, ("y", "m"): 4})
    found = {
        (rows["cell"].iloc[0], frozenset(rows["cell"].iloc[1:]))
        for _, rows in relations.sort_values("coefficient", ascending=False).groupby("relation")
    }
    assert found == {
        ("x|ALL", frozenset({"x|m", "x|n"})),
        ("y|ALL", frozenset({"y|m"})),
        ("ALL|ALL", frozenset({"x|ALL", "y|ALL"})),
        ("ALL|m", frozenset({"x|m", "y|m"})),
        ("ALL|n", frozenset({"x|n"})),
        ("ALL|ALL", frozenset({"ALL|m", "ALL|n"})),
    }
    assert linked(cells, relations).matrix.shape == (6, 8)


def test_a_year_and_its_parts_may_overlap() -> None:
    months = {f"2025-{month:02}": float(month) for month in range(1, 7)}
    parents: dict[str, dict[Any, list[str]]] = {
        "period": {"Q1": list(months)[:3], "Q2": list(months)[3:], "half": ["Q1", "Q2"], "rolling": list(months)[1:4]}
    }
    values = {**months, "Q1": 1 + 2 + 3.0, "Q2": 4 + 5 + 6.0, "half": 21.0, "rolling": 2 + 3 + 4.0}
    table = pd.DataFrame({"cell": list(values), "period": list(values), "value": list(values.values())})
    relations = margins(table, ["period"], parents=parents)
    assert relations["relation"].nunique() == 4
    assert linked(table, relations).matrix.shape == (4, 10)


def test_the_order_of_rows_changes_nothing() -> None:
    cells, relations = crossed({("x", "m"): 1, ("x", "n"): 2, ("y", "m"): 4, ("y", "n"): 8})
    one = linked(cells, relations)
    other = linked(cells.sample(frac=1, random_state=1), relations.sample(frac=1, random_state=2))
    assert one.names == other.names
    assert one.values.tolist() == other.values.tolist()
    assert (one.matrix != other.matrix).nnz == 0


def test_a_relation_said_twice_is_one() -> None:
    assert linked(CELLS, pd.concat([TOTAL, total_of("again", "t", ["b", "a"])])).matrix.shape == (1, 3)


def test_limits_are_nothing_and_none_unless_they_are_given() -> None:
    table = linked(CELLS.assign(least=[np.nan, -np.inf, 1], most=[10, np.nan, np.nan]), TOTAL)
    by_name = dict(zip(table.names, zip(table.least, table.most, strict=True), strict=True))
    assert by_name == {"a": (-np.inf, np.inf), "b": (1, np.inf), "t": (0, 10)}


@pytest.mark.parametrize(
    ("cells", "relations", "words"),
    [
        (pd.concat([CELLS, CELLS]), TOTAL, "'t' stands twice"),
        (CELLS.assign(value=[5, 2, np.nan]), TOTAL, "'b' has no value"),
        (CELLS.assign(value=[1, -2, 3]), TOTAL, "'a' is -2, which is not from 0 to inf"),
        (CELLS.assign(most=[4, 9, 9]), TOTAL, "'t' is 5, which is not from 0 to 4"),
        (CELLS, total_of("t", "t", ["a", "c"]), "names the cell 'c'"),
        (CELLS.assign(value=[6, 2, 3]), TOTAL, "relation of a, b, t does not hold"),
        (CELLS, TOTAL.assign(coefficient=[1, -1, np.nan]), "coefficient that is not a number"),
    ],
)
def test_a_table_that_is_wrong_is_refused(cells: pd.DataFrame, relations: pd.DataFrame, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        linked(cells, relations)


def test_two_cells_in_one_place_are_refused() -> None:
    table = pd.DataFrame({"cell": ["a", "b"], "area": ["N", "N"], "value": [1, 2]})
    with pytest.raises(ValueError, match="'b' has the area of another"):
        margins(table, ["area"])
