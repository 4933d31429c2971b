"""Rules that look back: on a few rows, just at a threshold, and silent where there is nothing to compare with."""

from collections.abc import Mapping, Sequence
from datetime import date
from random import Random

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impact.checking.batch import Submitted, check_tables
from impact.checking.before import FOLLOWS, GOES_ON
from impact.checking.findings import Finding
from impact.checking.reading import TextTable
from impact.definition import Definition, Rule, feeds
from tests.unit.checking.small import FILES
from tests.unit.checking.test_rules import anything, values

MONTHLY = {"time": "month", "within": ["service_code"]}
SHARE = {"parts": ["n_very_good"], "whole": "n_total", **MONTHLY}
COUNTS = {"counts": ["n_1", "n_2", "n_3", "n_4", "n_5"], "time": "wave", "within": ["item"]}
SNAPSHOT = {"time": "as_at_quarter", "within": ["saving_id"]}

BACK_RULES = [
    pytest.param(definition, rule, id=f"{definition.name}-{rule.name}")
    for definition in feeds().values()
    for rule in definition.rules
    if rule.looks_back
]


def follows(function: str, now: pd.DataFrame, before: pd.DataFrame, **given: object) -> list[bool]:
    return [bool(one) for one in FOLLOWS[function](now, before, **given)]


def months(*rows: tuple[str, Mapping[str, object]]) -> pd.DataFrame:
    """Rows of one service of one drop, by month."""
    columns = {name: [row[name] for _, row in rows] for name in rows[0][1]}
    return values(month=[f"{month}-01" for month, _ in rows], service_code=["S01"] * len(rows), **columns)


def counted(wave: str, *counts: float) -> pd.DataFrame:
    """The answers to one question in a wave."""
    columns = {f"n_{number}": [count] for number, count in enumerate(counts, start=1)}
    return values(wave=[wave], item=["recommend_care"], **columns)


def savings(quarter: str, **columns: object) -> pd.DataFrame:
    return values(as_at_quarter=[quarter], saving_id=["SAV-1"], **{name: [cell] for name, cell in columns.items()})


NOTHING = values(month=["2026-01-01"], service_code=["S01"], n_very_good=[1], n_total=[1]).iloc[:0]


def answered(rule: Rule, frame: pd.DataFrame, before: pd.DataFrame) -> pd.Series:
    return {**FOLLOWS, **GOES_ON}[rule.function](frame, before, **rule.arguments, **rule.thresholds)


@pytest.mark.parametrize(("definition", "rule"), BACK_RULES)
def test_a_rule_that_looks_back_says_yes_or_no_of_every_row_in_any_order_and_of_each_drop_alone(
    definition: Definition, rule: Rule
) -> None:
    frame, before = anything(definition, 200, 1), anything(definition, 200, 2)
    # Months, waves and items that come again, so that there is something to compare with.
    for one, seed in ((frame, 3), (before, 4)):
        pick = Random(seed)
        for name in {"month", "wave", "as_at_quarter"} & set(one.columns):
            choices = ["2026-01-01", "2026-02-01", "2026-03-01"] if name == "month" else ["2025-Q4", "2026-Q1", None]
            one[name] = pd.Series(pick.choices(choices, k=len(one)), dtype=one[name].dtype)
    looked_at = before if rule.expects == "goes_on" else frame
    together = answered(rule, frame, before)
    assert together.dtype == bool
    assert list(together.index) == list(looked_at.index)
    shuffled, other = (one.sample(frac=1, random_state=5) for one in (frame, before))
    again = answered(rule, shuffled.reset_index(drop=True), other.reset_index(drop=True))
    assert again.tolist() == together[(other if rule.expects == "goes_on" else shuffled).index].tolist()
    for drop in "abc":
        alone, had = frame[frame["drop"] == drop], before[before["drop"] == drop]
        expected = together[(had if rule.expects == "goes_on" else alone).index]
        assert answered(rule, alone, had).tolist() == expected.tolist()


