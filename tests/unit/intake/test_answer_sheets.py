"""Answer sheets: the same counts, to the last unit, as a sender who counts; and what is said where they cannot be."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impact.checking.reading import read_layouts, read_table
from impact.definition import answer_sheets, feeds
from impact.home import Home
from impact.intake.answer_sheets import Sheets, count_sheets, sheets_definition
from impact.intake.deciding import Decided, decide_drops, known_by
from impact.intake.landing import Arrival, make_drop
from impact.intake.returns import rows_hash, stored_rows
from tests.unit.checking.small import csv_bytes
from tests.unit.checking.test_workbook import Rows, book
from tests.unit.intake.drops import register

NINE = (
    *("look_forward_to_work", "enthusiastic_about_job", "time_passes_quickly"),
    *("show_initiative", "make_suggestions", "make_improvements"),
    *("care_is_top_priority", "recommend_as_workplace", "recommend_care"),
)
QUESTIONS = ("overall_satisfaction", *NINE)
SCORES = ("motivation", "involvement", "advocacy", "engagement")
REGISTER = register(
    services=[
        {"organisation_code": "M001", "service_code": "S01"},
        {"organisation_code": "M001", "service_code": "S02"},
    ],
    staff_groups=[{"staff_group": "nurses"}, {"staff_group": "therapists"}],
    instruments=[
        {"instrument_id": "staff_2026", "feed": "staff_survey"},
        {"instrument_id": "pulse", "feed": "staff_survey"},
        {"instrument_id": "fft", "feed": "service_user_survey"},
    ],
    instrument_items=[
        *({"instrument_id": "staff_2026", "item": item, "kind": "question"} for item in QUESTIONS),
        *({"instrument_id": "staff_2026", "item": item, "kind": "score"} for item in SCORES),
        {"instrument_id": "pulse", "item": "mood", "kind": "question"},
    ],
)
STAFF_HEADINGS = ["response_id", "service_code", "staff_group", *QUESTIONS]
USER_HEADINGS = ["response_id", "date", "service_code", "collection_mode", "rating"]
COVER = {
    "instrument_id": "staff_2026",
    "fieldwork_start": "2026-01-12",
    "fieldwork_end": "2026-02-20",
    "mode": "online",
    "eligible_staff": "300",
    "promised": "Nobody sees answers of fewer than 11 people together.",
}
USER_COVER = {"instrument_id": "fft", "promised": "Answers are anonymous."}
NOW = datetime(2026, 4, 20, 9, tzinfo=UTC)

Sheet = Sequence[str]


def staff_file(sheets: Iterable[Sheet]) -> bytes:
    return csv_bytes([STAFF_HEADINGS, *([f"R{number}", *sheet] for number, sheet in enumerate(sheets, 1))])


def decided(
    data: bytes, cover: Mapping[str, Any], feed: str = "staff_survey", period: str = "2026-Q1", name: str = "x.csv"
) -> Decided:
    drop = make_drop(Arrival("M001", feed, period, Path(name)), data, json.dumps(cover).encode() if cover else None)
    [one] = decide_drops(Home(Path("no home")), [drop], known_by(REGISTER, NOW), "s", {})
    return one


def rules(one: Decided) -> set[str]:
    return {finding.rule for finding in one.receipt.findings}


def counted(feed: str, data: bytes, cover: Mapping[str, str]) -> list[tuple[str | None, ...]]:
    layout = answer_sheets()[feed]
    definition = sheets_definition(layout, REGISTER)
    reading = read_layouts(data, [feeds()[feed], definition])
    assert reading.layout == 1
    assert reading.table is not None
    assert reading.findings == ()
    sheets = Sheets(layout, definition, reading.table, 1, "M001", "2026-Q1", cover)
    return stored_rows(feeds()[feed], count_sheets(sheets, REGISTER).table)


# The boring way: somebody with paper, who counts.


def rounded(number: Fraction) -> str:
    with localcontext(prec=80):
        exact = Decimal(number.numerator) / Decimal(number.denominator)
        return f"{exact.quantize(Decimal('0.00000000000001'), ROUND_HALF_UP):f}"


def score_of(sheet: Mapping[str, str], questions: Sequence[str]) -> Fraction | None:
    points = []
    for question in questions:
        if sheet[question] == "":
            return None
        points.append(Fraction(int(sheet[question]) - 1) * Fraction(5, 2))
    return sum(points, Fraction(0)) / len(points)


def boring_staff(sheets: Sequence[Sheet], eligible: Mapping[str, int], left_out: set[str]) -> list[dict[str, str]]:
    named = [dict(zip(STAFF_HEADINGS[1:], sheet, strict=True)) for sheet in sheets]
    parts = {"motivation": NINE[:3], "involvement": NINE[3:6], "advocacy": NINE[6:]}
    cells = [("ALL", "ALL", 300, named)]
    for code, people in eligible.items():
        if code not in left_out:
            members = [sheet for sheet in named if code in (sheet["service_code"], sheet["staff_group"])]
            cells.append((code, "ALL", people, members) if code[0] == "S" else ("ALL", code, people, members))
    rows = []
    for service, group, people, members in cells:
        about = {name: COVER[name] for name in ("instrument_id", "fieldwork_start", "fieldwork_end", "mode")}
        about |= {"organisation_code": "M001", "wave": "2026-Q1", "eligible_staff": str(people)}
        about |= {"service_code": service, "staff_group": group}
        for question in QUESTIONS:
            row = {
                f"n_{answer}": str([sheet[question] for sheet in members].count(str(answer))) for answer in range(1, 6)
            }
            row["n_not_applicable"] = str([sheet[question] for sheet in members].count(""))
            rows.append({**about, "item": question, **row, "n_responses": str(len(members))})
        for score in SCORES:
            each = []
            for sheet in members:
                subs = [score_of(sheet, of) for of in (parts.values() if score == "engagement" else [parts[score]])]
                if None not in subs:
                    each.append(sum((sub for sub in subs if sub is not None), Fraction(0)) / len(subs))
            sums = [rounded(sum(each, Fraction(0))), rounded(sum((one**2 for one in each), Fraction(0)))]
            names = ("n_scored", "score_sum", "score_sum_of_squares")
            rows.append({**about, "item": score, **dict(zip(names, [str(len(each)), *sums], strict=True))})
    return rows


def boring_left_out(sheets: Sequence[Sheet], eligible: Mapping[str, int]) -> set[str]:
    out: set[str] = set()
    for place, codes in ((0, ("S01", "S02")), (1, ("nurses", "therapists"))):
        sizes = {code: sum(sheet[place] == code for sheet in sheets) for code in codes}
        kept = {code for code in codes if code in eligible and min(sizes[code], eligible[code]) >= 11}
        while kept and 0 < len(sheets) - sum(sizes[code] for code in kept) < 11:
            kept.remove(min(kept, key=lambda code: (sizes[code], code)))
        out |= set(codes) - kept
    return out


def as_stored(feed: str, rows: Iterable[Mapping[str, str]]) -> list[tuple[str | None, ...]]:
    columns = [column.name for column in feeds()[feed].columns]
    table = read_table(csv_bytes([columns, *([row.get(name, "") for name in columns] for row in rows)]), feeds()[feed])
    assert table.table is not None
    return stored_rows(feeds()[feed], table.table)


ANSWER = st.sampled_from(["", "1", "2", "3", "4", "5"])
STAFF = st.lists(
    st.tuples(
        st.sampled_from(["", "S01", "S02", "ALL"]), st.sampled_from(["", "nurses", "therapists"]), ANSWER, ANSWER
    ),
    min_size=1,
    max_size=70,
)


@settings(max_examples=60, deadline=None)
@given(
    few=STAFF, eligible=st.dictionaries(st.sampled_from(["S01", "S02", "nurses"]), st.integers(5, 99)), data=st.data()
)
def test_answer_sheets_give_the_very_rows_that_somebody_who_counts_would_send(
    few: list[tuple[str, str, str, str]], eligible: dict[str, int], data: st.DataObject
) -> None:
    sheets = [[service, group, one, *(one, other) * 4, other] for service, group, one, other in few]
    shuffled = data.draw(st.permutations(sheets))
    cover = {**COVER, "eligible_staff_by_group": ", ".join(f"{code} {people}" for code, people in eligible.items())}
    stored = counted("staff_survey", staff_file(shuffled), cover)
    boring = as_stored("staff_survey", boring_staff(sheets, eligible, boring_left_out(sheets, eligible)))
    assert sorted(stored, key=str) == sorted(boring, key=str)
    assert rows_hash(stored) == rows_hash(boring)


USERS = st.lists(
    st.tuples(
        st.sampled_from(["2026-01-01", "2026-01-31", "2026-03-15"]),
        st.sampled_from(["S01", "S02"]),
        st.sampled_from(["sms", "paper", "paper", ""]),
        st.sampled_from(["1", "2", "3", "4", "5", "dont_know"]),
    ),
    max_size=150,
    min_size=1,
)
WORDS = {"5": "very_good", "4": "good", "3": "neither", "2": "poor", "1": "very_poor", "dont_know": "dont_know"}


@settings(max_examples=60, deadline=None)
@given(sheets=USERS)
def test_answer_sheets_of_users_give_the_rows_of_each_month(sheets: list[tuple[str, str, str, str]]) -> None:
    file = csv_bytes([USER_HEADINGS, *([f"R{number}", *sheet] for number, sheet in enumerate(sheets))])
    boring = []
    for month in ("2026-01", "2026-02", "2026-03"):
        for service in ("S01", "S02"):
            there = [sheet for sheet in sheets if sheet[0].startswith(month) and sheet[1] == service]
            modes = sorted({mode for _, _, mode, _ in there})
            are_told = "" not in modes and all(sum(mode == one[2] for one in there) >= 11 for mode in modes)
            for mode in ["all", *modes] if are_told and there else ["all"] if there else []:
                of_mode = [rating for _, _, way, rating in there if mode in ("all", way)]
                row = {f"n_{word}": str(of_mode.count(rating)) for rating, word in WORDS.items()}
                row |= {"organisation_code": "M001", "month": month, "service_code": service, "instrument_id": "fft"}
                boring.append({**row, "collection_mode": mode, "n_total": str(len(of_mode))})
    stored, wanted = counted("service_user_survey", file, USER_COVER), as_stored("service_user_survey", boring)
    assert sorted(stored, key=str) == sorted(wanted, key=str)
    assert rows_hash(stored) == rows_hash(wanted)


# The road: what becomes of a file.


def good_sheets(each: int = 20) -> list[list[str]]:
    groups = [("S01", "nurses"), ("S02", "therapists"), ("S01", "therapists")]
    return [[*groups[n % 3], *(str((n + place) % 5 + 1) for place in range(10))] for n in range(3 * each)]


BY_GROUP = {**COVER, "eligible_staff_by_group": "S01 150, S02 100; nurses 80; therapists: 200"}


def as_book(sheets: Iterable[Sheet], cover: Mapping[str, Any]) -> bytes:
    rows: Rows = [
        STAFF_HEADINGS,
        *([f"R{number}", *sheet[:2], *map(int, sheet[2:])] for number, sheet in enumerate(sheets)),
    ]
    labelled = [(name.replace("_", " ").capitalize(), value) for name, value in cover.items()]
    return book({"Cover": labelled, "Responses": rows})


def test_a_file_of_answer_sheets_is_accepted_as_counts_in_either_form() -> None:
    as_csv = decided(staff_file(good_sheets()), BY_GROUP)
    days = {name: datetime.fromisoformat(BY_GROUP[name]) for name in ("fieldwork_start", "fieldwork_end")}
    as_xlsx = decided(as_book(good_sheets(), {**BY_GROUP, **days, "eligible_staff": 300}), {})
    for one in (as_csv, as_xlsx):
        assert (one.receipt.decision, one.receipt.findings) == ("accepted", ())
        assert (one.receipt.rows_in, one.receipt.rows_kept, one.receipt.layout) == (60, 60, "responses")
        assert one.receipt.promised == COVER["promised"]
        assert one.receipt.totals["2026-Q1"]["n_responses"] == str((60 + 40 + 20 + 20 + 40) * 10)
        assert one.receipt.services == 2
    assert as_csv.rows == as_xlsx.rows
    assert len(as_csv.rows) == 5 * 14


def test_the_same_survey_in_counts_says_the_same() -> None:
    eligible = {"S01": 150, "S02": 100, "nurses": 80, "therapists": 200}
    sheets = decided(staff_file(good_sheets()), BY_GROUP)
    columns = [column.name for column in feeds()["staff_survey"].columns]
    rows = boring_staff(good_sheets(), eligible, set())
    counts = decided(csv_bytes([columns, *([row.get(name, "") for name in columns] for row in rows)]), {})
    assert counts.receipt.decision == "accepted"
    assert sheets.receipt.rows_sha256 == counts.receipt.rows_sha256
    assert sheets.receipt.totals == counts.receipt.totals


def test_a_group_of_under_eleven_answers_counts_in_the_whole_only_and_the_sender_is_told() -> None:
    sheets = [*good_sheets(), *([["", "nurses", *"3333333333"]] * 0), *([["S02", "", *"3333333333"]] * 5)]
    one = decided(staff_file(sheets), {**COVER, "eligible_staff_by_group": "S01 150, nurses 80, therapists 200"})
    assert one.receipt.decision == "accepted"
    assert rules(one) == {"groups_without_staff_otherwise", "small_groups_otherwise"}
    # five sheets without a staff group could be told from the others, so the smallest group is counted with them
    assert {row[4] for row in one.rows} == {"ALL", "therapists"}
    assert {row[3] for row in one.rows} == {"ALL", "S01"}


@pytest.mark.parametrize("field", list(COVER))
def test_a_cover_that_lacks_a_field_is_told_so(field: str) -> None:
    one = decided(staff_file(good_sheets()), {name: value for name, value in COVER.items() if name != field})
    assert one.receipt.decision == "refused"
    [finding] = [one for one in one.receipt.findings if one.severity == "must_fix"]
    assert finding.rule == f"{field}_not_blank"
    assert finding.message == f"On the cover: {field} is blank."


def test_each_fault_is_named_by_its_cell() -> None:
    sheets = good_sheets()
    sheets[0][2], sheets[1][3], sheets[2][0], sheets[3][1] = "6", "often", "S99", "pilots"
    data = staff_file(sheets).replace(b"R6,", b"R5,")
    found = {f.rule: f.cells for f in decided(data, BY_GROUP).receipt.findings}
    assert found == {
        "overall_satisfaction_between": ("D2",),
        "look_forward_to_work_readable": ("E3",),
        "service_known": ("B4",),
        "staff_group_known": ("C5",),
        "rows_unique": ("A6", "A7"),
    }


def test_a_question_that_nobody_or_another_instrument_has_is_named() -> None:
    data = staff_file(good_sheets())
    of_another = decided(data.replace(b"time_passes_quickly", b"mood"), BY_GROUP)
    assert [(f.rule, f.cells) for f in of_another.receipt.findings] == [("question_unknown", ("G1",))]
    of_nobody = decided(data.replace(b"time_passes_quickly", b"q17"), BY_GROUP)
    assert [(f.rule, f.cells) for f in of_nobody.receipt.findings] == [("unknown_column", ("G1",))]


def test_a_rule_of_counts_names_the_question_and_not_a_cell_that_is_in_no_file() -> None:
    one = decided(staff_file(good_sheets()), {**COVER, "eligible_staff": "50"})
    assert one.receipt.decision == "refused"
    found = {f.rule: f for f in one.receipt.findings}
    finding = found["responses_within_eligible"]
    assert finding.cells == tuple(f"{letter}1" for letter in "DEFGHIJKLM")
    assert finding.message == (
        "Counted from the answer sheets, overall_satisfaction of the whole organisation; look_forward_to_work of the "
        "whole organisation; enthusiastic_about_job of the whole organisation; and others: More people answered than "
        "were asked."
    )
    assert one.receipt.rows_refused == 60


def test_a_group_that_the_cover_does_not_make_clear_is_refused() -> None:
    for said in ("S01", "S01 many", "S99 20", "S01 20, S01 30"):
        one = decided(staff_file(good_sheets()), {**COVER, "eligible_staff_by_group": said})
        assert "groups_unclear" in rules(one), said


def test_a_run_of_quarters_is_not_one_wave() -> None:
    one = decided(staff_file(good_sheets()), COVER, period="2025-Q3_to_2025-Q4")
    assert "sheets_of_one_wave" in rules(one)


def test_own_words_are_refused_and_purged() -> None:
    rows = [[*STAFF_HEADINGS, "comments"], *([f"R{n}", *sheet, ""] for n, sheet in enumerate(good_sheets()))]
    rows[7][-1] = "My manager on the night shift never listens to any of us"
    one = decided(csv_bytes(rows), BY_GROUP)
    assert (one.receipt.decision, one.receipt.is_purged) == ("refused", True)
    assert [f.cells for f in one.receipt.findings if f.rule == "personal_cells"] == [("N8",)]
    assert not any("manager" in f.message for f in one.receipt.findings)


def test_users_faults_are_named_by_their_cells() -> None:
    sheets = [["R1", "2026-01-15", "S01", "sms", "5"], ["R2", "2025-12-31", "S01", "sms", "0"]]
    sheets += [["R3", "2026-04-01", "S09", "post", ""], ["R4", "soon", "S01", "", "dont_know"]]
    one = decided(csv_bytes([USER_HEADINGS, *sheets]), USER_COVER, "service_user_survey")
    assert {f.rule: f.cells for f in one.receipt.findings} == {
        "date_readable": ("B5",),
        "collection_mode_one_of": ("D4",),
        "rating_not_blank": ("E4",),
        "rating_one_of": ("E3",),
        "date_not_before_period": ("B3",),
        "date_not_after_period": ("B4",),
        "service_known": ("C4",),
    }


def test_nothing_to_report_needs_no_survey() -> None:
    one = decided(csv_bytes([STAFF_HEADINGS]), {"nil_return": "yes"})
    assert (one.receipt.decision, one.receipt.is_nil, one.receipt.rows_in) == ("accepted", True, 0)
