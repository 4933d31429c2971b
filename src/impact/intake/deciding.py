"""What is decided on drops: bytes, covers and places in, receipts and the rows to keep out; nothing is written."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from impact import __version__
from impact.checking.batch import Submitted, check_tables
from impact.checking.findings import Finding, about_cells, about_file
from impact.checking.guard import FileToRead, read_files
from impact.checking.personal import PERSONAL, Look, is_personal
from impact.checking.reading import UNSEEN, Reading, TextTable
from impact.checking.workbook import CONTACT_FIELDS
from impact.definition import Definition, answer_sheets, feeds
from impact.home import Home
from impact.intake.answer_sheets import (
    Sheets,
    about_counts,
    about_cover,
    count_sheets,
    cover_table,
    sheet_findings,
    sheets_definition,
)
from impact.intake.confirming import inherited, marks
from impact.intake.cover import Cover, cover_fields, read_cover, read_sidecar, without_words
from impact.intake.landing import Drop, as_text
from impact.intake.locks import locked_slots
from impact.intake.placing import (
    active_part,
    lock_findings,
    nil_findings,
    period_of_drop,
    place_findings,
    succession_findings,
)
from impact.intake.receipts import (
    RESPONSES,
    Receipt,
    Slot,
    decide,
    held_returns,
    live_returns,
)
from impact.intake.returns import (
    StoredRow,
    column_totals,
    rows_hash,
    stored_rows,
)
from impact.intake.standing import Standing, with_before
from impact.periods import Period, london_date, to_text
from impact.register import Register

_MAKES_NO_ROWS_RIGHT = "no_rows"
_CODE_NAMES = ("_code", "_id", "item", "staff_group")
"""What the columns of the register that hold codes are called, or end in."""
NAME_WITHHELD = "(not shown)"
"""Instead of the name of a file or folder that is itself what may not be kept."""


@dataclass(frozen=True)
class Decided:
    """A decision, and the rows that it keeps, not yet committed; and the drop as it was read, to be sent back."""

    drop: Drop
    receipt: Receipt
    rows: tuple[StoredRow, ...]
    row_numbers: tuple[int, ...]
    table: TextTable | None = None


@dataclass
class _Opened:
    """A drop on the way to its decision. Findings are added as they are made.

    `sent` are the rows of the file. `table` are those that are checked and kept: the same, but of answer sheets their
    counts, once they can be counted.
    """

    drop: Drop
    definition: Definition | None
    period: Period | None
    sent: TextTable | None
    table: TextTable | None
    cover: Cover
    findings: list[Finding]
    sheets: Sheets | None = None

    @property
    def slots(self) -> list[Slot]:
        """What it may be the live return for."""
        arrival = self.drop.arrival
        return [(arrival.sender, arrival.feed, part) for part in (self.period.part_ids() if self.period else ())]


@dataclass(frozen=True)
class Known:
    """What is the same for all drops: the register, the instant, the tables of answer sheets that the register makes,
    and every code that is nobody's own."""

    register: Register
    now: datetime
    sheets: Mapping[str, Definition]
    codes: frozenset[str]


def decide_drops(
    home: Home,
    drops: Sequence[Drop],
    known: Known,
    settings_version: str,
    given: Mapping[str, Receipt],
    readings: Mapping[str, Reading] | None = None,
) -> list[Decided]:
    """Decide on drops together, one batch of rows a feed, after the receipts that were given before. Writes nothing. A
    drop among `readings` is not read again.

    No two of `drops` may be for the same organisation, feed and period, nor, where a feed looks back, for the same
    organisation and feed: which of them comes first is for the caller to say.
    """
    live = live_returns(given.values())
    made = readings or {}
    made = {**made, **read_drops([drop for drop in drops if drop.id not in made], known)}
    opened = {drop.id: _open(drop, made[drop.id], known) for drop in drops}
    for one in opened.values():
        one.cover = _cover_again(one, live)
    for feed in known.sheets:
        _count([one for one in opened.values() if one.sheets and one.drop.arrival.feed == feed], known)
    is_corrected = any(one.cover.corrects_receipt for one in opened.values())
    locked = locked_slots(home, known.register, given.values(), known.now) if is_corrected else {}
    standing = Standing(given, live, held_returns(given.values()), locked)
    for feed, definition in feeds().items():
        of_feed = [one for one in opened.values() if one.drop.arrival.feed == feed]
        submitted = [table for one in of_feed if (table := _submitted(one, known, one.table)) is not None]
        if definition.looks_back:
            submitted = with_before(home, definition, submitted, standing)
        for drop_id, found in check_tables(definition, submitted, known.register.files).items():
            one = opened[drop_id]
            one.findings += about_counts(found, one.table, one.sheets) if one.sheets and one.table else found
    return [_decided(one, known, settings_version, standing) for one in opened.values()]


