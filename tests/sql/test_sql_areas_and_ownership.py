"""Delivery models by combined authority, mutuals by how much their staff own, and how many of those that ever reported
still do."""

from collections.abc import Sequence
from typing import Any

import duckdb
import pytest

from tests.sql.tables import PER_FTE, RATE, SETTINGS, Row, absence, months, one, organisation, row, run, select, tables

GROUP_FIGURE = "published.group_figure"
COVERAGE = "published.coverage"
SCOPE = "benchmarks.scope"
YEAR = months("2025-04", 12)
OF_AREA = {"audience": "public", "kind": "area", "indicator_id": RATE}
OF_BAND = {"audience": "public", "kind": "ownership", "indicator_id": RATE}

ALPHA, BETA = "area:B1", "area:B2"
AREAS = [
    row("register.areas", area_code="R", name="Region", type="region"),
    row("register.areas", area_code="B1", name="Alpha", type="combined_authority", part_of_code="R"),
    row("register.areas", area_code="B2", name="Beta", type="combined_authority", part_of_code="R"),
    row("register.areas", area_code="A1", name="Alphashire", type="council", part_of_code="B1"),
    row("register.areas", area_code="A2", name="Lone", type="council", part_of_code="R"),
]


def built(*rows: Row, **given: Any) -> duckdb.DuckDBPyConnection:
    """What these tests look at, and what that needs."""
    return run(tables(*rows, **given), GROUP_FIGURE, COVERAGE, SCOPE)


def body(code: str, kind: str, area_code: str | None) -> Row:
    return row("register.commissioners", commissioner_code=code, type=kind, area_code=area_code)


def of_year(code: str, lost: int = 4, said_in: Sequence[str] = YEAR, model: str = "mutual", **values: Any) -> list[Row]:
    """An organisation that lost so many of 100 days in each of these months."""
    return [organisation(code, model, **values), *(absence(code, month, lost, 100) for month in said_in)]


def many(letter: str, count: int, lost: int = 4, **values: Any) -> list[Row]:
    return [one for number in range(count) for one in of_year(f"{letter}{number}", lost, **values)]


def counts(made: duckdb.DuckDBPyConnection, **where: Any) -> tuple[Any, ...]:
    """At work, reporting, ever, closed, stopped, still reporting."""
    names = ("registered", "reporting", "started", "closed", "stopped", "still_reporting")
    given = {"audience": "public", "topic": "sickness_absence", "delivery_model": "mutual", "kind": "all_sectors"}
    return one(made, COVERAGE, ", ".join(f"organisations_{name}" for name in names), **{**given, **where})


# Areas


def test_whoever_works_in_a_council_works_in_its_combined_authority() -> None:
    made = built(
        *AREAS, *many("M", 6, 3, area_code="A1"), *many("N", 6, 5, area_code="B1"), *many("P", 6, 9, area_code="A2")
    )
    assert one(made, GROUP_FIGURE, "scope, scope_name, organisations, value", **OF_AREA) == (
        *(ALPHA, "Alpha", 6 + 6),
        "4.00",
    )


def test_an_area_has_its_delivery_models_side_by_side() -> None:
    made = built(*AREAS, *many("M", 6, 3, area_code="A1"), *many("I", 6, 5, model="in_house", area_code="A1"))
    columns = "delivery_model, value, organisations, organisations_registered"
    assert select(made, GROUP_FIGURE, columns, **OF_AREA) == [("in_house", "5.00", 6, 6), ("mutual", "3.00", 6, 6)]


def test_only_sectors_in_which_mutuals_work_are_set_side_by_side() -> None:
    libraries = many("I", 6, 5, model="in_house", sector="libraries", area_code="A1")
    made = built(*AREAS, *many("M", 6, area_code="A1"), *libraries)
    assert select(made, GROUP_FIGURE, "delivery_model", **OF_AREA) == [("mutual",)]


def test_an_authority_has_its_own_area_on_its_page_and_a_council_none() -> None:
    bodies = [
        body("CA", "combined_authority", "B1"),
        body("CB", "combined_authority", "B2"),
        body("C1", "council", "A1"),
    ]
    made = built(*AREAS, *bodies, *many("M", 6, area_code="A1"), *many("N", 6, area_code="B2"))
    found = select(made, GROUP_FIGURE, "distinct audience, scope", kind="area")
    assert found == [
        ("commissioner-CA", ALPHA),
        ("commissioner-CB", BETA),
        ("public", ALPHA),
        ("public", BETA),
    ]
    assert select(made, COVERAGE, "distinct audience, scope", kind="area") == found
    assert select(made, COVERAGE, "distinct audience", kind="all_sectors") == [("public",)]


def test_an_authority_reads_what_all_read() -> None:
    made = built(
        *AREAS, body("CA", "combined_authority", "B1"), *many("M", 6, area_code="A1"), *many("N", 3, area_code="B2")
    )
    both = [
        select(made, GROUP_FIGURE, "* exclude (audience)", audience=audience, scope=ALPHA)
        for audience in ("public", "commissioner-CA")
    ]
    assert both[0] == both[1] != []


