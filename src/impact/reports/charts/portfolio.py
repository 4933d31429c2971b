"""The portfolio chart: the reader's organisations, each over the middle half of its peers."""

from impact.reports.chart_records import PortfolioChart, PortfolioMark
from impact.reports.charts.key import KeyEntry, band_entry, interval_entry, model_entries, upright_entry
from impact.reports.charts.marks import cause_class, drawing
from impact.reports.charts.rows import Cell, Column, Row, rows_drawn
from impact.reports.charts.verdicts import cause_of

_COLUMNS = (Column(), Column(is_figure=False))


def portfolio(chart: PortfolioChart, width: int, element_id: str) -> str:
    """Name, place among peers, value and verdict of each organisation; those set apart from their peers in bold."""
    parts, height = rows_drawn([_row(mark) for mark in chart.marks], _COLUMNS, chart.unit, width)
    return drawing(chart.title, chart.description, width, height, element_id, parts)


def portfolio_key(chart: PortfolioChart) -> tuple[KeyEntry, ...]:
    """Only what is there to see."""
    entries = list(model_entries(mark.delivery_model for mark in chart.marks))
    if any(mark.lower is not None and mark.upper is not None for mark in chart.marks):
        entries.append(interval_entry("95% interval of its own figure"))
    if any(mark.middle is not None for mark in chart.marks):
        entries.append(upright_entry("median", "Median of its peers"))
    if any(mark.low is not None and mark.high is not None for mark in chart.marks):
        entries.append(band_entry("Middle half of its peers"))
    return tuple(entries)


def _row(mark: PortfolioMark) -> Row:
    cause = cause_of(mark.verdict)
    looks = "quiet" if cause is None else f"strong is-{cause_class(cause)}"
    return Row(
        mark.name,
        mark.delivery_model,
        mark.value,
        (Cell(mark.shown_value, "strong"), Cell(mark.verdict, looks)),
        mark.low,
        mark.middle,
        mark.high,
        mark.lower,
        mark.upper,
        is_bold=cause is not None,
    )
