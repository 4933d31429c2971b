"""The road from an inbox to a receipt, top to bottom: find, keep, read, check, decide, commit, answer, clear.

The receipt is the commit point. Killed before it, the next run decides the same; killed after it, the next run only
answers and clears.
"""

import hashlib
import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from impact import __version__
from impact.checking.batch import Submitted, check_tables
from impact.checking.findings import Finding, about_file
from impact.checking.reading import Reading, TextTable, read_csv, read_table
from impact.definition import Definition, feeds
from impact.errors import DiskFullError, ImpactError
from impact.home import Home, one_writer, put_all, remove, remove_all, write_all
from impact.intake.answers import answers
from impact.intake.cover import SIDECAR, Cover, cover_fields, read_cover
from impact.intake.landing import INBOX, Drop, Left, as_text, find_arrivals, outbox_of, read_drop
from impact.intake.marked_up import is_sent_back, marked_up
from impact.intake.placing import active_part, nil_findings, period_of_drop, place_findings, succession_findings
from impact.intake.receipts import Receipt, Slot, decide, live_returns, load_receipts, save_receipts
from impact.intake.returns import StoredRow, column_totals, return_path, row_writer, rows_hash, stored_rows, write_rows
from impact.periods import Period, london_date, parse_period, to_text
from impact.register import Register, take_register
from impact.settings import settings_at, take_settings

_log = logging.getLogger(__name__)

_RESTS_ON_REGISTER = frozenset({"unknown_organisation", "not_active"})
_RESTS_ON_DATE = "period_not_over"
_RESTS_ON_ANOTHER = "corrects_unknown"
_MAKES_NO_ROWS_RIGHT = "no_rows"


@dataclass(frozen=True)
class Intake:
    """What one run of the intake did: receipts given, drops that had one already, files left where they are."""

    receipts: tuple[Receipt, ...]
    sent_again: int
    left: tuple[Left, ...]


@dataclass(frozen=True)
class Decided:
    """A decision, and the rows that it keeps, not yet committed; and the drop as it was read, to be sent back."""

    drop: Drop
    receipt: Receipt
    rows: tuple[StoredRow, ...]
    row_numbers: tuple[int, ...]
    table: TextTable | None = None


@dataclass
class _Opened:
    """A drop on the way to its decision. Findings are added as they are made."""

    drop: Drop
    definition: Definition | None
    period: Period | None
    table: TextTable | None
    cover: Cover
    findings: list[Finding]


def take_drops(home: Home, now: datetime, *, wait_until_settled: bool = True) -> Intake:
    """Take every drop that waits in an inbox: a receipt for each, a return for each that is accepted or held.

    Raises ImpactError for what concerns the whole home: register, settings, disk, lock. A drop never raises.
    """
    with one_writer(home, "the intake of drops"):
        register = take_register(home, now)
        take_settings(home, now)
        settings_version, settings = settings_at(home, now)
        given = {receipt.id: receipt for receipt in load_receipts(home)}
        _clear_left(home, given.values())
        arrivals, left = find_arrivals(home, now, settings["settle_seconds"] if wait_until_settled else 0)
        live = live_returns(given.values())
        drops: list[Drop] = []
        for arrival in arrivals:
            try:
                drop = _attempt(read_drop(arrival), given, register, now)
            except OSError as fault:
                left.append(Left(arrival.path, f"it cannot be opened: {fault.strerror}"))
                continue
            drops.append(drop)
        fresh = {drop.id: drop for drop in reversed(drops) if drop.id not in given}
        _keep(home, fresh.values())
        if fresh:
            _log.info("Checking %d new files", len(fresh))
        receipts: list[Receipt] = []
        tables: dict[str, TextTable | None] = {}
        for wave in _waves(sorted(fresh.values(), key=lambda drop: drop.arrival)):
            decided = decide_drops(wave, now, register, settings_version, live)
            _commit(home, decided)
            receipts += [one.receipt for one in decided]
            given |= {one.receipt.id: one.receipt for one in decided}
            live = live_returns(given.values())
            tables |= {one.receipt.id: one.table for one in decided if is_sent_back(one.receipt)}
        left += _answer(home, [(drop, given[drop.id]) for drop in drops], tables)
        for one in left:
            _log.warning("Left: %s, because %s", one.path, one.reason)
        return Intake(tuple(receipts), len(drops) - len(receipts), tuple(left))


def decide_drops(
    drops: Sequence[Drop],
    now: datetime,
    register: Register,
    settings_version: str,
    live: Mapping[Slot, Receipt],
    readings: Mapping[str, Reading] | None = None,
) -> list[Decided]:
    """Decide on drops together, one batch of rows a feed. Writes nothing. A drop among `readings` is not read again.

    No two of `drops` may be for the same organisation, feed and period: which of them counts is for the caller to say.
    """
    opened = {drop.id: _open(drop, now, register, (readings or {}).get(drop.id)) for drop in drops}
    for feed, definition in feeds().items():
        of_feed = [one for one in opened.values() if one.drop.arrival.feed == feed]
        submitted = [table for one in of_feed if (table := _submitted(one, now, register)) is not None]
        for drop_id, found in check_tables(definition, submitted, register.files).items():
            opened[drop_id].findings.extend(found)
    return [_decided(one, now, register, settings_version, live) for one in opened.values()]


