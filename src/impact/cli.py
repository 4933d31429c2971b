"""`impact`: the commands that people and scripts use. Each parses, calls one function, and prints what came of it."""

import getpass
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from impact import __version__
from impact.errors import BUSY, FAULT, HomeBusyError, ImpactError
from impact.home import Home, write
from impact.places import dagster_settings

if TYPE_CHECKING:
    from impact.intake.receipts import Receipt
    from impact.reports.release_state import Publication
    from impact.status import ReturnStatus, State

NOT_ACCEPTED = 1

_NOBODY_TO_ASK = "The organisations of the demo do not exist, so that none of them can check anything"

_MOST_PAGES = 8
_MOST_RECEIPTS = 20
_MOST_NEWER = 3

_EXIT_CODES = """
\b
Exit codes:
  0  done
  1  check: the file would not be accepted as it is; rebuild: something comes out otherwise
  2  the command was not written as it should be
  3  a fault that concerns everything: the register, the disk, a table of sql/
  4  somebody else is writing in the same home
"""


def _clean_faults(command: Callable[..., Any]) -> Callable[..., Any]:
    """A fault of the pipeline is a message and an exit code, not a traceback."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except ImpactError as fault:
            click.echo(str(fault), err=True)
            sys.exit(BUSY if isinstance(fault, HomeBusyError) else FAULT)
        except BrokenPipeError:
            raise  # whoever reads has read enough, which click knows how to end with
        except OSError as fault:
            click.echo(f"{fault.filename or 'The home'}: {fault.strerror}. Mend that, then try again.", err=True)
            sys.exit(FAULT)

    return run


@click.group(epilog=_EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="impact")
def main() -> None:
    """Benchmark reports on public service mutuals.

    Files arrive in IMPACT_HOME (./home unless set), under landing/ORGANISATION/inbox/FEED/PERIOD/. `impact run` takes
    them and answers in landing/ORGANISATION/outbox/; `impact publish PERIOD` prepares the reports, and `impact release`
    hands them to their readers.
    """


@main.command()
@_clean_faults
def demo() -> None:
    """Make up a sector, send its files, take them, and publish its reports.

    210 fictional organisations and 12 quarters, in IMPACT_HOME: four feeds, as CSV files and workbooks, with histories,
    corrections, late and nil returns, and a dozen faulty files, each faulty in a way of its own.
    """
    from impact.demo.drops import place_demo
    from impact.demo.planted import NOW, PERIODS
    from impact.periods import to_text
    from impact.reports.release_state import waiting_publications
    from impact.reports.releasing import release as release_publication

    started = time.monotonic()
    home = _home()
    count = place_demo(home)
    click.echo(f"{count:,} files placed in the inboxes of {home.landing} in {time.monotonic() - started:.1f} s")
    _run_job(home, "quarter", "--now", to_text(NOW), "--period", PERIODS[-1], "--no-wait", "--by", "The demo")
    waiting = [one for one in waiting_publications(home) if one.period_id == PERIODS[-1]]
    for one in waiting[-1:]:
        release_publication(home, one.period_id, one.number, "The demo's reader", NOW, _NOBODY_TO_ASK)
    _say_publications(home)
    click.echo("\nTo see the runs: make up. To see who has not sent what: .venv/bin/impact status --on 2026-07-20")
    click.echo(f"Done in {time.monotonic() - started:.1f} s")


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--organisation", help="The organisation that sends it. Default: as the file's place or rows say.")
@click.option("--feed", help="The feed it is for. Default: as the file's place or headings say.")
@click.option("--period", help="The period it is for, such as 2026-Q1. Default: as the file's place or rows say.")
@click.option(
    "--json", "as_receipt", is_flag=True, help="Print the receipt as JSON, with every cell, and nothing else."
)
@click.option(
    "--xlsx",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the rows of FILE to this workbook, with the cells to look at marked.",
)
@_clean_faults
def check(
    file: Path,
    organisation: str | None,
    feed: str | None,
    period: str | None,
    as_receipt: bool,
    xlsx: Path | None,
) -> None:
    """Say what the receipt of FILE would say, without sending it."""
    from impact.home import json_bytes
    from impact.intake.answers import answer_lines
    from impact.intake.deciding import known_by
    from impact.intake.intake import marked_up_drop
    from impact.intake.receipts import as_json
    from impact.intake.trial import place_of, try_file, why_unreadable
    from impact.register import current_register

    if xlsx is not None and xlsx.exists() and xlsx.samefile(file):
        raise click.BadParameter("--xlsx names the file that is checked. Name another one.")
    home = _home()
    known = known_by(current_register(home), datetime.now(UTC))
    arrival, reading = place_of(file, organisation, feed, period, known)
    told = {"--organisation": arrival.sender, "--feed": arrival.feed, "--period": arrival.period}
    if not arrival.feed and (fault := why_unreadable(file)) is not None:
        click.echo(f"{file.name}: {fault.message}\n  {fault.fix}", err=as_receipt)
        sys.exit(NOT_ACCEPTED)
    if unsaid := [option for option, value in told.items() if not value]:
        raise click.UsageError(f"{file.name} does not say what it is for. Say it with {', '.join(unsaid)}.")
    decided = try_file(home, arrival, known, reading)
    receipt = decided.receipt
    if as_receipt:
        click.echo(json_bytes(as_json(receipt)), nl=False)
    else:
        click.echo(f"{file.name} as {receipt.feed} of {receipt.sender}, {receipt.period}\n")
        for line in answer_lines(receipt):
            click.echo(line)
    if xlsx is not None:
        workbook = marked_up_drop(decided.drop, receipt, {receipt.id: decided.table})
        said = f"{xlsx} was not written: there are no cells to mark."
        if workbook is not None:
            xlsx.write_bytes(workbook)
            said = f"The cells to look at are marked in {xlsx}"
        click.echo(f"\n{said}", err=as_receipt)
    if receipt.decision != "accepted":
        sys.exit(NOT_ACCEPTED)


@main.command()
@click.argument("feed")
@click.option("--organisation", required=True, help="The code of the organisation that will send it.")
@click.option("--period", required=True, help="The period that it is for, such as 2026-Q1.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write it. Default: a file here that is named after all three.",
)
@_clean_faults
def template(feed: str, organisation: str, period: str, output: Path | None) -> None:
    """Write the workbook that an organisation fills in for FEED.

    It offers the organisation's own services and codes, and holds the rows that must be there. A file that is there
    already is never overwritten: somebody may have filled it in.
    """
    from impact.definition import feeds
    from impact.intake.landing import Arrival
    from impact.intake.placing import active_part, period_of_drop
    from impact.intake.template import make_template
    from impact.register import current_register

    collected = [name for name, definition in feeds().items() if definition.source == "return"]
    if feed not in collected:
        raise click.BadParameter(f"there is no template for {feed}. There is one for: {', '.join(collected)}.")
    register = current_register(_home())
    if not register.knows_organisation(organisation):
        raise click.BadParameter(f"the register does not know the organisation {organisation}.")
    asked = period_of_drop(Arrival(organisation, feed, period, Path()), feeds()[feed])
    if asked is None:
        raise click.BadParameter(f"{period} is not a period of {feed}. Write it as in this example: 2026-Q1")
    start_on, end_on = active_part(asked, register, organisation)
    if start_on > end_on:
        raise click.BadParameter(f"the register says that {organisation} was not at work in {asked.label()}.")
    path = output or Path(f"{feed}_{organisation}_{period}.xlsx")
    made = make_template(feeds()[feed], register, organisation, asked)
    try:
        with path.open("xb") as file:
            file.write(made)
    except FileExistsError as fault:
        raise click.UsageError(f"{path} is there already. Name another file with --output.") from fault
    click.echo(f"{path}: {feeds()[feed].title} of {organisation}, {asked.label()}")


@main.command()
@click.option("--now", "no_wait", is_flag=True, help="Take files that changed within the last 30 s, too.")
@_clean_faults
def run(no_wait: bool) -> None:
    """Take every file that waits in an inbox, and rebuild the tables.

    A file that is not accepted stops nothing: it gets a receipt that says what to put right.
    """
    from impact.periods import to_text

    _run_job(_home(), "arrivals", "--now", to_text(datetime.now(UTC)), *(["--no-wait"] if no_wait else []))


@main.command()
@click.option("--dry-run", is_flag=True, help="Only say what would be purged.")
@_clean_faults
def purge(dry_run: bool) -> None:
    """Purge the answer sheets that have been kept for as long as they may be.

    Their counts and receipts stay. The same happens every night while `make up` runs.
    """
    from impact.intake.retention import purge_answer_sheets

    purged = purge_answer_sheets(_home(), datetime.now(UTC), is_dry_run=dry_run)
    for one in purged:
        click.echo(
            f"{one.sender} {one.feed} {one.period}: receipt {one.receipt}, {one.decision}, received {one.received_at}, "
            f"kept for {one.retention_days} days"
        )
    count = "1 file" if len(purged) == 1 else f"{len(purged)} files"
    click.echo(f"{'Would be purged' if dry_run else 'Purged'}: {count} of answer sheets")


@main.command()
@click.argument("period")
@click.option("--by", default="", help="Who prepares it: a post, not a name. Default: the name of this user.")
@click.option("--dry-run", is_flag=True, help="Only say what would be otherwise than in what readers have.")
@_clean_faults
def publish(period: str, by: str, dry_run: bool) -> None:
    """Rebuild the tables and prepare the reports of PERIOD, a quarter such as 2026-Q1, for their accuracy check.

    Readers have them once somebody else releases them: impact release. What has not changed since the last publication
    of PERIOD is not published again.
    """
    from impact.periods import parse_period, to_text

    quarter = parse_period(period)
    if quarter is None or quarter.grain != "quarter":
        raise click.BadParameter(f"{period!r} is not a quarter. Write it as in this example: 2026-Q1")
    home = _home()
    if dry_run:
        from impact.reports.publication import dry_run as try_publication
        from impact.reports.trial import trial_lines

        for line in trial_lines(period, try_publication(home, period, datetime.now(UTC))):
            click.echo(line)
        return
    _run_job(home, "publish", "--now", to_text(datetime.now(UTC)), "--period", period, "--by", by or _user())
    _say_publications(home, period)


@main.command()
@click.argument("period")
@click.argument("number", type=int)
@click.option("--by", required=True, help="Who releases it, another than who prepared it: a post, not a name.")
@click.option("--early", default="", metavar="REASON", help="Why, where the accuracy check is not over. It is kept.")
@_clean_faults
def release(period: str, number: int, by: str, early: str) -> None:
    """Hand publication NUMBER of PERIOD, as it was prepared and checked, to its readers, with the comments on it.

    It takes a second person, and the accuracy check must be over. What was released before stays where it is.
    """
    from impact.reports.releasing import release as release_publication

    home = _home()
    release_publication(home, period, number, by, datetime.now(UTC), early)
    _say_publications(home, period)


@main.command()
@click.argument("period")
@click.argument("number", type=int)
@click.argument("organisation")
@click.argument("file", type=click.File("rb"))
@_clean_faults
def comment(period: str, number: int, organisation: str, file: BinaryIO) -> None:
    """Keep what ORGANISATION answers to the accuracy check of publication NUMBER of PERIOD: FILE, plain text, or -.

    It is printed with the release, on the pages of all who see the organisation by name. A later one takes its place.
    """
    from impact.reports.comments import comment as keep_comment

    kept = keep_comment(_home(), period, number, organisation, file.read(), datetime.now(UTC))
    click.echo(
        f"Comment {kept.take} of {organisation} on publication {number} of {period} is kept: {len(kept.text):,} "
        "characters. It is printed with the release."
    )


@main.command()
@click.argument("period")
@click.argument("number", type=int)
@_clean_faults
def rebuild(period: str, number: int) -> None:
    """Build publication NUMBER of PERIOD again from what there was when it was made, and compare it byte for byte.

    Nothing is changed. Files that come out otherwise are named, and the exit code is 1.
    """
    from impact.reports.publication import rebuild as build_again

    differing = build_again(_home(), period, number)
    for name in differing:
        click.echo(f"  differs: {name}")
    if differing:
        count = "1 file" if len(differing) == 1 else f"{len(differing)} files"
        click.echo(
            f"Of publication {number} of {period}, {count} did not come out the same. Where that is the manifest "
            "alone, other software made it: the manifest says which."
        )
        sys.exit(NOT_ACCEPTED)
    click.echo(f"Publication {number} of {period} comes out the same, byte for byte.")


_REASON = click.option("--reason", required=True, help="Why. It is kept, and the sender can read it.")
_BY = click.option("--by", default="", help="Who says so: a post, such as 'Head of finance', not a name.")


@main.command()
@click.argument("receipt")
@click.argument("finding")
@_REASON
@_BY
@_clean_faults
def confirm(receipt: str, finding: str, reason: str, by: str) -> None:
    """Confirm that what RECEIPT is held for is right: one FINDING, or all.

    Once all of it is confirmed the return counts, from the next `impact run` on. `impact status` lists what is to be
    confirmed. What is confirmed stays so in corrections, as long as the figures in question stay the same.
    """
    from impact.intake.confirming import confirm as confirm_finding

    confirmed = confirm_finding(_home(), receipt, finding, reason, by, datetime.now(UTC))
    open_rules = ", ".join(query.rule for query in confirmed.queries)
    click.echo(
        f"Receipt {receipt} is still held. Still to be confirmed: {open_rules}"
        if open_rules
        else f"Receipt {receipt} is accepted: {confirmed.sender} {confirmed.feed} {confirmed.period}"
    )


@main.command()
@click.argument("organisation")
@click.argument("feed")
@click.argument("period")
@_REASON
@_BY
@_clean_faults
def reopen(organisation: str, feed: str, period: str, reason: str, by: str) -> None:
    """Let ORGANISATION correct its return to FEED for PERIOD, which is locked.

    It stays open until a correction is accepted.
    """
    from impact.intake.locks import reopen as reopen_return

    opened = reopen_return(_home(), organisation, feed, period, reason, by, datetime.now(UTC))
    click.echo(f"{feed} of {organisation} for {period} is open for one correction since {opened.reopened_at}.")


@main.command()
@click.argument("receipt")
@click.option("--reason", required=True, help="Why. It is kept, and the sender can read it.")
@_clean_faults
def retake(receipt: str, reason: str) -> None:
    """Decide again on the file of RECEIPT, by today's register and rules.

    For a file that was refused for something that has since been put right outside it. The result is a receipt of its
    own; a return that counts is at most corrected by it.
    """
    from impact.intake.answers import answer_lines
    from impact.intake.retaking import retake as decide_again

    decided = decide_again(_home(), receipt, reason, datetime.now(UTC))
    if decided.id == receipt:
        click.echo(f"Receipt {receipt} comes out the same: nothing was changed.")
        return
    click.echo(f"Receipt {decided.id}, which takes up {receipt} again:\n")
    for line in answer_lines(decided):
        click.echo(line)


@main.command()
@click.option("--organisation", help="Only this organisation's returns, every period of them.")
@click.option("--feed", help="Only this feed's.")
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="As of another day, such as 2026-07-20.")
@click.option("--csv", "csv_path", help="Write the returns to chase to this CSV file; - for the terminal.")
@_clean_faults
def status(organisation: str | None, feed: str | None, day: datetime | None, csv_path: str | None) -> None:
    """Say what is in, held, refused, due and late, what still waits, and what is published.

    Without options: each feed's returns of the last two quarters in numbers, then every return to chase and what is to
    be confirmed. With --csv, only the returns to chase, and what is exempt or nil of the last two quarters, as a file.
    """
    from impact.definition import feeds
    from impact.intake.landing import find_arrivals
    from impact.intake.receipts import held_returns, load_receipts
    from impact.periods import london_date, quarter_of
    from impact.register import current_register
    from impact.status import chasing_list, return_statuses
    from impact.warehouse import built_as_at

    home = _home()
    now = datetime.now(UTC)
    today = day.date() if day else london_date(now)
    register = current_register(home)
    if organisation is not None and not register.knows_organisation(organisation):
        raise click.BadParameter(f"the register does not know the organisation {organisation}.")
    if feed is not None and feed not in feeds():
        raise click.BadParameter(f"{feed} is not a feed. The feeds are: {', '.join(feeds())}.")
    receipts = load_receipts(home)
    found = [
        one
        for one in return_statuses(register, receipts, today)
        if organisation in (None, one.organisation_code) and feed in (None, one.feed)
    ]
    last = quarter_of(today).before()
    recent = (last.id, last.before().id)
    if csv_path is not None:
        chased = [one for one in found if not one.is_in or (one.period in recent and one.state in ("nil", "exempt"))]
        listed = chasing_list(chased, register, receipts, today)
        if csv_path == "-":
            click.echo(listed, nl=False)
        else:
            Path(csv_path).write_bytes(listed.encode("utf-8-sig"))  # Excel takes a file without the mark for another
        return
    if organisation is None:
        _say_counts([one for one in found if one.period in recent])
        found = [one for one in found if not one.is_in]
    for one in found:
        click.echo(f"{one.organisation_code} {one.feed} {one.period}: {_state_words(one)}")
    held = {receipt.id: receipt for receipt in held_returns(receipts).values()}
    for receipt in held.values():
        if organisation in (None, receipt.sender) and feed in (None, receipt.feed):
            _say_queries(receipt)
    waiting, left = find_arrivals(home, now, 0)
    counts = Counter(receipt.decision for receipt in receipts)
    click.echo(
        f"Receipts: {counts['accepted']} accepted, {counts['held']} held, "
        f"{counts['refused'] + counts['unreadable']} refused. Waiting in the inboxes: {len(waiting)}"
    )
    for file in left:
        click.echo(f"{file.path}: left, because {file.reason}")
    built = built_as_at(home)
    click.echo(f"Tables last built: {f'{built:%d %B %Y %H:%M} UTC' if built else 'never'}")
    _say_publications(home)


@main.group(name="import")
def import_() -> None:
    """Take official figures as they are published."""


@import_.command(name="nhs-sickness")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--mutuals",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CSV with ods_code, name and, if known, spun_out_from, spun_out_on, note: which of them are mutuals.",
)
@_clean_faults
def import_nhs_sickness(files: Sequence[Path], mutuals: Path) -> None:
    """Take NHS England's monthly sickness absence FILES, unaltered.

    They go into NHS England's inbox, for `impact run` to take, and the organisations in them into the register. An
    organisation that is in the register already stays as it stands there.
    """
    from impact import nhs

    click.echo(f"Reading {len(files)} files", err=True)
    home = _home()
    done = nhs.import_nhs_sickness(home, files, mutuals, datetime.now(UTC))
    click.echo(
        f"{done.files} files placed in the inbox of NHS England. Register: {done.organisations_added} organisations "
        f"added, {done.organisations_kept} there already; {done.mutuals} mutuals, {done.unclassified} unclassified.\n"
        f"Next: impact run --now, then impact publish PERIOD"
    )


@main.command()
@click.option("--sectors", type=click.IntRange(1), default=1000, show_default=True, help="How many of each kind.")
@click.option("--seed", type=click.IntRange(0), default=20260720, show_default=True, help="Another one, other sectors.")
@click.option("--processes", type=click.IntRange(1), default=2, show_default=True, help="How many work at once.")
@_clean_faults
def simulate(sectors: int, seed: int, processes: int) -> None:
    """Prove intervals and verdicts on generated sectors of which the effects are known.

    SECTORS sectors in which spinning out has an effect, and as many in which it has none, go through the tables of sql/
    as returns do. Nothing is read from or written to IMPACT_HOME. The same seed gives the same table.
    """
    from impact.simulation.run import simulate as run_sectors
    from impact.simulation.summary import table

    started = time.monotonic()
    found = run_sectors(sectors, seed, processes, lambda done: click.echo(f"{done} of {2 * sectors} sectors", err=True))
    click.echo(table(found))
    click.echo(
        f"\n{sectors} sectors with an effect and {sectors} without, seed {seed}; each figure ± its Monte Carlo "
        f"standard error. {time.monotonic() - started:.0f} s in {processes} processes.",
    )


def _home() -> Home:
    return Home(Path(os.environ.get("IMPACT_HOME") or "home").resolve())


def _run_job(home: Home, job: str, *options: str) -> None:
    """Run a Dagster job in a process of its own, and say what it took. Ends this process when the job fails."""
    from impact.intake.receipts import load_receipts

    before = {receipt.id for receipt in load_receipts(home)}
    write(home.dagster / "dagster.yaml", dagster_settings().read_bytes())
    # Dagster writes what a step reports (a check for each of two hundred rules) together instead of one by one.
    environment = {"DAGSTER_EVENT_BATCH_SIZE": "100", **os.environ}
    environment |= {"IMPACT_HOME": str(home.root), "DAGSTER_HOME": str(home.dagster)}
    command = [sys.executable, "-W", "ignore", "-m", "pipelines.execute", job, "--home", str(home.root), *options]
    click.echo(f"Running the job {job}", err=True)
    done = subprocess.run(command, env=environment, check=False)  # noqa: S603  (our own module, our own words)
    if done.returncode:
        sys.exit(done.returncode)
    new = [receipt for receipt in load_receipts(home) if receipt.id not in before]
    counts = Counter(receipt.decision for receipt in new)
    refused = counts["refused"] + counts["unreadable"]
    click.echo(f"Taken: {counts['accepted']} accepted, {counts['held']} held, {refused} refused")
    others = [receipt for receipt in new if receipt.decision != "accepted"]
    for receipt in others[:_MOST_RECEIPTS]:
        if receipt.findings:
            first = next((f for f in receipt.findings if f.severity != "for_information"), receipt.findings[0])
            place = f" {', '.join(first.cells)}:" if first.cells else ""
            what = f"{receipt.sender} {receipt.feed} {receipt.period}"
            click.echo(f"  {receipt.decision:<11}{what}{place} {first.message}")
    if len(others) > _MOST_RECEIPTS:
        click.echo(f"  and {len(others) - _MOST_RECEIPTS} more: impact status lists them")


def _state_words(one: "ReturnStatus") -> str:
    """What has come of a return: `held, 4 days late, receipt 0123456789abcdef`."""
    said: list[str] = [one.state] if one.state not in ("late", "due") else []
    if one.days_late:
        said.append("1 day late" if one.days_late == 1 else f"{one.days_late} days late")
    elif not one.is_in:
        said.append(f"due {one.due_on:%d %B %Y}")
    return ", ".join([*said, *([f"receipt {one.receipt}"] if one.receipt else [])])


def _say_queries(receipt: "Receipt") -> None:
    """What a held drop is held for, and how to confirm it."""
    click.echo(f"To confirm: {receipt.sender} {receipt.feed} {receipt.period}, receipt {receipt.id}")
    for finding in receipt.queries:
        place = f" {', '.join(finding.cells)}:" if finding.cells else ""
        click.echo(f"  {finding.rule}:{place} {finding.message}")
    click.echo(
        f"  If {receipt.sender} says that it is right: impact confirm {receipt.id} all --reason 'WHY' --by 'POST'"
    )


def _say_counts(found: Sequence["ReturnStatus"]) -> None:
    """One line a period and feed: how many returns are owed, and what has come of them."""
    states: tuple[State, ...] = ("received", "nil", "exempt", "held", "not accepted", "due", "late")
    if found:
        click.echo(f"{'Period':<9}{'Feed':<22}{'Owed':>6}" + "".join(f"{state.capitalize():>14}" for state in states))
    for period, feed in sorted({(one.period, one.feed) for one in found}):
        counts = Counter(one.state for one in found if (one.period, one.feed) == (period, feed))
        cells = "".join(f"{counts[state]:>14}" for state in states)
        click.echo(f"{period:<9}{feed[:21]:<22}{sum(counts.values()):>6}{cells}")


def _say_publications(home: Home, period: str | None = None) -> None:
    """What is published, with what has come in since, and what waits for release."""
    from impact.reports.release_state import latest_publications, newer_returns, waiting_publications

    published = [one for one in latest_publications(home) if period in (None, one.period_id)]
    for publication in published:
        click.echo(f"Published {publication.period_id}, number {publication.number}: {len(publication.pages)} reports")
        _say_pages(publication)
        if newer := newer_returns(home, publication.period_id, publication.number):
            named = ", ".join(f"{one.sender} {one.feed} {one.period}" for one in newer[:_MOST_NEWER])
            more = f" and {len(newer) - _MOST_NEWER} more" if len(newer) > _MOST_NEWER else ""
            count = "1 return" if len(newer) == 1 else f"{len(newer)} returns"
            click.echo(f"  Newer data has come in since: {count} ({named}{more})")
    for publication in waiting_publications(home):
        if period in (None, publication.period_id):
            _say_waiting(home, publication)
    if published:
        click.echo(f"All that is published: {(home.publications / 'index.html').as_uri()}")


def _say_pages(publication: "Publication") -> None:
    """Of many the last one, which is the public's; the home page lists them all."""
    for page in publication.pages if len(publication.pages) <= _MOST_PAGES else publication.pages[-1:]:
        click.echo(f"  {page.as_uri()}")


