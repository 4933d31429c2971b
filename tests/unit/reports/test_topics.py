"""The part of a report that is about one topic: tables, a chart, and a note for every figure that is not there."""

from collections.abc import Sequence

import pytest

from impact.reports.audiences import AudienceRows, Indicator, OrganisationFigure
from impact.reports.content import Section, Table
from impact.reports.topics import topic_sections
from tests.unit.reports.published import DAYS, ENGAGEMENT, GROWTH, NET, RATE, figure, model, quarter, rows


def sections(given: AudienceRows) -> list[Section]:
    return list(topic_sections(given, quarter()))


def only(given: AudienceRows) -> Section:
    [section] = sections(given)
    return section


def titles(section: Section) -> list[str]:
    return [table.title for table in section.tables]


def cells(table: Table) -> list[dict[str, str]]:
    headings = [column.heading for column in table.columns]
    return [dict(zip(headings, row, strict=True)) for row in table.rows]


def test_a_topic_is_spoken_of_where_there_is_something_to_say_in_the_order_of_topics() -> None:
    assert sections(rows()) == sections(rows(figure("[x]"))) == []
    found = sections(rows(figure("-5", NET), figure(), figure("6.51", ENGAGEMENT)))
    assert [(section.id, section.title) for section in found] == [
        ("staff-survey", "Staff survey"),
        ("sickness-absence", "Sickness absence"),
        ("savings", "Savings"),
    ]


def test_a_topic_opens_with_what_its_headline_means_and_which_way_is_better() -> None:
    assert only(rows(figure())).paragraphs == ("Absence rate: Days lost. Lower is better.",)
    assert only(rows(figure("6.51", ENGAGEMENT))).paragraphs == ("Engagement: Nine answers. Higher is better.",)


def test_the_data_are_those_of_organisations_where_there_are_any() -> None:
    assert only(rows(figure(), models=[model()])).data_file == "organisations.csv"
    assert only(rows(models=[model()], kind="public")).data_file == "delivery-models.csv"


# A portfolio


def test_a_portfolio_stands_beside_its_peers() -> None:
    [table] = only(rows(figure(), figure("3.90", grain="quarter", months_reported=3, months_expected=3))).tables
    assert table.title == "Absence rate, April 2025 to March 2026"
    assert cells(table) == [
        {
            "Organisation": "Alpha Care CIC",
            "Delivery model": "Mutual",
            "Basis": "calendar days",
            "Months reported": "12 of 12",
            "Year to March 2026 (%)": "4.10",
            "January to March 2026 (%)": "3.90",
            "Median of peers (%)": "4.00",
            "Middle half of peers (%)": "3.50 to 4.50",
            "Peers": "12",
            "Note": "-",
        }
    ]
    assert [column.heading for column in table.columns if not column.is_figure] == [
        *("Organisation", "Delivery model", "Basis", "Note"),
    ]
    assert table.notes == ("Peers are those of the first period shown.",)


def test_what_nobody_is_compared_by_has_no_peers_to_stand_beside() -> None:
    table = only(rows(figure("-1500", NET), figure("2500", NET, who="Beta"))).tables[0]
    assert [list(row.values())[4:] for row in cells(table)] == [["-1,500", "Not compared"], ["2,500", "Not compared"]]
    assert [column.heading for column in table.columns[4:]] == ["Year to March 2026 (£)", "Note"]
    assert table.notes == ()


def test_only_the_quarter_is_shown_where_no_contract_covers_the_year() -> None:
    [table] = only(rows(figure(grain="quarter", months_reported=3, months_expected=3))).tables
    assert table.title == "Absence rate, January to March 2026"
    assert [column.heading for column in table.columns if "2026" in column.heading] == ["January to March 2026 (%)"]
    assert (cells(table)[0]["Note"], table.notes) == ("-", ())


def test_who_came_in_the_year_and_who_has_gone_are_told_apart() -> None:
    new = figure("3.90", who="Beta", grain="quarter", months_reported=3, months_expected=3)
    table = only(rows(figure(), new)).tables[0]
    year, now = "Year to March 2026 (%)", "January to March 2026 (%)"
    assert [(row[year], row[now], row["Note"]) for row in cells(table)] == [
        ("4.10", "[x]", "-"),
        ("[z]", "3.90", "Not under contract for the whole year"),
    ]


def test_two_bases_are_two_rows() -> None:
    table = only(rows(figure(), figure("5.00", basis="hours", basis_name="hours"))).tables[0]
    assert [(row["Organisation"], row["Basis"]) for row in cells(table)] == [
        ("Alpha Care CIC", "calendar days"),
        ("Alpha Care CIC", "hours"),
    ]


