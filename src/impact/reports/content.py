"""What a report is, as plain data that every form is drawn from: page, PDF, workbook and CSV cannot disagree, because
none of them knows anything else. What it says is written in `writing`; how it looks is for `html` and the others."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from impact.reports.chart_records import Chart

METHOD = "method"
"""The section on how figures were made: in print it stands behind the organisations, with what else one looks up."""


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, and whether it holds figures."""

    heading: str
    is_figure: bool = False


@dataclass(frozen=True)
class Table:
    """Texts as printed. The first column names the row. What few readers want may be folded away. Of a table that is
    repeated, the headline figures stand in another of the report, beside those of others, and print goes without it;
    what `is_elsewhere` stands in the long tables of the report or in another, and a workbook goes without it.
    `how_to_read` is what its columns mean, for whoever sees such a table for the first time."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()
    is_folded: bool = False
    is_repeated: bool = False
    is_elsewhere: bool = False
    how_to_read: tuple[str, ...] = ()


@dataclass(frozen=True)
class Figure:
    """A chart and the table of what it shows, in the words and figures of the table. `id` is unique in the report, and
    names the file that its data are in."""

    id: str
    chart: Chart
    table: Table


@dataclass(frozen=True)
class PointList:
    """Sentences that belong together, under a heading of their own."""

    title: str
    points: tuple[str, ...]


@dataclass(frozen=True)
class Section:
    """A part of a report. `data_file` is the file that holds the figures of its tables."""

    id: str
    title: str
    paragraphs: tuple[str, ...] = ()
    lists: tuple[PointList, ...] = ()
    figures: tuple[Figure, ...] = ()
    tables: tuple[Table, ...] = ()
    data_file: str | None = None


@dataclass(frozen=True)
class Profile:
    """One organisation, or another thing that it `is_of`, on a page of its own, for whoever is asked about it: `name`
    is what a table of several calls it; `facts` are what the register says of it, each a label and a text; `comment` is
    what it says itself of this report."""

    id: str
    name: str
    title: str
    facts: tuple[tuple[str, str], ...]
    main_points: tuple[str, ...]
    sections: tuple[Section, ...]
    comment: str = ""
    is_of: str = "organisation"


@dataclass(frozen=True)
class Term:
    """A word that a reader may not know."""

    word: str
    meaning: str


@dataclass(frozen=True)
class Report:
    """A report for one audience on one period. `warning` says why it may not be passed on, `notices` what is otherwise
    than readers had it before, `next_update` when there will be figures of the next quarter. `leads` are words that
    points and notices begin with and that say what they are about, such as the name of an indicator. `long_tables` hold
    a row for each figure of whatever topic, for forms that one sorts and filters; the others show the same topic by
    topic."""

    title: str
    audience_name: str
    published_on: date
    period_covered: str
    status: str
    warning: str | None
    main_points: tuple[str, ...]
    sections: tuple[Section, ...]
    profiles: tuple[Profile, ...] = ()
    next_update: str = ""
    notices: tuple[str, ...] = ()
    glossary: tuple[Term, ...] = ()
    leads: tuple[str, ...] = ()
    long_tables: tuple[Table, ...] = ()

    def all_sections(self) -> Iterator[tuple[str, Section]]:
        """Every section with the title of the part that it stands in, in the order of reading."""
        for section in self.sections:
            yield self.title, section
        for profile in self.profiles:
            for section in profile.sections:
                yield profile.title, section

    def figures(self) -> list[Figure]:
        """Every figure in the order of reading: the first is figure 1."""
        return [figure for _, section in self.all_sections() for figure in section.figures]

    def profile_links(self) -> dict[str, str]:
        """The profile that a name in a table leads to: title -> id. A title that two share leads to neither."""
        titles = [profile.title for profile in self.profiles]
        return {profile.title: profile.id for profile in self.profiles if titles.count(profile.title) == 1}
