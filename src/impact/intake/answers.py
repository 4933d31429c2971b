"""What goes back to the sender: the receipt as JSON for programs, and as a page (and as text) for a person."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from impact.checking.findings import Finding
from impact.definition import Severity, feeds
from impact.home import json_bytes
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
    "refused": "Correct the cells named here in your own file, and put it in the same folder.",
    "unreadable": "Put a CSV file or an Excel workbook of your figures in the same folder.",
}
_GROUPS: dict[Severity, str] = {
    "must_fix": "To put right",
    "please_confirm": "To confirm",
    "for_information": "For your information",
}
_CONFIRMED = "Confirmed"


def headline(receipt: Receipt) -> str:
    return _HEADLINES[receipt.decision]


def answer_lines(receipt: Receipt) -> Iterator[str]:
    """The receipt in plain lines, for a terminal."""
    yield f"{headline(receipt)}."
    yield f"This file contains: {contents(receipt)}."
    for title, findings in groups(receipt):
        if findings:
            yield ""
            yield f"{title}:"
        for finding in findings:
            place = f"{', '.join(finding.cells)}: " if finding.cells else ""
            yield f"  {place}{finding.message}"
            yield f"    {finding.fix}"
    yield ""
    yield _NEXT_STEPS[receipt.decision]


def groups(receipt: Receipt) -> list[tuple[str, list[Finding]]]:
    """The findings of a receipt under the titles that say what is to be done about them. Of one that was confirmed it
    is said why, instead of what to do."""
    confirmed = {one.rule: one for one in receipt.confirmed}
    said: dict[str, list[Finding]] = {title: [] for title in (*_GROUPS.values(), _CONFIRMED)}
    for finding in receipt.findings:
        one = confirmed.get(finding.rule) if finding.severity == "please_confirm" else None
        if one is None:
            said[_GROUPS[finding.severity]].append(finding)
        else:
            said[_CONFIRMED].append(replace(finding, fix=f"Confirmed: {_confirmation_words(one)}"))
    return list(said.items())


def _confirmation_words(one: Confirmation) -> str:
    """Why, by whom and when: `A service was taken over (Head of finance, 20 July 2026)`."""
    day = f"{from_text(one.confirmed_at).astimezone(LONDON):%d %B %Y}"
    return f"{one.reason} ({one.by}, {day})" if one.by else f"{one.reason} ({day})"


def contents(receipt: Receipt) -> str:
    """What the file holds, so that the wrong file is spotted."""
    if receipt.is_nil and not receipt.rows_in:
        return "nothing to report"
    thing = "answer sheet" if receipt.layout == RESPONSES else "row"
    said = [f"1 {thing}" if receipt.rows_in == 1 else f"{receipt.rows_in} {thing}s"]
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


def answer_page(receipt: Receipt) -> bytes:
    """The receipt as a page that needs nothing else to be read."""
    definition = feeds().get(receipt.feed)
    period = parse_period(receipt.period)
    page = _template().render(
        receipt=receipt,
        headline=headline(receipt),
        contents=contents(receipt),
        received=f"{from_text(receipt.received_at).astimezone(LONDON):%d %B %Y, %H:%M}",
        next_step=_NEXT_STEPS[receipt.decision],
        feed=definition.title if definition else receipt.feed,
        period=period.label() if period else receipt.period,
        groups=groups(receipt),
    )
    return page.encode()


def answers(outbox: Path, receipt: Receipt) -> dict[Path, bytes]:
    """Both forms, and where in the sender's outbox they go, under a name that says what they are about."""
    feed = receipt.feed if receipt.feed in feeds() else "unknown"
    period = receipt.period if parse_period(receipt.period) else "unknown"
    name = f"{feed}_{period}_{receipt.decision}_{receipt.id}"
    return {
        outbox / f"{name}.json": json_bytes(as_json(receipt)),
        outbox / f"{name}.html": answer_page(receipt),
    }


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("impact.intake", "."), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template("receipt.html.j2")
