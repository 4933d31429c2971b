"""All tables of one definition at once: tables -> two frames -> broken rules -> findings dealt out by drop."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from impact.checking.before import FOLLOWS, GOES_ON
from impact.checking.expectations import Broken, broken_rules, holds_column, unique_column, value_column
from impact.checking.findings import (
    MOST_DIGITS,
    SHOWN_VALUES,
    Finding,
    about_cells,
    about_file,
    about_rows_before,
    cell_name,
)
from impact.checking.reading import TextTable
from impact.checking.rules import FUNCTIONS, known_together, row_periods
from impact.checking.values import SHORTHAND, is_written_otherwise, plain_form, read_value
from impact.definition import Column, Definition, Kind, feeds

Files = Mapping[str, Sequence[Mapping[str, str | None]]]
"""The register that rules look things up in: a file's name -> its rows, blank cells None, dates ISO text."""

_DTYPES: dict[Kind, str] = {
    "text": "object",
    "number": "float64",
    "integer": "float64",
    "month": "datetime64[s]",
    "date": "datetime64[s]",
    "period": "object",
    "boolean": "object",
}


_Source = tuple[str, int]
"""Where a row of before stands: the receipt of its file, and its number there."""

_FAR_OFF = date(2200, 12, 31)
"""When what nobody received was received: no date in it is later."""


@dataclass(frozen=True)
class Submitted:
    """One table to check: which drop it is, who sent and prepared it, when, and what it is for.

    `start_on` and `end_on` are the part of its period in which the sender was at work, `periods` the quarters (or the
    one month or year) that it covers. `before` is what counts today of what the same sender had sent for earlier
    periods: receipts, and the rows of each.
    """

    drop: str
    table: TextTable
    sender: str
    start_on: date
    end_on: date
    periods: tuple[str, ...] = ()
    prepared_by: str = ""
    received_on: date = _FAR_OFF
    before: tuple[tuple[str, TextTable], ...] = ()


def check_tables(definition: Definition, submitted: Sequence[Submitted], files: Files) -> dict[str, list[Finding]]:
    """Every finding on the rows of each drop, in the order of the definition's rules. All drops are keys."""
    dealt: dict[str, list[Finding]] = {one.drop: [] for one in submitted}
    with_rows = [one for one in submitted if one.table.rows]
    if not with_rows:
        return dealt
    rows = _rows_frame(definition, with_rows)
    values = _values_frame(definition, with_rows, rows)
    drops = pd.DataFrame({"drop": [one.drop for one in with_rows]})
    for column in definition.columns:
        if column.kind != "text":
            rows[value_column(column.name)] = values[column.name]
    for name in {name for rule in definition.rules for name in rule.unique_over}:
        column = definition.column(name)
        once = rows[name] if column.kind == "text" else values[name]
        # Where a part of a key may be blank, blank is one of the things that it may say.
        may_be_blank = column.is_key and not column.is_required
        rows[unique_column(name)] = once.astype("object").fillna("") if may_be_blank else once
    _add_whether_rules_hold(definition, values, rows, drops, files)
    before, sources = _before_frame(definition, with_rows, values, rows)
    codes = _codes(definition, files)
    broken = broken_rules(definition.rules, rows, drops, codes, before)
    tables = {one.drop: one.table for one in with_rows}
    for drop, findings in _deal_out(definition, tables, rows, broken, sources).items():
        dealt[drop] += findings
    otherwise = _otherwise(definition, rows)
    for one in with_rows:
        dealt[one.drop] += _written_otherwise(otherwise, one.table)
        dealt[one.drop] += _shorthand_read(definition, one.table)
    return dealt


def cell_text(table: TextTable, cells: Sequence[str], column: Column) -> str | None:
    """What stands in a column of a row; None where it is blank, left out, or a shorthand that may stand there."""
    position = table.columns.get(column.name)
    if position is None or cells[position] == "":
        return None
    if not column.is_required and cells[position] in SHORTHAND:
        return None
    return cells[position]


def column_texts(table: TextTable, column: Column) -> list[str | None]:
    """What `cell_text` says of a column in each row."""
    position = table.columns.get(column.name)
    if position is None:
        return [None] * len(table.rows)
    nothing = {""} if column.is_required else {"", *SHORTHAND}
    return [None if (text := cells[position]) in nothing else text for cells in table.rows]


