"""Warehouse -> the tables of a publication, and the publication prepared from them, one a quarter; and the page that
lists what is released. Releasing is for people: `impact release`."""

from collections.abc import Iterator
from datetime import date

import dagster as dg

from impact.models import RELEASE, WAREHOUSE, models_of
from impact.periods import parse_period, quarter_of
from impact.reports.audiences import TABLES
from impact.reports.listing import list_publications
from impact.reports.publication import prepare, publish
from pipelines.site import Site
from pipelines.warehouse import checks_of, results_of, specs_of, table_key

QUARTERS = dg.TimeWindowPartitionsDefinition(
    start="2020-01-01", cron_schedule="0 0 1 1,4,7,10 *", fmt="%Y-%m-%d", timezone="Europe/London"
)
"""A partition is a quarter that is over, under its first day."""


def partition_of(period_id: str) -> str:
    """`2026-Q1` -> `2026-01-01`. Raises ValueError for anything but a quarter."""
    period = parse_period(period_id)
    if period is None or period.grain != "quarter":
        raise ValueError(f"{period_id} is not a quarter")
    return period.start_on.isoformat()


def build_release_assets() -> dg.AssetsDefinition:
    """One step that builds and tests the tables of a quarter's publication, disclosure control among them: what may not
    be published stops the reports."""

    @dg.multi_asset(
        name="release",
        specs=specs_of(RELEASE, QUARTERS),
        check_specs=checks_of(RELEASE),
    )
    def release(context: dg.AssetExecutionContext, site: Site) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult]:  # type: ignore[type-arg]
        yield from results_of(prepare(site.place(), quarter_of(date.fromisoformat(context.partition_key)).id))

    return release


def build_reports() -> dg.AssetsDefinition:
    """One step that draws every report of a quarter, for the accuracy check."""

    @dg.asset(
        name="publications",
        deps=[table_key(f"published.{table}") for table in (*TABLES, "audience")],
        partitions_def=QUARTERS,
        group_name="reports",
        description=(
            "The reports of a quarter, prepared for their accuracy check: a page and its data for the public, each "
            "commissioner and each mutual."
        ),
        kinds={"html", "csv"},
        owners=["team:ops"],
    )
    def publications(context: dg.AssetExecutionContext, site: Site) -> dg.MaterializeResult:  # type: ignore[type-arg]
        made = publish(site.place(), quarter_of(date.fromisoformat(context.partition_key)).id, site.by)
        if not made.is_new:
            context.log.info("Nothing has changed since publication %d of %s", made.number, made.period_id)
        return dg.MaterializeResult(
            metadata={
                "period": made.period_id,
                "publication": made.number,
                "is_new": made.is_new,
                "is_released": made.is_released,
                "check_ends_on": str(made.check_ends_on),
                "reports": len(made.pages),
                "folder": dg.MetadataValue.path(made.folder),
            }
        )

    return publications


def build_listing() -> dg.AssetsDefinition:
    """One step that lists what is released, after the tables: data that came in since is marked there."""

    @dg.asset(
        name="list_of_publications",
        deps=[table_key(model.name) for model in models_of(WAREHOUSE)],
        group_name="reports",
        description="The page that lists what is released, and where newer data has come in since.",
        kinds={"html"},
        owners=["team:ops"],
    )
    def list_of_publications(site: Site) -> None:
        list_publications(site.place())

    return list_of_publications
