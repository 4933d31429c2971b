"""Delivery models side by side: what they come to when pooled, and the median of their organisations."""

from impact.reports.chart_records import BesideChart, BesideMark
from impact.reports.charts.key import KeyEntry, band_entry, interval_entry, model_entries, upright_entry
from impact.reports.charts.marks import drawing
from impact.reports.charts.rows import Cell, Column, Row, rows_drawn
from impact.reports.wording import count_of, words

_POOLED, _MEDIAN = Column("Pooled"), Column("Median")


def beside(chart: BesideChart, width: int, element_id: str) -> str:
    """One row a delivery model, with the number of its organisations."""
    has_medians = any(mark.shown_middle for mark in chart.marks)
    columns = (_POOLED, _MEDIAN) if has_medians else (_POOLED,)
    parts, height = rows_drawn([_row(mark, has_medians) for mark in chart.marks], columns, chart.unit, width)
    return drawing(chart.title, chart.description, width, height, element_id, parts)


def beside_key(chart: BesideChart) -> tuple[KeyEntry, ...]:
    """Only what is there to see."""
    entries = [
        KeyEntry(entry.sign, f"{entry.label}, pooled")
        for entry in model_entries(mark.delivery_model for mark in chart.marks)
    ]
    if any(mark.lower is not None and mark.upper is not None for mark in chart.marks):
        entries.append(interval_entry("95% interval of the pooled rate"))
    if any(mark.middle is not None for mark in chart.marks):
        entries.append(upright_entry("median", "Median of organisations"))
    if any(mark.low is not None and mark.high is not None for mark in chart.marks):
        entries.append(band_entry("Middle half of organisations"))
    return tuple(entries)


def _row(mark: BesideMark, has_medians: bool) -> Row:
    cells = (Cell(mark.shown_value, "strong"), *([Cell(mark.shown_middle)] if has_medians else []))
    return Row(
        words(mark.delivery_model).capitalize(),
        mark.delivery_model,
        mark.value,
        cells,
        mark.low,
        mark.middle,
        mark.high,
        mark.lower,
        mark.upper,
        below=count_of(mark.organisations, "organisation", "organisations"),
        is_bold=True,
    )
