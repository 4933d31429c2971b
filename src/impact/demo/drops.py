"""The files of the demo: what each organisation sends, as CSV or as a workbook, in its inbox; the road into a home."""

import json
import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from impact.demo import absence, savings, staff, users
from impact.demo.faults import CORRECTED_PERIOD, NOT_SENT, Row, corrections, faults
from impact.demo.planted import HISTORY, PERIODS
from impact.demo.register import register_csv
from impact.demo.sector import FEEDS, Member, members
from impact.demo.workbook import workbook
from impact.errors import ImpactError
from impact.home import PARTIAL, Home, one_writer, write
from impact.intake.cover import SIDECAR
from impact.intake.landing import INBOX, Arrival, make_drop

Stage = Literal[1, 2]
"""1: the history and the first quarter of 2026, as of FIRST_NOW. 2: the second quarter, and corrections, as of NOW."""

SENT_AS_SHEETS = frozenset(
    {
        ("M004", "staff_survey", "2026-Q2"),
        ("M004", "service_user_survey", "2026-Q2"),
        ("M025", "staff_survey", "2026-Q2"),
    }
)
"""What is sent as the answer sheets themselves, of which there are the very counts that would be sent otherwise."""

Rows = dict[str, list[list[str]]]


@dataclass(frozen=True)
class _Sheet:
    columns: tuple[str, ...]
    numbers: frozenset[str]
    rows: Callable[[Member, Collection[str]], Rows]


@dataclass(frozen=True)
class Sent:
    """A file that an organisation sends, and the bytes of the cover beside it, if there is one."""

    code: str
    feed: str
    period: str
    name: str
    data: bytes
    cover: bytes | None

    @property
    def path(self) -> str:
        """Its place under landing/."""
        return f"{self.code}/{INBOX}/{self.feed}/{self.period}/{self.name}"

    @property
    def receipt_id(self) -> str:
        """The number of the receipt that it will be given."""
        arrival = Arrival(self.code, self.feed, self.period, Path(self.name))
        return make_drop(arrival, self.data, self.cover).id


def place_demo(home: Home, stages: Sequence[Stage] = (1, 2)) -> int:
    """Put the register and every drop of the stages in place, as if they had just been sent; say how many drops.

    Raises ImpactError, and changes nothing, in a home that holds another register: the demo's invented figures must
    never stand beside a real organisation's name.
    """
    register = register_csv()
    with one_writer(home, "impact demo"):
        others = {path.name for path in home.register.glob("*.csv")} - set(register)
        for name in sorted({*register, *others}):
            path = home.register / name
            if path.exists() and path.read_bytes() != register.get(name):
                raise ImpactError(
                    f"{home.root} holds a register of its own ({path}), so the demo may not go there: its figures are "
                    "invented. Set IMPACT_HOME to an empty folder and try again."
                )
        for name, data in register.items():
            write(home.register / name, data)
        count = 0
        for stage in stages:
            for place, data in files(stage):
                _send(home.landing / place, data)
                count += not place.endswith(SIDECAR)
    return count


def files(stage: Stage) -> Iterator[tuple[str, bytes]]:
    """The place under landing/ and the bytes of every file, each cover before what it is the cover of."""
    for sent in drops(stage):
        if sent.cover is not None:
            yield sent.path + SIDECAR, sent.cover
        yield sent.path, sent.data


