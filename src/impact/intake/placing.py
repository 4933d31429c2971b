"""What is wrong with where a drop came from and what it claims to be, whatever its rows say: sender, feed, period, and
whether it may be a first return, a correction, or a nil return."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime

from impact.checking.findings import Finding, about_file
from impact.definition import Definition, feeds
from impact.intake.cover import Cover
from impact.intake.landing import Arrival
from impact.intake.receipts import Receipt, Slot
from impact.periods import Period, london_date, parse_period
from impact.register import Register

_EXAMPLES = {"month": "2026-04", "quarter": "2026-Q1", "year": "2026"}


def period_of_drop(arrival: Arrival, definition: Definition) -> Period | None:
    """The period that the drop is for, or None when its folder names none that the feed has. Where drops are for
    quarters, one may also bring a run of them: its history."""
    period = parse_period(arrival.period)
    if period is None:
        return None
    is_history = period.grain == "quarters" and "quarter" in definition.period_grains
    return period if is_history or period.grain in definition.period_grains else None


def active_part(period: Period, register: Register, sender: str) -> tuple[date, date]:
    """The whole months of the period in which the sender was at work, as the register has it."""
    active_from, active_to = register.active(sender)
    return (
        max(period.start_on, active_from.replace(day=1)) if active_from else period.start_on,
        min(period.end_on, active_to) if active_to else period.end_on,
    )


def place_findings(arrival: Arrival, period: Period | None, now: datetime, register: Register) -> Iterator[Finding]:
    """Whether the place names a sender, a feed and a period that there are, and whether the period is over."""
    if not arrival.feed:
        yield about_file("misplaced")
        return
    definition = feeds().get(arrival.feed)
    if definition is None:
        yield about_file("unknown_feed", value=f'"{arrival.feed}"', choices=", ".join(feeds()))
        return
    is_known = (
        register.knows_publisher(arrival.sender, definition.name)
        if definition.source == "official"
        else register.knows_organisation(arrival.sender)
    )
    if not is_known:
        yield about_file("unknown_organisation", value=f'"{arrival.sender}"')
    if period is None:
        example = _EXAMPLES[definition.period_grains[0]]
        yield about_file("unknown_period", value=f'"{arrival.period}"', example=example)
        return
    start_on, end_on = active_part(period, register, arrival.sender)
    if start_on > end_on:
        yield about_file("not_active", value=period.label())
    if period.end_on >= london_date(now):
        yield about_file("period_not_over", value=period.label())


def succession_findings(
    arrival: Arrival,
    period: Period,
    cover: Cover,
    rows_sha256: str,
    live: Mapping[Slot, Receipt],
    held: Mapping[Slot, Receipt],
) -> Iterator[Finding]:
    """Whether the drop may count beside or instead of what counts today: one return a period, and corrections name
    the very one that they correct. A held one counts for nothing yet, so that a file may name it or not."""
    parts = period.part_ids()
    there = [live.get((arrival.sender, arrival.feed, part)) for part in parts]
    others = sorted({receipt.id for receipt in there if receipt is not None})
    if cover.corrects_receipt:
        waiting = {receipt.id for part in parts if (receipt := held.get((arrival.sender, arrival.feed, part)))}
        if not others and waiting == {cover.corrects_receipt}:
            return
        if any(receipt is None for receipt in there):
            yield about_file("corrects_unknown", value=f'"{cover.corrects_receipt}"')
            return
        if others != [cover.corrects_receipt]:
            example = " and ".join(others)
            yield about_file("corrects_superseded", value=f'"{cover.corrects_receipt}"', example=example)
            return
    if not others:
        return
    first = there[0]
    is_whole = first is not None and len(others) == 1 and first.periods == parts
    if first is not None and is_whole and first.rows_sha256 == rows_sha256:
        yield about_file("same_as_live", value=first.id)
    elif not cover.corrects_receipt:
        yield about_file("already_live", value=" and ".join(others))


def lock_findings(slots: Iterable[Slot], locked: Mapping[Slot, date]) -> Iterator[Finding]:
    """Whether a correction comes before the periods that it is for are closed; `locked` are those that are, and since
    when. A first return is never too late: it is owed until it comes."""
    closed = [
        f"{period.label()} was closed to corrections on {locked[slot]:%d %B %Y}"
        for slot in slots
        if slot in locked and (period := parse_period(slot[2])) is not None
    ]
    if closed:
        yield about_file("locked", value=", and ".join(closed))


def nil_findings(definition: Definition, cover: Cover, rows: int) -> Iterator[Finding]:
    """Whether the drop may say that there is nothing to report."""
    if cover.is_nil_return and not definition.may_be_nil:
        yield about_file("nil_not_possible")
    if cover.is_nil_return and rows:
        yield about_file("nil_with_rows")
