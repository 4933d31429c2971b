"""The macros of the statistics against the same formulas in boring Python, on ten thousand generated rows."""

import math
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import duckdb
import pandas as pd
import pytest

from impact.places import sql_folder

ROWS = 10_000
ZS = {"z_95()": 1.959963984540054, "z_99_8()": 3.090232306167813}

Number = float | None


@pytest.fixture(scope="module")
def macros() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute((sql_folder() / "macros.sql").read_text("utf-8"))
        yield connection


def test_the_z_scores_are_those_of_methods_and_more(macros: duckdb.DuckDBPyConnection) -> None:
    from scipy.special import ndtri

    found = macros.execute("select z_95(), z_99_8(), round(z_95(), 6), round(z_99_8(), 6)").fetchone()
    assert found == (*ZS.values(), 1.959964, 3.090232)
    assert list(ZS.values()) == pytest.approx([ndtri(0.975), ndtri(0.999)], rel=1e-15)


def parts() -> list[tuple[Number, Number]]:
    """Numerators and denominators: 0 of 0, 0 of n, n of n, missing ones, small and large, whole and not."""
    drawn = random.Random(20)
    rows: list[tuple[Number, Number]] = [(0, 0), (None, 5), (5, None), (None, None), (0, None)]
    while len(rows) < ROWS:
        n = drawn.choice([1, 2, 3, 9, 10, 11, drawn.randint(1, 200), drawn.randint(1, 10**9), drawn.uniform(0.1, 500)])
        rows.append((drawn.choice([0, n, drawn.random() * n, math.floor(drawn.random() * n)]), n))
    return rows


def agree(
    macros: duckdb.DuckDBPyConnection,
    expression: str,
    boring: Callable[..., Number],
    rows: Sequence[Sequence[Any]],
    names: Sequence[str],
) -> None:
    """An expression of SQL comes to what plain Python does in every row, blank where that is blank."""
    kinds = ", ".join(f"cast(row_[{place}] as double) as {name}" for place, name in enumerate(names, start=1))
    found = macros.execute(
        f"select {expression} from (select {kinds}, position from (select unnest($rows) as row_, "
        "unnest(range(len($rows))) as position)) order by position",
        {"rows": [list(row) for row in rows]},
    ).fetchall()
    assert len(found) == len(rows)
    for row, (value,) in zip(rows, found, strict=True):
        expected = boring(*row)
        if expected is None or value is None:
            assert (expected, value) == (None, None), row
        else:
            assert value == pytest.approx(expected, rel=1e-10, abs=1e-12), row


def wilson(x: Number, n: Number, z: float, sign: int) -> Number:
    if x is None or not n:
        return None
    if x == n and sign > 0:
        return 1
    root = math.sqrt(z * z + 4 * x * (1 - x / n))
    return min(1, max(0, (2 * x + z * z + sign * z * root) / (2 * (n + z * z))))


@pytest.mark.parametrize("z", ZS)
@pytest.mark.parametrize(("side", "sign"), [("lower", -1), ("upper", 1)])
def test_wilsons_limits_are_those_of_boring_python(
    macros: duckdb.DuckDBPyConnection, z: str, side: str, sign: int
) -> None:
    rows = parts()
    agree(macros, f"wilson_{side}(x, n, {z})", lambda x, n: wilson(x, n, ZS[z], sign), rows, ("x", "n"))


def byar(x: Number, z: float, sign: int) -> Number:
    if x is None or (x == 0 and sign < 0):
        return None
    count = x + 1 if sign > 0 else x
    base = 1 - 1 / (9 * count) + sign * z / (3 * math.sqrt(count))
    return None if base < 0 else count * base**3


@pytest.mark.parametrize("z", ZS)
@pytest.mark.parametrize(("side", "sign"), [("lower", -1), ("upper", 1)])
def test_byars_limits_are_those_of_boring_python(
    macros: duckdb.DuckDBPyConnection, z: str, side: str, sign: int
) -> None:
    rows = [(x,) for x, _ in parts()]
    agree(macros, f"byar_{side}(x, {z})", lambda x: byar(x, ZS[z], sign), rows, ("x",))


def test_the_deviation_and_limits_of_a_mean_from_its_sums_are_those_of_its_values(
    macros: duckdb.DuckDBPyConnection,
) -> None:
    drawn = random.Random(21)
    samples = [[drawn.choice([0, 2.5, 5, 7.5, 10]) for _ in range(drawn.randint(0, 12))] for _ in range(ROWS)]
    rows = [(len(values), sum(values), sum(value**2 for value in values), 2.1) for values in samples]
    of = dict(zip(rows, samples, strict=True))

    def deviation(*row: float) -> Number:
        values = of[row]  # type: ignore[index]
        if len(values) < 2:
            return None
        centre = sum(values) / len(values)
        return math.sqrt(sum((value - centre) ** 2 for value in values) / (len(values) - 1))

    def limit(sign: int) -> Callable[..., Number]:
        def boring(*row: float) -> Number:
            spread = deviation(*row)
            return None if spread is None else row[1] / row[0] + sign * row[3] * spread / math.sqrt(row[0])

        return boring

    names = ("n", "total", "squares", "t")
    agree(macros, "deviation_of_sums(n, total, squares)", deviation, rows, names)
    agree(macros, "mean_lower(n, total, squares, t)", limit(-1), rows, names)
    agree(macros, "mean_upper(n, total, squares, t)", limit(1), rows, names)
    missing = [(3, None, 5, 2.1), (3, 3, None, 2.1), (None, 3, 5, 2.1)]
    agree(macros, "deviation_of_sums(n, total, squares)", lambda *_: None, missing, names)


