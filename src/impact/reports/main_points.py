"""The main points of a report. Sentences are chosen from the published verdicts, variations and intervals, and claim no
more than those."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from impact.periods import Period
from impact.reports.audience_rows import AudienceRows, DeliveryModelFigure, Indicator, OrganisationFigure
from impact.reports.before_after import before_after_points
from impact.reports.subject import OF_ONE, Subject, subjects
from impact.reports.verdicts import (
    APART,
    CHANGES,
    by_chance,
    instrument_sentences,
    is_apart,
    is_judged,
    is_not_compared,
    is_on_no_comparing_instrument,
)
from impact.reports.wording import (
    between,
    count_of,
    is_figure,
    joined,
    listed,
    with_unit,
    words,
    year_end,
)

ALL_COMPARISONS = "All comparisons with peers"
KEPT_BY_COMMISSIONERS = "net_savings_to_commissioner"
_ALL_SECTORS = "sectors_of_mutuals"
IS_IN = ("received", "nothing to report", "exempt")
_MOST_NAMED, _MOST_FOR_A_REASON = 8, 3
"""Names in a sentence, and for each reason not to be there; whoever wants all of them has the table."""
_CHANGE_WORDS = {"concern": "of concern", "improving": "improving", "high": "high", "low": "low"}
_MODEL_PLURALS = {
    "mutual": ("mutual", "mutuals"),
    "in_house": ("in-house organisation", "in-house organisations"),
    "outsourced": ("outsourced organisation", "outsourced organisations"),
    "unclassified": ("unclassified organisation", "unclassified organisations"),
}


@dataclass(frozen=True)
class _Whose:
    """How an organisation is spoken of: to itself, or to somebody else, who reads the same of many."""

    their: str
    what_similar_means: str


_YOURS = _Whose("your", ": what sets you apart may be chance and ordinary spread")
_ITS = _Whose("its", "")


def main_points(rows: AudienceRows, period: Period) -> Iterator[str]:
    """What a reader should know who reads nothing else."""
    match rows.audience.kind:
        case "commissioner":
            yield from _portfolio_points(rows, period)
        case "organisation":
            yield from _points_of_one(rows, period, _YOURS)
        case kind if kind == OF_ONE:
            yield from _points_of_one(rows, period, _ITS)
            yield from _saved(rows, period, is_of_one=True)
        case _:
            yield from _sector_points(rows, period)


def headlines(rows: AudienceRows) -> list[Indicator]:
    """The first indicator of each topic, in the order of the topics."""
    first = [next((one for one in rows.indicators if one.topic == topic.id), None) for topic in rows.topics]
    return [indicator for indicator in first if indicator is not None]


def _portfolio_points(rows: AudienceRows, period: Period) -> Iterator[str]:
    year = [figure for figure in rows.organisations if figure.grain == "rolling_year"]
    if year:
        commissioned = {figure.organisation_code for figure in year}
        yield f"You commission {count_of(len(commissioned), 'organisation', 'organisations')}."
    else:
        yield f"No contract of yours covers the whole year to {year_end(period)}, so only {period.label()} is shown."
    yield from _received(rows, period)
    judged: list[OrganisationFigure] = []
    for subject in subjects(rows, period):
        yield from _verdict_points(subject)
        yield from _change_points(subject)
        judged += filter(is_judged, subject.shown(subject.headline))
    for said in by_chance(judged):
        apart = sum(map(is_apart, judged))
        yield f"{ALL_COMPARISONS}: {apart or 'none'} of {len(judged)} {_are(apart)} set apart. {said}"
    yield from _saved(rows, period)


def _verdict_points(subject: Subject) -> Iterator[str]:
    """Who is set apart from its peers, by name; how many are not; who is not compared, and why."""
    figures = subject.shown(subject.headline)
    judged = [figure for figure in figures if is_judged(figure)]
    reasons: dict[str, list[OrganisationFigure]] = defaultdict(list)
    for figure in figures:
        if is_not_compared(figure) and not is_on_no_comparing_instrument(figure):
            reasons[figure.verdict_note].append(figure)
    said = list(_verdicts(judged))
    if reasons and subject.headline.is_compared:
        most_first = sorted(reasons.items(), key=lambda reason: -len(reason[1]))
        why = ", ".join(f"{_few_by_name(group, figures)} ({reason})" for reason, group in most_first)
        said.append(f"Not compared: {why}.")
    said += instrument_sentences(figures)
    if said:
        yield f"{subject.headline.name}. {' '.join(said)}"


def _verdicts(judged: Sequence[OrganisationFigure]) -> Iterator[str]:
    groups = {verdict: [figure for figure in judged if figure.verdict == verdict] for verdict in APART}
    similar = len(judged) - sum(map(len, groups.values()))
    if len(judged) == 1:
        yield f"{judged[0].organisation_name}, the one compared with its peers, is {judged[0].verdict}."
    elif judged and similar == len(judged):
        yield f"None of the {similar} compared with their peers is set apart."
    elif judged:
        said = _named(groups, judged) + ([f"{similar} {_are(similar)} similar"] if similar else [])
        yield f"Of the {len(judged)} compared with their peers, {joined(said)}."


def _change_points(subject: Subject) -> Iterator[str]:
    """Whose last point over time is more than common cause, by name."""
    figures = list(subject.of(subject.headline, "quarter").values())
    found = {
        _CHANGE_WORDS[variation]: [figure for figure in figures if figure.variation == variation]
        for variation in CHANGES
    }
    if any(found.values()):
        yield f"{subject.headline.name} over time: {joined(_named(found, figures))}."


def _named(groups: Mapping[str, Sequence[OrganisationFigure]], among: Sequence[OrganisationFigure]) -> list[str]:
    """How many each group holds, and the first few names of them all: the groups that come first have them first."""
    said, room = [], _MOST_NAMED
    for words_on_it, group in groups.items():
        if group:
            names = f" ({listed(sorted(_who(figure, among) for figure in group), room)})" if room else ""
            said.append(f"{len(group)} {_are(len(group))} {words_on_it}{names}")
            room -= min(room, len(group))
    return said


def _few_by_name(group: Sequence[OrganisationFigure], among: Sequence[OrganisationFigure]) -> str:
    """A few organisations by name, and of more how many."""
    is_few = len(group) <= _MOST_FOR_A_REASON
    return joined(sorted(_who(figure, among) for figure in group)) if is_few else str(len(group))


def _who(figure: OrganisationFigure, among: Sequence[OrganisationFigure]) -> str:
    """An organisation by name, with the basis where it is there on several."""
    is_one_of_several = [other.organisation_code for other in among].count(figure.organisation_code) > 1
    return f"{figure.organisation_name}, {figure.basis_name}" if is_one_of_several else figure.organisation_name


def _are(count: int) -> str:
    """After a number, or after "none"."""
    return "is" if count <= 1 else "are"


def _received(rows: AudienceRows, period: Period) -> Iterator[str]:
    """How many returns are in, and of a few that are not which: a longer list is a section of the report."""
    if rows.return_states:
        missing = [one for one in rows.return_states if one.state not in IS_IN]
        owed = count_of(len(rows.return_states), "return", "returns")
        is_or_are = "is" if len(rows.return_states) == 1 else "are"
        said = f"{len(rows.return_states) - len(missing)} of {owed} owed for {period.label()} {is_or_are} in."
        is_of_one = len({one.organisation_code for one in rows.return_states}) == 1
        which = [
            f"{one.feed_title.lower()} ({one.state})"
            if is_of_one
            else f"{one.organisation_name} ({one.feed_title.lower()}, {one.state})"
            for one in missing
        ]
        yield f"{said} Not in: {joined(which)}." if 0 < len(missing) <= _MOST_FOR_A_REASON else said


def _saved(rows: AudienceRows, period: Period, *, is_of_one: bool = False) -> Iterator[str]:
    """What the commissioner who reads it keeps: of all that it pays, or of one of them."""
    kept = [
        Decimal(figure.value)
        for figure in rows.organisations
        if figure.grain == "rolling_year" and figure.indicator_id == KEPT_BY_COMMISSIONERS and is_figure(figure.value)
    ]
    if kept:
        who = "it reports" if is_of_one else f"{count_of(len(kept), 'organisation reports', 'organisations report')} it"
        yield (
            f"Cash-releasing savings on your contracts that you keep came to {with_unit(str(sum(kept)), 'GBP')} in the "
            f"year to {year_end(period)}, net of what they cost, as {who}."
        )


def _points_of_one(rows: AudienceRows, period: Period, whose: _Whose) -> Iterator[str]:
    yield from _received(rows, period)
    for subject in subjects(rows, period):
        headline = subject.headline
        for line in subject.lines(headline):
            name = f"{headline.name} ({line.figure.basis_name})" if line.is_one_of_several else headline.name
            if line.year and is_figure(line.year.value):
                yield " ".join([f"{name}: {_figure(line.year, period, whose)}", *_verdict(line.year, whose)])
            if line.quarter and line.quarter.variation in CHANGES:
                rule = f" ({line.quarter.variation_note})" if line.quarter.variation_note else ""
                yield f"{name} over time: {_CHANGE_WORDS[line.quarter.variation]}{rule}."
        yield from before_after_points(rows.before_after, headline.id)


def _figure(figure: OrganisationFigure, period: Period, whose: _Whose) -> str:
    interval = between(figure.lower_95, figure.upper_95, figure.unit)
    sure = f" (95% interval {interval})" if is_figure(interval) else ""
    beside = (
        f"; the median of {whose.their} {figure.peers} peers is {with_unit(figure.peer_median, figure.unit)}"
        if is_figure(figure.peer_median)
        else ""
    )
    return f"{with_unit(figure.value, figure.unit)}{sure} in the year to {year_end(period)}{beside}."


def _verdict(figure: OrganisationFigure, whose: _Whose) -> Iterator[str]:
    note = f" ({figure.verdict_note})" if figure.verdict_note else ""
    if is_on_no_comparing_instrument(figure):
        yield f"It is not compared with others: {figure.basis_name} is not made to compare organisations."
    elif is_not_compared(figure):
        yield f"It is not compared with others{note}."
    elif is_apart(figure):
        expected = between(figure.expected_lower, figure.expected_upper, figure.unit)
        range_of_it = f", {expected}," if is_figure(expected) else ""
        yield f"That is {figure.verdict} than the range{range_of_it} expected from {whose.their} peers{note}."
        yield from by_chance([figure])
    elif is_judged(figure):
        yield f"That is similar to {whose.their} peers{note}{whose.what_similar_means}."


def _sector_points(rows: AudienceRows, period: Period) -> Iterator[str]:
    """Mutuals beside others, where there are enough of them to speak of. What comes of being one is for `sector`."""
    is_pooled = False
    for indicator in headlines(rows):
        pooled = list(_pooled_points(rows, indicator, period))
        is_pooled = is_pooled or bool(pooled)
        yield from pooled
    if is_pooled:
        yield "Pooled figures are not adjusted for what staff do: they describe, and show no effect."


def _pooled_points(rows: AudienceRows, indicator: Indicator, period: Period) -> Iterator[str]:
    figures = [
        figure
        for figure in rows.delivery_models
        if figure.indicator_id == indicator.id and figure.grain == "rolling_year" and is_figure(figure.value)
    ]
    is_several = any(figure.sector == _ALL_SECTORS for figure in figures)
    mutuals = [
        figure
        for figure in figures
        if figure.delivery_model == "mutual"
        and is_figure(figure.median)
        and (figure.sector == _ALL_SECTORS or not is_several)
    ]
    for ours in mutuals:
        others = [
            figure
            for figure in figures
            if figure.delivery_model in ("in_house", "outsourced")
            and is_figure(figure.median)
            and (figure.sector, figure.basis) == (ours.sector, ours.basis)
        ]
        said = "; ".join(_pooled(figure) for figure in (ours, *others))
        where = "in all sectors with mutuals" if is_several else f"in {words(ours.sector)}"
        yield f"{indicator.name} ({ours.basis_name}), {where}, pooled over the year to {year_end(period)}: {said}."
        unsure = next(
            (
                figure
                for figure in rows.delivery_models
                if (figure.indicator_id, figure.grain, figure.sector, figure.basis, figure.delivery_model)
                == (indicator.id, "rolling_year", ours.sector, ours.basis, "unclassified")
            ),
            None,
        )
        if unsure is not None and is_figure(ours.value_with_unclassified):
            yield _if_counted(ours, unsure)


def _pooled(figure: DeliveryModelFigure) -> str:
    one, many = _MODEL_PLURALS[figure.delivery_model]
    who = f"the one {one}" if figure.organisations == 1 else f"the {figure.organisations} {many}"
    value = with_unit(figure.value, figure.unit)
    return f"{who} {value} ({figure.months_reported:,} of {figure.months_expected:,} months reported)"


def _if_counted(mutuals: DeliveryModelFigure, unsure: DeliveryModelFigure) -> str:
    """How far the figure hangs on who is counted as a mutual."""
    others = count_of(unsure.organisations, "other organisation", "other organisations")
    them, their = ("it", "its") if unsure.organisations == 1 else ("them", "their")
    counted = with_unit(mutuals.value_with_unclassified, mutuals.unit)
    return (
        f"It is not known whether {others} in this sector belong{'s' if unsure.organisations == 1 else ''} to {their} "
        f"staff. Counting {them} as mutuals would give {counted} instead of {with_unit(mutuals.value, mutuals.unit)}."
    )
