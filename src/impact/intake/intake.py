"""The road from an inbox to a receipt, top to bottom: find, keep, read, check, decide, commit, answer, clear.

Drops are taken some hundred at a time, of small ones a thousand, so that memory does not grow with how many wait. The
receipt is the commit point. Killed before it, the next run decides the same; killed after it, the next run only answers
and clears.
"""

import hashlib
import logging
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice

from impact.checking.guard import FileToRead, read_files
from impact.checking.reading import Reading, TextTable
from impact.definition import feeds
from impact.errors import DiskFullError, ImpactError
from impact.home import Home, one_writer, put_all, remove, remove_all, write_all
from impact.intake.answers import answers
from impact.intake.attempts import attempt_of
from impact.intake.cover import SIDECAR
from impact.intake.deciding import NAME_WITHHELD, Decided, Known, decide_drops, known_by, read_drops
from impact.intake.landing import INBOX, Arrival, Drop, Left, find_arrivals, outbox_of, read_drop
from impact.intake.locks import load_reopenings
from impact.intake.marked_up import is_sent_back, marked_up
from impact.intake.receipts import (
    Receipt,
    Slot,
    load_receipts,
    save_receipts,
)
from impact.intake.returns import return_path, write_rows
from impact.parquet import parquet_connection
from impact.periods import parse_period
from impact.register import take_register
from impact.settings import settings_at, take_settings

_log = logging.getLogger(__name__)

_MOST_DROPS, _MOST_BYTES = 1_000, 10_000_000
"""So many, and of so many bytes together, are decided on and answered at once, unless one alone is larger. Checking has
a cost for each batch, which small drops should share; of 200 rows, one of 40 kB takes a megabyte while it is held."""
_CHANGED = "it changed while drops were taken"


@dataclass(frozen=True)
class Intake:
    """What one run of the intake did: receipts given, drops that had one already, files left where they are."""

    receipts: tuple[Receipt, ...]
    sent_again: int
    left: tuple[Left, ...]


@dataclass(frozen=True)
class _Waiting:
    """A drop that waits to be taken: which one it is, without its bytes."""

    arrival: Arrival
    id: str
    attempt: int
    size_bytes: int


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
        reopenings = load_reopenings(home)
        arrivals, left = find_arrivals(home, now, settings["settle_seconds"] if wait_until_settled else 0)
        waiting: list[_Waiting] = []
        for arrival in arrivals:
            try:
                drop = attempt_of(read_drop(arrival), given, register, reopenings, now)
            except OSError as fault:
                left.append(_cannot_be_opened(arrival, fault))
                continue
            waiting.append(_Waiting(arrival, drop.id, drop.attempt, len(drop.data)))
        fresh = {one.id: one for one in reversed(waiting) if one.id not in given}
        if fresh:
            _log.info("Checking %d new files", len(fresh))
        again = [one for one in waiting if fresh.get(one.id) is not one]
        known = known_by(register, now)
        receipts: list[Receipt] = []
        waves = [list(_parts(wave)) for wave in _waves(sorted(fresh.values(), key=lambda one: one.arrival))]
        read = _read_ahead([part for parts in waves for part in parts], known)
        for parts in waves:
            before = dict(given)  # which of a wave are decided on together makes no difference: all come after these
            for part in islice(read, len(parts)):
                taken = _take(home, part, known, settings_version, before, left)
                receipts += taken
                given |= {receipt.id: receipt for receipt in taken}
        sent_again = 0
        for repeated in _parts(again):
            drops = [drop for drop in _opened(repeated, left) if drop.id in given]
            sent_again += len(drops)
            left += _answer(home, [(drop, given[drop.id]) for drop in drops], {})
        for one in left:
            _log.warning("Left: %s, because %s", one.shown, one.reason)
        return Intake(tuple(receipts), sent_again, tuple(left))


@dataclass(frozen=True)
class _Read:
    """Drops that are decided on together, what came of reading each, and what could not be opened."""

    drops: list[Drop]
    readings: Mapping[str, Reading]
    left: list[Left]


def _read_ahead(parts: Iterable[Iterable[_Waiting]], known: Known) -> Iterator[_Read]:
    """Each part, read while the one before it is decided on: readers are other processes, and would wait meanwhile."""

    def read(part: Iterable[_Waiting]) -> _Read:
        left: list[Left] = []
        drops = _opened(part, left)
        return _Read(drops, read_drops(drops, known), left)

    ahead: Future[_Read] | None = None
    # One at a time: what is read and what is decided on are all that is held.
    with ThreadPoolExecutor(1) as pool:
        for part in parts:
            before, ahead = ahead, pool.submit(read, part)
            if before is not None:
                yield before.result()
        if ahead is not None:
            yield ahead.result()


