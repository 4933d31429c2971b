"""The road from an inbox to a receipt, top to bottom: find, keep, read, check, decide, commit, answer, clear.

The receipt is the commit point. Killed before it, the next run decides the same; killed after it, the next run only
answers and clears.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from impact import __version__
from impact.checking.batch import Submitted, check_tables
from impact.checking.findings import Finding, about_file
from impact.checking.reading import TextTable, read_csv
from impact.definition import Definition, feeds
from impact.errors import DiskFullError, ImpactError
from impact.home import Home, one_writer, remove, write
from impact.intake.answers import send_answers
from impact.intake.landing import Drop, Left, as_text, find_arrivals, make_drop, outbox_of
from impact.intake.receipts import Receipt, decide, live_returns, load_receipts, save_receipt
from impact.intake.returns import column_totals, save_return
from impact.periods import Period, london_date, parse_period, to_text
from impact.register import Register, take_register
from impact.settings import settings_at, take_settings

_log = logging.getLogger(__name__)

_RESTS_ON_REGISTER = frozenset({"unknown_organisation", "not_active"})
_RESTS_ON_DATE = "period_not_over"
_PERIOD_EXAMPLES = {"month": "2026-04", "quarter": "2026-Q1", "year": "2026"}

Slot = tuple[str, str, str]


@dataclass(frozen=True)
class Intake:
    """What one run of the intake did: receipts given, drops that had one already, files left where they are."""

    receipts: tuple[Receipt, ...]
    sent_again: int
    left: tuple[Left, ...]


@dataclass(frozen=True)
class Decided:
    """A decision, and what it was made on, not yet committed."""

    drop: Drop
    receipt: Receipt
    definition: Definition | None
    table: TextTable | None


def take_drops(home: Home, now: datetime, *, wait_until_settled: bool = True) -> Intake:
    """Take every drop that waits in an inbox: a receipt for each, a return for each that is accepted or held.

    Raises ImpactError for what concerns the whole home: register, settings, disk, lock. A drop never raises.
    """
    with one_writer(home, "the intake of drops"):
        register = take_register(home, now)
        take_settings(home, now)
        settings_version, settings = settings_at(home, now)
        arrivals, left = find_arrivals(home, now, settings["settle_seconds"] if wait_until_settled else 0)
        given = {receipt.id: receipt for receipt in load_receipts(home)}
        live = live_returns(list(given.values()))
        drops: list[Drop] = []
        for arrival in arrivals:
            try:
                drop = _attempt(make_drop(arrival, arrival.path.read_bytes()), given, register, now)
            except OSError as fault:
                left.append(Left(arrival.path, f"it cannot be opened: {fault.strerror}"))
                continue
            if drop.id not in given and not (home.drops / drop.sha256).exists():
                write(home.drops / drop.sha256, drop.data)
            drops.append(drop)
        fresh = {drop.id: drop for drop in reversed(drops) if drop.id not in given}
        if fresh:
            _log.info("Checking %d new files", len(fresh))
        receipts: list[Receipt] = []
        for wave in _waves(sorted(fresh.values(), key=lambda drop: drop.arrival)):
            for decided in decide_drops(wave, now, register, settings_version, live):
                _commit(home, decided)
                receipts.append(decided.receipt)
                given[decided.receipt.id] = decided.receipt
                live |= live_returns([decided.receipt])
        left += [one for drop in drops if (one := _answer(home, drop, given[drop.id])) is not None]
        for one in left:
            _log.warning("Left: %s, because %s", one.path, one.reason)
        return Intake(tuple(receipts), len(drops) - len(receipts), tuple(left))


def decide_drops(
    drops: Sequence[Drop],
    now: datetime,
    register: Register,
    settings_version: str,
    live: Mapping[Slot, Receipt],
) -> list[Decided]:
    """Decide on drops together, one batch of rows a feed. Writes nothing.

    No two of `drops` may be for the same organisation, feed and period: which of them counts is for the caller to say.
    """
    readings: dict[str, tuple[Definition | None, Period | None, TextTable | None, list[Finding]]] = {}
    for drop in drops:
        definition = feeds().get(drop.arrival.feed)
        period = _period(drop, definition)
        findings = list(_place_findings(drop, definition, period, now, register, live))
        table = None
        if definition is not None:
            reading = read_csv(drop.data, definition)
            table = reading.table
            findings += reading.findings
        readings[drop.id] = (definition, period, table, findings)
    for feed, definition in feeds().items():
        submitted = [
            Submitted(drop.id, table, drop.arrival.sender, *_active_part(period, register, drop.arrival.sender))
            for drop in drops
            for of, period, table, _ in [readings[drop.id]]
            if of is not None and of.name == feed and period is not None and table is not None
        ]
        for drop_id, found in check_tables(definition, submitted, register.codes).items():
            readings[drop_id][3].extend(found)
    decided = []
    for drop in drops:
        definition, _, table, findings = readings[drop.id]
        receipt = _receipt(drop, definition, table, tuple(findings), now, register, settings_version)
        decided.append(Decided(drop, receipt, definition, table))
    return decided


def _waves(drops: Iterable[Drop]) -> list[list[Drop]]:
    """Drops for the same slot must be decided one after the other; nearly always there is one wave."""
    waves: list[dict[Slot, Drop]] = []
    for drop in drops:
        slot = (drop.arrival.sender, drop.arrival.feed, drop.arrival.period)
        wave = next((wave for wave in waves if slot not in wave), None)
        if wave is None:
            wave = {}
            waves.append(wave)
        wave[slot] = drop
    return [list(wave.values()) for wave in waves]


def _period(drop: Drop, definition: Definition | None) -> Period | None:
    period = parse_period(drop.arrival.period)
    return period if period and definition and period.grain == definition.period_grain else None


def _active_part(period: Period, register: Register, sender: str) -> tuple[date, date]:
    """The whole months of the period in which the sender was at work, as the register has it."""
    active_from, active_to = register.active(sender)
    return (
        max(period.start_on, active_from.replace(day=1)) if active_from else period.start_on,
        min(period.end_on, active_to) if active_to else period.end_on,
    )


def _place_findings(
    drop: Drop,
    definition: Definition | None,
    period: Period | None,
    now: datetime,
    register: Register,
    live: Mapping[Slot, Receipt],
) -> Iterable[Finding]:
    """What is wrong with where the drop came from and what it claims to be, whatever is in it."""
    arrival = drop.arrival
    if not arrival.feed:
        yield about_file("misplaced")
        return
    if definition is None:
        yield about_file("unknown_feed", value=f'"{arrival.feed}"', choices=", ".join(feeds()))
        return
    is_known = (
        register.knows_publisher(arrival.sender, definition.name)
        if definition.source == "official"
        else register.knows_organisation(arrival.sender)
    )
    if not is_known:
        yield about_file("unknown_organisation", value=f'"{arrival.sender}"')
    if period is None:
        example = _PERIOD_EXAMPLES[definition.period_grain]
        yield about_file("unknown_period", value=f'"{arrival.period}"', example=example)
        return
    start_on, end_on = _active_part(period, register, arrival.sender)
    if start_on > end_on:
        yield about_file("not_active", value=period.label())
    if period.end_on >= london_date(now):
        yield about_file("period_not_over", value=period.label())
    other = live.get((arrival.sender, arrival.feed, arrival.period))
    if other is not None:
        yield about_file("already_live", value=other.id)


def _receipt(
    drop: Drop,
    definition: Definition | None,
    table: TextTable | None,
    findings: tuple[Finding, ...],
    now: datetime,
    register: Register,
    settings_version: str,
) -> Receipt:
    decision = decide(findings, is_readable=definition is None or table is not None)
    rows_in = len(table.rows) if table else 0
    is_kept = decision in ("accepted", "held")
    return Receipt(
        id=drop.id,
        decision=decision,
        received_at=to_text(now),
        sender=drop.arrival.sender,
        feed=drop.arrival.feed,
        period=drop.arrival.period,
        file_name=as_text(drop.arrival.path.name),
        sha256=drop.sha256,
        size_bytes=len(drop.data),
        attempt=drop.attempt,
        definition_version=definition.version if definition else "",
        register_version=register.sha256,
        settings_version=settings_version,
        software_version=__version__,
        rows_in=rows_in,
        rows_kept=rows_in if is_kept else 0,
        rows_refused=0 if is_kept else rows_in,
        totals=column_totals(definition, table) if definition and table else {},
        findings=findings,
    )


def _attempt(drop: Drop, given: Mapping[str, Receipt], register: Register, now: datetime) -> Drop:
    """The drop at the attempt that its receipt is, or will be, of.

    A refusal that rested on something outside the file (the register, the date) is not the last word on it: once that
    has changed, the same file sent again is decided anew. While nothing has changed it finds the receipt it has.
    """
    receipt = given.get(drop.id)
    while receipt is not None and _is_overtaken(receipt, register, now):
        drop = replace(drop, attempt=drop.attempt + 1)
        receipt = given.get(drop.id)
    return drop


def _is_overtaken(receipt: Receipt, register: Register, now: datetime) -> bool:
    period = parse_period(receipt.period)
    return receipt.decision == "refused" and any(
        (
            receipt.register_version != register.sha256
            and (finding.rule in _RESTS_ON_REGISTER or finding.rule.endswith("_in_register"))
        )
        or (finding.rule == _RESTS_ON_DATE and period is not None and period.end_on < london_date(now))
        for finding in receipt.findings
    )


def _answer(home: Home, drop: Drop, receipt: Receipt) -> Left | None:
    """Answer the sender and clear the inbox; where the outbox cannot be written, the file waits for the next run."""
    try:
        send_answers(outbox_of(home, drop.arrival), receipt)
        remove(drop.arrival.path)
    except DiskFullError:
        raise
    except ImpactError as fault:
        return Left(drop.arrival.path, f"it was taken (receipt {receipt.id}), but not answered and cleared: {fault}")
    return None


def _commit(home: Home, decided: Decided) -> None:
    """The return first, then the receipt that makes it count."""
    if decided.receipt.rows_kept:
        assert decided.definition is not None
        assert decided.table is not None
        save_return(home, decided.definition, decided.receipt.id, decided.table)
    save_receipt(home, decided.receipt)
