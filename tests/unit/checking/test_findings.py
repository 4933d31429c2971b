"""What is said about a file, and what is never repeated from it."""

from dataclasses import replace
from itertools import chain, product
from string import ascii_uppercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impact.checking.findings import (
    Finding,
    about_cells,
    about_file,
    cell_name,
    cell_place,
    cells_text,
    plain_number,
    rule_words,
    shown_heading,
)
from impact.definition import Column, Kind, Rule, feeds
from tests.unit.checking.small import SMALL

CHOICES = ("calendar_days", "working_days", "hours")
LAST_COLUMN = 16_384


def column(choices: tuple[str, ...] = (), kind: Kind = "text") -> Column:
    return replace(SMALL.column("basis"), heading="Basis", kind=kind, one_of=choices, example="hours")


def rule(message: str = "Wrong{value}.", fix: str = "Mend it.", **thresholds: float) -> Rule:
    return Rule("basis_one_of", "one_of", "must_fix", "Right.", message, fix, "basis", thresholds)


def said_of(*values: str, choices: tuple[str, ...] = CHOICES, kind: Kind = "text") -> str:
    """What a message repeats of the values that it is about."""
    message = about_cells(rule(), column(choices, kind), ["C7"], values).message
    return message.removeprefix("Wrong").removesuffix(".")


@pytest.mark.parametrize(
    ("index", "row", "name"),
    [(0, 2, "A2"), (25, 1, "Z1"), (26, 2, "AA2"), (51, 9, "AZ9"), (52, 9, "BA9"), (701, 1, "ZZ1"), (702, 1, "AAA1")],
)
def test_a_cell_is_named_as_excel_names_it(index: int, row: int, name: str) -> None:
    assert cell_name(index, row) == name


def test_every_column_of_a_sheet_has_the_name_that_counting_gives() -> None:
    counted = chain.from_iterable(product(ascii_uppercase, repeat=length) for length in (1, 2, 3))
    names = ["".join(letters) for letters, _ in zip(counted, range(LAST_COLUMN), strict=False)]
    assert [cell_name(index, 1048576) for index in range(LAST_COLUMN)] == [f"{name}1048576" for name in names]
    assert names[-1] == "XFD"


@pytest.mark.parametrize(
    "value",
    [
        "12,5",
        "£400",
        "3.5%",
        "(12)",
        "-1,234.50",
        "[c]",
        "n/a",
        "N/A",
        "nil",
        "None",
        "tbc",
        "unknown",
        "x",
        "yes",
        "-",
    ],
)
def test_a_figure_or_a_word_for_none_is_shown(value: str) -> None:
    assert said_of(value) == f': "{value}"'


@pytest.mark.parametrize("value", ["Jan-26", "September 2026", "sept 26", "2026-13", "2026-1", "Mar-2026"])
def test_a_month_is_shown_where_a_month_belongs_and_nowhere_else(value: str) -> None:
    assert said_of(value, kind="month") == f': "{value}"'
    assert said_of(value) == ""


@pytest.mark.parametrize("value", ["calender_days", "Calendar days", "workingdays", "HOURS"])
def test_a_slip_of_a_word_that_may_stand_there_is_shown(value: str) -> None:
    assert said_of(value) == f': "{value}"'


@pytest.mark.parametrize("value", ["All", "all"])
def test_a_word_that_may_stand_there_is_shown_in_whatever_case(value: str) -> None:
    assert said_of(value, choices=("ALL",)) == f': "{value}"'


@pytest.mark.parametrize(
    "value",
    [
        "Jane Smith",
        "Sally",
        "Hall",
        "Ally",
        "Horus",
        "O'Neill, P.",
        "李小龙",
        "SW1A 1AA",
        "NHS 943 476 5919",
        "AB123456C",
        "jane@example.org",
        "DOB 14/03/1962",
        "off sick with flu",
        "Jan Smith",
        "1 High Street",
        "1" * 21,
    ],
)
def test_what_may_be_personal_is_not_shown(value: str) -> None:
    assert said_of(value) == ""
    assert said_of(value, choices=("ALL",)) == ""


@pytest.mark.parametrize("kind", ["text", "number", "month", "date"])
@pytest.mark.parametrize(
    "value",
    [
        *("943 476 5919", "9434765919", "943-476-5919", "943.476.5919"),
        *("07700 900123", "020 7946 0000", "+44 7700 900123", "+447700900123"),
        *("14/03/1962", "1962-03-14", "14.03.62", "14.03.1962", "14 March 1962"),
        *("Marion 1962", "Janet 45", "Augustus 62", "Mary62"),
    ],
)
def test_no_nhs_number_telephone_number_date_of_birth_or_name_is_shown(value: str, kind: Kind) -> None:
    assert said_of(value, kind=kind) == ""