@pytest.mark.parametrize(
    ("given", "note"),
    [
        (figure(), "-"),
        (figure("[z]"), "Not worked out on this basis"),
        (figure("[x]", months_reported=0), "Nothing reported"),
        (figure("[x]", months_reported=9), "Not every month reported"),
        (figure("[x]"), "Not among what was sent"),
        (figure(peer_note="too few peers", peer_median="[c]"), "Too few peers"),
        (figure(peer_note="too few peers for quartiles"), "Too few peers for quartiles"),
        (figure(peer_group="same delivery model, all sectors"), "Peers are of all sectors"),
        (figure(peer_group="same delivery model, all sectors", peer_note="too few peers"), "Too few peers"),
        (
            figure(peer_group="same delivery model, all sectors", peer_note="too few peers for quartiles"),
            "Too few peers for quartiles. Peers are of all sectors",
        ),
    ],
)
def test_a_note_says_why_a_figure_is_not_there(given: OrganisationFigure, note: str) -> None:
    table = only(rows(figure(who="Beta"), given)).tables[0]
    assert cells(table)[1]["Note"] == note
    [own] = only(rows(figure(), given, kind="organisation")).tables
    assert note in {row["Note"] for row in cells(own)}


@pytest.mark.parametrize("shorthand", ["[c]", "[z]"])
def test_peers_that_are_withheld_stay_so_in_every_cell(shorthand: str) -> None:
    given = figure(peer_median=shorthand, peer_lower_quartile=shorthand, peer_upper_quartile=shorthand)
    row = only(rows(given)).tables[0].rows[0]
    assert row[5:7] == (shorthand, shorthand)


def test_further_figures_stand_in_a_table_of_their_own() -> None:
    given = [figure(), figure("9.1", DAYS), figure(who="Beta"), figure("[x]", DAYS, who="Beta"), figure(who="Gamma")]
    table = only(rows(*given)).tables[1]
    assert table.title == "Sickness absence: further figures, April 2025 to March 2026"
    assert cells(table) == [
        {"Organisation": "Alpha Care CIC", "Basis": "calendar days", "Sick days (days)": "9.1"},
        {"Organisation": "Beta", "Basis": "calendar days", "Sick days (days)": "[x]"},
    ]


def test_further_figures_of_which_nobody_has_one_are_not_shown() -> None:
    assert len(only(rows(figure(), figure("[x]", DAYS))).tables) == 1


# An organisation's own


def test_an_organisation_sees_each_figure_beside_its_peers() -> None:
    given = rows(
        figure(),
        figure("3.90", grain="quarter", peer_median="9.99"),
        figure("9.1", DAYS, peer_median="[c]", peer_lower_quartile="[c]", peer_upper_quartile="[c]"),
        kind="organisation",
    )
    [table] = only(given).tables
    assert table.title == "Sickness absence, April 2025 to March 2026"
    assert table.rows == (
        ("Absence rate (%)", "calendar days", "12 of 12", "4.10", "3.90", "4.00", "3.50 to 4.50", "12", "-"),
        ("Sick days (days)", "calendar days", "12 of 12", "9.1", "[z]", "[c]", "[c]", "12", "-"),
    )


def test_a_figure_of_the_quarter_alone_stands_among_ones_own() -> None:
    given = rows(
        figure(), figure("9.1", DAYS, grain="quarter", months_reported=3, months_expected=3), kind="organisation"
    )
    assert [row[2:5] for row in only(given).tables[0].rows] == [("12 of 12", "4.10", "[z]"), ("3 of 3", "[z]", "9.1")]


def test_pounds_have_commas_in_every_table_of_ones_own() -> None:
    history = [figure("-12500", NET, grain="quarter", period_id="2025-Q4")]
    own, past = only(rows(figure("1234567", NET), kind="organisation", history=history)).tables
    assert own.rows[0][:4] == ("Net savings (£)", "calendar days", "12 of 12", "1,234,567")
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


def test_a_history_without_figures_is_not_shown() -> None:
    history = [figure("[x]", grain="quarter")]
    assert len(only(rows(figure(), kind="organisation", history=history)).tables) == 1


# Delivery models side by side


