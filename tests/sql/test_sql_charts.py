"""Charts over time: what a point is, where a chart starts afresh, whom residuals are held against, what a last point
says, whether targets are met; and all of it beside loops in plain Python, on thousands of generated points."""

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import duckdb
import pytest

from impact.indicators import indicators
from tests.sql import boring_charts as boring
from tests.sql.boring_charts import Change, Observed
from tests.sql.random_sector import random_sector
from tests.sql.tables import (
    RATE,
    SETTINGS,
    Row,
    absence,
    answers,
    build,
    contract,
    everything,
    instrument,
    last_day,
    months,
    one,
    organisation,
    row,
    run,
    scored,
    select,
    tables,
)

SERIES, XMR = "benchmarks.series", "benchmarks.xmr"
VARIATION, ASSURANCE = "benchmarks.variation", "benchmarks.assurance"
CHARTS = (SERIES, XMR, VARIATION, ASSURANCE)

SATISFACTION, ENGAGEMENT = "user_satisfaction", "staff_engagement"
MONTHS = months("2023-01", 36)


def quarter_of(month: str) -> str:
    return f"{month[:4]}-Q{(int(month[5:]) + 2) // 3}"


QUARTERS = [quarter_of(month) for month in MONTHS[::3]]
IN_QUARTER = {quarter: MONTHS[3 * place : 3 * place + 3] for place, quarter in enumerate(QUARTERS)}

PERIODS = [
    *(
        row(
            "indicators.period",
            grain="month",
            period_id=month,
            period_start_on=f"{month}-01",
            period_end_on=last_day(month),
            months=1,
        )
        for month in MONTHS
    ),
    *(
        row(
            "indicators.period",
            grain="quarter",
            period_id=quarter,
            period_start_on=f"{within[0]}-01",
            period_end_on=last_day(within[-1]),
            months=3,
        )
        for quarter, within in IN_QUARTER.items()
    ),
]


def figure(code: str, period: str, value: float | None, indicator_id: str = SATISFACTION, **values: Any) -> Row:
    """A figure of a whole organisation, of a month or a quarter."""
    given = {
        "indicator_id": indicator_id,
        "grain": "quarter" if "Q" in period else "month",
        "period_id": period,
        "organisation_code": code,
        "commissioner_code": "ALL",
        "source": "return",
        "variant": "any",
        "value": value,
    }
    return row("indicators.organisation_indicator", **{**given, **values})


def peers(code: str, month: str, expected_percent: float, **values: Any) -> Row:
    """What the peers of an organisation of 100 days' work would lose."""
    given = {"organisation_code": code, "variant": "any", "period_id": month, "scope": "all_sectors", "peers": 5}
    days = {"available": 100, "expected": expected_percent}
    return row("benchmarks.absence_expected", **{**given, **days, **values})


def charts(*rows: Row, **settings: float) -> duckdb.DuckDBPyConnection:
    """The charts of these figures; without a row of it, a table of peers or changes is empty."""
    nobody = row("benchmarks.absence_expected", organisation_code="nobody", peers=0)
    return run(tables(*PERIODS, nobody, *rows, settings={**SETTINGS, **settings}), *CHARTS)


def points(made: duckdb.DuckDBPyConnection, columns: str, quarter: str = QUARTERS[-1], **where: Any) -> list[Any]:
    found = made.execute(f"select {columns} from {SERIES} where as_at_period = ? order by series, place", [quarter])
    return [values[0] if len(values) == 1 else values for values in found.fetchall()]


def steady(code: str, count: int, value: float = 50, **values: Any) -> list[Row]:
    """The last so many months, one up and one down."""
    return [figure(code, month, value + place % 2, **values) for place, month in enumerate(MONTHS[-count:])]


# What a point is


def test_a_point_is_a_month_where_there_are_months_and_a_quarter_otherwise() -> None:
    made = charts(
        figure("M1", "2025-11", 70),
        figure("M1", "2025-12", 71),
        figure("M1", "2025-Q4", 70.5),
        figure("M1", "2025-Q4", 6.5, ENGAGEMENT),
        figure("M1", "2025-Q4", 6.6, ENGAGEMENT, grain="rolling_year"),
    )
    assert points(made, "indicator_id, period_id, value, shown_value") == [
        (ENGAGEMENT, "2025-Q4", 6.5, 6.5),
        (SATISFACTION, "2025-11", 70, 70),
        (SATISFACTION, "2025-12", 71, 71),
    ]


