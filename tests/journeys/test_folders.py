"""The folder of each reader, as it is handed over: all its forms say the same, and nothing in any of them, in whatever
corner, is what only somebody else may see."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable
from datetime import date
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import pytest
from pypdf import PdfReader

from impact.home import Home
from impact.periods import parse_period
from impact.release import open_release
from impact.reports.audience_rows import AudienceRows
from impact.reports.audiences import read_audiences
from impact.reports.comments import read_by
from impact.reports.content import Report, Table
from impact.reports.data_files import safe_cell
from impact.reports.explore import EXPLORE_PAGE
from impact.reports.folder import DATA, PDF, WORKBOOK
from impact.reports.manifest import MANIFEST, read_manifest
from impact.reports.notices import UPDATES, Standing, read_updates, with_standing
from impact.reports.writing import make_report
from tests.journeys.contents import text_in
from tests.journeys.homes import PERIOD, Published
from tests.unit.reports.checklist import check
from tests.unit.reports.elsewhere import check_elsewhere

pytestmark = pytest.mark.xdist_group("gx")

KINDS = ("public", "commissioner", "organisation")


def files_in(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


@cache
def rows_by_audience(home: Home) -> dict[str, AudienceRows]:
    return {rows.audience.id: rows for rows in read_audiences(home, PERIOD)}


@cache
def report_of(folder: Path) -> Report:
    """The content that the files of a folder were drawn from."""
    home = Home(folder.parents[3])
    rows, period = rows_by_audience(home)[folder.name], parse_period(PERIOD)
    assert period is not None
    manifest = read_manifest(folder.parent)
    published_on, check_ends_on = (date.fromisoformat(manifest[name]) for name in ("published_on", "check_ends_on"))
    updates = read_updates((folder / UPDATES).read_bytes())
    standing = Standing(1, True, check_ends_on, updates, read_by({}, {}))
    return with_standing(make_report(rows, period, published_on), standing, {})


def tables_of(report: Report) -> list[Table]:
    """Every table in the order of the pages: those of figures before the others of their section."""
    return [
        table
        for _, section in report.all_sections()
        for table in (*(figure.table for figure in section.figures), *section.tables)
    ]


class _Tables(HTMLParser):
    """The tables of a page: caption, headings, rows of texts."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, list[list[str]]]] = []
        self._text: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.found.append(("", []))
        elif tag == "tr":
            self.found[-1][1].append([])
        elif tag in ("caption", "th", "td"):
            self._text = []

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "caption":
            self.found[-1] = ("".join(self._text or ()), self.found[-1][1])
        elif tag in ("th", "td"):
            self.found[-1][1][-1].append(re.sub("[▲▼◆] ", "", "".join(self._text or ())))
        else:
            return
        self._text = None


def shown(table: Table) -> tuple[str, list[list[str]]]:
    return table.title, [[column.heading for column in table.columns], *map(list, table.rows)]


# The forms agree


@pytest.mark.parametrize("kind", KINDS)
def test_pages_show_every_table_of_the_content_and_no_other(published: Published, kind: str) -> None:
    report, files = report_of(published[kind]), files_in(published[kind])
    found = []
    for name in ("index.html", *(f"{profile.id}.html" for profile in report.profiles)):
        page = _Tables()
        page.feed(files[name].decode())
        found += page.found
    assert found == [shown(table) for table in tables_of(report)]


@pytest.mark.parametrize("kind", KINDS)
def test_the_workbook_passes_the_checklist_and_holds_the_figures_of_the_content(
    published: Published, kind: str
) -> None:
    data, report = (published[kind] / WORKBOOK).read_bytes(), report_of(published[kind])
    check(data, report)
    assert check_elsewhere(data, report) > 20


@pytest.mark.parametrize("kind", KINDS)
def test_the_file_of_each_figure_holds_the_table_of_the_figure(published: Published, kind: str) -> None:
    report, files = report_of(published[kind]), files_in(published[kind])
    # Of few organisations the public sees none.
    assert report.figures() or (kind == "public" and not published.is_demo)
    for figure in report.figures():
        lines = list(csv.reader(io.StringIO(files[f"figures/{figure.id}.csv"].decode(), newline="")))
        assert lines == [list(map(safe_cell, line)) for line in shown(figure.table)[1]]


@pytest.mark.parametrize("kind", ["public", "commissioner"])
def test_print_holds_every_point_and_every_row_but_those_to_look_up(published: Published, kind: str) -> None:
    reader = PdfReader(published[kind] / PDF)
    text = squeezed(" ".join(page.extract_text() for page in reader.pages))
    report = report_of(published[kind])
    for _, section in report.all_sections():
        for table in section.tables:
            for row in () if table.is_folded or table.is_repeated else table.rows:
                assert squeezed("".join(row)) in text, (table.title, row)
    for point in (*report.main_points, *(point for profile in report.profiles for point in profile.main_points)):
        assert squeezed(point) in text


