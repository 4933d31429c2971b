"""What each chart shows, as plain data: five records and their marks. Nothing here draws, and nothing in `charts`
decides what may be claimed.

A chart holds only what its reader may see, and at least one mark. Values are finite numbers in the unit of the chart,
the lower end of a range first; what is printed beside them comes as text, as the tables print it. `title` is a finding,
`subtitle` says measure, place and period, `description` says in words what the picture shows, `note` what must be known
of it.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

Cause: TypeAlias = Literal["common", "improving", "concern", "high", "low"]
"""What a change amounts to: common cause, or a special cause by its polarity; high and low where it has none."""


@dataclass(frozen=True)
class PortfolioMark:
    """One organisation. `low`, `middle`, `high` are its peers' quartiles and median, `lower` and `upper` its own 95%
    interval, or None. `verdict` is its word, such as `much worse` or `not compared`; empty where there is none."""

    name: str
    delivery_model: str
    value: float
    shown_value: str
    low: float | None
    middle: float | None
    high: float | None
    lower: float | None = None
    upper: float | None = None
    verdict: str = ""


@dataclass(frozen=True)
class PortfolioChart:
    """Each organisation over the middle half of its peers, in the order given."""

    title: str
    subtitle: str
    unit: str
    marks: tuple[PortfolioMark, ...]
    description: str
    note: str = ""


@dataclass(frozen=True)
class TimePoint:
    """The value of the month or quarter that starts on a day. `cause` is None where it may not be said, or is not
    known, whether it is more than common cause."""

    start_on: date
    value: float
    cause: Cause | None = "common"


@dataclass(frozen=True)
class TimePart:
    """A run of points with one centre line and one pair of process limits, from `start_on` until the next part starts.
    `reason` says why limits start again here, such as `Spun out October 2021`; empty for the first part. All three
    lines are None where there are too few points."""

    start_on: date
    reason: str = ""
    centre: float | None = None
    lower: float | None = None
    upper: float | None = None
    shown_centre: str = ""
    shown_lower: str = ""
    shown_upper: str = ""


@dataclass(frozen=True)
class OverTimeChart:
    """One organisation, month by month (`months` is 1) or quarter by quarter (3). A period without a point is a gap.
    Where a part has no limits, `note` says why."""

    title: str
    subtitle: str
    unit: str
    months: Literal[1, 3]
    points: tuple[TimePoint, ...]
    shown_latest: str
    description: str
    parts: tuple[TimePart, ...] = ()
    target: float | None = None
    shown_target: str = ""
    note: str = ""


@dataclass(frozen=True)
class FunnelMark:
    """One organisation: how large it is (`size`, above 0), its value, and the range that is expected of it. `verdict`
    is its word; empty, or `not compared`, where there is none."""

    name: str
    size: float
    value: float
    lower_95: float | None
    upper_95: float | None
    lower_998: float | None = None
    upper_998: float | None = None
    verdict: str = ""


@dataclass(frozen=True)
class FunnelChart:
    """Organisations by size, each over its own expected range. `size_label` says what size is counted in."""

    title: str
    subtitle: str
    unit: str
    size_label: str
    marks: tuple[FunnelMark, ...]
    description: str
    note: str = ""


@dataclass(frozen=True)
class BeforeAfterPanel:
    """One organisation before and after it spun out. `others` is how far its comparators moved in the same months, or
    None; `change` says what the difference amounts to, where that may be said."""

    name: str
    spun_out_on: date
    before: float
    after: float
    shown_before: str
    shown_after: str
    shown_difference: str
    shown_interval: str = ""
    others: float | None = None
    change: Cause = "common"


@dataclass(frozen=True)
class BeforeAfterChart:
    """A small panel for each organisation, all on one scale, in the order given."""

    title: str
    subtitle: str
    unit: str
    panels: tuple[BeforeAfterPanel, ...]
    description: str
    note: str = ""


@dataclass(frozen=True)
class BesideMark:
    """One delivery model: the pooled rate of its organisations with its interval, their median and quartiles, or
    None."""

    delivery_model: str
    organisations: int
    value: float
    shown_value: str
    middle: float | None = None
    shown_middle: str = ""
    lower: float | None = None
    upper: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class BesideChart:
    """Delivery models side by side, in the order given."""

    title: str
    subtitle: str
    unit: str
    marks: tuple[BesideMark, ...]
    description: str
    note: str = ""


Chart: TypeAlias = PortfolioChart | OverTimeChart | FunnelChart | BeforeAfterChart | BesideChart