def test_a_gap_in_a_series_stays_a_gap() -> None:
    made = charts(*(figure("M1", month, 1) for month in ("2024-11", "2025-02", "2025-10")))
    first, second, third = points(made, "place")
    assert (second - first, third - second) == (3, 8)
    made = charts(*(figure("M1", quarter, 1, ENGAGEMENT) for quarter in ("2024-Q4", "2025-Q1", "2025-Q4")))
    first, second, third = points(made, "place")
    assert (second - first, third - second) == (1, 3)


def test_only_whole_organisations_with_a_figure_are_charted() -> None:
    made = charts(
        figure("M1", "2025-10", 60, commissioner_code="C1"),
        figure("M1", "2025-11", None),
        figure("M1", "2025-12", 61),
    )
    assert points(made, "period_id") == ["2025-12"]


def test_each_basis_or_instrument_has_a_chart_of_its_own() -> None:
    made = charts(*(figure("M1", "2025-12", value, variant=name) for value, name in ((60, "fft"), (70, "local"))))
    assert points(made, "variant, value") == [("fft", 60), ("local", 70)]
    assert len(set(points(made, "series"))) == 2


def test_of_an_official_figure_and_an_own_one_the_official_one_is_charted() -> None:
    made = charts(
        figure("M1", "2025-11", 4, RATE),
        figure("M1", "2025-12", 4, RATE),
        figure("M1", "2025-12", 5, RATE, source="official"),
    )
    assert points(made, "period_id, source, shown_value") == [("2025-11", "return", 4), ("2025-12", "official", 5)]


def test_money_and_what_has_no_better_side_is_not_charted() -> None:
    charted = {name for name, entry in indicators().items() if entry["chart"] != "none"}
    assert charted == {RATE, "staff_satisfaction", ENGAGEMENT, SATISFACTION, "user_dissatisfaction"}
    for name in charted:
        assert indicators()[name]["polarity"] != "none"
    made = charts(*(figure("M1", "2025-Q4", 5, name) for name in indicators()))
    assert points(made, "indicator_id") == [ENGAGEMENT, "staff_satisfaction"]


def test_an_earlier_publication_does_not_know_what_came_later() -> None:
    made = charts(*(figure("M1", month, 50) for month in MONTHS[-5:]))
    assert points(made, "period_id", "2025-Q3") == MONTHS[-5:-3]
    assert points(made, "period_id", "2025-Q4") == MONTHS[-5:]
    assert select(made, SERIES, "distinct as_at_period") == [("2025-Q3",), ("2025-Q4",)]


def test_a_quarter_without_a_point_has_no_chart() -> None:
    made = charts(figure("M1", "2025-03", 50), figure("M1", "2025-10", 50))
    assert select(made, SERIES, "distinct as_at_period") == [("2025-Q1",), ("2025-Q4",)]
    assert select(made, VARIATION, "as_at_period") == [("2025-Q1",), ("2025-Q4",)]


def test_an_instrument_that_does_not_compare_organisations_is_charted() -> None:
    rows = [answers("M1", month, "S1", 5, 10, instrument_id="fft") for month in months("2026-01", 6)]
    made = build(organisation("M1"), *instrument("fft", None, compares_organisations=False), *rows)
    charted = select(made, VARIATION, "as_at_period, points", indicator_id=SATISFACTION)
    assert charted == [("2026-Q1", 3), ("2026-Q2", 6)]


# Where a chart starts afresh


def parts(*rows: Row, count: int = 6, indicator_id: str = SATISFACTION) -> list[tuple[str, int, str | None, str]]:
    """Period, part, since when and why, of the last months of M1."""
    made = charts(*(figure("M1", month, 50, indicator_id) for month in MONTHS[-count:]), *rows)
    return points(made, "period_id, part, cast(rebased_on as varchar), rebased_because")


def change(on: str, reason: str = "New payroll system", **values: Any) -> Row:
    return row("register.changes", organisation_code="M1", changed_on=on, reason=reason, **values)


def test_a_chart_starts_afresh_at_spin_out() -> None:
    found = parts(organisation("M1", spun_out_on="2025-10-01"))
    assert found[2:4] == [("2025-09", 1, None, ""), ("2025-10", 2, "2025-10-01", "Spun out")]
    assert [part for _, part, _, _ in found] == [1, 1, 1, 2, 2, 2]


