"""The sender's own rows with the cells marked: where they stood, nothing in them that could do anything, once corrected
good to be sent."""

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from impact.checking.findings import Finding, about_file
from impact.checking.reading import TextTable
from impact.checking.workbook import MOST_COLUMNS
from impact.definition import feeds
from impact.home import Home
from impact.intake.deciding import Decided, decide_drops, known_by
from impact.intake.intake import marked_up_drop
from impact.intake.landing import Arrival, make_drop
from impact.intake.marked_up import MOST_CELLS, MOST_COMMENTS, marked_up
from tests.unit.checking.small import clean
from tests.unit.intake.drops import FEEDS, NOW, RECEIPT, all_known, book_of, csv_of, table_rows

pytestmark = pytest.mark.xdist_group("gx")

WRONG = Finding("r", "must_fix", "Wrong.", "Mend it.", None, ("A2",))
REFUSED = replace(RECEIPT, decision="refused", findings=(WRONG,))
SAVINGS = feeds()["savings"]


def decide(feed: str, data: bytes) -> Decided:
    drop = make_drop(Arrival("M001", feed, "2026-Q1", Path("a file")), data)
    [decided] = decide_drops(Home(Path("no home")), [drop], known_by(all_known(), NOW), "s", {})
    return decided


def workbook_of(decided: Decided) -> bytes:
    data = marked_up_drop(decided.drop, decided.receipt, {decided.drop.id: decided.table})
    assert data is not None
    return data


def opened(data: bytes | None) -> Any:
    assert data is not None
    return openpyxl.load_workbook(io.BytesIO(data))


def table_of(*rows: list[str]) -> TextTable:
    headings = [column.heading for column in SAVINGS.columns]
    return TextTable(
        {column.name: place for place, column in enumerate(SAVINGS.columns)},
        tuple(tuple(row) + ("",) * (len(headings) - len(row)) for row in rows),
        tuple(range(2, len(rows) + 2)),
        tuple(headings),
    )


@pytest.mark.parametrize("feed", FEEDS)
@pytest.mark.parametrize("make", [csv_of, book_of])
def test_each_cell_that_a_finding_names_is_coloured_and_says_what_to_do(feed: str, make: Callable[..., bytes]) -> None:
    first, *others = clean(feed)
    number = next(c.name for c in feeds()[feed].columns if c.kind in ("number", "integer") and c.is_required)
    decided = decide(feed, make(feed, [{**first, "organisation_code": "M002"}, *others, {**first, number: ""}]))
    book = opened(workbook_of(decided))
    assert book.sheetnames == ["What to do", "Cover", feed]
    marked = {
        cell.coordinate: cell for row in book[feed].iter_rows() for cell in row if cell.fill.fgColor.rgb == "FFFFC7CE"
    }
    findings = [finding for finding in decided.receipt.findings if finding.severity == "must_fix"]
    assert len(findings) >= 2
    assert set(marked) == {cell for finding in findings for cell in finding.cells}
    for finding in findings:
        for cell in finding.cells:
            assert finding.message in marked[cell].comment.text
            assert finding.fix in marked[cell].comment.text
    listed = {row[1]: row[0] for row in book["What to do"].iter_rows(values_only=True)}
    assert {finding.message for finding in findings} <= set(listed)
    targets = [cell.hyperlink.location for (cell,) in book["What to do"]["A1:A40"] if cell.hyperlink]
    assert targets == [f"'{feed}'!{finding.cells[0]}" for finding in findings]


@pytest.mark.parametrize("feed", FEEDS)
def test_corrected_there_and_sent_it_is_accepted(feed: str) -> None:
    rows = clean(feed)
    wrong = decide(feed, csv_of(feed, [{**rows[0], "organisation_code": "M002"}, *rows[1:]]))
    book = opened(workbook_of(wrong))
    book[feed]["A2"] = "M001"
    file = io.BytesIO()
    book.save(file)
    mended = decide(feed, file.getvalue())
    assert mended.receipt.decision == "accepted"
    assert mended.receipt.rows_sha256 == decide(feed, csv_of(feed)).receipt.rows_sha256


def test_every_row_stands_under_the_number_that_it_had() -> None:
    headings, *rows = table_rows("savings", [{**row, "stage": "done"} for row in clean("savings")])
    blank = ["" for _ in headings]
    text = "\r\n".join(",".join(row) for row in [blank, headings, blank, rows[0], blank, rows[1]])
    decided = decide("savings", text.encode())
    book = opened(workbook_of(decided))
    [finding] = [finding for finding in decided.receipt.findings if finding.rule == "stage_one_of"]
    assert [book["savings"][cell].value for cell in finding.cells] == ["done", "done"]
    assert finding.cells == ("T4", "T6")
    assert book["savings"]["A2"].value == "organisation_code"


