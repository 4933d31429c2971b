"""sql/benchmarks/absence_expected.sql and absence_month.sql: days lost beside those that peers would have lost."""

import random
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from tests.sql import boring_verdicts as boring
from tests.sql.tables import Row, absence, everything, official, one, organisation, run, select, tables

EXPECTED = "benchmarks.absence_expected"
MONTH = "benchmarks.absence_month"


def months(*rows: Row) -> duckdb.DuckDBPyConnection:
    return run(tables(*rows), MONTH)


def peers(count: int, lost: Any = 5, available: Any = 100, **values: Any) -> list[Row]:
    """So many mutuals of one sector, alike."""
    codes = [f"P{number}" for number in range(count)]
    return [row for code in codes for row in (organisation(code), absence(code, "2026-01", lost, available, **values))]


def test_what_was_lost_beyond_the_rate_of_peers_is_the_residual() -> None:
    made = months(*peers(5), organisation("M1"), absence("M1", "2026-01", 20, 300))
    found = one(made, MONTH, "lost, available, expected, residual, peers, scope", organisation_code="M1")
    assert found == (20, 300, pytest.approx(300 * 5 / 100), pytest.approx(20 - 300 * 5 / 100), 5, "sector")


def test_peers_add_up_before_they_are_divided_and_the_organisation_is_not_among_them() -> None:
    others = [organisation("M2"), absence("M2", "2026-01", 9, 700)]
    made = months(*peers(4), *others, organisation("M1"), absence("M1", "2026-01", 20, 300))
    expected = 300 * (4 * 5 + 9) / (4 * 100 + 700)
    assert one(made, MONTH, "expected", organisation_code="M1") == (pytest.approx(expected),)


def test_with_too_few_peers_in_the_sector_all_sectors_are_asked() -> None:
    far = [organisation("M2", sector="libraries"), absence("M2", "2026-01", 9, 100)]
    made = months(*peers(4), *far, organisation("M1"), absence("M1", "2026-01", 20, 300))
    found = one(made, MONTH, "expected, peers, scope", organisation_code="M1")
    assert found == (pytest.approx(300 * (4 * 5 + 9) / 500), 5, "all_sectors")


def test_whoever_stands_alone_has_no_month() -> None:
    assert select(months(organisation("M1"), absence("M1", "2026-01", 20, 300)), MONTH, "*") == []


def test_bases_are_never_mixed() -> None:
    made = months(*peers(5), organisation("M1"), absence("M1", "2026-01", 20, 300, "hours"))
    assert select(made, MONTH, "*", organisation_code="M1") == []


def with_groups(code: str, *days: tuple[str, Any, Any], month: str = "2026-01") -> list[Row]:
    """An organisation with these staff groups, and the whole that they come to."""
    lost, available = (sum(Decimal(str(part[place])) for part in days) for place in (1, 2))
    groups = [absence(code, month, *part, staff_group=group) for group, *part in days]
    return [organisation(code), absence(code, month, lost, available), *groups]


def test_where_staff_groups_are_in_common_each_is_expected_to_lose_as_much_as_among_peers() -> None:
    others = [row for number in range(5) for row in with_groups(f"P{number}", ("nurses", 8, 100), ("desk", 2, 100))]
    made = months(*others, *with_groups("M1", ("nurses", 30, 300), ("desk", 4, 100)))
    found = one(made, MONTH, "expected, expected_unadjusted, is_adjusted_for_staff_mix", organisation_code="M1")
    assert found == (pytest.approx(300 * 8 / 100 + 100 * 2 / 100), pytest.approx(400 * 10 / 200), True)


def test_peers_with_more_staff_groups_count_and_those_with_fewer_do_not() -> None:
    others = [
        row
        for number in range(5)
        for row in with_groups(f"P{number}", ("nurses", 8, 100), ("desk", 2, 100), ("drivers", 5, 100))
    ]
    fewer = with_groups("M2", ("nurses", 50, 100))
    made = months(*others, *fewer, *with_groups("M1", ("nurses", 30, 300), ("desk", 4, 100)))
    found = one(made, MONTH, "expected, peers, is_adjusted_for_staff_mix", organisation_code="M1")
    assert found == (pytest.approx(300 * 8 / 100 + 100 * 2 / 100), 6, True)
    assert one(made, MONTH, "is_adjusted_for_staff_mix", organisation_code="P0") == (False,)
    assert one(made, MONTH, "is_adjusted_for_staff_mix", organisation_code="M2") == (True,)


