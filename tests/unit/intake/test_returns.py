"""The rows of a drop as they are stored, what they add up to, and that the same rows are the same thing."""

import random
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from impact.checking.reading import TextTable, read_table
from impact.definition import feeds
from impact.errors import ImpactError
from impact.home import Home
from impact.intake.returns import (
    StoredRow,
    column_totals,
    read_rows,
    return_columns,
    return_path,
    rows_hash,
    stored_rows,
    write_rows,
)
from impact.parquet import parquet_connection
from tests.unit.checking.small import Named, clean
from tests.unit.intake.drops import FEEDS, book_of, csv_of

each_feed = pytest.mark.parametrize("feed", FEEDS)


def table(feed: str, data: bytes) -> TextTable:
    reading = read_table(data, feeds()[feed])
    assert reading.table is not None
    assert reading.findings == ()
    return reading.table


def stored(feed: str, rows: Iterable[Named] | None = None) -> list[StoredRow]:
    return stored_rows(feeds()[feed], table(feed, csv_of(feed, rows)))


def by_name(feed: str, row: StoredRow) -> dict[str, str | None]:
    return dict(zip(["period", *(column.name for column in feeds()[feed].columns)], row, strict=True))


@each_feed
def test_a_row_is_stored_as_it_stands_with_its_period_before_it(feed: str) -> None:
    for row, sent in zip(stored(feed), clean(feed), strict=True):
        expected: dict[str, str | None] = {
            column.name: sent.get(column.name) or None for column in feeds()[feed].columns
        }
        for column in feeds()[feed].columns:
            if column.kind == "month" and expected[column.name]:
                expected[column.name] = f"{expected[column.name]}-01"
        assert by_name(feed, row) == {"period": "2026-Q1", **expected}


def test_each_row_of_a_history_has_its_own_quarter() -> None:
    rows = [{**row, "month": month} for row in clean("service_user_survey")[:1] for month in ("2025-12", "Jan-26")]
    assert [row[0] for row in stored("service_user_survey", rows)] == ["2025-Q4", "2026-Q1"]
    waves = [{**row, "wave": wave} for row in clean("staff_survey")[:1] for wave in ("2025", "2026-Q1")]
    assert [row[0] for row in stored("staff_survey", waves)] == ["2025", "2026-Q1"]


def test_a_cell_that_is_withheld_or_left_out_is_nothing() -> None:
    [row] = stored("service_user_survey", [{**clean("service_user_survey")[0], "eligible": "[c]"}])
    assert by_name("service_user_survey", row)["eligible"] is None


@each_feed
def test_the_same_rows_are_the_same_in_whatever_order(feed: str) -> None:
    rows = clean(feed)
    shuffled = list(rows)
    random.Random(1).shuffle(shuffled)
    assert shuffled != rows
    assert rows_hash(stored(feed, shuffled)) == rows_hash(stored(feed, rows))


@each_feed
def test_the_same_rows_are_the_same_in_a_workbook(feed: str) -> None:
    as_csv, as_book = (stored_rows(feeds()[feed], table(feed, make(feed))) for make in (csv_of, book_of))
    assert as_book == as_csv
    assert rows_hash(as_book) == rows_hash(as_csv)


@pytest.mark.parametrize("text", ["21400.50", "021400.5"])
def test_the_same_rows_are_the_same_however_a_number_is_written(text: str) -> None:
    rows = clean("savings")
    written = [{**row, "actual_to_date_gbp": row["actual_to_date_gbp"].replace("21400.5", text)} for row in rows]
    assert rows_hash(stored("savings", written)) == rows_hash(stored("savings", rows))


@each_feed
def test_one_row_more_less_or_twice_or_another_figure_is_something_else(feed: str) -> None:
    rows = stored(feed)
    others = [[], rows[1:], [*rows, rows[0]], [(*rows[0][:-1], "7"), *rows[1:]], [("2025-Q4", *rows[0][1:]), *rows[1:]]]
    hashes = [rows_hash(rows), *map(rows_hash, others)]
    assert len(set(hashes)) == len(hashes)


@given(st.lists(st.tuples(st.none() | st.text(), st.none() | st.text()), max_size=4), st.randoms())
def test_a_hash_is_of_the_rows_and_not_of_their_order(rows: list[StoredRow], shuffler: random.Random) -> None:
    shuffled = list(rows)
    shuffler.shuffle(shuffled)
    assert rows_hash(shuffled) == rows_hash(rows)
    assert rows_hash([*rows, (None, "x")]) != rows_hash(rows)


def test_a_cell_with_a_line_break_is_not_two_rows() -> None:
    assert rows_hash([('a"]\n["b',)]) != rows_hash([("a",), ("b",)])
    assert rows_hash([(None,)]) != rows_hash([("null",)]) != rows_hash([("",)])


def totals(feed: str, rows: Iterable[Named]) -> dict[str, dict[str, str]]:
    return column_totals(feeds()[feed], table(feed, csv_of(feed, rows)))


@each_feed
def test_totals_are_those_of_the_same_rows_added_up_by_hand(feed: str) -> None:
    rows = clean(feed)
    [(name, found)] = totals(feed, rows).items()
    assert name == "2026-Q1"
    assert {column: Decimal(total) for column, total in found.items()} == {
        column: sum((Decimal(row.get(column) or 0) for row in rows), Decimal(0)) for column in feeds()[feed].totals
    }
    assert found