def _say_waiting(home: Home, publication: "Publication") -> None:
    """A publication that was prepared and is not released: until when it is checked, and what to do then."""
    from impact.periods import london_date
    from impact.reports.comments import comments_on

    period, number, ends_on = publication.period_id, publication.number, publication.check_ends_on
    by = f" by {publication.by}" if publication.by else ""
    click.echo(f"Prepared {period}, number {number}{by}: {len(publication.pages)} reports, not released")
    _say_pages(publication)
    comments = comments_on(home, period, number)
    if ends_on is not None:
        is_over = london_date(datetime.now(UTC)) > ends_on
        until = f"{ends_on.day} {ends_on:%B %Y}"
        said = f", comments of {', '.join(comments)}" if comments else ", no comments"
        click.echo(f"  Its accuracy check {'ended on' if is_over else 'runs until'} {until}{said}")
    click.echo(f"  Then: impact release {period} {number} --by 'POST', by somebody else")


def _user() -> str:
    """The name of this user, where the system has one."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"


def as_process() -> None:
    """The commands as a process of its own. A check, for which somebody waits, ends without taking apart object by
    object what it has imported: that would take as long as checking does, and it has nothing open."""
    try:
        main()
    except SystemExit as end:
        if sys.argv[1:2] != [check.name] or not isinstance(end.code, int):
            raise
        with suppress(BrokenPipeError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(end.code)


if __name__ == "__main__":
    as_process()
