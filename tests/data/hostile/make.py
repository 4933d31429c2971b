"""Files that have broken a reader before, or could: each named for its fault, and with the finding that it must get.

Small ones lie beside this file, large ones are made when they are wanted. All are for the absence of M001 in the first
quarter of 2026, and but for its fault each would be accepted.

    python -m tests.data.hostile.make          writes the small ones
    python -m tests.data.hostile.make measure  says what reading each costs, in a process of its own
"""

import io
import json
import os
import signal
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path

FOLDER = Path(__file__).parent
SMALL_BYTES = 30_000
FEED = "sickness_absence"
COLUMNS = [
    "organisation_code",
    "month",
    "service_code",
    "staff_group",
    "basis",
    "fte_days_lost",
    "fte_days_available",
    "headcount",
    "fte_start",
    "fte_end",
]
ROWS = [
    f"M001,2026-{month:02},ALL,ALL,calendar_days,{lost},{300 * days},340,300,300".split(",")
    for month, days, lost in ((1, 31, 400), (2, 28, 410), (3, 31, 420))
]
_TEXTS = 5
"""So many columns, from the left, are text."""

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_SHEET = "xl/worksheets/sheet1.xml"
_STRINGS = "xl/sharedStrings.xml"


NONE: Mapping[str, str] = {}


@dataclass(frozen=True)
class Hostile:
    """A file by its name; `rule`: a finding that it gets; `make` gives its bytes."""

    name: str
    rule: str
    make: Callable[[], bytes]


# --- how the files are put together


def text(rows: list[list[str]] | None = None, separator: str = ",", end: str = "\n") -> str:
    return "".join(separator.join(row) + end for row in [COLUMNS, *(ROWS if rows is None else rows)])


def changed(row: int, column: str, value: str) -> list[list[str]]:
    """The rows with one cell changed; rows are counted as in Excel."""
    rows = [list(cells) for cells in ROWS]
    rows[row - 2][COLUMNS.index(column)] = value
    return rows


def cell(reference: str, value: str, *, is_text: bool) -> str:
    if is_text:
        return f'<c r="{reference}" t="inlineStr"><is><t>{escape(value, quote=False)}</t></is></c>'
    return f'<c r="{reference}"><v>{value}</v></c>'


def row_xml(number: int, values: list[str], *, is_heading: bool = False, attributes: str = "") -> str:
    cells = "".join(
        cell(f"{chr(65 + place)}{number}", value, is_text=is_heading or place < _TEXTS)
        for place, value in enumerate(values)
        if value
    )
    return f'<row r="{number}"{attributes}>{cells}</row>'


def rows_xml(rows: list[list[str]] | None = None) -> str:
    body = [row_xml(number, values) for number, values in enumerate(ROWS if rows is None else rows, 2)]
    return row_xml(1, COLUMNS, is_heading=True) + "".join(body)


def sheet(content: str, before: str = "", prolog: str = "") -> str:
    return f'{_HEAD}{prolog}<worksheet xmlns="{_MAIN}">{before}<sheetData>{content}</sheetData></worksheet>'


def parts(
    content: str | None = None, titles: tuple[str, ...] = (FEED,), others: Mapping[str, str] = NONE
) -> dict[str, bytes]:
    """The parts of a workbook: a sheet of this XML for every title, and the other parts."""
    sheets = "".join(f'<sheet name="{name}" sheetId="{i}" r:id="r{i}"/>' for i, name in enumerate(titles, 1))
    links = "".join(
        f'<Relationship Id="r{i}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{i}.xml"/>'
        for i, _ in enumerate(titles, 1)
    )
    kinds = "".join(
        f'<Override PartName="/xl/worksheets/sheet{i}.xml" ContentType="{_KIND}.worksheet+xml"/>'
        for i, _ in enumerate(titles, 1)
    )
    for name, kind in ((_STRINGS, "sharedStrings"), ("xl/styles.xml", "styles")):
        if name in others:
            kinds += f'<Override PartName="/{name}" ContentType="{_KIND}.{kind}+xml"/>'
            links += f'<Relationship Id="{kind}" Type="{_OFFICE}/{kind}" Target="{name.removeprefix("xl/")}"/>'
    made = {
        "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>{kinds}</Types>',
        "_rels/.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>',
        **{f"xl/worksheets/sheet{i}.xml": content or sheet(rows_xml()) for i, _ in enumerate(titles, 1)},
        **others,
    }
    return {name: part.encode() for name, part in made.items()}


