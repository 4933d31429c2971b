"""A report as a page that needs nothing else: style inside, no script, no request to anywhere."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from impact.reports.chart_records import Chart
from impact.reports.charts import NARROW, WIDE, draw, key_of
from impact.reports.content import Report


def report_page(report: Report, data_sizes: Mapping[str, int]) -> bytes:
    """The page. `data_sizes` maps each data file beside it to its size in bytes."""
    drawn = {section.id: _drawn(section.chart, section.id) for section in report.sections if section.chart is not None}
    page = _environment().get_template("report.html.j2").render(report=report, drawn=drawn, data_sizes=data_sizes)
    return page.encode()


def home_page(publications: Sequence[tuple[str, date, Sequence[tuple[str, Sequence[tuple[str, str]]]]]]) -> bytes:
    """The list of publications: period label, date published, and for each kind of reader (name, link) each."""
    return _environment().get_template("home.html.j2").render(publications=publications).encode()


def _drawn(chart: Chart, element_id: str) -> dict[str, object]:
    return {
        "wide": Markup(draw(chart, WIDE, f"{element_id}-wide")),  # noqa: S704  (escaped where it is written)
        "narrow": Markup(draw(chart, NARROW, f"{element_id}-narrow")),  # noqa: S704
        "key": [(Markup(entry.sign), entry.label) for entry in key_of(chart)],  # noqa: S704
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
