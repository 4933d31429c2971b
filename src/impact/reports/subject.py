"""A topic of one report, and all that there is to read of it."""

from dataclasses import dataclass

from impact.periods import Period
from impact.reports.audiences import AudienceRows, DeliveryModelFigure, Indicator, OrganisationFigure, Topic

RowKey = tuple[str, str]
"""An organisation and a basis: figures on two bases never share a row."""


@dataclass(frozen=True)
class Subject:
    """The rows of one audience that are about one topic; its first indicator is the headline."""

    rows: AudienceRows
    period: Period
    topic: Topic
    indicators: tuple[Indicator, ...]
    figures: tuple[OrganisationFigure, ...]
    models: tuple[DeliveryModelFigure, ...]

    @property
    def headline(self) -> Indicator:
        return self.indicators[0]

    def of(self, indicator: Indicator, grain: str) -> dict[RowKey, OrganisationFigure]:
        """An indicator's figures by organisation and basis."""
        return {
            (figure.organisation_code, figure.basis): figure
            for figure in self.figures
            if figure.indicator_id == indicator.id and figure.grain == grain
        }


def subjects(rows: AudienceRows, period: Period) -> list[Subject]:
    """One for each topic, in the order of topics."""
    return [
        Subject(
            rows,
            period,
            topic,
            tuple(indicator for indicator in rows.indicators if indicator.topic == topic.id),
            tuple(figure for figure in rows.organisations if figure.topic == topic.id),
            tuple(figure for figure in rows.delivery_models if figure.topic == topic.id),
        )
        for topic in rows.topics
    ]
