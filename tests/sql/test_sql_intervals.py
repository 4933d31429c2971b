"""The intervals of sql/indicators/organisation_indicator.sql beside boring Python, on ten thousand rows."""

import random
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from scipy.stats import t

from impact.indicators import indicators
from impact.models import claims
from tests.sql import boring_verdicts as boring
from tests.sql.tables import (
    RATE,
    Row,
    asked,
    build,
    instrument,
    one,
    organisation,
    row,
    run,
    scored,
    select,
    tables,
    value_of,
)

FIGURE = "indicators.organisation_indicator"
PERIOD = row(
    "indicators.period",
    grain="quarter",
    period_id="2026-Q1",
    period_start_on="2026-01-01",
    period_end_on="2026-03-31",
    months=3,
    days=90,
)
ROWS = 10_000
SHARES = {"staff_satisfaction": 100, "user_satisfaction": 100, "user_dissatisfaction": 100}


def counted(indicator: str, code: str, numerator: Any, denominator: Any, squares: Any = None, **values: Any) -> Row:
    given = {
        "indicator_id": indicator,
        "organisation_code": code,
        "commissioner_code": "ALL",
        "source": "return",
        "variant": "core",
        "period_start_on": "2026-01-01",
        "period_end_on": "2026-03-31",
        "months": 3,
    }
    counts = {"numerator": numerator, "denominator": denominator, "sum_of_squares": squares}
    return Row("indicators.counted", {**given, **counts, **values})


def figures(*rows: Row) -> duckdb.DuckDBPyConnection:
    codes = sorted({str(one.values["organisation_code"]) for one in rows})
    return run(tables(PERIOD, *map(organisation, codes), *rows), FIGURE)


@pytest.fixture(scope="module")
def rng() -> random.Random:
    return random.Random(20260720)


