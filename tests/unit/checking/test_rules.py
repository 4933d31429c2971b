"""Each rule on a few rows: holding, broken, just at its threshold, and silent where a value it needs is missing."""

from collections.abc import Sequence
from decimal import Decimal
from random import Random

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from impact.checking.rules import FUNCTIONS, known_together, row_periods
from impact.definition import Definition, Rule, feeds
from tests.unit.checking.small import FILES

KINDS = {
    **{column.name: column.kind for definition in feeds().values() for column in definition.columns},
    **dict.fromkeys(("drop", "drop_sender", "drop_prepared_by", "drop_periods", "row_period"), "text"),
    **dict.fromkeys(("drop_start_on", "drop_end_on", "drop_received_on"), "date"),
    **dict.fromkeys(("has_unreadable", "has_shorthand"), "boolean"),
}
DTYPES = {"text": "object", "period": "object", "month": "datetime64[s]", "date": "datetime64[s]", "boolean": "bool"}

Cell = str | float | None
Cells = Sequence[Cell]


def values(**columns: Sequence[object]) -> pd.DataFrame:
    """Values as the rules get them. Unless it is said otherwise they are of one drop of M001 for 2026-Q1."""
    count = len(next(iter(columns.values())))
    known: dict[str, Sequence[object]] = {
        "drop": ["a"] * count,
        "drop_sender": ["M001"] * count,
        "drop_prepared_by": ["Officer"] * count,
        "drop_periods": [("2026-Q1",)] * count,
        "drop_start_on": ["2026-01-01"] * count,
        "drop_end_on": ["2026-03-31"] * count,
        "drop_received_on": ["2026-04-20"] * count,
        "row_period": ["2026-Q1"] * count,
        "has_unreadable": [False] * count,
    }
    frame = {name: pd.Series(list(cells), dtype=_dtype(name)) for name, cells in {**known, **columns}.items()}
    return pd.DataFrame(frame)


def _dtype(name: str) -> str:
    return DTYPES.get(KINDS[name], "float64")


def verdicts(function: str, frame: pd.DataFrame, **given: object) -> list[bool]:
    """Whether a rule holds, row by row."""
    return [bool(verdict) for verdict in FUNCTIONS[function](frame, **given)]


def answers(rule: Rule, frame: pd.DataFrame) -> pd.Series:
    if rule.expects == "known_together":
        return known_together(frame, FILES, **rule.arguments)
    return FUNCTIONS[rule.function](frame, **rule.arguments, **rule.thresholds)


FUNCTION_RULES = [
    pytest.param(definition, rule, id=f"{definition.name}-{rule.name}")
    for definition in feeds().values()
    for rule in definition.rules
    if rule.expects in ("row_holds", "drop_holds", "known_together")
]


@pytest.mark.parametrize(("definition", "rule"), FUNCTION_RULES)
def test_a_rule_holds_where_all_that_it_needs_is_missing(definition: Definition, rule: Rule) -> None:
    missing: dict[str, Cells] = {column.name: [None, None] for column in definition.columns}
    assert list(answers(rule, values(**missing, row_period=[None, None]))) == [True, True]


def anything(definition: Definition, count: int, seed: int) -> pd.DataFrame:
    """Rows of ten drops with whatever may stand in the cells, and often nothing."""
    choices: dict[str, Cells] = {
        "datetime64[s]": [None, "2026-01-01", "2026-03-31", "2026-04-01"],
        "object": [None, "M001", "calendar_days", "ALL", "ALL", "S01", "nurses", "engagement", "all", "idea"],
        "float64": [None, 0, 1, 300, 1e8],
    }
    pick = Random(seed)
    columns = {column.name: pick.choices(choices[_dtype(column.name)], k=count) for column in definition.columns}
    return values(drop=pick.choices("abcdefghij", k=count), **columns)


@pytest.mark.parametrize(("definition", "rule"), FUNCTION_RULES)
def test_a_rule_answers_yes_or_no_on_every_row_whatever_is_missing(definition: Definition, rule: Rule) -> None:
    """A missing answer would count as a yes: Great Expectations passes over missing cells."""
    frame = anything(definition, 500, 0)
    holds = answers(rule, frame)
    assert holds.dtype == bool
    assert list(holds.index) == list(frame.index)


