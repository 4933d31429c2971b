"""Everything that Dagster is told, assembled in one place."""

import dagster as dg

from pipelines.automation import build_jobs, build_schedules, build_sensor
from pipelines.intake import build_intake
from pipelines.reports import build_listing, build_release_assets, build_reports
from pipelines.retention import build_purges
from pipelines.site import Site
from pipelines.warehouse import build_warehouse_assets


def build_defs(site: Site | None = None) -> dg.Definitions:
    """The definitions; tests and the command line bring a site of their own, the daemon takes IMPACT_HOME."""
    intake, warehouse = build_intake(), build_warehouse_assets()
    release, reports, listing, purges = build_release_assets(), build_reports(), build_listing(), build_purges()
    return dg.Definitions(
        assets=[intake, warehouse, release, reports, listing, purges],
        jobs=build_jobs(intake, warehouse, release, reports, listing, purges),
        schedules=build_schedules(),
        sensors=[build_sensor()],
        resources={"site": site or Site(home=dg.EnvVar("IMPACT_HOME"))},
        # Steps in processes of their own take ten seconds where these take two.
        executor=dg.in_process_executor,
    )


defs = build_defs()
