"""Runs that the command line executes: how a later run can tell that the process of an earlier one has died."""

import os
from pathlib import Path

from dagster import DagsterInstance, DagsterRunStatus, RunsFilter

PROCESS = "impact/process"
"""The tag that names the process in which a run is executed."""

_OPEN = [DagsterRunStatus.STARTING, DagsterRunStatus.STARTED, DagsterRunStatus.CANCELING]


def this_process() -> str:
    """Names this process, and no other that is given its number later."""
    return f"{os.getpid()} {_started(os.getpid())}"


def end_dead_runs(instance: DagsterInstance) -> list[str]:
    """Mark as failed every run whose process is gone, so that none stays open for ever; say which."""
    ended = []
    for run in instance.get_runs(RunsFilter(statuses=_OPEN)):
        process = run.tags.get(PROCESS)
        if process is not None and not _is_alive(process):
            instance.report_run_failed(run, "The process that executed this run died before it had finished.")
            ended.append(run.run_id)
    return ended


def _is_alive(process: str) -> bool:
    number, _, started = process.partition(" ")
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return _started(int(number)) == started


def _started(number: int) -> str:
    """When the process was started, as the system counts; empty where it does not say."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""
