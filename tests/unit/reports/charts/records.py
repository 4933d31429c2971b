"""Records of charts as hypothesis makes them up: any figures, any names, hostile ones among them."""

from datetime import date

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from impact.reports.chart_records import (
    BeforeAfterChart,
    BeforeAfterPanel,
    BesideChart,
    BesideMark,
    Chart,
    FunnelChart,
    FunnelMark,
    OverTimeChart,
    PortfolioChart,
    PortfolioMark,
    TimePart,
    TimePoint,
)
from tests.unit.reports.published import HOSTILE

LONG = "Calverstoke Community Health Partnership " * 8
RIGHT_TO_LEFT = "جمعية الرعاية الصحية المجتمعية \u202e abc ﷽﷽ קואופרטיב"
WIDE_ONES = (
    "\U0001f469\u200d\U0001f469\u200d\U0001f467 \U0001f3f3\ufe0f\u200d\U0001f308 東京介護協同組合 \uff37\uff37\uff37"
    * 6
)
UNPRINTABLE = "a\x00b\x1b\ud800\ufffe\n\tc]]>&amp;<!--"

TEXTS = st.one_of(
    st.sampled_from([HOSTILE, LONG, RIGHT_TO_LEFT, WIDE_ONES, UNPRINTABLE, "W" * 300, "", " ", "Hexley Care"]),
    st.text(max_size=60),
)
SHORT_TEXTS = st.one_of(st.sampled_from(["65.2", "£1,204,000", "[c]", "W" * 40, HOSTILE]), st.text(max_size=8))
FIGURES = st.one_of(
    st.floats(0, 100).map(lambda number: round(number, 1)),
    st.floats(-1e9, 1e9).map(lambda number: round(number, 2)),
)
MAYBE = st.none() | FIGURES
MODELS = st.sampled_from(["mutual", "in_house", "outsourced", "unclassified", '"><script>'])
CAUSES = st.sampled_from(["common", "improving", "concern", "high", "low"])
VERDICTS = st.sampled_from(
    [
        "",
        "not compared",
        "similar",
        "better",
        "worse",
        "higher",
        "lower",
        "much better",
        "much worse",
        "much lower",
        "?",
    ]
)
UNITS = st.sampled_from(["%", "GBP", "points", "days"])
DAYS = st.one_of(
    st.dates(date(2019, 1, 1), date(2026, 12, 31)), st.dates(date(2023, 1, 1), date(2024, 6, 30)), st.dates()
)
FIRST_DAYS = DAYS.map(lambda day: day.replace(day=1))
QUARTERS = DAYS.map(lambda day: day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1))
SIZES = st.one_of(st.integers(1, 3000), st.floats(1, 1e9))

RANGES: SearchStrategy[tuple[float | None, float | None]] = st.one_of(
    st.tuples(FIGURES, FIGURES).map(lambda ends: (min(ends), max(ends))),
    st.tuples(MAYBE, st.none()),
    st.tuples(st.none(), MAYBE),
)
"""From and to, in that order; either may be missing."""

portfolio_marks = st.builds(
    lambda name, model, value, said, peers, middle, own, verdict: PortfolioMark(
        name, model, value, said, peers[0], middle, peers[1], own[0], own[1], verdict
    ),
    *(TEXTS, MODELS, FIGURES, SHORT_TEXTS, RANGES, MAYBE, RANGES, VERDICTS),
)
portfolio_charts = st.builds(
    PortfolioChart, TEXTS, TEXTS, UNITS, st.lists(portfolio_marks, min_size=1, max_size=12).map(tuple), TEXTS
)
parts = st.builds(
    lambda start_on, reason, centre, limits, said: TimePart(start_on, reason, centre, *limits, *said),
    *(FIRST_DAYS, TEXTS, MAYBE, RANGES, st.tuples(SHORT_TEXTS, SHORT_TEXTS, SHORT_TEXTS)),
)


def over_time_charts_by(months: int, days: SearchStrategy[date]) -> SearchStrategy[OverTimeChart]:
    points = st.lists(
        st.builds(TimePoint, days, FIGURES, st.none() | CAUSES),
        min_size=1,
        max_size=30,
        unique_by=lambda point: point.start_on,
    )
    return st.builds(
        OverTimeChart,
        *(TEXTS, TEXTS, UNITS, st.just(months), points.map(tuple), SHORT_TEXTS, TEXTS),
        *(st.lists(parts, max_size=5).map(tuple), MAYBE, SHORT_TEXTS),
    )


over_time_charts = over_time_charts_by(1, FIRST_DAYS) | over_time_charts_by(3, QUARTERS)
funnel_marks = st.builds(
    lambda name, size, value, inner, outer, verdict: FunnelMark(
        name, size, value, inner[0], inner[1], outer[0], outer[1], verdict
    ),
    *(TEXTS, SIZES, FIGURES, RANGES, RANGES, VERDICTS),
)
funnel_charts = st.builds(
    FunnelChart, TEXTS, TEXTS, UNITS, TEXTS, st.lists(funnel_marks, min_size=1, max_size=20).map(tuple), TEXTS
)
panels = st.builds(
    BeforeAfterPanel, TEXTS, DAYS, FIGURES, FIGURES, SHORT_TEXTS, SHORT_TEXTS, TEXTS, TEXTS, MAYBE, CAUSES
)
before_after_charts = st.builds(
    BeforeAfterChart, TEXTS, TEXTS, UNITS, st.lists(panels, min_size=1, max_size=9).map(tuple), TEXTS
)
beside_marks = st.builds(
    lambda model, count, value, said, middle, of_rate, of_all: BesideMark(
        model, count, value, said[0], middle, said[1], *of_rate, *of_all
    ),
    *(MODELS, st.integers(1, 10**6), FIGURES, st.tuples(SHORT_TEXTS, SHORT_TEXTS), MAYBE, RANGES, RANGES),
)
beside_charts = st.builds(
    BesideChart, TEXTS, TEXTS, UNITS, st.lists(beside_marks, min_size=1, max_size=5).map(tuple), TEXTS
)
charts: SearchStrategy[Chart] = st.one_of(
    portfolio_charts, over_time_charts, funnel_charts, before_after_charts, beside_charts
)