def test_a_chart_starts_afresh_at_a_change_of_all_indicators_or_of_its_own() -> None:
    for indicator_id in (None, SATISFACTION):
        found = parts(change("2025-11-01", indicator_id=indicator_id))
        assert found[3:5] == [("2025-10", 1, None, ""), ("2025-11", 2, "2025-11-01", "New payroll system")]
    for no_change in (
        change("2025-11-01", indicator_id=RATE),
        row("register.changes", organisation_code="M2", changed_on="2025-11-01"),
    ):
        assert {part for _, part, _, _ in parts(no_change)} == {1}


@pytest.mark.parametrize(
    ("on", "first"), [("2025-10-01", "2025-10"), ("2025-10-31", "2025-10"), ("2025-11-01", "2025-11")]
)
def test_the_period_with_the_day_of_a_change_is_the_first_after_it(on: str, first: str) -> None:
    assert next(period for period, part, _, _ in parts(change(on)) if part == 2) == first


def test_a_change_before_the_first_point_or_after_the_last_splits_nothing() -> None:
    for on in ("2011-04-01", "2025-07-01", "2025-07-31", "2026-01-01"):
        assert parts(change(on)) == parts()


def test_two_changes_within_a_gap_are_one_start_with_both_reasons() -> None:
    made = charts(
        figure("M1", "2025-01", 50),
        figure("M1", "2025-12", 50),
        change("2025-05-01", "New payroll system"),
        change("2025-03-01", "Merged with Beta Care"),
        change("2025-05-01", "New payroll system", indicator_id=SATISFACTION),
    )
    assert points(made, "part, cast(rebased_on as varchar), rebased_because")[1] == (
        2,
        "2025-05-01",
        "Merged with Beta Care; New payroll system",
    )


def test_each_part_has_limits_of_its_own_or_too_few_points() -> None:
    values = [4 + place % 2 for place in range(20)] + [14 + place % 2 for place in range(12)]
    rows = [figure("M1", month, value) for month, value in zip(MONTHS[-32:], values, strict=True)]
    made = charts(*rows, organisation("M1", spun_out_on=f"{MONTHS[-12]}-01"))
    columns = "as_at_period, points, centre, why, variation, cast(rebased_on as varchar)"
    last = f"{MONTHS[-12]}-01"
    assert select(made, VARIATION, columns)[-5:] == [
        ("2024-Q4", 20, 4.5, "", "common cause", None),
        ("2025-Q1", 3, None, "too few points", "too few points", last),
        ("2025-Q2", 6, None, "too few points", "too few points", last),
        ("2025-Q3", 9, None, "too few points", "too few points", last),
        ("2025-Q4", 12, 14.5, "", "common cause", last),
    ]
    without = charts(*rows)
    assert one(without, VARIATION, "special_cause, variation", as_at_period="2025-Q4") == ("above_limit", "improving")


# Absence: residuals


def residuals(*rows: Row) -> list[tuple[str, float | None, float, str, bool]]:
    made = charts(*(figure("M1", month, 5, RATE) for month in MONTHS[-4:]), *rows)
    return points(made, "period_id, value, shown_value, scope, is_adjusted_for_staff_mix")


def test_absence_is_charted_as_what_is_beyond_the_rate_of_peers() -> None:
    found = residuals(*(peers("M1", month, 4 + place) for place, month in enumerate(MONTHS[-4:])))
    assert [value for _, value, _, _, _ in found] == pytest.approx([5 - (4 + place) for place in range(4)])
    assert [(month, *said) for month, _, *said in found] == [(month, 5, "all_sectors", False) for month in MONTHS[-4:]]


def test_a_month_with_too_few_peers_has_a_rate_and_no_residual() -> None:
    found = residuals(*(peers("M1", month, 4, peers=4 if place == 1 else 5) for place, month in enumerate(MONTHS[-4:])))
    assert [(value, shown) for _, value, shown, _, _ in found] == [(1, 5), (None, 5), (1, 5), (1, 5)]
    assert residuals() == [(month, None, 5, "", False) for month in MONTHS[-4:]]


def test_a_quarter_without_peers_says_that_it_has_too_few() -> None:
    figures = [figure("M1", month, 5 + place % 2, RATE) for place, month in enumerate(MONTHS)]
    made = charts(*figures, *(peers("M1", month, 4) for month in MONTHS[:-3]))
    assert one(made, VARIATION, "period_id, points, why, variation", as_at_period="2025-Q4") == (
        MONTHS[-1],
        33,
        "too few peers",
        "too few peers",
    )
    made = charts(*figures, *(peers("M1", month, 4) for month in MONTHS[:-1]))
    assert one(made, VARIATION, "period_id, points, variation", as_at_period="2025-Q4") == (
        MONTHS[-2],
        35,
        "common cause",
    )


