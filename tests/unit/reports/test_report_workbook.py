"""A report as a workbook: it passes the checklist whatever it is made of, and its figures are numbers that show what
the content says."""

import io
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import count
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from impact.reports.audience_rows import AudienceRows, OrganisationFigure
from impact.reports.content import Column, Report, Section, Table, Term
from impact.reports.sheets import number_of, sheets_of
from impact.reports.wording import is_figure
from impact.reports.workbook import report_workbook
from impact.reports.writing import make_report
from tests.unit.reports.checklist import check, shown_columns
from tests.unit.reports.elsewhere import check_elsewhere
from tests.unit.reports.published import DAYS, ENGAGEMENT, GROWTH, HOSTILE, KEPT, PUBLISHED_ON, figure, quarter, rows
from tests.unit.reports.test_html import KINDS, full

HOSTILE_TEXTS = (
    HOSTILE,
    "=1+1",
    "@SUM(A1)",
    "https://example.org",
    "internal:Cover!A1",
    "mailto:a@example.org",
    "two\r\nlines\nand more\r",
    "\u202eabc\u2066",
    "'",
    "",
    " ",
    "-",
    "[c]",
    "\U0001f600" * 40,
    "{=A1}",
    "a_x0041_b",
)
FIGURES = (
    "4.10",
    "-0.60",
    "1,234.50",
    "-1,500",
    "0",
    "[c]",
    "[x]",
    "[z]",
    "3.9 to 6.3",
    "-1 to 0.5",
    "12 of 13",
    "5 (3)",
)
NOT_QUITE = ("007", "1e5", "-0.00", "9" * 20, "1,2", "1.", ".5", "+1", "12 %", "\u0663", "1 to", "\u22121")
# Cells say _x0041_ as it stands; in the properties of a document readers take it for a letter.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20).filter(lambda text: "_x" not in text)
cells = texts | st.sampled_from(HOSTILE_TEXTS) | st.sampled_from(FIGURES) | st.sampled_from(NOT_QUITE)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    columns = draw(st.lists(st.builds(Column, cells, st.booleans()), min_size=1, max_size=4))
    rows = [
        [draw(st.sampled_from(FIGURES) if column.is_figure else cells) for column in columns]
        for _ in range(draw(st.integers(0, 3)))
    ]
    return Table(draw(cells), tuple(columns), tuple(map(tuple, rows)), tuple(draw(st.lists(cells, max_size=2))))


def report(*tables_: Table, **fields: Any) -> Report:
    section = Section("one", "One part", paragraphs=("What it is about.",), tables=tables_)
    made = Report("A report", "Alphashire", date(2026, 7, 20), "the year", "Provisional", None, ("First.",), (section,))
    return replace(made, **fields)


def table(*rows: Sequence[str], title: str = "A table", columns: Sequence[Column] = ()) -> Table:
    of_figures = tuple(Column(f"Figure {place}", True) for place in range(1, len(rows[0]))) if rows else ()
    return Table(title, tuple(columns) or (Column("Name"), *of_figures), tuple(map(tuple, rows)))


NO_EXPECTED_RANGE = ("Counted over", "Where 998 of 1,000 would lie")


def opened(given_report: Report) -> Any:
    return load_workbook(io.BytesIO(report_workbook(given_report)))


@pytest.mark.parametrize("name", ["Alpha Care CIC", *HOSTILE_TEXTS], ids=lambda name: ascii(name)[:20])
@pytest.mark.parametrize("kind", KINDS)
def test_the_workbook_of_every_kind_of_report_passes(kind: str, name: str) -> None:
    given_report = make_report(full(kind, name), quarter(), PUBLISHED_ON)
    check(report_workbook(given_report), given_report)


NUMBERS = (
    *("value", "lower_95", "upper_95", "denominator"),
    *("peers", "peer_value", "peer_median", "peer_lower_quartile", "peer_upper_quartile"),
    *("expected_lower", "expected_upper", "expected_lower_998", "expected_upper_998"),
)


