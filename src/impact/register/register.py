"""The register is plain CSV files in `register/` under the home. Whoever edits them edits all that reports say about
who is a mutual and who may see what, so a version is used only once it has passed every check."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from impact import versions
from impact.checking.batch import Submitted, cell_text, check_tables
from impact.checking.findings import Finding
from impact.checking.reading import TextTable, read_csv
from impact.checking.values import plain_form
from impact.definition import register_files
from impact.errors import ImpactError
from impact.home import Home
from impact.indicators import indicators

Row = Mapping[str, str | None]

_MOST_FINDINGS_SHOWN = 10


@dataclass(frozen=True)
class Register:
    """One accepted version. `files` maps a file's name to its rows; a blank cell is None, a date ISO text."""

    sha256: str
    files: Mapping[str, tuple[Row, ...]]

    @cached_property
    def _active(self) -> dict[str, tuple[date | None, date | None]]:
        return {
            str(row["organisation_code"]): (_day(row["active_from"]), _day(row["active_to"]))
            for row in self.files["organisations"]
        }

    def knows_organisation(self, code: str) -> bool:
        return code in self._active

    def active(self, code: str) -> tuple[date | None, date | None]:
        """First and last day of an organisation's work; None where the register sets no such end."""
        return self._active.get(code, (None, None))

    def knows_publisher(self, code: str, feed: str) -> bool:
        return any(row["publisher_code"] == code and row["feed"] == feed for row in self.files["publishers"])


def take_register(home: Home, now: datetime) -> Register:
    """The register as it stands in the home: checked, and kept as a version, when it is new.

    Only for the holder of the home's lock. Raises ImpactError, which names file, cells and remedy, when a file is
    missing or breaks a rule; the version before stays in force for whoever asks for it by `as_at`.
    """
    files = _read_files(home)
    if not versions.is_current(home.register / "versions", files, now):
        parsed, tables = _parse(home, files)
        _refuse_broken(home, tables, parsed)
        _refuse_removals(home, parsed, now)
        versions.take(home.register / "versions", files, now)
    return register_at(home, now)


def current_register(home: Home) -> Register:
    """The register as it stands in the home, for reading only: checked if it was not taken yet, but not kept."""
    files = _read_files(home)
    parsed, tables = _parse(home, files)
    if not (home.register / "versions" / versions.content_hash(files)).is_dir():
        _refuse_broken(home, tables, parsed)
    return Register(versions.content_hash(files), parsed)


def register_at(home: Home, as_at: datetime) -> Register:
    """The version that held at `as_at`. Raises ImpactError when there was none."""
    version = versions.version_at(home.register / "versions", as_at)
    if version is None:
        raise ImpactError(
            f"No register had been taken in {home.register} by {as_at:%d %B %Y %H:%M} UTC. "
            "Put the register's files there and run `impact run`."
        )
    parsed, _ = _parse(home, version.files)
    return Register(version.sha256, parsed)


def _read_files(home: Home) -> dict[str, bytes]:
    files = {}
    missing = []
    kept = versions.files_last_taken(home.register / "versions")
    for name, definition in register_files().items():
        path = home.register / f"{name}.csv"
        try:
            files[path.name] = path.read_bytes()
        except FileNotFoundError:
            if not definition.may_be_left_out or path.name in kept:
                missing.append(path.name)
    if missing:
        raise ImpactError(
            f"The register lacks {', '.join(missing)} in {home.register}. Put it back: the columns of every file are "
            "described in docs/register.md, and every version that was ever accepted is kept in "
            f"{home.register / 'versions'}. Nothing was taken or published."
        )
    return files


def _parse(home: Home, files: Mapping[str, bytes]) -> tuple[dict[str, tuple[Row, ...]], dict[str, TextTable]]:
    parsed: dict[str, tuple[Row, ...]] = {}
    tables: dict[str, TextTable] = {}
    for name, definition in register_files().items():
        if f"{name}.csv" not in files:
            parsed[name] = ()
            continue
        reading = read_csv(files[f"{name}.csv"], definition)
        faults = [
            finding
            for finding in reading.findings
            if finding.severity == "must_fix" and not (finding.rule == "no_rows" and reading.table is not None)
        ]
        if reading.table is None or faults:
            raise _refusal(home, {name: faults})
        tables[name] = reading.table
        rows = []
        for cells in reading.table.rows:
            texts = {column: cell_text(reading.table, cells, column) for column in definition.columns}
            rows.append(
                {column.name: None if text is None else plain_form(text, column) for column, text in texts.items()}
            )
        parsed[name] = tuple(rows)
    return parsed, tables


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _refuse_broken(home: Home, tables: Mapping[str, TextTable], files: Mapping[str, tuple[Row, ...]]) -> None:
    always = (date.min.replace(year=1900), date.max.replace(year=2200))
    # Targets name indicators, which are not the register's but the software's.
    known = {**files, "indicators": [{"indicator_id": name} for name in indicators()]}
    broken = {}
    for name, table in tables.items():
        definition = register_files()[name]
        findings = check_tables(definition, [Submitted(name, table, "", *always)], known)[name]
        if must_fix := [finding for finding in findings if finding.severity == "must_fix"]:
            broken[name] = must_fix
    if broken:
        raise _refusal(home, broken)


def _refuse_removals(home: Home, files: Mapping[str, tuple[Row, ...]], now: datetime) -> None:
    """An organisation that has gone stays in the history and in every past benchmark, so it stays in the register."""
    if versions.version_at(home.register / "versions", now) is None:
        return
    before = register_at(home, now).files
    for column in ("organisation_code", "ods_code"):
        there, here = ({row[column] for row in version["organisations"]} for version in (before, files))
        if gone := sorted(str(code) for code in there - here if code is not None):
            raise ImpactError(
                f"{home.register / 'organisations.csv'} no longer has {', '.join(gone[:_MOST_FINDINGS_SHOWN])} under "
                f"{column}. What was reported under a code must stay readable: put the row back, and "
                "give it active_to if the organisation has closed. Nothing was taken or published."
            )


def _refusal(home: Home, broken: Mapping[str, list[Finding]]) -> ImpactError:
    lines = [
        f"  {name}.csv {', '.join(finding.cells)}: {finding.message} {finding.fix}"
        for name, findings in broken.items()
        for finding in findings
    ]
    more = len(lines) - _MOST_FINDINGS_SHOWN
    shown = lines[:_MOST_FINDINGS_SHOWN] + ([f"  and {more} more"] if more > 0 else [])
    return ImpactError(
        f"The register in {home.register} cannot be used until this is mended:\n"
        + "\n".join(shown)
        + "\nNothing was taken or published."
    )