@pytest.mark.parametrize(("definition", "rule"), FUNCTION_RULES)
def test_the_order_of_the_rows_changes_no_answer(definition: Definition, rule: Rule) -> None:
    for seed in range(5):
        frame = anything(definition, 200, seed)
        shuffled = frame.sample(frac=1, random_state=seed)
        assert answers(rule, shuffled.reset_index(drop=True)).tolist() == answers(rule, frame)[shuffled.index].tolist()


@pytest.mark.parametrize(("definition", "rule"), FUNCTION_RULES)
def test_a_drop_is_judged_as_if_it_were_alone(definition: Definition, rule: Rule) -> None:
    frame = anything(definition, 200, 1)
    together = answers(rule, frame)
    for drop in frame["drop"].unique():
        alone = frame[frame["drop"] == drop]
        assert answers(rule, alone).tolist() == together[alone.index].tolist()


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


def test_every_month_present_of_the_rows_that_it_is_told_to_look_at() -> None:
    months = ["2026-01-01", "2026-02-01", "2026-03-01"]
    frame = values(month=[*months, *months], service_code=["ALL", "ALL", "S01", *["S01"] * 3])
    assert verdicts("every_month_present", frame) == [True] * 6
    assert verdicts("every_month_present", frame, where={"service_code": ["ALL"]}) == [False] * 6
    assert verdicts("every_month_present", frame[3:], where={"service_code": ["ALL"]}) == [False] * 3
    frame.loc[2, "service_code"] = None  # that may be the whole of March
    assert verdicts("every_month_present", frame, where={"service_code": ["ALL"]}) == [True] * 6


def test_one_basis_in_each_drop() -> None:
    frame = values(
        drop=["a", "a", "b", "b", "c", "c"],
        basis=["hours", "hours", "hours", "working_days", "hours", None],
        month=["2026-01-01"] * 6,
    )
    assert verdicts("one_basis", frame) == [True, True, False, False, True, True]


def test_one_basis_in_each_year_of_a_history() -> None:
    months = ["2024-12-01", "2025-01-01", "2025-02-01"]
    facts = {"drop_start_on": ["2024-10-01"] * 3, "drop_end_on": ["2025-03-31"] * 3}
    assert (
        verdicts("one_basis", values(month=months, basis=["hours", "working_days", "working_days"], **facts))
        == [True] * 3
    )
    assert not all(verdicts("one_basis", values(month=months, basis=["hours", "hours", "working_days"], **facts)))


def test_known_together_in_a_file_of_the_register() -> None:
    frame = values(
        organisation_code=["M001", "M001", "M001", "M002", "M002", None, "M001"],
        service_code=["S01", "S09", "ALL", "S09", "S01", "S01", None],
    )
    holds = known_together(frame, FILES, "services", ["organisation_code", "service_code"], unless="ALL")
    assert list(holds) == [True, False, True, True, False, True, True]
    holds = known_together(frame, FILES, "services", ["organisation_code", "service_code"])
    assert list(holds) == [True, False, False, True, False, True, True]


@pytest.mark.parametrize(
    ("service", "months"),
    [
        ("S01", {"2020-01-01": False, "2020-02-01": True, "2199-01-01": True}),  # from 29 February 2020
        ("S02", {"1999-01-01": True, "2026-12-01": True, "2027-01-01": False}),  # to 31 December 2026
        ("ALL", {"1999-01-01": True}),
        ("S07", {"2026-01-01": False}),
    ],
)
def test_known_together_on_some_day_of_the_month(service: str, months: dict[str, bool]) -> None:
    frame = values(month=[*months, None], organisation_code=["M001"] * (len(months) + 1))
    frame["service_code"] = service
    columns = ["organisation_code", "service_code"]
    holds = known_together(frame, FILES, "services", columns, unless="ALL", active_on="month")
    assert list(holds) == [*months.values(), True]


def test_known_together_where_the_register_has_nothing() -> None:
    frame = values(staff_group=["nurses", "ALL", None])
    assert list(known_together(frame, {"staff_groups": []}, "staff_groups", ["staff_group"], "ALL")) == [
        False,
        True,
        True,
    ]


