"""Receipts: what is decided, that they read back as they were written, and which of them count."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impact.checking.findings import Finding, about_file
from impact.definition import Severity
from impact.errors import ImpactError
from impact.home import Home
from impact.intake.cover import Cover
from impact.intake.landing import Arrival
from impact.intake.placing import succession_findings
from impact.intake.receipts import Receipt, Slot, decide, live_returns, load_receipts, save_receipts
from tests.unit.intake.drops import RECEIPT, period


@pytest.mark.parametrize(
    ("severities", "decision"),
    [
        ([], "accepted"),
        (["for_information"], "accepted"),
        (["please_confirm", "for_information"], "held"),
        (["please_confirm", "must_fix"], "refused"),
    ],
)
def test_the_gravest_finding_decides(severities: list[Severity], decision: str) -> None:
    findings = tuple(Finding("rule", severity, "message", "fix") for severity in severities)
    assert decide(findings, is_readable=True) == decision
    assert decide(findings, is_readable=False) == "unreadable"


def test_a_receipt_reads_back_as_it_was_written(tmp_path: Path) -> None:
    totals = {"2026-Q1": {"actual_to_date_gbp": "-12.5"}, "": {}}
    finding = about_file("error_cell", "month", ["B2", "B3"])
    one = replace(RECEIPT, periods=("2026-Q1", "2026-Q2"), totals=totals, findings=(finding,), notes="café")
    save_receipts(Home(tmp_path), [one])
    assert load_receipts(Home(tmp_path)) == [one]


def test_receipts_are_read_oldest_first_and_as_they_stood_at_an_instant(tmp_path: Path) -> None:
    home = Home(tmp_path)
    given_at = {"b": "2026-04-20T09:00:00Z", "a": "2026-04-20T09:00:00Z", "c": "2026-01-20T09:00:00Z"}
    save_receipts(home, [replace(RECEIPT, id=name, received_at=instant) for name, instant in given_at.items()])
    assert [receipt.id for receipt in load_receipts(home)] == ["c", "a", "b"]
    at = datetime(2026, 4, 20, 9, tzinfo=UTC)
    assert [receipt.id for receipt in load_receipts(home, at)] == ["c", "a", "b"]
    assert [receipt.id for receipt in load_receipts(home, at.replace(hour=8))] == ["c"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"findings": []}', '{"findings": [{}], "periods": []}'])
def test_a_receipt_that_cannot_be_read_is_named(tmp_path: Path, text: str) -> None:
    home = Home(tmp_path)
    save_receipts(home, [RECEIPT])
    (home.receipts / f"{RECEIPT.id}.json").write_text(text)
    with pytest.raises(ImpactError, match=RECEIPT.id):
        load_receipts(home)


def slot(name: str, sender: str = "M001", feed: str = "savings") -> Slot:
    return (sender, feed, name)


def test_a_run_of_quarters_counts_for_each_of_them() -> None:
    run = replace(RECEIPT, id="run", period="2025-Q4_to_2026-Q1", periods=("2025-Q4", "2026-Q1"))
    assert live_returns([run]) == {slot("2025-Q4"): run, slot("2026-Q1"): run}


def test_a_correction_takes_the_place_of_what_it_corrects_in_its_own_periods_only() -> None:
    run = replace(RECEIPT, id="run", period="2025-Q4_to_2026-Q1", periods=("2025-Q4", "2026-Q1"))
    patch = replace(RECEIPT, id="patch", corrects="run")
    assert live_returns([run, patch]) == {slot("2025-Q4"): run, slot("2026-Q1"): patch}


def test_what_is_held_or_refused_neither_counts_nor_corrects() -> None:
    held = replace(RECEIPT, id="held", decision="held", corrects=RECEIPT.id)
    refused = replace(RECEIPT, id="refused", decision="refused", corrects=RECEIPT.id)
    assert live_returns([RECEIPT, held, refused]) == {slot("2026-Q1"): RECEIPT}
    assert live_returns([held, refused]) == {}


def test_what_another_organisation_says_it_corrects_is_not_corrected() -> None:
    other = replace(RECEIPT, id="other", sender="M002", corrects=RECEIPT.id)
    assert live_returns([RECEIPT, other]) == {slot("2026-Q1"): RECEIPT, slot("2026-Q1", "M002"): other}


QUARTERS = [f"{year}-Q{quarter}" for year in (2024, 2025) for quarter in (1, 2, 3, 4)]


@st.composite
def sendings(draw: st.DrawFn) -> list[tuple[str, str, int, bool]]:
    """Drops one after another: sender, period, which of the receipts there are it says it corrects, whether any."""
    sent = []
    for _ in range(draw(st.integers(1, 14))):
        first, last = sorted(draw(st.tuples(st.integers(0, 7), st.integers(0, 7))))
        name = QUARTERS[first] if first == last else f"{QUARTERS[first]}_to_{QUARTERS[last]}"
        sent.append((draw(st.sampled_from(["M001", "M002"])), name, draw(st.integers(0, 20)), draw(st.booleans())))
    return sent


def accepted_of(sent: Sequence[tuple[str, str, int, bool]]) -> list[Receipt]:
    """The receipts of those that may follow those before them, each with rows of its own."""
    receipts: list[Receipt] = []
    for number, (sender, name, which, is_correction) in enumerate(sent):
        of = period(name)
        live = live_returns(receipts)
        there = [live.get((sender, "savings", part.id)) for part in of.parts()]
        # Mostly what there is to correct in the first place, now and then some other receipt.
        target = next(filter(None, there), None) if which else next(iter(receipts), None)
        corrects = target.id if target is not None and is_correction else ""
        cover = Cover(corrects_receipt=corrects, reason="twice")
        at = Arrival(sender, "savings", name, Path("savings.csv"))
        if not list(succession_findings(at, of, cover, f"rows {number}", live, {})):
            receipts.append(
                replace(
                    RECEIPT,
                    id=f"{number:016x}",
                    sender=sender,
                    period=name,
                    periods=tuple(part.id for part in of.parts()),
                    corrects=corrects,
                    rows_sha256=f"rows {number}",
                )
            )
    return receipts


@given(sendings(), st.randoms())
def test_each_slot_has_one_live_receipt_the_last_in_whatever_order_they_are_listed(
    sent: list[tuple[str, str, int, bool]], shuffler: random.Random
) -> None:
    receipts = accepted_of(sent)
    last = {one_slot: receipt for receipt in receipts for one_slot in receipt.slots}
    shuffled = list(receipts)
    shuffler.shuffle(shuffled)
    live = live_returns(shuffled)
    assert live == last
    for one_slot in last:
        corrected = {receipt.corrects for receipt in receipts if one_slot in receipt.slots}
        uncorrected = [one for one in receipts if one_slot in one.slots and one.id not in corrected]
        assert uncorrected == [live[one_slot]]
