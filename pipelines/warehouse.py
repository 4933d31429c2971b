"""Returns -> tables: an asset a file of sql/, and every `*.test.sql` as a check that blocks the reports."""

from collections.abc import Iterator

import dagster as dg

from impact.definition import feeds
from impact.models import claims, description, models
from impact.warehouse import build_warehouse
from pipelines.intake import returns_key
from pipelines.site import Site


def table_key(name: str) -> dg.AssetKey:
    """`measures.all_feeds` -> measures/all_feeds."""
    return dg.AssetKey(name.split("."))


def build_warehouse_assets() -> dg.AssetsDefinition:
    """One step that builds and tests every table, and swaps them in together."""
    made = {model.name for model in models()}
    from_returns = {f"returns.{feed}": returns_key(feed) for feed in feeds()}
    specs = [
        dg.AssetSpec(
            table_key(model.name),
            deps=[
                table_key(need) if need in made else from_returns[need]
                for need in sorted(model.needs)
                if need in made or need in from_returns
            ],
            description=description(model) or "All measures of all feeds, in one long table.",
            group_name=model.schema,
            kinds={"duckdb", "sql"},
            owners=["team:analysts"],
        )
        for model in models()
    ]
    checks = [
        dg.AssetCheckSpec(
            claim.claim, asset=table_key(claim.model), blocking=True, description=claim.claim.replace("_", " ")
        )
        for claim in claims()
    ]

    @dg.multi_asset(name="warehouse", specs=specs, check_specs=checks)
    def warehouse(
        context: dg.AssetExecutionContext, site: Site
    ) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult]:  # type: ignore[type-arg]
        build = build_warehouse(site.place(), site.instant(context))
        for table in build.tables:
            yield dg.MaterializeResult(
                asset_key=table_key(table.name),
                metadata={"dagster/row_count": table.rows, "seconds": round(table.seconds, 3)},
            )
        for test in build.tests:
            yield dg.AssetCheckResult(
                asset_key=table_key(test.claim.model),
                check_name=test.claim.claim,
                passed=not test.broken_by,
                severity=dg.AssetCheckSeverity.ERROR,
                metadata={"rows_that_break_it": test.broken_by, "first": test.example or "none"},
            )

    return warehouse