def _take(
    home: Home, part: _Read, known: Known, settings_version: str, before: Mapping[str, Receipt], left: list[Left]
) -> list[Receipt]:
    """Take these drops, whole. All that is held of them in memory, but their receipts, is let go of at the end."""
    left += part.left
    decided = decide_drops(home, part.drops, known, settings_version, before, part.readings)
    commit(home, decided)
    tables = {one.receipt.id: one.table for one in decided if is_sent_back(one.receipt)}
    left += _answer(home, [(one.drop, one.receipt) for one in decided], tables)
    return [one.receipt for one in decided]


def _parts(waiting: Iterable[_Waiting]) -> Iterator[list[_Waiting]]:
    """As many at a time as are taken together, in their order."""
    part: list[_Waiting] = []
    size_bytes = 0
    for one in waiting:
        if part and (len(part) == _MOST_DROPS or size_bytes + one.size_bytes > _MOST_BYTES):
            yield part
            part, size_bytes = [], 0
        part.append(one)
        size_bytes += one.size_bytes
    if part:
        yield part


def _opened(waiting: Iterable[_Waiting], left: list[Left]) -> list[Drop]:
    """The drops with their bytes. One that is no longer what it was when it was found is added to `left`."""
    drops = []
    for one in waiting:
        try:
            drop = read_drop(one.arrival, one.attempt)
        except OSError as fault:
            left.append(_cannot_be_opened(one.arrival, fault))
            continue
        if drop.id == one.id:
            drops.append(drop)
        else:
            left.append(Left(one.arrival.path, _CHANGED))
    return drops


def _cannot_be_opened(arrival: Arrival, fault: OSError) -> Left:
    return Left(arrival.path, f"it cannot be opened: {fault.strerror}")


def _keep(home: Home, drops: Collection[Drop]) -> None:
    """Keep the bytes before anything is said of what was decided about them."""
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
            is_named = receipt.file_name != NAME_WITHHELD
            for cover in [inbox / f"{receipt.file_name}{SIDECAR}"] if is_named else sorted(inbox.glob(f"*{SIDECAR}")):
                is_left = cover.is_file() and not cover.with_name(cover.name.removesuffix(SIDECAR)).exists()
                if is_left and hashlib.sha256(cover.read_bytes()).hexdigest() == receipt.cover_sha256:
                    remove(cover)


def _waves(waiting: Iterable[_Waiting]) -> list[list[_Waiting]]:
    """Drops for the same slots must be decided one after the other, and those of which one is before the other: as many
    waves as one sender has sent files of one feed."""
    waves: list[tuple[set[Slot], list[_Waiting]]] = []
    for one in waiting:
        arrival = one.arrival
        period = parse_period(arrival.period)
        definition = feeds().get(arrival.feed)
        names = period.part_ids() if period else (arrival.period,)
        if definition is not None and definition.looks_back:
            names = ("",)  # each is compared with what the same sender had sent before
        slots = {(arrival.sender, arrival.feed, name) for name in names}
        # After the last wave with a drop for one of these slots, so that drops keep their order.
        after = max((place for place, (taken, _) in enumerate(waves, 1) if taken & slots), default=0)
        if after == len(waves):
            waves.append((set(), []))
        waves[after][0].update(slots)
        waves[after][1].append(one)
    return [wave for _, wave in waves]


def marked_up_drop(drop: Drop, receipt: Receipt, tables: Mapping[str, TextTable | None]) -> bytes | None:
    """The drop with the cells marked that something is to be done about; None where there is none to send back. What is
    not among `tables`, being sent again, is read again."""
    definition = feeds().get(receipt.feed)
    if definition is None or not is_sent_back(receipt):
        return None
    if drop.id in tables:
        table = tables[drop.id]
    else:
        [reading] = read_files([FileToRead(drop.data, definition, is_csv=definition.is_csv)])
        table = reading.table
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
        done = {drop.arrival.path: drop for drop, _ in taken if _is_as_read(drop)}
        remove_all(done)
        remove_all(drop.arrival.cover_path for drop in done.values() if drop.cover_data is not None)
    except DiskFullError:
        raise
    except ImpactError as fault:
        if len(taken) > 1:
            return [left for one in taken for left in _answer(home, [one], tables)]
        [(drop, receipt)] = taken
        return [Left(drop.arrival.path, f"it was taken (receipt {receipt.id}), but not answered and cleared: {fault}")]
    return [Left(drop.arrival.path, _CHANGED) for drop, _ in taken if drop.arrival.path not in done]


def _is_as_read(drop: Drop) -> bool:
    """False where something else lies there by now, which has not been taken yet."""
    try:
        return read_drop(drop.arrival, drop.attempt).id == drop.id
    except FileNotFoundError:
        return True
    except OSError:
        return False


def commit(home: Home, decided: Sequence[Decided]) -> None:
    """The bytes and the returns first, then the receipts that make them count. What may not be kept is never written:
    until it has its receipt, a file lies in its inbox."""
    _keep(home, [one.drop for one in decided if not one.receipt.is_purged])
    with parquet_connection() as writer:
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