def test_all_of_a_part_is_held_against_one_kind_of_peers() -> None:
    everywhere = [peers("M1", month, 4) for month in MONTHS[-4:]]
    in_sector = [peers("M1", month, 3, scope="sector") for month in MONTHS[-4:]]
    assert {found[1:] for found in residuals(*everywhere, *in_sector)} == {(2, 5, "sector", False)}
    few = replace(in_sector[1], values={**in_sector[1].values, "peers": 4})
    for sector in ([*in_sector[:1], *in_sector[2:]], [in_sector[0], few, *in_sector[2:]]):
        assert {found[1:] for found in residuals(*everywhere, *sector)} == {(1, 5, "all_sectors", False)}
    # Where the organisation changed its peers may change too.
    found = residuals(*everywhere, *in_sector[2:], change(f"{MONTHS[-2]}-01"))
    assert [scope for _, _, _, scope, _ in found] == ["all_sectors", "all_sectors", "sector", "sector"]


def test_all_of_a_part_is_adjusted_for_staff_mix_or_none_of_it() -> None:
    mixed = [peers("M1", month, 4, expected_by_staff_group=3) for month in MONTHS[-4:]]
    assert {found[1:] for found in residuals(*mixed)} == {(2, 5, "all_sectors", True)}
    assert {found[1:] for found in residuals(*mixed[1:], peers("M1", MONTHS[-4], 4))} == {(1, 5, "all_sectors", False)}
    in_sector = [peers("M1", month, 1, scope="sector") for month in MONTHS[-4:]]
    assert {found[1:] for found in residuals(*mixed, *in_sector)} == {(4, 5, "sector", False)}
    # A month without any peers takes it from nobody.
    found = residuals(*mixed[1:])
    assert [(value, is_adjusted) for _, value, _, _, is_adjusted in found] == [(None, True), *[(2, True)] * 3]


# Settings


@pytest.mark.parametrize(("count", "said"), [(11, "too few points"), (12, "common cause"), (1, "too few points")])
def test_twelve_points_are_enough_and_eleven_are_not(count: int, said: str) -> None:
    made = charts(*steady("M1", count))
    columns = "points, variation, why, is_screened"
    assert one(made, VARIATION, columns, as_at_period="2025-Q4")[:2] == (count, said)
    limits = select(made, XMR, "distinct centre is null, special_cause is null")
    assert (False, False) in limits or count < 12


def test_a_site_may_ask_for_more_points() -> None:
    made = charts(*steady("M1", 12), xmr_least_points=13)
    assert one(made, VARIATION, "points, variation", as_at_period="2025-Q4") == (12, "too few points")


def test_extreme_moving_ranges_are_left_out_where_the_site_says_so() -> None:
    rows = steady("M1", 20)
    rows[10] = figure("M1", MONTHS[-10], 90)
    for screening in (0, 1):
        made = charts(*rows, xmr_screening=screening)
        found = one(made, VARIATION, "is_screened, upper_process_limit - centre", as_at_period="2025-Q4")
        mean_moving_range = 1 if screening else (17 * 1 + 39 + 39) / 19
        assert found == (bool(screening), pytest.approx(2.66 * mean_moving_range))


# Assurance


def judged(*rows: Row, value: float = 50, quarter: str = "2025-Q4") -> list[tuple[str, float, str, str]]:
    made = charts(*steady("M1", 24, value), *rows)
    return select(made, ASSURANCE, "contract_code, target, assurance, why", as_at_period=quarter)


def target(contract_code: str, value: float, applies_from: str = "2020-04-01", **values: Any) -> Row:
    given = {"contract_code": contract_code, "indicator_id": SATISFACTION, "value": value, **values}
    return row("register.targets", applies_from=applies_from, **given)


K1 = contract("C1", "M1", "2020-04-01", contract_code="K1")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (47.83, "consistently met"),
        (47.85, "hit or miss"),
        (50, "hit or miss"),
        (53.15, "hit or miss"),
        (53.17, "consistently missed"),
    ],
)
def test_a_target_outside_the_limits_is_met_or_missed_for_certain(value: float, said: str) -> None:
    # The limits are 50.5 less 2.66 and 50.5 more 2.66.
    assert judged(K1, target("K1", value)) == [("K1", value, said, "")]


