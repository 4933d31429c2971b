"""Homes to travel through: small ones built from a few lines, and the whole demo."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from impact.definition import register_files
from impact.home import Home
from impact.intake.intake import Intake, take_drops
from impact.reports.publication import Publication, publish
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


def send(home: Home, place: str, data: bytes) -> Path:
    """Put a file into landing/, at a place such as `M001/inbox/sickness_absence/2026-Q1/file.csv`."""
    path = home.landing / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def send_quarter(home: Home, organisation: str, data: bytes, quarter: str = "2026-Q1", name: str = "file.csv") -> Path:
    return send(home, f"{organisation}/inbox/sickness_absence/{quarter}/{name}", data)


def take(home: Home, now: datetime = NOW) -> Intake:
    return take_drops(home, now, wait_until_settled=False)


def travel(home: Home, period: str | None = None, now: datetime = NOW) -> tuple[Intake, Build, Publication]:
    """The whole road: take, build, publish."""
    return take(home, now), build_warehouse(home, now), publish(home, period)


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