def register_codes(definition: Definition, column: str, files: Files) -> list[tuple[str, str]]:
    """The codes that the register has for a column, in order, each with what it is called there. Where a file of the
    register says which feed a row is for, another feed cannot use it."""
    file, _, code = str(definition.column(column).in_register).partition(".")
    is_feed = definition.name in feeds()
    rows = [row for row in files[file] if not is_feed or row.get("feed") in (None, definition.name)]
    return sorted({str(row[code]): row.get("name") or "" for row in rows if row[code] is not None}.items())


def _rows_frame(definition: Definition, submitted: Sequence[Submitted]) -> pd.DataFrame:
    frame: dict[str, list[Any]] = {"drop": [], "row": []}
    frame |= {column.name: [] for column in definition.columns}
    for one in submitted:
        frame["drop"] += [one.drop] * len(one.table.rows)
        frame["row"] += one.table.row_numbers
        for column in definition.columns:
            frame[column.name] += column_texts(one.table, column)
    return pd.DataFrame({name: cells if name == "row" else _in_categories(cells) for name, cells in frame.items()})


def _in_categories(texts: Sequence[str | None]) -> pd.Categorical:
    """Many cells say the same: what is asked of each text is then asked once."""
    codes, uniques = pd.factorize(np.array(texts, dtype="object"))
    return pd.Categorical.from_codes(codes, pd.Index(uniques, dtype="object"))


def _values_frame(definition: Definition, submitted: Sequence[Submitted], rows: pd.DataFrame) -> pd.DataFrame:
    values = pd.DataFrame({"drop": rows["drop"].astype("object")})
    for column in definition.columns:
        texts = rows[column.name].cat
        meanings = pd.Series([read_value(text, column) for text in texts.categories], dtype=_DTYPES[column.kind])
        values[column.name] = meanings.reindex(texts.codes).to_numpy()
    names = [column.name for column in definition.columns]
    values["has_unreadable"] = (rows[names].notna() & values[names].isna()).any(axis=1)
    values["has_shorthand"] = [not SHORTHAND.isdisjoint(cells) for one in submitted for cells in one.table.rows]
    facts = {one.drop: one for one in submitted}
    for name in ("sender", "periods", "prepared_by"):
        values[f"drop_{name}"] = values["drop"].map({drop: getattr(one, name) for drop, one in facts.items()})
    for name in ("start_on", "end_on", "received_on"):
        day = values["drop"].map({drop: getattr(one, name) for drop, one in facts.items()})
        values[f"drop_{name}"] = day.astype("datetime64[s]")
    values["row_period"] = row_periods(values, definition.period_column, definition.period_grains)
    return values


def _add_whether_rules_hold(
    definition: Definition, values: pd.DataFrame, rows: pd.DataFrame, drops: pd.DataFrame, files: Files
) -> None:
    """Give `rows` and `drops` a column for each rule that a function of ours decides."""
    for rule in definition.rules:
        if rule.expects == "readable":
            rows[holds_column(rule)] = rows[rule.column].isna() | values[rule.column].notna()
        elif rule.expects == "known_together":
            rows[holds_column(rule)] = known_together(values, files, **rule.arguments)
        elif rule.expects in ("row_holds", "drop_holds"):
            holds = FUNCTIONS[rule.function](values, **rule.arguments, **rule.thresholds)
            if rule.subject == "row":
                rows[holds_column(rule)] = holds
            else:
                drops[holds_column(rule)] = drops["drop"].map(holds.groupby(values["drop"]).all())


def _before_frame(
    definition: Definition, submitted: Sequence[Submitted], values: pd.DataFrame, rows: pd.DataFrame
) -> tuple[pd.DataFrame, list[_Source]]:
    """The rows before, with a column for each rule on whether the drop goes on with them; and where each of them
    stands. `rows` gets a column for each rule on whether its rows follow from them."""
    earlier = [replace(one, table=table) for one in submitted for _, table in one.before]
    places = [(receipt, row) for one in submitted for receipt, table in one.before for row in table.row_numbers]
    texts = _rows_frame(definition, earlier)
    before = _values_frame(definition, earlier, texts)
    texts["row"] = range(len(texts))
    for rule in definition.rules:
        if rule.expects == "follows":
            rows[holds_column(rule)] = FOLLOWS[rule.function](values, before, **rule.arguments, **rule.thresholds)
        elif rule.expects == "goes_on":
            texts[holds_column(rule)] = GOES_ON[rule.function](values, before, **rule.arguments, **rule.thresholds)
    return texts, places


