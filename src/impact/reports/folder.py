"""The folder of one audience: every file that it is handed, each form of its report among them. The forms themselves
are in modules of their own; how folders become a publication is for `publication`."""

from collections.abc import Collection, Mapping

from impact.periods import Period
from impact.reports.audience_rows import AudienceRows
from impact.reports.content import Report
from impact.reports.data_files import ALL_DATA, data_files, zip_of
from impact.reports.datasets import described
from impact.reports.explore import EXPLORE_PAGE, explore_page
from impact.reports.figure_files import figure_files
from impact.reports.html import REPORT_PAGE, Download, report_pages
from impact.reports.pdf import report_pdf
from impact.reports.workbook import report_workbook

PAGE = REPORT_PAGE
DATA = "data"
"""The folder in it that holds the datasets."""

WORKBOOK, PDF = "report.xlsx", "report.pdf"
PRINTED = frozenset({"public", "commissioner"})
"""Who hands reports to a board or a press office. A mutual prints its page, which is its whole report."""

_PDF = Download(PDF, "This report in print", "PDF", is_lead=True)
_WORKBOOK = Download(WORKBOOK, "This report as a workbook", "Excel", is_lead=True)
_EXPLORE = Download(EXPLORE_PAGE, "Explore the figures", "page", is_page=True, is_lead=True)
_ALL_DATA = Download(ALL_DATA, "All the data", "ZIP", is_lead=True)


def audience_files(
    rows: AudienceRows,
    report: Report,
    period: Period,
    data: Mapping[str, bytes] | None = None,
    *,
    is_released: bool = True,
) -> dict[str, bytes]:
    """Every file in the folder of an audience, by its name in it: the forms of `report`, and the data of `rows`, which
    are `data` where they were made before. For the accuracy check there are pages and data alone: what is handed on
    comes with the release."""
    made = data_files(rows) if data is None else data
    files = {**{f"{DATA}/{name}": content for name, content in made.items()}, **figure_files(report)}
    if is_released:
        if files:
            files[ALL_DATA] = zip_of(files)
        files[WORKBOOK] = report_workbook(report)
        if rows.audience.kind in PRINTED:
            files[PDF] = report_pdf(report)
    leads = [one for one in (_PDF, _WORKBOOK, _ALL_DATA) if one.name in files]
    downloads = [*leads, *([_EXPLORE] if is_released else []), *_data_downloads(made)]
    sizes = {name: len(content) for name, content in files.items()}
    if is_released:
        files[EXPLORE_PAGE] = explore_page(rows, period, report.title, downloads, sizes)
    return {**files, **report_pages(report, downloads, sizes)}


def _data_downloads(data: Collection[str]) -> list[Download]:
    """Each dataset in the forms that it has, of the names of all files of data."""
    names = [name.removesuffix(".csv") for name in data if name.endswith(".csv")]
    return [
        Download(f"{DATA}/{name}{ending}", described(name).title, kind)
        for name in names
        for ending, kind in ((".csv", "CSV"), (".parquet", "Parquet"))
        if f"{name}{ending}" in data
    ]
