"""The rows that are taken from the XML of a sheet as they stand are what the parser finds in it, or it is the parser
that reads them."""

import io
import zipfile
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import example, given, settings
from hypothesis import strategies as st

from impact.checking import sheet_cells
from impact.checking.plain_cells import NotPlainError, plain_rows, plain_sheet
from impact.checking.sheet_cells import SheetCells

NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
FREE = 'xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac"'
ROWS, COLUMNS = 5, 4


def sheet(rows: str, head: str = "", tail: str = "", attributes: str = FREE) -> bytes:
    return (
        f'<worksheet xmlns="{NAMESPACE}" {attributes}>{head}<sheetData>{rows}</sheetData>{tail}</worksheet>'
    ).encode()


def seen(xml: bytes, *, is_parsed: bool = False) -> SheetCells | str:
    """What comes of a sheet, with `is_parsed` by the parser alone."""
    with pytest.MonkeyPatch.context() as patch:
        if is_parsed:
            patch.setattr(sheet_cells, "plain_sheet", never_plain)
        try:
            return sheet_cells.sheet_cells(xml, ROWS, COLUMNS)
        except Exception:  # as `read_workbook` has it
            return "refused"


def never_plain(_xml: bytes) -> None:
    raise NotPlainError


def is_plain(xml: bytes) -> bool:
    try:
        list(plain_rows(plain_sheet(xml).rows))
    except NotPlainError:
        return False
    return True


PLAIN = [
    '<c r="{}"><v>1.5E-3</v></c>',
    '<c r="{}" s="2" t="s"><v>0</v></c>',
    '<c r="{}" s="1" t="b"><v>1</v></c>',
    '<c r="{}" s="7"/>',
    '<c r="{}" t="n" />',
    '<c r="{}"></c>',
    '<c r="{}" t="inlineStr"><is><t>a "b" £ \u2028 c</t></is></c>',
    '<c r="{}" t="inlineStr"><is><t xml:space="preserve">  </t></is></c>',
    '<c r="{}" s="3" t="inlineStr"><is><t></t></is></c>',
]
OTHER = [
    '<c r="{}" t="str"><v>a</v></c>',
    '<c r="{}"><f>1+1</f></c>',
    '<c r="{}"><f>1+1</f><v>2</v></c>',
    '<c r="{}" t="inlineStr"><is><t>a &amp; b</t></is></c>',
    '<c r="{}" t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r></is></c>',
    '<c r="{}" t="inlineStr"><v>1</v></c>',
    '<c r="{}" t="e"><v>#N/A</v></c>',
    '<c r="{}"><v> 12 </v></c>',
    '<c r="{}"><v>1</v><v>2</v></c>',
    '<c t="s" r="{}"><v>0</v></c>',
    '<c r="{}"><v><!-- 1 --></v></c>',
    "<c><v>1</v></c>",
]
NAMES = st.sampled_from(["A1", "B1", "C1", "D1", "E1", "A2", "B2", "C3", "A6", "XFD1", "ZZZ2", "a1", "A0", "$A$1"])
SAID = st.sampled_from(
    [
        "",
        "",
        ' hidden="1"',
        ' hidden="0"',
        ' spans="1:4" x14ac:dyDescent="0.25"',
        ' ht="15" ht="16"',
        ' r="1"',
        ' a="<"',
    ]
)


@st.composite
def rows(draw: st.DrawFn) -> str:
    """Rows of which most are in order; in half of the sheets all are plain."""
    cells_of = st.sampled_from(PLAIN if draw(st.booleans()) else PLAIN + OTHER)
    written = []
    for number in range(1, draw(st.integers(0, 7)) + 1):
        names = [f"{letter}{number}" for letter in "ABCDE"]
        if draw(st.integers(0, 9)) == 0:
            names[draw(st.integers(0, 4))] = draw(NAMES)
        cells = "".join(draw(cells_of).format(name) for name in names[: draw(st.integers(0, 5))])
        row = draw(st.sampled_from([number, number, number, number, number, number + 1]))
        written.append(f'<row r="{row}"{draw(SAID)}>{cells}</row>')
    return "".join(written)


@settings(max_examples=400, deadline=None)
@given(
    rows(),
    st.sampled_from(["", "", '<cols><col min="2" max="3" hidden="1"/></cols>', "<!-- <sheetData> -->", "<?a b?>"]),
    st.sampled_from(["", "", "<pageMargins/>", "<sheetData/>", "<!-- </sheetData> -->", "<row/>"]),
    st.sampled_from([FREE, FREE, ""]),
)
def test_what_is_taken_as_it_stands_is_what_the_parser_finds(rows: str, head: str, tail: str, attributes: str) -> None:
    xml = sheet(rows, head, tail, attributes)
    assert seen(xml) == seen(xml, is_parsed=True)


