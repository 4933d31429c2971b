"""A report as a page that needs nothing else: style inside, no script, no request to anywhere."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from impact.reports.charts import NARROW, WIDE, key_shape, portfolio
from impact.reports.content import Chart, Report
from impact.reports.wording import words


def report_page(report: Report, data_sizes: Mapping[str, int]) -> bytes:
    """The page. `data_sizes` maps each data file beside it to its size in bytes."""
    drawn = {section.id: _drawn(section.chart, section.id) for section in report.sections if section.chart is not None}
    page = _environment().get_template("report.html.j2").render(report=report, drawn=drawn, data_sizes=data_sizes)
    return page.encode()


def home_page(publications: Sequence[tuple[str, date, Sequence[tuple[str, Sequence[tuple[str, str]]]], str]]) -> bytes:
    """The list of publications: period label, date published, for each kind of reader (name, link) each, and a note."""
    return _environment().get_template("home.html.j2").render(publications=publications).encode()


def _drawn(chart: Chart, element_id: str) -> dict[str, object]:
    models = dict.fromkeys(mark.delivery_model for mark in chart.marks)
    return {
        "wide": Markup(portfolio(chart, WIDE, f"{element_id}-wide")),  # noqa: S704  (escaped where it is written)
        "narrow": Markup(portfolio(chart, NARROW, f"{element_id}-narrow")),  # noqa: S704
        "key": [(Markup(key_shape(model)), words(model).capitalize()) for model in models],  # noqa: S704
        "has_bands": any(mark.low is not None for mark in chart.marks),
        "has_intervals": any(mark.lower is not None for mark in chart.marks),
        "has_medians": any(mark.middle is not None for mark in chart.marks),
    }


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("impact.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["day"] = lambda day: f"{day.day} {day:%B %Y}"
    environment.filters["size"] = lambda size: f"{max(1, round(size / 1000))} KB"
    return environment
