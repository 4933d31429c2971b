"""Over time: the title says what is published of the last point, and everything said stands in the table."""

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impact.periods import parse_period, quarter_of
from impact.reports.audience_rows import Indicator, OverTimePoint
from impact.reports.chart_records import OverTimeChart
from impact.reports.charts import NARROW, WIDE, draw, key_of
from impact.reports.content import Figure, Table
from impact.reports.over_time import over_time_figures
from impact.reports.subject import subjects
from impact.reports.wording import is_figure
from tests.unit.reports.published import ENGAGEMENT, GROWTH, NET, RATE, figure, over_time, quarter, rows
from tests.unit.reports.sections import cells

LIMITS: dict[str, Any] = {
    "centre": "4.00",
    "lower_process_limit": "3.00",
    "upper_process_limit": "5.00",
    "limits_note": "",
}
RESIDUAL: dict[str, Any] = {
    "charted": "residual",
    "centre": "0.10",
    "lower_process_limit": "-0.50",
    "upper_process_limit": "0.70",
}
RESIDUAL["limits_note"] = ""
SECRET = "what is expected of peers by month is not shown"


def figures(*points: OverTimePoint, of: Indicator = RATE, kind: str = "organisation", **last: Any) -> list[Figure]:
    """The figures of points, where `last` is what is published of the quarter."""
    quarters = [figure("4.10", of, grain="quarter", **last)] if last else []
    given = replace(rows(*quarters, kind=kind, points=points), indicators=(of,))
    return [found for subject in subjects(given, quarter()) for found in over_time_figures(subject)]


def only(*points: OverTimePoint, **about: Any) -> tuple[OverTimeChart, Table]:
    [found] = figures(*points, **about)
    assert isinstance(found.chart, OverTimeChart)
    return found.chart, found.table


def months(*values: str, of: Indicator = RATE, **fields: Any) -> list[OverTimePoint]:
    """A point a month from January 2026 on."""
    return [over_time(value, f"2026-{number:02}", of, **fields) for number, value in enumerate(values, start=1)]


@pytest.mark.parametrize(
    ("last", "title"),
    [
        ({}, "Absence rate over time"),
        ({"variation": "[c]"}, "Absence rate over time"),
        ({"variation": "too few points"}, "Absence rate over time"),
        ({"variation": "common cause"}, "Absence rate: the latest figure is no more than common cause"),
        ({"variation": "improving"}, "Absence rate is improving"),
        (
            {"variation": "concern", "variation_note": "seven points rising; limits since May 2025 (Spun out; moved)"},
            "Absence rate is of concern: seven points rising",
        ),
        (
            {"variation": "high", "variation_note": "above the upper limit"},
            "Absence rate is high: above the upper limit",
        ),
    ],
)
def test_the_title_is_what_is_published_of_the_last_point(last: dict[str, str], title: str) -> None:
    chart, _ = only(*months("4.10", "9.90"), **last)
    assert chart.title == title


def test_what_is_published_on_another_basis_says_nothing() -> None:
    chart, _ = only(*months("4.10", "9.90"), variation="concern", basis="hours")
    assert chart.title == "Absence rate over time"


@pytest.mark.parametrize("values", [[], ["4.10"], ["4.10", "[c]"], ["[c]", "[x]", "[z]", "[u]"]])
def test_fewer_than_two_points_make_no_chart(values: list[str]) -> None:
    assert figures(*months(*values)) == []


def test_a_portfolio_has_none() -> None:
    assert figures(*months("4.10", "4.20"), kind="commissioner") == []


def test_a_last_point_that_is_withheld_is_not_called_the_last() -> None:
    chart, table = only(*months("4.10", "[c]", "4.30", "[c]"))
    assert chart.shown_latest == "4.30"
    assert chart.subtitle == "Absence rate (%), calendar days, January 2026 to March 2026"
    assert chart.description == "2 months, from 4.10 to 4.30%; the last is 4.30%. 1 month between them has no point."
    assert [row[1] for row in table.rows] == ["4.10", "[c]", "4.30", "[c]"]


def test_quarters_are_spoken_of_as_quarters_and_gaps_are_counted() -> None:
    given = [over_time(value, point, ENGAGEMENT) for value, point in (("6.50", "2025-Q1"), ("6.70", "2026-Q1"))]
    chart, _ = only(*given, of=ENGAGEMENT)
    assert chart.months == 3
    assert chart.description.endswith("the last is 6.70 points. 3 quarters between them have no point.")


def test_points_that_are_all_alike_have_no_range() -> None:
    chart, _ = only(*months("4.10", "4.10"))
    assert chart.description == "2 months, all at 4.10%; the last is 4.10%."


