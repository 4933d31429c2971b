"""Over time: points, gaps, limits that start again, special causes, and what stands at the right."""

from dataclasses import replace
from datetime import date

import pytest

from impact.reports.chart_records import Cause, OverTimeChart, TimePart, TimePoint
from impact.reports.charts import NARROW, WIDE, key_of
from tests.unit.reports.charts.reading import box_of, drawn, path_corners
from tests.unit.reports.charts.samples import over_time_chart, quarters_chart

each_width = pytest.mark.parametrize("width", [WIDE, NARROW])


def month(number: int) -> date:
    """The first day of a month, 1 for January 2021."""
    return date(2021 + (number - 1) // 12, (number - 1) % 12 + 1, 1)


def chart_of(*points: TimePoint, parts: tuple[TimePart, ...] = ()) -> OverTimeChart:
    return OverTimeChart("A title", "A subtitle", "%", 1, points, "4.2%", "A description", parts)


def points(*months: int, cause: Cause | None = "common") -> list[TimePoint]:
    return [TimePoint(month(number), 4 + number % 3, cause) for number in months]


@each_width
def test_every_point_is_drawn_common_cause_as_a_dot_special_causes_by_shape_and_colour(width: int) -> None:
    drawing = drawn(over_time_chart(), width)
    assert len(drawing.of("dot")) == 53
    assert len(drawing.of("improving")) == 7
    assert len(drawing.of("concern")) == 1
    assert {element.tag for element in drawing.of("dot")} == {"circle"}
    assert {element.tag for element in drawing.of("improving")} == {"polygon"}


def test_each_special_cause_has_a_shape_of_its_own() -> None:
    causes: tuple[Cause, ...] = ("improving", "concern", "high", "low")
    signs = set()
    for cause in causes:
        [element] = drawn(chart_of(TimePoint(month(1), 4, cause), TimePoint(month(3), 5)), WIDE).root.iter("polygon")
        box = box_of(element)
        numbers = [float(one) for pair in element.attrib["points"].split() for one in pair.split(",")]
        signs.add(
            tuple(
                round(number - ((box.left + box.right) / 2, (box.top + box.bottom) / 2)[place % 2], 1)
                for place, number in enumerate(numbers)
            )
        )
    assert len(signs) == 4


@each_width
def test_a_gap_stays_a_gap(width: int) -> None:
    drawing = drawn(chart_of(*points(1, 2, 3, 6, 9, 10)), width)
    assert [len(path_corners(run)) for run in drawing.of("series")] == [3, 2]
    assert len(drawing.of("dot")) == 6


def test_points_are_drawn_in_the_order_of_time_whatever_their_order() -> None:
    there = points(1, 2, 3, 6, 9, 10)
    assert drawn(chart_of(*there), WIDE).texts() == drawn(chart_of(*there[::-1]), WIDE).texts()
    [first, *_] = drawn(chart_of(*there[::-1]), WIDE).of("series")
    xs = [x for x, _ in path_corners(first)]
    assert xs == sorted(xs)


@each_width
def test_limits_start_again_at_a_change_and_a_rule_says_why(width: int) -> None:
    drawing = drawn(over_time_chart(), width)
    first, second = map(box_of, drawing.of("band"))
    assert first.right == pytest.approx(second.left, abs=0.1)
    assert first.top < second.top
    assert first.bottom < second.bottom
    [rule] = map(box_of, drawing.of("rule"))
    assert rule.left == pytest.approx(first.right, abs=0.1)
    assert drawing.text("Spun out August 2023").left == pytest.approx(rule.left + 5, abs=0.1)
    assert len(drawing.of("centre")) == 2
    assert len(drawing.of("limit")) == 4


@each_width
def test_the_lines_of_the_last_part_are_labelled_beside_them(width: int) -> None:
    drawing = drawn(over_time_chart(), width)
    upper, lower = ("Upper limit 5.66%", "Lower limit 3.50%") if width == WIDE else ("Upper 5.66%", "Lower 3.50%")
    _, band = map(box_of, drawing.of("band"))
    assert drawing.text(upper).top < band.top < drawing.text(upper).bottom
    assert drawing.text(lower).top < band.bottom < drawing.text(lower).bottom
    [latest] = [words for words in drawing.texts("strong") if words.startswith("Latest ")]
    order = [drawing.text(words).top for words in (upper, latest, "Mean 4.58%", "Target 4.5%", lower)]
    assert order == sorted(order)
    assert "Mean 5.41%" in drawing.texts("quiet")


def test_reasons_that_would_lie_on_each_other_stand_in_rows() -> None:
    there = points(*range(1, 25))
    parts = tuple(TimePart(month(number), f"Changed how it counts, {number}") for number in (1, 12, 13, 14))
    drawing = drawn(chart_of(*there, parts=parts), WIDE)
    tops = {drawing.text(part.reason).top for part in parts[1:]}
    assert len(tops) == 3
    assert len(drawing.of("rule")) == 3


@each_width
def test_a_part_without_points_is_none_and_the_first_has_no_rule(width: int) -> None:
    parts = (TimePart(month(1)), TimePart(month(30), "Later than any point"))
    drawing = drawn(chart_of(*points(1, 2, 3), parts=parts), width)
    assert drawing.of("rule") == []
    assert "Later than any point" not in drawing.texts()


@each_width
def test_too_few_points_are_a_line_without_limits(width: int) -> None:
    drawing = drawn(quarters_chart(), width)
    assert drawing.of("band") == drawing.of("centre") == drawing.of("limit") == []
    assert len(drawing.of("dot")) == 9
    assert [entry.label for entry in key_of(quarters_chart())] == ["Each quarter"]


def test_time_is_said_in_quarters_or_in_years() -> None:
    quarters = drawn(quarters_chart(), WIDE).texts("tick")
    assert [words for words in quarters if not words.endswith("%")] == [
        *("Q1", "2024", "Q2", "Q3", "Q4", "Q1", "2025", "Q2", "Q3", "Q4", "Q1", "2026")
    ]
    years = drawn(over_time_chart(), NARROW).texts("tick")
    assert [words for words in years if not words.endswith("%")] == [str(year) for year in range(2021, 2027)]


def test_the_key_says_only_what_is_there() -> None:
    assert [entry.label for entry in key_of(over_time_chart())] == [
        *("Common cause", "Special cause: improving", "Special cause: concern", "Mean"),
        *("Process limits, which common cause seldom leaves", "Target", "Limits start again"),
    ]
    without = replace(over_time_chart(), parts=(), target=None, points=tuple(points(1, 2, cause=None)))
    assert [entry.label for entry in key_of(without)] == ["Each month"]


def test_of_points_of_which_it_is_not_said_nothing_is_claimed() -> None:
    some = replace(
        over_time_chart(),
        parts=(TimePart(month(1)), TimePart(month(3), "Merged")),
        target=None,
        points=(*points(1, 2, 3, cause=None), *points(4, cause="concern")),
    )
    assert [entry.label for entry in key_of(some)] == [
        *("Each month", "Special cause: concern", "What is known to have changed")
    ]
    drawing = drawn(some, WIDE)
    assert (len(drawing.of("dot")), len(drawing.of("concern"))) == (3, 1)


def test_a_target_is_a_line_across() -> None:
    drawing = drawn(over_time_chart(), WIDE)
    [target] = map(box_of, drawing.of("target"))
    bands = [box_of(band) for band in drawing.of("band")]
    assert (target.left, target.right) == pytest.approx((bands[0].left, bands[-1].right), abs=0.1)
    assert target.top == target.bottom