def test_one_value_that_may_be_personal_hides_them_all() -> None:
    assert said_of("12,5", "Jane Smith") == ""


def test_three_values_are_shown_each_once_and_the_rest_is_hinted_at() -> None:
    assert said_of("1,1", "1,2", "1,1", "1,3") == ': "1,1", "1,2", "1,3"'
    assert said_of("1,1", "1,2", "1,3", "1,4") == ': "1,1", "1,2", "1,3" and others'


def test_no_value_leaves_no_gap() -> None:
    assert said_of() == ""


def test_a_finding_has_its_rule_its_cells_in_order_and_its_words() -> None:
    broken = rule("{column} is over {high}{value}.", "Write one of: {choices}. Example: {example}", high=12.0)
    assert about_cells(broken, column(CHOICES), ["C7", "C10"], ["13"]) == Finding(
        "basis_one_of",
        "must_fix",
        'Basis is over 12: "13".',
        "Write one of: calendar_days, working_days, hours. Example: hours",
        "basis",
        ("C7", "C10"),
    )


def test_braces_that_a_sender_wrote_are_only_text() -> None:
    finding = about_file("unknown_column", None, ["A1"], value='"{0} {month}"', choices="{column}")
    assert '"{0} {month}"' in finding.message
    assert "{column}" in finding.fix


def test_a_threshold_of_a_rule_fills_its_gaps() -> None:
    purged = next(one for one in feeds()["staff_survey"].rules if one.is_purged)
    assert about_cells(purged, column(), ["J6"], ["7"]).message == (
        "A group of under 11 people must be merged with another before it is sent; this file was not kept."
    )


def test_a_file_that_was_read_otherwise_is_for_information_and_all_else_must_be_mended() -> None:
    assert about_file("decoded_otherwise", value="UTF-16").severity == "for_information"
    assert about_file("month_written_otherwise", "month", ["A2"]).severity == "for_information"
    assert about_file("empty_file").severity == "must_fix"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (12, "12"),
        (12.0, "12"),
        (0.5, "0.5"),
        (0.005, "0.005"),
        (99_999_999, "99999999"),
        (99_999_999_999, "99999999999"),
    ],
)
def test_a_threshold_is_written_as_people_write_it(number: float, text: str) -> None:
    assert plain_number(number) == text
    assert rule_words(rule(high=number), None) == {"high": text}


def test_a_heading_that_nobody_expected_is_cut_short() -> None:
    assert shown_heading("x" * 40) == "x" * 40
    assert shown_heading("x" * 41) == "x" * 40 + "..."


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ("", ""),
        ("C7", "C7"),
        ("C7 C8", "C7 and C8"),
        ("C7 C9 AA2", "C7, C9 and AA2"),
        ("C2 C3 C4", "C2:C4"),
        ("C2 C3 C4 C6 D6 E6 F6 G9", "C2:C4, C6:F6 and G9"),
        ("C2 C3 D3", "C2, C3 and D3"),
        ("Y1 Z1 AA1", "Y1:AA1"),
    ],
)
def test_cells_are_listed_as_people_do(cells: str, said: str) -> None:
    assert cells_text(cells.split()) == said


def test_of_many_cells_the_first_are_named_and_the_others_counted() -> None:
    odd = [f"C{row}" for row in range(1, 40, 2)]
    assert cells_text(odd, 3) == "C1, C3, C5 and 17 more cells"
    assert cells_text([*odd[:3], "D1", "D2", "D3"], 3) == "C1, C3, C5 and 3 more cells"
    assert cells_text(odd[:4], 3) == "C1, C3, C5 and 1 more cell"
    assert cells_text([f"C{row}" for row in range(2, 5002)], 3) == "C2:C5001"
    assert cells_text(["row 7", "row 8", "row 9"]) == "row 7, row 8 and row 9"


PLACES = st.tuples(st.integers(0, 4), st.integers(1, 9))


@given(st.lists(PLACES, unique=True))
def test_every_cell_is_named_once(places: list[tuple[int, int]]) -> None:
    cells = [cell_name(column, row) for column, row in places]
    named: list[str] = []
    for part in cells_text(cells).replace(" and ", ", ").split(", "):
        first, _, last = part.partition(":")
        if last:
            (left, top), (right, bottom) = (cell_place(first) or (0, 0)), (cell_place(last) or (0, 0))
            named += [cell_name(c - 1, r) for c in range(left, right + 1) for r in range(top, bottom + 1)]
        elif part:
            named.append(part)
    assert sorted(named) == sorted(cells)