def test_each_basis_has_a_figure_of_its_own_and_a_name_that_no_other_has() -> None:
    on_two = months("4.10", "4.20", basis="hours", basis_name="hours") + months("5.10", "5.20")
    of_other = months("1.00", "2.00", organisation_code="M001-2")
    found = figures(*on_two, *months("9.00", basis="days"), *of_other)
    assert [one.id for one in found] == [
        "sickness-absence-over-time-M001",
        "sickness-absence-over-time-M001.2",
        "sickness-absence-over-time-M001-2.3",
    ]
    assert "calendar days" in found[0].chart.subtitle
    assert "hours" in found[1].chart.subtitle


def test_limits_start_again_for_a_reason_that_is_said_with_its_month() -> None:
    since: dict[str, Any] = {
        "part": 2,
        "rebased_on": "2026-03-15",
        "rebased_because": "Spun out",
        **LIMITS,
        "centre": "4.50",
    }
    given = months("4.10", "4.20", **LIMITS) + [
        over_time("4.30", "2026-03", **since),
        over_time("4.40", "2026-04", **since),
    ]
    chart, table = only(*given)
    assert [(part.start_on, part.reason, part.centre, part.shown_lower) for part in chart.parts] == [
        (date(2026, 1, 1), "", 4.0, "3.00"),
        (date(2026, 3, 1), "Spun out March 2026", 4.5, "3.00"),
    ]
    assert "Spun out March 2026. The mean of the last part is 4.50, its limits are 3.00 and 5.00%." in chart.description
    assert [row["Since"] for row in cells(table)] == ["-", "-", "Spun out March 2026", "Spun out March 2026"]
    assert chart.note == ""


def test_where_there_are_no_limits_the_note_says_why() -> None:
    assert only(*months("4.10", "4.20"))[0].note == "No limits are drawn: too few points."
    of_part = [*months("4.10", "4.20", **LIMITS), over_time("4.30", "2026-03", part=2, rebased_because="Merged")]
    assert only(*of_part)[0].note == "For part of it no limits are drawn: too few points."
    chart, table = only(*months("4.10", "4.20", limits_note=SECRET, special_cause="[c]", centre="[c]"))
    assert chart.note == (
        f"No limits are drawn: {SECRET}. Points are judged by how far they lie from it, not by what is drawn."
    )
    assert [column.heading for column in table.columns] == ["Period", "Figure (%)"]


def test_common_cause_is_claimed_of_no_point_where_it_is_not_said_of_all() -> None:
    chart, table = only(
        *months("4.10", "4.20", special_cause="[c]"), over_time("9.00", "2026-03", special_cause="rising")
    )
    assert [point.cause for point in chart.points] == [None, None, "concern"]
    assert [entry.label for entry in key_of(chart)] == ["Each month", "Special cause: concern"]
    assert "1 point is more than common cause; of the others it is not shown." in chart.description
    assert [row["Common cause or more"] for row in cells(table)] == ["[c]", "[c]", "concern: one of seven rising"]
    said, _ = only(*months("4.10", "4.20", special_cause="common_cause"))
    assert [point.cause for point in said.points] == ["common", "common"]


@pytest.mark.parametrize(
    ("of", "up", "down"),
    [(RATE, "concern", "improving"), (ENGAGEMENT, "improving", "concern"), (GROWTH, "high", "low")],
)
def test_which_way_is_good_is_the_indicators_to_say(of: Indicator, up: str, down: str) -> None:
    for causes, said in (
        (("above_limit", "rising", "two_of_three_above", "run_above"), up),
        (("below_limit", "falling", "two_of_three_below", "run_below"), down),
    ):
        chart, table = only(
            *(over_time("5", f"2026-{n:02}", of, special_cause=one) for n, one in enumerate(causes, 1)), of=of
        )
        assert {point.cause for point in chart.points} == {said}
        assert all(row["Common cause or more"].startswith(f"{said}: ") for row in cells(table))


def test_a_distance_from_what_is_expected_is_drawn_with_its_limits_and_gaps() -> None:
    given = [
        over_time(value, f"2026-{number:02}", charted_value=distance, **RESIDUAL)
        for number, (value, distance) in enumerate([("4.10", "-0.20"), ("5.00", "[x]"), ("4.90", "0.60")], 1)
    ]
    chart, table = only(*given, assurance="4.00: hit or miss")
    assert [point.value for point in chart.points] == [-0.2, 0.6]
    assert chart.target is None
    assert chart.parts[0].centre == 0.1
    assert "above or below what its peers would lead one to expect" in chart.subtitle
    assert chart.description.startswith(
        "2 months, from -0.20 to 0.60 percentage points; the last is 0.60 percentage points. At 0 is"
    )
    assert [column.heading for column in table.columns][2] == "Above or below what is expected (percentage points)"
    assert [row[1:3] for row in table.rows] == [("4.10", "-0.20"), ("5.00", "[x]"), ("4.90", "0.60")]


