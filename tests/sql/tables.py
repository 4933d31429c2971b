"""Tables of a few rows for one model of sql/ to run on. What must hold of a model stands in the tests beside this file.

A test gives rows; every column that it does not give is null, or what `organisation`, `absence` and their like put
there. The columns themselves are those that `impact.warehouse` makes, so they cannot drift from the real ones.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from impact.definition import feeds, register_files
from impact.home import Home
from impact.models import SCHEMAS, models
from impact.places import sql_folder
from impact.register import Register
from impact.sources import create_table, load_sources
from impact.warehouse import Build, build_models

RATE = "sickness_absence_rate"
PER_FTE = "sick_days_per_fte"

SETTINGS: Mapping[str, float] = {
    "peers_for_median": 5,
    "peers_for_quartiles": 10,
    "share_of_peers_reader_may_know": 0.5,
}

_AS_AT = datetime(2026, 7, 20, 9, 0, tzinfo=UTC)
_NO_HOME = Home(Path("nowhere"))
"""Without receipts there is no return to read, so nothing looks into it."""


@dataclass(frozen=True)
class Row:
    """A row of a table, such as `register.contracts`: its values by column."""

    table: str
    values: Mapping[str, Any]


def row(table: str, **values: Any) -> Row:
    return Row(table, values)


def organisation(code: str, model: str = "mutual", sector: str = "community_health", **values: Any) -> Row:
    """An organisation, its ODS code the same as its own."""
    given = {"organisation_code": code, "ods_code": code, "name": f"{code} Care"}
    return Row("register.organisations", {**given, "delivery_model": model, "sector": sector, **values})


def commissioner(code: str) -> Row:
    return row("register.commissioners", commissioner_code=code, name=f"{code} Council", type="council")


def contract(commissioner_code: str, organisation_code: str, starts_on: str, ends_on: str | None = None) -> Row:
    return row(
        "register.contracts",
        contract_code=f"{commissioner_code}-{organisation_code}-{starts_on}",
        commissioner_code=commissioner_code,
        organisation_code=organisation_code,
        starts_on=starts_on,
        ends_on=ends_on,
    )


def absence(code: str, month: str, lost: Any, available: Any, basis: str = "calendar_days", **values: Any) -> Row:
    """A month (`2026-01`) of an organisation's own return."""
    given = {"organisation_code": code, "month": f"{month}-01", "service_code": "ALL", "staff_group": "ALL"}
    measured = {"basis": basis, "fte_days_lost": lost, "fte_days_available": available}
    return Row("returns.sickness_absence", {**given, **measured, **values})


def official(ods_code: str, month: str, lost: Any, available: Any, **values: Any) -> Row:
    """A month (`2026-01`) of an organisation in NHS England's file; withheld when `lost` is None."""
    given = {"ods_code": ods_code, "month_end_on": last_day(month), "organisation_name": f"{ods_code} Care"}
    measured = {"fte_days_lost": lost, "fte_days_available": available}
    if lost is not None and Decimal(str(available)):
        rate = Decimal(str(lost)) / Decimal(str(available)) * 100
        measured["published_rate_percent"] = rate.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return Row("returns.nhs_sickness_absence", {**given, **measured, **values})


def months(first: str, count: int) -> list[str]:
    """`count` months from `first` (`2026-01`) on."""
    year, month = map(int, first.split("-"))
    numbers = range(year * 12 + month - 1, year * 12 + month - 1 + count)
    return [f"{number // 12}-{number % 12 + 1:02}" for number in numbers]


def last_day(month: str) -> str:
    (after,) = months(month, 2)[1:]
    return str(date.fromordinal(date.fromisoformat(f"{after}-01").toordinal() - 1))


def tables(*rows: Row, settings: Mapping[str, float] = SETTINGS) -> duckdb.DuckDBPyConnection:
    """A database in memory with every source table, and those tables of sql/ that rows are given of.

    Every return has a receipt, and the receipt its totals, as if it had come in through an inbox.
    """
    given = defaultdict(list)
    for one in rows:
        given[one.table].append(one.values)
    connection = duckdb.connect()
    register = {
        name: tuple(_texts([column.name for column in definition.columns], given.pop(f"register.{name}", [])))
        for name, definition in register_files().items()
    }
    load_sources(connection, _NO_HOME, Register("", register), settings, [], _AS_AT)
    returns = {name: _with_receipts(name, given.pop(f"returns.{name}", [])) for name in feeds()}
    for name, kept in returns.items():
        _insert(connection, f"returns.{name}", kept)
        _insert(connection, "reference.receipts", _receipts(name, kept))
        _insert(connection, "reference.receipt_totals", _totals(name, kept))
    for schema in SCHEMAS:
        connection.execute(f"create schema {schema}")
    connection.execute((sql_folder() / "macros.sql").read_text("utf-8"))
    for name, values in given.items():
        if name not in _shapes():
            connection.close()
            raise ValueError(f"there is no table {name}")
        if name.split(".")[0] in SCHEMAS:
            create_table(connection, name, _shapes()[name], [])
        _insert(connection, name, values)
    return connection