@pytest.mark.parametrize(("definition", "rule"), BACK_RULES)
def test_a_rule_that_looks_back_holds_where_there_is_nothing_before(definition: Definition, rule: Rule) -> None:
    missing: dict[str, Sequence[object]] = {column.name: [None, None] for column in definition.columns}
    frame = values(**missing, row_period=[None, None])
    assert answered(rule, frame, frame).all()
    assert answered(rule, frame, frame.iloc[:0]).all()


@pytest.mark.parametrize(
    ("then", "now", "of", "holds"),
    [
        (50, 80, 1000, True),  # 3 points
        (50, 80.1, 1000, False),
        (80, 49.9, 1000, False),
        (20, 39.9, 1000, True),
        (20, 40, 1000, False),  # doubled
        (40, 20, 1000, True),  # halved is not doubled
        (0, 20, 1000, True),
        (5, 29, 299, True),  # too few to say
        (5, 29, 300, False),
    ],
)
def test_share_stays_within_points_and_does_not_double(then: float, now: float, of: float, holds: bool) -> None:
    frame = months(("2026-02", {"n_very_good": now, "n_total": of}))
    before = months(("2026-01", {"n_very_good": then, "n_total": of}))
    assert follows("share_stays", frame, before, **SHARE, points=3, times=2, least=300) == [holds]


def test_what_is_compared_is_the_month_before_and_no_other() -> None:
    def moved(month: str, service: str = "S01") -> list[bool]:
        before = months((month, {"n_very_good": 90, "n_total": 100})).assign(service_code=service)
        frame = months(("2026-02", {"n_very_good": 20, "n_total": 100}))
        return follows("share_stays", frame, before, **SHARE, points=10, least=30)

    assert moved("2026-01") == [False]
    assert moved("2025-12") == moved("2026-01", "S02") == moved("2026-03") == [True]


def test_the_months_of_the_drop_itself_are_compared_with_one_another() -> None:
    frame = months(
        *((f"2026-0{month}", {"n_very_good": good, "n_total": 100}) for month, good in ((3, 90), (1, 20), (2, 21)))
    )
    assert follows("share_stays", frame, NOTHING, **SHARE, points=10, least=30) == [False, True, True]


def test_two_rows_about_the_same_month_are_compared_with_nothing() -> None:
    frame = months(
        *(
            (month, {"n_very_good": good, "n_total": 100})
            for month, good in (("2026-01", 20), ("2026-01", 30), ("2026-02", 90))
        )
    )
    assert follows("share_stays", frame, NOTHING, **SHARE, points=10, least=30) == [True, True, True]


@pytest.mark.parametrize(
    ("then", "now", "holds"), [(100, 120, True), (100, 120.1, False), (100, 79.9, False), (0, 0, True), (0, 1, False)]
)
def test_stays_within_a_percentage_of_what_it_was(then: float, now: float, holds: bool) -> None:
    frame, before = (months((month, {"n_total": n})) for month, n in (("2026-02", now), ("2026-01", then)))
    assert follows("stays_within", frame, before, column="n_total", **MONTHLY, percent=20) == [holds]


@pytest.mark.parametrize(
    ("then", "now", "holds"), [(40, 79, True), (40, 80, False), (80, 41, True), (80, 40, False), (10, 29, True)]
)
def test_stays_within_half_and_double(then: float, now: float, holds: bool) -> None:
    frame, before = (months((month, {"n_total": n})) for month, n in (("2026-02", now), ("2026-01", then)))
    assert follows("stays_within", frame, before, column="n_total", **MONTHLY, times=2, least=30) == [holds]


def test_not_repeated_but_noughts_may_come_again() -> None:
    def repeated(*then_and_now: tuple[float, float]) -> bool:
        before, frame = (
            months((month, {"n_very_good": good, "n_total": total}))
            for month, (good, total) in zip(("2026-01", "2026-02"), then_and_now, strict=True)
        )
        [holds] = follows("not_repeated", frame, before, columns=["n_very_good", "n_total"], **MONTHLY)
        return not holds

    assert repeated((7, 100), (7, 100))
    assert not repeated((7, 100), (7, 101))
    assert not repeated((0, 100), (0, 100))


