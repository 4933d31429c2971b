"""Files as a sender would send them, and a home with a register to send them to."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from impact.definition import feeds, register_files
from impact.home import Home
from impact.intake.receipts import Receipt
from impact.periods import Period, parse_period
from impact.register import Register
from impact.register.register import Row
from tests.unit.checking.small import FILES, Named, clean, csv_bytes
from tests.unit.checking.test_workbook import Rows, book

NOW = datetime(2026, 7, 20, 9, tzinfo=UTC)

FEEDS = ("sickness_absence", "staff_survey", "service_user_survey", "savings")

RECEIPT = Receipt(
    id="0000000000000001",
    decision="accepted",
    received_at="2026-04-20T09:00:00Z",
    sender="M001",
    feed="savings",
    period="2026-Q1",
    periods=("2026-Q1",),
    file_name="savings.csv",
    sha256="a" * 64,
    cover_sha256="",
    corrects="",
    reason="",
    prepared_by="",
    signed_off_by="",
    notes="",
    is_nil=False,
    is_purged=False,
    size_bytes=1,
    attempt=1,
    definition_version="1.0.0",
    register_version="r",
    settings_version="s",
    software_version="v",
    rows_in=2,
    rows_kept=2,
    rows_refused=0,
    rows_sha256="b" * 64,
    services=0,
    totals={},
    findings=(),
)
"""An accepted return of M001's savings for the first quarter of 2026."""


def period(text: str) -> Period:
    found = parse_period(text)
    assert found is not None
    return found


def register(**files: Iterable[Mapping[str, str | None]]) -> Register:
    """A register of these rows, with organisations M001 (at work from May 2020 to June 2027) and M002 unless given."""
    files = {
        "organisations": [
            {"organisation_code": "M001", "active_from": "2020-05-15", "active_to": "2027-06-10"},
            {"organisation_code": "M002"},
        ],
        **files,
    }
    read: dict[str, tuple[Row, ...]] = {}
    for name, definition in register_files().items():
        blank = dict.fromkeys(column.name for column in definition.columns)
        read[name] = tuple({**blank, **row} for row in files.get(name, ()))
    return Register("r", read)


def all_known() -> Register:
    """A register that knows every code in the clean rows of every feed."""
    return register(**{name: rows for name, rows in FILES.items() if name != "organisations"})


def table_rows(feed: str, rows: Iterable[Named] | None = None) -> list[list[str]]:
    """Headings, and these rows under them; the clean rows of the feed where none are given."""
    columns = feeds()[feed].columns
    below = [[row.get(column.name, "") for column in columns] for row in (clean(feed) if rows is None else rows)]
    return [[column.heading for column in columns], *below]


def csv_of(feed: str, rows: Iterable[Named] | None = None) -> bytes:
    return csv_bytes(table_rows(feed, rows))


def book_of(feed: str, rows: Iterable[Named] | None = None, cover: Mapping[str, str] | None = None) -> bytes:
    """A workbook of the same rows, with numbers as numbers."""
    columns = feeds()[feed].columns
    headings, *below = table_rows(feed, rows)
    typed: list[list[Any]] = [headings]
    for texts in below:
        cells = zip(texts, columns, strict=True)
        typed.append([float(text) if text and column.kind in ("number", "integer") else text for text, column in cells])
    sheets: dict[str, Rows] = {} if cover is None else {"Cover": list(cover.items())}
    return book({**sheets, feed: typed})


def put(home: Home, place: str, data: bytes, cover: Mapping[str, Any] | None = None) -> Path:
    """Put a file where it says under landing, and a cover beside it."""
    path = home.landing / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    if cover is not None:
        path.with_name(f"{path.name}.cover.json").write_text(json.dumps(cover), "utf-8")
    return path
