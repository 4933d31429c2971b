"""A portfolio on one screen: a row for each organisation, and nothing in it that the figures do not hold."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impact.reports.at_a_glance import glance_section
from impact.reports.audience_rows import AudienceRows, OrganisationFigure
from impact.reports.audiences import with_names_told_apart
from impact.reports.content import Table
from tests.unit.reports.published import (
    ABSENCE,
    ENGAGEMENT,
    KEPT,
    NET,
    RATE,
    SATISFACTION,
    SURVEY,
    figure,
    quarter,
    rows,
    state,
)
from tests.unit.reports.sections import cells

OVER_TIME = "Changing over time"


def table_of(given: AudienceRows) -> Table:
    [section] = glance_section(given, quarter())
    [table] = section.tables
    return table


def read(*given: OrganisationFigure, **fields: Any) -> list[dict[str, str]]:
    return cells(table_of(rows(*given, **fields)))


def now(variation: str, who: str = "Alpha Care CIC", **fields: Any) -> OrganisationFigure:
    return figure("4.10", fields.pop("of", RATE), who=who, grain="quarter", variation=variation, **fields)


BETA = figure("3.00", who="Beta", verdict="better")


def test_where_nobody_is_compared_one_line_says_so_in_place_of_a_column() -> None:
    not_compared = [figure("6.51", ENGAGEMENT, who=who, verdict="not compared") for who in ("Alpha Care CIC", "Beta")]
    given = rows(figure(), BETA, *not_compared)
    assert "Engagement: verdict" not in cells(table_of(given))[0]
    assert table_of(given).notes[1:] == ("Engagement: nobody is compared with others. The part Staff survey says why.",)
    one_is = rows(figure(), BETA, not_compared[0], figure("7.00", ENGAGEMENT, who="Beta", verdict="better"))
    assert [row["Engagement: verdict"] for row in cells(table_of(one_is))] == ["not compared", "better"]


def test_each_organisation_has_a_row_with_what_is_said_of_it() -> None:
    assert read(figure(), BETA, figure("6.51", ENGAGEMENT, verdict="worse")) == [
        {
            "Organisation": "Alpha Care CIC",
            "Engagement (0 to 10)": "6.51",
            "Engagement: verdict": "worse",
            "Absence rate (%)": "4.10",
            "Absence rate: verdict": "similar",
            OVER_TIME: "[z]",
            "Returns in": "[z]",
        },
        {
            "Organisation": "Beta",
            "Engagement (0 to 10)": "[x]",
            "Engagement: verdict": "[z]",
            "Absence rate (%)": "3.00",
            "Absence rate: verdict": "better",
            OVER_TIME: "[z]",
            "Returns in": "[z]",
        },
    ]


@pytest.mark.parametrize("given", [rows(), rows(figure()), rows(figure(), BETA, kind="public")])
def test_there_is_none_of_one_organisation_or_for_anybody_else(given: AudienceRows) -> None:
    assert list(glance_section(given, quarter())) == []


def test_two_of_one_name_are_told_apart() -> None:
    given = rows(figure(), figure("9.90", who="Alpha Care CIC", organisation_code="M002"))
    read_back = [
        (row["Organisation"], row["Absence rate (%)"]) for row in cells(table_of(with_names_told_apart(given)))
    ]
    assert read_back == [("Alpha Care CIC (M001)", "4.10"), ("Alpha Care CIC (M002)", "9.90")]


def test_of_savings_it_is_what_the_commissioner_keeps() -> None:
    [alpha, beta] = read(figure("-120000", KEPT), figure("900000", NET), figure("5", NET, who="Beta"))
    assert (alpha["Net savings to you (£)"], beta["Net savings to you (£)"]) == ("-120,000", "[x]")
    assert "Net savings (£)" not in alpha
    [alpha, _] = read(figure("[x]", KEPT), figure("900000", NET), figure("5", NET, who="Beta"))
    assert alpha["Net savings (£)"] == "900,000"
    nothing = table_of(rows(figure("0", KEPT), figure("5", KEPT, who="Beta")))
    assert nothing.notes == (
        "Net savings to you is 0 for 1 of 2: what was saved is kept by somebody else, or nothing was saved.",
    )


def test_on_several_bases_each_is_said() -> None:
    hours: dict[str, Any] = {"basis": "hours", "basis_name": "hours"}
    given = [figure(), figure("5.00", verdict="worse", **hours), BETA]
    [alpha, _] = read(*given)
    assert alpha["Absence rate (%)"] == "calendar days: 4.10; hours: 5.00"
    assert alpha["Absence rate: verdict"] == "calendar days: similar; hours: worse"
    assert table_of(rows(*given)).notes == (
        "Chance alone would set about 0.2 of these 3 apart.",
        "Figures that are measured in different ways do not compare: Absence rate (calendar days, hours).",
    )


def test_of_those_that_are_similar_the_lowest_and_the_highest_are_explained() -> None:
    low = figure("2.90", who="Beta", expected_lower="2.00", expected_upper="6.10")
    high = figure("10.00", who="Gamma", expected_lower="0.00", expected_upper="12.00")
    apart = figure("12.00", who="Delta", verdict="worse")
    said = (
        "Absence rate: Beta with 2.90% and Gamma with 10.00% are both similar. Of organisations with as much behind "
        "their figures, 2.00% to 6.10% and 0.00% to 12.00% are expected."
    )
    assert said in table_of(rows(high, figure(), low, apart)).notes
    engaged = [figure("6.00", ENGAGEMENT), figure("7.00", ENGAGEMENT, who="Beta")]
    notes = table_of(rows(high, low, *engaged)).notes
    assert [note.split(":")[0] for note in notes if "are both similar" in note] == ["Engagement"]
    for unsaid in (
        [low, apart],
        [low, figure("[x]", who="Gamma")],
        [low, figure("10.00", who="Gamma", expected_lower="[c]")],
    ):
        assert not [note for note in table_of(rows(*unsaid)).notes if "similar" in note]


def test_a_topic_of_which_nobody_has_anything_is_left_out_and_one_that_is_withheld_is_not() -> None:
    assert "Engagement (0 to 10)" not in read(figure(), BETA, figure("[x]", ENGAGEMENT))[0]
    assert read(figure(), BETA, figure("[c]", SATISFACTION))[0]["User satisfaction (%)"] == "[c]"
    assert list(read(figure("[x]"), figure("[z]", who="Beta"))[0]) == ["Organisation", OVER_TIME, "Returns in"]


def test_where_no_contract_covers_the_year_the_quarter_is_called_so() -> None:
    of_quarter = rows(figure(grain="quarter"), figure("3.00", who="Beta", grain="quarter"))
    assert table_of(of_quarter).title == "Your organisations at a glance, January to March 2026"
    assert cells(table_of(of_quarter))[0]["Absence rate (%), January to March 2026"] == "4.10"
    both = table_of(rows(figure(), BETA, figure("6.51", ENGAGEMENT, grain="quarter")))
    assert both.title == "Your organisations at a glance, April 2025 to March 2026"
    assert [column.heading for column in both.columns][1:3] == [
        "Engagement (0 to 10), January to March 2026",
        "Absence rate (%)",
    ]


@pytest.mark.parametrize(
    ("variations", "said"),
    [
        ([], "[z]"),
        (["[z]", "too few points"], "[z]"),
        (["[c]", "too few points"], "[c]"),
        (["common cause", "[c]"], "no more than common cause"),
        (["improving", "concern"], "concern: absence rate; improving: engagement"),
        (["concern", "concern"], "concern: engagement, absence rate"),
    ],
)
def test_what_is_changing_is_said_topic_by_topic_concerns_first(variations: list[str], said: str) -> None:
    changing = [now(one, of=of) for one, of in zip(variations, (ENGAGEMENT, RATE), strict=False)]
    [alpha, beta] = read(figure(), figure("6.51", ENGAGEMENT), BETA, *changing)
    assert (alpha[OVER_TIME], beta[OVER_TIME]) == (said, "[z]")


def test_returns_that_are_in_are_counted() -> None:
    states = [state("received", SURVEY), state("nothing to report"), state("not received", ABSENCE, who="Beta")]
    assert [row["Returns in"] for row in read(figure(), BETA, states=states)] == ["2 of 2", "0 of 1"]


TEXTS = st.sampled_from(["4.10", "-3.00", "[c]", "[x]", "[z]", "[u]"])
FIGURES = st.builds(
    lambda value, who, of, grain, basis, verdict, variation: figure(
        value, of, who=who, grain=grain, basis=basis, basis_name=basis, verdict=verdict, variation=variation
    ),
    *(TEXTS, st.sampled_from(["A", "B", "C<&>"]), st.sampled_from([ENGAGEMENT, RATE, SATISFACTION])),
    *(st.sampled_from(["rolling_year", "quarter"]), st.sampled_from(["days", "hours"])),
    *(
        st.sampled_from(["better", "similar", "not compared", "[z]"]),
        st.sampled_from(["concern", "[c]", "common cause"]),
    ),
)


@given(st.lists(FIGURES, max_size=12))
def test_whatever_the_rows_nothing_is_blank_and_everybody_has_one_row(given: list[OrganisationFigure]) -> None:
    names = sorted({one.organisation_name for one in given})
    found = [section.tables[0] for section in glance_section(rows(*given), quarter())]
    assert len(found) == (len(names) > 1)
    for table in found:
        assert [row[0] for row in table.rows] == names
        assert all(len(row) == len(table.columns) and all(row) for row in table.rows)
        assert len({column.heading for column in table.columns}) == len(table.columns)
