"""What a publication is made from: the receipts, the register, the settings and the software that it is a function of,
and the records of what publications before it let out. Which number it gets follows from there. How it is drawn belongs
in `publication`."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import impact
from impact.errors import ImpactError
from impact.home import Home, json_bytes, write
from impact.intake.receipts import Decision, receipts_at
from impact.periods import Period, from_text, london_date, parse_period
from impact.places import sql_folder
from impact.register import register_at
from impact.reports.differences import Causes, Otherwise
from impact.reports.release_state import counting, manifest_of, numbers_of, prepared_by, record_path
from impact.settings import settings_at
from impact.versions import content_hash
from impact.warehouse import built_as_at, open_warehouse

OF_SOFTWARE = ("sql", "software", "software_files")
"""The inputs that are ours, not the site's."""


@dataclass(frozen=True)
class Plan:
    """What a publication is to be made from: `inputs`, as the manifest lists them, and the publications `earlier`, as
    `2026-Q1/1 <SHA-256 of its record>`. `by` is who prepares it; `is_made` where it is there already."""

    as_at: datetime
    period: Period
    number: int
    inputs: Mapping[str, Any]
    earlier: tuple[str, ...]
    by: str
    is_made: bool

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(json_bytes({**self.inputs, "earlier": self.earlier})).hexdigest()


def plan_of(home: Home, period_id: str | None, by: str = "") -> Plan:
    """What the next publication of a quarter is to be made from, by the warehouse as it stands; of the last one that
    has figures when none is named.

    Raises ImpactError when the period is not a quarter, is not over, or has no figures, and when there is no warehouse.
    """
    as_at, period = _what(home, period_id)
    inputs = inputs_at(home, as_at, period)
    last = max(numbers_of(home, period.id), default=0)
    if last and (manifest := manifest_of(home, period.id, last))["inputs"] == inputs:
        earlier = tuple(manifest["earlier"])
        return Plan(as_at, period, last, inputs, earlier, prepared_by(home, period.id, last), is_made=True)
    # One that was killed, or was lost, comes back as it was: it knows what it knew then.
    again = record_path(home, period.id, last + 1).with_suffix(".json")
    if again.is_file() and (kept := json.loads(again.read_text("utf-8")))["inputs"] == inputs:
        earlier = tuple(kept["earlier"])
        return Plan(as_at, period, last + 1, inputs, earlier, kept.get("by", by), is_made=False)
    records = sorted(home.released.glob("*/*.parquet"))
    earlier = tuple(
        f"{path.parent.name}/{path.stem} {hashlib.sha256(path.read_bytes()).hexdigest()}" for path in records
    )
    number = 1 + max([last, *(int(path.stem) for path in records if path.parent.name == period.id)])
    return Plan(as_at, period, number, inputs, earlier, by, is_made=False)


def plan_then(home: Home, period: Period, manifest: Mapping[str, Any]) -> Plan:
    """What a publication that is there was made from, by its manifest, with the software of today. A run that began
    before it and took its drops after it gave receipts that it cannot have known."""
    as_at = from_text(manifest["as_at"])
    inputs = inputs_at(home, as_at, period, known_receipts(manifest["inputs"]))
    number, earlier = manifest["number"], tuple(manifest["earlier"])
    return Plan(as_at, period, number, inputs, earlier, prepared_by(home, period.id, number), is_made=True)


def inputs_at(
    home: Home, as_at: datetime, period: Period, only: Mapping[str, Decision] | None = None
) -> dict[str, Any]:
    """All that a publication is a function of, but for `as_at`, which only says which of these hold."""
    return {
        "period": period.id,
        "receipts": sorted(f"{receipt.id} {receipt.decision}" for receipt in receipts_at(home, as_at, only)),
        "register": register_at(home, as_at).sha256,
        "settings": settings_at(home, as_at)[0],
        "sql": _hash_of(sql_folder(), "*.sql"),
        "software": version("impact"),
        "software_files": _hash_of(
            Path(impact.__file__).parent, "*.py", "*.sql", "*.yaml", "*.j2", "*.css", "*.js", "*.typ"
        ),
    }


def known_receipts(inputs: Mapping[str, Any]) -> dict[str, Decision]:
    """The receipts among the inputs of a publication, each with the decision that it had."""
    return dict(receipt.split() for receipt in inputs["receipts"])


def write_record(home: Home, plan: Plan, record: bytes) -> None:
    """Keep what a publication lets out. What it is made from first: without that, nobody could tell whose it is."""
    path = record_path(home, plan.period.id, plan.number)
    write(path.with_suffix(".json"), json_bytes({"inputs": plan.inputs, "earlier": plan.earlier, "by": plan.by}))
    write(path, record)


def records_of(home: Home, plan: Plan) -> list[Path]:
    """The records of the publications before, which a plan names. Raises ImpactError where one is not as it was."""
    records = []
    for one in plan.earlier:
        name, sha256 = one.split()
        path = record_path(home, *name.split("/"))
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
            raise ImpactError(
                f"{path}, the record of what publication {name} let out, is gone or is not as it was. Without it "
                "nobody can tell what readers know already. Put it back from a copy."
            )
        records.append(path)
    return records


def causes_since(home: Home, plan: Plan, follows: int) -> Causes:
    """In what the inputs of a publication differ from those of the one that readers had before it."""
    manifest = manifest_of(home, plan.period.id, follows)
    before = manifest["inputs"]
    then = counting(receipts_at(home, from_text(manifest["as_at"]), known_receipts(before)), plan.period)
    now = counting(receipts_at(home, plan.as_at, known_receipts(plan.inputs)), plan.period)
    returns = [
        Otherwise(*slot, receipt.id, then[slot].id if slot in then else "")
        for slot, receipt in sorted(now.items())
        if slot not in then or then[slot].id != receipt.id
    ]
    return Causes(
        tuple(returns),
        before["register"] != plan.inputs["register"],
        before["settings"] != plan.inputs["settings"],
        any(before[name] != plan.inputs[name] for name in OF_SOFTWARE),
    )


def _what(home: Home, period_id: str | None) -> tuple[datetime, Period]:
    with open_warehouse(home) as warehouse:
        found = warehouse.execute(
            "select distinct period_id from indicators.organisation_indicator where grain = 'quarter' "
            "order by period_id desc"
        ).fetchall()
    as_at = built_as_at(home)
    assert as_at is not None
    there = [period for (name,) in found if (period := parse_period(name)) and period.end_on < london_date(as_at)]
    if period_id is None:
        if not there:
            raise ImpactError("There are no figures of any quarter that is over yet, so there is nothing to publish.")
        return as_at, there[0]
    period = parse_period(period_id)
    if period is None or period.grain != "quarter":
        raise ImpactError(f"{period_id} is not a quarter. Write it as in this example: 2026-Q1")
    if period.end_on >= london_date(as_at):
        raise ImpactError(f"{period_id} ({period.label()}) is not over yet. It can be published from the day after it.")
    if period not in there:
        listed = ", ".join(other.id for other in there) or "none yet"
        raise ImpactError(f"There are no figures of {period_id} ({period.label()}). Quarters with figures: {listed}.")
    return as_at, period


@cache
def _hash_of(folder: Path, *patterns: str) -> str:
    files = {path.relative_to(folder).as_posix(): path for pattern in patterns for path in folder.rglob(pattern)}
    return content_hash({name: path.read_bytes() for name, path in files.items()})
