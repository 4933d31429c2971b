"""Drops -> receipts and returns: one asset a feed, and every rule of its definition as a check that warns."""

from collections import Counter
from collections.abc import Iterator

import dagster as dg

from impact.definition import Definition, Rule, feeds
from impact.intake.intake import take_drops
from impact.intake.receipts import Receipt
from pipelines.site import Site

_ANY_FILE = "any_file"
"""The check that stands for what any file can get wrong, whatever its feed."""


def returns_key(feed: str) -> dg.AssetKey:
    return dg.AssetKey(["returns", feed])


def build_intake() -> dg.AssetsDefinition:
    """One step that takes every drop that waits."""
    definitions = feeds()
    specs = [
        dg.AssetSpec(
            returns_key(name),
            description=definition.purpose,
            group_name="returns",
            kinds={"parquet"},
            owners=["team:ops"],
        )
        for name, definition in definitions.items()
    ]
    checks = [_check_spec(definition, rule) for definition in definitions.values() for rule in definition.rules]
    checks += [
        dg.AssetCheckSpec(
            _ANY_FILE,
            asset=returns_key(name),
            description="Each file is a CSV file of this feed, in its place, in time.",
        )
        for name in definitions
    ]

    @dg.multi_asset(name="intake", specs=specs, check_specs=checks)
    def intake(context: dg.AssetExecutionContext, site: Site) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult]:  # type: ignore[type-arg]
        taken = take_drops(site.place(), site.instant(context), wait_until_settled=site.wait_until_settled)
        for left in taken.left:
            context.log.warning("%s was left in the inbox: %s", left.shown, left.reason)
        elsewhere = [receipt for receipt in taken.receipts if receipt.feed not in definitions]
        for receipt in elsewhere:
            context.log.warning("%s of %s: %s", receipt.file_name, receipt.sender, receipt.findings[0].message)
        for name, definition in definitions.items():
            yield from _results(definition, [receipt for receipt in taken.receipts if receipt.feed == name])

    return intake


def _check_spec(definition: Definition, rule: Rule) -> dg.AssetCheckSpec:
    column = definition.column(rule.column) if rule.column else None
    says = rule.says.replace("{column}", column.heading if column else "")
    return dg.AssetCheckSpec(
        rule.name,
        asset=returns_key(definition.name),
        description=says.replace("{choices}", ", ".join(column.one_of) if column else ""),
        metadata={"severity": rule.severity},
    )


def _results(definition: Definition, receipts: list[Receipt]) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult]:  # type: ignore[type-arg]
    decisions = Counter(receipt.decision for receipt in receipts)
    own = {rule.name for rule in definition.rules}
    for check in [*(rule.name for rule in definition.rules), _ANY_FILE]:
        broken = [
            receipt
            for receipt in receipts
            if any(
                finding.rule == check
                or (check == _ANY_FILE and finding.rule not in own and finding.severity == "must_fix")
                for finding in receipt.findings
            )
        ]
        yield dg.AssetCheckResult(
            asset_key=returns_key(definition.name),
            check_name=check,
            passed=not broken,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"drops": len(broken), "receipts": ", ".join(receipt.id for receipt in broken) or "none"},
        )
    yield dg.MaterializeResult(
        asset_key=returns_key(definition.name),
        metadata={
            "accepted": decisions["accepted"],
            "held": decisions["held"],
            "refused": decisions["refused"],
            "unreadable": decisions["unreadable"],
            "rows_kept": sum(receipt.rows_kept for receipt in receipts),
            "rows_refused": sum(receipt.rows_refused for receipt in receipts),
        },
    )
