"""Personal data: found wherever it stands in a file, never repeated, and not seen where there is none."""

import random
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.comments import Comment

from impact.checking.findings import Finding
from impact.checking.personal import Look, personal_findings
from impact.checking.reading import read_table
from impact.definition import answer_sheets, feeds, with_questions
from tests.unit.checking.small import HEADINGS, SMALL, clean, csv_bytes, good_rows
from tests.unit.checking.test_workbook import book, with_parts

TODAY = date(2026, 4, 20)
VALUES = {
    "an NHS number": (
        "943\u00a0476\u00a05919",
        "943\u2013476\u20135919",
        "\uff19\uff14\uff13 \uff14\uff17\uff16 \uff15\uff19\uff11\uff19",
        "943 476 5919",
        "943-476-5919",
        "9434765919",
        "NHS 9434765919 seen twice",
    ),
    "a National Insurance number": ("QQ123456C".replace("QQ", "AB"), "ab 12 34 56 c", "(AB123456C)"),
    "a postcode": ("LS1 4AP", "EC1A 1BB", "M11AE", "Flat 2, Leeds LS1 4AP"),
    "an e-mail address": ("jane.smith@nhs.net", "Jane <j@example.org>"),
    "a telephone number": ("07700 900123", "+44 7700 900123", "(020) 7946 0958", "07700900123"),
    "the name of a person": ("Mrs Smith", "ask Mr. Jones"),
    "a date of birth": ("DOB 12/03/1984", "born on 3 May 1984"),
}
NOTHING_KNOWN = Look(frozenset(), TODAY)
EACH = [(kind, value) for kind, values in VALUES.items() for value in values]
each_value = pytest.mark.parametrize(("kind", "value"), EACH)


def found(data: bytes, texts: Mapping[str, str] | None = None, codes: Sequence[str] = ()) -> tuple[Finding, ...]:
    return personal_findings(SMALL, read_table(data, SMALL), data, texts or {}, Look(frozenset(codes), TODAY))


def kinds(*args: Any, **given: Any) -> set[str]:
    """The kinds that are named in the findings."""
    return {kind for finding in found(*args, **given) for kind in VALUES | NAMED if kind in finding.message}


NAMED = dict.fromkeys(("the number of an employee", "the reason why a person was absent", "an address"), ())


def with_note(note: str) -> list[list[str]]:
    rows = [HEADINGS, *good_rows()]
    rows[2][5] = note
    return rows


@each_value
def test_it_is_found_in_a_cell_of_either_form_and_never_repeated(kind: str, value: str) -> None:
    for data in (csv_bytes(with_note(value)), book({"Data": with_note(value)})):
        [finding] = found(data)
        assert (finding.rule, finding.severity, finding.cells) == ("personal_cells", "must_fix", ("F3",))
        assert kind in finding.message
        assert value not in finding.message + finding.fix


@each_value
def test_it_is_found_in_headings_names_covers_and_files_of_no_form(kind: str, value: str) -> None:
    rows = with_note("")
    data = csv_bytes([[*rows[0], value], *([*row, "1"] for row in rows[1:])])
    first = found(data)[0]  # and the cells below it, where the heading says what stands there
    assert (first.cells[0], kind in first.message) == ("G1", True)
    [elsewhere] = found(csv_bytes(with_note("")), {"The name of the file": f"absence {value}"})
    assert elsewhere.message.startswith(f"The name of the file holds what looks like {kind}")
    assert kind in kinds(f'<html><td>"{value}"</td></html>'.encode())


@each_value
def test_it_is_found_in_every_part_of_a_workbook(kind: str, value: str) -> None:
    places = {}
    for name in ("hidden", "comment", "cover", "property", "sheet name", "footer"):
        workbook = openpyxl.Workbook()
        sheet = workbook.worksheets[0]
        sheet.title = "Data"
        for row in with_note(""):
            sheet.append(row)
        if name in ("hidden", "cover"):
            other = workbook.create_sheet("Cover" if name == "cover" else "Old")
            other.sheet_state = "hidden" if name == "hidden" else "visible"
            other.append(["Notes", value])
        elif name == "comment":
            sheet["A1"].comment = Comment(value, "Excel")
        elif name == "property":
            workbook.properties.description = value
        elif name == "sheet name":
            workbook.create_sheet(value[:31].replace("/", " ").replace(":", " ")).append(["x"])
        else:
            assert sheet.oddFooter is not None
            sheet.oddFooter.left.text = value
        out = BytesIO()
        workbook.save(out)
        places[name] = kinds(out.getvalue())
    if "/" in value:
        del places["sheet name"]
    assert places == {place: {kind} for place in places}


