"""What lies in the inboxes, and what its place there says: who sent it, for which feed and period.

A drop is identified by content and place, never by its file name: the same thing sent again is the same drop.
"""

import errno
import hashlib
import json
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path

from impact.checking.personal import is_personal
from impact.home import Home
from impact.intake.cover import SIDECAR

INBOX = "inbox"
OUTBOX = "outbox"
_UNSENT_PREFIXES = (".", "~$")
"""Files that Excel, Finder and upload tools make beside the real one while they work."""

_ID_LENGTH = 16


@dataclass(frozen=True, order=True)
class Arrival:
    """A file in an inbox. `feed` and `period` are the names of its folders, or empty where it lies in neither.

    Of two files for the same organisation, feed and period in one run, the one whose name comes first counts.
    """

    sender: str
    feed: str
    period: str
    path: Path

    @property
    def cover_path(self) -> Path:
        """Where the cover of a CSV file lies, if it has one."""
        return self.path.with_name(self.path.name + SIDECAR)


@dataclass(frozen=True)
class Left:
    """A file that was left where it is, and why."""

    path: Path
    reason: str

    @property
    def shown(self) -> str:
        """The file as logs may name it: without a name that is itself what may not be kept."""
        return str(self.path.with_name("(not shown)") if is_personal(as_text(self.path.name)) else self.path)


@dataclass(frozen=True)
class Drop:
    """An arrival, its bytes, and those of the cover beside it, if there is one.

    One that `retakes` a receipt is decided on again, `retaken_because` somebody had a reason.
    """

    arrival: Arrival
    data: bytes
    sha256: str
    cover_data: bytes | None = None
    attempt: int = 1
    retakes: str = ""
    retaken_because: str = ""

    @cached_property
    def cover_sha256(self) -> str:
        return "" if self.cover_data is None else hashlib.sha256(self.cover_data).hexdigest()

    @cached_property
    def id(self) -> str:
        """The receipt's number: from the bytes, the cover, the place and the attempt, and nothing else."""
        cover = {"sha256": self.cover_sha256} if self.cover_sha256 else {}
        facts = [self.sha256, self.arrival.sender, self.arrival.feed, self.arrival.period, cover, self.attempt]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:_ID_LENGTH]


def make_drop(arrival: Arrival, data: bytes, cover_data: bytes | None = None) -> Drop:
    """A drop at its first attempt."""
    return Drop(arrival, data, hashlib.sha256(data).hexdigest(), cover_data)


def read_drop(arrival: Arrival, attempt: int = 1) -> Drop:
    """The drop as it lies there, at an attempt. Raises OSError when it cannot be opened."""
    cover = _state(arrival.cover_path)
    if cover is None:
        return replace(make_drop(arrival, arrival.path.read_bytes()), attempt=attempt)
    # What is no file is not followed to wherever it points: as a cover it says nothing that can be read.
    cover_data = arrival.cover_path.read_bytes() if stat.S_ISREG(cover.st_mode) else b""
    return replace(make_drop(arrival, arrival.path.read_bytes(), cover_data), attempt=attempt)


def find_arrivals(home: Home, now: datetime, settle_seconds: float) -> tuple[list[Arrival], list[Left]]:
    """Every file to take, in an order that depends on its place alone, and every file to leave for now.

    A file is left while it changed less than `settle_seconds` ago, when it may still be on its way.
    """
    arrivals: list[Arrival] = []
    left: list[Left] = []
    for path in _files_in(home.landing):
        reason, inside = None, path.relative_to(home.landing).parts
        state = path.lstat()
        age_seconds = min(abs(now.timestamp() - state.st_mtime), _cover_age_seconds(path, now))
        if not stat.S_ISREG(state.st_mode):
            reason = "it is a link or a device, not a file"
        elif len(inside) == 1:
            reason = "it does not lie in the folder of an organisation"
        elif settle_seconds and age_seconds < settle_seconds:
            reason = f"it changed {age_seconds:.0f} s ago and may still be on its way"
        elif not os.access(path, os.R_OK):
            reason = "this user may not open it"
        elif path.name.endswith(SIDECAR):
            if path.with_name(path.name.removesuffix(SIDECAR)).exists():
                continue
            reason = "the file that it is the cover of has not arrived yet"
        if reason is not None:
            left.append(Left(path, reason))
            continue
        in_place = len(inside) == len(("sender", INBOX, "feed", "period", "file")) and inside[1] == INBOX
        feed, period = (inside[2], inside[3]) if in_place else ("", "")
        arrivals.append(Arrival(as_text(inside[0]), as_text(feed), as_text(period), path))
    return sorted(arrivals), left


def outbox_of(home: Home, arrival: Arrival) -> Path:
    """Where the answer to an arrival goes."""
    return home.landing / arrival.path.relative_to(home.landing).parts[0] / OUTBOX


def as_text(name: str) -> str:
    """The name of a file or folder as text, whatever bytes it is made of."""
    return os.fsencode(name).decode("utf-8", "replace")


def _cover_age_seconds(path: Path, now: datetime) -> float:
    state = _state(path.with_name(path.name + SIDECAR))
    return float("inf") if state is None else abs(now.timestamp() - state.st_mtime)


def _state(path: Path) -> os.stat_result | None:
    """What the system says of a file; None where there is none, or where there is no room for its name."""
    try:
        return path.lstat()
    except OSError as fault:
        if fault.errno in (errno.ENOENT, errno.ENAMETOOLONG):
            return None
        raise


def _files_in(landing: Path) -> Iterator[Path]:
    """Every file under landing but those in an outbox, where nothing is looked for."""
    for folder, folders, names in os.walk(landing):
        depth = len(Path(folder).relative_to(landing).parts)
        folders[:] = sorted(name for name in folders if not (depth == 1 and name == OUTBOX))
        for name in sorted(names):
            if not name.startswith(_UNSENT_PREFIXES):
                yield Path(folder) / name
