"""The tables of one topic: published rows -> texts in columns. Which of them a report has is for `topics` to say."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from impact.reports.audience_rows import OrganisationFigure
from impact.reports.content import Column, Table
from impact.reports.savings import meanings_of_zero
from impact.reports.subject import OF_ONE, Line, RowKey, Subject
from impact.reports.verdicts import (
    by_chance,
    common_note,
    how_to_read,
    variation_text,
    verdict_notes,
    verdict_text,
    what_verdicts_mean,
)
from impact.reports.wording import (
    between,
    is_figure,
    says_something,
    sentence,
    shown,
    unit_sign,
    words,
    year_end,
    year_label,
)

_WIDENED = "same delivery model, all sectors"


@dataclass(frozen=True)
class Part:
    """A column and what stands in it. It is left out where it would say nothing of any line."""

    column: Column
    cell: Callable[[Line], str]
    is_there: bool = True


def portfolio_tables(subject: Subject) -> Iterator[Table]:
    """The headline indicator of each organisation and what may be said of it, then the peers that it stands beside,
    then what else there is to read."""
    headline = subject.headline
    lines = subject.lines(headline)
    if not lines:
        return
    is_of_year = any(line.year for line in lines)
    label = year_label(subject.period) if is_of_year else subject.period.label()
    yield _figures_table(subject, f"{headline.name}, {label}", lines)
    what = "basis and peers" if headline.is_compared else "basis"
    yield replace(_beside_table(subject, f"{headline.name}: {what}, {label}", lines), is_folded=True)
    yield from _further_figures(subject, "rolling_year" if is_of_year else "quarter", label)


def tables_of_one(subjects: Sequence[Subject]) -> Iterator[Table]:
    """All figures of one organisation and what may be said of them, whatever they are about, then its peers."""
    lines = [
        line
        for subject in subjects
        for indicator in subject.indicators
        # Figures without a good and a bad direction say little of one organisation alone; its topics' tables have them.
        if indicator.polarity != "none"
        for line in subject.lines(indicator)
        if says_something(line.figure.value)
    ]
    if lines:
        label = year_label(subjects[0].period)
        yield replace(_figures_table(subjects[0], f"Figures, {label}", lines), is_repeated=True)
        yield replace(_beside_table(subjects[0], f"Basis and peers, {label}", lines), is_folded=True)


def own_tables(subject: Subject) -> Iterator[Table]:
    """An organisation's own figures and what may be said of them, its peers beside them, then quarter by quarter."""
    lines = [line for indicator in subject.indicators for line in subject.lines(indicator)]
    if lines:
        label = year_label(subject.period)
        what = "basis and peers" if any(line.indicator.is_compared for line in lines) else "basis"
        yield _figures_table(subject, f"{subject.topic.title}, {label}", lines)
        yield _beside_table(subject, f"{subject.topic.title}: {what}, {label}", lines)
    yield from _quarter_by_quarter(subject)


def _figures_table(subject: Subject, title: str, lines: Sequence[Line]) -> Table:
    years = [line.year for line in lines if line.year]
    quarters = [line.quarter for line in lines if line.quarter]
    parts = figure_parts(subject, lines, _unit_in_headings(subject)).values()
    return replace(
        _table(title, lines, _name_of(subject), *parts),
        notes=(*verdict_notes(years), *meanings_of_zero(subject, years)),
        how_to_read=tuple(how_to_read(years, quarters)),
    )


def figure_parts(subject: Subject, lines: Sequence[Line], unit: str = "") -> dict[str, Part]:
    """What may be said of the figures of `lines`, by a name for each column; `unit` stands in their headings."""
    period = subject.period
    years = [line.year for line in lines if line.year]
    quarters = [line.quarter for line in lines if line.quarter]
    said_below = common_note(years)
    # Some of an organisation's own figures are never made of a quarter; of a portfolio somebody may be gone by then.
    no_quarter = "[z]" if subject.is_of_one or not quarters else "[x]"
    return {
        "year": Part(Column(f"Year to {year_end(period)}{unit}", True), of_year(_value), bool(years)),
        "interval": Part(
            Column("95% interval", True),
            of_year(lambda figure: between(figure.lower_95, figure.upper_95, figure.unit)),
            any(says_something(figure.lower_95) for figure in years),
        ),
        "quarter": Part(Column(f"{period.label()}{unit}", True), of_quarter(_value, no_quarter), bool(quarters)),
        "expected": Part(
            Column(f"Expected range{unit}", True),
            of_year(lambda figure: between(figure.expected_lower, figure.expected_upper, figure.unit)),
            any(says_something(figure.expected_lower) for figure in years),
        ),
        "verdict": Part(
            Column("Verdict"),
            of_year(lambda figure: verdict_text(figure, said_below)),
            _has_verdicts(years),
        ),
        "over time": Part(
            Column("Over time"),
            of_quarter(variation_text),
            any(says_something(figure.variation) for figure in quarters),
        ),
        "target": Part(
            Column("Against target"),
            of_quarter(lambda figure: figure.assurance),
            any(says_something(figure.assurance) for figure in quarters),
        ),
        "note": _note_part(lines, _note_on_line(subject, lines)),
    }


