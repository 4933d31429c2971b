"""What people put around figures is read where it can mean one thing alone, and told; or else refused by its cell."""

import io
from collections.abc import Sequence
from typing import Any

import openpyxl
import pytest

from impact.checking.batch import Submitted, check_tables
from impact.checking.findings import Finding
from impact.checking.reading import Reading, read_table
from tests.unit.checking.small import FILES, HEADINGS, SMALL, csv_bytes, good_rows, submitted
from tests.unit.checking.test_workbook import book, with_parts

ROWS = good_rows()
TITLE: list[list[str]] = [["Sickness return of Alpha Care"], [], ["", "Quarter 1"]]


def read_both(rows: Sequence[Sequence[Any]]) -> Reading:
    """What comes of the rows, the same as a CSV file and as a workbook."""
    as_csv = read_table(csv_bytes([["" if cell is None else str(cell) for cell in row] for row in rows]), SMALL)
    assert read_table(book({"Data": rows}), SMALL) == as_csv
    return as_csv


def found(reading: Reading) -> list[tuple[str, tuple[str, ...]]]:
    return [(finding.rule, finding.cells) for finding in reading.findings]


def numbers(reading: Reading) -> tuple[int, ...]:
    assert reading.table is not None
    return reading.table.row_numbers


# --- titles above the headings


def test_a_title_above_the_headings_is_left_out_and_told() -> None:
    reading = read_both([*TITLE, HEADINGS, *ROWS])
    assert found(reading) == [("title_otherwise", ("A1", "B3"))]
    assert reading.findings[0].severity == "for_information"
    assert numbers(reading) == (5, 6, 7)


def test_groups_of_headings_above_the_headings_are_a_title_too() -> None:
    assert found(read_both([["", "", "", "Days"], HEADINGS, *ROWS])) == [("title_otherwise", ("D1",))]


def test_a_row_of_figures_above_the_headings_is_refused_by_its_cells() -> None:
    reading = read_both([ROWS[0], HEADINGS, *ROWS[1:]])
    assert found(reading) == [("rows_above_headings", ("A1", "B1", "C1", "D1", "E1"))]
    assert reading.findings[0].severity == "must_fix"


def test_the_headings_are_the_row_with_the_most_of_them() -> None:
    reading = read_both([["note"], HEADINGS, *ROWS])
    assert found(reading) == [("title_otherwise", ("A1",))]
    assert numbers(reading) == (3, 4, 5)


@pytest.mark.parametrize(("above", "rule"), [(19, "title_otherwise"), (20, "no_headings")])
def test_headings_are_looked_for_in_the_first_twenty_rows(above: int, rule: str) -> None:
    assert [rule for rule, _ in found(read_both([["x"]] * above + [HEADINGS, *ROWS]))] == [rule]


def test_semicolons_and_tabs_are_seen_below_a_title() -> None:
    data = csv_bytes([*TITLE, HEADINGS, *ROWS]).replace(b",", b";")
    assert [rule for rule, _ in found(read_table(data, SMALL))] == ["separated_otherwise", "title_otherwise"]


# --- totals under the rows


@pytest.mark.parametrize(
    "last",
    [
        ["Total", "", "", "37.5", "900", ""],
        ["", "", "", "37.5", "900", ""],
        ["", "", "", "37.50", "", ""],
        ["", "grand TOTAL:", "", "38", "900", ""],
        ["", "", "", "37.5", "900", "", "", ""],
    ],
)
def test_a_last_row_of_totals_is_left_out_and_told(last: list[str]) -> None:
    reading = read_both([HEADINGS, *ROWS, last])
    cells = tuple(f"{letter}5" for letter, text in zip("DE", last[3:5], strict=True) if text)
    assert found(reading) == [("totals_row_otherwise", cells)]
    assert numbers(reading) == (2, 3, 4)


def test_totals_are_of_numbers_as_they_are_read() -> None:
    rows = [[*row[:3], "1,250.5", "[c]", ""] for row in ROWS]
    assert found(read_both([HEADINGS, *rows, ["Total", "", "", "3,751.5"]])) == [("totals_row_otherwise", ("D5",))]


def test_a_row_that_says_it_is_a_total_and_is_none_is_refused_by_its_cells() -> None:
    reading = read_both([HEADINGS, *ROWS, ["Total", "", "", "37.5", "901", ""]])
    assert found(reading) == [("totals_row_differs", ("E5",))]
    assert reading.findings[0].severity == "must_fix"
    assert numbers(reading) == (2, 3, 4)


@pytest.mark.parametrize(
    "last",
    [
        ["", "", "", "37.4", "900", ""],
        ["", "", "", "37.5", "901", ""],
        ["M001", "", "", "37.5", "900", ""],
        ["", "", "", "37.5", "900", "merged"],
        ["", "", "", "all", "900", ""],
        ["Total", "", "", "", "", ""],
        ["Total", "2026-01", "", "37.5", "", ""],
        ["Totally", "", "", "37.5", "", ""],
    ],
)
def test_anything_less_plain_is_a_row_like_the_others_and_its_blank_cells_are_found(last: list[str]) -> None:
    reading = read_both([HEADINGS, *ROWS, last])
    assert found(reading) == []
    assert numbers(reading) == (2, 3, 4, 5)


