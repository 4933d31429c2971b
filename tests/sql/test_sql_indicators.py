"""sql/indicators on a few rows: which months a period has, what is added up over them, and how many were expected."""

from datetime import date

import duckdb
import pytest

from impact.warehouse import build_models
from tests.sql.tables import (
    PER_FTE,
    RATE,
    Row,
    absence,
    broken_claims,
    build,
    months,
    official,
    one,
    organisation,
    row,
    run,
    select,
    tables,
)

PERIOD = "indicators.period"
FIGURE = "indicators.organisation_indicator"


def figures(*rows: Row) -> duckdb.DuckDBPyConnection:
    return run(tables(*rows), FIGURE)


def test_periods_run_from_the_quarter_of_the_first_measure_to_the_last_measure() -> None:
    made = run(tables(absence("M1", "2025-12", 1, 100), absence("M1", "2026-02", 1, 100)), PERIOD)
    assert select(made, PERIOD, "grain, period_id, period_start_on, period_end_on, months") == [
        ("month", "2025-10", date(2025, 10, 1), date(2025, 10, 31), 1),
        ("month", "2025-11", date(2025, 11, 1), date(2025, 11, 30), 1),
        ("month", "2025-12", date(2025, 12, 1), date(2025, 12, 31), 1),
        ("month", "2026-01", date(2026, 1, 1), date(2026, 1, 31), 1),
        ("month", "2026-02", date(2026, 2, 1), date(2026, 2, 28), 1),
        ("quarter", "2025-Q4", date(2025, 10, 1), date(2025, 12, 31), 3),
        ("quarter", "2026-Q1", date(2026, 1, 1), date(2026, 3, 31), 3),
        ("rolling_year", "2025-Q4", date(2025, 1, 1), date(2025, 12, 31), 12),
        ("rolling_year", "2026-Q1", date(2025, 4, 1), date(2026, 3, 31), 12),
    ]


def test_a_period_has_as_many_days_as_the_calendar_gives_it() -> None:
    made = run(tables(absence("M1", "2024-02", 1, 100), absence("M1", "2025-03", 1, 100)), PERIOD)
    days = {(grain, period): count for grain, period, count in select(made, PERIOD, "grain, period_id, days")}
    assert days["month", "2024-02"] == 29
    assert days["month", "2025-02"] == 28
    assert days["quarter", "2024-Q1"] == 31 + 29 + 31
    assert days["quarter", "2025-Q1"] == 31 + 28 + 31
    assert days["rolling_year", "2024-Q4"] == 366
    assert days["rolling_year", "2025-Q1"] == 365


def test_without_a_measure_there_is_no_period() -> None:
    assert select(run(tables(), PERIOD), PERIOD, "*") == []


def test_a_rate_adds_up_both_parts_before_it_divides() -> None:
    made = figures(
        organisation("M1"),
        absence("M1", "2026-01", 1, 100),
        absence("M1", "2026-02", 2, 400),
        absence("M1", "2026-03", 6, 100),
    )
    assert one(made, FIGURE, "numerator, denominator, months_reported", grain="quarter") == (1 + 2 + 6, 600, 3)
    assert one(made, FIGURE, "value", grain="quarter") == (pytest.approx((1 + 2 + 6) / (100 + 400 + 100) * 100),)
    assert select(made, FIGURE, "period_id, value", grain="month") == [
        ("2026-01", pytest.approx(1 / 100 * 100)),
        ("2026-02", pytest.approx(2 / 400 * 100)),
        ("2026-03", pytest.approx(6 / 100 * 100)),
    ]


def test_a_month_counts_only_where_both_parts_are_there() -> None:
    made = figures(
        organisation("M1"),
        absence("M1", "2026-01", 1, 100),
        absence("M1", "2026-02", None, 400),
        absence("M1", "2026-03", 6, None),
    )
    assert one(made, FIGURE, "numerator, denominator, months_reported", grain="quarter") == (1, 100, 1)
    assert select(made, FIGURE, "period_id", grain="month") == [("2026-01",)]


def test_a_withheld_month_is_not_among_the_months_reported() -> None:
    made = figures(
        organisation("M1"),
        official("M1", "2026-01", 1, 100),
        official("M1", "2026-02", None, None),
        official("M1", "2026-03", 3, 100),
    )
    assert one(made, FIGURE, "value, months_reported, months_expected", grain="quarter") == (
        pytest.approx((1 + 3) / (100 + 100) * 100),
        2,
        3,
    )