@pytest.mark.parametrize("count", [4, 5])
def test_staff_mix_is_adjusted_for_only_with_enough_peers_that_have_every_staff_group(count: int) -> None:
    others = [row for number in range(count) for row in with_groups(f"P{number}", ("nurses", 8, 100), ("desk", 2, 9))]
    without = [
        row for number in range(5) for row in (organisation(f"Q{number}"), absence(f"Q{number}", "2026-01", 1, 9))
    ]
    made = months(*others, *without, *with_groups("M1", ("nurses", 30, 300), ("desk", 4, 100)))
    assert one(made, MONTH, "is_adjusted_for_staff_mix", organisation_code="M1") == (count == 5,)


def test_a_staff_group_in_which_no_peer_could_have_worked_gives_no_adjustment() -> None:
    others = [row for number in range(5) for row in with_groups(f"P{number}", ("nurses", 8, 100), ("desk", 0, 0))]
    made = months(*others, *with_groups("M1", ("nurses", 30, 300), ("desk", 4, 100)))
    found = one(made, MONTH, "expected, is_adjusted_for_staff_mix", organisation_code="M1")
    assert found == (pytest.approx(400 * 8 / 100), False)


def test_the_staff_groups_of_a_return_say_nothing_of_an_official_figure() -> None:
    others = [row for number in range(5) for row in with_groups(f"P{number}", ("nurses", 8, 100), ("desk", 2, 100))]
    own = with_groups("M1", ("nurses", 30, 300), ("desk", 4, 100))
    made = months(*others, *own, official("M1", "2026-01", 40, 400))
    found = one(made, MONTH, "source, lost, is_adjusted_for_staff_mix", organisation_code="M1")
    assert found == ("official", 40, False)


# A whole random sector


@pytest.fixture(scope="module")
def said() -> list[boring.Month]:
    return boring.random_absence(random.Random(20260720), 120, "2025-01", 6)


@pytest.fixture(scope="module")
def made(said: list[boring.Month]) -> Iterator[duckdb.DuckDBPyConnection]:
    with months(*boring.absence_rows(said)) as connection:
        yield connection


def _about(value: Any) -> Any:
    return None if value is None else pytest.approx(float(value), rel=1e-9, abs=1e-9)


def test_every_month_is_expected_to_be_what_loops_make_it(
    said: list[boring.Month], made: duckdb.DuckDBPyConnection
) -> None:
    columns = (
        "organisation_code, variant, period_id, scope, source, peers, expected, expected_of_all, "
        "expected_by_staff_group, expected_of_all_by_staff_group"
    )
    found = {row[:4]: row[4:] for row in select(made, EXPECTED, columns)}
    among = boring.counted(said)
    wanted = {}
    for month in among:
        for scope in ("sector", "all_sectors"):
            of = boring.expected(month, among, scope)
            parts = of.days, of.of_all, of.mixed, of.mixed_of_all
            place = month.code, month.basis, month.month, scope
            wanted[place] = month.source, of.peers, *(_about(part) for part in parts)
    assert found == wanted
    assert {row[4] is None for row in found.values()} == {True, False}
    assert {row[0] for row in found.values()} == {"return", "official"}


def test_every_month_stands_beside_the_peers_that_loops_choose(
    said: list[boring.Month], made: duckdb.DuckDBPyConnection
) -> None:
    columns = "organisation_code, variant, period_id, scope, peers, lost, expected, residual, is_adjusted_for_staff_mix"
    found = {row[:3]: row[3:] for row in select(made, MONTH, columns)}
    among = boring.counted(said)
    wanted = {}
    for month in among:
        scope = boring.widest_needed(month, among)
        of = boring.expected(month, among, scope)
        days = of.days if of.mixed is None else of.mixed
        if days is not None:
            residual = _about(month.days[0] - Decimal(days.numerator) / Decimal(days.denominator))
            is_adjusted = of.mixed is not None
            place = month.code, month.basis, month.month
            wanted[place] = scope, of.peers, month.days[0], _about(days), residual, is_adjusted
    assert found == wanted
    assert {row[0] for row in found.values()} == {"sector", "all_sectors"}
    assert {row[5] for row in found.values()} == {True, False}


def test_the_order_of_the_rows_changes_no_bit(said: list[boring.Month], made: duckdb.DuckDBPyConnection) -> None:
    rows = boring.absence_rows(said)
    random.Random(1).shuffle(rows)
    with months(*rows) as shuffled:
        for table in (EXPECTED, MONTH):
            assert everything(shuffled, table) == everything(made, table)
