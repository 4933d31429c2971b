"""Charts as SVG text: a record of `chart_records` in, the same bytes out every time. What a chart claims is for whoever
makes the record to say; how it looks is `templates/charts.css`.

Shape says what colour says, the key stands above as data of its own (`key_of`), and names are cut so that nothing lies
on anything else. `scales` has the axes, `text` the widths of words, `placing` where labels go, `marks` the pieces.
"""

from impact.reports.chart_records import (
    BeforeAfterChart,
    BesideChart,
    Chart,
    FunnelChart,
    OverTimeChart,
    PortfolioChart,
)
from impact.reports.charts.before_after import before_after, before_after_key
from impact.reports.charts.beside import beside, beside_key
from impact.reports.charts.funnel import funnel, funnel_key
from impact.reports.charts.key import KeyEntry
from impact.reports.charts.marks import NARROW, WIDE
from impact.reports.charts.over_time import over_time, over_time_key
from impact.reports.charts.portfolio import portfolio, portfolio_key
from impact.reports.charts.standing import standalone

__all__ = ["NARROW", "WIDE", "KeyEntry", "draw", "key_of", "standalone"]


def draw(chart: Chart, width: int, element_id: str) -> str:
    """The chart, `WIDE` or `NARROW` pixels wide. `element_id` is one that nothing else on the page has."""
    match chart:
        case PortfolioChart():
            return portfolio(chart, width, element_id)
        case OverTimeChart():
            return over_time(chart, width, element_id)
        case FunnelChart():
            return funnel(chart, width, element_id)
        case BeforeAfterChart():
            return before_after(chart, width, element_id)
        case BesideChart():
            return beside(chart, width, element_id)


def key_of(chart: Chart) -> tuple[KeyEntry, ...]:
    """What the signs in the chart stand for, to be read before it."""
    match chart:
        case PortfolioChart():
            return portfolio_key(chart)
        case OverTimeChart():
            return over_time_key(chart)
        case FunnelChart():
            return funnel_key(chart)
        case BeforeAfterChart():
            return before_after_key(chart)
        case BesideChart():
            return beside_key(chart)
