"""Jobs, the nightly and the quarterly schedule, and the sensor on the inboxes."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from impact.intake.landing import find_arrivals
from impact.periods import london_date, quarter_of
from impact.settings import settings_at
from pipelines.reports import partition_of
from pipelines.site import Site

ARRIVALS = "arrivals"
PUBLISH = "publish"
QUARTER = "quarter"
PURGE = "purge"


def build_jobs(
    intake: dg.AssetsDefinition,
    warehouse: dg.AssetsDefinition,
    release: dg.AssetsDefinition,
    reports: dg.AssetsDefinition,
    listing: dg.AssetsDefinition,
    purges: dg.AssetsDefinition,
) -> Sequence[Any]:
    """Dagster does not export the type of an asset job that is not resolved yet."""
    taken = dg.AssetSelection.assets(intake)
    tables = dg.AssetSelection.assets(warehouse)
    pages = dg.AssetSelection.assets(release, reports)
    return [
        dg.define_asset_job(
            ARRIVALS,
            taken | tables | dg.AssetSelection.assets(listing),
            description="Take what has arrived and rebuild the tables.",
        ),
        dg.define_asset_job(
            PUBLISH, tables | pages, description="Rebuild the tables and prepare the publication of a quarter."
        ),
        dg.define_asset_job(
            QUARTER, taken | tables | pages, description="From the inboxes to the prepared reports of a quarter."
        ),
        dg.define_asset_job(
            PURGE, dg.AssetSelection.assets(purges), description="Purge answer sheets whose time is up."
        ),
    ]


def build_schedules() -> list[dg.ScheduleDefinition]:
    @dg.schedule(
        name="every_quarter",
        job_name=QUARTER,
        # Returns are due on working day 12; with bank holidays that is the 20th at the latest.
        cron_schedule="0 6 22 1,4,7,10 *",
        execution_timezone="Europe/London",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Takes what has arrived and prepares the publication of the quarter that has just ended.",
    )
    def every_quarter(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        ended = quarter_of(london_date(context.scheduled_execution_time)).before()
        return dg.RunRequest(partition_key=partition_of(ended.id))

    return [
        _nightly("every_night", ARRIVALS, 2, "Takes what has arrived and rebuilds the tables."),
        every_quarter,
        # After the other nightly run, so that the two do not wait for each other.
        _nightly("purge_every_night", PURGE, 4, "Purges answer sheets whose time is up."),
    ]


def _nightly(name: str, job_name: str, hour: int, description: str) -> dg.ScheduleDefinition:
    return dg.ScheduleDefinition(
        name=name,
        job_name=job_name,
        cron_schedule=f"0 {hour} * * *",
        execution_timezone="Europe/London",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description=description,
    )


def build_sensor() -> dg.SensorDefinition:
    @dg.sensor(
        name="inboxes",
        job_name=ARRIVALS,
        minimum_interval_seconds=30,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Asks for one run when settled files wait in an inbox, however many.",
    )
    def inboxes(site: Site) -> dg.RunRequest | dg.SkipReason:
        home = site.place()
        now = datetime.now(UTC)
        _, settings = settings_at(home, now)
        arrivals, left = find_arrivals(home, now, settings["settle_seconds"])
        if not arrivals:
            return dg.SkipReason(
                f"No settled file waits in an inbox ({len(left)} are still on their way or out of place)."
            )
        # The same files ask once: what a run could not take is for the nightly run, not for another run every 30 s.
        listing = [(str(one.path), one.path.stat().st_mtime_ns, one.path.stat().st_size) for one in arrivals]
        return dg.RunRequest(run_key=hashlib.sha256(repr(listing).encode()).hexdigest())

    return inboxes
