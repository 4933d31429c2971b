"""XmR charts: the peers' own cases, the same rules in boring Python, and what must hold of any series."""

import json
import math
import random
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impact.statistics.xmr import LEAST_POINTS, assurance, run_ends, runs, special_causes, variation, xmr
from tests.sql.boring_charts import part_of_chart

Peer = Callable[[str], pd.DataFrame]

LIMITS = ("centre", "lower_process_limit", "upper_process_limit")


def charted(values: Sequence[float | None], **options: Any) -> pd.DataFrame:
    """One series, its points numbered from 1."""
    table = pd.DataFrame(
        {"series": "a", "month": range(1, len(values) + 1), "value": pd.array(list(values), dtype="Float64")}
    )
    return xmr(table, ["series"], "month", "value", **options)


def causes(values: Sequence[float | None], **options: Any) -> list[str | None]:
    return [None if pd.isna(cause) else cause for cause in charted(values, **options)["special_cause"]]


# The peers' cases


def test_limits_are_the_peers_to_the_precision_they_print(peer_case: Peer) -> None:
    inputs, expected = peer_case("spc/ptd_xmr_inputs"), peer_case("spc/ptd_xmr_expected_limits")
    halves = inputs[inputs["series"] == "seed123"]
    halves = halves.assign(
        series=[f"seed123 rows {'1-10 (facet 0)' if i <= 10 else '11-20 (facet 1)'}" for i in halves.i]
    )
    inputs = pd.concat([inputs, halves])
    for row in expected.to_dict("records"):
        made = xmr(inputs, ["series"], "i", "y", screen=bool(row["screen_outliers"]), least_points=10)
        made = made[made["series"] == row["series"]]
        assert len(made) in (10, 18, 20)
        for name, published in zip(LIMITS, (row["mean"], row["lpl"], row["upl"]), strict=True):
            [found] = made[name].unique()
            assert abs(found - published) <= half_of_last_digit(published, row["precision_of_published_value"])


def half_of_last_digit(published: float, precision: str) -> float:
    """How far a figure may be from one that is printed to "2dp" or to "7 significant figures" or "3 sig figs"."""
    decimals = 2 if "2dp" in precision else int(precision.strip('"')[0]) - 1 - math.floor(math.log10(abs(published)))
    return 0.5001 * float(10.0**-decimals)


def signals(count: int, **columns: Any) -> pd.DataFrame:
    """What the rules are given, where nothing happens but what is said."""
    quiet = {"direction": 0, "side": 0, "is_beyond_limit": False, "is_beyond_near_line": False}
    return pd.DataFrame({"series": 1, "part": 1, "place": range(count), **quiet, **columns})


def complete(count: int, **columns: Any) -> pd.DataFrame:
    """Runs that are complete, where there are none but those said."""
    none = dict.fromkeys(("ends_rise", "ends_fall", "ends_one_side", "ends_two_of_three"), False)
    return signals(count).drop(columns="direction").assign(**none).assign(**columns)


def by_rule(function: str, first: list[int], second: list[int]) -> list[list[int]]:
    """What each way of asking one of the peers' rules gives."""
    count = len(first)
    name = function.partition("(")[0]
    if name == "seven_point_one_side_mean":
        return [run_ends(signals(count, side=first))["ends_one_side"].astype(int).tolist()]
    if name == "seven_point_trend":
        moves = [0] + [(after > before) - (after < before) for before, after in pairwise(first)]
        ends = run_ends(signals(count, direction=moves))
        return [(ends["ends_rise"].astype(int) - ends["ends_fall"].astype(int)).tolist()]
    if name == "part_of_seven_trend":
        rise, fall, either = ([end in ends for end in first] for ends in ((1,), (-1,), (1, -1)))
        trends = runs(complete(count, ends_rise=rise, ends_fall=fall))
        one_side = runs(complete(count, ends_one_side=either))
        in_trend = (trends["is_in_rise"] | trends["is_in_fall"]).astype(int).tolist()
        return [in_trend, one_side["is_in_one_side"].astype(int).tolist()]
    near = [bool(end) for end in first]
    found = runs(run_ends(signals(count, side=second, is_beyond_near_line=near)))
    column = {"two_in_three": "is_among_three", "part_of_two_in_three": "is_in_two_of_three"}[name]
    return [found[column].astype(int).tolist()]


