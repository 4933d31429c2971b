"""Which cells are sensitive in themselves: the peers' own cases, and what a sign or a second record must not hide."""

from collections.abc import Callable

import pandas as pd
import pytest

from impact.disclosure.primary import contributions, is_dominated, is_few, is_within_p_percent, is_within_pq

Peer = Callable[[str], pd.DataFrame]


def cell(*contributed: float) -> pd.DataFrame:
    records = pd.DataFrame({"value": contributed})
    return contributions(records, [], "value")


def test_every_rule_marks_the_cells_that_the_peer_marks(peer_case: Peer) -> None:
    cells = peer_case("sdc/sdctable_primary_expected")
    assert len(cells) == 15
    for column, found in (
        ("freq_le_2", is_few(cells, fewer_than=3)),
        ("nk_2_75", is_dominated(cells, n=2, percent=75)),
        ("p_70", is_within_p_percent(cells, p=70)),
        ("pq_60_80", is_within_pq(cells, p=60, q=80)),
    ):
        assert found.astype(int).tolist() == cells[column].tolist(), column
    assert cells.loc[is_few(cells, 3), "cell_id"].tolist() == [6]
    assert cells.loc[is_within_pq(cells, 60, 80), "cell_id"].tolist() == [6, 14]


def test_the_cells_are_those_that_the_peer_makes_of_its_records(peer_case: Peer) -> None:
    keys, figures = ["region", "gender"], ["freq", "total", "top1", "top2"]
    made = contributions(peer_case("sdc/sdctable_microdata1"), keys, "val", all_of="total")
    expected = peer_case("sdc/sdctable_primary_expected").sort_values(keys, ignore_index=True)
    pd.testing.assert_frame_equal(made[[*keys, *figures]], expected[[*keys, *figures]], check_dtype=False)


def test_a_negative_contribution_hides_nobody() -> None:
    # Net 10 in all, but whoever gave -90 knows the 100 to within the 1 that is left.
    [one] = cell(100, -90, 1).to_dict("records")
    assert (one["value"], one["total"], one["top1"], one["top2"]) == (100 - 90 + 1, 100 + 90 + 1, 100, 90)
    assert is_within_p_percent(cell(100, -90, 1), p=10).tolist() == [True]
    assert is_within_p_percent(cell(100, -90, 11), p=10).tolist() == [False]


def test_several_records_of_one_contributor_are_one_contribution() -> None:
    records = pd.DataFrame({"who": ["A", "A", "A", "B"], "area": ["N", "N", "S", "S"], "value": [5, 6, -4, 3]})
    made = contributions(records, ["area"], "value", contributor="who")
    assert made[["area", "freq", "value", "total", "top1", "top2"]].to_numpy().tolist() == [
        ["ALL", 2, 5 + 6 - 4 + 3, (5 + 6 - 4) + 3, 5 + 6 - 4, 3],
        ["N", 1, 5 + 6, 5 + 6, 5 + 6, 0],
        ["S", 2, -4 + 3, 4 + 3, 4, 3],
    ]


def test_acros_rule_is_the_p_percent_rule_at_10() -> None:
    for rest in (9.99, 10.0, 10.01):
        [one] = cell(100, 50, rest).to_dict("records")
        acro = (one["total"] - one["top1"] - one["top2"]) / one["top1"] < 0.10
        assert is_within_p_percent(cell(100, 50, rest), p=10).tolist() == [acro]


@pytest.mark.parametrize(("count", "few"), [(0, False), (1, True), (10, True), (11, False)])
def test_nobody_is_not_few(count: int, few: bool) -> None:
    assert is_few(pd.DataFrame({"freq": [count]}), fewer_than=11).tolist() == [few]


def test_one_contributor_dominates_and_nothing_at_all_does_not() -> None:
    assert is_dominated(cell(5), n=1, percent=75).tolist() == [True]
    assert is_within_p_percent(cell(5), p=10).tolist() == [True]
    assert is_dominated(cell(0, 0), n=1, percent=75).tolist() == [False]
    assert is_within_p_percent(cell(0, 0), p=10).tolist() == [False]
    three = contributions(pd.DataFrame({"value": [4, 3, 2, 1]}), [], "value", top=3)
    assert is_dominated(three, n=3, percent=89).tolist() == [True]
    assert is_dominated(three, n=3, percent=90).tolist() == [False]


def test_a_pq_rule_that_knows_less_than_it_asks_is_refused() -> None:
    with pytest.raises(ValueError, match="0 < p < q <= 100"):
        is_within_pq(cell(5), p=80, q=60)