def test_every_contract_has_its_own_target() -> None:
    other = contract("C2", "M1", "2020-04-01", contract_code="K2")
    without = contract("C3", "M1", "2020-04-01", contract_code="K3")
    found = judged(K1, other, without, target("K1", 40), target("K2", 60))
    assert found == [("K1", 40, "consistently met", ""), ("K2", 60, "consistently missed", "")]


def test_the_target_in_force_on_the_last_day_counts() -> None:
    targets = [target("K1", 40), target("K1", 60, "2025-12-31"), target("K1", 99, "2026-01-01")]
    assert judged(K1, *targets) == [("K1", 60, "consistently missed", "")]
    assert judged(K1, *targets, quarter="2025-Q3") == [("K1", 40, "consistently met", "")]
    assert judged(K1, target("K1", 60, "2026-01-01")) == []


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "counts"),
    [
        ("2020-04-01", None, True),
        ("2020-04-01", "2025-12-31", True),
        ("2020-04-01", "2025-12-30", False),
        ("2025-12-31", None, True),
        ("2026-01-01", None, False),
    ],
)
def test_a_contract_counts_while_it_is_in_force(starts_on: str, ends_on: str | None, counts: bool) -> None:
    found = judged(contract("C1", "M1", starts_on, ends_on, contract_code="K1"), target("K1", 40))
    assert [code for code, _, _, _ in found] == ["K1"] * counts


def test_with_too_few_points_no_target_is_met_or_missed() -> None:
    made = charts(*steady("M1", 11), K1, target("K1", 40))
    assert select(made, ASSURANCE, "assurance, why, lower_process_limit", as_at_period="2025-Q4") == [
        ("", "too few points", None)
    ]


def absences(count: int, *rows: Row, gap: int | None = None) -> list[tuple[Any, ...]]:
    """The target of 5% of an organisation that is, in a year of 12 seasons, 1 or 2 points above its peers."""
    expected = [2.0 + place % 12 / 4 for place in range(36)]
    said = [
        (figure("M1", month, expected[place] + 1 + place % 2, RATE), peers("M1", month, expected[place]))
        for place, month in enumerate(MONTHS)
        if place >= 36 - count and place != gap
    ]
    rate = [target("K1", 5, indicator_id=RATE)]
    made = charts(*(row_ for both in said for row_ in both), K1, *rate, *rows)
    columns = "expected_value, lower_process_limit, upper_process_limit, assurance, why"
    return select(made, ASSURANCE, columns, as_at_period="2025-Q4")


def test_a_target_of_absence_is_held_against_a_month_of_average_season() -> None:
    expected = sum(2 + place / 4 for place in range(12)) / 12
    limits = [expected + 1.5 - 2.66, expected + 1.5 + 2.66]
    assert absences(24) == [(pytest.approx(expected), *map(pytest.approx, limits), "hit or miss", "")]


def test_a_target_of_absence_needs_every_month_of_the_last_twelve() -> None:
    assert absences(30, gap=30) == [(None, None, None, "", "fewer than 12 months")]
    assert absences(30, gap=20)[0][3] == "hit or miss"


# Beside boring Python


@dataclass(frozen=True)
class Given:
    """What charts are made from."""

    observed: tuple[Observed, ...]
    changes: tuple[Change, ...]
    spun_out: Mapping[str, str]

    def rows(self) -> list[Row]:
        made = [*PERIODS]
        for code in sorted({point.code for point in self.observed}):
            made.append(organisation(code, spun_out_on=self.spun_out.get(code)))
            made.append(contract("C1", code, "2020-04-01", contract_code=f"K{code}"))
            made += [
                target(f"K{code}", aim, indicator_id=name)
                for name, aim in ((SATISFACTION, 48), (ENGAGEMENT, 7), (RATE, 5))
            ]
        for change in self.changes:
            made.append(
                row(
                    "register.changes",
                    organisation_code=change.code,
                    indicator_id=change.indicator or None,
                    changed_on=change.on,
                    reason=change.reason,
                )
            )
        for point in self.observed:
            made.append(
                figure(
                    point.code, point.period, point.value, point.indicator, variant=point.variant, source=point.source
                )
            )
            # Of a commissioner's part, of another grain and without a figure: none of these is a point.
            made.append(
                figure(point.code, point.period, 1, point.indicator, variant=point.variant, commissioner_code="C1")
            )
        for (code, variant, month), expected in self.expected().items():
            for scope in ("sector", "all_sectors"):
                given = {"variant": variant, "scope": scope, "available": 1000}
                if (scope, False) in expected:
                    adjusted = expected.get((scope, True))
                    mixed = None if adjusted is None else adjusted * 10
                    made.append(peers(code, month, expected[scope, False] * 10, expected_by_staff_group=mixed, **given))
                else:
                    made.append(peers(code, month, 7, peers=4, expected_by_staff_group=9, **given))
        return made

    def expected(self) -> dict[tuple[str, str, str], Mapping[tuple[str, bool], float]]:
        return {
            (point.code, point.variant, point.period): point.expected
            for point in self.observed
            if point.expected is not None
        }

    def all_changes(self) -> list[Change]:
        return [*self.changes, *(Change(code, "", on, "Spun out") for code, on in self.spun_out.items())]

    def until(self, quarter: str) -> "Given":
        """What was known of it at the end of a quarter; of changes, those still to come as well."""
        return replace(self, observed=tuple(point for point in self.observed if quarter_of(point.months[0]) <= quarter))


