"""What a drop is decided beside: what counts, what waits to be confirmed, what is locked, and what was sent before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from impact.checking.batch import Submitted
from impact.definition import Definition
from impact.home import Home
from impact.intake.receipts import Receipt, Slot
from impact.intake.returns import read_rows
from impact.parquet import parquet_connection
from impact.periods import Period, parse_period


@dataclass(frozen=True)
class Standing:
    """What there is when drops are decided: receipts given, those that count, those that wait to be confirmed, and
    since when there is no correcting any more."""

    given: Mapping[str, Receipt]
    live: Mapping[Slot, Receipt]
    held: Mapping[Slot, Receipt]
    locked: Mapping[Slot, date]


def with_before(
    home: Home, definition: Definition, submitted: Sequence[Submitted], standing: Standing
) -> list[Submitted]:
    """The same, each with the rows that count today of what its sender had sent before: the last period before it, and
    those of the calendar year in which it begins."""
    periods: dict[str, list[tuple[Period, Receipt]]] = {}
    for (sender, feed, name), receipt in standing.live.items():
        if feed == definition.name and (period := parse_period(name)) is not None:
            periods.setdefault(sender, []).append((period, receipt))
    wanted: dict[str, dict[str, list[str]]] = {}
    for one in submitted:
        first = parse_period(one.periods[0])
        assert first is not None, f"the drop {one.drop} was opened for the period {one.periods[0]}"
        ended = [there for there in periods.get(one.sender, ()) if there[0].end_on < first.start_on]
        last_on = max((period.end_on for period, _ in ended), default=None)
        for period, receipt in sorted(ended, key=lambda there: there[0]):
            if receipt.rows_kept and (period.end_on == last_on or period.start_on.year == first.start_on.year):
                wanted.setdefault(one.drop, {}).setdefault(receipt.id, []).append(period.id)
    every = {receipt: names for receipts in wanted.values() for receipt, names in receipts.items()}
    if not every:
        return list(submitted)
    with parquet_connection() as reader:
        rows = read_rows(reader, home, definition, every)
    return [
        replace(one, before=tuple((receipt, rows[receipt]) for receipt in wanted.get(one.drop, ())))
        for one in submitted
    ]
