"""The first rows -> which of them holds the headings, and which column each heading means."""

from collections.abc import Iterable, Sequence
from itertools import islice

from impact.checking.findings import Finding, about_file, cell_name, shown_heading
from impact.definition import Column, Definition

MOST_TITLE_ROWS = 20
"""The headings stand in one of the first so many rows that have something in them."""

_SHORTEST_TABLE = 3
"""Of a narrower table a title of one cell fills half a row."""


def heading_key(heading: str) -> str:
    """Headings are matched whatever their case, and with spaces for underscores."""
    return "_".join(heading.casefold().replace("_", " ").split())


def columns_by_heading(definition: Definition) -> dict[str, Column]:
    """Every column, by the key of its heading."""
    return {heading_key(column.heading): column for column in definition.columns}


def heading_place(rows: Iterable[Sequence[str]], definition: Definition) -> int:
    """Which of the first rows, from 0, holds the headings: the first one with more than half of them, or else the one
    with the most; the first one where none has any."""
    known = columns_by_heading(definition).keys()
    most, place = 0, 0
    for index, cells in enumerate(islice(rows, MOST_TITLE_ROWS)):
        count = len(known & {heading_key(cell) for cell in cells})
        if count > most:
            most, place = count, index
        if 2 * count > len(known):
            break
    return place


def title_findings(above: Sequence[tuple[int, Sequence[str]]], headings: int) -> tuple[Finding, ...]:
    """What to say of rows above the headings, of which there are so many: a title is short, a row of figures is not."""
    short: list[str] = []
    long: list[str] = []
    for row, texts in above:
        cells = [cell_name(position, row) for position, text in enumerate(texts) if text]
        (long if 2 * len(cells) >= max(headings, _SHORTEST_TABLE) else short).extend(cells)
    findings = [about_file("title_otherwise", None, short)] if short else []
    return tuple(findings + ([about_file("rows_above_headings", None, long)] if long else []))


def match_headings(
    headings: Sequence[str], row: int, definition: Definition
) -> tuple[dict[str, int], tuple[Finding, ...]]:
    """The position of each column in the file, from 0, and what to say about the headings. No column: none is known."""
    known = columns_by_heading(definition)
    listed = ", ".join(column.heading for column in definition.columns)
    columns: dict[str, int] = {}
    findings = []
    unknown = []
    for position, heading in enumerate(headings):
        column = known.get(heading_key(heading))
        cell = cell_name(position, row)
        if column is None:
            if heading:
                unknown.append((heading, cell))
        elif column.name in columns:
            findings.append(about_file("repeated_column", column.heading, [cell]))
        else:
            columns[column.name] = position
    if not columns:
        return {}, (about_file("no_headings", choices=listed, high=str(MOST_TITLE_ROWS)),)
    for heading, cell in unknown:
        findings.append(about_file("unknown_column", None, [cell], value=f'"{shown_heading(heading)}"', choices=listed))
    for column in definition.columns:
        # An official file is taken exactly as published, so that a heading gone is a change to look at.
        if column.name not in columns and (column.is_required or definition.source == "official"):
            findings.append(about_file("missing_column", column.heading, (), row=str(row), example=column.example))
    return columns, tuple(findings)
