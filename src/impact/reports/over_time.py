"""The figures over time: one organisation's headline indicator, point by point, within the limits that its own points
set. What is special about a point is decided in sql/benchmarks; here it is put into words."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import groupby

from impact.reports.audience_rows import Indicator, OrganisationFigure, OverTimePoint
from impact.reports.chart_records import Cause, OverTimeChart, TimePart, TimePoint
from impact.reports.content import Column, Figure, Table
from impact.reports.subject import Subject
from impact.reports.verdicts import CHANGES
from impact.reports.wording import (
    count_of,
    is_figure,
    joined,
    number,
    points_of,
    sentence,
    shown,
    unit_sign,
    with_unit,
)

_LEAST = 2
"""One point is no line."""
_RESIDUAL = "residual"
_PEERS_NOT_SHOWN = "what is expected of peers by month is not shown"
"""Why sql/published/over_time.sql has values without limits where it is residuals that are judged."""
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
}
"""Every special cause of benchmarks.xmr, as it is said of a point."""
_UP = frozenset({"above_limit", "rising", "two_of_three_above", "run_above"})
_SAID = {"concern": "is of concern", "improving": "is improving", "high": "is high", "low": "is low"}


@dataclass(frozen=True)
class _Series:
    """The points of one organisation's indicator on one basis, in order; `last` is its figure of the quarter, with
    what is published of the last point."""

    indicator: Indicator
    points: tuple[OverTimePoint, ...]
    last: OrganisationFigure | None

    @cached_property
    def is_residual(self) -> bool:
        """Whether the distance from what its peers lead one to expect is drawn, which has no seasons, in place of the
        value. Months in which that is not known are gaps."""
        return (
            self.points[0].charted == _RESIDUAL
            and sum(is_figure(point.charted_value) for point in self.points) >= _LEAST
        )

    @property
    def has_limits(self) -> bool:
        """Whether limits are those of what is drawn: those of residuals say nothing of values."""
        return self.is_residual or self.points[0].charted != _RESIDUAL

    @property
    def unit(self) -> str:
        """That of what is drawn, in a sentence: a distance between percentages is in percentage points."""
        return points_of(self.indicator.unit) if self.is_residual else self.indicator.unit

    def text(self, point: OverTimePoint) -> str:
        return point.charted_value if self.is_residual else point.value

    @cached_property
    def drawn(self) -> tuple[OverTimePoint, ...]:
        return tuple(point for point in self.points if is_figure(self.text(point)))

    @cached_property
    def months(self) -> int:
        first = self.points[0]
        return 1 if first.point_start_on.month == first.point_end_on.month else 3

    @cached_property
    def parts(self) -> tuple[tuple[OverTimePoint, ...], ...]:
        """The points drawn, part by part."""
        return tuple(tuple(of_part) for _, of_part in groupby(self.drawn, key=lambda point: point.part))

    def limits(self, point: OverTimePoint) -> tuple[str, str, str] | None:
        """Centre and limits of the part that a point is of, where they may be drawn."""
        texts = (point.centre, point.lower_process_limit, point.upper_process_limit)
        return texts if self.has_limits and all(map(is_figure, texts)) else None

    @cached_property
    def target(self) -> str:
        """The one target that stands against it, such as `70.0`; empty where there is none, or several."""
        if self.last is None or self.is_residual:
            return ""
        named = [text.partition(": ") for text in self.last.assurance.split("; ")]
        targets = {target for target, stop, _ in named if stop and is_figure(target)}
        return targets.pop() if len(targets) == 1 else ""


def over_time_figures(subject: Subject) -> Iterator[Figure]:
    """One for each basis on which the organisation's headline has points. In a portfolio there is none: each of its
    organisations has a page of its own."""
    if not subject.is_of_one:
        return
    headline = subject.headline
    quarter = subject.of(headline, "quarter")
    found: dict[tuple[str, str], list[OverTimePoint]] = {}
    for point in subject.rows.over_time:
        if point.indicator_id == headline.id:
            found.setdefault((point.organisation_code, point.basis), []).append(point)
    series = [
        _Series(headline, tuple(sorted(points, key=lambda point: point.point_start_on)), quarter.get(key))
        for key, points in sorted(found.items())
    ]
    for place, one in enumerate((one for one in series if len(one.drawn) >= _LEAST), start=1):
        # No code of an organisation has a dot in it, so that no other figure can have this name.
        which = f".{place}" if place > 1 else ""
        yield _figure(f"{subject.topic.id.replace('_', '-')}-over-time-{one.points[0].organisation_code}{which}", one)


def _figure(name: str, series: _Series) -> Figure:
    indicator, drawn = series.indicator, series.drawn
    what = ", above or below what its peers would lead one to expect" if series.is_residual else ""
    subtitle = (
        f"{indicator.label}{what}, {drawn[0].basis_name}, "
        f"{drawn[0].point_start_on:%B %Y} to {drawn[-1].point_end_on:%B %Y}"
    )
    return Figure(
        name,
        OverTimeChart(
            title=_title(indicator, series.last),
            subtitle=subtitle,
            unit=indicator.unit,
            months=1 if series.months == 1 else 3,
            points=tuple(_points(series)),
            shown_latest=shown(series.text(drawn[-1]), indicator.unit),
            description=" ".join(_description(series)),
            parts=tuple(_parts(series)),
            target=number(series.target) if series.target else None,
            shown_target=shown(series.target, indicator.unit) if series.target else "",
            note=_note(series),
        ),
        _table(subtitle, series),
    )


def _title(indicator: Indicator, last: OrganisationFigure | None) -> str:
    """What is published of the last point, and no more."""
    if last is not None and last.variation in CHANGES:
        # Since when its limits are counted stands beside the points.
        rule = last.variation_note.partition("; ")[0]
        return f"{indicator.name} {_SAID[last.variation]}{f': {rule}' if rule else ''}"
    if last is not None and last.variation == "common cause":
        return f"{indicator.name}: the latest figure is no more than common cause"
    return f"{indicator.name} over time"


def _points(series: _Series) -> Iterator[TimePoint]:
    """Where it is not said of every point what it is, common cause is claimed of none."""
    causes = [_cause(point.special_cause, series.indicator.polarity) for point in series.drawn]
    for point, cause in zip(series.drawn, causes, strict=True):
        is_unsaid = cause == "common" and None in causes
        yield TimePoint(point.point_start_on, float(series.text(point)), None if is_unsaid else cause)


def _cause(special_cause: str, polarity: str) -> Cause | None:
    if special_cause == _COMMON:
        return "common"
    if special_cause not in _CAUSES:
        return None
    is_up = special_cause in _UP
    if polarity == "none":
        return "high" if is_up else "low"
    return "improving" if is_up == (polarity == "higher_is_better") else "concern"


def _parts(series: _Series) -> Iterator[TimePart]:
    unit = series.indicator.unit
    for place, (first, *_) in enumerate(series.parts):
        reason = _reason(first) if place else ""
        if (limits := series.limits(first)) is None:
            yield TimePart(first.point_start_on, reason)
        else:
            centre, lower, upper = limits
            said = (shown(text, unit) for text in limits)
            yield TimePart(first.point_start_on, reason, float(centre), float(lower), float(upper), *said)


def _reason(point: OverTimePoint) -> str:
    """Why the part of a point begins, and when: `Spun out October 2021`."""
    since = date.fromisoformat(point.rebased_on) if is_figure(point.rebased_on) else point.point_start_on
    return f"{point.rebased_because} {since:%B %Y}".strip()


def _description(series: _Series) -> Iterator[str]:
    """What the picture shows: how far the points reach, the last of them, what moved them, and within which limits."""
    unit, drawn = series.unit, series.drawn
    texts = [series.text(point) for point in drawn]
    low, high = (pick(texts, key=float) for pick in (min, max))
    spread = f"from {_bare(low, unit)} to {with_unit(high, unit)}" if low != high else f"all at {with_unit(low, unit)}"
    each = ("month", "months") if series.months == 1 else ("quarter", "quarters")
    yield f"{count_of(len(drawn), *each)}, {spread}; the last is {with_unit(texts[-1], unit)}."
    if series.is_residual:
        yield "At 0 is what its peers would lead one to expect."
    if missing := _missing(series):
        yield f"{count_of(missing, *each)} between them {'has' if missing == 1 else 'have'} no point."
    causes = [point.special_cause for point in drawn]
    if special := sum(cause in _CAUSES for cause in causes):
        others = "" if all(map(is_figure, causes)) else "; of the others it is not shown"
        yield f"{count_of(special, 'point is', 'points are')} more than common cause{others}."
    if changes := [_reason(first) for first, *_ in series.parts[1:]]:
        yield sentence(joined(changes))
    if (limits := series.limits(drawn[-1])) is not None:
        centre, lower = (_bare(text, unit) for text in limits[:2])
        where = "The mean of the last part" if len(series.parts) > 1 else "The mean"
        yield f"{where} is {centre}, its limits are {lower} and {with_unit(limits[2], unit)}."
    if series.target:
        yield f"The target is {with_unit(series.target, unit)}."


def _bare(text: str, unit: str) -> str:
    """A figure of which another says the unit; pounds have theirs before them."""
    return with_unit(text, unit) if unit == "GBP" else text


def _missing(series: _Series) -> int:
    """Of the months or quarters from the first point drawn to the last, those without one."""
    first, last = (point.point_start_on for point in (series.drawn[0], series.drawn[-1]))
    apart = (last.year - first.year) * 12 + last.month - first.month
    return apart // series.months + 1 - len(series.drawn)


def _note(series: _Series) -> str:
    """Why there are no limits, where there are none."""
    without = [first for first, *_ in series.parts if series.limits(first) is None]
    reasons = list(dict.fromkeys(first.limits_note for first in without if first.limits_note))
    if not reasons:
        return ""
    where = "No limits are drawn" if len(without) == len(series.parts) else "For part of it no limits are drawn"
    # Whoever looks for a run of points below their mean does not find it among values that have seasons.
    judged = (
        ". Points are judged by how far they lie from it, not by what is drawn" if _PEERS_NOT_SHOWN in reasons else ""
    )
    return f"{where}: {'; '.join(reasons)}{judged}."


def _table(title: str, series: _Series) -> Table:
    columns = list(_columns(series))
    rows = tuple(tuple(cell(point) for _, cell in columns) for point in series.points)
    return Table(title, tuple(column for column, _ in columns), rows)


def _columns(series: _Series) -> Iterator[tuple[Column, Callable[[OverTimePoint], str]]]:
    """Each column of the table, and what stands in it; none that would say nothing of any point."""
    unit, polarity, sign = series.indicator.unit, series.indicator.polarity, unit_sign(series.indicator.unit)
    of_drawn = points_of(unit) if series.is_residual else sign
    yield Column("Period"), lambda point: point.point
    yield Column(f"Figure ({sign})", True), lambda point: shown(point.value, unit)
    if series.is_residual:
        yield (
            Column(f"Above or below what is expected ({of_drawn})", True),
            lambda point: shown(point.charted_value, unit),
        )
    if any(series.limits(point) for point in series.drawn):
        yield Column(f"Mean ({of_drawn})", True), lambda point: shown(point.centre, unit)
        yield Column(f"Lower limit ({of_drawn})", True), lambda point: shown(point.lower_process_limit, unit)
        yield Column(f"Upper limit ({of_drawn})", True), lambda point: shown(point.upper_process_limit, unit)
    if any(_cause(point.special_cause, polarity) for point in series.drawn):
        yield Column("Common cause or more"), lambda point: _cause_text(point.special_cause, polarity)
    if len(series.parts) > 1:
        begins = series.parts[0][0].part
        yield Column("Since"), lambda point: _reason(point) if point.part > begins else "-"
    if series.target:
        yield Column(f"Target ({sign})", True), lambda _: shown(series.target, unit)


def _cause_text(special_cause: str, polarity: str) -> str:
    """What a point amounts to, and by which rule; shorthand where that is not said."""
    if special_cause == _COMMON:
        return "common cause"
    if special_cause not in _CAUSES:
        return special_cause
    return f"{_cause(special_cause, polarity)}: {_CAUSES[special_cause]}"
