"""The Friends and Family Test against the examples of NHS England's own pipeline."""

from collections.abc import Callable

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impact.statistics.fft import WITHHELD, cascade, first_level, masked, ranked, second_level, shares

PeerCase = Callable[[str], pd.DataFrame]
ANSWERS = ["very_good", "good", "neither", "poor", "very_poor", "dont_know"]


def withheld(table: pd.DataFrame, by: list[str], parent: bool = False) -> pd.DataFrame:
    """All three steps; the total of each group is itself withheld or not."""
    found = second_level(first_level(ranked(table, "total", "code", by), "total"), by=by)
    return cascade(found.assign(is_parent_withheld=parent))


def test_shares_are_of_all_answers() -> None:
    table = pd.DataFrame({"very_good": [40], "good": [30], "poor": [10], "very_poor": [5], "total_responses": [100]})
    found = shares(table).iloc[0]
    assert (found["positive_share"], found["negative_share"]) == (0.7, 0.15)


def test_more_answers_than_people_are_refused() -> None:
    table = pd.DataFrame({"very_good": [40], "good": [30], "poor": [10], "very_poor": [5], "total_responses": [84]})
    with pytest.raises(ValueError, match="'total_responses' counts in row 0 "):
        shares(table)


def test_every_percentage_is_the_peers(peer_case: PeerCase) -> None:
    table = peer_case("fft/fft_percentages")
    found = shares(table)
    for theirs, ours in (("expected_pct_positive", "positive_share"), ("expected_pct_negative", "negative_share")):
        assert found[ours].isna().tolist() == table[theirs].isna().tolist()
        assert found[ours].dropna().tolist() == pytest.approx(table[theirs].dropna().tolist(), abs=1e-12)


def test_1_to_4_answers_are_withheld_and_none_is_not() -> None:
    found = first_level(pd.DataFrame({"total": [0, 1, 4, 5]}), "total")
    assert found["is_first_level"].tolist() == [False, True, True, False]


def test_every_first_level_is_the_peers(peer_case: PeerCase) -> None:
    table = peer_case("fft/fft_first_level")
    found = first_level(table, "total_responses")["is_first_level"]
    assert found.tolist() == (table["expected_first_level"] == 1).tolist()


def test_every_second_level_is_the_peers(peer_case: PeerCase) -> None:
    table = peer_case("fft/fft_second_level")
    found = second_level(table, "rank", "first_level", ["case", "group"])["is_second_level"]
    assert found.tolist() == (table["expected_second_level"] == 1).tolist()


def test_every_cascade_is_the_peers(peer_case: PeerCase) -> None:
    table = peer_case("fft/fft_cascade")
    found = cascade(table, "child_rank", "parent_suppressed")["is_cascade"]
    assert found.tolist() == (table["expected_cascade"] == 1).tolist()


def test_every_mask_is_the_peers(peer_case: PeerCase) -> None:
    table = peer_case("fft/fft_value_masking")
    found = masked(table, ANSWERS, ["pct_positive", "pct_negative"], "first_level", ["second_level"])
    for theirs, names in (("expected_likert", ANSWERS), ("expected_percentages", ["pct_positive", "pct_negative"])):
        for name in names:
            expected = [
                WITHHELD if word == "*" else value for word, value in zip(table[theirs], table[name], strict=True)
            ]
            assert found[f"{name}_shown"].tolist() == expected


def test_the_peers_example_of_differencing(peer_case: PeerCase) -> None:
    table = peer_case("fft/fft_differencing_example")
    trusts = table[table["level"] == "Trust"].rename(columns={"responses": "total", "org": "code"})
    found = withheld(trusts, [], parent=True)
    hidden = found["is_first_level"] | found["is_second_level"] | found["is_cascade"]
    assert hidden.tolist() == trusts["expected_shown"].str.startswith("*").tolist()
    assert found["rank"].tolist() == [3, 2, 1]
    # Without a parent that is withheld, the second step withholds the same two.
    assert withheld(trusts, [])["is_second_level"].tolist() == [False, True, False]


def test_ranks_leave_out_those_without_answers_and_ties_follow_the_code() -> None:
    table = pd.DataFrame({"total": [5, 0, 5, 2, 9], "code": ["b", "x", "a", "c", "a"], "group": [1, 1, 1, 1, 2]})
    assert ranked(table, "total", "code", ["group"])["rank"].tolist() == [3, 0, 2, 1, 1]
    with pytest.raises(ValueError, match="Column 'code' repeats a code of the same group in row 2 "):
        ranked(table.assign(code=["a", "b", "a", "c", "d"]), "total", "code")


def test_counts_go_with_any_flag_and_shares_with_the_first_only() -> None:
    table = pd.DataFrame(
        {
            "poor": [1, 2, 3, 4],
            "share": [0.1, 0.2, 0.3, 0.4],
            "is_first_level": [True, False, False, False],
            "is_second_level": [False, True, False, False],
            "is_cascade": [False, False, True, False],
        }
    )
    found = masked(table, ["poor"], ["share"])
    assert found["poor_shown"].tolist() == [WITHHELD, WITHHELD, WITHHELD, 4]
    assert found["share_shown"].tolist() == [WITHHELD, 0.2, 0.3, 0.4]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 12)), min_size=1, max_size=15), st.booleans())
def test_a_group_never_has_one_withheld_alone_while_another_could_hide_it(
    rows: list[tuple[str, int]], parent: bool
) -> None:
    table = pd.DataFrame(rows, columns=["group", "total"])
    table["code"] = [f"{place:02}" for place in range(len(table))]
    found = withheld(table, ["group"], parent)
    found["is_hidden"] = found["is_first_level"] | found["is_second_level"] | found["is_cascade"]
    assert not (found["is_hidden"] & (found["total"] == 0)).any()
    assert found.loc[found["total"].between(1, 4), "is_hidden"].all()
    for _, group in found[found["total"] > 0].groupby("group"):
        assert group["is_hidden"].sum() != 1 or len(group) == 1
        if parent:
            assert group["is_hidden"].sum() >= min(2, len(group))
