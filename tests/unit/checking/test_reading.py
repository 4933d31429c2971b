"""Bytes -> rows of text, exactly as sent, with the row numbers that Excel shows."""

from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from impact.checking.headings import heading_key
from impact.checking.reading import Reading, TextTable, read_csv, read_table
from tests.unit.checking.small import HEADINGS, SMALL, csv_bytes

HEAD = b"organisation_code,month,basis,Days lost\n"
ROW = b"M001,2026-01,hours,5\n"

CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8)
TABLES = st.lists(st.lists(CELLS, min_size=len(HEADINGS), max_size=len(HEADINGS)), max_size=6)


def read(data: bytes) -> Reading:
    return read_csv(data, SMALL)


def table_in(data: bytes) -> TextTable:
    table = read(data).table
    assert table is not None
    return table


def found(data: bytes) -> list[tuple[str, tuple[str, ...]]]:
    """The rules that a file breaks, and in which cells."""
    return [(finding.rule, finding.cells) for finding in read(data).findings]


def only_rule(data: bytes) -> str:
    """The one thing to say about a file that cannot be read."""
    reading = read(data)
    assert reading.table is None
    [finding] = reading.findings
    assert finding.severity == "must_fix"
    return finding.rule


def test_a_clean_file_is_read_as_it_stands() -> None:
    reading = read(HEAD + ROW + b"007,Jan-26, working_days ,\n")
    assert reading.findings == ()
    assert reading.table == TextTable(
        {"organisation_code": 0, "month": 1, "basis": 2, "fte_days_lost": 3},
        (("M001", "2026-01", "hours", "5"), ("007", "Jan-26", "working_days", "")),
        (2, 3),
        ("organisation_code", "month", "basis", "Days lost"),
        1,
    )


@given(TABLES)
@settings(deadline=None)
@example([["", "", "", "", "", ""], ["a\r\nb", 'say "x"', "a,b", "\n", "=1+1", "\ufeff"]])
def test_any_table_reads_back_as_it_was_with_the_row_numbers_of_excel(rows: list[list[str]]) -> None:
    stripped = [(number, tuple(cell.strip() for cell in row)) for number, row in enumerate(rows, start=2)]
    expected = [(number, row) for number, row in stripped if any(row)]
    table = table_in(csv_bytes([HEADINGS, *rows]))
    assert list(zip(table.row_numbers, table.rows, strict=True)) == expected


@given(TABLES, st.sampled_from(["utf-8-sig", "utf-16"]))
@settings(deadline=None)
def test_a_byte_order_mark_changes_no_cell(rows: list[list[str]], encoding: str) -> None:
    plain, marked = csv_bytes([HEADINGS, *rows]), csv_bytes([HEADINGS, *rows], encoding)
    assert table_in(marked) == table_in(plain)


@given(st.permutations(range(len(HEADINGS))))
@settings(deadline=None)
def test_columns_may_stand_in_any_order(order: list[int]) -> None:
    row = ["M001", "2026-01", "hours", "5", "300", "none"]
    table = table_in(csv_bytes([[HEADINGS[index] for index in order], [row[index] for index in order]]))
    [cells] = table.rows
    assert [cells[table.columns[column.name]] for column in SMALL.columns] == row


