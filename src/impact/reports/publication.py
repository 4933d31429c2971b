"""A publication: numbered, whole, never changed. It is prepared for the accuracy check first; who releases it, and what
then becomes of it, is for `releasing`.

The same inputs give the same files. What has not changed since the last publication is not published again. Of each
there is a record of what it let out, which stands before the publication does: whatever is out is known ever after, and
those that follow reckon with it.
"""

import hashlib
import logging
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from math import ceil
from types import MappingProxyType
from typing import Any

from impact.errors import ImpactError
from impact.home import Home, one_writer, put_folder
from impact.periods import london_date, parse_period, to_text
from impact.register import register_at
from impact.register.obligations import bank_holidays_of, working_day_after
from impact.release import build_release, release_inputs, released_bytes
from impact.reports.audience_rows import AudienceRows
from impact.reports.audiences import read_audiences
from impact.reports.comments import comments_on, read_by
from impact.reports.differences import COMPARED, Causes, Difference
from impact.reports.drawing import Before, Form, Order, draw_folders
from impact.reports.folder import DATA
from impact.reports.inputs import Plan, causes_since, known_receipts, plan_of, plan_then, records_of, write_record
from impact.reports.listing import show_releases
from impact.reports.manifest import MANIFEST, manifest_bytes, named_in, read_manifest, rule_of
from impact.reports.notices import (
    UPDATES,
    read_updates,
)
from impact.reports.release_state import (
    Publication,
    manifest_of,
    prepared_folder,
    publication,
    released_folder,
    released_numbers,
)
from impact.settings import settings_at
from impact.warehouse import Build, build_tables

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Drawn:
    """Every file of a publication by its name in it, its manifest among them; what is otherwise for each audience than
    in the publication that it follows, where it follows one; and because of what."""

    number: int
    follows: int | None
    files: Mapping[str, bytes]
    differences: Mapping[str, Difference]
    causes: Causes


def prepare(home: Home, period_id: str | None = None) -> Build:
    """Build the tables of a publication, which `publish` then draws. They are swapped in if every claim holds, that of
    the audit among them.

    Raises ImpactError as `publish` does.
    """
    with one_writer(home, "the tables of a publication"):
        return _build(home, plan_of(home, period_id))


def publish(home: Home, period_id: str | None = None, by: str = "") -> Publication:
    """Prepare the publication of a quarter for its accuracy check, from the warehouse as it stands; of the last one
    that has figures when none is named. `by` is who does, for the record of ops. What readers have stays as it is.

    Raises ImpactError when the period is not a quarter, is not over, or has no figures, when there is no warehouse, and
    when a claim made of the published tables does not hold.
    """
    with one_writer(home, "a publication"):
        plan = plan_of(home, period_id, by)
        if not plan.is_made:
            if not has_tables(home, plan):
                build_soundly(home, plan)
            _log.info("Drawing the reports on %s", plan.period.label())
            files = draw(home, plan, prepared_form(home, plan)).files
            # The record first: killed in between, this leaves too much that is reckoned to be out, not too little.
            write_record(home, plan, released_bytes(home))
            put_folder(prepared_folder(home, plan.period.id, plan.number), dict(files))
        show_releases(home)
        return replace(publication(home, plan.period.id, plan.number), is_new=not plan.is_made)


def rebuild(home: Home, period_id: str, number: int) -> list[str]:
    """Build a publication again from receipts, register, settings and comments as they stood when it was made, beside
    what there is; say which of its files come out otherwise, or are not as they were: those that readers have by their
    names, those of the accuracy check with `prepared/` before it. None do, unless the software has changed since.

    Raises ImpactError when there is no such publication.
    """
    differing = []
    with one_writer(home, "impact rebuild"):
        made = manifest_of(home, period_id, number)
        period = parse_period(period_id)
        assert period is not None
        plan = plan_then(home, period, made)
        with tables_aside(home, plan) as aside:
            forms = {"prepared/": prepared_folder(home, period_id, number)}
            if number in released_numbers(home, period_id):
                forms[""] = released_folder(home, period_id, number)
            for before, folder in forms.items():
                there = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
                files: Mapping[str, bytes] = {}
                if MANIFEST in there:
                    form = _form_of(read_manifest(folder))
                    comments = comments_on(home, period_id, number) if form.is_released else {}
                    files = draw(aside, plan, form, comments).files
                differing += [
                    f"{before}{name}"
                    for name in {*files, *there, MANIFEST}
                    if name not in files or name not in there or files[name] != there[name].read_bytes()
                ]
    return sorted(differing)


def dry_run(home: Home, period_id: str, now: datetime) -> Drawn | None:
    """Draw the next publication of a quarter as at `now`, beside what there is, and keep nothing; None where nothing
    has changed since the last one.

    Raises ImpactError as `publish` does.
    """
    with one_writer(home, "a trial of a publication"), _aside(home) as aside:
        _raise_unsound(build_tables(aside, now), period_id)
        plan = plan_of(aside, period_id)
        if plan.is_made:
            return None
        build_soundly(aside, plan)
        return draw(aside, plan, prepared_form(aside, plan))


