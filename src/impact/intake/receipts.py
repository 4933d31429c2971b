"""A receipt: the lasting decision on a drop. Receipts are only ever added, and everything else follows from them."""

import dataclasses
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from impact.checking.findings import Finding
from impact.errors import ImpactError
from impact.home import Home, json_bytes, read_records, write_all
from impact.intake.landing import INBOX, Arrival
from impact.periods import to_text

Decision = Literal["accepted", "held", "refused", "unreadable"]

RESPONSES = "responses"
"""The layout of a drop of answer sheets."""

Slot = tuple[str, str, str]
"""What there can be one live return for: who sent it, the feed, the period."""


@dataclass(frozen=True)
class Confirmation:
    """That what one rule asks about in a receipt is right: why, who said so (a post, not a name) and when."""

    receipt: str
    rule: str
    reason: str
    by: str
    confirmed_at: str


@dataclass(frozen=True)
class Receipt:
    """What was decided on one drop, why, and under which versions of everything.

    `periods` are the quarters (or the one month or year) that it covers, `corrects` the receipt that it corrects.
    `rows_in` = `rows_kept` + `rows_refused`. `totals` are sums over all rows of each of its periods, as exact decimal
    text; `rows_sha256` is the same for all drops with the same rows, in whatever order and form. Rows of a held drop
    are kept, and count for nothing until it is confirmed. Of a drop that `is_purged` nothing was kept but this.
    `layout` is RESPONSES where the rows that came were answer sheets, of which only the counts are kept; `promised` is
    what those who answered were promised.

    `asked` is, of each rule that asks to confirm something, a mark of what it asks about: the same again is confirmed
    already. `confirmed` are the confirmations so far, with which a held drop counts as accepted once there is one for
    each rule; those of what it corrects hold for it too. `replaces` are held receipts whose place it takes. One that
    `retakes` another decides on the same bytes again, `retaken_because` somebody had a reason.
    """

    id: str
    decision: Decision
    received_at: str
    sender: str
    feed: str
    period: str
    periods: tuple[str, ...]
    file_name: str
    sha256: str
    cover_sha256: str
    corrects: str
    reason: str
    prepared_by: str
    signed_off_by: str
    notes: str
    is_nil: bool
    is_purged: bool
    size_bytes: int
    attempt: int
    definition_version: str
    register_version: str
    settings_version: str
    software_version: str
    rows_in: int
    rows_kept: int
    rows_refused: int
    rows_sha256: str
    services: int
    totals: Mapping[str, Mapping[str, str]]
    findings: tuple[Finding, ...]
    # Receipts of before there were answer sheets say nothing of them.
    layout: str = ""
    promised: str = ""
    asked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    confirmed: tuple[Confirmation, ...] = ()
    replaces: tuple[str, ...] = ()
    retakes: str = ""
    retaken_because: str = ""

    @property
    def queries(self) -> tuple[Finding, ...]:
        """What is still to be confirmed."""
        if self.decision != "held":
            return ()
        return unconfirmed(self.findings, self.confirmed)

    @property
    def slots(self) -> tuple[Slot, ...]:
        """What it may be the live return for."""
        return tuple((self.sender, self.feed, period) for period in self.periods)


def unconfirmed(findings: Iterable[Finding], confirmed: Iterable[Confirmation]) -> tuple[Finding, ...]:
    """The findings that ask to confirm something which nobody has confirmed."""
    rules = {one.rule for one in confirmed}
    return tuple(one for one in findings if one.severity == "please_confirm" and one.rule not in rules)


def decide(findings: tuple[Finding, ...], *, is_readable: bool, confirmed: Sequence[Confirmation] = ()) -> Decision:
    """The whole drop is accepted or not: half a month is never loaded."""
    if not is_readable:
        return "unreadable"
    if any(finding.severity == "must_fix" for finding in findings):
        return "refused"
    return "held" if unconfirmed(findings, confirmed) else "accepted"


def save_receipts(home: Home, receipts: Iterable[Receipt]) -> None:
    """Commit decisions: from here on the drops have been taken, whatever happens next."""
    write_all({home.receipts / f"{receipt.id}.json": json_bytes(as_json(receipt)) for receipt in receipts})


def arrival_of(home: Home, receipt: Receipt) -> Arrival:
    """Where the drop lay that the receipt is for."""
    inbox = home.landing / receipt.sender / INBOX / receipt.feed / receipt.period
    return Arrival(receipt.sender, receipt.feed, receipt.period, inbox / receipt.file_name)


