"""Builds the tables of one publication: sql/disclosure and sql/published, for one quarter, from the warehouse as it
stands. What a table is belongs in sql/; what is drawn from them in `reports`.

They are built aside, in a file of their own beside the warehouse, which is swapped in only if every claim holds: no
sound release, no publication. The file can be deleted at any moment.
"""

import logging
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pandas as pd

from impact.errors import ImpactError
from impact.home import PARTIAL, Home, cannot_write, put
from impact.models import MADE_BY_PYTHON, RELEASE, WAREHOUSE, models_of
from impact.places import quoted, sql_folder
from impact.sources import create_table, source_tables
from impact.warehouse import CONFIG, STORAGE_VERSION, Build, Built, build_model, tested

_log = logging.getLogger(__name__)

_KINDS = ("public", "commissioner", "organisation")

_OPEN_TO_ALL = ("reference.feeds", "reference.indicators", "reference.settings", "register.publishers")
"""Tables of the warehouse that go into the file as they are, so that whoever draws reports needs no other."""


_EARLIER = [
    ("publication", "varchar"),
    ("cell", "integer"),
    ("shown_to", "varchar"),
    ("by_name_to", "varchar"),
    ("withheld_from", "varchar"),
    ("number", "varchar"),
    ("variant", "varchar"),
    ("organisation_code", "varchar"),
    ("commissioners", "varchar"),
    ("source", "varchar"),
    ("period_start_on", "date"),
    ("period_end_on", "date"),
    ("value", "double"),
]


def build_release(home: Home, period_id: str, inputs: str, earlier: Sequence[Path]) -> Build:
    """Build and test the tables of a publication of a quarter; swap them in if every claim holds. `inputs` says what
    they are made from, and is kept with them; `earlier` are the records of the publications before it. Only for the
    holder of the home's lock.

    Otherwise the release of the day before stays in place, and the result says which claims broke.
    Raises ImpactError when there is no warehouse yet, or the disk is full.
    """
    if not home.warehouse.exists():
        raise ImpactError(f"There is no warehouse in {home.warehouse.parent} yet. Run `impact run` first.")
    scratch = home.warehouse.parent / f"{PARTIAL}scratch"
    result: list[Build] = []

    def fill(path: Path) -> None:
        path.unlink(missing_ok=True)
        with duckdb.connect(config={**CONFIG, "temp_directory": str(scratch)}) as connection:
            connection.execute(f"attach {quoted(home.warehouse)} as warehouse (read_only)")
            _show_warehouse(connection)
            result.append(build_published(connection, period_id, inputs, earlier))
            connection.execute(f"attach {quoted(path)} as release (storage_version '{STORAGE_VERSION}')")
            for name in ("reference.release", *(model.name for model in models_of(RELEASE)), *_OPEN_TO_ALL):
                connection.execute(f"create schema if not exists release.{name.split('.')[0]}")
                connection.execute(f"create table release.{name} as select * from {name}")
            connection.execute("detach release")
        if not result[0].is_sound:
            raise _Unsound

    try:
        put(home.release, fill)
    except _Unsound:
        home.release.with_name(f"{PARTIAL}{home.release.name}").unlink(missing_ok=True)
    except duckdb.IOException as fault:
        raise cannot_write(home.release, str(fault)) from fault
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return result[0]


def release_inputs(home: Home) -> tuple[str, str] | None:
    """Of which quarter the release in place is, and what it was made from; None when there is none."""
    if not home.release.exists():
        return None
    with open_release(home) as release:
        row = release.execute("select period_id, inputs from reference.release").fetchone()
    assert row is not None
    return str(row[0]), str(row[1])


def open_release(home: Home) -> duckdb.DuckDBPyConnection:
    """A read-only connection to the release in place."""
    return duckdb.connect(str(home.release), read_only=True, config={"memory_limit": CONFIG["memory_limit"]})


def build_published(
    connection: duckdb.DuckDBPyConnection, period_id: str, inputs: str = "", earlier: Sequence[Path] = ()
) -> Build:
    """Run every model of a release and every claim made of them on a connection that has the tables before them."""
    prepare(connection, period_id, inputs, earlier)
    built: list[Built] = []
    for model in models_of(RELEASE):
        if not model.is_made_by_python:
            built.append(build_model(connection, model))
        elif model.name not in {one.name for one in built}:
            built += control_disclosure(connection)
    return Build(tuple(built), tested(connection, RELEASE))


def prepare(
    connection: duckdb.DuckDBPyConnection, period_id: str, inputs: str = "", earlier: Sequence[Path] = ()
) -> None:
    """Make the tables that a release starts from: which quarter it is of, and what publications before it let out."""
    for schema in RELEASE:
        connection.execute(f"create schema if not exists {schema}")
    columns = [("period_id", "varchar"), ("inputs", "varchar")]
    create_table(connection, "reference.release", columns, [[period_id, inputs]])
    create_table(connection, "disclosure.earlier_cell", _EARLIER, [])
    for path in earlier:
        connection.execute(
            "insert into disclosure.earlier_cell by name select * replace (? as publication) from read_parquet(?)",
            [f"{path.parent.name}/{path.stem}", str(path)],
        )


