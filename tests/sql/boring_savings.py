"""What savings come to in the prices of one year, and what they are worth in all, worked out again in plain loops."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from tests.sql.boring import Period, days_in_force, nets_of, periods, quarter_before
from tests.sql.random_sector import Saving, Sector
from tests.sql.tables import months

TYPES = ("cash_releasing", "non_cash_releasing", "cost_avoidance", "income")
VERIFIED = ("finance_verified", "audited")

Part = tuple[str, str]
"""An organisation, and ALL of it or a commissioner's part."""
Place = tuple[str, ...]


@dataclass(frozen=True)
class Quarter:
    """A snapshot of a part, and what counts in it; `lines` are None where the snapshot before was not sent."""

    id: str
    lines: tuple[tuple[Saving, Decimal], ...] | None

    @property
    def financial_year(self) -> str:
        return year_of(self.id)


def year_of(quarter: str) -> str:
    first = int(quarter[:4]) - (quarter[-1] == "1")
    return f"{first}-{(first + 1) % 100:02}"


def parts(sector: Sector) -> Mapping[Part, list[Quarter]]:
    snapshots = {(one.code, one.quarter): one for one in sector.snapshots}
    payer = {one.code: one.commissioner_code for one in sector.contracts}
    found: dict[Part, list[Quarter]] = defaultdict(list)
    for snapshot in sector.snapshots:
        before = snapshots.get((snapshot.code, quarter_before(snapshot.quarter)))
        is_known = before is not None or snapshot.quarter.endswith("Q2")
        lines = [line for kind in TYPES for line in nets_of(snapshot, before, kind)] if is_known else []
        payers = {payer[one.contract_code] for one in snapshot.savings if one.contract_code}
        for contract in sector.contracts:
            if contract.organisation_code == snapshot.code and days_in_force(contract, snapshot.quarter):
                payers.add(contract.commissioner_code)
        for commissioner in ("ALL", *payers):
            own = [
                (saving, net)
                for saving, net in lines
                if commissioner == "ALL" or payer.get(saving.contract_code or "") == commissioner
            ]
            found[snapshot.code, commissioner].append(Quarter(snapshot.quarter, tuple(own) if is_known else None))
    return found


def totals(sector: Sector, deflators: Mapping[str, str]) -> dict[Place, tuple[object, ...]]:
    """Grain, period, organisation, commissioner, type, source, benefit_to and evidence_level -> quarters, savings,
    nominal, real, base year, why there is no real one."""
    found: dict[Place, tuple[object, ...]] = {}
    for period in periods(sector):
        if period.grain == "month":
            continue
        base = year_of(period.id)
        for part, quarters in parts(sector).items():
            there = [one for one in quarters if _is_in(one, period)]
            known = [one for one in there if one.lines is not None]
            if not there:
                continue
            why = why_not_real([one.financial_year for one in known], base, deflators)
            if not known:
                why = "no snapshot of " + ", ".join(sorted(quarter_before(one.id) for one in there))
            for cell, lines in _cells(known).items():
                nominal = sum((net for _, _, net in lines), Decimal(0))
                found[period.grain, period.id, *part, *cell] = (
                    len(known),
                    len({saving.id for _, saving, net in lines if net}) if known else None,
                    nominal if known else None,
                    None if why else sum(in_prices(net, year, base, deflators) for year, _, net in lines),
                    base,
                    why,
                )
    return found


def present_values(sector: Sector, deflators: Mapping[str, str], rate: Fraction) -> dict[Place, tuple[object, ...]]:
    """Period, organisation, commissioner and who keeps it -> first and last year, how many, quarters, nominal, real,
    present value and the verified part of it, at one rate for every year."""
    found: dict[Place, tuple[object, ...]] = {}
    for period in periods(sector):
        if period.grain != "quarter":
            continue
        for part, quarters in parts(sector).items():
            known = [one for one in quarters if one.lines is not None and one.id <= period.id]
            years = sorted({one.financial_year for one in known})
            for kept in ("ALL", "commissioner") if years else ():
                nominal, real, worth, verified = Decimal(0), Fraction(0), Fraction(0), Fraction(0)
                for quarter in known:
                    index = int(quarter.financial_year[:4]) - int(years[0][:4])
                    for saving, net in quarter.lines or ():
                        if saving.type != "cash_releasing" or kept not in ("ALL", saving.benefit_to):
                            continue
                        amount = in_prices(net, quarter.financial_year, year_of(period.id), deflators)
                        nominal, real = nominal + net, real + amount
                        worth += amount / (1 + rate) ** index
                        verified += amount / (1 + rate) ** index * (saving.evidence in VERIFIED)
                ends = years[0], years[-1], len(years), len(known)
                found[period.id, *part, kept] = (*ends, nominal, real, worth, verified)
    return found


def in_prices(amount: Decimal, year: str, base: str, deflators: Mapping[str, str]) -> Fraction:
    return Fraction(amount) * Fraction(deflators[base]) / Fraction(deflators[year])


def why_not_real(years: list[str], base: str, deflators: Mapping[str, str]) -> str | None:
    missing = sorted({year for year in (*years, base) if year not in deflators})
    return f"no deflator for {', '.join(missing)} in the vintage 2026-06" if missing else None


def _is_in(quarter: Quarter, period: Period) -> bool:
    return months(f"{quarter.id[:4]}-{int(quarter.id[-1]) * 3:02}", 1)[0] in period.months


def _cells(known: list[Quarter]) -> dict[tuple[str, ...], list[tuple[str, Saving, Decimal]]]:
    """Type, source, who keeps it and evidence -> the lines in it, with their financial years; the whole of every type,
    even where nothing is in it."""
    found: dict[tuple[str, ...], list[tuple[str, Saving, Decimal]]] = defaultdict(list)
    for kind in TYPES:
        found[kind, "ALL", "ALL", "ALL"] = []
    for quarter in known:
        for saving, net in quarter.lines or ():
            for cell in _cells_of(saving):
                found[cell].append((quarter.financial_year, saving, net))
    return found


def _cells_of(saving: Saving) -> Iterator[tuple[str, str, str, str]]:
    yield saving.type, "ALL", "ALL", "ALL"
    yield saving.type, saving.source, "ALL", "ALL"
    yield saving.type, "ALL", saving.benefit_to, "ALL"
    yield saving.type, "ALL", "ALL", saving.evidence
    yield saving.type, "ALL", saving.benefit_to, saving.evidence