def _cover_again(one: _Opened, live: Mapping[Slot, Receipt]) -> Cover:
    """The cover of a drop; of one that counts and is decided on again, one that corrects it."""
    drop = one.drop
    counting = {receipt.id for slot in one.slots if (receipt := live.get(slot))}
    if not drop.retakes or drop.retakes not in counting:
        return one.cover
    return replace(one.cover, corrects_receipt=drop.retakes, reason=drop.retaken_because)


def known_by(register: Register, now: datetime) -> Known:
    """What is known of all drops that are decided on under this register, at this instant."""
    codes = {
        value
        for rows in register.files.values()
        for row in rows
        for name, value in row.items()
        if value is not None and name.endswith(_CODE_NAMES)
    }
    codes |= {word for definition in feeds().values() for column in definition.columns for word in column.one_of}
    sheets = {feed: sheets_definition(layout, register) for feed, layout in answer_sheets().items()}
    return Known(register, now, sheets, frozenset(codes))


def _count(sent: Sequence[_Opened], known: Known) -> None:
    """Check answer sheets and their covers, and count those with which nothing is wrong."""
    if not sent:
        return
    layout = answer_sheets()[sent[0].drop.arrival.feed]
    opened = {one.drop.id: one for one in sent}
    tables = [(one, one.sent, cover_table(layout, one.sheets.cover)) for one in sent if one.sheets]
    rows = [table for one, sheets, _ in tables if (table := _submitted(one, known, sheets)) is not None]
    covers = [table for one, _, cover in tables if (table := _submitted(one, known, cover)) is not None]
    for drop_id, found in check_tables(known.sheets[layout.feed], rows, known.register.files).items():
        opened[drop_id].findings += found
    for drop_id, found in check_tables(layout.cover, covers, known.register.files).items():
        opened[drop_id].findings += about_cover(found)
    for one in sent:
        assert one.sheets is not None
        one.findings += sheet_findings(one.sheets, known.register)
        if one.period is not None and not any(finding.severity == "must_fix" for finding in one.findings):
            counted = count_sheets(one.sheets, known.register)
            one.table = counted.table
            one.findings += counted.findings


def _submitted(one: _Opened, known: Known, table: TextTable | None) -> Submitted | None:
    """The rows to check, with what is known of them; None where there are none, or nobody can say what they are for."""
    if one.period is None or table is None:
        return None
    sender = one.drop.arrival.sender
    start_on, end_on = active_part(one.period, known.register, sender)
    return Submitted(
        drop=one.drop.id,
        table=table,
        sender=sender,
        start_on=start_on,
        end_on=end_on,
        periods=one.period.part_ids(),
        prepared_by=one.cover.prepared_by,
        received_on=london_date(known.now),
    )


def read_drops(drops: Sequence[Drop], known: Known) -> dict[str, Reading]:
    """What comes of reading each drop, and of looking it through for what may not be kept. What a drop for no feed that
    there is should be nobody can say, and still it may hold such a thing."""
    any_definition = next(iter(feeds().values()))
    look = Look(known.codes, london_date(known.now))
    files = []
    for drop in drops:
        definition = feeds().get(drop.arrival.feed)
        sheets = known.sheets.get(drop.arrival.feed)
        files.append(
            FileToRead(
                drop.data,
                definition or any_definition,
                is_csv=definition is not None and definition.is_csv,
                others=() if sheets is None else (sheets,),
                look=look,
                texts=_texts_beside(drop),
            )
        )
    return {drop.id: reading for drop, reading in zip(drops, read_files(files), strict=True)}


