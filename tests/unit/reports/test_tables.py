"""The tables of a topic: what stands in each cell, which columns there are, and a note for every figure that is not."""

from typing import Any

import pytest

from impact.reports.audience_rows import Indicator, OrganisationFigure
from tests.unit.reports.published import DAYS, ENGAGEMENT, KEPT, NET, RATE, SHARE, figure, model, rows
from tests.unit.reports.sections import cells, only, titled, titles

YEAR, QUARTER = "Year to March 2026 (%)", "January to March 2026 (%)"
CHANCE_OF_ONE = "Chance alone would set 1 in 20 apart."

each_shorthand = pytest.mark.parametrize("shorthand", ["[c]", "[x]", "[z]"])


def of_quarter(value: str = "3.90", of: Indicator = RATE, **fields: Any) -> OrganisationFigure:
    return figure(value, of, grain="quarter", **{"months_reported": 3, "months_expected": 3, **fields})


# A portfolio


def test_each_organisation_has_a_row_with_all_that_may_be_said_of_it() -> None:
    year = figure(lower_95="3.80", upper_95="4.40", verdict="much better")
    quarter = of_quarter(variation="concern", variation_note="7 points on one side", assurance="hit or miss")
    table = only(rows(year, quarter)).tables[0]
    assert table.title == "Absence rate, April 2025 to March 2026"
    assert cells(table) == [
        {
            "Organisation": "Alpha Care CIC",
            YEAR: "4.10",
            "95% interval": "3.80 to 4.40",
            QUARTER: "3.90",
            "Expected range (%)": "3.20 to 5.00",
            "Verdict": "much better",
            "Over time": "concern: 7 points on one side",
            "Against target": "hit or miss",
        }
    ]
    assert [column.heading for column in table.columns if not column.is_figure] == [
        *("Organisation", "Verdict", "Over time", "Against target"),
    ]
    assert [text.split(":")[0] for text in table.how_to_read] == [
        *("95% interval", "Verdict", "Over time", "Against target"),
    ]
    assert table.notes == (CHANCE_OF_ONE,)


def test_its_peers_stand_in_a_table_below_folded_away() -> None:
    figures, beside = only(rows(figure(), of_quarter())).tables
    assert (figures.is_folded, beside.is_folded) == (False, True)
    assert beside.title == "Absence rate: basis and peers, April 2025 to March 2026"
    assert cells(beside) == [
        {
            "Organisation": "Alpha Care CIC",
            "Delivery model": "Mutual",
            "Basis": "calendar days",
            "Months reported": "12 of 12",
            "Peers": "12",
            "Peers pooled (%)": "4.20",
            "Median of peers (%)": "4.00",
            "Middle half of peers (%)": "3.50 to 4.50",
        }
    ]


def test_a_column_that_would_say_nothing_of_anybody_is_not_there() -> None:
    bare = figure(verdict="[z]", expected_lower="[z]", expected_upper="[z]")
    table = only(rows(bare, of_quarter())).tables[0]
    assert [column.heading for column in table.columns] == ["Organisation", YEAR, QUARTER]
    assert (table.notes, table.how_to_read) == ((), ())


@pytest.mark.parametrize(
    ("field", "grain", "heading"),
    [
        ("lower_95", "rolling_year", "95% interval"),
        ("expected_lower", "rolling_year", "Expected range (%)"),
        ("verdict", "rolling_year", "Verdict"),
        ("variation", "quarter", "Over time"),
        ("assurance", "quarter", "Against target"),
    ],
)
def test_a_column_in_which_everything_is_withheld_is_there(field: str, grain: str, heading: str) -> None:
    hidden: dict[str, Any] = {field: "[c]", field.replace("lower", "upper"): "[c]"}
    given = [figure(grain=one, **(hidden if one == grain else {})) for one in ("rolling_year", "quarter")]
    [row] = cells(only(rows(*given)).tables[0])
    assert row[heading] == "[c]"


def test_a_withheld_verdict_is_not_counted_among_those_that_chance_could_give() -> None:
    given = [figure(), figure(who="Beta", verdict="better"), figure(who="Gamma", verdict="[c]", verdict_note="small")]
    table = only(rows(*given)).tables[0]
    assert table.notes == ("Chance alone would set about 0.1 of these 2 apart.",)
    assert cells(table)[2]["Verdict"] == "[c]"


