"""Expected range before rank: what is said agrees with the verdicts, and the table with the marks."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impact.reports.audience_rows import Indicator, OrganisationFigure
from impact.reports.chart_records import FunnelChart
from impact.reports.charts import NARROW, WIDE, draw
from impact.reports.content import Figure
from impact.reports.expected_range import expected_range_figure
from impact.reports.subject import subjects
from impact.reports.verdicts import APART
from tests.unit.reports.published import ENGAGEMENT, NET, RATE, SATISFACTION, figure, quarter, rows
from tests.unit.reports.sections import cells

SHORTHAND = ["[c]", "[x]", "[z]", "[u]"]


def figures(*given: OrganisationFigure, kind: str = "commissioner") -> list[Figure]:
    return [one for subject in subjects(rows(*given, kind=kind), quarter()) for one in expected_range_figure(subject)]


def only(*given: OrganisationFigure) -> tuple[Figure, FunnelChart]:
    [found] = figures(*given)
    assert isinstance(found.chart, FunnelChart)
    return found, found.chart


def three(*verdicts: str, of: Indicator = RATE, **fields: Any) -> list[OrganisationFigure]:
    """Organisations A, B, C and so on, the largest first."""
    return [
        figure("4.10", of, who=who, verdict=verdict, denominator=str(9_000_000 - place), **fields)
        for place, (who, verdict) in enumerate(zip("ABCDEFGH", verdicts, strict=False))
    ]


@pytest.mark.parametrize(
    ("verdicts", "title", "outside"),
    [
        (["similar"] * 3, "All 3 compared here lie within", "none lies outside its bar."),
        (["worse", "similar", "similar"], "1 of 3 compared here lies outside", "outside its bar: A (worse)."),
        (
            ["much better", "higher", "similar"],
            "2 of 3 compared here lie outside",
            "their bar: A (much better), B (higher).",
        ),
    ],
)
def test_the_title_counts_the_verdicts_and_the_description_names_them(
    verdicts: list[str], title: str, outside: str
) -> None:
    _, chart = only(*three(*verdicts))
    assert chart.title == f"{title} the range expected of organisations their size"
    assert chart.description.endswith(outside)
    assert chart.note == "Chance alone would set about 0.2 of these 3 apart."


def test_no_more_than_five_are_named() -> None:
    assert only(*three(*["worse"] * 7))[1].description.endswith("E (worse) and 2 more.")


@pytest.mark.parametrize(("of", "size"), [(ENGAGEMENT, "answers"), (RATE, "days available"), (SATISFACTION, "answers")])
def test_size_is_said_in_the_words_of_the_topic(of: Indicator, size: str) -> None:
    made, chart = only(*three(*["similar"] * 3, of=of))
    assert chart.size_label == size
    assert f" by {size}, calendar days, April 2025 to March 2026" in chart.subtitle
    assert made.table.columns[1].heading == size.capitalize()
    assert made.table.rows[0][:2] == ("C", "8,999,998")


@pytest.mark.parametrize("shorthand", [*SHORTHAND])
@pytest.mark.parametrize("field", ["value", "denominator", "expected_lower", "expected_upper"])
def test_who_has_no_size_no_figure_or_no_range_is_not_drawn(field: str, shorthand: str) -> None:
    [first, *others] = three(*["similar"] * 4)
    fields = {"verdict": "similar", "who": "Z", field: shorthand}
    value = fields.pop("value", "4.10")
    _, chart = only(*others, figure(value, **fields))  # type: ignore[arg-type]
    assert [mark.name for mark in chart.marks] == ["D", "C", "B"]
    assert figures(first, figure("4.10", who="Y", denominator="0"), *others[:1]) == []


def test_who_is_not_compared_is_not_drawn_and_fewer_than_three_make_no_chart() -> None:
    two = three("similar", "worse")
    assert figures(*two, figure(who="Z", verdict="not compared")) == []
    assert figures(*three(*["similar"] * 3), kind="organisation") == []
    assert figures(*three(*["similar"] * 3, grain="quarter")) == []
    assert figures(*(figure("5", NET, who=who) for who in "ABC")) == figures() == []


def test_bases_never_share_a_chart() -> None:
    given = [*three(*["similar"] * 4), *three(*["worse"] * 3, basis="hours", basis_name="hours")]
    _, chart = only(*given)
    assert {mark.verdict for mark in chart.marks} == {"similar"}
    assert "calendar days" in chart.subtitle


def test_the_outer_limits_stand_in_the_table_where_they_are_drawn() -> None:
    made, _ = only(*three(*["similar"] * 3))
    assert cells(made.table)[0]["Where 998 of 1,000 would lie (%)"] == "2.70 to 5.50"
    without: dict[str, Any] = {"expected_lower_998": "[c]", "expected_upper_998": "[c]"}
    made, chart = only(*three(*["similar"] * 3, **without))
    assert len(made.table.columns) == 5
    assert {mark.lower_998 for mark in chart.marks} == {None}


NUMBERS = st.decimals(-50, 200, places=2).map(str) | st.sampled_from(SHORTHAND)
FIGURES = st.builds(
    lambda who, value, size, inner, outer, verdict, basis: figure(
        value,
        who=who,
        denominator=size,
        expected_lower=inner[0],
        expected_upper=inner[1],
        expected_lower_998=outer[0],
        expected_upper_998=outer[1],
        verdict=verdict,
        basis=basis,
    ),
    *(st.text("AB<&\u202e ", min_size=1), NUMBERS, st.integers(0, 10**9).map(str) | st.sampled_from(SHORTHAND)),
    *(st.tuples(NUMBERS, NUMBERS), st.tuples(NUMBERS, NUMBERS)),
    *(st.sampled_from([*APART, "similar", "similar", "not compared", "[c]", "[z]"]), st.sampled_from(["a", "b"])),
)


@given(st.lists(FIGURES, max_size=12))
def test_whatever_the_rows_every_mark_has_a_row_and_every_claim_its_verdicts(given: list[OrganisationFigure]) -> None:
    for found in figures(*given):
        chart = found.chart
        assert isinstance(chart, FunnelChart)
        assert [(row[0], float(row[1].replace(",", "")), float(row[2]), row[-1]) for row in found.table.rows] == [
            (mark.name, mark.size, mark.value, mark.verdict) for mark in chart.marks
        ]
        apart = sum(mark.verdict in APART for mark in chart.marks)
        counts = [int(text) for text in re.findall(r"\d+", chart.title)]
        assert counts == ([apart, len(chart.marks)] if apart else [len(chart.marks)])
        assert all(mark.size > 0 and mark.lower_95 is not None and mark.upper_95 is not None for mark in chart.marks)
        for width in (WIDE, NARROW):
            assert draw(chart, width, found.id).startswith("<svg")
