"""Each rule on a few rows: holding, broken, just at its threshold, and silent where a value it needs is missing."""

from collections.abc import Sequence
from decimal import Decimal
from random import Random

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from impact.checking.rules import FUNCTIONS
from impact.definition import Definition, Rule, feeds

DATES = ("month", "month_end_on", "drop_start_on", "drop_end_on")
TEXTS = ("drop", "drop_sender", "organisation_code", "basis")

Cell = str | float | None
Cells = Sequence[Cell]


def values(**columns: Cells) -> pd.DataFrame:
    """Values as the rules get them. Unless it is said otherwise they are of one drop of M001 for 2026-Q1."""
    count = len(next(iter(columns.values())))
    known: dict[str, Cells] = {
        "drop": ["a"] * count,
        "drop_sender": ["M001"] * count,
        "drop_start_on": ["2026-01-01"] * count,
        "drop_end_on": ["2026-03-31"] * count,
        "has_unreadable": [False] * count,
    }
    frame = {name: pd.Series(list(cells), dtype=_dtype(name)) for name, cells in {**known, **columns}.items()}
    return pd.DataFrame(frame)


def _dtype(name: str) -> str:
    kinds = {**dict.fromkeys(DATES, "datetime64[s]"), **dict.fromkeys(TEXTS, "object"), "has_unreadable": "bool"}
    return kinds.get(name, "float64")


def verdicts(rule: str, frame: pd.DataFrame, **thresholds: float) -> list[bool]:
    """Whether a rule holds, row by row."""
    return [bool(verdict) for verdict in FUNCTIONS[rule](frame, **thresholds)]


FUNCTION_RULES = [
    pytest.param(definition, rule, id=f"{definition.name}-{rule.name}")
    for definition in feeds().values()
    for rule in definition.rules
    if rule.name in FUNCTIONS
]


@pytest.mark.parametrize(("definition", "rule"), FUNCTION_RULES)
def test_a_rule_holds_where_all_that_it_needs_is_missing(definition: Definition, rule: Rule) -> None:
    missing: dict[str, Cells] = {column.name: [None, None] for column in definition.columns}
    frame = values(**missing)
    assert verdicts(rule.name, frame, **rule.thresholds) == [True, True]


@pytest.mark.parametrize(("definition", "rule"), FUNCTION_RULES)
def test_a_rule_answers_yes_or_no_on_every_row_whatever_is_missing(definition: Definition, rule: Rule) -> None:
    """A missing answer would count as a yes: Great Expectations passes over missing cells."""
    choices: dict[str, Cells] = {
        "datetime64[s]": [None, "2026-01-01", "2026-03-31", "2026-04-01"],
        "object": [None, "M001", "calendar_days"],
        "float64": [None, 0, 1, 300, 1e8],
    }
    pick = Random(0)
    columns: dict[str, Cells] = {
        column.name: pick.choices(choices[_dtype(column.name)], k=500)
        for column in definition.columns
        if column.kind != "text" or column.name in TEXTS
    }
    frame = values(drop=pick.choices("abcdefghij", k=500), **columns)
    answers = FUNCTIONS[rule.name](frame, **rule.thresholds)
    assert answers.dtype == bool
    assert list(answers.index) == list(frame.index)


def test_organisation_is_the_sender() -> None:
    frame = values(organisation_code=["M001", "M002", "m001", None], drop_sender=["M001"] * 4)
    assert verdicts("organisation_is_the_sender", frame) == [True, False, False, True]


def test_month_in_period_from_the_first_day_to_the_last() -> None:
    frame = values(month=["2025-12-01", "2026-01-01", "2026-03-01", "2026-04-01", None])
    assert verdicts("month_in_period", frame) == [False, True, True, False, True]


@pytest.mark.parametrize(
    ("months", "holds"),
    [
        (["2026-01-01", "2026-02-01", "2026-03-01"], True),
        (["2026-03-01", "2026-01-01", "2026-02-01", "2026-02-01"], True),
        (["2026-01-01", "2026-02-01"], False),
        (["2026-01-01", "2026-01-01", "2026-01-01"], False),
        (["2026-01-01", "2026-02-01", "2026-04-01"], False),
        (["2025-12-01"], False),
        (["2026-01-01", "2026-02-01", None], True),  # the one that cannot be read may be March
    ],
)
def test_every_month_present(months: list[Cell], holds: bool) -> None:
    assert verdicts("every_month_present", values(month=months)) == [holds] * len(months)


