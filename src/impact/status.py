"""What has come of every return that is owed, on a given day: the chasing list, and what is in."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from impact.checking.findings import Finding
from impact.intake.receipts import Receipt, Slot, live_returns
from impact.register import Register
from impact.register.obligations import obligations_of

State = Literal["received", "nil", "exempt", "held", "not accepted", "late", "due"]


@dataclass(frozen=True, order=True)
class ReturnStatus:
    """One return that is owed. `receipt` is that which accepted it, or the last one that did not; empty where nothing
    was sent. `days_late` is 0 until it is."""

    organisation_code: str
    feed: str
    period: str
    state: State
    due_on: date
    days_late: int
    receipt: str

    @property
    def is_in(self) -> bool:
        """Whether there is nothing to chase."""
        return self.state in ("received", "nil", "exempt")


_CHASING = (
    *("organisation_code", "organisation", "contact", "feed", "period", "state", "due_on", "due_in_days", "days_late"),
    *("receipt", "asked"),
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What makes Excel calculate a text."""


def chasing_list(found: Iterable[ReturnStatus], register: Register, receipts: Iterable[Receipt], today: date) -> str:
    """Returns as a CSV file for whoever chases them: whom to ask, for what, until when. `asked` says what is still to
    come: the return, a correction, or which findings are to be confirmed."""
    named = {row["organisation_code"]: row for row in register.files["organisations"]}
    given = {receipt.id: receipt for receipt in receipts}
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_CHASING)
    for one in found:
        organisation = named.get(one.organisation_code, {})
        due_in = "" if one.is_in or one.days_late else (one.due_on - today).days
        cells = [
            *(one.organisation_code, organisation.get("name") or "", organisation.get("contact") or "", one.feed),
            *(one.period, one.state, one.due_on.isoformat(), due_in, one.days_late or "", one.receipt),
            _asked(one, given.get(one.receipt)),
        ]
        writer.writerow([f"'{cell}" if str(cell).startswith(_FORMULA) else cell for cell in cells])
    return out.getvalue()


def _asked(one: ReturnStatus, receipt: Receipt | None) -> str:
    if one.is_in:
        return ""
    if receipt is None:
        return "the return"
    if queries := receipt.queries:
        return "to confirm or correct: " + " ".join(map(_words, queries))
    return "to correct: " + " ".join(_words(one) for one in receipt.findings if one.severity == "must_fix")


def _words(finding: Finding) -> str:
    return f"{', '.join(finding.cells)}: {finding.message}" if finding.cells else finding.message


def return_statuses(register: Register, receipts: Iterable[Receipt], today: date) -> list[ReturnStatus]:
    """The status of every return that is owed by `today` or soon, by organisation, feed and period."""
    receipts = list(receipts)
    live = live_returns(receipts)
    waiting: dict[Slot, Receipt] = {
        slot: receipt for receipt in receipts if receipt.decision != "accepted" for slot in receipt.slots
    }
    found = []
    for owed in obligations_of(register, today):
        slot = (owed.organisation_code, owed.feed, owed.period)
        accepted, other = live.get(slot), waiting.get(slot)
        days_late = max(0, (today - owed.due_on).days)
        state: State
        if accepted is not None:
            state = "nil" if accepted.is_nil else "received"
        elif owed.is_exempt:
            state = "exempt"
        elif other is not None:
            state = "held" if other.decision == "held" else "not accepted"
        else:
            state = "late" if days_late else "due"
        receipt = accepted or other
        is_owed_still = accepted is None and not owed.is_exempt
        found.append(
            ReturnStatus(*slot, state, owed.due_on, days_late if is_owed_still else 0, receipt.id if receipt else "")
        )
    return found
