"""sql/benchmarks/verdict.sql: which organisations are told from their peers, and why others are not compared."""

import random
from collections.abc import Iterator, Sequence
from math import asin, sqrt
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impact.indicators import indicators
from tests.sql import boring_verdicts as boring
from tests.sql.boring_verdicts import Place
from tests.sql.tables import (
    RATE,
    Row,
    absence,
    everything,
    instrument,
    months,
    official,
    one,
    organisation,
    run,
    select,
    tables,
)

VERDICT = "benchmarks.verdict"
LIMITS = "benchmark, lower_95, upper_95, lower_99_8, upper_99_8"
YEAR = months("2025-01", 12)


def figure(code: str, numerator: Any, denominator: Any, indicator: str = "staff_satisfaction", **values: Any) -> Row:
    """A year's figure of a whole organisation."""
    multiplier = indicators()[indicator]["multiplier"]
    given = {
        "indicator_id": indicator,
        "grain": "rolling_year",
        "period_id": "2025-Q4",
        "organisation_code": code,
        "commissioner_code": "ALL",
        "delivery_model": "mutual",
        "sector": "community_health",
        "source": "return",
        "variant": "core",
        "numerator": numerator,
        "denominator": denominator,
        "value": numerator * multiplier / denominator if denominator else None if denominator == 0 else numerator,
        "months_reported": 12,
        "months_expected": 12,
    }
    return Row("indicators.organisation_indicator", {**given, **values})


def verdicts(*rows: Row) -> duckdb.DuckDBPyConnection:
    """Those on given figures, whose organisations are in the register as the figures have them."""
    known = {row.values["organisation_code"]: row.values for row in rows if "indicator_id" in row.values}
    register = [organisation(code, of["delivery_model"], of["sector"]) for code, of in sorted(known.items())]
    return run(tables(*instrument("core"), *instrument("fft", compares_organisations=False), *register, *rows), VERDICT)


def verdict(made: duckdb.DuckDBPyConnection, code: str, **where: Any) -> tuple[Any, ...]:
    return one(made, VERDICT, "verdict, why_not_compared", organisation_code=code, **where)


def peers(count: int = 20, share: float = 0.6, n: int = 100, **values: Any) -> list[Row]:
    return [figure(f"P{place:02}", round(share * n), n, **values) for place in range(count)]


# Words


@pytest.mark.parametrize(
    ("positive", "word"), [(600, "similar"), (640, "better"), (700, "much better"), (560, "worse"), (500, "much worse")]
)
def test_the_word_says_how_far_beyond_the_limits_a_value_lies(positive: int, word: str) -> None:
    assert verdict(verdicts(*peers(n=1000), figure("M1", positive, 1000)), "M1") == (word, "")


def test_where_less_is_better_the_lower_one_is_better() -> None:
    made = verdicts(
        *peers(n=1000, indicator="user_dissatisfaction"), figure("M1", 500, 1000, indicator="user_dissatisfaction")
    )
    assert verdict(made, "M1") == ("much better", "")


@pytest.mark.parametrize(
    ("position", "word"),
    [
        ("above 99.8%", "much higher"),
        ("above 95%", "higher"),
        ("inside 95%", "similar"),
        ("below 95%", "lower"),
        ("below 99.8%", "much lower"),
    ],
)
def test_without_polarity_nothing_is_better_or_worse(position: str, word: str) -> None:
    with tables() as connection:
        assert connection.execute("select verdict_of(?, 'none')", [position]).fetchall() == [(word,)]


# Limits


def test_the_limits_of_exchangeable_shares_are_those_of_one_more_like_them() -> None:
    made = verdicts(*peers(20, 0.6, 400), figure("M1", 50, 100))
    own = Place("M1", 0, 100, 0.25, 100, 50)
    others = [Place("", asin(sqrt(0.6)), 400, 0.25, 400, 240)] * 20
    around = boring.limits(own, others, "share")
    assert one(made, VERDICT, f"peers, scope, {LIMITS}", organisation_code="M1") == (
        20,
        "sector",
        *_shown(around, "share"),
    )