def test_every_month_present_over_the_end_of_a_year() -> None:
    months = ["2025-12-01", "2026-01-01"]
    facts = {"drop_start_on": ["2025-12-01"] * 2, "drop_end_on": ["2026-01-31"] * 2}
    assert verdicts("every_month_present", values(month=months, **facts)) == [True, True]
    assert verdicts("every_month_present", values(month=months[:1] * 2, **facts)) == [False, False]


def test_every_month_present_looks_at_each_drop_alone() -> None:
    frame = values(
        drop=["a", "b", "a", "c", "a"], month=["2026-01-01", "2026-02-01", "2026-02-01", "2026-07-01", "2026-03-01"]
    )
    assert verdicts("every_month_present", frame) == [True, False, True, False, True]


def test_one_basis_in_each_drop() -> None:
    frame = values(
        drop=["a", "a", "b", "b", "c", "c"], basis=["hours", "hours", "hours", "working_days", "hours", None]
    )
    assert verdicts("one_basis", frame) == [True, True, False, False, True, True]


def test_lost_within_available_to_the_last_day() -> None:
    frame = values(fte_days_lost=[299, 300, 300.01, None, 5, 0], fte_days_available=[300, 300, 300, 300, None, 0])
    assert verdicts("lost_within_available", frame) == [True, True, False, True, True, True]


def test_long_term_within_lost_to_the_last_day() -> None:
    frame = values(long_term_days_lost=[0, 10, 10.01, None, 5], fte_days_lost=[10, 10, 10, 10, None])
    assert verdicts("long_term_within_lost", frame) == [True, True, False, True, True]


def test_fte_within_headcount_and_a_tolerance() -> None:
    frame = values(fte_end=[340, 340.5, 340.6, None, 5], headcount=[340, 340, 340, 340, None])
    assert verdicts("fte_within_headcount", frame, tolerance=0.5) == [True, True, False, True, True]


def available(days: float, month: str = "2026-01-01", basis: Cell = "calendar_days") -> pd.DataFrame:
    return values(fte_start=[290], fte_end=[310], fte_days_available=[days], month=[month], basis=[basis])


@pytest.mark.parametrize(
    ("days", "holds"),
    [(300 * 31, True), (330 * 31, True), (330 * 31 + 1, False), (270 * 31, True), (270 * 31 - 1, False)],
)
def test_available_fits_staff_within_a_share_of_the_mean(days: float, holds: bool) -> None:
    assert verdicts("available_fits_staff", available(days), tolerance_percent=10) == [holds]


def test_available_fits_staff_by_the_days_of_the_month() -> None:
    assert verdicts("available_fits_staff", available(300 * 28, "2026-02-01"), tolerance_percent=1) == [True]
    assert verdicts("available_fits_staff", available(300 * 29, "2024-02-01"), tolerance_percent=1) == [True]
    assert verdicts("available_fits_staff", available(300 * 31, "2026-02-01"), tolerance_percent=1) == [False]


def test_available_fits_staff_says_nothing_of_another_basis() -> None:
    for basis in ("working_days", "hours", "unheard of", None):
        assert verdicts("available_fits_staff", available(1, basis=basis), tolerance_percent=10) == [True]


@pytest.mark.parametrize("name", ["fte_start", "fte_end", "fte_days_available", "month"])
def test_available_fits_staff_holds_where_one_of_its_values_is_missing(name: str) -> None:
    frame = available(1)
    assert verdicts("available_fits_staff", frame, tolerance_percent=10) == [False]
    frame[name] = pd.Series([None], dtype=_dtype(name))
    assert verdicts("available_fits_staff", frame, tolerance_percent=10) == [True]


@given(tenths=st.integers(10, 99_999), days=st.sampled_from([28, 30, 31]), above=st.booleans())
def test_available_fits_staff_just_at_its_threshold_for_any_number_of_posts(
    tenths: int, days: int, above: bool
) -> None:
    fte = Decimal(tenths) / 10
    edge = fte * (Decimal("1.1") if above else Decimal("0.9")) * days
    month = {28: "2026-02-01", 30: "2026-04-01", 31: "2026-01-01"}[days]
    posts: Cells = [float(fte)]
    frame = values(
        fte_start=posts, fte_end=posts, fte_days_available=[float(edge)], month=[month], basis=["calendar_days"]
    )
    assert verdicts("available_fits_staff", frame, tolerance_percent=10) == [True]