@given(st.binary(max_size=300))
@settings(deadline=None, max_examples=300)
@example(b"\xff\xfe")
@example(b"\xff\xfe\x00")
@example(b"\xef\xbb\xbf")
@example(b"\xfe\xff\xd8\x00")
def test_no_bytes_raise_and_what_cannot_be_read_always_has_a_finding(data: bytes) -> None:
    for sent in (data, HEAD + data):
        reading = read(sent)
        assert reading.table is not None or reading.findings


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_with_its_mark_is_read_and_said_so(encoding: str) -> None:
    marks = {"utf-16": b"", "utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}
    data = marks[encoding] + (HEAD + ROW).decode().encode(encoding)
    assert found(data) == [("decoded_otherwise", ())]
    assert "UTF-16" in read(data).findings[0].message
    assert table_in(data) == table_in(HEAD + ROW)


def test_utf_8_with_its_mark_is_the_usual_thing_and_nothing_is_said() -> None:
    assert found(b"\xef\xbb\xbf" + HEAD + ROW) == []


def test_windows_text_is_read_and_said_so() -> None:
    data = HEAD + "Café £5 \u2013 \u2019til,2026-01,hours,5\n".encode("cp1252")
    reading = read(data)
    assert [(finding.rule, finding.severity) for finding in reading.findings] == [
        ("decoded_otherwise", "for_information")
    ]
    assert table_in(data).rows[0][0] == "Café £5 \u2013 \u2019til"


def test_utf_8_is_never_taken_for_windows_text() -> None:
    data = HEAD + "Café,2026-01,hours,5\n".encode()
    assert found(data) == []
    assert table_in(data).rows[0][0] == "Café"


@pytest.mark.parametrize(
    "data",
    [
        HEAD + b"caf\x81,2026-01,hours,5\n",
        b"\xff\xfe" + HEAD + b"\n",
        b"\xef\xbb\xbf" + HEAD + b"\xff",
        HEAD + b"M\x00001,2026-01,hours,5\n",
        (HEAD + ROW).decode().encode("utf-16-le"),
        (HEAD + ROW).decode().encode("utf-32"),
    ],
    ids=["not in Windows", "half a UTF-16", "mark but no UTF-8", "NUL", "UTF-16 without its mark", "UTF-32"],
)
def test_what_is_no_text_is_said_to_be_no_csv_file(data: bytes) -> None:
    assert only_rule(data) == "not_text"


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"PK\x03\x04", "an Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook"),
        (b"%PDF-1.7", "a PDF"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
        (b"\xff\xd8\xff\xe0", "a picture"),
        (b"\x1f\x8b\x08", "a compressed file"),
    ],
)
def test_another_kind_of_file_is_named_for_what_it_is(start: bytes, kind: str) -> None:
    data = start + HEAD + ROW
    assert only_rule(data) == "not_text"
    assert f"it is {kind}" in read(data).findings[0].message


def test_a_workbook_with_a_password_is_told_so() -> None:
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512) + "EncryptedPackage".encode("utf-16-le") + bytes(512)
    assert only_rule(data) == "locked_workbook"


@given(TABLES)
@settings(deadline=None)
def test_a_csv_file_is_a_table_like_any_other_and_has_no_cover(rows: list[list[str]]) -> None:
    data = csv_bytes([HEADINGS, *rows])
    assert read_table(data, SMALL) == read(data)
    assert read(data).cover is None


@pytest.mark.parametrize("error", ["#REF!", "#N/A", "#DIV/0!", "#NAME?"])
def test_an_error_that_excel_saved_into_a_cell_is_found(error: str) -> None:
    assert found(HEAD + ROW + ROW.replace(b"5", error.encode())) == [("error_cell", ("D3",))]


@pytest.mark.parametrize("text", ["#1", "#REF", "see #REF!", "#hashtag!"])
def test_a_hash_alone_is_no_error(text: str) -> None:
    assert found(HEAD + ROW.replace(b"hours", text.encode())) == []


def test_a_web_page_named_csv_has_none_of_the_headings() -> None:
    assert only_rule(b"<html><body><table><tr><td>organisation_code</td></tr></table></body></html>") == "no_headings"


@pytest.mark.parametrize(("separator", "name"), [(b";", "semicolons"), (b"\t", "tabs")])
def test_semicolons_and_tabs_are_read_and_said_so(separator: bytes, name: str) -> None:
    data = (HEAD + ROW).replace(b",", separator)
    assert found(data) == [("separated_otherwise", ())]
    assert name in read(data).findings[0].message
    assert read(data).findings[0].severity == "for_information"
    assert table_in(data) == table_in(HEAD + ROW)


@pytest.mark.parametrize("blank", [b"\n", b";;;\n", b'"";\n'])
def test_semicolons_are_read_below_blank_rows_too(blank: bytes) -> None:
    data = blank + (HEAD + ROW).replace(b",", b";")
    assert table_in(data).row_numbers == (3,)


def test_a_comma_in_a_cell_of_a_file_separated_by_semicolons_is_part_of_the_cell() -> None:
    data = (HEAD + ROW).replace(b",", b";").replace(b"5", b"1,5")
    assert table_in(data).rows[0][3] == "1,5"


def test_a_semicolon_or_tab_in_a_cell_changes_nothing() -> None:
    assert found(HEAD + b'M001,2026-01,"a;b\tc;d;e;f",5\n') == []
    assert table_in(HEAD + b'M001,2026-01,"a;b\tc;d;e;f",5\n').rows[0][2] == "a;b\tc;d;e;f"


