"""What a publication shows, down to the smallest things that its figures are sums of. Who may know what of them belongs
in `readers`; what is withheld in `stage`.

An atom is what one organisation counted, in one month, quarter or wave, of one measure, of what it does for the same
commissioners; its value is part of what it is, so that a correction is another atom. A SPACE holds the atoms of one
measure, or of several where an indicator breaks another down: all figures in it that add up are sums over sets of its
atoms. A TOPIC is what hangs together: the indicators that share a measure, on one basis or instrument.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

import pandas as pd

_SAME = 1e-6
"""Sums of values kept to 14 decimals that differ by no more are the same."""


class Atom(NamedTuple):
    """`number` is the measure with its item. `commissioners` are the codes of those whom it is done for."""

    number: str
    organisation_code: str
    commissioners: frozenset[str]
    source: str
    period_start_on: date
    period_end_on: date
    value: float


class Cell(NamedTuple):
    """A figure on a page that adds up, by what the table `disclosure.cell` says of it."""

    audience: str
    kind: str
    indicator_id: str
    grain: str
    variant: str
    delivery_model: str
    sector: str
    organisation_code: str
    commissioner_code: str
    source: str
    organisations: int


class Point(NamedTuple):
    """A point of a chart over time that a reader might be shown, by what the table `disclosure.point` says of it."""

    audience: str
    indicator_id: str
    organisation_code: str
    source: str
    period_id: str
    is_last: bool


class Counted(NamedTuple):
    """What an atom of a point counts in an indicator's two roles."""

    commissioners: frozenset[str]
    period_start_on: date
    period_end_on: date
    numerator: float
    denominator: float


class Part(NamedTuple):
    """One of the two numbers of a cell: a set of atoms; for peers those of the group (`whole`) but those of the
    organisation itself (`less`)."""

    space: str
    whole: int
    less: int | None
    is_numerator: bool


class Piece(NamedTuple):
    """Atoms of one organisation that stand in exactly the same sets, added up."""

    organisation_code: str
    commissioners: frozenset[str]
    source: str
    value: float
    sets: tuple[int, ...]


@dataclass
class Space:
    """`sets` are those of all figures, by number; `out` of which publications before this one showed them to whom,
    `by_page` on whose pages they are now, `by_name` where as an organisation's, and `of_grain` those of the quarter and
    of the year."""

    name: str
    is_money: bool
    may_be_negative: bool
    atoms: dict[Atom, int] = field(default_factory=dict)
    sets: dict[tuple[int, ...], int] = field(default_factory=dict)
    out: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    by_name: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    by_page: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    of_grain: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    pieces: list[Piece] = field(default_factory=list)
    values: dict[int, float] = field(default_factory=dict)
    pieces_of: dict[int, list[int]] = field(default_factory=dict)

    def place(self, atom: Atom) -> int:
        """The number of an atom, a new one where it is new."""
        return self.atoms.setdefault(atom, len(self.atoms))

    def set_of(self, atoms: Iterable[int]) -> int:
        """The number of a set of atoms, a new one where it is new."""
        return self.sets.setdefault(tuple(sorted(atoms)), len(self.sets))

    def cut(self) -> None:
        """Add up what stands in the same sets, once all sets are known."""
        found: list[list[int]] = [[] for _ in self.atoms]
        for places, number in self.sets.items():
            for place in places:
                found[place].append(number)
        sums: dict[tuple[str, frozenset[str], str, tuple[int, ...]], float] = defaultdict(float)
        for atom in sorted(self.atoms, key=_order):
            stands_in = tuple(found[self.atoms[atom]])
            sums[atom.organisation_code, atom.commissioners, atom.source, stands_in] += atom.value
        self.pieces = [Piece(*key[:3], value, key[3]) for key, value in sums.items()]
        self.values = dict.fromkeys(self.sets.values(), 0.0)
        self.pieces_of = {number: [] for number in self.sets.values()}
        for at, piece in enumerate(self.pieces):
            for number in piece.sets:
                self.values[number] += piece.value
                self.pieces_of[number].append(at)


@dataclass
class Topic:
    """`places` say where an indicator stands among those of its feed; `parts` are the numbers of each cell, in order
    of numerator, denominator."""

    name: str
    variant: str
    is_of_parts: bool
    places: Mapping[str, int]
    spaces: dict[str, Space]
    cells: list[Cell]
    parts: dict[Cell, tuple[Part, ...]]
    days: dict[Cell, float]
    """Of a cell of one organisation how many days it reported."""
    numbers: Mapping[tuple[str, str], str | None]
    """Of an indicator in a role the measure that it counts."""
    space_of: Mapping[str, Space]
    """Of each measure its space."""
    points: list[Point]
    counted: dict[tuple[str, str, str, str], list[Counted]]
    """By indicator, organisation, source and period the atoms of each point."""
    withheld_before: list[tuple[Space, frozenset[Atom], frozenset[str]]]
    """The figures of organisations that publications before this one withheld, and from whom."""