def test_delivery_models_stand_side_by_side() -> None:
    few = model("5.00", delivery_model="in_house", median="[z]", lower_quartile="[z]", upper_quartile="[z]")
    hidden = model("[c]", delivery_model="outsourced", median="[c]", lower_quartile="[c]", note="too few organisations")
    [table] = only(rows(models=[model(), few, hidden], kind="public")).tables
    assert table.title == "Absence rate by delivery model, April 2025 to March 2026"
    about = ("adult social care", "calendar days", "12 of 13", "140 of 144")
    assert table.rows == (
        ("Mutual", *about, "4.10", "4.00", "3.50 to 4.50", "-"),
        ("In-house", *about, "5.00", "[z]", "[z]", "-"),
        ("Outsourced", *about, "[c]", "[c]", "[c]", "too few organisations"),
    )


def test_side_by_side_is_for_the_year_and_for_what_has_a_good_and_a_bad_direction() -> None:
    assert not only(rows(models=[model(grain="quarter")], kind="public")).tables
    assert not only(rows(models=[model("5", GROWTH)], kind="public")).tables
    assert titles(only(rows(models=[model("5", NET), model("5", GROWTH)], kind="public"))) == [
        "Net savings by delivery model, April 2025 to March 2026"
    ]


def test_an_organisation_does_not_see_delivery_models_side_by_side() -> None:
    assert titles(only(rows(figure(), models=[model()], kind="organisation"))) == [
        "Sickness absence, April 2025 to March 2026"
    ]


# The chart


def names_drawn(given: Sequence[OrganisationFigure], kind: str = "commissioner") -> list[str] | None:
    chart = only(rows(*given, kind=kind)).chart
    return None if chart is None else [mark.name for mark in chart.marks]


def test_the_chart_holds_one_basis_that_of_most() -> None:
    given = [
        figure("5.00", who="Hours", basis="hours", basis_name="hours"),
        figure(),
        figure("3.00", who="Beta"),
        figure("[x]", who="Gamma", basis="hours"),
    ]
    assert names_drawn(given) == ["Alpha Care CIC", "Beta"]
    chart = only(rows(*given)).chart
    assert chart is not None
    assert chart.subtitle == "Absence rate (%), calendar days, April 2025 to March 2026"


def test_of_two_bases_with_as_many_the_same_one_is_drawn_whatever_the_order() -> None:
    both = [figure("5.00", who="Hours", basis="hours"), figure("3.00", who="Days")]
    assert names_drawn(both) == names_drawn(both[::-1]) == ["Days"]


def test_the_chart_is_of_the_quarter_where_no_contract_covers_the_year() -> None:
    chart = only(rows(figure(grain="quarter"), figure("3.00", who="Beta", grain="quarter"))).chart
    assert chart is not None
    assert chart.subtitle.endswith("January to March 2026")
    assert names_drawn([figure(), figure("3.00", who="Beta", grain="quarter")]) == ["Alpha Care CIC"]


def test_there_is_no_chart_of_nobody_or_of_one_without_peers() -> None:
    assert names_drawn([figure("9.1", DAYS)]) is None
    assert names_drawn([figure(peer_median="[c]")]) is None
    assert only(rows(models=[model()], kind="public")).chart is None


def test_the_chart_says_what_it_shows() -> None:
    def chart_of(*given: OrganisationFigure, kind: str = "commissioner") -> tuple[str, str]:
        chart = only(rows(*given, kind=kind)).chart
        assert chart is not None
        return chart.title, chart.description

    beta = figure("3.00", who="Beta")
    runs = "Values run from 3.00 (Beta) to 4.10 (Alpha Care CIC). The table gives every value."
    above = "can be compared"
    assert chart_of(figure(), beta) == (f"1 of 2 that {above} is above the median of their peers", runs)
    assert chart_of(beta, figure(), kind="public") == ("Organisations range from 3.00 to 4.10%", runs)
    assert chart_of(figure(), figure("9.00", who="Z"))[0] == f"2 of 2 that {above} are above the median of their peers"
    assert chart_of(figure(), figure("9.00", who="Z", peer_median="[c]"))[0].startswith("1 of 1 that")
    assert chart_of(figure("-1500", NET), figure("2500", NET, who="Z")) == (
        "Organisations range from -1,500 to £2,500",
        "Values run from -1,500 (Alpha Care CIC) to 2,500 (Z). The table gives every value.",
    )
    assert chart_of(figure(), kind="organisation") == (
        "4.10%, where the median of peers is 4.00%",
        "Alpha Care CIC has 4.10; the median of its peers is 4.00, the middle half of them 3.50 to 4.50.",
    )


def test_a_table_that_a_chart_shows_is_folded_away_and_ones_own_never_is() -> None:
    assert [table.is_folded for table in only(rows(figure())).tables] == [True]
    assert [table.is_folded for table in only(rows(figure(peer_median="[c]"))).tables] == [False]
    assert [table.is_folded for table in only(rows(figure(), kind="organisation")).tables] == [False]
