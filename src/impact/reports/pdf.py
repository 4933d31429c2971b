"""A report as a tagged PDF by Typst, in its PDF/UA-1 mode. How it looks is `templates/report.typ`; here the content is
put into the order of print, every text as data.

What Typst and its fonts are told is in `typesetting`, how a table is fitted to a page in `fitting`.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from itertools import groupby
from typing import Any

import typst

from impact.reports.chart_records import Chart
from impact.reports.charts import WIDE, draw, key_of, standalone
from impact.reports.content import METHOD, Figure, Profile, Report, Section, Table
from impact.reports.fitting import MARGIN, UPRIGHT, breakable, fitted
from impact.reports.typesetting import is_drawn, is_drawn_by_ours, is_usual, typeset, with_drawable_texts

_PUBLISHER = "Social impact benchmarks"
_TALL, _TALLER, _TALLEST = 220.0, 480.0, 590.0
"""Of drawings, in points. A section with one of the first begins on a new page, so that it stands below its heading;
one of the second does not fit there; with the third, and what is said above and below it, a page is full."""
_MUCH_LESS_THAN_A_PAGE = 2_000
"""Characters of what is said of an organisation."""
_RUNNING_TITLE = 90
"""Characters at the head of each page: one line."""

_ELSEWHERE = (
    "The table of each figure, tables of detail, and the tables and charts of each organisation are on the pages that "
    "this report came with; the tables are in the workbook too."
)

_NO_TEXTS = ("svg", "sign", "anchor", "links")

_Part = dict[str, Any]


def report_pdf(report: Report) -> bytes:
    """The report in print: what it says and every chart of it. What is folded away on a page, the table of each figure,
    tables of what stands in another, and the charts of each profile are left to the pages, which it says.

    Raises typst.TypstError where Typst cannot set it, which no content can bring about.
    """
    of_print = _without_what_is_looked_up(report)
    is_more = of_print != report

    def typeset_with(is_drawable: Callable[[str], bool]) -> bytes:
        return typeset(_printed(with_drawable_texts(of_print, is_drawable), is_more=is_more), report.published_on)

    # Signs that can be drawn one by one, of several alphabets and marks upon them, cannot always be together.
    for is_drawable in (is_drawn, is_drawn_by_ours):
        with suppress(typst.TypstError):
            return typeset_with(is_drawable)
    return typeset_with(is_usual)


def _without_what_is_looked_up(report: Report) -> Report:
    """What is left to print: no tables of detail, of figures or of what stands in another, and no charts of each
    organisation."""

    def printed(section: Section, figures: Sequence[Figure]) -> Section:
        return replace(
            section,
            figures=tuple(
                replace(figure, table=replace(figure.table, rows=(), notes=(), how_to_read=())) for figure in figures
            ),
            tables=tuple(table for table in section.tables if not (table.is_folded or table.is_repeated)),
        )

    return replace(
        report,
        sections=tuple(printed(section, section.figures) for section in report.sections),
        profiles=tuple(
            replace(profile, sections=tuple(printed(section, ()) for section in profile.sections))
            for profile in report.profiles
        ),
    )


def _printed(report: Report, *, is_more: bool) -> dict[str, Any]:
    """The report as the template wants it. What `is_more` than is printed, the pages have."""
    on = report.published_on
    title = " ".join(report.title.split())
    facts = [
        ("Published", _day(on)),
        ("Period covered", report.period_covered),
        ("Made for", report.audience_name),
        ("Status", report.status),
    ]
    if report.next_update:
        facts.append(("Next update", report.next_update))
    content: dict[str, Any] = {
        "title": title,
        "running_title": title if len(title) <= _RUNNING_TITLE else f"{title[: _RUNNING_TITLE - 1].rstrip()}…",
        "publisher": _PUBLISHER,
        "warning": report.warning or "",
        "facts": facts,
        "notices": report.notices,
        "main_points_title": "Main points",
        "main_points": report.main_points or ["There are no figures for this period yet."],
        "contents_title": "Contents",
        "parts": list(_parts(report, is_more=is_more)),
    }
    return {"margin": MARGIN, "date": (on.year, on.month, on.day), **_as_set(content)}


def _parts(report: Report, *, is_more: bool) -> Iterator[_Part]:
    """The parts in the order of print. How figures were made and how tables are read come last: they are what one looks
    up."""
    numbers = {figure.id: number for number, figure in enumerate(report.figures(), start=1)}
    links = report.profile_links()
    made = [section for section in report.sections if section.id == METHOD]
    yield from (_section(section, 1, numbers, links) for section in report.sections if section not in made)
    for of, profiles in groupby(report.profiles, lambda profile: profile.is_of):
        yield _part(f"Each {of}", 1)
        for profile in profiles:
            yield from _profile(profile, numbers)
    yield from (_section(section, 1, numbers, links) for section in made)
    tables = [table for _, section in report.all_sections() for table in section.tables]
    if told := list(dict.fromkeys(text for table in tables for text in table.how_to_read)):
        yield _part("How to read the tables", 1, paragraphs=told)
    if report.glossary:
        yield _part("Words used here", 1, terms=[(term.word, term.meaning) for term in report.glossary])
    if is_more:
        yield _part("Detailed tables", 1, paragraphs=[_ELSEWHERE])


def _section(section: Section, level: int, numbers: Mapping[str, int], links: Mapping[str, str]) -> _Part:
    figures = [_figure(figure, numbers[figure.id]) for figure in section.figures]
    tallest = max((figure["height"] for figure in figures), default=0.0)
    return _part(
        section.title,
        level,
        is_new_page=tallest > _TALL,
        # What does not fit goes to the foot of a page, in its order, and tables go on above it: no page is half empty.
        in_place=0 if tallest > _TALLER else 1 if tallest > _TALL else len(figures),
        paragraphs=section.paragraphs,
        lists=[(one.title, one.points) for one in section.lists],
        figures=figures,
        tables=section.tables,
        links=links,
    )


def _profile(profile: Profile, numbers: Mapping[str, int]) -> Iterator[_Part]:
    length = sum(map(len, (*profile.main_points, profile.comment)))
    yield _part(
        profile.title,
        2,
        anchor=profile.id,
        is_kept_together=length < _MUCH_LESS_THAN_A_PAGE,
        facts=profile.facts,
        points=profile.main_points,
        comment=profile.comment,
    )
    for section in profile.sections:
        if section.paragraphs or section.lists or section.tables:
            yield _section(section, 3, numbers, {})


def _part(
    title: str, level: int, *, tables: Iterable[Table] = (), links: Mapping[str, str] | None = None, **rest: Any
) -> _Part:
    """A part with a heading. It is turned where a table of it does not fit an upright page."""
    set_tables = [_table(table, links or {}) for table in tables]
    return {
        "title": title,
        "level": level,
        "anchor": "",
        "is_new_page": False,
        "is_kept_together": False,
        "in_place": 0,
        "is_turned": any(table["is_turned"] for table in set_tables),
        "facts": (),
        "paragraphs": (),
        "points": (),
        "lists": (),
        "comment": "",
        "comment_label": "What the organisation says",
        "terms": (),
        "figures": (),
        **rest,
        "tables": set_tables,
    }


def _table(table: Table, links: Mapping[str, str]) -> dict[str, Any]:
    fit = fitted(table)
    return {
        "title": table.title,
        "size": fit.size,
        "widths": fit.widths,
        "gutter": fit.gutter,
        "is_turned": fit.is_turned,
        "columns": [
            {"heading": breakable(column.heading, fit.longest_word), "is_figure": column.is_figure}
            for column in table.columns
        ],
        "rows": [[breakable(text, fit.longest_word) for text in row] for row in table.rows],
        # Where a row leads to, by its number: a name may stand in two.
        "links": {str(index): links[row[0]] for index, row in enumerate(table.rows) if row[0] in links},
        "notes": table.notes,
    }


def _figure(figure: Figure, number: int) -> dict[str, Any]:
    svg = standalone(draw(figure.chart, WIDE, figure.id))
    found = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    assert found
    across, down = map(float, found.groups())
    width = min(UPRIGHT, _TALLEST * across / down)
    return {
        "title": f"Figure {number}: {figure.chart.title}",
        "subtitle": figure.chart.subtitle,
        "description": figure.chart.description,
        "note": figure.chart.note,
        "key": _key(figure.chart),
        "svg": svg,
        "width": width,
        "height": width * down / across,
    }


def _key(chart: Chart) -> list[dict[str, str]]:
    return [{"sign": standalone(entry.sign), "label": entry.label} for entry in key_of(chart)]


def _as_set(content: Any) -> Any:
    """Every text of the content as it can be set. Drawings and anchors are no texts."""
    if isinstance(content, str):
        return breakable(content)
    if isinstance(content, Mapping):
        return {key: value if key in _NO_TEXTS else _as_set(value) for key, value in content.items()}
    if isinstance(content, Sequence):
        return [_as_set(value) for value in content]
    return content


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
