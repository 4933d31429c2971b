"""What is kept is changed whole or not at all, by one writer at a time."""

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from impact.errors import DiskFullError, HomeBusyError, ImpactError
from impact.home import (
    PARTIAL,
    Home,
    json_bytes,
    one_writer,
    put,
    put_all,
    put_folder,
    remove,
    remove_all,
    write,
    write_all,
    write_json,
)

FILES = {"manifest.json": b"{}", "C01/index.html": b"<p>", "C01/data.csv": b"a,b"}


class Killed(BaseException):
    """What a killed process does not survive: no `except Exception` sees it."""


def names_under(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def contents_under(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def break_call(monkeypatch: pytest.MonkeyPatch, name: str, fault: BaseException, nth: int = 1) -> None:
    """The `nth` call of `os.<name>`, and every call after it, raises `fault`."""
    real: Callable[..., Any] = getattr(os, name)
    calls = 0

    def call(*args: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls >= nth:
            raise fault
        return real(*args, **named)

    monkeypatch.setattr(os, name, call)


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """The inode of everything that has been synced so far."""
    inodes: set[int] = set()
    real = os.fsync

    def fsync(handle: int) -> None:
        inodes.add(os.fstat(handle).st_ino)
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    return inodes


def no_space() -> OSError:
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_looking_at_a_home_creates_nothing(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    places = [home.landing, home.drops, home.receipts, home.returns, home.register, home.warehouse, home.publications]
    assert all(home.root in place.parents for place in places)
    assert not home.root.exists()


def test_what_is_written_is_all_that_is_there(tmp_path: Path) -> None:
    write(tmp_path / "a" / "b" / "file", b"new")
    assert names_under(tmp_path) == {"a", "a/b", "a/b/file"}
    assert (tmp_path / "a" / "b" / "file").read_bytes() == b"new"


def test_writing_again_leaves_nothing_of_the_longer_content_before(tmp_path: Path) -> None:
    write(tmp_path / "file", b"old and long")
    write(tmp_path / "file", b"new")
    assert contents_under(tmp_path) == {"file": b"new"}


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_disk_leaves_the_old_content_and_no_partial(
    call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "file", b"old")
    break_call(monkeypatch, call, no_space())
    with pytest.raises(DiskFullError, match="the disk is full") as said:
        write(tmp_path / "file", b"new")
    assert str(tmp_path / "file") in str(said.value)
    assert contents_under(tmp_path) == {"file": b"old"}


def test_a_disk_that_fails_once_the_file_is_in_place_leaves_a_whole_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "file", b"old")
    break_call(monkeypatch, "fsync", no_space(), nth=2)
    with pytest.raises(ImpactError):
        write(tmp_path / "file", b"new")
    assert contents_under(tmp_path) == {"file": b"new"}


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "the disk is full. Free some space there"),
        (errno.EDQUOT, "the disk is full. Free some space there"),
        (errno.EACCES, "this user may not write there. Give it the right to"),
        (errno.EROFS, "this user may not write there. Give it the right to"),
        (errno.EIO, os.strerror(errno.EIO)),
    ],
)
def test_a_fault_of_the_disk_is_said_in_plain_words(
    number: int, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_call(monkeypatch, "replace", OSError(number, os.strerror(number)))
    with pytest.raises(ImpactError) as said:
        write(tmp_path / "file", b"new")
    assert words in str(said.value)
    assert str(tmp_path / "file") in str(said.value)


def test_a_disk_that_fills_up_while_a_file_is_filled_leaves_the_old_content(tmp_path: Path) -> None:
    write(tmp_path / "file", b"old")

    def fill(partial: Path) -> None:
        partial.write_bytes(b"half of the n")
        raise no_space()

    with pytest.raises(ImpactError, match="the disk is full"):
        put(tmp_path / "file", fill)
    assert contents_under(tmp_path) == {"file": b"old"}


def test_a_fill_that_fails_for_its_own_reason_keeps_the_reason_and_the_old_content(tmp_path: Path) -> None:
    write(tmp_path / "file", b"old")

    def fill(partial: Path) -> None:
        partial.write_bytes(b"half of the n")
        raise ArithmeticError("of its own")

    with pytest.raises(ArithmeticError, match="of its own"):
        put(tmp_path / "file", fill)
    assert (tmp_path / "file").read_bytes() == b"old"


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_writer_killed_before_the_end_leaves_the_old_content_and_the_next_one_tidies_up(
    call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "home")
    write(home.receipts / "file", b"old")
    with monkeypatch.context() as broken:
        break_call(broken, call, Killed())
        with pytest.raises(Killed):
            write(home.receipts / "file", b"new")
    assert (home.receipts / "file").read_bytes() == b"old"
    assert names_under(home.receipts) == {"file", f"{PARTIAL}file"}
    with one_writer(home, "the next one"):
        assert names_under(home.receipts) == {"file"}


def test_what_is_written_is_durable_with_every_folder_that_leads_to_it(tmp_path: Path, synced: set[int]) -> None:
    path = tmp_path / "new" / "newer" / "file"
    write(path, b"new")
    assert synced >= {place.stat().st_ino for place in (path, path.parent)}
    # a folder that was made is found again after a power cut only if the folder above it was synced too
    assert synced >= {place.stat().st_ino for place in (tmp_path / "new", tmp_path)}


def test_json_is_the_same_bytes_each_time_and_people_can_read_it(tmp_path: Path) -> None:
    write_json(tmp_path / "file", {"name": "Café", "cells": ["F3"]})
    assert (tmp_path / "file").read_text("utf-8") == '{\n  "name": "Café",\n  "cells": [\n    "F3"\n  ]\n}\n'
    assert (tmp_path / "file").read_bytes() == json_bytes({"name": "Café", "cells": ["F3"]})


def test_a_folder_is_put_with_all_its_files(tmp_path: Path) -> None:
    put_folder(tmp_path / "publications" / "1", FILES)
    assert contents_under(tmp_path) == {f"publications/1/{name}": data for name, data in FILES.items()}


@pytest.mark.parametrize(("call", "nth"), [*(("fsync", nth) for nth in range(1, 6)), ("rename", 1)])
def test_a_full_disk_leaves_nothing_of_a_folder(
    call: str, nth: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_call(monkeypatch, call, no_space(), nth)
    with pytest.raises(ImpactError, match="the disk is full") as said:
        put_folder(tmp_path / "1", FILES)
    assert str(tmp_path / "1") in str(said.value)
    assert names_under(tmp_path) == set()


def test_a_folder_that_is_there_is_never_overwritten(tmp_path: Path) -> None:
    put_folder(tmp_path / "1", FILES)
    with pytest.raises(ImpactError) as said:
        put_folder(tmp_path / "1", {"manifest.json": b"other"})
    assert str(tmp_path / "1") in str(said.value)
    assert contents_under(tmp_path) == {f"1/{name}": data for name, data in FILES.items()}


def test_what_a_killed_writer_left_is_never_mixed_into_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        break_call(broken, "rename", Killed())
        with pytest.raises(Killed):
            put_folder(tmp_path / "1", {"stale.csv": b"stale"})
    assert not (tmp_path / "1").exists()
    put_folder(tmp_path / "1", FILES)
    assert contents_under(tmp_path) == {f"1/{name}": data for name, data in FILES.items()}


@pytest.mark.parametrize("files", [FILES, {"one/two/three.csv": b"deep"}], ids=["one deep", "two deep"])
def test_a_folder_is_durable_with_all_that_is_in_it(files: dict[str, bytes], tmp_path: Path, synced: set[int]) -> None:
    put_folder(tmp_path / "1", files)
    inside = [tmp_path, tmp_path / "1", *(tmp_path / "1").rglob("*")]
    assert {path for path in inside if path.stat().st_ino not in synced} == set()


def test_a_file_is_removed_and_one_that_is_gone_is_no_fault(tmp_path: Path) -> None:
    write(tmp_path / "file", b"old")
    remove(tmp_path / "file")
    assert names_under(tmp_path) == set()
    remove(tmp_path / "file")


def test_a_file_whose_whole_folder_is_gone_is_no_fault(tmp_path: Path) -> None:
    """Senders tidy up their own inbox, folders and all, whenever they like."""
    remove(tmp_path / "gone" / "file")


@pytest.mark.parametrize("count", [0, 1, 3, 200])
def test_many_files_are_written_and_removed_as_one_is(count: int, tmp_path: Path) -> None:
    files = {tmp_path / f"{number % 7}" / f"{number}": f"{number}".encode() for number in range(count)}
    write_all(files)
    assert contents_under(tmp_path) == {path.relative_to(tmp_path).as_posix(): data for path, data in files.items()}
    remove_all([*files, tmp_path / "never" / "there"])
    assert contents_under(tmp_path) == {}


@pytest.mark.parametrize(("call", "nth"), [("fsync", 1), ("fsync", 3), ("replace", 1)])
def test_a_full_disk_leaves_nothing_of_many_files(
    call: str, nth: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_call(monkeypatch, call, no_space(), nth)
    with pytest.raises(DiskFullError):
        write_all({tmp_path / name: b"new" for name in "abc"})
    assert names_under(tmp_path) == set()


def test_of_many_files_those_in_place_stay_when_one_cannot_be_put(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_call(monkeypatch, "replace", no_space(), 3)
    with pytest.raises(DiskFullError):
        write_all({tmp_path / name: name.encode() for name in "abc"})
    assert contents_under(tmp_path) == {"a": b"a", "b": b"b"}


@pytest.mark.parametrize("count", [3, 200])
def test_when_one_of_many_cannot_be_filled_none_is_put(count: int, tmp_path: Path) -> None:
    def fill(path: Path) -> None:
        if path.name.endswith("-2"):
            raise no_space()
        path.write_bytes(b"new")

    with pytest.raises(DiskFullError):
        put_all({tmp_path / f"file-{number}": fill for number in range(count)})
    assert names_under(tmp_path) == set()


@pytest.mark.parametrize("name", ["a file/in it", "n" * 250])
def test_a_place_where_nothing_can_be_is_said_in_plain_words(name: str, tmp_path: Path) -> None:
    (tmp_path / "a file").write_bytes(b"")
    with pytest.raises(ImpactError):
        write(tmp_path / name, b"new")


def test_a_removal_is_durable(tmp_path: Path, synced: set[int]) -> None:
    (tmp_path / "file").write_bytes(b"old")
    remove(tmp_path / "file")
    assert tmp_path.stat().st_ino in synced


HOLD = """
import sys
from pathlib import Path
from impact.home import Home, one_writer
with one_writer(Home(Path(sys.argv[1])), "the night run"):
    sys.stdout.write("held\\n")
    sys.stdout.flush()
    sys.stdin.read()
"""


@contextmanager
def held_elsewhere(home: Home) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock until its stdin ends."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(home.root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def test_a_second_writer_is_told_who_holds_the_home(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    with held_elsewhere(home) as process:
        with pytest.raises(HomeBusyError) as said, one_writer(home, "a person", wait_seconds=0):
            pytest.fail("two writers at once")
        assert f"the night run (process {process.pid})" in str(said.value)
        assert str(home.root) in str(said.value)


def test_a_writer_in_the_same_process_has_to_wait_too(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    with one_writer(home, "the night run"):  # noqa: SIM117 - the outer one must be held when the inner one is tried
        with pytest.raises(HomeBusyError, match="the night run"), one_writer(home, "a person", wait_seconds=0):
            pytest.fail("two writers at once")


def test_a_writer_that_waits_gets_the_home_once_it_is_free(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    with held_elsewhere(home) as process:
        assert process.stdin is not None
        process.stdin.close()
        with one_writer(home, "a person", wait_seconds=30):
            assert home.lock.read_text() == f"a person (process {os.getpid()})\n"


def test_a_holder_that_is_killed_holds_nothing(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    with held_elsewhere(home) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        with one_writer(home, "the next one", wait_seconds=0):
            pass


def test_the_home_is_free_again_after_a_writer_that_failed(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    with pytest.raises(ArithmeticError), one_writer(home, "one that fails"):
        raise ArithmeticError
    with one_writer(home, "the next one", wait_seconds=0):
        pass


def test_what_a_killed_writer_left_is_cleared_and_nothing_else(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    kept = {
        "receipts/a.json": b"{}",
        "publications/2026-Q1/1/index.html": b"<p>",
        "landing/M001/inbox/.partial-upload": b"m",
        f"dagster/{PARTIAL}its-own": b"d",
    }
    left = {
        f"receipts/{PARTIAL}b.json": b"{",
        f"returns/sickness_absence/{PARTIAL}c.parquet": b"P",
        f"publications/2026-Q1/{PARTIAL}2/C01/index.html": b"<",
        f"publications/2026-Q1/{PARTIAL}2/{PARTIAL}deep/index.html": b"<",
    }
    for name, data in {**kept, **left}.items():
        path = home.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    with one_writer(home, "the next one"):
        assert {name: data for name, data in contents_under(home.root).items() if name != ".lock"} == kept
    assert not (home.publications / "2026-Q1" / f"{PARTIAL}2").exists()


def test_a_full_disk_is_said_in_plain_words_when_the_lock_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "home")
    with monkeypatch.context() as broken:
        break_call(broken, "pwrite", no_space())
        with pytest.raises(ImpactError, match="the disk is full") as said, one_writer(home, "a person"):
            pytest.fail("held without its holder's name")
    assert str(home.lock) in str(said.value)
    with one_writer(home, "the next one", wait_seconds=0):
        pass


def test_a_link_among_what_was_left_is_cleared_and_not_followed(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    write(tmp_path / "elsewhere" / "file", b"kept")
    home.receipts.mkdir(parents=True)
    (home.receipts / f"{PARTIAL}link").symlink_to(tmp_path / "elsewhere")
    with one_writer(home, "the next one"):
        assert names_under(home.receipts) == set()
    assert (tmp_path / "elsewhere" / "file").read_bytes() == b"kept"


def test_what_was_left_and_cannot_be_cleared_is_said_in_plain_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "home")
    write(home.receipts / f"{PARTIAL}file", b"half")
    break_call(monkeypatch, "unlink", OSError(errno.EACCES, os.strerror(errno.EACCES)))
    with pytest.raises(ImpactError, match="may not write there"), one_writer(home, "the next one"):
        pytest.fail("went on beside what a killed writer left")


def test_a_root_that_cannot_be_made_is_said_in_plain_words(tmp_path: Path) -> None:
    (tmp_path / "home").write_bytes(b"a file where the home should be")
    with pytest.raises(ImpactError) as said, one_writer(Home(tmp_path / "home"), "a person"):
        pytest.fail("a home that is a file")
    assert str(tmp_path / "home") in str(said.value)
