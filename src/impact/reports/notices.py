"""What a report says of itself: what changed since the publication before, revisions kept apart from corrections, what
organisations answered to the accuracy check, and whether it is released. The words are chosen from the difference."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Literal

from impact.definition import feeds
from impact.home import json_bytes
from impact.periods import parse_period
from impact.reports.content import Column, Report, Section, Table
from impact.reports.differences import Cause, Causes, Change, Difference, Otherwise, Said, touching
from impact.reports.profiles import profile_id
from impact.reports.wording import count_of, joined, points_of, sentence, shortened, with_unit, words, year_end

UPDATES = "updates.json"
"""The file of an audience's folder that holds its updates: what the next publication goes on from."""

Kind = Literal["first", "revision", "correction", "unchanged"]

_KINDS: Mapping[Kind, str] = {
    "first": "First release",
    "revision": "Revision",
    "correction": "Correction",
    "unchanged": "No change",
}
_CORRECTIONS: frozenset[Cause] = frozenset({"correction", "software", "settings"})
"""What mends something that was wrong, the sender's or ours. All else was to come: late returns, new facts."""

_WHY: Mapping[Cause, str] = {
    "correction": "",
    "late": "",
    "software": "the way in which figures are made was mended",
    "settings": "thresholds of this service were changed",
    "register": "the register of organisations, contracts and prices was changed",
    "day": "figures that depend on the day, such as prices of today, were made anew",
}
_WHY_OF_RETURNS: Mapping[Cause, tuple[bool, str, str, str]] = {
    "correction": (
        True,
        "corrected",
        "official figures were corrected",
        "returns of other organisations were corrected",
    ),
    "late": (False, "sent", "official figures were added", "returns of other organisations came in"),
}
"""Whether it is a correction, what an organisation did, and what became of official figures and of others' returns."""

_MOST_NAMED = 3

_WHAT = {
    "peer_value": "of the peers of {organisation}",
    "peer_median": "of the median of the peers of {organisation}",
    "value_with_unclassified": "of mutuals with those unclassified in {sector}",
    "median": "of the median of {model} organisations in {sector}",
    "before_value": "of {organisation} before it spun out",
    "after_value": "of {organisation} after it spun out",
}


@dataclass(frozen=True)
class Update:
    """What is otherwise in one publication, of one kind, for one audience. `largest_change` is a text in the unit of
    its indicator; empty where no figure that is shown in both changed."""

    published_on: date
    number: int
    kind: Kind
    figures_changed: int
    largest_change: str
    summary: str


@dataclass(frozen=True)
class Standing:
    """How a report stands when it is drawn. `updates` are this audience's, the newest first; `comments` those that it
    reads, by the code of the organisation. It is released after the accuracy check, which runs until the end of
    `check_ends_on`."""

    number: int
    is_released: bool
    check_ends_on: date
    updates: tuple[Update, ...]
    comments: Mapping[str, str]

    @property
    def notices(self) -> tuple[Update, ...]:
        """The updates of this very publication that a reader should know of before anything else."""
        return tuple(
            one for one in self.updates if one.number == self.number and one.kind in ("revision", "correction")
        )


def first_release(published_on: date, number: int) -> Update:
    return Update(published_on, number, "first", 0, "", "First release.")


def updates_of(found: Difference, causes: Causes, published_on: date, number: int, follows: int) -> tuple[Update, ...]:
    """What one audience is told of a difference to publication `follows` of the same period: a correction, a revision,
    both, or that nothing changed."""
    corrected = [one for one in found.changes if one.cause in _CORRECTIONS]
    revised = [one for one in found.changes if one.cause not in _CORRECTIONS]
    made = []
    # What cannot be told apart (figures that are there or gone, verdicts) goes with the graver of the two.
    rest = _rest(found)
    kinds: tuple[tuple[Kind, list[Change]], ...] = (("correction", corrected), ("revision", revised))
    for kind, changes in kinds:
        if not changes:
            continue
        says = [*_reasons(changes, causes), _counted(changes), *rest]
        made.append(_update(published_on, number, kind, changes, says))
        rest = []
    if rest:
        made.append(_update(published_on, number, "revision", [], rest))
    if not made:
        since = f"no figure on this page has changed since publication {follows}"
        made.append(Update(published_on, number, "unchanged", 0, "", sentence(since)))
    return tuple(made)


