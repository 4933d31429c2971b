"""What sql/ works out, worked out again in plain Python loops: slow, and plain enough to be believed.

Nothing here was taken from the SQL, nor from the entries of the indicators, but the meaning of their names.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from tests.sql.random_sector import COMMISSIONERS, NOT_COMPARING, Contract, Organisation, Saving, Sector, Snapshot
from tests.sql.tables import PER_FTE, RATE, last_day, months

FOR_MEDIAN, FOR_QUARTILES, SHARE = 5, 10, 0.5
LOWER, HALF, UPPER = Fraction(1, 4), Fraction(1, 2), Fraction(3, 4)
ALL_MUTUALS = "sectors_of_mutuals"

Printed = dict[tuple[str, ...], tuple[object, ...]]


@dataclass(frozen=True)
class Meaning:
    """What there is to know of an indicator: an amount has no parts to divide."""

    decimals: int
    multiplier: int
    grains: tuple[str, ...]
    is_amount: bool = False
    is_compared: bool = True
    is_of_parts: bool = False
    is_latest: bool = False
    is_whole_year_compared: bool = False
    is_in_claim: bool = False


_MONTHLY, _QUARTERLY = ("month", "quarter", "rolling_year"), ("quarter", "rolling_year")
_AMOUNT = Meaning(0, 1, _QUARTERLY, is_amount=True, is_compared=False, is_of_parts=True)

INDICATORS = {
    RATE: Meaning(2, 100, _MONTHLY, is_whole_year_compared=True, is_in_claim=True),
    PER_FTE: Meaning(1, 1, ("rolling_year",)),
    "staff_satisfaction": Meaning(1, 100, _QUARTERLY, is_latest=True, is_in_claim=True),
    "staff_response_rate": Meaning(1, 100, _QUARTERLY, is_compared=False, is_latest=True),
    "staff_engagement": Meaning(2, 1, _QUARTERLY, is_latest=True),
    "user_satisfaction": Meaning(1, 100, _MONTHLY, is_of_parts=True, is_in_claim=True),
    "user_dissatisfaction": Meaning(1, 100, _MONTHLY, is_of_parts=True),
    "net_savings": _AMOUNT,
    "net_savings_to_commissioner": _AMOUNT,
    "savings_from_growth": _AMOUNT,
    "savings_from_other": _AMOUNT,
    "savings_from_procurement": _AMOUNT,
    "savings_from_productivity": _AMOUNT,
    "savings_from_waste_reduction": _AMOUNT,
    "savings_share_of_contract": Meaning(2, 100, _QUARTERLY, is_of_parts=True, is_in_claim=True),
    "savings_share_verified": Meaning(1, 100, _QUARTERLY, is_compared=False, is_of_parts=True),
}


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
    """What is compared: an indicator in a period, on a basis or with an instrument."""

    indicator: str
    grain: str
    period: str
    variant: str

    @property
    def meaning(self) -> Meaning:
        return INDICATORS[self.indicator]


@dataclass(frozen=True)
class Of:
    """Whose a figure is: a whole organisation's (commissioner ALL) or a commissioner's part; and where it is from."""

    code: str
    commissioner: str
    source: str


@dataclass(frozen=True)
class Fact:
    """Both parts of an indicator in some months; an amount has but one."""

    indicator: str
    of: Of
    variant: str
    months: tuple[str, ...]
    numerator: Decimal
    denominator: Decimal | None


@dataclass(frozen=True)
class Figure:
    key: Key
    organisation: Organisation
    of: Of
    numerator: Decimal
    denominator: Decimal | None
    per_days: int | None
    months_reported: int
    months_expected: int
    delivery_model: str | None

    @property
    def source(self) -> str:
        return self.of.source

    @cached_property
    def value(self) -> Fraction | None:
        return pooled([self])


@dataclass(frozen=True)
class Peers:
    scope: str
    others: tuple[Figure, ...]

    @cached_property
    def value(self) -> Fraction | None:
        return pooled(self.others)

    def quantile(self, share: Fraction) -> Fraction | None:
        return quantile(self._values, share)

    @cached_property
    def _values(self) -> list[Fraction]:
        return sorted(figure.value for figure in self.others if figure.value is not None)


@dataclass(frozen=True)
class Reading:
    """Whom each reader sees by name in each period, and why; and of whom its part is all there is of a figure."""

    why: Mapping[tuple[str, str, str], Mapping[str, set[str]]]
    all_there_is: frozenset[tuple[str, Key, str]]

    def knows(self, audience: str, figure: Figure) -> bool:
        """Whether a reader can tell this very figure: whoever reads of a part does not know the whole."""
        is_whole = not figure.key.meaning.is_of_parts
        return figure.source == "official" or bool(
            (audience, figure.key, figure.organisation.code) in self.all_there_is
            or "self" in (why := self._because(audience, figure))
            or (is_whole and "contract" in why)
            or "consent" in self._because("public", figure)
        )

    def count_known(self, audience: str, figures: Iterable[Figure]) -> int:
        return sum(self.knows(audience, figure) for figure in figures)

    def others_know_most(self, figures: Sequence[Figure]) -> bool:
        """Whether some reader can tell most of these, but not all."""
        place = (figures[0].key.grain, figures[0].key.period)
        counts = [self.count_known(audience, figures) for audience, *rest in self.why if tuple(rest) == place]
        return any(SHARE * len(figures) < count < len(figures) for count in counts)

    def _because(self, audience: str, figure: Figure) -> set[str]:
        return self.why.get((audience, figure.key.grain, figure.key.period), {}).get(figure.organisation.code, set())


def pooled(figures: Sequence[Figure]) -> Fraction | None:
    if not figures:
        return None
    multiplier, per_days = figures[0].key.meaning.multiplier, figures[0].per_days or 1
    numerator = sum((figure.numerator for figure in figures), Decimal(0))
    if figures[0].key.meaning.is_amount:
        return Fraction(numerator) * multiplier
    denominator = sum((figure.denominator or Decimal(0) for figure in figures), Decimal(0))
    return Fraction(numerator) * multiplier * per_days / Fraction(denominator) if denominator else None


def quantile(values: list[Fraction], share: Fraction) -> Fraction | None:
    if not values:
        return None
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def periods(sector: Sector) -> list[Period]:
    said = {month.month for month in sector.months if month.lost is not None or month.available is not None}
    said |= {one.month for one in sector.answers}
    said |= {month for one in sector.waves for month in _months_of(one.wave)}
    said |= {month for one in sector.snapshots for month in _months_of(one.quarter)}
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


# What is counted


def facts(sector: Sector) -> Iterator[Fact]:
    yield from _absence(sector)
    yield from _staff(sector)
    yield from _users(sector)
    yield from _savings(sector)


def _absence(sector: Sector) -> Iterator[Fact]:
    for said in sector.months:
        if said.lost is not None and said.available is not None:
            of = Of(said.code, "ALL", said.source)
            yield Fact(RATE, of, said.basis, (said.month,), said.lost, said.available)
            if said.basis == "calendar_days":
                yield Fact(PER_FTE, of, said.basis, (said.month,), said.lost, said.available)


def _staff(sector: Sector) -> Iterator[Fact]:
    for wave in sector.waves:
        parts: dict[str, tuple[int | Decimal | None, int | None]] = {
            "staff_satisfaction": (wave.positive, wave.answered),
            "staff_response_rate": (wave.responses, wave.eligible),
            "staff_engagement": (wave.score, wave.people),
        }
        for indicator, (numerator, denominator) in parts.items():
            if numerator is None or denominator is None:
                continue
            of = Of(wave.code, "ALL", "return")
            yield Fact(indicator, of, wave.instrument, _months_of(wave.wave), Decimal(numerator), Decimal(denominator))


def _users(sector: Sector) -> Iterator[Fact]:
    contracts = defaultdict(list)
    for contract in sector.contracts:
        for service in contract.services:
            contracts[contract.organisation_code, service].append(contract)
    counted: dict[tuple[str, Of, str, str], list[tuple[int, int]]] = defaultdict(list)
    for said in sector.answers:
        of_service = contracts[said.code, said.service]
        first, last = f"{said.month}-01", last_day(said.month)
        payers = [code for code in COMMISSIONERS if _covers(_of_payer(of_service, code), first, last)]
        for indicator, count in (("user_satisfaction", said.satisfied), ("user_dissatisfaction", said.dissatisfied)):
            if count is not None and said.total is not None:
                for commissioner in ("ALL", *payers):
                    of = Of(said.code, commissioner, "return")
                    counted[indicator, of, said.instrument, said.month].append((count, said.total))
    for (indicator, of, used, month), counts in counted.items():
        numerator, denominator = (Decimal(sum(part)) for part in zip(*counts, strict=True))
        yield Fact(indicator, of, used, (month,), numerator, denominator)


def _is_verified(saving: Saving) -> bool:
    return saving.evidence in ("finance_verified", "audited")


_COUNTS: Mapping[str, Callable[[Saving], bool]] = {
    "net_savings": lambda saving: True,
    "net_savings_to_commissioner": lambda saving: saving.benefit_to == "commissioner",
    "savings_from_growth": lambda saving: saving.source == "growth",
    "savings_from_other": lambda saving: saving.source == "other",
    "savings_from_procurement": lambda saving: saving.source == "procurement",
    "savings_from_productivity": lambda saving: saving.source == "productivity",
    "savings_from_waste_reduction": lambda saving: saving.source == "waste_reduction",
    "savings_share_of_contract": lambda saving: saving.benefit_to == "commissioner" and _is_verified(saving),
    "savings_share_verified": _is_verified,
}


def _savings(sector: Sector) -> Iterator[Fact]:
    contracts = _by_organisation(sector.contracts)
    snapshots = {(one.code, one.quarter): one for one in sector.snapshots}
    payers = {contract.code: contract.commissioner_code for contract in sector.contracts}
    for snapshot in sector.snapshots:
        before = snapshots.get((snapshot.code, quarter_before(snapshot.quarter)))
        if before is None and not snapshot.quarter.endswith("Q2"):
            continue
        nets = list(nets_of(snapshot, before, "cash_releasing"))
        days = {one: days_in_force(one, snapshot.quarter) for one in contracts.get(snapshot.code, [])}
        for commissioner in ("ALL", *COMMISSIONERS):
            own = [
                (saving, net)
                for saving, net in nets
                if commissioner == "ALL" or payers.get(saving.contract_code or "") == commissioner
            ]
            in_force = [one for one in days if days[one] and commissioner in ("ALL", one.commissioner_code)]
            worth = {
                one.code: Decimal(one.annual_value) * days[one] / 365
                for one in in_force
                if one.annual_value is not None
            }
            for indicator, counts in _COUNTS.items():
                amounts = [net for saving, net in own if counts(saving)]
                denominator = None
                # A contract in force without any saving saved nothing, and so did a whole snapshot.
                is_known = bool(own or in_force or commissioner == "ALL")
                if indicator == "savings_share_of_contract":
                    # Of the contracts that have a value, and nothing that was saved elsewhere.
                    amounts = [net for saving, net in own if counts(saving) and saving.contract_code in worth]
                    is_known, denominator = bool(worth), sum(worth.values(), Decimal(0))
                if indicator == "savings_share_verified":
                    denominator = sum((net for _, net in own), Decimal(0))
                if is_known:
                    of, total = Of(snapshot.code, commissioner, "return"), sum(amounts, Decimal(0))
                    yield Fact(indicator, of, "nominal", _months_of(snapshot.quarter), total, denominator)


def nets_of(snapshot: Snapshot, before: Snapshot | None, kind: str) -> Iterator[tuple[Saving, Decimal]]:
    """What each saving of a type that counts came to in the quarter: of each group the first of that type."""
    told: set[str] = set()
    to_date_before = {one.id: one.net_to_date for one in before.savings} if before else {}
    for saving in sorted(snapshot.savings, key=lambda one: one.id):
        if saving.type != kind or saving.group in told:
            continue
        told |= {saving.group} if saving.group else set()
        is_new_year = snapshot.quarter.endswith("Q2")
        yield saving, saving.net_to_date - (Decimal(0) if is_new_year else to_date_before.get(saving.id, Decimal(0)))


def days_in_force(contract: Contract, quarter: str) -> int:
    """On how many of the quarter's days a contract is in force."""
    own = _months_of(quarter)
    first = max(contract.starts_on, f"{own[0]}-01")
    last = min(contract.ends_on or "9999", last_day(own[-1]))
    return (date.fromisoformat(last) - date.fromisoformat(first)).days + 1 if first <= last else 0