def _codes(definition: Definition, files: Files) -> dict[str, Sequence[str]]:
    codes: dict[str, Sequence[str]] = {}
    for rule in definition.rules:
        if rule.expects == "one_of":
            codes[rule.name] = definition.column(str(rule.column)).one_of
        elif rule.expects == "matches":
            codes[rule.name] = [str(definition.column(str(rule.column)).pattern)]
        elif rule.expects == "in_register":
            codes[rule.name] = [code for code, _ in register_codes(definition, str(rule.column), files)]
    return codes


def _deal_out(
    definition: Definition,
    tables: Mapping[str, TextTable],
    rows: pd.DataFrame,
    broken: Sequence[Broken],
    sources: Sequence[_Source],
) -> dict[str, list[Finding]]:
    at_fault = {(one.drop, one.row) for one in broken if one.rule.subject == "row"}
    is_at_fault = [place in at_fault for place in zip(rows["drop"], rows["row"], strict=True)]
    needed = ["drop", "row", *dict.fromkeys(rule.column for rule in definition.rules if rule.column)]
    texts = {(row["drop"], row["row"]): row for row in rows.loc[is_at_fault, needed].to_dict("records")}
    places: dict[tuple[str, str], list[int | None]] = defaultdict(list)
    for one in broken:
        places[one.drop, one.rule.name].append(one.row)
    dealt: dict[str, list[Finding]] = defaultdict(list)
    for drop, table in tables.items():
        for rule in definition.rules:
            found = places.get((drop, rule.name))
            if not found:
                continue
            column = definition.column(rule.column) if rule.column else None
            if rule.subject == "drop":
                dealt[drop].append(about_cells(rule, column, [], []))
                continue
            if rule.subject == "before":
                gone = [sources[place] for place in sorted(place for place in found if place is not None)]
                dealt[drop].append(about_rows_before(rule, column, gone))
                continue
            numbers = sorted(row for row in found if row is not None)
            if rule.expects == "not_blank" and rule.column not in table.columns:
                continue  # the missing column has its own finding
            values = [texts[drop, row][rule.column] for row in numbers]
            dealt[drop].append(
                about_cells(
                    rule,
                    column,
                    [table.cell(rule.column, row) for row in numbers],
                    [value for value in values if pd.notna(value)],
                )
            )
    return dealt


def _otherwise(definition: Definition, rows: pd.DataFrame) -> list[tuple[Column, frozenset[str]]]:
    """The columns in which something is not written as it should be, and is read all the same; and those texts."""
    found = []
    for column in definition.columns:
        if column.kind in ("month", "date", "number", "integer"):
            texts = rows[column.name].cat.categories
            written = (text for text in texts if is_written_otherwise(text, column))
            if read := frozenset(text for text in written if read_value(text, column) is not None):
                found.append((column, read))
    return found


def _written_otherwise(otherwise: Sequence[tuple[Column, frozenset[str]]], table: TextTable) -> list[Finding]:
    findings = []
    for column, texts in otherwise:
        position = table.columns.get(column.name)
        if position is None:
            continue
        read = [
            (cell_name(position, row), text)
            for row, text in zip(table.row_numbers, column_texts(table, column), strict=True)
            if text in texts
        ]
        if read:
            said = _said_as_read(dict.fromkeys(text for _, text in read), column)
            findings.append(_told(column, [cell for cell, _ in read], said))
    return findings


def _told(column: Column, cells: Sequence[str], said: str) -> Finding:
    match column.kind:
        case "month":
            return about_file("month_written_otherwise", column.heading, cells, value=said)
        case "date":
            return about_file("date_written_otherwise", column.heading, cells, value=said)
    return about_file("number_written_otherwise", column.heading, cells, value=said)


def _said_as_read(texts: Iterable[str], column: Column) -> str:
    """How texts that were written another way were read: of months all, of others some, if they may be named."""
    if column.kind == "month":
        return ": " + ", ".join(f"{text} as {plain_form(text, column)[:7]}" for text in texts)
    shown = [text for text in texts if sum(character.isdigit() for character in text) <= MOST_DIGITS]
    listed = ", ".join(f"{text} as {plain_form(text, column)}" for text in shown[:SHOWN_VALUES])
    return f": {listed}" + (" and others" if len(shown) > SHOWN_VALUES else "") if shown else ""


def _shorthand_read(definition: Definition, table: TextTable) -> list[Finding]:
    findings = []
    for column in definition.columns:
        position = table.columns.get(column.name)
        if position is None or column.is_required:
            continue
        cells = [
            cell_name(position, row)
            for row, texts in zip(table.row_numbers, table.rows, strict=True)
            if texts[position] in SHORTHAND
        ]
        if cells:
            findings.append(about_file("shorthand_otherwise", column.heading, cells))
    return findings
