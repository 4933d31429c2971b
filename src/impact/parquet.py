"""Columns of texts as Parquet, each as its type of SQL: the same columns in the same order are the same bytes."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import duckdb
import numpy as np

from impact.places import quoted


@dataclass(frozen=True)
class TextColumn:
    """A column of a file to be: texts that DuckDB can cast to `sql_type`, None where there is nothing."""

    name: str
    sql_type: str
    texts: Sequence[str | None]


def parquet_connection() -> duckdb.DuckDBPyConnection:
    """What small files are written and read with: making one takes longer than to write a file, so many share it. It
    has one thread, because others would only wait for work, and takes a column of nothing but None for text."""
    return duckdb.connect(config={"threads": 1, "pandas_analyze_sample": 0})


def write_parquet(
    writer: duckdb.DuckDBPyConnection,
    columns: Sequence[TextColumn],
    path: Path,
    codec: Literal["snappy", "zstd"] = "snappy",
) -> None:
    """Write the columns, all of one length, to a file, with a `parquet_connection`.

    Raises duckdb.IOException where the file cannot be written, duckdb.ConversionException where a text is not of its
    column's type.
    """
    # As parameters of the statement, cells took DuckDB twice as long to take over as to write.
    frame = {str(place): np.array(column.texts, dtype=object) for place, column in enumerate(columns)}  # noqa: F841
    casts = ", ".join(
        f'cast("{place}" as {column.sql_type}) as "{column.name}"' for place, column in enumerate(columns)
    )
    writer.execute(f"copy (select {casts} from frame) to {quoted(path)} (format parquet, codec {codec})")