def test_contacts_of_a_cover_and_authors_of_a_workbook_are_exempt() -> None:
    contact = "Mrs Smith, jane.smith@nhs.net, 07700 900123"
    cover = [["Prepared by", contact], ["signed_off_by", contact], ["Notes", "none"]]
    data = book({"Cover": cover, "Data": with_note("")})
    assert found(data) == ()
    workbook = openpyxl.load_workbook(BytesIO(data))
    workbook.properties.creator = "Mrs Smith"
    workbook.properties.lastModifiedBy = "jane.smith@nhs.net"
    out = BytesIO()
    workbook.save(out)
    assert found(out.getvalue()) == ()


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("Employee Number", "the number of an employee"),
        ("EMPLOYEE_NO", "the number of an employee"),
        ("Employee Number (ESR)", "the number of an employee"),
        ("Payroll no.", "the number of an employee"),
        ("First name", "the name of a person"),
        ("Surname", "the name of a person"),
        ("D.O.B.", "a date of birth"),
        ("Date of birth", "a date of birth"),
        ("NHS Number", "an NHS number"),
        ("NI number", "a National Insurance number"),
        ("E-mail", "an e-mail address"),
        ("Home address", "an address"),
        ("Reason for absence", "the reason why a person was absent"),
    ],
)
def test_a_heading_says_what_stands_below_it(heading: str, kind: str) -> None:
    rows = [[*row, text] for row, text in zip(with_note(""), [heading, "20481", "", "x"], strict=True)]
    for data in (csv_bytes(rows), book({"Data": rows})):
        assert [(one.cells, kind in one.message) for one in found(data)] == [(("G2", "G4"), True)]
    empty = [[*row, text] for row, text in zip(with_note(""), [heading, "", "", ""], strict=True)]
    assert found(csv_bytes(empty)) == ()
    hidden = book({"Data": with_note(""), "Staff": [["Title"], [heading], ["20481"]]}, {"Staff": "hidden"})
    assert [(one.rule, kind in one.message, "A3" in one.message) for one in found(hidden)] == [
        ("personal_place", True, True)
    ]


def test_a_column_of_births_is_known_by_its_dates() -> None:
    births = ["1984-03-12", "02/11/1971", "1990-01-31"]
    rows = [[*row, text] for row, text in zip(with_note(""), ["start", *births], strict=True)]
    assert [one.cells for one in found(csv_bytes(rows))] == [("G2", "G3", "G4")]
    days: list[list[Any]] = [[*row, day] for row, day in zip(with_note(""), ["start", *births], strict=True)]
    for row, day in zip(days[1:], (date(1984, 3, 12), date(1971, 11, 2), date(1990, 1, 31)), strict=True):
        row[-1] = day
    assert [one.cells for one in found(book({"Data": days}))] == [("G2", "G3", "G4")]
    sheets = {"Data": with_note(""), "Old": [[row[-1]] for row in days]}
    assert kinds(book(sheets)) == {"a date of birth"}
    recent = [
        [*row, text] for row, text in zip(with_note(""), ["on", "2026-01-01", "2020-01-01", "2019-01-01"], strict=True)
    ]
    assert found(csv_bytes(recent)) == ()


@pytest.mark.parametrize(
    "harmless",
    [
        *("S01", "M001", "K027R", "NQV", "E54000025", "8HX56", "RX4", "2026-Q1", "2026-01-12 to 2026-02-20", "14:30"),
        *("0123456789abcdef", "1234567890.12", "0.9434765919", "1,234,567,890", "£1,234,567,890", "9434765918"),
        *("R_9434765919x", "Q1 2026", "S01 200, S02 120", "one stock of dressings", "Meeting at 9am", "3.5 MS Office"),
        *("Msunduzi", "GB123456C", "A1 size", "https://example.org/9434765919/", "12-34-56 12345678", "0800 1111"),
    ],
)
def test_codes_figures_and_words_are_not_taken_for_it(harmless: str) -> None:
    assert found(csv_bytes(with_note(harmless))) == ()


