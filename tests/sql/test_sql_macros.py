"""The statistics of macros.sql against the same thing in boring Python."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from itertools import product

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impact.indicators import indicators
from impact.places import sql_folder
from tests.sql.tables import value_of

QUARTERS = (0.25, 0.5, 0.75)


@pytest.fixture(scope="module")
def macros() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute((sql_folder() / "macros.sql").read_text("utf-8"))
        yield connection


@pytest.mark.parametrize(
    ("value", "decimals", "printed"),
    [
        (0, 0, "0"),
        (0, 2, "0.00"),
        (2.4, 0, "2"),
        (2.5, 0, "3"),
        (-2.5, 0, "-3"),
        (-0.4, 0, "0"),
        (0.25, 1, "0.3"),
        (-0.25, 1, "-0.3"),
        (-0.04, 1, "0.0"),
        (0.125, 2, "0.13"),
        (-0.125, 2, "-0.13"),
        (0.005, 2, "0.01"),
        (-0.005, 2, "-0.01"),
        (-0.004, 2, "0.00"),
        (7, 2, "7.00"),
        (1234567.891, 2, "1234567.89"),
        (0.0625, 3, "0.063"),
        (-0.0625, 3, "-0.063"),
        (0.0005, 3, "0.001"),
    ],
)
def test_a_figure_is_printed_with_its_decimals_and_half_goes_away_from_zero(
    macros: duckdb.DuckDBPyConnection, value: float, decimals: int, printed: str
) -> None:
    assert value_of(macros, "display(cast(? as double), ?)", value, decimals) == printed


@pytest.mark.parametrize("value", ["1.005", "0.145", "0.285", "4.35", "-1.005", "2.675"])
def test_half_goes_away_from_zero_where_a_double_falls_just_short_of_it(
    macros: duckdb.DuckDBPyConnection, value: str
) -> None:
    decimals = len(value.split(".")[1]) - 1
    printed = Decimal(value).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    assert value_of(macros, "display(cast(? as double), ?)", value, decimals) == str(printed)


def test_a_rate_that_is_exactly_half_is_printed_as_it_is_by_hand(macros: duckdb.DuckDBPyConnection) -> None:
    wrong = []
    for available, halves in product((1000, 2000, 5000, 10000), range(1, 2400, 42)):
        lost = Decimal(halves) * available / 20000
        by_hand = (lost / available * 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
        printed = value_of(
            macros,
            "display(indicator_value(cast(? as decimal(38, 14)), cast(? as decimal(38, 14)), 100, null), 2)",
            lost,
            available,
        )
        if printed != str(by_hand):
            wrong.append(f"{lost} of {available} is {by_hand}%, not {printed}%")
    assert wrong == []


@settings(deadline=None)  # a query may wait for the machine
@given(value=st.decimals(-10_000, 10_000, places=5), decimals=st.integers(0, 3))
def test_an_exact_figure_is_printed_as_decimals_round(
    macros: duckdb.DuckDBPyConnection, value: Decimal, decimals: int
) -> None:
    rounded = value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    printed = value_of(macros, "display(cast(? as decimal(28, 14)), ?)", value, decimals)
    assert printed == str(abs(rounded) if rounded == 0 else rounded)


@pytest.mark.parametrize("total", ["500000000.00496", "500000000.00504", "-500000000.00496"])
def test_a_large_total_is_printed_as_exactly_as_a_small_one(macros: duckdb.DuckDBPyConnection, total: str) -> None:
    rounded = Decimal(total).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert value_of(macros, "display(cast(? as decimal(38, 14)), 2)", total) == str(rounded)


def test_no_figure_is_printed_where_there_is_none(macros: duckdb.DuckDBPyConnection) -> None:
    assert value_of(macros, "display(cast(null as double), 2)") is None


def test_every_indicator_has_decimals_that_can_be_printed(macros: duckdb.DuckDBPyConnection) -> None:
    unprintable = [
        name
        for name, entry in indicators().items()
        if value_of(macros, "display(cast(1 as double), ?)", entry["decimals"]) is None
    ]
    assert unprintable == []


def test_an_indicator_is_numerator_over_denominator_on_its_scale(macros: duckdb.DuckDBPyConnection) -> None:
    assert value_of(macros, "indicator_value(3, 80, 100, null)") == pytest.approx(3 / 80 * 100, rel=1e-12)
    assert value_of(macros, "indicator_value(3, 80, 1, 365)") == pytest.approx(3 / (80 / 365), rel=1e-12)


def test_an_indicator_over_nothing_is_nothing(macros: duckdb.DuckDBPyConnection) -> None:
    assert value_of(macros, "indicator_value(0, 0, 100, null)") is None
    assert value_of(macros, "indicator_value(3, 0, 1, 365)") is None
    assert value_of(macros, "indicator_value(cast(null as decimal(28, 14)), 5, 100, null)") is None


def test_an_indicator_of_money_does_not_lose_its_pennies(macros: duckdb.DuckDBPyConnection) -> None:
    assert value_of(macros, "indicator_value(cast(1.25 as decimal(18, 2)), cast(3 as decimal(18, 2)), 1, null)") == (
        pytest.approx(1.25 / 3, rel=1e-12)
    )


def quantile(values: list[float], share: float) -> float:
    """Type 7 of Hyndman and Fan: the value at `share` of the way along, on the straight line between neighbours."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    part = place - below
    return ordered[below] * (1 - part) + ordered[above] * part


@settings(deadline=None)  # a query may wait for the machine
@given(st.lists(st.integers(-300, 300).map(lambda number: number / 8), min_size=2, max_size=25))
def test_a_quantile_without_one_of_the_values_is_the_quantile_of_the_rest(
    macros: duckdb.DuckDBPyConnection, values: list[float]
) -> None:
    ordered = sorted(values)
    columns = ", ".join(f"leave_one_out_quantile(values_, place, {share})" for share in QUARTERS)
    found = macros.execute(
        f"select {columns} from (select ?::double[] as values_, unnest(range(1, ? + 1)) as place) order by place",
        [ordered, len(ordered)],
    ).fetchall()
    for place, quantiles in enumerate(found):
        rest = ordered[:place] + ordered[place + 1 :]
        assert quantiles == pytest.approx([quantile(rest, share) for share in QUARTERS], rel=1e-12, abs=1e-12)
    assert len(found) == len(values)


@settings(deadline=None)  # a query may wait for the machine
@given(st.lists(st.sampled_from([1.0, 2.0, 2.5]), min_size=2, max_size=15), st.data())
def test_which_of_equal_values_is_left_out_makes_no_difference(
    macros: duckdb.DuckDBPyConnection, values: list[float], data: st.DataObject
) -> None:
    ordered = sorted(values)
    chosen = data.draw(st.sampled_from(ordered))
    places = [place for place, value in enumerate(ordered, start=1) if value == chosen]
    found = {value_of(macros, "leave_one_out_quantile(?::double[], ?, 0.25)", ordered, place) for place in places}
    assert len(found) == 1


def test_nothing_is_left_once_the_only_value_is_left_out(macros: duckdb.DuckDBPyConnection) -> None:
    for share in QUARTERS:
        assert value_of(macros, f"leave_one_out_quantile([4.5], 1, {share})") is None


def test_the_value_at_a_place_skips_the_one_left_out(macros: duckdb.DuckDBPyConnection) -> None:
    for own_place, rest in ((1, [20, 30]), (2, [10, 30]), (3, [10, 20])):
        assert [value_of(macros, "left_out_at([10, 20, 30], ?, ?)", own_place, place) for place in (0, 1)] == rest
