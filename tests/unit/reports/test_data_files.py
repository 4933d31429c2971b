"""The figures of a report as CSV: the texts that the page prints, and nothing that a spreadsheet would calculate."""

import csv
import dataclasses
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impact.reports.audiences import AudienceRows, OrganisationFigure
from impact.reports.data_files import data_files
from tests.unit.reports.published import HOSTILE, NET, figure, model, rows, state


def read(given_rows: AudienceRows, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data_files(given_rows)[name].decode(), newline="")))


def test_only_tables_with_rows_become_files() -> None:
    assert data_files(rows()) == {}
    assert set(data_files(rows(figure()))) == {"organisations.csv"}
    assert set(data_files(rows(models=[model()]))) == {"delivery-models.csv"}
    assert set(data_files(rows(history=[figure()]))) == {"quarters.csv"}
    assert set(data_files(rows(states=[state("received")]))) == {"returns.csv"}
    everything = rows(figure(), models=[model()], history=[figure()], states=[state("received")])
    assert len(data_files(everything)) == 4


def test_a_file_holds_every_field_of_its_table_as_printed() -> None:
    [row] = read(rows(figure("-1500", NET)), "organisations.csv")
    assert list(row) == [field.name for field in dataclasses.fields(OrganisationFigure)]
    assert (row["value"], row["peers"], row["is_public"], row["period_end_on"]) == ("-1500", "[z]", "no", "2026-03-31")
    [row] = read(rows(models=[model(is_public=True)]), "delivery-models.csv")
    assert (row["value"], row["organisations"], row["is_public"]) == ("4.10", "12", "yes")
    assert read(rows(states=[state("held until confirmed")]), "returns.csv") == [
        {
            "organisation_code": "M001",
            "organisation_name": "Alpha Care CIC",
            "feed": "sickness_absence",
            "feed_title": "Sickness absence",
            "state": "held until confirmed",
        }
    ]


def test_lines_end_as_excel_ends_them_and_the_same_rows_are_the_same_bytes() -> None:
    given_rows = rows(figure(), figure("3.00", who="Beta"))
    written = data_files(given_rows)["organisations.csv"]
    assert written.count(b"\r\n") == written.count(b"\n") == 3
    assert data_files(given_rows)["organisations.csv"] == written


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_name_that_excel_would_calculate_is_kept_from_it(start: str) -> None:
    [row] = read(rows(figure("-4.10", who=f"{start}cmd")), "organisations.csv")
    assert (row["organisation_name"], row["value"]) == (f"'{start}cmd", "-4.10")
    [row] = read(rows(states=[state("received", who=f"{start}cmd")]), "returns.csv")
    assert row["organisation_name"] == f"'{start}cmd"


@given(st.integers(-(10**12), 10**12) | st.decimals(-(10**9), 10**9, places=2))
def test_a_figure_below_nothing_stays_a_figure(number: object) -> None:
    [row] = read(rows(figure(str(number))), "organisations.csv")
    assert row["value"] == str(number)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30))
def test_no_name_can_begin_a_formula_or_break_the_table(name: str) -> None:
    written = read(rows(figure(who=name)), "organisations.csv")
    assert len(written) == 1
    said = written[0]["organisation_name"]
    assert said in (name, f"'{name}")
    assert not said.startswith(("=", "@", "\t", "\r"))
    if said.startswith(("+", "-")):
        float(said)


def test_a_hostile_name_is_one_cell() -> None:
    assert [row["organisation_name"] for row in read(rows(figure(who=HOSTILE)), "organisations.csv")] == [HOSTILE]