def test_totals_are_of_each_period_by_itself_and_exact() -> None:
    [row, *_] = clean("sickness_absence")
    months = {"2025-12": "0.1", "2026-01": "0.2", "2026-02": "0.00000000000001", "2026-04": "999999999999.99"}
    rows = [{**row, "month": month, "fte_days_lost": lost, "headcount": "1"} for month, lost in months.items()]
    found = totals("sickness_absence", rows)
    assert list(found) == ["2025-Q4", "2026-Q1", "2026-Q2"]
    assert {name: of["fte_days_lost"] for name, of in found.items()} == {
        "2025-Q4": "0.1",
        "2026-Q1": "0.20000000000001",
        "2026-Q2": "999999999999.99",
    }
    assert [of["headcount"] for of in found.values()] == ["1", "2", "1"]


def test_what_is_stored_adds_up_to_the_total_whatever_the_digits() -> None:
    text = "1.000000000000004999999999999999"
    rows = [{**clean("savings")[0], "actual_to_date_gbp": text}]
    kept = by_name("savings", stored("savings", rows)[0])["actual_to_date_gbp"]
    with duckdb.connect() as connection:
        [(total,)] = connection.execute("select cast(cast(? as decimal(28, 14)) as varchar)", [kept]).fetchall()
    assert Decimal(total) == Decimal(totals("savings", rows)["2026-Q1"]["actual_to_date_gbp"])


def test_losses_are_taken_off_and_a_blank_counts_for_nothing() -> None:
    [row, _] = clean("savings")
    figures = ["100.5", "-100.5", ""]
    rows = [{**row, "saving_id": str(index), "forecast_gbp": text} for index, text in enumerate(figures)]
    found = totals("savings", rows)["2026-Q1"]
    assert {name: total for name, total in found.items() if name.startswith("forecast")} in ({}, {"forecast_gbp": "0"})
    assert found["actual_to_date_gbp"] == "64201.5"


def test_rows_of_no_known_period_are_added_up_under_none() -> None:
    [row, _] = clean("savings")
    assert list(totals("savings", [row, {**row, "as_at_quarter": "spring"}])) == ["", "2026-Q1"]


@each_feed
def test_a_return_is_the_same_bytes_every_time_and_reads_back(feed: str, tmp_path: Path) -> None:
    rows, definition = stored(feed), feeds()[feed]
    numbers = list(range(2, len(rows) + 2))
    paths = [tmp_path / name for name in ("one.parquet", "it's another.parquet")]
    with parquet_connection() as writer:
        for path in paths:
            write_rows(writer, definition, "0123456789abcdef", numbers, rows, path)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    with duckdb.connect() as connection:
        read = connection.execute(
            "select columns(*)::varchar from read_parquet(?)",
            [str(paths[0])],
        )
        assert [column[0] for column in read.description or []] == [name for name, _ in return_columns(definition)]
        back = read.fetchall()
    assert [row[:3] for row in back] == [("0123456789abcdef", str(number), "2026-Q1") for number in numbers]
    kinds = [column.kind for column in definition.columns]
    for row, sent in zip(back, rows, strict=True):
        for kind, found, text in zip(kinds, row[3:], sent[1:], strict=True):
            is_same = Decimal(found) == Decimal(text) if kind == "number" and found and text else found == text
            assert is_same, (kind, found, text)


def test_other_rows_are_other_bytes(tmp_path: Path) -> None:
    rows = stored("savings")
    with parquet_connection() as writer:
        for name, given_rows in (("a", rows), ("b", rows[::-1])):
            write_rows(writer, feeds()["savings"], "0123456789abcdef", [2, 3], given_rows, tmp_path / name)
    assert (tmp_path / "a").read_bytes() != (tmp_path / "b").read_bytes()


def test_a_return_lies_with_its_feed_under_the_number_of_its_receipt(tmp_path: Path) -> None:
    assert return_path(Home(tmp_path), "savings", "0123") == tmp_path / "returns" / "savings" / "0123.parquet"
    with parquet_connection() as writer, pytest.raises(ImpactError, match="nowhere"):
        write_rows(writer, feeds()["savings"], "0123", [2, 3], stored("savings"), tmp_path / "nowhere" / "0123.parquet")


@each_feed
def test_stored_rows_come_back_as_they_went_in_of_the_receipts_and_periods_asked_for(feed: str, tmp_path: Path) -> None:
    home, definition = Home(tmp_path), feeds()[feed]
    rows = stored(feed)
    other = [("2025-Q4", *row[1:]) for row in rows]
    numbers = list(range(2, 2 + len(rows)))
    (home.returns / feed).mkdir(parents=True)
    with parquet_connection() as writer:
        for receipt, of in (("one", [*rows, *other]), ("two", rows)):
            path = return_path(home, feed, receipt)
            write_rows(writer, definition, receipt, [*numbers, *(n + 100 for n in numbers)][: len(of)], of, path)
        read = read_rows(writer, home, definition, {"one": ["2026-Q1"], "two": ["2025-Q4"]})
    assert stored_rows(definition, read["one"]) == rows
    assert read["one"].row_numbers == tuple(numbers)
    assert read["two"].rows == ()


def test_a_return_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    home = Home(tmp_path)
    path = return_path(home, "savings", "one")
    path.parent.mkdir(parents=True)
    path.write_bytes(b"not a return")
    with parquet_connection() as reader, pytest.raises(ImpactError, match="cannot be read"):
        read_rows(reader, home, feeds()["savings"], {"one": ["2026-Q1"]})
