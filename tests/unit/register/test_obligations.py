"""Who owes which return, by when: working days, cadence, exceptions and whether there was anybody at work."""

from datetime import date

import pytest

from impact.definition import register_files
from impact.periods import Period, parse_period
from impact.register import Register
from impact.register.obligations import Obligation, due_on, obligations_of, working_day_after
from impact.register.register import Row

CHRISTMAS = frozenset({date(2025, 12, 25), date(2025, 12, 26), date(2026, 1, 1)})
EASTER = frozenset({date(2026, 4, 3), date(2026, 4, 6)})

TODAY = date(2026, 7, 20)
QUARTERLY = {"organisation_code": "M1", "feed": "savings", "every": "quarter", "first_period": "2025-Q4"}
YEARLY = {"organisation_code": "M1", "feed": "staff_survey", "every": "year", "first_period": "2024"}


def period(text: str) -> Period:
    found = parse_period(text)
    assert found is not None
    return found


def register(**files: list[dict[str, str]]) -> Register:
    """A register of these rows, and of an organisation M1 without dates where none is given."""
    files = {"organisations": [{"organisation_code": "M1"}], **files}
    read: dict[str, tuple[Row, ...]] = {}
    for name, definition in register_files().items():
        blank = dict.fromkeys(column.name for column in definition.columns)
        read[name] = tuple({**blank, **row} for row in files.get(name, []))
    return Register("", read)


def owed(today: date = TODAY, **files: list[dict[str, str]]) -> list[Obligation]:
    return obligations_of(register(**files), today)


def periods(today: date = TODAY, **files: list[dict[str, str]]) -> list[str]:
    return [obligation.period for obligation in owed(today, **files)]


@pytest.mark.parametrize(
    ("name", "working_day", "bank_holidays", "expected"),
    [
        # Thursday 1 January 2026 is a holiday: Friday 2 is the first, Monday 5 to Friday 9 the second to the sixth.
        ("2025-Q4", 1, CHRISTMAS, date(2026, 1, 2)),
        ("2025-Q4", 12, CHRISTMAS, date(2026, 1, 19)),
        ("2025-Q4", 12, frozenset(), date(2026, 1, 16)),
        ("2025", 12, CHRISTMAS, date(2026, 1, 19)),
        # Wednesday 1 and Thursday 2 April, then Good Friday, the weekend and Easter Monday.
        ("2026-Q1", 2, EASTER, date(2026, 4, 2)),
        ("2026-Q1", 3, EASTER, date(2026, 4, 7)),
        ("2026-Q1", 12, EASTER, date(2026, 4, 20)),
        # Christmas lies in the period itself, and does not count.
        ("2026-Q2", 12, CHRISTMAS, date(2026, 7, 16)),
        # A holiday on a Saturday takes no working day away.
        ("2026-Q2", 12, frozenset({date(2026, 7, 4)}), date(2026, 7, 16)),
        ("2025-11", 19, CHRISTMAS, date(2025, 12, 29)),
    ],
)
def test_the_nth_working_day_after_a_period(
    name: str, working_day: int, bank_holidays: frozenset[date], expected: date
) -> None:
    assert due_on(period(name), working_day, bank_holidays) == expected


def test_a_quarterly_return_is_due_on_working_day_12_and_locked_when_the_next_one_is_due() -> None:
    holidays = [{"day": day.isoformat(), "name": "Holiday"} for day in CHRISTMAS | EASTER]
    assert owed(obligations=[QUARTERLY], bank_holidays=holidays) == [
        Obligation("M1", "savings", "2025-Q4", date(2026, 1, 19), date(2026, 4, 20), False, ""),
        Obligation("M1", "savings", "2026-Q1", date(2026, 4, 20), date(2026, 7, 16), False, ""),
        Obligation("M1", "savings", "2026-Q2", date(2026, 7, 16), date(2026, 10, 16), False, ""),
    ]


def test_a_yearly_return_is_due_once_a_year_on_a_day_of_its_own() -> None:
    found = owed(obligations=[{**YEARLY, "due_working_day": "40"}])
    assert found == [
        Obligation("M1", "staff_survey", "2024", date(2025, 2, 25), date(2026, 2, 25), False, ""),
        Obligation("M1", "staff_survey", "2025", date(2026, 2, 25), date(2027, 2, 25), False, ""),
    ]


@pytest.mark.parametrize(
    ("today", "last"),
    [
        (date(2026, 5, 16), "2026-Q1"),  # 61 days before 16 July
        (date(2026, 5, 17), "2026-Q2"),  # 60 days
        (date(2026, 7, 16), "2026-Q2"),
        (date(2026, 8, 16), "2026-Q2"),  # 61 days before 16 October
        (date(2026, 8, 17), "2026-Q3"),
    ],
)
def test_an_obligation_is_spoken_of_from_60_days_before_it_is_due(today: date, last: str) -> None:
    assert periods(today, obligations=[QUARTERLY])[-1] == last


def test_a_period_that_is_over_is_spoken_of_however_late_it_is_due() -> None:
    late = {**QUARTERLY, "due_working_day": "100"}
    assert periods(date(2026, 6, 30), obligations=[late])[-1] == "2026-Q1"
    assert periods(date(2026, 7, 1), obligations=[late])[-1] == "2026-Q2"


