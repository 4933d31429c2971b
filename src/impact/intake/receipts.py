"""A receipt: the lasting decision on a drop. Receipts are only ever added, and everything else follows from them."""

import dataclasses
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from impact.checking.findings import Finding
from impact.errors import ImpactError
from impact.home import Home, json_bytes, write_all
from impact.periods import to_text

Decision = Literal["accepted", "held", "refused", "unreadable"]

RESPONSES = "responses"
"""The layout of a drop of answer sheets."""

Slot = tuple[str, str, str]
"""What there can be one live return for: who sent it, the feed, the period."""


@dataclass(frozen=True)
class Receipt:
    """What was decided on one drop, why, and under which versions of everything.

    `periods` are the quarters (or the one month or year) that it covers, `corrects` the receipt that it corrects.
    `rows_in` = `rows_kept` + `rows_refused`. `totals` are sums over all rows of each of its periods, as exact decimal
    text; `rows_sha256` is the same for all drops with the same rows, in whatever order and form. Rows of a held drop
    are kept, and count for nothing until it is confirmed. Of a drop that `is_purged` nothing was kept but this.
    `layout` is RESPONSES where the rows that came were answer sheets, of which only the counts are kept; `promised` is
    what those who answered were promised.
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

    @property
    def slots(self) -> tuple[Slot, ...]:
        """What it may be the live return for."""
        return tuple((self.sender, self.feed, period) for period in self.periods)


def decide(findings: tuple[Finding, ...], *, is_readable: bool) -> Decision:
    """The whole drop is accepted or not: half a month is never loaded."""
    if not is_readable:
        return "unreadable"
    severities = {finding.severity for finding in findings}
    if "must_fix" in severities:
        return "refused"
    return "held" if "please_confirm" in severities else "accepted"


def save_receipts(home: Home, receipts: Iterable[Receipt]) -> None:
    """Commit decisions: from here on the drops have been taken, whatever happens next."""
    write_all({home.receipts / f"{receipt.id}.json": json_bytes(as_json(receipt)) for receipt in receipts})


def as_json(receipt: Receipt) -> dict[str, Any]:
    return dataclasses.asdict(receipt)


def load_receipts(home: Home, as_at: datetime | None = None) -> list[Receipt]:
    """Every receipt given by `as_at`, oldest first. Raises ImpactError on one that cannot be read."""
    receipts = []
    for path in sorted(home.receipts.glob("[0-9a-f]*.json")):
        try:
            read = json.loads(path.read_text("utf-8"))
            findings = tuple(Finding(**{**entry, "cells": tuple(entry["cells"])}) for entry in read.pop("findings"))
            receipts.append(Receipt(**{**read, "periods": tuple(read["periods"])}, findings=findings))
        except (ValueError, TypeError, KeyError, AttributeError) as fault:
            raise ImpactError(
                f"The receipt {path} cannot be read ({fault}). Receipts are never edited: put it back from a copy."
            ) from fault
    instant = None if as_at is None else to_text(as_at)
    return sorted(
        (receipt for receipt in receipts if instant is None or receipt.received_at <= instant),
        key=lambda receipt: (receipt.received_at, receipt.id),
    )


def live_returns(receipts: Iterable[Receipt]) -> dict[Slot, Receipt]:
    """What counts today: of each organisation, feed and period the accepted receipt that no other one corrects."""
    accepted = [receipt for receipt in receipts if receipt.decision == "accepted"]
    corrected = {(receipt.corrects, slot) for receipt in accepted for slot in receipt.slots if receipt.corrects}
    return {slot: receipt for receipt in accepted for slot in receipt.slots if (receipt.id, slot) not in corrected}