@pytest.mark.parametrize(
    ("dates", "is_there"),
    [
        ({}, True),
        ({"valid_from": "2026-03-31"}, True),
        ({"valid_from": "2026-04-01"}, False),
        ({"valid_to": "2026-03-31"}, True),
        ({"valid_to": "2026-03-30"}, False),
    ],
)
def test_an_area_is_there_while_its_code_holds(dates: dict[str, str], is_there: bool) -> None:
    authority = row("register.areas", area_code="B9", name="Gamma", type="combined_authority", **dates)
    made = built(authority, *many("M", 6, area_code="B9"))
    assert bool(select(made, GROUP_FIGURE, "value", scope="area:B9")) == is_there
    assert bool(select(made, COVERAGE, "kind", scope="area:B9")) == is_there


def test_areas_that_are_part_of_one_another_come_to_an_end() -> None:
    ring = [
        row("register.areas", area_code="A", name="A", type="combined_authority", part_of_code="B"),
        row("register.areas", area_code="B", name="B", type="combined_authority", part_of_code="A"),
    ]
    made = built(*ring, *many("M", 2, area_code="A"))
    assert select(made, SCOPE, "scope, organisation_code", kind="area") == [
        (scope, code) for scope in ("area:A", "area:B") for code in ("M0", "M1")
    ]


def test_only_what_the_claim_rests_on_is_there_by_area_and_only_of_the_year() -> None:
    made = built(*AREAS, *many("M", 6, area_code="A1"))
    assert select(made, GROUP_FIGURE, "distinct indicator_id, grain", kind="area") == [(RATE, "rolling_year")]
    assert (PER_FTE,) in select(made, GROUP_FIGURE, "distinct indicator_id", kind="sector")


def test_too_few_in_an_area_are_withheld_and_nobody_takes_them_from_the_sector() -> None:
    made = built(*AREAS, *many("M", 2, area_code="A1"), *many("N", 9, area_code="B2"))
    of_the_year = {"audience": "public", "indicator_id": RATE, "grain": "rolling_year"}
    shown = dict(select(made, GROUP_FIGURE, "scope, value", **of_the_year))
    assert shown[ALPHA] == "[c]"
    # The sector less the one area would be the other.
    assert "[c]" in (shown[BETA], shown["community_health"])


# Ownership


@pytest.mark.parametrize(
    ("share", "band"),
    [
        (0, "under 50%"),
        (49.9, "under 50%"),
        (50, "50% to under 75%"),
        (74.9, "50% to under 75%"),
        (75, "75% and more"),
        (100, "75% and more"),
    ],
)
def test_a_band_begins_at_its_least_share(share: float, band: str) -> None:
    made = built(*many("M", 6, staff_owned_share_percent=share))
    assert one(made, GROUP_FIGURE, "scope_name, organisations, delivery_model", **OF_BAND) == (band, 6, "mutual")


def test_bands_begin_where_the_settings_say() -> None:
    given = {**SETTINGS, "ownership_middle_from_percent": 30, "ownership_most_from_percent": 30}
    made = built(
        *many("M", 6, staff_owned_share_percent=29), *many("N", 6, staff_owned_share_percent=30), settings=given
    )
    assert select(made, GROUP_FIGURE, "scope_name", **OF_BAND) == [("30% and more",), ("under 30%",)]


def test_whose_share_is_not_known_or_who_is_no_mutual_is_in_no_band() -> None:
    others = many("I", 6, model="in_house", staff_owned_share_percent=80)
    not_yet = many("S", 6, spun_out_on="2026-04-01", staff_owned_share_percent=80)
    made = built(*many("M", 6), *many("N", 7, staff_owned_share_percent=80), *others, *not_yet)
    assert select(made, GROUP_FIGURE, "scope, organisations", **OF_BAND) == [("owned:75", 7)]


# Who reports


def test_those_that_ever_reported_still_do_or_closed_or_stopped() -> None:
    before = months("2024-04", 12)
    made = built(
        *of_year("Still", said_in=[*before, *YEAR]),
        *of_year("Closed long ago", said_in=before, active_to="2025-02-28"),
        *of_year("Closed within the year", said_in=YEAR[:6], active_to="2025-09-30"),
        *of_year("Stopped", said_in=before),
        *of_year("Never", said_in=[]),
        *of_year("New", said_in=YEAR[-1:]),
    )
    registered = {"Still", "Closed within the year", "Stopped", "Never", "New"}
    reporting = {"Still", "Closed within the year", "New"}
    started = {"Still", "Closed long ago", "Closed within the year", "Stopped", "New"}
    assert counts(made) == (len(registered), len(reporting), len(started), 2, 1, 2)


def test_what_comes_after_the_year_is_not_counted() -> None:
    after = months("2026-04", 3)
    made = built(
        *of_year("Later", said_in=after), *of_year("Closing", active_to="2026-04-30"), *of_year("Now"), period="2026-Q1"
    )
    assert counts(made) == (3, 2, 2, 0, 0, 2)


def test_whoever_has_not_spun_out_by_the_end_of_the_year_counts_as_in_house() -> None:
    made = built(*of_year("Later", spun_out_on="2026-04-01"), *of_year("M"))
    assert counts(made) == (1, 1, 1, 0, 0, 1)
    assert counts(made, delivery_model="in_house") == (1, 1, 1, 0, 0, 1)


def test_who_reports_is_counted_within_an_area_too() -> None:
    made = built(*AREAS, *of_year("M", area_code="A1"), *of_year("N", area_code="A2"))
    assert counts(made) == (2, 2, 2, 0, 0, 2)
    assert counts(made, kind="area", scope=ALPHA) == (1, 1, 1, 0, 0, 1)
