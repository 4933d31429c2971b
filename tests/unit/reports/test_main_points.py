"""What a reader should know who reads nothing else, and that it says no more than the figures do."""

import re
from dataclasses import replace

import pytest

from impact.reports.audiences import AudienceRows, DeliveryModelFigure
from impact.reports.main_points import headlines, main_points
from tests.unit.reports.published import (
    ABSENCE,
    ENGAGEMENT,
    KEPT,
    NET,
    RATE,
    SAVINGS,
    SURVEY,
    figure,
    model,
    quarter,
    rows,
    state,
)

CHANCE = "Whether a difference is more than chance is not worked out yet."
NO_EFFECT = "These figures are pooled and not adjusted for what staff do: a description, not an effect."


def points(given: AudienceRows) -> list[str]:
    return list(main_points(given, quarter()))


def test_the_headline_of_a_topic_is_its_first_indicator() -> None:
    assert headlines(rows()) == [ENGAGEMENT, RATE, NET]
    assert headlines(replace(rows(), indicators=(RATE,))) == [RATE]


# A commissioner


def test_whom_a_commissioner_commissions_is_counted_once_each() -> None:
    two = [figure(basis="working_days"), figure(of=ENGAGEMENT, value="6.51"), figure(who="Beta")]
    assert points(rows(figure(), *two))[0] == "You commission 2 organisations."
    assert points(rows(figure()))[0] == "You commission 1 organisation."


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (["4.10", "3.90"], "of 2 that can be set beside their peers, 1 lies above the median of their peers and 1"),
        (["4.00", "3.90"], "of 2 that can be set beside their peers, 0 lie above the median of their peers and 1"),
        (["[x]", "10.00"], "of 1 that can be set beside their peers, 1 lies above the median of their peers and 0"),
        (["9.00", "10.00"], "of 2 that can be set beside their peers, 2 lie above the median of their peers and 0"),
    ],
)
def test_above_and_below_are_counted_from_the_printed_figures(values: list[str], said: str) -> None:
    given = rows(*(figure(value, who=f"Org {index}") for index, value in enumerate(values)))
    assert points(given)[1:] == [f"Absence rate: {said} below it.", CHANCE]


def test_each_topic_has_its_sentence_in_the_order_of_topics() -> None:
    given = rows(figure(), figure("6.51", ENGAGEMENT, peer_median="6.40"))
    assert [point.split(":")[0] for point in points(given)[1:-1]] == ["Engagement", "Absence rate"]


@pytest.mark.parametrize("median", ["[c]", "[x]", "[z]"])
def test_who_has_no_peers_to_show_is_not_set_beside_them(median: str) -> None:
    assert points(rows(figure(peer_median=median))) == ["You commission 1 organisation.", CHANCE]


def test_what_a_commissioner_keeps_of_savings_is_added_up() -> None:
    kept = [figure("120000", KEPT), figure("-1500", KEPT, who="Beta"), figure("[x]", KEPT, who="Gamma")]
    assert points(rows(*kept))[1] == (
        "Cash-releasing savings on your contracts that you keep came to £118,500 in the year to March 2026, net of "
        "what they cost, as 2 organisations report it."
    )
    assert "came to -£1,500 in the year" in points(rows(kept[1]))[1]
    assert "as 1 organisation reports it" in points(rows(kept[1]))[1]
    assert not [point for point in points(rows(kept[2])) if "savings" in point]


def test_savings_of_the_quarter_are_not_those_of_the_year() -> None:
    given = rows(figure(), figure("120000", KEPT, grain="quarter"))
    assert not [point for point in points(given) if "savings" in point]


@pytest.mark.parametrize("kind", ["commissioner", "organisation"])
def test_returns_that_are_in_are_counted(kind: str) -> None:
    states = ["received", "nothing to report", "exempt", "held until confirmed", "sent, not accepted", "not received"]
    given = rows(figure(), kind=kind, states=[state(said, SURVEY, f"Org {said}") for said in states])
    assert "3 of 6 returns owed for January to March 2026 are in." in points(given)


def test_only_the_quarter_is_spoken_of_where_no_contract_covers_the_year() -> None:
    assert points(rows(figure(grain="quarter"), states=[state("received")])) == [
        "No contract of yours covers the whole year to March 2026, so only January to March 2026 is shown."
    ]