@pytest.fixture(scope="module")
def shares(rng: random.Random) -> dict[tuple[str, str], tuple[int, int]]:
    made = {}
    for number in range(ROWS // 4 * 3):
        n = rng.choice((0, 1, 2, rng.randint(3, 50), rng.randint(51, 5000)))
        x = rng.choice((0, n, rng.randint(0, n), rng.randint(0, n)))
        made[rng.choice(sorted(SHARES)), f"S{number}"] = x, n
    return made


@pytest.fixture(scope="module")
def means(rng: random.Random) -> dict[str, list[float]]:
    """Scores in quarters, which binary fractions hold exactly."""
    sizes = (0, 1, 2, 3, 300, 301, 302, 1500, *(rng.randint(2, 60) for _ in range(ROWS // 4 - 8)))
    made = {}
    for number, size in enumerate(sizes):
        least, greatest = sorted((rng.randint(0, 40), rng.randint(0, 40)))
        made[f"E{number}"] = [rng.randint(least, greatest) / 4 for _ in range(size)]
    return made


@pytest.fixture(scope="module")
def made(
    shares: dict[tuple[str, str], tuple[int, int]], means: dict[str, list[float]]
) -> Iterator[duckdb.DuckDBPyConnection]:
    rows = [counted(indicator, code, *counts) for (indicator, code), counts in shares.items()]
    for code, scores in means.items():
        squares = sum(Decimal(score) ** 2 for score in scores)
        rows.append(counted("staff_engagement", code, sum(map(Decimal, scores)), len(scores), squares))
    with figures(*rows) as connection:
        yield connection


def about(limits: tuple[float, float] | None, multiplier: float) -> tuple[Any, Any]:
    if limits is None:
        return None, None
    return pytest.approx(limits[0] * multiplier, abs=1e-9), pytest.approx(limits[1] * multiplier, abs=1e-9)


def test_every_share_has_the_interval_of_wilson(
    shares: dict[tuple[str, str], tuple[int, int]], made: duckdb.DuckDBPyConnection
) -> None:
    found = {row[:2]: row[2:] for row in select(made, FIGURE, "indicator_id, organisation_code, lower_95, upper_95")}
    assert len(found) == ROWS
    wrong = [
        (place, counts, found[place])
        for place, counts in shares.items()
        if found[place] != about(boring.wilson(*counts), SHARES[place[0]])
    ]
    assert wrong == []
    assert {counts[1] == 0 for counts in shares.values()} == {True, False}


def test_every_mean_has_the_interval_of_student(means: dict[str, list[float]], made: duckdb.DuckDBPyConnection) -> None:
    columns = "organisation_code, lower_95, upper_95"
    found = {row[0]: row[1:] for row in select(made, FIGURE, columns, indicator_id="staff_engagement")}
    # A variance from sums loses digits where all score nearly the same: its root half of them.
    wrong = [
        (code, len(scores), found[code])
        for code, scores in means.items()
        for limits in [boring.student(scores)]
        if (found[code] == (None, None)) != (limits is None)
        or (limits and max(abs(a - b) for a, b in zip(found[code], limits, strict=True)) > 1e-6)
        or (limits and len(set(scores)) > 1 and found[code] != about(limits, 1))
    ]
    assert wrong == []


def test_none_of_n_reaches_down_to_nothing_and_all_of_n_up_to_everything() -> None:
    made = figures(counted("staff_satisfaction", "A", 0, 7), counted("staff_satisfaction", "B", 7, 7))
    lower, upper = one(made, FIGURE, "lower_95, upper_95", organisation_code="A")
    assert (lower, 0 < upper < 100) == (0, True)
    lower, upper = one(made, FIGURE, "lower_95, upper_95", organisation_code="B")
    assert (0 < lower < 100, upper) == (True, 100)


def test_a_mean_without_its_sum_of_squares_has_no_interval() -> None:
    made = figures(counted("staff_engagement", "A", 70, 10))
    assert one(made, FIGURE, "value, lower_95, upper_95") == (7, None, None)


def test_days_of_absence_and_money_have_no_interval() -> None:
    made = figures(counted(RATE, "A", 7, 100, variant="calendar_days"), counted("net_savings", "A", 7, None))
    assert select(made, FIGURE, "lower_95, upper_95") == [(None, None), (None, None)]


def test_what_is_no_share_gets_no_interval_and_is_named_by_the_claim() -> None:
    made = figures(counted("staff_satisfaction", "A", 8, 7))
    assert one(made, FIGURE, "lower_95, upper_95") == (None, None)
    (claim,) = (claim for claim in claims() if claim.claim == "lies_within_its_interval")
    assert made.execute(claim.sql).fetchall()[0][:4] == ("staff_satisfaction", "quarter", "2026-Q1", "A")


def test_the_sum_of_squares_comes_with_the_score_of_the_last_wave() -> None:
    made = build(
        organisation("M1"),
        *instrument("core"),
        scored("M1", "2025-Q4", 30, 4, score_sum_of_squares=300),
        scored("M1", "2026-Q1", 12, 3, score_sum_of_squares=50),
        asked("M1", "2026-Q1", 6, 11),
    )
    limits = about(boring.student([3, 4, 5]), 1)
    found = one(
        made,
        FIGURE,
        "sum_of_squares, lower_95, upper_95",
        indicator_id="staff_engagement",
        grain="rolling_year",
        period_id="2026-Q1",
    )
    assert found == (50, *limits)


def test_sums_of_squares_are_added_up_only_where_all_are_there() -> None:
    there, missing = ({"variant": "core", "period_start_on": f"2026-0{month}-01"} for month in (1, 2))
    rows = [
        counted("staff_engagement", "A", 12, 3, squares, months=1, period_end_on=end, **place)
        for squares, end, place in ((50, "2026-01-31", there), (None, "2026-01-31", missing))
    ]
    made = figures(*rows)
    assert one(made, FIGURE, "sum_of_squares, lower_95") == (None, None)


def test_beyond_the_table_the_quantiles_of_student_are_worked_out_to_nine_digits() -> None:
    with tables() as connection:
        for name, share in (("95", 0.975), ("99_8", 0.999)):
            looked_up = dict(select(connection, "reference.t_quantiles", f"degrees_of_freedom, t_{name}"))
            assert sorted(looked_up) == list(range(1, 301))
            for degrees in range(1, 301):
                assert looked_up[degrees] == pytest.approx(float(t.ppf(share, degrees)), rel=1e-11)
            for degrees in (301, 350, 999, 10_000):
                found = value_of(connection, f"t_of_many(?, z_{name}())", degrees)
                assert found == pytest.approx(float(t.ppf(share, degrees)), abs=1e-9)


def test_every_indicator_says_how_chance_is_allowed_for() -> None:
    assert {entry["interval"] for entry in indicators().values()} == {"share", "mean", "none"}
    assert {entry["verdict"] for entry in indicators().values()} == {"share", "mean", "absence", "none"}
    of_means = [name for name, entry in indicators().items() if "mean" in (entry["interval"], entry["verdict"])]
    assert [name for name in of_means if indicators()[name]["sum_of_squares"] is None] == []