def test_every_rule_gives_what_the_peers_vectors_give(peer_case: Peer) -> None:
    vectors = peer_case("spc/ptd_rule_vectors")
    assert len(vectors) == 31
    for row in vectors.to_dict("records"):
        second = json.loads(row["input_b"]) if isinstance(row["input_b"], str) else []
        for found in by_rule(row["function"], json.loads(row["input_a"]), second):
            assert found == json.loads(row["expected"]), row


def test_precedence_is_the_peers(peer_case: Peer) -> None:
    table = peer_case("spc/ptd_special_cause_priority")
    words = {
        "7 Point Trend (Increasing)": "rising",
        "7 Points Above CL": "run_above",
        "2 in 3 Below CL": "two_of_three_below",
        "Below LCL": "below_limit",
        "Common Cause": "common_cause",
    }
    assert table["y"].is_monotonic_increasing  # which is where the peer takes the direction of its trends from
    found = complete(
        len(table),
        side=table["relative_to_mean"],
        is_beyond_limit=table["outside_limits"] != 0,
        is_in_rise=table["in_7_point_trend"] != 0,
        is_in_fall=[False] * len(table),
        is_in_two_of_three=table["in_2_of_3"] != 0,
        is_in_one_side=table["in_7_one_side"] != 0,
    )
    assert special_causes(found)["special_cause"].tolist() == [words[word] for word in table["expected_type"]]


def test_two_of_three_on_opposite_sides_are_none(peer_case: Peer) -> None:
    table = peer_case("spc/ptd_two_of_three_opposite_sides")
    made = charted(table["y"].tolist())
    last = made.tail(2)
    assert last["special_cause"].tolist() == ["common_cause", "common_cause"]
    assert (last["value"].abs() > last["upper_near_limit"] - last["centre"]).all()


def test_assurance_is_the_peers(peer_case: Peer) -> None:
    table = peer_case("spc/ptd_assurance")
    words = {
        "consistent_fail": "consistently_missed",
        "consistent_pass": "consistently_met",
        "inconsistent": "hit_or_miss",
    }
    polarity = {"increase": "higher_is_better", "decrease": "lower_is_better", "neutral": "none"}
    table["polarity"] = [polarity[direction] for direction in table["improvement_direction"]]
    found = assurance(table, "lpl", "upl", "target", "polarity")["assurance"].tolist()
    assert found == [None if pd.isna(word) else words[word] for word in table["expected_assurance"]]


# A few that can be worked out by hand


def test_limits_are_the_mean_and_2_66_mean_moving_ranges() -> None:
    made = charted([4, 6] * 6).iloc[0]
    assert made["points"] == 12
    assert made["centre"] == pytest.approx((4 * 6 + 6 * 6) / 12)
    assert made["mean_moving_range"] == pytest.approx(2)
    assert made["lower_process_limit"] == pytest.approx(5 - 2.66 * 2)
    assert made["upper_process_limit"] == pytest.approx(5 + 2.66 * 2)
    assert made["lower_near_limit"] == pytest.approx(5 - 2 * 2.66 / 3 * 2)
    assert made["upper_near_limit"] == pytest.approx(5 + 2 * 2.66 / 3 * 2)


def test_screening_drops_extreme_moving_ranges_once() -> None:
    values = [1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]
    assert charted(values)["mean_moving_range"].iloc[0] == pytest.approx((15 * 1 + 8 + 9) / 17)
    assert charted(values, screen=True)["mean_moving_range"].iloc[0] == pytest.approx(1)


