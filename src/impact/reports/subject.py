"""A topic of one report, and all that there is to read of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from impact.periods import Period
from impact.reports.audience_rows import (
    AudienceRows,
    BeforeAfter,
    DeliveryModelFigure,
    Effect,
    Indicator,
    OrganisationFigure,
    Topic,
)
from impact.reports.wording import says_something

OF_ONE = "one of a portfolio"
"""The kind of audience whose rows are of one organisation, read by somebody else (see `profiles`)."""

RowKey = tuple[str, str]
"""An organisation and a basis: figures on two bases never share a row."""


@dataclass(frozen=True)
class Line:
    """What stands in a row: one indicator of one organisation on one basis, of the year, of the quarter or of both.
    `is_one_of_several` where the same is there on another basis too."""

    indicator: Indicator
    year: OrganisationFigure | None
    quarter: OrganisationFigure | None
    is_one_of_several: bool

    @property
    def figure(self) -> OrganisationFigure:
        """That of the year; where there is none, that of the quarter."""
        figure = self.year or self.quarter
        assert figure is not None
        return figure


@dataclass(frozen=True)
class Subject:
    """The rows of one audience that are about one topic; its first indicator is the headline."""

    rows: AudienceRows
    period: Period
    topic: Topic
    indicators: tuple[Indicator, ...]
    figures: tuple[OrganisationFigure, ...]
    models: tuple[DeliveryModelFigure, ...]
    effects: tuple[Effect, ...]
    before_after: tuple[BeforeAfter, ...]

    @property
    def headline(self) -> Indicator:
        return self.indicators[0]

    @property
    def is_of_one(self) -> bool:
        """Whether its rows are all of one organisation, which then need not be named in them."""
        return self.rows.audience.kind in ("organisation", OF_ONE)

    def of(self, indicator: Indicator, grain: str) -> dict[RowKey, OrganisationFigure]:
        """An indicator's figures by organisation and basis."""
        return {
            (figure.organisation_code, figure.basis): figure
            for figure in self.figures
            if figure.indicator_id == indicator.id and figure.grain == grain
        }

    def shown(self, indicator: Indicator) -> list[OrganisationFigure]:
        """An indicator's figures of the year; of the quarter where nobody has one of the year."""
        year = self.of(indicator, "rolling_year")
        return list((year or self.of(indicator, "quarter")).values())

    def lines(self, indicator: Indicator) -> list[Line]:
        """An indicator's figures row by row: whoever has one of the year first."""
        year, quarter = self.of(indicator, "rolling_year"), self.of(indicator, "quarter")
        year, quarter = _beside(year, quarter), _beside(quarter, year)
        keys = list(dict.fromkeys([*year, *quarter]))
        organisations = [code for code, _ in keys]
        return [Line(indicator, year.get(key), quarter.get(key), organisations.count(key[0]) > 1) for key in keys]


def spoken_of(rows: AudienceRows, period: Period) -> Iterator[Subject]:
    """The subjects of which this reader has something, be it that it is withheld."""
    for subject in subjects(rows, period):
        is_there = any(says_something(figure.value) for figure in subject.figures)
        if is_there or subject.models or subject.effects or subject.before_after:
            yield subject


def most_used(bases: Sequence[str]) -> str:
    """The basis that most are on, of those that are on one chart at most: two on one axis would invite a comparison
    that cannot be made."""
    return max(sorted(set(bases)), key=bases.count)


def _beside(
    figures: dict[RowKey, OrganisationFigure], others: dict[RowKey, OrganisationFigure]
) -> dict[RowKey, OrganisationFigure]:
    """Figures in which one that is not there, and so is on no basis, stands in the row of the others of its
    organisation, where those are on one basis."""
    bases: dict[str, list[str]] = {}
    for code, basis in others:
        bases.setdefault(code, []).append(basis)
    moved = {}
    for (code, basis), figure in figures.items():
        alone = bases.get(code, []) if basis == "[x]" else []
        moved[code, alone[0] if len(alone) == 1 else basis] = figure
    return moved


def subjects(rows: AudienceRows, period: Period) -> list[Subject]:
    """One for each topic that has an indicator, in the order of topics."""
    found = {topic: tuple(one for one in rows.indicators if one.topic == topic.id) for topic in rows.topics}
    return [
        Subject(
            rows,
            period,
            topic,
            indicators,
            tuple(figure for figure in rows.organisations if figure.topic == topic.id),
            tuple(figure for figure in rows.delivery_models if figure.topic == topic.id),
            tuple(effect for effect in rows.effects if effect.topic == topic.id),
            tuple(one for one in rows.before_after if one.topic == topic.id),
        )
        for topic, indicators in found.items()
        if indicators
    ]
