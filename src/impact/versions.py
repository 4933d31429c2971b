"""Kept versions of what a site may edit (its register, its settings), so that any past answer can be given again.

A version is a set of files, kept for ever under the SHA-256 of their content, with every instant at which it was
taken. Which version holds at `as_at` is the one taken last by then.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from impact.home import json_bytes, put_folder, write_json
from impact.periods import to_text

_TAKEN = "taken.json"


@dataclass(frozen=True)
class Version:
    """`sha256` names it; `folder` holds its files."""

    sha256: str
    folder: Path
    files: Mapping[str, bytes]


def content_hash(files: Mapping[str, bytes]) -> str:
    """SHA-256 over names and contents, whatever their order."""
    digest = hashlib.sha256()
    for name, data in sorted(files.items()):
        digest.update(f"{name}\n{len(data)}\n".encode())
        digest.update(data)
    return digest.hexdigest()


def is_current(folder: Path, files: Mapping[str, bytes], as_at: datetime) -> bool:
    """Whether these very files are the version that holds at `as_at`."""
    current = version_at(folder, as_at)
    return current is not None and current.sha256 == content_hash(files)


def take(folder: Path, files: Mapping[str, bytes], now: datetime) -> None:
    """Keep `files` as the version that holds from `now` on. Only for the holder of the home's lock."""
    kept = folder / content_hash(files)
    if kept.is_dir():
        write_json(kept / _TAKEN, sorted({*_taken_at(kept), to_text(now)}))
    else:
        put_folder(kept, {**files, _TAKEN: json_bytes([to_text(now)])})


def version_at(folder: Path, as_at: datetime) -> Version | None:
    """The version that holds at `as_at`, or None when none had been taken by then."""
    instant = to_text(as_at)
    kept = [path for path in folder.iterdir() if (path / _TAKEN).is_file()] if folder.is_dir() else []
    taken = [(at, path.name, path) for path in kept for at in _taken_at(path) if at <= instant]
    if not taken:
        return None
    _, sha256, path = max(taken)
    files = {file.name: file.read_bytes() for file in sorted(path.iterdir()) if file.name != _TAKEN}
    return Version(sha256, path, files)


def _taken_at(kept: Path) -> list[str]:
    read: list[str] = json.loads((kept / _TAKEN).read_text("utf-8"))
    return read
