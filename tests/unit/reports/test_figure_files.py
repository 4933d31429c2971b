"""The data of each figure: the table of it, as printed, and nothing that a spreadsheet would run."""

import csv
import io
from dataclasses import replace

import hypothesis
from hypothesis import strategies as st

from impact.reports.chart_records import OverTimeChart
from impact.reports.content import Column, Figure, Report, Section, Table
from impact.reports.figure_files import figure_file_name, figure_files
from impact.reports.writing import make_report
from tests.unit.reports.published import HOSTILE, PUBLISHED_ON, figure, model, quarter, rows

EMPTY = make_report(rows(), quarter(), PUBLISHED_ON)


def report(*figures: Figure) -> Report:
    return replace(EMPTY, sections=(Section("s", "S", figures=figures),))


def of(*table_rows: tuple[str, ...], name: str = "f") -> Figure:
    chart = OverTimeChart("T", "S", "%", 1, (), "", "D")
    return Figure(name, chart, Table("T", (Column("Organisation"), Column("Figure", True)), table_rows))


def read(data: bytes) -> list[tuple[str, ...]]:
    return [tuple(row) for row in csv.reader(io.StringIO(data.decode(), newline=""))]


def test_each_figure_has_a_file_of_its_name() -> None:
    made = figure_files(report(of(("A", "1"), name="a.2"), of(("B", "2"), name="b_1")))
    assert set(made) == {"figures/a.2.csv", "figures/b_1.csv"}
    assert figure_file_name(of(name="a")) == "figures/a.csv"
    assert figure_files(EMPTY) == {}


def test_rows_are_as_printed_and_figures_below_nothing_are_no_formulas() -> None:
    [data] = figure_files(report(of(("Alpha", "-4.10"), ("Beta", "-120,000"), ("=1+1", "-1.20 to 3.40")))).values()
    assert data == b'Organisation,Figure\r\nAlpha,-4.10\r\nBeta,"-120,000"\r\n\'=1+1,-1.20 to 3.40\r\n'


def test_hostile_names_come_back_as_they_are() -> None:
    given = rows(figure(who=HOSTILE, lower_95="3.80", upper_95="4.40"), figure("3.00", who='"; DROP', verdict="worse"))
    found = make_report(given, quarter(), PUBLISHED_ON)
    for made in found.figures():
        lines = read(figure_files(found)[figure_file_name(made)])
        assert lines == [tuple(column.heading for column in made.table.columns), *made.table.rows]


def test_figures_of_two_instruments_that_are_nearly_called_the_same_have_a_file_each() -> None:
    models = [
        model(sector="sectors_of_mutuals", basis=basis, delivery_model=delivery_model)
        for basis in ("pulse_10", "pulse-10")
        for delivery_model in ("mutual", "in_house")
    ]
    given = rows(kind="public", models=models)
    in_claim = tuple(replace(indicator, is_in_claim=True) for indicator in given.indicators)
    found = make_report(replace(given, indicators=in_claim), quarter(), PUBLISHED_ON)
    assert len(figure_files(found)) == len(found.figures()) == 2


@hypothesis.given(st.lists(st.tuples(st.text(), st.text()), max_size=5))
def test_no_cell_is_lost_and_none_begins_a_formula(cells: list[tuple[str, str]]) -> None:
    [data] = figure_files(report(of(*cells))).values()
    for row, told in zip(cells, read(data)[1:], strict=True):
        for text, cell in zip(row, told, strict=True):
            assert cell in (text, f"'{text}")
            assert not cell.startswith(("=", "+", "@", "\t", "\r"))
