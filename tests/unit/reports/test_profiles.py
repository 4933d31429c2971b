"""One page for each organisation of a portfolio: of it alone, in the third person."""

from typing import Any

import pytest

from impact.reports.audience_rows import AudienceRows, OrganisationFigure
from impact.reports.content import Profile
from impact.reports.profiles import profiles
from impact.reports.writing import make_report
from tests.unit.reports.published import (
    HOSTILE,
    KEPT,
    NET,
    PUBLISHED_ON,
    SATISFACTION,
    before_after,
    figure,
    over_time,
    present_value,
    quarter,
    rows,
    saving,
    state,
)

SAFE = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")
"""What stands in a file name, an id of HTML and an address alike."""


def profiles_of(given: AudienceRows) -> list[Profile]:
    return list(profiles(given, quarter()))


def only(*given: OrganisationFigure, **fields: Any) -> Profile:
    [found] = profiles_of(rows(*given, **fields))
    return found


def said(*given: OrganisationFigure, **fields: Any) -> list[str]:
    return list(only(*given, **fields).main_points)


@pytest.mark.parametrize("kind", ["public", "organisation"])
def test_they_are_for_commissioners(kind: str) -> None:
    assert profiles_of(rows(figure(), kind=kind)) == []


def test_there_is_one_for_each_organisation_by_code_in_the_order_of_names() -> None:
    two_of_a_name = [figure(who="Beta"), figure(), figure(who="Beta", organisation_code="M002")]
    assert [(one.id, one.title) for one in profiles_of(rows(*two_of_a_name))] == [
        ("organisation-M001", "Alpha Care CIC"),
        ("organisation-Beta", "Beta"),
        ("organisation-M002", "Beta"),
    ]
    assert profiles_of(rows()) == []


def test_nothing_of_another_stands_on_it() -> None:
    months = [f"2026-0{month}" for month in (1, 2)]
    given = rows(
        *(figure(), figure("9.87", who="Beta")),
        *(figure("9.86", grain="quarter", who="Beta"), figure("98765", NET, who="Beta")),
        states=[state("received"), state("not received", who="Beta")],
        savings=[saving(), saving("98764", "98763", who="Beta")],
        present_values=[present_value(), present_value("98762", who="Beta")],
        before_after=[before_after(), before_after(who="Beta", before_value="9.85")],
        points=[
            *(over_time("4.10", month) for month in months),
            *(over_time("9.84", month, organisation_code="Beta", organisation_name="Beta") for month in months),
        ],
    )
    alpha, beta = (repr(one) for one in profiles_of(given))
    assert "Beta" not in alpha
    assert "Alpha" not in beta
    for text in ("9.84", "9.85", "9.86", "9.87", "98,762", "98,763", "98,764", "98,765"):
        assert text not in alpha
        assert text in beta


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (
            {},
            (
                "Absence rate: 4.10% in the year to March 2026; the median of its 12 peers is 4.00%. That is similar "
                "to its peers."
            ),
        ),
        (
            {"verdict": "much worse", "verdict_note": "not adjusted for staff mix"},
            (
                "Absence rate: 4.10% in the year to March 2026; the median of its 12 peers is 4.00%. That is much "
                "worse than the range, 3.20 to 5.00, expected from its peers (not adjusted for staff mix). Chance "
                "alone would set 1 in 20 apart."
            ),
        ),
        (
            {"verdict": "lower", "expected_lower": "[c]", "expected_upper": "[c]", "peer_median": "[c]"},
            (
                "Absence rate: 4.10% in the year to March 2026. That is lower than the range expected from its peers. "
                "Chance alone would set 1 in 20 apart."
            ),
        ),
        (
            {"verdict": "not compared", "verdict_note": "too few peers", "peer_median": "[z]"},
            "Absence rate: 4.10% in the year to March 2026. It is not compared with others (too few peers).",
        ),
        (
            {
                "verdict": "not compared",
                "verdict_note": "not an instrument to compare by",
                "peer_median": "[z]",
                "lower_95": "3.80",
                "upper_95": "4.40",
            },
            (
                "Absence rate: 4.10% (95% interval 3.80 to 4.40) in the year to March 2026. It is not compared with "
                "others: calendar days is not made to compare organisations."
            ),
        ),
    ],
)
def test_an_organisation_is_spoken_of_and_not_to(fields: dict[str, Any], sentence: str) -> None:
    assert said(figure(**fields)) == [sentence]