def _months_of(period: str) -> tuple[str, ...]:
    """The months of a quarter or a year."""
    year, _, quarter = period.partition("-Q")
    return tuple(months(f"{year}-{int(quarter) * 3 - 2:02}", 3) if quarter else months(f"{year}-01", 12))


def quarter_before(quarter: str) -> str:
    year, number = int(quarter[:4]), int(quarter[-1])
    return f"{year}-Q{number - 1}" if number > 1 else f"{year - 1}-Q4"


def _by_organisation(contracts: Iterable[Contract]) -> dict[str, list[Contract]]:
    found = defaultdict(list)
    for contract in contracts:
        found[contract.organisation_code].append(contract)
    return dict(found)


# What it comes to


def figures(sector: Sector) -> list[Figure]:
    organisations = {one.code: one for one in sector.organisations}
    by_series: dict[tuple[str, Of, str], list[Fact]] = defaultdict(list)
    for fact in facts(sector):
        by_series[fact.indicator, fact.of, fact.variant].append(fact)
    found = []
    all_periods = periods(sector)
    for (indicator, of, variant), series in by_series.items():
        meaning = INDICATORS[indicator]
        for period in all_periods:
            here = [
                fact for fact in series if fact.months[-1] in period.months and len(fact.months) <= len(period.months)
            ]
            if not here or period.grain not in meaning.grains:
                continue
            reported = min(sum(len(fact.months) for fact in here), len(period.months))
            if indicator == PER_FTE and reported < 12:
                continue
            if meaning.is_latest:
                here = [max(here, key=lambda fact: (fact.months[-1], fact.months[0]))]
            expected = sum(_works_in(organisations[of.code], month) for month in period.months)
            found.append(
                Figure(
                    Key(indicator, period.grain, period.id, variant),
                    organisations[of.code],
                    of,
                    sum((fact.numerator for fact in here), Decimal(0)),
                    None if meaning.is_amount else sum((fact.denominator or Decimal(0) for fact in here), Decimal(0)),
                    period.days if indicator == PER_FTE else None,
                    reported,
                    max(expected, reported),
                    organisations[of.code].model_in(period.starts_on, period.ends_on),
                )
            )
    return found