def test_totals_that_stand_anywhere_else_are_a_row_like_the_others() -> None:
    assert numbers(read_both([HEADINGS, *ROWS, ["Total", "", "", "37.5"], ROWS[0]])) == (2, 3, 4, 5, 6)
    assert numbers(read_both([HEADINGS, ["Total", "", "", "37.5"]])) == (2,)


# --- commas


def test_a_comma_is_not_guessed_at_where_the_sender_sets_columns_apart_by_semicolons() -> None:
    rows = [[*ROWS[0][:3], "1,234", "1,234,567", "a,123"], [*ROWS[1][:3], "12,5", "1,234.5", ""]]
    reading = read_table(csv_bytes([HEADINGS, *rows]), SMALL)
    assert found(reading) == []
    data = "\n".join(";".join(row) for row in [HEADINGS, *rows]).encode()
    reading = read_table(data, SMALL)
    assert found(reading) == [("separated_otherwise", ()), ("comma_unclear", ("D2",))]
    assert reading.findings[1].severity == "must_fix"


def test_how_numbers_and_dates_were_read_is_told_with_their_cells() -> None:
    rows = [[*ROWS[0][:3], "1,000", "1 300", ""], ["M001", "2026-02-28", "hours", "12%", "12345678901", ""]]
    findings = findings_of(submitted("a", rows))
    told = {finding.column: finding for finding in findings if finding.severity == "for_information"}
    assert told["Days lost"].cells == ("D2",)
    assert "(1,000 as 1000)" in told["Days lost"].message.replace(": ", " (").replace("000.", "000).")
    assert told["fte_days_available"].message.endswith("read as a number: 1 300 as 1300.")
    assert told["month"].cells == ("B3",)
    [refused] = [finding for finding in findings if finding.severity == "must_fix"]
    assert (refused.rule, refused.cells) == ("fte_days_lost_readable", ("D3",))
    assert "never a rate" in refused.fix


def findings_of(one: Submitted) -> list[Finding]:
    return [finding for finding in check_tables(SMALL, [one], FILES)[one.drop] if finding.rule != "every_month_present"]


# --- what the sender may not have in view


def workbook_with(change: Any) -> bytes:
    workbook = openpyxl.Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "Data"
    for row in [HEADINGS, *ROWS, *ROWS]:
        sheet.append(row)
    change(workbook, sheet)
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def test_hidden_rows_and_columns_are_read_and_told() -> None:
    def hide(_: openpyxl.Workbook, sheet: Any) -> None:
        for row in (3, 4, 6, 40):
            sheet.row_dimensions[row].hidden = True
        for column in "CFH":  # nothing stands in H
            sheet.column_dimensions[column].hidden = True

    reading = read_table(workbook_with(hide), SMALL)
    assert [finding.rule for finding in reading.findings] == ["hidden_otherwise"]
    assert "Something stands in rows 3 to 4, row 6, column C, column F, hidden" in reading.findings[0].message
    assert numbers(reading) == (2, 3, 4, 5, 6, 7)


def test_a_filter_that_hides_nearly_every_row_makes_no_long_message() -> None:
    rows = "".join(
        f'<row r="{row}" hidden="1"><c r="A{row}"><v>1</v></c></row>'
        f'<row r="{row + 1}"><c r="A{row + 1}"><v>1</v></c></row>'
        for row in range(2, 400, 2)
    )
    data = with_parts(
        book({"Data": [HEADINGS]}), sheet=lambda xml: xml.replace(b"</sheetData>", rows.encode() + b"</sheetData>")
    )
    [finding] = [finding for finding in read_table(data, SMALL).findings if finding.rule == "hidden_otherwise"]
    assert len(finding.message) < 300


@pytest.mark.parametrize("state", ["hidden", "veryHidden", "visible"])
def test_another_sheet_like_the_one_that_is_read_is_named(state: str) -> None:
    data = book(
        {"Data": [HEADINGS, *ROWS], "Last quarter": [*TITLE, HEADINGS], "Codes": [["note"]]}, {"Last quarter": state}
    )
    reading = read_table(data, SMALL)
    assert [finding.rule for finding in reading.findings] == ["sheet_otherwise"]
    assert '"Last quarter"' in reading.findings[0].message
    assert numbers(reading) == (2, 3, 4)


def test_of_sheets_whose_names_say_nothing_the_one_with_the_headings_is_read() -> None:
    sheets = {"Read me": [["How to fill this in"]], "Sheet2": [*TITLE, HEADINGS, *ROWS], "Sheet3": []}
    assert found(read_table(book(sheets), SMALL)) == [("title_otherwise", ("A1", "B3"))]


def test_two_sheets_that_could_both_be_meant_are_refused_by_name() -> None:
    sheets = {"Read me": [["x"]], "May": [HEADINGS, *ROWS], "June": [HEADINGS, *ROWS]}
    reading = read_table(book(sheets), SMALL)
    assert [finding.rule for finding in reading.findings] == ["sheet_not_found"]
    assert '"May", "June"' in reading.findings[0].message
    assert "Read me" not in reading.findings[0].message