@dataclass(frozen=True)
class Plan:
    """Of what a topic is to be put together: the entries of its indicators, and its rows of each table."""

    entries: Mapping[str, Mapping[str, Any]]
    variant: str
    atoms: pd.DataFrame
    members: pd.DataFrame
    cells: pd.DataFrame
    points: pd.DataFrame
    point_atoms: pd.DataFrame
    earlier: pd.DataFrame


def plans(tables: Mapping[str, pd.DataFrame]) -> list[Plan]:
    """Everything that is shown, in topics, in the order of their names. The tables are `reference.indicators`, and
    atom, member, cell, point, point_atom and earlier_cell of the schema `disclosure`."""
    indicators, members, earlier = tables["indicators"], tables["member"], tables["earlier_cell"]
    points, point_atoms = tables["point"], tables["point_atom"]
    entries: dict[str, Mapping[str, Any]] = {
        str(row["indicator_id"]): {str(name): value for name, value in row.items()}
        for row in indicators.to_dict("records")
    }
    found = []
    of_variant = _by_variant(tables["cell"])
    atoms_of = _by_variant(tables["atom"])
    members_of = _by_variant(members)
    points_of = _by_variant(points)
    point_atoms_of = _by_variant(point_atoms)
    earlier_of = _by_variant(earlier)
    for family in _families(entries):
        for variant, shown in of_variant.items():
            here = _of_indicators(shown, family)
            if len(here):
                found.append(
                    Plan(
                        {one: entries[one] for one in family},
                        variant,
                        _of_indicators(atoms_of[variant], family),
                        members_of.get(variant, members.head(0)),
                        here,
                        _of_indicators(points_of.get(variant, points.head(0)), family),
                        _of_indicators(point_atoms_of.get(variant, point_atoms.head(0)), family),
                        earlier_of.get(variant, earlier.head(0)),
                    )
                )
    return found


def number_of(entry: Mapping[str, Any], role: str) -> str | None:
    """The measure, with its item, that an indicator counts in one of its two roles."""
    measure = entry[role]
    item = entry["item"]
    return None if not _is_there(measure) else f"{measure} {item}" if _is_there(item) else str(measure)


def _families(entries: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, ...]]:
    """The indicators that share a measure, or of which one breaks another down."""
    family = {one: {one} for one in entries}
    by_number = defaultdict(list)
    for one, entry in entries.items():
        for role in _ROLES:
            if (number := number_of(entry, role)) is not None:
                by_number[number, entry["part_of"]].append(one)
        if _is_there(entry["breaks_down"]):
            by_number["breaks down", entry["breaks_down"]] += [one, entry["breaks_down"]]
    for together in by_number.values():
        joined = set().union(*(family[one] for one in together))
        for one in joined:
            family[one] = joined
    return sorted({tuple(sorted(one)) for one in family.values()})


_ROLES = ("numerator", "denominator")

_Found = list[tuple[int, frozenset[str]]]
"""Atoms of one figure, each with those whom it is done for."""


