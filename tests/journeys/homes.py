"""Homes to travel through: tiny ones built from a few lines, and a small sector with all that the demo has."""

import csv
import hashlib
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import duckdb
from click.testing import CliRunner, Result

from impact.checking.batch import Files, Submitted, check_tables
from impact.checking.findings import Finding
from impact.cli import main
from impact.definition import Definition, register_files
from impact.demo.drops import Sent, Stage, drops
from impact.demo.register import register_csv
from impact.demo.staff import SCORES
from impact.home import Home
from impact.intake.intake import Intake, take_drops
from impact.reports.publication import publish
from impact.reports.release_state import Publication
from impact.reports.releasing import release
from impact.warehouse import Build, build_warehouse

NOW = datetime(2026, 7, 20, 9, 0, tzinfo=UTC)

HEADINGS = (
    "organisation_code,month,service_code,staff_group,basis,"  # which row it is
    "fte_days_lost,fte_days_available,headcount,fte_start,fte_end"
)

REGISTER = {
    "organisations": """organisation_code,name,delivery_model,sector,publication_consent
M001,Alpha Care CIC,mutual,adult_social_care,yes
M002,Beta Care CIC,mutual,adult_social_care,no
M003,Gamma Care CIC,mutual,adult_social_care,no
""",
    "publishers": "publisher_code,feed,name,licence,page\n",
    "commissioners": "commissioner_code,name,type\nC01,Alphashire Council,council\nC02,Betashire Council,council\n",
    "contracts": """contract_code,commissioner_code,organisation_code,starts_on,ends_on,annual_value_gbp
K1,C01,M001,2024-04-01,2028-03-31,100000
K2,C02,M002,2024-04-01,2028-03-31,100000
K3,C02,M003,2024-04-01,2028-03-31,100000
""",
}

SMALL = ("M005", "M011", "M032", "M038", "M040", "M063", "M084", "O200", "I172")
"""Of the demo, nine organisations that have between them: CSV files and workbooks, covers in both, staff groups, ways
of asking, one that spun out, one correction of each feed, nil returns in both forms, a return that is held, one that is
refused and not kept, and two that are not sent."""


PERIOD = "2026-Q2"
"""The quarter that was published last."""


@dataclass(frozen=True)
class Published:
    """A home with publications of the small sector or of the whole demo, and one commissioner and one organisation that
    read them."""

    home: Home
    is_demo: bool
    commissioner: str
    organisation: str

    def __getitem__(self, kind: str) -> Path:
        """The folder of the public, of the commissioner or of the organisation."""
        readers = {
            "public": "public",
            "commissioner": f"commissioner-{self.commissioner}",
            "organisation": f"organisation-{self.organisation}",
        }
        return self.home.publications / PERIOD / "1" / readers[kind]


SHEET_QUESTIONS = ["overall_satisfaction", *(question for questions in SCORES.values() for question in questions)]
SHEET_HEADINGS = ["response_id", "service_code", "staff_group", *SHEET_QUESTIONS]
SHEETS_COVER = {
    "prepared_by": "Mrs Smith, jane.smith@nhs.net",
    "instrument_id": "pulse10",
    "fieldwork_start": "2026-01-12",
    "fieldwork_end": "2026-02-20",
    "mode": "online",
    "eligible_staff": "90",
    "promised": "Nobody sees answers of fewer than 11 people together.",
}
"""What goes with answer sheets, to the demo's ten questions."""


def rows(organisation: str, lost: tuple[float, float, float] = (400, 410, 420), quarter: str = "2026-Q1") -> list[str]:
    """The three clean rows of a quarter, for 300 posts on calendar days."""
    months = {"2026-Q1": ((1, 31), (2, 28), (3, 31)), "2026-Q2": ((4, 30), (5, 31), (6, 30))}[quarter]
    return [
        f"{organisation},2026-{month:02},ALL,ALL,calendar_days,{days_lost},{300 * days},340,300,300"
        for (month, days), days_lost in zip(months, lost, strict=True)
    ]


def drop(organisation: str, lost: tuple[float, float, float] = (400, 410, 420), quarter: str = "2026-Q1") -> bytes:
    """A clean drop."""
    return "\n".join([HEADINGS, *rows(organisation, lost, quarter), ""]).encode()


def new_home(root: Path, register: Mapping[str, str] = REGISTER) -> Home:
    """A home with a register and nothing else."""
    home = Home(root)
    home.register.mkdir(parents=True)
    required = {name for name, file in register_files().items() if not file.may_be_left_out}
    assert required <= set(register) <= set(register_files())
    for name, text in register.items():
        (home.register / f"{name}.csv").write_text(text)
    return home


def check_once() -> Callable[[Definition, Sequence[Submitted], Files], dict[str, list[Finding]]]:
    """In place of `check_tables`: a check writes nothing and depends on what is checked alone, so that each is made
    but once."""
    known: dict[str, dict[str, list[Finding]]] = {}

    def checked(definition: Definition, submitted: Sequence[Submitted], files: Files) -> dict[str, list[Finding]]:
        asked = repr((definition.name, submitted, sorted(files.items())))
        if asked not in known:
            known[asked] = check_tables(definition, submitted, files)
        return {drop: list(findings) for drop, findings in known[asked].items()}

    return checked