def test_a_rolling_year_covers_the_twelve_months_that_end_with_the_quarter() -> None:
    made = figures(
        organisation("M1"),
        absence("M1", "2025-03", 50, 100),
        *(absence("M1", month, 1, 100) for month in months("2025-04", 12)),
        absence("M1", "2026-04", 50, 100),
    )
    assert one(
        made, FIGURE, "value, months_reported", indicator_id=RATE, grain="rolling_year", period_id="2026-Q1"
    ) == (
        pytest.approx(12 * 1 / (12 * 100) * 100),
        12,
    )


def test_a_rolling_year_says_how_many_of_its_months_were_reported() -> None:
    made = figures(
        organisation("M1"),
        *(absence("M1", month, 1, 100) for month in months("2025-04", 3) + months("2025-10", 4)),
        *(absence("M2", month, 1, 100) for month in months("2025-04", 12)),
    )
    assert select(
        made, FIGURE, "period_id, months_reported, months_expected", indicator_id=RATE, grain="rolling_year"
    ) == [
        ("2025-Q2", 3, 12),
        ("2025-Q3", 3, 12),
        ("2025-Q4", 6, 12),
        ("2026-Q1", 7, 12),
    ]


def test_sick_days_per_fte_are_days_lost_over_average_staff() -> None:
    made = figures(organisation("M1"), *(absence("M1", month, 10, 3650) for month in months("2025-04", 12)))
    lost = 12 * 10
    average_fte = 12 * 3650 / 365
    assert one(made, FIGURE, "value, per_days, months_reported", indicator_id=PER_FTE, period_id="2026-Q1") == (
        pytest.approx(lost / average_fte),
        365,
        12,
    )


def test_sick_days_per_fte_of_a_leap_year_are_over_its_366_days() -> None:
    made = figures(organisation("M1"), *(absence("M1", month, 10, 3660) for month in months("2024-01", 12)))
    assert one(made, FIGURE, "value, per_days", indicator_id=PER_FTE) == (
        pytest.approx(12 * 10 / (12 * 3660 / 366)),
        366,
    )


def test_sick_days_per_fte_are_never_made_up_from_eleven_months() -> None:
    made = figures(organisation("M1"), *(absence("M1", month, 10, 3650) for month in months("2025-04", 11)))
    assert select(made, FIGURE, "*", indicator_id=PER_FTE) == []
    assert one(made, FIGURE, "months_reported", indicator_id=RATE, grain="rolling_year", period_id="2026-Q1") == (11,)


def test_sick_days_per_fte_are_for_whole_years_only() -> None:
    made = figures(organisation("M1"), *(absence("M1", month, 10, 3650) for month in months("2025-01", 15)))
    assert select(made, FIGURE, "grain, period_id", indicator_id=PER_FTE) == [
        ("rolling_year", "2025-Q4"),
        ("rolling_year", "2026-Q1"),
    ]


@pytest.mark.parametrize("basis", ["working_days", "hours"])
def test_an_indicator_is_worked_out_only_on_a_basis_it_is_valid_on(basis: str) -> None:
    made = figures(organisation("M1"), *(absence("M1", month, 10, 3650, basis) for month in months("2025-04", 12)))
    assert select(made, FIGURE, "distinct indicator_id, variant") == [(RATE, basis)]


def test_months_on_two_bases_are_never_added() -> None:
    made = figures(
        organisation("M1"),
        absence("M1", "2026-01", 1, 100, "calendar_days"),
        absence("M1", "2026-02", 2, 100, "working_days"),
        absence("M1", "2026-03", 3, 100, "hours"),
    )
    assert select(made, FIGURE, "variant, numerator, months_reported", grain="quarter") == [
        ("calendar_days", 1, 1),
        ("hours", 3, 1),
        ("working_days", 2, 1),
    ]


def test_a_return_and_an_official_figure_of_one_month_are_never_added() -> None:
    made = figures(organisation("M1"), absence("M1", "2026-01", 1, 100), official("M1", "2026-01", 2, 100))
    assert select(made, FIGURE, "source, numerator, months_reported", grain="quarter") == [
        ("official", 2, 1),
        ("return", 1, 1),
    ]


def test_what_was_sent_for_all_is_never_added_to_its_parts() -> None:
    made = figures(
        organisation("M1"),
        absence("M1", "2026-01", 3, 300),
        absence("M1", "2026-01", 1, 100, staff_group="nurses"),
        absence("M1", "2026-01", 2, 200, service_code="S1"),
    )
    assert one(made, FIGURE, "numerator, denominator", grain="quarter") == (3, 300)


def test_without_days_available_there_is_a_row_and_no_value() -> None:
    made = figures(organisation("M1"), absence("M1", "2026-01", 0, 0))
    assert one(made, FIGURE, "numerator, denominator, value, months_reported", grain="quarter") == (0, 0, None, 1)