def test_none_of_the_headings_is_told_what_they_are() -> None:
    assert only_rule(b"Sickness return,,\nof the whole trust,,\n") == "no_headings"
    assert "organisation_code, month, basis, Days lost" in read(b"Sickness return,,\n").findings[0].fix


@pytest.mark.parametrize(
    "data",
    [b"", b" \r\n\t\n", b",,,\n,,,\n", b"\xef\xbb\xbf", b'"",""\n'],
    ids=["0", "space", "commas", "BOM", "quotes"],
)
def test_a_file_with_nothing_in_it_is_said_to_be_empty(data: bytes) -> None:
    assert only_rule(data) == "empty_file"


def test_a_file_too_large_is_not_read() -> None:
    assert only_rule(HEAD + b" " * 50_000_000) == "too_large"


@pytest.mark.parametrize("tail", [b'M001,"2026-01,hours,5\n', b'"'])
def test_a_quotation_mark_that_is_never_closed_is_found(tail: bytes) -> None:
    assert only_rule(HEAD + ROW + tail) == "broken_quotes"


@pytest.mark.parametrize(
    "data",
    [HEAD + b"M001,2026-01,hours," + b"5" * 200_000, b"x" * 200_000, b"x" * 200_000 + b"," + HEAD],
    ids=["in a row", "alone", "above the headings"],
)
def test_a_cell_too_long_to_be_meant_ends_in_a_finding_that_does_not_guess_at_quotation_marks(data: bytes) -> None:
    assert only_rule(data) == "cell_too_long"


def test_more_rows_than_can_be_meant_are_not_read() -> None:
    few = replace(SMALL, most_rows=2)
    assert read_csv(HEAD + ROW * 2 + b",,,\n" * 100, few).findings == ()
    reading = read_csv(HEAD + ROW * 3, few)
    assert reading.table is None
    assert [finding.rule for finding in reading.findings] == ["too_many_rows"]
    assert "more than 2 rows" in reading.findings[0].message


def test_a_long_cell_that_may_be_meant_is_read() -> None:
    assert table_in(HEAD + b"M001,2026-01,hours," + b"5" * 50_000).rows[0][3] == "5" * 50_000


@pytest.mark.parametrize("blank", [b"\n", b",,,\n", b'"",,\n', b"  ,\n"])
def test_blank_rows_above_the_headings_keep_the_row_numbers_of_excel(blank: bytes) -> None:
    table = table_in(blank * 3 + HEAD + ROW)
    assert table.row_numbers == (5,)
    assert found(blank * 3 + HEAD[: -len(",Days lost\n")] + b"\n" + ROW[: -len(",5\n")]) == [("missing_column", ())]
    assert "row 4" in read(blank * 3 + b"organisation_code,month,basis\nM001,2026-01,hours").findings[0].fix


def test_blank_rows_between_and_below_are_left_out_and_keep_the_row_numbers() -> None:
    assert table_in(HEAD + ROW + b",,,\n\n" + ROW + b",,,\n" * 1000).row_numbers == (2, 5)
    assert found(HEAD + ROW + b",,,\n\n" + ROW + b",,,\n" * 1000) == []


def test_a_cell_of_several_lines_is_one_row() -> None:
    table = table_in(HEAD + b'"M\n0\r\n01",2026-01,hours,5\n' + ROW)
    assert table.row_numbers == (2, 3)
    assert table.rows[0][0] == "M\n0\r\n01"


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"], ids=["Unix", "Windows", "old Mac"])
def test_rows_end_as_any_system_ends_them(end: bytes) -> None:
    assert table_in((HEAD + ROW).replace(b"\n", end)) == table_in(HEAD + ROW)
    assert table_in((HEAD + ROW).replace(b"\n", end).rstrip()) == table_in(HEAD + ROW)


def test_a_short_row_is_filled_up_with_blanks() -> None:
    assert table_in(HEAD + b"M001\n").rows == (("M001", "", "", ""),)


def test_commas_at_the_end_of_a_row_say_nothing() -> None:
    assert found(HEAD + ROW.replace(b"\n", b",,,\n")) == []
    assert table_in((HEAD + ROW).replace(b"\n", b",,,\n")) == table_in(HEAD + ROW)
    assert table_in(HEAD + ROW.replace(b"\n", b",,,\n")) == table_in(HEAD + ROW)


def test_a_cell_to_the_right_of_the_last_heading_is_found() -> None:
    assert found(HEAD + ROW + b"M001,2026-02,hours,1,234\n,,,,,x\n") == [("extra_cell", ("E3", "F4"))]


