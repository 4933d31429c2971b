"""`impact check`: what a file is about, as far as it tells itself, and why it cannot be read where it cannot."""

from pathlib import Path

import pytest

from impact.intake.deciding import known_by
from impact.intake.landing import Arrival
from impact.intake.trial import place_of, why_unreadable
from tests.unit.checking.small import clean
from tests.unit.intake.drops import FEEDS, NOW, all_known, book_of, csv_of

each_feed = pytest.mark.parametrize("feed", FEEDS)


def arrival_of(path: Path, organisation: str | None, feed: str | None, period: str | None) -> Arrival:
    return place_of(path, organisation, feed, period, known_by(all_known(), NOW))[0]


def put(folder: Path, data: bytes, name: str = "a file.csv") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


@each_feed
@pytest.mark.parametrize("make", [csv_of, book_of])
def test_organisation_feed_and_period_are_told_by_the_rows(feed: str, make: object, tmp_path: Path) -> None:
    assert callable(make)
    path = put(tmp_path, make(feed))
    assert arrival_of(path, None, None, None) == Arrival("M001", feed, "2026-Q1", path)


@each_feed
def test_rows_of_several_quarters_are_a_run_of_them(feed: str, tmp_path: Path) -> None:
    periods = {
        "sickness_absence": ("month", "2025-10", "2026-06"),
        "service_user_survey": ("month", "2025-10", "2026-06"),
        "staff_survey": ("wave", "2025-Q4", "2026-Q2"),
        "savings": ("as_at_quarter", "2025-Q4", "2026-Q2"),
    }
    column, *values = periods[feed]
    rows = [{**row, column: value} for row in clean(feed) for value in values]
    path = put(tmp_path, csv_of(feed, rows))
    assert arrival_of(path, None, None, None).period == "2025-Q4_to_2026-Q2"


def test_a_yearly_survey_is_for_a_year(tmp_path: Path) -> None:
    path = put(tmp_path, csv_of("staff_survey", [{**row, "wave": "2025"} for row in clean("staff_survey")]))
    assert arrival_of(path, None, None, None).period == "2025"


def test_what_is_said_goes_before_the_place_and_the_place_before_the_rows(tmp_path: Path) -> None:
    path = put(tmp_path / "landing" / "M007" / "inbox" / "savings" / "2025-Q4", csv_of("savings"))
    assert arrival_of(path, None, None, None) == Arrival("M007", "savings", "2025-Q4", path)
    assert arrival_of(path, "M008", None, "2025-Q3") == Arrival("M008", "savings", "2025-Q3", path)
    assert arrival_of(path, None, "staff_survey", None).feed == "staff_survey"


def test_the_sheet_cover_goes_before_the_rows(tmp_path: Path) -> None:
    path = put(tmp_path, book_of("savings", cover={"Organisation": "M009", "Period": "2025-Q4"}))
    assert arrival_of(path, None, None, None) == Arrival("M009", "savings", "2025-Q4", path)


def test_of_several_organisations_the_one_with_most_rows_is_meant(tmp_path: Path) -> None:
    first, *others = clean("savings")
    path = put(tmp_path, csv_of("savings", [{**first, "organisation_code": "M002"}, *others, *others]))
    assert arrival_of(path, None, None, None).sender == "M001"


@each_feed
def test_headings_alone_tell_the_feed(feed: str, tmp_path: Path) -> None:
    path = put(tmp_path, csv_of(feed, []))
    assert arrival_of(path, None, None, None) == Arrival("", feed, "", path)


@pytest.mark.parametrize("data", [b"", b"one,two\r\n1,2\r\n", b"PK\x03\x04", b"\x00\x01", b"%PDF-1.7"])
def test_what_tells_nothing_is_left_empty(data: bytes, tmp_path: Path) -> None:
    path = put(tmp_path, data)
    assert arrival_of(path, None, None, None) == Arrival("", "", "", path)
    assert arrival_of(path, "M001", "savings", "2026-Q1") == Arrival("M001", "savings", "2026-Q1", path)


def test_why_a_file_cannot_be_read(tmp_path: Path) -> None:
    rules = {}
    for data in (b"", b"PK\x03\x04", b"one,two\r\n1,2\r\n", csv_of("savings"), book_of("savings")):
        finding = why_unreadable(put(tmp_path, data))
        rules[data[:8]] = finding and finding.rule
    assert list(rules.values()) == ["empty_file", "not_text", None, None, None]
