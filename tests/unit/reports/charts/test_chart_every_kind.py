"""What holds of every chart, whatever is in it: it lies within its frame, no words lie on others, it is safe to put
into a page, and the same record is the same drawing."""

import re
from itertools import combinations
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impact.reports.chart_records import Chart
from impact.reports.charts import NARROW, WIDE, draw, key_of
from impact.reports.charts.placing import Box
from tests.unit.reports.charts.reading import Drawing, drawn
from tests.unit.reports.charts.records import charts
from tests.unit.reports.charts.samples import all_charts, portfolio_chart
from tests.unit.reports.charts.styles import classes_with_a_look
from tests.unit.reports.published import HOSTILE

WIDTHS = st.sampled_from([WIDE, NARROW])
each_width = pytest.mark.parametrize("width", [WIDE, NARROW])
each_sample = pytest.mark.parametrize("chart", [pytest.param(chart, id=kind) for kind, chart in all_charts().items()])

_ROUNDING = 0.06
"""Places are printed with one decimal."""


@settings(max_examples=300, deadline=None)
@given(charts, WIDTHS)
def test_everything_lies_within_the_frame_and_no_words_on_others(chart: Chart, width: int) -> None:
    assert_within(drawn(chart, width))
    assert_words_apart(drawn(chart, width))


@each_width
@each_sample
def test_so_it_is_of_charts_as_pages_have_them(chart: Chart, width: int) -> None:
    assert_within(drawn(chart, width))
    assert_words_apart(drawn(chart, width))


@settings(max_examples=50, deadline=None)
@given(charts, WIDTHS)
def test_the_same_record_is_the_same_drawing(chart: Chart, width: int) -> None:
    assert draw(chart, width, "id") == draw(chart, width, "id")
    assert key_of(chart) == key_of(chart)


@each_width
@each_sample
def test_a_drawing_is_named_and_described(chart: Chart, width: int) -> None:
    root = drawn(chart, width, "staff-wide").root
    assert root.attrib["role"] == "img"
    named = {element.attrib["id"]: element.text for element in root if element.tag in ("title", "desc")}
    assert [named[one] for one in root.attrib["aria-labelledby"].split()] == [chart.title, chart.description]


@settings(max_examples=50, deadline=None)
@given(charts, WIDTHS)
def test_nothing_in_a_name_becomes_part_of_the_page(chart: Chart, width: int) -> None:
    allowed = {"svg", "title", "desc", "text", "line", "rect", "circle", "polygon", "path"}
    for svg in (draw(chart, width, "id"), *(entry.sign for entry in key_of(chart))):
        assert {element.tag for element in fromstring(svg).iter()} <= allowed
        assert not re.search("[\\u202a-\\u202e\\u2066-\\u2069]", svg)


@each_width
@each_sample
def test_whatever_is_drawn_has_a_look_by_day_and_night(chart: Chart, width: int) -> None:
    used = {
        one for svg in (draw(chart, width, "id"), *(entry.sign for entry in key_of(chart))) for one in _classes(svg)
    }
    assert used - {"chart", "sign"} <= classes_with_a_look()


@each_sample
def test_signs_of_the_key_differ_and_are_drawn_in_the_chart(chart: Chart) -> None:
    key = key_of(chart)
    assert len({entry.sign for entry in key}) == len({entry.label for entry in key}) == len(key) > 0


@each_width
@each_sample
def test_a_drawing_is_small(chart: Chart, width: int) -> None:
    assert len(draw(chart, width, "staff-survey-wide").encode()) < 13_500


@each_width
def test_a_hostile_name_is_text_and_is_cut(width: int) -> None:
    [first, *_] = portfolio_chart(1).marks
    chart = portfolio_chart(1)
    hostile = type(chart)(HOSTILE, "", "%", (type(first)(HOSTILE, "mutual", 4.1, "4.1", None, None, None),), HOSTILE)
    svg = draw(hostile, width, "id")
    assert "<script" not in svg
    said = drawn(hostile, width).texts()
    assert any(words.startswith('<script>alert("x")</script> & ') for words in said)
    assert any(words.endswith("…") for words in said)
    assert "4.1" in said


def _classes(svg: str) -> set[str]:
    return {one for element in fromstring(svg).iter() for one in element.attrib.get("class", "").split()}


def assert_within(drawing: Drawing) -> None:
    frame = Box(-_ROUNDING, -_ROUNDING, drawing.frame.right + _ROUNDING, drawing.frame.bottom + _ROUNDING)
    outside = [box for box in drawing.boxes() if not frame.holds(box)]
    assert outside == []


def assert_words_apart(drawing: Drawing) -> None:
    texts = [(words, _less(box)) for words, box in drawing.text_boxes()]
    on_others = [(one, other) for (one, box), (other, its) in combinations(texts, 2) if box.overlaps(its)]
    assert on_others == []


def _less(box: Box) -> Box:
    return Box(box.left + _ROUNDING, box.top + _ROUNDING, box.right - _ROUNDING, box.bottom - _ROUNDING)
