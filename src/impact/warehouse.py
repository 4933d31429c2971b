"""Builds every table of sql/ in a new file, tests them there, then swaps it in. What a table is belongs in sql/.

The warehouse is a pure function of receipts, returns, register, settings and `as_at`. Which table needs which is read
from the SQL. Readers open the file read-only; whoever holds it open keeps the old one until they close it.
"""

import json
import logging
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb

from impact.definition import feeds, register_files
from impact.errors import ImpactError
from impact.home import PARTIAL, Home, cannot_write, one_writer, put
from impact.indicators import indicator_rows
from impact.intake.receipts import Receipt, live_returns, load_receipts
from impact.intake.returns import return_columns, return_path
from impact.periods import to_text
from impact.places import sql_folder
from impact.register import Register, register_at
from impact.settings import settings_at

_log = logging.getLogger(__name__)

SCHEMAS = ("measures", "indicators", "benchmarks", "published")
"""The folders of sql/, in the order of the road."""

_SOURCE_SCHEMAS = ("returns", "register", "reference")
_REFERENCE = {
    f"reference.{table}" for table in ("build", "feeds", "indicators", "receipts", "receipt_totals", "settings")
}
_CONFIG: dict[str, str | int | float | list[str]] = {
    # The statistics of a whole sector need far less; the limit keeps a runaway join from taking the machine down.
    "memory_limit": "2GB",
    "max_temp_directory_size": "10GB",
    # Reading row groups in any order would make some sums differ in their last digits between builds.
    "preserve_insertion_order": True,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
_STORAGE_VERSION = "v1.5.0"
"""So that analysts with last year's DuckDB can open the file."""


@dataclass(frozen=True)
class Model:
    """A table that is one SELECT. `needs` are the tables that it reads, as schema.table."""

    schema: str
    table: str
    sql: str
    needs: frozenset[str]

    @property
    def name(self) -> str:
        return f"{self.schema}.{self.table}"


@dataclass(frozen=True)
class Claim:
    """A test: a SELECT of the rows that break what is claimed of a table."""

    model: str
    claim: str
    sql: str


@dataclass(frozen=True)
class Built:
    """A table that was built: how many rows, in how many seconds."""

    name: str
    rows: int
    seconds: float


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
        return not any(test.broken_by for test in self.tests)


@cache
def models() -> tuple[Model, ...]:
    """Every model in an order in which it can be built. Raises ImpactError on a file that is not one SELECT, names a
    table that nobody makes, or needs itself."""
    files = [path for path in sorted(sql_folder().glob("*/*.sql")) if not path.name.endswith(".test.sql")]
    found = [_model(path) for path in files]
    of_feeds = [model.name for model in found if model.schema == "measures" and model.table in feeds()]
    union = "\nunion all by name\n".join(f"select * from {name}" for name in of_feeds)
    found.append(Model("measures", "all_feeds", union, frozenset(of_feeds)))
    made = {model.name: model for model in found}
    sources = {f"returns.{feed}" for feed in feeds()} | {f"register.{name}" for name in register_files()} | _REFERENCE
    for model in found:
        for need in sorted(model.needs):
            if need not in made and need not in sources:
                raise ImpactError(
                    f"sql/{model.schema}/{model.table}.sql reads {need}, which is neither a file of sql/ nor a source. "
                    "Correct the name, or add the file."
                )
    try:
        order = TopologicalSorter({model.name: sorted(model.needs & set(made)) for model in found}).static_order()
        return tuple(made[name] for name in order)
    except CycleError as fault:
        raise ImpactError(f"Tables of sql/ need one another in a circle: {' -> '.join(fault.args[1])}.") from fault


@cache
def claims() -> tuple[Claim, ...]:
    """Every `<table>__<claim>.test.sql`."""
    found = []
    for path in sorted(sql_folder().glob("*/*.test.sql")):
        table, parted, claim = path.name.removesuffix(".test.sql").partition("__")
        if not parted:
            raise ImpactError(f"sql/{path.parent.name}/{path.name} must be named <table>__<claim>.test.sql. Rename it.")
        found.append(Claim(f"{path.parent.name}.{table}", claim, path.read_text("utf-8")))
    return tuple(found)


def description(model: Model) -> str:
    """What a model's own first comment says of it."""
    lines = [line.removeprefix("--").strip() for line in model.sql.splitlines() if line.startswith("--")]
    return " ".join(lines)


def build_warehouse(home: Home, as_at: datetime) -> Build:
    """Build and test the warehouse as it stood at `as_at`; swap it in if every claim holds.

    Otherwise yesterday's file stays in place, and the result says which claims broke.
    Raises ImpactError when the home holds no register yet, or the disk is full.
    """
    with one_writer(home, "the build of the warehouse"):
        register = register_at(home, as_at)
        _, settings = settings_at(home, as_at)
        receipts = load_receipts(home, as_at)
        scratch = home.warehouse.parent / f"{PARTIAL}scratch"
        result: list[Build] = []

        def fill(path: Path) -> None:
            path.unlink(missing_ok=True)
            with duckdb.connect(config={**_CONFIG, "temp_directory": str(scratch)}) as connection:
                connection.execute(f"attach '{_quoted(path)}' as warehouse (storage_version '{_STORAGE_VERSION}')")
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
    return duckdb.connect(str(home.warehouse), read_only=True, config={"memory_limit": _CONFIG["memory_limit"]})


def build_models(connection: duckdb.DuckDBPyConnection) -> Build:
    """Run every model and every claim on a connection that has the source tables."""
    for schema in SCHEMAS:
        connection.execute(f"create schema if not exists {schema}")
    connection.execute((sql_folder() / "macros.sql").read_text("utf-8"))
    built = []
    for model in models():
        started = time.perf_counter()
        connection.execute(f"create table {model.name} as\n{model.sql}")
        rows = _scalar(connection, f"select count(*) from {model.name}")
        built.append(Built(model.name, rows, time.perf_counter() - started))
    return Build(tuple(built), tuple(_test(connection, claim) for claim in claims()))


def load_sources(
    connection: duckdb.DuckDBPyConnection,
    home: Home,
    register: Register,
    settings: Mapping[str, float],
    receipts: Sequence[Receipt],
    as_at: datetime,
) -> None:
    """Make the tables that sql/ starts from: `returns`, `register` and `reference`."""
    for schema in _SOURCE_SCHEMAS:
        connection.execute(f"create schema {schema}")
    live = sorted(live_returns(list(receipts)).values(), key=lambda receipt: receipt.id)
    for name, definition in feeds().items():
        columns = ", ".join(f'"{column}" {kind}' for column, kind in return_columns(definition))
        connection.execute(f'create table returns."{name}" ({columns})')
        files = [return_path(home, name, receipt.id) for receipt in live if receipt.feed == name]
        if files:
            try:
                connection.execute(
                    f'insert into returns."{name}" select * from read_parquet(?)', [list(map(str, files))]
                )
            except duckdb.Error as fault:
                raise _unreadable(files) or fault from fault
    for name, definition in register_files().items():
        rows = [[row[column.name] for column in definition.columns] for row in register.files[name]]
        typed = [(column.name, column.sql_type) for column in definition.columns]
        create_table(connection, f"register.{name}", typed, rows)
    create_table(
        connection,
        "reference.settings",
        [("name", "varchar"), ("value", "double")],
        sorted(map(list, settings.items())),
    )
    create_table(connection, "reference.indicators", *indicator_rows())
    create_table(connection, "reference.build", [("as_at", "timestamp")], [[to_text(as_at)]])
    create_table(
        connection,
        "reference.feeds",
        [("feed", "varchar"), ("source", "varchar"), ("period_grain", "varchar")],
        [[definition.name, definition.source, definition.period_grain] for definition in feeds().values()],
    )
    live_ids = {receipt.id for receipt in live}
    create_table(
        connection,
        "reference.receipts",
        [
            ("receipt", "varchar"),
            ("organisation_code", "varchar"),
            ("feed", "varchar"),
            ("period", "varchar"),
            ("decision", "varchar"),
            ("is_live", "boolean"),
            ("received_at", "timestamp"),
            ("rows_in", "integer"),
            ("rows_kept", "integer"),
            ("rows_refused", "integer"),
        ],
        [
            [
                receipt.id,
                receipt.sender,
                receipt.feed,
                receipt.period,
                receipt.decision,
                receipt.id in live_ids,
                receipt.received_at,
                receipt.rows_in,
                receipt.rows_kept,
                receipt.rows_refused,
            ]
            for receipt in receipts
        ],
    )
    create_table(
        connection,
        "reference.receipt_totals",
        [("receipt", "varchar"), ("measure", "varchar"), ("total", "decimal(28,14)")],
        [[receipt.id, measure, total] for receipt in live for measure, total in sorted(receipt.totals.items())],
    )


def create_table(
    connection: duckdb.DuckDBPyConnection, name: str, columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[Any]]
) -> None:
    """A table with these columns (name, SQL type) and rows; texts are cast to the types."""
    connection.execute(f"create table {name} ({', '.join(f'{column} {kind}' for column, kind in columns)})")
    if rows:
        texts = [[None if value is None else str(value) for value in row] for row in rows]
        casts = ", ".join(f"cast(texts[{index}] as {kind})" for index, (_, kind) in enumerate(columns, start=1))
        connection.execute(f"insert into {name} select {casts} from (select unnest(?) as texts)", [texts])


