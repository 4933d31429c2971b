"""What has come of every return that is owed: its state, and by how many days it is late."""

import csv
import io
from dataclasses import replace
from datetime import date, timedelta

import pytest

from impact.checking.findings import Finding
from impact.intake.receipts import Decision, Receipt
from impact.status import ReturnStatus, chasing_list, return_statuses
from tests.unit.intake.drops import RECEIPT, register

OWED = {"organisation_code": "M001", "feed": "savings", "every": "quarter", "first_period": "2026-Q1"}
DUE_ON = date(2026, 4, 20)
"""Working day 12 after March 2026, with the two holidays of Easter."""
HOLIDAYS = [{"day": "2026-04-03"}, {"day": "2026-04-06"}]
EXEMPT = {"organisation_code": "M001", "feed": "savings", "period": "2026-Q1", "is_exempt": "true", "reason": "Merging"}
LATE = DUE_ON + timedelta(days=10)


def statuses(*receipts: Receipt, today: date = LATE, exceptions: tuple[dict[str, str], ...] = ()) -> list[ReturnStatus]:
    known = register(obligations=[OWED], bank_holidays=HOLIDAYS, obligation_exceptions=exceptions)
    return return_statuses(known, receipts, today)


def first(*receipts: Receipt, today: date = LATE, exceptions: tuple[dict[str, str], ...] = ()) -> ReturnStatus:
    """The status of the first quarter of 2026."""
    [found] = [one for one in statuses(*receipts, today=today, exceptions=exceptions) if one.period == "2026-Q1"]
    assert (found.organisation_code, found.feed) == ("M001", "savings")
    return found


def receipt(name: str, decision: Decision = "refused", **fields: object) -> Receipt:
    return replace(RECEIPT, id=name, decision=decision, **fields)  # type: ignore[arg-type]


def state(*receipts: Receipt, exceptions: tuple[dict[str, str], ...] = ()) -> tuple[str, int, str]:
    found = first(*receipts, exceptions=exceptions)
    return found.state, found.days_late, found.receipt


@pytest.mark.parametrize(
    ("days", "said"), [(-19, ("due", 0)), (0, ("due", 0)), (1, ("late", 1)), (10, ("late", 10)), (400, ("late", 400))]
)
def test_a_return_that_was_not_sent_is_due_until_its_day_and_late_from_the_day_after(
    days: int, said: tuple[str, int]
) -> None:
    found = first(today=DUE_ON + timedelta(days=days))
    assert (found.state, found.days_late) == said
    assert (found.due_on, found.receipt, found.is_in) == (DUE_ON, "", False)


def test_a_return_that_was_accepted_is_in_and_not_late_however_late_it_is() -> None:
    assert state(RECEIPT) == ("received", 0, RECEIPT.id)
    assert state(replace(RECEIPT, is_nil=True, rows_in=0)) == ("nil", 0, RECEIPT.id)
    assert first(RECEIPT).is_in
    assert first(replace(RECEIPT, is_nil=True)).is_in


@pytest.mark.parametrize(
    ("decision", "said"),
    [("held", "held"), ("refused", "not accepted"), ("unreadable", "not accepted")],
)
def test_what_was_sent_and_not_accepted_is_still_owed(decision: Decision, said: str) -> None:
    assert state(receipt("r", decision)) == (said, 10, "r")
    assert not first(receipt("r", decision)).is_in
    assert first(receipt("r", decision), today=DUE_ON).days_late == 0


def test_of_several_that_were_not_accepted_the_last_one_is_meant() -> None:
    assert state(receipt("a"), receipt("b", "held")) == ("held", 10, "b")
    assert state(receipt("a", "held"), receipt("b")) == ("not accepted", 10, "b")


@pytest.mark.parametrize("decision", ["held", "refused", "unreadable"])
def test_what_was_accepted_stays_so_whatever_comes_after(decision: Decision) -> None:
    assert state(RECEIPT, receipt("after", decision)) == ("received", 0, RECEIPT.id)
    assert state(receipt("before", decision), RECEIPT) == ("received", 0, RECEIPT.id)