@dataclass
class _Gathered:
    """The atoms of a topic by the figures that they are in: by indicator, role, grain, organisation and source; and the
    members of each group."""

    entries: Mapping[str, Mapping[str, Any]]
    space_of: Mapping[str, Space]
    numbers: Mapping[tuple[str, str], str | None]
    broken_down: Mapping[str, list[str]]
    figures: dict[tuple[str, ...], _Found]
    sums: dict[tuple[str, ...], float]
    days: dict[tuple[str, ...], dict[tuple[date, date], float]]
    groups: dict[tuple[str, ...], list[tuple[str, str]]]
    known: dict[tuple[Any, ...], int] = field(default_factory=dict)

    def atoms_of(self, cell: Cell, role: str, code: str, source: str) -> _Found:
        """The atoms of an organisation's figure; of one that others break down, theirs, if they add up to it."""
        place = (cell.indicator_id, role, cell.grain, code, source)
        parts = self.broken_down.get(self.numbers[cell.indicator_id, role] or "", [])
        of_parts = [(part, "numerator", cell.grain, code, source) for part in parts]
        theirs = [atom for part in of_parts for atom in self.figures[part]]
        is_same = abs(sum(self.sums[part] for part in of_parts) - self.sums[place]) <= _SAME
        return theirs if theirs and is_same else self.figures[place]

    def set_of(self, cell: Cell, role: str, of: Sequence[tuple[str, str]], payer: str = "") -> int:
        """The set of the atoms of these organisations (each with its source) in a cell's indicator and period."""
        key = (cell.indicator_id, role, cell.grain, tuple(of), payer)
        if key not in self.known:
            self.known[key] = self.space_of[self.numbers[cell.indicator_id, role] or ""].set_of(
                atom
                for code, source in of
                for atom, payers in self.atoms_of(cell, role, code, source)
                if not payer or payer in payers
            )
        return self.known[key]

    def parts_of(self, cell: Cell) -> tuple[Part, ...]:
        """The numbers of a cell."""
        roles = [role for role in _ROLES if self.numbers[cell.indicator_id, role] is not None]
        return tuple(self._part(cell, role) for role in roles)

    def _part(self, cell: Cell, role: str) -> Part:
        space = self.space_of[self.numbers[cell.indicator_id, role] or ""]
        if cell.kind == "organisation":
            payer = "" if cell.commissioner_code == "ALL" else cell.commissioner_code
            own = self.set_of(cell, role, [(cell.organisation_code, cell.source)], payer)
            space.by_name[own].add(cell.audience)
            space.of_grain[cell.grain].add(own)
            space.by_page[own].add(cell.audience)
            return Part(space.name, own, None, role == "numerator")
        group = self.groups[cell.indicator_id, cell.grain, cell.delivery_model, cell.sector]
        itself = [one for one in group if one[0] == cell.organisation_code]
        less = self.set_of(cell, role, itself) if itself else None
        whole = self.set_of(cell, role, group)
        space.of_grain[cell.grain].add(whole)
        space.by_page[whole].add(cell.audience)
        return Part(space.name, whole, less, role == "numerator")

    def days_of(self, cell: Cell) -> float:
        return sum(self.days[cell.indicator_id, cell.grain, cell.organisation_code, cell.source].values())


def topic_of(plan: Plan) -> Topic:
    """The topic, put together."""
    entries = plan.entries
    spaces, space_of = _spaces(entries)
    gathered = _gathered(entries, space_of, plan.atoms, plan.members)
    cells = [Cell(*values) for values in _rows(plan.cells, *Cell._fields)]
    parts = {cell: gathered.parts_of(cell) for cell in cells}
    withheld_before = _add_earlier(plan.earlier, space_of)
    for space in spaces.values():
        space.cut()
    reported = {cell: gathered.days_of(cell) for cell in cells if cell.kind == "organisation"}
    is_of_parts = any(entry["part_of"] != "organisation" for entry in entries.values())
    places = {one: int(entry["place"]) for one, entry in entries.items()}
    points = [Point(*values) for values in _rows(plan.points, *Point._fields)]
    return Topic(
        *(" ".join(entries), plan.variant, is_of_parts, places, spaces, cells, parts, reported),
        *(gathered.numbers, space_of, points, _counted(plan.point_atoms), withheld_before),
    )


def _gathered(
    entries: Mapping[str, Mapping[str, Any]],
    space_of: Mapping[str, Space],
    atoms: pd.DataFrame,
    members: pd.DataFrame,
) -> _Gathered:
    numbers = {(one, role): number_of(entry, role) for one, entry in entries.items() for role in _ROLES}
    figures: dict[tuple[str, ...], _Found] = defaultdict(list)
    sums: dict[tuple[str, ...], float] = defaultdict(float)
    days: dict[tuple[str, ...], dict[tuple[date, date], float]] = defaultdict(dict)
    for indicator, code, codes, source, start, end, is_in_quarter, is_in_year, *values in _rows(
        atoms,
        *("indicator_id", "organisation_code", "commissioners", "source", "period_start_on", "period_end_on"),
        *("is_in_quarter", "is_in_year", *_ROLES),
    ):
        payers = frozenset(codes.split())
        grains = [grain for grain, is_in in (("quarter", is_in_quarter), ("rolling_year", is_in_year)) if is_in]
        for role, value in zip(_ROLES, values, strict=True):
            number = numbers[indicator, role]
            if number is None or value != value:
                continue
            place = space_of[number].place(Atom(number, code, payers, source, start, end, float(value)))
            for grain in grains:
                figures[indicator, role, grain, code, source].append((place, payers))
                sums[indicator, role, grain, code, source] += float(value)
                days[indicator, grain, code, source][start, end] = float((end - start).days + 1)
    groups: dict[tuple[str, ...], list[tuple[str, str]]] = defaultdict(list)
    wanted = members[members["indicator_id"].isin(list(entries))]
    of_groups = ("indicator_id", "grain", "delivery_model", "sector", "organisation_code", "source")
    for *group, code, source in _rows(wanted, *of_groups):
        groups[tuple(group)].append((code, source))
    return _Gathered(entries, space_of, numbers, _broken_down(entries), figures, sums, days, groups)


