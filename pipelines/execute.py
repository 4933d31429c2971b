"""`python -m pipelines.execute JOB`: run a job now, in this process, and keep the run where the UI shows it.

This is how the command line runs a job; it never imports Dagster itself. Exit code 3: a fault of the whole pipeline.
"""

import argparse
import logging
import sys
import warnings

import dagster as dg

from impact.errors import ImpactError
from pipelines.definitions import build_defs
from pipelines.site import Site

_FAULT = 3


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m pipelines.execute", description=__doc__)
    parser.add_argument("job")
    parser.add_argument("--home", required=True)
    parser.add_argument("--now", default="", help="the instant to work at, as 2026-07-20T09:00:00Z")
    parser.add_argument("--period", default="", help="the quarter to publish")
    parser.add_argument("--no-wait", action="store_true", help="take files that have only just changed, too")
    asked = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    logging.getLogger("impact").setLevel(logging.INFO)
    warnings.filterwarnings("ignore", category=dg.BetaWarning)
    site = Site(home=asked.home, now=asked.now, wait_until_settled=not asked.no_wait)
    job = build_defs(site).resolve_job_def(asked.job)
    run_config: dict[str, object] = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    if asked.period:
        run_config["ops"] = {"publications": {"config": {"period": asked.period}}}
    with dg.DagsterInstance.get() as instance:
        try:
            result = job.execute_in_process(run_config=run_config, instance=instance, raise_on_error=True)
        except ImpactError as fault:
            print(fault, file=sys.stderr)  # noqa: T201
            return _FAULT
        except dg.DagsterError as fault:
            print(fault, file=sys.stderr)  # noqa: T201
            return _FAULT
        for step in result.get_step_success_events():
            _say_seconds(step)
    return 0


def _say_seconds(step: dg.DagsterEvent) -> None:
    seconds = step.step_success_data.duration_ms / 1000
    print(f"  {step.step_key:<14}{seconds:6.1f} s", flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
