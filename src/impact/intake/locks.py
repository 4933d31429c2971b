"""When a period is closed to corrections, and how somebody opens it again for one organisation's return."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime

from impact.definition import feeds
from impact.errors import ImpactError
from impact.home import Home, json_bytes, one_writer, read_records, write
from impact.intake.receipts import Receipt, Slot, load_receipts
from impact.periods import london_date, parse_period, to_text
from impact.register import Register, take_register
from impact.register.obligations import obligations_of


@dataclass(frozen=True)
class Reopening:
    """That one return may be corrected after its lock: why, who said so (a post, not a name) and when. The next one
    that is accepted closes it again."""

    organisation_code: str
    feed: str
    period: str
    reason: str
    by: str
    reopened_at: str

    @property
    def slot(self) -> Slot:
        return (self.organisation_code, self.feed, self.period)


def locked_slots(home: Home, register: Register, receipts: Iterable[Receipt], now: datetime) -> dict[Slot, date]:
    """The returns that are closed to corrections today, each with the day since when."""
    today = london_date(now)
    owed = obligations_of(register, today)
    locked = {(one.organisation_code, one.feed, one.period): one.lock_on for one in owed if one.lock_on <= today}
    opened = _open_slots(load_reopenings(home), receipts)
    return {slot: day for slot, day in locked.items() if slot not in opened}


def load_reopenings(home: Home) -> list[Reopening]:
    """Every reopening there has been, the oldest first. Raises ImpactError on one that cannot be read."""
    return sorted(read_records(home.reopenings, Reopening), key=lambda one: one.reopened_at)


def reopen(home: Home, organisation: str, feed: str, period_id: str, reason: str, by: str, now: datetime) -> Reopening:
    """Open a return to one correction after its lock. One that is open already stays as it was, so that it may be run
    again.

    Raises ImpactError where there is no such organisation, feed or period, where nothing is locked, and without a
    reason.
    """
    if not reason.strip():
        raise ImpactError("A period is opened again for a reason: give one, such as --reason 'A payroll was wrong'.")
    with one_writer(home, "impact reopen"):
        register = take_register(home, now)
        period = parse_period(period_id)
        if not register.knows_organisation(organisation):
            raise ImpactError(f"The register does not know the organisation {organisation}.")
        if feed not in feeds():
            raise ImpactError(f"{feed} is not a feed. The feeds are: {', '.join(feeds())}.")
        if period is None or period.id not in period.part_ids():
            raise ImpactError(f"{period_id} is not a quarter or a year. Write it as in this example: 2026-Q1")
        receipts, there = load_receipts(home), load_reopenings(home)
        slot = (organisation, feed, period.id)
        if (already := _open_slots(there, receipts).get(slot)) is not None:
            return already
        if slot not in locked_slots(home, register, receipts, now):
            raise ImpactError(f"{feed} of {organisation} for {period.id} is not locked: there is nothing to open.")
        made = Reopening(*slot, reason.strip(), by.strip(), to_text(now))
        number = 1 + sum(one.slot == slot for one in there)
        write(home.reopenings / f"{organisation}-{feed}-{period.id}-{number}.json", json_bytes(asdict(made)))
        return made


def _open_slots(reopenings: Iterable[Reopening], receipts: Iterable[Receipt]) -> dict[Slot, Reopening]:
    """What is open now: reopened, and nothing accepted since."""
    last = {slot: one.received_at for one in receipts if one.decision == "accepted" for slot in one.slots}
    return {one.slot: one for one in reopenings if last.get(one.slot, "") <= one.reopened_at}
