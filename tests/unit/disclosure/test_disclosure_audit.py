"""What a reader can work out: the peer's attack, by hand, and one linear programme after another."""

import random
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from impact.disclosure.audit import audit
from impact.disclosure.tables import linked, total_of
from tests.unit.disclosure.crossed import crossed, random_hierarchy, random_table

Peer = Callable[[str], pd.DataFrame]


def withheld(cells: pd.DataFrame, *names: str) -> pd.DataFrame:
    return cells.assign(status=np.where(cells["cell"].isin(names), "primary", "published"))


def known(found: pd.DataFrame) -> dict[str, tuple[float, float]]:
    return {row["cell"]: (row["lower"], row["upper"]) for row in found.to_dict("records")}


def test_the_attack_finds_what_the_peers_attack_finds(peer_case: Peer) -> None:
    problem = peer_case("sdc/sdctable_attack_problem")
    cells, relations = crossed({(row.row, row.col): row.freq for row in problem.itertuples()})  # type: ignore[misc]
    primary = [
        f"{row}|{col}" for row, col, is_primary in problem[["row", "col", "primary_suppressed"]].values if is_primary
    ]
    assert len(primary) == 9
    expected = peer_case("sdc/sdctable_attack_expected")
    for further, (_, row) in zip(([], ["x|d"], ["x|b"]), expected.iterrows(), strict=True):
        found = audit(withheld(cells, *primary, *further), relations, protection=10).set_index("cell").loc["w|b"]
        assert (found["value"], found["lower"], found["upper"]) == (row["true"], row["lower"], row["upper"])
        assert found["is_protected"] == bool(row["protected"])


def test_two_in_every_row_and_column_may_leak_one_exactly() -> None:
    # The peer's table again: what stands in the tests themselves is checked where ../shared is not.
    counts = (30, 47, 64, 89), (90, 124, 5, 31), (92, 100, 59, 85), (800, 991, 651, 685)
    cells, relations = crossed({("wxyz"[r], "abcd"[c]): n for r, row in enumerate(counts) for c, n in enumerate(row)})
    primary = ("w|a", "w|b", "w|c", "x|a", "x|c", "y|b", "y|d", "z|b", "z|d")
    found = audit(withheld(cells, *primary), relations, protection=1)
    assert known(found)["w|b"] == (47, 47)
    assert found.loc[~found["is_protected"], "cell"].tolist() == ["w|b"]
    assert known(audit(withheld(cells, *primary, "x|d"), relations))["w|b"] == (0, 78)
    assert known(audit(withheld(cells, *primary, "x|b"), relations))["w|b"] == (0, 141)


def test_one_withheld_of_a_total_is_known_and_two_share_what_is_left() -> None:
    cells = pd.DataFrame({"cell": ["year", "q1", "q2", "q3"], "value": [60, 10, 20, 30]})
    year = total_of("year", "year", ["q1", "q2", "q3"])
    assert known(audit(withheld(cells, "q1"), year)) == {"q1": (60 - 20 - 30, 60 - 20 - 30)}
    assert known(audit(withheld(cells, "q1", "q2"), year)) == {"q1": (0, 60 - 30), "q2": (0, 60 - 30)}
    assert known(audit(withheld(cells, "q1", "year"), year)) == {"q1": (0, np.inf), "year": (20 + 30, np.inf)}
    assert known(audit(withheld(cells), year)) == {}


def test_an_overlapping_breakdown_gives_away_what_one_alone_does_not() -> None:
    cells = pd.DataFrame({"cell": ["all", "north", "south", "mine", "others"], "value": [50, 20, 30, 20, 30]})
    by_area = total_of("by area", "all", ["north", "south"])
    same = pd.DataFrame({"relation": "same", "cell": ["north", "mine"], "coefficient": [1, -1]})
    hidden = withheld(cells, "north", "south", "mine", "others")
    assert known(audit(hidden, by_area))["north"] == (0, 50)
    assert known(audit(hidden, pd.concat([by_area, total_of("by payer", "all", ["mine", "others"]), same])))[
        "north"
    ] == (0, 50)
    assert known(audit(withheld(cells, "north", "south", "others"), pd.concat([by_area, same])))["north"] == (20, 20)


def test_what_may_be_negative_is_bounded_only_by_what_is_said_of_it() -> None:
    cells = pd.DataFrame({"cell": ["net", "a", "b"], "value": [5.0, -15.0, 20.0], "least": -np.inf})
    net = total_of("net", "net", ["a", "b"])
    assert known(audit(withheld(cells, "a", "b"), net)) == {"a": (-np.inf, np.inf), "b": (-np.inf, np.inf)}
    capped = cells.assign(most=[np.nan, np.nan, 30.0])
    assert known(audit(withheld(capped, "a", "b"), net)) == {"a": (5 - 30, np.inf), "b": (-np.inf, 30)}


