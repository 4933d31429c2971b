"""Intervals against the numbers of PHEindicatormethods' own tests, and the laws that they keep."""

import math
from collections.abc import Callable
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impact.statistics.intervals import (
    CONFIDENCES,
    byar,
    counts,
    exact_poisson_limits,
    limit_names,
    mean,
    mean_of_sums,
    rate,
    t_quantiles,
    wilson,
)

PeerCase = Callable[[str], pd.DataFrame]
LEVELS = {"95%": 0.95, "99.8%": 0.998}
BOTH = {"lower95_0cl": "lower_95", "upper95_0cl": "upper_95", "lower99_8cl": "lower_99_8", "upper99_8cl": "upper_99_8"}
NINTH = 1e-9
"""What the peers' numbers are held to, absolute below 1 and relative above."""


def assert_same(found: pd.Series, expected: pd.Series) -> None:
    """To the ninth decimal, or nine figures where the numbers are large, and blank where blank."""
    np.testing.assert_array_equal(found.isna().to_numpy(), expected.isna().to_numpy())
    assert found.dropna().tolist() == pytest.approx(expected.dropna().tolist(), rel=NINTH, abs=NINTH)


def one(table: pd.DataFrame) -> dict[str, object]:
    """The only row of a table."""
    assert len(table) == 1
    return {str(name): value for name, value in table.iloc[0].items()}


def test_wilsons_interval_of_65_in_100() -> None:
    found = one(wilson(pd.DataFrame({"x": [65], "n": [100]}), "x", "n", (0.95, 0.998), 100))
    assert found["value"] == 65
    assert found["lower_95"] == pytest.approx(55.25444329688797, abs=NINTH)
    assert found["upper_95"] == pytest.approx(73.63575175690247, abs=NINTH)
    assert found["lower_99_8"] == pytest.approx(49.54946574070431, abs=NINTH)
    assert found["upper_99_8"] == pytest.approx(77.83540614089696, abs=NINTH)


def test_the_exact_interval_of_1_and_byars_of_20() -> None:
    found = rate(pd.DataFrame({"x": [1, 20], "n": [100, 100]}), "x", "n", 0.95, 100)
    assert found["method"].tolist() == ["exact", "byar"]
    assert found["lower_95"].tolist() == pytest.approx([0.025317807984289897, 12.211428834875937], abs=NINTH)
    assert found["upper_95"].tolist() == pytest.approx([5.571643390938898, 30.889880369197066], abs=NINTH)


def test_a_count_has_exact_limits_below_10_and_byars_from_10() -> None:
    table = pd.DataFrame({"x": [0, 9, 10, None]})
    found = counts(table, "x", CONFIDENCES)
    assert found["method"].fillna("").tolist() == ["exact", "exact", "byar", ""]
    for level in CONFIDENCES:
        lower, upper = limit_names(level)
        exact = exact_poisson_limits(level).iloc[[0, 9]]
        approximate = byar(table, "x", level).iloc[2]
        assert_same(found[lower], pd.Series([*exact["lower"], approximate[lower], np.nan]))
        assert_same(found[upper], pd.Series([*exact["upper"], approximate[upper], np.nan]))


def test_the_mean_of_eight_values() -> None:
    values = [33.09375, 48.38596, 64.83495, 67.98475, 22.93556, 71.23587, 38.78465, 82.37927]
    found = mean(pd.DataFrame({"values": values}), "values", confidence=CONFIDENCES).iloc[:1]
    assert one(found) | {"values": None} == {
        "values": None,
        "value_count": 8,
        "value_sum": pytest.approx(429.6347600000001, abs=NINTH),
        "standard_deviation": pytest.approx(20.97557525770931, abs=NINTH),
        "mean": pytest.approx(53.70434500000001, abs=NINTH),
        "lower_95": pytest.approx(36.168325241336504, abs=NINTH),
        "upper_95": pytest.approx(71.24036475866352, abs=NINTH),
        "lower_99_8": pytest.approx(18.216705294788838, abs=NINTH),
        "upper_99_8": pytest.approx(89.19198470521118, abs=NINTH),
    }


def test_every_limit_of_byar_and_wilson_is_the_peers(peer_case: PeerCase) -> None:
    table = peer_case("phe/byars_wilson")
    assert len(table) == 13
    for level, method in product(LEVELS, ("Wilson", "Byars")):
        lower, upper = limit_names(LEVELS[level])
        expected = table[(table["confidence"] == level) & (table["method"] == method)]
        asked = expected[["x", "n"]]
        found = wilson(asked, "x", "n", LEVELS[level]) if method == "Wilson" else byar(asked, "x", LEVELS[level])
        assert_same(found[lower], expected["lowercl"])
        assert_same(found[upper], expected["uppercl"])