@pytest.mark.parametrize(
    ("lost", "of", "holds"),
    [
        (5, 1000, True),
        (4.99, 1000, False),
        (120, 1000, True),
        (120.01, 1000, False),
        (0, 1000, True),  # some_absence judges that
        (1001, 1000, True),  # lost_within_available refuses that
        (1000, 1000, False),
        (0, 0, True),
        (None, 1000, True),
        (5, None, True),
    ],
)
def test_rate_usual_from_the_low_threshold_to_the_high(lost: Cell, of: Cell, holds: bool) -> None:
    frame = values(fte_days_lost=[lost], fte_days_available=[of])
    assert verdicts("rate_usual", frame, low_percent=0.5, high_percent=12) == [holds]


@given(hundredths=st.integers(1, 9_999_999), percent=st.sampled_from([Decimal("0.5"), Decimal("12.5")]))
def test_rate_usual_just_at_its_thresholds_for_any_number_of_days(hundredths: int, percent: Decimal) -> None:
    lost = Decimal(hundredths) / 100
    frame = values(fte_days_lost=[float(lost)], fte_days_available=[float(lost * 100 / percent)])
    assert verdicts("rate_usual", frame, low_percent=0.5, high_percent=12.5) == [True]


def test_some_absence_from_a_number_of_days_on() -> None:
    frame = values(fte_days_lost=[0, 0, 0.5, 0, None, 0], fte_days_available=[299.99, 300, 300, 9300, 9300, None])
    assert verdicts("some_absence", frame, available=300) == [True, False, True, False, True, True]


def test_month_end_in_period_is_its_very_last_day() -> None:
    frame = values(
        month_end_on=["2026-04-30", "2026-04-29", "2026-05-31", None],
        drop_start_on=["2026-04-01"] * 4,
        drop_end_on=["2026-04-30"] * 4,
    )
    assert verdicts("month_end_in_period", frame) == [True, False, False, True]


def test_all_or_none_withheld() -> None:
    frame = values(
        fte_days_lost=[1, None, None, 1, 1],
        fte_days_available=[10, None, 10, None, 10],
        published_rate_percent=[10, None, 10, None, None],
    )
    assert verdicts("all_or_none_withheld", frame) == [True, True, False, False, False]


def test_all_or_none_withheld_is_silent_on_a_row_of_which_something_cannot_be_read() -> None:
    frame = values(
        fte_days_lost=[None, None],
        fte_days_available=[10, 10],
        published_rate_percent=[10, 10],
        has_unreadable=[True, False],
    )
    assert verdicts("all_or_none_withheld", frame) == [True, False]


@pytest.mark.parametrize(
    ("published", "holds"),
    [(33.33, True), (33.34, False), (33.32, False), (None, True)],
)
def test_published_rate_recomputes_to_its_last_digit(published: Cell, holds: bool) -> None:
    frame = values(fte_days_lost=[1], fte_days_available=[3], published_rate_percent=[published])
    assert verdicts("published_rate_recomputes", frame, half_unit=0.005) == [holds]


@pytest.mark.parametrize(("published", "holds"), [(12.48, False), (12.49, True), (12.5, True), (12.51, False)])
def test_published_rate_recomputes_whichever_way_a_half_was_rounded(published: float, holds: bool) -> None:
    frame = values(fte_days_lost=[12.495], fte_days_available=[100], published_rate_percent=[published])
    assert verdicts("published_rate_recomputes", frame, half_unit=0.005) == [holds]


@given(lost=st.integers(0, 10**9), of=st.integers(1, 10**9))
def test_published_rate_recomputes_for_every_rate_that_was_rounded_right(lost: int, of: int) -> None:
    rate = (Decimal(lost) * 100 / of).quantize(Decimal("0.01"))
    frame = values(fte_days_lost=[lost], fte_days_available=[of], published_rate_percent=[float(rate)])
    if rate <= 100:
        assert verdicts("published_rate_recomputes", frame, half_unit=0.005) == [True]
