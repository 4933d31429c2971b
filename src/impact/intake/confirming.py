"""Confirming: somebody says that what a held drop is held for is right, and why. Once all of it is confirmed the drop
counts; its corrections need not be confirmed again in what stays the same."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from impact.checking.findings import Finding
from impact.definition import Definition
from impact.errors import ImpactError
from impact.home import Home, json_bytes, one_writer, write_all
from impact.intake.answers import answers
from impact.intake.landing import outbox_of
from impact.intake.receipts import (
    Confirmation,
    Receipt,
    arrival_of,
    held_returns,
    load_receipts,
    named,
    unconfirmed,
    with_confirmations,
)
from impact.intake.returns import StoredRow
from impact.periods import to_text

ALL = "all"
"""What stands for every finding of a receipt."""

_ROW = re.compile(r"[0-9]+$")
_MARK_LENGTH = 16


def marks(
    definition: Definition, findings: Sequence[Finding], rows: Sequence[StoredRow], row_numbers: Sequence[int]
) -> dict[str, tuple[str, ...]]:
    """Of each rule that asks to confirm something, a mark of every row that it asks about: the same where the row is
    about the same thing and says the same in the columns that the rule looks at. Where it names none of them, of what
    it says."""
    by_number = dict(zip(row_numbers, rows, strict=True))
    found = {}
    for finding in findings:
        if finding.severity != "please_confirm":
            continue
        rule = next(rule for rule in definition.rules if rule.name == finding.rule)
        places = [
            place
            for place, column in enumerate(definition.columns, start=1)  # before them stands the period
            if column.is_key or column.name in rule.looks_at
        ]
        numbers = [int(number[0]) for cell in finding.cells if (number := _ROW.search(cell))]
        if numbers and by_number.keys() >= set(numbers):
            of_rows = [[by_number[number][place] for place in places] for number in numbers]
            found[finding.rule] = tuple(sorted(map(_mark, of_rows)))
        else:
            found[finding.rule] = (_mark([finding.message, finding.cells]),)
    return found


def _mark(value: object) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:_MARK_LENGTH]


def inherited(asked: Mapping[str, Sequence[str]], earlier: Sequence[Receipt]) -> tuple[Confirmation, ...]:
    """The confirmations of earlier receipts that hold for what is asked now: of the same rule, about the same."""
    found: dict[str, Confirmation] = {}
    for receipt in earlier:
        for one in receipt.confirmed:
            if one.rule in asked and set(asked[one.rule]) <= set(receipt.asked.get(one.rule, ())):
                found[one.rule] = one
    return tuple(found.values())


def confirm(home: Home, receipt_id: str, finding: str, reason: str, by: str, now: datetime) -> Receipt:
    """Confirm one finding of a held receipt, by its rule, or all of them; answer the sender; give the receipt as it is
    then. What is confirmed already stays as it was, so that it may be run again.

    Raises ImpactError where there is no such receipt or finding, where it is not held, or where another took its place.
    """
    if not reason.strip():
        raise ImpactError("A confirmation says why: give a reason, such as --reason 'A service was taken over in May'.")
    with one_writer(home, "impact confirm"):
        receipts = load_receipts(home)
        receipt = named(receipts, receipt_id)
        asking = [one.rule for one in receipt.findings if one.severity == "please_confirm"]
        if finding != ALL and finding not in asking:
            listed = f"It asks to confirm: {', '.join(asking)}." if asking else "It asks to confirm nothing."
            raise ImpactError(f"The receipt {receipt_id} has no finding {finding} to confirm. {listed}")
        if receipt.decision not in ("held", "accepted") or not asking:
            raise ImpactError(f"The receipt {receipt_id} is not held, it is {receipt.decision}: nothing is to confirm.")
        if receipt.decision == "held":
            waiting = held_returns(receipts)
            if any(waiting.get(slot) != receipt for slot in receipt.slots):
                raise ImpactError(
                    f"A later file took the place of the receipt {receipt_id}, which can no longer be confirmed. "
                    f"`impact status --organisation {receipt.sender}` says which counts."
                )
        open_rules = [one.rule for one in unconfirmed(receipt.findings, receipt.confirmed)]
        new = [
            Confirmation(receipt.id, rule, reason.strip(), by.strip(), to_text(now))
            for rule in open_rules
            if finding in (ALL, rule)
        ]
        write_all({home.confirmations / f"{one.receipt}-{one.rule}.json": json_bytes(asdict(one)) for one in new})
        receipt = with_confirmations(receipt, new)
        write_all(answers(outbox_of(home, arrival_of(home, receipt)), receipt))
        return receipt
