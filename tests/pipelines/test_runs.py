"""A run whose process has died is marked as failed by the next one, and not before; one that lives is left alone."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import dagster as dg
import pytest

from impact.home import Home, one_writer
from impact.intake.receipts import load_receipts
from impact.places import dagster_settings
from pipelines.runs import PROCESS, end_dead_runs, this_process
from tests.journeys.homes import drop, new_home, send_quarter

pytestmark = pytest.mark.xdist_group("pipelines")

PATIENCE_SECONDS = 90


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = new_home(tmp_path / "home")
    home.dagster.mkdir()
    (home.dagster / "dagster.yaml").write_bytes(dagster_settings().read_bytes())
    send_quarter(home, "M001", drop("M001"))
    return home


@pytest.fixture
def instance(home: Home) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.from_config(str(home.dagster)) as instance:
        yield instance


def start(home: Home) -> "subprocess.Popen[bytes]":
    """A run in a process of its own, which writes what it says to a file: a process that Dagster starts beside it may
    outlive it, and would keep a pipe open for ever."""
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-m",
        "pipelines.execute",
        "arrivals",
        "--home",
        str(home.root),
        "--no-wait",
    ]
    environment = {**os.environ, "IMPACT_HOME": str(home.root), "DAGSTER_HOME": str(home.dagster)}
    with said_by(home).open("wb") as said:
        return subprocess.Popen(command, env=environment, stderr=said, stdout=said, start_new_session=True)


def said_by(home: Home) -> Path:
    return home.root.parent / "said.txt"


def started_run(home: Home, instance: dg.DagsterInstance, process: "subprocess.Popen[bytes]") -> str:
    """Wait until the process has a run under way; its number."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until and process.poll() is None:
        for run in instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED])):
            return run.run_id
        time.sleep(0.2)
    raise AssertionError(f"no run was started: {said_by(home).read_text()}")


def status_of(instance: dg.DagsterInstance, run_id: str) -> dg.DagsterRunStatus:
    run = instance.get_run_by_id(run_id)
    assert run is not None
    return run.status


@pytest.mark.long
def test_a_run_that_was_killed_is_marked_by_the_next_one_and_not_before(
    home: Home, instance: dg.DagsterInstance
) -> None:
    with one_writer(home, "the test"):
        process = start(home)
        try:
            run_id = started_run(home, instance, process)
            assert end_dead_runs(instance) == []
            assert status_of(instance, run_id) == dg.DagsterRunStatus.STARTED
        finally:
            process.kill()
            process.wait()
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    assert load_receipts(home) == []
    assert status_of(instance, run_id) == dg.DagsterRunStatus.STARTED
    following = start(home)
    following.wait(timeout=PATIENCE_SECONDS)
    said = said_by(home).read_text()
    assert following.returncode == 0, said
    assert f"The run {run_id} was left open by a process that died, and is marked as failed" in said
    assert status_of(instance, run_id) == dg.DagsterRunStatus.FAILURE
    assert [receipt.decision for receipt in load_receipts(home)] == ["accepted"]
    assert end_dead_runs(instance) == []
    done = [run.status for run in instance.get_runs() if run.run_id != run_id]
    assert done == [dg.DagsterRunStatus.SUCCESS]


def open_run(instance: dg.DagsterInstance, tags: dict[str, str]) -> str:
    @dg.job(name="anything")
    def anything() -> None:
        pass

    run = instance.create_run_for_job(anything, tags=tags)
    started = dg.DagsterEvent(dg.DagsterEventType.RUN_START.value, "anything")
    instance.report_dagster_event(started, run.run_id)
    assert status_of(instance, run.run_id) == dg.DagsterRunStatus.STARTED
    return run.run_id


def test_a_live_run_and_one_that_somebody_else_watches_are_left_alone() -> None:
    number, began = this_process().split()
    with dg.DagsterInstance.ephemeral() as instance:
        mine = open_run(instance, {PROCESS: this_process()})
        daemons = open_run(instance, {})
        reused = open_run(instance, {PROCESS: f"{number} {int(began) - 1}"})
        assert end_dead_runs(instance) == [reused]
        assert [status_of(instance, run) for run in (mine, daemons, reused)] == [
            dg.DagsterRunStatus.STARTED,
            dg.DagsterRunStatus.STARTED,
            dg.DagsterRunStatus.FAILURE,
        ]
