"""Builds the tables of sql/ that are of all periods in a new file, tests them there, then swaps it in. What a table is
belongs in sql/; the tables of one publication are built in `release`.

The warehouse is a pure function of receipts, returns, register, settings and `as_at`. Which table needs which is read
from the SQL. Readers open the file read-only; whoever holds it open keeps the old one until they close it.
"""

import logging
import shutil
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import duckdb

from impact.errors import ImpactError
from impact.home import PARTIAL, Home, cannot_write, one_writer, put
from impact.intake.receipts import Decision, receipts_at
from impact.models import WAREHOUSE, Claim, Model, claims, models, models_of
from impact.periods import from_text
from impact.places import quoted, sql_folder
from impact.register import register_at
from impact.settings import settings_at
from impact.sources import load_sources

_log = logging.getLogger(__name__)

CONFIG: dict[str, str | int | float | list[str]] = {
    # The statistics of a whole sector need far less; the limit keeps a runaway join from taking the machine down.
    "memory_limit": "2GB",
    "max_temp_directory_size": "10GB",
    # Reading row groups in any order would make some sums differ in their last digits between builds.
    "preserve_insertion_order": True,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
STORAGE_VERSION = "v1.5.0"
"""So that analysts with last year's DuckDB can open the file."""


@dataclass(frozen=True)
class Built:
    """A table that was built: how many rows, in how many seconds, and what else is to be said of it."""

    name: str
    rows: int
    seconds: float
    notes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Tested:
    """A claim that was tested: how many rows break it, and the first of them in words."""

    claim: Claim
    broken_by: int
    example: str


@dataclass(frozen=True)
class Build:
    """One build. It was swapped in if, and only if, every claim holds."""

    tables: tuple[Built, ...]
    tests: tuple[Tested, ...]

    @property
    def is_sound(self) -> bool:
        return not self.broken

    @property
    def broken(self) -> tuple[Tested, ...]:
        """The claims that do not hold."""
        return tuple(test for test in self.tests if test.broken_by)


def build_warehouse(home: Home, as_at: datetime, only: Mapping[str, Decision] | None = None) -> Build:
    """Build and test the warehouse as it stood at `as_at`; swap it in if every claim holds. With `only`, from those
    receipts alone, with the decisions that they had then.

    Otherwise yesterday's file stays in place, and the result says which claims broke.
    Raises ImpactError when the home holds no register yet, or the disk is full.
    """
    with one_writer(home, "the build of the warehouse"):
        return build_tables(home, as_at, only)


def build_tables(home: Home, as_at: datetime, only: Mapping[str, Decision] | None = None) -> Build:
    """What `build_warehouse` does, for whoever holds the home's lock already."""
    register = register_at(home, as_at)
    _, settings = settings_at(home, as_at)
    receipts = receipts_at(home, as_at, only)
    scratch = home.warehouse.parent / f"{PARTIAL}scratch"
    result: list[Build] = []

    def fill(path: Path) -> None:
        path.unlink(missing_ok=True)
        with duckdb.connect(config={**CONFIG, "temp_directory": str(scratch)}) as connection:
            connection.execute(f"attach {quoted(path)} as warehouse (storage_version '{STORAGE_VERSION}')")
            connection.execute("use warehouse")
            load_sources(connection, home, register, settings, receipts, as_at)
            result.append(build_models(connection))
            connection.execute("use memory")
            connection.execute("detach warehouse")
        if not result[0].is_sound:
            raise _Unsound

    try:
        put(home.warehouse, fill)
    except _Unsound:
        home.warehouse.with_name(f"{PARTIAL}{home.warehouse.name}").unlink(missing_ok=True)
    except duckdb.IOException as fault:
        raise cannot_write(home.warehouse, str(fault)) from fault
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return result[0]


def open_warehouse(home: Home) -> duckdb.DuckDBPyConnection:
    """A read-only connection. Raises ImpactError when there is no warehouse yet."""
    if not home.warehouse.exists():
        raise ImpactError(f"There is no warehouse in {home.warehouse.parent} yet. Run `impact run` first.")
    return duckdb.connect(str(home.warehouse), read_only=True, config={"memory_limit": CONFIG["memory_limit"]})


def built_as_at(home: Home) -> datetime | None:
    """The instant as at which the tables were last built, or None when they never were."""
    if not home.warehouse.exists():
        return None
    with open_warehouse(home) as warehouse:
        row = warehouse.execute("select strftime(as_at, '%Y-%m-%dT%H:%M:%SZ') from reference.build").fetchone()
    assert row is not None
    return from_text(row[0])


def build_models(connection: duckdb.DuckDBPyConnection) -> Build:
    """Run every model of the warehouse and every claim made of them on a connection that has the source tables."""
    for schema in WAREHOUSE:
        connection.execute(f"create schema if not exists {schema}")
    connection.execute((sql_folder() / "macros.sql").read_text("utf-8"))
    built = [build_model(connection, model) for model in models_of(WAREHOUSE)]
    return Build(tuple(built), tested(connection, WAREHOUSE))


def build_model(connection: duckdb.DuckDBPyConnection, model: Model) -> Built:
    """Make one table from its SELECT."""
    started = time.perf_counter()
    connection.execute(f"create table {model.name} as\n{model.sql}")
    rows = _scalar(connection, f"select count(*) from {model.name}")
    return Built(model.name, rows, time.perf_counter() - started)


def tested(connection: duckdb.DuckDBPyConnection, schemas: Collection[str]) -> tuple[Tested, ...]:
    """Every claim that is made of a table of these folders, tried."""
    return tuple(_test(connection, claim) for claim in claims() if claim.model.split(".")[0] in schemas)


class _Unsound(Exception):  # noqa: N818  (not a fault: it ends the write of a file that must not be swapped in)
    pass


def _test(connection: duckdb.DuckDBPyConnection, claim: Claim) -> Tested:
    breaking = connection.execute(claim.sql)
    columns = [column[0] for column in breaking.description or ()]
    rows = breaking.fetchall()
    example = ", ".join(f"{name} {value}" for name, value in zip(columns, rows[0], strict=True)) if rows else ""
    if rows:
        _log.error(
            "Nothing is published, and the tables stay as they were: of %s, %s does not hold for %d rows, such as %s. "
            "Either %s is wrong, or what it is built from: the register, the settings or a return.",
            claim.model,
            claim.claim.replace("_", " "),
            len(rows),
            example,
            _place_of(claim.model),
        )
    return Tested(claim, len(rows), example)


def _place_of(name: str) -> str:
    """Where a table is made."""
    [model] = [model for model in models() if model.name == name]
    return "impact.disclosure" if model.is_made_by_python else f"sql/{model.schema}/{model.table}.sql"


def _scalar(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    row = connection.execute(sql).fetchone()
    assert row is not None
    return int(row[0])
