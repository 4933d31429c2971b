"""A publication: numbered, whole, never changed. Built aside, put in place at once, and only then pointed to.

The same inputs give the same files. What has not changed since the last publication is not published again. Of each
there is a record of what it let out, which stands before the publication does: whatever is out is known ever after, and
those that follow reckon with it.
"""

import hashlib
import json
import logging
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import impact
from impact.errors import ImpactError
from impact.home import Home, json_bytes, one_writer, put_folder, write
from impact.intake.receipts import Decision, receipts_at
from impact.periods import Period, from_text, london_date, parse_period, to_text
from impact.places import sql_folder
from impact.register import register_at
from impact.release import build_release, release_inputs, released_bytes
from impact.reports.audiences import read_audiences
from impact.reports.folder import PAGE, audience_files
from impact.reports.html import home_page
from impact.reports.writing import make_report
from impact.settings import settings_at
from impact.versions import content_hash
from impact.warehouse import Build, build_warehouse, built_as_at, open_warehouse

_log = logging.getLogger(__name__)

_MANIFEST = "manifest.json"
_LATEST = "latest"
_KINDS = {"public": "For the public", "commissioner": "For commissioners", "organisation": "For mutuals"}
_PACKAGES = ("impact", "duckdb", "jinja2")


@dataclass(frozen=True)
class Publication:
    """One publication of a period. `is_new` is false where nothing had changed since it was made."""

    period_id: str
    number: int
    folder: Path
    is_new: bool
    pages: tuple[Path, ...]


@dataclass(frozen=True)
class _Plan:
    """What a publication is to be made from: `inputs`, as the manifest lists them, and the publications `earlier`, as
    `2026-Q1/1 <SHA-256 of its record>`. `is_made` where it is there already."""

    as_at: datetime
    period: Period
    number: int
    inputs: Mapping[str, Any]
    earlier: tuple[str, ...]
    is_made: bool

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(json_bytes({**self.inputs, "earlier": self.earlier})).hexdigest()


def prepare(home: Home, period_id: str | None = None) -> Build:
    """Build the tables of a publication, which `publish` then draws. They are swapped in if every claim holds, that of
    the audit among them.

    Raises ImpactError as `publish` does.
    """
    with one_writer(home, "the tables of a publication"):
        return _prepare(home, _plan(home, period_id))


def publish(home: Home, period_id: str | None = None) -> Publication:
    """Publish a quarter from the warehouse as it stands; the last one that has figures when none is named.

    Raises ImpactError when the period is not a quarter, is not over, or has no figures, when there is no warehouse, and
    when a claim made of the published tables does not hold.
    """
    with one_writer(home, "a publication"):
        plan = _plan(home, period_id)
        period, number = plan.period, plan.number
        if plan.is_made:
            _point(home, period, number)
            return _publication(home, period, number, is_new=False)
        if release_inputs(home) != (period.id, plan.fingerprint):
            build = _prepare(home, plan)
            if not build.is_sound:
                broken = ", ".join(f"{test.claim.model}: {_words(test.claim.claim)}" for test in build.broken)
                raise ImpactError(
                    f"{period.id} was not published, because something that must hold of what is published does not "
                    f"({broken}). The log above says of which rows; the last publication stays as it was."
                )
        _log.info("Drawing the reports on %s", period.label())
        record = released_bytes(home)
        files = _files(home, plan, record)
        # The record first: killed in between, this leaves too much that is reckoned to be out rather than too little.
        write(_record(home, period.id, number).with_suffix(".json"), json_bytes(_kept(plan)))
        write(_record(home, period.id, number), record)
        put_folder(_folder(home, period) / str(number), files)
        _point(home, period, number)
        return _publication(home, period, number, is_new=True)


def rebuild(home: Home, period_id: str, number: int) -> list[str]:
    """Build a publication again from receipts, register and settings as they stood when it was made, beside what there
    is; say which of its files come out otherwise, or are not as they were published. None do, unless the software has
    changed since.

    Raises ImpactError when there is no such publication.
    """
    period = parse_period(period_id)
    if period is None or not (_folder(home, period) / str(number) / _MANIFEST).is_file():
        raise ImpactError(f"There is no publication {number} of {period_id} in {home.publications}.")
    manifest = _manifest(home, period, number)
    as_at = from_text(manifest["as_at"])
    aside = replace(home, warehouse_folder=home.root / "warehouse" / "rebuilt")
    try:
        # A run that began before the publication and took its drops after it gave receipts that it cannot have known.
        known: dict[str, Decision] = dict(receipt.split() for receipt in manifest["inputs"]["receipts"])
        build_warehouse(aside, as_at, known)
        inputs = _inputs(aside, as_at, period, known)
        plan = _Plan(as_at, period, number, inputs, tuple(manifest.get("earlier", ())), is_made=True)
        _prepare(aside, plan)
        files = _files(aside, plan, released_bytes(aside))
    finally:
        shutil.rmtree(home.root / "warehouse" / "rebuilt", ignore_errors=True)
    folder = _folder(home, period) / str(number)
    published = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return sorted(
        name
        for name in {*files, *published}
        if name not in files or name not in published or files[name] != published[name].read_bytes()
    )


def latest_publications(home: Home) -> list[Publication]:
    """The latest publication of each period, the newest period first."""
    folders = [path for path in home.publications.iterdir() if path.is_dir()] if home.publications.is_dir() else []
    periods = sorted((period for path in folders if (period := parse_period(path.name))), reverse=True)
    return [
        _publication(home, period, int((_folder(home, period) / _LATEST).read_text("utf-8")), is_new=False)
        for period in periods
        if (_folder(home, period) / _LATEST).is_file()
    ]