def official_first(of: Iterable[Figure]) -> dict[tuple[Key, str, str], Figure]:
    """The figure that counts, by key, organisation and commissioner: the official one where there is one."""
    chosen: dict[tuple[Key, str, str], Figure] = {}
    for figure in of:
        place = figure.key, figure.of.code, figure.of.commissioner
        if figure.value is not None and (place not in chosen or figure.source == "official"):
            chosen[place] = figure
    return chosen


def is_short_year(figure: Figure) -> bool:
    key = figure.key
    is_short = key.grain == "rolling_year" and figure.months_reported < 12
    return key.meaning.is_whole_year_compared and is_short and figure.source != "official"


def compared(of: Iterable[Figure]) -> list[Figure]:
    return [
        figure
        for (key, _, commissioner), figure in official_first(of).items()
        if not is_short_year(figure)
        and commissioner == "ALL"
        and key.variant not in NOT_COMPARING
        and figure.delivery_model is not None
    ]


def groups(of: Iterable[Figure], with_mutuals: set[str]) -> dict[tuple[Key, str, str], list[Figure]]:
    """The figures by key, delivery model and sector; the sector ALL is every sector."""
    found = defaultdict(list)
    for figure in of:
        sector = figure.organisation.sector
        for name in (sector, "ALL", *([ALL_MUTUALS] if sector in with_mutuals else [])):
            found[figure.key, str(figure.delivery_model), name].append(figure)
    return dict(found)


