"""Disclosure control of one publication: which of its figures are withheld, why, and the proof that none of them can be
worked out. Tables in, tables out; the tables are gathered in sql/disclosure.

METHODS 7. First what may not be shown as it is (few answers, few organisations, one that makes up most), then what
would let a reader work out that: reader after reader, each with all that it knows, the public first, since all read its
page, and whoever has the pages of others last. A figure withheld takes both its numbers with it, so that all spaces of
a topic are gone through until nothing more is withheld. At the end every reader is audited.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import get_context
from typing import Any

import numpy as np
import pandas as pd

from impact.disclosure.atoms import Cell, Plan, Topic, plans, topic_of
from impact.disclosure.audit import audit_so_far
from impact.disclosure.points import judged, sets_of_points
from impact.disclosure.proof import telling
from impact.disclosure.readers import PUBLIC, Known, Reader, Rules, View, is_group_alike, known_to
from impact.disclosure.reasons import (
    AS_ITS_GROUP,
    AS_ITSELF,
    KNOWN_TO_READER,
    ONE_MAKES_UP_MOST,
    TOO_FEW_ORGANISATIONS,
    WORKED_OUT,
    why_small,
)
from impact.disclosure.record import EARLIER, ORGANISATION, released
from impact.disclosure.secondary import Choice, choose
from impact.disclosure.tables import Floats, Truths

_MANY_CELLS, _MOST_PROCESSES = 5000, 4
"""From so many cells on several processes are started, and never more: each holds a copy of what it works on."""

_MOST_ROUNDS = 20
"""Every round withholds more, so this is never reached; it is there so that a fault cannot run for ever."""


GATHERED = ("atom", "cell", "member", "point", "point_atom", "reads", "earlier_cell")


@dataclass(frozen=True)
class Control:
    """What is to be made of a publication: the tables `disclosure.withheld`, `disclosure.judged_point`,
    `disclosure.audit`, `disclosure.audited`, and `released`, what it lets out,
    down to the atoms (see `disclosure.earlier_cell`)."""

    withheld: pd.DataFrame
    judged_point: pd.DataFrame
    audit: pd.DataFrame
    audited: pd.DataFrame
    released: pd.DataFrame


def control(tables: Mapping[str, pd.DataFrame]) -> Control:
    """Disclosure control over the tables `GATHERED` of the schema `disclosure`, and
    indicators, settings and organisations of the schemas before it."""
    rules = _rules(tables["settings"])
    indicators = tables["indicators"]
    small_count = dict(zip(indicators["indicator_id"], indicators["small_count"], strict=True))
    organisations = tables["organisations"]
    consenting = frozenset(organisations.loc[organisations["publication_consent"].eq(True), "organisation_code"])
    readers = _readers(tables["reads"])
    found = plans(tables)
    decided = list(_side_by_side(partial(_decided, readers, consenting, rules, small_count), found))
    withheld = [row for one in decided for row in one.withheld]
    audits = [audit for one in decided for audit in one.audits]
    audited = pd.concat(audits, ignore_index=True) if audits else pd.DataFrame(columns=_AUDIT)
    let_out: list[tuple[Any, ...]] = []
    for one in decided:
        # Sets are numbered within their topic: here all of them are.
        last = let_out[-1][1] if let_out else 0
        let_out += [(publication, last + number, *rest) for publication, number, *rest in one.released]
    return Control(
        pd.DataFrame(withheld, columns=_WITHHELD).sort_values(_WITHHELD, ignore_index=True),
        pd.DataFrame([row for one in decided for row in one.points], columns=_JUDGED),
        audited,
        _audited_table(tables["reads"], audited),
        pd.DataFrame(let_out, columns=EARLIER),
    )


@dataclass(frozen=True)
class _Decided:
    """What is made of a topic: the rows of the tables `withheld`, `judged_point` and `released`, and its audits."""

    withheld: list[tuple[Any, ...]]
    points: list[tuple[Any, ...]]
    audits: list[pd.DataFrame]
    released: list[tuple[Any, ...]]


def _decided(
    readers: Sequence[Reader],
    consenting: frozenset[str],
    rules: Rules,
    small_count: Mapping[str, Any],
    plan: Plan,
) -> _Decided:
    topic = topic_of(plan)

    def seen_by(some: Iterable[Reader]) -> list[View]:
        return [View(topic, space, reader, consenting, rules) for reader in some for space in topic.spaces.values()]

    public, *others = readers
    of_public, of_others = seen_by([public]), seen_by(others)
    withheld = _primary(topic, [*of_public, *of_others], rules, small_count)
    audits = _secondary([*of_public, *_insiders(of_public, seen_by([_ANY_ORGANISATION])), *of_others], withheld)
    _follow(topic, withheld)
    points = judged(topic, withheld, readers, rules, small_count)
    return _Decided(
        _withheld_rows(topic, withheld),
        [(*point[:2], topic.variant, *point[2:5], why) for point, why in points.items()],
        audits,
        released(topic, withheld, sets_of_points(topic, [point for point, why in points.items() if not why])),
    )


_ANY_ORGANISATION = Reader(ORGANISATION, frozenset({PUBLIC}), "")
"""One that sent nothing of what it reads about."""


def _insiders(of_public: Iterable[View], of_any: Sequence[View]) -> list[View]:
    """What the organisations see to which what they sent themselves may tell something of others on the public page."""
    alone = set().union(*(view.alone() for view in of_public))
    readers = [replace(_ANY_ORGANISATION, audience=f"{ORGANISATION}{code}", itself=code) for code in sorted(alone)]
    return [view.of(reader) for reader in readers for view in of_any]


def _side_by_side(decide: Callable[[Plan], _Decided], found: Sequence[Plan]) -> Iterator[_Decided]:
    """What is decided of each topic, in their order. They have nothing to do with one another, so that large ones are
    worked on by as many processes as there are cores; to start those takes longer than the work on small ones."""
    cells = sum(len(plan.cells) for plan in found)
    processes = min(_MOST_PROCESSES, os.cpu_count() or 1)
    if cells < _MANY_CELLS or processes == 1:
        yield from map(decide, found)
        return
    # Forked, because a fresh process would first import for seconds what this one has; what is forked here computes,
    # answers, and ends. The largest go first, so that none is left for last alone.
    with ProcessPoolExecutor(processes, mp_context=get_context("fork")) as pool:
        largest_first = sorted(range(len(found)), key=lambda place: -len(found[place].cells))
        made = {place: pool.submit(decide, found[place]) for place in largest_first}
        yield from (made[place].result() for place in range(len(found)))


def _rules(settings: pd.DataFrame) -> Rules:
    value = dict(zip(settings["name"], settings["value"], strict=True))
    return Rules(
        fewest=int(value["fewest_unknown_contributors"]),
        p_percent=value["p_percent"],
        protection_percent=value["protection_percent"],
        peers_for_median=int(value["peers_for_median"]),
        fewest_staff_answers=value["fewest_staff_answers"],
        fewest_user_answers=value["fewest_user_answers"],
        fewest_user_answers_public=value["fewest_user_answers_public"],
        fewest_posts=value["fewest_posts"],
    )


def _readers(reads: pd.DataFrame) -> list[Reader]:
    """The public first, then whoever has the fewest pages. Mutuals are no readers of their own here: their pages show
    of others no more than the public page does (see `_insiders`)."""
    found = [
        Reader(str(reader), frozenset(rows["audience"]))
        for reader, rows in reads.groupby("reader", sort=True)
        if not str(reader).startswith(ORGANISATION)
    ]
    return sorted(found, key=lambda reader: (len(reader.audiences), reader.audience))


def _primary(topic: Topic, seen: Iterable[View], rules: Rules, small_count: Mapping[str, Any]) -> dict[Cell, str]:
    """What may not be shown as it is, and why."""
    views = {(view.space.name, view.reader.audience): view for view in seen}
    by_audience = {view.reader.audience for view in views.values()}
    found = {}
    for cell in topic.cells:
        if cell.audience not in by_audience:
            continue
        values = {
            part.is_numerator: topic.spaces[part.space].values[part.whole]
            - (0.0 if part.less is None else topic.spaces[part.space].values[part.less])
            for part in topic.parts[cell]
        }
        why = None
        if cell.kind == "organisation" and cell.source != "official":
            why = why_small(
                *(small_count[cell.indicator_id], values[True], values.get(False, 0.0)),
                audience=cell.audience,
                variant=cell.variant,
                days=topic.days[cell],
                rules=rules,
            )
        elif cell.kind != "organisation":
            why = _of_few(topic, cell, views, rules)
        if why is not None:
            found[cell] = why
    return found


def _of_few(topic: Topic, cell: Cell, views: Mapping[tuple[str, str], View], rules: Rules) -> str | None:
    """Why a group's figure, or that of an organisation's peers, is of too few organisations to be shown, if it is."""
    for part in topic.parts[cell]:
        space = topic.spaces[part.space]
        is_alike = part.less is not None and is_group_alike(space, cell, part.less)
        view = views[part.space, cell.audience]
        behind = view.behind_set(part.whole, None if is_alike else part.less)
        if not behind.shares:
            continue
        if cell.organisations < rules.peers_for_median and not is_alike:
            return TOO_FEW_ORGANISATIONS
        if behind.is_few(view.fewest):
            return KNOWN_TO_READER
        if space.is_money and behind.is_dominated(rules.p_percent):
            return ONE_MAKES_UP_MOST
    return None


def _secondary(views: Sequence[View], withheld: dict[Cell, str]) -> list[pd.DataFrame]:
    """Withhold, in `withheld`, what would let one of the readers work out what it may not see; and audit them all."""
    done: dict[View, frozenset[Cell]] = {}
    known = _Memory()
    for _ in range(_MOST_ROUNDS):
        before = len(withheld)
        _go_through(views, withheld, done, known)
        if len(withheld) > before:
            continue
        audits = {view: ranges for view in views if (ranges := _audit(view, withheld, known)) is not None}
        # What others withhold may leave a reader with fewer figures that tell the same organisations apart, whose sum
        # it then knows: that is seen here, and gone through again.
        again = [
            view
            for view, ranges in audits.items()
            if (ranges["is_protected"] | ranges["is_already_disclosed"]).min() == 0
        ]
        for view in again:
            del done[view]
        _go_through(again, withheld, done, known, keeps_names=True)
        if len(withheld) == before:
            return list(audits.values())
    raise ArithmeticError("Suppression came to no end.")


class _Memory:
    """What each reader knows, put together anew only where something has changed on the pages that it reads."""

    def __init__(self) -> None:
        self._made: dict[tuple[View, bool], tuple[frozenset[Cell], Known]] = {}
        self._found: dict[tuple[str, str], tuple[Known, list[Floats]]] = {}

    def __call__(self, view: View, withheld: Mapping[Cell, str], *, keeps_names: bool = False) -> Known:
        from_it = frozenset(cell for cell, _ in view.figures if cell in withheld)
        made = self._made.get((view, keeps_names))
        if made is None or made[0] != from_it:
            made = self._made[view, keeps_names] = from_it, known_to(view, from_it, keeps_names=keeps_names)
        return made[1]

    def keep(self, view: View, of_view: Known, choice: Choice) -> None:
        """Remember deviations that were found of what a reader knows: of what all read every one, since it serves every
        organisation."""
        is_public = view.reader.audience == PUBLIC
        found = choice.shown.points if is_public else telling(choice.shown, of_view.need)
        self._found[view.reader.audience, view.space.name] = of_view, found

    def found(self, view: View, of_view: Known) -> list[Floats]:
        """Those that were found of what this reader knew before, or else of what its page tells to others."""
        for audience in (view.reader.audience, view.reader.page):
            if (audience, view.space.name) in self._found:
                of, points = self._found[audience, view.space.name]
                return of_view.as_here(points, of)
        return []


def _go_through(
    views: Iterable[View],
    withheld: dict[Cell, str],
    done: dict[View, frozenset[Cell]],
    known: _Memory,
    *,
    keeps_names: bool = False,
) -> None:
    """One view after another, but for those of which `done` says that nothing has changed since."""
    for view in views:
        # What is withheld from others' pages makes nothing of this reader's easier to work out.
        if done.get(view) == frozenset(cell for cell in withheld if cell.audience == view.reader.page):
            continue
        of_view = known(view, withheld, keeps_names=keeps_names)
        if of_view.is_at_risk:
            choice = _choose(of_view, known.found(view, of_view))
            known.keep(view, of_view, choice)
            for cell in _to_withhold(view, of_view, choice):
                withheld.setdefault(cell, WORKED_OUT)
        done[view] = frozenset(cell for cell in withheld if cell.audience == view.reader.page)


def _choose(known: Known, found: Sequence[Floats]) -> Choice:
    choose_but = partial(choose, known.table, known.need, known.cost, known.is_sensitive, found=found)
    choice = choose_but(known.is_out | known.is_leading)
    if choice.is_hopeless.any() and known.is_leading.any():
        choice = choose_but(known.is_out)
    return choice


def _to_withhold(view: View, known: Known, choice: Choice) -> list[Cell]:
    """The figures that go with those already withheld."""
    further = {known.shows[int(at)] for at in np.flatnonzero(choice.is_withheld & ~known.is_sensitive)}
    if not further:
        return []
    return [
        cell
        for cell, part in view.figures
        if cell in further
        or (part.whole in further and (part.less is None or is_group_alike(view.space, cell, part.less)))
    ]


_AUDIT = [
    *("audience", "indicators", "variant", "number", "cell", "value", "lower", "upper", "width", "protection"),
    *("is_protected", "is_already_disclosed"),
]


def _audit(view: View, withheld: Mapping[Cell, str], known: _Memory) -> pd.DataFrame | None:
    """The range of everything that must not come out, for one reader: the figures withheld from its own page, and the
    classes that are sensitive. None where there is no such thing."""
    of_view = known(view, withheld)
    if not of_view.is_at_risk:
        return None
    ranges = _ranges(of_view, of_view.is_sensitive, known.found(view, of_view))
    ranges["is_already_disclosed"] = False
    if not ranges["is_protected"].all():
        # What comes out with nothing of this publication shown was out before it.
        whole = known(view, withheld, keeps_names=True)
        before = _ranges(whole, ~whole.is_out).set_index("cell")["is_protected"]
        ranges["is_already_disclosed"] = ~ranges["is_protected"] & ~ranges["cell"].map(before).astype(bool)
    called = _names(view)
    shows = dict(zip(of_view.table.names, of_view.shows, strict=True))
    ranges["cell"] = [called.get(shows[name], name) for name in ranges["cell"]]
    ranges["audience"], ranges["indicators"] = view.reader.audience, view.topic.name
    ranges["variant"], ranges["number"] = view.topic.variant, view.space.name
    return ranges[_AUDIT]


def _ranges(known: Known, is_withheld: Truths, found: Sequence[Floats] = ()) -> pd.DataFrame:
    """The audit of what has a protection level, where just these are withheld."""
    return audit_so_far(known.table, is_withheld, known.need, found, known.is_sensitive & (known.need > 0))


def _names(view: View) -> dict[int | Cell | None, str]:
    """What each set of atoms is called in the table of the audit: by the first figure on these pages that shows it."""
    found: dict[int | Cell | None, str] = {}
    for cell, part in view.figures:
        if part.less is None:
            found.setdefault(part.whole, " ".join(text for text in (*cell[1:4], *cell[5:8]) if text))
    return found


def _follow(topic: Topic, withheld: dict[Cell, str]) -> None:
    """What follows from what is withheld: no peers beside a figure that is not shown, and on a mutual's own page no
    peers where the public page does not show their group."""
    shown_in_public: set[tuple[str, int]] = set()
    why: dict[tuple[str, int], str] = {}
    for cell in topic.cells:
        if cell.audience == PUBLIC and cell.kind == "group":
            places = {(part.space, part.whole) for part in topic.parts[cell]}
            if cell in withheld:
                why |= dict.fromkeys(places, withheld[cell])
            else:
                shown_in_public |= places
    by_name = {
        (cell.audience, cell.indicator_id, cell.grain, cell.organisation_code)
        for cell in withheld
        if cell.kind == "organisation"
    }
    for cell in topic.cells:
        if cell.kind != "peers" or cell in withheld:
            continue
        if (cell.audience, cell.indicator_id, cell.grain, cell.organisation_code) in by_name:
            withheld[cell] = AS_ITSELF
        elif cell.audience.startswith(ORGANISATION):
            places = {(part.space, part.whole) for part in topic.parts[cell]}
            if not places <= shown_in_public:
                withheld[cell] = next((why[place] for place in sorted(places) if place in why), AS_ITS_GROUP)


_WITHHELD = [
    *("audience", "kind", "indicator_id", "grain", "variant", "delivery_model", "sector", "organisation_code"),
    *("reason", "is_median_withheld"),
]


def _withheld_rows(topic: Topic, withheld: Mapping[Cell, str]) -> list[tuple[Any, ...]]:
    """A median goes where the figure of its group goes; that of peers stays where only this organisation's own figure
    would come out by taking its peers from a group that all may see."""
    rows = []
    for cell in topic.cells:
        if cell not in withheld:
            continue
        is_alone = cell.kind == "peers" and any(
            part.less is not None and not is_group_alike(topic.spaces[part.space], cell, part.less)
            for part in topic.parts[cell]
        )
        rows.append((*cell[:8], withheld[cell], not (is_alone and withheld[cell] == WORKED_OUT)))
    return rows


_JUDGED = ["audience", "indicator_id", "variant", "organisation_code", "source", "period_id", "reason"]


def _audited_table(reads: pd.DataFrame, audits: pd.DataFrame) -> pd.DataFrame:
    """A row an audience: how many ranges were looked at, how many are too narrow, and how many of those were before."""
    rows = []
    for audience in sorted(set(reads["reader"])):
        # What a mutual reads of others is on the public page.
        of = {PUBLIC, audience} if audience.startswith(ORGANISATION) else {audience}
        mine = audits[audits["audience"].isin(of)]
        narrow = mine[~mine["is_protected"].astype(bool)]
        before = int(narrow["is_already_disclosed"].sum())
        rows.append((audience, len(mine), len(narrow) - before, before))
    return pd.DataFrame(rows, columns=["audience", "ranges", "worked_out", "already_disclosed"])
