"""That ranges are wide enough is shown in a short way; the answer is that of the long one."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from impact.disclosure.audit import audit, audit_so_far, audited, levels
from impact.disclosure.proof import possible, proven, telling
from impact.disclosure.readers import Known
from impact.disclosure.secondary import choose
from impact.disclosure.tables import link, linked, margins


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
    if is_false:
        assert not len(possible(table, is_withheld, [false]))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 6), st.integers(2, 6), st.sampled_from([8.0, 60.0]))
def test_what_is_chosen_from_evidence_of_any_kind_is_protected_by_the_long_way(
    seed: int, rows: int, columns: int, level: float
) -> None:
    """Evidence that is made up, or of another choice, lets nothing be published that must not be."""
    cells, relations = crossed(seed, rows, columns, is_money=False)
    table = linked(cells, relations)
    need = levels(table, level)
    is_sensitive = np.asarray(table.of(cells, "is_sensitive", False), dtype=bool)
    nothing, cost = np.zeros(len(need), dtype=bool), np.ones(len(need))
    without = choose(table, need, cost, is_sensitive, nothing)
    made_up = [sign * np.where(is_sensitive, 10 * level / table.unit, 0.0) for sign in (1.0, -1.0)]
    for found in (made_up, without.shown.points, [*without.shown.points, *made_up]):
        choice = choose(table, need, cost, is_sensitive, nothing, found)
        assert list(choice.is_hopeless) == list(without.is_hopeless)
        proof = audited(table, choice.is_withheld, need).set_index("cell")["is_protected"]
        assert list(proof) == list(~choice.is_hopeless[choice.is_withheld])


def test_what_others_may_not_know_of_classes_is_carried_over_cell_by_cell() -> None:
    """Classes go with the pieces that they are made of, figures with their classes, and peers with their figures."""
    theirs = known(["ab", "c", "d"], [(0, 1), (2,), (3,)], {"all": {"ab": 1, "c": 1, "d": 1}})
    mine = known(
        ["d", "b"],
        [(3,), (1,)],
        {"all": {"d": 1, "b": 1}, "of b": {"b": 1}, "peers": {"all": 1, "of b": -1}},
    )
    moved, untouched = np.array([5.0, 0.0, -3.0, 2.0]), np.array([0.0, 4.0, 0.0, 4.0])
    carried = mine.as_here([moved, untouched], theirs)
    assert [list(point) for point in carried] == [[-3.0, 5.0, 2.0, 5.0, -3.0], [0.0] * 5]
    assert mine.as_here([], theirs) == []


def known(classes: list[str], pieces: list[tuple[int, ...]], sums: dict[str, dict[str, int]]) -> Known:
    """What a reader knows: classes that are worth 10 each, and sums of what stands before them."""
    names = [*classes, *sums]
    matrix = np.zeros((len(names), len(names)))
    for name, parts in sums.items():
        for part, sign in parts.items():
            matrix[names.index(name), names.index(part)] = sign
    values = np.array([10.0] * len(classes) + [0.0] * len(sums))
    for at in range(len(classes), len(names)):
        values[at] = matrix[at] @ values
    relations = [
        [(at, 1.0), *((int(of), -matrix[at, of]) for of in np.flatnonzero(matrix[at]))]
        for at in range(len(classes), len(names))
    ]
    table = link(names, values, np.zeros(len(names)), np.full(len(names), np.inf), relations)
    no, ones = np.zeros(len(names), dtype=bool), np.ones(len(names))
    return Known(table, ~no, no, no, ones, ones, [None] * len(names), pieces, sparse.csr_matrix(matrix))