def test_stays_says_whether_a_text_is_as_it_was() -> None:
    def kept(then: object, now: object) -> bool:
        before, frame = savings("2026-Q1", title=then), savings("2026-Q2", title=now)
        return follows("stays", frame, before, columns=["title"], **SNAPSHOT) == [True]

    assert kept("Solar panels", "solar  panels ")
    assert not kept("Solar panels", "Fleet reduced")
    assert not kept("Solar panels", None)
    assert kept(None, None)


def test_what_was_verified_stays_and_what_was_not_may_change() -> None:
    def kept(evidence: str, now: float) -> bool:
        before = savings("2026-Q1", baseline_cost_gbp=480000, evidence_level=evidence)
        frame = savings("2026-Q2", baseline_cost_gbp=now, evidence_level="estimated")
        once = {"evidence_level": ["finance_verified", "audited"]}
        return follows("stays", frame, before, columns=["baseline_cost_gbp"], **SNAPSHOT, once=once) == [True]

    assert kept("audited", 480000)
    assert not kept("audited", 480001)
    assert not kept("finance_verified", 1)
    assert kept("management_accounts", 1)


@pytest.mark.parametrize(
    ("then", "now", "holds"),
    [
        ("2026-Q2", "2026-Q3", False),
        ("2026-Q4", "2027-Q1", False),
        ("2026-Q2", "2027-Q1", False),
        ("2026-Q1", "2026-Q2", True),
    ],
)
def test_an_amount_falls_only_with_the_first_of_april(then: str, now: str, holds: bool) -> None:
    before, frame = savings(then, actual_to_date_gbp=500.5), savings(now, actual_to_date_gbp=500.25)
    assert follows("not_less_within_year", frame, before, column="actual_to_date_gbp", **SNAPSHOT) == [holds]
    assert follows("not_less_within_year", before, before, column="actual_to_date_gbp", **SNAPSHOT) == [True]


def test_an_amount_below_nought_may_stay_where_it_is() -> None:
    before, frame = savings("2026-Q2", actual_to_date_gbp=-500), savings("2026-Q3", actual_to_date_gbp=-500)
    assert follows("not_less_within_year", frame, before, column="actual_to_date_gbp", **SNAPSHOT) == [True]


@pytest.mark.parametrize(
    ("now", "mean", "scale"),
    [
        ((0, 0, 0, 50, 50), True, True),
        ((0, 0, 50, 50, 0), False, True),  # moved by 1
        ((0, 0, 0, 100, 0), True, True),  # moved by 0.5
        ((0, 0, 0, 101, 99), True, True),
        ((50, 50, 0, 0, 0), False, False),  # the other way round
        ((0, 0, 100, 0, 0), False, True),  # moved by 1.5, not turned round
        ((5, 5, 0, 0, 0), True, True),  # too few to say
    ],
)
def test_the_mean_and_the_scale_of_answers(now: tuple[float, ...], mean: bool, scale: bool) -> None:
    before, frame = counted("2025-Q4", 0, 0, 0, 50, 50), counted("2026-Q1", *now)
    assert follows("mean_stays", frame, before, **COUNTS, most=0.5, least=11) == [mean]
    assert follows("scale_stays", frame, before, **COUNTS, most=1, least=11) == [scale]


def test_the_last_wave_is_the_last_one_there_was() -> None:
    before = pd.concat([counted("2024", 50, 50, 0, 0, 0), counted("2025-Q1", 0, 0, 0, 50, 50)], ignore_index=True)
    assert follows("mean_stays", counted("2026-Q1", 0, 0, 0, 50, 50), before, **COUNTS, most=0.5, least=11) == [True]
    assert follows("mean_stays", counted("2026", 50, 50, 0, 0, 0), before, **COUNTS, most=0.5, least=11) == [False]


@given(counts=st.lists(st.integers(0, 500), min_size=5, max_size=5), most=st.floats(0, 2))
@settings(deadline=None)
def test_answers_that_come_again_and_symmetric_ones_are_never_turned_round(counts: list[int], most: float) -> None:
    before = counted("2025-Q4", *counts)
    assert follows("scale_stays", counted("2026-Q1", *counts), before, **COUNTS, most=most, least=11) == [True]
    turned = follows("scale_stays", counted("2026-Q1", *counts[::-1]), before, **COUNTS, most=most, least=11)
    mean = sum(count * number for number, count in enumerate(counts)) / max(sum(counts), 1)
    assert turned == [sum(counts) < 11 or abs(4 - 2 * mean) <= most * (1 + 1e-12)]


