"""Funnels against the numbers of PHEindicatormethods and FunnelPlotR, and the laws that they keep."""

import math
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impact.statistics.funnels import (
    POSITIONS,
    cut_off,
    dispersion,
    drawn_in,
    poisson_ratio_limits,
    share_funnel,
    share_limits,
    widened_ratio_funnel,
    widened_share_funnel,
)

PeerCase = Callable[[str], pd.DataFrame]
LIMITS = ["lower_99_8", "lower_95", "upper_95", "upper_99_8"]
SHMI = pd.DataFrame({"observed": [100, 150, 180, 80, 120, 225], "expected": [108, 112, 165, 95, 100, 220]})
WORDS = {
    "below 99.8%": "Low (0.001)",
    "below 95%": "Low (0.025)",
    "inside 95%": "Not significant",
    "above 95%": "High (0.025)",
    "above 99.8%": "High (0.001)",
}


def test_the_limits_of_a_share_are_z_standard_errors_around_the_target_and_stay_within_0_and_1() -> None:
    table = pd.DataFrame({"n": [1, 4, 10_000]})
    found = share_limits(table, "n", 0.8, 100)
    assert found["lower_95"].tolist() == pytest.approx(
        [(0.8 - 1.959963984540054 * math.sqrt(0.8 * 0.2 / n)) * 100 for n in (1, 4, 10_000)], abs=1e-9
    )
    assert found["lower_99_8"].tolist()[0] == 0
    assert found["upper_95"].tolist() == [100, 100, pytest.approx(80 + 1.959963984540054 * 0.4, abs=1e-9)]


def test_every_limit_of_a_proportion_is_the_peers(peer_case: PeerCase) -> None:
    inputs, expected = peer_case("phe/funnel_prop_inputs"), peer_case("phe/funnel_prop_outputs")
    target = inputs["numerator"].sum() / inputs["denominator"].sum()
    found = share_limits(expected[["Population"]], "Population", target, 100)
    names = {
        "Lower2s0025limit": "lower_95",
        "Upper2s0025limit": "upper_95",
        "Lower3s0001limit": "lower_99_8",
        "Upper3s0001limit": "upper_99_8",
    }
    assert len(found) == 100
    for theirs, ours in names.items():
        np.testing.assert_allclose(found[ours], expected[theirs], rtol=0, atol=5.0001e-7)  # printed with six decimals
    assert expected["Baseline"].tolist() == pytest.approx([target * 100] * 100, abs=5e-7)


def test_every_significance_of_a_proportion_is_the_peers(peer_case: PeerCase) -> None:
    table = peer_case("phe/funnel_prop_inputs")
    found = share_funnel(table, "numerator", "denominator")
    assert len(found) == 303
    assert found["position"].map(WORDS).tolist() == table["significance"].tolist()


def test_a_value_on_a_limit_is_inside_it() -> None:
    limit = float(share_limits(pd.DataFrame({"n": [100]}), "n", 0.5)["upper_95"].iloc[0])
    table = pd.DataFrame({"x": [limit * 100, limit * 100 + 1e-6, 100, 0], "n": [100] * 4})
    assert share_funnel(table, "x", "n", 0.5)["position"].tolist() == [
        "inside 95%",
        "above 95%",
        "above 99.8%",
        "below 99.8%",
    ]


def test_every_value_may_have_a_target_of_its_own() -> None:
    table = pd.DataFrame({"x": [50, 50], "n": [100, 100], "peers": [0.5, 0.9]})
    assert share_funnel(table, "x", "n", "peers")["position"].tolist() == ["inside 95%", "below 99.8%"]
    with pytest.raises(ValueError, match="is over 1 in row 1 "):
        share_funnel(table.assign(peers=[0.5, 1.5]), "x", "n", "peers")
    with pytest.raises(ValueError, match="Column 'target' holds a negative number"):
        share_limits(table, "n", -0.1)


def test_every_poisson_limit_is_the_peers(peer_case: PeerCase) -> None:
    expected = peer_case("funnel/funnelplotr_poisson_limits")
    found = poisson_ratio_limits(expected[["expected_events"]], "expected_events")
    for theirs, ours, decimals in (
        ("ll95", "lower_95", 7),
        ("ul95", "upper_95", 6),
        ("ll998", "lower_99_8", 7),
        ("ul998", "upper_99_8", 6),
    ):
        assert found[ours].round(decimals).tolist() == pytest.approx(expected[theirs].tolist(), abs=1e-12), theirs