def test_fewer_than_twelve_points_have_no_limits_and_no_special_cause() -> None:
    made = charted([1, 2] * 5 + [100])
    assert made.drop(columns=["series", "month", "value", "part"]).isna().all(axis=None)
    assert LEAST_POINTS == 12
    assert causes([1, 2] * 5 + [100, 1])[10] == "above_limit"


def test_one_point_has_no_moving_range_and_so_no_limits_whatever_is_asked() -> None:
    assert causes([5], least_points=1) == [None]
    assert causes([5, 6], least_points=1) == ["common_cause"] * 2


@pytest.mark.parametrize("screen", [False, True])
@pytest.mark.parametrize("value", [0.1, -0.1, 0.0, 1 / 3, 1e9 + 0.1])
def test_a_constant_series_has_no_special_cause(value: float, screen: bool) -> None:
    assert causes([value] * 30, screen=screen) == ["common_cause"] * 30


def test_a_trend_of_seven_is_marked_whole_and_its_turning_point_belongs_to_the_later_one() -> None:
    quiet = [3, 5] * 8
    up, down = [3, 3.1, 3.2, 3.3, 3.4, 3.5, 3.6], [3.5, 3.4, 3.3, 3.2, 3.1, 3]
    found = causes([*quiet, *up, *down, *quiet])
    assert found[16:29] == ["rising"] * 6 + ["falling"] * 7
    found = causes([-value for value in [*quiet, *up, *down, *quiet]])
    assert found[16:29] == ["falling"] * 6 + ["rising"] * 7


def test_two_trends_with_a_step_between_are_both_what_they_are() -> None:
    up = [3, 3.1, 3.2, 3.3, 3.4, 3.5, 3.6]
    assert causes([*[3, 5] * 8, *up, *up, 3])[16:30] == ["rising"] * 14


def test_equal_neighbours_break_a_trend() -> None:
    # 0.1 + 0.2 is 0.3 to whoever reads the chart.
    assert "rising" not in causes([*[0, 1] * 8, 0.1, 0.2, 0.3, 0.1 + 0.2, 0.4, 0.5, 0.6, 0.2])


def test_seven_on_one_side_are_marked_whole_and_a_point_on_the_mean_breaks_them() -> None:
    low, high = [4, 5, 4, 5, 4, 5, 4], [7, 6, 7, 6, 7, 6, 7]
    assert causes([*low, *high]) == ["run_below"] * 7 + ["run_above"] * 7
    assert causes([*low[:4], 5.5, *low[4:], *high[:4], 5.5, *high[4:]]) == ["common_cause"] * 16


def test_a_missing_period_stands_between_neighbours_that_count_as_consecutive() -> None:
    values: list[float | None] = [3, 5] * 8
    with_gap = [*values[:5], None, *values[5:]]
    made = charted(with_gap)
    assert pd.isna(made["special_cause"].iloc[5])
    assert made["points"].tolist() == [16] * 17
    assert made["mean_moving_range"].iloc[5] == pytest.approx(2)


def test_a_series_is_split_where_it_was_rebased() -> None:
    table = pd.DataFrame({"code": "A", "month": range(1, 29), "rate": [4.0, 6.0] * 7 + [14.0, 18.0] * 7})
    other = table.assign(code="B")
    rebase = pd.DataFrame({"code": ["A", "A", "C"], "month": [15, 15, 3], "reason": ["spin-out", "again", "unknown"]})
    made = xmr(pd.concat([other, table]), ["code"], "month", "rate", rebase)
    of_a, of_b = made[made["code"] == "A"], made[made["code"] == "B"]
    assert of_a["part"].tolist() == [1] * 14 + [2] * 14
    assert of_a["centre"].tolist() == pytest.approx([5.0] * 14 + [16.0] * 14)
    assert of_a["mean_moving_range"].tolist() == pytest.approx([2.0] * 14 + [4.0] * 14)
    assert set(of_a["special_cause"]) == {"common_cause"}
    assert of_b["centre"].tolist() == pytest.approx([10.5] * 28)
    assert "common_cause" not in set(of_b["special_cause"])