def test_a_rate_that_is_published_ties_its_parts() -> None:
    cells = pd.DataFrame({"cell": ["lost", "available", "more"], "value": [5.0, 100.0, 7.0]})
    rate = pd.DataFrame({"relation": "rate", "cell": ["lost", "available"], "coefficient": [1.0, -0.05]})
    assert known(audit(withheld(cells, "lost"), rate)) == {"lost": (5, 5)}
    assert known(audit(withheld(cells, "lost", "available"), rate)) == {"lost": (0, np.inf), "available": (0, np.inf)}


def test_each_cell_may_have_a_level_of_its_own() -> None:
    cells = pd.DataFrame({"cell": ["t", "a", "b"], "value": [12, 4, 8]})
    total = total_of("t", "t", ["a", "b"])
    found = audit(withheld(cells, "a", "b"), total, pd.Series({"a": 12.0, "b": 12.5, "t": 0.0}))
    assert found["is_protected"].tolist() == [True, False]
    assert found["width"].tolist() == [12, 12]
    for levels in (pd.Series({"a": 1.0, "t": 0.0}), pd.Series({"a": 1.0, "b": -1.0, "t": 0.0})):
        with pytest.raises(ValueError, match="'b' has no protection level"):
            audit(withheld(cells, "a", "b"), total, levels)
    with pytest.raises(ValueError, match="'t' has no status"):
        audit(cells.assign(status=[np.nan, "primary", "published"]), total)


def boring(cells: pd.DataFrame, relations: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """Two linear programmes a withheld cell, on the values themselves: nothing taken out, nothing put together."""
    table = linked(cells, relations)
    status = cells.set_index("cell")["status"]
    bounds = [
        (least if status[name] != "published" else value, most if status[name] != "published" else value)
        for name, value, least, most in zip(table.names, table.values, table.least, table.most, strict=True)
    ]
    found = {}
    for at, name in enumerate(table.names):
        if status[name] != "published":
            ends = []
            for sign in (1, -1):
                cost = np.zeros(len(bounds))
                cost[at] = sign
                solved = linprog(cost, A_eq=table.matrix, b_eq=np.zeros(table.matrix.shape[0]), bounds=bounds)
                ends.append(solved.x[at] if solved.status == 0 else -sign * np.inf)
            found[name] = (ends[0], ends[1])
    return found


@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False), st.booleans(), st.floats(0.1, 1))
def test_it_finds_what_one_linear_programme_after_another_finds(
    dice: random.Random, is_hierarchy: bool, share: float
) -> None:
    cells, relations = random_hierarchy(dice, 30) if is_hierarchy else random_table(dice, 5, 4)
    can_be_negative = dice.random() < 0.3
    cells["least"] = [-np.inf if can_be_negative and dice.random() < 0.2 else 0.0 for _ in cells["cell"]]
    cells["most"] = [value + 40 if dice.random() < 0.3 else np.inf for value in cells["value"]]
    hidden = withheld(cells, *(name for name in cells["cell"] if dice.random() < share))
    expected = boring(hidden, relations)
    found = known(audit(hidden, relations))
    assert found.keys() == expected.keys()
    for name, (lower, upper) in expected.items():
        assert list(found[name]) == pytest.approx([lower, upper], abs=1e-5), name
    shuffled = audit(hidden.sample(frac=1, random_state=1), relations.sample(frac=1, random_state=2))
    pd.testing.assert_frame_equal(shuffled, audit(hidden, relations), check_exact=True)


@pytest.mark.parametrize("share", [0.1, 0.3, 1.0])
def test_a_thousand_withheld_cells_take_seconds(share: float) -> None:
    dice = random.Random(1)
    cells, relations = random_table(dice, 50, 20)
    inner = cells.loc[(cells["row"] != "ALL") & (cells["column"] != "ALL"), "cell"]
    hidden = withheld(cells, *(name for name in inner if dice.random() <= share))
    found = audit(hidden, relations, protection=10)
    totals = cells.set_index("cell")["value"]
    if share == 1:
        # With every inner cell withheld, each can be all that its row and its column have room for.
        for name, (_, upper) in known(found).items():
            row, _, column = name.partition("|")
            assert upper == pytest.approx(min(totals[f"{row}|ALL"], totals[f"ALL|{column}"]))


@pytest.mark.parametrize("scale", [1.0, 1e3, 1e6, 1e9])
def test_pounds_and_billions_leak_alike(scale: float) -> None:
    cells, relations = random_table(random.Random(5), 6, 5)
    hidden = withheld(cells, *cells["cell"].iloc[::3])
    great = audit(hidden.assign(value=hidden["value"] * scale), relations, protection=10 * scale)
    small = audit(hidden, relations, protection=10)
    assert great["is_protected"].tolist() == small["is_protected"].tolist()
    for column in ("value", "lower", "upper", "width", "protection"):
        assert (great[column] / scale).tolist() == pytest.approx(small[column].tolist(), abs=1e-5)
