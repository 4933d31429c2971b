"""A whole random sector: the SQL against boring Python, figure by figure, and against itself in another order."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import astuple
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from tests.sql import boring
from tests.sql.boring import Figure, compared, figures
from tests.sql.random_sector import Sector, random_sector
from tests.sql.tables import RATE, build, everything, select

pytestmark = pytest.mark.xdist_group("random sector")  # so that it is built once, by one worker

LEAST_MONTHS = 2000
FIGURE = "published.organisation_figure"
MODEL_FIGURE = "published.delivery_model_figure"


@pytest.fixture(scope="module")
def sector() -> Sector:
    return random_sector(seed=20260720)


@pytest.fixture(scope="module")
def built(sector: Sector) -> Iterator[duckdb.DuckDBPyConnection]:
    with build(*sector.rows()) as connection:
        yield connection


@pytest.fixture(scope="module")
def by_hand(sector: Sector) -> list[Figure]:
    return figures(sector)


def differences(
    found: Mapping[tuple[Any, ...], tuple[object, ...]], expected: Mapping[tuple[Any, ...], tuple[object, ...]]
) -> list[str]:
    """What is in one and not in the other, or differs by more than 1e-9."""
    wrong = [f"{place} is not in the SQL" for place in expected if place not in found]
    wrong += [f"{place} is only in the SQL" for place in found if place not in expected]
    for place in set(found) & set(expected):
        pairs = list(zip(found[place], expected[place], strict=True))
        if not all(is_same(one, other) for one, other in pairs):
            wrong.append(f"{place}: {found[place]} is not {expected[place]}")
    return wrong


def is_same(one: object, other: object) -> bool:
    if isinstance(one, float | Decimal) and isinstance(other, float | Decimal):
        return abs(float(one) - float(other)) <= 1e-9 * max(1, abs(float(other)))
    return one == other


def test_the_sector_is_large_and_holds_every_case(sector: Sector, built: duckdb.DuckDBPyConnection) -> None:
    assert len(sector.months) > LEAST_MONTHS
    assert {note for (note,) in select(built, FIGURE, "distinct peer_note")} == {
        "",
        "not reported",
        "too few peers",
        "too few peers for quartiles",
        "most peers are known to this reader",
    }
    assert {note for (note,) in select(built, MODEL_FIGURE, "distinct note")} == {
        "",
        "too few organisations",
        "most of them are known to this reader",
    }
    assert select(built, FIGURE, "distinct source") == [("[x]",), ("official",), ("return",)]
    assert select(built, FIGURE, "distinct basis", indicator_id=RATE, source="return") == [
        ("calendar_days",),
        ("hours",),
        ("working_days",),
    ]
    assert select(built, FIGURE, "distinct is_public") == [(False,), (True,)]
    assert select(built, "benchmarks.peer", "distinct scope") == [("all_sectors",), ("sector",)]
    tied = (
        "select 1 from benchmarks.compared group by indicator_id, grain, period_id, variant, value having count(*) > 1"
    )
    assert built.execute(tied).fetchall() != []


def test_every_indicator_of_every_organisation_is_what_loops_make_it(
    built: duckdb.DuckDBPyConnection, by_hand: list[Figure]
) -> None:
    columns = (
        "indicator_id, grain, period_id, variant, organisation_code, source, "
        "numerator, denominator, per_days, value, months_reported, months_expected"
    )
    found = {row[:6]: row[6:] for row in select(built, "indicators.organisation_indicator", columns)}
    expected = {
        (*astuple(figure.key), figure.organisation.code, figure.source): (
            figure.lost,
            figure.available,
            figure.per_days,
            figure.value,
            figure.months_reported,
            figure.months_expected,
        )
        for figure in by_hand
    }
    assert differences(found, expected) == []


def test_the_figure_that_is_compared_is_what_loops_choose(
    built: duckdb.DuckDBPyConnection, by_hand: list[Figure]
) -> None:
    columns = "indicator_id, grain, period_id, variant, organisation_code, source, value"
    found = {row[:5]: row[5:] for row in select(built, "benchmarks.compared", columns)}
    expected = {
        (*astuple(figure.key), figure.organisation.code): (figure.source, figure.value) for figure in compared(by_hand)
    }
    assert differences(found, expected) == []


def test_peers_and_their_quartiles_are_what_loops_make_them(
    built: duckdb.DuckDBPyConnection, by_hand: list[Figure]
) -> None:
    columns = (
        "indicator_id, grain, period_id, variant, organisation_code, "
        "scope, peers, official_peers, peer_value, lower_quartile, median, upper_quartile"
    )
    found = {row[:5]: row[5:] for row in select(built, "benchmarks.peer", columns)}
    expected = {
        (*astuple(key), code): (
            peers.scope,
            len(peers.others),
            sum(other.source == "official" for other in peers.others),
            peers.value,
            *(peers.quantile(share) for share in (0.25, 0.5, 0.75)),
        )
        for (key, code), peers in boring.peers(compared(by_hand)).items()
    }
    assert differences(found, expected) == []


def test_delivery_models_are_pooled_as_loops_pool_them(built: duckdb.DuckDBPyConnection, by_hand: list[Figure]) -> None:
    columns = (
        "indicator_id, grain, period_id, variant, delivery_model, sector, "
        "organisations, numerator, denominator, value, lower_quartile, median, upper_quartile"
    )
    found = {row[:6]: row[6:] for row in select(built, "benchmarks.delivery_model", columns)}
    expected = {
        (*astuple(key), model, sector): (
            len(group),
            sum((figure.lost for figure in group), Decimal(0)),
            sum((figure.available for figure in group), Decimal(0)),
            boring.pooled(group),
            *(
                boring.quantile([figure.value for figure in group if figure.value is not None], share)
                for share in (0.25, 0.5, 0.75)
            ),
        )
        for (key, model, sector), group in boring.groups(compared(by_hand)).items()
        if sector != "ALL"
    }
    assert differences(found, expected) == []


def test_every_audience_reads_of_organisations_what_loops_let_it_read(
    sector: Sector, built: duckdb.DuckDBPyConnection, by_hand: list[Figure]
) -> None:
    columns = (
        "audience, grain, period_id, indicator_id, organisation_code, basis, "
        "value, months_reported, months_expected, peer_group, peers, peer_value, peer_median, peer_lower_quartile, "
        "peer_upper_quartile, peer_note, source, is_public"
    )
    rows = select(built, FIGURE, columns)
    reported = {row[:6]: row[6:] for row in rows if row[6] not in ("[x]", "[z]")}
    assert differences(reported, boring.organisation_figures(sector, compared(by_hand))) == []
    others = {row[:5] for row in rows if row[6] in ("[x]", "[z]")}
    assert others == boring.without_figure(sector, compared(by_hand))
    assert {row[9:15] for row in rows if row[6] in ("[x]", "[z]")} == {("[z]",) * 6}


def test_every_audience_reads_of_delivery_models_what_loops_let_it_read(
    sector: Sector, built: duckdb.DuckDBPyConnection, by_hand: list[Figure]
) -> None:
    columns = (
        "audience, grain, period_id, indicator_id, sector, basis, delivery_model, "
        "organisations, organisations_registered, months_reported, months_expected, numerator, denominator, value, "
        "value_with_unclassified, median, lower_quartile, upper_quartile, note, is_public"
    )
    found = {row[:7]: row[7:] for row in select(built, MODEL_FIGURE, columns)}
    assert differences(found, boring.delivery_model_figures(sector, compared(by_hand))) == []


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_the_rows_that_come_in_changes_no_table(
    sector: Sector, built: duckdb.DuckDBPyConnection, seed: int
) -> None:
    rows = sector.rows()
    random.Random(seed).shuffle(rows)
    names = [
        f"{schema}.{table}"
        for schema, table in select(built, "duckdb_tables()", "schema_name, table_name")
        if schema in ("indicators", "benchmarks", "published")
    ]
    with build(*rows) as shuffled:
        assert [name for name in names if everything(shuffled, name) != everything(built, name)] == []
    assert "published.organisation_figure" in names
