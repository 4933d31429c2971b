"""What a report is, as plain data that every form is drawn from. What it says is written in `writing`; how it looks is
for `html`, `charts` and `data_files`. What is in a chart stands in `chart_records`."""

from dataclasses import dataclass
from datetime import date

from impact.reports.chart_records import Chart


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, and whether it holds figures."""

    heading: str
    is_figure: bool = False


@dataclass(frozen=True)
class Table:
    """Texts as printed. The first column names the row. What few readers want may be folded away; `how_to_read` is what
    its columns mean, for whoever sees such a table for the first time."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()
    is_folded: bool = False
    how_to_read: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """A part of a report. `data_file` is the file that holds the figures of its table."""

    id: str
    title: str
    paragraphs: tuple[str, ...] = ()
    chart: Chart | None = None
    tables: tuple[Table, ...] = ()
    data_file: str | None = None


@dataclass(frozen=True)
class Report:
    """A report for one audience on one period."""

    title: str
    audience_name: str
    published_on: date
    period_covered: str
    status: str
    warning: str | None
    main_points: tuple[str, ...]
    sections: tuple[Section, ...]
