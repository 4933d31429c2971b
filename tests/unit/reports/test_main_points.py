"""What a reader should know who reads nothing else, and that it says no more than the figures do."""

import re
from dataclasses import replace
from itertools import product
from string import ascii_uppercase
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st

from impact.reports.audience_rows import AudienceRows, DeliveryModelFigure, OrganisationFigure
from impact.reports.before_after import CAVEATS
from impact.reports.claim_sections import claim_points
from impact.reports.main_points import headlines, main_points
from impact.reports.verdicts import APART
from tests.unit.reports.published import (
    ABSENCE,
    ENGAGEMENT,
    KEPT,
    NET,
    RATE,
    SATISFACTION,
    SAVINGS,
    SURVEY,
    before_after,
    effect,
    figure,
    model,
    quarter,
    rows,
    state,
)

NO_EFFECT = "Pooled figures are not adjusted for what staff do: they describe, and show no effect."


def points(given: AudienceRows) -> list[str]:
    return list(main_points(given, quarter()))


def test_the_headline_of_a_topic_is_its_first_indicator() -> None:
    assert headlines(rows()) == [ENGAGEMENT, RATE, SATISFACTION, NET]
    assert headlines(replace(rows(), indicators=(RATE,))) == [RATE]


# A commissioner


def test_whom_a_commissioner_commissions_is_counted_once_each() -> None:
    two = [figure(basis="working_days"), figure(of=ENGAGEMENT, value="6.51"), figure(who="Beta")]
    assert points(rows(figure(), *two))[0] == "You commission 2 organisations."
    assert points(rows(figure()))[0] == "You commission 1 organisation."


def verdicts(*given: str, **fields: Any) -> list[str]:
    """What is said of organisations A, B, C and so on with these verdicts on their absence."""
    found = [figure(who=who, verdict=verdict, **fields) for who, verdict in zip(ascii_uppercase, given, strict=False)]
    return points(rows(*found))[1:]


def test_who_is_set_apart_is_named_and_the_others_are_counted() -> None:
    assert verdicts("worse", "similar", "much better", "worse", "similar") == [
        "Absence rate. Of the 5 compared with their peers, 1 is much better (C), 2 are worse (A, D) and 2 are similar.",
        "All comparisons with peers: 3 of 5 are set apart. Chance alone would set about 0.3 of these 5 apart.",
    ]
    assert verdicts("lower", "much higher", "higher") == [
        "Absence rate. Of the 3 compared with their peers, 1 is much higher (B), 1 is higher (C) and 1 is lower (A).",
        "All comparisons with peers: 3 of 3 are set apart. Chance alone would set about 0.2 of these 3 apart.",
    ]


def test_where_nobody_is_set_apart_it_is_said() -> None:
    assert verdicts("similar", "similar") == [
        "Absence rate. None of the 2 compared with their peers is set apart.",
        "All comparisons with peers: none of 2 is set apart. Chance alone would set about 0.1 of these 2 apart.",
    ]


def test_what_chance_alone_would_do_is_said_once_of_all_that_are_compared() -> None:
    given = [figure(who="A", verdict="worse"), figure(who="B"), figure("90.0", SATISFACTION, verdict="better")]
    said = points(rows(*given))
    assert [point for point in said if "hance alone" in point] == [
        "All comparisons with peers: 2 of 3 are set apart. Chance alone would set about 0.2 of these 3 apart."
    ]


@pytest.mark.parametrize(("verdict", "apart"), [("similar", "none"), ("much worse", "1"), ("higher", "1")])
def test_one_that_is_compared_is_spoken_of_by_name(verdict: str, apart: str) -> None:
    assert verdicts(verdict) == [
        f"Absence rate. A, the one compared with its peers, is {verdict}.",
        f"All comparisons with peers: {apart} of 1 is set apart. Chance alone would set 1 in 20 apart.",
    ]


def test_no_more_than_eight_are_named_and_those_furthest_out_come_first() -> None:
    said, _ = verdicts(*["worse"] * 6, *["better"] * 4, *["much worse"] * 2, *["much better"] * 2, *["similar"] * 6)
    assert said.startswith(
        "Absence rate. Of the 20 compared with their peers, 2 are much worse (K, L), 2 are much better (M, N), 6 are "
        "worse (A, B, C, D and 2 more), 4 are better and 6 are similar."
    )