def test_what_print_leaves_out_as_repeated_is_said_elsewhere(published: Published) -> None:
    report = report_of(published["commissioner"])
    side_by_side = {
        (row[0], column.heading): text
        for section in report.sections
        for table in section.tables
        if not table.is_folded
        for row in table.rows
        for column, text in zip(table.columns, row, strict=True)
    }
    repeated = {
        (profile.title, label): text
        for profile in report.profiles
        for section in profile.sections
        for table in section.tables
        if table.is_repeated
        for label, text, *_ in table.rows
    }
    headlines = repeated.keys() & side_by_side.keys()
    assert len(headlines) > 2 * len(report.profiles)
    assert {key: repeated[key] for key in headlines} == {key: side_by_side[key] for key in headlines}


def squeezed(text: str) -> str:
    """Without white space and the places where a word may be broken."""
    return re.sub(r"[\s\u200b\u00ad]", "", text)


@pytest.mark.parametrize("kind", ["public", "commissioner"])
def test_data_are_published_rows_whatever_their_form(published: Published, kind: str) -> None:
    folder = published[kind]
    texts = list(csv.DictReader((folder / DATA / "organisations.csv").open(newline="")))
    with duckdb.connect() as database:
        found = database.execute(
            "select value, value_shorthand from read_parquet(?)", [str(folder / DATA / "organisations.parquet")]
        ).fetchall()
    for row, (value, shorthand) in zip(texts, found, strict=True):
        assert (row["value"] == shorthand) if value is None else float(row["value"]) == value


@pytest.mark.parametrize("kind", KINDS)
def test_all_data_in_one_file_are_those_of_the_folder(published: Published, kind: str) -> None:
    folder = published[kind]
    with zipfile.ZipFile(folder / "all-data.zip") as archive:
        assert {name for name in archive.namelist() if name.startswith(f"{DATA}/")} == {
            f"{DATA}/{path.name}" for path in (folder / DATA).iterdir()
        }
        for name in archive.namelist():
            assert archive.read(name) == (folder / name).read_bytes()


# Nothing else is in it


@pytest.mark.parametrize("kind", KINDS)
def test_a_folder_holds_the_files_of_the_manifest_and_no_others(published: Published, kind: str) -> None:
    manifest = read_manifest(published[kind].parent)
    own = f"{published[kind].name}/"
    of_audience = {name.removeprefix(own) for name in manifest["files"] if name.startswith(own)}
    assert set(files_in(published[kind])) == of_audience
    assert MANIFEST not in of_audience


@pytest.mark.parametrize("kind", KINDS)
def test_no_file_holds_a_name_or_a_figure_that_only_others_may_see(published: Published, kind: str) -> None:
    rows = rows_by_audience(published.home)[published[kind].name]
    seen = {figure.organisation_code for figure in (*rows.organisations, *rows.history)}
    texts = {name: text_in(name, data) for name, data in files_in(published[kind]).items()}
    with open_release(published.home) as release:
        others = [
            (code, name)
            for code, name in release.execute(
                "select distinct organisation_code, organisation_name from published.organisation_figure"
            ).fetchall()
            if code not in seen
        ]
        secrets = [
            figure
            for (figure,) in release.execute(
                """
                select distinct denominator from published.organisation_figure
                where length(denominator) >= 6 and not list_contains(?, organisation_code)
                union
                select distinct nominal from published.saving_figure
                where length(nominal) >= 6 and not list_contains(?, organisation_code)
                """,
                [sorted(seen), sorted(seen)],
            ).fetchall()
        ]
    own = {text for name in texts if name.startswith(f"{DATA}/") for text in re.split(r"[,\r\n]", texts[name])}
    secrets = [figure for figure in secrets if figure not in own]
    assert len(others) > (100 if published.is_demo else 5)
    assert len(secrets) > (100 if published.is_demo else 5)
    for name, text in texts.items():
        assert not [other for code, other in others if other in text], name
        words = set(re.findall(r"\b[MIO]\d{3}\b", text))
        assert not words & {code for code, _ in others}, name
        assert not figures_in(name, text) & set(secrets), name


def figures_in(name: str, text: str) -> set[str]:
    """The larger numbers of a file, without their thousands. In a CSV file they are cells, and on the page to explore
    texts of the data, beside which stand lists of their places."""
    pieces: Iterable[str] = [text]
    if name.endswith(".csv"):
        pieces = (cell for line in csv.reader(io.StringIO(text, newline="")) for cell in line)
    elif name == EXPLORE_PAGE:
        pieces = re.findall(r'"([^"]*)"', text)
    number = re.compile(r"(?<![\d.,])-?(?:\d{1,3}(?:,\d{3})+|\d{5,})(?![.,]?\d)")
    return {found.replace(",", "") for piece in pieces for found in number.findall(piece)}


def test_figures_are_found_in_every_kind_of_file() -> None:
    assert figures_in("index.html", "<td>1,234,567</td> saved 66,368, or 12345.") == {"1234567", "66368", "12345"}
    assert figures_in("figures/one.csv", 'a,12345,"-66,368",7\r\n') == {"12345", "-66368"}
    assert figures_in(EXPLORE_PAGE, '"texts":["66,368","x"],"columns":[[1004,51,-3],[100,451]]') == {"66368"}