@each_shorthand
def test_shorthand_stands_alone_whatever_the_note_beside_it_is(shorthand: str) -> None:
    year = figure(verdict=shorthand, verdict_note="a reason", lower_95=shorthand, upper_95="4.40")
    quarter = of_quarter(variation=shorthand, variation_note="a reason")
    other = [figure(who="Beta", lower_95="1.00", upper_95="2.00"), of_quarter(who="Beta", variation="common cause")]
    row = cells(only(rows(year, quarter, *other)).tables[0])[0]
    assert (row["Verdict"], row["95% interval"], row["Over time"]) == (shorthand,) * 3


def test_who_is_not_compared_is_told_why() -> None:
    given = figure(verdict="not compared", verdict_note="too few peers", expected_lower="[z]", expected_upper="[z]")
    table = only(rows(given)).tables[0]
    assert cells(table)[0]["Verdict"] == "not compared: too few peers"
    assert "Expected range (%)" not in cells(table)[0]
    assert table.notes == ()


def test_what_holds_of_every_verdict_is_said_once_and_what_holds_of_some_beside_them() -> None:
    def of(*notes: str) -> tuple[list[str], tuple[str, ...]]:
        given = [figure(who=f"Org {index}", verdict_note=note) for index, note in enumerate(notes)]
        none = figure(who="Z", verdict="not compared", verdict_note="too few peers")
        table = only(rows(*given, none)).tables[0]
        return [row["Verdict"] for row in cells(table)][:-1], table.notes[1:]

    mix = "not adjusted for staff mix"
    assert of(mix, mix) == (["similar", "similar"], (f"All verdicts here are {mix}.",))
    assert of(mix) == (["similar"], (f"The verdict here is {mix}.",))
    assert of(mix, "") == ([f"similar ({mix})", "similar"], ())
    assert of("", "") == (["similar", "similar"], ())


def test_what_nobody_is_compared_by_has_no_peers_to_stand_beside() -> None:
    figures, beside = only(rows(figure("-1500", NET), figure("2500", NET, who="Beta"))).tables
    assert [list(row.values()) for row in cells(figures)] == [["Alpha Care CIC", "-1,500"], ["Beta", "2,500"]]
    assert [column.heading for column in beside.columns] == [
        *("Organisation", "Delivery model", "Basis", "Months reported", "Note"),
    ]
    assert beside.title == "Net savings: basis, April 2025 to March 2026"
    assert {row["Note"] for row in cells(beside)} == {"Not compared."}


def test_only_the_quarter_is_shown_where_no_contract_covers_the_year() -> None:
    table, beside = only(rows(of_quarter())).tables
    assert (table.title, beside.title) == (
        "Absence rate, January to March 2026",
        "Absence rate: basis and peers, January to March 2026",
    )
    assert [column.heading for column in table.columns] == ["Organisation", QUARTER]


@pytest.mark.parametrize(("kind", "what"), [("commissioner", "under contract"), ("public", "named")])
def test_who_came_in_the_year_and_who_has_gone_are_told_apart(kind: str, what: str) -> None:
    table = only(rows(figure(), of_quarter(who="Beta"), kind=kind)).tables[0]
    assert [(row[YEAR], row[QUARTER], row["Verdict"], row["Note"]) for row in cells(table)] == [
        ("4.10", "[x]", "similar", "-"),
        ("[z]", "3.90", "[z]", f"Not {what} for the whole year"),
    ]


def test_two_bases_are_two_rows_that_can_be_told_apart() -> None:
    given = [figure(), figure("5.00", basis="hours", basis_name="hours"), figure(who="Beta")]
    names = ["Alpha Care CIC, calendar days", "Alpha Care CIC, hours", "Beta"]
    for table in only(rows(*given)).tables:
        assert [row["Organisation"] for row in cells(table)] == names


@pytest.mark.parametrize(
    ("given", "note"),
    [
        (figure("[z]"), "Not worked out on this basis"),
        (figure("[x]", months_reported=0), "Nothing reported"),
        (figure("[x]", months_reported=9), "Not every month reported"),
        (figure("[x]"), "Not among what was sent"),
        (figure("[c]"), "Withheld: few people are behind it, or it would give another withheld figure away"),
    ],
)
@pytest.mark.parametrize("kind", ["commissioner", "organisation"])
def test_a_note_says_why_a_figure_is_not_there(given: OrganisationFigure, note: str, kind: str) -> None:
    table = only(rows(figure(who="Beta"), given, kind=kind)).tables[0]
    assert [row["Note"] for row in cells(table)] == ["-", note]


