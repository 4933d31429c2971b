"""Columns of texts become Parquet: what was given is read back as its type, in its order, whatever came before it."""

import tempfile
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impact.parquet import TextColumn, parquet_writer, write_parquet

texts = st.none() | st.text(st.characters(codec="utf-8")) | st.sampled_from(["", "nan", "None", "NaT", "NULL", "inf"])
integers = st.none() | st.integers(-(2**31), 2**31 - 1).map(str)


def written(path: Path, *columns: TextColumn) -> bytes:
    with parquet_writer() as writer:
        write_parquet(writer, columns, path)
    return path.read_bytes()


def read(path: Path) -> list[tuple[object, ...]]:
    with duckdb.connect() as connection:
        return connection.execute("select * from read_parquet(?)", [str(path)]).fetchall()


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(texts, integers), max_size=20))
def test_every_cell_is_read_back_as_it_was(rows: list[tuple[str | None, str | None]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "it's.parquet")
        said, numbers = zip(*rows, strict=True) if rows else ((), ())
        written(path, TextColumn("a b", "varchar", said), TextColumn("select", "integer", numbers))
        assert read(path) == [(text, None if number is None else int(number)) for text, number in rows]


@pytest.mark.parametrize("sql_type", ["varchar", "decimal(28, 14)", "date"])
def test_what_stands_after_many_blanks_is_not_lost(tmp_path: Path, sql_type: str) -> None:
    cell = {"varchar": "x", "decimal(28, 14)": "1.00000000000001", "date": "2026-01-31"}[sql_type]
    blanks = [None] * 300_000  # more than DuckDB looks at beforehand, and than one group of rows
    path = tmp_path / "rows.parquet"
    written(
        path,
        TextColumn("place", "integer", list(map(str, range(300_001)))),
        TextColumn("it", sql_type, [*blanks, cell]),
    )
    rows = read(path)
    assert [place for place, _ in rows] == list(range(300_001))
    assert str(rows[-1][1]) == cell
    assert {found for _, found in rows[:-1]} == {None}


def test_numbers_are_exact(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    written(path, TextColumn("n", "decimal(28, 14)", ["99999999999999.00000000000001", "-0.1"]))
    assert read(path) == [(Decimal("99999999999999.00000000000001"),), (Decimal("-0.1"),)]


def test_bytes_are_of_the_columns_alone_and_not_of_what_was_written_before(tmp_path: Path) -> None:
    column = TextColumn("a", "varchar", ["x", None, "y"] * 700)
    alone = written(tmp_path / "alone.parquet", column)
    with parquet_writer() as writer:
        for number in range(5):
            write_parquet(
                writer, [TextColumn("a", "varchar", ["y", "z"] * (number * 1_000))], tmp_path / "other.parquet"
            )
            write_parquet(writer, [column], tmp_path / "after.parquet")
            assert (tmp_path / "after.parquet").read_bytes() == alone


def test_a_text_that_is_not_of_its_type_is_not_written(tmp_path: Path) -> None:
    with parquet_writer() as writer, pytest.raises(duckdb.ConversionException, match="about 4"):
        write_parquet(writer, [TextColumn("n", "integer", ["about 4"])], tmp_path / "rows.parquet")


def test_columns_of_other_lengths_are_refused(tmp_path: Path) -> None:
    columns = [TextColumn("a", "varchar", ["x", "y"]), TextColumn("b", "varchar", ["x"])]
    with parquet_writer() as writer, pytest.raises(duckdb.InvalidInputException):
        write_parquet(writer, columns, tmp_path / "rows.parquet")