# An organisation


def test_an_organisation_reads_its_figures_beside_its_peers() -> None:
    given = rows(
        figure(),
        figure("6.51", ENGAGEMENT, peer_median="[c]"),
        figure("-1500", NET),
        figure("9.99", grain="quarter"),
        kind="organisation",
        states=[state("received", SAVINGS), state("not received", ABSENCE)],
    )
    assert points(given) == [
        "1 of 2 returns owed for January to March 2026 are in.",
        "Engagement: 6.51 points in the year to March 2026.",
        "Absence rate: 4.10% in the year to March 2026; the median of your 12 peers is 4.00%.",
        "Net savings: -£1,500 in the year to March 2026.",
    ]


def test_two_bases_are_told_apart() -> None:
    given = rows(figure(), figure("5.00", basis="hours", basis_name="hours"), kind="organisation")
    assert [point.split(":")[0] for point in points(given)] == ["Absence rate (calendar days)", "Absence rate (hours)"]


def test_an_organisation_without_figures_reads_nothing_of_them() -> None:
    assert points(rows(figure("[x]"), kind="organisation")) == []


# The public


def public(*models: DeliveryModelFigure) -> list[str]:
    return points(rows(kind="public", models=models))


def test_mutuals_stand_beside_others_of_the_same_sector_and_basis_alone() -> None:
    others = model("5.00", delivery_model="in_house", organisations=8)
    hours = model("9.99", delivery_model="outsourced", basis="hours")
    elsewhere = model("8.88", delivery_model="outsourced", sector="libraries")
    one = model("6.00", delivery_model="outsourced", organisations=1, months_reported=1200, months_expected=1300)
    assert public(model(), others, hours, elsewhere, one) == [
        (
            "Absence rate (calendar days), in adult social care, in the year to March 2026: the 12 mutuals 4.10% (140 "
            "of 144 months reported); the 8 in-house organisations 5.00% (140 of 144 months reported); the one "
            "outsourced organisation 6.00% (1,200 of 1,300 months reported)."
        ),
        NO_EFFECT,
    ]


def test_where_there_are_several_sectors_they_are_spoken_of_together() -> None:
    [said, last] = public(model(), model("4.44", sector="sectors_of_mutuals"), model("9.99", sector="libraries"))
    assert said.startswith("Absence rate (calendar days), in all sectors with mutuals, in the year to March 2026:")
    assert "4.44%" in said
    assert "4.10" not in said
    assert last == NO_EFFECT


@pytest.mark.parametrize(
    "only", [model("[c]", median="[c]"), model(median="[z]"), model(grain="quarter"), model(delivery_model="in_house")]
)
def test_what_is_withheld_of_few_or_of_no_mutuals_is_not_said(only: DeliveryModelFigure) -> None:
    assert public(only) == []


@pytest.mark.parametrize(
    ("organisations", "said"),
    [
        (1, "1 other organisation in this sector belongs to its staff. Counting it as mutuals"),
        (3, "3 other organisations in this sector belong to their staff. Counting them as mutuals"),
    ],
)
def test_a_doubt_about_who_is_a_mutual_is_said_with_its_size(organisations: int, said: str) -> None:
    unsure = model(delivery_model="unclassified", organisations=organisations, median="[z]")
    assert public(model(value_with_unclassified="4.40"), unsure)[1] == (
        f"It is not known whether {said} would give 4.40% instead of 4.10%."
    )
    assert len(public(model(value_with_unclassified="[c]"), unsure)) == 2


# Everybody


@pytest.mark.parametrize("kind", ["public", "commissioner", "organisation"])
def test_nobody_is_called_better_or_worse(kind: str) -> None:
    given = rows(figure(), figure("6.51", ENGAGEMENT), figure("-5", NET), kind=kind, models=[model(), model("-5", NET)])
    assert points(given)
    assert not re.search(r"\b(better|worse|significant|because|best|worst)\b", " ".join(points(given)).lower())


@pytest.mark.parametrize("kind", ["public", "organisation"])
def test_nothing_is_said_where_there_is_nothing(kind: str) -> None:
    assert points(rows(kind=kind)) == []
