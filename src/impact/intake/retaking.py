"""Deciding again, under today's register, settings and definitions, on the bytes of a drop that were kept."""

from dataclasses import replace
from datetime import datetime

from impact.errors import ImpactError
from impact.home import Home, one_writer, remove, write_all
from impact.intake.answers import answers
from impact.intake.deciding import Decided, decide_drops, known_by
from impact.intake.intake import commit
from impact.intake.landing import Drop, make_drop, outbox_of
from impact.intake.receipts import Receipt, arrival_of, load_receipts, named
from impact.register import take_register
from impact.settings import settings_at, take_settings

_SAYS_THE_SAME = "same_as_live"


def retake(home: Home, receipt_id: str, reason: str, now: datetime) -> Receipt:
    """Decide again on the drop of a receipt, and answer its sender: a new receipt, which names the old one. Of a return
    that counts it is a correction; where that would say the same as what counts, nothing is written and the receipt
    that counts is given. Run again under the same circumstances, it only answers again.

    Raises ImpactError where there is no such receipt, no reason, or nothing was kept.
    """
    if not reason.strip():
        raise ImpactError("A drop is decided on again for a reason: give one, such as --reason 'The rule was wrong'.")
    with one_writer(home, "impact retake"):
        register = take_register(home, now)
        take_settings(home, now)
        settings_version, _ = settings_at(home, now)
        given = {receipt.id: receipt for receipt in load_receipts(home)}
        last = named(given.values(), receipt_id)
        drop = replace(_kept(home, last), retakes=receipt_id, retaken_because=reason.strip())
        while drop.id in given:
            last = given[drop.id]
            drop = replace(drop, attempt=drop.attempt + 1)
        [decided] = decide_drops(home, [drop], known_by(register, now), settings_version, given)
        if _is_done(last, decided):
            _answer(home, last)
            return last
        says = {finding.rule for finding in decided.receipt.findings}
        if decided.receipt.corrects == receipt_id and _SAYS_THE_SAME in says:
            return given[receipt_id]
        commit(home, [decided])
        _answer(home, decided.receipt)
        return decided.receipt


def _answer(home: Home, receipt: Receipt) -> None:
    """The sender's inbox is left alone: by now there may be another file under the same name."""
    if receipt.is_purged:
        remove(home.drops / receipt.sha256)
    write_all(answers(outbox_of(home, arrival_of(home, receipt)), receipt))


def _is_done(last: Receipt, decided: Decided) -> bool:
    """Whether the last attempt was for the same reason and under the same circumstances."""
    new = decided.receipt
    return (last.retakes, last.retaken_because) == (new.retakes, new.retaken_because) and all(
        getattr(last, name) == getattr(new, name)
        for name in ("definition_version", "register_version", "settings_version", "software_version")
    )


def _kept(home: Home, receipt: Receipt) -> Drop:
    """The drop as it was sent. Raises ImpactError where its bytes were not kept."""
    if receipt.is_purged:
        raise ImpactError(f"Of the drop with receipt {receipt.id} nothing was kept: its sender has to send it again.")
    try:
        data = (home.drops / receipt.sha256).read_bytes()
        cover = (home.drops / receipt.cover_sha256).read_bytes() if receipt.cover_sha256 else None
    except FileNotFoundError as fault:
        raise ImpactError(
            f"The bytes of the drop with receipt {receipt.id} are no longer kept ({fault.filename}): its sender has to "
            "send it again."
        ) from fault
    return replace(make_drop(arrival_of(home, receipt), data, cover), attempt=receipt.attempt)