def bands_of_ownership(of: Iterable[Figure]) -> dict[tuple[Key, str, str], list[Figure]]:
    """The figures of the year that the claim rests on, of mutuals by how much of them their staff own."""
    found = defaultdict(list)
    for figure in of:
        percent = figure.organisation.owned_percent
        is_read = figure.key.meaning.is_in_claim and figure.key.grain == "rolling_year"
        if is_read and figure.delivery_model == "mutual" and percent is not None:
            start = 75 if percent >= 75 else 50 if percent >= 50 else 0
            found[figure.key, "mutual", f"owned:{start}"].append(figure)
    return dict(found)


def sectors_with_mutuals(sector: Sector) -> set[str]:
    return {one.sector for one in sector.organisations if one.delivery_model == "mutual"}


def peers(of: list[Figure]) -> dict[tuple[Key, str], Peers]:
    by_group = groups(of, set())
    found = {}
    for figure in of:
        if not figure.key.meaning.is_compared:
            continue
        model, sector = str(figure.delivery_model), figure.organisation.sector
        near = [other for other in by_group[figure.key, model, sector] if other is not figure]
        far = [other for other in by_group[figure.key, model, "ALL"] if other is not figure]
        is_enough = len(near) >= FOR_MEDIAN
        found[figure.key, figure.organisation.code] = (
            Peers("sector", tuple(near)) if is_enough else Peers("all_sectors", tuple(far))
        )
    return found