def test_every_proportion_is_the_peers(peer_case: PeerCase) -> None:
    table = peer_case("phe/proportion")
    assert len(table) == 19
    for multiplier in table["multiplier"].unique():
        expected = table[table["multiplier"] == multiplier]
        found = wilson(expected[["Numerator", "Denominator"]], "Numerator", "Denominator", CONFIDENCES, multiplier)
        for theirs, ours in {"value": "value", **BOTH}.items():
            assert_same(found[ours], expected[theirs])


def test_every_grouped_proportion_is_the_peers(peer_case: PeerCase) -> None:
    expected = peer_case("phe/proportion_grouped_results")
    found = wilson(expected[["Numerator", "Denominator"]], "Numerator", "Denominator")
    for theirs, ours in {"value": "value", "lowercl": "lower_95", "uppercl": "upper_95"}.items():
        assert_same(found[ours], expected[theirs])


def test_every_rate_is_the_peers(peer_case: PeerCase) -> None:
    table = peer_case("phe/rate")
    assert len(table) == 20
    for multiplier in table["multiplier"].unique():
        expected = table[table["multiplier"] == multiplier]
        found = rate(expected[["Numerator", "Denominator"]], "Numerator", "Denominator", CONFIDENCES, multiplier)
        for theirs, ours in {"value": "value", **BOTH}.items():
            assert_same(found[ours], expected[theirs])
        method = expected["method"].replace({"Exact": "exact", "Byars": "byar"})
        assert found["method"].fillna("").tolist() == method.fillna("").tolist()


def test_every_grouped_rate_is_the_peers(peer_case: PeerCase) -> None:
    table = peer_case("phe/rate_grouped_results")
    for multiplier in table["multiplier"].unique():
        expected = table[table["multiplier"] == multiplier]
        found = rate(expected[["Numerator", "Denominator"]], "Numerator", "Denominator", 0.95, multiplier)
        for theirs, ours in {"value": "value", "lowercl": "lower_95", "uppercl": "upper_95"}.items():
            assert_same(found[ours], expected[theirs])


def test_every_mean_is_the_peers(peer_case: PeerCase) -> None:
    inputs, expected = peer_case("phe/mean_inputs"), peer_case("phe/mean_results").set_index("area")
    by_area = mean(inputs, "values", ["area"], CONFIDENCES).drop_duplicates("area").set_index("area")
    of_all = mean(inputs, "values", confidence=CONFIDENCES).iloc[:1].assign(area="No grouping").set_index("area")
    found = pd.concat([by_area, of_all]).loc[expected.index]
    names = {"value_sum": "value_sum", "value_count": "value_count", "stdev": "standard_deviation", "value": "mean"}
    for theirs, ours in {**names, **BOTH}.items():
        assert_same(found[ours], expected[theirs])


def test_every_mean_is_the_peers_from_its_sums_too(peer_case: PeerCase) -> None:
    inputs, expected = peer_case("phe/mean_inputs"), peer_case("phe/mean_results")
    sums = (
        inputs.assign(squares=inputs["values"] ** 2)
        .groupby("area")
        .agg(n=("values", "size"), total=("values", "sum"), squares=("squares", "sum"))
    )
    sums.loc["No grouping"] = sums.sum()
    found = mean_of_sums(sums.loc[expected["area"]], "n", "total", "squares", CONFIDENCES)
    for theirs, ours in {"stdev": "standard_deviation", "value": "mean", **BOTH}.items():
        assert_same(found[ours], expected[theirs])


def test_missing_parts_give_blanks() -> None:
    table = pd.DataFrame({"x": [None, 10, None, 0], "n": [100, None, None, 0]})
    for found in (wilson(table, "x", "n"), rate(table, "x", "n")):
        assert found[["value", "lower_95", "upper_95"]].isna().all(axis=None)
    assert rate(table, "x", "n")["method"].fillna("").tolist() == ["", "byar", "", "exact"]
    sums = pd.DataFrame({"n": [5, None, 5], "total": [None, 1, 1], "squares": [1, 1, None]})
    assert mean_of_sums(sums, "n", "total", "squares").iloc[:, 3:].isna().all(axis=None)


