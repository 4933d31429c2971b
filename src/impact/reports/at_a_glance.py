"""A commissioner's portfolio on one screen: each organisation in a row, its headline figures with their verdicts, what
is changing, and what is not in."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

from impact.periods import Period
from impact.reports.audience_rows import AudienceRows, Indicator, OrganisationFigure
from impact.reports.content import Column, Section, Table
from impact.reports.main_points import IS_IN, KEPT_BY_COMMISSIONERS
from impact.reports.savings import meanings_of_zero
from impact.reports.subject import Subject, subjects
from impact.reports.verdicts import CHANGES, SIMILAR, by_chance, is_not_compared, what_verdicts_mean
from impact.reports.wording import is_figure, says_something, shown, with_unit, year_label

_COMMON = "common cause"


@dataclass(frozen=True)
class _Shown:
    """The indicator of a topic that stands here, and its figures."""

    subject: Subject
    indicator: Indicator
    figures: tuple[OrganisationFigure, ...]

    @property
    def is_of_year(self) -> bool:
        return any(figure.grain == "rolling_year" for figure in self.figures)

    @property
    def has_verdicts(self) -> bool:
        """Somebody is compared, or could have been."""
        return any(says_something(figure.verdict) for figure in self.figures) and not self.is_not_compared

    @property
    def is_not_compared(self) -> bool:
        said = [figure for figure in self.figures if says_something(figure.verdict)]
        return bool(said) and all(map(is_not_compared, said))

    def of(self, code: str) -> list[OrganisationFigure]:
        return [figure for figure in self.figures if figure.organisation_code == code]


def glance_section(rows: AudienceRows, period: Period) -> Iterator[Section]:
    """For commissioners with more than one organisation."""
    names = {figure.organisation_code: figure.organisation_name for figure in rows.organisations}
    if rows.audience.kind != "commissioner" or len(names) < 2:
        return
    found = [one for subject in subjects(rows, period) for one in _shown(subject)]
    all_figures = [figure for one in found for figure in one.figures]
    label = year_label(period) if any(one.is_of_year for one in found) else period.label()
    table = Table(
        f"Your organisations at a glance, {label}",
        (
            Column("Organisation"),
            *(column for one in found for column in _columns(one)),
            Column("Changing over time"),
            Column("Returns in", True),
        ),
        tuple(
            (
                name,
                *(cell for one in found for cell in _cells(one, code)),
                _changing(found, code),
                _returns(rows, code),
            )
            for code, name in sorted(names.items(), key=lambda entry: (entry[1], entry[0]))
        ),
        notes=(
            *by_chance(all_figures),
            *(
                f"{one.indicator.name}: nobody is compared with others. The part {one.subject.topic.title} says why."
                for one in found
                if one.is_not_compared
            ),
            *_mixed(found),
            # Whoever has seen it of one indicator will believe it of the others.
            *islice((note for one in found for note in _why_similar(one)), 1),
            *(note for one in found for note in meanings_of_zero(one.subject, one.figures)),
        ),
        how_to_read=(
            *what_verdicts_mean(all_figures),
            (
                "Changing over time: what is more than common cause, which is what moves from month to month or from "
                "survey to survey anyway; [z] where there are too few points to say."
            ),
        ),
    )
    yield Section("at-a-glance", "At a glance", tables=(table,))


def _shown(subject: Subject) -> Iterator[_Shown]:
    """The headline; of savings those that commissioners keep, for only these saved the reader anything. Nothing where
    nobody has a figure, be it one that is withheld."""
    kept = [one for one in subject.indicators if one.id == KEPT_BY_COMMISSIONERS]
    for indicator in (*kept, subject.headline):
        figures = tuple(subject.shown(indicator))
        if any(says_something(figure.value) for figure in figures):
            yield _Shown(subject, indicator, figures)
            return


def _columns(one: _Shown) -> Iterator[Column]:
    when = "" if one.is_of_year else f", {one.subject.period.label()}"
    yield Column(f"{one.indicator.label}{when}", True)
    if one.has_verdicts:
        yield Column(f"{one.indicator.name}: verdict")


def _cells(one: _Shown, code: str) -> Iterator[str]:
    """The figure and, where there are any on it, the verdict: of each basis where an organisation is on several."""
    figures = one.of(code)
    yield _joined(figures, lambda figure: shown(figure.value, figure.unit), "[x]")
    if one.has_verdicts:
        yield _joined(figures, lambda figure: figure.verdict, "[z]")


def _joined(figures: Sequence[OrganisationFigure], text: Callable[[OrganisationFigure], str], missing: str) -> str:
    if len(figures) < 2:
        return text(figures[0]) if figures else missing
    return "; ".join(f"{figure.basis_name}: {text(figure)}" for figure in figures)


def _mixed(found: Sequence[_Shown]) -> Iterator[str]:
    """Which columns hold figures that do not compare with one another."""
    bases = [(one, sorted({figure.basis_name for figure in one.figures if is_figure(figure.value)})) for one in found]
    several = [f"{one.indicator.name} ({', '.join(names)})" for one, names in bases if len(names) > 1]
    if several:
        yield f"Figures that are measured in different ways do not compare: {'; '.join(several)}."


def _why_similar(one: _Shown) -> Iterator[str]:
    """What is expected of those that are called similar with the lowest and the highest figure: few would believe that
    both are, and the figures beside them do not show why."""
    similar = [
        figure
        for figure in one.figures
        if figure.verdict == SIMILAR
        and all(map(is_figure, (figure.value, figure.expected_lower, figure.expected_upper)))
    ]
    if len(similar) < 2:
        return
    in_order = sorted(similar, key=lambda figure: (Decimal(figure.value), figure.organisation_name))
    ends = (in_order[0], in_order[-1])
    who = " and ".join(f"{end.organisation_name} with {with_unit(end.value, end.unit)}" for end in ends)
    expected = " and ".join(
        f"{with_unit(end.expected_lower, end.unit)} to {with_unit(end.expected_upper, end.unit)}" for end in ends
    )
    yield (
        f"{one.indicator.name}: {who} are both similar. Of organisations with as much behind their figures, {expected} "
        "are expected."
    )


def _changing(found: Sequence[_Shown], code: str) -> str:
    """What is more than common cause, the headlines that are of concern first; where nothing is, what is known."""
    variations = [
        (one.subject.headline.name, figure.variation)
        for one in found
        for figure in one.subject.of(one.subject.headline, "quarter").values()
        if figure.organisation_code == code
    ]
    said = []
    for change in CHANGES:
        if of_change := list(dict.fromkeys(name for name, variation in variations if variation == change)):
            said.append(f"{change}: {', '.join(f'{name[:1].lower()}{name[1:]}' for name in of_change)}")
    if said:
        return "; ".join(said)
    there = {variation for _, variation in variations}
    if _COMMON in there:
        return f"no more than {_COMMON}"
    return "[c]" if "[c]" in there else "[z]"


def _returns(rows: AudienceRows, code: str) -> str:
    states = [one.state for one in rows.return_states if one.organisation_code == code]
    return f"{sum(state in IS_IN for state in states)} of {len(states)}" if states else "[z]"