def _spaces(entries: Mapping[str, Mapping[str, Any]]) -> tuple[dict[str, Space], dict[str, Space]]:
    """The spaces by name, denominators first since they count people, and of each number its space."""
    broken_down = _broken_down(entries)
    whole_of = {
        number: whole
        for whole, parts in broken_down.items()
        for part in parts
        if (number := number_of(entries[part], "numerator"))
    }
    spaces: dict[str, Space] = {}
    space_of: dict[str, Space] = {}
    for role in ("denominator", "numerator"):
        for entry in entries.values():
            if (number := number_of(entry, role)) is None:
                continue
            name = whole_of.get(number, number)
            if name not in spaces:
                words = str(entry[role]).split("_")
                # Net savings are less than nothing where a change cost more than it has brought in yet.
                spaces[name] = Space(name, words[-1] == "gbp", "net" in words)
            space_of[number] = spaces[name]
    return spaces, space_of


def _broken_down(entries: Mapping[str, Mapping[str, Any]]) -> dict[str, list[str]]:
    """The number of each indicator that others break down, and those."""
    found: dict[str, list[str]] = defaultdict(list)
    for one, entry in sorted(entries.items()):
        if _is_there(entry["breaks_down"]) and entry["breaks_down"] in entries:
            found[number_of(entries[entry["breaks_down"]], "numerator") or ""].append(one)
    return dict(found)


def _counted(point_atoms: pd.DataFrame) -> dict[tuple[str, str, str, str], list[Counted]]:
    found: dict[tuple[str, str, str, str], list[Counted]] = defaultdict(list)
    of_point = ("indicator_id", "organisation_code", "source", "period_id")
    for indicator, code, source, period, codes, start, end, *values in _rows(
        point_atoms, *of_point, "commissioners", "period_start_on", "period_end_on", *_ROLES
    ):
        numerator, denominator = map(float, values)
        atom = Counted(frozenset(codes.split()), start, end, numerator, denominator)
        found[indicator, code, source, period].append(atom)
    return found


def _add_earlier(
    earlier: pd.DataFrame, space_of: Mapping[str, Space]
) -> list[tuple[Space, frozenset[Atom], frozenset[str]]]:
    """Add the sets of atoms that publications before this one showed, and to whom; what they withheld by name."""
    here = earlier[earlier["number"].isin(list(space_of))]
    found: dict[tuple[str, int], tuple[Space, list[Atom], str, str, str]] = {}
    for publication, cell, shown_to, by_name_to, withheld_from, number, code, codes, source, start, end, value in _rows(
        here,
        *("publication", "cell", "shown_to", "by_name_to", "withheld_from", "number", "organisation_code"),
        *("commissioners", "source", "period_start_on", "period_end_on", "value"),
    ):
        atom = Atom(number, code, frozenset(codes.split()), source, start, end, float(value))
        of_cell = found.setdefault(
            (publication, cell), (space_of[number], [], shown_to, by_name_to, withheld_from or "")
        )
        of_cell[1].append(atom)
    # What is of one organisation and stands in no other figure tells nothing of any: so do most points of charts.
    stands_in = Counter(atom for atoms in {frozenset(one[1]) for one in found.values() if one[2]} for atom in atoms)
    for space, atoms, shown_to, by_name_to, _ in found.values():
        is_of_many = len({atom.organisation_code for atom in atoms}) > 1
        if shown_to and (is_of_many or any(stands_in[atom] > 1 or atom in space.atoms for atom in atoms)):
            shown = space.set_of(space.place(atom) for atom in atoms)
            space.out[shown] |= set(shown_to.split())
            space.by_name[shown] |= set(by_name_to.split())
    return [
        (space, frozenset(atoms), frozenset(withheld_from.split()))
        for space, atoms, _, _, withheld_from in found.values()
        if withheld_from
    ]


def _order(atom: Atom) -> tuple[Any, ...]:
    """An order of atoms that does not hang on how sets of texts are kept."""
    return (*atom[:2], sorted(atom.commissioners), *atom[3:])


def _by_variant(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    return {str(variant): rows for variant, rows in table.groupby("variant", sort=True)}


def _of_indicators(table: pd.DataFrame, family: Collection[str]) -> pd.DataFrame:
    return table[table["indicator_id"].isin(list(family))]


def _rows(table: pd.DataFrame, *columns: str) -> Iterator[tuple[Any, ...]]:
    """The rows of some columns."""
    return zip(*(table[column].tolist() for column in columns), strict=True)


def _is_there(value: Any) -> bool:
    return value is not None and not (isinstance(value, float) and pd.isna(value))