def tables_read(sql: str) -> frozenset[str]:
    """The schema-qualified tables that a SELECT reads, from DuckDB's own parser. Raises ImpactError unless it is one
    SELECT that names every table, but for its CTEs, with its schema."""
    with duckdb.connect() as connection:
        row = connection.execute("select json_serialize_sql(?)", [sql.strip().rstrip(";")]).fetchone()
    assert row is not None
    tree = json.loads(row[0])
    if tree["error"] or len(tree["statements"]) != 1:
        raise ImpactError(f"not exactly one SELECT: {tree.get('error_message', 'several statements')}")
    nodes = list(_nodes(tree))
    ctes = {entry["key"] for node in nodes if "cte_map" in node for entry in node["cte_map"]["map"]}
    read = set()
    for node in nodes:
        if node.get("type") != "BASE_TABLE":
            continue
        if node["schema_name"]:
            read.add(f"{node['schema_name']}.{node['table_name']}")
        elif node["table_name"] not in ctes:
            raise ImpactError(f"the table {node['table_name']} is named without its schema")
    return frozenset(read)


def _unreadable(files: Sequence[Path]) -> ImpactError | None:
    """What to say of the first return that cannot be read, if that is the fault."""
    for path in files:
        try:
            with duckdb.connect() as connection:
                connection.execute("select count(*) from read_parquet(?)", [str(path)])
        except duckdb.Error as fault:
            return ImpactError(
                f"The return {path} cannot be read ({fault}). Put it back from a copy; the bytes it was made from are "
                f"in drops/, under the SHA-256 that the receipt {path.stem}.json names."
            )
    return None