def test_known_together_twice_with_a_gap_between() -> None:
    rows: list[dict[str, str | None]] = [
        {"service_code": "S01", "active_from": "2020-01-01", "active_to": "2020-12-31"},
        {"service_code": "S01", "active_from": "2022-01-01", "active_to": None},
    ]
    frame = values(service_code=["S01"] * 3, month=["2020-06-01", "2021-06-01", "2022-06-01"])
    holds = known_together(frame, {"services": rows}, "services", ["service_code"], active_on="month")
    assert list(holds) == [True, False, True]


@pytest.mark.parametrize(
    ("grains", "named"),
    [(("quarter",), ["2025-Q4", "2026-Q1", None]), (("month",), ["2025-12", "2026-01", None])],
)
def test_a_month_belongs_to_the_period_that_drops_are_for(grains: tuple[str, ...], named: list[str | None]) -> None:
    found = row_periods(values(month=["2025-12-01", "2026-01-01", None]), "month", grains)
    assert [None if pd.isna(period) else period for period in found] == named


def test_a_row_without_a_column_for_it_belongs_to_no_period() -> None:
    assert row_periods(values(month=[None, None]), None, ("quarter",)).tolist() == [None, None]


def test_in_period_is_one_of_those_that_the_drop_is_for() -> None:
    history = ("2025-Q4", "2026-Q1")
    frame = values(
        row_period=["2026-Q1", "2025-Q4", "2025-Q4", "2026", "2026", None],
        drop_periods=[("2026-Q1",), ("2026-Q1",), history, history, ("2026",), ("2026",)],
    )
    assert verdicts("in_period", frame) == [True, False, True, False, True, True]


def test_not_before_on_the_same_day() -> None:
    frame = values(
        fieldwork_start=["2026-02-01", "2026-02-01", "2026-02-01", None, "2026-02-01"],
        fieldwork_end=["2026-02-01", "2026-02-02", "2026-01-31", "2026-01-31", None],
    )
    assert verdicts("not_before", frame, column="fieldwork_end", other="fieldwork_start") == [
        True,
        True,
        False,
        True,
        True,
    ]


def test_at_least_from_the_threshold_on() -> None:
    assert verdicts("at_least", values(headcount=[10, 11, 12, None]), column="headcount", least=11) == [
        *(False, True, True, True)
    ]


def test_is_nought() -> None:
    frame = values(actual_to_date_gbp=[0, 0.01, -1, None])
    assert verdicts("is_nought", frame, column="actual_to_date_gbp") == [True, False, False, True]


def test_no_more_than_to_the_last_hundredth() -> None:
    frame = values(fte_days_lost=[299, 300, 300.01, None, 5, 0], fte_days_available=[300, 300, 300, 300, None, 0])
    given = {"column": "fte_days_lost", "other": "fte_days_available"}
    assert verdicts("no_more_than", frame, **given) == [True, True, False, True, True, True]


def test_no_more_than_and_a_tolerance() -> None:
    frame = values(fte_end=[340, 340.5, 340.6, None, 5], headcount=[340, 340, 340, 340, None])
    given = {"column": "fte_end", "other": "headcount", "tolerance": 0.5}
    assert verdicts("no_more_than", frame, **given) == [True, True, False, True, True]


def test_no_more_than_so_many_times_another() -> None:
    frame = values(score_sum=[70, 70.1, 0, 0.1], n_scored=[7, 7, 0, 0])
    given = {"column": "score_sum", "other": "n_scored", "times": 10}
    assert verdicts("no_more_than", frame, **given) == [True, False, True, False]
    assert verdicts("no_more_than", frame, **given, tolerance=0.1) == [True, True, True, True]


def test_no_more_than_of_either_sign() -> None:
    frame = values(planned_gbp=[100, 100.01, -100, -100.01], baseline_cost_gbp=[100] * 4)
    given = {"column": "planned_gbp", "other": "baseline_cost_gbp"}
    assert verdicts("no_more_than", frame, **given) == [True, False, True, True]
    assert verdicts("no_more_than", frame, **given, of_either_sign=True) == [True, False, True, False]


def test_a_rule_on_each_row_looks_only_where_it_is_told_to() -> None:
    frame = values(headcount=[5] * 6, service_code=["ALL", "ALL", "S01", "S02", None, None])
    frame["staff_group"] = ["ALL", "nurses", "ALL", "ALL", "ALL", "nurses"]
    given = {"column": "headcount", "least": 11}
    assert verdicts("at_least", frame, **given) == [False] * 6
    assert verdicts("at_least", frame, **given, where={"service_code": ["ALL", "S01"]}) == [
        *(False, False, False, True, True, True)
    ]
    whole = {"service_code": ["ALL"], "staff_group": ["ALL"]}
    assert verdicts("at_least", frame, **given, where=whole) == [False, True, True, True, True, True]
    # a group is a group though its service is blank: it would be kept if this said nothing
    assert verdicts("at_least", frame, **given, unless=whole) == [True, False, False, False, True, False]