def generated(seed: int, organisations: int) -> Given:
    """Series of noise, ties, steps, walks, constants and outliers, of 1, 11, 12 or 36 points, with gaps."""
    dice = random.Random(seed)
    observed: list[Observed] = []
    changes: list[Change] = []
    spun_out: dict[str, str] = {}
    for number in range(organisations):
        code = f"X{number:03}"
        if dice.random() < 0.4:
            spun_out[code] = f"{dice.choice(['2011-04', *MONTHS])}-01"
        for _ in range(dice.choice([0, 0, 1, 3])):
            which = dice.choice(["", SATISFACTION, RATE, ENGAGEMENT])
            on = f"{dice.choice(MONTHS)}-{dice.choice(['01', '15'])}"
            changes.append(Change(code, which, on, dice.choice(["New payroll system", "Merged", "New wording"])))
        for indicator, variants in (
            (SATISFACTION, ("fft", "local")),
            (RATE, ("days", "hours")),
            (ENGAGEMENT, ("core",)),
        ):
            for variant in dice.sample(variants, dice.choice([1, len(variants)])):
                observed += _observed(dice, indicator, code, variant)
    # The register has one row an organisation, indicator and day.
    unique = {(change.code, change.indicator, change.on): change for change in changes}
    return Given(tuple(observed), tuple(unique.values()), spun_out)


def _observed(dice: random.Random, indicator: str, code: str, variant: str) -> Iterator[Observed]:
    length = dice.choice([1, 11, 12, 13, 24, 36, 36, 36])
    periods = [(quarter, tuple(within)) for quarter, within in IN_QUARTER.items()]
    if indicator != ENGAGEMENT:
        periods = [(month, (month,)) for month in MONTHS]
    start = dice.randint(0, max(0, len(periods) - length))
    gap = dice.choice([0, 0, 0.2])
    kind = dice.choice(["noise", "ties", "flat", "step", "walk", "outlier"])
    has_sector, has_mix, has_peers = dice.choice([0, 0.95, 1]), dice.choice([0, 0.95, 1]), dice.choice([0.9, 1])
    walk = 0.0
    for place, (period, within) in enumerate(periods[start : start + length]):
        walk += dice.gauss(0, 1)
        value = (
            50
            + {
                "noise": dice.gauss(0, 1),
                "ties": float(dice.randint(0, 3)),
                "flat": 0.0,
                "step": dice.gauss(0, 1) + (4 if place > length / 2 else 0),
                "walk": walk,
                "outlier": dice.gauss(0, 1) + (9 if dice.random() < 0.1 else 0),
            }[kind]
        )
        expected: dict[tuple[str, bool], float] | None = None
        if indicator == RATE:
            expected = {}
            if dice.random() < has_peers:
                base = 4 + place % 12 / 8
                is_of_sector, is_mixed = dice.random() < has_sector, dice.random() < has_mix
                expected = {("all_sectors", False): base}
                expected |= {("sector", False): base + 0.25} if is_of_sector else {}
                if is_mixed:
                    expected |= {(scope, True): known + 0.5 for (scope, _), known in tuple(expected.items())}
        if dice.random() < gap:
            continue
        sources = (
            dice.choice([("return",), ("return", "official"), ("official",)]) if variant == "days" else ("return",)
        )
        for source in sources:
            more = 1 if source == "official" else 0
            yield Observed(indicator, code, variant, source, period, within, value + more, expected)


