"""The data of a report: as CSV the texts that the page prints, and nothing that a spreadsheet would calculate; as
Parquet the numbers that those texts are; and what is said of both holds for the libraries that others read it with."""

import csv
import dataclasses
import io
import json
import tempfile
import time
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import csvw  # type: ignore[import-untyped]
import duckdb
import frictionless
import frictionless.resources
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impact.errors import ImpactError
from impact.reports.audience_rows import AudienceRows, OrganisationFigure, Publisher
from impact.reports.data_files import PACKAGE, data_files, safe_cell, zip_of
from impact.reports.datasets import SHORTHAND, datasets
from tests.unit.reports.published import (
    HOSTILE,
    NET,
    before_after,
    effect,
    figure,
    model,
    present_value,
    rows,
    saving,
    state,
)

HOSTILE_TEXTS = (
    HOSTILE,
    "=1+1",
    "@SUM(A1)",
    'a "quoted", name',
    "two\r\nlines\nand more\r",
    "\u202eabc\u2066",
    " x ",
    "[c]",
)
SOURCE = Publisher("NHS England", "https://example.org/absence", "Open Government Licence v3.0", "Not adjusted.")
texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30) | st.sampled_from(HOSTILE_TEXTS)
figures = (
    st.integers(-(10**12), 10**12).map(str)
    | st.decimals(-(10**9), 10**9, places=2).filter(lambda number: not number.is_signed() or number != 0).map(str)
    | st.sampled_from(sorted(SHORTHAND))
)


def everything(name: str = "Alpha Care CIC", value: str = "4.10") -> AudienceRows:
    """A row of every dataset, of an organisation of this name and with this figure."""
    given_rows = rows(
        figure(value, who=name),
        figure("[c]", NET, who=name, peers="[z]", basis="[x]"),
        models=[model(value), model("[c]", note="too few organisations")],
        states=[state("received", who=name)],
        history=[figure(value, who=name, grain="quarter")],
        effects=[effect()],
        before_after=[before_after(who=name, note="")],
        savings=[saving("-1500", "[x]", who=name)],
        present_values=[present_value("[x]", who=name, rates_from="[x]")],
    )
    return replace(given_rows, publishers=(SOURCE,))


def put_down(files: dict[str, bytes], folder: Path) -> Path:
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


def in_parquet(data: bytes) -> list[dict[str, object]]:
    with tempfile.NamedTemporaryFile(suffix=".parquet") as file:
        file.write(data)
        file.flush()
        found = duckdb.sql(f"select * from read_parquet('{file.name}')")
        assert found is not None
        return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


def read(given_rows: AudienceRows, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data_files(given_rows)[name].decode(), newline="")))


def test_only_tables_with_rows_become_files() -> None:
    assert data_files(rows()) == {}
    for given_rows, name in (
        (rows(figure()), "organisations"),
        (rows(models=[model()]), "delivery-models"),
        (rows(history=[figure()]), "quarters"),
        (rows(states=[state("received")]), "returns"),
    ):
        forms = {f"{name}.csv", f"{name}.csv-metadata.json", f"{name}.parquet"}
        assert set(data_files(given_rows)) == {*forms, "datapackage.json"}
    assert len(data_files(everything())) == 3 * 8 + 1


@pytest.mark.parametrize("kind", ["public", "commissioner", "organisation"])
def test_who_has_analysts_has_parquet_and_a_mutual_has_csv(kind: str) -> None:
    files = data_files(rows(figure(), kind=kind))
    has_parquet = kind != "organisation"
    assert ("organisations.parquet" in files) == has_parquet
    assert ("Parquet" in json.loads(files[PACKAGE])["description"]) == has_parquet
    assert "organisations.csv" in files


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


@settings(deadline=None)
@given(st.integers(-(10**12), 10**12) | st.decimals(-(10**9), 10**9, places=2))
def test_a_figure_below_nothing_stays_a_figure(number: object) -> None:
    [row] = read(rows(figure(str(number))), "organisations.csv")
    assert row["value"] == str(number)


@pytest.mark.parametrize("text", ["-1,500", "-0.60 to -0.20", "-0.10 (14)", "4.10", "[c]", "Alpha"])
def test_a_figure_as_tables_print_it_is_no_formula(text: str) -> None:
    assert safe_cell(text) == text


@pytest.mark.parametrize("text", ["-1+2", "-1-2", "-A1", "+1", "-1 to 2 to 3", "=1", "-(1)"])
def test_whatever_else_begins_like_one_is_kept_from_it(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30))
def test_no_name_can_begin_a_formula_or_break_the_table(name: str) -> None:
    written = read(rows(figure(who=name)), "organisations.csv")
    assert len(written) == 1
    said = written[0]["organisation_name"]
    assert said in (name, f"'{name}") if name.strip() else said == "[z]"
    assert not said.startswith(("=", "@", "\t", "\r"))
    if said.startswith(("+", "-")):
        float(said)


