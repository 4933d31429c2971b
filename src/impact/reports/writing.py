"""Published rows -> the content of a report, put together from its parts. What is said of a topic is written in
`topics`, the sentences at the top are chosen in `main_points`."""

from collections.abc import Iterator
from datetime import date, timedelta

from impact.periods import Period, quarter_of
from impact.reports.at_a_glance import glance_section
from impact.reports.audience_rows import AudienceRows
from impact.reports.claim_sections import LEADS as CLAIM_LEADS
from impact.reports.claim_sections import area_profiles, claim_points, claim_section
from impact.reports.content import METHOD, Column, Report, Section, Table
from impact.reports.glossary import GLOSSARY
from impact.reports.long_tables import long_tables
from impact.reports.main_points import ALL_COMPARISONS, headlines, main_points
from impact.reports.profiles import profiles
from impact.reports.topics import topic_sections
from impact.reports.wording import count_of, year_end, year_label

NOT_FOR_RELEASE = "Not for release: what this page gives away has not been audited."

_BECAUSE = {
    "too few organisations": "too few organisations are in it",
    "too few answers": "it rests on too few answers",
    "too few posts": "it is of too few posts",
    "all answered alike": "all answered alike",
    "most of them are known to a reader": "a reader knows most of those in it",
}
"""Reasons that do not read on as they are; the others do."""

_MOST_NAMED = 12
"""Of those who did not report everything; a longer list is what the table is for."""


def make_report(rows: AudienceRows, period: Period, published_on: date) -> Report:
    """The report of one audience. Raises nothing: an audience without figures gets a report that says so."""
    title = {
        "commissioner": f"Benchmarks for {rows.audience.name}",
        "organisation": f"{rows.audience.name} beside its peers",
    }.get(rows.audience.kind, "State of the sector: mutuals beside other organisations")
    sections = [
        *claim_section(rows, period),
        *glance_section(rows, period),
        *topic_sections(rows, period),
        _missing(rows, period),
        _method(rows),
    ]
    return Report(
        title=f"{title}: year to {year_end(period)}",
        audience_name=rows.audience.name,
        published_on=published_on,
        period_covered=f"{year_label(period)}",
        status="Every figure here is public already" if rows.is_public else "Provisional",
        warning=None if rows.is_public or rows.disclosure.is_audited else NOT_FOR_RELEASE,
        main_points=(*claim_points(rows, period), *main_points(rows, period)),
        sections=tuple(sections),
        profiles=(*area_profiles(rows, period), *profiles(rows, period)),
        next_update=_next_update(period),
        glossary=GLOSSARY,
        leads=(*CLAIM_LEADS, ALL_COMPARISONS, *(indicator.name for indicator in rows.indicators)),
        long_tables=tuple(long_tables(rows, period)),
    )


def _next_update(period: Period) -> str:
    """The month after the quarter that follows: when its returns fall due."""
    following = quarter_of(period.end_on + timedelta(days=1))
    return f"{following.label()}, once its returns are in, from {following.end_on + timedelta(days=1):%B %Y}"


def _missing(rows: AudienceRows, period: Period) -> Section:
    return Section(
        id="data-quality",
        title="What is missing, and what was withheld",
        paragraphs=(
            *_short_of_months(rows),
            _withheld(rows),
            (
                f"A median is shown from {rows.peers_for_median} peers, quartiles from {rows.peers_for_quartiles}, and "
                "neither where a reader knows most of them."
            ),
            "[c] withheld, [x] not available, [z] not applicable.",
        ),
        tables=tuple(_returns_table(rows, period)),
    )


def _withheld(rows: AudienceRows) -> str:
    """How many figures of how many are withheld, and why."""
    withheld = sum(one.cells for one in rows.disclosure.withheld)
    figures = count_of(rows.disclosure.cells, "figure", "figures")
    verb = "is" if withheld == 1 else "are"
    said = f"{withheld} of {figures} of this page and its data {verb} withheld ([c]), so that nobody is given away"
    if not withheld:
        return f"{said}."
    reasons = sorted(rows.disclosure.withheld, key=lambda one: (-one.cells, one.reason))
    return f"{said}: {'; '.join(f'{one.cells} because {_BECAUSE.get(one.reason, one.reason)}' for one in reasons)}."


def _short_of_months(rows: AudienceRows) -> Iterator[str]:
    """Topic by topic, who did not report every month of the year."""
    if not rows.organisations:
        yield "There is no organisation to report on."
    for indicator in headlines(rows):
        year = [
            figure
            for figure in rows.organisations
            if figure.indicator_id == indicator.id and figure.grain == "rolling_year"
        ]
        # Whoever changed its basis has a figure on each, and reported the months of both.
        reported: dict[tuple[str, str], tuple[int, int]] = {}
        for figure in year:
            key = (figure.organisation_name, figure.organisation_code)
            before, _ = reported.get(key, (0, 0))
            reported[key] = (before + figure.months_reported, figure.months_expected)
        short = [(name, *months) for (name, _), months in reported.items() if months[0] < months[1]]
        if not any(months for months, _ in reported.values()):
            continue
        if not short:
            is_one = len(reported) == 1
            said = "every month of the year was" if is_one else "every organisation reported every month of the year"
            yield f"{indicator.name}: {said}{' reported' if is_one else ''}."
            continue
        listed = "; ".join(f"{name} ({months} of {expected} months)" for name, months, expected in short[:_MOST_NAMED])
        more = f"; and {len(short) - _MOST_NAMED} more" if len(short) > _MOST_NAMED else ""
        yield (
            f"{indicator.name}: {len(short)} of {count_of(len(reported), 'organisation', 'organisations')} did not "
            f"report every month of the year: {listed}{more}."
        )


def _returns_table(rows: AudienceRows, period: Period) -> Iterator[Table]:
    if not rows.return_states:
        return
    states: dict[tuple[str, str], dict[str, str]] = {}
    for one in rows.return_states:
        states.setdefault((one.organisation_name, one.organisation_code), {})[one.feed] = one.state
    titles = dict(sorted({one.feed: one.feed_title for one in rows.return_states}.items()))
    ordered = [topic.id for topic in rows.topics if topic.id in titles]
    feeds = ordered + [feed for feed in titles if feed not in ordered]
    yield Table(
        f"Returns for {period.label()}",
        (Column("Organisation"), *(Column(titles[feed]) for feed in feeds)),
        tuple((name, *(of.get(feed, "not owed") for feed in feeds)) for (name, _), of in states.items()),
    )


def _method(rows: AudienceRows) -> Section:
    used = {figure.indicator_id for figure in rows.organisations} | {
        figure.indicator_id for figure in rows.delivery_models
    }
    paragraphs = [
        (
            "Peers are organisations with the same delivery model, in the same sector and measured on the same basis "
            "or with the same instrument, the organisation itself left out. With fewer than "
            f"{rows.peers_for_median} of them, those of all sectors are taken. "
            "Who is a mutual, and in which sector, is what the register of this service says."
        ),
        (
            "Pooled adds up all organisations before dividing, so that large ones weigh more. The median is the "
            "organisation in the middle. Neither is adjusted for what staff do or where they work."
        ),
        *(
            f"{indicator.name}: {indicator.definition} Source of the method: {indicator.method}."
            for indicator in rows.indicators
            if indicator.id in used
        ),
        *(
            f"Contains public sector information from {publisher.name} ({publisher.page}), licensed under the "
            f"{publisher.licence}. {publisher.note}".rstrip()
            for publisher in rows.publishers
        ),
    ]
    return Section(id=METHOD, title="How these figures were made", paragraphs=tuple(paragraphs))
