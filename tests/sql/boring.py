"""What sql/ works out, worked out again in plain Python loops: slow, and plain enough to be believed.

Nothing here was taken from the SQL but the meaning of its columns.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from tests.sql.random_sector import COMMISSIONERS, Organisation, Sector
from tests.sql.tables import PER_FTE, RATE, last_day, months

FOR_MEDIAN, FOR_QUARTILES, SHARE = 5, 10, 0.5

Printed = dict[tuple[str, ...], tuple[object, ...]]

DECIMALS = {RATE: 2, PER_FTE: 1}


@dataclass(frozen=True)
class Period:
    grain: str
    id: str
    months: tuple[str, ...]

    @property
    def days(self) -> int:
        return (date.fromisoformat(self.ends_on) - date.fromisoformat(self.starts_on)).days + 1

    @property
    def starts_on(self) -> str:
        return f"{self.months[0]}-01"

    @property
    def ends_on(self) -> str:
        return last_day(self.months[-1])


@dataclass(frozen=True)
class Key:
    """What is compared: an indicator in a period, on a basis."""

    indicator: str
    grain: str
    period: str
    basis: str


@dataclass(frozen=True)
class Figure:
    key: Key
    organisation: Organisation
    source: str
    lost: Decimal
    available: Decimal
    per_days: int | None
    months_reported: int
    months_expected: int

    @property
    def value(self) -> float | None:
        return pooled([self])


@dataclass(frozen=True)
class Peers:
    scope: str
    others: tuple[Figure, ...]

    @property
    def value(self) -> float | None:
        return pooled(self.others)

    def quantile(self, share: float) -> float | None:
        return quantile([figure.value for figure in self.others if figure.value is not None], share)


def pooled(figures: Iterable[Figure]) -> float | None:
    lost, available, per_days, is_rate = Decimal(0), Decimal(0), 1, True
    for figure in figures:
        lost += figure.lost
        available += figure.available
        per_days = figure.per_days or 1
        is_rate = figure.key.indicator == RATE
    if not available:
        return None
    return float(lost * 100 / available) if is_rate else float(lost / (available / per_days))


def quantile(values: list[float], share: float) -> float | None:
    if not values:
        return None
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def periods(sector: Sector) -> list[Period]:
    said = [month.month for month in sector.months if month.lost is not None or month.available is not None]
    first, last = min(said), max(said)
    found = []
    for year in range(int(first[:4]), int(last[:4]) + 1):
        for quarter in (1, 2, 3, 4):
            own = months(f"{year}-{quarter * 3 - 2:02}", 3)
            if own[-1] < first or own[0] > last:
                continue
            found.append(Period("quarter", f"{year}-Q{quarter}", tuple(own)))
            found.append(
                Period("rolling_year", f"{year}-Q{quarter}", tuple(months(f"{year - 1}-{own[-1][5:]}", 13)[1:]))
            )
            found += [Period("month", month, (month,)) for month in own if month <= last]
    return found


def figures(sector: Sector) -> list[Figure]:
    organisations = {one.code: one for one in sector.organisations}
    both: dict[tuple[str, str, str], dict[str, tuple[Decimal, Decimal]]] = defaultdict(dict)
    for said in sector.months:
        if said.lost is not None and said.available is not None:
            both[said.code, said.source, said.basis][said.month] = (said.lost, said.available)
    found = []
    for (code, source, basis), by_month in both.items():
        for period in periods(sector):
            here = [by_month[month] for month in period.months if month in by_month]
            if not here:
                continue
            lost, available = sum((one[0] for one in here), Decimal(0)), sum((one[1] for one in here), Decimal(0))
            expected = sum(_works_in(organisations[code], month) for month in period.months)
            for indicator in (RATE, PER_FTE):
                is_whole_year = period.grain == "rolling_year" and len(here) == 12 and basis == "calendar_days"
                if indicator == PER_FTE and not is_whole_year:
                    continue
                key = Key(indicator, period.grain, period.id, basis)
                per_days = period.days if indicator == PER_FTE else None
                found.append(Figure(key, organisations[code], source, lost, available, per_days, len(here), expected))
    return found


def compared(of: Iterable[Figure]) -> list[Figure]:
    chosen: dict[tuple[Key, str], Figure] = {}
    for figure in of:
        if figure.value is None:
            continue
        place = figure.key, figure.organisation.code
        before = chosen.get(place)
        if before is None or figure.source == "official":
            chosen[place] = figure
    return list(chosen.values())


def groups(of: Iterable[Figure]) -> dict[tuple[Key, str, str], list[Figure]]:
    """The figures by key, delivery model and sector; the sector ALL is every sector."""
    found = defaultdict(list)
    for figure in of:
        for sector in (figure.organisation.sector, "ALL"):
            found[figure.key, figure.organisation.delivery_model, sector].append(figure)
    return dict(found)


def peers(of: list[Figure]) -> dict[tuple[Key, str], Peers]:
    by_group = groups(of)
    found = {}
    for figure in of:
        model, sector = figure.organisation.delivery_model, figure.organisation.sector
        near = [other for other in by_group[figure.key, model, sector] if other is not figure]
        far = [other for other in by_group[figure.key, model, "ALL"] if other is not figure]
        is_enough = len(near) >= FOR_MEDIAN
        found[figure.key, figure.organisation.code] = (
            Peers("sector", tuple(near)) if is_enough else Peers("all_sectors", tuple(far))
        )
    return found


def named(sector: Sector, of: list[Figure]) -> dict[tuple[str, str, str], dict[str, set[str]]]:
    """Audience, grain and period -> whom it may see by name, and why."""
    with_mutuals = {one.sector for one in sector.organisations if one.delivery_model == "mutual"}
    found: dict[tuple[str, str, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for period in periods(sector):
        if period.grain == "month":
            continue
        for contract in sector.contracts:
            if contract.starts_on <= period.starts_on and (contract.ends_on or "9999") >= period.ends_on:
                audience = f"commissioner-{contract.commissioner_code}"
                found[audience, period.grain, period.id][contract.organisation_code].add("contract")
        for one in sector.organisations:
            if one.has_consented and one.sector in with_mutuals:
                found["public", period.grain, period.id][one.code].add("consent")
    for figure in of:
        if figure.source == "official" and figure.key.grain != "month" and figure.organisation.sector in with_mutuals:
            found["public", figure.key.grain, figure.key.period][figure.organisation.code].add("official")
    return {place: dict(by_code) for place, by_code in found.items()}


def knows(audience: str, figure: Figure, names: Mapping[tuple[str, str, str], Mapping[str, set[str]]]) -> bool:
    """Whether a reader can tell this very figure."""
    if figure.source == "official":
        return True
    why = {
        because
        for reader in {audience, "public"}
        for because in names.get((reader, figure.key.grain, figure.key.period), {}).get(figure.organisation.code, ())
    }
    return bool(why & {"contract", "consent"})


def printed(value: float | Decimal | None, decimals: int) -> str:
    assert value is not None
    return str(Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))


def organisation_figures(sector: Sector, of: list[Figure]) -> Printed:
    """Audience, grain, period, indicator, organisation and basis -> what is printed, where there is a figure."""
    names, beside = named(sector, of), peers(of)
    found: Printed = {}
    for (audience, grain, period), by_code in names.items():
        for figure in of:
            why = by_code.get(figure.organisation.code)
            if (figure.key.grain, figure.key.period) != (grain, period) or not why:
                continue
            if why == {"official"} and figure.source != "official":
                continue
            key = figure.key
            around = beside[key, figure.organisation.code]
            decimals = DECIMALS[key.indicator]
            known = sum(knows(audience, other, names) for other in around.others)
            is_public = all(other.source == "official" for other in around.others)
            note = "too few peers for quartiles" if len(around.others) < FOR_QUARTILES else ""
            if known > SHARE * len(around.others) and known < len(around.others):
                note = "most peers are known to this reader"
            if len(around.others) < FOR_MEDIAN:
                note = "too few peers"
            is_median = note in ("", "too few peers for quartiles")
            hidden = "[z]" if is_public else "[c]"
            found[audience, grain, period, key.indicator, figure.organisation.code, key.basis] = (
                printed(figure.value, decimals),
                figure.months_reported,
                figure.months_expected,
                "same delivery model and sector" if around.scope == "sector" else "same delivery model, all sectors",
                str(len(around.others)),
                printed(around.value, decimals) if is_median else hidden,
                printed(around.quantile(0.5), decimals) if is_median else hidden,
                printed(around.quantile(0.25), decimals) if note == "" else hidden,
                printed(around.quantile(0.75), decimals) if note == "" else hidden,
                note,
                figure.source,
                figure.source == "official" and is_public,
            )
    return found


def without_figure(sector: Sector, of: list[Figure]) -> set[tuple[str, ...]]:
    """Audience, grain, period, indicator and organisation of each row that says why there is no figure."""
    there = {place[:5] for place in organisation_figures(sector, of)}
    found: set[tuple[str, ...]] = set()
    for (audience, grain, period), by_code in named(sector, of).items():
        for indicator in (RATE, PER_FTE) if grain == "rolling_year" else (RATE,):
            found |= {(audience, grain, period, indicator, code) for code in by_code}
    return found - there


def delivery_model_figures(sector: Sector, of: list[Figure]) -> Printed:
    """Audience, grain, period, indicator, sector, basis and delivery model -> what is printed."""
    names, by_group = named(sector, of), groups(of)
    by_id = {(period.grain, period.id): period for period in periods(sector)}
    found: Printed = {}
    for (key, model, of_sector), group in by_group.items():
        for audience in _concerned(sector, names, key, of_sector):
            note, decimals = why_withheld(audience, group, names), DECIMALS[key.indicator]
            others = by_group.get((key, "unclassified", of_sector), []) if model == "mutual" else []
            is_whole = not note and not (others and why_withheld(audience, others, names))
            is_public = all(figure.source == "official" for figure in group)
            hidden = "[z]" if all(knows(audience, figure, names) for figure in group) else "[c]"
            values = [figure.value for figure in group if figure.value is not None]
            period = by_id[key.grain, key.period]
            registered = [
                one
                for one in sector.organisations
                if (one.delivery_model, one.sector) == (model, of_sector)
                and any(_works_in(one, month) for month in period.months)
            ]
            found[audience, key.grain, key.period, key.indicator, of_sector, key.basis, model] = (
                len(group),
                len(registered),
                sum(figure.months_reported for figure in group),
                sum(figure.months_expected for figure in group),
                "[c]" if note else printed(sum((figure.lost for figure in group), Decimal(0)), 2),
                "[c]" if note else printed(sum((figure.available for figure in group), Decimal(0)), 2),
                "[c]" if note else printed(pooled(group), decimals),
                "[z]" if not others else printed(pooled(group + others), decimals) if is_whole else "[c]",
                "[c]" if note else printed(quantile(values, 0.5), decimals) if len(group) >= FOR_MEDIAN else "[z]",
                *(
                    "[c]" if note else printed(quantile(values, share), decimals) if is_enough else hidden
                    for share in (0.25, 0.75)
                    for is_enough in [len(group) >= FOR_QUARTILES]
                ),
                note,
                is_public and (not is_whole or all(figure.source == "official" for figure in others)),
            )
    return found


def why_withheld(
    audience: str, group: list[Figure], names: Mapping[tuple[str, str, str], Mapping[str, set[str]]]
) -> str:
    """Why an audience may not read a group's figures; nothing when it may."""
    known = sum(knows(audience, figure, names) for figure in group)
    if known == len(group):
        return ""
    if len(group) < FOR_MEDIAN:
        return "too few organisations"
    return "most of them are known to this reader" if known > SHARE * len(group) else ""


def _concerned(
    sector: Sector, names: Mapping[tuple[str, str, str], Mapping[str, set[str]]], key: Key, of_sector: str
) -> list[str]:
    """The audiences that read of a sector in a period: whom somebody they see by name works in."""
    if of_sector == "ALL" or key.grain == "month":
        return []
    here = {one.code for one in sector.organisations if one.sector == of_sector}
    has_mutuals = any(one.delivery_model == "mutual" for one in sector.organisations if one.sector == of_sector)
    audiences = [f"commissioner-{code}" for code in COMMISSIONERS]
    found = [audience for audience in audiences if here & set(names.get((audience, key.grain, key.period), {}))]
    return found + (["public"] if has_mutuals else [])


def _works_in(one: Organisation, month: str) -> bool:
    return (one.active_from or "0000") <= last_day(month) and (one.active_to or "9999") >= f"{month}-01"