def peer_parts(lines: Sequence[Line], unit: str = "") -> dict[str, Part]:
    """What the peers of the figures of `lines` have, by a name for each column; `unit` stands in their headings."""
    is_compared = any(line.indicator.is_compared for line in lines)
    return {
        "peers": Part(Column("Peers", True), lambda line: line.figure.peers, is_compared),
        "pooled": Part(
            Column(f"Peers pooled{unit}", True),
            lambda line: shown(line.figure.peer_value, line.indicator.unit),
            is_compared,
        ),
        "median": Part(
            Column(f"Median of peers{unit}", True),
            lambda line: shown(line.figure.peer_median, line.indicator.unit),
            is_compared,
        ),
        "half": Part(
            Column(f"Middle half of peers{unit}", True),
            lambda line: between(line.figure.peer_lower_quartile, line.figure.peer_upper_quartile, line.indicator.unit),
            is_compared,
        ),
        "note": _note_part(lines, lambda line: _note_on_peers(line.figure)),
    }


def basis_parts(*, is_of_one: bool) -> dict[str, Part]:
    """What figures rest on, by a name for each column; that of one organisation is of one delivery model."""
    model = Part(Column("Delivery model"), lambda line: words(line.figure.delivery_model).capitalize())
    return {
        **({} if is_of_one else {"model": model}),
        "basis": Part(Column("Basis"), lambda line: line.figure.basis_name),
        "months": Part(
            Column("Months reported", True),
            lambda line: f"{line.figure.months_reported} of {line.figure.months_expected}",
        ),
    }


def of_year(text: Callable[[OrganisationFigure], str], missing: str = "[z]") -> Callable[[Line], str]:
    """A text on the figure of the year in a row, and what stands there where there is none."""
    return lambda line: text(line.year) if line.year else missing


def of_quarter(text: Callable[[OrganisationFigure], str], missing: str = "[z]") -> Callable[[Line], str]:
    """The same of the quarter."""
    return lambda line: text(line.quarter) if line.quarter else missing


def _beside_table(subject: Subject, title: str, lines: Sequence[Line]) -> Table:
    """What figures rest on, and what their peers have."""
    rests_on = basis_parts(is_of_one=subject.is_of_one).values()
    peers = peer_parts(lines, _unit_in_headings(subject)).values()
    return _table(title, lines, _name_of(subject), *rests_on, *peers)


def _further_figures(subject: Subject, grain: str, label: str) -> Iterator[Table]:
    """The other indicators of a topic of which there is something to read, with the verdicts on them."""
    found = {indicator: subject.of(indicator, grain) for indicator in subject.indicators[1:]}
    there = {
        indicator: figures
        for indicator, figures in found.items()
        if any(says_something(figure.value) for figure in figures.values())
    }
    if not there:
        return
    judged = {indicator for indicator, figures in there.items() if _has_verdicts(figures.values())}
    one_of = {key: figure for figures in there.values() for key, figure in figures.items()}

    def cells(key: RowKey) -> Iterator[str]:
        for indicator, figures in there.items():
            figure = figures.get(key)
            yield _value(figure) if figure else "[x]"
            if indicator in judged:
                yield verdict_text(figure) if figure else "[z]"

    columns = [Column("Organisation"), Column("Basis")]
    for indicator in there:
        columns.append(Column(indicator.label, True))
        if indicator in judged:
            columns.append(Column(f"Verdict on {indicator.name[:1].lower()}{indicator.name[1:]}"))
    figures = [figure for of_indicator in there.values() for figure in of_indicator.values()]
    yield Table(
        f"{subject.topic.title}: further figures, {label}",
        tuple(columns),
        tuple(
            (figure.organisation_name, figure.basis_name, *cells(key))
            for key, figure in sorted(one_of.items(), key=lambda entry: (entry[1].organisation_name, entry[0]))
        ),
        (*by_chance(figures), *meanings_of_zero(subject, figures)),
        is_folded=True,
        is_elsewhere=True,
        how_to_read=tuple(what_verdicts_mean(figures)),
    )


