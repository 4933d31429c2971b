"""Where a drop came from and what it claims to be: sender, feed, period, first return, correction or nil return."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from impact.definition import feeds
from impact.intake.cover import Cover
from impact.intake.landing import Arrival
from impact.intake.placing import active_part, nil_findings, period_of_drop, place_findings, succession_findings
from impact.intake.receipts import Receipt, held_returns, live_returns
from impact.register import Register
from tests.unit.intake.drops import NOW, RECEIPT, period, register

CORRECTION = Cover(reason="overtime had been counted twice")


def arrival(name: str = "2026-Q1", sender: str = "M001", feed: str = "savings") -> Arrival:
    return Arrival(sender, feed, name, Path("savings.csv"))


def placed(at: Arrival, now: datetime = NOW, known: Register | None = None) -> list[str]:
    """The rules that a place breaks."""
    definition = feeds().get(at.feed)
    found = period_of_drop(at, definition) if definition else None
    return [finding.rule for finding in place_findings(at, found, now, known or register())]


@pytest.mark.parametrize(
    ("feed", "name", "is_period"),
    [
        ("sickness_absence", "2026-Q1", True),
        ("sickness_absence", "2023-Q3_to_2025-Q4", True),
        ("sickness_absence", "2026", False),
        ("sickness_absence", "2026-01", False),
        ("sickness_absence", "2025-Q4_to_2023-Q3", False),
        ("sickness_absence", "2025-01_to_2025-03", False),
        ("staff_survey", "2026", True),
        ("staff_survey", "2026-Q1", True),
        ("staff_survey", "2023-Q3_to_2025-Q4", True),
        ("staff_survey", "2023_to_2025", False),
        ("nhs_sickness_absence", "2026-01", True),
        ("nhs_sickness_absence", "2026-Q1", False),
        ("nhs_sickness_absence", "2023-Q3_to_2025-Q4", False),
        ("savings", "", False),
        ("savings", "first quarter", False),
    ],
)
def test_which_periods_a_drop_of_a_feed_can_be_for(feed: str, name: str, is_period: bool) -> None:
    found = period_of_drop(arrival(name, feed=feed), feeds()[feed])
    assert (None if found is None else found.id) == (name if is_period else None)


@pytest.mark.parametrize(
    ("at", "broken"),
    [
        (arrival(), []),
        (arrival("2023-Q3_to_2025-Q4"), []),
        (arrival(feed=""), ["misplaced"]),
        (arrival(feed="saving"), ["unknown_feed"]),
        (arrival(sender="M999"), ["unknown_organisation"]),
        (arrival("2026"), ["unknown_period"]),
        (arrival("2026", sender="M999"), ["unknown_organisation", "unknown_period"]),
        (arrival("2020-Q1"), ["not_active"]),
        (arrival("2020-Q2"), []),
        (arrival("2019-Q1_to_2020-Q1"), ["not_active"]),
        (arrival("2019-Q1_to_2020-Q2"), []),
        (arrival("2026-Q3"), ["period_not_over"]),
        (arrival("2026-Q1_to_2026-Q3"), ["period_not_over"]),
        (arrival("2027-Q3"), ["not_active", "period_not_over"]),
        (arrival("2020-Q1", sender="M002"), []),
        (arrival("2026-01", sender="NHS", feed="nhs_sickness_absence"), ["unknown_organisation"]),
    ],
)
def test_what_is_wrong_with_a_place(at: Arrival, broken: list[str]) -> None:
    assert placed(at) == broken


def test_a_publisher_is_known_for_its_feed_and_organisations_are_none() -> None:
    known = register(publishers=[{"publisher_code": "NHS", "feed": "nhs_sickness_absence"}])
    assert placed(arrival("2026-01", "NHS", "nhs_sickness_absence"), known=known) == []
    assert placed(arrival("2026-01", "M001", "nhs_sickness_absence"), known=known) == ["unknown_organisation"]
    assert placed(arrival("2026-Q1", "NHS"), known=known) == ["unknown_organisation"]


@pytest.mark.parametrize(
    ("now", "broken"),
    [
        (datetime(2026, 6, 30, 22, 59, tzinfo=UTC), ["period_not_over"]),
        (datetime(2026, 6, 30, 23, 0, tzinfo=UTC), []),
    ],
)
def test_a_period_is_over_at_midnight_in_london(now: datetime, broken: list[str]) -> None:
    assert placed(arrival("2026-Q2"), now) == broken


def test_a_period_that_is_none_of_the_feed_is_answered_with_one_that_is() -> None:
    for feed, example in [("savings", "2026-Q1"), ("staff_survey", "2026-Q1"), ("nhs_sickness_absence", "2026-04")]:
        at = arrival("then", feed=feed)
        fixes = [finding.fix for finding in place_findings(at, None, NOW, register())]
        assert any(fix.endswith(f"Example: {example}") for fix in fixes)


@pytest.mark.parametrize(
    ("name", "sender", "part"),
    [
        ("2026-Q1", "M001", (date(2026, 1, 1), date(2026, 3, 31))),
        ("2020-Q2", "M001", (date(2020, 5, 1), date(2020, 6, 30))),
        ("2019-Q3_to_2020-Q4", "M001", (date(2020, 5, 1), date(2020, 12, 31))),
        ("2027-Q2", "M001", (date(2027, 4, 1), date(2027, 6, 10))),
        ("2020-Q2", "M002", (date(2020, 4, 1), date(2020, 6, 30))),
    ],
)
def test_the_whole_months_in_which_the_sender_was_at_work(name: str, sender: str, part: tuple[date, date]) -> None:
    assert active_part(period(name), register(), sender) == part


def following(
    live: list[Receipt], name: str = "2026-Q1", corrects: str = "", rows_sha256: str = "new", at: Arrival | None = None
) -> list[str]:
    """The rules that a drop breaks which comes after these."""
    cover = replace(CORRECTION, corrects_receipt=corrects)
    at = at or arrival()
    return [
        finding.rule
        for finding in succession_findings(at, period(name), cover, rows_sha256, live_returns(live), held_returns(live))
    ]


ONE = replace(RECEIPT, id="one", rows_sha256="old")
TWO = replace(ONE, id="two", period="2026-Q2", periods=("2026-Q2",))
RUN = replace(ONE, id="run", period="2025-Q4_to_2026-Q2", periods=("2025-Q4", "2026-Q1", "2026-Q2"))
PATCH = replace(ONE, id="patch", corrects="run", rows_sha256="patched")


@pytest.mark.parametrize(
    ("live", "name", "corrects", "rows_sha256", "broken"),
    [
        # A first return, whatever there is of other periods.
        ([], "2026-Q1", "", "new", []),
        ([TWO], "2026-Q1", "", "new", []),
        ([ONE], "2026-Q2", "", "old", []),
        ([], "2025-Q4_to_2026-Q2", "", "new", []),
        # A second one that does not say what it is.
        ([ONE], "2026-Q1", "", "new", ["already_live"]),
        ([RUN], "2026-Q1", "", "new", ["already_live"]),
        ([ONE, TWO], "2025-Q4_to_2026-Q2", "", "new", ["already_live"]),
        # The same again, with or without a cover that calls it a correction.
        ([ONE], "2026-Q1", "", "old", ["same_as_live"]),
        ([ONE], "2026-Q1", "one", "old", ["same_as_live"]),
        # The same rows as a run has in all are not those of one of its quarters.
        ([RUN], "2026-Q1", "run", "old", []),
        # A correction of the whole, and of a part.
        ([ONE], "2026-Q1", "one", "new", []),
        ([RUN], "2025-Q4_to_2026-Q2", "run", "new", []),
        ([RUN], "2026-Q1", "run", "new", []),
        ([RUN], "2025-Q4_to_2026-Q1", "run", "new", []),
        ([RUN, PATCH], "2026-Q1", "patch", "new", []),
        ([RUN, PATCH], "2026-Q2", "run", "new", []),
        # A correction of nothing that is there.
        ([], "2026-Q1", "one", "new", ["corrects_unknown"]),
        ([TWO], "2026-Q1", "two", "new", ["corrects_unknown"]),
        ([ONE], "2026-Q1_to_2026-Q2", "one", "new", ["corrects_unknown"]),
        # A correction of what does not count any more, or of one of two.
        ([RUN, PATCH], "2026-Q1", "run", "new", ["corrects_superseded"]),
        ([ONE], "2026-Q1", "elsewhere", "new", ["corrects_superseded"]),
        ([ONE, TWO], "2026-Q1_to_2026-Q2", "one", "new", ["corrects_superseded"]),
        ([RUN, PATCH], "2025-Q4_to_2026-Q2", "run", "new", ["corrects_superseded"]),
    ],
)
def test_whether_a_drop_may_count(
    live: list[Receipt], name: str, corrects: str, rows_sha256: str, broken: list[str]
) -> None:
    assert following(live, name, corrects, rows_sha256) == broken


@pytest.mark.parametrize("at", [arrival(sender="M002"), arrival(feed="staff_survey")])
def test_what_another_sent_or_of_another_feed_is_no_matter(at: Arrival) -> None:
    assert following([ONE], rows_sha256="old", at=at) == []
    assert following([ONE], corrects="one", at=at) == ["corrects_unknown"]


def test_the_receipt_to_correct_is_named() -> None:
    def said(name: str, corrects: str = "") -> str:
        cover = replace(CORRECTION, corrects_receipt=corrects)
        [finding] = succession_findings(arrival(), period(name), cover, "new", live_returns([RUN, PATCH]), {})
        return finding.message + finding.fix

    assert "names patch under corrects_receipt" in said("2026-Q1")
    assert "counts today: patch." in said("2026-Q1", "run")
    assert "patch and run" in said("2025-Q4_to_2026-Q2")


def test_the_same_run_of_quarters_again_says_the_same() -> None:
    assert following([RUN], "2025-Q4_to_2026-Q2", "", "old") == ["same_as_live"]


@pytest.mark.parametrize(
    ("feed", "is_nil", "rows", "broken"),
    [
        ("savings", True, 0, []),
        ("savings", True, 1, ["nil_with_rows"]),
        ("savings", False, 0, []),
        ("staff_survey", True, 0, []),
        ("service_user_survey", True, 0, []),
        ("sickness_absence", True, 0, ["nil_not_possible"]),
        ("sickness_absence", True, 2, ["nil_not_possible", "nil_with_rows"]),
        ("sickness_absence", False, 2, []),
    ],
)
def test_who_may_say_that_there_is_nothing(feed: str, is_nil: bool, rows: int, broken: list[str]) -> None:
    found = nil_findings(feeds()[feed], Cover(is_nil_return=is_nil), rows)
    assert [finding.rule for finding in found] == broken