def test_a_code_that_the_register_knows_is_nobodys() -> None:
    assert kinds(csv_bytes(with_note("AB123456C"))) == {"a National Insurance number"}
    assert found(csv_bytes(with_note("AB123456C")), codes=["AB123456C"]) == ()


def amounts(*texts: str) -> bytes:
    rows = [HEADINGS, *([f"M00{n}", "2026-01", "hours", text, "300", ""] for n, text in enumerate(texts))]
    return csv_bytes(rows)


def test_an_amount_of_ten_digits_is_an_amount_and_a_column_of_nhs_numbers_is_not() -> None:
    assert found(amounts("9434765919")) == ()
    assert found(amounts("9434765919", "1200000000", "4010232137")) == ()
    assert kinds(amounts("9434765919", "4010232137", "4857773457")) == {"an NHS number"}
    assert kinds(amounts("943 476 5919")) == {"an NHS number"}


def test_one_column_of_amounts_in_a_thousand_is_taken_for_numbers_of_people_at_most() -> None:
    draw = random.Random(5)
    taken = 0
    for _ in range(2000):
        texts = [str(draw.randrange(10**9, 10**10)) for _ in range(draw.randint(1, 12))]
        taken += bool(found(amounts(*texts)))
    assert taken <= 2


def test_numbers_of_answer_sheets_are_no_telephones_or_nhs_numbers_by_chance() -> None:
    layout = with_questions(answer_sheets()["staff_survey"].sheets, ["q"])
    draw = random.Random(7)
    rows = [["response_id", "q"], *([str(draw.randrange(10**9, 10**10)), "3"] for _ in range(500))]
    data = csv_bytes(rows)
    assert personal_findings(layout, read_table(data, layout), data, {}, NOTHING_KNOWN) == ()


@pytest.mark.parametrize("feed", ["sickness_absence", "staff_survey", "service_user_survey", "savings"])
def test_a_clean_file_holds_none(feed: str) -> None:
    columns = [column.name for column in feeds()[feed].columns]
    rows = [columns, *([row.get(name, "") for name in columns] for row in clean(feed))]
    for data in (csv_bytes(rows), book({"Cover": [["Feed", feed]], feed: rows})):
        assert personal_findings(feeds()[feed], read_table(data, feeds()[feed]), data, {}, NOTHING_KNOWN) == ()


@given(st.binary(max_size=300), st.sampled_from(["xl/comments1.xml", "docProps/app.xml", "xl/worksheets/sheet2.xml"]))
def test_no_part_of_a_workbook_makes_it_fall(noise: bytes, name: str) -> None:
    data = with_parts(book({"Data": with_note("")}), **{name: lambda _: noise})
    found(data)


@pytest.mark.parametrize(
    ("part", "right", "damaged"),
    [
        ("xl/styles.xml", b'numFmtId="0"', b'numFmtId="\xc2\xb2"'),
        ("xl/worksheets/sheet2.xml", b'r="A1"', b'r="1A"'),
        ("xl/worksheets/sheet2.xml", b'<c r="A1"', b'<c r="A0"'),
        ("xl/worksheets/sheet2.xml", b'<row r="1"', b'<row r="-"'),
        ("xl/worksheets/sheet2.xml", b"<v>0</v>", b"<v>-1</v>"),
    ],
)
def test_a_damaged_number_in_a_part_hides_nothing(part: str, right: bytes, damaged: bytes) -> None:
    data = book({"Data": [["a"]], "Other": [["Notes"], ["ask jane.smith@example.org"]]})
    changed = with_parts(data, **{part: lambda old: old.replace(right, damaged)})
    assert changed != data
    assert kinds(changed) == kinds(data) != set()


def test_long_texts_cost_no_time() -> None:
    for noise in ("a" * 90_000, "0 " * 45_000, "@" * 90_000, "a@" * 45_000, "1234567890 " * 8_000, "AB12" * 20_000):
        found(csv_bytes(with_note(noise)))


def test_what_cannot_be_unpacked_is_not_looked_at() -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 150_000_000)
    assert found(out.getvalue()) == ()
