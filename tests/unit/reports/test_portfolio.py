"""The portfolio chart: whom it holds, and that its title claims no more than the verdicts do."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impact.reports.audience_rows import OrganisationFigure
from impact.reports.chart_records import PortfolioChart
from impact.reports.verdicts import APART
from tests.unit.reports.published import DAYS, NET, figure, model, rows
from tests.unit.reports.sections import only

NO_VERDICT: dict[str, Any] = {"verdict": "[z]", "expected_lower": "[z]", "expected_upper": "[z]"}


def chart_of(*figures: OrganisationFigure, kind: str = "commissioner") -> PortfolioChart:
    drawn, *_ = only(rows(*figures, kind=kind)).figures
    assert isinstance(drawn.chart, PortfolioChart)
    return drawn.chart


def names_drawn(figures: Sequence[OrganisationFigure], kind: str = "commissioner") -> list[str] | None:
    drawn = only(rows(*figures, kind=kind)).figures
    return [mark.name for mark in chart_of(*figures, kind=kind).marks] if drawn else None


def test_the_chart_holds_one_basis_that_of_most() -> None:
    figures = [
        figure("5.00", who="Hours", basis="hours", basis_name="hours"),
        figure(),
        figure("3.00", who="Beta"),
        figure("[x]", who="Gamma", basis="hours"),
    ]
    assert names_drawn(figures) == ["Alpha Care CIC", "Beta"]
    assert chart_of(*figures).subtitle == "Absence rate (%), calendar days, April 2025 to March 2026"


def test_of_two_bases_with_as_many_the_same_one_is_drawn_whatever_the_order() -> None:
    both = [figure("5.00", who="Hours", basis="hours"), figure("3.00", who="Days")]
    assert names_drawn(both) == names_drawn(both[::-1]) == ["Days"]


def test_the_chart_is_of_the_quarter_where_no_contract_covers_the_year() -> None:
    chart = chart_of(figure(grain="quarter"), figure("3.00", who="Beta", grain="quarter"))
    assert chart.subtitle.endswith("January to March 2026")
    assert names_drawn([figure(), figure("3.00", who="Beta", grain="quarter")]) == ["Alpha Care CIC"]


def test_there_is_no_chart_of_nobody_or_of_one_without_peers() -> None:
    assert names_drawn([figure("9.1", DAYS)]) is None
    assert names_drawn([figure("[c]"), figure("[x]", who="Beta")]) is None
    assert names_drawn([figure(peer_median="[c]")]) is None
    assert only(rows(models=[model()], kind="public")).figures == ()


@pytest.mark.parametrize("shorthand", ["[c]", "[x]", "[z]"])
def test_an_interval_or_a_band_that_is_not_there_is_not_drawn(shorthand: str) -> None:
    bare = figure(lower_95=shorthand, upper_95=shorthand, peer_lower_quartile=shorthand, peer_upper_quartile=shorthand)
    [mark] = chart_of(bare).marks
    assert (mark.lower, mark.upper, mark.low, mark.high, mark.middle) == (None, None, None, None, 4.0)
    [whole] = chart_of(figure(lower_95="3.80", upper_95="4.40")).marks
    assert (whole.lower, whole.upper, whole.low, whole.high) == (3.8, 4.4, 3.5, 4.5)


def test_the_title_says_what_the_verdicts_say() -> None:
    def title(*verdicts: str) -> str:
        return chart_of(*(figure(who=f"Org {index}", verdict=one) for index, one in enumerate(verdicts))).title

    assert title("similar", "similar") == "None of 2 compared is set apart from its peers"
    assert title("similar", "worse", "not compared") == "1 of 2 compared is set apart from its peers"
    assert title("much better", "worse", "similar") == "2 of 3 compared are set apart from their peers"
    assert title("better") == "1 of 1 compared is set apart from its peers"


def test_without_verdicts_the_title_says_how_far_the_figures_reach() -> None:
    beta = figure("3.00", who="Beta", **NO_VERDICT)
    runs = "Values run from 3.00 (Beta) to 4.10 (Alpha Care CIC). The table gives every value."
    for none in ("[z]", "[c]", "not compared"):
        chart = chart_of(beta, figure(verdict=none), kind="public")
        assert (chart.title, chart.description) == ("Organisations range from 3.00 to 4.10%", runs)
    assert chart_of(figure("3.0", who="Z", **NO_VERDICT), beta).title == "All 2 organisations are at 3.0%"
    pounds = chart_of(figure("-1500", NET), figure("2500", NET, who="Z"))
    assert (pounds.title, pounds.description) == (
        "Organisations range from -1,500 to £2,500",
        "Values run from -1,500 (Alpha Care CIC) to 2,500 (Z). The table gives every value.",
    )


def test_its_table_holds_what_the_chart_draws() -> None:
    given = [figure(lower_95="3.80", upper_95="4.40"), figure("3.00", who="Beta", delivery_model="in_house")]
    [drawn] = only(rows(*given)).figures
    assert drawn.table.title == drawn.chart.subtitle
    assert drawn.table.rows == (
        ("Alpha Care CIC", "Mutual", "4.10", "3.80 to 4.40", "4.00", "3.50 to 4.50"),
        ("Beta", "In-house", "3.00", "[z]", "4.00", "3.50 to 4.50"),
    )


def test_an_organisation_reads_its_own_figure_beside_the_median() -> None:
    chart = chart_of(figure(verdict="much worse"), kind="organisation")
    assert (chart.title, chart.description) == (
        "4.10%, where the median of peers is 4.00%",
        "Alpha Care CIC has 4.10; the median of its peers is 4.00, the middle half of them 3.50 to 4.50.",
    )


@given(st.lists(st.sampled_from([*APART, "similar", "not compared", "[c]", "[x]", "[z]"]), min_size=1, max_size=12))
def test_no_title_sets_more_apart_than_the_verdicts_do(verdicts: list[str]) -> None:
    title = chart_of(*(figure(who=f"Org {index}", verdict=one) for index, one in enumerate(verdicts))).title
    apart, judged = sum(one in APART for one in verdicts), sum(one in (*APART, "similar") for one in verdicts)
    assert ("set apart" in title) == (judged > 0)
    if judged:
        assert title.startswith(f"{apart or 'None'} of {judged} compared ")
