"""The data of a report in the forms that others read: CSV, each file with its metadata by the W3C's CSVW, a
Frictionless data package of them all, Parquet, and one ZIP. What the data are belongs in `datasets`; figures are the
texts that the page prints, and in Parquet the numbers that those texts are."""

import csv
import hashlib
import io
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from impact.errors import ImpactError
from impact.home import json_bytes
from impact.parquet import TextColumn, parquet_connection, write_parquet
from impact.reports.audience_rows import AudienceRows, Publisher
from impact.reports.datasets import SHORTHAND, DataColumn, Dataset, datasets, described

PACKAGE = "datapackage.json"
ALL_DATA = "all-data.zip"

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_PRINTED = r"-?\d[\d,]*(\.\d+)?"
_FIGURES = re.compile(rf"{_PRINTED}( to {_PRINTED})?( \(\d+\))?", re.ASCII)
"""A figure as it is printed, with its thousands, as a range, or with how many it is of: nothing to calculate."""
_SHORTHAND_COLUMN = "_shorthand"

_HOW = (
    "Where there is no figure, shorthand says why: "
    + "; ".join(f"{code} {meaning}" for code, meaning in SHORTHAND.items())
    + ". A text that a spreadsheet would take for a formula has an apostrophe before it."
)
_HOW_IN_PARQUET = (
    "Beside each CSV file lies the same table as Parquet, in which figures are numbers and their shorthand stands in a "
    f"column of its own, named <column>{_SHORTHAND_COLUMN}."
)
_CSVW = {
    "text": "string",
    "figure": "decimal",
    "count": "integer",
    "date": "date",
    "yes_no": {"base": "boolean", "format": "yes|no"},
}
_FRICTIONLESS: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "figure": {"type": "number"},
    "count": {"type": "integer"},
    "date": {"type": "date"},
    "yes_no": {"type": "boolean", "trueValues": ["yes"], "falseValues": ["no"]},
}
_PARQUET = {"text": "varchar", "figure": "double", "count": "integer", "date": "date", "yes_no": "boolean"}
_ANALYSTS = frozenset({"public", "commissioner"})
"""Who reads data by program. A mutual's data officer opens its few hundred rows in Excel, from CSV or the workbook."""
_EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The time that every member of a ZIP is given: the first that the format can hold."""
_UNIX = 3
_READ_BY_ALL = 0o100644 << 16


def data_files(rows: AudienceRows) -> dict[str, bytes]:
    """File name -> content: of each dataset that has rows for this reader a CSV file, its CSVW metadata and, where the
    reader has analysts, a Parquet file; and one data package. Nothing where there are no rows.

    Raises ImpactError where a published text is not what its column holds.
    """
    made = list(datasets(rows))
    for dataset in made:
        _check(dataset)
    files = {f"{dataset.name}.csv": _csv(dataset) for dataset in made}
    if files:
        files[PACKAGE] = _package(rows, made, files)
    files |= {f"{dataset.name}.csv-metadata.json": _csvw(dataset.name, rows.publishers) for dataset in made}
    return files | (_parquet(made) if _has_parquet(rows) else {})


def _has_parquet(rows: AudienceRows) -> bool:
    return rows.audience.kind in _ANALYSTS


def zip_of(files: Mapping[str, bytes]) -> bytes:
    """The files in one ZIP: the same bytes for the same files, in whatever order and on whatever day."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in sorted(files):
            member = zipfile.ZipInfo(name, _EARLIEST)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = _UNIX
            member.external_attr = _READ_BY_ALL
            archive.writestr(member, files[name])
    return out.getvalue()


def _check(dataset: Dataset) -> None:
    """Raise ImpactError where a column of numbers holds something else."""
    for column, cells in zip(dataset.columns, _by_column(dataset), strict=True):
        if column.datatype in ("figure", "count"):
            for text in set(cells) - SHORTHAND.keys():
                if not _NUMBER.fullmatch(text):
                    raise ImpactError(
                        f"{dataset.name}, column {column.name}: {text!r} is neither a number nor shorthand "
                        f"({', '.join(SHORTHAND)}). Look at the table of sql/published that it is from."
                    )


def _csv(dataset: Dataset) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([column.name for column in dataset.columns])
    writer.writerows(_in_rows(_changed(safe_cell, cells) for cells in _by_column(dataset)))
    return out.getvalue().encode()


def _by_column(dataset: Dataset) -> Iterator[tuple[str, ...]]:
    return zip(*dataset.rows, strict=True)


def _in_rows(columns: Iterable[list[str]]) -> Iterator[tuple[str, ...]]:
    return zip(*columns, strict=True)


def _changed(change: Callable[[str], str], cells: Sequence[str]) -> list[str]:
    """Each cell changed; each text is looked at once, for most stand in a column many times over."""
    changed = {text: change(text) for text in set(cells)}
    return [changed[text] for text in cells]


