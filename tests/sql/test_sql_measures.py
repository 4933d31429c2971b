"""sql/measures on a few rows: what each feed counts, and that blank never counts as nothing."""

from datetime import date
from decimal import Decimal

import pytest

from impact.definition import feeds
from impact.warehouse import build_models
from tests.sql.tables import absence, broken_claims, build, official, one, organisation, run, select, tables

OWN = "measures.sickness_absence"
NHS = "measures.nhs_sickness_absence"
ALL = "measures.all_feeds"


def test_a_month_of_a_return_gives_one_row_a_measure() -> None:
    made = run(
        tables(absence("M1", "2026-01", 1.5, 100, headcount=12, long_term_days_lost=0.5, episodes=2)),
        OWN,
    )
    assert select(made, OWN, "measure, value, unit") == [
        ("episodes", 2, "absences"),
        ("fte_days_available", 100, "days"),
        ("fte_days_lost", Decimal("1.5"), "days"),
        ("headcount", 12, "people"),
        ("long_term_days_lost", Decimal("0.5"), "days"),
    ]


def test_a_measure_of_a_return_says_whose_when_and_on_what_basis_it_is() -> None:
    made = run(tables(absence("M1", "2026-01", 1, 100, receipt="r1", service_code="S1", staff_group="nurses")), OWN)
    assert one(
        made,
        OWN,
        "organisation_code, feed, service_code, staff_group, period_start_on, period_end_on, variant, item, source, "
        "receipt",
        measure="fte_days_lost",
    ) == (
        "M1",
        "sickness_absence",
        "S1",
        "nurses",
        date(2026, 1, 1),
        date(2026, 1, 31),
        "calendar_days",
        "",
        "return",
        "r1",
    )


@pytest.mark.parametrize(("month", "end_on"), [("2024-02", "2024-02-29"), ("2025-02", "2025-02-28")])
def test_a_month_ends_on_its_last_day(month: str, end_on: str) -> None:
    made = run(tables(absence("M1", month, 1, 100)), OWN)
    assert one(made, OWN, "period_end_on", measure="fte_days_lost") == (date.fromisoformat(end_on),)


def test_a_blank_cell_makes_no_measure() -> None:
    made = run(tables(absence("M1", "2026-01", None, 100, headcount=None)), OWN)
    assert select(made, OWN, "measure") == [("fte_days_available",)]


def test_nought_is_a_measure() -> None:
    made = run(tables(absence("M1", "2026-01", 0, 100, episodes=0)), OWN)
    assert one(made, OWN, "value", measure="fte_days_lost") == (0,)
    assert one(made, OWN, "value", measure="episodes") == (0,)


@pytest.mark.parametrize(("basis", "unit"), [("calendar_days", "days"), ("working_days", "days"), ("hours", "hours")])
def test_time_lost_is_in_the_unit_of_its_basis(basis: str, unit: str) -> None:
    made = run(tables(absence("M1", "2026-01", 1, 100, basis, headcount=12, long_term_days_lost=1, episodes=1)), OWN)
    assert dict(select(made, OWN, "measure, unit")) == {
        "fte_days_lost": unit,
        "fte_days_available": unit,
        "long_term_days_lost": unit,
        "headcount": "people",
        "episodes": "absences",
    }
    assert select(made, OWN, "distinct variant") == [(basis,)]


def test_all_fourteen_decimals_are_kept() -> None:
    made = run(tables(absence("M1", "2026-01", "0.00000000000001", "99999999.99999999999999")), OWN)
    assert one(made, OWN, "value", measure="fte_days_lost") == (Decimal("0.00000000000001"),)
    assert one(made, OWN, "value", measure="fte_days_available") == (Decimal("99999999.99999999999999"),)


def test_an_official_month_is_measured_under_the_code_of_the_register() -> None:
    made = run(
        tables(
            organisation("M1", ods_code="NQV"),
            official("NQV", "2024-04", "1131.97805", "30943.9649", receipt="r1"),
        ),
        NHS,
    )
    columns = "organisation_code, feed, service_code, staff_group, period_start_on, period_end_on, variant, item"
    key = ("M1", "nhs_sickness_absence", "ALL", "ALL", date(2024, 4, 1), date(2024, 4, 30), "calendar_days", "")
    assert select(made, NHS, f"{columns}, measure, value, unit, source, receipt") == [
        (*key, "fte_days_available", Decimal("30943.9649"), "days", "official", "r1"),
        (*key, "fte_days_lost", Decimal("1131.97805"), "days", "official", "r1"),
    ]


def test_a_month_that_the_nhs_withholds_makes_no_measure() -> None:
    made = run(
        tables(organisation("M1"), official("M1", "2026-01", None, None), official("M1", "2026-02", 2, 100)), NHS
    )
    assert select(made, NHS, "distinct period_start_on") == [(date(2026, 2, 1),)]


def test_an_official_month_without_absence_is_a_measure() -> None:
    made = run(tables(organisation("M1"), official("M1", "2026-01", 0, 100)), NHS)
    assert one(made, NHS, "value", measure="fte_days_lost") == (0,)


def test_an_organisation_without_an_ods_code_has_no_official_measure() -> None:
    made = run(
        tables(organisation("M1", ods_code=None), organisation("M2"), official("M2", "2026-01", 1, 100)),
        NHS,
    )
    assert select(made, NHS, "distinct organisation_code") == [("M2",)]


def test_an_official_row_of_an_organisation_that_the_register_lost_is_never_dropped_in_silence() -> None:
    connection = tables(organisation("M1"), official("M1", "2026-01", 1, 100), official("M2", "2026-01", 1, 100))
    assert "measures.all_feeds__holds_every_row_that_receipts_kept" in broken_claims(build_models(connection))


def test_an_official_row_counted_for_two_organisations_is_never_let_through() -> None:
    connection = tables(organisation("M1"), organisation("M2", ods_code="M1"), official("M1", "2026-01", 1, 100))
    assert "measures.all_feeds__holds_every_row_that_receipts_kept" in broken_claims(build_models(connection))


def test_all_feeds_holds_every_measure_of_every_feed_side_by_side() -> None:
    made = build(organisation("M1"), absence("M1", "2026-01", 1, 100), official("M1", "2026-01", 2, 100))
    assert select(made, ALL, "source, value", measure="fte_days_lost") == [("official", 2), ("return", 1)]
    assert len(select(made, ALL, "*")) == len(select(made, OWN, "*")) + len(select(made, NHS, "*"))


def test_all_feeds_is_one_long_thin_table_with_the_columns_of_a_measure() -> None:
    made = build()
    columns = [column[0] for column in made.execute(f"describe {ALL}").fetchall()]
    assert columns == [
        "organisation_code",
        "feed",
        "service_code",
        "staff_group",
        "period_start_on",
        "period_end_on",
        "variant",
        "item",
        "measure",
        "value",
        "unit",
        "source",
        "receipt",
    ]
    for table in (ALL, *(f"measures.{feed}" for feed in feeds())):
        assert ("value", "DECIMAL(28,14)") in [column[:2] for column in made.execute(f"describe {table}").fetchall()]