def test_values_never_stand_within_the_limits_of_distances() -> None:
    given = months("4.10", "5.00", "4.90", **{**RESIDUAL, "charted_value": "[x]"})
    chart, table = only(*given)
    assert [point.value for point in chart.points] == [4.1, 5.0, 4.9]
    assert [part.centre for part in chart.parts] == [None]
    assert not [column for column in table.columns if "Mean" in column.heading]
    assert "expect" not in chart.subtitle + chart.description


@pytest.mark.parametrize(
    ("assurance", "target"),
    [
        ("70.0: consistently met", 70.0),
        ("70.0: hit or miss; 70.0: too few points", 70.0),
        ("70.0: consistently met; 75.0: hit or miss", None),
        ("[z]", None),
        ("", None),
    ],
)
def test_a_target_is_drawn_where_there_is_one(assurance: str, target: float | None) -> None:
    chart, table = only(*months("4.10", "4.20"), assurance=assurance)
    assert chart.target == target
    assert ("The target is 70.0%." in chart.description) == bool(target)
    assert [row.get("Target (%)") for row in cells(table)] == ["70.0" if target else None] * 2


def test_pounds_below_nothing_are_said_as_pounds() -> None:
    chart, table = only(*months("-120000", "3500", of=NET), of=NET)
    assert chart.description == "2 months, from -£120,000 to £3,500; the last is £3,500."
    assert [row[1] for row in table.rows] == ["-120,000", "3,500"]


# Whatever the rows are

TEXTS = st.one_of(st.decimals("-20", "100", places=2).map(str), st.sampled_from(["[c]", "[x]", "[z]", "[u]"]))
CAUSES = ["above_limit", "below_limit", "rising", "falling", "two_of_three_above", "run_below", "common_cause"]


@st.composite
def charts(draw_one: st.DrawFn) -> tuple[list[OverTimePoint], str, Indicator]:
    of = draw_one(st.sampled_from([RATE, ENGAGEMENT, GROWTH]))
    is_money = of is GROWTH
    is_monthly, charted = draw_one(st.booleans()), draw_one(st.sampled_from(["value", "residual"]))
    points: list[OverTimePoint] = []
    day, part = date(2023, 1, 1), 1
    for _ in range(draw_one(st.integers(0, 12))):
        period = parse_period(f"{day:%Y-%m}") if is_monthly else quarter_of(day)
        assert period is not None
        day = period.end_on + timedelta(days=1)
        if draw_one(st.booleans()) and points:
            part += draw_one(st.booleans())
        texts = draw_one(st.lists(TEXTS, min_size=5, max_size=5))
        texts = [text.partition(".")[0].replace("-0", "0") for text in texts] if is_money else texts
        value, charted_value, *limits = texts
        points.append(
            over_time(
                value,
                period.id,
                of,
                charted=charted,
                charted_value=charted_value if charted == "residual" else value,
                part=part,
                rebased_on="[z]" if part == 1 else period.start_on.isoformat(),
                rebased_because="" if part == 1 else "Spun out",
                special_cause=draw_one(st.sampled_from([*CAUSES, "[c]", "[z]"])),
                **dict(zip(("lower_process_limit", "centre", "upper_process_limit"), limits, strict=True)),
            )
        )
    return points, draw_one(st.sampled_from(["concern", "improving", "common cause", "[c]", "[z]"])), of


@given(charts())
def test_every_figure_that_is_said_stands_in_the_table_and_every_mark_has_a_row(
    drawn: tuple[list[OverTimePoint], str, Indicator],
) -> None:
    points, variation, of = drawn
    target = "70" if of is GROWTH else "70.0"
    for found in figures(*points, of=of, variation=variation, assurance=f"{target}: hit or miss"):
        chart, table = found.chart, found.table
        assert isinstance(chart, OverTimeChart)
        in_table = {text for row in table.rows for text in row}
        said = re.findall(r"-?\d+\.\d+|-?£\d+(?:,\d{3})*", chart.description)
        assert {text.replace("£", "") for text in said} <= in_table
        assert not re.search(r"\[[cxzu]\]", chart.title + chart.subtitle + chart.description + chart.shown_latest)
        assert len(table.rows) == len(points)
        at = {one.point_start_on: row for one, row in zip(points, table.rows, strict=True)}
        is_residual = "expect" in chart.subtitle
        shown = [float(at[point.start_on][2 if is_residual else 1].replace(",", "")) for point in chart.points]
        assert shown == [point.value for point in chart.points]
        assert len(chart.points) == sum(is_figure(row[2 if is_residual else 1]) for row in table.rows) >= 2
        for part in chart.parts:
            assert {part.shown_centre, part.shown_lower, part.shown_upper} <= in_table | {""}
        assert ("is of concern" in chart.title, "is improving" in chart.title) == (
            variation == "concern",
            variation == "improving",
        )
        for width in (WIDE, NARROW):
            assert draw(chart, width, found.id).startswith("<svg")
