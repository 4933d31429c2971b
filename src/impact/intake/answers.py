"""What goes back to the sender: the receipt as JSON for programs, and as a page (and as text) for a person."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from impact.checking.findings import Finding, cells_text
from impact.definition import Severity, feeds
from impact.home import json_bytes
from impact.intake.landing import INBOX
from impact.intake.receipts import RESPONSES, Confirmation, Decision, Receipt, as_json
from impact.periods import LONDON, from_text, parse_period

_HEADLINES: dict[Decision, str] = {
    "accepted": "Accepted",
    "held": "Held until you confirm it",
    "refused": "Not accepted: please correct it and send it again",
    "unreadable": "Not accepted: the file cannot be read",
}
_NEXT_STEPS: dict[Decision, str] = {
    "accepted": "There is nothing more to do.",
    "held": (
        "Look at each cell named here. If it is wrong, correct it and send the file again. If it is right, write to "
        "the people who run this service with the number of this receipt and the reason."
    ),
    "refused": "Put right what is named here, save the file, and put it in the folder {folder}.",
    "unreadable": "Put a CSV file or an Excel workbook of your figures in the folder {folder}.",
}
_MOST_PARTS = 12
"""As many cells, or runs of them, as a line names. The JSON names every one."""
GROUPS: dict[Severity, str] = {
    "must_fix": "To put right",
    "please_confirm": "To confirm",
    "for_information": "For your information",
}
_CONFIRMED = "Confirmed"


def headline(receipt: Receipt) -> str:
    return _HEADLINES[receipt.decision]


def next_step(receipt: Receipt) -> str:
    is_known = receipt.feed in feeds() and parse_period(receipt.period) is not None
    folder = f"{INBOX}/{receipt.feed}/{receipt.period}" if is_known else "of its feed and period"
    return _NEXT_STEPS[receipt.decision].format(folder=folder)


def grouped(receipt: Receipt) -> Iterator[tuple[str, list[Finding]]]:
    """The findings of a receipt under the titles that say what is to be done about them, where there are any. Of one
    that was confirmed it is said why, instead of what to do."""
    confirmed = {one.rule: one for one in receipt.confirmed}
    said: dict[str, list[Finding]] = {title: [] for title in (*GROUPS.values(), _CONFIRMED)}
    for finding in receipt.findings:
        one = confirmed.get(finding.rule) if finding.severity == "please_confirm" else None
        if one is None:
            said[GROUPS[finding.severity]].append(finding)
        else:
            said[_CONFIRMED].append(replace(finding, fix=f"Confirmed: {_confirmation_words(one)}"))
    yield from ((title, findings) for title, findings in said.items() if findings)


def place_and_message(finding: Finding) -> tuple[str, str]:
    """The cells of a finding in words, shortened where they are many, and what is said of them."""
    return cells_text(finding.cells, _MOST_PARTS), finding.message


def answer_lines(receipt: Receipt) -> Iterator[str]:
    """The receipt in plain lines, for a terminal."""
    yield f"{headline(receipt)}."
    yield f"This file contains: {contents(receipt)}."
    for title, findings in grouped(receipt):
        yield ""
        yield f"{title}:"
        for finding in findings:
            place, message = place_and_message(finding)
            yield f"  {place}: {message}" if place else f"  {message}"
            yield f"    {finding.fix}"
    yield ""
    yield next_step(receipt)


def _confirmation_words(one: Confirmation) -> str:
    """Why, by whom and when: `A service was taken over (Head of finance, 20 July 2026)`."""
    day = f"{from_text(one.confirmed_at).astimezone(LONDON):%d %B %Y}"
    return f"{one.reason} ({one.by}, {day})" if one.by else f"{one.reason} ({day})"


def contents(receipt: Receipt) -> str:
    """What the file holds, so that the wrong file is spotted."""
    if receipt.is_nil and not receipt.rows_in:
        return "nothing to report"
    thing = "answer sheet" if receipt.layout == RESPONSES else "row"
    said = [f"1 {thing}" if receipt.rows_in == 1 else f"{receipt.rows_in:,} {thing}s"]
    if receipt.services:
        said.append("1 service" if receipt.services == 1 else f"{receipt.services} services")
    if there := [period for period in receipt.totals if period]:
        said.append(there[0] if len(there) == 1 else f"{there[0]} to {there[-1]}")
    sums: dict[str, Decimal] = {}
    for totals in receipt.totals.values():
        for name, total in totals.items():
            sums[name] = sums.get(name, Decimal(0)) + Decimal(total)
    if sums:
        said.append("in all " + ", ".join(f"{name} {total:,f}" for name, total in sums.items()))
    return "; ".join(said)


def answer_page(receipt: Receipt, workbook: str = "") -> bytes:
    """The receipt as a page that needs nothing else to be read. `workbook` names the marked-up one beside it."""
    definition = feeds().get(receipt.feed)
    period = parse_period(receipt.period)
    page = _template().render(
        receipt=receipt,
        headline=headline(receipt),
        contents=contents(receipt),
        received=f"{from_text(receipt.received_at).astimezone(LONDON):%d %B %Y, %H:%M}",
        next_step=next_step(receipt),
        feed=definition.title if definition else receipt.feed,
        period=period.label() if period else receipt.period,
        groups=[
            (title, [(*place_and_message(finding), finding.fix) for finding in findings])
            for title, findings in grouped(receipt)
        ],
        workbook=workbook,
    )
    return page.encode()


def answers(outbox: Path, receipt: Receipt, workbook: bytes | None = None) -> dict[Path, bytes]:
    """Both forms, and the marked-up workbook where there is one, and where in the sender's outbox they go, under a name
    that says what they are about."""
    feed = receipt.feed if receipt.feed in feeds() else "unknown"
    period = receipt.period if parse_period(receipt.period) else "unknown"
    name = f"{feed}_{period}_{receipt.decision}_{receipt.id}"
    page = answer_page(receipt, "" if workbook is None else f"{name}.xlsx")
    found = {outbox / f"{name}.json": json_bytes(as_json(receipt)), outbox / f"{name}.html": page}
    return found if workbook is None else {**found, outbox / f"{name}.xlsx": workbook}


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("impact.intake", "."), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template("receipt.html.j2")
