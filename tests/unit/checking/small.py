"""A small definition with a column of each kind, and tables to hold against it."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date

from impact.checking.batch import Submitted
from impact.checking.reading import TextTable, read_csv
from impact.definition import Definition, read_definition

SMALL: Definition = read_definition("""
apiVersion: v3.1.0
kind: DataContract
id: small
name: Small
version: 1.0.0
status: active
description: {purpose: To be tested with.}
customProperties:
  - {property: totals, value: [fte_days_lost]}
schema:
  - name: small
    logicalType: object
    properties:
      - name: organisation_code
        logicalType: string
        required: true
        primaryKey: true
        description: Whose row it is.
        examples: [M001]
        relationships:
          - {type: foreignKey, to: organisations.organisation_code}
      - name: month
        logicalType: date
        logicalTypeOptions: {format: yyyy-MM}
        required: true
        primaryKey: true
        description: The month.
        examples: [2026-01]
      - name: basis
        logicalType: string
        required: true
        description: How days are counted.
        examples: [calendar_days]
        quality:
          - type: library
            metric: invalidValues
            arguments: {validValues: [calendar_days, working_days, hours]}
            mustBe: 0
      - name: fte_days_lost
        physicalName: Days lost
        logicalType: number
        logicalTypeOptions: {minimum: 0, maximum: 1000}
        required: true
        description: Days lost.
        examples: [12.5]
      - name: fte_days_available
        logicalType: number
        required: false
        description: Days available.
        examples: [300]
      - name: note
        logicalType: string
        required: false
        description: Anything.
        examples: [Merged in 2019]
    quality:
      - name: organisation_is_the_sender
        type: custom
        engine: greatExpectations
        severity: must_fix
        description: Every row is the sender's.
        implementation:
          {expects: row_holds, column: organisation_code, message: Not the sender's., fix: Write your own code.}
      - name: every_month_present
        type: custom
        engine: greatExpectations
        severity: must_fix
        description: Each month has its row.
        implementation: {expects: drop_holds, column: month, message: A month has no row., fix: Add it.}
      - name: lost_within_available
        type: custom
        engine: greatExpectations
        severity: please_confirm
        description: No more days are lost than were available.
        implementation: {expects: row_holds, column: fte_days_lost, message: More lost than available., fix: Check it.}
""")

HEADINGS = [column.heading for column in SMALL.columns]
CODES = {"organisations.organisation_code": frozenset({"M001", "M002", "007"})}

Row = Sequence[str]


def good_rows(code: str = "M001") -> list[list[str]]:
    """The three clean rows of the first quarter of 2026."""
    return [[code, f"2026-0{month}", "calendar_days", "12.5", "300", ""] for month in (1, 2, 3)]


def csv_bytes(rows: Iterable[Row], encoding: str = "utf-8") -> bytes:
    """As Excel would save the rows."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue().encode(encoding)


def table_of(definition: Definition, data: bytes) -> TextTable:
    """The table in a file that has nothing wrong with its form."""
    reading = read_csv(data, definition)
    assert reading.table is not None
    assert reading.findings == ()
    return reading.table


def submitted(drop: str, rows: Iterable[Row], sender: str = "M001") -> Submitted:
    """A file of SMALL, for the first quarter of 2026."""
    table = table_of(SMALL, csv_bytes([HEADINGS, *rows]))
    return Submitted(drop, table, sender, date(2026, 1, 1), date(2026, 3, 31))