@given(st.lists(st.text(max_size=30), min_size=1, max_size=6))
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_was_written_stays_text(texts: list[str]) -> None:
    finding = Finding("r", "must_fix", "\x00 wrong", "Mend it.", None, ("D2",))
    data = marked_up(replace(REFUSED, findings=(finding,)), table_of(["M001", "007", *texts]), SAVINGS)
    for cell in opened(data)["savings"][2]:
        assert cell.data_type in ("s", "n"), "a formula would be f"
        assert cell.hyperlink is None
    assert opened(data)["savings"]["B2"].value == "007"


@pytest.mark.parametrize("text", ["=1+1", "=cmd|'/c calc'!A0", "+1", "@SUM(A1)", "http://example.org", "007", "1e5"])
def test_nothing_in_a_cell_is_a_formula_a_link_or_another_number(text: str) -> None:
    sheet = opened(marked_up(REFUSED, table_of(["M001", text, "", text]), SAVINGS))["savings"]
    assert [sheet["B2"].value, sheet["D2"].value] == [text, text]
    assert [sheet["B2"].data_type, sheet["D2"].data_type] == ["s", "s"]


@pytest.mark.parametrize(
    ("text", "value"),
    [("36000", 36000), ("-100.5", -100.5), ("0.10", "0.10"), ("1,5", "1,5"), ("0.12345678901234567", None)],
)
def test_a_number_is_one_where_nothing_of_it_is_lost(text: str, value: object) -> None:
    place = [column.name for column in SAVINGS.columns].index("planned_gbp")
    sheet = opened(marked_up(REFUSED, table_of([""] * place + [text]), SAVINGS))["savings"]
    assert sheet.cell(2, place + 1).value == (text if value is None else value)


def test_the_same_bytes_each_time() -> None:
    decided = decide("savings", csv_of("savings", [{**row, "stage": "done"} for row in clean("savings")]))
    assert workbook_of(decided) == workbook_of(decided)
    again = marked_up_drop(decided.drop, decided.receipt, {})
    assert again == workbook_of(decided), "a run that finds the receipt there already answers the same"


def test_nothing_goes_back_that_may_be_personal_or_needs_nothing_done() -> None:
    table = table_of(["M001"])
    assert marked_up(REFUSED, table, SAVINGS) is not None
    for receipt in (
        replace(REFUSED, is_purged=True),
        replace(REFUSED, decision="held", is_purged=True),
        replace(REFUSED, decision="accepted"),
        replace(REFUSED, decision="unreadable"),
        replace(REFUSED, findings=(replace(WRONG, cells=()), about_file("already_live", value="1"))),
        replace(REFUSED, findings=(replace(WRONG, severity="for_information"),)),
    ):
        assert marked_up(receipt, table, SAVINGS) is None


def test_a_group_of_six_people_does_not_go_back() -> None:
    rows = [{**row, "headcount": "6"} if row["service_code"] == "S02" else row for row in clean("sickness_absence")]
    decided = decide("sickness_absence", csv_of("sickness_absence", rows))
    assert decided.receipt.is_purged
    assert marked_up_drop(decided.drop, decided.receipt, {decided.drop.id: decided.table}) is None


def test_comments_are_bounded_and_what_is_too_large_comes_back_as_a_page_alone() -> None:
    finding = Finding("r", "must_fix", "Wrong.", "Mend it.", None, tuple(f"A{n}" for n in range(2, MOST_COMMENTS + 4)))
    table = table_of(*[["M001"]] * (MOST_COMMENTS + 2))
    sheet = opened(marked_up(replace(REFUSED, findings=(finding,)), table, SAVINGS))["savings"]
    assert sum(cell.comment is not None for (cell,) in sheet["A2:A600"]) == MOST_COMMENTS
    assert sheet[f"A{MOST_COMMENTS + 3}"].fill.fgColor.rgb == "FFFFC7CE"
    long = replace(table, rows=table.rows * (MOST_CELLS // len(table.rows) // len(table.headings) + 1))
    assert marked_up(REFUSED, long, SAVINGS) is None
    assert marked_up(REFUSED, replace(table, headings=("h",) * (MOST_COLUMNS + 1)), SAVINGS) is None


def test_a_missing_column_and_a_fault_of_a_whole_row_are_told() -> None:
    findings = (
        about_file("missing_column", "stage", (), row="1", example="idea"),
        Finding("r", "please_confirm", "Odd.", "Look.", None, ("row 2",)),
    )
    book = opened(marked_up(replace(REFUSED, findings=findings), table_of(["M001"]), SAVINGS))
    assert book["savings"]["A2"].comment.text.startswith("Odd.")
    assert book["savings"]["A2"].fill.fgColor.rgb == "FFFFEB9C"
    said = [row[0] for row in book["What to do"].iter_rows(values_only=True)]
    assert {"the file as a whole", "row 2", "To put right", "To confirm"} <= set(said)


def test_a_heading_that_is_not_known_is_marked_where_it_stands() -> None:
    data = csv_of("savings").replace(b"title", b"titel", 1)
    decided = decide("savings", data)
    sheet = opened(workbook_of(decided))["savings"]
    assert sheet["D1"].value == "titel"
    assert sheet["D1"].comment is not None
