"""What a publication lets out, down to the atoms, as the record that is kept of it, with which those after it reckon.

The table is `disclosure.released`, and of publications before `disclosure.earlier_cell`.
"""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from typing import Any

from impact.disclosure.atoms import Cell, Space, Topic
from impact.disclosure.readers import is_group_alike

ORGANISATION = "organisation-"

EARLIER = [
    *("publication", "cell", "shown_to", "by_name_to", "withheld_from", "number", "variant", "organisation_code"),
    *("commissioners", "source", "period_start_on", "period_end_on", "value"),
]
"""A row an atom of a set that is shown, and to whom; or of an organisation's figure, and from whom it is withheld."""


@dataclass
class _Told:
    """Which audiences are shown a set of atoms, which of them as a figure by name, and from which one is withheld."""

    to: set[str] = field(default_factory=set)
    by_name_to: set[str] = field(default_factory=set)
    withheld_from: set[str] = field(default_factory=set)


def released(
    topic: Topic, withheld: Mapping[Cell, str], of_points: Mapping[tuple[str, frozenset[int]], Set[str]]
) -> list[tuple[Any, ...]]:
    """The rows of a topic. `of_points` are the sets that points of charts show, and to whom."""
    rows: list[tuple[Any, ...]] = []
    number = 0
    for space in topic.spaces.values():
        told: dict[frozenset[int], _Told] = {}
        for cell, atoms in _figures(topic, space):
            of_set = told.setdefault(atoms, _Told())
            if cell not in withheld:
                of_set.to.add(cell.audience)
                of_set.by_name_to |= {cell.audience} if cell.kind == "organisation" else set()
            elif cell.kind == "organisation":
                of_set.withheld_from.add(cell.audience)
        for (name, atoms), audiences in of_points.items():
            if name == space.name:
                of_set = told.setdefault(atoms, _Told())
                of_set.to |= audiences
                of_set.by_name_to |= audiences
        of_place = {place: atom for atom, place in space.atoms.items()}
        for members, of_set in told.items():
            # What one indicator withholds another may show.
            withheld_from = of_set.withheld_from - of_set.to
            if not of_set.to and not withheld_from:
                continue
            number += 1
            said = (number, *(" ".join(sorted(some)) for some in (of_set.to, of_set.by_name_to, withheld_from)))
            rows += [
                (
                    *("", *said, atom.number, topic.variant, atom.organisation_code),
                    *(" ".join(sorted(atom.commissioners)), *atom[3:]),
                )
                for atom in (of_place[place] for place in sorted(members))
            ]
    return rows


def _figures(topic: Topic, space: Space) -> Iterator[tuple[Cell, frozenset[int]]]:
    """What each figure on others' pages shows of a space: a set of atoms. Mutuals' own show no more."""
    atoms_of = {number: frozenset(atoms) for atoms, number in space.sets.items()}
    for cell in topic.cells:
        if cell.audience.startswith(ORGANISATION):
            continue
        for part in topic.parts[cell]:
            if part.space == space.name:
                whole = atoms_of[part.whole]
                if part.less is not None and not is_group_alike(space, cell, part.less):
                    whole -= atoms_of[part.less]
                yield cell, whole