def by_hand(given: Given) -> dict[tuple[str, str, str, str], list[boring.Point]]:
    """Every chart as it was known at the end of every quarter that has a point of it."""
    series: dict[tuple[str, str, str], list[Observed]] = defaultdict(list)
    for point in given.observed:
        series[point.indicator, point.code, point.variant].append(point)
    made = {}
    for key, observed in series.items():
        for quarter in QUARTERS:
            known = [point for point in observed if quarter_of(point.months[0]) <= quarter]
            if any(quarter_of(point.months[0]) == quarter for point in known):
                made[(*key, quarter)] = boring.chart(known, given.all_changes())
    return made


@pytest.fixture(scope="module")
def given() -> Given:
    return generated(seed=4, organisations=70)


@pytest.fixture(scope="module")
def drawn(given: Given) -> dict[tuple[str, str, str, str], list[boring.Point]]:
    return by_hand(given)


@pytest.fixture(scope="module")
def made(given: Given) -> Iterator[duckdb.DuckDBPyConnection]:
    with run(tables(*given.rows()), *CHARTS) as connection:
        yield connection


KEY = "indicator_id, organisation_code, variant, as_at_period"


def near(found: Any, expected: Any) -> bool:
    """Whether two rows are the same, numbers to the ninth digit."""
    if isinstance(expected, tuple):
        return len(found) == len(expected) and all(near(*both) for both in zip(found, expected, strict=True))
    if isinstance(expected, float) and found is not None:
        return bool(found == pytest.approx(expected, rel=1e-9, abs=1e-9))
    return bool(found == expected)


def test_there_are_thousands_of_points_of_every_kind(
    given: Given, drawn: dict[tuple[str, str, str, str], list[boring.Point]], made: duckdb.DuckDBPyConnection
) -> None:
    assert sum(len(points) for points in drawn.values()) > 20_000
    assert {cause for (cause,) in select(made, XMR, "distinct special_cause")} >= {
        *("above_limit", "below_limit", "rising", "falling", "two_of_three_above", "two_of_three_below"),
        *("run_above", "run_below", "common_cause", None),
    }
    assert select(made, VARIATION, "distinct why") == [("",), ("too few peers",), ("too few points",)]
    assert select(made, SERIES, "distinct scope, is_adjusted_for_staff_mix") == [
        ("", False),
        *((scope, is_adjusted) for scope in ("all_sectors", "sector") for is_adjusted in (False, True)),
    ]
    assert select(made, SERIES, "max(part) >= 3") == [(True,)]
    assert select(made, ASSURANCE, "distinct assurance") == [
        ("",),
        ("consistently met",),
        ("consistently missed",),
        ("hit or miss",),
    ]


def test_every_point_is_what_loops_make_it(
    drawn: dict[tuple[str, str, str, str], list[boring.Point]], made: duckdb.DuckDBPyConnection
) -> None:
    columns = (
        "place, period_id, source, value, shown_value, part, cast(rebased_on as varchar), rebased_because, scope, "
        "is_adjusted_for_staff_mix"
    )
    found = defaultdict(list)
    for key_and_point in made.execute(f"select {KEY}, {columns} from {SERIES} order by series, place").fetchall():
        found[key_and_point[:4]].append(key_and_point[4:])
    assert set(found) == set(drawn)
    for key, expected in drawn.items():
        assert near(tuple(found[key]), tuple(_values(point) for point in expected)), key


def _values(point: boring.Point) -> tuple[Any, ...]:
    return (
        *(point.place, point.period, point.source, point.value, point.shown, point.part, point.rebased_on),
        *(point.rebased_because, point.scope, point.is_adjusted),
    )


def test_every_limit_and_special_cause_is_what_loops_make_it(
    drawn: dict[tuple[str, str, str, str], list[boring.Point]], made: duckdb.DuckDBPyConnection
) -> None:
    columns = "xmr.centre, xmr.lower_process_limit, xmr.upper_process_limit, xmr.special_cause"
    of_all = ", ".join(f"series.{name}" for name in KEY.split(", "))
    query = f"select {of_all}, {columns} from {XMR} as xmr inner join {SERIES} as series using (series, place) "
    found = defaultdict(list)
    for key_and_limits in made.execute(f"{query} order by series.series, series.place").fetchall():
        found[key_and_limits[:4]].append(key_and_limits[4:])
    for key, points in drawn.items():
        expected: list[tuple[object, ...]] = []
        for part in sorted({point.part for point in points}):
            expected += boring.part_of_chart([point.value for point in points if point.part == part], screen=False)
        assert near(tuple(found[key]), tuple(expected)), key