def test_a_quantile_group_is_that_of_boring_python(macros: duckdb.DuckDBPyConnection) -> None:
    """The published formula in fractions, which are exact."""
    from fractions import Fraction

    drawn = random.Random(22)
    rows: list[tuple[int, int, int]] = []
    while len(rows) < ROWS:
        members = drawn.choice([drawn.randint(1, 12), drawn.randint(1, 400)])
        rows.append((drawn.randint(1, members), members, drawn.choice([2, 4, 5, 7, 10])))

    def boring(rank: int, members: int, groups: int) -> Number:
        if members < groups:
            return None
        group = math.floor((groups + 1) - math.ceil((members + 1 - rank) / Fraction(members, groups)))
        return group or 1

    expression = "quantile_group(cast(r as bigint), cast(m as bigint), cast(g as integer))"
    agree(macros, expression, boring, rows, ("r", "m", "g"))


def targets() -> list[tuple[Number, ...]]:
    drawn = random.Random(23)
    rows: list[tuple[Number, ...]] = [(None, 5, 0.1), (0.5, None, 0.1), (0.5, 0, 0.1), (0, 0, 0)]
    while len(rows) < ROWS:
        n = drawn.choice([1, 2, drawn.randint(1, 300), drawn.randint(1, 10**8)])
        rows.append(
            (drawn.choice([0, 1, 0.5, drawn.random()]), n, drawn.choice([0, drawn.random() / 100, drawn.random()]))
        )
    return rows


@pytest.mark.parametrize("z", ZS)
@pytest.mark.parametrize(("side", "sign"), [("lower", -1), ("upper", 1)])
def test_funnel_limits_of_shares_are_those_of_boring_python(
    macros: duckdb.DuckDBPyConnection, z: str, side: str, sign: int
) -> None:
    def narrow(target: Number, n: Number, tau_squared: Number) -> Number:
        if target is None or not n:
            return None
        return min(1, max(0, target + sign * ZS[z] * math.sqrt(target * (1 - target) / n)))

    def wide(target: Number, n: Number, tau_squared: Number) -> Number:
        if target is None or not n or tau_squared is None:
            return None
        angle = math.asin(math.sqrt(target)) + sign * ZS[z] * math.sqrt(1 / (4 * n) + tau_squared)
        return math.sin(min(math.pi / 2, max(0, angle))) ** 2

    names = ("target", "n", "tau")
    agree(macros, f"share_funnel_{side}(target, n, {z})", narrow, targets(), names)
    agree(macros, f"widened_share_{side}(target, n, tau, {z})", wide, targets(), names)
    agree(macros, f"widened_share_{side}(target, n, tau, {z})", wide, [(0.5, 5, None)], names)


@pytest.mark.parametrize("z", ZS)
@pytest.mark.parametrize(("side", "sign"), [("lower", -1), ("upper", 1)])
def test_funnel_limits_of_ratios_are_those_of_boring_python(
    macros: duckdb.DuckDBPyConnection, z: str, side: str, sign: int
) -> None:
    drawn = random.Random(24)
    rows = [(drawn.uniform(0.1, 5000), drawn.choice([0, drawn.random()])) for _ in range(ROWS)]
    agree(
        macros,
        f"widened_ratio_{side}(e, tau, {z})",
        lambda e, tau: math.exp(sign * ZS[z] * math.sqrt(1 / e + tau)),
        rows,
        ("e", "tau"),
    )


def test_a_position_is_that_of_boring_python(macros: duckdb.DuckDBPyConnection) -> None:
    drawn = random.Random(25)
    rows = [(drawn.randint(0, 12), *sorted(drawn.choices(range(12), k=4))) for _ in range(ROWS)]
    names = ["value", "low_998", "low_95", "up_95", "up_998"]
    frame = pd.DataFrame(rows, columns=names).assign(place=range(ROWS))
    macros.register("positions", frame)
    found = macros.execute(
        "select funnel_position(value, low_95, up_95, low_998, up_998) from positions order by place"
    ).fetchall()

    def boring(value: int, low_998: int, low_95: int, up_95: int, up_998: int) -> str:
        if low_95 <= value <= up_95:
            return "inside 95%"
        if value < low_95:
            return "below 95%" if value >= low_998 else "below 99.8%"
        return "above 95%" if value <= up_998 else "above 99.8%"

    assert [word for (word,) in found] == [boring(*row) for row in rows]
    assert macros.execute("select funnel_position(null, 1, 2, 0, 3)").fetchone() == (None,)


def test_an_amount_in_the_prices_of_another_year_is_that_of_boring_python(macros: duckdb.DuckDBPyConnection) -> None:
    drawn = random.Random(26)
    rows = [(drawn.uniform(-1e6, 1e6), drawn.uniform(20, 110), drawn.uniform(20, 110)) for _ in range(ROWS)]
    agree(macros, "in_prices_of(a, own, base)", lambda a, own, base: a * base / own, rows, ("a", "own", "base"))


def test_decimals_go_in_as_well_as_doubles(macros: duckdb.DuckDBPyConnection) -> None:
    found = macros.execute(
        """
        select
            wilson_lower(cast(65 as decimal(28, 14)), cast(100 as decimal(28, 14)), z_95()),
            byar_upper(cast(20 as decimal(28, 14)), z_95()),
            deviation_of_sums(3::bigint, cast(17.5 as decimal(28, 14)), cast(118.75 as decimal(28, 14))),
            in_prices_of(cast(48 as decimal(18, 2)), 96, 100)
        """
    ).fetchone()
    assert found == pytest.approx((0.5525444329688797, 30.889880369197066, math.sqrt(25 / 3), 50), rel=1e-12)
