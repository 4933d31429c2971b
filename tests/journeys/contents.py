"""All that can be read in a file, whatever its form: what a test looks through for what should not be there."""

import io
import re
import tempfile
import zipfile
from html import unescape
from pathlib import Path

import duckdb
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, PdfObject, TextStringObject

_PLACE = re.compile(r' (?:d|r|ref|sqref|location|topLeftCell|activeCell)="[^"<>]*"')
"""Where a line of a drawing goes, or a cell lies, is no text, and reads like codes of organisations: M115, I151."""


def text_in(name: str, data: bytes) -> str:
    """The text of a file, with that of every file inside it, hidden or not: parts of workbooks and of archives; the
    text, bookmarks, alternative texts and metadata of a PDF; the rows and the column names of a Parquet file.

    Raises ValueError for a kind of file that nobody has said how to read.
    """
    match name.rsplit(".", 1)[-1]:
        case "html" | "csv" | "json" | "xml" | "rels" | "txt" | "md":
            text = _PLACE.sub("", data.decode())
            return f"{text}\n{unescape(text)}"
        case "xlsx" | "zip":
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                assert archive.comment == b""
                return "\n".join(f"{part}\n{text_in(part, archive.read(part))}" for part in archive.namelist())
        case "pdf":
            return _pdf_text(data)
        case "parquet":
            return _parquet_text(data)
    raise ValueError(f"Nobody has said how to read {name}")


def _pdf_text(data: bytes) -> str:
    reader = PdfReader(io.BytesIO(data))
    pages = [page.extract_text() for page in reader.pages]
    strings: list[str] = []
    _strings(reader.trailer, strings, set())
    return "\n".join([*pages, *strings, *(str(value) for value in (reader.metadata or {}).values())])


def _strings(entry: PdfObject | None, found: list[str], seen: set[int]) -> None:
    """Every text string of a PDF's objects: titles, bookmarks, alternative texts."""
    if isinstance(entry, IndirectObject):
        if entry.idnum in seen:
            return
        seen.add(entry.idnum)
        entry = entry.get_object()
    if isinstance(entry, TextStringObject):
        found.append(str(entry))
    elif isinstance(entry, DictionaryObject):
        for value in entry.values():
            _strings(value, found, seen)
    elif isinstance(entry, ArrayObject):
        for value in entry:
            _strings(value, found, seen)


def _parquet_text(data: bytes) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.parquet"
        path.write_bytes(data)
        with duckdb.connect() as connection:
            table = connection.execute("select * from read_parquet(?)", [str(path)])
            columns = " ".join(str(column[0]) for column in table.description or ())
            return "\n".join([columns, *(" ".join(map(str, row)) for row in table.fetchall())])