def test_adds_up_to() -> None:
    frame = values(n_1=[1, 1, 0, None, 1], n_2=[2, 2, 0, 2, 2], n_responses=[3, 4, 0, 2, None])
    assert verdicts("adds_up_to", frame, parts=["n_1", "n_2"], total="n_responses") == [True, False, True, True, True]


def test_filled_and_left_blank() -> None:
    frame = values(n_1=[1, 0, None, None], verified_by=["Head", None, "Head", None])
    columns = ["n_1", "verified_by"]
    assert verdicts("filled", frame, columns=columns) == [True, False, False, False]
    assert verdicts("left_blank", frame, columns=columns) == [False, False, False, True]


def test_a_cell_that_cannot_be_read_is_filled_and_so_is_one_that_may_be_withheld() -> None:
    frame = values(n_1=[None] * 3, has_unreadable=[True, False, False], has_shorthand=[False, True, False])
    assert verdicts("filled", frame, columns=["n_1"]) == [True, False, False]
    assert verdicts("filled", frame, columns=["n_1"], may_be_withheld=True) == [True, True, False]


def test_differs_whatever_the_case_and_spaces() -> None:
    frame = values(
        verified_by=["Head of finance", "Savings officer", " savings  OFFICER", "", None, "Savings officer"],
        drop_prepared_by=[*["Savings Officer"] * 5, ""],
    )
    assert verdicts("differs", frame, column="verified_by", other="drop_prepared_by") == [
        *(True, False, False, True, True, True)
    ]


def test_one_is() -> None:
    frame = values(
        service_code=["ALL", "ALL", "S01", "S01", None], staff_group=["ALL", "nurses", "ALL", "nurses", "nurses"]
    )
    assert verdicts("one_is", frame, columns=["service_code", "staff_group"], word="ALL") == [
        True,
        True,
        True,
        False,
        True,
    ]


SUMS = {"count": "n_scored", "total": "score_sum", "squares": "score_sum_of_squares"}


@pytest.mark.parametrize(
    ("n", "total", "squares", "holds"),
    [
        (2, 15, 112.5, True),  # 7.5 and 7.5: no variance
        (2, 15, 125, True),  # 5 and 10
        (2, 15, 112.4, False),
        (3, 20, 133.33, True),  # three of 6.67, rounded
        (0, 0, 0, True),
        (0, 5, 25, False),
        (1, 5, None, True),
        (None, 5, 1, True),
    ],
)
def test_squares_possible(n: Cell, total: Cell, squares: Cell, holds: bool) -> None:
    frame = values(n_scored=[n], score_sum=[total], score_sum_of_squares=[squares])
    assert verdicts("squares_possible", frame, **SUMS, rounding=0.005) == [holds]


@given(scores=st.lists(st.integers(0, 40).map(lambda quarter: quarter / 4), min_size=1, max_size=60))
def test_squares_possible_for_the_sums_of_any_scores(scores: list[float]) -> None:
    sums = {"score_sum": sum(scores), "score_sum_of_squares": sum(score**2 for score in scores)}
    frame = values(n_scored=[len(scores)], **{name: [round(total, 1)] for name, total in sums.items()})
    for rule in feeds()["staff_survey"].rules:
        if rule.name in ("score_possible", "squares_not_too_large", "squares_not_too_small"):
            assert answers(rule, frame).tolist() == [True]


def test_same_within_finds_the_odd_ones() -> None:
    frame = values(
        drop=["a", "a", "a", "b", "b", "b", "b", "b"],
        wave=["2026"] * 8,
        eligible_staff=[10, 10, 11, 11, 11, 12, None, 11],
    )
    given = {"column": "eligible_staff", "within": ["wave"]}
    assert verdicts("same_within", frame, **given) == [True, True, False, True, True, False, True, True]


