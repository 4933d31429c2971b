"""What one reader could work out of one space: the figures that it has been shown, and all that it could subtract.

A reader has the pages of its audiences, this time and before. Atoms that stand in just the same figures are one CLASS,
whose sum it might learn; a class is sensitive where few stand behind it whom the reader may not see by name, where one
makes up most of its money, or where it is another commissioner's part. So is a PORTION, what the same few add to one
figure in several classes: a year may come out whose quarters do not. What is then withheld belongs in `stage`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from copy import copy
from dataclasses import dataclass, field
from functools import cache
from heapq import nlargest
from typing import Any

import numpy as np
from scipy import sparse

from impact.disclosure.atoms import Cell, Space, Topic
from impact.disclosure.ranges import NOTHING
from impact.disclosure.tables import Floats, LinkedCells, Truths, link

PUBLIC = "public"
_OF_COMMISSIONER = "commissioner-"
_ALL_SECTORS = "sectors_of_mutuals"
"""What the public page leads with: it is withheld only where nothing else would do."""
_OF_NAME, _OF_PUBLIC, _OF_YEAR = 4.0, 10.0, 2.0
"""How much more it costs to withhold what a reader is named for, what stands on the page that all read, and what is of
the year, which pages lead with."""
_OF_FEW = 5
"""So many organisations together cost as much as one figure, more of them far more (by the square)."""


@dataclass(frozen=True)
class Rules:
    """The settings of METHODS 7."""

    fewest: int
    p_percent: float
    protection_percent: float
    peers_for_median: int
    fewest_staff_answers: float
    fewest_user_answers: float
    fewest_user_answers_public: float
    fewest_posts: float

    def protection(self, value: float) -> float:
        """How wide the range of a withheld value must be: so many percent to either side, and a person or a pound at
        the very least."""
        return max(1.0, 2 * self.protection_percent / 100 * abs(value))


@dataclass(frozen=True)
class Reader:
    """`audiences` are those whose pages it has, its own among them. An organisation reads the public page knowing what
    it sent `itself`; what its own page shows of others is no more than that."""

    audience: str
    audiences: frozenset[str]
    itself: str | None = None

    @property
    def page(self) -> str:
        """Whose page it is that must not give anything away to it."""
        return self.audience if self.itself is None else PUBLIC

    @property
    def codes(self) -> frozenset[str]:
        """The codes of the commissioners whose pages it has."""
        of = (one for one in self.audiences if one.startswith(_OF_COMMISSIONER))
        return frozenset(one.removeprefix(_OF_COMMISSIONER) for one in of)


@dataclass(frozen=True)
class Behind:
    """Who stands behind a sum, of those that a reader may not see: each with what it adds."""

    shares: Mapping[tuple[str, str], float]

    def is_few(self, fewest: int) -> bool:
        return 0 < len(self.shares) < fewest

    def is_dominated(self, p_percent: float) -> bool:
        """The p% rule on absolute contributions (`impact.disclosure.primary.is_within_p_percent`)."""
        sizes = [abs(share) for share in self.shares.values()]
        greatest = nlargest(2, sizes)
        return sum(sizes) - sum(greatest) < p_percent / 100 * max(greatest, default=0.0)


_Place = tuple[bool, tuple[int, ...]]
"""Whether a reader may see pieces, and the sets that all of them stand in."""


class View:
    """One space as one reader sees it: which figures of its pages are made from it, and who stands behind what."""

    def __init__(self, topic: Topic, space: Space, reader: Reader, consenting: Collection[str], rules: Rules) -> None:
        self.topic, self.space, self.reader, self.rules = topic, space, reader, rules
        codes = reader.codes
        by_name = {number for number, to in space.by_name.items() if to & reader.audiences}
        # What an organisation has agreed to is its figure as a whole; a payer could take its own part from it, and
        # learn what another's is.
        mixed = {number for number in by_name if self._has_part_of(number, codes)} if topic.is_of_parts else set()
        of_all = by_name - mixed
        self.is_open = [
            piece.source == "official"
            or piece.organisation_code == reader.itself
            or bool(piece.commissioners & codes)
            or not of_all.isdisjoint(piece.sets)
            or (not piece.commissioners and not by_name.isdisjoint(piece.sets))
            for piece in space.pieces
        ]
        self._contributors = [
            None
            if is_open
            else (
                piece.organisation_code,
                _payers(piece.commissioners) if piece.organisation_code in consenting else "",
            )
            for piece, is_open in zip(space.pieces, self.is_open, strict=True)
        ]
        self.figures = [
            (cell, part)
            for cell in topic.cells
            if cell.audience in reader.audiences
            for part in topic.parts[cell]
            if part.space == space.name
        ]
        # All read the public page, the organisations themselves too, each of which knows what it sent.
        self.fewest = rules.fewest + int(reader.audience == PUBLIC)
        self._sensitive_sets: dict[int, bool] = {}
        self._sensitive_sums: dict[tuple[int, ...], bool] = {}
        self.own = self._pieces_of(reader.itself)
        # Of an organisation: what any other sees, and below what has been put together of that for all of them.
        self.anybody: View | None = None
        self.classes_by_sets: dict[frozenset[int], dict[_Place, _Class]] = {}
        self.seen: tuple[Set[Cell], _Seen] | None = None

    def of(self, reader: Reader) -> "View":
        """What an organisation sees, where this is what any other does: all the same, but for what it sent itself."""
        view = copy(self)
        view.reader, view.anybody, view.own = reader, self, self._pieces_of(reader.itself)
        view.is_open, view._contributors, view._sensitive_sets = self.is_open.copy(), self._contributors.copy(), {}
        for at in view.own:
            view.is_open[at], view._contributors[at] = True, None
        return view

    def _pieces_of(self, code: str | None) -> frozenset[int]:
        return frozenset(at for at, piece in enumerate(self.space.pieces) if piece.organisation_code == code)

    def _has_part_of(self, number: int, codes: Set[str]) -> bool:
        return any(self.space.pieces[at].commissioners & codes for at in self.space.pieces_of[number])

    def behind(self, pieces: Iterable[int]) -> Behind:
        """Who stands behind the sum of these pieces, without those that the reader may see."""
        shares: dict[tuple[str, str], float] = defaultdict(float)
        for at in pieces:
            if (contributor := self._contributors[at]) is not None:
                shares[contributor] += self.space.pieces[at].value
        return Behind(shares)

    def behind_set(self, number: int, less: int | None = None) -> Behind:
        """Who stands behind a set of atoms, or one less another."""
        return self.behind(
            at for at in self.space.pieces_of[number] if less is None or less not in self.space.pieces[at].sets
        )

    def is_set_sensitive(self, number: int) -> bool:
        """Whether what is left of a set, without all that the reader may see, is of too few."""
        if self.anybody is not None and self.own.isdisjoint(self.space.pieces_of[number]):
            return self.anybody.is_set_sensitive(number)
        if number not in self._sensitive_sets:
            self._sensitive_sets[number] = self.is_sensitive(self.behind_set(number))
        return self._sensitive_sets[number]

    def are_sensitive(self, pieces: tuple[int, ...]) -> bool:
        """Whether the sum of these pieces, none of them the reader's own, is of too few; the same for all that see as
        much (see `of`)."""
        if pieces not in self._sensitive_sums:
            self._sensitive_sums[pieces] = self.is_sensitive(self.behind(pieces))
        return self._sensitive_sums[pieces]

    def is_sensitive(self, behind: Behind) -> bool:
        if not behind.shares:
            return False
        if not self.space.may_be_negative and not any(behind.shares.values()):
            return True  # a sum of nothing says of each that it is nothing
        return behind.is_few(self.fewest) or (self.space.is_money and behind.is_dominated(self.rules.p_percent))

    def classes(self, numbers: Set[int]) -> "dict[_Place, list[int]]":
        """The pieces that stand in just the same of these sets, together; what the reader sent itself is in none."""
        found: dict[_Place, list[int]] = defaultdict(list)
        for at in range(len(self.space.pieces)):
            if at not in self.own and (place := self.place(at, numbers))[1]:
                found[place].append(at)
        return found

    def place(self, at: int, numbers: Set[int]) -> "_Place":
        """Whether the reader may see a piece, and in which of these sets it stands."""
        return self.is_open[at], tuple([number for number in self.space.pieces[at].sets if number in numbers])

    def alone(self) -> set[str]:
        """The organisations that stand alone behind something that a reader of all these figures might learn: what they
        know of it themselves may tell them something of others."""
        space = self.space
        shown = {one for one in space.values if PUBLIC in space.by_page[one] or PUBLIC in space.out[one]}
        found = set()
        for (is_open, _), pieces in self.classes(shown).items():
            codes = {self.space.pieces[at].organisation_code for at in pieces}
            if not is_open and len(codes) == 1:
                found |= codes
        return found


@cache
def _payers(commissioners: frozenset[str]) -> str:
    """Those whom something is done for, as one text."""
    return "".join(sorted(commissioners))


@dataclass(frozen=True)
class Known:
    """What a reader can put together, for `secondary` and `audit`: cells and how they hang together, and of each
    whether it must not come out or cannot be taken back (`is_out`), whether it is to be withheld last, what it costs to
    withhold it, and how unknown it must stay if it is (`need`, in the unit of the table). `shows` says which figures a
    cell is: the number of a set, all that show that set; the peers of one organisation; or none. First among the cells
    are the classes, each of some `pieces`; the others are `sums` of those before them, a row a cell."""

    table: LinkedCells
    is_sensitive: Truths
    is_out: Truths
    is_leading: Truths
    cost: Floats
    need: Floats
    shows: Sequence[int | Cell | None]
    pieces: Sequence[tuple[int, ...]]
    sums: Any

    @property
    def is_at_risk(self) -> bool:
        return bool(np.any(self.is_sensitive & (self.need > 0)))

    def as_here(self, points: Sequence[Floats], of: "Known") -> list[Floats]:
        """Deviations of what somebody else knows of the same space, or this reader before, as they may be here: each
        class goes with the one that its pieces are in here. Whether they are possible remains to be seen."""
        if of is self or not points:
            return list(points)
        place = {piece: at for at, pieces in enumerate(self.pieces) for piece in pieces}
        moved = np.zeros((len(self.table.names), len(points)))
        theirs = np.stack(points, axis=1) * (of.table.unit / self.table.unit)
        for at, pieces in enumerate(of.pieces):
            into = next((place[piece] for piece in pieces if piece in place), None)
            if into is not None:
                moved[into] += theirs[at]
        # Figures are sums of classes, and what peers have is a difference of figures.
        moved += self.sums @ (moved + self.sums @ moved)
        return list(np.where(np.abs(moved) > NOTHING, moved, 0.0).T)


@dataclass
class _Gathering:
    """Cells and relations of a `Known` as they are put together."""

    names: list[str] = field(default_factory=list)
    columns: list[tuple[float, float, bool, bool, bool, float, float]] = field(default_factory=list)
    relations: list[list[tuple[int, float]]] = field(default_factory=list)
    shows: list[int | Cell | None] = field(default_factory=list)
    pieces: list[tuple[int, ...]] = field(default_factory=list)

    def add(self, name: str, value: float, least: float, need: float, **others: Any) -> int:
        """A cell; its place. What is not said of it is that of a class: it must not come out, and stands nowhere."""
        said = {"is_sensitive": True, "is_out": False, "is_leading": False, "cost": 1.0, "shows": None, **others}
        shows = said.pop("shows")
        self.names.append(name)
        self.columns.append((value, min(least, value), *said.values(), need))
        self.shows.append(shows)
        return len(self.names) - 1

    def known(self) -> Known:
        value, least, is_sensitive, is_out, is_leading, cost, need = (
            np.array(self.columns, dtype=float).reshape(-1, 7).T
        )
        table = link(self.names, value, least, np.full(len(value), np.inf), self.relations)
        sensitive = is_sensitive.astype(bool)
        return Known(
            table,
            sensitive,
            is_out.astype(bool) & ~sensitive,
            is_leading.astype(bool) & ~sensitive,
            cost,
            need / table.unit,
            self.shows,
            self.pieces,
            self._sums(),
        )

    def _sums(self) -> Any:
        """Of each cell that a relation begins with, what the others in it add to it."""
        entries = [(row[0][0], at, -part) for row in self.relations for at, part in row[1:]]
        of, places, parts = zip(*entries, strict=True) if entries else ((), (), ())
        return sparse.csr_matrix((parts, (of, places)), (len(self.names), len(self.names)))


@dataclass
class _Seen:
    """What of a space stands on a reader's pages: the sets shown and what they are worth, those that its own page
    withholds, those of figures by name, those on the public page; and the peers of organisations that it does not know
    whole, each a group less one of its members."""

    shown: set[int] = field(default_factory=set)
    own_withheld: set[int] = field(default_factory=set)
    weight: dict[int, float] = field(default_factory=lambda: defaultdict(float))
    by_name: set[int] = field(default_factory=set)
    leading: set[int] = field(default_factory=set)
    in_public: set[int] = field(default_factory=set)
    peers: dict[str, tuple[Cell, int, int]] = field(default_factory=dict)


def _seen(view: View, withheld: Set[Cell]) -> _Seen:
    """What stands on the pages of a view; what any organisation sees there is put together once for all of them."""
    of = view.anybody or view
    if of.seen is None or of.seen[0] != withheld:
        of.seen = withheld, _seen_on(of, withheld)
    return of.seen[1]


def _seen_on(view: View, withheld: Set[Cell]) -> _Seen:
    topic, space, reader = view.topic, view.space, view.reader
    seen = _Seen()
    for cell, part in view.figures:
        if part.less is not None and not is_group_alike(space, cell, part.less):
            if cell not in withheld:
                seen.peers[_peers_name(cell)] = (cell, part.whole, part.less)
        elif cell not in withheld:
            seen.shown.add(part.whole)
            # What is of many says most, and pages lead with the first indicator of a feed.
            worth = cell.organisations * (_OF_YEAR if cell.grain == "rolling_year" else 1.0)
            worth /= topic.places[cell.indicator_id]
            seen.weight[part.whole] = max(seen.weight[part.whole], worth)
            seen.by_name |= {part.whole} if cell.kind == "organisation" else set()
            seen.in_public |= {part.whole} if cell.audience == PUBLIC else set()
            seen.leading |= {part.whole} if cell.sector == _ALL_SECTORS else set()
        elif cell.audience == reader.page and cell.kind != "peers":
            seen.own_withheld.add(part.whole)
    return seen


def known_to(view: View, withheld: Set[Cell], *, keeps_names: bool = False) -> Known:
    """All that a reader can put together of a space, and what of it must not come out. `withheld` are the cells that
    are not shown. What the reader may know, and does from figures by name, is taken out of it, which makes it far
    smaller; unless it `keeps_names`, so that those figures can be withheld for the sake of others too."""
    space, reader = view.space, view.reader
    seen = _seen(view, withheld)
    out = {number for number, to in space.out.items() if to & reader.audiences}
    visible = seen.shown | out
    own_withheld = seen.own_withheld - visible
    if reader.itself is not None:
        # Much of what is withheld from all is withheld for its own sake: it may know the rest.
        own_withheld = {number for number in own_withheld if view.is_set_sensitive(number)}
    tied = {number for _, whole, less in seen.peers.values() for number in (whole, less)}
    classes = _classes(view, visible | own_withheld | tied)
    plain = _plainly_known(classes, out if keeps_names else out | (seen.by_name & visible), own_withheld)
    left = {place: one for place, one in classes.items() if place not in plain}
    kept = _tied_to_risk(left, own_withheld, seen.peers.values())
    least = -np.inf if space.may_be_negative else 0.0
    found = _Gathering()
    of_class: dict[int, int] = {}
    of_set: dict[int, list[int]] = defaultdict(list)
    for place in sorted(kept.classes):
        one = classes[place]
        of_class[place] = found.add(f"class {place}", one.value, one.least, one.need)
        found.pieces.append(one.pieces)
        for number in one.stands_in:
            of_set[number].append(place)
    for places, value, level in _portions(view, left, kept.classes):
        at = found.add(f"portion {' '.join(map(str, places))}", value, least, level)
        found.relations.append([(at, 1.0), *((of_class[place], -1.0) for place in places)])
    rest: dict[int, tuple[int, float]] = {}
    for number in sorted(kept.sets):
        # What the reader knows of it anyway is taken away: the level is that of the rest.
        value = sum(classes[place].value for place in of_set[number])
        level = view.rules.protection(value) if number in visible | own_withheld else 0.0
        cost = _cost(space.values[number]) * max(1.0, seen.weight[number] / _OF_FEW) ** 2
        cost *= _OF_NAME if number in seen.by_name else 1.0
        cost *= _OF_PUBLIC if number in seen.in_public and reader.page != PUBLIC else 1.0
        at = found.add(
            f"figure {number}",
            *(value, least, level),
            is_sensitive=number not in visible,
            is_out=number in out,
            is_leading=number in seen.leading,
            cost=cost,
            shows=number,
        )
        rest[number] = (at, value)
        found.relations.append([(at, 1.0), *((of_class[place], -1.0) for place in of_set[number])])
    for name in sorted(kept.peers):
        cell, whole, less = seen.peers[name]
        (of_whole, whole_value), (of_less, less_value) = rest[whole], rest[less]
        value, cost = whole_value - less_value, _cost(space.values[whole] - space.values[less])
        level = view.rules.protection(value)
        at = found.add(name, value, least, level, is_sensitive=False, cost=cost, shows=cell)
        found.relations.append([(at, 1.0), (of_whole, -1.0), (of_less, 1.0)])
    return found.known()


def _cost(value: float) -> float:
    """Large figures say most, so that to withhold one costs a little more."""
    return float(np.log2(2.0 + abs(value)))


@dataclass(frozen=True)
class _Class:
    """Atoms that stand in just the same sets. `need` is how unknown it must stay; 0 where it need not."""

    stands_in: tuple[int, ...]
    pieces: tuple[int, ...]
    contributors: frozenset[tuple[str, str]]
    value: float
    least: float
    need: float


def _in_grains(space: Space, left: Mapping[int, _Class], places: Set[int]) -> Iterator[set[int]]:
    """Those of some classes that are of the quarter, and those of the year."""
    for numbers in space.of_grain.values():
        yield {
            place
            for place in places
            if any(not numbers.isdisjoint(space.pieces[piece].sets) for piece in left[place].pieces)
        }


@dataclass(frozen=True)
class _Kept:
    classes: set[int]
    sets: set[int]
    peers: set[str]


def _classes(view: View, used: Set[int]) -> dict[int, _Class]:
    """Every class, by its number."""
    return dict(enumerate(_by_place(view, frozenset(used)).values()))


def _by_place(view: View, used: frozenset[int]) -> "dict[_Place, _Class]":
    """Every class, by where it stands and in that order. What an organisation did not send it knows as any other does:
    that is put together once for all of them."""
    if view.anybody is None:
        return {place: _class(view, place[1], pieces) for place, pieces in sorted(view.classes(used).items())}
    anybody = view.anybody
    if used not in anybody.classes_by_sets:
        anybody.classes_by_sets[used] = _by_place(anybody, used)
    found = dict(anybody.classes_by_sets[used])
    for place in {anybody.place(at, used) for at in view.own} & found.keys():
        if others := [at for at in found[place].pieces if at not in view.own]:
            found[place] = _class(view, place[1], others)
        else:
            del found[place]
    return found


def _class(view: View, stands_in: tuple[int, ...], pieces: Sequence[int]) -> _Class:
    value, behind = sum(view.space.pieces[piece].value for piece in pieces), view.behind(pieces)
    least = -np.inf if view.space.may_be_negative else 0.0
    if view.reader.audience == PUBLIC and len(behind.shares) > 1 and not view.space.may_be_negative:
        # One of those behind it knows what it sent: the sum is no less than that.
        least = max(behind.shares.values())
    need = view.rules.protection(value) if view.is_sensitive(behind) else 0.0
    return _Class(stands_in, tuple(pieces), frozenset(behind.shares), value, min(least, value), need)


def _portions(view: View, left: Mapping[int, _Class], kept: Set[int]) -> Iterator[tuple[tuple[int, ...], float, float]]:
    """Classes that must not come out together, whatever is known of each; their sum and its level. What those behind a
    sensitive class add, in all classes that are theirs alone, to each figure that it stands in, to the quarter, to the
    year, and in all; and what is left of a figure without all that its reader may see."""
    found: set[tuple[int, ...]] = set()
    for together in (tuple(sorted(some)) for some in (*_of_the_same_few(view, left, kept), *_closed(view, left, kept))):
        if len(together) < 2 or together in found:
            continue
        found.add(together)
        if view.are_sensitive(tuple([piece for place in together for piece in left[place].pieces])):
            value = sum(left[place].value for place in together)
            yield together, value, view.rules.protection(value)


def _of_the_same_few(view: View, left: Mapping[int, _Class], kept: Set[int]) -> Iterator[set[int]]:
    of_contributor: dict[tuple[str, str], set[int]] = defaultdict(set)
    for place in kept:
        for contributor in left[place].contributors:
            of_contributor[contributor].add(place)
    figures_of: dict[frozenset[tuple[str, str]], set[int]] = defaultdict(set)
    for place in sorted(kept):
        if left[place].need:
            figures_of[left[place].contributors].update(left[place].stands_in)
    for contributors, figures in figures_of.items():
        near = set().union(*(of_contributor[contributor] for contributor in contributors))
        theirs = {other for other in near if left[other].contributors <= contributors}
        if len(theirs) > 1:
            in_figure: dict[int, set[int]] = defaultdict(set)
            for other in theirs:
                for number in left[other].stands_in:
                    in_figure[number].add(other)
            yield from (in_figure[number] for number in sorted(figures))
            yield from _in_grains(view.space, left, theirs)
            yield theirs


def _closed(view: View, left: Mapping[int, _Class], kept: Set[int]) -> Iterable[set[int]]:
    of_figure: dict[int, set[int]] = defaultdict(set)
    for place in sorted(kept):
        if left[place].contributors:
            for number in left[place].stands_in:
                if view.is_set_sensitive(number):
                    of_figure[number].add(place)
    return of_figure.values()


def _plainly_known(classes: Mapping[int, _Class], visible: Set[int], own_withheld: Set[int]) -> set[int]:
    """The classes of what a reader may see that are what is left of one of these figures, but for those that a figure
    withheld from it is made of."""
    members: dict[int, set[int]] = defaultdict(set)
    for place, one in classes.items():
        for number in one.stands_in:
            if number in visible:
                members[number].add(place)
    known: set[int] = set()
    waiting = [number for number, of in members.items() if len(of) == 1]
    while waiting:
        of = members[waiting.pop()]
        if len(of) != 1:
            continue
        (place,) = of
        if classes[place].contributors or not own_withheld.isdisjoint(classes[place].stands_in):
            continue
        known.add(place)
        for number in classes[place].stands_in:
            if number in members:
                members[number].discard(place)
                if len(members[number]) == 1:
                    waiting.append(number)
    return known


def _tied_to_risk(left: Mapping[int, _Class], own_withheld: Set[int], peers: Iterable[tuple[Cell, int, int]]) -> _Kept:
    """Whatever hangs together, by figures that both are in, with something that must stay unknown."""
    of_set: dict[int, list[int]] = defaultdict(list)
    for place, one in left.items():
        for number in one.stands_in:
            of_set[number].append(place)
    beside: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for cell, whole, less in peers:
        beside[whole].append((_peers_name(cell), less))
        beside[less].append((_peers_name(cell), whole))
    kept = _Kept(set(), set(), set())
    waiting = [number for number in own_withheld if number in of_set]
    waiting += [number for one in left.values() if one.need for number in one.stands_in]
    while waiting:
        number = waiting.pop()
        if number in kept.sets:
            continue
        kept.sets.add(number)
        for place in of_set[number]:
            if place not in kept.classes:
                kept.classes.add(place)
                waiting += left[place].stands_in
        for name, other in beside[number]:
            kept.peers.add(name)
            waiting.append(other)
    return kept


def _peers_name(cell: Cell) -> str:
    return f"peers {' '.join(map(str, cell[:9]))}"


def is_group_alike(space: Space, cell: Cell, less: int) -> bool:
    """Whether the peers of an organisation say no more than their group does: its reader knows the organisation whole
    from the same page."""
    return cell.audience in space.by_name[less]