def test_organisations_that_lie_apart_beyond_chance_make_the_limits_wider() -> None:
    alike = verdicts(*peers(n=1000), figure("M1", 640, 1000))
    apart = verdicts(*(figure(f"P{place:02}", 500 + place * 10, 1000) for place in range(21)), figure("M1", 640, 1000))
    assert verdict(alike, "M1") == ("better", "")
    assert verdict(apart, "M1") == ("similar", "")


def test_the_organisation_itself_is_in_nothing_that_it_is_held_against() -> None:
    found = [
        one(verdicts(*peers(), figure("M1", positive, 100)), VERDICT, LIMITS, organisation_code="M1")
        for positive in (10, 60)
    ]
    assert found[0] == found[1]


def test_limits_stay_within_what_can_be() -> None:
    made = verdicts(*peers(5, 0.96, 12), figure("M1", 11, 11))
    lower, upper = one(made, VERDICT, "lower_99_8, upper_99_8", organisation_code="M1")
    assert 0 <= lower < upper <= 100
    scores = [
        figure(f"P{place}", 11 * level, 11, "staff_engagement", sum_of_squares=11 * level**2 + 30)
        for place, level in enumerate((0, 10, 1, 9, 5, 5))
    ]
    made = verdicts(*scores)
    assert select(made, VERDICT, "distinct lower_99_8, upper_99_8") == [(0, 10)]


def test_where_all_are_alike_to_the_last_person_nobody_stands_out_by_a_rounding() -> None:
    made = verdicts(*(figure(f"P{place}", 77, 11, "staff_engagement", sum_of_squares=539) for place in range(7)))
    assert select(made, VERDICT, "distinct verdict, why_not_compared") == [("similar", "")]


@given(st.lists(st.tuples(st.integers(11, 900), st.floats(0, 1)), min_size=6, max_size=12))
@settings(max_examples=10, deadline=None)
def test_who_satisfies_is_as_much_better_as_who_does_not_dissatisfy(counts: list[tuple[int, float]]) -> None:
    rows = []
    for place, (n, share) in enumerate(counts):
        x = round(n * share)
        rows += [
            figure(f"M{place}", x, n, "user_satisfaction"),
            figure(f"M{place}", n - x, n, "user_dissatisfaction"),
        ]
    with verdicts(*rows) as made:
        of = {name: select(made, VERDICT, "organisation_code, verdict", indicator_id=name) for name in
              ("user_satisfaction", "user_dissatisfaction")}  # fmt: skip
    assert of["user_satisfaction"] == of["user_dissatisfaction"]


# Not compared


def test_with_too_few_peers_in_all_sectors_nothing_is_compared() -> None:
    made = verdicts(*peers(4), figure("M1", 60, 100))
    assert one(made, VERDICT, f"verdict, why_not_compared, {LIMITS}", organisation_code="M1") == (
        "not compared",
        "too few peers",
        *(None,) * 5,
    )


def test_with_too_few_in_the_sector_the_peers_are_those_of_all_sectors() -> None:
    made = verdicts(*peers(4), *peers(0), figure("L1", 50, 100, sector="libraries"), figure("M1", 60, 100))
    assert one(made, VERDICT, "peers, scope", organisation_code="M1") == (5, "all_sectors")


def test_too_few_answers_give_no_verdict_and_still_count_among_the_peers() -> None:
    made = verdicts(*peers(5), figure("M1", 6, 10), figure("M2", 6, 11))
    assert verdict(made, "M1") == ("not compared", "too few answers")
    assert verdict(made, "M2") == ("similar", "")
    assert one(made, VERDICT, "peers", organisation_code="M2") == (6,)


def test_an_instrument_that_does_not_compare_gives_no_verdict() -> None:
    made = verdicts(*peers(indicator="user_satisfaction", variant="fft"))
    assert select(made, VERDICT, "distinct why_not_compared") == [("not an instrument to compare by",)]