def test_every_last_point_says_what_loops_say(
    drawn: dict[tuple[str, str, str, str], list[boring.Point]], made: duckdb.DuckDBPyConnection
) -> None:
    columns = "period_id, points, centre, lower_process_limit, upper_process_limit, special_cause, why, variation"
    found = {said[:4]: said[4:] for said in select(made, VARIATION, f"{KEY}, {columns}")}
    assert len(found) == len(drawn)
    for key, points in drawn.items():
        quarter = [key[3], *IN_QUARTER[key[3]]]
        assert near(found[key], boring.variation(points, quarter, is_high_better=key[0] != RATE)), key


def test_every_target_is_met_or_missed_as_loops_have_it(
    drawn: dict[tuple[str, str, str, str], list[boring.Point]], made: duckdb.DuckDBPyConnection
) -> None:
    columns = "expected_value, lower_process_limit, upper_process_limit, assurance, why"
    found = {said[:4]: said[4:] for said in select(made, ASSURANCE, f"{KEY}, {columns}")}
    assert len(found) == len(drawn)
    aims = {SATISFACTION: 48, ENGAGEMENT: 7, RATE: 5}
    for key, points in drawn.items():
        quarter = [key[3], *IN_QUARTER[key[3]]]
        said = boring.variation(points, quarter, is_high_better=key[0] != RATE)
        assert near(found[key], _assured(key[0], aims[key[0]], points, said)), key


def _assured(
    indicator: str, aim: float, points: Sequence[boring.Point], said: tuple[Any, ...]
) -> tuple[float | None, float | None, float | None, str, str]:
    (last,) = (point for point in points if point.period == said[0])
    year = [
        point.shown - point.value
        for point in points
        if point.part == last.part and last.place - 12 < point.place <= last.place and point.value is not None
    ]
    expected = sum(year) / 12 if len(year) == 12 and indicator == RATE else None
    shift = expected if indicator == RATE else 0
    lower, upper = (None if limit is None or shift is None else limit + shift for limit in said[3:5])
    why = said[6] or ("fewer than 12 months" if shift is None else "")
    if lower is None or upper is None:
        return expected, lower, upper, "", why
    return expected, lower, upper, boring.assurance(aim, lower, upper, indicator != RATE), why


# What always holds


def test_the_order_of_the_rows_that_come_in_changes_no_chart(given: Given, made: duckdb.DuckDBPyConnection) -> None:
    rows = given.rows()
    random.Random(1).shuffle(rows)
    with run(tables(*rows), *CHARTS) as shuffled:
        assert [name for name in CHARTS if everything(shuffled, name) != everything(made, name)] == []


@pytest.mark.parametrize("quarter", [QUARTERS[4], QUARTERS[9]])
def test_what_was_published_of_a_quarter_is_what_is_said_of_it_later(
    quarter: str, given: Given, made: duckdb.DuckDBPyConnection
) -> None:
    with run(tables(*given.until(quarter).rows()), *CHARTS) as then:
        for table in (SERIES, VARIATION, ASSURANCE):
            query = f"select * exclude (series) from {table} where as_at_period <= '{quarter}' order by all"
            assert then.execute(query).fetchall() == made.execute(query).fetchall()
        assert select(then, VARIATION, "count(*) > 100") == [(True,)]


@pytest.mark.long
def test_a_sector_of_returns_and_official_figures_has_charts() -> None:
    sector = random_sector(seed=20260720)
    with build(*sector.rows()) as built:
        said = select(built, VARIATION, "distinct indicator_id, variation = 'too few points'")
        assert {name for name, _ in said} == {name for name, entry in indicators().items() if entry["chart"] != "none"}
        kinds = select(built, SERIES, "distinct scope", indicator_id=RATE)
        assert {kind for (kind,) in kinds} >= {"sector", "all_sectors"}


def test_a_wave_of_a_year_is_no_point() -> None:
    made = build(
        organisation("M1"), *instrument("core"), scored("M1", "2025", 70, 11), absence("M1", "2025-01", 1, 100)
    )
    assert select(made, SERIES, "distinct indicator_id") == [(RATE,)]