@pytest.mark.parametrize(
    ("given", "note"),
    [
        (figure(), "-"),
        (figure("[x]", peer_note="not reported"), "-"),
        (figure(peer_note="too few peers", peer_median="[c]"), "Too few peers."),
        (figure(peer_note="too few peers for quartiles"), "Too few peers for quartiles."),
        (figure(peer_group="same delivery model, all sectors"), "Peers are of all sectors."),
        (figure(peer_group="same delivery model, all sectors", peer_note="too few peers"), "Too few peers."),
        (
            figure(peer_group="same delivery model, all sectors", peer_note="too few peers for quartiles"),
            "Too few peers for quartiles. Peers are of all sectors.",
        ),
    ],
)
def test_a_note_says_what_to_know_of_the_peers(given: OrganisationFigure, note: str) -> None:
    for kind in ("commissioner", "organisation"):
        few = figure(who="Beta", peer_note="most peers are known to this reader")
        beside = only(rows(few, given, kind=kind)).tables[1]
        assert [row["Note"] for row in cells(beside)] == ["Most peers are known to this reader.", note]


@each_shorthand
def test_peers_that_are_withheld_stay_so_in_every_cell(shorthand: str) -> None:
    hidden: dict[str, Any] = dict.fromkeys(
        ("peer_value", "peer_median", "peer_lower_quartile", "peer_upper_quartile"), shorthand
    )
    for kind in ("commissioner", "organisation"):
        row = only(rows(figure(**hidden), kind=kind)).tables[1].rows[0]
        assert row[-3:] == (shorthand,) * 3


def test_further_figures_stand_in_a_table_of_their_own() -> None:
    given = [
        figure(),
        figure("9.1", DAYS, verdict="[z]"),
        figure(who="Beta"),
        figure("[x]", DAYS, who="Beta", verdict="[z]"),
        figure(who="Gamma"),
    ]
    table = titled(only(rows(*given)), "Sickness absence: further")
    assert table.title == "Sickness absence: further figures, April 2025 to March 2026"
    assert cells(table) == [
        {"Organisation": "Alpha Care CIC", "Basis": "calendar days", "Sick days (days)": "9.1"},
        {"Organisation": "Beta", "Basis": "calendar days", "Sick days (days)": "[x]"},
    ]
    assert (table.notes, table.how_to_read, table.is_folded) == ((), (), True)


def test_a_verdict_on_a_further_figure_stands_beside_it_with_what_chance_would_give() -> None:
    none = {"verdict": "not compared", "verdict_note": "too few answers"}
    given = [figure(), figure("9.1", DAYS, verdict="worse"), figure("8.0", DAYS, who="Beta", **none)]
    table = titled(only(rows(*given)), "Sickness absence: further")
    assert [row["Verdict on sick days"] for row in cells(table)] == ["worse", "not compared: too few answers"]
    assert table.notes == (CHANCE_OF_ONE,)
    assert len(table.how_to_read) == 1


def test_further_figures_of_which_nobody_has_one_are_not_shown() -> None:
    assert not [title for title in titles(only(rows(figure(), figure("[x]", DAYS)))) if "further" in title]


@pytest.mark.parametrize("kind", ["commissioner", "organisation"])
def test_a_saving_of_0_is_told_what_it_means_and_one_of_something_is_not(kind: str) -> None:
    def said(*values: str, of: Indicator = SHARE) -> tuple[str, ...]:
        who = ["Alpha Care CIC", "Beta", "Gamma"]
        given = [figure(value, of, who=name) for value, name in zip(values, who, strict=False)]
        notes = [note for table in only(rows(figure("5", NET), *given, kind=kind)).tables for note in table.notes]
        return tuple(note for note in notes if " is 0" in note)

    why = (
        "what was saved is kept by somebody else, or nobody in finance or audit has verified it yet, or nothing was "
        "saved."
    )
    assert said("0.00") == (f"Verified share of contract value is 0: {why}",)
    assert said("0.00", "-0.00", "1.30") == (f"Verified share of contract value is 0 for 2 of 3: {why}",)
    assert said("1.30", "[x]") == said("[c]") == ()
    assert said("0", of=KEPT) == (
        "Net savings to you is 0: what was saved is kept by somebody else, or nothing was saved.",
    )


# An organisation's own