def test_a_cell_to_the_right_of_the_last_heading_is_found_when_excel_pads_the_headings() -> None:
    """Excel writes every row as wide as the widest, so the headings of a file with a stray cell end in commas."""
    padded = HEAD.replace(b"\n", b",,\n") + ROW.replace(b"\n", b",,\n") + b"M001,2026-02,hours,1,234,\n"
    assert found(padded) == [("extra_cell", ("E3",))]


def test_a_cell_under_a_heading_that_is_blank_is_never_dropped_in_silence() -> None:
    data = b"organisation_code,,month,basis,Days lost\nM001,lost?,2026-01,hours,5\n"
    assert [cells for _, cells in found(data)] == [("B2",)]


def test_a_column_that_is_blank_from_top_to_bottom_says_nothing() -> None:
    assert found(b"organisation_code,,month,basis,Days lost,,\nM001,,2026-01,hours,5,,\n") == []


@pytest.mark.parametrize("heading", ["Days lost", "days_lost", " DAYS  LOST ", "Days_Lost", "_days lost_"])
def test_headings_are_known_whatever_their_case_and_spaces(heading: str) -> None:
    assert heading_key(heading) == "days_lost"
    assert found(HEAD.replace(b"Days lost", heading.encode()) + ROW) == []


def test_a_heading_that_stands_twice_is_found_and_the_first_counts() -> None:
    data = HEAD.replace(b"\n", b",MONTH\n") + ROW.replace(b"\n", b",2026-09\n")
    assert found(data) == [("repeated_column", ("E1",))]
    assert table_in(data).columns["month"] == 1


def test_a_heading_that_is_not_known_is_named_and_the_rest_is_read() -> None:
    data = HEAD.replace(b"\n", b",Wards\n") + ROW.replace(b"\n", b",3\n")
    assert found(data) == [("unknown_column", ("E1",))]
    assert '"Wards"' in read(data).findings[0].message
    assert table_in(data).columns == table_in(HEAD + ROW).columns


def test_a_heading_is_named_by_the_row_in_which_it_stands() -> None:
    data = b"\n\n" + HEAD.replace(b"\n", b",Wards,Month\n") + ROW
    assert found(data) == [("repeated_column", ("F3",)), ("unknown_column", ("E3",))]


def test_a_heading_that_is_not_known_is_cut_short() -> None:
    data = HEAD.replace(b"\n", b"," + b"x" * 500 + b"\n") + ROW
    assert len(read(data).findings[0].message) < 200


def test_every_column_that_must_be_there_and_is_not_is_named_with_its_example() -> None:
    reading = read(b"month,note\n2026-01,x\n")
    assert [(finding.rule, finding.column) for finding in reading.findings] == [
        ("missing_column", "organisation_code"),
        ("missing_column", "basis"),
        ("missing_column", "Days lost"),
    ]
    assert "12.5" in reading.findings[-1].fix
    assert reading.table is not None


def test_an_official_file_must_have_every_heading_as_published() -> None:
    official = replace(SMALL, source="official")
    missing = [finding.column for finding in read_csv(HEAD + ROW, official).findings]
    assert missing == ["fte_days_available", "note"]


def test_headings_with_nothing_under_them_are_found_and_leave_a_table_without_rows() -> None:
    assert found(HEAD) == [("no_rows", ())]
    assert table_in(HEAD).rows == ()


def test_all_that_is_wrong_with_the_form_is_said_at_once() -> None:
    data = b"\xff\xfe" + "month,Month,Wards\n2026-01,,,x\n".encode("utf-16-le")
    assert [rule for rule, _ in found(data)] == [
        "decoded_otherwise",
        "repeated_column",
        "unknown_column",
        *["missing_column"] * 3,
        "extra_cell",
    ]


def test_a_cell_is_named_by_where_its_column_stands_in_the_file() -> None:
    table = table_in(b"\nDays lost,basis,month,organisation_code\n5,hours,2026-01,M001\n")
    assert table.cell("organisation_code", 3) == "D3"
    assert table.cell("fte_days_lost", 3) == "A3"


def test_a_cell_of_a_column_that_is_not_in_the_file_is_named_by_its_row_alone() -> None:
    table = table_in(HEAD + ROW)
    assert table.cell("note", 2) == "row 2"
    assert table.cell(None, 2) == "row 2"
