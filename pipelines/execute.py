"""`python -m pipelines.execute JOB`: run a job now, in this process, and keep the run where the UI shows it.

This is how the command line runs a job; it never imports Dagster itself. Exit code 3: a fault of the whole pipeline.
"""

import argparse
import logging
import os
import sqlite3
import sys
import warnings
from typing import Any

import dagster as dg
from sqlalchemy import Engine, event

from impact.errors import BUSY, FAULT, HomeBusyError, ImpactError
from pipelines.definitions import build_defs
from pipelines.reports import partition_of
from pipelines.runs import PROCESS, end_dead_runs, this_process
from pipelines.site import Site

_log = logging.getLogger(__name__)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m pipelines.execute", description=__doc__)
    parser.add_argument("job")
    parser.add_argument("--home", required=True)
    parser.add_argument("--now", default="", help="the instant to work at, as 2026-07-20T09:00:00Z")
    parser.add_argument("--by", default="", help="who had the publication prepared")
    parser.add_argument("--period", default="", help="the quarter to publish")
    parser.add_argument("--no-wait", action="store_true", help="take files that have only just changed, too")
    asked = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    logging.getLogger("impact").setLevel(logging.INFO)
    warnings.filterwarnings("ignore", category=dg.BetaWarning)
    site = Site(home=asked.home, now=asked.now, by=asked.by, wait_until_settled=not asked.no_wait)
    job = build_defs(site).resolve_job_def(asked.job)
    run_config: dict[str, object] = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    partition = partition_of(asked.period) if asked.period else None
    try:
        with dg.DagsterInstance.get() as instance:
            for run_id in end_dead_runs(instance):
                _log.warning("The run %s was left open by a process that died, and is marked as failed", run_id)
            result = job.execute_in_process(
                run_config=run_config,
                instance=instance,
                partition_key=partition,
                tags={PROCESS: this_process()},
                raise_on_error=True,
            )
    except HomeBusyError as fault:
        return _say(fault, BUSY)
    except dg.DagsterUnknownPartitionError:
        return _say(f"{asked.period} cannot be published. Name a quarter that is over, of 2020 or later.", FAULT)
    except (ImpactError, dg.DagsterError) as fault:
        return _say(fault, FAULT)
    except Exception as fault:
        # Dagster keeps its own state in the home too, and fails there in words of its own when it cannot be written.
        _log.debug("", exc_info=True)
        return _say(f"The run could not go on in {asked.home}: {type(fault).__name__}: {fault}", FAULT)
    for step in result.get_step_success_events():
        _say_seconds(step)
    return 0


def _write_history_at_ease(connection: Any, _record: object) -> None:
    """Do not sync each of the two thousand commits that Dagster makes of a run, for every one of which it opens a
    connection: on a busy disk that takes longer than the work. A run's history need not outlast a power cut."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("pragma synchronous = off")


event.listen(Engine, "connect", _write_history_at_ease)


def _say(fault: object, code: int) -> int:
    print(fault, file=sys.stderr)  # noqa: T201
    return code


def _say_seconds(step: dg.DagsterEvent) -> None:
    seconds = step.step_success_data.duration_ms / 1000
    print(f"  {step.step_key:<14}{seconds:6.1f} s", flush=True)  # noqa: T201


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # Everything is written and closed. Taking the interpreter apart takes a second more, and DuckDB's binding then
    # prints a page of complaints about objects that other libraries still hold.
    os._exit(code)
