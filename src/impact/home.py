"""Where things are kept, and the only ways to change what is kept there.

Every change on disk goes through `put`, `put_folder` or `remove`, or what is made of them: written aside, synced,
renamed, so that a process killed at any instruction leaves either the old thing or the new one. What a thing means
belongs elsewhere.
"""

import ctypes
import errno
import fcntl
import json
import logging
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from impact.errors import DiskFullError, HomeBusyError, ImpactError

_Record = TypeVar("_Record")

PARTIAL = ".impact-partial-"
"""What the name of an unfinished file or folder starts with: never read, cleared by the next writer."""

_FEW = 16
"""Up to so many files are synced one by one: that costs less than all that may wait to be written on a busy machine."""

_LOCK_PAUSE_SECONDS = 0.2
_LOCK_TELL_SECONDS = 2

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Home:
    """The folders under IMPACT_HOME. All state is files; nothing here is created until it is written."""

    root: Path
    warehouse_folder: Path | None = None
    """Another place for the tables than under `root`, for whoever builds those of a past day."""

    @property
    def landing(self) -> Path:
        return self.root / "landing"

    @property
    def drops(self) -> Path:
        return self.root / "drops"

    @property
    def receipts(self) -> Path:
        return self.root / "receipts"

    @property
    def confirmations(self) -> Path:
        return self.root / "confirmations"

    @property
    def reopenings(self) -> Path:
        return self.root / "reopenings"

    @property
    def returns(self) -> Path:
        return self.root / "returns"

    @property
    def purges(self) -> Path:
        """A record of each file of answer sheets whose time was up."""
        return self.root / "purges"

    @property
    def register(self) -> Path:
        return self.root / "register"

    @property
    def settings(self) -> Path:
        return self.root / "settings.yaml"

    @property
    def settings_versions(self) -> Path:
        return self.root / "settings" / "versions"

    @property
    def warehouse(self) -> Path:
        return (self.warehouse_folder or self.root / "warehouse") / "warehouse.duckdb"

    @property
    def release(self) -> Path:
        """The tables of the publication that is being made, or was made last."""
        return self.warehouse.with_name("release.duckdb")

    @property
    def released(self) -> Path:
        """What each publication let out, for ops alone: never handed to anybody."""
        return self.root / "released"

    @property
    def prepared(self) -> Path:
        """Publications as they were prepared for the accuracy check: not for readers."""
        return self.root / "prepared"

    @property
    def comments(self) -> Path:
        """What organisations answered to the accuracy check."""
        return self.root / "comments"

    @property
    def releases(self) -> Path:
        """Who released which publication, for ops alone."""
        return self.root / "releases"

    @property
    def publications(self) -> Path:
        """What readers have: publications as they were released."""
        return self.root / "publications"

    @property
    def dagster(self) -> Path:
        return self.root / "dagster"

    @property
    def lock(self) -> Path:
        return self.root / ".lock"


def write(path: Path, data: bytes) -> None:
    """Put `data` at `path`, whole or not at all, and durable when this returns. Raises ImpactError when it cannot."""
    write_all({path: data})


def write_all(files: Mapping[Path, bytes]) -> None:
    """Like `write` for many files: each whole or not at all, and all durable when this returns."""
    put_all({path: partial(_fill, data) for path, data in files.items()})


def write_json(path: Path, value: Any) -> None:
    """`value` as JSON that people can read and that is the same bytes every time."""
    write(path, json_bytes(value))


def read_records(folder: Path, kind: type[_Record]) -> list[_Record]:
    """Small records, each a file of JSON that was written once, in the order of their names. Raises ImpactError on one
    that cannot be read."""
    found = []
    for path in sorted(folder.glob("[!.]*.json")):
        try:
            found.append(kind(**json.loads(path.read_text("utf-8"))))
        except (ValueError, TypeError) as fault:
            raise ImpactError(
                f"The {kind.__name__.lower()} {path} cannot be read ({fault}). Put it back from a copy."
            ) from fault
    return found


def json_bytes(value: Any) -> bytes:
    """JSON in UTF-8 with a fixed layout."""
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def put(path: Path, fill: Callable[[Path], object]) -> None:
    """Like `write`, for whoever fills the file itself: `fill` is given a path beside `path` to write to."""
    put_all({path: fill})


def put_all(fills: Mapping[Path, Callable[[Path], object]]) -> None:
    """Like `put` for many files. When one cannot be written, those that are in place already stay."""
    unfinished = {path: path.with_name(f"{PARTIAL}{path.name}") for path in fills}
    try:
        for path, fill in fills.items():
            with _said_plainly(path):
                _make_folder(path.parent)
                fill(unfinished[path])
        _sync_all({unfinished[path]: path for path in fills})
        for path in fills:
            with _said_plainly(path):
                os.replace(unfinished[path], path)
        _sync_all({path.parent: path for path in fills})
    except ImpactError:
        for path in unfinished.values():
            with suppress(OSError):
                path.unlink()
        raise


