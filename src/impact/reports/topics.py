"""The part of a report that is about one topic: what opens it, its chart, its tables."""

from collections.abc import Iterator

from impact.periods import Period
from impact.reports.audience_rows import AudienceRows
from impact.reports.before_after import before_after_figure, before_after_table, effect_table
from impact.reports.beside import beside_figures
from impact.reports.claim_sections import evidence
from impact.reports.content import Section
from impact.reports.delivery_models import side_by_side
from impact.reports.expected_range import expected_range_figure
from impact.reports.over_time import over_time_figures
from impact.reports.portfolio import portfolio_figure
from impact.reports.savings import present_value_tables, saving_tables
from impact.reports.sector import sector_tables
from impact.reports.subject import Subject, spoken_of
from impact.reports.tables import own_tables, portfolio_tables
from impact.reports.verdicts import instrument_sentences

_POLARITIES = {"lower_is_better": "Lower is better.", "higher_is_better": "Higher is better.", "none": ""}


def topic_sections(rows: AudienceRows, period: Period) -> Iterator[Section]:
    """A section for each topic that there is something to say of."""
    return map(_section, spoken_of(rows, period))


def _section(subject: Subject) -> Section:
    headline = subject.headline
    tables = own_tables(subject) if subject.is_of_one else [*portfolio_tables(subject), *side_by_side(subject)]
    opening, lists = evidence(subject.rows, subject.period, subject.topic.id)
    if subject.rows.audience.kind == "public":
        tables = [*sector_tables(subject.rows, subject.period, subject.topic.id), *tables]
    what_it_is = f"{headline.name}: {headline.definition} {_POLARITIES[headline.polarity]}".strip()
    return Section(
        id=subject.topic.id.replace("_", "-"),
        title=subject.topic.title,
        paragraphs=(
            *opening,
            what_it_is,
            *([] if subject.is_of_one else instrument_sentences(subject.shown(headline))),
        ),
        lists=lists,
        figures=(
            *beside_figures(subject),
            *portfolio_figure(subject),
            *expected_range_figure(subject),
            *over_time_figures(subject),
            *before_after_figure(subject),
        ),
        tables=(
            *tables,
            *before_after_table(subject),
            *effect_table(subject),
            *saving_tables(subject),
            *present_value_tables(subject),
        ),
        data_file="data/organisations.csv"
        if subject.figures
        else "data/delivery-models.csv"
        if subject.models
        else None,
    )
