"""Reports in print, read back: what a screen reader is told, what stands on each page, and that the bytes never
differ."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from impact.reports.chart_records import PortfolioChart, PortfolioMark
from impact.reports.content import METHOD, Column, Figure, PointList, Profile, Report, Section, Table, Term
from impact.reports.pdf import report_pdf

HOSTILE = (
    '#eval("1+1") #panic() $x^2$ *bold* _it_ `raw` @ref <label> = not a heading',
    "\\ \\u{41} // no comment /* none */ ~ -- --- ... 'single' \"double\" [c] {x} - + / 1. :",
    "<script>alert(1)</script> &amp; </svg> ]]> <!-- -->",
    "=HYPERLINK(1) %s {0} {{ x }} {% y %}",
    "Łódź Ŵyre Ñandú £5 €6 ½ é",
)


def chart(*names: str) -> PortfolioChart:
    return PortfolioChart(
        "None of 2 compared is set apart",
        "Sickness absence rate (%), calendar days, July 2025 to June 2026",
        "%",
        tuple(
            PortfolioMark(name, "mutual", 4.0 + index, f"{4 + index}.0", 3, 4, 5) for index, name in enumerate(names)
        ),
        "Values run from 4.0 (Alder) to 5.0 (Birch). The table gives every value.",
    )


def table(title: str, rows: int, columns: int = 4, *, is_folded: bool = False, name: str = "Organisation") -> Table:
    return Table(
        title,
        (Column("Organisation"), *(Column(f"Measure {index} (%)", True) for index in range(1, columns))),
        tuple(
            (f"{name} {row}", *(f"{row}.{index} to {row + 1}.{index}" for index in range(1, columns)))
            for row in range(1, rows + 1)
        ),
        notes=(f"A note on {title}.",),
        is_folded=is_folded,
        how_to_read=("How it is meant.",),
    )


REPORT = Report(
    title="Benchmarks for Ashby Council: year to June 2026",
    audience_name="Ashby Council",
    published_on=date(2026, 9, 1),
    period_covered="July 2025 to June 2026",
    status="Provisional",
    warning="Not for release.",
    main_points=("You commission 2 organisations.", "Sickness absence: 1 is worse."),
    sections=(
        Section("glance", "At a glance", tables=(table("All at a glance", 3, 14),)),
        Section(
            "sickness",
            "Sickness absence",
            paragraphs=("Lower is better.",),
            lists=(PointList("For it", ("One point.",)),),
            figures=(Figure("sickness-beside-peers", chart("Alder", "Birch"), table("Of the figure", 2)),),
            tables=(table("Sickness absence rate", 60), table("Basis and peers", 3, is_folded=True)),
        ),
    ),
    profiles=tuple(
        Profile(
            f"organisation-M00{number}",
            f"Organisation {number}",
            f"Organisation {number}",
            (("Delivery model", "Mutual"), ("Spun out", "1 April 2019")),
            ("Better than its peers.",),
            (
                Section(
                    f"figures-{number}",
                    "Figures",
                    tables=(replace(table(f"Figures of {number}", 2), is_repeated=True), table(f"Before {number}", 1)),
                ),
            ),
            comment=f"We have changed our rota, says {number}.",
        )
        for number in (1, 2)
    ),
    next_update="July to September 2026",
    notices=("Correction: one figure was wrong.",),
    glossary=(Term("Median", "The figure in the middle."), Term("[c]", "Withheld.")),
)


@pytest.fixture(scope="module")
def printed() -> PdfReader:
    return read(REPORT)


def read(report: Report) -> PdfReader:
    return PdfReader(BytesIO(report_pdf(report)))


def squeezed(text: str) -> str:
    """Where lines end is up to the page, and where words may."""
    return re.sub(r"[\s\u200b]+", "", text)


def text_of(pdf: PdfReader) -> str:
    return "\n".join(page.extract_text() for page in pdf.pages)


def tags(pdf: PdfReader) -> Iterator[Any]:
    """Every element of the structure, in the order of reading."""
    root: Any = pdf.trailer["/Root"]["/StructTreeRoot"]  # type: ignore[index]
    waiting = [root["/K"]]
    while waiting:
        element = waiting.pop().get_object()
        if isinstance(element, list):
            waiting.extend(reversed(element))
        elif isinstance(element, dict):
            if "/S" in element:
                yield element
            if "/K" in element:
                waiting.append(element["/K"])


def bookmarks(outline: list[Any]) -> Iterator[str]:
    for entry in outline:
        if isinstance(entry, list):
            yield from bookmarks(entry)
        else:
            yield entry.title


def headings(pdf: PdfReader) -> list[tuple[int, str]]:
    return [(int(tag["/S"][2:]), str(tag["/T"])) for tag in tags(pdf) if re.fullmatch(r"/H\d", tag["/S"])]


def test_it_says_its_language_its_title_and_that_it_is_tagged(printed: PdfReader) -> None:
    root: Any = printed.trailer["/Root"]

    assert root["/Lang"] == "en-GB"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert printed.metadata is not None
    assert printed.metadata.title == REPORT.title
    assert "<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_object().get_data().decode()


def test_every_figure_is_described_and_every_heading_cell_is_one(printed: PdfReader) -> None:
    found = list(tags(printed))
    of_sections, of_profiles = 2, 2
    tables = of_sections + of_profiles

    assert [tag["/Alt"] for tag in found if tag["/S"] == "/Figure"] == [REPORT.figures()[0].chart.description]
    assert sum(tag["/S"] == "/Table" for tag in found) == tables
    assert sum(tag["/S"] == "/THead" for tag in found) == tables
    assert sum(tag["/S"] == "/Caption" for tag in found) == tables
    assert sum(tag["/S"] == "/TH" for tag in found) == 14 + 4 * (tables - 1)


def test_headings_skip_no_level_and_are_the_bookmarks(printed: PdfReader) -> None:
    found = headings(printed)

    assert found[0] == (1, "Main points")
    assert all(after <= before + 1 for (before, _), (after, _) in pairwise(found))
    assert list(bookmarks(printed.outline)) == [title for _, title in found]
    assert (2, "Figure 1: None of 2 compared is set apart") in found


def test_every_page_says_which_of_how_many_it_is(printed: PdfReader) -> None:
    for number, page in enumerate(printed.pages, start=1):
        assert f"{number} of {len(printed.pages)}" in page.extract_text()


def test_everything_that_the_content_says_is_in_print(printed: PdfReader) -> None:
    text = squeezed(text_of(printed))
    figure = REPORT.figures()[0]

    for said in (
        *REPORT.main_points,
        *("1 September 2026", "July 2025 to June 2026", "Ashby Council", "Provisional", "Not for release."),
        *("Correction: one figure was wrong.", "July to September 2026"),
        *("Lower is better.", "One point.", figure.chart.subtitle, figure.chart.description, "How it is meant."),
        *("Median", "The figure in the middle.", "We have changed our rota, says 2.", "1 April 2019"),
    ):
        assert squeezed(said) in text
    tables = [one for _, section in REPORT.all_sections() for one in section.tables]
    for one in (one for one in tables if not (one.is_folded or one.is_repeated)):
        assert squeezed(one.title) in text
        assert all(squeezed(note) in text for note in one.notes)
        for row in one.rows:
            assert squeezed("".join(row)) in text


def test_headings_of_a_table_stand_on_each_of_its_pages(printed: PdfReader) -> None:
    pages = [page.extract_text() for page in printed.pages]
    of_the_table = [text for text in pages if re.search(r"Organisation \d+ \d+\.1 to", text.replace("\n", " "))]

    assert len(of_the_table) > 3
    assert all("Measure 1" in text for text in of_the_table)


def test_what_is_said_of_an_organisation_stands_on_one_page() -> None:
    many = tuple(
        replace(REPORT.profiles[0], id=f"organisation-{number}", title=f"Body {number}.", main_points=("Well. " * 60,))
        for number in range(9)
    )
    pages = [squeezed(page.extract_text()) for page in read(replace(REPORT, profiles=many)).pages]
    for profile in many:
        [page] = [text for text in pages if squeezed(f"{profile.title}Delivery model") in text]
        after = page.split(profile.title.replace(" ", ""), 1)[1]
        assert squeezed(f"{profile.main_points[0]}What the organisation says {profile.comment}") in after


def test_a_table_too_wide_for_an_upright_page_is_turned_and_only_that(printed: PdfReader) -> None:
    turned = [page for page in printed.pages if page.mediabox.width > page.mediabox.height]

    assert len(turned) == 1
    assert "All at a glance" in turned[0].extract_text()


def test_every_font_is_ours_and_in_the_file(printed: PdfReader) -> None:
    for page in printed.pages:
        fonts: Any = page["/Resources"]["/Font"]  # type: ignore[index]
        for font in fonts.values():
            assert "SourceSansPro" in font["/BaseFont"]
            assert "/FontFile3" in font["/DescendantFonts"][0]["/FontDescriptor"]


def test_it_is_the_same_bytes_again_in_another_process_and_folder(tmp_path: Path) -> None:
    script = (
        "import sys; from tests.unit.reports.test_pdf import REPORT, report_pdf; "
        "sys.stdout.buffer.write(report_pdf(REPORT))"
    )
    there = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "TMPDIR": str(tmp_path), "TZ": "Asia/Tokyo"},
        capture_output=True,
        check=True,
    ).stdout

    report_pdf(replace(REPORT, title="Another before it"))
    assert report_pdf(REPORT) == report_pdf(REPORT) == there


def everywhere(text: str) -> Report:
    """A report that says one text wherever a text may stand."""
    rows = tuple((text,) * 3 for _ in range(2))
    of_text = Table(text, (Column(text), Column(text, True), Column(text)), rows, (text,), how_to_read=(text,))
    drawn = replace(chart(text), title=text, subtitle=text, description=text, note=text)
    section = Section("s", text, (text,), (PointList(text, (text,)),), (Figure("f", drawn, of_text),), (of_text,))
    return Report(
        title=text,
        audience_name=text,
        published_on=date(2026, 9, 1),
        period_covered=text,
        status=text,
        warning=text,
        main_points=(text,),
        sections=(section,),
        profiles=(Profile("organisation-M001", text, text, ((text, text),), (text,), (), text),),
        notices=(text,),
        glossary=(Term(text, text),),
    )


@pytest.mark.parametrize("text", [*HOSTILE, "x" * 300, "Wm" * 150, "a-b/" * 75], ids=range(8))
def test_hostile_text_comes_out_as_text(text: str) -> None:
    printed = read(everywhere(text))

    assert squeezed(text_of(printed)).count(squeezed(text)) >= 15
    assert f"Figure 1: {text}" in [title.replace("\u200b", "") for _, title in headings(printed)]
    assert printed.metadata is not None
    assert printed.metadata.title == text


@settings(deadline=None, max_examples=25)
@given(st.text(st.characters(min_codepoint=32, max_codepoint=0x17F, exclude_categories=["C", "Z"]), min_size=1))
@example("'")
@example("0" * 21)
def test_any_latin_text_can_be_read_back(text: str) -> None:
    printed = read(replace(REPORT, main_points=(f"Begin {text} end",), sections=(), profiles=(), glossary=()))

    assert squeezed(f"Begin {text} end") in squeezed(text_of(printed))


@settings(deadline=None, max_examples=40)
@given(st.text(min_size=1, max_size=30))
@example("\u03d20\U000e0020")
@example("\u03d20\U000e0100 \u180b0\ufe0f")
@example("\x00\x01\ufeff\ufffe\u202e\u2066 😀👩‍👩‍👧 日本 कि عربي שלום e\u0301\u0489")
def test_no_text_keeps_a_report_from_print(text: str) -> None:
    drawn = Figure("f", chart(text), table("Of the figure", 1))

    report_pdf(
        replace(
            REPORT, title=f"-{text}", main_points=(text,), sections=(Section("s", text, figures=(drawn,)),), profiles=()
        )
    )


def test_what_no_font_has_is_replaced_by_a_sign_and_letters_of_other_alphabets_stay() -> None:
    text = text_of(
        read(replace(REPORT, main_points=("Hi 👩‍👩‍👧 日 Ж Ω שלום.",), sections=(), profiles=(), glossary=()))
    )

    assert "Hi � � Ж Ω" in text
    assert all(letter in text for letter in "שלום")


def test_no_sign_turns_round_the_figures_after_it() -> None:
    text = text_of(read(replace(REPORT, main_points=("Name\u202e has 12.34",), sections=(), profiles=(), glossary=())))

    assert "Name has 12.34" in text


def test_a_report_without_figures_says_so() -> None:
    empty = replace(REPORT, main_points=(), sections=(), profiles=(), glossary=(), warning=None)

    assert "There are no figures for this period yet." in text_of(read(empty))


def test_how_figures_were_made_stands_behind_the_organisations() -> None:
    report = replace(REPORT, sections=(Section(METHOD, "How", ("By adding up.",)), *REPORT.sections))

    titles = list(bookmarks(read(report).outline))

    assert titles.index("At a glance") < titles.index("Organisation 2") < titles.index("How")


def test_profiles_stand_under_what_they_are_of() -> None:
    of_area = replace(REPORT.profiles[0], id="area-B1", title="Alphashire", is_of="combined authority")
    found = headings(read(replace(REPORT, profiles=(of_area, *REPORT.profiles))))
    start = found.index((1, "Each combined authority"))
    there = [one for one in found[start:] if one[0] < 3]
    assert there[:5] == [
        (1, "Each combined authority"),
        (2, "Alphashire"),
        (1, "Each organisation"),
        (2, "Organisation 1"),
        (2, "Organisation 2"),
    ]


def test_tables_of_detail_are_left_to_the_pages_and_that_is_said(printed: PdfReader) -> None:
    text = text_of(printed)

    assert "Basis and peers" not in text
    assert "Figure 1 as a table" not in text
    assert "Figures of 1" not in text
    assert "Before 1" in text
    assert "are on the pages that this report came with; the tables are in the workbook too" in " ".join(text.split())
    nothing = replace(REPORT, sections=REPORT.sections[:1], profiles=())
    assert "Detailed tables" not in text_of(read(nothing))
