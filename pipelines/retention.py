"""What is purged: answer sheets that have been kept for as long as they may be."""

import dagster as dg

from impact.intake.retention import purge_answer_sheets
from pipelines.site import Site


def build_purges() -> dg.AssetsDefinition:
    """One step that purges what is due, and says what."""

    @dg.asset(
        name="purges",
        group_name="retention",
        description="A record of every file of answer sheets that was purged when its time was up.",
        kinds={"json"},
        owners=["team:ops"],
    )
    def purges(context: dg.AssetExecutionContext, site: Site) -> dg.MaterializeResult:  # type: ignore[type-arg]
        purged = purge_answer_sheets(site.place(), site.instant(context))
        for one in purged:
            context.log.info("Purged: receipt %s, %s of %s, %s", one.receipt, one.feed, one.sender, one.period)
        return dg.MaterializeResult(
            metadata={"purged": len(purged), "receipts": ", ".join(one.receipt for one in purged) or "none"}
        )

    return purges
