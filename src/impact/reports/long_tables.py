"""The long tables of a report: a row for each figure of an organisation, whatever it is about, another for its peers,
and all delivery models beside one another. Whoever sorts and filters wants one table of each; pages and print show the
same topic by topic."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from impact.periods import Period
from impact.reports.audience_rows import AudienceRows
from impact.reports.content import Column, Table
from impact.reports.delivery_models import all_side_by_side
from impact.reports.expected_range import size_of
from impact.reports.savings import meanings_of_zero
from impact.reports.subject import Line, Subject, spoken_of
from impact.reports.tables import Part, basis_parts, figure_parts, of_quarter, of_year, peer_parts
from impact.reports.verdicts import by_chance, how_to_read
from impact.reports.wording import between, says_something, year_label

_NOTHING = frozenset({"[z]", "-"})


@dataclass(frozen=True)
class _Lines:
    """Those of one indicator that have rows here, of which subject they are, and all lines that they stand among."""

    subject: Subject
    lines: tuple[Line, ...]
    among: tuple[Line, ...]


def long_tables(rows: AudienceRows, period: Period) -> Iterator[Table]:
    """As many of them as there is something to read in. A column that says nothing of anybody is left out."""
    subjects = list(spoken_of(rows, period))
    found = [lines for subject in subjects for lines in _lines(subject)]
    years = [line.year for one in found for line in one.lines if line.year]
    quarters = [line.quarter for one in found for line in one.lines if line.quarter]
    label = year_label(period) if years else period.label()
    if found:
        yield replace(
            _table(f"Every figure, {label}", [(one, _figure_parts(one)) for one in found]),
            notes=(*by_chance(years), *(note for subject in subjects for note in meanings_of_zero(subject, years))),
            how_to_read=tuple(how_to_read(years, quarters)),
        )
    compared = [replace(one, lines=tuple(filter(_has_peers, one.lines))) for one in found]
    if any(one.lines for one in compared):
        yield _table(f"Their peers, {label}", [(one, _peer_parts(one)) for one in compared])
    yield from all_side_by_side(subjects)


def _lines(subject: Subject) -> Iterator[_Lines]:
    """The headline of everybody, and whatever else says something; of one organisation everything."""
    lines = {indicator: tuple(subject.lines(indicator)) for indicator in subject.indicators}
    together = tuple(line for some in lines.values() for line in some)
    for indicator, some in lines.items():
        is_whole = subject.is_of_one or indicator == subject.headline
        kept = some if is_whole else tuple(filter(_says_something, some))
        if kept:
            yield _Lines(subject, kept, together if subject.is_of_one else some)


def _says_something(line: Line) -> bool:
    return any(figure is not None and says_something(figure.value) for figure in (line.year, line.quarter))


def _has_peers(line: Line) -> bool:
    return line.indicator.is_compared and says_something(line.figure.value)


def _who(of: _Lines) -> dict[str, Part]:
    whose = Part(Column("Organisation"), lambda line: line.figure.organisation_name)
    return {
        **({} if of.subject.is_of_one else {"whose": whose}),
        "what": Part(Column("Figure"), lambda line: line.indicator.label),
    }


def _figure_parts(of: _Lines) -> dict[str, Part]:
    """Notes stand in columns of their own, so that verdicts can be filtered."""
    figures = figure_parts(of.subject, of.among)
    size_in, size = size_of(of.subject)
    return {
        **_who(of),
        **basis_parts(is_of_one=of.subject.is_of_one),
        **{name: figures[name] for name in ("year", "interval", "quarter", "expected")},
        "expected 998": Part(
            Column("Where 998 of 1,000 would lie", True),
            of_year(lambda one: between(one.expected_lower_998, one.expected_upper_998, one.unit)),
        ),
        "size": Part(Column("Counted over", True), lambda line: size(line.figure)),
        "size in": Part(Column("Counted in"), lambda line: size_in if size(line.figure) != "[z]" else "-"),
        "verdict": Part(Column("Verdict"), of_year(lambda one: one.verdict)),
        "on verdict": Part(Column("Note on the verdict"), lambda line: _on_verdict(line) or "-"),
        "over time": Part(Column("Over time"), of_quarter(lambda one: one.variation)),
        "on change": Part(Column("Note on the change"), of_quarter(lambda one: one.variation_note or "-", "-")),
        **{name: figures[name] for name in ("target", "note")},
    }


def _on_verdict(line: Line) -> str:
    """Why there is none or how far it goes; of what is never compared, that it is not."""
    if line.indicator.is_compared:
        return of_year(lambda one: one.verdict_note, "")(line)
    return line.figure.peer_note


def _peer_parts(of: _Lines) -> dict[str, Part]:
    return {
        **_who(of),
        "basis": basis_parts(is_of_one=of.subject.is_of_one)["basis"],
        **peer_parts(of.among),
    }


def _table(title: str, found: Sequence[tuple[_Lines, Mapping[str, Part]]]) -> Table:
    """The rows of all lines under the columns that they share, without those that say nothing of anybody."""
    kept = []
    for name, part in found[0][1].items():
        texts = [parts[name].cell(line) for of, parts in found for line in of.lines]
        if not _NOTHING.issuperset(texts):
            kept.append((part.column, texts))
    columns, cells = zip(*kept, strict=True)
    return Table(title, columns, tuple(zip(*cells, strict=True)))