def put_folder(path: Path, files: dict[str, bytes]) -> None:
    """A new folder at `path` holding `files` (relative name -> bytes), seen by readers only when all are in it."""
    with _said_plainly(path):
        _make_folder(path.parent)
        unfinished = path.with_name(f"{PARTIAL}{path.name}")
        shutil.rmtree(unfinished, ignore_errors=True)
        try:
            for folder in sorted({(unfinished / name).parent for name in files}):
                folder.mkdir(parents=True, exist_ok=True)
            for name, data in sorted(files.items()):
                (unfinished / name).write_bytes(data)
            _sync_all(dict.fromkeys((*unfinished.rglob("*"), unfinished), path))
            os.rename(unfinished, path)
            _sync(path.parent)
        except (OSError, ImpactError):
            shutil.rmtree(unfinished, ignore_errors=True)
            raise


def remove(path: Path) -> None:
    """Take a file away, durably. One that is gone already is no fault."""
    remove_all([path])


def remove_all(paths: Iterable[Path]) -> None:
    """Like `remove` for many files."""
    folders: dict[Path, Path] = {}
    for path in paths:
        with _said_plainly(path):
            try:
                path.unlink()
            except FileNotFoundError:
                continue
            folders[path.parent] = path
    _sync_all(folders)


def _clear_partials(home: Home) -> None:
    """Take away what a killed writer left half-written. Only for the holder of the lock."""
    for folder in home.root.iterdir():
        if folder == home.dagster or not folder.is_dir():
            continue
        for left in sorted(folder.rglob(f"{PARTIAL}*")):
            with _said_plainly(left):
                if left.is_dir() and not left.is_symlink():
                    shutil.rmtree(left)
                else:
                    left.unlink(missing_ok=True)


@contextmanager
def one_writer(home: Home, who: str, wait_seconds: float = 600.0) -> Iterator[None]:
    """Hold the home's lock, which the operating system frees when the holder dies, however it dies.

    Raises HomeBusyError, which names the holder, when the lock is not free within `wait_seconds`.
    """
    with _said_plainly(home.lock):
        _make_folder(home.root)
        handle = os.open(home.lock, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        _wait_for_lock(home, handle, wait_seconds)
        with _said_plainly(home.lock):
            os.ftruncate(handle, 0)
            os.pwrite(handle, f"{who} (process {os.getpid()})\n".encode(), 0)
        _clear_partials(home)
        yield
    finally:
        os.close(handle)


def _wait_for_lock(home: Home, handle: int, wait_seconds: float) -> None:
    started = time.monotonic()
    is_told = False
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            waited = time.monotonic() - started
            holder = os.pread(handle, 200, 0).decode(errors="replace").strip() or "another process"
            if waited >= wait_seconds:
                raise HomeBusyError(
                    f"{home.root} is being written by {holder}. Wait until it has finished, then try again."
                ) from None
            if waited > _LOCK_TELL_SECONDS and not is_told:
                is_told = True
                _log.info("Waiting for %s", holder)
            time.sleep(_LOCK_PAUSE_SECONDS)


def _make_folder(folder: Path) -> None:
    """The folder and those that lead to it, each durable in the one above it."""
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        _sync(folder.parent)


def _fill(data: bytes, path: Path) -> None:
    path.write_bytes(data)


def _sync_all(parts: Mapping[Path, Path]) -> None:
    """Make files, or what folders list, durable: one by one where they are few, else their whole file system at once.
    Each is mapped to the path that a fault is about."""
    sync, wanted = _sync, parts
    if len(parts) > _FEW:
        sync, wanted = _sync_file_system, {}
        for part in {part.stat().st_dev: part for part in parts}.values():
            wanted[part] = parts[part]
    for part, path in wanted.items():
        with _said_plainly(path):
            sync(part)


def _sync_file_system(path: Path) -> None:
    """Everything that was written to the file system of `path`. Python has no call of its own for what Linux offers."""
    system = ctypes.CDLL(None, use_errno=True)
    if not hasattr(system, "syncfs"):
        os.sync()
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        if system.syncfs(handle):
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(path))
    finally:
        os.close(handle)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _said_plainly(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        if fault.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFullError(_words(path, "the disk is full", "Free some space there")) from fault
        if fault.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise cannot_write(path, "this user may not write there", "Give it the right to") from fault
        raise cannot_write(path, str(fault.strerror or fault), "Mend that") from fault


def cannot_write(path: Path, what: str, remedy: str = "Free some space there") -> ImpactError:
    """The fault that something could not be written, in the words that every such fault has."""
    return ImpactError(_words(path, what, remedy))


def _words(path: Path, what: str, remedy: str) -> str:
    return (
        f"Could not write {path}: {what}. {remedy}, then run the same command again: nothing was lost, and what was "
        "finished before this stays."
    )