def as_json(receipt: Receipt) -> dict[str, Any]:
    return dataclasses.asdict(receipt)


def load_receipts(home: Home, as_at: datetime | None = None) -> list[Receipt]:
    """Every receipt given by `as_at`, oldest first, a held one that had been confirmed by then as accepted.

    Raises ImpactError on one that cannot be read."""
    receipts = []
    instant = None if as_at is None else to_text(as_at)
    confirmations: dict[str, list[Confirmation]] = {}
    for one in read_records(home.confirmations, Confirmation):
        if instant is None or one.confirmed_at <= instant:
            confirmations.setdefault(one.receipt, []).append(one)
    for path in sorted(home.receipts.glob("[0-9a-f]*.json")):
        try:
            read = json.loads(path.read_text("utf-8"))
            findings = tuple(Finding(**{**entry, "cells": tuple(entry["cells"])}) for entry in read.pop("findings"))
            read |= {name: tuple(read.get(name, ())) for name in ("periods", "replaces")}
            read["asked"] = {rule: tuple(marks) for rule, marks in read.get("asked", {}).items()}
            read["confirmed"] = tuple(Confirmation(**one) for one in read.get("confirmed", ()))
            receipt = Receipt(**read, findings=findings)
            receipts.append(with_confirmations(receipt, confirmations.get(receipt.id, ())))
        except (ValueError, TypeError, KeyError, AttributeError) as fault:
            raise ImpactError(
                f"The receipt {path} cannot be read ({fault}). Receipts are never edited: put it back from a copy."
            ) from fault
    return sorted(
        (receipt for receipt in receipts if instant is None or receipt.received_at <= instant),
        key=lambda receipt: (receipt.received_at, receipt.id),
    )


def named(receipts: Iterable[Receipt], receipt_id: str) -> Receipt:
    """The receipt with this number. Raises ImpactError where there is none."""
    for receipt in receipts:
        if receipt.id == receipt_id:
            return receipt
    raise ImpactError(f"There is no receipt {receipt_id}. `impact status` lists those that wait.")


def receipts_at(home: Home, as_at: datetime, only: Mapping[str, Decision] | None = None) -> list[Receipt]:
    """The receipts given by `as_at`; with `only`, of these those that it names, each with the decision that it had:
    what was confirmed at `as_at` by somebody who had waited for the lock could not be known then."""
    receipts = load_receipts(home, as_at)
    if only is None:
        return receipts
    return [replace(one, decision=only[one.id]) for one in receipts if one.id in only]


def with_confirmations(receipt: Receipt, confirmations: Sequence[Confirmation]) -> Receipt:
    """The receipt with what has been confirmed since: accepted where that was all that it was held for."""
    if not confirmations:
        return receipt
    known = {one.rule for one in receipt.confirmed}
    every = [*receipt.confirmed, *(one for one in confirmations if one.rule not in known)]
    confirmed = tuple(sorted(every, key=lambda one: (one.confirmed_at, one.rule)))
    is_accepted = receipt.decision == "held" and not unconfirmed(receipt.findings, confirmed)
    return replace(receipt, confirmed=confirmed, decision="accepted" if is_accepted else receipt.decision)


def held_returns(receipts: Iterable[Receipt]) -> dict[Slot, Receipt]:
    """What waits to be confirmed: of each organisation, feed and period the last held receipt, unless another took its
    place or what it corrects no longer counts."""
    receipts = list(receipts)
    live = live_returns(receipts)
    replaced = {replaced for receipt in receipts for replaced in receipt.replaces}
    waiting: dict[Slot, Receipt] = {}
    for receipt in receipts:
        if receipt.decision != "held" or receipt.id in replaced:
            continue
        for slot in receipt.slots:
            counts = live.get(slot)
            if counts is None or counts.id == receipt.corrects:
                waiting[slot] = receipt
    return waiting


def live_returns(receipts: Iterable[Receipt]) -> dict[Slot, Receipt]:
    """What counts today: of each organisation, feed and period the accepted receipt that no other one corrects."""
    accepted = [receipt for receipt in receipts if receipt.decision == "accepted"]
    corrected = {(receipt.corrects, slot) for receipt in accepted for slot in receipt.slots if receipt.corrects}
    return {slot: receipt for receipt in accepted for slot in receipt.slots if (receipt.id, slot) not in corrected}
