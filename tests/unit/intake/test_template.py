"""The workbook that a sender fills in: filled in and sent back it is accepted, and what it offers is what is taken."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from impact.checking.workbook import COVER_FIELDS
from impact.definition import Definition, feeds
from impact.home import Home
from impact.intake.choices import Choices, column_choices, first_rows
from impact.intake.deciding import Decided, decide_drops, known_by
from impact.intake.landing import Arrival, make_drop
from impact.intake.template import make_template
from impact.periods import Period
from tests.unit.checking.small import Named, clean
from tests.unit.intake.drops import FEEDS, NOW, all_known, book_of, period

pytestmark = pytest.mark.xdist_group("gx")

each_feed = pytest.mark.parametrize("feed", FEEDS)
QUARTER = period("2026-Q1")


def choices_of(feed: str, of: Period = QUARTER) -> Choices:
    return column_choices(feeds()[feed], all_known(), "M001", of)


def template_of(feed: str, of: Period = QUARTER) -> bytes:
    return make_template(feeds()[feed], all_known(), "M001", of)


def opened(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data))


def decided_on(feed: str, files: list[bytes]) -> list[Decided]:
    arrival = Arrival("M001", feed, "2026-Q1", Path("a file"))
    return decide_drops(
        Home(Path("no home")), [make_drop(arrival, data) for data in files], known_by(all_known(), NOW), "s", {}
    )


def filled_in(feed: str) -> bytes:
    """The template of a feed with the clean rows written into it: those that it begins with are completed, any others
    come below, and those of nothing there is are deleted."""
    book = opened(template_of(feed))
    sheet = book[feed]
    definition: Definition = feeds()[feed]
    given = [
        {column.name: cell.value for column, cell in zip(definition.columns, cells, strict=True) if cell.value}
        for cells in sheet.iter_rows(min_row=2)
    ]
    rows = clean(feed)
    begun = [row for row in rows for one in given if one and one.items() <= row.items()]
    assert len(begun) == len([one for one in given if one and any(one.items() <= row.items() for row in rows)])
    sheet.delete_rows(2, len(given) + 1)
    for number, row in enumerate(rows, 2):
        for position, column in enumerate(definition.columns, 1):
            if text := row.get(column.name):
                is_number = column.kind in ("number", "integer")
                sheet.cell(number, position, float(text) if is_number else text)
    cover = {row[0].value: row[1] for row in book["Cover"].iter_rows(max_col=2) if row[0].value}
    cover["Prepared by"].value = "Savings officer"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@each_feed
def test_filled_in_and_sent_back_it_is_accepted_without_a_word(feed: str) -> None:
    [decided] = decided_on(feed, [filled_in(feed)])
    assert decided.receipt.findings == ()
    assert decided.receipt.decision == "accepted"
    assert decided.receipt.rows_in == len(clean(feed))
    assert decided.receipt.prepared_by == "Savings officer"


@each_feed
def test_the_template_itself_can_be_read_and_lacks_figures_alone(feed: str) -> None:
    [decided] = decided_on(feed, [template_of(feed)])
    columns = {finding.column for finding in decided.receipt.findings}
    given = {name for row in first_rows(feeds()[feed], choices_of(feed), all_known()) for name in row}
    assert decided.receipt.decision == "refused"
    assert not columns & given or "item" in given
    assert all(finding.rule.endswith(("_not_blank", "_filled", "no_rows")) for finding in decided.receipt.findings)


@each_feed
def test_the_same_bytes_each_time(feed: str) -> None:
    assert template_of(feed) == template_of(feed)


@each_feed
def test_the_cover_says_what_is_known_and_asks_for_the_rest(feed: str) -> None:
    rows = [row for row in opened(template_of(feed))["Cover"].iter_rows(max_col=3, values_only=True) if row[2]]
    assert [str(row[0]).lower().replace(" ", "_") for row in rows] == list(COVER_FIELDS)
    said = {str(row[0]): row[1] for row in rows if row[1]}
    assert said == {
        "Organisation": "M001",
        "Feed": feed,
        "Period": "2026-Q1",
        "Template": feed,
        "Template version": feeds()[feed].version,
    }


@each_feed
def test_every_column_is_told_of_where_it_is_filled_in_and_on_the_guide(feed: str) -> None:
    book = opened(template_of(feed))
    sheet, definition = book[feed], feeds()[feed]
    assert sheet.freeze_panes == "A2"
    said = {str(one.sqref).split(":")[0]: one for one in sheet.data_validations.dataValidation}
    guide = {row[0]: row[1] for row in book["Guide"].iter_rows(min_row=5, values_only=True)}
    for position, column in enumerate(definition.columns, 1):
        heading = sheet.cell(1, position)
        told = said[f"{heading.column_letter}2"]
        assert heading.value == column.heading
        assert column.description in heading.comment.text
        assert len(told.promptTitle) <= 32
        assert 0 < len(told.prompt) <= 255
        assert guide[column.heading] is not None
        assert str(told.sqref).endswith(str(definition.most_rows + 1))


@each_feed
def test_the_list_of_a_column_holds_what_can_stand_there(feed: str) -> None:
    book = opened(template_of(feed))
    sheet = book[feed]
    for position, column in enumerate(feeds()[feed].columns, 1):
        letter = sheet.cell(1, position).column_letter
        [told] = [one for one in sheet.data_validations.dataValidation if str(one.sqref).startswith(f"{letter}2:")]
        words = [word for word, _ in choices_of(feed).get(column.name, ())]
        assert (told.type == "list") == bool(words)
        if words:
            title, cells = told.formula1.split("!")
            assert [cell.value for (cell,) in book[title][cells.replace("$", "")]] == words


@each_feed
def test_each_word_of_a_list_is_taken_somewhere_and_a_word_outside_it_nowhere(feed: str) -> None:
    definition = feeds()[feed]
    tried: list[tuple[str, str, list[Named]]] = []
    for name, words in choices_of(feed).items():
        for word in [*(word for word, _ in words), "Z9"]:
            tried.append((name, word, [{**row, name: word} for row in clean(feed)]))
    decided = decided_on(feed, [book_of(feed, rows, cover={"Notes": f"{name} {word}"}) for name, word, rows in tried])
    about = {rule.name for rule in definition.rules if rule.expects in ("one_of", "in_register", "known_together")}
    about |= {rule.name for rule in definition.rules if rule.expects == "readable"}
    about |= {"organisation_is_the_sender", "month_in_period", "wave_in_period", "quarter_in_period"}
    for one, (name, word, rows) in zip(decided, tried, strict=True):
        refused = {cell for f in one.receipt.findings if f.rule in about and f.column == name for cell in f.cells}
        if word == "Z9":
            assert len(refused) == len(rows), (name, word)
        else:
            assert len(refused) < len(rows), (name, word, one.receipt.findings)


def test_only_services_at_work_in_the_month_have_a_row() -> None:
    rows = first_rows(feeds()["service_user_survey"], choices_of("service_user_survey"), all_known())
    assert [(row["month"], row["service_code"]) for row in rows if row["service_code"] == "S03"] == [("2026-01", "S03")]
    assert {row["collection_mode"] for row in rows} == {"all"}
    assert len(rows) == 7


def test_a_month_before_the_organisation_was_at_work_is_not_asked_for() -> None:
    months = choices_of("sickness_absence", period("2020-Q2"))["month"]
    assert [word for word, _ in months] == ["2020-05", "2020-06"]


def test_a_history_asks_for_every_month_of_it() -> None:
    long = period("2025-Q3_to_2026-Q1")
    rows = first_rows(feeds()["sickness_absence"], choices_of("sickness_absence", long), all_known())
    assert [row["month"] for row in rows][::8] == ["2025-07", "2026-03"]
    assert {(row["service_code"], row["staff_group"]) for row in rows} == {("ALL", "ALL")}


def test_a_history_of_a_survey_asks_for_every_item_of_every_wave() -> None:
    long = period("2025-Q3_to_2026-Q1")
    rows = first_rows(feeds()["staff_survey"], choices_of("staff_survey", long), all_known())
    items = {row["item"] for row in rows}
    assert items == {"overall_satisfaction", "recommend_care", "engagement", "advocacy"}
    assert {(row["wave"], row["item"]) for row in rows} == {(w, i) for w in long.part_ids() for i in items}
    assert len(rows) == 3 * len(items)


def test_a_code_that_begins_with_noughts_stays_one_when_it_is_typed() -> None:
    sheet = opened(template_of("savings"))["savings"]
    formats = {cell.value: sheet.column_dimensions[cell.column_letter].number_format for cell in sheet[1]}
    assert formats["saving_id"] == formats["start_month"] == "@"
    assert (formats["verified_on"], formats["planned_gbp"]) == ("yyyy-mm-dd", "General")


@pytest.mark.parametrize(
    ("version", "is_told"), [("0.9.0", True), ("7", True), (feeds()["savings"].version, False), ("", False)]
)
def test_another_version_of_the_template_is_told_and_is_no_fault(version: str, is_told: bool) -> None:
    cover: Mapping[str, str] = {"Template": "savings", "Template version": version, "Prepared by": "Savings officer"}
    [decided] = decided_on("savings", [book_of("savings", cover=cover)])
    told = [finding for finding in decided.receipt.findings if finding.rule == "cover_template_otherwise"]
    assert bool(told) == is_told
    assert decided.receipt.decision == "accepted"
    assert all(version in finding.message for finding in told)