@pytest.mark.parametrize(
    ("then", "now", "holds"), [((20, 5), (5, 20), False), ((20, 5), (5, 5), True), ((5, 20), (5, 20), True)]
)
def test_no_turn(then: tuple[float, float], now: tuple[float, float], holds: bool) -> None:
    before, frame = (
        months((month, {"n_very_good": good, "n_very_poor": poor, "n_total": 30}))
        for month, (good, poor) in (("2026-01", then), ("2026-02", now))
    )
    given = {"good": "n_very_good", "bad": "n_very_poor", "total": "n_total", **MONTHLY}
    assert follows("no_turn", frame, before, **given, least=11) == [holds]
    assert follows("no_turn", frame, before, **given, least=31) == [True]


def test_a_basis_is_that_of_the_months_before_in_the_year() -> None:
    before = values(month=["2025-12-01", "2026-01-01"], basis=["hours", "calendar_days"])
    frame = values(month=["2026-02-01", "2026-02-01", "2027-01-01"], basis=["calendar_days", "hours", "hours"])
    assert follows("as_earlier_in_year", frame, before, column="basis", time="month") == [True, False, True]


def test_what_was_in_the_last_period_before_is_in_the_first_of_the_drop() -> None:
    before = values(as_at_quarter=["2025-Q3", "2025-Q4", "2025-Q4"], saving_id=["OLD", "KEPT", "GONE"])
    frame = values(as_at_quarter=["2026-Q1", "2026-Q2"], saving_id=["KEPT", "GONE"])
    there = GOES_ON["is_still_there"](frame, before, **SNAPSHOT)
    assert there.tolist() == [True, True, False]
    assert GOES_ON["is_still_there"](frame.iloc[:0], before, **SNAPSHOT).all()  # a drop of which nothing is known


SAVING = {column.name: column.example for column in feeds()["savings"].columns} | {
    "saving_id": "SAV-1",
    "as_at_quarter": "2026-Q2",
}


def checked(rows: list[dict[str, str]], before: list[dict[str, str]]) -> list[Finding]:
    """What is found of a drop of savings after another one."""
    definition = feeds()["savings"]

    def cells(of: list[dict[str, str]]) -> TextTable:
        columns = {column.name: place for place, column in enumerate(definition.columns)}
        return TextTable(columns, tuple(tuple(row.values()) for row in of), tuple(range(2, len(of) + 2)))

    one = Submitted(
        *("drop", cells(rows), "M001", date(2026, 4, 1), date(2026, 6, 30), ("2026-Q2",)),
        before=(("0123456789abcdef", cells(before)),),
    )
    return check_tables(definition, [one], FILES)["drop"]


def test_a_saving_that_is_gone_is_named_by_its_row_and_receipt_never_by_what_stood_there() -> None:
    before = [SAVING | {"saving_id": name, "as_at_quarter": "2026-Q1"} for name in ("SAV-1", "JaneDoe", "SAV-3")]
    found = {finding.rule: finding for finding in checked([SAVING], before)}
    gone = found["savings_still_there"]
    assert gone.message == (
        "A saving that was there in the return before is gone: rows 3, 4 of the file with receipt 0123456789abcdef. "
        "Has it been closed?"
    )
    assert (gone.severity, gone.cells) == ("please_confirm", ())
    assert "JaneDoe" not in repr(found)


def test_what_follows_from_the_return_before_is_found_in_its_cell() -> None:
    before = [SAVING | {"as_at_quarter": "2026-Q1"}]
    assert "title_kept" not in {finding.rule for finding in checked([SAVING], before)}
    found = {finding.rule: finding for finding in checked([SAVING | {"title": "Something else"}], before)}
    place = [column.name for column in feeds()["savings"].columns].index("title")
    assert found["title_kept"].cells == (f"{'ABCDEFGH'[place]}2",)
