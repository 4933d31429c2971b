"""What every statistic does with a table: look whether its numbers can be, run SQL over it, add columns to a copy.

No statistic belongs here. Whoever gives an impossible number is told the column and the first rows, counted from 0 by
their place in the table, whatever its index says.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd

from impact.places import sql_folder

Numbers = npt.NDArray[np.float64]
"""One number a row, NaN where there is none."""

Truths = npt.NDArray[np.bool_]
"""One yes or no a row."""

_FEW = 5
"""So many rows are named: enough to find the fault, few enough to read."""


def column(table: pd.DataFrame, name: str) -> "pd.Series[Any]":
    """A column. Raises ValueError when the table has none of that name, or several."""
    places = [place for place, other in enumerate(table.columns) if other == name]
    if len(places) != 1:
        raise ValueError(f"The table has {len(places) or 'no'} columns {name!r}; one is needed.")
    return table.iloc[:, places[0]]


def numbers(
    table: pd.DataFrame,
    name: str,
    *,
    may_be_missing: bool = False,
    is_whole: bool = False,
    least: float | None = 0.0,
    above: float | None = None,
) -> Numbers:
    """A column as finite numbers, each `least` or more and, where that is given, greater than `above`.

    Numbers are ints, floats and Decimals; text that looks like a number is none, nor is a truth value. Missing (None,
    NaN, NA, NaT) comes back as NaN where it may be. Raises ValueError naming the column and the first rows otherwise.
    """
    values = column(table, name)
    missing = values.isna().to_numpy(dtype=bool)
    if not may_be_missing:
        refuse(missing, f"Column {name!r} has no number")
    if pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype):
        refuse(
            np.full(len(values), pd.api.types.is_complex_dtype(values.dtype)), f"Column {name!r} holds no real numbers"
        )
    else:
        odd = np.array(
            [not (gone or _is_number(value)) for value, gone in zip(values, missing, strict=True)], dtype=bool
        )
        refuse(odd, f"Column {name!r} holds something that is not a number")
    found = np.array(
        [np.nan if gone else float(value) for value, gone in zip(values, missing, strict=True)], dtype=float
    )
    refuse(np.isinf(found), f"Column {name!r} holds an infinite number")
    if least is not None:
        words = "a negative number" if least == 0 else f"a number below {least:g}"
        refuse(found < least, f"Column {name!r} holds {words}")
    if above is not None:
        refuse(found <= above, f"Column {name!r} holds a number that is not above {above:g}")
    if is_whole:
        refuse(~missing & (found != np.floor(found)), f"Column {name!r} holds a number that is not whole")
    return found


def truths(table: pd.DataFrame, name: str) -> Truths:
    """A column of yes and no: True and False, or 1 and 0. Raises ValueError on anything else, a missing value too."""
    values = column(table, name)
    known = [isinstance(value, bool | np.bool_) or (_is_number(value) and value in (0, 1)) for value in values]
    refuse(~np.array(known, dtype=bool), f"Column {name!r} holds something that is neither yes nor no")
    return np.array([bool(value) for value in values], dtype=bool)


def groups(table: pd.DataFrame, by: Sequence[str]) -> npt.NDArray[np.int64]:
    """For each row the number of its group: rows with the same values in all these columns. Missing is a value too."""
    if isinstance(by, str):
        raise ValueError(f"The groups must be a list of columns, such as [{by!r}].")
    if not by or table.empty:
        return np.zeros(len(table), dtype=np.int64)
    keys = [pd.factorize(column(table, name), use_na_sentinel=False)[0] for name in by]
    return np.asarray(np.unique(np.column_stack(keys), axis=0, return_inverse=True)[1], dtype=np.int64).reshape(-1)


def numbers_or_same(table: pd.DataFrame, given: float | str, what: str, **bounds: Any) -> Numbers:
    """A number a row: the column of that name, or the same number for all. Raises ValueError as `numbers` does."""
    if isinstance(given, str):
        return numbers(table, given, **bounds)
    return np.full(len(table), _same(given, what, **bounds))


def multiplier_of(multiplier: float) -> float:
    """A scale, such as 100 for percentages. Raises ValueError unless it is a finite number above 0."""
    return float(_same(multiplier, "multiplier", above=0.0))


def refuse(wrong: Truths, what: str) -> None:
    """Raises ValueError saying what, and in which rows, if any row is wrong."""
    places = np.flatnonzero(wrong)
    if len(places):
        more = f" and {len(places) - _FEW} more" if len(places) > _FEW else ""
        named = ", ".join(str(place) for place in places[:_FEW])
        raise ValueError(f"{what} in row{'s' if len(places) > 1 else ''} {named}{more} (the first row is 0).")


def with_columns(table: pd.DataFrame, added: Mapping[str, Any]) -> pd.DataFrame:
    """A copy of the table with these columns at its end, each with a value a row in the order of the rows.

    Raises ValueError when the table already has a column of one of the names: nothing of the caller's is written over.
    """
    taken = [name for name in added if name in table.columns]
    if taken:
        raise ValueError(f"The table already has a column {taken[0]!r}. Rename it, or leave it out.")
    result = table.copy()
    for name, values in added.items():
        result[name] = values.array if isinstance(values, pd.Series) else values
    return result


def in_duckdb(sql: str, **tables: pd.DataFrame) -> pd.DataFrame:
    """What a SELECT makes of these tables, with sql/macros.sql at hand. NaN goes in as NULL, and comes out as NaN.

    A name may have a schema, such as `benchmarks.series`, so that a file of sql/ can run over any table.
    """
    with duckdb.connect() as connection:
        connection.execute((sql_folder() / "macros.sql").read_text("utf-8"))
        for name, table in tables.items():
            schema, parted, own = name.rpartition(".")
            connection.register(own, table)
            if parted:
                connection.execute(f"create schema if not exists {schema}")
                connection.execute(f"create table {name} as select * from {own}")
        return connection.execute(sql).df()


def by_row(expressions: Mapping[str, str], **inputs: npt.NDArray[Any]) -> dict[str, Any]:
    """Scalar expressions of SQL, row by row, over arrays of one length: the name of each, and its values in order."""
    columns = ", ".join(f'{expression} as "{name}"' for name, expression in expressions.items())
    made = in_duckdb(f"select {columns} from given order by row_", given=placed(**inputs))
    return {name: made[name] for name in expressions}


def placed(**inputs: npt.NDArray[Any]) -> pd.DataFrame:
    """Arrays of one length as a table whose `row_` says where each row stood, since SQL keeps no order."""
    length = len(next(iter(inputs.values())))
    return pd.DataFrame({"row_": np.arange(length, dtype=np.int64), **inputs})


def _same(given: object, what: str, **bounds: Any) -> np.float64:
    return np.float64(numbers(pd.DataFrame({what: pd.Series([given], dtype=object)}), what, **bounds)[0])


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | Decimal | np.integer | np.floating) and not isinstance(value, bool)
