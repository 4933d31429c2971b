"""Before and after spin-out, the effect on all together, and ownership: random sectors against plain loops, and cases
of a few organisations whose figures can be worked out by hand."""

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from math import isclose, sqrt
from typing import Any

import duckdb
import numpy as np
import pytest
from scipy import stats

from tests.sql import boring_spin_out
from tests.sql.boring import Figure, figures, periods, pooled
from tests.sql.boring_spin_out import SpinOut, effects, spin_outs, words
from tests.sql.random_sector import Answers, Month, Organisation, Sector, Wave, random_sector
from tests.sql.tables import (
    RATE,
    SETTINGS,
    Row,
    absence,
    answers,
    asked,
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

PART = "benchmarks.spin_out_part"
COMPARATOR = "benchmarks.spin_out_comparator"
SPIN_OUT = "benchmarks.spin_out"
EFFECT = "benchmarks.spin_out_effect"
SLOPE = "benchmarks.ownership_slope"
MODELS = (PART, COMPARATOR, SPIN_OUT, EFFECT, SLOPE)


def build(*rows: Row, **settings: float) -> duckdb.DuckDBPyConnection:
    return run(tables(*rows, settings={**SETTINGS, **settings}), *MODELS, "benchmarks.delivery_model")


# Random sectors


def full_sector(seed: int) -> Sector:
    """Sixty organisations of which a third spin out within 33 months, and who miss few of those: beside the random
    sector of all the other tests, in which hardly anybody reports whole years."""
    rng = random.Random(seed)
    own_months, waves = months("2023-07", 33), [f"{2023 + place // 4}-Q{place % 4 + 1}" for place in range(2, 13)]
    organisations = [
        Organisation(
            code=f"F{number:03}",
            delivery_model=rng.choice(("mutual", "mutual", "in_house", "outsourced")),
            sector=rng.choice(("adult_social_care", "adult_social_care", "libraries", "libraries", "transport")),
            has_consented=False,
            active_from=None,
            active_to=None,
            spun_out_on=f"{rng.choice(own_months[3:30])}-{rng.choice((1, 1, 1, 15)):02}" if number % 3 == 0 else None,
            owned_percent=rng.choice((40, 55, 70, 85, 100)),
        )
        for number in range(60)
    ]
    said, counted, asked_of = [], [], []
    for number, each in enumerate(organisations):
        staff, gap = rng.randint(20, 300), rng.choice((0, 0, 0, 0.02, 0.3))
        used = "fft" if number % 4 == 1 else "local"
        is_settled = [each.spun_out_on is not None and f"{month}-01" >= each.spun_out_on for month in own_months]
        for month, settled in zip(own_months, is_settled, strict=True):
            if rng.random() < gap:
                continue
            available = Decimal(staff * 30) + Decimal(rng.randint(-200, 200)) / 100
            lost = available * Decimal(rng.randint(30, 60) - 12 * settled) / 1000
            said.append(Month(each.code, "return", "calendar_days", month, lost, available))
            if number % 7 == 2 and month < "2024-06":
                said.append(Month(each.code, "official", "calendar_days", month, lost, available))
            total = rng.randint(20, 90)
            counted.append(Answers(each.code, month, "S1", used, rng.randint(total // 2, total), 0, total))
        for place, wave in enumerate(waves):
            if rng.random() >= gap:
                answered = staff // 2
                positive = min(answered, round(answered * (0.5 + 0.2 * is_settled[place * 3]) + rng.randint(-2, 2)))
                score = Decimal(answered * rng.randint(550, 700)) / 100
                asked_of.append(Wave(each.code, wave, "core", staff, answered, positive, answered, score, answered))
    return Sector(tuple(organisations), tuple(said), (), tuple(asked_of), tuple(counted), ())


SECTORS = {"random": random_sector(seed=6), "full": full_sector(seed=6)}


@pytest.fixture(scope="module", params=list(SECTORS))
def sector(request: pytest.FixtureRequest) -> Sector:
    return SECTORS[request.param]


@pytest.fixture(scope="module")
def built(sector: Sector) -> Iterator[duckdb.DuckDBPyConnection]:
    with build(*sector.rows()) as connection:
        yield connection


@pytest.fixture(scope="module")
def by_hand(sector: Sector) -> list[Figure]:
    return figures(sector)


@pytest.fixture(scope="module")
def found(sector: Sector, by_hand: list[Figure]) -> dict[tuple[str, str, str, str], SpinOut]:
    return spin_outs(sector, by_hand, periods(sector)[0].starts_on)


def is_near(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return isclose(one, other, rel_tol=1e-8, abs_tol=1e-8)
    return bool(one == other)


def differences(of_sql: dict[Any, tuple[Any, ...]], of_loops: dict[Any, tuple[Any, ...]]) -> list[str]:
    assert set(of_sql) == set(of_loops)
    return [
        f"{place}: {row} is not {of_loops[place]}"
        for place, row in of_sql.items()
        if not all(is_near(*pair) for pair in zip(row, of_loops[place], strict=True))
    ]


def test_the_sectors_hold_every_case() -> None:
    words_of: dict[tuple[str, str], set[object]] = defaultdict(set)
    for one_sector in SECTORS.values():
        with build(*one_sector.rows()) as made:
            for table, column in (
                (SPIN_OUT, "why_not"),
                (SPIN_OUT, "scope"),
                (SPIN_OUT, "before_source"),
                (EFFECT, "verdict"),
                (EFFECT, "why_not"),
                (EFFECT, "trends"),
                (SLOPE, "verdict"),
            ):
                words_of[table, column] |= {word for (word,) in select(made, table, f"distinct {column}")}
    assert words_of[SPIN_OUT, "why_not"] == {
        "",
        "too little before",
        "too little after",
        "too few of the same months on both sides",
        "too few comparators",
        "not an instrument to compare by",
    }
    assert words_of[SPIN_OUT, "scope"] == {"", "sector", "all_sectors"}
    sources = {"own earlier returns", "official figures", "own earlier returns and official figures"}
    assert words_of[SPIN_OUT, "before_source"] == {"", *sources}
    assert words_of[EFFECT, "verdict"] == {"too few to say", "no clear change", "fell", "rose"}
    assert words_of[EFFECT, "why_not"] == {"", "too few organisations", "not an instrument to compare by"}
    assert words_of[EFFECT, "trends"] >= {"too few to say", "ran together"}
    assert words_of[SLOPE, "verdict"] >= {"too few to say", "no clear slope"}


def test_every_before_and_after_is_what_loops_make_it(
    built: duckdb.DuckDBPyConnection, found: dict[tuple[str, str, str, str], SpinOut]
) -> None:
    columns = (
        "organisation_code, indicator_id, variant, period_id, why_not, scope, comparators, before_value, after_value, "
        "difference, lower_95, upper_95, comparator_difference, effect, effect_lower_95, effect_upper_95, trend_before"
    )
    of_loops = {}
    for place, spin_out in found.items():
        own, margins = spin_out.own, spin_out.margins()
        change: tuple[float | None, ...] = (None,) * 5
        beside: tuple[float | None, ...] = (None,) * 5
        if own is not None:
            levels = [float(pooled(side) or 0) for side in (own.before, own.after)]
            limits = [own.difference + side * margins[0] for side in (-1, 1)] if margins else [None, None]
            change = (*levels, own.difference, *limits)
        if spin_out.effect is not None and margins is not None:
            limits = [spin_out.effect + side * margins[1] for side in (-1, 1)]
            beside = (spin_out.comparator_difference, spin_out.effect, *limits, spin_out.trend_before)
        of_loops[place] = (spin_out.why_not, spin_out.scope, len(spin_out.beside), *change, *beside)
    assert differences({row[:4]: row[4:] for row in select(built, SPIN_OUT, columns)}, of_loops) == []


def test_every_effect_is_what_loops_make_it(
    built: duckdb.DuckDBPyConnection, found: dict[tuple[str, str, str, str], SpinOut]
) -> None:
    columns = (
        "indicator_id, variant, period_id, organisations_spun_out, organisations, effect, lower_95, upper_95, verdict, "
        "is_good, trend_difference, trend_lower_95, trend_upper_95, trends"
    )
    of_loops = {}
    for place, (count, effect, trend) in effects(found).items():
        runs = "too few to say"
        if trend.lower is not None and trend.upper is not None:
            runs = "ran together" if trend.lower <= 0 <= trend.upper else "did not run together"
        limits = effect.lower, effect.upper
        of_trend = trend.mean, trend.lower, trend.upper, runs
        of_loops[place] = (count, effect.count, effect.mean, *limits, *words(place[0], effect), *of_trend)
    assert differences({row[:3]: row[3:] for row in select(built, EFFECT, columns)}, of_loops) == []


def test_every_slope_is_what_loops_make_it(built: duckdb.DuckDBPyConnection, by_hand: list[Figure]) -> None:
    columns = "indicator_id, variant, period_id, organisations, slope, lower_95, upper_95"
    of_loops = {
        place: (slope.count, slope.mean, slope.lower, slope.upper)
        for place, slope in boring_spin_out.slopes(by_hand).items()
    }
    assert differences({row[:3]: row[3:] for row in select(built, SLOPE, columns)}, of_loops) == []


def test_the_order_of_the_rows_that_come_in_changes_nothing(sector: Sector, built: duckdb.DuckDBPyConnection) -> None:
    rows = sector.rows()
    random.Random(2).shuffle(rows)
    with build(*rows) as shuffled:
        assert [name for name in MODELS if everything(shuffled, name) != everything(built, name)] == []


def test_nothing_later_than_its_quarter_is_in_a_row() -> None:
    sector = SECTORS["full"]
    earlier = replace(
        sector,
        months=tuple(each for each in sector.months if each.month <= "2025-12"),
        answers=tuple(each for each in sector.answers if each.month <= "2025-12"),
        waves=tuple(each for each in sector.waves if each.wave <= "2025-Q4"),
    )
    with build(*sector.rows()) as whole, build(*earlier.rows()) as cut:
        for table in (PART, COMPARATOR, SPIN_OUT, EFFECT, SLOPE):
            then = [row for row in select(whole, table, "*, period_id") if row[-1] <= "2025-Q4"]
            assert then == select(cut, table, "*, period_id")
            assert then != []


def test_limits_of_the_slope_are_those_of_a_regression_with_a_dummy_for_each_sector() -> None:
    with build(*SECTORS["full"].rows()) as made:
        rows = made.execute(
            "select figures.value, organisations.staff_owned_share_percent / 10, figures.sector "
            "from benchmarks.compared as figures inner join register.organisations as organisations "
            "using (organisation_code) where figures.delivery_model = 'mutual' and indicator_id = 'staff_engagement' "
            "and grain = 'rolling_year' and period_id = '2026-Q1' and staff_owned_share_percent is not null"
        ).fetchall()
        where = {"indicator_id": "staff_engagement", "period_id": "2026-Q1"}
        found = one(made, SLOPE, "organisations, slope, lower_95, upper_95", **where)
    sectors = sorted({sector for _, _, sector in rows})
    factors = np.array([[float(x), *(float(sector == name) for name in sectors)] for _, x, sector in rows])
    values = np.array([value for value, _, _ in rows])
    inverse = np.linalg.inv(factors.T @ factors)
    slope = (inverse @ factors.T @ values)[0]
    errors = values - factors @ inverse @ factors.T @ values
    leverages = np.einsum("ij,jk,ik->i", factors, inverse, factors)
    middle = factors.T @ np.diag((errors / (1 - leverages)) ** 2) @ factors
    margin = stats.t.ppf(0.975, len(rows) - len(sectors) - 1) * sqrt((inverse @ middle @ inverse)[0, 0])
    assert found == (len(rows), pytest.approx(slope), pytest.approx(slope - margin), pytest.approx(slope + margin))


# What an organisation was in a period


@pytest.mark.parametrize(
    ("spun_out_on", "grain", "period", "model"),
    [
        (None, "quarter", "2026-Q1", "mutual"),
        ("2025-12-31", "quarter", "2026-Q1", "mutual"),
        ("2026-01-01", "quarter", "2026-Q1", "mutual"),
        ("2026-01-02", "quarter", "2026-Q1", "spinning_out"),
        ("2026-03-31", "quarter", "2026-Q1", "spinning_out"),
        ("2026-04-01", "quarter", "2026-Q1", "in_house"),
        ("2026-01-01", "rolling_year", "2026-Q1", "spinning_out"),
        ("2025-04-01", "rolling_year", "2026-Q1", "mutual"),
        ("2026-02-01", "month", "2026-01", "in_house"),
        ("2026-02-15", "month", "2026-02", "spinning_out"),
        ("2026-02-15", "month", "2026-03", "mutual"),
    ],
)
def test_an_organisation_is_in_house_until_it_spins_out(
    spun_out_on: str | None, grain: str, period: str, model: str
) -> None:
    reported = [absence("M1", month, 5, 100) for month in months("2025-04", 12)]
    with build(organisation("M1", spun_out_on=spun_out_on), *reported) as made:
        where = {"grain": grain, "period_id": period, "indicator_id": RATE}
        assert select(made, "indicators.organisation_indicator", "delivery_model", **where) == [(model,)]
        compared = select(made, "benchmarks.compared", "delivery_model", **where)
        assert compared == [(model,)] * (model != "spinning_out")
        beside = select(made, "benchmarks.delivery_model", "delivery_model, organisations_registered", **where)
        assert {row for row in beside if row[1]} == {(model, 1)} - {("spinning_out", 1)}


def test_whoever_spun_out_within_the_year_has_no_verdict_and_is_nobodys_peer() -> None:
    new = [organisation(f"M{number}", spun_out_on="2025-07-01") for number in range(1, 8)]
    old = [organisation(f"M{number}") for number in range(8, 15)]
    rows = [asked(f"M{number}", "2026-Q1", number + 20, 50) for number in range(1, 15)]
    rows += [absence(f"M{number}", month, 5, 100) for number in range(1, 15) for month in months("2025-04", 12)]
    with run(tables(*instrument("core"), *new, *old, *rows), "benchmarks.verdict") as made:
        for indicator in ("staff_satisfaction", RATE):
            where = {"indicator_id": indicator, "period_id": "2026-Q1"}
            found = select(made, "benchmarks.verdict", "why_not_compared, verdict = 'not compared', peers", **where)
            assert set(found) == {("", False, 6), ("spun out within the year", True, 0)}


# Before and after, by hand

FIRST, DAY = "2024-04", "2025-04-01"
"""24 months of returns, the first 12 of them before the day."""


def yearly(code: str, before: float, after: float, **values: Any) -> list[Row]:
    """Days lost of 100, each month: so many before the day and so many after it."""
    series = months(FIRST, 24)
    return [absence(code, month, before if f"{month}-01" < DAY else after, 100, **values) for month in series]


def comparators(*changes: float, sector: str = "community_health", first: int = 1) -> list[Row]:
    """In-house services that lose 5 of 100 days a month before, and so many more after."""
    rows = []
    for number, change in enumerate(changes, start=first):
        rows += [organisation(f"I{number}", "in_house", sector), *yearly(f"I{number}", 5, 5 + change)]
    return rows


def of_m1(made: duckdb.DuckDBPyConnection, columns: str, **where: Any) -> tuple[Any, ...]:
    return one(made, SPIN_OUT, columns, **{"organisation_code": "M1", "period_id": "2026-Q1", **where})


def test_the_effect_is_the_difference_less_what_others_changed_by_and_limits_are_of_their_spread() -> None:
    changes = (0.1, 0.2, 0.3, 0.4, 0.5)
    with build(organisation("M1", spun_out_on=DAY), *yearly("M1", 5, 4), *comparators(*changes)) as made:
        columns = "before_source, before_value, after_value, difference, parts_matched, scope, comparators, why_not"
        assert of_m1(made, columns) == ("own earlier returns", 5, 4, -1, 12, "sector", 5, "")
        variance = sum((change - 0.3) ** 2 for change in changes) / (5 - 1)
        # All have as many days available, so that one's own share of chance is that of any other.
        margin, margin_of_effect = (stats.t.ppf(0.975, 4) * sqrt(variance * (1 + also)) for also in (0, 1 / 5))
        found = of_m1(made, "lower_95, upper_95, comparator_difference, effect, effect_lower_95, effect_upper_95")
        limits = (-1.3, -1.3 - margin_of_effect, -1.3 + margin_of_effect)
        assert found == pytest.approx((-1 - margin, -1 + margin, 0.3, *limits))
        assert of_m1(made, "trend_before") == (pytest.approx(0, abs=1e-12),)


def test_an_organisation_with_fewer_days_than_others_has_wider_limits_and_one_with_more_narrower_ones() -> None:
    widths = []
    for available in (25, 100, 400):
        rows = [absence("M1", month, available / 20, available) for month in months(FIRST, 24)]
        with build(organisation("M1", spun_out_on=DAY), *rows, *comparators(0.1, 0.2, 0.3, 0.4, 0.5)) as made:
            lower, upper = of_m1(made, "lower_95, upper_95")
            widths.append(upper - lower)
    assert widths == pytest.approx([widths[1] * 2, widths[1], widths[1] / 2])


def test_the_trend_before_is_what_it_ran_ahead_of_others_by_in_a_year() -> None:
    rising = [absence("M1", month, 5 + place / 10, 100) for place, month in enumerate(months(FIRST, 24))]
    with build(organisation("M1", spun_out_on=DAY), *rising, *comparators(*[0] * 5)) as made:
        assert of_m1(made, "trend_before") == (pytest.approx(12 / 10),)


def test_only_months_of_the_year_that_are_there_on_both_sides_count() -> None:
    rows = [row for row in yearly("M1", 5, 4) if row.values["month"] >= "2024-09-01"]
    rows = [
        row if row.values["month"] < "2025-06-01" else absence("M1", row.values["month"][:7], 3, 100) for row in rows
    ]
    with build(organisation("M1", spun_out_on=DAY), *rows, *comparators(*[0] * 5)) as made:
        # September to March, in which 3 of 100 days were lost; April and May of 4 have nothing to stand beside.
        assert of_m1(made, "parts_matched, before_value, after_value") == (7, 5, 3)


@pytest.mark.parametrize("day", ["2025-04-01", "2025-03-02", "2025-03-31"])
def test_a_month_within_which_it_spun_out_is_of_neither_side(day: str) -> None:
    with build(organisation("M1", spun_out_on=day), *yearly("M1", 5, 4), *comparators(*[0] * 5)) as made:
        parts = select(made, PART, "before_period_id, after_period_id", period_id="2026-Q1")
        sides = {side for pair in parts for side in pair if side is not None}
        assert ("2025-03" in sides) == (day == "2025-04-01")
        assert len([pair for pair in parts if None not in pair]) == (12 if day == "2025-04-01" else 11)


@pytest.mark.parametrize(
    ("keeps", "why_not"),
    [
        (lambda month: True, ""),
        (lambda month: month >= "2024-10", ""),
        (lambda month: month >= "2024-11", "too little before"),
        (lambda month: month >= "2025-04", "too little before"),
        (lambda month: month <= "2025-08" or month == "2026-03", ""),
        (lambda month: month <= "2025-07" or month == "2026-03", "too little after"),
        (lambda month: month < "2025-04", "too little after"),
        (lambda month: "2024-10" <= month <= "2025-09", "too few of the same months on both sides"),
        (lambda month: month <= "2024-09" or month >= "2025-10", "too few of the same months on both sides"),
    ],
)
def test_where_there_is_too_little_on_a_side_it_says_which_and_gives_no_figure(
    keeps: Callable[[str], bool], why_not: str
) -> None:
    rows = [row for row in yearly("M1", 5, 4) if keeps(row.values["month"][:7])]
    with build(organisation("M1", spun_out_on=DAY), *rows, *comparators(*[0] * 5)) as made:
        figures_there = of_m1(
            made, "before_value, after_value, difference, lower_95, effect, effect_upper_95, trend_before"
        )
        assert of_m1(made, "why_not") == (why_not,)
        assert {figure is None for figure in figures_there} == {why_not != ""}


def test_how_many_months_are_enough_is_a_setting() -> None:
    rows = [row for row in yearly("M1", 5, 4) if row.values["month"] >= "2024-12-01"]
    everybody = [organisation("M1", spun_out_on=DAY), *rows, *comparators(*[0] * 5)]
    with build(*everybody) as made:
        assert of_m1(made, "why_not") == ("too little before",)
    with build(*everybody, months_for_before_after=4) as made:
        assert of_m1(made, "why_not, effect") == ("", -1)
    with build(*everybody, months_for_before_after=0) as made:
        assert of_m1(made, "why_not, effect") == ("", -1)


def test_one_month_on_each_side_has_no_trend_and_is_no_fault() -> None:
    rows = [row for row in yearly("M1", 5, 4) if row.values["month"][5:7] == "03"]
    everybody = [organisation("M1", spun_out_on=DAY), *rows, *comparators(*[0] * 5)]
    with build(*everybody, months_for_before_after=1, organisations_for_effect=1) as made:
        assert of_m1(made, "why_not, effect, trend_before") == ("", -1, None)
        assert one(made, EFFECT, "effect, verdict, trends", period_id="2026-Q1") == (-1, *["too few to say"] * 2)


@pytest.mark.parametrize(
    ("near", "far", "expected"),
    [
        (5, 0, ("sector", 5, "")),
        (5, 3, ("sector", 5, "")),
        (4, 1, ("all_sectors", 5, "")),
        (4, 0, ("", 0, "too few comparators")),
        (0, 0, ("", 0, "too few comparators")),
    ],
)
def test_comparators_are_of_the_sector_or_of_all_or_there_is_no_effect(
    near: int, far: int, expected: tuple[str, int, str]
) -> None:
    rows = [*comparators(*[0.1] * near), *comparators(*[0.1] * far, sector="libraries", first=near + 1)]
    with build(organisation("M1", spun_out_on=DAY), *yearly("M1", 5, 4), *rows) as made:
        assert of_m1(made, "scope, comparators, why_not") == expected
        assert of_m1(made, "difference") == (-1,)
        assert (of_m1(made, "effect") == (None,)) == (expected[2] != "")


@pytest.mark.parametrize(
    ("values", "is_one"),
    [
        ({}, True),
        ({"spun_out_on": "2011-04-01"}, True),
        ({"spun_out_on": "2024-03-31"}, True),
        ({"spun_out_on": "2024-04-01"}, False),
        ({"spun_out_on": "2026-03-31"}, False),
        ({"spun_out_on": "2026-04-01"}, True),
    ],
)
def test_who_spun_out_between_the_first_month_and_the_last_is_no_comparator(
    values: dict[str, str], is_one: bool
) -> None:
    other = [organisation("M2", **values), *yearly("M2", 5, 5)]
    early = absence("I1", "2023-07", 5, 100)
    rows = [organisation("M1", spun_out_on=DAY), *yearly("M1", 5, 4), *comparators(*[0] * 5), *other, early]
    with build(*rows) as made:
        found = select(made, COMPARATOR, "comparator_code", organisation_code="M1", period_id="2026-Q1")
        assert (("M2",) in found) == is_one


@pytest.mark.parametrize(
    ("missing", "is_one"),
    [
        ([], True),
        (["2024-12", "2025-01", "2026-02"], True),
        (["2024-12", "2025-01", "2025-02", "2025-03"], False),
        (["2024-12", "2025-01", "2025-04", "2025-05"], False),
        (["2024-12", "2025-12", "2025-01", "2026-01", "2025-02"], True),
    ],
)
def test_who_misses_more_than_a_quarter_of_the_months_that_count_is_no_comparator(
    missing: list[str], is_one: bool
) -> None:
    rows = [row for row in yearly("I6", 5, 5) if row.values["month"][:7] not in missing]
    everybody = [organisation("M1", spun_out_on=DAY), *yearly("M1", 5, 4), *comparators(*[0] * 5)]
    with build(*everybody, organisation("I6", "in_house"), *rows) as made:
        found = select(made, COMPARATOR, "comparator_code", period_id="2026-Q1")
        assert (("I6",) in found) == is_one


def test_a_basis_is_compared_with_itself_alone() -> None:
    others = [organisation("M2"), *yearly("M2", 5, 9, basis="working_days")]
    with build(organisation("M1", spun_out_on=DAY), *yearly("M1", 5, 4), *comparators(*[0] * 5), *others) as made:
        assert of_m1(made, "comparators, comparator_difference") == (5, 0)


def test_official_figures_count_before_returns_and_are_labelled_as_such() -> None:
    public = [official("M1", month, 6, 100) for month in months(FIRST, 12)]
    with build(organisation("M1", spun_out_on=DAY), *yearly("M1", 5, 4), *public, *comparators(*[0] * 5)) as made:
        assert of_m1(made, "before_source, before_value, after_value") == ("official figures", 6, 4)
    with build(organisation("M1", spun_out_on=DAY), *yearly("M1", 5, 4), *public[:6], *comparators(*[0] * 5)) as made:
        assert of_m1(made, "before_source") == ("own earlier returns and official figures",)


def test_with_an_instrument_that_does_not_compare_there_is_an_own_change_and_no_effect() -> None:
    rows = []
    for code, change in (("M1", 30), *((f"I{number}", number) for number in range(1, 6))):
        for month in months(FIRST, 24):
            rows.append(answers(code, month, "S1", 50 + change * (f"{month}-01" >= DAY), 100, instrument_id="fft"))
    organisations = [organisation("M1", spun_out_on=DAY), *(organisation(f"I{n}", "in_house") for n in range(1, 6))]
    with build(*instrument("fft", None, compares_organisations=False), *organisations, *rows) as made:
        columns = (
            "difference, lower_95 < difference, comparator_difference, effect, effect_lower_95, trend_before, why_not"
        )
        assert of_m1(made, columns) == (30, True, None, None, None, None, "not an instrument to compare by")
        found = one(
            made, EFFECT, "organisations_spun_out, organisations, effect, verdict, why_not", period_id="2026-Q1"
        )
        assert found == (1, 0, None, "too few to say", "not an instrument to compare by")


def test_a_quarterly_survey_is_set_against_the_same_quarters() -> None:
    waves = ["2024-Q3", "2024-Q4", "2025-Q1", "2025-Q3", "2025-Q4", "2026-Q1"]
    rows = [asked("M1", wave, 10 if wave < "2025-Q2" else 15, 20) for wave in waves]
    rows += [asked(f"I{number}", wave, 10, 20) for number in range(1, 6) for wave in waves]
    organisations = [organisation("M1", spun_out_on=DAY), *(organisation(f"I{n}", "in_house") for n in range(1, 6))]
    with build(*instrument("core"), *organisations, *rows) as made:
        assert of_m1(made, "parts_matched, before_value, after_value, effect") == (3, 50, 75, 25)
        assert of_m1(made, "why_not", period_id="2025-Q3") == ("too little after",)
        assert of_m1(made, "why_not, parts_matched", period_id="2025-Q4") == ("", 2)


def test_of_who_spun_out_before_the_records_begin_nothing_is_said() -> None:
    with build(organisation("M1", spun_out_on=f"{FIRST}-01"), *yearly("M1", 5, 4), *comparators(*[0] * 5)) as made:
        assert select(made, SPIN_OUT, "*") == []
        assert select(made, EFFECT, "*") == []


# All together, by hand


def sector_of(effects_there: Sequence[float], changes: Sequence[float], sector: str = "community_health") -> list[Row]:
    rows = comparators(*changes, sector=sector)
    for number, effect in enumerate(effects_there, start=1):
        rows += [organisation(f"M{number}", "mutual", sector, spun_out_on=DAY), *yearly(f"M{number}", 5, 5 + effect)]
    return rows


def together(made: duckdb.DuckDBPyConnection, columns: str, **where: Any) -> tuple[Any, ...]:
    return one(made, EFFECT, columns, **{"period_id": "2026-Q1", "indicator_id": RATE, **where})


@pytest.mark.parametrize(
    ("of", "verdict", "is_good"),
    [
        ((-1.0, -1.1, -0.9, -1.2, -0.8), "fell", True),
        ((1.0, 1.1, 0.9, 1.2, 0.8), "rose", False),
        ((1.0, -1.1, 0.9, -1.2, 0.8), "no clear change", None),
        ((-1.0, -1.1, -0.9, -1.2), "too few to say", None),
        ((-1.0,), "too few to say", None),
    ],
)
def test_the_word_is_that_of_the_limits(of: tuple[float, ...], verdict: str, is_good: bool | None) -> None:
    with build(*sector_of(of, (0, 0.1, -0.1, 0.05, -0.05))) as made:
        assert together(made, "organisations, verdict, is_good") == (len(of), verdict, is_good)
        assert together(made, "effect") == (pytest.approx(sum(of) / len(of)),)
        assert (together(made, "lower_95") == (None,)) == (len(of) < 5)
        assert together(made, "why_not") == ("too few organisations" if len(of) < 5 else "",)


def test_the_chance_of_shared_comparators_is_added_to_that_of_the_organisations() -> None:
    of, changes = (-1.0, -1.1, -0.9, -1.2, -0.8), (0, 0.3, -0.3, 0.6, -0.6)
    own = sum((one_effect + 1) ** 2 for one_effect in of) / 4 / 5
    shared = sum(change**2 for change in changes) / 4 / 5
    degrees = int(4 * ((own + shared) / own) ** 2)
    margin = stats.t.ppf(0.975, degrees) * sqrt(own + shared)
    with build(*sector_of(of, changes)) as made:
        assert together(made, "lower_95, upper_95") == pytest.approx((-1 - margin, -1 + margin))


def test_figures_that_are_all_alike_have_limits_without_width() -> None:
    with build(*sector_of([-1] * 5, [0] * 5)) as made:
        assert together(made, "effect, lower_95, upper_95, verdict, trends") == (-1, -1, -1, "fell", "ran together")
        assert of_m1(made, "lower_95, upper_95, effect_lower_95, effect_upper_95") == (-1, -1, -1, -1)


def test_how_many_organisations_are_enough_is_a_setting() -> None:
    rows = sector_of((-1.0, -1.1, -0.9), (0, 0.01, -0.01, 0.02, -0.02))
    with build(*rows, organisations_for_effect=3) as made:
        assert together(made, "verdict") == ("fell",)
    with build(*rows, organisations_for_effect=0) as made:
        assert together(made, "verdict") == ("fell",)


# Ownership, by hand


def owned(by_code: Mapping[str, tuple[str, int | None, float]], count: int = 12) -> list[Row]:
    """By code: sector, share that staff own, and days lost of 100."""
    rows = []
    for code, (sector, share, lost) in by_code.items():
        rows.append(organisation(code, "mutual", sector, staff_owned_share_percent=share))
        rows += [absence(code, month, lost, 100) for month in months("2025-04", 12)[12 - count :]]
    return rows


LINE = {f"M{place}": ("libraries" if place % 2 else "transport", 40 + 10 * place, 5 - place / 10) for place in range(6)}
"""A tenth of a point less for ten points more."""


def test_the_slope_is_by_ten_points_of_ownership_within_sectors() -> None:
    shifted = {
        code: (sector, share, lost + 3 * (sector == "libraries")) for code, (sector, share, lost) in LINE.items()
    }
    with build(*owned(shifted)) as made:
        found = one(made, SLOPE, "organisations, slope, verdict, is_good", period_id="2026-Q1", indicator_id=RATE)
        assert found == (6, pytest.approx(-0.1), "falls with ownership", True)


@pytest.mark.parametrize(
    "by_code",
    [
        dict(list(LINE.items())[:4]),
        {code: (sector, 70, lost) for code, (sector, _, lost) in LINE.items()},
        {code: (sector, None if code < "M2" else share, lost) for code, (sector, share, lost) in LINE.items()},
        {code: (code, share, lost) for code, (_, share, lost) in LINE.items()},
        # Two organisations decide the slope alone: nothing is known of how far chance would have moved it.
        {code: ("libraries", 100 if code in ("M0", "M1") else 70, 5) for code in LINE}
        | {"M0": ("transport", 40, 5.0), "M1": ("transport", 100, 4.0)},
    ],
)
def test_too_few_or_too_alike_to_say(by_code: dict[str, tuple[str, int | None, float]]) -> None:
    with build(*owned(by_code)) as made:
        found = select(
            made, SLOPE, "slope, lower_95, upper_95, verdict, is_good", period_id="2026-Q1", indicator_id=RATE
        )
        assert set(found) <= {(None, None, None, "too few to say", None)}


def test_a_year_of_fewer_months_is_not_set_beside_whole_ones() -> None:
    with build(*owned(LINE, count=11)) as made:
        assert select(made, SLOPE, "*", indicator_id=RATE) == []
