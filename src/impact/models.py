"""What sql/ says: its models, the claims made of them, and the order that the SQL itself asks for.

Building them belongs in `warehouse`.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb

from impact.definition import feeds
from impact.errors import ImpactError
from impact.places import sql_folder
from impact.sources import source_tables

WAREHOUSE = ("measures", "indicators", "benchmarks")
"""The folders of sql/ that are built every night, of every period there is."""
RELEASE = ("disclosure", "published")
"""The folders of sql/ that are built when a quarter is published, for that quarter alone."""
SCHEMAS = (*WAREHOUSE, *RELEASE)
"""The folders of sql/, in the order of the road."""

MADE_BY_PYTHON = {
    "withheld": "The cells of the publication that are withheld, and why; `impact.disclosure.stage` decides.",
    "judged_point": (
        "The points of charts over time that readers might be shown: the reason why one is withheld, or nothing; "
        "`impact.disclosure.points` decides."
    ),
    "audit": (
        "What a reader can work out of each withheld cell, and of what organisations said that is not shown: the least "
        "and the greatest that it can be, and the width that this range must have."
    ),
    "audited": "Each audience's page, and what came of its audit: a page without a row here was not audited.",
    "released": "What the publication lets out: each set of atoms that a figure of it shows, and to whom.",
}
"""The tables of disclosure control that no SELECT could make, made together from the others of their schema."""

_OF_DISCLOSURE = frozenset(
    f"disclosure.{table}" for table in ("atom", "cell", "earlier_cell", "member", "point", "point_atom", "reads")
) | {
    "reference.indicators",
    "reference.settings",
    "register.organisations",
}

_OF_A_RELEASE = frozenset({"reference.release", "disclosure.earlier_cell"})
"""What `impact.release` puts there before the tables of a release are built."""


@dataclass(frozen=True)
class Model:
    """A table that is one SELECT, or one of those that Python makes. `needs` are the tables that it reads, as
    schema.table."""

    schema: str
    table: str
    sql: str
    needs: frozenset[str]

    @property
    def name(self) -> str:
        return f"{self.schema}.{self.table}"

    @property
    def is_made_by_python(self) -> bool:
        return self.schema == "disclosure" and self.table in MADE_BY_PYTHON


@dataclass(frozen=True)
class Claim:
    """A test: a SELECT of the rows that break what is claimed of a table."""

    model: str
    claim: str
    sql: str


@cache
def models_of(schemas: tuple[str, ...]) -> tuple[Model, ...]:
    """The models of some folders, in an order in which they can be built after those of the folders before."""
    return tuple(model for model in models() if model.schema in schemas)


@cache
def models() -> tuple[Model, ...]:
    """Every model in an order in which it can be built. Raises ImpactError on a file that is not one SELECT, names a
    table that nobody makes, or needs itself."""
    files = [path for path in sorted(sql_folder().glob("*/*.sql")) if not path.name.endswith(".test.sql")]
    with duckdb.connect() as parser:
        found = [_model(path, parser) for path in files]
    of_feeds = [model.name for model in found if model.schema == "measures" and model.table in feeds()]
    union = "\nunion all by name\n".join(f"select * from {name}" for name in of_feeds)
    found.append(Model("measures", "all_feeds", union, frozenset(of_feeds)))
    if any(model.schema == "disclosure" for model in found):
        found += [Model("disclosure", table, f"-- {says}", _OF_DISCLOSURE) for table, says in MADE_BY_PYTHON.items()]
    made = {model.name: model for model in found}
    sources = source_tables() | _OF_A_RELEASE
    for model in found:
        for need in sorted(model.needs):
            if model.schema in WAREHOUSE and need.split(".")[0] in RELEASE:
                raise ImpactError(
                    f"sql/{model.schema}/{model.table}.sql reads {need}, which is made when a quarter is published. "
                    "Move the file, or read what that table is made from."
                )
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


def tables_read(sql: str, parser: duckdb.DuckDBPyConnection) -> frozenset[str]:
    """The schema-qualified tables that a SELECT reads, from DuckDB's own parser, which any connection has. Raises
    ImpactError unless it is one SELECT that names every table, but for its CTEs, with its schema."""
    row = parser.execute("select json_serialize_sql(?)", [sql.strip().rstrip(";")]).fetchone()
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


def _model(path: Path, parser: duckdb.DuckDBPyConnection) -> Model:
    sql = path.read_text("utf-8")
    try:
        return Model(path.parent.name, path.stem, sql, tables_read(sql, parser))
    except ImpactError as fault:
        raise ImpactError(f"sql/{path.parent.name}/{path.name}: {fault}. Mend the file.") from fault


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    if isinstance(tree, dict):
        yield tree
        for value in tree.values():
            yield from _nodes(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _nodes(value)
