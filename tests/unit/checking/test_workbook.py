"""An Excel workbook is read as the same rows in a CSV file are, and whatever else it may be ends in a plain finding."""

import io
import re
import struct
import tracemalloc
import warnings
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils.datetime import MAC_EPOCH

from impact.checking.cell_values import written_text
from impact.checking.reading import LARGEST_BYTES, Reading, TextTable, read_csv, read_table
from impact.checking.sheet_cells import sheet_cells
from impact.checking.workbook import (
    COVER_FIELDS,
    LARGEST_UNPACKED,
    MOST_COLUMNS,
    MOST_PARTS,
    SLACK_ROWS,
    _book,
    _parts,
)
from impact.definition import Column, Definition
from tests.data.hostile.make import FOLDER, HOSTILE, data_of
from tests.unit.checking.small import HEADINGS, SMALL, csv_bytes, good_rows

ROW = ["M001", "2026-01", "hours", 5, 300, "none"]
SHEET = "xl/worksheets/sheet1.xml"
NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'

Rows = Iterable[Sequence[Any]]


def book(sheets: Mapping[str, Rows], states: Mapping[str, str] | None = None) -> bytes:
    """As Excel would save the sheets. A text that begins with = is a text, and a formula is (`=...`,)."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.worksheets[0])
    for title, rows in sheets.items():
        sheet = workbook.create_sheet(title)
        sheet.sheet_state = (states or {}).get(title, "visible")
        for number, row in enumerate(rows, start=1):
            for position, value in enumerate(row, start=1):
                if value is not None:
                    cell = sheet.cell(number, position, value[0] if isinstance(value, tuple) else value)
                    if isinstance(value, str):
                        cell.data_type = "s"
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def small_book(*rows: Sequence[Any]) -> bytes:
    return book({"Data": [HEADINGS, *rows]})


def with_parts(data: bytes, **changes: Callable[[bytes], bytes]) -> bytes:
    """The same workbook with some of its parts changed, or added where there are none yet; `sheet` is the first one."""
    names = {"sheet": SHEET, "book": "xl/workbook.xml"}
    changed = {names.get(name, name): change for name, change in changes.items()}
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, changed.pop(name, bytes)(old.read(name)))
        for name, change in changed.items():
            new.writestr(name, change(b""))
    return file.getvalue()


def with_shared_strings(data: bytes) -> bytes:
    """The same workbook with its texts where Excel keeps them, in a part of their own, and not in place."""
    texts: list[bytes] = []

    def take(match: re.Match[bytes]) -> bytes:
        texts.append(match[1])
        return b't="s"><v>%d</v></c>' % (len(texts) - 1)

    def strings(_: bytes) -> bytes:
        return f"<sst {NAMESPACE}>".encode() + b"".join(b"<si>%s</si>" % text for text in texts) + b"</sst>"

    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    override = b'<Override PartName="/xl/sharedStrings.xml" ContentType="%s"/></Types>' % kind
    inline = re.compile(rb't="inlineStr"><is>(<t.*?</t>|<t */>)</is></c>', re.DOTALL)
    return with_parts(
        data,
        **{
            "sheet": lambda xml: inline.sub(take, xml),
            "[Content_Types].xml": lambda xml: xml.replace(b"</Types>", override),
            "xl/sharedStrings.xml": strings,
        },
    )


def with_rows(xml: str) -> bytes:
    """A workbook whose only sheet has these rows under the headings, as they stand in the XML."""
    end = b"</sheetData>"
    return with_parts(small_book(), sheet=lambda old: old.replace(end, xml.encode() + end))


def zip_of(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return file.getvalue()


def read(data: bytes, definition: Definition = SMALL) -> Reading:
    return read_table(data, definition)


def table_in(data: bytes, definition: Definition = SMALL) -> TextTable:
    table = read(data, definition).table
    assert table is not None
    return table


def found(data: bytes) -> list[tuple[str, tuple[str, ...]]]:
    return [(finding.rule, finding.cells) for finding in read(data).findings]


def only_rule(data: bytes) -> str:
    """The one thing to say about a file that cannot be read."""
    reading = read(data)
    assert reading.table is None
    [finding] = reading.findings
    assert finding.severity == "must_fix"
    return finding.rule


def cell_read(value: Any, column: Column | None = None) -> str:
    """How a value is read in a column, by default one of text."""
    column = column or SMALL.column("note")
    definition = replace(SMALL, columns=(column, SMALL.column("basis")))
    [[text, _]] = table_in(book({"Data": [[column.heading, "basis"], [value, "hours"]]}), definition).rows
    return text


def of_kind(kind: str, date_format: str = "") -> Column:
    return replace(SMALL.column("note"), kind=kind, date_format=date_format)  # type: ignore[arg-type]


# --- the same rows as CSV and as a workbook


def can_stand_in_excel(text: str) -> bool:
    """Excel has no control characters, ends lines in its own way, and writes _x000D_ and the like for both."""
    return not ILLEGAL_CHARACTERS_RE.search(text) and not set(text) & set("\r\ufffe\uffff") and "_x" not in text


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8).filter(can_stand_in_excel)
TYPED = st.one_of(
    st.integers(-(10**12), 10**12).map(lambda number: (number, str(number))),
    st.decimals(-(10**6), 10**6, places=4).map(lambda number: (float(number), f"{number:f}".rstrip("0").rstrip("."))),
    st.booleans().map(lambda value: (value, "TRUE" if value else "FALSE")),
    st.dates(date(1900, 3, 1)).map(lambda day: (day, f"{day.day:02}/{day.month:02}/{day.year:04}")),
    TEXTS.map(lambda text: (text, text)),
)
TABLES = st.lists(st.lists(TYPED, min_size=len(HEADINGS), max_size=len(HEADINGS)), max_size=5)


@given(TABLES)
@settings(deadline=None)
@example([[("", "")] * 6, [("007", "007"), ("a\nb", "a\nb"), ("=1+1", "=1+1"), (" x ", "x"), (-0.0, "0"), ("€", "€")]])
@example([])
def test_the_same_rows_as_csv_and_as_a_workbook_give_the_same_table_and_findings(
    rows: list[list[tuple[Any, str]]],
) -> None:
    as_text = [["0" if text == "-0" else text for _, text in row] for row in rows]
    assume(not any(text.startswith("#") for row in as_text for text in row))
    as_csv = read_csv(csv_bytes([HEADINGS, *as_text]), SMALL)
    data = small_book(*[[value for value, _ in row] for row in rows])
    assert read(data) == as_csv
    assert read(with_shared_strings(data)) == as_csv


def test_a_text_in_several_fonts_and_a_break_of_its_line_are_read_whole() -> None:
    parts = '<r><t>Day</t></r><r><rPr><b/></rPr><t xml:space="preserve"> centre</t></r><r><t>_x000D_\nCroydon</t></r>'
    data = with_rows(f'<row r="2"><c r="F2" t="inlineStr"><is>{parts}</is></c></row>')
    assert table_in(data).rows[0][5] == "Day centre\r\nCroydon"


def test_a_clean_workbook_is_read_as_it_stands() -> None:
    reading = read(book({"Small": [HEADINGS, *good_rows()]}))
    assert reading.findings == ()
    assert reading.cover is None
    assert reading == read(csv_bytes([HEADINGS, *good_rows()]))


def test_what_is_wrong_with_the_headings_is_said_as_for_a_csv_file() -> None:
    rows = [["month", "Month", "Wards", None, "basis"], ["2026-01", None, None, "x", "hours", "y"]]
    as_csv = csv_bytes([["" if value is None else str(value) for value in row] for row in rows])
    reading = read(book({"Data": rows}))
    assert reading.findings == read(as_csv).findings
    assert {finding.rule for finding in reading.findings} == {
        "repeated_column",
        "unknown_column",
        "missing_column",
        "extra_cell",
    }


@pytest.mark.parametrize("blank", [[], [None] * 6, ["  ", None], [""]])
def test_blank_rows_above_between_and_below_keep_the_row_numbers_of_excel(blank: list[Any]) -> None:
    table = table_in(book({"Data": [blank, blank, HEADINGS, blank, ROW, blank, ROW, *[blank] * 50]}))
    assert table.row_numbers == (5, 7)


def test_blank_columns_keep_the_names_of_the_cells() -> None:
    table = table_in(book({"Data": [[None, None, *HEADINGS], [None, None, *ROW]]}))
    assert table.cell("organisation_code", 2) == "C2"
    assert found(book({"Data": [[None, None, *HEADINGS], ["x", None, *ROW]]})) == [("extra_cell", ("A2",))]


def test_a_sheet_with_nothing_in_it_is_said_to_be_empty() -> None:
    assert only_rule(book({"Data": []})) == "empty_file"
    assert only_rule(book({"Data": [["", None], ["  "]]})) == "empty_file"
    assert found(small_book()) == [("no_rows", ())]


# --- values


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5.0, "5"),
        (12.5, "12.5"),
        (0.1 + 0.2, "0.3"),
        (1 / 3, "0.333333333333333"),
        (1e-7, "0.0000001"),
        (1e20, "100000000000000000000"),
        (-0.0, "0"),
        (123456789012, "123456789012"),
        (True, "TRUE"),
        (" 007 ", "007"),
        ("1e5", "1e5"),
        (time(9, 30), "09:30:00"),
        (timedelta(hours=37.5), "1 day, 13:30:00"),
    ],
)
def test_a_value_is_written_as_people_write_it(value: Any, text: str) -> None:
    assert cell_read(value) == text


def test_a_number_is_the_number_whatever_its_format_shows() -> None:
    workbook = openpyxl.load_workbook(io.BytesIO(small_book(["M001", "2026-01", "hours", 0.125, 1234567.5, "x"])))
    workbook.worksheets[0]["D2"].number_format = "0%"
    workbook.worksheets[0]["E2"].number_format = '"£"#,##0'
    file = io.BytesIO()
    workbook.save(file)
    assert table_in(file.getvalue()).rows[0][3:5] == ("0.125", "1234567.5")


@pytest.mark.parametrize(
    ("column", "text"),
    [
        (of_kind("month", "yyyy-MM"), "01/09/2026"),
        (of_kind("text"), "01/09/2026"),
        (of_kind("number"), "01/09/2026"),
        (of_kind("period", "period"), "01/09/2026"),
        (of_kind("date", "dd/MM/yyyy"), "01/09/2026"),
        (of_kind("date", "yyyy-MM-dd"), "2026-09-01"),
    ],
)
def test_a_date_is_written_as_its_column_wants_it(column: Column, text: str) -> None:
    assert cell_read(date(2026, 9, 1), column) == text
    assert cell_read(datetime(2026, 9, 1, 12, 30), column) == f"{text} 12:30:00"  # noqa: DTZ001


def test_a_date_counted_from_1904_is_the_day_that_excel_shows() -> None:
    workbook = openpyxl.Workbook()
    workbook.epoch = MAC_EPOCH
    sheet = workbook.worksheets[0]
    for row in (HEADINGS, ["M001", date(2026, 1, 1), "hours", 5, 300, "x"]):
        sheet.append(row)
    file = io.BytesIO()
    workbook.save(file)
    assert table_in(file.getvalue()).rows[0][1] == "01/01/2026"


def test_a_date_that_excel_cannot_show_is_an_error() -> None:
    data = small_book(["M001", date(2026, 1, 1), "hours", 5, 300, "x"])
    beyond = with_parts(data, sheet=lambda xml: xml.replace(b"<v>46023</v>", b"<v>46023000000</v>"))
    assert found(beyond) == [("error_cell", ("B2",))]


# --- formulas and errors


def formula(xml: str, kind: str = "") -> str:
    return f'<row r="2"><c r="A2" t="inlineStr"><is><t>M001</t></is></c><c r="D2"{kind}>{xml}</c></row>'


@pytest.mark.parametrize(
    "xml",
    ["<f>1+1</f>", "<f>1+1</f><v/>", "<f>1+1</f><v></v>", '<f t="shared" si="0"/>', '<f t="array" ref="D2">1+1</f>'],
)
def test_a_formula_that_was_never_calculated_is_found(xml: str) -> None:
    assert found(with_rows(formula(xml))) == [("formula_without_value", ("D2",))]


def test_every_formula_that_was_never_calculated_is_named() -> None:
    rows: Rows = [
        ["M001", "2026-01", "hours", ("=2+3",), ("=100*3",), "x"],
        ["M001", "2026-02", "hours", ("=D2",), 300, "x"],
    ]
    assert found(small_book(*rows)) == [("formula_without_value", ("D2", "E2", "D3"))]


def test_a_row_that_holds_nothing_but_such_a_formula_is_not_lost() -> None:
    assert found(with_rows('<row r="9"><c r="D9"><f>1+1</f></c></row>')) == [
        ("formula_without_value", ("D9",)),
        ("no_rows", ()),
    ]


def test_a_formula_counts_for_the_value_that_excel_last_worked_out() -> None:
    data = with_rows(formula("<f>2+3</f><v>5</v>"))
    assert found(data) == []
    assert table_in(data).rows[0][3] == "5"


def test_a_formula_that_comes_to_no_text_has_been_calculated() -> None:
    data = with_rows(formula('<f>IF(A1="","",A1)</f><v></v>', ' t="str"'))
    assert found(data) == []
    assert table_in(data).rows[0][3] == ""


@pytest.mark.parametrize("error", ["#REF!", "#N/A", "#DIV/0!", "#VALUE!"])
def test_a_cell_with_an_error_is_found_and_its_text_is_kept(error: str) -> None:
    data = with_rows(formula(f"<f>1/0</f><v>{error}</v>", ' t="e"'))
    assert found(data) == [("error_cell", ("D2",))]
    assert table_in(data).rows[0][3] == error
    assert read(data).findings == read(csv_bytes([HEADINGS, ["M001", "", "", error]])).findings


# --- which sheet


@pytest.mark.parametrize(
    ("sheets", "states"),
    [
        (["small"], {}),
        (["Notes", "SMALL", "Data"], {}),
        (["Notes", " s_m all", "Other"], {}),
        (["Notes", "data"], {}),
        (["Anything"], {}),
        (["Cover", "Anything"], {}),
        (["Lists", "Anything", "COVER"], {"Lists": "hidden"}),
        (["Data", "Anything"], {"Data": "veryHidden"}),
    ],
)
def test_the_sheet_with_the_rows_is_found(sheets: list[str], states: dict[str, str]) -> None:
    holds = next((name for name in sheets if name.casefold().replace("_", "").replace(" ", "") == "small"), None)
    holds = holds or next((name for name in sheets if name.casefold() == "data" and not states), None) or "Anything"
    data = book({name: [HEADINGS, ROW] if name == holds else [["something else"]] for name in sheets}, states)
    assert read(data).findings == ()
    assert table_in(data).row_numbers == (2,)


@pytest.mark.parametrize(
    ("sheets", "states"),
    [
        (["One", "Two"], {}),
        (["Cover"], {}),
        (["Cover", "Data"], {"Data": "hidden"}),
        (["s mall", "s_mall"], {}),
        ([f"Sheet {number}" for number in range(30)], {}),
    ],
)
def test_where_it_is_not_plain_which_sheet_is_meant_all_are_named(sheets: list[str], states: dict[str, str]) -> None:
    data = book({name: [HEADINGS, ROW] for name in sheets}, states)
    assert only_rule(data) == "sheet_not_found"
    [finding] = read(data).findings
    assert f'"{"Data" if "Data" in sheets else sheets[0]}"' in finding.message
    assert len(finding.message) < 300
    assert "small" in finding.fix


def test_a_sheet_of_charts_is_no_sheet_with_rows() -> None:
    workbook = openpyxl.Workbook()
    for row in (HEADINGS, ROW):
        workbook.worksheets[0].append(row)
    workbook.create_chartsheet("Chart")
    file = io.BytesIO()
    workbook.save(file)
    assert found(file.getvalue()) == []


# --- the Cover

LABELS = [
    ("Organisation", "M001"),
    ("Feed", "small"),
    ("Period", "2026-Q1"),
    ("Prepared by", "Finance officer"),
    ("Signed off by", "Director"),
    ("Corrects receipt", 1234567890123456),
    ("Reason", "overtime counted twice"),
    ("Nil return", "no"),
    ("Notes", " a note "),
    ("Template", "small"),
    ("Template version", 1.2),
]


@pytest.mark.parametrize("title", ["Cover", "COVER", "cover "])
def test_the_cover_is_read_by_its_labels(title: str) -> None:
    rows: Rows = [["About this return"], [], ["Fill in column B", "Example"], *LABELS, ["Tel", "01234"]]
    reading = read(book({title: rows, "Data": [HEADINGS, ROW]}))
    assert reading.findings == ()
    assert reading.cover == {
        "organisation": "M001",
        "feed": "small",
        "period": "2026-Q1",
        "prepared_by": "Finance officer",
        "signed_off_by": "Director",
        "corrects_receipt": "1234567890123456",
        "reason": "overtime counted twice",
        "nil_return": "no",
        "notes": "a note",
        "template": "small",
        "template_version": "1.2",
    }
    assert set(reading.cover) == set(COVER_FIELDS)


def test_labels_are_known_whatever_their_case_and_what_is_not_filled_in_is_not_there() -> None:
    rows: Rows = [[" prepared_BY", "Officer"], ["Notes", None], ["Reason", "  "], ["Prepared by", "Somebody else"]]
    assert read(book({"Cover": rows, "Data": [HEADINGS, ROW]})).cover == {"prepared_by": "Officer"}
    assert read(book({"Cover": [], "Data": [HEADINGS, ROW]})).cover == {}


def test_the_cover_is_read_of_a_workbook_whose_rows_are_not() -> None:
    sheets: dict[str, Rows] = {"Cover": [["Nil return", "yes"]], "One": [], "Two": []}
    assert read(book(sheets)).cover == {"nil_return": "yes"}
    assert read(book({"Cover": [["Nil return", "yes"]], "Data": []})).cover == {"nil_return": "yes"}


def test_an_error_or_a_formula_without_a_value_on_the_cover_is_found() -> None:
    cover: Rows = [["Notes", ("=1+1",)], ["Reason", "#N/A"], ["Tel", ("=1+1",)], ["Period", "2026-Q1"]]
    reading = read(book({"Cover": cover, "Data": [HEADINGS, ROW]}))
    assert [finding.rule for finding in reading.findings] == ["cover_cell"]
    assert "(B1, B2)" in reading.findings[0].message
    assert reading.findings[0].cells == ()
    assert reading.cover == {"period": "2026-Q1"}
    without_rows = read(book({"Cover": cover, "One": [], "Two": []}))
    assert [finding.rule for finding in without_rows.findings] == ["cover_cell", "sheet_not_found"]


# --- what is refused


def test_openpyxl_reads_what_it_is_given_with_defusedxml() -> None:
    assert openpyxl.DEFUSEDXML is True
    assert openpyxl.LXML is False


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (zip_of("a.csv"), "a zipped file"),
        (zip_of("[Content_Types].xml", "word/document.xml"), "a Word document"),
        (zip_of("[Content_Types].xml", "xl/workbook.bin"), "a binary Excel workbook"),
        (zip_of("mimetype", "content.xml"), "an OpenDocument file"),
        (b"PK\x03\x04" + bytes(200), "damaged"),
    ],
    ids=["zip", "word", "xlsb", "ods", "damaged"],  # the bytes hold the time at which they were made
)
def test_another_zipped_file_is_named_for_what_it_is(data: bytes, kind: str) -> None:
    assert only_rule(data) == "not_text"
    assert kind in read(data).findings[0].message


@pytest.mark.parametrize(
    ("part", "rule"),
    [
        ("xl/vbaProject.bin", "macros_in_workbook"),
        ("xl/macrosheets/sheet1.xml", "macros_in_workbook"),
        ("xl/externalLinks/externalLink1.xml", "links_in_workbook"),
        ("xl/ExternalLinks/_rels/externalLink1.xml.rels", "links_in_workbook"),
    ],
)
def test_a_workbook_with_what_it_must_not_have_is_refused(part: str, rule: str) -> None:
    assert only_rule(with_parts(small_book(ROW), **{part: lambda _: b"x"})) == rule


def test_a_part_with_a_password_is_refused() -> None:
    data = bytearray(small_book(ROW))
    places = [at for at in range(len(data)) if data.startswith(b"PK\x01\x02", at)]
    data[places[0] + 8] |= 1
    assert only_rule(bytes(data)) == "locked_workbook"


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_is_unpacked() -> None:
    data = with_parts(small_book(ROW), **{"xl/media/image1.png": lambda _: bytes(LARGEST_UNPACKED)})
    tracemalloc.start()
    assert only_rule(data) == "workbook_too_large"
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10_000_000


@pytest.mark.parametrize("is_sum_false", [False, True])
def test_a_directory_that_lies_about_a_size_does_not_get_more_unpacked(is_sum_false: bool) -> None:
    """`is_sum_false`: the check sum in the directory fits what the directory says too."""
    data = bytearray(with_parts(small_book(ROW), sheet=lambda xml: xml + b" " * 50_000_000))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        start = archive.read(SHEET)[:1000]
    at = data.rindex(b"PK\x01\x02", 0, data.rindex(SHEET.encode()))
    data[at + 24 : at + 28] = struct.pack("<I", 1000)
    if is_sum_false:
        data[at + 16 : at + 20] = struct.pack("<I", zipfile.crc32(start))  # type: ignore[attr-defined]
    tracemalloc.start()
    assert only_rule(bytes(data)) == "damaged_workbook"
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10_000_000


def test_a_workbook_of_too_many_parts_is_refused() -> None:
    many = {f"xl/media/{number}.png": (lambda _: b"") for number in range(MOST_PARTS)}
    assert only_rule(with_parts(small_book(ROW), **many)) == "workbook_too_large"


def test_a_workbook_of_too_many_cells_is_refused() -> None:
    assert only_rule(with_rows('<row r="2">' + "<c/>" * 8_000_001 + "</row>")) == "workbook_too_large"


def test_a_workbook_too_large_is_not_read() -> None:
    assert only_rule(small_book(ROW) + bytes(LARGEST_BYTES)) == "too_large"


def test_a_value_in_the_last_cell_of_a_sheet_costs_nothing() -> None:
    last = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    tracemalloc.start()
    assert only_rule(with_rows(last)) == "too_many_rows"
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5_000_000


@pytest.mark.parametrize("prefix", ["", "x:"])
def test_formatted_cells_with_nothing_in_them_are_nothing(prefix: str) -> None:
    empty = "".join(
        f'<row r="{row}" s="1" customFormat="1"><c r="A{row}" s="0"/><c r="XFD{row}" s="0"></c></row>'
        for row in range(3, 30_000)
    )
    data = with_rows('<row r="2"><c r="A2" t="inlineStr"><is><t>M001</t></is></c></row>' + empty)
    if prefix:
        names = ("sheetData", "row", "c", "v", "is", "t", "f")
        data = with_parts(data, sheet=lambda xml: _prefixed(xml, names))
    assert found(data) == []
    assert table_in(data).row_numbers == (2,)


def _prefixed(xml: bytes, names: Iterable[str]) -> bytes:
    text = xml.decode().replace("<worksheet ", f"<worksheet {NAMESPACE.replace('xmlns', 'xmlns:x')} ", 1)
    for name in names:
        for start in ("<", "</"):
            for end in (" ", ">", "/"):
                text = text.replace(f"{start}{name}{end}", f"{start}x:{name}{end}")
    return text.encode()


def test_more_rows_than_can_be_meant_are_not_read() -> None:
    few = replace(SMALL, most_rows=2)
    assert read(small_book(ROW, ROW, *[[]] * 100, ["  "]), few).findings == ()
    assert [finding.rule for finding in read(small_book(ROW, ROW, ROW), few).findings] == ["too_many_rows"]
    last_row = 2 + 1 + SLACK_ROWS
    for row, rules in ((last_row, []), (last_row + 1, ["too_many_rows"])):
        data = with_rows(f'<row r="{row}"><c r="A{row}" t="inlineStr"><is><t>M001</t></is></c></row>')
        assert [finding.rule for finding in read(data, few).findings] == rules


def test_more_columns_than_can_be_meant_are_not_read() -> None:
    padding = [None] * (MOST_COLUMNS - len(HEADINGS) - 1)
    assert found(small_book([*ROW, *padding, "x"])) == [("extra_cell", ("GR2",))]
    assert only_rule(small_book([*ROW, *padding, None, "x"])) == "too_many_columns"


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="3"><c r="A3"><v>1</v></c></row><row r="2"><c r="A2"><v>1</v></c></row>',
        '<row r="2"><c r="A2"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>',
        '<row r="2"><c r="B2"><v>1</v></c><c r="A2"><v>1</v></c></row>',
        '<row r="2"><c r="A2"><v>1</v></c><c r="A2"><v>2</v></c></row>',
        '<row r="2"><c r="A3"><v>1</v></c></row>',
        '<row r="2"><c r="A2" t="s"><v>999999</v></c></row>',
        '<row r="2"><c r="A2"><v>five</v></c></row>',
        '<row r="2"><c r="AAAAA2"><v>5</v></c></row>',
        '<row r="two"><c r="A2"><v>5</v></c></row>',
        f'<row r="2"><c r="A2"><v>{"9" * 5000}</v></c></row>',
        f'<row r="2"><c r="A2" t="inlineStr"><is><t>{"x" * 100_001}</t></is></c></row>',
        '<row r="2"><c r="A2"><v>5</v></row>',
        '<row r="2"><c r="A2"><v>5</v><v>6</v></c></row>',
        '<row r="2"><c r="A2"><v>5<v>6</v></v></c></row>',
        '<row r="2"><c r="A2" t="inlineStr"><v>5</v></c></row>',
        '<row r="2"><c r="A2"><is><t>5</t></is></c></row>',
        '<row r="2"><c r="A2" t="inlineStr"><is><t>5</t><t>6</t></is></c></row>',
        '<c r="A2"><v>5</v></c>',
        '<row r="2"><c r="A2"><c>5</c></c></row>',
        '<row r="2"><c r="A2"><row r="3"><v>5</v></row></c></row>',
        '<row r="2"><x:c xmlns:x="x" r="A2"><v>5</v></x:c></row>',
        '</sheetData><row r="2"><c r="A2"><v>5</v></c></row><sheetData>',
    ],
)
def test_rows_that_excel_would_not_have_written_are_refused_and_never_dropped(rows: str) -> None:
    assert only_rule(with_rows(rows)) == "damaged_workbook"


def test_where_cells_with_nothing_in_them_stand_makes_no_difference() -> None:
    text = "<is><t>M001</t></is>"
    rows = f'<row r="9"/><row r="2"><c r="C2"/><c r="A2"></c><c r="A2" t="inlineStr">{text}</c><c r="A2"/></row>'
    assert table_in(with_rows(rows)).row_numbers == (2,)


def test_how_a_text_is_pronounced_is_not_part_of_it() -> None:
    inside = "<t>Alpha</t><rPh sb='0' eb='1'><t>al</t></rPh>"
    data = with_rows(f'<row r="2"><c r="A2" t="inlineStr"><is>{inside}</is></c></row>')
    assert table_in(data).rows[0][0] == "Alpha"
    shared = with_shared_strings(small_book(ROW))
    said = with_parts(shared, **{"xl/sharedStrings.xml": lambda xml: xml.replace(b"<t>M001</t>", inside.encode())})
    assert table_in(said).rows[0][0] == "Alpha"


def test_rows_and_cells_that_do_not_say_where_they_stand_follow_each_other() -> None:
    cells = "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in ("M001", "2026-01", "hours"))
    table = table_in(with_rows(f"<row>{cells}</row><row/><row>{cells}<c><v>5</v></c></row>"))
    assert table.row_numbers == (2, 4)
    assert table.rows[1] == ("M001", "2026-01", "hours", "5", "", "")


DECLARATIONS = {
    "a document type alone": "<!DOCTYPE x>",
    "billion laughs": '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>',
    "one entity": '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]>',
    "a file": '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    "a definition elsewhere": '<!DOCTYPE x SYSTEM "http://localhost/x.dtd">',
    "a parameter entity": '<!DOCTYPE x [<!ENTITY % a SYSTEM "http://localhost/x.dtd"> %a;]>',
    "a parameter entity in itself": "<!DOCTYPE x [<!ENTITY % a '<!ENTITY b \"bbb\">'> %a;]>",
    "after a comment": f"<!-- {'-' * 0}{'x' * 5000} --><?x y?><!DOCTYPE x [<!ENTITY a 'a'>]>",
}
EVERY_PART = [
    "sheet",
    "book",
    "xl/worksheets/sheet2.xml",
    "xl/styles.xml",
    "xl/sharedStrings.xml",
    "xl/_rels/workbook.xml.rels",
    "_rels/.rels",
    "[Content_Types].xml",
    "xl/comments1.xml",
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be", "iso-8859-1", "windows-1252"])
@pytest.mark.parametrize("part", EVERY_PART)
def test_what_is_declared_in_any_part_is_refused_before_openpyxl_sees_it(
    part: str, encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openpyxl, "load_workbook", lambda *_, **__: pytest.fail("openpyxl was given it"))
    for declaration in DECLARATIONS.values():

        def with_it(xml: bytes, declaration: str = declaration) -> bytes:
            _, _, rest = xml.decode().rpartition("?>")
            named = encoding.removesuffix("-be")
            mark = "\ufeff" if encoding == "utf-16-be" else ""
            text = f'{mark}<?xml version="1.0" encoding="{named}"?>{declaration}{rest or "<x/>"}'
            return text.encode(encoding)

        assert only_rule(with_parts(WORKBOOK, **{part: with_it})) == "damaged_workbook"


@pytest.mark.parametrize("part", EVERY_PART[:6] + EVERY_PART[7:8])
def test_a_declaration_where_none_can_stand_is_no_xml(part: str) -> None:
    declared = b'<!DOCTYPE x [<!ENTITY a "a">]>'
    data = with_parts(WORKBOOK, **{part: lambda xml: re.sub(rb"(<[a-zA-Z][^>]*>)", rb"\1" + declared, xml, count=1)})
    rules = [finding.rule for finding in read(data).findings]
    # Of a sheet that is not the one with the rows, or one that nothing is read of, only what is read matters.
    assert rules == ["damaged_workbook"]


def test_a_workbook_in_the_strict_form_is_refused_and_not_read_as_empty() -> None:
    def strict(xml: bytes) -> bytes:
        return xml.replace(
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        )

    assert only_rule(with_parts(small_book(ROW), sheet=strict)) == "damaged_workbook"


def test_what_stands_around_the_cells_is_not_read_and_so_cannot_be_at_fault() -> None:
    after = b'</sheetData><conditionalFormatting sqref="?"><cfRule type="nothing"/></conditionalFormatting>'
    data = with_parts(
        small_book(ROW),
        sheet=lambda xml: xml.replace(b"</sheetData>", after),
        **{"docProps/core.xml": lambda _: b"no XML", "xl/theme/theme1.xml": lambda _: b"no XML"},
    )
    assert found(data) == []
    assert table_in(data) == table_in(small_book(ROW))


WORKBOOK = with_shared_strings(book({"Cover": LABELS, "Data": [HEADINGS, *good_rows()]}))
PARTS = [SHEET, "xl/worksheets/sheet2.xml", "xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml"]


@given(st.integers(4, len(WORKBOOK) - 1))
@settings(deadline=None)
def test_a_workbook_cut_short_is_told_so(length: int) -> None:
    assert only_rule(WORKBOOK[:length]) == "not_text"


@given(st.lists(st.tuples(st.integers(4, len(WORKBOOK) - 1), st.integers(0, 255)), min_size=1, max_size=5))
@settings(deadline=None, max_examples=300)
def test_no_damage_to_a_workbook_raises_and_what_cannot_be_read_has_a_finding(damage: list[tuple[int, int]]) -> None:
    data = bytearray(WORKBOOK)
    for place, byte in damage:
        data[place] = byte
    reading = read(bytes(data))
    assert reading.table is not None or reading.findings


@given(st.data())
@settings(deadline=None, max_examples=200)
def test_no_damage_within_a_part_raises_and_what_cannot_be_read_has_a_finding(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(PARTS))
    place, inserted, gone = data.draw(st.tuples(st.integers(0, 2000), st.binary(max_size=4), st.integers(0, 20)))
    reading = read(with_parts(WORKBOOK, **{name: lambda xml: xml[:place] + inserted + xml[place + gone :]}))
    assert reading.table is not None or reading.findings


# --- as openpyxl reads the cells


def read_by_openpyxl(data: bytes) -> dict[str, dict[tuple[int, int], str]]:
    """By sheet the cells that say something, read by openpyxl alone and written as people write values."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sheets = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True).worksheets
        return {
            sheet.title: {
                (row, column): text
                for row, values in enumerate(sheet.iter_rows(min_row=1, min_col=1, values_only=True), 1)
                for column, value in enumerate(values, 1)
                if (text := as_written(value))
            }
            for sheet in sheets
        }


