"""`impact check`: the decision that a file would get, from the same functions, with nothing written."""

from collections import Counter
from contextlib import nullcontext
from pathlib import Path

from impact.checking.batch import cell_text
from impact.checking.expectations import importing
from impact.checking.findings import Finding
from impact.checking.guard import FileToRead, read_file, read_files
from impact.checking.reading import Reading, TextTable
from impact.checking.values import period_of, read_value
from impact.definition import Definition, feeds
from impact.home import Home
from impact.intake.cover import cover_fields
from impact.intake.deciding import Decided, Known, decide_drops, read_drops
from impact.intake.landing import INBOX, Arrival, read_drop
from impact.intake.receipts import load_receipts
from impact.settings import settings_at

_LARGE_BYTES = 100_000
"""Reading a file of this size takes so long that what checks it is imported meanwhile."""


def place_of(
    path: Path, organisation: str | None, feed: str | None, period: str | None, known: Known
) -> tuple[Arrival, Reading | None]:
    """Where the file would be sent, and what came of reading it for that. What is not said of it is taken from its
    place, then from its rows; what neither tells is left empty."""
    with importing() if path.stat().st_size > _LARGE_BYTES else nullcontext():
        return _place_of(path, organisation, feed, period, known)


def _place_of(
    path: Path, organisation: str | None, feed: str | None, period: str | None, known: Known
) -> tuple[Arrival, Reading | None]:
    place = path.resolve().parts
    if len(place) > 5 and place[-4] == INBOX:
        organisation, feed, period = organisation or place[-5], feed or place[-3], period or place[-2]
    feed = feed or _guess_feed(path.read_bytes(), known)
    definition = feeds().get(feed or "")
    if definition is None:
        return Arrival(organisation or "", feed or "", period or "", path), None
    drop = read_drop(Arrival("", definition.name, "", path))
    reading = read_drops([drop], known)[drop.id]
    cover = cover_fields(reading.cover, drop.cover_data) or reading.cover or {}
    organisation, period = organisation or cover.get("organisation"), period or cover.get("period")
    if reading.table is not None:
        read_as = known.sheets[definition.name] if reading.layout else definition
        organisation = organisation or _most_common(read_as, reading.table, "organisation_code")
        period = period or _guess_period(read_as, reading.table)
    return Arrival(organisation or "", definition.name, period or "", path), reading


def _guess_feed(data: bytes, known: Known) -> str | None:
    """The feed of which most headings are there, in whichever layout."""
    layouts = [*feeds().items(), *known.sheets.items()]
    definitions = [definition for _, definition in layouts]
    [guess] = read_files([FileToRead(data, definitions[0], others=tuple(definitions[1:]), is_guess=True)])
    return None if guess.layout is None else layouts[guess.layout][0]


def why_unreadable(path: Path) -> Finding | None:
    """What to say of a file that is neither a CSV file nor a workbook for any feed."""
    reading = read_file(path.read_bytes(), next(iter(feeds().values())))
    return reading.findings[0] if reading.table is None and reading.findings[0].rule != "no_headings" else None


def try_file(home: Home, arrival: Arrival, known: Known, reading: Reading | None = None) -> Decided:
    """What would be decided on the file there; it is read, unless that has been done already. Raises ImpactError when
    the home's register cannot be used."""
    drop = read_drop(arrival)
    given = {receipt.id: receipt for receipt in load_receipts(home) if receipt.id != drop.id}
    readings = {} if reading is None else {drop.id: reading}
    [decided] = decide_drops(home, [drop], known, settings_at(home, known.now)[0], given, readings)
    return decided


def _guess_period(definition: Definition, table: TextTable) -> str | None:
    """The period that the rows are about; from the first to the last quarter where there are several."""
    if definition.period_column not in table.columns:
        return None
    column = definition.column(definition.period_column)
    texts = {text for cells in table.rows if (text := cell_text(table, cells, column)) is not None}
    values = [value for text in texts if (value := read_value(text, column)) is not None]
    named = sorted({period_of(value, definition.period_grains) for value in values})
    if not named:
        return None
    return named[0] if len(named) == 1 else f"{named[0]}_to_{named[-1]}"


def _most_common(definition: Definition, table: TextTable, name: str) -> str | None:
    if name not in table.columns:
        return None
    column = definition.column(name)
    texts = Counter(text for cells in table.rows if (text := cell_text(table, cells, column)) is not None)
    return texts.most_common(1)[0][0] if texts else None
