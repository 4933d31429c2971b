"""Who owes which return for which period, and by when. What has come in belongs in `impact.intake`.

Nothing here reads a clock: whoever asks says what day it is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from impact.periods import Period, parse_period, quarter_of
from impact.register.register import Register, Row

_DUE_WORKING_DAY = 12
"""FEEDS: what is due when nothing else is agreed."""
_AHEAD = timedelta(days=60)
"""How long before its day an obligation is spoken of."""
_DAY = timedelta(days=1)

_Exceptions = Mapping[tuple[str | None, str | None, str], Row]
"""Organisation, feed and period -> what is agreed for them."""


@dataclass(frozen=True, order=True)
class Obligation:
    """A return that an organisation is to send for a period: due on a day, and not to be corrected from another on.

    `reason` says what is agreed otherwise, where something is; an exempt organisation owes nothing for the period.
    """

    organisation_code: str
    feed: str
    period: str
    due_on: date
    lock_on: date
    is_exempt: bool
    reason: str


def due_on(period: Period, working_day: int, bank_holidays: frozenset[date]) -> date:
    """The `working_day`-th working day after the period: Monday to Friday, but for bank holidays."""
    return working_day_after(period.end_on, working_day, bank_holidays)


def working_day_after(day: date, count: int, bank_holidays: frozenset[date]) -> date:
    """The `count`-th working day after a day; with 0, the day itself."""
    left = count
    while left:
        day += _DAY
        left -= day.weekday() < 5 and day not in bank_holidays
    return day


def bank_holidays_of(register: Register) -> frozenset[date]:
    """The bank holidays that the register names."""
    return frozenset(date.fromisoformat(str(row["day"])) for row in register.files["bank_holidays"])


def obligations_of(register: Register, today: date) -> list[Obligation]:
    """Every obligation whose period is over by `today` or that is due within 60 days, by organisation, feed and period.

    A period in which the organisation was not at work at all is not among them; one from which it is exempt is.
    """
    bank_holidays = bank_holidays_of(register)
    exceptions = {
        (row["organisation_code"], row["feed"], str(row["period"])): row
        for row in register.files["obligation_exceptions"]
    }
    found = {}
    # Where two rows speak of one period, the one that begins later decides.
    for row in sorted(register.files["obligations"], key=lambda row: str(row["first_period"])):
        for period in _periods(row, today + _AHEAD):
            obligation = _obligation(row, period, exceptions, bank_holidays)
            is_spoken_of = period.end_on < today or obligation.due_on <= today + _AHEAD
            if is_spoken_of and _is_at_work(register, obligation.organisation_code, period):
                found[obligation.organisation_code, obligation.feed, obligation.period] = obligation
    return sorted(found.values())


def _periods(row: Row, until: date) -> Iterator[Period]:
    """The quarters or years from an obligation's first period to its last, of those that start by `until`."""
    first = parse_period(str(row["first_period"]))
    last = parse_period(str(row["last_period"])) if row["last_period"] else None
    assert first is not None
    period = _period_at(row, first.start_on)
    while period.start_on <= min(until, last.end_on if last else until):
        yield period
        period = _next_period(row, period)


def _next_period(row: Row, period: Period) -> Period:
    return _period_at(row, period.end_on + _DAY)


def _period_at(row: Row, day: date) -> Period:
    period = quarter_of(day) if row["every"] == "quarter" else parse_period(str(day.year))
    assert period is not None
    return period


def _obligation(row: Row, period: Period, exceptions: _Exceptions, bank_holidays: frozenset[date]) -> Obligation:
    """Locked when the next one is due, where nothing else is agreed; and never before it is due itself."""
    exception = _exception(row, period, exceptions)
    due = _due_on(row, period, exceptions, bank_holidays)
    next_due = _due_on(row, _next_period(row, period), exceptions, bank_holidays)
    return Obligation(
        organisation_code=str(row["organisation_code"]),
        feed=str(row["feed"]),
        period=period.id,
        due_on=due,
        lock_on=max(due, _day(exception.get("lock_on")) or next_due),
        is_exempt=exception.get("is_exempt") == "true",
        reason=exception.get("reason") or "",
    )


def _due_on(row: Row, period: Period, exceptions: _Exceptions, bank_holidays: frozenset[date]) -> date:
    working_day = int(row["due_working_day"] or _DUE_WORKING_DAY)
    agreed = _day(_exception(row, period, exceptions).get("due_on"))
    return agreed or due_on(period, working_day, bank_holidays)


def _exception(row: Row, period: Period, exceptions: _Exceptions) -> Row:
    return exceptions.get((row["organisation_code"], row["feed"], period.id), {})


def _is_at_work(register: Register, code: str, period: Period) -> bool:
    active_from, active_to = register.active(code)
    return (active_from or date.min) <= period.end_on and period.start_on <= (active_to or date.max)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