def updates_bytes(updates: Iterable[Update]) -> bytes:
    return json_bytes([{**asdict(one), "published_on": one.published_on.isoformat()} for one in updates])


def read_updates(data: bytes) -> tuple[Update, ...]:
    """What `updates_bytes` wrote."""
    return tuple(Update(**{**one, "published_on": date.fromisoformat(one["published_on"])}) for one in json.loads(data))


def with_standing(report: Report, standing: Standing, names: Mapping[str, str]) -> Report:
    """A report that says how it stands: before anything else that it is not released, and what has changed; comments,
    and the table of updates. `names` are those of organisations by their codes."""
    warnings = [report.warning, *_not_released(standing)]
    comments = {profile_id(code): text for code, text in standing.comments.items()}
    return replace(
        report,
        warning=" ".join(filter(None, warnings)) or None,
        notices=tuple(map(_notice, standing.notices)),
        leads=(*(f"{kind}:" for kind in _KINDS.values()), *report.leads),
        sections=(*report.sections, *_comments(standing, names), _updates_section(standing)),
        profiles=tuple(replace(profile, comment=comments.get(profile.id, "")) for profile in report.profiles),
    )


def largest(changes: Iterable[Change]) -> Change | None:
    """The largest change: of figures themselves before those of their peers and of effects, by its share, since units
    differ. None where none of them changed by anything that is printed."""
    moved = [one for one in changes if one.amount]
    return max(moved, key=lambda one: (one.what == "value", one.share, one.file, one.key), default=None)


def change_words(change: Change) -> str:
    """`0.45 percentage points: Sickness absence rate of Alpha Care CIC, January to March 2026, from 4.10% to 4.55%`."""
    was, now = (with_unit(str(figure), change.unit) for figure in (change.before, change.after))
    return f"{amount_words(change)}: {_figure_words(change)}, from {was} to {now}"


def amount_words(change: Change) -> str:
    """By how much, in the unit of a difference."""
    return with_unit(str(change.amount), "GBP") if change.unit == "GBP" else f"{change.amount} {points_of(change.unit)}"


def receipt_words(one: Otherwise) -> str:
    """A return that counts now and did not before, for ops."""
    what = f"corrects {one.corrects}" if one.corrects else "came in since"
    return f"{one.sender} {one.feed} {one.period}: receipt {one.receipt}, {what}"


def _update(published_on: date, number: int, kind: Kind, changes: Sequence[Change], says: Sequence[str]) -> Update:
    most = largest(changes)
    summary = " ".join(map(sentence, says))
    return Update(published_on, number, kind, len(changes), change_words(most) if most else "", summary)


def _counted(changes: Sequence[Change]) -> str:
    return f"{count_of(len(changes), 'figure', 'figures')} on this page changed"


def _rest(found: Difference) -> list[str]:
    says = []
    if found.appeared:
        says.append(
            f"{count_of(found.appeared, 'figure is', 'figures are')} shown that {_was(found.appeared)} not before"
        )
    if found.gone:
        says.append(
            f"{count_of(found.gone, 'figure', 'figures')} shown before {'is' if found.gone == 1 else 'are'} no longer"
        )
    if found.verdicts:
        said = joined([_said(one) for one in found.verdicts[:_MOST_NAMED]])
        more = len(found.verdicts) - _MOST_NAMED
        says.append(
            f"{count_of(len(found.verdicts), 'verdict', 'verdicts')} changed: {said}"
            f"{f', and {more} more' if more > 0 else ''}"
        )
    return says


def _was(count: int) -> str:
    return "was" if count == 1 else "were"


def _said(one: Said) -> str:
    return f"{one.organisation_name} on {one.indicator_name} is {one.after} and was {one.before}"


def _reasons(changes: Sequence[Change], causes: Causes) -> Iterator[str]:
    """Why these figures changed."""
    for cause in _WHY:
        of_cause = [one for one in changes if one.cause == cause]
        if of_cause and cause in _WHY_OF_RETURNS:
            yield from _reasons_of_returns(of_cause, causes, *_WHY_OF_RETURNS[cause])
        elif of_cause:
            yield _WHY[cause]


