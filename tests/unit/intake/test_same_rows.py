"""The same rows, however they are sent: a CSV file or a workbook, in any order, with any cell damaged."""

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impact.checking.reading import read_table
from impact.definition import Column, Definition, feeds
from impact.home import Home
from impact.intake.deciding import decide_drops, known_by
from impact.intake.landing import Arrival, make_drop
from impact.intake.receipts import Receipt
from impact.intake.returns import rows_hash, stored_rows
from tests.unit.checking.small import Named, clean, csv_bytes
from tests.unit.checking.test_workbook import book, with_shared_strings
from tests.unit.intake.drops import FEEDS, NOW, all_known, book_of, csv_of, table_rows

WORDS = st.text(st.characters(categories=["L", "N", "P"], exclude_characters="_#'="), min_size=1, max_size=8)


def cells_of(column: Column) -> st.SearchStrategy[str]:
    """Whatever may stand in a column, and blank where it need not be filled in."""
    low = -1_000_000 if column.minimum is None else int(column.minimum)
    high = 1_000_000 if column.maximum is None else int(min(column.maximum, 10**9))
    of_kind: dict[str, st.SearchStrategy[str]] = {
        "integer": st.integers(low, high).map(str),
        "number": st.decimals(low, high, places=3).map(lambda number: f"{number:f}"),
        "month": st.sampled_from(["2026-01", "Jan-26", "January 2026", "31/01/2026", "2026-01-01"]),
        "date": st.dates().filter(lambda day: day.year >= 1900).map(str),
        "period": st.sampled_from(["2026-Q1", "2025-Q4", "2026"]),
        "boolean": st.sampled_from(["yes", "No"]),
        "text": st.sampled_from(column.one_of) if column.one_of else WORDS,
    }
    filled = of_kind[column.kind].filter(lambda text: text.strip() == text)
    return filled if column.is_required else st.one_of(st.just(""), filled, st.sampled_from(["[c]", "[x]"]))


@st.composite
def tables(draw: st.DrawFn) -> tuple[Definition, list[list[str]]]:
    """A feed, and rows that its definition allows, as text under its headings."""
    definition = feeds()[draw(st.sampled_from(FEEDS))]
    rows = draw(st.lists(st.tuples(*map(cells_of, definition.columns)), min_size=1, max_size=4))
    return definition, [[column.heading for column in definition.columns], *map(list, rows)]


def as_book(definition: Definition, rows: list[list[str]]) -> bytes:
    """With numbers as numbers, as Excel would have them, where that keeps every digit."""
    kinds = [column.kind in ("number", "integer") for column in definition.columns]
    typed = [
        [
            float(text) if is_number and text and text[0] != "[" else text
            for text, is_number in zip(row, kinds, strict=True)
        ]
        for row in rows[1:]
    ]
    return book({definition.name: [rows[0], *typed]})


@given(tables())
@settings(deadline=None, max_examples=60)
def test_a_table_is_stored_alike_from_a_csv_file_and_from_a_workbook(made: tuple[Definition, list[list[str]]]) -> None:
    definition, rows = made
    readings = [
        read_table(data, definition)
        for data in (
            csv_bytes(rows),
            csv_bytes(rows, "utf-16"),
            as_book(definition, rows),
            with_shared_strings(as_book(definition, rows)),
        )
    ]
    stored = []
    for reading in readings:
        assert reading.table is not None
        assert [finding.rule for finding in reading.findings if finding.severity == "must_fix"] == []
        stored.append(stored_rows(definition, reading.table))
    assert stored[1:] == stored[:1] * 3
    assert len(stored[0]) == len(rows) - 1


# --- one cell damaged, in every column of every feed


def receipts_of(files: list[tuple[str, bytes]]) -> list[Receipt]:
    """The receipt that each file would get, for a feed; decided together."""
    drops = [
        make_drop(Arrival("M001", feed, "2026-Q1", Path(f"{number}.csv")), data)
        for number, (feed, data) in enumerate(files)
    ]
    decided = {
        one.drop.id: one.receipt
        for one in decide_drops(Home(Path("no home")), drops, known_by(all_known(), NOW), "s", {})
    }
    return [decided[drop.id] for drop in drops]


def said(receipt: Receipt) -> set[tuple[str, tuple[str, ...]]]:
    return {(finding.rule, finding.cells) for finding in receipt.findings}


@pytest.mark.parametrize("feed", FEEDS)
def test_a_cell_that_cannot_be_read_is_named_alike_in_a_csv_file_and_in_a_workbook(feed: str) -> None:
    """In every column that is not plain text something that cannot stand there, and blank in every required one."""
    columns = feeds()[feed].columns
    damaged: list[tuple[Column, list[Named]]] = []
    for column in columns:
        if column.kind == "text" and not column.is_required:
            continue
        rows = clean(feed)
        rows[-1][column.name] = "" if column.kind == "text" else "what?"
        damaged.append((column, rows))
    receipts = receipts_of(
        [(feed, csv_of(feed, rows)) for _, rows in damaged] + [(feed, _text_book(feed, rows)) for _, rows in damaged]
    )
    headings = [column.heading for column in columns]
    for (column, rows), as_csv, as_workbook in zip(
        damaged, receipts[: len(damaged)], receipts[len(damaged) :], strict=True
    ):
        letters = f"{chr(65 + headings.index(column.heading))}{len(rows) + 1}"
        rule = f"{column.name}_{'not_blank' if column.kind == 'text' else 'readable'}"
        assert (rule, (letters,)) in said(as_csv), column.name
        assert as_csv.findings == as_workbook.findings, column.name
        assert (as_csv.rows_in, as_csv.rows_kept, as_csv.rows_refused) == (len(rows), 0, len(rows))


def _text_book(feed: str, rows: list[Named]) -> bytes:
    return book({feed: table_rows(feed, rows)})


@pytest.mark.parametrize("feed", FEEDS)
def test_rows_in_any_order_are_the_same_return_with_the_same_findings(feed: str) -> None:
    shuffled = []
    for seed in range(4):
        rows = clean(feed)
        random.Random(seed).shuffle(rows)
        shuffled.append(rows)
    first, *others = receipts_of(
        [(feed, csv_of(feed))] + [(feed, make(feed, rows)) for rows in shuffled for make in (csv_of, book_of)]
    )
    assert first.decision == "accepted"
    assert {one.rows_sha256 for one in others} == {first.rows_sha256}
    assert {tuple(finding.rule for finding in one.findings) for one in others} == {()}
    assert rows_hash([]) != first.rows_sha256