def test_same_within_finds_all_where_no_more_than_half_agree() -> None:
    given = {"column": "eligible_staff", "within": ["wave"]}
    assert verdicts("same_within", values(wave=["2026"] * 4, eligible_staff=[1, 1, 2, 2]), **given) == [False] * 4
    assert verdicts("same_within", values(wave=["2026", "2027", None], eligible_staff=[1, 2, 3]), **given) == [True] * 3


def test_whole_present() -> None:
    frame = values(
        drop=["a", "a", "a", "a", "b"],
        item=["q1", "q1", "q2", "q2", "q1"],
        service_code=["ALL", "S01", "S01", "ALL", "S01"],
        staff_group=["ALL", "ALL", "ALL", "nurses", "ALL"],
    )
    given = {"within": ["item"], "whole": {"service_code": "ALL", "staff_group": "ALL"}}
    assert verdicts("whole_present", frame, **given) == [True, True, False, False, False]
    for unread in ("item", "service_code"):
        assert verdicts("whole_present", frame.assign(**{unread: [None, *frame[unread][1:]]}), **given) == [
            *(True, True, True, True, False)  # what is blank may be the whole
        ]


WHOLE = {"service_code": "ALL", "staff_group": "ALL"}
PARTS = {"columns": ["fte_days_lost"], "within": ["month"], "whole": WHOLE, "by": ["staff_group"]}


def parts(
    lost: Cells, groups: Sequence[str] = ("ALL", "nurses", "therapists"), **columns: Sequence[object]
) -> pd.DataFrame:
    months, services = ["2026-01-01"] * len(lost), ["ALL"] * len(lost)
    return values(
        **{"month": months, "service_code": services, "staff_group": groups, "fte_days_lost": lost, **columns}
    )


@pytest.mark.parametrize(
    ("lost", "holds"),
    [
        ([1000, 600, 400], True),
        ([1000, 605, 400], True),
        ([1000, 605.01, 400], False),
        ([1000, 595, 400], True),
        ([1000, 594.99, 400], False),
        ([0, 0, 0], True),
        ([0, 0.1, 0], False),
        ([0.3, 0.1, 0.2], True),
        ([1000, None, 400], True),
        ([None, 600, 400], True),
    ],
)
def test_parts_fit_whole_within_a_tolerance(lost: list[Cell], holds: bool) -> None:
    assert verdicts("parts_fit_whole", parts(lost), **PARTS, tolerance_percent=0.5) == [holds, True, True]


@pytest.mark.parametrize(
    ("lost", "holds"),
    [([1000, 600, 400], True), ([1000, 600, 400.01], False), ([1000, 1, 2], True), ([0.3, 0.1, 0.2], True)],
)
def test_parts_fit_whole_where_they_may_be_less(lost: list[Cell], holds: bool) -> None:
    assert verdicts("parts_fit_whole", parts(lost), **PARTS, may_be_less=True) == [holds, True, True]


def test_parts_fit_whole_where_there_are_none() -> None:
    assert verdicts("parts_fit_whole", parts([1000], ["ALL"]), **PARTS) == [True]
    assert verdicts("parts_fit_whole", parts([600, 1], ["nurses", "therapists"]), **PARTS) == [True, True]


def test_parts_fit_whole_only_by_what_they_are_parts_by() -> None:
    frame = parts([1000, 600, 400, 999, 999], ["ALL", "nurses", "therapists", "ALL", "nurses"])
    frame["service_code"] = ["ALL", "ALL", "ALL", "S01", "S01"]
    assert all(verdicts("parts_fit_whole", frame, **PARTS))
    by_both = {**PARTS, "by": ["service_code", "staff_group"]}
    assert verdicts("parts_fit_whole", frame, **by_both) == [False, True, True, True, True]
    assert verdicts("parts_fit_whole", frame, **by_both, may_be_less=True) == [True] * 5


def test_parts_fit_whole_in_each_month_and_drop_and_in_every_column() -> None:
    frame = parts(
        [10, 10, 20, 20, 30],
        ["ALL", "nurses", "ALL", "nurses", "ALL"],
        month=["2026-01-01", "2026-01-01", "2026-02-01", "2026-02-01", "2026-02-01"],
        drop=["a", "a", "a", "a", "b"],
        headcount=[5, 5, 5, 4, 5],
    )
    assert all(verdicts("parts_fit_whole", frame, **PARTS))
    both = {**PARTS, "columns": ["fte_days_lost", "headcount"]}
    assert verdicts("parts_fit_whole", frame, **both) == [True, True, False, True, True]


