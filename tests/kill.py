"""`make kill`: a run over the inboxes of a small sector, killed at a random instant, again and again.

The process that is killed is forked from one that has done all of it before, so that a run takes a fraction of a second
and its instants are spread over the intake itself. After each kill the next run must end in the state of a run that
nobody disturbed, to the byte.
"""

import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from impact.demo.planted import FIRST_NOW
from impact.home import Home
from impact.intake import deciding
from impact.register import register
from tests.data.hostile.make import FOLDER
from tests.journeys.homes import NOW, SMALL, check_once, send, send_all, small_drops, small_home, take, tree
from tests.unit.intake.drops import FEEDS

_MOST_BYTES = 5_000
"""Of the corpus, what is larger takes longer to read, and nothing is written meanwhile."""


@dataclass(frozen=True)
class Killed:
    """How many runs were begun and killed before they had ended, how far they had come, and what was wrong after."""

    runs: int
    killed: int
    receipts_before: Sequence[int]
    faults: Sequence[str]


def prepare(root: Path) -> Home:
    """A home in which a second stage waits: all feeds, corrections, faults, hostile files, a changed register."""
    home = small_home(root)
    send_all(home, [one for one in small_drops()[1] if one.period == "2026-Q1"])
    take(home, FIRST_NOW)
    send_all(home, small_drops()[2])
    small = [
        path
        for path in sorted(FOLDER.iterdir())
        if path.is_file() and path.suffix != ".py" and path.stat().st_size <= _MOST_BYTES
    ]
    # Each to a place of its own: of two files for one place the second waits for the decision on the first.
    places = [(code, feed) for feed in FEEDS for code in SMALL]
    for (code, feed), path in zip(places, small[::2], strict=False):
        send(home, f"{code}/inbox/{feed}/2026-Q1_to_2026-Q2/{path.name}", path.read_bytes())
    organisations = home.register / "organisations.csv"
    organisations.write_bytes(organisations.read_bytes() + b"\n")
    return home


def kill(prepared: Home, scratch: Path, times: int, seed: int, say: Callable[[str], object] = lambda _: None) -> Killed:
    """Begin `times` runs on a copy of the home, kill each at a random instant, and let the next one finish."""
    undisturbed = _copy(prepared, scratch / "undisturbed")
    take(undisturbed)  # once to find out all that can be known before
    undisturbed = _copy(prepared, scratch / "undisturbed")
    length = _seconds(undisturbed)
    end = tree(undisturbed.root)
    chance = random.Random(seed)
    faults: list[str] = []
    came_to: list[int] = []
    killed = 0
    for number in range(times):
        home = _copy(prepared, scratch / "killed")
        begun_with = len(list(home.receipts.glob("*.json")))
        after = chance.uniform(0, length)
        if not _run(home, after):
            killed += 1
            came_to.append(len(list(home.receipts.glob("*.json"))) - begun_with)
        if not _run(home):
            faults.append(f"run {number}, killed after {after:.4f} s: the next run did not end")
        elif (left := tree(home.root)) != end:
            others = sorted(path for path in left.keys() | end.keys() if left.get(path) != end.get(path))
            faults.append(f"run {number}, killed after {after:.4f} s: {', '.join(others[:5])}")
        if number % 25 == 24:
            say(f"{number + 1} runs, {killed} of them killed before they ended, {len(faults)} faults")
    return Killed(times, killed, came_to, faults)


def _copy(home: Home, root: Path) -> Home:
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(home.root, root)
    return Home(root)


def _seconds(home: Home) -> float:
    started = time.monotonic()
    assert _run(home), "an undisturbed run does not end"
    return time.monotonic() - started


def _run(home: Home, seconds: float | None = None) -> bool:
    """Take what waits, in a forked process that is killed after so many seconds. Whether it had ended by itself."""
    child = os.fork()
    if child == 0:
        ended = 1
        try:
            take(home, NOW)
            ended = 0
        finally:
            os._exit(ended)
    if seconds is not None:
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@click.command()
@click.option("--times", default=500)
@click.option("--seed", default=1)
def main(times: int, seed: int) -> None:
    """Kill runs at random and hold what the next one leaves against a run that nobody disturbed."""
    checked = check_once()
    deciding.check_tables = checked  # type: ignore[assignment, attr-defined]
    register.check_tables = checked  # type: ignore[assignment, attr-defined]
    os.fsync = lambda fd: None  # no test cuts the power, and a kill loses nothing that was written
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        prepared = prepare(Path(folder) / "prepared")
        waiting = sum(1 for path in prepared.landing.rglob("inbox/*/*/*") if not path.name.endswith(".cover.json"))
        outcome = kill(prepared, Path(folder), times, seed, lambda line: click.echo(line, err=True))
    for fault in outcome.faults:
        click.echo(fault)
    came_to = sorted(outcome.receipts_before)
    click.echo(
        f"{outcome.runs} runs over {waiting} drops, {outcome.killed} killed before they had ended, "
        f"{sum(0 < one < came_to[-1] for one in came_to)} of them with some receipts given and "
        f"{sum(one == 0 for one in came_to)} with none; {len(outcome.faults)} faults; "
        f"{time.monotonic() - started:.0f} s"
    )
    sys.exit(1 if outcome.faults else 0)


if __name__ == "__main__":
    main()