def _submitted(one: _Opened, now: datetime, register: Register) -> Submitted | None:
    """The rows to check, with what is known of them; None where there are none, or nobody can say what they are for."""
    if one.period is None or one.table is None:
        return None
    sender = one.drop.arrival.sender
    start_on, end_on = active_part(one.period, register, sender)
    return Submitted(
        drop=one.drop.id,
        table=one.table,
        sender=sender,
        start_on=start_on,
        end_on=end_on,
        periods=one.period.part_ids(),
        prepared_by=one.cover.prepared_by,
        received_on=london_date(now),
    )


def _open(drop: Drop, now: datetime, register: Register, reading: Reading | None) -> _Opened:
    """Read the drop and its cover, and say what is wrong with them and with its place."""
    arrival = drop.arrival
    definition = feeds().get(arrival.feed)
    period = period_of_drop(arrival, definition) if definition else None
    findings = list(place_findings(arrival, period, now, register))
    if definition is None:
        return _Opened(drop, None, period, None, Cover(), findings)
    reading = reading or read_for(definition, drop.data)
    findings += reading.findings
    fields = cover_fields(reading.cover, drop.cover_data)
    if fields is None:
        findings.append(about_file("cover_unreadable"))
    place = {"organisation": arrival.sender, "feed": arrival.feed, "period": arrival.period}
    cover, about_cover = read_cover(fields or reading.cover or {}, place)
    findings += about_cover
    if reading.table is not None:
        findings += nil_findings(definition, cover, len(reading.table.rows))
    if cover.is_nil_return:
        findings = [finding for finding in findings if finding.rule != _MAKES_NO_ROWS_RIGHT]
    return _Opened(drop, definition, period, reading.table, cover, findings)


def read_for(definition: Definition, data: bytes) -> Reading:
    """An official file is taken as it is published, and that is CSV."""
    return (read_csv if definition.source == "official" else read_table)(data, definition)


def _decided(
    one: _Opened, now: datetime, register: Register, settings_version: str, live: Mapping[Slot, Receipt]
) -> Decided:
    drop, definition, table, cover, findings = one.drop, one.definition, one.table, one.cover, one.findings
    must_fix = any(finding.severity == "must_fix" for finding in findings)
    rows: list[StoredRow] = []
    if definition is not None and table is not None and not must_fix:
        rows = stored_rows(definition, table)
    rows_sha256 = "" if must_fix else rows_hash(rows)
    if one.period is not None:
        findings += succession_findings(drop.arrival, one.period, cover, rows_sha256, live)
    decision = decide(tuple(findings), is_readable=definition is None or table is not None)
    purged_by = {rule.name for rule in definition.rules if rule.is_purged} if definition else set()
    rows_in = len(table.rows) if table else 0
    is_kept = decision in ("accepted", "held")
    receipt = Receipt(
        id=drop.id,
        decision=decision,
        received_at=to_text(now),
        sender=drop.arrival.sender,
        feed=drop.arrival.feed,
        period=drop.arrival.period,
        periods=one.period.part_ids() if one.period else (),
        file_name=as_text(drop.arrival.path.name),
        sha256=drop.sha256,
        cover_sha256=drop.cover_sha256,
        corrects=cover.corrects_receipt,
        reason=cover.reason,
        prepared_by=cover.prepared_by,
        signed_off_by=cover.signed_off_by,
        notes=cover.notes,
        is_nil=cover.is_nil_return,
        is_purged=any(finding.rule in purged_by for finding in findings),
        size_bytes=len(drop.data),
        attempt=drop.attempt,
        definition_version=definition.version if definition else "",
        register_version=register.sha256,
        settings_version=settings_version,
        software_version=__version__,
        rows_in=rows_in,
        rows_kept=rows_in if is_kept else 0,
        rows_refused=0 if is_kept else rows_in,
        rows_sha256=rows_sha256 if is_kept else "",
        services=_count_services(table),
        totals=column_totals(definition, table) if definition and table else {},
        findings=tuple(findings),
    )
    row_numbers = table.row_numbers if table is not None and is_kept else ()
    return Decided(drop, receipt, tuple(rows) if is_kept else (), row_numbers, table)


def _count_services(table: TextTable | None) -> int:
    """How many services the file speaks of, but for ALL of them."""
    position = table.columns.get("service_code") if table else None
    return len({cells[position] for cells in table.rows} - {"ALL", ""}) if table and position is not None else 0