def test_a_figure_carries_the_delivery_model_and_sector_of_the_register() -> None:
    made = figures(organisation("I1", "in_house", "adult_social_care"), absence("I1", "2026-01", 1, 100))
    assert one(made, FIGURE, "delivery_model, sector", grain="quarter") == ("in_house", "adult_social_care")


@pytest.mark.parametrize(
    ("active", "expected"),
    [
        ({}, 3),
        ({"active_from": "2020-01-01", "active_to": "2030-12-31"}, 3),
        ({"active_from": "2026-01-01", "active_to": "2026-03-31"}, 3),
        ({"active_from": "2026-02-01"}, 2),
        ({"active_from": "2026-02-15"}, 2),
        ({"active_to": "2026-02-28"}, 2),
        ({"active_to": "2026-02-01"}, 2),
        ({"active_from": "2026-02-10", "active_to": "2026-02-20"}, 1),
    ],
)
def test_a_month_is_expected_where_the_organisation_worked_on_a_day_of_it(
    active: dict[str, str], expected: int
) -> None:
    made = figures(organisation("M1", **active), absence("M1", "2026-02", 1, 100), absence("M2", "2026-03", 1, 100))
    assert one(made, FIGURE, "months_reported, months_expected", grain="quarter") == (1, expected)


@pytest.mark.parametrize(
    ("active", "expected"),
    [
        ({}, 3),
        ({"active_to": "2026-01-01"}, 1),
        ({"active_to": "2025-12-31"}, 0),
        ({"active_to": "2019-06-30"}, 0),
        ({"active_from": "2026-03-31"}, 1),
        ({"active_from": "2026-04-01"}, 0),
        ({"active_from": "2031-01-01"}, 0),
    ],
)
def test_no_month_is_expected_where_the_organisation_did_not_work(active: dict[str, str], expected: int) -> None:
    made = run(tables(organisation("M1", **active), absence("M2", "2026-01", 1, 100)), "indicators.expected")
    assert one(made, "indicators.expected", "months_expected", organisation_code="M1", grain="quarter") == (expected,)


def test_an_organisation_that_closed_stays_in_the_history() -> None:
    made = build(
        organisation("M1", active_to="2025-06-30"),
        organisation("M2"),
        *(absence("M1", month, 1, 100) for month in months("2025-04", 3)),
        *(absence("M2", month, 2, 100) for month in months("2025-04", 9)),
    )
    assert select(
        made, FIGURE, "period_id, months_reported, months_expected", organisation_code="M1", grain="quarter"
    ) == [("2025-Q2", 3, 3)]
    assert select(
        made, FIGURE, "period_id, months_reported, months_expected", organisation_code="M1", grain="rolling_year"
    ) == [("2025-Q2", 3, 12), ("2025-Q3", 3, 9), ("2025-Q4", 3, 6)]


def test_months_reported_outside_the_active_dates_never_stop_the_build_nor_outnumber_those_expected() -> None:
    active = [
        *({"active_to": day} for day in ("2026-01-31", "2025-12-31", "2020-12-31")),
        *({"active_from": day} for day in ("2026-03-01", "2026-04-01", "2030-01-01")),
    ]
    codes = [f"M{number}" for number in range(len(active))]
    connection = tables(
        *(organisation(code, **dates) for code, dates in zip(codes, active, strict=True)),
        *(absence(code, month, 1, 100) for code in codes for month in months("2026-01", 3)),
    )
    assert broken_claims(build_models(connection)) == {}
    found = select(connection, FIGURE, "organisation_code, months_reported, months_expected")
    assert {code for code, _, _ in found} == set(codes)
    assert [(code, reported, expected) for code, reported, expected in found if not 0 < reported <= expected] == []


def test_figures_run_on_measures_that_anybody_gives() -> None:
    measured = {
        "organisation_code": "M1",
        "service_code": "ALL",
        "staff_group": "ALL",
        "period_start_on": "2026-01-01",
        "period_end_on": "2026-01-31",
        "feed": "sickness_absence",
        "variant": "calendar_days",
        "item": "",
        "source": "return",
    }
    made = figures(
        organisation("M1"),
        row("measures.all_feeds", **measured, measure="fte_days_lost", value=1),
        row("measures.all_feeds", **measured, measure="fte_days_available", value=40),
        row("measures.all_feeds", **measured, measure="headcount", value=2),
    )
    assert one(made, FIGURE, "value", grain="month") == (pytest.approx(1 / 40 * 100),)