def varied(kind: str) -> AudienceRows:
    """Something of everything, on two bases, in which no two numbers are the same."""
    given = full(kind)
    who = "Alpha Care CIC"
    hours: dict[str, Any] = {"basis": "hours", "basis_name": "hours"}
    more = rows(
        *(figure("5.00", who=who, **hours), figure("5.10", who=who, grain="quarter", **hours)),
        *(figure("6.00", ENGAGEMENT, who="Beta", grain="quarter"), figure("12", GROWTH, who="Beta")),
        *(figure("4.00", who="Gamma"), figure("4.50", who="Delta", verdict="worse")),
        *(figure("[x]", KEPT, who=who), figure("[c]", DAYS, who="Beta"), figure("7", DAYS, who="Beta", **hours)),
        kind=kind,
    )
    number = count(101)

    def distinct(one: OrganisationFigure) -> OrganisationFigure:
        new: dict[str, Any] = {name: str(next(number)) for name in NUMBERS if is_figure(getattr(one, name))}
        return replace(one, **new)

    every = (*given.organisations, *more.organisations)
    own = [one for one in every if kind != "organisation" or one.organisation_name == who]
    return replace(given, organisations=tuple(map(distinct, own)))


@pytest.mark.parametrize("kind", KINDS)
def test_what_has_no_sheet_of_its_own_stands_in_the_long_tables(kind: str) -> None:
    given_report = make_report(varied(kind), quarter(), PUBLISHED_ON)
    assert check_elsewhere(report_workbook(given_report), given_report) > 40


@pytest.mark.parametrize("kind", KINDS)
def test_a_cell_of_the_long_tables_that_is_another_would_be_found(kind: str) -> None:
    given_report = make_report(varied(kind), quarter(), PUBLISHED_ON)
    unseen = set()
    for place, long in enumerate(given_report.long_tables):
        for one, column in enumerate(long.columns):
            texts = [row[one] for row in long.rows]
            turned = texts[1:] + texts[:1]
            changed = [(*row[:one], text, *row[one + 1 :]) for row, text in zip(long.rows, turned, strict=True)]
            tables_ = list(given_report.long_tables)
            tables_[place] = replace(long, rows=tuple(changed))
            wrong = report_workbook(replace(given_report, long_tables=tuple(tables_)))
            try:
                check_elsewhere(wrong, given_report)
            except (AssertionError, ValueError):
                continue
            if turned != texts:
                unseen.add(column.heading)
    # What a page has of nobody, or of nobody here, it cannot contradict.
    assert unseen <= {"Counted in", *(NO_EXPECTED_RANGE if kind == "organisation" else ())}


@settings(max_examples=60, deadline=None)
@given(st.lists(tables(), max_size=3), cells.filter(lambda title: "_x" not in title), cells)
def test_a_workbook_of_whatever_tables_passes(made: list[Table], title: str, point: str) -> None:
    given_report = report(*made, title=title, main_points=(point,), warning=point)
    check(report_workbook(given_report), given_report)


@given(st.decimals(-(10**11), 10**11, places=2) | st.integers(-(10**12), 10**12), st.booleans())
@example(-0.0, False)
def test_a_number_shows_what_was_printed(number: Any, has_commas: bool) -> None:
    text = f"{number:,}" if has_commas else str(number)
    found = number_of(text)
    if found is None:
        assert number == 0
        assert text.startswith("-")
        return
    value, number_format = found
    whole, _, decimals = number_format.partition(".")
    assert f"{value:{',' if ',' in whole else ''}.{len(decimals)}f}" == text


@pytest.mark.parametrize("text", [*NOT_QUITE, "[c]", "-", "", "3.9 to 6.3", "=1"])
def test_what_would_not_be_shown_as_it_stands_is_no_number(text: str) -> None:
    assert number_of(text) is None


def test_two_numbers_of_one_text_stand_in_two_columns() -> None:
    columns = (
        Column("Name"),
        Column("95% interval", True),
        Column("Months reported", True),
        Column("Difference of others (how many)", True),
        Column("Mixed", True),
        Column("In words"),
    )
    made = table(
        ("Alpha", "3.9 to 6.3", "12 of 13", "-0.10 (14)", "1 to 2", "1 to 2"),
        ("Beta", "[c]", "9 of 12", "[x]", "1 of 2", "3 to 4"),
        columns=columns,
    )
    sheet = opened(report(made)).worksheets[-1]
    assert dict(shown_columns(sheet)) == {
        "Name": ["Alpha", "Beta"],
        "95% interval, from": ["3.9", "[c]"],
        "95% interval, to": ["6.3", "[c]"],
        "Months reported": ["12", "9"],
        "Months reported, out of": ["13", "12"],
        "Difference of others": ["-0.10", "[x]"],
        "Difference of others, how many": ["14", "[x]"],
        "Mixed": ["1 to 2", "1 of 2"],
        "In words": ["1 to 2", "3 to 4"],
    }


