"""The part of a report that is about one topic: what opens it, its chart, its tables."""

from collections.abc import Iterator
from dataclasses import replace

from impact.periods import Period
from impact.reports.audience_rows import AudienceRows
from impact.reports.before_after import before_after_figure, before_after_table, effect_table
from impact.reports.beside import beside_figures
from impact.reports.claim_sections import evidence
from impact.reports.content import Column, Section, Table
from impact.reports.expected_range import expected_range_figure
from impact.reports.over_time import over_time_figures
from impact.reports.portfolio import portfolio_figure
from impact.reports.savings import present_value_tables, saving_tables
from impact.reports.sector import sector_tables
from impact.reports.subject import Subject, subjects
from impact.reports.tables import own_tables, portfolio_tables
from impact.reports.verdicts import instrument_sentences
from impact.reports.wording import between, says_something, shown, unit_sign, words, year_label

_POLARITIES = {"lower_is_better": "Lower is better.", "higher_is_better": "Higher is better.", "none": ""}


def topic_sections(rows: AudienceRows, period: Period) -> Iterator[Section]:
    """A section for each topic of which this reader has something, be it that it is withheld."""
    for subject in subjects(rows, period):
        is_there = any(says_something(figure.value) for figure in subject.figures)
        if is_there or subject.models or subject.effects or subject.before_after:
            yield _section(subject)


def _section(subject: Subject) -> Section:
    headline = subject.headline
    tables = own_tables(subject) if subject.is_of_one else [*portfolio_tables(subject), *_side_by_side(subject)]
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


def _side_by_side(subject: Subject) -> Iterator[Table]:
    """Delivery models beside one another, for what has a good and a bad direction. Where organisations stand above,
    these are folded away. Of what the claim rests on the State of the sector says more (`sector_tables`)."""
    is_public = subject.rows.audience.kind == "public"
    for indicator in subject.indicators:
        figures = [
            figure
            for figure in subject.models
            if figure.indicator_id == indicator.id and figure.grain == "rolling_year"
        ]
        if not figures or indicator.polarity == "none" or (is_public and indicator.is_in_claim):
            continue
        unit = f" ({unit_sign(indicator.unit)})"
        table = Table(
            f"{indicator.name} by delivery model, {year_label(subject.period)}",
            (
                Column("Delivery model"),
                Column("Sector"),
                Column("Basis"),
                Column("Organisations reporting", True),
                Column("Months reported", True),
                Column(f"Pooled{unit}", True),
                Column(f"Median{unit}", True),
                Column(f"Middle half{unit}", True),
                Column("Note"),
            ),
            tuple(
                (
                    words(figure.delivery_model).capitalize(),
                    words(figure.sector),
                    figure.basis_name,
                    f"{figure.organisations} of {figure.organisations_registered}",
                    f"{figure.months_reported} of {figure.months_expected}",
                    shown(figure.value, indicator.unit),
                    shown(figure.median, indicator.unit),
                    between(figure.lower_quartile, figure.upper_quartile, indicator.unit),
                    figure.note or "-",
                )
                for figure in figures
            ),
        )
        yield replace(table, is_folded=bool(subject.figures))
