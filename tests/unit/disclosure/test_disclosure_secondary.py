"""What more is withheld: never less than protects, never a cell too many, whatever the table."""

import random

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impact.disclosure.audit import audit
from impact.disclosure.secondary import suppress
from impact.disclosure.tables import total_of
from tests.unit.disclosure.crossed import crossed, random_hierarchy, random_table

COUNTS = (30, 47, 64, 89), (90, 124, 5, 31), (92, 100, 59, 85), (800, 991, 651, 685)
PRIMARY = ("w|a", "w|b", "w|c", "x|a", "x|c", "y|b", "y|d", "z|b", "z|d")


def attacked() -> tuple[pd.DataFrame, pd.DataFrame]:
    """sdcTable's problem, of which two are withheld in every row and column, and one leaks all the same."""
    cells, relations = crossed({("wxyz"[r], "abcd"[c]): n for r, row in enumerate(COUNTS) for c, n in enumerate(row)})
    return cells.assign(is_sensitive=cells["cell"].isin(PRIMARY)), relations


def few(cells: pd.DataFrame) -> pd.DataFrame:
    return cells.assign(is_sensitive=(cells["value"] > 0) & (cells["value"] < 11))


def names(done: pd.DataFrame, status: str) -> list[str]:
    return done.loc[done["status"] == status, "cell"].tolist()


def test_one_more_cell_mends_the_table_that_leaks() -> None:
    cells, relations = attacked()
    done = suppress(cells, relations, protection=10)
    assert names(done, "primary") == sorted(PRIMARY)
    assert names(done, "secondary") == ["x|d"]
    withheld = done[done["status"] != "published"]
    assert withheld["is_protected"].tolist() == [True] * 10
    assert withheld.loc[withheld["cell"] == "w|b", ["lower", "upper"]].to_numpy().tolist() == [[0, 78]]
    assert done.loc[done["status"] == "published", ["lower", "upper", "width"]].isna().all(axis=None)


def test_a_cell_that_costs_more_is_left_alone() -> None:
    cells, relations = attacked()
    done = suppress(cells.assign(cost=np.where(cells["cell"] == "x|d", 1000, 1)), relations, protection=10)
    assert "x|d" not in names(done, "secondary")
    assert done.loc[done["status"] != "published", "is_protected"].all()
    with pytest.raises(ValueError, match=r"'x\|d' costs nothing"):
        suppress(cells.assign(cost=np.where(cells["cell"] == "x|d", 0, 1)), relations, protection=10)


def test_a_single_small_cell_takes_a_rectangle_with_it() -> None:
    cells, relations = crossed({(row, column): 20 for row in "xyz" for column in "mno"} | {("x", "m"): 3})
    done = suppress(few(cells), relations, protection=5)
    assert len(names(done, "secondary")) == 3
    assert not [name for name in names(done, "secondary") if "ALL" in name]


def test_where_nothing_is_sensitive_nothing_is_withheld() -> None:
    cells, relations = random_table(random.Random(3), 6, 5)
    done = suppress(cells.assign(is_sensitive=False), relations, protection=10)
    assert set(done["status"]) == {"published"}
    assert len(done) == len(cells)


def test_a_table_without_cells_is_left_as_it_is() -> None:
    cells, relations = attacked()
    assert suppress(cells.head(0), relations.head(0), protection=10).empty


def test_what_is_out_stays_out_and_what_it_gives_away_is_said() -> None:
    cells = pd.DataFrame({"cell": ["year", "q1", "q2"], "value": [23, 3, 20], "is_sensitive": [False, True, False]})
    year = total_of("year", "year", ["q1", "q2"])
    done = suppress(cells, year, protection=10)
    assert names(done, "secondary") == ["q2"]
    done = suppress(cells.assign(is_out=[True, False, False]), year, protection=10)
    assert names(done, "secondary") == ["q2"]
    done = suppress(cells.assign(is_out=[True, False, True]), year, protection=10)
    assert done["status"].tolist() == ["primary", "published", "published"]
    assert done[["lower", "upper", "is_protected"]].iloc[0].tolist() == [3, 3, False]


