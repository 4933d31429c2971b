"""A return: the typed rows of a drop that was accepted (or is held), as Parquet. What the columns are is the
definition's to say; a row is never changed on the way, only typed."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, localcontext
from pathlib import Path

import duckdb

from impact.checking.batch import cell_text
from impact.checking.reading import TextTable
from impact.checking.values import plain_form, read_value
from impact.definition import Column, Definition
from impact.home import Home, cannot_write, put
from impact.places import quoted

_UNIT = Decimal(1).scaleb(-14)
_DIGITS = 60
"""More than a sum of any number of cells can need, so that none of it is rounded but to the unit."""


def return_path(home: Home, feed: str, receipt_id: str) -> Path:
    return home.returns / feed / f"{receipt_id}.parquet"


def return_columns(definition: Definition) -> list[tuple[str, str]]:
    """Name and SQL type of each column of a return: where the row came from, then the definition's columns."""
    return [("receipt", "varchar"), ("row_number", "integer")] + [
        (column.name, column.sql_type) for column in definition.columns
    ]


def save_return(home: Home, definition: Definition, receipt_id: str, table: TextTable) -> None:
    """Write the rows of a drop. Rows stand in the order of the file, and the same rows give the same bytes."""
    columns = return_columns(definition)
    texts = [
        [receipt_id, str(number), *(_stored(table, cells, column) for column in definition.columns)]
        for number, cells in zip(table.row_numbers, table.rows, strict=True)
    ]
    casts = ", ".join(
        f'cast(list_value[{index}] as {kind}) as "{name}"' for index, (name, kind) in enumerate(columns, 1)
    )
    select = f"select {casts} from (select unnest(?) as list_value)"

    def fill(path: Path) -> None:
        with duckdb.connect(config={"threads": 1}) as connection:
            try:
                connection.execute(f"copy ({select}) to {quoted(path)} (format parquet)", [texts])
            except duckdb.IOException as fault:
                raise cannot_write(path, str(fault)) from fault

    put(return_path(home, definition.name, receipt_id), fill)


def column_totals(definition: Definition, table: TextTable) -> dict[str, str]:
    """The sum of each column that the definition totals, exact to the 14 decimals that are kept."""
    totals = {}
    for name in definition.totals:
        column = definition.column(name)
        texts = [text for cells in table.rows if (text := cell_text(table, cells, column)) is not None]
        readable = [Decimal(text) for text in texts if read_value(text, column) is not None]
        with localcontext(prec=_DIGITS):
            total = sum((number.quantize(_UNIT, ROUND_HALF_UP) for number in readable), Decimal(0))
            totals[name] = f"{total.normalize():f}" if total else "0"
    return totals


def _stored(table: TextTable, cells: Sequence[str], column: Column) -> str | None:
    text = cell_text(table, cells, column)
    return None if text is None else plain_form(text, column)