def test_a_mean_of_one_has_no_interval() -> None:
    found = mean(pd.DataFrame({"g": ["a", "b", "b"], "v": [4.0, 1.0, 1.0]}), "v", ["g"])
    assert found["mean"].tolist() == [4, 1, 1]
    assert found["standard_deviation"].fillna(-1).tolist() == [-1, 0, 0]
    assert found["lower_95"].fillna(-1).tolist() == [-1, 1, 1]
    sums = mean_of_sums(pd.DataFrame({"n": [1, 0], "total": [4, 0], "squares": [16, 0]}), "n", "total", "squares")
    assert sums["mean"].fillna(-1).tolist() == [4, -1]
    assert sums[["standard_deviation", "lower_95", "upper_95"]].isna().all(axis=None)


def test_missing_is_a_group_of_its_own() -> None:
    found = mean(pd.DataFrame({"g": ["a", None, None], "v": [4.0, 1.0, 3.0]}), "v", ["g"])
    assert found["value_count"].tolist() == [1, 2, 2]


@pytest.mark.parametrize(("n", "total", "squares"), [(2, 10, 49), (0, 1, 0), (0, 0, 1)])
def test_sums_that_no_values_have_are_refused(n: int, total: float, squares: float) -> None:
    with pytest.raises(ValueError, match="in row 0"):
        mean_of_sums(pd.DataFrame({"n": [n], "total": [total], "squares": [squares]}), "n", "total", "squares")


def test_a_count_of_no_population_is_refused() -> None:
    with pytest.raises(ValueError, match="Column 'x' counts something where 'n' is 0 in row 1 "):
        rate(pd.DataFrame({"x": [0, 1], "n": [0, 0]}), "x", "n")


def test_0_of_n_and_n_of_n_reach_the_ends() -> None:
    table = pd.DataFrame({"x": [0, 7, 0, 10**9], "n": [7, 7, 10**9, 10**9]})
    found = wilson(table, "x", "n", 0.998)
    assert found["lower_99_8"].tolist()[::2] == [0, 0]
    assert found["upper_99_8"].tolist()[1::2] == [1, 1]
    assert one(rate(table.iloc[:1], "x", "n", 0.95, 1)) == {
        "x": 0,
        "n": 7,
        "value": 0,
        "method": "exact",
        "lower_95": 0,
        "upper_95": pytest.approx(-math.log(0.025) / 7, rel=1e-12),
    }


def test_the_tables_to_join_are_what_scipy_says() -> None:
    from scipy.stats import chi2, t

    for level in CONFIDENCES:
        tail = (1 - level) / 2
        exact = exact_poisson_limits(level)
        assert exact["count"].tolist() == list(range(10))
        lower = [0 if x == 0 else chi2.ppf(tail, 2 * x) / 2 for x in range(10)]
        assert exact["lower"].tolist() == pytest.approx(lower, rel=1e-12)
        assert exact["upper"].tolist() == pytest.approx(
            [chi2.ppf(1 - tail, 2 * x + 2) / 2 for x in range(10)], rel=1e-12
        )
        quantiles = t_quantiles(level, 50)
        assert quantiles["t"].tolist() == pytest.approx(t.ppf(1 - tail, quantiles["degrees"]).tolist(), rel=1e-12)


PARTS = st.integers(0, 10**7).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@settings(deadline=None, max_examples=25)  # a query may wait for the machine
@given(st.lists(PARTS, min_size=1, max_size=30))
def test_the_limits_of_shares_and_rates_contain_them_in_order(parts: list[tuple[int, int]]) -> None:
    table = pd.DataFrame(parts, columns=["x", "n"])
    table = table[table["n"] > 0]
    for found in (wilson(table, "x", "n", CONFIDENCES), rate(table, "x", "n", CONFIDENCES)):
        across = found[["lower_99_8", "lower_95", "value", "upper_95", "upper_99_8"]].to_numpy(dtype=float)
        assert (np.diff(across, axis=1) >= 0).all()
        assert (across >= 0).all()
    assert (wilson(table, "x", "n", CONFIDENCES)["upper_99_8"] <= 1).all()


@settings(deadline=None, max_examples=25)  # a query may wait for the machine
@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(-1e6, 1e6)), min_size=1, max_size=30), st.randoms())
def test_the_order_of_rows_changes_no_digit_of_a_mean(rows: list[tuple[str, float]], random: object) -> None:
    table = pd.DataFrame(rows, columns=["g", "v"])
    order = list(range(len(table)))
    random.shuffle(order)  # type: ignore[attr-defined]
    found = mean(table, "v", ["g"], CONFIDENCES)
    pd.testing.assert_frame_equal(found.iloc[order], mean(table.iloc[order], "v", ["g"], CONFIDENCES), check_exact=True)
    across = found[["lower_99_8", "lower_95", "mean", "upper_95", "upper_99_8"]].dropna().to_numpy(dtype=float)
    assert (np.diff(across, axis=1) >= 0).all()
