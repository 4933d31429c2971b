"""A small definition with a column of each kind, and tables to hold against it."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from impact.checking.batch import Files, Submitted
from impact.checking.reading import TextTable, read_csv
from impact.definition import Definition, feeds, read_definition

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
        implementation:
          expects: row_holds
          column: fte_days_lost
          function: no_more_than
          arguments: {column: fte_days_lost, other: fte_days_available}
          message: More lost than available.
          fix: Check it.
""")

HEADINGS = [column.heading for column in SMALL.columns]
FILES: Files = {
    "organisations": [{"organisation_code": code, "ods_code": "NQV"} for code in ("M001", "M002", "007")],
    "services": [
        {"organisation_code": "M001", "service_code": "S01", "active_from": "2020-02-29", "active_to": None},
        {"organisation_code": "M001", "service_code": "S02", "active_from": None, "active_to": "2026-12-31"},
        {"organisation_code": "M001", "service_code": "S03", "active_from": None, "active_to": "2026-01-31"},
        {"organisation_code": "M002", "service_code": "S09", "active_from": None, "active_to": None},
    ],
    "areas": [],
    "staff_groups": [{"staff_group": code} for code in ("nurses", "therapists")],
    "contracts": [
        {"organisation_code": "M001", "contract_code": "C001"},
        {"organisation_code": "M002", "contract_code": "C002"},
    ],
    "instruments": [{"instrument_id": code} for code in ("staff_2026", "staff_2027", "fft", "local")],
    "instrument_items": [
        {"instrument_id": instrument, "item": item}
        for instrument in ("staff_2026", "staff_2027")
        for item in ("overall_satisfaction", "recommend_care", "engagement", "advocacy")
    ],
}
"""A register for every feed."""

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


Named = dict[str, str]
"""A row of a feed: a column's name -> its text."""


def clean(feed: str) -> list[Named]:
    """Rows of M001 for the first quarter of 2026 with which nothing is wrong, broken down where the feed can be."""
    return [{"organisation_code": "M001", **row} for row in _CLEAN[feed]()]


def sent(drop: str, feed: str, rows: Iterable[Mapping[str, str]], prepared_by: str = "Savings officer") -> Submitted:
    """A file of M001 for the first quarter of 2026, received on 20 April 2026."""
    definition = feeds()[feed]
    headings = [column.heading for column in definition.columns]
    data = csv_bytes([headings, *([row.get(column.name, "") for column in definition.columns] for row in rows)])
    table = table_of(definition, data)
    return Submitted(
        drop, table, "M001", date(2026, 1, 1), date(2026, 3, 31), ("2026-Q1",), prepared_by, date(2026, 4, 20)
    )


def _sickness_absence() -> list[Named]:
    """1,000 posts, of them S01 200, S02 120; nurses 600, therapists 400; a tenth of them ill for a day a month."""
    groups = [("ALL", "ALL", 1000), ("S01", "ALL", 200), ("S02", "ALL", 120)]
    groups += [("ALL", "nurses", 600), ("ALL", "therapists", 400)]
    return [
        {
            "month": f"2026-0{month}",
            "service_code": service,
            "staff_group": group,
            "basis": "calendar_days",
            "fte_days_lost": str(posts),
            "fte_days_available": str(posts * days),
            "headcount": str(posts),
            "fte_start": str(posts),
            "fte_end": str(posts),
        }
        for month, days in ((1, 31), (2, 28), (3, 31))
        for service, group, posts in groups
    ]


def _staff_survey() -> list[Named]:
    """340 people asked, of them S01 200, S02 120 and nurses 140; half of each answer, all with a score of 5 or 10."""
    groups = [("ALL", "ALL", 340), ("S01", "ALL", 200), ("S02", "ALL", 120), ("ALL", "nurses", 140)]
    rows = []
    for service, group, eligible in groups:
        about = {
            "wave": "2026-Q1",
            "service_code": service,
            "staff_group": group,
            "instrument_id": "staff_2026",
            "fieldwork_start": "2026-02-01",
            "fieldwork_end": "2026-03-15",
            "mode": "online",
            "eligible_staff": str(eligible),
        }
        tenth = eligible // 20
        counts = {
            "n_1": tenth,
            "n_2": tenth,
            "n_3": tenth,
            "n_4": 2 * tenth,
            "n_5": 4 * tenth,
            "n_not_applicable": tenth,
        }
        scores = {"n_scored": 10 * tenth, "score_sum": 75 * tenth, "score_sum_of_squares": 625 * tenth}
        for item in ("overall_satisfaction", "recommend_care"):
            rows.append({**about, "item": item, **_texts(counts | {"n_responses": 10 * tenth})})
        rows += [{**about, "item": item, **_texts(scores)} for item in ("engagement", "advocacy")]
    return rows


def _service_user_survey() -> list[Named]:
    """115 answers a month to one survey of S01 (80 by text message, 35 on paper), and 50 to another of S02."""
    answers = ["n_very_good", "n_good", "n_neither", "n_poor", "n_very_poor", "n_dont_know"]
    counted = [
        ("S01", "fft", "all", [85, 10, 8, 6, 4, 2]),
        ("S01", "fft", "sms", [65, 5, 4, 3, 2, 1]),
        ("S01", "fft", "paper", [20, 5, 4, 3, 2, 1]),
        ("S02", "local", "all", [35, 5, 4, 3, 2, 1]),
    ]
    return [
        {
            "month": f"2026-0{month}",
            "service_code": service,
            "instrument_id": instrument,
            "collection_mode": mode,
            "eligible": "520",
            **_texts(dict(zip(answers, counts, strict=True)) | {"n_total": sum(counts)}),
        }
        for month in (1, 2, 3)
        for service, instrument, mode, counts in counted
    ]


def _savings() -> list[Named]:
    """One verified saving, and an idea of which little is known."""
    idea = {
        "saving_id": "SAV-2",
        "as_at_quarter": "2026-Q1",
        "title": "Shared reception",
        "service_code": "S01",
        "benefit_to": "service",
        "source": "productivity",
        "type": "non_cash_releasing",
        "recurrence": "one_off",
        "start_month": "2026-07",
        "planned_gbp": "5000",
        "actual_to_date_gbp": "0",
        "implementation_cost_to_date_gbp": "0",
        "stage": "idea",
        "evidence_level": "estimated",
    }
    verified = {
        "saving_id": "SAV-1",
        "title": "One stock of dressings",
        "service_code": "ALL",
        "contract_code": "C001",
        "benefit_to": "commissioner",
        "source": "waste_reduction",
        "type": "cash_releasing",
        "recurrence": "recurrent",
        "start_month": "2025-10",
        "end_month": "2026-09",
        "baseline_year": "2024-25",
        "baseline_cost_gbp": "480000",
        "baseline_source": "Management accounts",
        "planned_gbp": "36000",
        "forecast_gbp": "-100.5",
        "actual_to_date_gbp": "21400.5",
        "implementation_cost_to_date_gbp": "4000",
        "stage": "delivering",
        "quality_checked_by": "Clinical director",
        "evidence_level": "finance_verified",
        "verified_by": "Head of finance",
        "verified_on": "2026-04-20",
        "price_basis": "nominal",
        "double_count_group": "G1",
    }
    return [idea | verified, idea]


def _texts(numbers: Mapping[str, float]) -> Named:
    return {name: str(number) for name, number in numbers.items()}


_CLEAN = {
    "sickness_absence": _sickness_absence,
    "staff_survey": _staff_survey,
    "service_user_survey": _service_user_survey,
    "savings": _savings,
}
