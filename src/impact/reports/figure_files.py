"""The data of each figure as a CSV file of its own: the table of the figure, as printed."""

import csv
import io

from impact.reports.content import Figure, Report, Table
from impact.reports.data_files import safe_cell


def figure_file_name(figure: Figure) -> str:
    return f"figures/{figure.id}.csv"


def figure_files(report: Report) -> dict[str, bytes]:
    """File name -> content, for each figure of a report."""
    return {figure_file_name(figure): _csv(figure.table) for figure in report.figures()}


def _csv(table: Table) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([safe_cell(column.heading) for column in table.columns])
    writer.writerows([safe_cell(text) for text in row] for row in table.rows)
    return out.getvalue().encode()
