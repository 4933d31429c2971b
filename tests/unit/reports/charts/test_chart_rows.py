"""The portfolio chart and delivery models side by side: rows over one axis."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impact.reports.chart_records import BesideChart, PortfolioChart, PortfolioMark
from impact.reports.charts import NARROW, WIDE, key_of
from tests.unit.reports.charts.reading import Drawing, box_of, drawn
from tests.unit.reports.charts.records import FIGURES
from tests.unit.reports.charts.samples import beside_chart, portfolio_chart

each_width = pytest.mark.parametrize("width", [WIDE, NARROW])


def mark(value: float, name: str = "Alpha Care CIC", verdict: str = "") -> PortfolioMark:
    return PortfolioMark(name, "mutual", value, f"{value}", None, None, None, verdict=verdict)


def chart_of(*marks: PortfolioMark) -> PortfolioChart:
    return PortfolioChart("A title", "A subtitle", "%", marks, "A description")


def middle(drawing: Drawing, looks: str) -> list[float]:
    """Where the middles of what is of a class lie, from left to right."""
    return [(box.left + box.right) / 2 for box in map(box_of, drawing.of(looks))]


@each_width
def test_every_organisation_has_a_sign_a_name_a_value_and_a_verdict(width: int) -> None:
    chart = portfolio_chart()
    drawing = drawn(chart, width)
    signs = [len(drawing.of(model)) for model in ("mutual", "in-house", "outsourced")]
    assert signs == [16, 2, 2]
    said = drawing.texts()
    assert all(one.shown_value in said for one in chart.marks)
    assert [words for words in said if words in ("better", "worse", "much better", "much worse", "not compared")] == [
        *("better", "much worse", "not compared", "much better", "worse")
    ]
    assert said.count("similar") == 15
    assert len(drawing.of("band")) == len(drawing.of("median")) == 19
    assert len(drawing.of("interval")) == 20


@each_width
def test_rows_stand_in_the_order_given(width: int) -> None:
    chart = portfolio_chart(6)
    for marks in (chart.marks, chart.marks[::-1]):
        drawing = drawn(replace(chart, marks=marks), width)
        tops = [drawing.text(one.shown_value).top for one in marks]
        assert tops == sorted(tops)


@each_width
def test_those_set_apart_are_named_in_bold_and_their_verdicts_in_colour(width: int) -> None:
    drawing = drawn(
        chart_of(mark(1, "Alpha", "much worse"), mark(2, "Beta", "similar"), mark(3, "Gamma", "higher")), width
    )
    bold = drawing.texts("strong")
    assert "Alpha" in bold
    assert "Gamma" in bold
    assert "Beta" not in bold
    assert drawing.texts("is-concern") == ["much worse"]
    assert drawing.texts("is-neutral") == ["higher"]
    assert "similar" in drawing.texts("quiet")


@each_width
def test_values_lie_where_the_axis_says(width: int) -> None:
    drawing = drawn(chart_of(mark(40), mark(50), mark(60)), width)
    ticks = {words: box for words, box in drawing.text_boxes() if words in ("40%", "60%")}
    at = {words: (box.left + box.right) / 2 for words, box in ticks.items()}
    assert middle(drawing, "mutual") == pytest.approx([at["40%"], (at["40%"] + at["60%"]) / 2, at["60%"]], abs=0.2)


A_TENTH = 0.1 + 1e-9
"""Of a pixel, to which places are written; and what is lost when such places are added up in binary."""


@given(st.tuples(FIGURES, FIGURES, FIGURES, FIGURES, FIGURES, FIGURES), st.sampled_from([WIDE, NARROW]))
def test_bands_medians_and_intervals_lie_as_their_figures_do(figures: tuple[float, ...], width: int) -> None:
    low, median, high = sorted(figures[:3])
    lower, value, upper = sorted(figures[3:])
    one = replace(mark(value), low=low, middle=median, high=high, lower=lower, upper=upper)
    drawing = drawn(chart_of(one), width)
    [band], [interval], [line] = (map(box_of, drawing.of(looks)) for looks in ("band", "interval", "median"))
    [sign] = middle(drawing, "mutual")
    assert interval.left - A_TENTH <= sign <= interval.right + A_TENTH
    assert band.left - A_TENTH <= line.left <= band.right + A_TENTH
    assert (sign < line.left - 0.2) <= (value <= median)
    assert (sign > line.left + 0.2) <= (value >= median)


@pytest.mark.parametrize("ends", [(None, 4.4), (3.8, None), (None, None)])
def test_half_a_range_is_none(ends: tuple[float | None, float | None]) -> None:
    drawing = drawn(chart_of(replace(mark(4.1), low=ends[0], high=ends[1], lower=ends[0], upper=ends[1])), WIDE)
    assert drawing.of("band") == drawing.of("interval") == []


@each_width
def test_a_long_name_takes_two_lines_and_is_cut_and_its_value_is_not(width: int) -> None:
    drawing = drawn(chart_of(mark(4.1, "Calverstoke Community Health Partnership " * 8)), width)
    [first, second] = [words for words in drawing.texts() if "C" in words]
    assert first.startswith("Calverstoke Community")
    assert second.endswith("…")
    assert "4.1" in drawing.texts()


def test_the_axis_stands_below_too_where_there_are_many_rows() -> None:
    many, few = (drawn(portfolio_chart(rows), WIDE).texts("tick") for rows in (20, 4))
    assert sorted(many) == sorted([*set(many)] * 2)
    assert sorted(few) == sorted(set(few))


def test_the_key_says_only_what_is_there() -> None:
    assert [entry.label for entry in key_of(portfolio_chart())] == [
        *("Mutual", "In-house", "Outsourced", "95% interval of its own figure", "Median of its peers"),
        "Middle half of its peers",
    ]
    assert [entry.label for entry in key_of(chart_of(mark(4.1)))] == ["Mutual"]


@each_width
def test_models_stand_side_by_side_with_how_many_organisations_they_are(width: int) -> None:
    drawing = drawn(beside_chart(), width)
    said = drawing.texts()
    for words in ("Mutual", "112 organisations", "68.4", "67.9", "Pooled", "Median", "19 organisations"):
        assert words in said
    assert [len(drawing.of(model)) for model in ("mutual", "in-house", "outsourced")] == [1, 1, 1]
    assert len(drawing.of("band")) == 2
    assert len(drawing.of("interval")) == len(drawing.of("median")) == 3
    assert [entry.label for entry in key_of(beside_chart())] == [
        *("Mutual, pooled", "In-house, pooled", "Outsourced, pooled", "95% interval of the pooled rate"),
        *("Median of organisations", "Middle half of organisations"),
    ]


def test_without_medians_there_is_no_column_for_them() -> None:
    bare = tuple(replace(one, middle=None, shown_middle="", low=None, high=None) for one in beside_chart().marks)
    chart: BesideChart = replace(beside_chart(), marks=bare)
    assert "Median" not in drawn(chart, WIDE).texts()
    assert drawn(chart, WIDE).of("median") == []