def test_an_organisation_sees_what_may_be_said_of_each_of_its_figures() -> None:
    given = rows(
        figure(verdict="worse", lower_95="3.80", upper_95="4.40"),
        of_quarter(peer_median="9.99", variation="improving", assurance="consistently met"),
        figure("9.1", DAYS, verdict="[z]", expected_lower="[z]", expected_upper="[z]", peer_median="[c]"),
        kind="organisation",
    )
    table, beside = only(given).tables
    assert table.title == "Sickness absence, April 2025 to March 2026"
    assert cells(table) == [
        {
            "Figure": "Absence rate (%)",
            "Year to March 2026": "4.10",
            "95% interval": "3.80 to 4.40",
            "January to March 2026": "3.90",
            "Expected range": "3.20 to 5.00",
            "Verdict": "worse",
            "Over time": "improving",
            "Against target": "consistently met",
        },
        {
            "Figure": "Sick days (days)",
            "Year to March 2026": "9.1",
            "95% interval": "[z]",
            "January to March 2026": "[z]",
            "Expected range": "[z]",
            "Verdict": "[z]",
            "Over time": "[z]",
            "Against target": "[z]",
        },
    ]
    assert beside.title == "Sickness absence: basis and peers, April 2025 to March 2026"
    assert beside.rows == (
        ("Absence rate (%)", "calendar days", "12 of 12", "12", "4.20", "4.00", "3.50 to 4.50"),
        ("Sick days (days)", "calendar days", "12 of 12", "12", "4.20", "[c]", "3.50 to 4.50"),
    )


def test_a_figure_of_the_quarter_alone_stands_among_ones_own() -> None:
    table, beside = only(rows(figure(), of_quarter("9.1", DAYS), kind="organisation")).tables
    assert [row[1:3] for row in table.rows] == [("4.10", "[z]"), ("[z]", "9.1")]
    assert [row[2] for row in beside.rows] == ["12 of 12", "3 of 3"]


def test_pounds_have_commas_in_every_table_of_ones_own() -> None:
    history = [figure("-12500", NET, grain="quarter", period_id="2025-Q4")]
    own, _, past = only(rows(figure("1234567", NET), kind="organisation", history=history)).tables
    assert own.rows == (("Net savings (£)", "1,234,567"),)
    assert past.rows == (("2025-Q4", "calendar days", "-12,500"),)


def test_quarter_by_quarter_oldest_first_each_basis_by_itself() -> None:
    def past(value: str, period_id: str, of: Indicator = RATE, basis: str = "calendar days") -> OrganisationFigure:
        return figure(value, of, grain="quarter", period_id=period_id, basis=basis, basis_name=basis)

    history = [
        past("4.30", "2026-Q1"),
        past("4.10", "2025-Q3"),
        past("9.1", "2025-Q3", DAYS),
        past("[x]", "2025-Q4"),
        past("5.00", "2025-Q3", basis="hours"),
        past("6.51", "2025-Q3", ENGAGEMENT),
    ]
    table = only(rows(figure(), kind="organisation", history=history)).tables[-1]
    assert table.title == "Sickness absence, quarter by quarter"
    assert [column.heading for column in table.columns] == ["Quarter", "Basis", "Absence rate (%)", "Sick days (days)"]
    assert table.rows == (
        ("2025-Q3", "calendar days", "4.10", "9.1"),
        ("2025-Q3", "hours", "5.00", "[x]"),
        ("2026-Q1", "calendar days", "4.30", "[x]"),
    )
    assert table.is_folded


def test_a_history_without_figures_is_not_shown() -> None:
    history = [figure("[x]", grain="quarter")]
    assert len(only(rows(figure(), kind="organisation", history=history)).tables) == 2


# Everybody


@pytest.mark.parametrize("kind", ["commissioner", "organisation", "public"])
def test_no_cell_is_blank_whatever_is_withheld(kind: str) -> None:
    nothing: dict[str, Any] = dict.fromkeys(
        [
            *("lower_95", "upper_95", "peers", "peer_value", "peer_median", "peer_lower_quartile"),
            *("peer_upper_quartile", "expected_lower", "expected_upper", "verdict", "variation", "assurance"),
        ],
        "[c]",
    )
    given = [figure("[c]", **nothing), figure("[c]", grain="quarter", **nothing), figure(who="Beta"), model()]
    organisations = [one for one in given if isinstance(one, OrganisationFigure)]
    section = only(rows(*organisations, models=[model("[c]")], kind=kind))
    assert all(text for table in section.tables for row in table.rows for text in row)
    assert all(len(row) == len(table.columns) for table in section.tables for row in table.rows)
    assert section.tables[0].rows[0][1:] != ()


def test_a_quarter_that_was_not_reported_stands_in_the_row_of_its_organisation() -> None:
    quarter = figure("[x]", basis="[x]", basis_name="[x]", grain="quarter", months_reported=0, months_expected=3)
    year, now = "Year to March 2026 (%)", "January to March 2026 (%)"
    [row] = cells(only(rows(figure(), quarter)).tables[0])
    assert (row["Organisation"], row[year], row[now]) == ("Alpha Care CIC", "4.10", "[x]")
    two = rows(figure(), figure("5.00", basis="hours", basis_name="hours"), quarter)
    assert len(only(two).tables[0].rows) == 3