@cache
def demo_drops() -> Mapping[Stage, tuple[Sent, ...]]:
    """Every drop of the demo, by stage."""
    return {1: tuple(drops(1)), 2: tuple(drops(2))}


@cache
def small_drops() -> Mapping[Stage, tuple[Sent, ...]]:
    """The drops of the small sector, by stage."""
    every = demo_drops()
    return {1: _of_small(every[1]), 2: _of_small(every[2])}


def _of_small(sent: Iterable[Sent]) -> tuple[Sent, ...]:
    return tuple(one for one in sent if one.code in SMALL)


@cache
def small_register(members: tuple[str, ...] = SMALL) -> Mapping[str, str]:
    """The register of the demo without everybody else."""
    every = {
        name.removesuffix(".csv"): list(csv.DictReader(io.StringIO(data.decode(), newline="")))
        for name, data in register_csv().items()
    }
    contracts = [row for row in every["contracts"] if row["organisation_code"] in members]
    codes = {"contract_code": {row["contract_code"] for row in contracts}, "organisation_code": set(members)}
    kept = {}
    for name, data in register_csv().items():
        table = name.removesuffix(".csv")
        told_by = {} if table == "commissioners" else codes
        if table == "commissioners":
            told_by = {"commissioner_code": {row["commissioner_code"] for row in contracts}}
        out = io.StringIO(newline="")
        writer = csv.DictWriter(out, data.decode().splitlines()[0].split(","), lineterminator="\n")
        writer.writeheader()
        writer.writerows(
            row
            for row in every[table]
            if all(row[column] in known for column, known in told_by.items() if column in row)
        )
        kept[table] = out.getvalue()
    return kept


def small_home(root: Path, members: tuple[str, ...] = SMALL) -> Home:
    """A home with the register of the small sector, or of some of it, in which nothing has arrived yet."""
    return new_home(root, small_register(members))


def small_drop(code: str, feed: str, period: str, *, is_correction: bool = False) -> Sent:
    """One drop of the small sector."""
    every = [*small_drops()[1], *small_drops()[2]]
    [one] = [
        one
        for one in every
        if (one.code, one.feed, one.period, "_corrected" in one.name) == (code, feed, period, is_correction)
    ]
    return one


def send(home: Home, place: str, data: bytes) -> Path:
    """Put a file into landing/, at a place such as `M001/inbox/sickness_absence/2026-Q1/file.csv`."""
    path = home.landing / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def send_quarter(home: Home, organisation: str, data: bytes, quarter: str = "2026-Q1", name: str = "file.csv") -> Path:
    return send(home, f"{organisation}/inbox/sickness_absence/{quarter}/{name}", data)


def send_all(home: Home, sent: Iterable[Sent]) -> None:
    """Put drops into their inboxes, each with its cover."""
    for one in sent:
        if one.cover is not None:
            send(home, f"{one.path}.cover.json", one.cover)
        send(home, one.path, one.data)


def sheets(count: int = 40) -> list[list[str]]:
    """Headings, and so many answer sheets of the service S01."""
    return [SHEET_HEADINGS, *([f"R{n}", "S01", "", *(str((n + at) % 5 + 1) for at in range(10))] for n in range(count))]


def send_sheets(home: Home, code: str = "M005", name: str = "answers.csv", count: int = 40) -> bytes:
    """Put a file of answer sheets into an inbox, with a cover, and say what it holds."""
    data = "".join(",".join(row) + "\r\n" for row in sheets(count)).encode()
    place = f"{code}/inbox/staff_survey/2026-Q1/{name}"
    send(home, f"{place}.cover.json", cover(**SHEETS_COVER))
    send(home, place, data)
    return data


def cover(**said: str) -> bytes:
    """A cover to lie beside a CSV file."""
    return json.dumps(said).encode()


def take(home: Home, now: datetime = NOW) -> Intake:
    return take_drops(home, now, wait_until_settled=False)


def released(home: Home, prepared: Publication, now: datetime = NOW) -> Publication:
    """A publication, released by a second person where it is not yet."""
    if prepared.is_released:
        return prepared
    given = release(home, prepared.period_id, prepared.number, "Head of analysis", now, "Nobody to ask")
    return replace(given, is_new=prepared.is_new)


def travel(home: Home, period: str | None = None, now: datetime = NOW) -> tuple[Intake, Build, Publication]:
    """The whole road: take, build, publish, release."""
    return take(home, now), build_warehouse(home, now), released(home, publish(home, period, "Analyst"), now)


def in_process(home: Home, *words: str, stdin: str | None = None) -> Result:
    """What a command says and how it ends, without waiting for a process to start."""
    return CliRunner().invoke(main, list(words), env={"IMPACT_HOME": str(home.root)}, input=stdin)


def tree(folder: Path) -> dict[str, str]:
    """Every file under a folder by its content, but for the lock and the bytes of the DuckDB file."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock" and path.suffix != ".duckdb"
    }


def tables(home: Home) -> dict[str, list[tuple[object, ...]]]:
    """Every table of the warehouse, its rows in order."""
    with duckdb.connect(str(home.warehouse), read_only=True) as warehouse:
        names = warehouse.execute(
            "select table_schema || '.' || table_name from information_schema.tables order by all"
        ).fetchall()
        return {name: warehouse.execute(f"from {name} order by all").fetchall() for (name,) in names}


def csv_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file by column."""
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8"), newline="")))
