"""Tables of many drops checked together: each drop gets what it would get alone, cell by cell."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from impact.checking.batch import Submitted, check_tables
from impact.checking.findings import Finding, cell_name
from impact.definition import Definition, feeds, register_files
from tests.unit.checking.small import (
    FILES,
    HEADINGS,
    SMALL,
    Named,
    clean,
    csv_bytes,
    good_rows,
    sent,
    submitted,
    table_of,
)

pytestmark = pytest.mark.xdist_group("gx")

Cells = tuple[str, ...]
Said = list[tuple[str, Cells]]

SICKNESS = feeds()["sickness_absence"]
NHS = feeds()["nhs_sickness_absence"]


def check(*files: Submitted, definition: Definition = SMALL) -> dict[str, list[Finding]]:
    return check_tables(definition, files, FILES)


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
    for feed in ("sickness_absence", "staff_survey", "service_user_survey", "savings"):
        assert check(sent("a", feed, clean(feed)), definition=feeds()[feed]) == {"a": []}
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
    "service_code": ("Wards", "service_known"),
    "staff_group": ("Nurses", "staff_group_known"),
    "fte_days_lost": ("4OO", "fte_days_lost_readable"),
    "fte_days_available": ("8,40", "fte_days_available_readable"),
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
    before: dict[str, Said] = {column: [("every_month_present", ())] for column in ("service_code", "staff_group")}
    # too few posts at the end make the days available too many: a second, independent fault of the same cell
    after = {"fte_end": [("available_fits_staff", (letters["fte_days_available"],))]}
    assert {column: said(findings) for column, findings in found.items()} == {
        column: [*before.get(column, []), (rule, (letters[column],)), *after.get(column, [])]
        for column, (_, rule) in COLUMN_DAMAGE.items()
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


def test_drops_for_other_periods_are_checked_together() -> None:
    periods = {"a": (), "b": ("2026-Q1",), "c": ("2025-Q4", "2026-Q1")}
    assert check(*(replace(submitted(drop, good_rows()), periods=of) for drop, of in periods.items())) == {
        drop: [] for drop in periods
    }


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
    table = table_of(definition, csv_bytes([required, *rows]))
    one = Submitted("a", table, "", date(1900, 1, 1), date(2199, 12, 31))
    assert said(check(one, definition=definition)["a"]) == [("ods_code_unique", ("E2", "E6"))]


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
    known: dict[str, list[dict[str, str | None]]] = {}
    for column in definition.columns:
        if column.in_register:
            file, _, name_there = column.in_register.partition(".")
            known.setdefault(file, [{}])[0][name_there] = column.example
    for rule in definition.rules:
        if rule.expects == "known_together":
            row = known.setdefault(rule.arguments["file"], [{}])[0]
            row.update({column: examples[column] for column in rule.arguments["columns"]})
    submitted_examples = Submitted("a", table, "", date(1900, 1, 1), date(2199, 12, 31))
    assert check_tables(definition, [submitted_examples], known) == {"a": []}


Damage = dict[tuple[int, str], str]
"""A row of the clean ones, counted as in Excel, and a column of it -> the text that is put there."""
Broken = list[tuple[str, str]]
"""Rules that are broken then, and the cells by column and row, such as `month 3, month 4`."""


def damaged(feed: str, damage: Damage, without: Sequence[int] = ()) -> list[Named]:
    rows = clean(feed)
    for (row, column), text in damage.items():
        rows[row - 2][column] = text
    return [row for number, row in enumerate(rows, start=2) if number not in without]


def broken_by(feed: str, *drops: Submitted) -> dict[str, Broken]:
    """As `said`, with the names of columns for their letters."""
    names = {cell_name(index, 1)[:-1]: column.name for index, column in enumerate(feeds()[feed].columns)}
    found: dict[str, Broken] = {}
    for drop, findings in check(*drops, definition=feeds()[feed]).items():
        cells = [[re.fullmatch(r"([A-Z]+)([0-9]+)", cell) for cell in finding.cells] for finding in findings]
        places = [", ".join(f"{names[cell[1]]} {cell[2]}" for cell in one if cell) for one in cells]
        found[drop] = [(finding.rule, place) for finding, place in zip(findings, places, strict=True)]
    return found


# Rows 2 to 6 of sickness absence are January: ALL, S01, S02, nurses, therapists.
SICKNESS_FAULTS: dict[str, tuple[Damage, Broken]] = {
    "another's service": ({(3, "service_code"): "S09"}, [("service_known", "service_code 3")]),
    "a service that has closed": (
        {(9, "service_code"): "S03"},
        [("service_known", "service_code 9")],
    ),
    "an unknown group": ({(5, "staff_group"): "pilots"}, [("staff_group_known", "staff_group 5")]),
    "a crossed row": (
        {(4, "staff_group"): "nurses"},
        [("not_crossed", "staff_group 4")],
    ),
    "a small group": (
        {(4, "headcount"): "10", (4, "fte_start"): "10", (4, "fte_end"): "10", (4, "fte_days_available"): "310"}
        | {(4, "fte_days_lost"): "1"},
        [("no_small_group", "headcount 4")],
    ),
    "a group of eleven": (
        {(4, "headcount"): "11", (4, "fte_start"): "11", (4, "fte_end"): "11", (4, "fte_days_available"): "341"}
        | {(4, "fte_days_lost"): "1"},
        [],
    ),
    "groups that do not add up": (
        {(5, "fte_days_lost"): "606"},
        [("staff_groups_add_to_days_lost", "fte_days_lost 2")],
    ),
    "groups that nearly add up": ({(5, "fte_days_lost"): "605"}, []),
    "groups with too few days": (
        {(6, "fte_days_available"): "12200"},
        [("staff_groups_add_to_days_available", "fte_days_available 2")],
    ),
    "a group without its days": ({(5, "fte_days_lost"): ""}, [("fte_days_lost_not_blank", "fte_days_lost 5")]),
    "a group without its name": ({(5, "staff_group"): ""}, [("staff_group_not_blank", "staff_group 5")]),
    "services with too much": (
        {(3, "fte_days_lost"): "881"},
        [("services_within_days_lost", "fte_days_lost 2")],
    ),
    "services that are everything": ({(3, "fte_days_lost"): "880"}, []),
    "services with too many days": (
        {(3, "fte_days_available"): "27281", (3, "fte_start"): "880", (3, "fte_end"): "880", (3, "headcount"): "900"},
        [("services_within_days_available", "fte_days_available 2")],
    ),
    "another basis": ({(4, "basis"): "hours"}, [("one_basis", "")]),
    "a service with an unusual rate": ({(4, "fte_days_lost"): "0"}, []),
    "a month of another quarter": (
        {(4, "month"): "2026-04"},
        [("month_in_period", "month 4")],
    ),
}

# Rows 2 to 5 of the staff survey are ALL, 6 to 9 S01, 10 to 13 S02, 14 to 17 nurses: two questions, two scores.
STAFF_FAULTS: dict[str, tuple[Damage, Broken]] = {
    "another wave": (
        {(row, "wave"): "2026" for row in range(2, 18)},
        [("wave_in_period", ", ".join(f"wave {row}" for row in range(2, 18)))],
    ),
    "another's service": (
        {(row, "service_code"): "S09" for row in range(6, 10)},
        [("service_known", ", ".join(f"service_code {row}" for row in range(6, 10)))],
    ),
    "an unknown group": (
        {(row, "staff_group"): "pilots" for row in range(14, 18)},
        [("staff_group_known", ", ".join(f"staff_group {row}" for row in range(14, 18)))],
    ),
    "a crossed row": ({(14, "service_code"): "S01"}, [("not_crossed", "staff_group 14")]),
    "a small group": (
        {(row, "eligible_staff"): "10" for row in range(10, 14)}
        | {(row, "n_responses"): "" for row in (10, 11)}
        | {(row, "n_scored"): "5" for row in (12, 13)}
        | {(row, "score_sum"): "25" for row in (12, 13)}
        | {(row, "score_sum_of_squares"): "125" for row in (12, 13)},
        [
            ("no_small_group", ", ".join(f"eligible_staff {row}" for row in range(10, 14))),
            ("counts_filled", "item 10, item 11"),
        ],
    ),
    "an unknown instrument": (
        {(2, "instrument_id"): "fft"},
        [("item_known", "item 2"), ("one_instrument", "instrument_id 2")],
    ),
    "no such instrument": (
        {(2, "instrument_id"): "ours"},
        [
            ("instrument_id_in_register", "instrument_id 2"),
            ("item_known", "item 2"),
            ("one_instrument", "instrument_id 2"),
        ],
    ),
    "two instruments": ({(9, "instrument_id"): "staff_2027"}, [("one_instrument", "instrument_id 9")]),
    "an unknown item": (
        {(17, "item"): "parking"},
        [
            ("item_known", "item 17"),
            ("counts_filled", "item 17"),
            ("scores_only_for_scores", "item 17"),
            ("whole_present", "item 17"),
        ],
    ),
    "fieldwork that ends first": ({(2, "fieldwork_end"): "2026-01-31"}, [("fieldwork_in_order", "fieldwork_end 2")]),
    "fieldwork that ends today": ({(2, "fieldwork_end"): "2026-04-20"}, []),
    "fieldwork that goes on": ({(2, "fieldwork_end"): "2026-04-21"}, [("fieldwork_over", "fieldwork_end 2")]),
    "an unknown mode": ({(2, "mode"): "phone"}, [("mode_one_of", "mode 2")]),
    "a count left out": ({(2, "n_3"): ""}, [("counts_filled", "item 2")]),
    "a count that cannot be read": ({(2, "n_3"): "few"}, [("n_3_readable", "n_3 2")]),
    "a score left out": ({(4, "score_sum"): ""}, [("scores_filled", "item 4")]),
    "a score with a count": ({(4, "n_1"): "1"}, [("counts_only_for_questions", "item 4")]),
    "a question with a score": ({(2, "score_sum"): "0"}, [("scores_only_for_scores", "item 2")]),
    "counts that do not add up": ({(2, "n_3"): "16"}, [("counts_add_up", "n_responses 2")]),
    "more answers than people": (
        {(2, "n_5"): "239", (2, "n_responses"): "341"},
        [("responses_within_eligible", "n_responses 2")],
    ),
    "as many answers as people": (
        {(2, "n_5"): "238", (2, "n_responses"): "340"},
        [("response_rate_usual", "n_responses 2")],
    ),
    "more scores than people": (
        {(4, "n_scored"): "341", (4, "score_sum"): "1705", (4, "score_sum_of_squares"): "10000"},
        [("scored_within_eligible", "n_scored 4")],
    ),
    "scores over ten": (
        {(4, "score_sum"): "1701", (4, "score_sum_of_squares"): "17010"},
        [("score_possible", "score_sum 4"), ("squares_not_too_small", "score_sum_of_squares 4")],
    ),
    "scores of ten": ({(4, "score_sum"): "1700", (4, "score_sum_of_squares"): "17000"}, []),
    "scores below nought": (
        {(4, "score_sum"): "-1", (4, "score_sum_of_squares"): "0"},
        [("score_sum_between", "score_sum 4"), ("squares_not_too_large", "score_sum_of_squares 4")],
    ),
    "squares too large": (
        {(4, "score_sum_of_squares"): "12751"},
        [("squares_not_too_large", "score_sum_of_squares 4")],
    ),
    "squares too small": (
        {(4, "score_sum_of_squares"): "9561"},
        [("squares_not_too_small", "score_sum_of_squares 4")],
    ),
    "all with the same score": ({(4, "score_sum_of_squares"): "9562.5"}, []),
    "one row with other staff": ({(3, "eligible_staff"): "341"}, [("one_eligible_staff", "eligible_staff 3")]),
    "groups of too many": (
        {(row, "eligible_staff"): "221" for row in range(6, 10)},
        [("eligible_staff_of_groups_within_all", ", ".join(f"eligible_staff {row}" for row in range(2, 6)))],
    ),
    "groups of all": ({(row, "eligible_staff"): "220" for row in range(6, 10)}, []),
    "groups with too many answers": (
        {(6, "n_5"): "61", (6, "n_responses"): "121"},
        [("responses_of_groups_within_all", "n_responses 2")],
    ),
    "groups with too many scores": (
        {(8, "n_scored"): "111"},
        [("scored_of_groups_within_all", "n_scored 4")],
    ),
}

# Rows 2 to 5 of the service-user survey are January: S01 all, sms, paper, and S02 all.
USER_FAULTS: dict[str, tuple[Damage, Broken]] = {
    "another quarter": (
        {(row, "month"): "2026-04" for row in range(2, 6)},
        [("month_in_period", ", ".join(f"month {row}" for row in range(2, 6)))],
    ),
    "another's service": ({(5, "service_code"): "S09"}, [("service_known", "service_code 5")]),
    "a service still at work": ({(5, "service_code"): "S03"}, []),
    "a service that has closed": ({(9, "service_code"): "S03"}, [("service_known", "service_code 9")]),
    "the whole organisation": ({(5, "service_code"): "ALL"}, [("service_known", "service_code 5")]),
    "no such instrument": (
        {(5, "instrument_id"): "ours"},
        [("instrument_id_in_register", "instrument_id 5"), ("instrument_changed", "instrument_id 9")],
    ),
    "two instruments": (
        {(4, "instrument_id"): "local"},
        [
            ("one_instrument", "instrument_id 4"),
            ("mode_all_present", "collection_mode 4"),
            ("modes_add_up", "n_total 2"),
        ],
    ),
    "an unknown mode": (
        {(5, "collection_mode"): "fax"},
        [
            ("collection_mode_one_of", "collection_mode 5"),
            ("mode_all_present", "collection_mode 5"),
        ],
    ),
    "no row for all": ({(5, "collection_mode"): "online"}, [("mode_all_present", "collection_mode 5")]),
    "answers that do not add up": ({(5, "n_total"): "51"}, [("answers_add_up", "n_total 5")]),
    "a count left out": ({(5, "n_poor"): ""}, [("n_poor_not_blank", "n_poor 5")]),
    "more answers than people": ({(5, "eligible"): "49"}, [("total_within_eligible", "n_total 5")]),
    "as many answers as people": ({(5, "eligible"): "50"}, []),
    "people not known": ({(5, "eligible"): ""}, []),
    "modes that do not add up": (
        {(4, "n_very_good"): "21", (4, "n_total"): "36"},
        [("modes_add_up", "n_total 2")],
    ),
    "modes that add up in all but the answers": (
        {(4, "n_very_good"): "21", (4, "n_good"): "4"},
        [("modes_add_up", "n_total 2")],
    ),
}

# Row 2 of the savings is a verified one, row 3 an idea.
SAVINGS_FAULTS: dict[str, tuple[Damage, Broken]] = {
    "another quarter": ({(2, "as_at_quarter"): "2025-Q4"}, [("quarter_in_period", "as_at_quarter 2")]),
    "a year": ({(2, "as_at_quarter"): "2026"}, [("quarter_in_period", "as_at_quarter 2")]),
    "the same saving twice": ({(3, "saving_id"): "SAV-1"}, [("rows_unique", "saving_id 2, saving_id 3")]),
    "another's service": ({(3, "service_code"): "S09"}, [("service_known", "service_code 3")]),
    "another's contract": ({(2, "contract_code"): "C002"}, [("contract_known", "contract_code 2")]),
    "no contract": ({(2, "contract_code"): ""}, []),
    "an end before the start": ({(2, "end_month"): "2025-09"}, [("months_in_order", "end_month 2")]),
    "one month": ({(2, "end_month"): "2025-10"}, []),
    "an idea that has saved": ({(3, "actual_to_date_gbp"): "0.5"}, [("nothing_saved_yet", "actual_to_date_gbp 3")]),
    "an approval that has saved": (
        {(2, "stage"): "approved"},
        [("nothing_saved_yet", "actual_to_date_gbp 2")],
    ),
    "a stopped saving keeps what it had": ({(2, "stage"): "stopped"}, []),
    "a plan over its baseline": (
        {(2, "planned_gbp"): "480000.01"},
        [("planned_within_baseline", "planned_gbp 2"), ("saving_within_baseline", "planned_gbp 2")],
    ),
    "a cost over its baseline": ({(2, "planned_gbp"): "-480000.01"}, [("planned_within_baseline", "planned_gbp 2")]),
    "a plan of its baseline": ({(2, "planned_gbp"): "480000"}, [("saving_within_baseline", "planned_gbp 2")]),
    "a plan of 30% of its baseline": ({(2, "planned_gbp"): "144000"}, []),
    "a plan over the baseline of something else": (
        {(2, "planned_gbp"): "480000.01", (2, "type"): "income"},
        [("saving_within_baseline", "planned_gbp 2")],
    ),
    "quality not checked": ({(2, "quality_checked_by"): ""}, [("quality_checked", "quality_checked_by 2")]),
    "nobody named": ({(2, "verified_by"): ""}, [("verifier_named", "verified_by 2")]),
    "no day named": (
        {(2, "verified_on"): "", (2, "evidence_level"): "audited"},
        [("verification_dated", "verified_on 2")],
    ),
    "verified tomorrow": ({(2, "verified_on"): "2026-04-21"}, [("verification_past", "verified_on 2")]),
    "verified by oneself": ({(2, "verified_by"): "savings OFFICER"}, [("verifier_is_another", "verified_by 2")]),
    "amounts below nought": (
        {(2, name): "-1" for name in ("planned_gbp", "forecast_gbp", "actual_to_date_gbp")},
        [],
    ),
    "costs below nought": (
        {(2, name): "-1" for name in ("baseline_cost_gbp", "implementation_cost_to_date_gbp")},
        [
            ("baseline_cost_gbp_between", "baseline_cost_gbp 2"),
            ("implementation_cost_to_date_gbp_between", "implementation_cost_to_date_gbp 2"),
            ("planned_within_baseline", "planned_gbp 2"),
        ],
    ),
    "a stage that there is not": ({(3, "stage"): "done"}, [("stage_one_of", "stage 3")]),
}
FAULTS = {
    "sickness_absence": SICKNESS_FAULTS,
    "staff_survey": STAFF_FAULTS,
    "service_user_survey": USER_FAULTS,
    "savings": SAVINGS_FAULTS,
}


@pytest.mark.parametrize("feed", FAULTS)
def test_each_fault_of_a_feed_is_found_in_its_cells_and_nothing_else_is(feed: str) -> None:
    found = broken_by(feed, *(sent(name, feed, damaged(feed, damage)) for name, (damage, _) in FAULTS[feed].items()))
    assert found == {name: broken for name, (_, broken) in FAULTS[feed].items()}


@pytest.mark.parametrize("feed", FAULTS)
def test_the_order_of_the_rows_of_a_feed_changes_no_finding(feed: str) -> None:
    pick = Random(0)
    columns = [column.name for column in feeds()[feed].columns]
    texts = [
        "",
        "0",
        "7",
        "1000000",
        "ALL",
        "all",
        "S01",
        "nurses",
        "2026-02",
        "2026-02-10",
        "engagement",
        "idea",
        "[c]",
    ]
    straight, shuffled = [], []
    for number in range(60):
        count = len(clean(feed))
        damage = {(pick.randrange(count) + 2, pick.choice(columns)): pick.choice(texts) for _ in range(number % 7)}
        rows = damaged(feed, damage)
        order = pick.sample(range(count), count)
        straight.append(sent(f"{number}", feed, rows))
        moved = sent(f"{number} shuffled", feed, [rows[index] for index in order])
        # the rows keep the numbers that they had, so that the cells can be compared
        shuffled.append(replace(moved, table=replace(moved.table, row_numbers=tuple(index + 2 for index in order))))
    found = check(*straight, *shuffled, definition=feeds()[feed])
    for number in range(60):
        one, other = found[f"{number}"], found[f"{number} shuffled"]
        assert [replace(finding, cells=tuple(sorted(finding.cells)), message="") for finding in one] == [
            replace(finding, cells=tuple(sorted(finding.cells)), message="") for finding in other
        ]


def test_breakdowns_without_the_whole_are_found() -> None:
    found = broken_by("sickness_absence", sent("a", "sickness_absence", damaged("sickness_absence", {}, without=[7])))
    assert found == {"a": [("every_month_present", "")]}
    found = broken_by("staff_survey", sent("a", "staff_survey", damaged("staff_survey", {}, without=[3])))
    assert found == {"a": [("whole_present", "item 6, item 10, item 14")]}
    rows = damaged("service_user_survey", {}, without=[2])
    found = broken_by("service_user_survey", sent("a", "service_user_survey", rows))
    assert found == {"a": [("mode_all_present", "collection_mode 2, collection_mode 3")]}


def test_months_without_breakdowns_or_of_one_kind_are_taken() -> None:
    whole = [row for row in clean("sickness_absence") if row["service_code"] == row["staff_group"] == "ALL"]
    by_service = [row for row in clean("sickness_absence") if row["staff_group"] == "ALL"]
    drops = [sent("whole", "sickness_absence", whole), sent("by service", "sickness_absence", by_service)]
    assert check(*drops, definition=SICKNESS) == {"whole": [], "by service": []}


def test_a_verifier_is_held_against_the_preparer_only_where_the_cover_names_one() -> None:
    rows = clean("savings")
    drops = [sent(who, "savings", rows, prepared_by=who) for who in ("", "HEAD of  Finance", "Officer")]
    assert broken_by("savings", *drops) == {
        "": [],
        "HEAD of  Finance": [("verifier_is_another", "verified_by 2")],
        "Officer": [],
    }


def test_a_history_of_quarters_has_a_row_for_each_of_its_months_and_one_basis_a_year() -> None:
    old = [
        {**row, "month": row["month"].replace("2026", "2025"), "basis": "hours"} for row in clean("sickness_absence")
    ]
    one = sent("a", "sickness_absence", [*old, *clean("sickness_absence")])
    history = replace(one, start_on=date(2025, 1, 1), periods=("2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4", "2026-Q1"))
    assert broken_by("sickness_absence", history) == {"a": [("every_month_present", "")]}
    savings = [{**row, "as_at_quarter": quarter} for row in clean("savings") for quarter in history.periods]
    drop = replace(sent("a", "savings", savings), periods=history.periods)
    assert check(drop, definition=feeds()["savings"]) == {"a": []}


CELLS: list[st.SearchStrategy[str]] = [
    st.sampled_from(["M001", "M002", "M009", "007", ""]),
    st.sampled_from(["2026-01", "2026-02", "2026-03", "Feb-26", "2026-07", "someday", ""]),
    st.sampled_from(["hours", "calendar_days", "weeks", ""]),
    st.sampled_from(["0", "5", "1000", "1000.5", "-1", "lots", "[c]", ""]),
    st.sampled_from(["0", "300", "[x]", "many", ""]),
    st.sampled_from(["", "x"]),
]
# A last row of figures alone would be taken for their total.
ROWS = st.lists(st.tuples(*CELLS).filter(lambda row: any((*row[:3], row[-1]))), min_size=1, max_size=4)
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
