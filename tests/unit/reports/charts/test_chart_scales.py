"""Axes: round numbers that hold every value, said with their unit, and time that can be read."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impact.reports.charts.scales import Scale, axis_of, size_axis, tick_label, time_ticks
from impact.reports.charts.text import width_of
from tests.unit.reports.charts.records import FIGURES, MAYBE, SIZES

JANUARY_2021 = 2021 * 12


@given(st.lists(MAYBE, max_size=8), FIGURES, st.integers(3, 8))
def test_an_axis_holds_every_value_between_a_few_round_ticks(
    values: list[float | None], one_more: float, wanted: int
) -> None:
    axis = axis_of([*values, one_more], wanted, "points")
    little = 1e-6 * (axis.ticks[1] - axis.ticks[0])
    assert all(axis.low - little <= value <= axis.high + little for value in (*values, one_more) if value is not None)
    assert 2 <= len(axis.ticks) <= wanted + 3
    assert len(set(axis.labels)) == len(axis.labels)
    steps = [other - one for one, other in pairwise(axis.ticks)]
    assert max(steps) == pytest.approx(min(steps))


@pytest.mark.parametrize(
    ("values", "unit", "labels"),
    [
        ([3.5, 4.5], "%", ("3.4%", "3.6%", "3.8%", "4.0%", "4.2%", "4.4%", "4.6%")),
        ([0.0, 100.0], "%", ("0%", "20%", "40%", "60%", "80%", "100%")),
        ([-120_000.0, 1_250_000.0], "GBP", ("-£0.5m", "£0", "£0.5m", "£1m", "£1.5m")),
        ([1_200.0, 5_900.0], "GBP", ("£1,000", "£2,000", "£3,000", "£4,000", "£5,000", "£6,000")),
        ([6.2, 6.2], "points", ("6.0", "6.5")),
        ([6.0, 6.0], "points", ("5.5", "6.0", "6.5")),
        ([0.0], "days", ("0", "1")),
    ],
)
def test_ticks_are_round_and_say_their_unit(values: list[float], unit: str, labels: tuple[str, ...]) -> None:
    assert axis_of(values, 6, unit).labels == labels


def test_of_nothing_there_is_no_axis() -> None:
    with pytest.raises(ValueError, match="make no chart"):
        axis_of([None], 5, "%")


@pytest.mark.parametrize(
    ("value", "step", "unit", "said"),
    [
        (0.0, 1e8, "GBP", "£0"),
        (-2.5e9, 5e8, "GBP", "-£2.5bn"),
        (1_500_000, 1e5, "days", "1.5m"),
        (0.30000000000000004, 0.1, "%", "0.3%"),
    ],
)
def test_large_figures_are_said_in_millions(value: float, step: float, unit: str, said: str) -> None:
    assert tick_label(value, step, unit) == said


@given(st.lists(SIZES, min_size=1, max_size=20), st.sampled_from([260.0, 640.0]))
def test_sizes_lie_within_their_axis_in_order_and_labels_are_apart(sizes: list[float], end: float) -> None:
    scale, axis = size_axis(sizes, 40, end)
    places = [scale(size) for size in sorted(sizes)]
    assert places == sorted(places)
    assert all(40 - 1e-6 <= place <= end + 1e-6 for place in places)
    labels = [(scale(tick), width_of(label) / 2) for tick, label in zip(axis.ticks, axis.labels, strict=True)]
    assert labels
    assert all(one + half < other - its for (one, half), (other, its) in pairwise(labels))


def test_sizes_far_apart_go_by_powers_of_ten() -> None:
    scale, axis = size_axis([30, 3000], 0, 600)
    assert axis.labels == ("50", "100", "200", "500", "1,000", "2,000")
    assert scale(300) == pytest.approx(300)
    assert Scale(0, 1, 5, 5)(0.5) == 5


@pytest.mark.parametrize(
    ("months", "pixels", "step", "said"),
    [
        (8, 60.0, 1, ["Jan 2021", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug"]),
        (14, 20.0, 1, ["Jan 2021", "Apr", "Jul", "Oct", "Jan 2022"]),
        (14, 20.0, 3, ["Q1 2021", "Q2", "Q3", "Q4", "Q1 2022"]),
        (60, 8.0, 1, ["2021", "2022", "2023", "2024", "2025"]),
        (60, 2.0, 3, ["2022", "2024"]),
    ],
)
def test_time_is_said_in_months_quarters_or_years_as_there_is_room(
    months: int, pixels: float, step: int, said: list[str]
) -> None:
    ticks = time_ticks(JANUARY_2021, JANUARY_2021 + months - 1, pixels, step)
    assert [f"{tick.label} {tick.year}".strip() for tick in ticks] == said


@given(st.integers(12, 119_000), st.integers(0, 2000), st.floats(100, 640), st.sampled_from([1, 3]))
def test_labels_of_time_are_never_closer_than_they_are_wide(first: int, length: int, width: float, months: int) -> None:
    first = first // months * months
    last = first + length // months * months
    pixels = width / (last - first + months)
    ticks = time_ticks(first, last, pixels, months)
    assert ticks
    assert all(first <= tick.month <= last for tick in ticks)
    for one, other in pairwise(ticks):
        assert (other.month - one.month) * pixels > (width_of(one.label) + width_of(other.label)) / 2
