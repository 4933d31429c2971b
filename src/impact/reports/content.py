"""What a report is, as plain data that every form is drawn from. What it says is written in `writing`; how it looks is
for `html`, `charts` and `data_files`."""

from dataclasses import dataclass
from datetime import date


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
class Mark:
    """One organisation in a portfolio chart. `low`, `middle`, `high` are its peers' quartiles and median, `lower` and
    `upper` its own 95% interval, or None."""

    name: str
    delivery_model: str
    value: float
    shown_value: str
    low: float | None
    middle: float | None
    high: float | None
    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True)
class Chart:
    """A portfolio chart: each organisation over the middle half of its peers. `title` is a finding."""

    title: str
    subtitle: str
    unit: str
    marks: tuple[Mark, ...]
    description: str


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