def draw(home: Home, plan: Plan, form: Form, comments: Mapping[str, str] = MappingProxyType({})) -> Drawn:
    """A publication in one of its forms, from the tables in place; `comments` are all that are made on it, by the codes
    of organisations."""
    period = plan.period
    before = _before(home, plan, form)
    named = named_in(home, period.id)
    causes = Causes() if form.follows is None else causes_since(home, plan, form.follows)

    def order_of(rows: AudienceRows) -> Order:
        id_ = rows.audience.id
        holds = named.get(id_, {})
        return Order(rows, period, plan.number, form, causes, before.get(id_), holds, read_by(comments, holds))

    folders = list(draw_folders(map(order_of, read_audiences(home, period.id))))
    files = {f"{one.audience.id}/{name}": content for one in folders for name, content in one.files.items()}
    differences = {one.audience.id: one.difference for one in folders if one.difference is not None}
    reports = [
        {
            "audience": one.audience.id,
            "kind": one.audience.kind,
            "name": one.audience.name,
            "title": one.title,
            "status": one.status,
            "rule": rule_of(one.holds),
            "holds": one.holds,
        }
        for one in folders
    ]
    about = {
        "period": period.id,
        "number": plan.number,
        "state": "released" if form.is_released else "prepared",
        "as_at": to_text(plan.as_at),
        "published_on": form.published_on.isoformat(),
        "check_ends_on": form.check_ends_on.isoformat(),
        "follows": form.follows,
        "reports": reports,
        "comments": {code: hashlib.sha256(text.encode()).hexdigest() for code, text in sorted(comments.items())},
        "inputs": plan.inputs,
        "earlier": plan.earlier,
        "released": hashlib.sha256(released_bytes(home)).hexdigest(),
    }
    every = {**files, MANIFEST: manifest_bytes(about, files)}
    return Drawn(plan.number, form.follows, every, differences, causes)


def prepared_form(home: Home, plan: Plan) -> Form:
    """How a publication is drawn for the accuracy check, which starts with the day as at which it is made."""
    started_on = london_date(plan.as_at)
    days = ceil(settings_at(home, plan.as_at)[1]["accuracy_check_working_days"])
    ends_on = working_day_after(started_on, days, bank_holidays_of(register_at(home, plan.as_at)))
    before = [number for number in released_numbers(home, plan.period.id) if number < plan.number]
    return Form(False, started_on, ends_on, max(before, default=None))


def has_tables(home: Home, plan: Plan) -> bool:
    """Whether the tables of a publication are those that were built last."""
    return release_inputs(home) == (plan.period.id, plan.fingerprint)


def build_soundly(home: Home, plan: Plan) -> None:
    """Build the tables of a publication. Raises ImpactError where a claim made of them does not hold."""
    _raise_unsound(_build(home, plan), plan.period.id)


@contextmanager
def tables_aside(home: Home, plan: Plan) -> Iterator[Home]:
    """The home with the tables of a publication of the past, beside those in place, for as long as they are needed.
    Only for the holder of the home's lock."""
    with _aside(home) as aside:
        _raise_unsound(build_tables(aside, plan.as_at, known_receipts(plan.inputs)), plan.period.id)
        build_soundly(aside, plan)
        yield aside


@contextmanager
def _aside(home: Home) -> Iterator[Home]:
    folder = home.root / "warehouse" / "rebuilt"
    shutil.rmtree(folder, ignore_errors=True)
    try:
        yield replace(home, warehouse_folder=folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _build(home: Home, plan: Plan) -> Build:
    """Build the tables of a publication from those of the warehouse and the records that the plan names."""
    return build_release(home, plan.period.id, plan.fingerprint, records_of(home, plan))


def _raise_unsound(build: Build, period_id: str) -> None:
    if not build.is_sound:
        broken = ", ".join(f"{test.claim.model}: {test.claim.claim.replace('_', ' ')}" for test in build.broken)
        raise ImpactError(
            f"{period_id} was not published, because something that must hold of what is published does not "
            f"({broken}). The log above says of which rows; the last publication stays as it was."
        )


def _form_of(manifest: Mapping[str, Any]) -> Form:
    """How a publication that is there was drawn."""
    return Form(
        manifest.get("state") == "released",
        date.fromisoformat(manifest["published_on"]),
        date.fromisoformat(manifest["check_ends_on"]),
        manifest["follows"],
    )


def _before(home: Home, plan: Plan, form: Form) -> dict[str, Before]:
    """What each audience had with the publication before, as readers have it."""
    if form.follows is None:
        return {}
    folder = released_folder(home, plan.period.id, form.follows)
    if not (folder / MANIFEST).is_file():
        raise ImpactError(
            f"Publication {form.follows} of {plan.period.id} was released and is not in {folder}, so that nobody can "
            f"tell what has changed since. Finish it with `impact release {plan.period.id} {form.follows}`, or put it "
            "back from a copy."
        )
    found = {}
    for report in read_manifest(folder)["reports"]:
        own = folder / report["audience"]
        figures = {name: (own / DATA / name).read_bytes() for name in COMPARED if (own / DATA / name).is_file()}
        updates = read_updates((own / UPDATES).read_bytes()) if (own / UPDATES).is_file() else ()
        found[report["audience"]] = Before(figures, updates)
    return found