def _reasons_of_returns(
    changes: Sequence[Change], causes: Causes, is_correction: bool, verb: str, of_official: str, of_others: str
) -> Iterator[str]:
    """Which returns changed these figures. An organisation is named only where a figure of its own, on this page, did;
    others are neither named nor counted."""
    own = {(one.row["organisation_code"], one.topic): one.row["organisation_name"] for one in changes if one.is_own}
    wide = {one.topic for one in changes if not one.is_own}
    found = [
        (topic, one)
        for topic in sorted({one.topic for one in changes})
        for one in touching(causes, topic)
        if bool(one.corrects) == is_correction
    ]
    official = [one for _, one in found if feeds()[one.feed].source == "official"]
    returns = [(topic, one) for topic, one in found if one not in official]
    by_feed: dict[str, list[tuple[str, Otherwise]]] = {}
    for topic, one in returns:
        if (one.sender, topic) in own:
            by_feed.setdefault(one.feed, []).append((own[one.sender, topic], one))
    for feed, named in sorted(by_feed.items()):
        yield _sent(feed, named, verb)
    if official:
        yield of_official
    if any((one.sender, topic) not in own and topic in wide for topic, one in returns):
        yield of_others


def _sent(feed: str, found: Sequence[tuple[str, Otherwise]], verb: str) -> str:
    """`Alpha Care CIC corrected its sickness absence for January to March 2026`."""
    senders = sorted({name for name, _ in found})
    periods = sorted({period for _, one in found if (period := parse_period(one.period))})
    title = feeds()[feed].title
    when = periods[0].label() if len(periods) == 1 else f"{len(periods)} periods"
    its = "its" if len(senders) == 1 else "their"
    return f"{joined(shortened(senders, _MOST_NAMED))} {verb} {its} {title[:1].lower()}{title[1:]} for {when}"


def _figure_words(change: Change) -> str:
    """What a figure is of, and when."""
    row = change.row
    name = row.get("indicator_name", "")
    if change.file == "savings.csv":
        part = "" if row["split"] == "type" else f", {words(row['part'])}"
        return f"{words(row['type']).capitalize()} savings{part} of {row['organisation_name']}, {_when(row)}"
    if change.file == "present-values.csv":
        return f"Present value of the savings of {row['organisation_name']}"
    if change.what == "effect":
        of = f" of {row['organisation_name']}" if row.get("organisation_name") else ""
        return f"{name}, effect of {words(row.get('kind', 'spin_out'))}{of}"
    pattern = _WHAT.get(
        change.what, "of {organisation}" if "organisation_name" in row else "of {model} organisations in {sector}"
    )
    of = pattern.format(
        organisation=row.get("organisation_name", ""),
        model=words(row.get("delivery_model", "")),
        sector=row.get("scope_name") or words(row.get("sector", "")),
    )
    return f"{name} {of}, {_when(row)}"


def _when(row: Mapping[str, str]) -> str:
    period = parse_period(row.get("point") or row["period_id"])
    assert period is not None
    return f"year to {year_end(period)}" if row.get("grain") == "rolling_year" else period.label()


def _not_released(standing: Standing) -> Iterator[str]:
    if not standing.is_released:
        until = f"{standing.check_ends_on.day} {standing.check_ends_on:%B %Y}"
        yield f"Not released: for the accuracy check until {until}. Figures may still change. Do not pass it on."


def _notice(update: Update) -> str:
    largest_change = f" The largest change is {update.largest_change}." if update.largest_change else ""
    return f"{_KINDS[update.kind]}: {update.summary}{largest_change}"


def _comments(standing: Standing, names: Mapping[str, str]) -> Iterator[Section]:
    if standing.comments:
        said = sorted(standing.comments.items(), key=lambda one: (names[one[0]], one[0]))
        yield Section(
            "comments",
            "What organisations say of these figures",
            tuple(f"{names[code]}: {text}" for code, text in said),
        )


def _updates_section(standing: Standing) -> Section:
    return Section(
        "updates",
        "Updates",
        tables=(
            Table(
                "Releases of this report, the newest first",
                (
                    Column("Date"),
                    Column("Kind"),
                    Column("What changed"),
                    Column("Figures changed", is_figure=True),
                    Column("Largest change"),
                ),
                tuple(
                    (
                        f"{one.published_on.day} {one.published_on:%B %Y}",
                        _KINDS[one.kind],
                        one.summary,
                        str(one.figures_changed),
                        one.largest_change or "[z]",
                    )
                    for one in standing.updates
                ),
            ),
        ),
    )