def test_a_rebasing_between_points_splits_at_the_first_point_after_it() -> None:
    table = pd.DataFrame({"month": ["2024-01", "2024-02", "2024-04"], "rate": [1, 2, 3]})
    made = xmr(table, [], "month", "rate", pd.DataFrame({"month": ["2024-03"]}))
    assert made["part"].tolist() == [1, 1, 2]


@pytest.mark.parametrize(
    ("values", "polarity", "said"),
    [
        ([3, 5] * 8 + [50], "higher_is_better", "improving"),
        ([3, 5] * 8 + [50], "lower_is_better", "concern"),
        ([3, 5] * 8 + [50], "none", "neutral_high"),
        ([3, 5] * 8 + [-50], "higher_is_better", "concern"),
        ([3, 5] * 8 + [-50], "lower_is_better", "improving"),
        ([3, 5] * 8 + [-50], "none", "neutral_low"),
        ([3, 5] * 8 + [-50, None], "none", "neutral_low"),
        ([3, 5] * 8 + [50, 4], "none", "common_cause"),
        ([3, 5] * 3 + [50], "higher_is_better", None),
    ],
)
def test_variation_is_the_state_of_the_last_point(values: list[float | None], polarity: str, said: str | None) -> None:
    [row] = variation(charted(values).assign(wanted=polarity), ["series"], "month", "value", "wanted").itertuples()
    assert row.variation == said
    assert row.month == (17 if values[-1] is None else len(values))


def test_a_target_on_a_limit_or_without_limits_is_neither_met_nor_missed() -> None:
    table = pd.DataFrame(
        {"low": [1, 1, math.nan, 1], "high": [5, 5, 5, 5], "target": [1, 5, 0, math.nan], "polarity": "lower_is_better"}
    )
    found = assurance(table, "low", "high", "target", "polarity")["assurance"].tolist()
    assert found == ["hit_or_miss", "hit_or_miss", None, None]


def test_what_cannot_be_charted_is_refused() -> None:
    table = pd.DataFrame({"month": [1, 1], "rate": [1.0, 2.0]})
    with pytest.raises(ValueError, match="Two rows are the same point"):
        xmr(table, [], "month", "rate")
    with pytest.raises(ValueError, match="infinite"):
        xmr(table.assign(month=[1, 2], rate=[1.0, math.inf]), [], "month", "rate")
    with pytest.raises(ValueError, match="no place in its series"):
        xmr(table.assign(month=[1, math.nan]), [], "month", "rate")
    with pytest.raises(ValueError, match="already has a column 'centre'"):
        xmr(table.assign(month=[1, 2], centre=0), [], "month", "rate")
    with pytest.raises(ValueError, match="Polarity is one of"):
        variation(charted([3, 5] * 8).assign(wanted="up"), ["series"], "month", "value", "wanted")


def test_no_rows_make_no_rows() -> None:
    empty = pd.DataFrame({"code": pd.Series(dtype=str), "month": pd.Series(dtype=int), "rate": pd.Series(dtype=float)})
    made = xmr(empty, ["code"], "month", "rate")
    assert len(made) == 0
    assert "special_cause" in made.columns


# The same in boring Python


