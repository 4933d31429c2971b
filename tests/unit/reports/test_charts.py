"""Charts: everything lies within the drawing, on an axis of round numbers, and the same record is the same drawing."""

from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impact.reports.charts import NARROW, WIDE, key_shape, portfolio
from impact.reports.content import Chart, Mark
from tests.unit.reports.published import HOSTILE

each_width = pytest.mark.parametrize("width", [WIDE, NARROW])

FIGURES = st.floats(-1e9, 1e9, allow_nan=False).map(lambda number: round(number, 2))


def mark(value: float, low: float | None = None, high: float | None = None, name: str = "Alpha Care CIC") -> Mark:
    return Mark(name, "mutual", value, f"{value}", low, None if low is None else value, high)


def sure(value: float, lower: float | None, upper: float | None) -> Mark:
    return replace(mark(value), lower=lower, upper=upper)


def drawn(marks: list[Mark], width: int) -> ElementTree.Element:
    chart = Chart("A title", "A subtitle", "%", tuple(marks), "A description")
    assert portfolio(chart, width, "id") == portfolio(chart, width, "id")
    return ElementTree.fromstring(portfolio(chart, width, "id"))


def ticks(tree: ElementTree.Element) -> list[str]:
    return [element.text or "" for element in tree if element.attrib.get("class") == "tick"]


@each_width
@pytest.mark.parametrize(
    "marks",
    [
        [mark(0.0)],
        [mark(4.1), mark(4.1)],
        [mark(1e9), mark(-1e9)],
        [mark(4.1, 3.5, 4.5), mark(0.0001)],
        [mark(100.0, 99.99, 100.0)],
        [mark(-1500.0), mark(-2500.0, -3000.0, -1000.0)],
        [sure(4.1, -250.0, 1e6)],
        [sure(4.1, 4.1, 4.1)],
        [sure(100.0, 99.99, 100.0), mark(4.1, 3.5, 4.5)],
    ],
)
def test_everything_in_a_chart_lies_within_it(marks: list[Mark], width: int) -> None:
    tree = drawn(marks, width)
    assert_within(tree, width)
    assert [element.text for element in tree if element.tag in ("title", "desc")] == ["A title", "A description"]


@given(st.lists(FIGURES, min_size=1, max_size=6), st.sampled_from([WIDE, NARROW]))
def test_whatever_the_figures_are_they_lie_within_the_drawing_on_a_few_round_ticks(
    values: list[float], width: int
) -> None:
    tree = drawn([mark(value) for value in values], width)
    assert_within(tree, width)
    said = [float(tick.replace(",", "")) for tick in ticks(tree)]
    assert 2 <= len(said) <= 13
    assert all(one < other for one, other in pairwise(said))


@given(
    st.lists(st.tuples(FIGURES, FIGURES, FIGURES).map(sorted), min_size=1, max_size=6), st.sampled_from([WIDE, NARROW])
)
def test_every_interval_lies_on_the_axis_around_its_figure(intervals: list[list[float]], width: int) -> None:
    tree = drawn([sure(value, lower, upper) for lower, value, upper in intervals], width)
    assert_within(tree, width)
    grid = [float(element.attrib["x1"]) for element in tree if element.attrib.get("class") == "grid"]
    lines = [element.attrib for element in tree if element.attrib.get("class") == "interval"]
    points = [float(element.attrib["cx"]) for element in tree if element.attrib.get("class") == "mutual"]
    assert len(lines) == len(points) == len(intervals)
    for line, point in zip(lines, points, strict=True):
        assert min(grid) <= float(line["x1"]) <= point <= float(line["x2"]) <= max(grid)


@pytest.mark.parametrize(("lower", "upper"), [(None, None), (3.8, None), (None, 4.4)])
def test_half_an_interval_is_none(lower: float | None, upper: float | None) -> None:
    assert "interval" not in [element.attrib.get("class") for element in drawn([sure(4.1, lower, upper)], WIDE)]


def assert_within(tree: ElementTree.Element, width: int) -> None:
    positions = [
        float(element.attrib[name])
        for element in tree.iter()
        for name in ("x", "x1", "x2", "cx")
        if name in element.attrib
    ]
    ends = [
        float(element.attrib["x"]) + float(element.attrib["width"])
        for element in tree.iter()
        if "x" in element.attrib and "width" in element.attrib
    ]
    assert positions
    assert all(0 <= position <= width for position in positions + ends)


@each_width
def test_no_figure_on_the_axis_is_cut_off_at_the_edge(width: int) -> None:
    tree = drawn([mark(-1250000), mark(320389)], width)
    labels = [element for element in tree if element.attrib.get("class") == "tick"]
    for label in labels:
        room = 6.5 * len(label.text or "") / 2
        assert room <= float(label.attrib["x"]) <= width - room


@each_width
def test_thousands_on_the_axis_have_commas(width: int) -> None:
    said = ticks(drawn([mark(-120000), mark(1250000)], width))
    assert [tick for tick in said if tick.lstrip("-").isdigit() and len(tick.lstrip("-")) > 3] == []
    assert any("," in tick for tick in said)
    assert "0" in said
    assert all(float(tick.replace(",", "")) % 1000 == 0 for tick in said)


def test_small_figures_on_the_axis_are_round() -> None:
    assert ticks(drawn([mark(3.5), mark(4.5)], WIDE)) == [
        *("3.4", "3.6", "3.8", "4", "4.2", "4.4", "4.6"),
    ]


@each_width
def test_a_longer_name_is_cut_and_its_figure_is_not(width: int) -> None:
    tree = drawn([mark(4.1, name="n" * 500), mark(4.1, name=HOSTILE), mark(4.1, name="Beta")], width)
    names = [element.text or "" for element in tree if element.attrib.get("class") == "name"]
    assert names[0].endswith("n…  4.1")
    assert names[2] == "Beta  4.1"
    assert all(len(name) <= width // 8 and name.endswith("  4.1") for name in names)


def test_bands_and_medians_stand_only_where_there_are_peers() -> None:
    tree = drawn([mark(4.1), mark(4.1, 3.5, 4.5)], WIDE)
    classes = [element.attrib.get("class") for element in tree]
    assert (classes.count("band"), classes.count("median")) == (1, 1)


def test_each_delivery_model_has_a_shape_of_its_own() -> None:
    shapes = [key_shape(model) for model in ("mutual", "in_house", "outsourced", "unclassified")]
    assert len(set(shapes)) == 4
    for shape in shapes:
        ElementTree.fromstring(shape)
