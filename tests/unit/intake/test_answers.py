"""What goes back to the sender: what the file was seen to hold, and the receipt as lines and as a page."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from impact.checking.findings import about_file
from impact.intake.answers import answer_lines, answer_page, answers, contents, headline
from impact.intake.receipts import Decision
from tests.unit.intake.drops import RECEIPT


@pytest.mark.parametrize(
    ("rows_in", "services", "totals", "said"),
    [
        (1, 0, {}, "1 row"),
        (0, 0, {}, "0 rows"),
        (2, 1, {"2026-Q1": {}}, "2 rows; 1 service; 2026-Q1"),
        (2, 3, {"2026-Q1": {"n_total": "1200"}}, "2 rows; 3 services; 2026-Q1; in all n_total 1,200"),
        (
            40,
            0,
            {"2025-Q4": {"lost": "1.5", "available": "1000"}, "2026-Q1": {"lost": "-2.25", "available": "2000"}},
            "40 rows; 2025-Q4 to 2026-Q1; in all lost -0.75, available 3,000",
        ),
        (3, 0, {"": {"lost": "1"}, "2026-Q1": {"lost": "2"}}, "3 rows; 2026-Q1; in all lost 3"),
        (3, 0, {"": {"lost": "1"}}, "3 rows; in all lost 1"),
    ],
)
def test_what_a_file_contains(rows_in: int, services: int, totals: Mapping[str, Mapping[str, str]], said: str) -> None:
    assert contents(replace(RECEIPT, rows_in=rows_in, services=services, totals=totals)) == said


def test_a_nil_return_contains_nothing_to_report() -> None:
    assert contents(replace(RECEIPT, is_nil=True, rows_in=0)) == "nothing to report"
    assert contents(replace(RECEIPT, is_nil=True, rows_in=2)) == "2 rows"


FINDINGS = (
    about_file("already_live", value="0000000000000002"),
    about_file("month_written_otherwise", "month", ["B2"], value=": Jan-26 as 2026-01"),
)


def test_the_lines_say_what_to_put_right_before_what_is_for_information() -> None:
    refused = replace(RECEIPT, decision="refused", findings=FINDINGS[::-1])
    lines = list(answer_lines(refused))
    assert lines[:2] == [f"{headline(refused)}.", "This file contains: 2 rows."]
    assert lines.index("To put right:") < lines.index("For your information:")
    assert any(line.startswith("  B2: month was written another way") for line in lines)
    assert "To confirm:" not in lines


@pytest.mark.parametrize("decision", ["accepted", "held", "refused", "unreadable"])
def test_a_page_says_the_same_and_takes_nothing_a_sender_wrote_for_markup(decision: Decision) -> None:
    hostile = "<script>alert(1)</script>.csv"
    page = answer_page(
        replace(RECEIPT, decision=decision, file_name=hostile, sender=hostile, findings=FINDINGS)
    ).decode()
    assert "<script" not in page
    assert page.count("&lt;script&gt;") == 2
    for said in ("January to March 2026", "20 April 2026, 10:00", RECEIPT.id, "receipt 0000000000000002", "2 rows"):
        assert said in page


@pytest.mark.parametrize(
    ("period", "said"),
    [
        ("2023-Q3_to_2025-Q4", "July 2023 to December 2025"),
        ("2026", "January to December 2026"),
        ("then", "then"),
        ("", "not known"),
    ],
)
def test_a_page_says_the_period_as_people_do(period: str, said: str) -> None:
    assert f"<dd>{said}</dd>" in answer_page(replace(RECEIPT, period=period)).decode()


@pytest.mark.parametrize(
    ("feed", "period", "name"),
    [
        ("savings", "2026-Q1", "savings_2026-Q1"),
        ("savings", "2023-Q3_to_2025-Q4", "savings_2023-Q3_to_2025-Q4"),
        ("../savings", "2026/../..", "unknown_unknown"),
        ("", "", "unknown_unknown"),
    ],
)
def test_both_forms_go_to_the_outbox_under_a_name_that_says_what_they_are_about(
    tmp_path: Path, feed: str, period: str, name: str
) -> None:
    receipt = replace(RECEIPT, feed=feed, period=period)
    found = answers(tmp_path, receipt)
    stem = f"{name}_accepted_{receipt.id}"
    assert sorted(found) == [tmp_path / f"{stem}.html", tmp_path / f"{stem}.json"]
    assert json.loads(found[tmp_path / f"{stem}.json"])["feed"] == feed