def test_the_poisson_limits_at_15() -> None:
    found = poisson_ratio_limits(pd.DataFrame({"expected": [15]}), "expected", 100)
    assert found[LIMITS].iloc[0].tolist() == pytest.approx([38.6265, 55.96924, 164.9348, 208.2907], abs=5e-5)


def test_phi_and_tau_squared_of_six_hospitals() -> None:
    found = widened_ratio_funnel(SHMI, "observed", "expected")
    assert found["phi"].tolist() == pytest.approx([2.9480331751023585] * 6, rel=1e-12)
    assert found["tau_squared"].tolist() == pytest.approx([0.01947753057802157] * 6, rel=1e-12)
    half = 1.959963984540054 * math.sqrt(1 / 112 + 0.01947753057802157)
    assert found["lower_95"].iloc[1] == pytest.approx(math.exp(-half), rel=1e-12)
    assert found["upper_95"].iloc[1] == pytest.approx(math.exp(half), rel=1e-12)
    # Beyond 99.8% of Poisson limits, and not so remarkable among hospitals that lie so far apart.
    assert found["position"].tolist() == ["inside 95%"] * 6


def test_phi_and_tau_squared_are_the_peers(peer_case: PeerCase) -> None:
    table = peer_case("funnel/funnelplotr_sr_example")
    found = widened_ratio_funnel(table, "numerator", "denominator")
    assert found["phi"].round(6).tolist() == table["expected_phi_6dp"].tolist()
    assert found["tau_squared"].tolist() == pytest.approx(table["independent_tau2"].tolist(), abs=1e-12)


def test_a_tenth_at_each_end_is_cut_off_by_rank() -> None:
    assert cut_off(np.arange(6.0), 0.1).tolist() == [True] * 6
    assert cut_off(np.arange(10.0), 0.1).tolist() == [False] + [True] * 8 + [False]
    assert cut_off(np.arange(20.0), 0.1).tolist() == [False] * 2 + [True] * 16 + [False] * 2
    assert cut_off(np.arange(29.0), 0.1).tolist() == [False] * 2 + [True] * 24 + [False] * 3
    assert cut_off(np.arange(10.0), 0).tolist() == [True] * 10


def test_an_outlier_that_is_cut_off_does_not_widen_the_funnel() -> None:
    rest = pd.DataFrame({"observed": [100, 110, 90, 105, 95, 102, 98, 107, 93, 101], "expected": [100] * 10})
    wild = rest.assign(observed=[*rest["observed"][:-1], 300])
    assert widened_ratio_funnel(wild, "observed", "expected", 0)["tau_squared"].iloc[0] > 0.1
    found = widened_ratio_funnel(wild, "observed", "expected")
    assert found["tau_squared"].iloc[0] == 0
    assert found["position"].iloc[-1] == "above 99.8%"


def test_z_scores_beyond_a_quantile_are_drawn_in_to_it() -> None:
    assert drawn_in(np.array([-9.0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 99]), 0.1).tolist() == [1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9]
    assert drawn_in(np.array([-9.0, 1, 99]), 0).tolist() == [-9, 1, 99]


@pytest.mark.parametrize("share", [-0.1, 0.5, 1, math.nan])
def test_less_than_half_can_be_left_out_at_each_end(share: float) -> None:
    with pytest.raises(ValueError, match="share at each end"):
        widened_ratio_funnel(SHMI, "observed", "expected", share)
    with pytest.raises(ValueError, match="share at each end"):
        widened_share_funnel(pd.DataFrame({"x": [1], "n": [2]}), "x", "n", share_drawn_in=share)


def test_the_widened_funnel_of_shares_step_by_step() -> None:
    table = pd.DataFrame({"x": [40, 90, 160, 60], "n": [100, 150, 200, 120]})
    pooled = 350 / 570
    z = [(math.asin(math.sqrt(x / n)) - math.asin(math.sqrt(pooled))) * 2 * math.sqrt(n) for x, n in table.values]
    weights = [4 * n for n in table["n"]]
    phi = sum(each**2 for each in z) / 4
    tau_squared = (4 * phi - 3) / (sum(weights) - sum(weight**2 for weight in weights) / sum(weights))
    assert tau_squared > 0
    found = widened_share_funnel(table, "x", "n", share_drawn_in=0, multiplier=100)
    assert found["z_score"].tolist() == pytest.approx(z, rel=1e-12)
    assert found["phi"].tolist() == pytest.approx([phi] * 4, rel=1e-12)
    assert found["tau_squared"].tolist() == pytest.approx([tau_squared] * 4, rel=1e-12)
    assert found["target"].tolist() == pytest.approx([pooled * 100] * 4, rel=1e-12)
    for level, sign, name in ((1.959963984540054, -1, "lower_95"), (3.090232306167813, 1, "upper_99_8")):
        angles = [
            math.asin(math.sqrt(pooled)) + sign * level * math.sqrt(1 / (4 * n) + tau_squared) for n in table["n"]
        ]
        expected = [100 * math.sin(min(max(angle, 0), math.pi / 2)) ** 2 for angle in angles]
        assert found[name].tolist() == pytest.approx(expected, rel=1e-12)


