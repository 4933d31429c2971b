"""`impact check`: the decision that a file would get, from the same functions, with nothing written."""

import re
from collections import Counter
from datetime import date, datetime
from pathlib import Path

from impact.checking.batch import cell_text
from impact.checking.findings import Finding
from impact.checking.reading import TextTable, heading_key, read_csv
from impact.checking.values import read_value
from impact.definition import Definition, feeds
from impact.home import Home
from impact.intake.intake import decide_drops
from impact.intake.landing import INBOX, Arrival, make_drop
from impact.intake.receipts import Receipt, live_returns, load_receipts
from impact.periods import quarter_of
from impact.register import current_register
from impact.settings import settings_at


def place_of(path: Path, organisation: str | None, feed: str | None, period: str | None) -> Arrival:
    """Where the file would be sent. What is not said of it is taken from its place, then from its rows; what neither
    tells is left empty."""
    place = path.resolve().parts
    if len(place) > 5 and place[-4] == INBOX:
        organisation, feed, period = organisation or place[-5], feed or place[-3], period or place[-2]
    data = path.read_bytes()
    feed = feed or _guess_feed(data)
    definition = feeds().get(feed or "")
    table = read_csv(data, definition).table if definition else None
    if definition is not None and table is not None:
        organisation = organisation or _most_common(definition, table, "organisation_code")
        period = period or _guess_period(definition, table)
    return Arrival(organisation or "", feed or "", period or "", path)


def why_not_text(path: Path) -> Finding | None:
    """What to say of a file that is no CSV file for any feed."""
    reading = read_csv(path.read_bytes(), next(iter(feeds().values())))
    return reading.findings[0] if reading.table is None and reading.findings[0].rule != "no_headings" else None


def try_file(home: Home, arrival: Arrival, now: datetime) -> Receipt:
    """The receipt that the file would get there. Raises ImpactError when the home's register cannot be used."""
    drop = make_drop(arrival, arrival.path.read_bytes())
    live = live_returns([receipt for receipt in load_receipts(home) if receipt.id != drop.id])
    [decided] = decide_drops([drop], now, current_register(home), settings_at(home, now)[0], live)
    return decided.receipt


def _guess_feed(data: bytes) -> str | None:
    """The feed of which most headings are there."""
    first_line = data.decode("utf-8-sig", "replace").splitlines()[:1]
    headings = {heading_key(heading.strip('"')) for line in first_line for heading in re.split("[,;\t]", line)}
    shared = {
        name: len(headings & {heading_key(column.heading) for column in definition.columns})
        for name, definition in feeds().items()
    }
    best = max(shared, key=lambda name: shared[name])
    return best if shared[best] else None


def _guess_period(definition: Definition, table: TextTable) -> str | None:
    if definition.period_grain != "quarter" or not any(column.name == "month" for column in definition.columns):
        return None
    month = read_value(_most_common(definition, table, "month") or "", definition.column("month"))
    return quarter_of(month).id if isinstance(month, date) else None


def _most_common(definition: Definition, table: TextTable, name: str) -> str | None:
    if name not in table.columns:
        return None
    column = definition.column(name)
    texts = Counter(text for cells in table.rows if (text := cell_text(table, cells, column)) is not None)
    return texts.most_common(1)[0][0] if texts else None
