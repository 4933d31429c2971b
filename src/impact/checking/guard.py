"""Files are read in another process: whatever a file does to its reader, the rest go on.

What the reader does, and within which limits, belongs in `reader`.
"""

import json
import logging
import os
import pickle
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from impact.checking.findings import Finding, about_file
from impact.checking.personal import Look
from impact.checking.reader import CPU_SECONDS, READY, WALL_SECONDS, Terms, receive, send
from impact.checking.reading import LARGEST_BYTES, Reading, TextTable
from impact.definition import Definition
from impact.errors import ImpactError

_log = logging.getLogger(__name__)

_MOST_WORKERS = 4
_GRACE_SECONDS = 5.0
"""For a worker to be ended by its own limits before it is given up."""
_TRIES = 2
"""A worker may die of something else than its file: of whoever clears up on a machine that is out of memory."""
# Without numpy, which openpyxl looks for and does not need here, it begins in half the time.
_READER = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); sys.modules['numpy'] = None; "
    "from impact.checking.reader import serve; serve(int(sys.argv[2]))"
)


@dataclass(frozen=True)
class FileToRead:
    """The bytes of a file, and what they should be a table of; `is_csv`: and nothing but a CSV file. `others` are other
    layouts that it may have; `is_guess`: and all that is asked is which of them it has, if any. With `look` it is
    looked through for what may not be kept, and so are `texts` beside it (see `personal_findings`)."""

    data: bytes
    definition: Definition
    is_csv: bool = False
    others: tuple[Definition, ...] = ()
    is_guess: bool = False
    look: Look | None = None
    texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def terms(self) -> Terms:
        """What many files share."""
        return (self.definition, *self.others), self.look


def read_files(files: Sequence[FileToRead]) -> list[Reading]:
    """What comes of reading each file. One that costs its reader too much has no table and one finding.

    Raises ImpactError when the reader cannot be started.
    """
    readings: dict[int, Reading] = {}
    waiting = deque(enumerate(files))
    same = [(id(file.look), *(id(definition) for definition in file.terms[0])) for file in files]
    places = {terms: place for place, terms in enumerate(dict.fromkeys(same))}

    def read_what_waits() -> None:
        worker = None
        while True:
            try:
                index, file = waiting.popleft()
            except IndexError:
                break
            readings[index], worker = _read(worker, file, places[same[index]])
        if worker is not None:
            worker.connection.close()

    workers = min(_MOST_WORKERS, os.cpu_count() or 1, len(files))
    if workers < 2:
        read_what_waits()
    else:
        with ThreadPoolExecutor(workers) as pool:
            for share in [pool.submit(read_what_waits) for _ in range(workers)]:
                share.result()
    return [readings[index] for index in range(len(files))]


def read_file(data: bytes, definition: Definition) -> Reading:
    """What comes of reading one file, as `read_files` reads many."""
    return read_files([FileToRead(data, definition)])[0]


@dataclass(frozen=True)
class _Worker:
    """A process that reads, the other end of its socket, and which terms it has been given."""

    connection: socket.socket
    given: set[int] = field(default_factory=set)


def _read(worker: _Worker | None, file: FileToRead, place: int) -> tuple[Reading, _Worker | None]:
    """The reading, and the worker for the next file, if it is fit for one."""
    if len(file.data) > LARGEST_BYTES:
        return Reading(None, (about_file("too_large", high=str(LARGEST_BYTES // 1_000_000)),)), worker
    for _ in range(_TRIES):
        worker = worker or _hire()
        started = time.monotonic()
        try:
            answer = _ask(worker, file, place)
            is_fit = answer is not None and receive(worker.connection) == READY
        except OSError:
            answer, is_fit = None, False
        if not is_fit:
            worker.connection.close()
            worker = None
        if answer is not None:
            return _reading(answer), worker
        if time.monotonic() - started >= CPU_SECONDS:
            break
    return _too_much(), None


def _too_much() -> Reading:
    return Reading(None, (about_file("too_much_to_read"),))


def _ask(worker: _Worker, file: FileToRead, place: int) -> bytes | None:
    """The worker's answer; None when it is gone. Raises OSError likewise, or when the worker does not answer."""
    terms = None if place in worker.given else file.terms
    worker.given.add(place)
    send(worker.connection, pickle.dumps((place, terms, file.is_csv, file.is_guess, file.texts)))
    send(worker.connection, file.data)
    return receive(worker.connection)


def _hire() -> _Worker:
    """A worker that has said that it is there. Raises ImpactError when there is none to be had."""
    for _ in range(_TRIES):
        ours, theirs = socket.socketpair()
        ours.settimeout(WALL_SECONDS + _GRACE_SECONDS)
        try:
            with theirs:
                socket.send_fds(_reader(), [b"w"], [theirs.fileno()])
            if receive(ours) is not None:
                return _Worker(ours)
        except OSError:
            pass
        ours.close()
        _reader.cache_clear()
    raise ImpactError(
        "Files cannot be read: the process that reads them does not start, or was ended. Nothing was decided; see that "
        "the machine has memory to spare, then run the same command again."
    )


@cache
def _reader() -> socket.socket:
    """A way to the reader, which is started when it is first wanted and ends when this process does."""
    ours, theirs = socket.socketpair()
    with theirs:
        handle = theirs.fileno()
        subprocess.Popen(  # noqa: S603 - this interpreter, and code of our own
            [sys.executable, "-c", _READER, json.dumps(sys.path), str(handle)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=[handle],
        )
    return ours


def _reading(answer: bytes) -> Reading:
    if not answer.startswith(b"{"):
        if answer:
            _log.error("A file cannot be read because of a fault in this software: %s", answer.decode())
        return _too_much()
    read: Mapping[str, Any] = json.loads(answer)
    table = read["table"]
    if table is not None:
        rows = tuple(map(tuple, table["rows"]))
        numbers, headings = tuple(table["row_numbers"]), tuple(table["headings"])
        table = TextTable(table["columns"], rows, numbers, headings, table["heading_row"])
    findings, personal = (
        tuple(Finding(**{**entry, "cells": tuple(entry["cells"])}) for entry in read[name])
        for name in ("findings", "personal")
    )
    return Reading(table, findings, read["cover"], layout=read["layout"], personal=personal)