def test_a_mean_without_squares_has_no_measure_of_chance_and_is_nobodys_peer() -> None:
    scores = [figure(f"P{place}", 70 + place, 11, "staff_engagement", sum_of_squares=520) for place in range(6)]
    made = verdicts(*scores, figure("M1", 70, 11, "staff_engagement"))
    assert verdict(made, "M1") == ("not compared", "no measure of chance")
    assert select(made, VERDICT, "distinct peers", why_not_compared="") == [(5,)]


def test_money_is_no_sample_and_sick_days_say_what_the_rate_says() -> None:
    made = verdicts(
        *peers(indicator="savings_share_of_contract"),
        figure("M1", 70, None, "net_savings"),
        figure("M1", 7, 1000, "sick_days_per_fte", variant="calendar_days", per_days=365),
    )
    found = select(made, VERDICT, "distinct indicator_id, verdict, why_not_compared")
    assert found == [
        ("net_savings", "not compared", "no measure of chance"),
        ("savings_share_of_contract", "not compared", "no measure of chance"),
        ("sick_days_per_fte", "not compared", "says the same as the sickness absence rate"),
    ]


def test_what_is_neither_good_nor_bad_and_has_no_verdict_is_not_spoken_of() -> None:
    made = verdicts(
        *peers(indicator="staff_response_rate"),
        figure("M1", 60, 100, commissioner_code="C1"),
        figure("M2", 60, 100, grain="quarter"),
        figure("M3", 0, 0),
    )
    assert select(made, VERDICT, "*") == []


def test_the_official_figure_is_the_one_that_is_compared() -> None:
    made = verdicts(*peers(n=1000), figure("M1", 600, 1000), figure("M1", 700, 1000, source="official"))
    assert one(made, VERDICT, "source, value, verdict", organisation_code="M1") == ("official", 70, "much better")


# Absence


def year_of(code: str, rate: float, available: int = 1000, first: str = "2025-01", **values: Any) -> list[Row]:
    """Twelve months at a rate, some above it and some below."""
    lost = [available * rate * (1 + wave) for wave in (0.1, -0.1, 0.05, -0.05, 0.2, -0.2) * 2]
    return [
        absence(code, month, f"{of:.2f}", available, **values)
        for month, of in zip(months(first, 12), lost, strict=True)
    ]


def absences(*rows: Row) -> duckdb.DuckDBPyConnection:
    codes = sorted({row.values.get("organisation_code") or row.values["ods_code"] for row in rows})
    return run(tables(*map(organisation, codes), *rows), VERDICT)


def absence_verdict(made: duckdb.DuckDBPyConnection, code: str) -> tuple[Any, ...]:
    return verdict(made, code, indicator_id=RATE, period_id="2025-Q4")


def many(count: int = 8) -> list[Row]:
    return [row for place in range(count) for row in year_of(f"P{place}", 0.04 + 0.0005 * (place % 3))]


@pytest.mark.parametrize(("rate", "word"), [(0.04, "similar"), (0.08, "much worse"), (0.01, "much better")])
def test_a_year_of_absence_is_told_from_that_of_peers(rate: float, word: str) -> None:
    assert absence_verdict(absences(*many(), *year_of("M1", rate)), "M1") == (word, "")


def test_eleven_months_are_no_year() -> None:
    made = absences(*many(), *year_of("M1", 0.08)[1:])
    assert absence_verdict(made, "M1") == ("not compared", "fewer than 12 months")
    assert one(made, VERDICT, "peers", organisation_code="P0", indicator_id=RATE, period_id="2025-Q4") == (7,)


def test_a_month_in_which_nobody_could_have_worked_is_not_there() -> None:
    rows = [*year_of("M1", 0.08)[1:], absence("M1", "2025-01", 0, 0)]
    assert absence_verdict(absences(*many(), *rows), "M1") == ("not compared", "fewer than 12 months")


def test_eleven_official_months_are_not_made_up_with_a_return() -> None:
    rows = [*year_of("M1", 0.08), *(official("M1", month, 40, 1000) for month in YEAR[1:])]
    assert absence_verdict(absences(*many(), *rows), "M1") == ("not compared", "fewer than 12 months")