def test_who_is_not_compared_is_named_by_reason_where_they_are_few() -> None:
    few, short = ("not compared", "too few peers"), ("not compared", "fewer than 12 months")
    given = [
        figure(who=f"Org {n}", verdict=one, verdict_note=why) for n, (one, why) in enumerate([short, few, few, few])
    ]
    said = "Not compared: Org 1, Org 2 and Org 3 (too few peers), Org 0 (fewer than 12 months)."
    assert points(rows(*given))[1:] == [f"Absence rate. {said}"]
    more = figure(who="Org 4", verdict="not compared", verdict_note="too few peers")
    said = "Not compared: 4 (too few peers), Org 0 (fewer than 12 months)."
    assert points(rows(*given, more))[1:] == [f"Absence rate. {said}"]
    given.append(more)
    assert points(rows(*given, figure(who="Z")))[1].endswith(f"peers, is similar. {said}")


def test_of_what_is_no_measure_to_compare_by_nothing_is_said() -> None:
    given = figure("5", NET, verdict="not compared", verdict_note="no measure of chance")
    assert points(rows(given)) == ["You commission 1 organisation."]


def test_how_many_are_on_an_instrument_that_compares_nobody_is_said_near_the_top() -> None:
    fft: dict[str, Any] = {
        "basis": "fft",
        "basis_name": "Friends and Family Test",
        "verdict": "not compared",
        "verdict_note": "not an instrument to compare by",
    }
    given = [figure("90.0", SATISFACTION, who=who, **fft) for who in ("Beta", "Gamma")]
    said = (
        "2 of 3 organisations are not compared with others, because their instrument (Friends and Family Test) is not "
        "made for comparing."
    )
    one, _ = points(rows(figure("88.0", SATISFACTION, verdict="better"), *given))[1:]
    assert one == f"User satisfaction. Alpha Care CIC, the one compared with its peers, is better. {said}"
    assert points(rows(*given))[1:] == [f"User satisfaction. {said.replace('2 of 3', '2 of 2')}"]


@pytest.mark.parametrize("verdict", ["[c]", "[x]", "[z]"])
def test_of_a_verdict_that_is_not_there_nothing_is_said(verdict: str) -> None:
    assert verdicts(verdict, verdict_note="a reason") == []


def test_change_over_time_is_told_by_name_where_it_is_more_than_common_cause() -> None:
    def said(*variations: str) -> list[str]:
        given = [
            figure(who=who, grain="quarter", variation=one)
            for who, one in zip(ascii_uppercase, variations, strict=False)
        ]
        return points(rows(figure("[x]"), *given))[1:]

    assert said("common cause", "too few points", "[z]", "[c]") == []
    assert said("improving", "concern", "common cause", "concern") == [
        "Absence rate over time: 2 are of concern (B, D) and 1 is improving (A)."
    ]
    assert said("high", "low") == ["Absence rate over time: 1 is high (A) and 1 is low (B)."]
    assert said(*["concern"] * 9, "improving") == [
        "Absence rate over time: 9 are of concern (A, B, C, D, E, F, G, H, I) and 1 is improving."
    ]
    assert said(*["concern"] * 10, "improving") == [
        "Absence rate over time: 10 are of concern (A, B, C, D, E, F, G, H and 2 more) and 1 is improving."
    ]


def test_an_organisation_on_two_bases_is_named_with_them() -> None:
    given = [figure(verdict="worse"), figure(verdict="better", basis="hours", basis_name="hours")]
    assert "1 is worse (Alpha Care CIC, calendar days), 1 is better (Alpha Care CIC, hours)." in points(rows(*given))[
        1
    ].replace(" and 1", ", 1")


def test_each_topic_has_its_sentence_in_the_order_of_topics() -> None:
    given = rows(figure(), figure("6.51", ENGAGEMENT))
    leads = ["Engagement", "Absence rate", "All comparisons with peers"]
    assert [re.split("[.:]", point)[0] for point in points(given)[1:]] == leads