def _prepare(home: Home, plan: _Plan) -> Build:
    """Build the tables of a publication from those of the warehouse and the records that the plan names."""
    records = []
    for one in plan.earlier:
        name, sha256 = one.split()
        path = _record(home, *name.split("/"))
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
            raise ImpactError(
                f"{path}, the record of what publication {name} let out, is gone or is not as it was. Without it "
                "nobody can tell what readers know already. Put it back from a copy."
            )
        records.append(path)
    return build_release(home, plan.period.id, plan.fingerprint, records)


def _plan(home: Home, period_id: str | None) -> _Plan:
    as_at, period = _what(home, period_id)
    inputs = _inputs(home, as_at, period)
    last = _last_number(home, period)
    if last and (manifest := _manifest(home, period, last))["inputs"] == inputs:
        return _Plan(as_at, period, last, inputs, tuple(manifest["earlier"]), is_made=True)
    # One that was killed, or was lost, comes back as it was: it knows what it knew then.
    again = _record(home, period.id, last + 1).with_suffix(".json")
    if again.is_file() and (kept := json.loads(again.read_text("utf-8")))["inputs"] == inputs:
        return _Plan(as_at, period, last + 1, inputs, tuple(kept["earlier"]), is_made=False)
    records = sorted(home.released.glob("*/*.parquet"))
    earlier = tuple(
        f"{path.parent.name}/{path.stem} {hashlib.sha256(path.read_bytes()).hexdigest()}" for path in records
    )
    number = 1 + max([last, *(int(path.stem) for path in records if path.parent.name == period.id)])
    return _Plan(as_at, period, number, inputs, earlier, is_made=False)


def _record(home: Home, period_id: str, number: int | str) -> Path:
    """What a publication let out, for ops alone."""
    return home.released / period_id / f"{number}.parquet"


def _kept(plan: _Plan) -> dict[str, Any]:
    return {"inputs": plan.inputs, "earlier": plan.earlier}


def _words(claim: str) -> str:
    return claim.replace("_", " ")


def _files(home: Home, plan: _Plan, record: bytes) -> dict[str, bytes]:
    """Every file of a publication by its name in it, its manifest among them."""
    as_at, period = plan.as_at, plan.period
    published_on = london_date(as_at)
    files: dict[str, bytes] = {}
    reports = []
    for rows in read_audiences(home, period.id):
        report = make_report(rows, period, published_on)
        files |= {
            f"{rows.audience.id}/{name}": content for name, content in audience_files(rows, report, period).items()
        }
        reports.append(
            {
                "audience": rows.audience.id,
                "kind": rows.audience.kind,
                "name": rows.audience.name,
                "title": report.title,
                "status": report.status,
            }
        )
    files[_MANIFEST] = json_bytes(
        {
            "period": period.id,
            "as_at": to_text(as_at),
            "published_on": published_on.isoformat(),
            "reports": reports,
            "inputs": plan.inputs,
            "earlier": plan.earlier,
            "released": hashlib.sha256(record).hexdigest(),
            "packages": {name: version(name) for name in _PACKAGES},
            "files": {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())},
        }
    )
    return files


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


def _inputs(home: Home, as_at: datetime, period: Period, only: Mapping[str, Decision] | None = None) -> dict[str, Any]:
    """All that a publication is a function of, but for `as_at`, which only says which of these hold."""
    return {
        "period": period.id,
        "receipts": sorted(f"{receipt.id} {receipt.decision}" for receipt in receipts_at(home, as_at, only)),
        "register": register_at(home, as_at).sha256,
        "settings": settings_at(home, as_at)[0],
        "sql": _hash_of(sql_folder(), "*.sql"),
        "software": version("impact"),
        "software_files": _hash_of(Path(impact.__file__).parent, "*.py", "*.sql", "*.yaml", "*.j2", "*.css", "*.js"),
    }


@cache
def _hash_of(folder: Path, *patterns: str) -> str:
    files = {path.relative_to(folder).as_posix(): path for pattern in patterns for path in folder.rglob(pattern)}
    return content_hash({name: path.read_bytes() for name, path in files.items()})


def _folder(home: Home, period: Period) -> Path:
    return home.publications / period.id


def _last_number(home: Home, period: Period) -> int:
    folder = _folder(home, period)
    numbers = [int(path.name) for path in folder.iterdir() if path.name.isdecimal()] if folder.is_dir() else []
    return max(numbers, default=0)


def _manifest(home: Home, period: Period, number: int) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((_folder(home, period) / str(number) / _MANIFEST).read_text("utf-8"))
    return read


def _publication(home: Home, period: Period, number: int, *, is_new: bool) -> Publication:
    folder = _folder(home, period) / str(number)
    manifest = _manifest(home, period, number)
    pages = tuple(folder / report["audience"] / PAGE for report in manifest["reports"])
    return Publication(period.id, number, folder, is_new, pages)


def _point(home: Home, period: Period, number: int) -> None:
    """Make `number` the latest publication of its period, and list it on the home page."""
    write(_folder(home, period) / _LATEST, f"{number}\n".encode())
    listed = []
    for publication in latest_publications(home):
        of = parse_period(publication.period_id)
        assert of is not None
        manifest = _manifest(home, of, publication.number)
        groups = [
            (
                title,
                sorted(
                    (
                        report["title"] if kind == "public" else report["name"],
                        f"{publication.period_id}/{publication.number}/{report['audience']}/{PAGE}",
                    )
                    for report in manifest["reports"]
                    if report["kind"] == kind
                ),
            )
            for kind, title in _KINDS.items()
        ]
        listed.append((of.label(), date.fromisoformat(manifest["published_on"]), groups))
    write(home.publications / PAGE, home_page(listed))