def test_a_hostile_name_is_one_cell() -> None:
    assert [row["organisation_name"] for row in read(rows(figure(who=HOSTILE)), "organisations.csv")] == [HOSTILE]


@pytest.mark.parametrize("name", HOSTILE_TEXTS, ids=lambda name: ascii(name)[:20])
def test_metadata_and_data_are_valid_for_those_who_read_by_them(name: str, tmp_path: Path) -> None:
    files = data_files(everything(name))
    folder = put_down(files, tmp_path)
    described = sorted(folder.glob("*.csv-metadata.json"))
    assert len(described) == 8
    for path in described:
        table = csvw.CSVW(str(path), validate=True)
        assert table.is_valid, (path.name, table.warnings)
        assert not table.warnings
    report = frictionless.validate(str(folder / PACKAGE))
    assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "type", "note"])
    assert len(report.tasks) == 8


@pytest.mark.parametrize("kind", ["public", "commissioner", "organisation"])
def test_a_figure_that_is_none_does_not_pass_for_one(kind: str) -> None:
    with pytest.raises(ImpactError, match="organisations, column value: 'about 4' is neither a number nor shorthand"):
        data_files(rows(figure("about 4"), kind=kind))


def test_a_reader_by_the_metadata_finds_numbers_dates_and_what_is_missing(tmp_path: Path) -> None:
    folder = put_down(data_files(everything()), tmp_path)
    first, withheld = csvw.CSVW(str(folder / "organisations.csv-metadata.json")).tables[0].iterdicts()
    assert (first["value"], first["months_reported"], first["is_public"]) == (Decimal("4.10"), 12, False)
    assert first["period_end_on"].isoformat().startswith("2026-03-31")
    assert withheld["value"] is None
    [resource] = [one for one in frictionless.Package(str(folder / PACKAGE)).resources if one.name == "savings"]
    assert isinstance(resource, frictionless.resources.TableResource)
    [row] = resource.read_rows()
    assert (row["nominal"], row["real"]) == (Decimal("-1500"), None)


def test_official_figures_come_with_their_source_and_licence() -> None:
    files = data_files(everything())
    said = (
        "Contains public sector information from NHS England (https://example.org/absence), licensed under the Open "
        "Government Licence v3.0. Not adjusted."
    )
    assert json.loads(files["organisations.csv-metadata.json"])["dc:rights"] == [said]
    assert json.loads(files[PACKAGE])["sources"] == [{"title": said, "path": "https://example.org/absence"}]
    assert "sources" not in json.loads(data_files(rows(figure()))[PACKAGE])


def agree(datatype: str, text: str, cell: object) -> bool:
    match cell:
        case bool():
            return datatype == "yes_no" and text == ("yes" if cell else "no")
        case float():
            return datatype == "figure" and Decimal(repr(cell)) == Decimal(text)
        case int() | date():
            return datatype in ("count", "date") and text == str(cell)
    return datatype == "text" and text in (cell, f"'{cell}")


@settings(max_examples=40, deadline=None)
@given(texts, figures)
def test_csv_and_parquet_agree_cell_for_cell(name: str, value: str) -> None:
    given_rows = everything(name, value)
    files = data_files(given_rows)
    for dataset in datasets(given_rows):
        of_csv = list(csv.DictReader(io.StringIO(files[f"{dataset.name}.csv"].decode(), newline="")))
        of_parquet = in_parquet(files[f"{dataset.name}.parquet"])
        assert len(of_csv) == len(of_parquet) == len(dataset.rows)
        for row, cells in zip(of_csv, of_parquet, strict=True):
            for column in dataset.columns:
                text, cell, companion = row[column.name], cells[column.name], cells.get(f"{column.name}_shorthand")
                if column.datatype != "text" and text in SHORTHAND:
                    assert (cell, companion) == (None, text)
                else:
                    assert companion is None
                    assert agree(column.datatype, text, cell), (column, text, cell)


def test_no_cell_is_blank() -> None:
    for dataset in datasets(everything(name="  ")):
        assert all(text.strip() for row in dataset.rows for text in row), dataset.name


def test_the_same_rows_are_the_same_bytes_on_another_day(monkeypatch: pytest.MonkeyPatch) -> None:
    before = data_files(everything())
    monkeypatch.setattr(time, "time", lambda: 2_000_000_000.0)
    assert data_files(everything()) == before


def test_one_zip_holds_every_file_whatever_their_order() -> None:
    files = data_files(everything())
    packed = zip_of(files)
    assert zip_of(dict(reversed(files.items()))) == packed
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == sorted(files)
        assert {name: archive.read(name) for name in archive.namelist()} == files
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
