"""Releasing a publication: a second person decides that what was prepared and checked is handed to its readers, with
what organisations said of it. Its figures are those that were checked; the page says when it was released."""

import logging
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, replace
from datetime import datetime, timedelta

from impact.errors import ImpactError
from impact.home import Home, one_writer, put_folder, write_json
from impact.periods import from_text, london_date, parse_period, to_text
from impact.reports.comments import comments_on
from impact.reports.inputs import OF_SOFTWARE, Plan, plan_then
from impact.reports.listing import show_releases
from impact.reports.manifest import unlike_manifest
from impact.reports.publication import draw, has_tables, prepared_form, tables_aside
from impact.reports.release_state import (
    LATEST,
    Publication,
    Release,
    manifest_of,
    prepared_folder,
    publication,
    record_path,
    released_folder,
    released_numbers,
    releases_of,
)

_log = logging.getLogger(__name__)

_DAY = timedelta(days=1)


def release(home: Home, period_id: str, number: int, by: str, now: datetime, early: str = "") -> Publication:
    """Release a publication that was prepared: its readers have it from then on. `by` is who decides that, another than
    who prepared it; `early` is why, where the accuracy check is not over. Both are kept for ops, and not printed. One
    that was killed is finished when it is run again.

    Raises ImpactError where there is no such publication, or it may not be released: see `_refuse`.
    """
    if not by.strip():
        raise ImpactError(
            "A publication is released by somebody: say who with --by, a post such as 'Head of analysis'."
        )
    with one_writer(home, "impact release"):
        manifest, period = manifest_of(home, period_id, number), parse_period(period_id)
        assert period is not None
        plan = plan_then(home, period, manifest)
        begun = releases_of(home, period_id).get(number)
        if show_releases(home) and begun and released_folder(home, period_id, number).is_dir():
            return publication(home, period_id, number)  # it was killed when all but this was done
        _refuse(home, plan, by, now, early)
        decided = begun or Release(period_id, number, by.strip(), to_text(now), early.strip())
        _refuse_what_cannot_come_out_the_same(home, plan, manifest["inputs"])
        form = replace(
            prepared_form(home, plan),
            is_released=True,
            published_on=london_date(from_text(decided.released_at)),
        )
        _log.info("Drawing the reports on %s", period.label())
        with _tables(home, plan) as place:
            files = draw(place, plan, form, comments_on(home, period_id, number)).files
        # From here on it is released, whatever happens next.
        write_json(home.releases / f"{period_id}-{number}.json", asdict(decided))
        put_folder(released_folder(home, period_id, number), dict(files))
        show_releases(home)
        return publication(home, period_id, number)


def _tables(home: Home, plan: Plan) -> AbstractContextManager[Home]:
    return nullcontext(home) if has_tables(home, plan) else tables_aside(home, plan)


def _refuse(home: Home, plan: Plan, by: str, now: datetime, early: str) -> None:
    """Say why a publication may not be released: it is latest already, a newer one was released, who prepared it would
    release it, or the accuracy check is not over."""
    period_id, number = plan.period.id, plan.number
    released = released_numbers(home, period_id)
    name = f"Publication {number} of {period_id}"
    newest = max(released, default=0)
    if number in released and released_folder(home, period_id, number).is_dir():
        one = releases_of(home, period_id).get(number)
        said = f"{one.by} released it on {_day(london_date(from_text(one.released_at)))}." if one else ""
        is_latest = (home.publications / period_id / LATEST).read_text("utf-8") == f"{number}\n"
        raise ImpactError(f"{name} is {'the latest' if is_latest else 'released'} already. {said}".rstrip())
    if newest > number:
        raise ImpactError(
            f"{name} can no longer be released: publication {newest}, which is newer, is what readers have."
        )
    if number in released:
        return  # it was decided, and killed before it was done
    if plan.by and _same(plan.by, by):
        raise ImpactError(
            f"{name} was prepared by {plan.by}: somebody else must release it, so that two people have looked."
        )
    ends_on = prepared_form(home, plan).check_ends_on
    if london_date(now) <= ends_on and not early.strip():
        raise ImpactError(
            f"{name} is in its accuracy check until {_day(ends_on)}: the organisations that it names may still answer. "
            f"Release it from {_day(ends_on + _DAY)} on, or say why not with --early REASON."
        )


def _refuse_what_cannot_come_out_the_same(home: Home, plan: Plan, checked: dict[str, object]) -> None:
    """What is released must be what was checked: the files as they were prepared, made from what is still there, by the
    same software."""
    period_id, number = plan.period.id, plan.number
    name = f"Publication {number} of {period_id}"
    if differing := unlike_manifest(prepared_folder(home, period_id, number)):
        raise ImpactError(
            f"{name} is not as it was prepared: {', '.join(differing[:3])}. Put "
            f"{prepared_folder(home, period_id, number)} back from a copy."
        )
    if any(plan.inputs[key] != checked[key] for key in OF_SOFTWARE):
        raise ImpactError(
            f"The software has changed since publication {number} of {period_id} was prepared, so that it might not "
            f"come out as it was checked. Prepare it again with `impact publish {period_id}`; where that changes no "
            "figure, --early may say so."
        )
    if plan.inputs != checked:
        raise ImpactError(f"Receipts that {name} was made from are no longer there. Put them back from a copy.")
    if not record_path(home, period_id, number).is_file():
        raise ImpactError(f"The record of what {name} lets out is gone. Put {home.released} back from a copy.")


def _same(one: str, other: str) -> bool:
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def _day(day: object) -> str:
    return f"{day:%d %B %Y}".lstrip("0")