def run(connection: duckdb.DuckDBPyConnection, name: str) -> duckdb.DuckDBPyConnection:
    """Run one model, and before it those that it needs and that are not there yet."""
    there = {f"{schema}.{table}" for schema, table in _tables(connection)}
    made = {model.name: model for model in models()}
    wanted = {name}
    for model in reversed(models()):
        if model.name in wanted:
            wanted |= {need for need in model.needs if need in made and need not in there}
    for model in models():
        if model.name in wanted:
            connection.execute(f"create table {model.name} as\n{model.sql}")
    return connection


def build(*rows: Row, settings: Mapping[str, float] = SETTINGS) -> duckdb.DuckDBPyConnection:
    """Every model run on these rows. Raises AssertionError when a claim does not hold."""
    connection = tables(*rows, settings=settings)
    broken = broken_claims(build_models(connection))
    assert broken == {}, broken
    return connection


def broken_claims(built: Build) -> dict[str, str]:
    """The claims that do not hold, with an example each."""
    return {f"{test.claim.model}__{test.claim.claim}": test.example for test in built.tests if test.broken_by}


def select(connection: duckdb.DuckDBPyConnection, table: str, columns: str, **where: Any) -> list[tuple[Any, ...]]:
    """These columns of the rows in which each of `where` holds, in order of all columns."""
    conditions = " and ".join(f"{column} is not distinct from ?" for column in where) or "true"
    query = f"select {columns} from {table} where {conditions} order by all"
    return connection.execute(query, list(where.values())).fetchall()


def one(connection: duckdb.DuckDBPyConnection, table: str, columns: str, **where: Any) -> tuple[Any, ...]:
    """The one row that `select` finds. Raises AssertionError when there is none, or another."""
    found = select(connection, table, columns, **where)
    assert len(found) == 1, f"{len(found)} rows of {table} where {where}: {found}"
    return found[0]


def value_of(connection: duckdb.DuckDBPyConnection, expression: str, *parameters: Any) -> Any:
    """What an expression comes to."""
    found = connection.execute(f"select {expression}", list(parameters)).fetchone()
    assert found is not None
    return found[0]


def everything(connection: duckdb.DuckDBPyConnection, table: str) -> list[tuple[Any, ...]]:
    """Every row of a table with every column, in the order in which they stand."""
    return connection.execute(f"select * from {table}").fetchall()


def syntax_nodes(sql: str) -> Iterator[dict[str, Any]]:
    """Every node of DuckDB's own syntax tree of a SELECT. Raises ValueError when it is none."""
    with duckdb.connect() as connection:
        tree = json.loads(value_of(connection, "json_serialize_sql(?)", sql))
    if tree["error"]:
        raise ValueError(tree["error_message"])
    yield from _nodes(tree["statements"])


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    if isinstance(tree, dict):
        yield tree
    for part in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from _nodes(part)


@cache
def _shapes() -> dict[str, list[tuple[str, str]]]:
    """The columns of every table, with their types, as a build without rows makes them."""
    with tables() as connection:
        build_models(connection)
        shapes: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for schema, table, column, kind in connection.execute(
            "select schema_name, table_name, column_name, data_type from duckdb_columns() where not internal "
            "order by schema_name, table_name, column_index"
        ).fetchall():
            shapes[f"{schema}.{table}"].append((column, kind))
    return dict(shapes)


def _tables(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    return connection.execute("select schema_name, table_name from duckdb_tables()").fetchall()


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    if not rows:
        return
    columns = connection.execute(f"select column_name, column_type from (describe {table})").fetchall()
    texts = [list(text.values()) for text in _texts([name for name, _ in columns], rows)]
    casts = ", ".join(f"cast(texts[{place}] as {kind})" for place, (_, kind) in enumerate(columns, start=1))
    connection.execute(f"insert into {table} select {casts} from (select unnest(?) as texts)", [texts])


def _texts(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, str | None]]:
    for given in rows:
        if unknown := set(given) - set(columns):
            raise ValueError(f"no column {', '.join(sorted(unknown))} among {', '.join(columns)}")
        yield {name: None if given.get(name) is None else str(given[name]) for name in columns}


def _with_receipts(feed: str, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows under receipts: a quarter of an organisation, or a month of NHS England."""
    kept = []
    for number, values in enumerate(rows, start=2):
        if feed == "nhs_sickness_absence":
            receipt = f"X24 {values['month_end_on'][:7]}"
        else:
            year, month = values["month"].split("-")[:2]
            receipt = f"{values['organisation_code']} {year}-Q{(int(month) + 2) // 3}"
        kept.append({"receipt": receipt, "row_number": number, **values})
    return kept


def _receipts(feed: str, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"receipt": receipt, "feed": feed, "decision": "accepted", "is_live": True}
        for receipt in sorted({values["receipt"] for values in rows})
    ]


def _totals(feed: str, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    totals: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for values in rows:
        for measure in feeds()[feed].totals:
            number = values.get(measure)
            totals[values["receipt"], measure] += Decimal(0 if number is None else str(number))
    return [
        {"receipt": receipt, "measure": measure, "total": total} for (receipt, measure), total in sorted(totals.items())
    ]
