"""Files are read in another process, under limits, and what one of them does to its reader is nothing to the rest."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from impact.checking import guard
from impact.checking.guard import FileToRead, read_file, read_files
from impact.checking.reading import Reading, read_csv, read_table
from impact.errors import ImpactError
from tests.unit.checking.small import HEADINGS, SMALL, csv_bytes, good_rows
from tests.unit.checking.test_workbook import NAMESPACE, small_book, with_parts

GOOD = csv_bytes([HEADINGS, *good_rows()])
BOOK = small_book(*good_rows())


def rules(reading: Reading) -> list[str]:
    return [finding.rule for finding in reading.findings]


def of_many_styles() -> bytes:
    """Two million formats of nothing, in a file of 100 kB."""
    styles = (
        f"<styleSheet {NAMESPACE}><cellXfs>".encode() + b"<xf numFmtId='14'/>" * 1_900_000 + b"</cellXfs></styleSheet>"
    )
    return with_parts(BOOK, **{"xl/styles.xml": lambda _: styles})


def children_of(process: int) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def test_what_is_read_there_is_what_is_read_here() -> None:
    files = [GOOD, BOOK, b"", b"PK\x03\x04", GOOD.replace(b"12.5", b"twelve"), b"\x00", b"x" * 200_000] * 5
    expected = [read_table(data, SMALL) for data in files]
    assert read_files([FileToRead(data, SMALL) for data in files]) == expected
    assert read_file(GOOD, SMALL) == expected[0]
    assert read_files([FileToRead(BOOK, SMALL, is_csv=True)]) == [read_csv(BOOK, SMALL)]
    assert read_files([]) == []


def test_a_file_that_unfolds_into_too_much_is_told_so_and_the_rest_are_read() -> None:
    files = [GOOD, of_many_styles(), BOOK]
    first, refused, last = read_files([FileToRead(data, SMALL) for data in files])
    assert rules(refused) == ["too_much_to_read"]
    assert refused.table is None
    assert refused.findings[0].severity == "must_fix"
    assert [first, last] == [read_table(GOOD, SMALL), read_table(BOOK, SMALL)]


def test_the_limit_of_memory_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cell of the longest allowed length in every row: a table too large for a limit that is nearly nothing."""
    with fresh_reader(monkeypatch, MEMORY_BYTES=100 * 2**20):
        many = b"organisation_code,note\n" + b"M001,xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n" * 400_000
        assert rules(read_file(many, SMALL)) == ["too_much_to_read"]
        assert read_file(GOOD, SMALL) == read_table(GOOD, SMALL)


def test_the_limit_of_time_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    with fresh_reader(monkeypatch, CPU_SECONDS=0.02):
        many = b"organisation_code,note\n" + b"M001,x\n" * 400_000
        started = time.monotonic()
        assert rules(read_file(many, SMALL)) == ["too_much_to_read"]
        assert time.monotonic() - started < 3
        assert read_file(GOOD, SMALL) == read_table(GOOD, SMALL)


def test_a_fault_of_our_own_is_logged_without_what_the_file_holds(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with fresh_reader(monkeypatch, read_layouts="lambda data, definitions: int('secret')"):
        assert rules(read_file(GOOD, SMALL)) == ["too_much_to_read"]
    assert "fault in this software: ValueError at <string>:1" in caplog.text
    assert "secret" not in caplog.text


class fresh_reader:  # noqa: N801 - a context like those of contextlib
    """A reader of its own, with other limits."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **limits: float | str) -> None:
        said = "; ".join(f"reader.{name} = {value}" for name, value in limits.items())
        begin = f"from impact.checking import reader; {said}; reader.serve(int(sys.argv[2]))"
        self.code = guard._READER.replace("from impact.checking.reader import serve; serve(int(sys.argv[2]))", begin)
        assert self.code != guard._READER
        self.patch = monkeypatch

    def __enter__(self) -> None:
        self.patch.setattr(guard, "_READER", self.code)
        guard._reader.cache_clear()

    def __exit__(self, *_: object) -> None:
        self.patch.undo()
        guard._reader.cache_clear()


def test_a_worker_that_is_killed_once_was_not_killed_by_its_file() -> None:
    """Whoever clears up on a machine that is out of memory may kill it: the file is tried again."""
    read_file(GOOD, SMALL)
    stopped = threading.Event()

    def kill_some() -> None:
        while not stopped.is_set():
            for server in children_of(os.getpid()):
                for worker in children_of(server)[:1]:
                    os.kill(worker, signal.SIGKILL)
                    stopped.set()

    killer = threading.Thread(target=kill_some)
    killer.start()
    try:
        readings = read_files([FileToRead(BOOK, SMALL)] * 100)
    finally:
        stopped.set()
        killer.join()
    assert set(map(str, readings)) == {str(read_table(BOOK, SMALL))}


def test_a_reader_that_was_killed_is_started_again() -> None:
    read_file(GOOD, SMALL)
    for server in children_of(os.getpid()):
        os.kill(server, signal.SIGKILL)
    assert read_file(GOOD, SMALL) == read_table(GOOD, SMALL)


def test_many_threads_and_forked_processes_may_read_at_the_same_time() -> None:
    """As Dagster's process does, and as the tests that kill a run do."""
    expected = read_table(BOOK, SMALL)
    read_file(GOOD, SMALL)
    outcomes: list[bool] = []
    threads = [
        threading.Thread(target=lambda: outcomes.append(read_files([FileToRead(BOOK, SMALL)] * 20) == [expected] * 20))
        for _ in range(4)
    ]
    child = os.fork()
    if child == 0:
        os._exit(0 if read_files([FileToRead(BOOK, SMALL)] * 20) == [expected] * 20 else 1)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == [True] * 4
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_nobody_is_left_when_whoever_asked_is_killed() -> None:
    ask = (
        "import os, time; from impact.checking import guard; from tests.unit.checking.small import SMALL; "
        "worker = guard._hire(); print(os.getpid(), flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", ask], stdout=subprocess.PIPE, text=True, env={**os.environ})
    assert parent.stdout is not None
    assert int(parent.stdout.readline()) == parent.pid
    [server] = children_of(parent.pid)
    [worker] = children_of(server)
    parent.kill()
    parent.wait()
    ends = time.monotonic() + 5
    while any(Path(f"/proc/{pid}").exists() for pid in (server, worker)) and time.monotonic() < ends:
        time.sleep(0.01)
    assert not [pid for pid in (server, worker) if Path(f"/proc/{pid}").exists()]


def test_a_reader_that_does_not_start_is_said_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "_READER", "raise SystemExit")
    guard._reader.cache_clear()
    with pytest.raises(ImpactError, match="Files cannot be read: the process that reads them does not start"):
        read_file(GOOD, SMALL)
    monkeypatch.undo()
    guard._reader.cache_clear()
    assert read_file(GOOD, SMALL) == read_table(GOOD, SMALL)