def test_figures_are_numbers_and_shorthand_is_text_to_their_right() -> None:
    sheet = opened(report(table(("Alpha", "1,234.50"), ("Beta", "[c]"), ("7", "4")))).worksheets[-1]
    (name, figure), (_, withheld), (seven, _) = list(sheet.iter_rows())[-3:]
    assert (name.value, figure.value, figure.number_format) == ("Alpha", 1234.5, "#,##0.00")
    assert (withheld.value, withheld.alignment.horizontal) == ("[c]", "right")
    assert seven.value == "7"


def test_a_sheet_says_what_it_needs_above_its_table() -> None:
    made = replace(table(("Alpha", "[c]")), notes=("Take care.",), how_to_read=("From left to right.",))
    book = opened(report(made))
    assert [row[0].value for row in book.worksheets[-1].iter_rows(max_row=6)] == [
        "A table",
        "This worksheet contains one table, of the part of the report called One part.",
        "Shorthand used in it: [c] withheld, so that nobody is given away.",
        "Notes 1, 2 and 3, on the worksheet Notes",
        "Back to the contents",
        "Name",
    ]
    notes = [[cell.value for cell in row] for row in book["Notes"].iter_rows(min_row=4)]
    assert notes[0] == ["Note, shorthand or word", "What it says", "Where it applies"]
    assert notes[-3:] == [
        ["Note 1", "What it is about.", "Worksheet 1"],
        ["Note 2", "From left to right.", "Worksheet 1"],
        ["Note 3", "Take care.", "Worksheet 1"],
    ]


def test_a_note_of_several_tables_is_one_note() -> None:
    made = replace(table(("Alpha", "1")), notes=("Take care.",))
    sheets, notes = sheets_of(report(made, replace(made, title="Another")))
    assert [(note.text, note.where) for note in notes] == [
        ("What it is about.", "Worksheets 1 and 2"),
        ("Take care.", "Worksheets 1 and 2"),
    ]
    assert [sheet.notes for sheet in sheets] == [(1, 2), (1, 2)]


def test_what_stands_on_the_page_of_each_organisation_is_one_table() -> None:
    given_report = make_report(full("commissioner"), quarter(), PUBLISHED_ON)
    assert len(given_report.profiles) > 1
    merged = [sheet for sheet in sheets_of(given_report)[0] if sheet.part.startswith("Each organisation: ")]
    names = {profile.name for profile in given_report.profiles}
    assert {row[0] for sheet in merged for row in sheet.rows} == names
    assert [sheet.columns[0].heading for sheet in merged] == ["Organisation"] * len(merged)


def test_notices_words_and_comments_are_in_it() -> None:
    given_report = make_report(full("commissioner"), quarter(), PUBLISHED_ON)
    first, *others = given_report.profiles
    given_report = replace(
        given_report,
        notices=("Correction: A figure was wrong.",),
        glossary=(Term("Mutual", "Belongs to its staff."), Term("[c]", "Withheld.")),
        profiles=(replace(first, comment="We do not agree."), *others),
    )
    book = opened(given_report)
    assert "Correction: A figure was wrong." in [row[0].value for row in book["Cover"].iter_rows()]
    notes = {row[1].value: row[2].value for row in book["Notes"].iter_rows(min_row=5)}
    assert {"Belongs to its staff.", "Withheld.", f"{first.title} on this report: We do not agree."} <= set(notes)


def test_sheets_are_named_by_what_their_tables_show() -> None:
    titles = {
        "Sickness absence rate, July 2025 to June 2026": "1 Sickness absence rate",
        "Staff satisfaction: basis and peers, April 2025 to March 2026": "2 Basis and peers, Staff",
        "Staff satisfaction by delivery model": "3 By delivery model, Staff",
        "[a]:*b?/c": "4 A B C",
        "x" * 300: "5 " + "x" * 29,
        "": "6 z",
        "\U0001f600" * 40: "7 " + "\U0001f600" * 14,
    }
    sheets, _ = sheets_of(report(*(table(("Alpha", "1"), title=title) for title in titles)))
    assert [sheet.name.lower() for sheet in sheets] == [name.lower() for name in titles.values()]


def test_the_same_report_is_the_same_bytes_on_another_day(monkeypatch: pytest.MonkeyPatch) -> None:
    given_report = make_report(full("public"), quarter(), PUBLISHED_ON)
    before = report_workbook(given_report)
    monkeypatch.setattr(time, "time", lambda: 2_000_000_000.0)
    assert report_workbook(given_report) == before
