"""A sector of random rows: thousands of months of returns and official figures, with gaps, ties and closures.

It keeps apart what tests of their own are about: no month lies outside its organisation's active dates, and whoever
is in an official file counts calendar days in its returns, too.
"""

import random
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tests.sql.tables import Row, absence, commissioner, contract, last_day, months, official, organisation

MONTHS = months("2024-04", 24)
COMMISSIONERS = ("C1", "C2", "C3", "C4")

_ORGANISATIONS = 130
_SECTORS = ("community_health", "adult_social_care", "libraries", "ambulance")
_SECTOR_WEIGHTS = (10, 7, 3, 1)
_MODELS = ("mutual", "in_house", "outsourced", "unclassified")
_MODEL_WEIGHTS = (10, 6, 3, 1)


@dataclass(frozen=True)
class Organisation:
    code: str
    delivery_model: str
    sector: str
    has_consented: bool
    active_from: str | None
    active_to: str | None


@dataclass(frozen=True)
class Month:
    """What was said of one month; None where a cell is blank or withheld."""

    code: str
    source: str
    basis: str
    month: str
    lost: Decimal | None
    available: Decimal | None


@dataclass(frozen=True)
class Contract:
    commissioner_code: str
    organisation_code: str
    starts_on: str
    ends_on: str | None


@dataclass(frozen=True)
class Sector:
    organisations: tuple[Organisation, ...]
    months: tuple[Month, ...]
    contracts: tuple[Contract, ...]

    def rows(self) -> list[Row]:
        return [
            *(commissioner(code) for code in COMMISSIONERS),
            *(_organisation_row(one) for one in self.organisations),
            *(
                contract(one.commissioner_code, one.organisation_code, one.starts_on, one.ends_on)
                for one in self.contracts
            ),
            *(_month_row(one) for one in self.months),
        ]


def random_sector(seed: int) -> Sector:
    rng = random.Random(seed)
    organisations = [_organisation(rng, f"X{number:03}") for number in range(_ORGANISATIONS)]
    said: list[Month] = []
    for number, one in enumerate(organisations):
        if number % 10 == 9:
            # A twin: the same figures as the organisation before, so that equal values have to be ranked.
            before = [month for month in said if month.code == organisations[number - 1].code]
            said += [Month(one.code, *_rest(month)) for month in before if _is_active(one, month.month)]
        else:
            said += _months(rng, one)
    return Sector(tuple(organisations), tuple(said), tuple(_contracts(rng, organisations)))


def _organisation(rng: random.Random, code: str) -> Organisation:
    return Organisation(
        code=code,
        delivery_model=rng.choices(_MODELS, _MODEL_WEIGHTS)[0],
        sector=rng.choices(_SECTORS, _SECTOR_WEIGHTS)[0],
        has_consented=rng.random() < 0.2,
        active_from=f"{rng.choice(MONTHS[:8])}-{rng.randint(1, 28):02}" if rng.random() < 0.15 else None,
        active_to=f"{rng.choice(MONTHS[12:])}-{rng.randint(1, 28):02}" if rng.random() < 0.15 else None,
    )


def _months(rng: random.Random, one: Organisation) -> list[Month]:
    is_official = rng.random() < 0.4
    is_sender = not is_official or rng.random() < 0.6
    basis = "calendar_days" if is_official else rng.choices(("calendar_days", "working_days", "hours"), (6, 2, 1))[0]
    changes_from = rng.choice(MONTHS) if not is_official and rng.random() < 0.15 else "9999-99"
    gap = rng.choice((0, 0, 0, 0.05, 0.3))
    staff = rng.randint(20, 900)
    said = []
    for month in MONTHS:
        if not _is_active(one, month):
            continue
        available = Decimal(f"{staff * rng.uniform(26, 31):.1f}")
        lost = (available * Decimal(rng.uniform(0.01, 0.09))).quantize(Decimal("0.01"))
        if is_sender and rng.random() >= gap:
            counted = "working_days" if month >= changes_from else basis
            nobody_was_there = rng.random() < 0.01
            parts = (Decimal(0), Decimal(0)) if nobody_was_there else (lost, available)
            said.append(Month(one.code, "return", counted, month, *parts))
        if is_official:
            is_withheld = rng.random() < gap / 2
            more = lost + Decimal("0.5")
            withheld_or_not = (None, None) if is_withheld else (more, available)
            said.append(Month(one.code, "official", "calendar_days", month, *withheld_or_not))
    return said


def _contracts(rng: random.Random, organisations: list[Organisation]) -> list[Contract]:
    made = []
    for one in organisations:
        # The first commissioner pays most of community health, so that it knows most of its peers there.
        share = {"C1": 0.75 if one.sector == "community_health" else 0.05, "C2": 0.3, "C3": 0.1, "C4": 0.02}
        for code in COMMISSIONERS:
            if rng.random() < share[code]:
                starts_on = rng.choice(["2020-04-01", f"{rng.choice(MONTHS)}-{rng.choice((1, 1, 15)):02}"])
                ends_on = rng.choice([None, "2030-03-31", last_day(rng.choice(MONTHS[12:]))])
                made.append(Contract(code, one.code, starts_on, ends_on))
    return made


def _is_active(one: Organisation, month: str) -> bool:
    return (one.active_from or month)[:7] <= month <= (one.active_to or month)[:7]


def _rest(month: Month) -> tuple[Any, ...]:
    return month.source, month.basis, month.month, month.lost, month.available


def _organisation_row(one: Organisation) -> Row:
    return organisation(
        one.code,
        one.delivery_model,
        one.sector,
        publication_consent=one.has_consented,
        active_from=one.active_from,
        active_to=one.active_to,
    )


def _month_row(one: Month) -> Row:
    if one.source == "official":
        return official(one.code, one.month, one.lost, one.available)
    return absence(one.code, one.month, one.lost, one.available, one.basis)