def generated(seed: int, length: int) -> list[float | None]:
    """One series of some kind: noise, few distinct values, steps, slopes, walks, constants; some with holes."""
    dice = random.Random(seed)
    kind = seed % 7
    level = dice.choice([0.0, 0.1, 5.0, 1e6])
    values: list[float | None] = []
    walk = 0.0
    for place in range(length):
        walk += dice.gauss(0, 1)
        value = {
            0: dice.gauss(0, 1),
            1: float(dice.randint(0, 3)),
            2: 0.0,
            3: dice.gauss(0, 1) + (3 if place > length / 2 else 0),
            4: 0.3 * place * (1 if place < length / 2 else -1) + dice.gauss(0, 0.2),
            5: walk,
            6: dice.choice([0.1, 0.2, 0.3, 0.1 + 0.2]),
        }[kind]
        values.append(None if dice.random() < 0.05 * (seed % 3) else level + value)
    return values


@pytest.mark.parametrize("screen", [False, True])
def test_the_sql_says_what_boring_python_says_on_10_000_rows(screen: bool) -> None:
    dice = random.Random(7)
    rows: list[tuple[str, int, float | None]] = []
    rebasings: list[tuple[str, int]] = []
    expected: list[tuple[object, ...]] = []
    seed = 0
    while len(rows) < 10_000:
        seed += 1
        values = generated(seed, dice.choice([1, 5, 11, 12, 13, 24, 40, 60, 120]))
        code = f"S{seed:04}"
        split = dice.randrange(len(values)) if seed % 4 == 0 else 0
        if split:
            rebasings.append((code, split))
        rows += [(code, place, value) for place, value in enumerate(values)]
        expected += part_of_chart(values[:split], screen) + part_of_chart(values[split:], screen)
    table = pd.DataFrame(rows, columns=["code", "month", "rate"])
    rebase = pd.DataFrame(rebasings, columns=["code", "month"])
    made = xmr(table.sample(frac=1, random_state=1), ["code"], "month", "rate", rebase, screen)
    assert len(made) == len(rows)
    wanted = pd.DataFrame(expected, columns=[*LIMITS, "special_cause"])
    for name in LIMITS:
        pd.testing.assert_series_equal(made[name], wanted[name].astype(float), rtol=1e-9, atol=1e-9)
    assert [None if pd.isna(cause) else cause for cause in made["special_cause"]] == [
        None if pd.isna(cause) else cause for cause in wanted["special_cause"]
    ]
    assert len(set(made["special_cause"].dropna())) == 9


# What holds of any series


SERIES = st.lists(st.floats(-1e6, 1e6) | st.sampled_from([0.0, 0.1, 0.2, 0.3]) | st.none(), min_size=1, max_size=40)


@settings(max_examples=15, deadline=None)
@given(st.lists(SERIES, min_size=5, max_size=10), st.randoms(use_true_random=False), st.booleans())
def test_shuffled_rows_change_nothing(many: list[list[float | None]], dice: random.Random, screen: bool) -> None:
    rows = [(f"S{which}", month, value) for which, values in enumerate(many) for month, value in enumerate(values)]
    table = pd.DataFrame(rows, columns=["code", "month", "rate"]).astype({"rate": float})
    places = list(table.index)
    dice.shuffle(places)
    rebase = pd.DataFrame({"code": ["S0"], "month": [13]})
    made, again = (xmr(one, ["code"], "month", "rate", rebase, screen) for one in (table, table.loc[places]))
    pd.testing.assert_frame_equal(made, again, check_exact=True)
    assert len(made) == len(rows)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.lists(st.integers(-1000, 1000), min_size=12, max_size=60), min_size=5, max_size=10))
def test_turned_upside_down_high_is_low(many: list[list[int]]) -> None:
    other = {"above": "below", "below": "above", "rising": "falling", "falling": "rising"}
    rows = [(which, month, value) for which, values in enumerate(many) for month, value in enumerate(values)]
    table = pd.DataFrame(rows, columns=["code", "month", "rate"])
    found, turned = (
        xmr(one, ["code"], "month", "rate")["special_cause"] for one in (table, table.assign(rate=-table["rate"]))
    )
    expected = ["_".join(other.get(word, word) for word in cause.split("_")) for cause in found]
    assert turned.tolist() == expected
