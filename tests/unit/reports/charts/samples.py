"""One chart of each kind, as large as a page has it, with invented figures: what tests and the bench draw."""

from datetime import date
from math import sin

from impact.reports.chart_records import (
    BeforeAfterChart,
    BeforeAfterPanel,
    BesideChart,
    BesideMark,
    Cause,
    Chart,
    FunnelChart,
    FunnelMark,
    OverTimeChart,
    PortfolioChart,
    PortfolioMark,
    TimePart,
    TimePoint,
)

NAMES = (
    *("Askerdale Care Co-operative", "Askerdale Libraries CIC", "Askerdale Public Mental Health Service"),
    *("Brackwater Libraries Co-operative", "Brackwater Care", "Brindlemarch Care Society"),
    *("Brindlemarch Libraries Society", "Calverstoke Community Health Partnership", "Calverstoke Youth"),
    *("Dunmere Adult Social Care and Reablement Services Community Interest Company", "Dunmere Leisure"),
    *("Eastmoor Education Support", "Eastmoor Fire Safety", "Fallowfield Housing", "Fallowfield Therapies CIC"),
    *("Garrowby Children's Centres", "Garrowby Probation", "Hexley Care", "Hexley Libraries", "Ingleby Health"),
)
_VERDICTS = {3: "better", 5: "much worse", 8: "not compared", 12: "much better", 15: "worse"}
_MODELS = {4: "in_house", 11: "in_house", 13: "outsourced", 17: "outsourced"}


def wave(index: int, size: float = 1.0) -> float:
    """A number that looks as if by chance, between -size and size."""
    return size * sin(index * 12.9898) * sin(index * 4.1414 + 1)


