"""Tables of many drops checked together: each drop gets what it would get alone, cell by cell."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from impact.checking.batch import Submitted, check_tables
from impact.checking.findings import Finding, cell_name
from impact.definition import Definition, feeds, register_files
from tests.unit.checking.small import CODES, HEADINGS, SMALL, csv_bytes, good_rows, submitted, table_of

pytestmark = pytest.mark.xdist_group("gx")

Cells = tuple[str, ...]
Said = list[tuple[str, Cells]]

SICKNESS = feeds()["sickness_absence"]
NHS = feeds()["nhs_sickness_absence"]


def check(*sent: Submitted, definition: Definition = SMALL) -> dict[str, list[Finding]]:
    known = {**CODES, "organisations.ods_code": frozenset({"NQV"})}
    return check_tables(definition, sent, known)


def said(findings: Sequence[Finding]) -> Said:
    """The rules that were broken, and in which cells."""
    return [(finding.rule, finding.cells) for finding in findings]


def said_of(rows: Sequence[Sequence[str]]) -> Said:
    return said(check(submitted("a", rows))["a"])


def with_cell(column: int, row: int, text: str) -> list[list[str]]:
    """Clean rows but for one cell. Rows count as in Excel: 2 is the first under the headings."""
    rows = good_rows()
    rows[row - 2][column] = text
    return rows


def sickness(drop: str, **damage: str) -> Submitted:
    """A clean quarter of 300 posts but for cells of its second row, in the columns that are named."""
    clean = {
        "organisation_code": "M001",
        "service_code": "ALL",
        "staff_group": "ALL",
        "basis": "calendar_days",
        "headcount": "340",
        "fte_start": "300",
        "fte_end": "300",
        "long_term_days_lost": "150",
        "episodes": "61",
    }
    months = [
        {**clean, "month": f"2026-0{month}", "fte_days_lost": "400", "fte_days_available": str(300 * days)}
        for month, days in ((1, 31), (2, 28), (3, 31))
    ]
    months[1] |= damage
    headings = [column.heading for column in SICKNESS.columns]
    data = csv_bytes([headings, *([month[name] for name in headings] for month in months)])
    return Submitted(drop, table_of(SICKNESS, data), "M001", date(2026, 1, 1), date(2026, 3, 31))


def nhs(drop: str, figures: Sequence[str]) -> Submitted:
    """An official file of one row with these days lost, days available and rate."""
    row = dict(
        zip([column.heading for column in NHS.columns], ["30/04/2024", *[""] * 4, "NQV", "N", "T"], strict=False)
    )
    row |= dict(zip(["FTE_DAYS_LOST", "FTE_DAYS_AVAILABLE", "SICKNESS_ABSENCE_RATE_PERCENT"], figures, strict=True))
    table = table_of(NHS, csv_bytes([list(row), list(row.values())]))
    return Submitted(drop, table, "X24", date(2024, 4, 1), date(2024, 4, 30))


def test_a_clean_drop_has_no_findings() -> None:
    assert check(submitted("a", good_rows())) == {"a": []}
    assert check(sickness("a"), definition=SICKNESS) == {"a": []}
    assert check(nhs("a", ["1", "8", "12.5"]), nhs("b", ["", "", ""]), definition=NHS) == {"a": [], "b": []}


def test_a_drop_without_rows_is_still_a_key() -> None:
    some = submitted("b", good_rows())
    empty = replace(some, table=replace(some.table, rows=(), row_numbers=()))
    assert check() == {}
    assert check(empty) == {"b": []}
    assert check(empty, submitted("a", good_rows())) == {"b": [], "a": []}


COLUMN_DAMAGE: dict[str, tuple[str, str]] = {
    # column: what cannot stand there, and the one rule that says so
    "organisation_code": ("M002", "organisation_is_the_sender"),
    "month": ("2026-13", "month_readable"),
    "service_code": ("Wards", "service_code_one_of"),
    "staff_group": ("Nurses", "staff_group_one_of"),
    "fte_days_lost": ("4OO", "fte_days_lost_readable"),
    "fte_days_available": ("8,400", "fte_days_available_readable"),
    "headcount": ("340.5", "headcount_readable"),
    "fte_start": ("£300", "fte_start_readable"),
    "fte_end": ("-1", "fte_end_between"),
    "long_term_days_lost": ("n/a", "long_term_days_lost_readable"),
    "episodes": ("6 1", "episodes_readable"),
}


def test_one_damaged_cell_is_found_and_named_and_nothing_else_is() -> None:
    letters = {column.name: cell_name(index, 3) for index, column in enumerate(SICKNESS.columns)}
    found = check(
        *(sickness(column, **{column: text}) for column, (text, _) in COLUMN_DAMAGE.items()), definition=SICKNESS
    )
    # too few posts at the end make the days available too many: a second, independent fault of the same cell
    also = {"fte_end": [("available_fits_staff", (letters["fte_days_available"],))]}
    assert {column: said(findings) for column, findings in found.items()} == {
        column: [(rule, (letters[column],)), *also.get(column, [])] for column, (_, rule) in COLUMN_DAMAGE.items()
    }


def test_a_blank_cell_hides_the_weaker_findings_on_it() -> None:
    letters = {column.name: cell_name(index, 3) for index, column in enumerate(SICKNESS.columns)}
    found = check(*(sickness(column.name, **{column.name: ""}) for column in SICKNESS.columns), definition=SICKNESS)
    assert {column: said(findings) for column, findings in found.items()} == {
        column.name: [(f"{column.name}_not_blank", (letters[column.name],))] if column.is_required else []
        for column in SICKNESS.columns
    }


@pytest.mark.parametrize("shorthand", ["[c]", "[x]"])
def test_what_is_withheld_or_not_available_counts_as_blank_only_where_a_cell_may_be_blank(shorthand: str) -> None:
    assert said_of(with_cell(4, 3, shorthand)) == [("shorthand_otherwise", ("E3",))]
    assert said_of(with_cell(3, 3, shorthand)) == [("fte_days_lost_readable", ("D3",))]


def test_the_same_fault_on_many_rows_is_one_finding_with_its_cells_in_the_order_of_the_file() -> None:
    rows = [["M002", *row[1:]] for row in good_rows()]
    assert said_of(rows) == [("organisation_is_the_sender", ("A2", "A3", "A4"))]


def test_independent_faults_are_all_said_at_once_in_the_order_of_the_definition() -> None:
    rows = good_rows()
    rows[0][0] = "M009"
    rows[1][2] = "weeks"
    rows[1][3] = "lots"
    rows[2][3] = "301"
    assert said_of(rows) == [
        ("organisation_code_in_register", ("A2",)),
        ("basis_one_of", ("C3",)),
        ("fte_days_lost_readable", ("D3",)),
        ("organisation_is_the_sender", ("A2",)),
        ("lost_within_available", ("D4",)),
    ]


def test_a_missing_column_has_one_finding_of_the_reader_and_none_here() -> None:
    whole = submitted("a", good_rows())
    columns = {name: position for name, position in whole.table.columns.items() if name != "basis"}
    assert check(replace(whole, table=replace(whole.table, columns=columns))) == {"a": []}


def test_a_drop_as_a_whole_is_found_wanting_without_a_cell() -> None:
    assert said_of(good_rows()[:2]) == [("every_month_present", ())]


def test_cells_are_named_by_where_they_stand_in_the_file() -> None:
    rows = [list(reversed(row)) for row in [HEADINGS, *with_cell(3, 3, "lots")]]
    table = table_of(SMALL, b"\n,,\n" + csv_bytes(rows))
    found = check(Submitted("a", table, "M001", date(2026, 1, 1), date(2026, 3, 31)))
    assert said(found["a"]) == [("fte_days_lost_readable", ("C5",))]


def test_two_rows_on_the_same_thing_are_both_named() -> None:
    assert said_of([*good_rows(), good_rows()[0]]) == [("rows_unique", ("B2", "B5"))]


@pytest.mark.parametrize("spelling", ["Jan-26", "January 2026", "01/01/2026"])
def test_two_rows_on_the_same_month_are_named_however_it_is_written(spelling: str) -> None:
    repeated = ["M001", spelling, "calendar_days", "99", "300", ""]
    assert ("rows_unique", ("B2", "B5")) in said_of([*good_rows(), repeated])


def test_two_rows_without_a_month_are_blank_and_not_repeated() -> None:
    rows = good_rows()
    rows[0][1] = rows[1][1] = ""
    assert said_of(rows) == [("month_not_blank", ("B2", "B3"))]


def test_a_column_of_its_own_that_must_be_unique_names_its_cells_and_passes_over_blanks() -> None:
    definition = register_files()["organisations"]
    required = ["organisation_code", "name", "delivery_model", "sector", "ods_code"]
    rows = [
        [f"M00{number}", "Name", "mutual", "health", code] for number, code in enumerate(["A1", "", "B2", "", "A1"])
    ]
    sent = Submitted("a", table_of(definition, csv_bytes([required, *rows])), "", date(1900, 1, 1), date(2199, 12, 31))
    assert said(check(sent, definition=definition)["a"]) == [("ods_code_unique", ("E2", "E6"))]


def test_the_same_row_in_two_drops_is_not_repeated() -> None:
    assert check(submitted("a", good_rows()), submitted("b", good_rows())) == {"a": [], "b": []}


def test_a_month_written_otherwise_is_told_how_it_was_read() -> None:
    rows = good_rows()
    rows[0][1], rows[2][1] = "Jan-26", "01/03/2026"
    [finding] = check(submitted("a", rows))["a"]
    assert (finding.rule, finding.severity, finding.cells) == (
        "month_written_otherwise",
        "for_information",
        ("B2", "B4"),
    )
    assert "Jan-26 as 2026-01, 01/03/2026 as 2026-03" in finding.message


def test_codes_are_text() -> None:
    assert check(submitted("a", good_rows("007"), "007")) == {"a": []}
    assert said(check(submitted("a", good_rows("7"), "7"))["a"]) == [
        ("organisation_code_in_register", ("A2", "A3", "A4"))
    ]


def test_each_drop_is_held_against_its_own_sender_and_period() -> None:
    table = submitted("a", good_rows()).table
    found = check(
        Submitted("own", table, "M001", date(2026, 1, 1), date(2026, 3, 31)),
        Submitted("other sender", table, "M002", date(2026, 1, 1), date(2026, 3, 31)),
        Submitted("other period", table, "M001", date(2026, 4, 1), date(2026, 6, 30)),
    )
    assert {drop: said(findings) for drop, findings in found.items()} == {
        "own": [],
        "other sender": [("organisation_is_the_sender", ("A2", "A3", "A4"))],
        "other period": [("every_month_present", ())],
    }


def test_a_name_in_the_wrong_column_is_found_and_never_repeated() -> None:
    found = check(submitted("a", with_cell(3, 3, "Jane Smith")))["a"]
    assert said(found) == [("fte_days_lost_readable", ("D3",))]
    assert "Jane" not in found[0].message + found[0].fix


def test_official_figures_withheld_in_part_are_found() -> None:
    found = check(nhs("a", ["1", "8", ""]), nhs("b", ["", "8", "12.5"]), definition=NHS)
    assert {drop: said(findings) for drop, findings in found.items()} == {
        "a": [("all_or_none_withheld", ("I2",))],
        "b": [("all_or_none_withheld", ("I2",))],
    }


def test_a_figure_that_cannot_be_read_is_not_said_to_be_blank() -> None:
    found = check(
        nhs("I2", ["one", "8", "12.5"]),
        nhs("J2", ["1", "eight", "12.5"]),
        nhs("K2", ["1", "8", "12.5%"]),
        definition=NHS,
    )
    assert {drop: [finding.cells for finding in findings] for drop, findings in found.items()} == {
        cell: [(cell,)] for cell in ("I2", "J2", "K2")
    }


def test_a_finding_on_a_column_that_is_not_in_the_file_names_no_cell_of_another() -> None:
    whole = nhs("a", ["1", "8", "12.5"])
    columns = {name: position for name, position in whole.table.columns.items() if name != "fte_days_lost"}
    lacking = replace(whole, table=replace(whole.table, columns=columns))
    assert said(check(lacking, definition=NHS)["a"]) == [("all_or_none_withheld", ("row 2",))]


@pytest.mark.parametrize("text", ["01/01/0001", "31/12/9999", "31/02/2024"])
def test_a_date_far_off_or_false_ends_in_a_finding(text: str) -> None:
    one = nhs("a", ["1", "8", "12.5"])
    [cells] = one.table.rows
    far_off = replace(one, table=replace(one.table, rows=((text, *cells[1:]),)))
    [finding] = check(far_off, definition=NHS)["a"]
    assert finding.cells == ("A2",)


@pytest.mark.parametrize("name", sorted(register_files()))
def test_a_row_of_the_examples_is_a_row_of_the_register(name: str) -> None:
    definition = register_files()[name]
    examples = {column.name: column.example for column in definition.columns}
    data = csv_bytes([list(examples), list(examples.values())])
    table = table_of(definition, data)
    known = {
        str(column.in_register): frozenset({column.example}) for column in definition.columns if column.in_register
    }
    sent = Submitted("a", table, "", date(1900, 1, 1), date(2199, 12, 31))
    assert check_tables(definition, [sent], known) == {"a": []}


CELLS: list[st.SearchStrategy[str]] = [
    st.sampled_from(["M001", "M002", "M009", "007", ""]),
    st.sampled_from(["2026-01", "2026-02", "2026-03", "Feb-26", "2026-07", "someday", ""]),
    st.sampled_from(["hours", "calendar_days", "weeks", ""]),
    st.sampled_from(["0", "5", "1000", "1000.5", "-1", "lots", "[c]", ""]),
    st.sampled_from(["0", "300", "[x]", "many", ""]),
    st.sampled_from(["", "x"]),
]
ROWS = st.lists(st.tuples(*CELLS).filter(any), min_size=1, max_size=4)
few_examples = settings(deadline=None, max_examples=8, suppress_health_check=[HealthCheck.too_slow])


@given(st.lists(ROWS, min_size=2, max_size=3), st.data())
@few_examples
def test_drops_in_one_batch_get_what_each_gets_alone_in_any_order(
    files: list[list[tuple[str, ...]]], data: st.DataObject
) -> None:
    sent = [submitted(f"drop {number}", rows, f"M00{number}") for number, rows in enumerate(files)]
    alone = {drop: findings for one in sent for drop, findings in check(one).items()}
    assert check(*data.draw(st.permutations(sent))) == alone


@given(ROWS, st.data())
@few_examples
def test_the_order_of_the_rows_changes_nothing_but_where_the_cells_are(
    rows: list[tuple[str, ...]], data: st.DataObject
) -> None:
    order = data.draw(st.permutations(range(len(rows))))
    shuffled = [rows[index] for index in order]

    def in_first_order(cell: str) -> str:
        match = re.fullmatch(r"([A-Z]+)(\d+)", cell)
        assert match is not None
        return f"{match[1]}{order[int(match[2]) - 2] + 2}"

    moved = [(rule, tuple(sorted(map(in_first_order, cells)))) for rule, cells in said_of(shuffled)]
    assert moved == [(rule, tuple(sorted(cells))) for rule, cells in said_of(rows)]