def _open(drop: Drop, reading: Reading, known: Known) -> _Opened:
    """The drop with what came of reading it, its cover, and what is wrong with them and with its place."""
    arrival = drop.arrival
    definition = feeds().get(arrival.feed)
    period = period_of_drop(arrival, definition) if definition else None
    findings = list(place_findings(arrival, period, known.now, known.register))
    findings += reading.personal
    if definition is None:
        return _Opened(drop, None, period, None, None, Cover(), findings)
    is_sheets = bool(reading.layout)
    read_as = known.sheets[definition.name] if is_sheets else definition
    findings += reading.findings
    fields = cover_fields(reading.cover, drop.cover_data)
    if fields is None:
        findings.append(about_file("cover_unreadable"))
    place = {"organisation": arrival.sender, "feed": arrival.feed, "period": arrival.period}
    said = fields or reading.cover or {}
    cover, about_the_cover = read_cover(said, place, [column.name for column in read_as.cover])
    findings += about_the_cover
    if reading.personal:
        cover = without_words(cover)
    if reading.table is not None:
        findings += nil_findings(definition, cover, len(reading.table.rows))
    if cover.is_nil_return:
        findings = [finding for finding in findings if finding.rule != _MAKES_NO_ROWS_RIGHT]
    opened = _Opened(drop, definition, period, reading.table, reading.table, cover, findings)
    if is_sheets and reading.table is not None:
        opened.table = None
        if reading.table.rows:
            layout = answer_sheets()[definition.name]
            opened.sheets = Sheets(
                layout, read_as, reading.table, reading.heading_row, arrival.sender, arrival.period, said
            )
        if period is not None and period.grain == "quarters" and read_as.period_column is None:
            findings.append(about_file("sheets_of_one_wave"))
    return opened


def _texts_beside(drop: Drop) -> dict[str, str]:
    """What is said beside the file that may hold what may not be kept: by which words to call it, and what it says."""
    arrival = drop.arrival
    texts = {
        "The name of the file": _spaced(arrival.path.name),
        "The folder of the file": _spaced(f"{arrival.feed} {arrival.period}"),
    }
    if drop.cover_data is not None:
        fields = read_sidecar(drop.cover_data)
        texts["The cover"] = (
            drop.cover_data.decode("utf-8", "replace")
            if fields is None
            else "\n".join(f"{name} {value}" for name, value in fields.items() if name not in CONTACT_FIELDS)
        )
    return texts


def _spaced(name: str) -> str:
    """The name of a file as words: people write underscores for spaces there."""
    return as_text(name).replace("_", " ")


