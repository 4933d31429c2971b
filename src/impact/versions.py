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

from impact.errors import ImpactError
from impact.home import PARTIAL, json_bytes, put_folder, write_json
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
    takings = [taking for path in _kept(folder) for taking in _takings(path)]
    taking = [to_text(now), max((order for _, order in takings), default=0) + 1]
    kept = folder / content_hash(files)
    if kept.is_dir():
        write_json(kept / _TAKEN, [*map(list, _takings(kept)), taking])
    else:
        put_folder(kept, {**files, _TAKEN: json_bytes([taking])})


def version_at(folder: Path, as_at: datetime) -> Version | None:
    """The version that holds at `as_at`, or None when none had been taken by then."""
    instant = to_text(as_at)
    taken = [(taking, path) for path in _kept(folder) for taking in _takings(path) if taking[0] <= instant]
    if not taken:
        return None
    _, path = max(taken)
    files = {file.name: file.read_bytes() for file in sorted(path.iterdir()) if file.name != _TAKEN}
    return Version(path.name, path, files)


def files_last_taken(folder: Path) -> frozenset[str]:
    """The names of the files of the version taken last; none when none was."""
    taken = [(taking, path) for path in _kept(folder) for taking in _takings(path)]
    return frozenset(file.name for file in max(taken)[1].iterdir() if file.name != _TAKEN) if taken else frozenset()


def _kept(folder: Path) -> list[Path]:
    kept = folder.iterdir() if folder.is_dir() else []
    return [path for path in kept if not path.name.startswith(PARTIAL) and (path / _TAKEN).is_file()]


def _takings(kept: Path) -> list[tuple[str, int]]:
    """When a version was taken: the instant, and its place among all takings, which tells two of one second apart."""
    try:
        return [(str(at), int(order)) for at, order in json.loads((kept / _TAKEN).read_text("utf-8"))]
    except (ValueError, TypeError) as fault:
        raise ImpactError(f"{kept / _TAKEN} cannot be read ({fault}). Put the file back from a copy.") from fault
