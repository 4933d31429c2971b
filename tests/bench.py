"""`make bench`: how long the tables of a sector take, and those of sectors two and four times as large.

The sector is that of a home with a warehouse (the demo's, unless IMPACT_HOME names another). Larger ones hold each of
its organisations several times over, all with the same commissioners. Machines differ and are busy: read the ratios
within one run.
"""

import os
import sys
import time
from collections import defaultdict
from pathlib import Path

import click
import duckdb

from impact.home import Home
from impact.places import quoted
from impact.release import build_published
from impact.warehouse import build_models

TIMES = (1, 2, 4)
_OF_ONE_ORGANISATION = ("organisation_code", "receipt", "contract_code")


def sector(home: Home, times: int) -> duckdb.DuckDBPyConnection:
    """The source tables of a home's warehouse, with each organisation there so many times, in memory."""
    connection = duckdb.connect(config={"threads": 2, "memory_limit": "4GB"})
    connection.execute(f"attach {quoted(home.warehouse)} as kept (read_only)")
    columns = defaultdict(list)
    for schema, table, column in connection.execute(
        "select schema_name, table_name, column_name from duckdb_columns() where database_name = 'kept' "
        "and schema_name in ('returns', 'register', 'reference') order by column_index"
    ).fetchall():
        columns[f"{schema}.{table}"].append(column)
    for name, there in columns.items():
        own = [column for column in there if column in _OF_ONE_ORGANISATION]
        replaced = ", ".join(f"one.{column} || copies.suffix as {column}" for column in own)
        suffixes = ", ".join(f"('{f'-{copy}' if copy else ''}')" for copy in range(times if own else 1))
        connection.execute(f"create schema if not exists {name.split('.')[0]}")
        connection.execute(
            f"create table {name} as select one.* {f'replace ({replaced})' if own else ''} "
            f"from kept.{name} as one cross join (values {suffixes}) as copies (suffix)"
        )
    return connection


def main() -> None:
    home = Home(Path(os.environ.get("IMPACT_HOME", "home")).absolute())
    if not home.warehouse.exists():
        sys.exit(f"There is no warehouse in {home.root}. Run `make demo` first.")
    click.echo(
        "| organisations | measures | indicators | benchmarks | disclosure and published | withheld | seconds in all |"
    )
    click.echo("|---:|---:|---:|---:|---:|---:|---:|")
    for times in TIMES:
        with sector(home, times) as connection:
            started = time.perf_counter()
            built = build_models(connection)
            seconds: dict[str, float] = defaultdict(float)
            for table in built.tables:
                seconds[table.name.split(".")[0]] += table.seconds
            [(period_id,)] = connection.execute(
                "select max(period_id) from indicators.organisation_indicator where grain = 'quarter'"
            ).fetchall()
            before = time.perf_counter()
            build_published(connection, period_id)
            after = time.perf_counter()
            [(organisations,)] = connection.execute("select count(*) from register.organisations").fetchall()
            [(withheld,)] = connection.execute("select count(*) from disclosure.withheld").fetchall()
        parts = " | ".join(f"{seconds[schema]:.1f}" for schema in ("measures", "indicators", "benchmarks"))
        click.echo(f"| {organisations} | {parts} | {after - before:.1f} | {withheld:,} | {after - started:.1f} |")


if __name__ == "__main__":
    main()
