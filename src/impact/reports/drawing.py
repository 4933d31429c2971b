"""Draws the folders of a publication, one an audience: what each is told of changes, its report, and all its files. A
folder is a function of what one audience may read and of nothing else, so that many are drawn at a time."""

import os
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from datetime import date
from multiprocessing import get_context

from impact.errors import ImpactError
from impact.periods import Period
from impact.reports.audience_rows import Audience, AudienceRows, Holds
from impact.reports.data_files import data_files
from impact.reports.differences import Causes, Difference, difference
from impact.reports.folder import audience_files
from impact.reports.notices import (
    UPDATES,
    Standing,
    Update,
    first_release,
    updates_bytes,
    updates_of,
    with_standing,
)
from impact.reports.writing import make_report

_FEW_ROWS = 10_000
"""So many are drawn in some five seconds, and each other process would first import for one."""
_MOST_PROCESSES = 4


@dataclass(frozen=True)
class Form:
    """How a publication is drawn: for the accuracy check, or as it is released. `published_on` is the day that its
    pages name; `follows` the number that readers had before, None where it is the first."""

    is_released: bool
    published_on: date
    check_ends_on: date
    follows: int | None


@dataclass(frozen=True)
class Before:
    """What an audience had before: its data files by name, and its updates."""

    figures: Mapping[str, bytes]
    updates: tuple[Update, ...]


@dataclass(frozen=True)
class Order:
    """One folder to draw: what its audience may read, and whom it `holds` by name and why; of which publication it is,
    in which form, what the audience had `before` (None where it had nothing), what has changed since, and what the
    organisations that it reads of say themselves, by their codes."""

    rows: AudienceRows
    period: Period
    number: int
    form: Form
    causes: Causes
    before: Before | None
    holds: Holds
    comments: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Folder:
    """What was drawn: `files` by their names in the folder; the `difference` to what the audience had before."""

    audience: Audience
    title: str
    status: str
    holds: Holds
    files: Mapping[str, bytes]
    difference: Difference | None


def draw_folders(orders: Iterable[Order]) -> Iterator[Folder]:
    """The folders, in the order of `orders`; of many, several at a time.

    Raises what drawing one of them raises, once those before it are there; ImpactError where a process was ended."""
    waiting = list(orders)
    sizes = [order.rows.count() for order in waiting]
    processes = min(_MOST_PROCESSES, os.cpu_count() or 1)
    if processes < 2 or sum(sizes) <= _FEW_ROWS:
        yield from map(draw_folder, waiting)
        return
    largest_first = sorted(range(len(waiting)), key=lambda place: -sizes[place])
    # A process that is forked while DuckDB runs threads can hang: each starts anew.
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        try:
            made = {place: pool.submit(draw_folder, waiting[place]) for place in largest_first}
            yield from (made[place].result() for place in range(len(waiting)))
        except BrokenProcessPool as fault:
            raise ImpactError(
                f"One of the {processes} processes that draw the reports was ended from outside, most often because "
                "memory ran out. Nothing was published. Free some memory, then run it again."
            ) from fault
        finally:
            pool.shutdown(cancel_futures=True)


def draw_folder(order: Order) -> Folder:
    """One folder: the same bytes for the same order."""
    rows, form = order.rows, order.form
    data = data_files(rows)
    found = None
    updates: tuple[Update, ...] = (first_release(form.published_on, order.number),)
    if order.before is not None:
        assert form.follows is not None
        found = difference(order.before.figures, data, order.causes)
        new = updates_of(found, order.causes, form.published_on, order.number, form.follows)
        updates = (*new, *order.before.updates)
    standing = Standing(order.number, form.is_released, form.check_ends_on, updates, order.comments)
    report = with_standing(make_report(rows, order.period, form.published_on), standing, _names(rows))
    files = {
        **audience_files(rows, report, order.period, data, is_released=form.is_released),
        UPDATES: updates_bytes(updates),
    }
    return Folder(rows.audience, report.title, report.status, order.holds, files, found)


def _names(rows: AudienceRows) -> dict[str, str]:
    return {row.organisation_code: row.organisation_name for row in (*rows.organisations, *rows.history)}
