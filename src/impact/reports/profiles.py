"""One page for each organisation of a commissioner's portfolio: where it stands on everything, how it moves, what it
saved and what it has not sent, in the words and figures of the report itself."""

from collections.abc import Iterator
from dataclasses import replace

from impact.periods import Period
from impact.reports.audience_rows import Audience, AudienceRows, OrganisationFigure
from impact.reports.before_after import before_after_table
from impact.reports.content import Column, Profile, Section, Table
from impact.reports.main_points import IS_IN, main_points
from impact.reports.over_time import over_time_figures
from impact.reports.savings import present_value_tables, saving_tables
from impact.reports.subject import OF_ONE, subjects
from impact.reports.tables import tables_of_one
from impact.reports.wording import words

_NO_FIGURES = "There is no figure of it for this period: none was reported, or none was in by then."


def profiles(rows: AudienceRows, period: Period) -> Iterator[Profile]:
    """One for each organisation that a commissioner sees by name, in the order of names; none for other readers."""
    if rows.audience.kind != "commissioner":
        return
    first: dict[str, OrganisationFigure] = {}
    for figure in rows.organisations:
        first.setdefault(figure.organisation_code, figure)
    for code, figure in sorted(first.items(), key=lambda entry: (entry[1].organisation_name, entry[0])):
        yield _profile(_rows_of(rows, code, figure.organisation_name), period, code, figure)


def profile_id(code: str) -> str:
    return f"organisation-{code}"


def _rows_of(rows: AudienceRows, code: str, name: str) -> AudienceRows:
    """What the reader of `rows` may read of one organisation."""
    return replace(
        rows,
        audience=Audience(rows.audience.id, OF_ONE, name),
        organisations=tuple(one for one in rows.organisations if one.organisation_code == code),
        delivery_models=(),
        effects=(),
        before_after=tuple(one for one in rows.before_after if one.organisation_code == code),
        savings=tuple(one for one in rows.savings if one.organisation_code == code),
        present_values=tuple(one for one in rows.present_values if one.organisation_code == code),
        return_states=tuple(one for one in rows.return_states if one.organisation_code == code),
        history=(),
        over_time=tuple(one for one in rows.over_time if one.organisation_code == code),
    )


def _profile(rows: AudienceRows, period: Period, code: str, figure: OrganisationFigure) -> Profile:
    spun_out = sorted({one.spun_out_on for one in rows.before_after})
    return Profile(
        id=profile_id(code),
        name=rows.audience.name,
        title=rows.audience.name,
        facts=(
            ("Delivery model", words(figure.delivery_model).capitalize()),
            ("Sector", words(figure.sector).capitalize()),
            *(("Spun out", f"{day.day} {day:%B %Y}") for day in spun_out),
        ),
        main_points=tuple(main_points(rows, period)),
        sections=tuple(_sections(rows, period, profile_id(code))),
    )


def _sections(rows: AudienceRows, period: Period, id_: str) -> Iterator[Section]:
    found = subjects(rows, period)
    figures = tuple(tables_of_one(found))
    yield Section(f"{id_}-figures", "Figures", () if figures else (_NO_FIGURES,), tables=figures)
    if over_time := [figure for subject in found for figure in over_time_figures(subject)]:
        yield Section(f"{id_}-over-time", "Over time", figures=tuple(over_time))
    if before_after := [table for subject in found for table in before_after_table(subject)]:
        yield Section(f"{id_}-before-after", "Before and after spinning out", tables=tuple(before_after))
    saved = [table for subject in found for make in (saving_tables, present_value_tables) for table in make(subject)]
    if saved:
        yield Section(f"{id_}-savings", "Savings", tables=tuple(replace(table, is_folded=True) for table in saved))
    if any(one.state not in IS_IN for one in rows.return_states):
        yield Section(
            f"{id_}-returns",
            "Returns",
            tables=(
                Table(
                    f"Returns for {period.label()}",
                    (Column("Return"), Column("State")),
                    tuple((one.feed_title, one.state) for one in rows.return_states),
                    is_repeated=True,
                    is_elsewhere=True,
                ),
            ),
        )
