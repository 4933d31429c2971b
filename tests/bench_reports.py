"""`make bench-reports`: how long it takes to draw the reports of a finished demo, and what of it goes where.

Each report is drawn in all its forms, as a publication draws it, and once more in those that the plan set a time for:
pages with their charts, and a PDF and a workbook of each that is printed. The demo has twelve commissioners with some
twenty organisations each; here each of them stands for several with a share of these, as a sector with forty has them.
The parts are those of one process, one report after the other. Read the ratios within one run: machines differ.
"""

import os
import resource
import time
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import fields, replace
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import click

from impact.home import Home
from impact.periods import parse_period
from impact.reports import drawing, folder
from impact.reports.audiences import read_audiences
from impact.reports.differences import Causes
from impact.reports.drawing import Form, Order, draw_folder, draw_folders
from impact.reports.folder import PRINTED
from impact.reports.html import report_pages
from impact.reports.pdf import report_pdf
from impact.reports.workbook import report_workbook
from impact.reports.writing import make_report
from tests.bench_intake import timed

PERIOD = "2026-Q2"
PUBLISHED_ON = date(2026, 7, 20)
SHARES = (4, 2, 1)
"""A report of so many is drawn, to see that time grows with reports and with nothing else."""
MOST_ORGANISATIONS = 8
"""Of one commissioner."""
PARTS: dict[str, tuple[Any, str]] = {
    "content": (drawing, "make_report"),
    "pages and charts": (folder, "report_pages"),
    "PDF": (folder, "report_pdf"),
    "workbook": (folder, "report_workbook"),
    "explore": (folder, "explore_page"),
    "data": (drawing, "data_files"),
    "ZIP": (folder, "zip_of"),
}


def orders_of(home: Home) -> list[Order]:
    """One for each audience, as for a first release."""
    period = parse_period(PERIOD)
    assert period is not None
    form = Form(is_released=True, published_on=PUBLISHED_ON, check_ends_on=PUBLISHED_ON, follows=None)
    return [Order(rows, period, 1, form, Causes(), None, {}) for rows in read_audiences(home, PERIOD)]


def shared_out(order: Order) -> list[Order]:
    """A commissioner's order as several, each with the rows of some of its organisations; another's as it is."""
    rows = order.rows
    codes = sorted({row.organisation_code for row in rows.return_states})
    if rows.audience.kind != "commissioner" or len(codes) <= MOST_ORGANISATIONS:
        return [order]
    shares = -(-len(codes) // MOST_ORGANISATIONS)
    return [_share(order, number, frozenset(codes[number::shares])) for number in range(shares)]


def _share(order: Order, number: int, codes: frozenset[str]) -> Order:
    held: dict[str, Any] = {
        field.name: tuple(row for row in rows if getattr(row, "organisation_code", None) in (None, *codes))
        for field in fields(order.rows)
        if isinstance(rows := getattr(order.rows, field.name), tuple)
    }
    audience = replace(order.rows.audience, id=f"{order.rows.audience.id}-{number}")
    return replace(order, rows=replace(order.rows, audience=audience, **held))


@click.command()
def main() -> None:
    """Draw a quarter, half and all of the reports, each with the same mixture of audiences, and print the seconds."""
    started = time.perf_counter()
    orders = [one for order in orders_of(Home(Path(os.environ["IMPACT_HOME"]))) for one in shared_out(order)]
    click.echo(f"Rows of the audiences read in {time.perf_counter() - started:.1f} s")
    click.echo("| reports | charts | PDFs | workbooks | MB written | seconds, all processes | milliseconds a report |")
    click.echo("|---:|---:|---:|---:|---:|---:|---:|")
    for share in SHARES:
        taken = orders[::share]
        charts = sum(len(make_report(order.rows, order.period, PUBLISHED_ON).figures()) for order in taken)
        started = time.perf_counter()
        files = [(name, len(data)) for one in draw_folders(taken) for name, data in one.files.items()]
        seconds = time.perf_counter() - started
        made = [sum(name.endswith(ending) for name, _ in files) for ending in (".pdf", ".xlsx")]
        size, each = sum(size for _, size in files) / 1e6, 1000 * seconds / len(taken)
        click.echo(f"| {len(taken)} | {charts} | {made[0]} | {made[1]} | {size:.0f} | {seconds:.1f} | {each:.0f} |")
    _planned(orders)
    _parts(orders)
    own, others = (resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    click.echo(f"Most memory at a time: {own:.0f} MB in this process, {others:.0f} MB in the largest of the others")


def draw_as_planned(order: Order) -> list[int]:
    """The sizes of the pages of a report and, where it is printed, of its PDF and workbook."""
    report = make_report(order.rows, order.period, PUBLISHED_ON)
    made = list(report_pages(report, [], defaultdict(int)).values())
    if order.rows.audience.kind in PRINTED:
        made += [report_pdf(report), report_workbook(report)]
    return list(map(len, made))


def _planned(orders: list[Order]) -> None:
    printed = sum(order.rows.audience.kind in PRINTED for order in orders)
    started = time.perf_counter()
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        made = list(pool.map(draw_as_planned, sorted(orders, key=lambda order: -order.rows.count())))
    seconds = time.perf_counter() - started
    click.echo(
        f"As the plan counts them: {len(made)} reports as {sum(map(len, made)) - 2 * printed} pages with all charts, "
        f"{printed} PDFs and {printed} workbooks, {sum(map(sum, made)) / 1e6:.0f} MB, in two processes: {seconds:.1f} s"
    )


def _parts(orders: list[Order]) -> None:
    seconds: dict[str, float] = defaultdict(float)
    for name, (module, function) in PARTS.items():
        setattr(module, function, timed(name, seconds, getattr(module, function)))
    started = time.process_time()
    for order in orders:
        draw_folder(order)
    whole = time.process_time() - started
    said = ", ".join(f"{name} {seconds[name]:.1f}" for name in PARTS)
    click.echo(f"In one process, {len(orders)} reports, seconds of processor: {whole:.1f}; of it {said}")


if __name__ == "__main__":
    main()