def drops(stage: Stage) -> Iterator[Sent]:
    """Every drop of a stage, by organisation and feed, corrections last."""
    everyone = members()
    spoilt = {(fault.code, fault.feed, fault.period): fault for fault in faults()}
    for member in everyone:
        for feed in FEEDS:
            wanted = [quarter for quarter in member.quarters_of(feed) if (quarter == PERIODS[-1]) == (stage == 2)]
            rows = _sheets()[feed].rows(member, wanted)
            for period, quarters in _periods(wanted).items():
                if (slot := (member.code, feed, period)) in NOT_SENT:
                    continue
                of_period = [row for quarter in quarters for row in rows[quarter]]
                if slot in SENT_AS_SHEETS:
                    sheets, says = (staff if feed == "staff_survey" else users).answer_sheets(member, period)
                    yield _sent(member, feed, period, [dict(sheet) for sheet in sheets], says, note="_answers")
                elif fault := spoilt.get(slot):
                    spoil = fault.spoil(_by_column(feed, of_period))
                    yield _sent(member, feed, period, spoil, fault.cover, ending=fault.ending)
                else:
                    yield _clean(member, feed, period, of_period)
    if stage == 2:
        named = {member.code: member for member in everyone}
        for correction in corrections():
            member, feed = named[correction.code], correction.feed
            rows = _sheets()[feed].rows(member, [CORRECTED_PERIOD])
            first = _clean(member, feed, CORRECTED_PERIOD, rows[CORRECTED_PERIOD])
            mended = correction.mend(_by_column(feed, rows[CORRECTED_PERIOD]))
            cover = {"corrects_receipt": first.receipt_id, "reason": correction.reason}
            yield _sent(member, feed, CORRECTED_PERIOD, mended, cover, note="_corrected")


def _sheets() -> Mapping[str, _Sheet]:
    return {
        "sickness_absence": _Sheet(absence.COLUMNS, absence.NUMBERS, absence.rows),
        "staff_survey": _Sheet(staff.COLUMNS, staff.NUMBERS, staff.rows),
        "service_user_survey": _Sheet(users.COLUMNS, users.NUMBERS, users.rows),
        "savings": _Sheet(savings.COLUMNS, savings.NUMBERS, savings.rows),
    }


def _periods(quarters: list[str]) -> dict[str, list[str]]:
    """What is sent for these quarters: the history in one file, each later quarter in its own."""
    history = [quarter for quarter in quarters if quarter in HISTORY]
    periods = {f"{history[0]}_to_{history[-1]}": history} if history else {}
    return periods | {quarter: [quarter] for quarter in quarters if quarter not in HISTORY}


def _by_column(feed: str, rows: list[list[str]]) -> list[Row]:
    return [dict(zip(_sheets()[feed].columns, row, strict=True)) for row in rows]


def _clean(member: Member, feed: str, period: str, rows: list[list[str]]) -> Sent:
    """A drop without a fault: a nil return where there is nothing to report."""
    cover = {} if rows else {"nil_return": "yes"}
    return _sent(member, feed, period, _by_column(feed, rows), cover)


def _sent(
    member: Member,
    feed: str,
    period: str,
    content: list[Row] | bytes,
    says: Mapping[str, str],
    note: str = "",
    ending: str = "",
) -> Sent:
    """The file, with a cover where it has to say something or the organisation always sends one."""
    sheet = _sheets()[feed]
    ending = ending or (".xlsx" if member.sends_workbooks else ".csv")
    name = f"{feed.replace('_', ' ')} {period}{note}{ending}"
    cover = {
        "organisation": member.code,
        "feed": feed,
        "period": period,
        "prepared_by": "Performance analyst",
        "signed_off_by": "Chief operating officer",
        **says,
    }
    if isinstance(content, bytes):
        return Sent(member.code, feed, period, name, content, None)
    rows = [list(row.values()) for row in content]
    columns = list(content[0]) if content else list(sheet.columns)
    if ending == ".xlsx":
        return Sent(member.code, feed, period, name, workbook(feed, columns, sheet.numbers, rows, cover), None)
    lines = "".join(",".join(row) + "\r\n" for row in [columns, *rows])
    beside = json.dumps(cover, indent=2).encode() if says or member.sends_covers else None
    return Sent(member.code, feed, period, name, lines.encode(), beside)


def _send(path: Path, data: bytes) -> None:
    """Put a file into an inbox as senders do: whole or not at all. There are too many to sync each."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{PARTIAL}{path.name}")
    partial.write_bytes(data)
    os.replace(partial, path)