@pytest.mark.parametrize("unread", ["month", "service_code", "staff_group"])
def test_parts_fit_whole_is_silent_where_a_row_may_be_another_part(unread: str) -> None:
    frame = parts([1000, 600, 400])
    frame[unread] = pd.Series([*frame[unread][:2], None], dtype=_dtype(unread))
    assert verdicts("parts_fit_whole", frame, **PARTS) == [True, True, True]


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


SHARE = {"part": "fte_days_lost", "whole": "fte_days_available"}


@pytest.mark.parametrize(
    ("lost", "of", "holds"),
    [
        (5, 1000, True),
        (4.99, 1000, False),
        (120, 1000, True),
        (120.01, 1000, False),
        (0, 1000, True),  # some_of_many judges that
        (1001, 1000, True),  # lost_within_available refuses that
        (1000, 1000, False),
        (0, 0, True),
        (None, 1000, True),
        (5, None, True),
    ],
)
def test_rate_usual_from_the_low_threshold_to_the_high(lost: Cell, of: Cell, holds: bool) -> None:
    frame = values(fte_days_lost=[lost], fte_days_available=[of])
    assert verdicts("share_usual", frame, **SHARE, may_be_none=True, low_percent=0.5, high_percent=12) == [holds]


@given(hundredths=st.integers(1, 9_999_999), percent=st.sampled_from([Decimal("0.5"), Decimal("12.5")]))
def test_rate_usual_just_at_its_thresholds_for_any_number_of_days(hundredths: int, percent: Decimal) -> None:
    lost = Decimal(hundredths) / 100
    frame = values(fte_days_lost=[float(lost)], fte_days_available=[float(lost * 100 / percent)])
    assert verdicts("share_usual", frame, **SHARE, may_be_none=True, low_percent=0.5, high_percent=12.5) == [True]


def test_some_absence_from_a_number_of_days_on() -> None:
    frame = values(fte_days_lost=[0, 0, 0.5, 0, None, 0], fte_days_available=[299.99, 300, 300, 9300, 9300, None])
    assert verdicts("some_of_many", frame, **SHARE, least=300) == [True, False, True, False, True, True]


def test_not_everybody_is_content_where_there_are_many() -> None:
    frame = values(n_very_good=[30, 30, 29, None], n_good=[20, 19, 20, 20], n_total=[50, 49, 50, 50])
    given = {"parts": ["n_very_good", "n_good"], "total": "n_total"}
    assert verdicts("not_all_in", frame, **given, least=50) == [False, True, True, True]


def test_not_everybody_says_the_same_where_there_are_11() -> None:
    frame = values(n_1=[0, 0, 0, 10], n_2=[11, 10, 11, 1], n_3=[0, 0, 1, None])
    assert verdicts("not_all_alike", frame, counts=["n_1", "n_2", "n_3"], least=11) == [False, True, True, True]


def test_a_share_is_within_so_many_percent_of_the_whole() -> None:
    frame = values(
        planned_gbp=[30, 30.01, None, -31, 5],
        actual_to_date_gbp=[30, 0, 31, 0, 5],
        baseline_cost_gbp=[100, 100, 100, 100, None],
    )
    given = {"columns": ["planned_gbp", "actual_to_date_gbp"], "whole": "baseline_cost_gbp"}
    assert verdicts("within_share_of", frame, **given, percent=30) == [True, False, False, True, True]
    saved = values(actual_to_date_gbp=[1, 0, 1, 1.3], planned_gbp=[0, 0, -5, 1])
    given = {"columns": ["actual_to_date_gbp"], "whole": "planned_gbp"}
    assert verdicts("within_share_of", saved, **given, percent=130) == [False, True, True, True]


def test_amounts_of_a_whole_drop_are_in_pounds() -> None:
    frame = values(
        drop=["a", "a", "b", "b", "c", "d"],
        planned_gbp=[999, None, 999, 5, 0, None],
        actual_to_date_gbp=[1, 2, -1000, 5, 0, None],
    )
    holds = verdicts("some_amount_reaches", frame, columns=["planned_gbp", "actual_to_date_gbp"], least=1000)
    assert holds == [False, False, True, True, True, True]


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
