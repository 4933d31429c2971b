"""Absence beside that of peers, intervals and verdicts, worked out again in plain Python loops; and random rows.

Nothing here was taken from the SQL. Every organisation's peers are gone through one by one, where the SQL takes the
organisation's own away from sums.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from tests.sql.tables import Row, absence, months, official, organisation

FOR_MEDIAN = 5
STAFF_GROUPS = ("frontline", "management", "professional", "support")

Days = tuple[Decimal, Decimal]
"""Lost and available."""


# Absence of each month beside that of peers


@dataclass(frozen=True)
class Month:
    """A month of an organisation, of the whole and by staff group."""

    code: str
    model: str
    sector: str
    basis: str
    source: str
    month: str
    days: Days
    by_group: dict[str, Days] = field(default_factory=dict)


@dataclass(frozen=True)
class Expected:
    """What would have been lost at the peers' rate; `mixed` by staff group, where that can be said; `of_all` with the
    organisation among its peers."""

    peers: int
    days: Fraction | None
    of_all: Fraction | None
    mixed: Fraction | None
    mixed_of_all: Fraction | None


def rate(days: Iterable[Days]) -> Fraction | None:
    """All days lost of all days available."""
    lost = available = Fraction(0)
    for of_lost, of_available in days:
        lost += Fraction(of_lost)
        available += Fraction(of_available)
    return lost / available if available else None


def counted(said: Iterable[Month]) -> list[Month]:
    """The month that counts of each organisation and basis: the official one, where there is one with days in it."""
    chosen: dict[tuple[str, str, str], Month] = {}
    for one in said:
        place = one.code, one.basis, one.month
        if one.days[1] and (place not in chosen or one.source == "official"):
            chosen[place] = one
    return list(chosen.values())


def peers_of(one: Month, among: Sequence[Month], scope: str) -> list[Month]:
    return [
        other
        for other in among
        if other.code != one.code
        and (other.model, other.basis, other.month) == (one.model, one.basis, one.month)
        and (scope == "all_sectors" or other.sector == one.sector)
    ]


def expected(one: Month, among: Sequence[Month], scope: str) -> Expected:
    """What the peers' rates make of a month's available days."""
    peers = peers_of(one, among, scope)
    available = Fraction(one.days[1])
    left_out, of_all = rate(peer.days for peer in peers), rate(other.days for other in (*peers, one))
    alike = [peer for peer in peers if set(peer.by_group) >= set(one.by_group)]
    mixed = mixed_of_all = None
    if one.by_group and len(alike) >= FOR_MEDIAN:
        mixed, mixed_of_all = _mixed_rate(one, alike), _mixed_rate(one, [*alike, one])
    if mixed is None:
        mixed_of_all = None
    return Expected(len(peers), *(_times(available, of) for of in (left_out, of_all, mixed, mixed_of_all)))


def _mixed_rate(one: Month, others: Sequence[Month]) -> Fraction | None:
    """The others' rates by staff group, weighted with the organisation's own available days."""
    total = weight = Fraction(0)
    for group, (_, available) in one.by_group.items():
        of_group = rate(other.by_group[group] for other in others)
        if of_group is None:
            return None
        total += Fraction(available) * of_group
        weight += Fraction(available)
    return total / weight if weight else None


def _times(available: Fraction, of_rate: Fraction | None) -> Fraction | None:
    return None if of_rate is None else available * of_rate


def widest_needed(one: Month, among: Sequence[Month]) -> str:
    """The scope in which benchmarks.peer looks for peers."""
    return "sector" if len(peers_of(one, among, "sector")) >= FOR_MEDIAN else "all_sectors"


def random_absence(rng: random.Random, organisations: int, first: str, count: int) -> list[Month]:
    """Months of returns and official figures, with gaps, ties, months of nobody, changes of basis and staff groups."""
    said: list[Month] = []
    for number in range(organisations):
        code = f"X{number:03}"
        model = rng.choices(("mutual", "in_house", "outsourced"), (12, 6, 1))[0]
        sector = rng.choices(("community_health", "libraries", "transport"), (8, 4, 1))[0]
        gap = rng.choice((0, 0, 0, 0, 0.1))
        staff, level = rng.randint(20, 900), rng.uniform(0.02, 0.08)
        groups = rng.choice(((), STAFF_GROUPS, STAFF_GROUPS[:3], STAFF_GROUPS[:3]))
        is_official = rng.random() < 0.15
        basis = "calendar_days" if is_official else rng.choices(("calendar_days", "hours"), (9, 1))[0]
        changes_from = rng.choice(months(first, count)) if not is_official and rng.random() < 0.1 else "9999"
        for month in months(first, count):
            if rng.random() < gap:
                continue
            shares = [rng.uniform(0.1, 1) for _ in groups] or [1.0]
            parts = [_days(rng, staff * 30 * share / sum(shares), level) for share in shares]
            if rng.random() < 0.01:
                parts = [(Decimal(0), Decimal(0)) for _ in parts]
            days = sum((lost for lost, _ in parts), Decimal(0)), sum((available for _, available in parts), Decimal(0))
            by_group = dict(zip(groups, parts, strict=True)) if groups and rng.random() < 0.97 else {}
            counts = "working_days" if month >= changes_from else basis
            said.append(Month(code, model, sector, counts, "return", month, days, by_group))
            if is_official and days[1] and rng.random() < 0.95:
                whole = days[0] + Decimal("0.5"), days[1]
                said.append(Month(code, model, sector, "calendar_days", "official", month, whole))
    twin = [one for one in said if one.code == "X000"]
    return said + [Month("Y000", *(getattr(one, name) for name in _REST)) for one in twin]


_REST = ("model", "sector", "basis", "source", "month", "days", "by_group")


def _days(rng: random.Random, available: float, level: float) -> Days:
    of_all = Decimal(f"{available:.1f}")
    return (of_all * Decimal(level * rng.uniform(0.6, 1.4))).quantize(Decimal("0.01")), of_all


def absence_rows(said: Iterable[Month]) -> list[Row]:
    """The rows of returns, official files and the register that say this."""
    rows: list[Row] = []
    known: set[str] = set()
    for one in said:
        if one.code not in known:
            rows.append(organisation(one.code, one.model, one.sector))
            known.add(one.code)
        if one.source == "official":
            rows.append(official(one.code, one.month, *one.days))
            continue
        rows.append(absence(one.code, one.month, *one.days, one.basis))
        for group, days in one.by_group.items():
            rows.append(absence(one.code, one.month, *days, one.basis, staff_group=group))
    return rows