def _quarter_by_quarter(subject: Subject) -> Iterator[Table]:
    history = [figure for figure in subject.rows.history if figure.topic == subject.topic.id]
    found: dict[tuple[str, str], dict[str, OrganisationFigure]] = {}
    for figure in history:
        if says_something(figure.value):
            found.setdefault((figure.period_id, figure.basis), {})[figure.indicator_id] = figure
    indicators = [
        indicator for indicator in subject.indicators if any(indicator.id in figures for figures in found.values())
    ]
    if not found:
        return
    yield Table(
        f"{subject.topic.title}, quarter by quarter",
        (
            Column("Quarter"),
            Column("Basis"),
            *(Column(indicator.label, True) for indicator in indicators),
        ),
        tuple(
            (
                period_id,
                next(iter(figures.values())).basis_name,
                *(_value(figures[indicator.id]) if indicator.id in figures else "[x]" for indicator in indicators),
            )
            for (period_id, _), figures in sorted(found.items())
        ),
        is_folded=True,
    )


def _table(title: str, lines: Sequence[Line], *parts: Part) -> Table:
    there = [part for part in parts if part.is_there]
    return Table(
        title,
        tuple(part.column for part in there),
        tuple(tuple(part.cell(line) for part in there) for line in lines),
        is_elsewhere=True,
    )


def _name_of(subject: Subject) -> Part:
    """Whom or what a row is about, and its basis where there is another row of the same."""

    def name(line: Line) -> str:
        what = line.indicator.label if subject.is_of_one else line.figure.organisation_name
        return f"{what}, {line.figure.basis_name}" if line.is_one_of_several else what

    return Part(Column("Figure" if subject.is_of_one else "Organisation"), name)


def _unit_in_headings(subject: Subject) -> str:
    """The unit of a portfolio's headline; an organisation's own figures have theirs in the row."""
    return "" if subject.is_of_one else f" ({unit_sign(subject.headline.unit)})"


def _note_part(lines: Sequence[Line], note: Callable[[Line], str]) -> Part:
    return Part(Column("Note"), lambda line: note(line) or "-", any(note(line) for line in lines))


def _note_on_line(subject: Subject, lines: Sequence[Line]) -> Callable[[Line], str]:
    """What is to be known of the figure in a row of `lines`: why it is not there; empty where there is nothing."""
    is_of_year = any(line.year for line in lines)
    is_commissioner = subject.rows.audience.kind in ("commissioner", OF_ONE)
    not_all_year = f"Not {'under contract' if is_commissioner else 'named'} for the whole year"
    return lambda line: _note_on_figure(line.figure) if line.year or not is_of_year else not_all_year


def _note_on_figure(figure: OrganisationFigure) -> str:
    """Why a figure is not there; empty where it is."""
    match figure.value:
        case "[c]":
            return "Withheld: few people are behind it, or it would give another withheld figure away"
        case "[z]":
            return "Not worked out on this basis"
        case "[x]" if not figure.months_reported:
            return "Nothing reported"
        case "[x]" if figure.months_reported < figure.months_expected:
            return "Not every month reported"
        case "[x]":
            return "Not among what was sent"
    return ""


def _note_on_peers(figure: OrganisationFigure) -> str:
    """What to know of the peers of a figure; empty where there is nothing to say or no figure."""
    if not is_figure(figure.value):
        return ""
    notes = [figure.peer_note] if figure.peer_note else []
    if figure.peer_group == _WIDENED and figure.peer_note != "too few peers":
        notes.append("peers are of all sectors")
    return " ".join(sentence(note) for note in notes)


def _value(figure: OrganisationFigure) -> str:
    return shown(figure.value, figure.unit)


def _has_verdicts(figures: Iterable[OrganisationFigure]) -> bool:
    return any(says_something(figure.verdict) for figure in figures)