def _keep(home: Home, drops: Collection[Drop]) -> None:
    """Keep the bytes before anything is decided about them."""
    named = {home.drops / drop.sha256: drop.data for drop in drops}
    named |= {home.drops / drop.cover_sha256: drop.cover_data for drop in drops if drop.cover_data is not None}
    write_all({path: data for path, data in named.items() if not path.exists()})


def _clear_left(home: Home, receipts: Iterable[Receipt]) -> None:
    """Take away what a killed run did not come to: bytes that may not be kept, and covers of files that it cleared."""
    for receipt in receipts:
        if receipt.is_purged:
            remove(home.drops / receipt.sha256)
        if receipt.cover_sha256:
            inbox = home.landing / receipt.sender / INBOX / receipt.feed / receipt.period
            cover = inbox / f"{receipt.file_name}{SIDECAR}"
            is_left = cover.is_file() and not (inbox / receipt.file_name).exists()
            if is_left and hashlib.sha256(cover.read_bytes()).hexdigest() == receipt.cover_sha256:
                remove(cover)


def _waves(drops: Iterable[Drop]) -> list[list[Drop]]:
    """Drops for the same slots must be decided one after the other; nearly always there is one wave."""
    waves: list[tuple[set[Slot], list[Drop]]] = []
    for drop in drops:
        arrival = drop.arrival
        period = parse_period(arrival.period)
        names = period.part_ids() if period else (arrival.period,)
        slots = {(arrival.sender, arrival.feed, name) for name in names}
        # After the last wave with a drop for one of these slots, so that drops keep their order.
        after = max((place for place, (taken, _) in enumerate(waves, 1) if taken & slots), default=0)
        if after == len(waves):
            waves.append((set(), []))
        waves[after][0].update(slots)
        waves[after][1].append(drop)
    return [wave for _, wave in waves]


def _attempt(drop: Drop, given: Mapping[str, Receipt], register: Register, now: datetime) -> Drop:
    """The drop at the attempt that its receipt is, or will be, of.

    A refusal that rested on something outside the file (the register, the date) is not the last word on it: once that
    has changed, the same file sent again is decided anew. While nothing has changed it finds the receipt it has.
    """
    receipt = given.get(drop.id)
    while receipt is not None and _is_overtaken(receipt, given, register, now):
        drop = replace(drop, attempt=drop.attempt + 1)
        receipt = given.get(drop.id)
    return drop


def _is_overtaken(receipt: Receipt, given: Mapping[str, Receipt], register: Register, now: datetime) -> bool:
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
        or (finding.rule == _RESTS_ON_ANOTHER and _is_later(given.get(receipt.corrects), receipt))
        or (finding.rule == _RESTS_ON_DATE and period is not None and period.end_on < london_date(now))
        for finding in receipt.findings
    )


def _is_later(other: Receipt | None, receipt: Receipt) -> bool:
    return other is not None and other.received_at > receipt.received_at


def marked_up_drop(drop: Drop, receipt: Receipt, tables: Mapping[str, TextTable | None]) -> bytes | None:
    """The drop with the cells marked that something is to be done about; None where there is none to send back. What is
    not among `tables`, being sent again, is read again."""
    definition = feeds().get(receipt.feed)
    if definition is None or not is_sent_back(receipt):
        return None
    table = tables[drop.id] if drop.id in tables else read_for(definition, drop.data).table
    return None if table is None else marked_up(receipt, table, definition)


def _answer(home: Home, taken: Sequence[tuple[Drop, Receipt]], tables: Mapping[str, TextTable | None]) -> list[Left]:
    """Answer the senders and clear the inboxes. Where an outbox cannot be written, its files wait for the next run."""
    try:
        remove_all(home.drops / receipt.sha256 for _, receipt in taken if receipt.is_purged)
        write_all(
            {
                path: data
                for drop, receipt in taken
                for workbook in [marked_up_drop(drop, receipt, tables)]
                for path, data in answers(outbox_of(home, drop.arrival), receipt, workbook).items()
            }
        )
        remove_all(drop.arrival.path for drop, _ in taken)
        remove_all(drop.arrival.cover_path for drop, _ in taken if drop.cover_data is not None)
    except DiskFullError:
        raise
    except ImpactError as fault:
        if len(taken) > 1:
            return [left for one in taken for left in _answer(home, [one], tables)]
        [(drop, receipt)] = taken
        return [Left(drop.arrival.path, f"it was taken (receipt {receipt.id}), but not answered and cleared: {fault}")]
    return []


def _commit(home: Home, decided: Sequence[Decided]) -> None:
    """The returns first, then the receipts that make them count."""
    with row_writer() as writer:
        put_all(
            {
                return_path(home, receipt.feed, receipt.id): partial(
                    write_rows, writer, feeds()[receipt.feed], receipt.id, one.row_numbers, one.rows
                )
                for one in decided
                for receipt in [one.receipt]
                if receipt.rows_kept
            }
        )
    save_receipts(home, [one.receipt for one in decided])