def test_a_commissioner_of_many_still_has_few_points() -> None:
    given = []
    for number, indicator in product(range(30), (ENGAGEMENT, RATE, SATISFACTION)):
        who = f"Organisation number {number:02} of a longer name CIC"
        given.append(figure(of=indicator, who=who, verdict=[*APART, "similar"][number % 9]))
        given.append(figure(of=indicator, who=who, grain="quarter", variation=["concern", "improving"][number % 2]))
        given.append(figure("5000", KEPT, who=who))
    said = points(rows(*given, states=[state("received")]))
    assert len(said) <= 10
    assert all(point.count("Organisation number") <= 9 for point in said)


@hypothesis.given(st.lists(st.sampled_from([*APART, "similar", "not compared", "[c]", "[z]"]), min_size=1, max_size=20))
def test_no_point_says_more_than_the_verdicts_do(given: list[str]) -> None:
    text = " ".join(verdicts(*given))
    for verdict in APART:
        said = re.findall(rf"(\d+) (?:is|are) {verdict}\b", text)
        if sum(one in (*APART, "similar") for one in given) > 1:
            assert said == ([str(given.count(verdict))] if verdict in given else [])
        else:
            assert (f"is {verdict}." in text) == (verdict in given)


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
def test_returns_that_are_in_are_counted_and_a_few_that_are_not_are_named(kind: str) -> None:
    states = ["received", "nothing to report", "exempt", "held until confirmed", "sent, not accepted", "not received"]
    sent = [state(said, SURVEY, f"Org {number}") for number, said in enumerate(states)]
    assert (
        "3 of 6 returns owed for January to March 2026 are in. Not in: Org 3 (staff survey, held until confirmed), Org "
        "4 (staff survey, sent, not accepted) and Org 5 (staff survey, not received)."
    ) in points(rows(figure(), kind=kind, states=sent))
    more = [*sent, state("not received", SAVINGS, "Org 0")]
    assert "3 of 7 returns owed for January to March 2026 are in." in points(rows(figure(), kind=kind, states=more))


def test_only_the_quarter_is_spoken_of_where_no_contract_covers_the_year() -> None:
    given = figure(grain="quarter", variation="concern")
    assert points(rows(given, states=[state("received")])) == [
        "No contract of yours covers the whole year to March 2026, so only January to March 2026 is shown.",
        "1 of 1 return owed for January to March 2026 is in.",
        "Absence rate over time: 1 is of concern (Alpha Care CIC).",
    ]


# An organisation


def own(*given: OrganisationFigure) -> list[str]:
    return points(rows(*given, kind="organisation"))


def test_an_organisation_reads_its_figures_beside_its_peers() -> None:
    given = rows(
        figure(),
        figure("6.51", ENGAGEMENT, peer_median="[c]", lower_95="6.40", upper_95="6.62", verdict="[z]"),
        figure("-1500", NET),
        figure("9.99", grain="quarter"),
        kind="organisation",
        states=[state("received", SAVINGS), state("not received", ABSENCE)],
    )
    assert points(given) == [
        "1 of 2 returns owed for January to March 2026 are in. Not in: sickness absence (not received).",
        "Engagement: 6.51 points (95% interval 6.40 to 6.62) in the year to March 2026.",
        (
            "Absence rate: 4.10% in the year to March 2026; the median of your 12 peers is 4.00%. That is similar to "
            "your peers: what sets you apart may be chance and ordinary spread."
        ),
        "Net savings: -£1,500 in the year to March 2026.",
    ]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (
            {"verdict": "much worse", "verdict_note": "not adjusted for staff mix"},
            (
                "That is much worse than the range, 3.20 to 5.00, expected from your peers (not adjusted for staff "
                "mix). Chance alone would set 1 in 20 apart."
            ),
        ),
        (
            {"verdict": "better", "expected_lower": "[c]", "expected_upper": "[c]"},
            "That is better than the range expected from your peers. Chance alone would set 1 in 20 apart.",
        ),
        (
            {"verdict": "not compared", "verdict_note": "too few peers"},
            "It is not compared with others (too few peers).",
        ),
        (
            {
                "verdict": "not compared",
                "verdict_note": "not an instrument to compare by",
                "basis_name": "Friends Test",
            },
            "It is not compared with others: Friends Test is not made to compare organisations.",
        ),
        ({"verdict": "[z]"}, ""),
        ({"verdict": "[c]", "verdict_note": "withheld"}, ""),
    ],
)
def test_an_organisation_reads_its_verdict_and_no_more(fields: dict[str, Any], said: str) -> None:
    start = "Absence rate: 4.10% in the year to March 2026; the median of your 12 peers is 4.00%."
    assert own(figure(**fields)) == [f"{start} {said}".rstrip()]


