"""A return: the typed rows of a drop that was accepted (or is held), as Parquet. What the columns are is the
definition's to say; a row is never changed on the way, only typed."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal, localcontext
from pathlib import Path

import duckdb

from impact.checking.batch import column_texts
from impact.checking.reading import TextTable
from impact.checking.values import period_of, plain_form, read_value
from impact.definition import Column, Definition
from impact.errors import ImpactError
from impact.home import Home, cannot_write
from impact.parquet import TextColumn, write_parquet

_DIGITS = 60
"""More than a sum of any number of cells can need, so that none of it is rounded but to the unit."""
_OF_EVERY_RETURN = [("receipt", "varchar"), ("row_number", "integer"), ("period", "varchar")]

StoredRow = tuple[str | None, ...]
"""A row as it is stored: the period that it belongs to, then the definition's columns."""


def return_path(home: Home, feed: str, receipt_id: str) -> Path:
    return home.returns / feed / f"{receipt_id}.parquet"


def return_columns(definition: Definition) -> list[tuple[str, str]]:
    """Name and SQL type of each column of a return: where the row came from, then the definition's columns."""
    return _OF_EVERY_RETURN + [(column.name, column.sql_type) for column in definition.columns]


def stored_rows(definition: Definition, table: TextTable) -> list[StoredRow]:
    """The rows in the order of the file, each cell in its plain form. Only for a table without unreadable cells."""
    forms: list[list[str | None]] = []
    for column in definition.columns:
        texts = column_texts(table, column)
        plain = {text: None if text is None else plain_form(text, column) for text in dict.fromkeys(texts)}
        forms.append([plain[text] for text in texts])
    periods = _row_periods(definition, table)
    return list(zip(periods, *forms, strict=True))


def rows_hash(rows: Sequence[StoredRow]) -> str:
    """SHA-256 of the rows in whatever order."""
    said = {text: json.dumps(text) for text in {text for row in rows for text in row}}
    written = sorted(f"[{', '.join([said[text] for text in row])}]" for row in rows)  # each as JSON, but text by text
    return hashlib.sha256("\n".join(written).encode()).hexdigest()


def write_rows(
    writer: duckdb.DuckDBPyConnection,
    definition: Definition,
    receipt_id: str,
    row_numbers: Sequence[int],
    rows: Sequence[StoredRow],
    path: Path,
) -> None:
    """Write the rows of a drop to a file, with a `parquet_connection`: the same rows in the same order are the same
    bytes."""
    columns = return_columns(definition)
    cells = zip(*rows, strict=True) if rows else ((),) * (len(columns) - 2)
    texts = ([receipt_id] * len(rows), list(map(str, row_numbers)), *cells)
    try:
        write_parquet(writer, [TextColumn(*column, of) for column, of in zip(columns, texts, strict=True)], path)
    except duckdb.IOException as fault:
        raise cannot_write(path, str(fault)) from fault


def read_rows(
    reader: duckdb.DuckDBPyConnection, home: Home, definition: Definition, wanted: Mapping[str, Sequence[str]]
) -> dict[str, TextTable]:
    """The stored rows of receipts, of some of their periods each, as a sender would write them; in the order of the
    file. Raises ImpactError when one cannot be read."""
    files = {receipt: str(return_path(home, definition.name, receipt)) for receipt in wanted}
    cells = ", ".join(f"coalesce({_as_written(column)}, '')" for column in definition.columns)
    try:
        found = reader.execute(
            f"select receipt, row_number, [{cells}] from read_parquet(?) "
            "where (receipt, period) in (select unnest(?), unnest(?)) order by receipt, row_number",
            [
                list(files.values()),
                [receipt for receipt, periods in wanted.items() for _ in periods],
                [period for periods in wanted.values() for period in periods],
            ],
        ).fetchall()
    except duckdb.Error as fault:
        raise ImpactError(
            f"One of the returns in {home.returns / definition.name} cannot be read ({fault}). Put it back from a copy."
        ) from fault
    rows: dict[str, list[tuple[int, tuple[str, ...]]]] = {receipt: [] for receipt in wanted}
    for receipt, number, texts in found:
        rows[receipt].append((number, tuple(texts)))
    columns = {column.name: place for place, column in enumerate(definition.columns)}
    return {
        receipt: TextTable(columns, tuple(texts for _, texts in of), tuple(number for number, _ in of))
        for receipt, of in rows.items()
    }


def _as_written(column: Column) -> str:
    """SQL for a stored cell as text that `read_value` reads."""
    match column.kind:
        case "month":
            return f"strftime(\"{column.name}\", '%Y-%m')"
        case "date":
            return f"strftime(\"{column.name}\", '{'%d/%m/%Y' if column.date_format == 'dd/MM/yyyy' else '%Y-%m-%d'}')"
        case "boolean":
            return f"if(\"{column.name}\", 'yes', 'no')"
        case _:
            return f'cast("{column.name}" as varchar)'


def column_totals(definition: Definition, table: TextTable) -> dict[str, dict[str, str]]:
    """For each period, the sum of each column that the definition totals, exact to the 14 decimals that are kept."""
    sums: dict[str, dict[str, Decimal]] = {}
    periods = _row_periods(definition, table)
    with localcontext(prec=_DIGITS):
        for name in definition.totals:
            column = definition.column(name)
            for (period, text), times in Counter(zip(periods, column_texts(table, column), strict=True)).items():
                of_period = sums.setdefault(period or "", dict.fromkeys(definition.totals, Decimal(0)))
                if text is not None and read_value(text, column) is not None:
                    of_period[name] += times * Decimal(plain_form(text, column))
        return {
            period: {name: f"{total.normalize():f}" if total else "0" for name, total in totals.items()}
            for period, totals in sorted(sums.items())
        }


def _row_periods(definition: Definition, table: TextTable) -> list[str | None]:
    if definition.period_column is None:
        return [None] * len(table.rows)
    column: Column = definition.column(definition.period_column)
    texts = column_texts(table, column)
    values = {text: None if text is None else read_value(text, column) for text in dict.fromkeys(texts)}
    named = {
        text: None if value is None else period_of(value, definition.period_grains) for text, value in values.items()
    }
    return [named[text] for text in texts]
