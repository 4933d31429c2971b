"""`impact import nhs-sickness`: NHS England's published files into the inbox, and the organisations in them into the
register. Which of them are mutuals is not in the files, so a list says it."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from impact.checking.batch import cell_text
from impact.checking.reading import TextTable, read_csv
from impact.checking.values import read_value
from impact.definition import Definition, feeds, read_definition, register_files
from impact.errors import ImpactError
from impact.home import Home, one_writer, write
from impact.register import take_register

FEED = "nhs_sickness_absence"
PUBLISHER_CODE = "X24"
"""NHS England, in the NHS Organisation Data Service."""

_PUBLISHER = {
    "publisher_code": PUBLISHER_CODE,
    "feed": FEED,
    "name": "NHS England",
    "licence": "Open Government Licence v3.0",
    "page": "NHS Sickness Absence Rates",
    "note": (
        "Mutuals are the organisations on the list that was given with the import; every other organisation in the "
        "files is entered as in-house. Community health is what NHS England types as Community Provider Trust."
    ),
}
_SECTORS = {"Community Provider Trust": "community_health"}
_NOT_STAFF_OWNED = "not owned by its staff"
"""What the note of a list says of an organisation that is on it and yet may be no mutual."""


@dataclass(frozen=True)
class Imported:
    """What an import put in place."""

    files: int
    organisations_added: int
    organisations_kept: int
    mutuals: int
    unclassified: int


@dataclass(frozen=True)
class _Seen:
    name: str
    organisation_type: str
    region_code: str


@dataclass(frozen=True)
class _Published:
    path: Path
    month: date
    data: bytes
    organisations: dict[str, _Seen]


def import_nhs_sickness(home: Home, paths: Sequence[Path], mutuals: Path, now: datetime) -> Imported:
    """Put the files in NHS England's inbox and add the organisations in them to the register.

    An organisation that the register has already stays as it stands there. Raises ImpactError, and changes nothing,
    when a file is not one of NHS England's, or the list names an organisation otherwise than they do.
    """
    published = sorted((_read(path) for path in paths), key=lambda one: one.month)
    # An organisation that changed its name has the one of the latest month.
    seen = {code: organisation for one in published for code, organisation in one.organisations.items()}
    listed = _read_mutuals(mutuals, seen)
    with one_writer(home, "an import"):
        register = _register_rows(home)
        kept = {row.get("ods_code") for row in register["organisations"]}
        added = [_organisation(code, seen[code], listed.get(code)) for code in sorted(seen) if code not in kept]
        _refuse_taken_codes(home, added, register["organisations"])
        register["organisations"] += added
        if not any(row["publisher_code"] == PUBLISHER_CODE for row in register["publishers"]):
            register["publishers"].append(_PUBLISHER)
        for name, rows in register.items():
            if rows or not register_files()[name].may_be_left_out:
                write(home.register / f"{name}.csv", _csv(register_files()[name], rows))
        take_register(home, now)
        for one in published:
            write(home.landing / PUBLISHER_CODE / "inbox" / FEED / f"{one.month:%Y-%m}" / one.path.name, one.data)
    models = [row["delivery_model"] for row in register["organisations"]]
    return Imported(
        len(paths), len(added), len(seen) - len(added), models.count("mutual"), models.count("unclassified")
    )


def _read(path: Path) -> _Published:
    definition = feeds()[FEED]
    data, table = _table(path, definition)
    if not table.rows:
        raise ImpactError(f"{path} has no rows. Take the file from NHS England again.")
    first = cell_text(table, table.rows[0], definition.column("month_end_on"))
    month = read_value(first or "", definition.column("month_end_on"))
    if not isinstance(month, date):
        raise ImpactError(f"{path}: DATE in row {table.row_numbers[0]} is not a date such as 30/04/2024.")
    seen = {}
    for cells in table.rows:
        code, name, kind, region = (
            cell_text(table, cells, definition.column(column)) or ""
            for column in ("ods_code", "organisation_name", "organisation_type", "nhse_region_code")
        )
        seen[code] = _Seen(name, kind, region)
    return _Published(path, month, data, seen)


def _table(path: Path, definition: Definition, *, may_be_empty: bool = False) -> tuple[bytes, TextTable]:
    try:
        data = path.read_bytes()
    except OSError as fault:
        raise ImpactError(f"{path} cannot be opened: {fault.strerror}. Check the name.") from fault
    reading = read_csv(data, definition)
    faults = [
        finding
        for finding in reading.findings
        if finding.severity == "must_fix" and not (may_be_empty and finding.rule == "no_rows")
    ]
    if reading.table is None or faults:
        raise ImpactError(f"{path} cannot be imported. {faults[0].message} {faults[0].fix}")
    return data, reading.table


def _read_mutuals(path: Path, seen: dict[str, _Seen]) -> dict[str, dict[str, str]]:
    definition = read_definition(Path(__file__).with_name("mutuals_list.odcs.yaml").read_text("utf-8"))
    _, table = _table(path, definition)
    listed = {}
    for row, cells in zip(table.row_numbers, table.rows, strict=True):
        entry = {column.name: cell_text(table, cells, column) or "" for column in definition.columns}
        code = entry["ods_code"]
        if code not in seen:
            raise ImpactError(f"{path}, row {row}: no organisation {code} is in the files. Check the code.")
        if seen[code].name.casefold() != entry["name"].casefold():
            raise ImpactError(
                f'{path}, row {row}: {code} is "{entry["name"]}" in this list and "{seen[code].name}" in the files. '
                "Check the code, and write the name as in the files."
            )
        listed[code] = entry
    return listed


def _refuse_taken_codes(home: Home, added: Sequence[dict[str, str]], there: Sequence[dict[str, str]]) -> None:
    """The code of an organisation that is added must not be that of another one."""
    names = {row["organisation_code"]: row["name"] for row in there}
    for row in added:
        code = row["organisation_code"]
        if code in names:
            raise ImpactError(
                f'{home.register / "organisations.csv"} has the code {code} for "{names[code]}", without that ODS '
                f'code; in the files it is "{row["name"]}". If they are one, write {code} under ods_code there, then '
                "try again."
            )


def _organisation(code: str, seen: _Seen, listed: dict[str, str] | None) -> dict[str, str]:
    row = {
        "organisation_code": code,
        "ods_code": code,
        "name": seen.name,
        "delivery_model": "in_house",
        "sector": _SECTORS.get(seen.organisation_type, "_".join(seen.organisation_type.casefold().split())),
        "region_code": seen.region_code,
    }
    if listed is not None:
        is_doubtful = _NOT_STAFF_OWNED in listed["note"]
        row["delivery_model"] = "unclassified" if is_doubtful else "mutual"
        row |= {name: listed[name] for name in ("spun_out_from", "spun_out_on", "note")}
    return row


def _register_rows(home: Home) -> dict[str, list[dict[str, str]]]:
    """The register's files as they stand, without a rule applied: they are checked when the new version is taken."""
    rows: dict[str, list[dict[str, str]]] = {}
    for name, definition in register_files().items():
        path = home.register / f"{name}.csv"
        if not path.exists():
            rows[name] = []
            continue
        _, table = _table(path, definition, may_be_empty=True)
        rows[name] = [
            {
                column.name: cells[table.columns[column.name]]
                for column in definition.columns
                if column.name in table.columns
            }
            for cells in table.rows
        ]
    return rows


def _csv(definition: Definition, rows: Sequence[dict[str, str]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, [column.name for column in definition.columns], restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()