def test_a_cell_too_narrow_to_be_protected_itself_hides_nobody() -> None:
    # "b" is from 0 to 4 to every reader: withheld, it would be a leak of its own.
    cells = pd.DataFrame(
        {"cell": ["t", "a", "b", "c"], "value": [20.0, 3.0, 2.0, 15.0], "most": [np.inf, np.inf, 4.0, np.inf]}
    ).assign(is_sensitive=[False, True, False, False], cost=[9.0, 1.0, 0.1, 5.0])
    done = suppress(cells, total_of("t", "t", ["a", "b", "c"]), protection=6)
    assert names(done, "secondary") == ["c"]
    assert done.loc[done["status"] != "published", "is_protected"].all()


def test_money_that_may_be_negative_is_protected_as_well() -> None:
    cells, relations = crossed({("x", "m"): -500.5, ("x", "n"): 900.25, ("y", "m"): 700.1, ("y", "n"): 12.4})
    cells = cells.assign(least=-np.inf, is_sensitive=cells["cell"] == "x|m")
    done = suppress(cells, relations, protection=pd.Series(0.2 * cells["value"].abs().to_numpy(), index=cells["cell"]))
    assert names(done, "secondary") == ["x|n", "y|m", "y|n"]
    assert done.loc[done["status"] != "published", "width"].tolist() == [np.inf] * 4


def check(cells: pd.DataFrame, relations: pd.DataFrame, protection: float) -> pd.DataFrame:
    """Suppress; what must hold of it whatever the table."""
    done = suppress(cells, relations, protection)
    assert names(done, "primary") == sorted(cells.loc[cells["is_sensitive"], "cell"])
    status = cells.merge(done[["cell", "status"]], on="cell")
    found = audit(status, relations, protection)
    can_be = audit(cells.assign(status="withheld"), relations, protection).set_index("cell")["is_protected"]
    leaks = found.loc[~found["is_protected"], "cell"].tolist()
    assert [name for name in leaks if can_be[name]] == []
    assert set(leaks) <= set(names(done, "primary"))
    for name in names(done, "secondary"):
        status_without = status.assign(status=status["status"].mask(status["cell"] == name, "published"))
        without = audit(status_without, relations, protection)
        assert set(without.loc[~without["is_protected"], "cell"]) > set(leaks), f"{name} is withheld for nothing"
    return done


@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False), st.sampled_from([1, 5, 10, 40]))
def test_every_withheld_cell_is_protected_and_none_is_withheld_for_nothing(
    dice: random.Random, protection: float
) -> None:
    cells, relations = random_table(dice, dice.randint(2, 6), dice.randint(2, 5))
    done = check(few(cells), relations, protection)
    # One more row, and the totals with it: what is published then is protected then.
    inner = cells[(cells["row"] != "ALL") & (cells["column"] != "ALL")]
    counts = {(row, column): value for row, column, value in inner[["row", "column", "value"]].to_numpy()}
    counts |= {("r99", column): dice.choice([1, 7, 30]) for column in sorted(set(inner["column"]))}
    check(few(crossed(counts)[0]), crossed(counts)[1], protection)
    shuffled = suppress(few(cells).sample(frac=1, random_state=1), relations.sample(frac=1, random_state=2), protection)
    pd.testing.assert_frame_equal(shuffled, done)


@settings(max_examples=10, deadline=None)
@given(st.randoms(use_true_random=False))
def test_hierarchies_with_two_breakdowns_are_protected_as_well(dice: random.Random) -> None:
    cells, relations = random_hierarchy(dice, 60)
    check(few(cells), relations, 10)


def test_a_table_of_50_by_20_takes_seconds() -> None:
    cells, relations = random_table(random.Random(1), 50, 20)
    done = suppress(few(cells), relations, protection=10)
    assert len(names(done, "primary")) > 150
    assert done.loc[done["status"] != "published", "is_protected"].all()
    assert len(names(done, "secondary")) < 40


def test_a_hierarchy_of_1500_cells_with_300_sensitive_takes_seconds() -> None:
    cells, relations = random_hierarchy(random.Random(1), 1350)
    assert 1480 <= len(cells) <= 1520
    smallest = cells[cells["value"] > 0].sort_values(["value", "cell"])["cell"].head(300)
    done = suppress(cells.assign(is_sensitive=cells["cell"].isin(smallest)), relations, protection=10)
    assert len(names(done, "primary")) == 300
    assert done.loc[done["status"] != "published", "is_protected"].all()