def zipped(files: Mapping[str, bytes], *, is_packed: bool = False) -> bytes:
    """Not packed, the bytes are the same whatever made them."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, (2026, 4, 1, 9, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED if is_packed else zipfile.ZIP_STORED
            archive.writestr(entry, data, compresslevel=6)
    return out.getvalue()


def book(content: str | None = None, titles: tuple[str, ...] = (FEED,), others: Mapping[str, str] = NONE) -> bytes:
    return zipped(parts(content, titles, others))


def large(content: str | None = None, titles: tuple[str, ...] = (FEED,), others: Mapping[str, str] = NONE) -> bytes:
    return zipped(parts(content, titles, others), is_packed=True)


# --- those that need more than a line


def _last_cell() -> bytes:
    return book(sheet(rows_xml() + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'))


def _formatted_rows() -> bytes:
    """With a fault further up, because a million empty rows are none."""
    empty = "".join(f'<row r="{row}" s="1" customFormat="1" ht="15"/>' for row in range(5, 1_000_005))
    return large(sheet(rows_xml(changed(2, "headcount", "")) + empty))


def _formatted_cells() -> bytes:
    empty = "".join(
        f'<row r="{row}">' + "".join(f'<c r="{chr(65 + place)}{row}" s="0"/>' for place in range(20)) + "</row>"
        for row in range(5, 80_005)
    )
    return large(sheet(rows_xml(changed(2, "headcount", "")) + empty))


def _zip_bomb() -> bytes:
    return large(sheet(rows_xml()), others={"xl/comments1.xml": "<comments>" + " " * 150_000_000})


def _bomb_that_lies() -> bytes:
    """The directory says that a sheet of 60 MB is one of 1,000 bytes."""
    data = bytearray(large(sheet(rows_xml()) + " " * 60_000_000))
    at = data.rindex(b"PK\x01\x02", 0, data.rindex(_SHEET.encode()))
    data[at + 24 : at + 28] = struct.pack("<I", 1000)
    return bytes(data)


def _entities(part: str) -> bytes:
    prolog = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    for before, name in zip("abcdefgh", "bcdefghi", strict=True):
        prolog += f'<!ENTITY {name} "{f"&{before};" * 10}">'
    with_them = {name: data.decode().replace(_HEAD, f"{_HEAD}{prolog}]>") for name, data in parts().items()}
    files = {name: data.encode() for name, data in with_them.items()}
    return zipped(parts() | {part: files[part].replace(b"M001", b"&i;")})


def _external_entity() -> bytes:
    prolog = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    return book(sheet(rows_xml().replace("M001", "&a;"), prolog=prolog))


def _encrypted() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(480)


def _password_of_the_zip() -> bytes:
    data = bytearray(book())
    at = 0
    while (at := data.find(b"PK\x01\x02", at + 1)) > 0:
        data[at + 8] |= 1
    return bytes(data)


def _one_text_in_every_cell() -> bytes:
    rows = "".join(f'<row r="{row}">' + '<c t="s"><v>0</v></c>' * 100 + "</row>" for row in range(2, 3002))
    strings = f'{_HEAD}<sst xmlns="{_MAIN}"><si><t>{"x" * 30_000}</t></si></sst>'
    return large(sheet(row_xml(1, COLUMNS, is_heading=True) + rows), others={_STRINGS: strings})


def _many_strings() -> bytes:
    strings = "".join(f"<si><t>{number}</t></si>" for number in range(1_300_000))
    return large(None, others={_STRINGS: f'{_HEAD}<sst xmlns="{_MAIN}">{strings}</sst>'})


def _many_styles() -> bytes:
    styles = "<xf numFmtId='14'/>" * 2_000_000
    return large(
        None, others={"xl/styles.xml": f'{_HEAD}<styleSheet xmlns="{_MAIN}"><cellXfs>{styles}</cellXfs></styleSheet>'}
    )


def _nested(part: str, depth: int) -> bytes:
    inside = "<a>" * depth + "</a>" * depth
    if part == "xl/styles.xml":
        content = sheet(rows_xml(changed(2, "headcount", "")))
        return large(content, others={part: f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts>{inside}</fonts></styleSheet>'})
    return large(sheet(rows_xml(changed(2, "headcount", "")) + inside))


def _hidden_columns() -> bytes:
    columns = '<col min="1" max="16384" hidden="1"/>' * 500_000
    return large(sheet(rows_xml(), before=f"<cols>{columns}</cols>"))


def _many_sheets() -> bytes:
    return large(None, tuple(f"Sheet{number}" for number in range(900)))


def _strict() -> bytes:
    return book(sheet(rows_xml()).replace(_MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main"))


def _overlapping() -> bytes:
    """Every part of 900 in the directory is the same bytes: nothing on disk, 90 GB unpacked."""
    packed = zlib.compress(b" " * 100_000_000, 9)[2:-4]
    name = b"xl/worksheets/sheet9.xml"
    crc = zlib.crc32(b" " * 100_000_000)
    common = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 33, crc, len(packed), 99_000_000, len(name), 0)
    start = book()
    with zipfile.ZipFile(io.BytesIO(start)) as archive:
        at = archive.start_dir
        entries = start[at : start.rindex(b"PK\x05\x06")]
    body = start[:at] + b"PK\x03\x04" + common + name + packed
    entry = b"PK\x01\x02" + struct.pack("<H", 20) + common + struct.pack("<HHHII", 0, 0, 0, 0, at) + name
    count = 6 + 900
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, count, count, len(entries + entry * 900), len(body), 0)
    return body + entries + entry * 900 + end


def _html() -> bytes:
    cells = "".join("<tr>" + "".join(f"<td>{value}</td>" for value in row) + "</tr>" for row in [COLUMNS, *ROWS])
    return f"<html><body><table>{cells}</table></body></html>".encode()


# fmt: off
HOSTILE = (
    # Workbooks that cost more than they seem to.
    Hostile("value_in_the_last_cell.xlsx", "too_many_rows", _last_cell),
    Hostile("value_in_the_last_column.xlsx", "too_many_columns", lambda: book(sheet(rows_xml().replace('<c r="J4"', '<c r="XFD4"')))),
    Hostile("million_formatted_rows.xlsx", "headcount_not_blank", _formatted_rows),
    Hostile("million_formatted_cells.xlsx", "headcount_not_blank", _formatted_cells),
    Hostile("zip_bomb.xlsx", "workbook_too_large", _zip_bomb),
    Hostile("zip_bomb_whose_directory_lies.xlsx", "damaged_workbook", _bomb_that_lies),
    Hostile("zip_bomb_of_overlapping_parts.xlsx", "workbook_too_large", _overlapping),
    Hostile("too_many_parts.xlsx", "workbook_too_large", lambda: book(None, others={f"xl/x{number}.xml": "" for number in range(1_001)})),
    Hostile("too_many_tags.xlsx", "workbook_too_large", lambda: large(sheet('<row r="1">' + "<c/>" * 8_000_001 + "</row>"))),
    Hostile("one_text_in_every_cell.xlsx", "workbook_too_large", _one_text_in_every_cell),
    Hostile("million_texts.xlsx", "workbook_too_large", _many_strings),
    Hostile("million_styles.xlsx", "too_much_to_read", _many_styles),
    Hostile("million_hidden_columns.xlsx", "damaged_workbook", _hidden_columns),
    Hostile("hundreds_of_sheets.xlsx", "sheet_not_found", _many_sheets),
    Hostile("deeply_nested_sheet.xlsx", "headcount_not_blank", lambda: _nested(_SHEET, 500_000)),
    Hostile("deeply_nested_styles.xlsx", "headcount_not_blank", lambda: _nested("xl/styles.xml", 500_000)),
    Hostile("extent_that_lies.xlsx", "headcount_not_blank", lambda: book(sheet(rows_xml(changed(2, "headcount", "")), before='<dimension ref="A1:XFD1048576"/>'))),
    Hostile("too_large.csv", "too_large", lambda: text().encode() + b" " * 50_000_000),
    # XML that is not what it seems.
    Hostile("entities_in_the_sheet.xlsx", "damaged_workbook", lambda: _entities(_SHEET)),
    Hostile("entities_in_the_workbook.xlsx", "damaged_workbook", lambda: _entities("xl/workbook.xml")),
    Hostile("entities_in_the_types.xlsx", "damaged_workbook", lambda: _entities("[Content_Types].xml")),
    Hostile("external_entity.xlsx", "damaged_workbook", _external_entity),
    Hostile("strict_form.xlsx", "damaged_workbook", _strict),
    Hostile("rows_out_of_order.xlsx", "damaged_workbook", lambda: book(sheet(rows_xml() + row_xml(3, ROWS[0])))),
    Hostile("sheet_that_is_missing.xlsx", "sheet_not_found", lambda: zipped({name: data for name, data in parts().items() if name != _SHEET})),
    Hostile("cut_short.xlsx", "not_text", lambda: book()[:2000]),
    Hostile("relationship_to_outside.xlsx", "sheet_not_found", lambda: zipped({name: data.replace(b"worksheets/sheet1.xml", b"../../../../etc/passwd") for name, data in parts().items()})),
    # What a workbook must not have, or cannot say.
    Hostile("macros.xlsm", "macros_in_workbook", lambda: book(None, others={"xl/vbaProject.bin": "x"})),
    Hostile("links_to_other_workbooks.xlsx", "links_in_workbook", lambda: book(None, others={"xl/externalLinks/externalLink1.xml": "x"})),
    Hostile("password.xlsx", "locked_workbook", _encrypted),
    Hostile("password_of_the_zip.xlsx", "locked_workbook", _password_of_the_zip),
    Hostile("formula_never_calculated.xlsx", "formula_without_value", lambda: book(sheet(rows_xml().replace("<v>400</v>", "<f>200*2</f>")))),
    Hostile("errors_of_excel.xlsx", "error_cell", lambda: book(sheet(rows_xml().replace('<c r="F2"><v>400</v>', '<c r="F2" t="e"><f>1/0</f><v>#DIV/0!</v>')))),
    Hostile("errors_of_excel.csv", "error_cell", lambda: text(changed(3, "fte_days_lost", "#REF!")).encode()),
    Hostile("two_sheets_alike.xlsx", "sheet_not_found", lambda: book(None, ("May", "June"))),
    Hostile("only_sheet_is_hidden.xlsx", "sheet_not_found", lambda: zipped({name: data.replace(b'sheetId="1"', b'sheetId="1" state="hidden"') for name, data in parts().items()})),
    Hostile("hidden_rows.xlsx", "hidden_otherwise", lambda: book(sheet(rows_xml().replace('<row r="3"', '<row r="3" hidden="1"')))),
    Hostile("day_that_cannot_be.xlsx", "", lambda: book(
        sheet(rows_xml().replace('<c r="B2" t="inlineStr"><is><t>2026-01</t></is>', '<c r="B2" s="1"><v>99999999999</v>')),
        others={"xl/styles.xml": f'{_HEAD}<styleSheet xmlns="{_MAIN}"><cellXfs><xf/><xf numFmtId="14"/></cellXfs></styleSheet>'},
    )),
    Hostile("number_without_end.xlsx", "damaged_workbook", lambda: book(sheet(rows_xml().replace("<v>400</v>", f"<v>{'9' * 5_000}</v>")))),
    Hostile("number_beyond_all_numbers.xlsx", "", lambda: book(sheet(rows_xml().replace("<v>400</v>", "<v>1e400</v>")))),
    # Files that are something else.
    Hostile("old_workbook_named_xlsx.xlsx", "not_text", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000)),
    Hostile("web_page_named_csv.csv", "no_headings", _html),
    Hostile("pdf_named_csv.csv", "not_text", lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\n%%EOF\n"),
    Hostile("picture_named_xlsx.xlsx", "not_text", lambda: b"\x89PNG\r\n\x1a\n" + bytes(200)),
    Hostile("zip_named_xlsx.xlsx", "not_text", lambda: zipped({"return.csv": text().encode()})),
    Hostile("word_named_xlsx.xlsx", "not_text", lambda: zipped({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"})),
    Hostile("nothing.csv", "empty_file", lambda: b""),
    Hostile("blank_lines.csv", "empty_file", lambda: b",,,\n" * 1_000),
    Hostile("nul_bytes.csv", "not_text", lambda: text().replace("M001", "M\x00001").encode()),
    Hostile("random_bytes.csv", "not_text", lambda: bytes(range(256)) * 8),
    # Texts.
    Hostile("windows_letters.csv", "decoded_otherwise", lambda: text(changed(2, "staff_group", "Infirmières")).encode("cp1252")),
    Hostile("utf_16.csv", "decoded_otherwise", lambda: text().encode("utf-16")),
    Hostile("utf_16_without_its_mark.csv", "not_text", lambda: text().encode("utf-16-le")),
    Hostile("byte_order_mark_and_a_fault.csv", "headcount_not_blank", lambda: text(changed(2, "headcount", "")).encode("utf-8-sig")),
    Hostile("leading_blank_rows.csv", "headcount_not_blank", lambda: b"\n\n,,\n" + text(changed(2, "headcount", "")).encode()),
    Hostile("code_that_looks_like_a_number.csv", "organisation_is_the_sender", lambda: text().replace("M001", "007").encode()),
    Hostile("part_of_a_person_late_in_the_file.csv", "headcount_readable", lambda: text(changed(4, "headcount", "1.9")).encode()),
    Hostile("stray_semicolon.csv", "extra_cell", lambda: text().replace("340,300,300\n", "340,300,300,;\n", 1).encode()),
    Hostile("semicolons_and_a_comma.csv", "comma_unclear", lambda: text(changed(2, "fte_days_available", "9,300"), ";").encode()),
    Hostile("decimal_comma.csv", "fte_days_lost_readable", lambda: text(changed(2, "fte_days_lost", '"400,5"')).encode()),
    Hostile("thousands_with_stops.csv", "fte_days_available_readable", lambda: text(changed(2, "fte_days_available", '"9.300,0"')).encode()),
    Hostile("percent_where_days_stand.csv", "fte_days_lost_readable", lambda: text(changed(2, "fte_days_lost", "4.3%")).encode()),
    Hostile("quotation_mark_never_closed.csv", "broken_quotes", lambda: text(changed(3, "basis", '"calendar_days')).encode()),
    Hostile("cell_without_end.csv", "cell_too_long", lambda: text(changed(2, "basis", "x" * 200_000)).encode()),
    Hostile("one_line_without_end.csv", "cell_too_long", lambda: b"x" * 20_000_000),
    Hostile("million_headings.csv", "too_many_columns", lambda: (",".join([*COLUMNS, *["month"] * 1_000_000]) + "\n").encode()),
    Hostile("million_unknown_headings.csv", "too_many_columns", lambda: (",".join([*COLUMNS, *map(str, range(1_000_000))]) + "\n").encode()),
    Hostile("million_rows.csv", "too_many_rows", lambda: text().encode() + (",".join(ROWS[0]) + "\n").encode() * 500_000),
    Hostile("million_commas.csv", "", lambda: text(changed(2, "headcount", "")).encode() + b"," * 20_000_000),
    Hostile("million_stray_cells.csv", "too_many_columns", lambda: text().encode() + b",x" * 1_000_000),
    Hostile("formula_in_a_text.csv", "basis_one_of", lambda: text(changed(2, "basis", "=cmd|' /C calc'!A0")).encode()),
    Hostile("digits_of_another_script.csv", "fte_days_lost_readable", lambda: text(changed(2, "fte_days_lost", "٤٠٠")).encode()),
    Hostile("title_and_totals_that_differ.csv", "totals_row_differs", lambda: b"Sickness return\n" + text([*ROWS, ["Total", "", "", "", "", "1231", "", "", "", ""]]).encode()),
    Hostile("two_headings_alike.csv", "repeated_column", lambda: text().replace("fte_end", "fte_start").encode()),
    Hostile("months_across.csv", "missing_column", lambda: b"organisation_code,basis,Jan-26,Feb-26,Mar-26\nM001,calendar_days,400,410,420\n"),
    Hostile("staff_list.csv", "personal_cells", lambda: b"organisation_code,month,Employee number,Surname,Date of birth,Reason\nM001,2026-01,900001,Example,01/02/1980,Back pain\n"),
)
# fmt: on
"""An empty rule: whatever it is that is found, something is."""


def data_of(one: Hostile) -> bytes:
    """The bytes of a file: as they lie here where they are small, or else made anew."""
    path = FOLDER / one.name
    return path.read_bytes() if path.exists() else one.make()


def main() -> None:
    if sys.argv[1:2] == ["one"]:
        _read_one(Path(sys.argv[2]))
    elif sys.argv[1:] == ["measure"]:
        _measure()
    else:
        for one in HOSTILE:
            if len(data := one.make()) <= SMALL_BYTES:
                (FOLDER / one.name).write_bytes(data)


def _measure() -> None:
    """Each file in a process of its own, with the reader's limits: the seconds, and the most memory that it held."""
    print("| file | bytes | seconds | of the processor | MB | finding |\n|---|---|---|---|---|---|")
    for one in HOSTILE:
        path = Path("/tmp") / f"hostile-{os.getpid()}-{one.name}"
        path.write_bytes(one.make())
        command = [sys.executable, "-m", "tests.data.hostile.make", "one", str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        print(f"| {one.name} | {path.stat().st_size:,} | {done.stdout.strip() or done.stderr} |", flush=True)
        path.unlink()


def _read_one(path: Path) -> None:
    """Fork a worker as the reader does, and say what it cost to read the file."""
    sys.modules["numpy"] = None  # type: ignore[assignment]
    from impact.checking import reader
    from impact.definition import feeds

    data, definition, answered = path.read_bytes(), feeds()[FEED], path.with_suffix(".answer")
    child = os.fork()
    if child == 0:
        reader._set_limits()
        signal.setitimer(signal.ITIMER_PROF, reader.CPU_SECONDS)
        answered.write_bytes(reader._answer(data, ((definition,), None), {}, is_csv=False))
        os._exit(0)
    started = time.monotonic()
    _, status, used = os.wait4(child, 0)
    seconds = time.monotonic() - started
    found = "too_much_to_read"
    if os.waitstatus_to_exitcode(status) == 0 and (answer := answered.read_bytes()):
        rules = [finding["rule"] for finding in json.loads(answer)["findings"]]
        found = ", ".join(dict.fromkeys(rules)) or "(about its rows)"
    answered.unlink(missing_ok=True)
    print(f"{seconds:.2f} | {used.ru_utime + used.ru_stime:.2f} | {used.ru_maxrss / 1024:.0f} | {found}")


if __name__ == "__main__":
    main()
