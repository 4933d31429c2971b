"""Returns -> tables: an asset a file of sql/ that is of all periods, and every `*.test.sql` as a check that blocks the
reports. What else makes tables tells Dagster of them in the same way."""

from collections.abc import Collection, Iterator

import dagster as dg

from impact.definition import feeds
from impact.models import WAREHOUSE, Model, claims, description, models
from impact.warehouse import Build, build_warehouse
from pipelines.intake import returns_key
from pipelines.site import Site


def table_key(name: str) -> dg.AssetKey:
    """`measures.all_feeds` -> measures/all_feeds."""
    return dg.AssetKey(name.split("."))


def specs_of(schemas: Collection[str], partitions: dg.PartitionsDefinition | None = None) -> list[dg.AssetSpec]:
    """An asset a table of these folders, after those that its SQL reads."""
    made = {model.name for model in models()}
    from_returns = {f"returns.{feed}": returns_key(feed) for feed in feeds()}

    def before(model: Model) -> list[dg.AssetKey]:
        needs = sorted(model.needs)
        return [
            table_key(need) if need in made else from_returns[need] for need in needs if need in {*made, *from_returns}
        ]

    return [
        dg.AssetSpec(
            table_key(model.name),
            deps=before(model),
            description=description(model) or "All measures of all feeds, in one long table.",
            group_name=model.schema,
            kinds={"duckdb", "python" if model.is_made_by_python else "sql"},
            owners=["team:analysts"],
            partitions_def=partitions,
        )
        for model in models()
        if model.schema in schemas
    ]


def checks_of(schemas: Collection[str]) -> list[dg.AssetCheckSpec]:
    """A check a claim that is made of a table of these folders."""
    return [
        dg.AssetCheckSpec(
            claim.claim, asset=table_key(claim.model), blocking=True, description=claim.claim.replace("_", " ")
        )
        for claim in claims()
        if claim.model.split(".")[0] in schemas
    ]


def results_of(build: Build) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult]:  # type: ignore[type-arg]
    """What Dagster is told of a build."""
    for table in build.tables:
        yield dg.MaterializeResult(
            asset_key=table_key(table.name),
            metadata={"dagster/row_count": table.rows, "seconds": round(table.seconds, 3), **table.notes},
        )
    for test in build.tests:
        yield dg.AssetCheckResult(
            asset_key=table_key(test.claim.model),
            check_name=test.claim.claim,
            passed=not test.broken_by,
            severity=dg.AssetCheckSeverity.ERROR,
            metadata={"rows_that_break_it": test.broken_by, "first": test.example or "none"},
        )


def build_warehouse_assets() -> dg.AssetsDefinition:
    """One step that builds and tests every table, and swaps them in together."""

    @dg.multi_asset(name="warehouse", specs=specs_of(WAREHOUSE), check_specs=checks_of(WAREHOUSE))
    def warehouse(
        context: dg.AssetExecutionContext, site: Site
    ) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult]:  # type: ignore[type-arg]
        yield from results_of(build_warehouse(site.place(), site.instant(context)))

    return warehouse
