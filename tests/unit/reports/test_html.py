"""A report as a page that needs nothing else, whatever the names in it are made of."""

import csv
import io
import re
from collections import defaultdict
from dataclasses import replace
from datetime import date
from html import escape, unescape
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import hypothesis
import pytest
from hypothesis import strategies as st
from markupsafe import escape as escape_markup

from impact.reports.audience_rows import AudienceRows
from impact.reports.audiences import with_names_told_apart
from impact.reports.content import Report, Section, Table
from impact.reports.explore import EXPLORE_PAGE
from impact.reports.folder import PAGE, audience_files
from impact.reports.html import environment, home_page, report_pages
from impact.reports.writing import NOT_FOR_RELEASE, make_report
from tests.unit.reports.published import (
    DAYS,
    ENGAGEMENT,
    HOSTILE,
    INDICATORS,
    NET,
    PUBLISHED_ON,
    SATISFACTION,
    SHARE,
    before_after,
    effect,
    figure,
    model,
    quarter,
    rows,
    saving,
    state,
)

HOW = "How to read this table"
INSTRUMENT = "not an instrument to compare by"
KINDS = ["public", "commissioner", "organisation"]


class _Outline(HTMLParser):
    """The elements of a page, and those that were never closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "br", "line", "rect", "circle"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def outline(page: str) -> _Outline:
    found = _Outline()
    found.feed(page)
    assert found.open == []
    return found


def full(kind: str, who: str = "Alpha Care CIC") -> AudienceRows:
    """Something of everything that this kind of reader can be given."""
    said: dict[str, Any] = {"verdict": "worse", "verdict_note": f"{who} is new", "lower_95": "3.80", "upper_95": "4.40"}
    on_other: dict[str, Any] = {"basis_name": who, "verdict": "not compared", "verdict_note": INSTRUMENT}
    quarters = figure(
        "3.90", who=who, grain="quarter", variation="concern", variation_note=who, assurance="hit or miss"
    )
    return rows(
        *(figure(who=who, **said), figure("3.00", who="Beta", delivery_model="in_house"), figure("9.1", DAYS, who=who)),
        *(figure("6.51", ENGAGEMENT, who=who), figure("-120000", NET, who=who), figure("250000", NET, who="Beta")),
        *(figure("90.0", SATISFACTION, who=who, **on_other), figure("0.00", SHARE, who=who), quarters),
        kind=kind,
        models=[] if kind == "organisation" else [model(), model("-5", NET)],
        states=[] if kind == "public" else [state("received", who=who)],
        history=[figure(who=who, grain="quarter")] if kind == "organisation" else [],
        effects=[effect(), effect("no clear change", kind="ownership")],
        before_after=[before_after(who=who, note=who), before_after(who="Beta", source=who)],
        savings=[saving(who=who, note=who), saving(split="source", part="growth")],
    )


def report_of(given: AudienceRows) -> Report:
    return make_report(given, quarter(), PUBLISHED_ON)


def files_of(given: AudienceRows) -> dict[str, bytes]:
    return audience_files(given, report_of(given), quarter())


def pages_of(given: AudienceRows) -> dict[str, str]:
    """Every page by its name: the report, and those of a portfolio's organisations. That for exploring is a page of its
    own kind."""
    files = files_of(given)
    return {name: data.decode() for name, data in files.items() if name.endswith(".html") and name != EXPLORE_PAGE}


def page_of(given: AudienceRows) -> str:
    return pages_of(given)[PAGE]


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_report_is_a_whole_page(kind: str) -> None:
    given = full(kind)
    files = files_of(given)
    for page in pages_of(given).values():
        elements = outline(page).elements
        ids = [attributes["id"] for _, attributes in elements if "id" in attributes]
        assert len(ids) == len(set(ids))
        links = [attributes["href"] or "" for tag, attributes in elements if tag == "a"]
        assert {link[1:] for link in links if link.startswith("#")} <= set(ids)
        assert {link for link in links if not link.startswith("#")} <= set(files)
        assert [tag for tag, _ in elements].count("h1") == 1
        for said in ("Published", "20 July 2026", NOT_FOR_RELEASE):
            assert said in page
    for said in ("Sickness absence", "How these figures were made", "Words used here", "Next update"):
        assert said in page_of(given)
    assert files_of(given) == files


def test_a_commissioner_finds_a_page_for_each_organisation() -> None:
    pages = pages_of(full("commissioner"))
    assert set(pages) == {PAGE, "organisation-M001.html", "organisation-Beta.html"}
    assert '<th scope="row"><a href="organisation-M001.html">Alpha Care CIC</a></th>' in pages[PAGE]
    assert "Beta" not in pages["organisation-M001.html"]
    [contents, *_] = pages[PAGE].split("</nav>")
    assert "At a glance</a>, which leads to pages of organisations</li>" in contents
    assert 'href="organisation-' not in contents
    assert set(pages_of(full("public"))) == set(pages_of(full("organisation"))) == {PAGE}


def test_of_the_pages_the_contents_list_those_that_the_first_table_does_not_lead_to() -> None:
    made = report_of(full("commissioner"))
    of_area = replace(made.profiles[0], id="area-B1", title="Alphashire: the claim in one area", is_of="area")
    page = report_pages(replace(made, profiles=(of_area, *made.profiles)), [], defaultdict(int))[PAGE].decode()
    [contents, *_] = page.split("</nav>")
    assert re.findall(r'href="([a-z]+-[A-Za-z0-9]+)\.html"', contents) == ["area-B1"]


def test_two_of_one_name_have_a_page_each_and_no_link_leads_to_the_wrong_one() -> None:
    shared = rows(figure(), figure("3.00", who="Beta"), figure("9.99", who="Alpha Care CIC", organisation_code="M002"))
    for given, leads_to in ((shared, set()), (with_names_told_apart(shared), {"M001", "M002"})):
        pages = pages_of(given)
        assert set(pages) == {PAGE, *(f"organisation-{code}.html" for code in ("M001", "M002", "Beta"))}
        [contents, *tables] = pages[PAGE].split("</nav>")
        # Where the first table does not lead to each of them, the contents do.
        listed = 0 if leads_to else 1
        assert [contents.count(f'href="organisation-{code}.html"') for code in ("M001", "M002")] == [listed] * 2
        assert set(re.findall(r'href="organisation-(M\d+).html"', "".join(tables))) == leads_to
        assert "9.99" in pages["organisation-M002.html"]
        assert "9.99" not in pages["organisation-M001.html"]


def headings(page: str) -> list[int]:
    return [int(tag[1]) for tag, _ in outline(page).elements if re.fullmatch("h[1-6]", tag)]


@pytest.mark.parametrize("kind", KINDS)
def test_no_level_of_heading_is_skipped(kind: str) -> None:
    for page in pages_of(full(kind)).values():
        levels = headings(page)
        assert levels[0] == 1
        assert all(below <= above + 1 for above, below in pairwise(levels))


@pytest.mark.parametrize("kind", KINDS)
def test_the_data_of_each_figure_is_a_file_that_the_page_links_to(kind: str) -> None:
    given = full(kind)
    report, files = report_of(given), files_of(given)
    assert report.figures()
    for number, drawn in enumerate(report.figures(), start=1):
        name = f"figures/{drawn.id}.csv"
        lines = list(csv.reader(io.StringIO(files[name].decode(), newline="")))
        assert lines[0] == [column.heading for column in drawn.table.columns]
        assert len(lines) == len(drawn.table.rows) + 1
        [page] = [page for page in pages_of(given).values() if f'href="{name}"' in page]
        assert f"Figure {number}: {escape(drawn.chart.title, quote=False)}" in page


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_asks_nobody_for_anything(kind: str) -> None:
    page = "".join(pages_of(full(kind)).values())
    assert not re.search(r"<(script|link|img|iframe|object)|@import|url\(|https?://(?!www\.w3\.org/)", page)


@pytest.mark.parametrize("kind", KINDS)
def test_hostile_text_comes_out_as_text(kind: str) -> None:
    for page in pages_of(full(kind, HOSTILE)).values():
        outline(page)
        assert "<script" not in page
        assert "&lt;script&gt;" in page
    for drawing in re.findall(r"<svg.*?</svg>", page, re.DOTALL):
        ElementTree.fromstring(drawing)


def test_a_drawing_for_a_wide_page_and_one_for_a_phone_and_a_key() -> None:
    page = page_of(rows(figure(), figure("3.00", who="Beta", delivery_model="in_house")))
    assert [page.count(f'<div class="{width}">') for width in ("wide", "narrow")] == [1, 1]
    assert [said in page for said in ("In-house</li>", "Middle half of its peers", "Median of its peers")] == [True] * 3
    bare = page_of(rows(figure("5", NET), figure("9", NET, who="Beta")))
    assert "Middle half of its peers" not in bare


def test_an_interval_is_in_the_key_where_one_is_drawn() -> None:
    said = "95% interval of its own figure"
    assert said in page_of(rows(figure(lower_95="3.80", upper_95="4.40")))
    assert said not in page_of(rows(figure(lower_95="[c]", upper_95="[c]")))


@pytest.mark.parametrize(
    ("text", "lead"),
    [
        ("Absence rate. Of the 5 compared", "Absence rate"),
        ("Absence rate (St. Mary's survey): 4.10%", "Absence rate"),
        ("Absence rate was 5 days before: a difference", "Absence rate"),
        ("Absence rates differ. So it is", ""),
        ("Absence rate of users: 3", "Absence rate of users"),
        ("Pooled figures are not adjusted for what staff do: they describe", ""),
        ("St. Mary's: 4.10%", ""),
        ("You commission 3 organisations. All of them", ""),
        ("Staff of ours: 3", ""),
        ("Staff: 3", "Staff:"),
        ("", ""),
    ],
)
def test_bold_is_what_the_content_calls_a_lead_and_nothing_else(text: str, lead: str) -> None:
    said = str(environment().filters["led"](text, ("Absence rate", "Absence rate of users", "Staff:")))
    assert re.findall(r"<strong>(.*?)</strong>", said) == ([lead] if lead else [])


@pytest.mark.parametrize("kind", KINDS)
def test_each_point_on_an_indicator_begins_with_its_name_in_bold(kind: str) -> None:
    names = "|".join(re.escape(indicator.name) for indicator in INDICATORS)
    for page in pages_of(full(kind)).values():
        [points, *_] = re.findall(r'<ul class="points">(.*?)</ul>', page, re.DOTALL)
        said = re.findall(r"<li>(.*?)</li>", points)
        assert [point for point in said if re.match(rf"<strong>({names})</strong>\W", point)]
        assert not [point for point in said if re.match(names, point)]


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("similar", ""),
        ("much worse", "▼"),
        ("better (adjusted for staff mix)", "▲"),
        ("concern: seven points rising; limits since May 2025 (Spun out; merged)", "▼"),
        ("concern: absence rate; improving: engagement", "▼▲"),
        ("70.0: consistently met; 75.0: hit or miss", "▲"),
        ("4.80: consistently missed", "▼"),
        ("higher", "◆"),
        ("calendar days: similar; hours: worse", ""),
        ("Worse: a name", ""),
        ("not compared: too few peers", ""),
        ("-0.60", ""),
        ("better than <b> & others", ""),
    ],
)
def test_a_word_that_sets_apart_has_its_sign_and_no_other_has(text: str, signs: str) -> None:
    assert "".join(re.findall("[▲▼◆]", str(environment().filters["marked"](text)))) == signs


@hypothesis.given(
    st.lists(st.sampled_from(["worse", "better", "; ", ": ", " (", "70.0", "<i>", "&", "\n", "x"])).map("".join)
)
def test_signs_and_bold_add_to_a_text_and_change_nothing_of_it(text: str) -> None:
    filters = environment().filters
    for drawn in (filters["marked"](text), filters["led"](text, ("worse", "<i>"))):
        page = str(escape_markup(drawn))
        without = re.sub(r'<span aria-hidden="true">.</span> |</?strong>|<span class="\w+">|</span>', "", page)
        assert unescape(without) == text


@pytest.mark.parametrize("kind", KINDS)
def test_who_looks_reads_the_title_of_a_table_once_and_who_listens_hears_it(kind: str) -> None:
    given = full(kind)
    page = page_of(given)
    tables = [table for section in report_of(given).sections for table in _in_order(section)]
    captions = re.findall(r'<caption id="([^"]+)"( class="hidden")?>([^<]+)</caption>', page)
    summaries = re.findall(r"<summary>([^<]+)</summary>", page)
    regions = re.findall(r'role="region" aria-labelledby="([^"]+)"', page)
    assert [unescape(title) for _, _, title in captions] == [table.title for table in tables]
    assert [bool(hidden) for _, hidden, _ in captions] == [table.is_folded for table in tables]
    folded = [summary for summary in summaries if summary != HOW and not summary.startswith("Figure ")]
    assert [unescape(summary) for summary in folded] == [table.title for table in tables if table.is_folded]
    assert summaries.count(HOW) == sum(bool(table.how_to_read) for table in tables)
    assert regions == [name for name, _, _ in captions]


def _in_order(section: Section) -> list[Table]:
    """The tables of a section as they stand on the page."""
    return [*(drawn.table for drawn in section.figures), *section.tables]


def test_a_warning_stands_at_the_top_unless_everything_is_public() -> None:
    assert 'class="warning"' in page_of(rows(figure()))
    assert 'class="warning"' not in page_of(rows(figure(is_public=True)))


def test_the_home_page_lists_what_was_published_for_each_kind_of_reader() -> None:
    groups = [
        ("For the public", [("State of the sector", "2026-Q1/1/public/index.html")]),
        ("For commissioners", []),
        ("For mutuals", [(HOSTILE, "2026-Q1/1/organisation-M001/index.html")]),
    ]
    page = home_page([("January to March 2026", date(2026, 7, 20), groups, "Newer data & more")]).decode()
    links = [attributes["href"] for tag, attributes in outline(page).elements if tag == "a" and attributes["href"]]
    assert links[-2:] == ["2026-Q1/1/public/index.html", "2026-Q1/1/organisation-M001/index.html"]
    assert "<script" not in page
    assert ("For the public" in page, "For commissioners" in page, "For mutuals" in page) == (True, False, True)
    assert "Published 20 July 2026" in page
    assert '<p class="warning">Newer data &amp; more</p>' in page
    assert "All publications" in home_page([]).decode()