@settings(max_examples=200, deadline=None)
@given(rows(), st.data())
def test_damage_is_what_it_is_to_the_parser(rows: str, data: st.DataObject) -> None:
    xml = sheet(rows, '<cols><col min="2" max="3" hidden="1"/></cols>', "<pageMargins/>")
    place, gone = data.draw(st.integers(0, len(xml))), data.draw(st.integers(0, 12))
    parts = st.sampled_from([b"", b"<", b">", b"&", b'"', b"\xff", b"\x00", b" ", b"1", b"</row>", b"<!--", b"-->"])
    damaged = xml[:place] + data.draw(parts) + xml[place + gone :]
    assert seen(damaged) == seen(damaged, is_parsed=True)


ROW = '<row r="1"><c r="A1"><v>1</v></c></row>'


@pytest.mark.parametrize(
    "xml",
    [
        f"<worksheet xmlns='{NAMESPACE}'><!--<sheetData>{ROW}</sheetData>--><sheetData/></worksheet>".encode(),
        f"<worksheet xmlns='{NAMESPACE}'><?a <sheetData>{ROW}</sheetData>?><sheetData/></worksheet>".encode(),
        f"<worksheet xmlns='{NAMESPACE}'><a><![CDATA[<sheetData>{ROW}</sheetData>]]></a></worksheet>".encode(),
        f"<worksheet xmlns='elsewhere'><sheetData>{ROW}</sheetData></worksheet>".encode(),
        f"<worksheet><sheetData>{ROW}</sheetData></worksheet>".encode(),
        f"<!DOCTYPE a><worksheet xmlns='{NAMESPACE}'><sheetData>{ROW}</sheetData></worksheet>".encode(),
        sheet(ROW) + b"<",
        sheet(ROW).replace(b"<sheetData>", b"<sheetData><sheetData>"),
        sheet(ROW.replace("<v>1", "<v>\u0661")),
        sheet(ROW).decode().encode("utf-16"),
        b'<?xml version="1.0" encoding="iso-8859-1"?>' + sheet(ROW),
        b'<?xml version="1.1"?>' + sheet(ROW),
        sheet(ROW.replace("1</v>", "</v>")),
        sheet('<row r="1"><c r="A1" t="inlineStr"><is><t>\ufffe</t></is></c></row>'),
        sheet('<row r="1"><c r="A1" t="inlineStr"><is><t>]]></t></is></c></row>'),
        sheet('<row r="1"><c r="A1" t="inlineStr"><is><t>a\r\nb</t></is></c></row>'),
        sheet(ROW.replace('r="1"', 'r="1" x14ac:a="1"'), attributes=""),
        sheet(ROW.replace('r="1"', 'r="1" ht="1" ht="1"')),
        sheet(ROW.replace("A1", "A2")),
        sheet(ROW.replace("A1", "AAAA1")),
    ],
)
def test_what_only_looks_like_rows_is_left_to_the_parser(xml: bytes) -> None:
    assert seen(xml) == seen(xml, is_parsed=True)


@example("x14ac:dyDescent")
@example(' x14ac:a="1"')
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="<>&\ufffe\uffff"), min_size=1))
def test_any_text_in_place_is_taken_with_and_without_the_namespace_that_it_may_name(text: str) -> None:
    written = f'<row r="1"><c r="A1" t="inlineStr"><is><t>{text}</t></is></c></row>'
    for attributes in ("", FREE):
        xml = sheet(written, attributes=attributes)
        assert seen(xml) == seen(xml, is_parsed=True) != "refused"


@pytest.mark.parametrize("cell", [*PLAIN, *OTHER])
def test_which_cells_are_plain(cell: str) -> None:
    assert is_plain(sheet(f'<row r="1">{cell.format("A1")}</row>')) == (cell in PLAIN)


ORDINARY: list[list[Any]] = [["Name", "Days"], ["Zoë & co", 12.5], ["", -3], [None, 10**20], ["<b>", True]]


def by_xlsxwriter() -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        for row, cells in enumerate(ORDINARY):
            (book.worksheets() or [book.add_worksheet()])[0].write_row(row, 0, cells)
    return file.getvalue()


def by_openpyxl() -> bytes:
    book, file = openpyxl.Workbook(), io.BytesIO()
    for cells in ORDINARY[:1] + ORDINARY[2:4]:
        book.worksheets[0].append(cells)
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize("data", [by_xlsxwriter(), by_openpyxl()], ids=["xlsxwriter", "openpyxl"])
def test_sheets_as_they_are_usually_written_are_plain(data: bytes) -> None:
    xml = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")
    assert is_plain(xml)
    assert seen(xml) == seen(xml, is_parsed=True) != "refused"
