"""The folder of one audience: every file that it is handed, each form of its report among them. The forms themselves
are in modules of their own; how folders become a publication is for `publication`."""

from impact.reports.audiences import AudienceRows
from impact.reports.content import Report
from impact.reports.data_files import data_files
from impact.reports.html import report_page

PAGE = "index.html"


def audience_files(rows: AudienceRows, report: Report) -> dict[str, bytes]:
    """Every file in the folder of an audience, by its name in it: the forms of `report`, and the data of `rows`."""
    data = data_files(rows)
    page = report_page(report, {name: len(content) for name, content in data.items()})
    return {**data, PAGE: page}