class _Unsound(Exception):  # noqa: N818  (not a fault: it ends the write of a file that must not be swapped in)
    pass


def _model(path: Path) -> Model:
    sql = path.read_text("utf-8")
    try:
        return Model(path.parent.name, path.stem, sql, tables_read(sql))
    except ImpactError as fault:
        raise ImpactError(f"sql/{path.parent.name}/{path.name}: {fault}. Mend the file.") from fault


def _test(connection: duckdb.DuckDBPyConnection, claim: Claim) -> Tested:
    breaking = connection.execute(claim.sql)
    columns = [column[0] for column in breaking.description or ()]
    rows = breaking.fetchall()
    example = ", ".join(f"{name} {value}" for name, value in zip(columns, rows[0], strict=True)) if rows else ""
    if rows:
        _log.error(
            "Nothing is published, and the tables stay as they were: of %s, %s does not hold for %d rows, such as %s. "
            "Either sql/%s is wrong, or what it is built from: the register, the settings or a return.",
            claim.model,
            claim.claim.replace("_", " "),
            len(rows),
            example,
            claim.model.replace(".", "/") + ".sql",
        )
    return Tested(claim, len(rows), example)


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    if isinstance(tree, dict):
        yield tree
        for value in tree.values():
            yield from _nodes(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _nodes(value)


def _scalar(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    row = connection.execute(sql).fetchone()
    assert row is not None
    return int(row[0])


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