def test_an_organisation_reads_what_changes_over_time() -> None:
    assert own(figure(grain="quarter", variation="concern", variation_note="7 points rising")) == [
        "Absence rate over time: of concern (7 points rising)."
    ]
    assert own(figure(grain="quarter", variation="improving")) == ["Absence rate over time: improving."]
    assert own(figure(grain="quarter", variation="common cause")) == []


def test_an_organisation_reads_what_it_was_before_it_spun_out_with_the_caveats() -> None:
    given = [
        before_after(),
        before_after(ENGAGEMENT, comparator_difference="[z]", lower_95="[z]", before_value="6.10", after_value="6.40"),
        before_after(NET, difference="[z]", note="too little before"),
    ]
    survey, absence = points(rows(kind="organisation", before_after=given))
    assert survey == (
        "Engagement was 6.10 points before spinning out and is 6.40 points since: a difference of -0.60 points. "
        f"{CAVEATS}"
    )
    assert absence == (
        "Absence rate was 5.20% before spinning out and is 4.60% since: a difference of -0.60 percentage points (95% "
        f"interval -0.90 to -0.30). 14 other organisations in the same months: -0.10. {CAVEATS}"
    )


def test_two_bases_are_told_apart() -> None:
    given = rows(figure(), figure("5.00", basis="hours", basis_name="hours"), kind="organisation")
    assert [point.split(":")[0] for point in points(given)] == ["Absence rate (calendar days)", "Absence rate (hours)"]


@pytest.mark.parametrize("shorthand", ["[c]", "[x]", "[z]"])
def test_an_organisation_without_figures_reads_nothing_of_them(shorthand: str) -> None:
    assert own(figure(shorthand)) == []


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
            "Absence rate (calendar days), in adult social care, pooled over the year to March 2026: the 12 mutuals "
            "4.10% (140 of 144 months reported); the 8 in-house organisations 5.00% (140 of 144 months reported); the "
            "one outsourced organisation 6.00% (1,200 of 1,300 months reported)."
        ),
        NO_EFFECT,
    ]


def test_where_there_are_several_sectors_they_are_spoken_of_together() -> None:
    [said, last] = public(model(), model("4.44", sector="sectors_of_mutuals"), model("9.99", sector="libraries"))
    assert said.startswith(
        "Absence rate (calendar days), in all sectors with mutuals, pooled over the year to March 2026:"
    )
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


def test_effects_are_told_with_the_claim_and_not_again() -> None:
    pooled, last = points(rows(kind="public", models=[model()], effects=[effect()]))
    assert pooled.startswith("Absence rate (calendar days), in adult social care")
    assert last == NO_EFFECT
    [told] = claim_points(rows(kind="public", effects=[effect()]), quarter())
    assert told.startswith("Sick days: \N{LEFT DOUBLE QUOTATION MARK}Staff of mutuals are off sick less.")


# Everybody


@pytest.mark.parametrize("kind", ["public", "commissioner", "organisation"])
def test_nobody_is_called_better_or_worse_who_is_not(kind: str) -> None:
    given = rows(figure(), figure("6.51", ENGAGEMENT), figure("-5", NET), kind=kind, models=[model(), model("-5", NET)])
    assert points(given)
    assert not re.search(r"\b(better|worse|significant|because|best|worst)\b", " ".join(points(given)).lower())


@pytest.mark.parametrize("kind", ["public", "organisation"])
def test_nothing_is_said_where_there_is_nothing(kind: str) -> None:
    assert points(rows(kind=kind)) == []