def test_what_it_saved_the_reader_is_said() -> None:
    assert said(figure("-1500", KEPT), figure("9000", NET), figure("3", NET, grain="quarter")) == [
        "Net savings: £9,000 in the year to March 2026.",
        (
            "Cash-releasing savings on your contracts that you keep came to -£1,500 in the year to March 2026, net of "
            "what they cost, as it reports."
        ),
    ]
    assert said(figure("[c]", KEPT)) == []


def test_change_and_spinning_out_are_said_of_it() -> None:
    points = said(
        figure(grain="quarter", variation="concern", variation_note="seven points rising"),
        states=[state("received"), state("not received")],
        before_after=[before_after()],
    )
    assert points[:2] == [
        "1 of 2 returns owed for January to March 2026 are in. Not in: sickness absence (not received).",
        "Absence rate over time: of concern (seven points rising).",
    ]
    assert points[2].startswith("Absence rate was 5.20% before spinning out and is 4.60% since")


def test_its_facts_are_what_the_register_says() -> None:
    made = only(figure(delivery_model="in_house", sector="community_health"))
    assert made.facts == (("Delivery model", "In-house"), ("Sector", "Community health"))
    assert only(figure(), before_after=[before_after()]).facts[-1] == ("Spun out", "1 October 2024")


def sections(made: Profile) -> list[str]:
    return [section.id.removeprefix(f"{made.id}-") for section in made.sections]


def test_a_section_is_there_where_there_is_something_in_it() -> None:
    assert sections(only(figure())) == ["figures"]
    two = [over_time("4.10", "2026-02"), over_time("4.20", "2026-03")]
    full = only(figure(), states=[state("not received")], points=two, before_after=[before_after()], savings=[saving()])
    assert sections(full) == ["figures", "over-time", "before-after", "savings", "returns"]
    assert all(section.figures or section.tables for section in full.sections)
    assert sections(only(figure(), states=[state("exempt")], points=two[:1])) == ["figures"]


def test_one_without_a_figure_says_so() -> None:
    [section] = only(figure("[x]", months_reported=0), figure("[x]", SATISFACTION)).sections
    assert section.paragraphs == (
        "There is no figure of it for this period: none was reported, or none was in by then.",
    )
    [withheld] = only(figure("[c]")).sections
    assert (withheld.paragraphs, withheld.tables[0].rows[0][1]) == ((), "[c]")


def test_no_two_figures_or_sections_of_a_report_have_one_name() -> None:
    """Codes hold lines and strokes, and so do names that are made from them."""
    codes = ["M001", "M001-2", "M001-2-figures", "m_001", "M001-over-time", "2"]
    given = rows(
        *(figure(who=HOSTILE, organisation_code=code) for code in codes),
        points=[
            over_time(value, f"2026-0{month}", organisation_code=code, basis=basis)
            for code in codes
            for basis in ("calendar_days", "hours", "working_days")
            for month, value in ((1, "4.10"), (2, "4.20"))
        ],
    )
    report = make_report(given, quarter(), PUBLISHED_ON)
    for names in ([one.id for one in report.figures()], [section.id for _, section in report.all_sections()]):
        assert len(names) == len(set(names)) > 2 * len(codes) - 1
        assert all(set(name) <= SAFE for name in names)
    assert len(report.figures()) > 3 * len(codes)
