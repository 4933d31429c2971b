"""Which attempt at a file a drop is: what was refused for something outside it is decided anew once that changed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from impact.definition import feeds
from impact.intake.landing import Drop
from impact.intake.locks import Reopening
from impact.intake.receipts import (
    Receipt,
)
from impact.periods import london_date, parse_period
from impact.register import Register

_RESTS_ON_REGISTER = frozenset({"unknown_organisation", "not_active", "locked"})
_RESTS_ON_DATE = "period_not_over"
_RESTS_ON_ANOTHER = "corrects_unknown"
_RESTS_ON_QUESTIONS = frozenset({"unknown_column", "question_unknown", "groups_unclear"})
_RESTS_ON_LOCK = "locked"


def attempt_of(
    drop: Drop, given: Mapping[str, Receipt], register: Register, reopenings: Sequence[Reopening], now: datetime
) -> Drop:
    """The drop at the attempt that its receipt is, or will be, of.

    A refusal that rested on something outside the file (the register, the date, a lock) is not the last word on it:
    once that has changed, the same file sent again is decided anew. While nothing has changed it finds the receipt that
    it has. Where it was taken up again since, the last attempt counts.
    """
    while (receipt := given.get(drop.id)) is not None:
        again = replace(drop, attempt=drop.attempt + 1)
        if again.id not in given and not _is_overtaken(receipt, given, register, reopenings, now):
            return drop
        drop = again
    return drop


def _is_overtaken(
    receipt: Receipt,
    given: Mapping[str, Receipt],
    register: Register,
    reopenings: Sequence[Reopening],
    now: datetime,
) -> bool:
    if receipt.decision != "refused":
        return False
    period = parse_period(receipt.period)
    definition = feeds().get(receipt.feed)
    looking_up = {
        rule.name
        for rule in (definition.rules if definition else ())
        if rule.expects in ("in_register", "known_together")
    }
    return any(
        (receipt.register_version != register.sha256 and finding.rule in _RESTS_ON_REGISTER | looking_up)
        or (receipt.register_version != register.sha256 and receipt.layout and finding.rule in _RESTS_ON_QUESTIONS)
        or (finding.rule == _RESTS_ON_ANOTHER and _is_later(given.get(receipt.corrects), receipt))
        or (
            finding.rule == _RESTS_ON_LOCK
            and any(one.slot in receipt.slots and one.reopened_at >= receipt.received_at for one in reopenings)
        )
        or (finding.rule == _RESTS_ON_DATE and period is not None and period.end_on < london_date(now))
        for finding in receipt.findings
    )


def _is_later(other: Receipt | None, receipt: Receipt) -> bool:
    return other is not None and other.received_at > receipt.received_at
