"""The sections that published rows come to, and their tables read by heading."""

from impact.reports.audience_rows import AudienceRows
from impact.reports.content import Section, Table
from impact.reports.topics import topic_sections
from tests.unit.reports.published import quarter


def sections(given: AudienceRows) -> list[Section]:
    return list(topic_sections(given, quarter()))


def only(given: AudienceRows) -> Section:
    [section] = sections(given)
    return section


def titles(section: Section) -> list[str]:
    return [table.title for table in section.tables]


def titled(section: Section, start: str) -> Table:
    """The table whose title starts so."""
    [table] = [table for table in section.tables if table.title.startswith(start)]
    return table


def cells(table: Table) -> list[dict[str, str]]:
    headings = [column.heading for column in table.columns]
    return [dict(zip(headings, row, strict=True)) for row in table.rows]