def portfolio_chart(organisations: int = len(NAMES)) -> PortfolioChart:
    marks = []
    for index in range(organisations):
        value = round(66 + wave(index, 9) + {5: -14, 12: 13}.get(index % 20, 0), 1)
        reach = 1.6 + abs(wave(index + 9, 5))
        has_peers = index % 20 != 8
        middle = 65 + wave(index // 5, 2)
        marks.append(
            PortfolioMark(
                NAMES[index % len(NAMES)],
                _MODELS.get(index % 20, "mutual"),
                value,
                f"{value}",
                middle - 3.4 if has_peers else None,
                middle if has_peers else None,
                middle + 3 if has_peers else None,
                value - reach,
                value + reach,
                _VERDICTS.get(index % 20, "similar"),
            )
        )
    return PortfolioChart(
        "4 of 19 compared are set apart from their peers",
        "Staff satisfaction (%), local survey, July 2025 to June 2026",
        "%",
        tuple(marks),
        "Values run from 51.2 (Brindlemarch Care Society) to 79.4 (Eastmoor Fire Safety). The table gives every value.",
    )


def over_time_chart(points: int = 63) -> OverTimeChart:
    """Months from January 2021 with a spin-out, a gap, and every special cause."""
    there = []
    spun_out = points // 2
    for index in range(points):
        if index in (20, 21):
            continue
        value = (5.4 if index < spun_out else 4.6) + wave(index, 0.5)
        cause: Cause = "common"
        if spun_out + 8 <= index < spun_out + 15:
            value, cause = 4.25 + wave(index, 0.2), "improving"
        elif index == 9:
            value, cause = 6.72, "concern"
        there.append(TimePoint(date(2021 + index // 12, index % 12 + 1, 1), round(value, 2), cause))
    change = date(2021 + spun_out // 12, spun_out % 12 + 1, 1)
    return OverTimeChart(
        "Sickness absence fell after spinning out",
        "Sickness absence rate (%), Askerdale Care Co-operative, January 2021 to March 2026",
        "%",
        1,
        tuple(there),
        f"{there[-1].value}%",
        "The mean was 5.41% before spinning out and is 4.58% since. Seven months of 2024 were improving.",
        (
            TimePart(there[0].start_on, "", 5.41, 4.2, 6.62, "5.41%", "4.20%", "6.62%"),
            TimePart(change, f"Spun out {change:%B %Y}", 4.58, 3.5, 5.66, "4.58%", "3.50%", "5.66%"),
        ),
        4.5,
        "4.5%",
    )


def quarters_chart() -> OverTimeChart:
    """Nine quarters without limits."""
    there = [
        TimePoint(date(2024 + index // 4, index % 4 * 3 + 1, 1), round(71 + wave(index, 4), 1), None)
        for index in range(9)
    ]
    return OverTimeChart(
        "Too few surveys to say whether satisfaction changes",
        "Service-user satisfaction (%), local survey, January 2024 to March 2026",
        "%",
        3,
        tuple(there),
        f"{there[-1].value}%",
        "Nine quarters between 67% and 75%.",
        (TimePart(there[0].start_on),),
        note="Too few points for limits: 9, where 12 are needed.",
    )


def funnel_chart(organisations: int = 24) -> FunnelChart:
    marks = []
    for index in range(organisations):
        size = round(30 * 1.21 ** (index * 20 / organisations) + 3 * index)
        reach = 62 / size**0.5 + 2.2
        expected = 66 + wave(index + 2, 1)
        verdict = {2: "better", 7: "not compared", 11: "much worse", 15: "better", 19: "worse"}.get(
            index % 24, "similar"
        )
        beyond = {"better": 1.25, "worse": -1.2, "much worse": -1.9}.get(verdict, wave(index, 0.9))
        has_range = verdict != "not compared"
        marks.append(
            FunnelMark(
                NAMES[index % len(NAMES)],
                size,
                round(expected + beyond * reach, 1),
                expected - reach if has_range else None,
                expected + reach if has_range else None,
                expected - reach * 1.58 if has_range else None,
                expected + reach * 1.58 if has_range else None,
                verdict,
            )
        )
    return FunnelChart(
        "4 of 23 lie outside their expected range",
        "Staff satisfaction (%), local survey, July 2025 to June 2026",
        "%",
        "Number of answers",
        tuple(marks),
        "Two lie above, one below and one far below the range that is expected of one of their size.",
    )


def before_after_chart(organisations: int = 7) -> BeforeAfterChart:
    causes: tuple[Cause, ...] = ("improving", "common", "concern", "common")
    panels = []
    for index in range(organisations):
        before = round(5.2 + wave(index, 0.9), 2)
        change = {"improving": -0.62, "concern": 0.55}.get(causes[index % 4], wave(index + 3, 0.3))
        change = round(change, 2)
        panels.append(
            BeforeAfterPanel(
                NAMES[index % len(NAMES)],
                date(2018 + index, 4 + index % 6, 1),
                before,
                round(before + change, 2),
                f"{before:.2f}%",
                f"{before + change:.2f}%",
                f"{change:+.2f} points",
                f"{change - 0.4:.2f} to {change + 0.4:.2f}",
                None if index == 4 else round(wave(index + 5, 0.3), 2),
                causes[index % 4],
            )
        )
    return BeforeAfterChart(
        "Absence fell at two, rose at two, and is much the same at three",
        "Sickness absence rate (%), 12 months before spinning out and the latest 12 months",
        "%",
        tuple(panels),
        "Each panel has the level before and after one organisation spun out.",
    )


def beside_chart() -> BesideChart:
    return BesideChart(
        "Staff of mutuals are more satisfied than those of in-house services",
        "Staff satisfaction (%), local survey, July 2025 to June 2026",
        "%",
        (
            BesideMark("mutual", 112, 68.4, "68.4", 67.9, "67.9", 67.6, 69.2, 63.9, 71.5),
            BesideMark("in_house", 41, 63.2, "63.2", 62.6, "62.6", 62.3, 64.1, 59.0, 66.4),
            BesideMark("outsourced", 19, 61.8, "61.8", 62.2, "62.2", 60.4, 63.2),
        ),
        "Mutuals 68.4% (112 organisations), in-house 63.2% (41), outsourced 61.8% (19).",
    )


def pounds_chart() -> PortfolioChart:
    values = (412_500, 96_000, -38_250, 1_204_000)
    return PortfolioChart(
        "Organisations range from -£38,250 to £1,204,000",
        "Savings that commissioners keep (£), July 2025 to June 2026",
        "GBP",
        tuple(
            PortfolioMark(name, "mutual", value, f"{value:,}", None, None, None)
            for name, value in zip(NAMES, values, strict=False)
        ),
        "Four organisations.",
    )


def all_charts() -> dict[str, Chart]:
    """By kind."""
    return {
        "portfolio": portfolio_chart(),
        "over_time": over_time_chart(),
        "funnel": funnel_chart(),
        "before_after": before_after_chart(),
        "beside": beside_chart(),
        "quarters": quarters_chart(),
        "pounds": pounds_chart(),
    }
