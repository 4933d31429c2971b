"""Discounting and real terms against the numbers of the greenbook package, and the laws that they keep."""

from collections.abc import Callable
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impact.statistics.greenbook import deflate, discount_factors, discount_rate, discount_rates, present_value

PeerCase = Callable[[str], pd.DataFrame]

SCHEDULE = pd.DataFrame(
    {
        "year_from": [76, 0, 31],
        "year_to": [125, 30, 75],
        "standard": [0.025, 0.035, 0.03],
        "health": [0.01, 0.015, 0.0129],
    }
)
"""Out of order, since a table has none."""

DEFLATORS = pd.DataFrame({"year": ["2023-24", "2024-25", "2025-26"], "deflator": [96.0, 100.0, 102.5]})


def test_the_rate_falls_after_30_and_75_years() -> None:
    assert [discount_rate(year, SCHEDULE) for year in (0, 30, 31, 75, 76, 125)] == [
        0.035,
        0.035,
        0.03,
        0.03,
        0.025,
        0.025,
    ]
    assert discount_rate(31, SCHEDULE, "health") == 0.0129


def test_the_factor_is_the_product_of_the_years_before() -> None:
    found = discount_factors(pd.DataFrame({"year": [0, 1, 30, 31, 76]}), "year", SCHEDULE)["discount_factor"]
    expected = [1, 1 / 1.035, 1 / 1.035**30, 1 / (1.035**30 * 1.03), 1 / (1.035**30 * 1.03**45 * 1.025)]
    assert found.tolist() == pytest.approx(expected, rel=1e-12)


def test_a_saving_every_year_and_its_cost_now() -> None:
    table = pd.DataFrame({"gbp": [Decimal("-100.00"), Decimal("60.00"), Decimal("60.00")], "year": [0, 1, 2]})
    found = present_value(table, "gbp", "year", SCHEDULE)
    assert found["present_value"].tolist() == pytest.approx([-100, 60 / 1.035, 60 / 1.035**2], rel=1e-12)


def test_every_rate_is_the_peers(peer_case: PeerCase) -> None:
    schedule, expected = peer_case("greenbook/stpr_schedule"), peer_case("greenbook/stpr_expected")
    assert len(expected) == 21
    for rate in expected["schedule"].unique():
        rows = expected[expected["schedule"] == rate]
        assert discount_rates(rows, "year", schedule, rate)["discount_rate"].tolist() == rows["expected_rate"].tolist()


def test_every_factor_is_the_peers(peer_case: PeerCase) -> None:
    schedule, expected = peer_case("greenbook/stpr_schedule"), peer_case("greenbook/discount_factor_expected")
    found = discount_factors(expected, "year", schedule)["discount_factor"]
    assert found.tolist() == pytest.approx(expected["expected_factor"].tolist(), abs=1e-12)


def test_every_deflated_amount_is_the_peers(peer_case: PeerCase, calendar_deflators: pd.DataFrame) -> None:
    expected = peer_case("greenbook/deflator_expected")
    found = deflate(expected, "nominal", "from_year", calendar_deflators, "to_year", "December 2025")
    assert found["real_terms"].tolist() == pytest.approx(expected["expected_real"].tolist(), abs=1e-9)
    assert set(found["deflator_vintage"]) == {"December 2025"}


def test_an_amount_in_the_prices_of_another_year() -> None:
    table = pd.DataFrame({"gbp": [48.0, -100.0], "year": ["2023-24", "2024-25"]})
    found = deflate(table, "gbp", "year", DEFLATORS, "2024-25", "March 2026")
    assert found["real_terms"].tolist() == pytest.approx([50, -100], rel=1e-12)


@pytest.mark.parametrize(("year", "base"), [("2026-27", "2024-25"), ("2024-25", "2026-27"), (2024, "2024-25")])
def test_a_year_that_the_deflators_do_not_cover_is_named(year: object, base: str) -> None:
    table = pd.DataFrame({"gbp": [48.0], "year": pd.Series([year], dtype=object)})
    missing = year if base == "2024-25" else base
    with pytest.raises(
        ValueError, match=f"deflators 'March 2026' do not cover {missing}. They cover 2023-24, 2024-25,"
    ):
        deflate(table, "gbp", "year", DEFLATORS, base, "March 2026")


def test_a_year_that_is_missing_is_not_covered() -> None:
    table = pd.DataFrame({"gbp": [48.0], "year": pd.Series([None], dtype=object)})
    with pytest.raises(ValueError, match="do not cover None"):
        deflate(table, "gbp", "year", DEFLATORS, "2024-25", "March 2026")


def test_a_year_with_two_deflators_or_a_deflator_of_nothing_is_refused() -> None:
    table = pd.DataFrame({"gbp": [48.0], "year": ["2023-24"]})
    with pytest.raises(ValueError, match="'March 2026' have more than one row for 2024-25"):
        deflate(table, "gbp", "year", DEFLATORS.assign(year=["2023-24", "2024-25", "2024-25"]), "2024-25", "March 2026")
    with pytest.raises(ValueError, match="Column 'deflator' holds a number that is not above 0 in row 1 "):
        deflate(table, "gbp", "year", DEFLATORS.assign(deflator=[96, 0, 1]), "2024-25", "March 2026")


@pytest.mark.parametrize("year", [126, -1, 0.5, None, "0"])
def test_a_year_outside_the_schedule_is_refused(year: int) -> None:
    with pytest.raises(ValueError, match="'year'"):
        discount_rate(year, SCHEDULE)
    with pytest.raises(ValueError, match="'year'"):
        discount_factors(pd.DataFrame({"year": pd.Series([year], dtype=object)}), "year", SCHEDULE)


@pytest.mark.parametrize(
    "changed",
    [{"year_from": [77, 0, 31]}, {"year_from": [76, 0, 30]}, {"year_from": [76, 1, 31]}, {"year_to": [70, 30, 75]}],
    ids=["gap", "overlap", "not from 0", "backwards"],
)
def test_a_schedule_with_gaps_or_overlaps_is_refused(changed: dict[str, list[int]]) -> None:
    with pytest.raises(ValueError, match="do not follow one another"):
        discount_rate(5, SCHEDULE.assign(**changed))
    with pytest.raises(ValueError, match="do not follow one another"):
        discount_rate(5, SCHEDULE.iloc[:0])


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(0, 125), min_size=1, max_size=30))
def test_later_is_worth_less(years: list[int]) -> None:
    found = discount_factors(pd.DataFrame({"year": sorted(years)}), "year", SCHEDULE)["discount_factor"].to_numpy()
    assert (np.diff(found) <= 0).all()
    assert (found > 0).all()
    assert (found <= 1).all()


@settings(deadline=None, max_examples=25)  # a query may wait for the machine
@given(st.lists(st.tuples(st.floats(-1e9, 1e9), st.sampled_from(DEFLATORS["year"].tolist())), min_size=1, max_size=20))
def test_there_and_back_is_the_same_amount(rows: list[tuple[float, str]]) -> None:
    table = pd.DataFrame(rows, columns=["gbp", "year"])
    there = deflate(table, "gbp", "year", DEFLATORS, "2025-26", "March 2026")
    back = deflate(
        there[["real_terms", "year"]].rename(columns={"real_terms": "gbp"}).assign(base="2025-26"),
        "gbp",
        "base",
        DEFLATORS,
        "year",
        "March 2026",
    )
    # The column `year` is named, so each amount goes back to its own year.
    assert back["real_terms"].tolist() == pytest.approx(table["gbp"].tolist(), rel=1e-12, abs=1e-12)
