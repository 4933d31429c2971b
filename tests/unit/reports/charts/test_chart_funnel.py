"""Expected range before rank: who is set apart is named, by shape and words as well as by colour."""

from dataclasses import replace

import pytest

from impact.reports.chart_records import FunnelMark
from impact.reports.charts import NARROW, WIDE, key_of
from tests.unit.reports.charts.reading import box_of, drawn
from tests.unit.reports.charts.samples import funnel_chart

each_width = pytest.mark.parametrize("width", [WIDE, NARROW])


@each_width
def test_every_organisation_is_a_point_over_its_own_range(width: int) -> None:
    chart = funnel_chart()
    drawing = drawn(chart, width)
    signs = [element for looks in ("common", "improving", "concern") for element in drawing.of(looks)]
    assert len(signs) == len(chart.marks) == 24
    assert len(drawing.of("range")) == len(drawing.of("outer")) == 23
    for bar, whisker in zip(map(box_of, drawing.of("range")), map(box_of, drawing.of("outer")), strict=True):
        assert (bar.left + bar.right) / 2 == pytest.approx(whisker.left, abs=0.1)
        assert whisker.top < bar.top < bar.bottom < whisker.bottom


@each_width
def test_only_those_set_apart_are_named_with_their_verdict(width: int) -> None:
    named = drawn(funnel_chart(), width).texts("halo")
    assert sorted(words.rsplit(", ", 1)[1] for words in named) == ["better", "better", "much worse", "worse"]
    assert named[0].startswith("Eastmoor Educ")


def test_the_shape_says_how_far_and_the_colour_which_way() -> None:
    drawing = drawn(funnel_chart(), WIDE)
    diamonds = list(drawing.root.iter("polygon"))
    assert sorted(element.attrib["class"] for element in diamonds) == [
        *("concern", "hollow concern", "hollow improving", "hollow improving")
    ]
    assert [element.tag for element in drawing.of("common")] == ["circle"] * 20
    assert [element.attrib["class"] for element in drawing.of("common")].count("hollow common") == 1


@each_width
def test_larger_organisations_lie_farther_right_and_higher_values_higher(width: int) -> None:
    marks = (FunnelMark("A", 10, 50, 40, 60), FunnelMark("B", 100, 60, 45, 65), FunnelMark("C", 1000, 70, 48, 72))
    drawing = drawn(replace(funnel_chart(), marks=marks), width)
    points = [box_of(element) for element in drawing.of("hollow")]
    assert points[1].left - points[0].left == pytest.approx(points[2].left - points[1].left, abs=0.2)
    assert points[0].top > points[1].top > points[2].top
    assert "Number of answers" in drawing.texts("tick")
    assert {"10", "100", "1,000"} <= set(drawing.texts("tick"))


def test_what_has_no_range_has_no_bar() -> None:
    marks = (FunnelMark("A", 10, 50, None, None, verdict="not compared"), FunnelMark("B", 12, 60, 45, None))
    drawing = drawn(replace(funnel_chart(), marks=marks), WIDE)
    assert drawing.of("range") == drawing.of("outer") == []
    assert drawing.texts("halo") == []


def test_the_key_says_only_what_is_there() -> None:
    assert [entry.label for entry in key_of(funnel_chart())] == [
        *("Similar: within its expected range", "Set apart: beyond its 95% limits"),
        *("Set far apart: beyond its 99.8% limits", "Not compared", "Expected range: its 95% limits"),
        "Its 99.8% limits",
    ]
    similar = tuple(
        replace(mark, lower_998=None, upper_998=None) for mark in funnel_chart().marks if mark.verdict == "similar"
    )
    assert [entry.label for entry in key_of(replace(funnel_chart(), marks=similar))] == [
        *("Similar: within its expected range", "Expected range: its 95% limits")
    ]