def as_written(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).upper()
        case float():
            return format(Decimal(f"{value + 0.0:.15g}"), "f")
        case datetime() if value.time() != time():
            return f"{value:%d/%m/%Y %H:%M:%S}"
        case date():
            return f"{value:%d/%m/%Y}"
    return str(value).replace("_x000D_", "\r").strip()


def read_here(data: bytes) -> dict[str, dict[tuple[int, int], str]]:
    parts = _parts(data)
    assert isinstance(parts, dict)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = _book(parts)
    return {
        sheet.title: {
            (row, cell[0]): text
            for row, cells in sheet_cells(sheet.xml, 2**20, 2**14).rows.items()
            for cell in cells
            if (text := written_text(cell, None, book.meanings))
        }
        for sheet in book.sheets
    }


ANYTHING = st.one_of(
    st.none(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.dates(date(1900, 1, 1)),
    st.datetimes(datetime(1900, 1, 1)),  # noqa: DTZ001
    st.times(),
    st.timedeltas(timedelta(0), timedelta(days=3000)),
    st.sampled_from(["#N/A", "x005F_x", "_x000D_", " ", "=1+1", ("=1+1",)]),
    TEXTS,
)


@given(
    st.lists(st.lists(ANYTHING, max_size=5), max_size=5),
    st.lists(st.sampled_from(["General", "yyyy-mm-dd", "[h]:mm", "mmm yy", "0%", "@"]), min_size=5, max_size=5),
    st.booleans(),
)
@settings(deadline=None, max_examples=60)
def test_each_cell_is_read_as_openpyxl_reads_it(rows: list[list[Any]], formats: list[str], is_from_1904: bool) -> None:
    workbook = openpyxl.load_workbook(io.BytesIO(book({"Data": rows, "Other": rows[:1]})))
    if is_from_1904:
        workbook.epoch = MAC_EPOCH
    for cells in workbook.worksheets[0].iter_rows():
        for cell, number_format in zip(cells, formats, strict=False):
            if isinstance(cell.value, int | float) and abs(cell.value) < 10**9:
                cell.number_format = number_format
    file = io.BytesIO()
    workbook.save(file)
    for data in (file.getvalue(), with_shared_strings(file.getvalue())):
        assert read_here(data) == read_by_openpyxl(data)


def test_each_cell_of_the_corpus_is_read_as_openpyxl_reads_it() -> None:
    """But for what is refused (openpyxl loses rows out of order, and reads sheets of another form as empty) and what it
    takes long over."""
    refused = {"damaged_workbook", "not_text", "locked_workbook", "too_many_rows", "links_in_workbook"}
    small = [one for one in HOSTILE if one.name.endswith("x") and (FOLDER / one.name).exists()]
    corpus = [data_of(one) for one in small if not one.name.startswith(("deeply_nested", "one_text"))]
    compared = [data for data in corpus if refused.isdisjoint(finding.rule for finding in read(data).findings)]
    assert len(compared) > 10
    for data in compared:
        assert read_here(data) == read_by_openpyxl(data)


# --- how far a sheet goes


@pytest.mark.parametrize(
    ("rows", "extent"),
    [
        ("", (0, 0, ())),
        ('<row r="7"/>', (0, 0, ())),
        ('<row r="7"><c r="C7" s="1"/></row>', (0, 0, ())),
        ('<row r="7"><c r="C7"><v>1</v></c></row><row r="9"><c r="A9"><v> </v></c></row>', (7, 3, ())),
        ('<row r="7"><c r="C7"><v>1</v></c></row><row r="9"><c r="A9"><f>1</f></c></row>', (9, 3, ("A9",))),
        ('<row><c t="inlineStr"><is><r><t>a</t></r></is></c><c/></row>', (1, 1, ())),
    ],
)
def test_a_sheet_goes_as_far_as_something_stands_in_it(rows: str, extent: tuple[int, int, tuple[str, ...]]) -> None:
    seen = sheet_cells(f"<worksheet {NAMESPACE}><sheetData>{rows}</sheetData></worksheet>".encode(), 1_000, 100)
    assert (seen.last_row, seen.last_column, seen.uncalculated) == extent
