"""The tables that sql/ starts from: live returns, the register, receipts, settings and the entries of indicators."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from impact.definition import feeds, register_files
from impact.errors import ImpactError
from impact.home import Home
from impact.indicators import indicator_rows
from impact.intake.receipts import Receipt, Slot, live_returns
from impact.intake.returns import return_columns, return_path
from impact.periods import parse_period, to_text
from impact.register import Register

_MOST_DEGREES_OF_FREEDOM = 300
"""Beyond these Student's quantiles are worked out from the normal ones, by then to the tenth digit and further."""

_SOURCE_SCHEMAS = ("returns", "register", "reference")
_REFERENCE = {
    f"reference.{table}"
    for table in (
        "build",
        "feeds",
        "indicators",
        "live_returns",
        "receipts",
        "receipt_totals",
        "settings",
        "t_quantiles",
    )
}


def source_tables() -> frozenset[str]:
    """The name of every table that `load_sources` makes."""
    returns = {f"returns.{feed}" for feed in feeds()}
    register = {f"register.{name}" for name in register_files()}
    return frozenset(returns | register | _REFERENCE)


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
    live = live_returns(receipts)
    create_table(
        connection,
        "reference.live_returns",
        [
            ("receipt", "varchar"),
            ("organisation_code", "varchar"),
            ("feed", "varchar"),
            ("period", "varchar"),
            ("period_before", "varchar"),
            ("period_start_on", "date"),
            ("period_end_on", "date"),
            ("is_nil", "boolean"),
        ],
        [_live_row(slot, receipt) for slot, receipt in sorted(live.items())],
    )
    for name, definition in feeds().items():
        columns = ", ".join(f'"{column}" {kind}' for column, kind in return_columns(definition))
        connection.execute(f'create table returns."{name}" ({columns})')
        kept = {receipt.id for (_, feed, _), receipt in live.items() if feed == name and receipt.rows_kept}
        files = [return_path(home, name, receipt_id) for receipt_id in sorted(kept)]
        if files:
            try:
                # A return that was corrected for some of its periods counts for the others only.
                connection.execute(
                    f'insert into returns."{name}" select * from read_parquet(?) semi join reference.live_returns '
                    "using (receipt, period)",
                    [list(map(str, files))],
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
    create_table(
        connection,
        "reference.t_quantiles",
        [("degrees_of_freedom", "integer"), ("t_95", "double"), ("t_99_8", "double")],
        _t_quantile_rows(),
    )
    create_table(connection, "reference.build", [("as_at", "timestamp")], [[to_text(as_at)]])
    create_table(
        connection,
        "reference.feeds",
        [("feed", "varchar"), ("source", "varchar"), ("title", "varchar"), ("place", "integer")],
        [
            [definition.name, definition.source, definition.title, definition.report_place]
            for definition in feeds().values()
        ],
    )
    create_table(
        connection,
        "reference.receipts",
        [
            ("receipt", "varchar"),
            ("organisation_code", "varchar"),
            ("feed", "varchar"),
            ("period", "varchar"),
            ("decision", "varchar"),
            ("received_at", "timestamp"),
        ],
        [[receipt.id, *slot, receipt.decision, receipt.received_at] for receipt in receipts for slot in receipt.slots],
    )
    create_table(
        connection,
        "reference.receipt_totals",
        [("receipt", "varchar"), ("period", "varchar"), ("measure", "varchar"), ("total", "decimal(28,14)")],
        [
            [receipt.id, period, measure, total]
            for (_, _, period), receipt in sorted(live.items())
            for measure, total in sorted(receipt.totals.get(period, {}).items())
        ],
    )


@cache
def _t_quantile_rows() -> list[list[float]]:
    """Student's two-sided quantiles of 95% and 99.8%, by degrees of freedom."""
    from impact.statistics.intervals import t_quantiles

    of_95, of_99_8 = (t_quantiles(level, _MOST_DEGREES_OF_FREEDOM) for level in (0.95, 0.998))
    return [list(row) for row in zip(of_95["degrees"], of_95["t"], of_99_8["t"], strict=True)]


def _live_row(slot: Slot, receipt: Receipt) -> list[Any]:
    period = parse_period(slot[2])
    assert period is not None, f"receipt {receipt.id} was accepted for the period {slot[2]}"
    return [receipt.id, *slot, period.before().id, period.start_on, period.end_on, receipt.is_nil]


def create_table(
    connection: duckdb.DuckDBPyConnection, name: str, columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[Any]]
) -> None:
    """A table with these columns (name, SQL type) and rows; texts are cast to the types."""
    connection.execute(f"create table {name} ({', '.join(f'{column} {kind}' for column, kind in columns)})")
    if rows:
        texts = [[None if value is None else str(value) for value in row] for row in rows]
        casts = ", ".join(f"cast(texts[{index}] as {kind})" for index, (_, kind) in enumerate(columns, start=1))
        connection.execute(f"insert into {name} select {casts} from (select unnest(?) as texts)", [texts])


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