def control_disclosure(connection: duckdb.DuckDBPyConnection) -> list[Built]:
    """Make the tables of disclosure control that no SELECT could make, from the others of their schema."""
    # scipy takes half a second to import, which nobody should wait for who publishes nothing.
    from impact.disclosure.stage import GATHERED, control

    started = time.perf_counter()
    gathered = {name: connection.execute(f"select * from disclosure.{name} order by all").df() for name in GATHERED}
    gathered["indicators"] = connection.execute("select * from reference.indicators order by indicator_id").df()
    gathered["settings"] = connection.execute("select * from reference.settings order by name").df()
    gathered["organisations"] = connection.execute(
        "select organisation_code, publication_consent from register.organisations order by organisation_code"
    ).df()
    made = control(gathered)
    notes = _counted(gathered["cell"], made.withheld)
    said = ", ".join(
        f"{notes[f'{kind}_withheld']} of {notes[f'{kind}_cells']} on the {kind}'s pages" for kind in _KINDS
    )
    _log.info("Withheld so that nobody is given away, of the cells of all pages: %s", said)
    built = []
    for name in MADE_BY_PYTHON:
        table: pd.DataFrame = getattr(made, name)
        columns = ", ".join(f"{column} {kind}" for column, kind in _MADE[name])
        connection.execute(f"create table disclosure.{name} ({columns})")
        connection.register("made_by_python", table)
        connection.execute(f"insert into disclosure.{name} by name select * from made_by_python")
        connection.unregister("made_by_python")
        of_table = notes if name == "withheld" else {}
        built.append(Built(f"disclosure.{name}", len(table), time.perf_counter() - started, of_table))
        started = time.perf_counter()
    return built


def _counted(cells: pd.DataFrame, withheld: pd.DataFrame) -> dict[str, int]:
    """How many cells there are for each kind of audience, how many of them are withheld, and for which reasons."""
    counts: dict[str, int] = {}
    for kind in _KINDS:
        for name, table in (("cells", cells), ("withheld", withheld)):
            counts[f"{kind}_{name}"] = int(table["audience"].str.startswith(kind).sum())
    for reason, rows in withheld.groupby("reason", sort=True):
        counts[str(reason)] = len(rows)
    return counts


def released_bytes(home: Home) -> bytes:
    """What the release in place lets out, as the file that is kept of it: the same rows give the same bytes."""
    path = home.release.with_name(f"{PARTIAL}released.parquet")
    with open_release(home) as release:
        release.execute(
            f"copy (select * from disclosure.released order by all) to {quoted(path)} (format parquet, codec zstd)"
        )
    data = path.read_bytes()
    path.unlink()
    return data


def _show_warehouse(connection: duckdb.DuckDBPyConnection) -> None:
    """A view of every table of the warehouse under its own name."""
    connection.execute((sql_folder() / "macros.sql").read_text("utf-8"))
    for name in (*sorted(source_tables()), *(model.name for model in models_of(WAREHOUSE))):
        connection.execute(f"create schema if not exists {name.split('.')[0]}")
        connection.execute(f"create view {name} as select * from warehouse.{name}")


_MADE = {
    "withheld": [
        ("audience", "varchar"),
        ("kind", "varchar"),
        ("indicator_id", "varchar"),
        ("grain", "varchar"),
        ("variant", "varchar"),
        ("delivery_model", "varchar"),
        ("sector", "varchar"),
        ("organisation_code", "varchar"),
        ("reason", "varchar"),
        ("is_median_withheld", "boolean"),
    ],
    "judged_point": [
        ("audience", "varchar"),
        ("indicator_id", "varchar"),
        ("variant", "varchar"),
        ("organisation_code", "varchar"),
        ("source", "varchar"),
        ("period_id", "varchar"),
        ("reason", "varchar"),
    ],
    "audit": [
        ("audience", "varchar"),
        ("indicators", "varchar"),
        ("variant", "varchar"),
        ("number", "varchar"),
        ("cell", "varchar"),
        ("value", "double"),
        ("lower", "double"),
        ("upper", "double"),
        ("width", "double"),
        ("protection", "double"),
        ("is_protected", "boolean"),
        ("is_already_disclosed", "boolean"),
    ],
    "audited": [
        ("audience", "varchar"),
        ("ranges", "integer"),
        ("worked_out", "integer"),
        ("already_disclosed", "integer"),
    ],
    "released": _EARLIER,
}
"""The columns of the tables that Python makes: those of `impact.disclosure.stage`, with their types."""


class _Unsound(Exception):  # noqa: N818  (not a fault: it ends the write of a file that must not be swapped in)
    pass
