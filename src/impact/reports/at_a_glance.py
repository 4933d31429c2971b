"""A commissioner's portfolio on one screen: each organisation in a row, its headline figures with their verdicts, what
is changing, and what is not in."""

from collections.abc import Iterator

from impact.periods import Period
from impact.reports.audiences import AudienceRows, OrganisationFigure
from impact.reports.content import Column, Section, Table
from impact.reports.main_points import IS_IN
from impact.reports.subject import Subject, subjects
from impact.reports.verdicts import CHANGES
from impact.reports.wording import says_something, shown, unit_sign, year_label

_ON_SEVERAL = "on several bases"


def glance_section(rows: AudienceRows, period: Period) -> Iterator[Section]:
    """For commissioners with more than one organisation."""
    names = {figure.organisation_code: figure.organisation_name for figure in rows.organisations}
    if rows.audience.kind != "commissioner" or len(names) < 2:
        return
    found = [subject for subject in subjects(rows, period) if subject.shown(subject.headline)]
    is_judged = {subject.topic.id: _has_verdicts(subject) for subject in found}
    columns = [Column("Organisation")]
    for subject in found:
        columns.append(Column(f"{subject.headline.name} ({unit_sign(subject.headline.unit)})", True))
        if is_judged[subject.topic.id]:
            columns.append(Column(f"{subject.headline.name}: verdict"))
    table = Table(
        f"Your organisations at a glance, {year_label(period)}",
        (*columns, Column("Changing over time"), Column("Returns in", True)),
        tuple(
            (
                name,
                *(cell for subject in found for cell in _cells(subject, code, is_judged[subject.topic.id])),
                _changing(found, code),
                _returns(rows, code),
            )
            for code, name in sorted(names.items(), key=lambda entry: (entry[1], entry[0]))
        ),
    )
    yield Section("at-a-glance", "At a glance", tables=(table,))


def _figures(subject: Subject, code: str) -> list[OrganisationFigure]:
    return [figure for figure in subject.shown(subject.headline) if figure.organisation_code == code]


def _has_verdicts(subject: Subject) -> bool:
    return any(says_something(figure.verdict) for figure in subject.shown(subject.headline))


def _cells(subject: Subject, code: str, is_judged: bool) -> list[str]:
    """The headline figure and, where there are any on it, the verdict."""
    match _figures(subject, code):
        case []:
            cells = ["[x]", "[z]"]
        case [figure]:
            cells = [shown(figure.value, figure.unit), figure.verdict]
        case _:
            cells = ["[z]", _ON_SEVERAL]
    return cells if is_judged else cells[:1]


def _changing(found: list[Subject], code: str) -> str:
    """What is more than common cause, headline by headline."""
    said = [
        f"{subject.headline.name.lower()}: {figure.variation}"
        for subject in found
        for figure in subject.of(subject.headline, "quarter").values()
        if figure.organisation_code == code and figure.variation in CHANGES
    ]
    return "; ".join(said) or "-"


def _returns(rows: AudienceRows, code: str) -> str:
    states = [one.state for one in rows.return_states if one.organisation_code == code]
    return f"{sum(state in IS_IN for state in states)} of {len(states)}" if states else "[z]"
