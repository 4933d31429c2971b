"""The first row -> which column each heading means."""

from collections.abc import Sequence

from impact.checking.findings import Finding, about_file, cell_name, shown_heading
from impact.definition import Column, Definition


def heading_key(heading: str) -> str:
    """Headings are matched whatever their case, and with spaces for underscores."""
    return "_".join(heading.casefold().replace("_", " ").split())


def columns_by_heading(definition: Definition) -> dict[str, Column]:
    """Every column, by the key of its heading."""
    return {heading_key(column.heading): column for column in definition.columns}


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
        return {}, (about_file("no_headings", choices=listed),)
    for heading, cell in unknown:
        findings.append(about_file("unknown_column", None, [cell], value=f'"{shown_heading(heading)}"', choices=listed))
    for column in definition.columns:
        # An official file is taken exactly as published, so that a heading gone is a change to look at.
        if column.name not in columns and (column.is_required or definition.source == "official"):
            findings.append(about_file("missing_column", column.heading, (), row=str(row), example=column.example))
    return columns, tuple(findings)