# Who reads what


def reading(sector: Sector, of: list[Figure], all_there_is: frozenset[tuple[str, Key, str]] = frozenset()) -> Reading:
    with_mutuals = sectors_with_mutuals(sector)
    found: dict[tuple[str, str, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    of_pair = defaultdict(list)
    for contract in sector.contracts:
        of_pair[contract.commissioner_code, contract.organisation_code].append(contract)
    for period in (one for one in periods(sector) if one.grain != "month"):
        for (commissioner, code), contracts in of_pair.items():
            if _covers(contracts, period.starts_on, period.ends_on):
                found[f"commissioner-{commissioner}", period.grain, period.id][code].add("contract")
        for one in sector.organisations:
            if one.has_consented and one.sector in with_mutuals:
                found["public", period.grain, period.id][one.code].add("consent")
            if one.delivery_model == "mutual" and any(_works_in(one, month) for month in period.months):
                found[f"organisation-{one.code}", period.grain, period.id][one.code].add("self")
    for figure in of:
        is_whole = figure.of.commissioner == "ALL" and figure.key.grain != "month" and figure.value is not None
        if figure.source == "official" and is_whole and figure.organisation.sector in with_mutuals:
            found["public", figure.key.grain, figure.key.period][figure.organisation.code].add("official")
    return Reading({place: dict(by_code) for place, by_code in found.items()}, all_there_is)


Withheld = Mapping[tuple[str, ...], tuple[str, bool]]
"""Audience, kind, indicator, grain, variant, delivery model, sector and organisation of each cell that is withheld ->
the reason, and whether a median goes with it. Which cells these must be is for the tests of disclosure control."""


def why_cell_withheld(withheld: Withheld, audience: str, kind: str, key: Key, *of: str) -> tuple[str, bool]:
    """The reason, or nothing where it is not withheld."""
    wanted = (audience, kind, key.indicator, key.grain, key.variant)
    return withheld.get((*wanted, *of), ("", False))


def _of_payer(contracts: Iterable[Contract], commissioner: str) -> list[Contract]:
    return [contract for contract in contracts if contract.commissioner_code == commissioner]


def _covers(contracts: list[Contract], first: str, last: str) -> bool:
    """Whether some contract is in force on each day: cover can end only on the day after a contract does."""
    ends = [date.fromisoformat(contract.ends_on) + timedelta(days=1) for contract in contracts if contract.ends_on]
    days = [first] + [str(day) for day in ends if first <= str(day) <= last]
    return all(any(contract.starts_on <= day <= (contract.ends_on or "9999") for contract in contracts) for day in days)


def printed(value: Fraction | Decimal | None, decimals: int) -> str:
    """Rounded half away from zero, from the exact value."""
    assert value is not None
    exact = Fraction(value) * 10**decimals
    whole = Decimal(int(abs(exact) + HALF) * (1 if exact >= 0 else -1)).scaleb(-decimals)
    return str(abs(whole) if whole == 0 else whole)


def organisation_figures(
    readers: Reading,
    of: list[Figure],
    beside: Mapping[tuple[Key, str], Peers],
    groups: Mapping[tuple[Key, str, str], list[Figure]],
    released: str,
    withheld: Withheld,
) -> Printed:
    """Audience, grain, period, indicator, organisation and basis -> what is printed, where there is a figure."""
    by_place = defaultdict(list)
    for (key, code, commissioner), figure in official_first(of).items():
        by_place[key.grain, key.period, code, commissioner].append(figure)
    found: Printed = {}
    for (audience, grain, period), by_code in readers.why.items():
        is_before = period < released and grain == "quarter" and "organisation" in audience
        if period != released and not is_before:
            continue
        for code, why in by_code.items():
            for part in ("ALL", *([audience.removeprefix("commissioner-")] if "commissioner" in audience else [])):
                for figure in by_place.get((grain, period, code, part), []):
                    is_part = "commissioner" in audience and figure.key.meaning.is_of_parts
                    if is_part == (part == "ALL") or (why == {"official"} and figure.source != "official"):
                        continue
                    place = (audience, grain, period, figure.key.indicator, code, figure.key.variant)
                    around = beside.get((figure.key, code))
                    if is_before:
                        found[place] = _printed_before(figure)
                        continue
                    group = []
                    if around is not None:
                        sector = "ALL" if around.scope == "all_sectors" else figure.organisation.sector
                        group = (
                            groups[figure.key, around.others[0].organisation.delivery_model, sector]
                            if around.others
                            else []
                        )
                    found[place] = _printed_figure(readers, audience, figure, around, group, withheld)
    return found


def _own(figure: Figure) -> tuple[object, ...]:
    decimals = figure.key.meaning.decimals
    return (
        printed(figure.value, decimals),
        "[z]" if figure.denominator is None else printed(figure.denominator, 0),
        figure.months_reported,
        figure.months_expected,
    )


def _is_comparable(figure: Figure) -> bool:
    return figure.key.meaning.is_compared and figure.key.variant not in NOT_COMPARING


def _not_compared(figure: Figure) -> str:
    return f"not an {'instrument' if figure.key.meaning.is_compared else 'indicator'} to compare by"


def _printed_before(figure: Figure) -> tuple[object, ...]:
    """Of a quarter before the one that is published: its own figure alone."""
    note = "peers are shown for the last quarter only" if _is_comparable(figure) else _not_compared(figure)
    return (*_own(figure), *["[z]"] * 6, note, figure.source, figure.source == "official")


def _printed_figure(
    readers: Reading,
    audience: str,
    figure: Figure,
    around: Peers | None,
    group: list[Figure],
    withheld: Withheld,
) -> tuple[object, ...]:
    decimals, code = figure.key.meaning.decimals, figure.organisation.code
    own = _own(figure)
    why_own, _ = why_cell_withheld(withheld, audience, "organisation", figure.key, "", "", code)
    if why_own:
        own = ("[c]", "[z]" if figure.denominator is None else "[c]", *own[2:])
    if around is None:
        note = why_own or _not_compared(figure)
        if not why_own and _is_comparable(figure):
            note = "fewer than 12 months" if is_short_year(figure) else "spun out within the period"
        return (*own, *["[z]"] * 6, note, figure.source, figure.source == "official")
    known, count = readers.count_known(audience, around.others), len(around.others)
    is_public = all(other.source == "official" for other in around.others)
    model, sector = figure.organisation.delivery_model, figure.organisation.sector
    scope = sector if around.scope == "sector" else "ALL"
    why, is_median_withheld = why_cell_withheld(withheld, audience, "peers", figure.key, model, scope, code)
    note = ""
    if count < FOR_MEDIAN:
        note = "too few peers"
    elif known < count:
        if is_median_withheld:
            note = why
        elif known > SHARE * count:
            note = "most peers are known to this reader"
        elif audience == "public" and readers.others_know_most(group):
            note = "most peers are known to another reader"
    note = why_own or note
    is_median, is_few = note == "", count < FOR_QUARTILES
    hidden = "[z]" if is_public else "[c]"
    return (
        *own,
        "same delivery model and sector" if around.scope == "sector" else "same delivery model, all sectors",
        str(count),
        printed(around.value, decimals) if count >= FOR_MEDIAN and not why else hidden,
        printed(around.quantile(HALF), decimals) if is_median else hidden,
        printed(around.quantile(LOWER), decimals) if is_median and not is_few else hidden,
        printed(around.quantile(UPPER), decimals) if is_median and not is_few else hidden,
        note or ("too few peers for quartiles" if is_few else why),
        figure.source,
        figure.source == "official" and is_public,
    )


def without_figure(readers: Reading, there: Printed, released: str) -> set[tuple[str, ...]]:
    """Audience, grain, period, indicator and organisation of each row that says why there is no figure."""
    asked_for: set[tuple[str, ...]] = {
        (audience, grain, period, indicator, code)
        for (audience, grain, period), by_code in readers.why.items()
        for indicator, meaning in INDICATORS.items()
        for code in by_code
        if grain in meaning.grains
        and (period == released or (period < released and grain == "quarter" and "organisation" in audience))
    }
    return asked_for - {place[:5] for place in there}


def delivery_model_figures(
    sector: Sector, readers: Reading, of: list[Figure], released: str, withheld: Withheld
) -> Printed:
    """Audience, grain, period, indicator, sector, basis and delivery model -> what is printed."""
    with_mutuals = sectors_with_mutuals(sector)
    by_group = groups(compared(of), with_mutuals)
    by_id = {(period.grain, period.id): period for period in periods(sector)}
    found: Printed = {}
    for (key, model, of_sector), group in by_group.items():
        if key.period != released:
            continue
        others = by_group.get((key, "unclassified", of_sector), []) if model == "mutual" else []
        sectors = with_mutuals if of_sector == ALL_MUTUALS else {of_sector}
        registered = [
            one
            for one in sector.organisations
            if one.model_in(by_id[key.grain, key.period].starts_on, by_id[key.grain, key.period].ends_on) == model
            and one.sector in sectors
            and any(_works_in(one, month) for month in by_id[key.grain, key.period].months)
        ]
        for audience in _concerned(sector, readers, key, of_sector):
            why, _ = why_cell_withheld(withheld, audience, "group", key, model, of_sector, "")
            why_others, _ = why_cell_withheld(withheld, audience, "group", key, "unclassified", of_sector, "")
            found[audience, key.grain, key.period, key.indicator, of_sector, key.variant, model] = (
                len(group),
                max(len(registered), len(group)),
                sum(figure.months_reported for figure in group),
                sum(figure.months_expected for figure in group),
                *_printed_group(readers, audience, group, others, why, why_others),
            )
    return found


def _printed_group(
    readers: Reading, audience: str, group: list[Figure], others: list[Figure], why: str, why_others: str
) -> tuple[object, ...]:
    meaning = group[0].key.meaning
    is_whole = not why and not (others and why_others)
    is_public = all(figure.source == "official" for figure in group)
    known = readers.count_known(audience, group)
    is_hidden = known < len(group)
    is_known = SHARE * len(group) < known or (audience == "public" and readers.others_know_most(group))
    why_no_median = why or ("most of them are known to a reader" if is_hidden and is_known else "")
    values = [figure.value for figure in group if figure.value is not None]
    denominator = sum((figure.denominator or Decimal(0) for figure in group), Decimal(0))
    is_few = len(group) < FOR_QUARTILES
    return (
        "[c]" if why else printed(sum((figure.numerator for figure in group), Decimal(0)), 2),
        "[z]" if meaning.is_amount else "[c]" if why else printed(denominator, 2),
        "[c]" if why else printed(pooled(group), meaning.decimals),
        "[z]" if not others else printed(pooled(group + others), meaning.decimals) if is_whole else "[c]",
        "[c]"
        if why_no_median
        else printed(quantile(values, HALF), meaning.decimals)
        if len(group) >= FOR_MEDIAN
        else "[z]",
        *(
            "[c]"
            if why_no_median
            else ("[c]" if is_hidden else "[z]")
            if is_few
            else printed(quantile(values, share), meaning.decimals)
            for share in (LOWER, UPPER)
        ),
        why_no_median,
        is_public and all(figure.source == "official" for figure in others),
    )


def _concerned(sector: Sector, readers: Reading, key: Key, of_sector: str) -> list[str]:
    """The audiences that read of a sector in a period: whom somebody they see by name works in; never a mutual, that
    reads of its peers beside its own figures."""
    if of_sector == "ALL" or key.grain == "month":
        return []
    here = {one.code for one in sector.organisations if one.sector == of_sector}
    audiences = [f"commissioner-{code}" for code in COMMISSIONERS]
    found = [audience for audience in audiences if here & set(readers.why.get((audience, key.grain, key.period), {}))]
    is_public = of_sector == ALL_MUTUALS or of_sector in sectors_with_mutuals(sector)
    return found + (["public"] if is_public else [])


def _works_in(one: Organisation, month: str) -> bool:
    return (one.active_from or "0000") <= last_day(month) and (one.active_to or "9999") >= f"{month}-01"
