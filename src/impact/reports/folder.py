"""The folder of one audience: every file that it is handed, each form of its report among them. The forms themselves
are in modules of their own; how folders become a publication is for `publication`."""

from impact.reports.audiences import AudienceRows
from impact.reports.content import Report
from impact.reports.data_files import data_files
from impact.reports.figure_files import figure_files
from impact.reports.html import REPORT_PAGE, Download, report_pages

PAGE = REPORT_PAGE


def audience_files(rows: AudienceRows, report: Report) -> dict[str, bytes]:
    """Every file in the folder of an audience, by its name in it: the forms of `report`, and the data of `rows`."""
    data = data_files(rows)
    files = {**data, **figure_files(report)}
    downloads = [Download(name, name, "CSV") for name in data]
    pages = report_pages(report, downloads, {name: len(content) for name, content in files.items()})
    return {**files, **pages}
