"""How long answer sheets are kept: their bytes are purged once they have been counted and the time is up.

The record of a purge is its commit point: it is written first, the bytes go after it, and what a killed purge left of
them the next one takes away. Receipts, counts and SHA-256 stay for ever.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from impact.definition import answer_sheets
from impact.home import Home, json_bytes, one_writer, remove_all, write_all
from impact.intake.landing import OUTBOX
from impact.intake.receipts import RESPONSES, Receipt, load_receipts
from impact.periods import from_text, to_text

_WORKBOOK = ".xlsx"
"""What goes back to a sender as a workbook holds the sender's own rows."""


@dataclass(frozen=True)
class Purge:
    """One file of answer sheets that is purged: which, when it came, and by which rule."""

    receipt: str
    sender: str
    feed: str
    period: str
    decision: str
    sha256: str
    received_at: str
    retention_days: int
    purged_at: str


def purge_answer_sheets(home: Home, now: datetime, *, is_dry_run: bool = False) -> list[Purge]:
    """Purge every file of answer sheets that is older than its feed's retention, and say which. Each is said once.

    With `is_dry_run` nothing is changed. Raises ImpactError where the home cannot be written.
    """
    if is_dry_run:
        return _due(home, load_receipts(home), now)
    with one_writer(home, "the purge of answer sheets"):
        receipts = load_receipts(home)
        due = _due(home, receipts, now)
        write_all({_record(home, one.receipt): json_bytes(asdict(one)) for one in due})
        ids = _purged_ids(home)
        purged = [receipt for receipt in receipts if receipt.id in ids]
        # The same bytes may have come twice, and the later receipt's time is not up yet.
        kept = {receipt.sha256 for receipt in receipts if receipt.id not in ids}
        remove_all(home.drops / receipt.sha256 for receipt in purged if receipt.sha256 not in kept)
        remove_all(path for receipt in purged for path in _sent_back(home, receipt))
    return due


def retention_days(receipt: Receipt) -> int | None:
    """How long the bytes of a drop are kept; None where that is for ever.

    A file of a survey that could not be read, or was not accepted, may be answer sheets as well as one that was.
    """
    layout = answer_sheets().get(receipt.feed)
    is_of_people = receipt.layout == RESPONSES or receipt.decision == "unreadable"
    return layout.retention_days if layout and is_of_people and not receipt.is_purged else None


def _due(home: Home, receipts: Iterable[Receipt], now: datetime) -> list[Purge]:
    done = _purged_ids(home)
    found = []
    for receipt in receipts:
        days = retention_days(receipt)
        is_over = days is not None and from_text(receipt.received_at) + timedelta(days=days) <= now
        if days is not None and is_over and receipt.id not in done:
            found.append(
                Purge(
                    receipt=receipt.id,
                    sender=receipt.sender,
                    feed=receipt.feed,
                    period=receipt.period,
                    decision=receipt.decision,
                    sha256=receipt.sha256,
                    received_at=receipt.received_at,
                    retention_days=days,
                    purged_at=to_text(now),
                )
            )
    return found


def _purged_ids(home: Home) -> set[str]:
    return {path.stem for path in home.purges.glob("[0-9a-f]*.json")}


def _record(home: Home, receipt_id: str) -> Path:
    return home.purges / f"{receipt_id}.json"


def _sent_back(home: Home, receipt: Receipt) -> list[Path]:
    outbox = home.landing / receipt.sender / OUTBOX
    return sorted(outbox.glob(f"*{receipt.id}*{_WORKBOOK}")) if outbox.is_dir() else []
