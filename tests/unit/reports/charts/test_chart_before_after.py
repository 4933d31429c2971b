"""Before and after spinning out: panels on one scale, with the difference in words."""

from dataclasses import replace

import pytest

from impact.reports.charts import NARROW, WIDE, key_of
from tests.unit.reports.charts.reading import box_of, drawn
from tests.unit.reports.charts.samples import before_after_chart

each_width = pytest.mark.parametrize("width", [WIDE, NARROW])


@each_width
def test_every_panel_says_its_figures_its_difference_and_its_interval(width: int) -> None:
    chart = before_after_chart()
    said = drawn(chart, width).texts()
    for panel in chart.panels:
        for words in (
            panel.shown_before,
            panel.shown_after,
            panel.shown_difference,
            f"95% interval {panel.shown_interval}",
        ):
            assert words in said
        assert f"Spun out {panel.spun_out_on:%b} {panel.spun_out_on.year}" in said
    assert said.count("before") == said.count("after") == 7


@pytest.mark.parametrize(("width", "in_a_row"), [(WIDE, 4), (NARROW, 2)])
def test_panels_stand_in_rows_on_one_scale(width: int, in_a_row: int) -> None:
    drawing = drawn(before_after_chart(), width)
    levels = [box_of(line) for line in drawing.of("base")]
    assert [line.top == levels[0].top for line in levels] == [place < in_a_row for place in range(7)]
    ticks = drawing.texts("tick")
    rows = -(-7 // in_a_row)
    assert ticks.count("5%") == rows


def test_the_line_leads_from_before_to_after() -> None:
    chart = replace(before_after_chart(), panels=before_after_chart().panels[:1])
    drawing = drawn(chart, WIDE)
    [slope] = drawing.of("slope")
    [before] = map(box_of, drawing.of("hollow"))
    [after] = map(box_of, drawing.root.iter("polygon"))
    assert float(slope.attrib["x1"]) == pytest.approx((before.left + before.right) / 2, abs=0.1)
    assert float(slope.attrib["x2"]) == pytest.approx((after.left + after.right) / 2, abs=0.1)
    assert float(slope.attrib["y1"]) < float(slope.attrib["y2"])
    assert slope.attrib["class"] == "slope of-improving"


def test_others_are_a_ghost_from_the_same_start_where_they_are_known() -> None:
    chart = before_after_chart()
    drawing = drawn(chart, WIDE)
    starts = {(line.attrib["x1"], line.attrib["y1"]) for line in drawing.of("slope")}
    ghosts = [(line.attrib["x1"], line.attrib["y1"]) for line in drawing.of("ghost")]
    assert len(ghosts) == 6
    assert set(ghosts) <= starts


def test_a_few_panels_do_not_grow_to_fill_the_drawing() -> None:
    chart = replace(before_after_chart(), panels=before_after_chart().panels[:2])
    assert max(box.right for box in drawn(chart, WIDE).boxes()) < WIDE * 0.75


def test_the_key_says_only_what_is_there() -> None:
    assert [entry.label for entry in key_of(before_after_chart())] == [
        *("Before", "After", "After: improved", "After: worsened"),
        "Had it changed as others did in the same months",
    ]
