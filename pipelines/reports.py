"""Published tables -> a publication."""

import dagster as dg

from impact.reports.audiences import TABLES
from impact.reports.publication import publish
from pipelines.site import Site
from pipelines.warehouse import table_key


class Publish(dg.Config):
    """The quarter to publish; the last one that has figures when empty."""

    period: str = ""


def build_reports() -> dg.AssetsDefinition:
    """One step that draws every report of a period."""

    @dg.asset(
        name="publications",
        deps=[table_key(f"published.{table}") for table in (*TABLES, "audience")],
        group_name="reports",
        description="The reports of one quarter: a page and its data for the public and for each commissioner.",
        kinds={"html", "csv"},
        owners=["team:ops"],
    )
    def publications(context: dg.AssetExecutionContext, site: Site, config: Publish) -> dg.MaterializeResult:  # type: ignore[type-arg]
        made = publish(site.place(), config.period or None)
        if not made.is_new:
            context.log.info("Nothing has changed since publication %d of %s", made.number, made.period_id)
        return dg.MaterializeResult(
            metadata={
                "period": made.period_id,
                "publication": made.number,
                "is_new": made.is_new,
                "reports": len(made.pages),
                "folder": dg.MetadataValue.path(made.folder),
            }
        )

    return publications
