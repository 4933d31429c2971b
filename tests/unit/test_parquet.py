"""Columns of texts become Parquet: what was given is read back as its type, in its order, whatever came before it."""

import tempfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impact.parquet import TextColumn, parquet_connection, write_parquet

texts = st.none() | st.text(st.characters(codec="utf-8")) | st.sampled_from(["", "nan", "None", "NaT", "NULL", "inf"])
integers = st.none() | st.integers(-(2**31), 2**31 - 1).map(str)


@pytest.fixture(scope="module")
def writer() -> Iterator[duckdb.DuckDBPyConnection]:
    with parquet_connection() as connection:
        yield connection


def read(reader: duckdb.DuckDBPyConnection, path: Path) -> list[tuple[object, ...]]:
    return reader.execute("select * from read_parquet(?)", [str(path)]).fetchall()


@settings(max_examples=100, deadline=None)
@given(rows=st.lists(st.tuples(texts, integers), max_size=20))
def test_every_cell_is_read_back_as_it_was(
    writer: duckdb.DuckDBPyConnection, rows: list[tuple[str | None, str | None]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "it's.parquet")
        said, numbers = zip(*rows, strict=True) if rows else ((), ())
        write_parquet(writer, [TextColumn("a b", "varchar", said), TextColumn("select", "integer", numbers)], path)
        assert read(writer, path) == [(text, None if number is None else int(number)) for text, number in rows]


@pytest.mark.parametrize("sql_type", ["varchar", "decimal(28, 14)", "date"])
def test_what_stands_after_many_blanks_is_not_lost(
    writer: duckdb.DuckDBPyConnection, tmp_path: Path, sql_type: str
) -> None:
    cell = {"varchar": "x", "decimal(28, 14)": "1.00000000000001", "date": "2026-01-31"}[sql_type]
    blanks = [None] * 300_000  # more than DuckDB looks at beforehand, and than one group of rows
    places = TextColumn("place", "integer", list(map(str, range(300_001))))
    path = tmp_path / "rows.parquet"
    write_parquet(writer, [places, TextColumn("it", sql_type, [*blanks, cell])], path)
    rows = read(writer, path)
    assert [place for place, _ in rows] == list(range(300_001))
    assert str(rows[-1][1]) == cell
    assert {found for _, found in rows[:-1]} == {None}


def test_numbers_are_exact(writer: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    write_parquet(writer, [TextColumn("n", "decimal(28, 14)", ["99999999999999.00000000000001", "-0.1"])], path)
    assert read(writer, path) == [(Decimal("99999999999999.00000000000001"),), (Decimal("-0.1"),)]


def test_bytes_are_of_the_columns_alone_and_not_of_what_was_written_before(tmp_path: Path) -> None:
    column = TextColumn("a", "varchar", ["x", None, "y"] * 700)
    written = []
    with parquet_connection() as writer:
        for number in range(5):
            write_parquet(writer, [column], tmp_path / "rows.parquet")
            written.append((tmp_path / "rows.parquet").read_bytes())
            others = TextColumn("a", "varchar", ["y", "z"] * (number * 1_000))
            write_parquet(writer, [others], tmp_path / "others.parquet")
    assert len(set(written)) == 1


def test_a_text_that_is_not_of_its_type_is_not_written(writer: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    with pytest.raises(duckdb.ConversionException, match="about 4"):
        write_parquet(writer, [TextColumn("n", "integer", ["about 4"])], tmp_path / "rows.parquet")


def test_columns_of_other_lengths_are_refused(writer: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    columns = [TextColumn("a", "varchar", ["x", "y"]), TextColumn("b", "varchar", ["x"])]
    with pytest.raises(duckdb.InvalidInputException):
        write_parquet(writer, columns, tmp_path / "rows.parquet")