def test_a_correction_is_what_counts() -> None:
    assert state(RECEIPT, receipt("c", "accepted", corrects=RECEIPT.id)) == ("received", 0, "c")
    assert state(RECEIPT, receipt("c", "accepted", corrects=RECEIPT.id, is_nil=True)) == ("nil", 0, "c")


def test_a_history_is_in_for_each_of_its_quarters_and_held_for_each() -> None:
    run = receipt("run", "accepted", period="2025-Q4_to_2026-Q1", periods=("2025-Q4", "2026-Q1"))
    assert state(run) == ("received", 0, "run")
    assert state(replace(run, decision="held")) == ("held", 10, "run")
    assert state(receipt("nowhere", periods=())) == ("late", 10, "")


def test_who_is_exempt_owes_nothing_and_may_send_it_all_the_same() -> None:
    assert state(exceptions=(EXEMPT,)) == ("exempt", 0, "")
    assert first(exceptions=(EXEMPT,)).is_in
    assert state(RECEIPT, exceptions=(EXEMPT,)) == ("received", 0, RECEIPT.id)
    assert state(receipt("r"), exceptions=(EXEMPT,)) == ("exempt", 0, "r")


def test_a_day_that_was_agreed_is_the_day_it_is_late_from() -> None:
    agreed = {"organisation_code": "M001", "feed": "savings", "period": "2026-Q1", "due_on": "2026-04-28"}
    found = first(exceptions=(agreed,))
    assert (found.due_on, found.state, found.days_late) == (date(2026, 4, 28), "late", 2)


@pytest.mark.parametrize(
    "fields",
    [{"sender": "M002"}, {"feed": "staff_survey"}, {"periods": ("2026-Q2",)}, {"period": "2026-Q1", "periods": ()}],
)
def test_what_somebody_else_sent_for_another_feed_or_period_is_no_matter(fields: dict[str, object]) -> None:
    assert state(receipt("r", "accepted", **fields)) == ("late", 10, "")
    assert state(receipt("r", "refused", **fields)) == ("late", 10, "")


def test_the_list_is_by_organisation_feed_and_period() -> None:
    obligations = [OWED, {**OWED, "feed": "sickness_absence"}, {**OWED, "organisation_code": "M002"}]
    known = register(obligations=obligations[::-1], bank_holidays=HOLIDAYS)
    found = return_statuses(known, [], date(2026, 7, 20))
    assert found == sorted(found)
    assert [(one.organisation_code, one.feed, one.period) for one in found] == [
        (code, feed, period)
        for code, feed in (("M001", "savings"), ("M001", "sickness_absence"), ("M002", "savings"))
        for period in ("2026-Q1", "2026-Q2")
    ]
    assert [one.days_late for one in found[:2]] == [91, 4]


def test_where_nothing_is_owed_there_is_nothing_to_chase() -> None:
    assert return_statuses(register(), [RECEIPT], LATE) == []


def test_the_chasing_list_says_whom_to_ask_for_what_and_never_calculates() -> None:
    """In Excel a text that begins with = is a formula."""
    organisations = [{"organisation_code": "M001", "name": '=HYPERLINK("x")', "contact": "Data officer"}]
    known = register(organisations=organisations, obligations=[OWED], bank_holidays=HOLIDAYS, obligation_exceptions=[])
    asking = Finding("rate_usual", "please_confirm", "It is unusual.", "Confirm it.", "fte_days_lost", ("F3",))
    held = receipt("held", "held", findings=(asking, Finding("told", "for_information", "Told.", "Nothing.")))
    found = return_statuses(known, [held], LATE)
    listed = list(csv.DictReader(io.StringIO(chasing_list(found, known, [held], LATE), newline="")))
    [row] = [row for row in listed if row["period"] == "2026-Q1"]
    assert row == {
        "organisation_code": "M001",
        "organisation": '\'=HYPERLINK("x")',
        "contact": "Data officer",
        "feed": "savings",
        "period": "2026-Q1",
        "state": "held",
        "due_on": "2026-04-20",
        "due_in_days": "",
        "days_late": "10",
        "receipt": "held",
        "asked": "to confirm or correct: F3: It is unusual.",
    }
