"""Which points of charts over time a reader is shown, so that they tell it nothing that the figures beside them, and
those that it was shown before, do not tell already. Whose chart it might see at all is decided in sql/disclosure.

Charts are no part of the linear programmes of `stage`; they follow rules under which they add nothing to them:

1. No point of few people, by the rules for any other figure; and no chart beside a figure of the quarter or of the year
   that is not shown.
2. What an organisation adds to anything of several organisations that readers of these pages were shown, now or before,
   and in which one of its points stands, they were shown by name on the same page or in public. So it is taken from the
   sum as it was before, and nothing more comes out of the others.
3. Of a figure of the organisation alone points show all or nothing, so that none that is left out is what remains of
   it; and they show nothing of one that a publication before withheld.
4. Without all points of its last quarter there is no chart.

A point that goes may take others with it, until these hold.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date

from impact.disclosure.atoms import Atom, Cell, Point, Space, Topic
from impact.disclosure.readers import PUBLIC, Reader, Rules
from impact.disclosure.reasons import AS_ITSELF, NO_FIGURE, WORKED_OUT, why_small

_GRAINS = ("quarter", "rolling_year")


def judged(
    topic: Topic,
    withheld: Mapping[Cell, str],
    readers: Iterable[Reader],
    rules: Rules,
    small_count: Mapping[str, object],
) -> dict[Point, str]:
    """Of each point of a topic why it is not shown; an empty text where it is. `withheld` are the cells that are not,
    once all are decided."""
    series: dict[tuple[str, str, str], list[Point]] = defaultdict(list)
    for point in topic.points:
        series[point[:3]].append(point)
    told = _told(topic, withheld, {point.organisation_code for point in topic.points})
    read_with = _read_with(readers)
    figures: dict[tuple[str, str, str], dict[str, str]] = defaultdict(dict)
    for cell in topic.cells:
        if cell.kind == "organisation":
            figures[cell.audience, cell.indicator_id, cell.organisation_code][cell.grain] = withheld.get(cell, "")
    found: dict[Point, str] = {}
    for key, points in series.items():
        of_figures = [figures[key].get(grain) for grain in _GRAINS]
        if None in of_figures:
            found |= dict.fromkeys(points, NO_FIGURE)
        elif any(of_figures):
            found |= dict.fromkeys(points, AS_ITSELF)
        else:
            chart = _Chart(topic, rules, small_count[key[1]], points, told[key[2]], read_with[key[0]])
            found |= chart.judged()
    return found


def sets_of_points(topic: Topic, points: Iterable[Point]) -> dict[tuple[str, frozenset[int]], set[str]]:
    """What these points show: sets of atoms by space, and to whom."""
    found: dict[tuple[str, frozenset[int]], set[str]] = defaultdict(set)
    for point in points:
        by_space: dict[str, list[int]] = defaultdict(list)
        for space, atom in _atoms(topic, point):
            by_space[space.name].append(space.place(atom))
        for name, places in by_space.items():
            found[name, frozenset(places)].add(point.audience)
    return found


@dataclass
class _Told:
    """What figures tell of one organisation. `alone` and `among` are its atoms in figures of itself and of several, and
    the audiences that are shown them; `withheld` its figures that publications before withheld, and from whom."""

    alone: list[tuple[frozenset[Atom], Set[str]]] = field(default_factory=list)
    among: list[tuple[frozenset[Atom], Set[str]]] = field(default_factory=list)
    withheld: list[tuple[frozenset[Atom], Set[str]]] = field(default_factory=list)


def _told(topic: Topic, withheld: Mapping[Cell, str], codes: Set[str]) -> dict[str, _Told]:
    found = {code: _Told() for code in codes}
    for space in topic.spaces.values():
        atoms, shown_to = list(space.atoms), _shown_to(topic, space, withheld)
        for places, number in space.sets.items():
            # Whatever is official all know.
            of_code: dict[str, set[Atom]] = defaultdict(set)
            for place in places if number in shown_to else ():
                of_code[atoms[place].organisation_code] |= {atoms[place]} - _official(atoms[place])
            for code in of_code.keys() & codes:
                told = found[code].alone if len(of_code) == 1 else found[code].among
                told.append((frozenset(of_code[code]), shown_to[number]))
    for _, of_figure, withheld_from in topic.withheld_before:
        for code in {atom.organisation_code for atom in of_figure} & codes:
            found[code].withheld.append((of_figure, withheld_from))
    return found


def _official(atom: Atom) -> set[Atom]:
    return {atom} if atom.source == "official" else set()


def _shown_to(topic: Topic, space: Space, withheld: Mapping[Cell, str]) -> dict[int, set[str]]:
    """Of the sets of a space that are shown, now or before, on whose pages."""
    found = {number: set(to) for number, to in space.out.items() if to}
    for cell in topic.cells:
        if cell not in withheld:
            for part in topic.parts[cell]:
                if part.space == space.name:
                    found.setdefault(part.whole, set()).add(cell.audience)
    return found


def _read_with(readers: Iterable[Reader]) -> dict[str, set[str]]:
    """Of each page all that one of its readers has beside it."""
    found: dict[str, set[str]] = defaultdict(set)
    for reader in readers:
        for audience in reader.audiences:
            found[audience] |= reader.audiences
    return found


def _atoms(topic: Topic, point: Point) -> list[tuple[Space, Atom]]:
    """What a point is a sum of, with the space of each."""
    found = []
    for one in topic.counted[point.indicator_id, point.organisation_code, point.source, point.period_id]:
        for role, value in (("numerator", one.numerator), ("denominator", one.denominator)):
            number = topic.numbers[point.indicator_id, role]
            if number is not None and value == value:
                start, end = one.period_start_on, one.period_end_on
                atom = Atom(number, point.organisation_code, one.commissioners, point.source, start, end, value)
                found.append((topic.space_of[number], atom))
    return found


_Days = tuple[date, date]


def _days_of(atoms: Iterable[Atom]) -> set[_Days]:
    """Their first and last days."""
    return {(atom.period_start_on, atom.period_end_on) for atom in atoms}


def _overlap(some: Iterable[_Days], others: Iterable[_Days]) -> bool:
    return any(start <= end_of and start_of <= end for start, end in some for start_of, end_of in others)


def _slot(atom: Atom) -> tuple[str, str, date, date]:
    """Where an atom belongs, whatever its value and whoever it is for."""
    return atom.number, atom.source, atom.period_start_on, atom.period_end_on


@dataclass
class _Chart:
    """The points of one chart as one page might show them."""

    topic: Topic
    rules: Rules
    small_count: object
    points: Sequence[Point]
    told: _Told
    read_with: Set[str]

    def judged(self) -> dict[Point, str]:
        atoms_of = {point: frozenset(atom for _, atom in _atoms(self.topic, point)) for point in self.points}
        known = {atoms for atoms, to in self.told.alone if to & {self.points[0].audience, PUBLIC}}
        why = {point: self._why_not(point, atoms, known) or "" for point, atoms in atoms_of.items()}
        while lost := self._lost({point: atoms for point, atoms in atoms_of.items() if not why[point]}, known):
            why |= dict.fromkeys(lost, WORKED_OUT)
        last = [point for point in self.points if point.is_last]
        if not last or any(why[point] for point in last):
            return {point: reason or WORKED_OUT for point, reason in why.items()}
        return why

    def _why_not(self, point: Point, atoms: frozenset[Atom], known: Set[frozenset[Atom]]) -> str | None:
        """Why a point cannot be shown whatever the others are, if it cannot."""
        numbers, days = {atom.number for atom in atoms}, _days_of(atoms)
        for of_figure, withheld_from in self.told.withheld:
            is_secret = bool(withheld_from & self.read_with) and of_figure not in known
            if is_secret and _overlap(days, _days_of(atom for atom in of_figure if atom.number in numbers)):
                return WORKED_OUT
        if point.source == "official":
            return None
        counted = self.topic.counted[point[1:5]]
        return self._why_small(sum(one.numerator for one in counted), sum(one.denominator for one in counted), days)

    def _lost(self, points: Mapping[Point, frozenset[Atom]], known: Set[frozenset[Atom]]) -> set[Point]:
        """The points that cannot be shown beside the others."""
        shown = {atom: point for point, atoms in points.items() for atom in atoms}
        slots = {_slot(atom) for atom in shown}
        lost = set()
        for atoms, to in self.told.among:
            if to & self.read_with and atoms not in known:
                lost |= {shown[atom] for atom in atoms if atom in shown}
        for atoms, to in self.told.alone:
            beside = {shown[atom] for atom in atoms if atom in shown}
            if (
                to & self.read_with
                and beside
                and not all(self._may_remain(atom, slots) for atom in atoms - shown.keys())
            ):
                lost |= beside
        return lost

    def _may_remain(self, atom: Atom, slots: Set[tuple[str, str, date, date]]) -> bool:
        """Whether something that no point shows may be what remains of a figure: nothing at all, or what has been
        corrected since, unless it was of few."""
        if atom.value == 0:
            return True
        if _slot(atom) not in slots:
            return False
        if atom.number != self.topic.numbers[self.points[0].indicator_id, "denominator"]:
            return True
        return self._why_small(atom.value / 2, atom.value, _days_of([atom])) is None

    def _why_small(self, numerator: float, denominator: float, days: Iterable[_Days]) -> str | None:
        return why_small(
            *(self.small_count, numerator, denominator),
            audience=self.points[0].audience,
            variant=self.topic.variant,
            days=sum((end - start).days + 1.0 for start, end in days),
            rules=self.rules,
        )