def _decided(one: _Opened, known: Known, settings_version: str, standing: Standing) -> Decided:
    drop, definition, table, cover, findings = one.drop, one.definition, one.table, one.cover, one.findings
    holds_personal = any(finding.rule in PERSONAL for finding in findings)
    is_unseen = any(finding.rule in UNSEEN for finding in findings)
    if holds_personal:
        findings = list(_without_values(findings, definition))
    must_fix = any(finding.severity == "must_fix" for finding in findings)
    rows: list[StoredRow] = []
    if definition is not None and table is not None and not must_fix:
        rows = stored_rows(definition, table)
    rows_sha256 = "" if must_fix else rows_hash(rows)
    if one.period is not None:
        findings += succession_findings(drop.arrival, one.period, cover, rows_sha256, standing.live, standing.held)
        if cover.corrects_receipt:
            findings += lock_findings(one.slots, standing.locked)
    asked: dict[str, tuple[str, ...]] = {}
    waiting: list[Receipt] = []
    if definition is not None and table is not None and all(finding.severity != "must_fix" for finding in findings):
        asked = marks(definition, findings, rows, table.row_numbers)
        waiting = _waiting(one, standing)
        findings += [about_file("replaces_held", value=receipt.id) for receipt in waiting]
    corrected = standing.given.get(cover.corrects_receipt)
    confirmed = inherited(asked, [*([corrected] if corrected else []), *waiting])
    is_readable = definition is None or one.sent is not None or holds_personal
    decision = decide(tuple(findings), is_readable=is_readable, confirmed=confirmed)
    purged_by = {rule.name for rule in definition.rules if rule.is_purged} if definition else set()
    rows_in = len(one.sent.rows) if one.sent else 0
    is_sheets = one.sent is not one.table
    layout = answer_sheets()[definition.name] if definition and is_sheets else None
    is_kept = decision in ("accepted", "held")
    receipt = Receipt(
        id=drop.id,
        decision=decision,
        received_at=to_text(known.now),
        sender=drop.arrival.sender,
        feed=_shown(drop.arrival.feed),
        period=_shown(drop.arrival.period),
        periods=one.period.part_ids() if one.period else (),
        file_name=_shown(as_text(drop.arrival.path.name)),
        sha256=drop.sha256,
        cover_sha256=drop.cover_sha256,
        corrects=cover.corrects_receipt,
        reason=cover.reason,
        prepared_by=cover.prepared_by,
        signed_off_by=cover.signed_off_by,
        notes=cover.notes,
        is_nil=cover.is_nil_return,
        is_purged=holds_personal or is_unseen or any(finding.rule in purged_by for finding in findings),
        size_bytes=len(drop.data),
        attempt=drop.attempt,
        definition_version=" and ".join(
            [*([definition.version] if definition else []), *([f"{layout.sheets.version} of sheets"] if layout else [])]
        ),
        register_version=known.register.sha256,
        settings_version=settings_version,
        software_version=__version__,
        rows_in=rows_in,
        rows_kept=rows_in if is_kept else 0,
        rows_refused=0 if is_kept else rows_in,
        rows_sha256=rows_sha256 if is_kept else "",
        services=_count_services(one.sent),
        totals=column_totals(definition, table) if definition and table and not holds_personal else {},
        findings=tuple(findings),
        layout=RESPONSES if is_sheets else "",
        promised="" if holds_personal or one.sheets is None else one.sheets.cover.get("promised", ""),
        asked=asked,
        confirmed=confirmed,
        replaces=tuple(receipt.id for receipt in waiting),
        retakes=drop.retakes,
        retaken_because=drop.retaken_because,
    )
    row_numbers = table.row_numbers if table is not None and is_kept else ()
    return Decided(drop, receipt, tuple(rows) if is_kept else (), row_numbers, one.sent)


def _without_values(findings: Iterable[Finding], definition: Definition | None) -> Iterator[Finding]:
    """Of findings on a file that holds personal data those that can hold none of it: what it is and where, and which
    rules are broken where, without what was found there."""
    rules = {rule.name: rule for rule in definition.rules} if definition else {}
    for finding in findings:
        if finding.rule in PERSONAL:
            yield finding
        elif definition and finding.rule in rules and finding.column in {column.name for column in definition.columns}:
            yield about_cells(rules[finding.rule], definition.column(finding.column or ""), finding.cells, ())


def _shown(name: str) -> str:
    """The name of a file or folder as a receipt may give it."""
    return NAME_WITHHELD if is_personal(name) else name


def _waiting(one: _Opened, standing: Standing) -> list[Receipt]:
    """The held receipts whose place the drop takes."""
    found = {receipt.id: receipt for slot in one.slots if (receipt := standing.held.get(slot)) is not None}
    return list(found.values())


def _count_services(table: TextTable | None) -> int:
    """How many services the file speaks of, but for ALL of them."""
    position = table.columns.get("service_code") if table else None
    return len({cells[position] for cells in table.rows} - {"ALL", ""}) if table and position is not None else 0
