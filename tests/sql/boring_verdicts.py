"""Absence beside that of peers, intervals and verdicts, worked out again in plain Python loops; and random rows.

Nothing here was taken from the SQL. Every organisation's peers are gone through one by one, where the SQL takes the
organisation's own away from sums.
"""

import random
import statistics
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from itertools import product
from math import asin, pi, sin, sqrt
from statistics import NormalDist

from scipy.stats import t

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
        staff = rng.randint(20, 900)
        level = rng.choices((0.002, 0.15, rng.uniform(0.035, 0.055)), (1, 1, 20))[0]
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


# Intervals


Z_95 = NormalDist().inv_cdf(0.975)


def wilson(x: int, n: int) -> tuple[float, float] | None:
    """Both ends of Wilson's interval of the share x of n, as centre and half width."""
    if not n:
        return None
    share, square = x / n, Z_95**2
    centre = (share + square / (2 * n)) / (1 + square / n)
    half = Z_95 / (1 + square / n) * sqrt(share * (1 - share) / n + square / (4 * n * n))
    return max(0.0, centre - half), min(1.0, centre + half)


def student(scores: Sequence[float]) -> tuple[float, float] | None:
    """Both ends of Student's interval of the mean of these scores, from the scores themselves."""
    if len(scores) < 2:
        return None
    half = float(t.ppf(0.975, len(scores) - 1)) * statistics.stdev(scores) / sqrt(len(scores))
    return statistics.fmean(scores) - half, statistics.fmean(scores) + half


# Verdicts


@dataclass(frozen=True)
class Place:
    """An organisation on the scale of a verdict: where it lies, its size, the variance of one unit of size within it,
    how much that is known from, and the benchmark it is held against where that is not the peers' pooled figure."""

    code: str
    place: float
    size: float
    variance_of_unit: float
    weight: float
    total: float
    expected: float | None = None


@dataclass(frozen=True)
class Limits:
    """On the scale of the verdict."""

    centre: float
    half_95: float
    half_99_8: float


def limits(own: Place, peers: Sequence[Place], kind: str) -> Limits:
    """The limits of prediction for one more organisation like these peers."""
    k, size = len(peers), sum(peer.size for peer in peers)
    squared_size = sum(peer.size**2 for peer in peers)
    mean = sum(peer.size * peer.place for peer in peers) / size
    unit = sum(peer.weight * peer.variance_of_unit for peer in peers) / sum(peer.weight for peer in peers)
    scatter = sum(peer.size * (peer.place - mean) ** 2 for peer in peers)
    tau_squared = max(0.0, (scatter - (k - 1) * unit) / (size - squared_size / size))
    if kind == "absence":
        within = max(own.variance_of_unit, unit) / own.size
    else:
        within = own.variance_of_unit / own.size + unit / size
    error = sqrt(within + tau_squared * (1 + squared_size / size**2))
    pooled = sum(peer.total for peer in peers) / size
    centre = asin(sqrt(pooled)) if kind == "share" else pooled if own.expected is None else own.expected
    return Limits(centre, float(t.ppf(0.975, k - 1)) * error, float(t.ppf(0.999, k - 1)) * error)


def on_own_scale(place: float, kind: str) -> float:
    """Percent, or points from 0 to 10."""
    if kind == "share":
        return sin(min(max(place, 0.0), pi / 2)) ** 2 * 100
    return min(max(place, 0.0), 10.0) if kind == "mean" else min(max(place * 100, 0.0), 100.0)


def word(value: float, around: Limits, kind: str, is_high_good: bool) -> str:
    """The verdict on a value."""
    for half, much in ((around.half_99_8, "much "), (around.half_95, "")):
        if value > on_own_scale(around.centre + half, kind):
            return f"{much}{'better' if is_high_good else 'worse'}"
        if value < on_own_scale(around.centre - half, kind):
            return f"{much}{'worse' if is_high_good else 'better'}"
    return "similar"


@dataclass(frozen=True)
class AbsenceYear:
    """The verdict on a year's absence, and what it rests on."""

    why: str
    verdict: str = "not compared"
    peers: int = 0
    scope: str = ""
    is_adjusted: bool = False
    limits: Limits | None = None


def absence_years(said: Sequence[Month], year: Sequence[str]) -> dict[tuple[str, str], AbsenceYear]:
    """By organisation and basis: the verdict on the year of these 12 months."""
    among = [one for one in counted(said) if one.month in year]
    series: _Series = defaultdict(list)
    for one in sorted(among, key=lambda month: month.month):
        series[one.code, one.basis].append(one)
    for place, own in series.items():
        if any(one.source == "official" for one in own):
            series[place] = [one for one in own if one.source == "official"]
    places: _Places = {}
    for (code, basis), own in series.items():
        for scope in ("sector", "all_sectors"):
            of = [expected(one, among, scope) for one in own]
            for is_adjusted in (False, True):
                places[code, basis, scope, is_adjusted] = _absence_place(own, of, is_adjusted)
    return {place: _absence_year(place, series, places) for place in series}


_Series = dict[tuple[str, str], list[Month]]
_Places = dict[tuple[str, str, str, bool], Place | None]


def _absence_year(of: tuple[str, str], series: _Series, places: _Places) -> AbsenceYear:
    own = series[of]
    if len(own) < 12:
        return AbsenceYear("fewer than 12 months")
    found = AbsenceYear("too few peers")
    # The last that there are enough peers for is the one that counts.
    for scope, is_adjusted in product(("all_sectors", "sector"), (False, True)):
        here = places[*of, scope, is_adjusted]
        peers = [
            peer
            for other, theirs in series.items()
            if other[0] != of[0]
            and other[1] == of[1]
            and theirs[0].model == own[0].model
            and (scope == "all_sectors" or theirs[0].sector == own[0].sector)
            and (peer := places[*other, scope, is_adjusted])
        ]
        if here and len(peers) >= FOR_MEDIAN:
            around = limits(here, peers, "absence")
            said_of = word(here.total / here.size * 100, around, "absence", is_high_good=False)
            found = AbsenceYear("", said_of, len(peers), scope, is_adjusted, around)
    return found


def _absence_place(own: Sequence[Month], of: Sequence[Expected], is_adjusted: bool) -> Place | None:
    of_each = [one.mixed if is_adjusted else one.days for one in of]
    of_all = [one.mixed_of_all if is_adjusted else one.of_all for one in of]
    if len(own) < 12 or any(one.peers < FOR_MEDIAN for one in of) or None in of_each:
        return None
    lost, available = [float(one.days[0]) for one in own], [float(one.days[1]) for one in own]
    expects, all_expect = [float(one or 0) for one in of_each], [float(one or 0) for one in of_all]
    beyond = (sum(lost) - sum(expects)) / sum(available)
    residuals = [lost[month] - expects[month] - beyond * available[month] for month in range(12)]
    variance = sum(residual**2 for residual in residuals)
    # Newey and West with a lag of 3; of months that have nothing to do with each other it would expect only this share.
    share = 11 / 12
    for lag in (1, 2, 3):
        variance += 2 * (1 - lag / 4) * sum(residuals[month] * residuals[month - lag] for month in range(lag, 12))
        share -= 2 * (1 - lag / 4) * (12 - lag) / 144
    unit = max(0.0, variance) / share / sum(available)
    place = (sum(lost) - sum(all_expect)) / sum(available)
    return Place(own[0].code, place, sum(available), unit, sum(available), sum(lost), sum(expects) / sum(available))