@pytest.mark.parametrize(
    ("every", "first", "last", "expected"),
    [
        ("quarter", "2025-Q3", "2025-Q4", ["2025-Q3", "2025-Q4"]),
        ("quarter", "2025", "2025", ["2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4"]),
        ("quarter", "2026-Q4", "", []),
        ("year", "2023", "2024", ["2023", "2024"]),
        ("year", "2024-Q3", "2025-Q2", ["2024", "2025"]),
    ],
)
def test_every_quarter_or_year_from_the_first_to_the_last_is_owed(
    every: str, first: str, last: str, expected: list[str]
) -> None:
    row = {**QUARTERLY, "every": every, "first_period": first, "last_period": last}
    assert periods(obligations=[row]) == expected


def test_another_day_can_be_agreed_and_the_period_before_is_then_open_until_it() -> None:
    agreed = {**QUARTERLY, "period": "2026-Q1", "due_on": "2026-05-29", "reason": "New ledger"}
    assert owed(obligations=[QUARTERLY], obligation_exceptions=[agreed])[:2] == [
        Obligation("M1", "savings", "2025-Q4", date(2026, 1, 16), date(2026, 5, 29), False, ""),
        Obligation("M1", "savings", "2026-Q1", date(2026, 5, 29), date(2026, 7, 16), False, "New ledger"),
    ]


def test_a_return_can_be_kept_open_for_longer() -> None:
    agreed = {**QUARTERLY, "period": "2026-Q1", "lock_on": "2026-12-31", "reason": "Audit"}
    [_, found, _] = owed(obligations=[QUARTERLY], obligation_exceptions=[agreed])
    assert (found.due_on, found.lock_on, found.reason) == (date(2026, 4, 16), date(2026, 12, 31), "Audit")


@pytest.mark.parametrize("agreed", [{"due_on": "2026-08-31"}, {"due_on": "2026-08-31", "lock_on": "2026-08-01"}])
def test_a_return_is_never_locked_before_it_is_due(agreed: dict[str, str]) -> None:
    exception = {**QUARTERLY, "period": "2026-Q1", "reason": "Flood", **agreed}
    [_, found, _] = owed(obligations=[QUARTERLY], obligation_exceptions=[exception])
    assert found.due_on == found.lock_on == date(2026, 8, 31)


def test_whoever_is_exempt_stands_there_with_the_reason() -> None:
    exempt = {**QUARTERLY, "period": "2026-Q1", "is_exempt": "true", "reason": "Merging"}
    elsewhere = {**YEARLY, "period": "2026-Q1", "is_exempt": "true", "reason": "Not about savings"}
    found = owed(obligations=[QUARTERLY], obligation_exceptions=[exempt, elsewhere])
    assert [(one.period, one.is_exempt, one.reason) for one in found] == [
        ("2025-Q4", False, ""),
        ("2026-Q1", True, "Merging"),
        ("2026-Q2", False, ""),
    ]


@pytest.mark.parametrize(
    ("active_from", "active_to", "expected"),
    [
        ("2026-03-31", "", ["2026-Q1", "2026-Q2"]),
        ("2026-04-01", "", ["2026-Q2"]),
        ("", "2026-01-01", ["2025-Q4", "2026-Q1"]),
        ("", "2025-12-31", ["2025-Q4"]),
        ("2026-02-10", "2026-02-20", ["2026-Q1"]),
    ],
)
def test_nothing_is_owed_for_a_period_without_a_day_of_work(
    active_from: str, active_to: str, expected: list[str]
) -> None:
    organisation = {"organisation_code": "M1", "active_from": active_from, "active_to": active_to}
    assert periods(organisations=[organisation], obligations=[QUARTERLY]) == expected


def test_of_two_rows_on_one_period_the_one_that_begins_later_decides_in_any_order() -> None:
    rows = [QUARTERLY, {**QUARTERLY, "first_period": "2026-Q1", "due_working_day": "20"}]
    found = owed(obligations=rows)
    assert found == owed(obligations=rows[::-1])
    assert [one.due_on for one in found] == [date(2026, 1, 16), date(2026, 4, 28), date(2026, 7, 28)]


def test_obligations_are_in_the_order_of_organisation_feed_and_period() -> None:
    second = {**QUARTERLY, "organisation_code": "M2"}
    found = owed(
        organisations=[{"organisation_code": "M2"}, {"organisation_code": "M1"}],
        obligations=[second, YEARLY, QUARTERLY],
    )
    assert [(one.organisation_code, one.feed, one.period) for one in found] == [
        *[("M1", "savings", name) for name in ("2025-Q4", "2026-Q1", "2026-Q2")],
        *[("M1", "staff_survey", name) for name in ("2024", "2025")],
        *[("M2", "savings", name) for name in ("2025-Q4", "2026-Q1", "2026-Q2")],
    ]


@pytest.mark.parametrize(
    ("day", "count", "holidays", "expected"),
    [
        (date(2026, 7, 20), 10, (), date(2026, 8, 3)),
        (date(2026, 7, 20), 10, (date(2026, 7, 27),), date(2026, 8, 4)),
        (date(2026, 7, 18), 1, (), date(2026, 7, 20)),
        (date(2026, 12, 24), 2, (date(2026, 12, 25), date(2026, 12, 28)), date(2026, 12, 30)),
        (date(2026, 7, 20), 0, (), date(2026, 7, 20)),
    ],
)
def test_working_days_leave_out_weekends_and_bank_holidays(
    day: date, count: int, holidays: tuple[date, ...], expected: date
) -> None:
    assert working_day_after(day, count, frozenset(holidays)) == expected
