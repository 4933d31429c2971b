"""The figures over time: one organisation's headline indicator, point by point, within the limits that its own points
set. What is special about a point is decided in sql/benchmarks; here it is put into words."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from impact.reports.audiences import Indicator, OrganisationFigure, OverTimePoint
from impact.reports.chart_records import Cause, OverTimeChart, TimePart, TimePoint
from impact.reports.content import Column, Figure, Table
from impact.reports.subject import Subject
from impact.reports.verdicts import CHANGES
from impact.reports.wording import count_of, is_figure, number, sentence, shown, unit_sign, with_unit

_LEAST = 2
"""One point is no line."""
_COMMON = "common_cause"
_CAUSES = {
    "above_limit": "above the upper limit",
    "below_limit": "below the lower limit",
    "rising": "one of seven rising",
    "falling": "one of seven falling",
    "two_of_three_above": "one of two in three near the upper limit",
    "two_of_three_below": "one of two in three near the lower limit",
    "run_above": "one of seven above the mean",
    "run_below": "one of seven below the mean",
    _COMMON: "common cause",
}
_UP = frozenset({"above_limit", "rising", "two_of_three_above", "run_above"})
_SAID = {"concern": "is of concern", "improving": "is improving", "high": "is high", "low": "is low"}
_RESIDUAL = "above or below what its peers would lead one to expect"


def over_time_figures(subject: Subject) -> Iterator[Figure]:
    """One for each basis on which the organisation's headline has points. In a portfolio there is none: each of its
    organisations has a page of its own."""
    if not subject.is_of_one:
        return
    headline = subject.headline
    quarter = subject.of(headline, "quarter")
    of_headline = [point for point in subject.rows.over_time if point.indicator_id == headline.id]
    found = groupby(of_headline, key=lambda point: (point.organisation_code, point.basis))
    for place, (key, on_basis) in enumerate(found):
        points = sorted(on_basis, key=lambda point: point.point_start_on)
        if len(points) >= _LEAST:
            name = f"{subject.topic.id.replace('_', '-')}-over-time-{key[0]}" + (f"-{place + 1}" if place else "")
            yield _figure(name, headline, points, quarter.get(key))


def _figure(
    name: str, indicator: Indicator, points: Sequence[OverTimePoint], last: OrganisationFigure | None
) -> Figure:
    first, latest = points[0], points[-1]
    is_residual = _is_residual(points)
    unit = unit_sign(indicator.unit)
    subtitle = (
        f"{indicator.name} ({unit}){', ' + _RESIDUAL if is_residual else ''}, {first.basis_name}, "
        f"{first.point_start_on:%B %Y} to {latest.point_end_on:%B %Y}"
    )
    target = "" if is_residual or last is None else _target(last)
    drawn = [(point, text) for point in points if is_figure(text := _drawn(point, is_residual=is_residual))]
    return Figure(
        name,
        OverTimeChart(
            title=_title(indicator, last),
            subtitle=subtitle,
            unit=indicator.unit,
            months=1 if first.point_start_on.month == first.point_end_on.month else 3,
            points=tuple(
                TimePoint(point.point_start_on, float(text), _cause(point, indicator.polarity)) for point, text in drawn
            ),
            shown_latest=shown(drawn[-1][1], indicator.unit),
            description=_description(indicator, points),
            parts=tuple(_parts(points, indicator.unit, has_limits=is_residual or first.charted != "residual")),
            target=number(target) if target else None,
            shown_target=shown(target, indicator.unit) if target else "",
            note=" ".join(dict.fromkeys(sentence(point.limits_note) for point in points if point.limits_note)),
        ),
        _table(subtitle, unit, points, is_residual=is_residual),
    )


def _is_residual(points: Sequence[OverTimePoint]) -> bool:
    """Whether the distance from what peers lead one to expect is drawn, which has no seasons, in place of the value:
    only where all of it may be shown."""
    return points[0].charted == "residual" and all(is_figure(point.charted_value) for point in points)


def _drawn(point: OverTimePoint, *, is_residual: bool) -> str:
    return point.charted_value if is_residual else point.value


def _title(indicator: Indicator, last: OrganisationFigure | None) -> str:
    """What is published of the last point, and no more."""
    if last is not None and last.variation in CHANGES:
        why = f": {last.variation_note}" if last.variation_note else ""
        return f"{indicator.name} {_SAID[last.variation]}{why}"
    if last is not None and last.variation == "common cause":
        return f"{indicator.name}: the latest figure is no more than common cause"
    return f"{indicator.name} over time"


def _target(last: OrganisationFigure) -> str:
    """The target that `assurance` begins with, where there is one: `70.0: consistently met`."""
    text, stop, _ = last.assurance.partition(":")
    return text if stop and is_figure(text) else ""


def _cause(point: OverTimePoint, polarity: str) -> Cause:
    if point.special_cause == _COMMON or not is_figure(point.special_cause):
        return "common"
    is_up = point.special_cause in _UP
    if polarity == "none":
        return "high" if is_up else "low"
    return "improving" if is_up == (polarity == "higher_is_better") else "concern"


def _parts(points: Sequence[OverTimePoint], unit: str, *, has_limits: bool) -> Iterator[TimePart]:
    for place, (_, of_part) in enumerate(groupby(points, key=lambda point: point.part)):
        first = next(of_part)
        is_drawn = has_limits and is_figure(first.centre)
        limits = (first.centre, first.lower_process_limit, first.upper_process_limit) if is_drawn else ("[z]",) * 3
        centre, lower, upper = map(number, limits)
        shown_centre, shown_lower, shown_upper = (shown(text, unit) if is_drawn else "" for text in limits)
        reason = first.rebased_because if place else ""
        yield TimePart(first.point_start_on, reason, centre, lower, upper, shown_centre, shown_lower, shown_upper)


def _description(indicator: Indicator, points: Sequence[OverTimePoint]) -> str:
    latest = points[-1]
    values = [point.value for point in points if is_figure(point.value)]
    low, high = (pick(values, key=float) for pick in (min, max))
    special = sum(point.special_cause not in ("", _COMMON) and is_figure(point.special_cause) for point in points)
    spread = f"between {shown(low, indicator.unit)} and {with_unit(high, indicator.unit)}"
    said = (
        f"{count_of(len(points), 'point', 'points')}, {spread}; the last is {with_unit(latest.value, indicator.unit)}."
    )
    if special:
        said += f" {count_of(special, 'point is', 'points are')} more than common cause."
    return said


def _table(title: str, unit: str, points: Sequence[OverTimePoint], *, is_residual: bool) -> Table:
    has_limits = any(is_figure(point.centre) for point in points)
    has_causes = any(point.special_cause in _CAUSES for point in points)
    columns = [Column("Period"), Column(f"Figure ({unit})", True)]
    if is_residual:
        columns.append(Column("Above or below what is expected", True))
    if has_limits:
        columns += [Column("Mean", True), Column("Lower limit", True), Column("Upper limit", True)]
    if has_causes:
        columns.append(Column("What it is"))

    def cells(point: OverTimePoint) -> Iterator[str]:
        yield point.point
        yield point.value
        if is_residual:
            yield point.charted_value
        if has_limits:
            yield from (point.centre, point.lower_process_limit, point.upper_process_limit)
        if has_causes:
            yield _CAUSES.get(point.special_cause, point.special_cause)

    return Table(title, tuple(columns), tuple(tuple(cells(point)) for point in points))