def test_a_change_of_basis_starts_a_year_anew() -> None:
    rows = [*year_of("M1", 0.04)[:6], *year_of("M1", 0.04, basis="hours")[6:]]
    made = absences(*many(), *rows)
    found = select(made, VERDICT, "variant, why_not_compared", organisation_code="M1", period_id="2025-Q4")
    assert found[:2] == [("calendar_days", "fewer than 12 months"), ("hours", "fewer than 12 months")]


def test_a_year_with_too_few_peers_in_one_of_its_months_is_not_compared() -> None:
    rows = [row for place in range(5) for row in year_of(f"P{place}", 0.04)[(1 if place else 0) :]]
    made = absences(*rows, *year_of("M1", 0.04))
    assert absence_verdict(made, "M1") == ("not compared", "too few peers")


def test_whoever_seems_steady_by_luck_does_not_stand_out_by_it() -> None:
    steady = [absence("M1", month, 41, 1000) for month in YEAR]
    made = absences(*many(), *steady)
    assert absence_verdict(made, "M1") == ("similar", "")


# Hundreds of organisations


@pytest.fixture(scope="module")
def drawn() -> list[Row]:
    """Shares and means of 240 organisations: all sizes, ties, none and all of n, some without squares, small groups."""
    rng = random.Random(20260720)
    rows = []
    for number in range(240):
        where = {
            "delivery_model": rng.choices(("mutual", "in_house", "outsourced"), (8, 4, 1))[0],
            "sector": rng.choices(("community_health", "libraries", "transport"), (8, 4, 1))[0],
            "period_id": rng.choice(("2025-Q3", "2025-Q4")),
        }
        n = rng.choice((1, rng.randint(2, 30), rng.randint(30, 900), rng.randint(30, 900)))
        x = rng.choice((0, n, *(round(n * rng.gauss(0.7, 0.05)) for _ in range(8)), round(n * 0.9)))
        x = min(max(x, 0), n)
        code = f"X{number:03}"
        rows += [
            figure(code, x, n, "staff_satisfaction", **where),
            figure(code, n - x, n, "user_dissatisfaction", **where),
        ]
        level = rng.gauss(7, 0.5)
        scores = [rng.randint(0, 40) / 4 if rng.random() < 0.5 else round(level * 4) / 4 for _ in range(n)]
        squares = None if rng.random() < 0.1 else sum(score**2 for score in scores)
        rows.append(figure(code, sum(scores), n, "staff_engagement", sum_of_squares=squares, **where))
        if number % 20 == 0:
            twin = [Row(row.table, {**row.values, "organisation_code": f"Y{number:03}"}) for row in rows[-3:]]
            rows += twin
    return rows


@pytest.fixture(scope="module")
def made(drawn: list[Row]) -> Iterator[duckdb.DuckDBPyConnection]:
    with verdicts(*drawn) as connection:
        yield connection


def place_of(values: Any, kind: str) -> Place | None:
    n, total, squares = values["denominator"], values["numerator"], values.get("sum_of_squares")
    code = values["organisation_code"]
    if kind == "share":
        return Place(code, asin(sqrt(total / n)), n, 0.25, n, total)
    if n < 2 or squares is None:
        return None
    return Place(code, total / n, n, max(0.0, squares - total * total / n) / (n - 1), n - 1, total)


def _shown(around: boring.Limits, kind: str) -> list[Any]:
    """Benchmark and limits as the table has them."""
    halves = (0.0, -around.half_95, around.half_95, -around.half_99_8, around.half_99_8)
    return [pytest.approx(boring.on_own_scale(around.centre + half, kind), rel=1e-9, abs=1e-7) for half in halves]


