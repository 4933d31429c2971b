"""A whole random sector: the SQL against boring Python, figure by figure, and against itself in another order."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import astuple
from decimal import Decimal
from fractions import Fraction
from typing import Any

import duckdb
import pytest

from tests.sql import boring
from tests.sql.boring import Figure, Key, Peers, Reading, compared, figures
from tests.sql.random_sector import QUARTERS, Sector, random_sector
from tests.sql.tables import RATE, build, everything, select, table_names

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


@pytest.fixture(scope="module")
def beside(by_hand: list[Figure]) -> dict[tuple[Key, str], Peers]:
    return boring.peers(compared(by_hand))


@pytest.fixture(scope="module")
def readers(sector: Sector, built: duckdb.DuckDBPyConnection, by_hand: list[Figure]) -> Reading:
    known = select(built, "disclosure.known_figure", "reader, indicator_id, grain, variant, organisation_code")
    whole = {
        (reader, Key(indicator, grain, QUARTERS[-1], variant), code)
        for reader, indicator, grain, variant, code in known
        if reader.startswith("commissioner-") and boring.INDICATORS[indicator].is_of_parts
    }
    return boring.reading(sector, by_hand, frozenset(whole))


@pytest.fixture(scope="module")
def withheld(built: duckdb.DuckDBPyConnection) -> boring.Withheld:
    columns = "audience, kind, indicator_id, grain, variant, delivery_model, sector, organisation_code"
    rows = select(built, "disclosure.withheld", f"{columns}, reason, is_median_withheld")
    return {row[:8]: row[8:] for row in rows}


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
    if isinstance(one, float | Decimal) and isinstance(other, Fraction | Decimal):
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
        "not an indicator to compare by",
        "not an instrument to compare by",
        "spun out within the period",
        "fewer than 12 months",
        "peers are shown for the last quarter only",
        "most peers are known to another reader",
        "most of them are known to a reader",
        "one organisation makes up most of it",
        "another figure could be worked out from it",
    }
    assert {basis for (basis,) in select(built, FIGURE, "distinct basis", source="return")} >= {
        *("core", "pulse", "local", "fft", "nominal", "hours"),
    }
    parts = select(built, "indicators.organisation_indicator", "count(*)", indicator_id="user_satisfaction")
    assert parts > select(built, "indicators.organisation_indicator", "count(*)", commissioner_code="C1")
    assert select(built, MODEL_FIGURE, "distinct sector", sector=boring.ALL_MUTUALS) != []
    assert {kind for (kind,) in select(built, FIGURE, "distinct split_part(audience, '-', 1)")} == {
        *("public", "commissioner", "organisation"),
    }
    assert {note for (note,) in select(built, MODEL_FIGURE, "distinct note")} == {
        "",
        "too few organisations",
        "most of them are known to a reader",
        "one organisation makes up most of it",
        "another figure could be worked out from it",
    }
    assert select(built, FIGURE, "distinct source") == [("[x]",), ("official",), ("return",)]
    assert select(built, FIGURE, "distinct basis", indicator_id=RATE, source="return") == [
        ("calendar_days",),
        ("hours",),
        ("working_days",),
    ]
    assert select(built, FIGURE, "distinct is_public") == [(False,), (True,)]
    assert select(built, "benchmarks.peer", "distinct scope") == [("all_sectors",), ("sector",)]
    withheld = [one.satisfied for one in sector.answers] + [one.positive for one in sector.waves]
    assert None in withheld
    assert {one.annual_value is None for one in sector.contracts} == {True, False}
    without_worth = {one.code for one in sector.snapshots} - {
        one.organisation_code for one in sector.contracts if one.annual_value
    }
    assert without_worth != set()
    named = [(one.group, {other.id for other in of.savings}) for of in sector.snapshots for one in of.savings]
    assert any(group in ids for group, ids in named)
    assert {wave.code for wave in sector.waves if "Q" not in wave.wave} & {
        wave.code for wave in sector.waves if "Q4" in wave.wave
    } != set()
    tied = (
        "select 1 from benchmarks.compared group by indicator_id, grain, period_id, variant, value having count(*) > 1"
    )
    assert built.execute(tied).fetchall() != []


def test_every_indicator_of_every_organisation_is_what_loops_make_it(
    built: duckdb.DuckDBPyConnection, by_hand: list[Figure]
) -> None:
    columns = (
        "indicator_id, grain, period_id, variant, organisation_code, commissioner_code, source, "
        "numerator, denominator, per_days, value, months_reported, months_expected"
    )
    found = {row[:7]: row[7:] for row in select(built, "indicators.organisation_indicator", columns)}
    expected = {
        (*astuple(figure.key), *astuple(figure.of)): (
            figure.numerator,
            figure.denominator,
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
    built: duckdb.DuckDBPyConnection, beside: dict[tuple[Key, str], Peers]
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
            *(peers.quantile(share) for share in (boring.LOWER, boring.HALF, boring.UPPER)),
        )
        for (key, code), peers in beside.items()
    }
    assert differences(found, expected) == []


def test_delivery_models_are_pooled_as_loops_pool_them(
    sector: Sector, built: duckdb.DuckDBPyConnection, by_hand: list[Figure]
) -> None:
    columns = (
        "indicator_id, grain, period_id, variant, delivery_model, sector, "
        "organisations, numerator, denominator, value, lower_quartile, median, upper_quartile"
    )
    found = {row[:6]: row[6:] for row in select(built, "benchmarks.delivery_model", columns)}
    figures = compared(by_hand)
    groups = boring.groups(figures, boring.sectors_with_mutuals(sector)) | boring.bands_of_ownership(figures)
    expected = {
        (*astuple(key), model, of_sector): (
            len(group),
            sum((figure.numerator for figure in group), Decimal(0)),
            None if key.meaning.is_amount else sum((figure.denominator or 0 for figure in group), Decimal(0)),
            boring.pooled(group),
            *(
                boring.quantile([figure.value for figure in group if figure.value is not None], share)
                for share in (boring.LOWER, boring.HALF, boring.UPPER)
            ),
        )
        for (key, model, of_sector), group in groups.items()
        if of_sector != "ALL"
    }
    assert differences(found, expected) == []


def test_every_audience_reads_of_organisations_what_loops_let_it_read(
    sector: Sector,
    built: duckdb.DuckDBPyConnection,
    readers: Reading,
    by_hand: list[Figure],
    beside: dict[tuple[Key, str], Peers],
    withheld: boring.Withheld,
) -> None:
    columns = (
        "audience, grain, period_id, indicator_id, organisation_code, basis, "
        "value, denominator, months_reported, months_expected, peer_group, peers, peer_value, peer_median, "
        "peer_lower_quartile, peer_upper_quartile, peer_note, source, is_public"
    )
    rows = select(built, FIGURE, columns)
    reported = {row[:6]: row[6:] for row in rows if row[6] not in ("[x]", "[z]")}
    groups = boring.groups(compared(by_hand), boring.sectors_with_mutuals(sector))
    expected = boring.organisation_figures(readers, by_hand, beside, groups, QUARTERS[-1], withheld)
    assert differences(reported, expected) == []
    others = {row[:5] for row in rows if row[6] in ("[x]", "[z]")}
    assert others == boring.without_figure(readers, expected, QUARTERS[-1])
    assert {row[10:16] for row in rows if row[6] in ("[x]", "[z]")} == {("[z]",) * 6}


def test_every_audience_reads_of_delivery_models_what_loops_let_it_read(
    sector: Sector,
    built: duckdb.DuckDBPyConnection,
    readers: Reading,
    by_hand: list[Figure],
    withheld: boring.Withheld,
) -> None:
    columns = (
        "audience, grain, period_id, indicator_id, sector, basis, delivery_model, "
        "organisations, organisations_registered, months_reported, months_expected, numerator, denominator, value, "
        "value_with_unclassified, median, lower_quartile, upper_quartile, note, is_public"
    )
    found = {row[:7]: row[7:] for row in select(built, MODEL_FIGURE, columns)}
    assert differences(found, boring.delivery_model_figures(sector, readers, by_hand, QUARTERS[-1], withheld)) == []


@pytest.mark.long
def test_the_order_of_the_rows_that_come_in_changes_no_table(sector: Sector, built: duckdb.DuckDBPyConnection) -> None:
    rows = sector.rows()
    random.Random(1).shuffle(rows)
    names = [
        name
        for name in table_names(built)
        if name.split(".")[0] in ("indicators", "benchmarks", "disclosure", "published")
    ]
    with build(*rows) as shuffled:
        assert [name for name in names if everything(shuffled, name) != everything(built, name)] == []
    assert "published.organisation_figure" in names
