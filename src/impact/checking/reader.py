"""The child process that files are read in: it forks a worker for every socket it is handed, and a worker reads one
file after the other, within limits that the system keeps.

It is started afresh and has one thread, so that it may fork whatever the process that started it is full of. Who
starts it, and what becomes of a file that its worker dies of, belongs in `guard`.
"""

import ctypes
import dataclasses
import gc
import json
import os
import pickle
import resource
import signal
import socket
import struct
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from impact.checking.personal import Look, personal_findings
from impact.checking.reading import UNSEEN, Reading, most_headings, read_csv, read_layouts
from impact.definition import Definition

Terms = tuple[tuple[Definition, ...], Look | None]
"""The layouts that a file may have, and what else is looked for in it: what many files share, handed over once."""

CPU_SECONDS = 4.0
"""The slowest file that can be meant, 20,000 rows of 60 columns in a workbook, takes about half of it."""
WALL_SECONDS = 30.0
"""For a worker that the machine does not let come to its turn. What is said of a file must not depend on what else the
machine has to do, so the time that is counted against the file is that of the processor."""
MEMORY_BYTES = 512 * 2**20
"""In all, with the 36 MB or so that a worker begins with."""
READY = b"ready"
"""What a worker says when it begins, and after each answer when it can take another file."""
LARGEST_ANSWER = 100_000_000
"""A text that a workbook keeps once can stand in a million of its cells."""

_KEPT_BYTES = 64 * 2**20
"""A worker that needed more than this reads no further file, so that each has the whole of the limit to itself."""
_DIE_WITH_PARENT = 1
_LENGTH = struct.Struct(">Q")


def serve(control_handle: int) -> None:
    """Fork a worker for every socket that arrives, until nobody is left who could hand one over."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started this one decides when it ends
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    die_with_parent = getattr(ctypes.CDLL(None), "prctl", None)
    gc.freeze()
    with socket.socket(fileno=control_handle) as control:
        while True:
            message, handles, _, _ = socket.recv_fds(control, 1, 1)
            if not message:
                return
            if os.fork() == 0:
                if die_with_parent is not None:
                    die_with_parent(_DIE_WITH_PARENT, signal.SIGKILL)
                control.close()
                _work(handles[0])
            os.close(handles[0])


def send(connection: socket.socket, payload: bytes) -> None:
    """Raises OSError when the other side is gone."""
    connection.sendall(_LENGTH.pack(len(payload)))
    connection.sendall(payload)


def receive(connection: socket.socket) -> bytes | None:
    """What the other side sent; None when it is gone. Raises OSError when it takes too long."""
    head = _exactly(connection, _LENGTH.size)
    return None if head is None else _exactly(connection, _LENGTH.unpack(head)[0])


def _exactly(connection: socket.socket, length: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < length:
        part = connection.recv(min(length - len(parts), 2**20))
        if not part:
            return None
        parts += part
    return bytes(parts)


def _work(handle: int) -> None:
    """Read what is asked for, until nobody asks any more. Never returns."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # what the interpreter says of a want of memory helps nobody
        began_with = _set_limits()
        known: dict[int, Terms] = {}
        with socket.socket(fileno=handle) as connection:
            send(connection, READY)
            while (asked := receive(connection)) is not None and (data := receive(connection)) is not None:
                asked_for = pickle.loads(asked)  # noqa: S301 - from the process that started this one
                place, terms, is_csv, is_guess, texts = asked_for
                terms = known.setdefault(place, terms)
                signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
                signal.setitimer(signal.ITIMER_REAL, WALL_SECONDS)
                answer = _answer(data, terms, texts, is_csv=is_csv, is_guess=is_guess)
                signal.setitimer(signal.ITIMER_PROF, 0)
                signal.setitimer(signal.ITIMER_REAL, 0)
                send(connection, answer)
                is_fit = _most_held() <= began_with + _KEPT_BYTES
                send(connection, READY if is_fit else b"")
                if not is_fit:
                    break
    finally:
        os._exit(0)


def _answer(data: bytes, terms: Terms, texts: Mapping[str, str], *, is_csv: bool, is_guess: bool = False) -> bytes:
    """The reading as JSON, nothing at all where that is more than anybody can have meant, or words where it raises.

    JSON and not a pickle: whoever reads the answer must be able to do so whatever a file made of this process.
    """
    try:
        definitions, look = terms
        if is_guess:
            return json.dumps(_plain(Reading(None, (), layout=most_headings(data, definitions)))).encode()
        reading = read_csv(data, definitions[0]) if is_csv else read_layouts(data, definitions)
        if look is not None and not any(finding.rule in UNSEEN for finding in reading.findings):
            found = personal_findings(definitions[reading.layout or 0], reading, data, texts, look)
            reading = dataclasses.replace(reading, personal=found)
        if _size(reading) > LARGEST_ANSWER:
            return b""
        return json.dumps(_plain(reading)).encode()
    except MemoryError:
        return b""
    except Exception as fault:  # a fault of this software's own, of which nothing that stands in the file may be said
        last = traceback.extract_tb(fault.__traceback__)[-1]
        return f"{type(fault).__name__} at {Path(last.filename).name}:{last.lineno}".encode()


def _size(reading: Reading) -> int:
    rows = reading.table.rows if reading.table is not None else ()
    return sum(len(cell) + 4 for cells in rows for cell in cells)


def _plain(reading: Reading) -> dict[str, Any]:
    """As `dataclasses.asdict` would have it, but for the rows, each cell of which that would copy."""
    table = reading.table
    return {
        "table": table and {entry.name: getattr(table, entry.name) for entry in dataclasses.fields(table)},
        "findings": [dataclasses.asdict(finding) for finding in reading.findings],
        "personal": [dataclasses.asdict(finding) for finding in reading.personal],
        "cover": reading.cover,
        "layout": reading.layout,
    }


def _set_limits() -> int:
    """Limit memory, and leave no core behind: it would hold what the file holds. The bytes that were in use before."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    return _most_held()


def _most_held() -> int:
    """The most memory that this process has held at a time, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