def test_every_verdict_on_shares_and_means_is_what_loops_make_it(
    drawn: Sequence[Row], made: duckdb.DuckDBPyConnection
) -> None:
    columns = f"indicator_id, organisation_code, why_not_compared, verdict, peers, scope, {LIMITS}"
    found = {row[:2]: row[2:] for row in select(made, VERDICT, columns)}
    assert len(found) == len(drawn)
    wrong = []
    for values in (row.values for row in drawn):
        indicator, code, kind = values["indicator_id"], values["organisation_code"], "share"
        if indicator == "staff_engagement":
            kind = "mean"
        own = place_of(values, kind)
        expected: tuple[Any, ...] = ("too few peers", "not compared")
        if values["denominator"] < 11:
            expected = ("too few answers", "not compared")
        elif own is None:
            expected = ("no measure of chance", "not compared")
        else:
            for scope in ("all_sectors", "sector"):
                others = [
                    peer
                    for other in (row.values for row in drawn)
                    if other["organisation_code"] != code
                    and all(other[name] == values[name] for name in ("indicator_id", "period_id", "delivery_model"))
                    and (scope == "all_sectors" or other["sector"] == values["sector"])
                    and (peer := place_of(other, kind))
                ]
                if len(others) >= boring.FOR_MEDIAN:
                    around = boring.limits(own, others, kind)
                    word = boring.word(values["value"], around, kind, indicator != "user_dissatisfaction")
                    expected = ("", word, len(others), scope, *_shown(around, kind))
        if found[indicator, code][: len(expected)] != expected:
            wrong.append((indicator, code, found[indicator, code], expected))
    assert wrong == []
    assert {row[0] for row in found.values()} == {"", "too few answers", "no measure of chance", "too few peers"}
    assert {row[1] for row in found.values()} >= {"much better", "better", "similar", "worse", "much worse"}
    assert {row[3] for row in found.values()} >= {"sector", "all_sectors"}


def test_the_order_of_the_figures_changes_no_bit(drawn: Sequence[Row], made: duckdb.DuckDBPyConnection) -> None:
    shuffled = random.Random(1).sample(drawn, len(drawn))
    with verdicts(*shuffled) as again:
        assert everything(again, VERDICT) == everything(made, VERDICT)


@pytest.fixture(scope="module")
def said() -> list[boring.Month]:
    return boring.random_absence(random.Random(20260721), 110, "2025-01", 15)


@pytest.fixture(scope="module")
def of_absence(said: list[boring.Month]) -> Iterator[duckdb.DuckDBPyConnection]:
    with run(tables(*boring.absence_rows(said)), VERDICT) as connection:
        yield connection


def test_every_verdict_on_absence_is_what_loops_make_it(
    said: list[boring.Month], of_absence: duckdb.DuckDBPyConnection
) -> None:
    columns = (
        "period_id, organisation_code, variant, why_not_compared, verdict, peers, scope, "
        f"is_adjusted_for_staff_mix, {LIMITS}"
    )
    rows = select(of_absence, VERDICT, columns, indicator_id=RATE)
    found = {row[:3]: row[3:] for row in rows if row[0] in ("2025-Q4", "2026-Q1")}
    wrong, expected = [], {}
    for period, first in (("2025-Q4", "2025-01"), ("2026-Q1", "2025-04")):
        for (code, basis), of in boring.absence_years(said, months(first, 12)).items():
            place = period, code, basis
            expected[place] = of
            wanted: tuple[Any, ...] = (of.why, of.verdict)
            if of.limits:
                wanted = (of.why, of.verdict, of.peers, of.scope, of.is_adjusted, *_shown(of.limits, "absence"))
            if found[place][: len(wanted)] != wanted:
                wrong.append((place, found[place], wanted))
    assert wrong == []
    assert set(found) == set(expected)
    assert {of.why for of in expected.values()} == {"", "too few peers", "fewer than 12 months"}
    assert {of.is_adjusted for of in expected.values()} == {True, False}
    assert {of.scope for of in expected.values() if of.limits} == {"sector", "all_sectors"}
    assert {of.verdict for of in expected.values()} >= {"better", "similar", "worse"}


def test_the_order_of_the_returns_changes_no_bit(
    said: list[boring.Month], of_absence: duckdb.DuckDBPyConnection
) -> None:
    rows = boring.absence_rows(said)
    random.Random(1).shuffle(rows)
    with run(tables(*rows), VERDICT) as again:
        assert everything(again, VERDICT) == everything(of_absence, VERDICT)