def safe_cell(text: str) -> str:
    """A text that a spreadsheet would take for a formula gets an apostrophe before it; a negative figure stays one."""
    return f"'{text}" if text.startswith(_STARTS_A_FORMULA) and not _FIGURES.fullmatch(text) else text


@cache
def _csvw(name: str, publishers: tuple[Publisher, ...]) -> bytes:
    """The metadata of a CSV file by "Metadata Vocabulary for Tabular Data" (W3C, 2015): the same for every audience."""
    dataset = described(name)
    return json_bytes(
        {
            "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
            "url": f"{name}.csv",
            "dc:title": dataset.title,
            "dc:description": f"{dataset.description} {_HOW}",
            "dc:language": "en",
            **({"dc:rights": [_rights(publisher) for publisher in publishers]} if publishers else {}),
            "dialect": {"encoding": "utf-8", "lineTerminators": ["\r\n"], "header": True},
            "null": list(SHORTHAND),
            "tableSchema": {
                "columns": [
                    {
                        "name": column.name,
                        # A validator finds a column by its heading, which must be among its titles.
                        "titles": [column.name, column.title],
                        "dc:description": column.description,
                        "datatype": _CSVW[column.datatype],
                        **({"schema:unitText": column.unit} if column.unit else {}),
                    }
                    for column in dataset.columns
                ]
            },
        }
    )


def _package(rows: AudienceRows, made: Sequence[Dataset], files: Mapping[str, bytes]) -> bytes:
    """A tabular data package by the Frictionless Data specifications, of all CSV files."""
    quarters = {row[place] for dataset in made if (place := _place(dataset, "period_id")) >= 0 for row in dataset.rows}
    return json_bytes(
        {
            "profile": "tabular-data-package",
            "name": re.sub("[^a-z0-9._-]+", "-", rows.audience.id.lower()),
            "title": f"Data of the report for {rows.audience.name}" + (f", {max(quarters)}" if quarters else ""),
            "description": f"{_HOW} {_HOW_IN_PARQUET}" if _has_parquet(rows) else _HOW,
            **({"sources": [_source(publisher) for publisher in rows.publishers]} if rows.publishers else {}),
            "resources": [_resource(dataset, files[f"{dataset.name}.csv"]) for dataset in made],
        }
    )


def _resource(dataset: Dataset, data: bytes) -> dict[str, Any]:
    return {
        "profile": "tabular-data-resource",
        "name": dataset.name,
        "path": f"{dataset.name}.csv",
        "title": dataset.title,
        "description": dataset.description,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True, "header": True},
        "bytes": len(data),
        "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
        "schema": {"fields": _fields(dataset.name), "missingValues": list(SHORTHAND)},
    }


@cache
def _fields(name: str) -> list[dict[str, Any]]:
    return [
        {
            "name": column.name,
            "title": column.title,
            "description": column.description,
            **_FRICTIONLESS[column.datatype],
            **({"unit": column.unit} if column.unit else {}),
        }
        for column in described(name).columns
    ]


def _place(dataset: Dataset, name: str) -> int:
    return next((place for place, column in enumerate(dataset.columns) if column.name == name), -1)


def _rights(publisher: Publisher) -> str:
    return (
        f"Contains public sector information from {publisher.name} ({publisher.page}), licensed under the "
        f"{publisher.licence}. {publisher.note}"
    ).rstrip()


def _source(publisher: Publisher) -> dict[str, str]:
    is_address = publisher.page.startswith(("https://", "http://"))
    return {"title": _rights(publisher), **({"path": publisher.page} if is_address else {})}


@cache
def _writer() -> duckdb.DuckDBPyConnection:
    """Opening one for each reader takes longer than all that is written."""
    return parquet_connection()


def _parquet(made: Sequence[Dataset]) -> dict[str, bytes]:
    """Each dataset as Parquet, its rows in their order."""
    files = {}
    with tempfile.TemporaryDirectory() as folder, _writer().cursor() as writer:
        for dataset in made:
            path = Path(folder, f"{dataset.name}.parquet")
            columns = zip(dataset.columns, _by_column(dataset), strict=True)
            write_parquet(writer, [one for column, cells in columns for one in _typed(column, cells)], path, "zstd")
            files[path.name] = path.read_bytes()
    return files


def _typed(column: DataColumn, cells: Sequence[str]) -> Iterator[TextColumn]:
    """The columns of the Parquet file that a column becomes: itself and, where figures may be missing, why they are."""
    sql_type = _PARQUET[column.datatype]
    if column.datatype == "text":
        yield TextColumn(column.name, sql_type, cells)
        return
    yield TextColumn(column.name, sql_type, [None if cell in SHORTHAND else cell for cell in cells])
    if column.has_shorthand:
        shorthand = [cell if cell in SHORTHAND else None for cell in cells]
        yield TextColumn(column.name + _SHORTHAND_COLUMN, "varchar", shorthand)