def test_drawing_in_narrows_the_funnel_of_shares() -> None:
    table = pd.DataFrame({"x": [50, 55, 45, 52, 48, 51, 49, 54, 46, 99], "n": [100] * 10})
    plain = widened_share_funnel(table, "x", "n", 0.5, 0)["tau_squared"].iloc[0]
    assert 0 <= widened_share_funnel(table, "x", "n", 0.5)["tau_squared"].iloc[0] < plain


def test_a_single_organisation_has_no_spread() -> None:
    assert dispersion(np.array([3.0]), np.array([0.1])).tau_squared == 0
    assert widened_ratio_funnel(SHMI.iloc[:1], "observed", "expected")["tau_squared"].tolist() == [0]


def test_what_has_no_dispersion_is_refused() -> None:
    for z, errors in (([], []), ([1.0], [1.0, 2.0]), ([1.0], [0.0]), ([math.nan], [1.0])):
        with pytest.raises(ValueError, match=r"z-score"):
            dispersion(np.array(z), np.array(errors))


def test_nothing_observed_has_no_logarithm() -> None:
    with pytest.raises(ValueError, match="Column 'observed' holds a number that is not above 0 in row 0 "):
        widened_ratio_funnel(SHMI.assign(observed=[0, 1, 2, 3, 4, 5]), "observed", "expected")


def test_0_of_0_lies_in_no_funnel() -> None:
    with pytest.raises(ValueError, match="Column 'n' holds a number that is not above 0 in row 1 "):
        share_funnel(pd.DataFrame({"x": [1, 0], "n": [2, 0]}), "x", "n")


PARTS = st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.long
@settings(deadline=None, max_examples=25)  # a query may wait for the machine
@given(st.lists(PARTS, min_size=2, max_size=30), st.floats(0, 1), st.randoms())
def test_funnels_of_shares_are_in_order_hold_their_target_and_do_not_mind_the_order_of_rows(
    parts: list[tuple[int, int]], target: float, random: object
) -> None:
    table = pd.DataFrame(parts, columns=["x", "n"])
    order = list(range(len(table)))
    random.shuffle(order)  # type: ignore[attr-defined]
    for funnel in (share_funnel, widened_share_funnel):
        found = funnel(table, "x", "n", target)
        across = found[LIMITS].to_numpy(dtype=float)
        assert (np.diff(across, axis=1) >= 0).all()
        assert (across >= 0).all()
        assert (across <= 1).all()
        assert (across[:, 1] <= target + 1e-12).all()
        assert (across[:, 2] >= target - 1e-12).all()
        assert set(found["position"]) <= set(POSITIONS)
        pd.testing.assert_frame_equal(found.iloc[order], funnel(table.iloc[order], "x", "n", target), check_exact=True)


@settings(deadline=None, max_examples=25)  # a query may wait for the machine
@given(st.lists(st.tuples(st.floats(0.2, 5), st.floats(0.5, 9999)), min_size=2, max_size=30))
def test_widening_never_narrows_a_funnel_of_ratios(rows: list[tuple[float, float]]) -> None:
    # Ratios from a fifth to five: were one 1 in 4,000, its limits would be beyond what a double holds.
    table = pd.DataFrame([(ratio * expected, expected) for ratio, expected in rows], columns=["observed", "expected"])
    found = widened_ratio_funnel(table, "observed", "expected")
    across = found[LIMITS].to_numpy(dtype=float)
    assert (np.diff(across, axis=1) > 0).all()
    narrow = np.exp(1.959963984540054 / np.sqrt(table["expected"]))
    assert (found["upper_95"] >= narrow * (1 - 1e-12)).all()
    assert (found["tau_squared"] >= 0).all()
