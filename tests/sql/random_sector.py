"""A sector of random rows: thousands of months of returns and official figures, surveys and savings, with gaps, ties
and closures.

It keeps apart what tests of their own are about: no month lies outside its organisation's active dates, and whoever is
in an official file counts calendar days in its returns, too.
"""

import random
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from tests.sql.tables import (
    Row,
    absence,
    answers,
    asked,
    commissioner,
    contract,
    instrument,
    last_day,
    months,
    nil,
    official,
    organisation,
    saving,
    scored,
    serves,
)

MONTHS = months("2024-04", 24)
QUARTERS = tuple(f"{month[:4]}-Q{(int(month[5:]) + 2) // 3}" for month in MONTHS[::3])
COMMISSIONERS = ("C1", "C2", "C3", "C4", "C5")
SERVICES = ("S1", "S2", "S3")
NOT_COMPARING = ("pulse", "fft")

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
    spun_out_on: str | None
    owned_percent: int | None

    def model_in(self, first: str, last: str) -> str | None:
        """What it was from the first to the last of these days; None when it spun out between them."""
        if self.spun_out_on is None or self.spun_out_on <= first:
            return self.delivery_model
        return "in_house" if self.spun_out_on > last else None


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
class Wave:
    """A staff survey of the whole organisation: headline question and engagement score; None where withheld."""

    code: str
    wave: str
    instrument: str
    eligible: int | None
    responses: int
    positive: int | None
    answered: int
    score: Decimal
    people: int


@dataclass(frozen=True)
class Answers:
    """A month of one service's users; None where a count is withheld."""

    code: str
    month: str
    service: str
    instrument: str
    satisfied: int | None
    dissatisfied: int | None
    total: int | None


@dataclass(frozen=True)
class Saving:
    id: str
    contract_code: str | None
    benefit_to: str
    source: str
    type: str
    evidence: str
    group: str | None
    to_date: Decimal
    cost_to_date: Decimal | None

    @property
    def net_to_date(self) -> Decimal:
        return self.to_date - (self.cost_to_date or 0)


@dataclass(frozen=True)
class Snapshot:
    """All savings of an organisation as at a quarter; without any it is nil."""

    code: str
    quarter: str
    savings: tuple[Saving, ...]


@dataclass(frozen=True)
class Contract:
    code: str
    commissioner_code: str
    organisation_code: str
    starts_on: str
    ends_on: str | None
    annual_value: int | None
    services: tuple[str, ...]


@dataclass(frozen=True)
class Sector:
    organisations: tuple[Organisation, ...]
    months: tuple[Month, ...]
    contracts: tuple[Contract, ...]
    waves: tuple[Wave, ...]
    answers: tuple[Answers, ...]
    snapshots: tuple[Snapshot, ...]

    def rows(self) -> list[Row]:
        return [
            *(commissioner(code) for code in COMMISSIONERS),
            *instrument("core"),
            *instrument("pulse", "happy", 3, compares_organisations=False),
            *instrument("local", None),
            *instrument("fft", None, compares_organisations=False),
            *(_organisation_row(one) for one in self.organisations),
            *(row for one in self.contracts for row in _contract_rows(one)),
            *(_month_row(one) for one in self.months),
            *(row for one in self.waves for row in _wave_rows(one)),
            *(row for one in self.answers for row in _answers_rows(one)),
            *(row for one in self.snapshots for row in _snapshot_rows(one)),
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
    contracts = _contracts(rng, organisations)
    waves: list[Wave] = []
    answered: list[Answers] = []
    snapshots: list[Snapshot] = []
    for one in organisations:
        own = [made for made in contracts if made.organisation_code == one.code]
        waves += _waves(rng, one) if rng.random() < 0.5 else []
        answered += _answers(rng, one) if rng.random() < 0.5 else []
        snapshots += _snapshots(rng, one, own) if rng.random() < 0.35 else []
    return Sector(tuple(organisations), tuple(said), tuple(contracts), tuple(waves), tuple(answered), tuple(snapshots))


def _organisation(rng: random.Random, code: str) -> Organisation:
    return Organisation(
        code=code,
        delivery_model=rng.choices(_MODELS, _MODEL_WEIGHTS)[0],
        sector=rng.choices(_SECTORS, _SECTOR_WEIGHTS)[0],
        has_consented=rng.random() < 0.2,
        active_from=f"{rng.choice(MONTHS[:8])}-{rng.randint(1, 28):02}" if rng.random() < 0.15 else None,
        active_to=f"{rng.choice(MONTHS[12:])}-{rng.randint(1, 28):02}" if rng.random() < 0.15 else None,
        spun_out_on=_spun_out_on(random.Random(code)),
        owned_percent=random.Random(f"{code} owned").choice((None, 40, 55, 70, 70, 100)),
    )


def _spun_out_on(rng: random.Random) -> str | None:
    """Long ago, on the first day of a month, on any other, or never."""
    chance = rng.random()
    if chance < 0.2:
        return f"{rng.choice(MONTHS)}-{rng.choice((1, 1, 2, 15, 28)):02}"
    return "2011-04-01" if chance < 0.4 else None


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
    made: list[Contract] = []

    def add(code: str, one: Organisation, starts_on: str, ends_on: str | None) -> None:
        services = tuple(service for service in SERVICES if rng.random() < 0.5)
        value = 365 * rng.randint(100, 9000) if rng.random() < 0.8 else None
        made.append(Contract(f"K{len(made):04}", code, one.code, starts_on, ends_on, value, services))

    for one in organisations:
        # The first commissioner pays most of community health, so that it knows most of its peers there.
        share = {"C1": 0.75 if one.sector == "community_health" else 0.05, "C2": 0.3, "C3": 0.1, "C4": 0.02, "C5": 0}
        for code in COMMISSIONERS:
            while rng.random() < share[code]:
                starts_on = rng.choice(["2020-04-01", f"{rng.choice(MONTHS)}-{rng.choice((1, 1, 15)):02}"])
                ends_on = rng.choice([None, "2030-03-31", last_day(rng.choice(MONTHS[12:]))])
                add(code, one, starts_on, max(ends_on, starts_on) if ends_on else None)
                share[code] /= 10
        if rng.random() < 0.3:
            # Renewed within a month, on the next day or with a gap, and not for all of the services.
            month = rng.choice(MONTHS)
            add("C5", one, "2020-04-01", f"{month}-14")
            add("C5", one, f"{month}-{rng.choice((15, 15, 16))}", None)
    return made


def _waves(rng: random.Random, one: Organisation) -> list[Wave]:
    years, kinds = ("2024", "2025"), (QUARTERS, QUARTERS, QUARTERS)
    used = rng.choice(("core", "core", "core", "pulse"))
    changes_from = rng.choice(QUARTERS) if rng.random() < 0.2 else "9999"
    made = []
    for wave in rng.choice((*kinds, years, (*years, *QUARTERS))):
        if rng.random() < 0.3:
            continue
        staff = rng.randint(20, 900)
        responses = rng.randint(11, staff)
        answered = rng.randint(5, responses)
        people = rng.randint(4, answered)
        score = Decimal(people * rng.randint(200, 900)) / 100
        which = "pulse" if wave >= changes_from else used
        eligible, positive = _or_withheld(rng, staff), _or_withheld(rng, rng.randint(0, answered))
        made.append(Wave(one.code, wave, which, eligible, responses, positive, answered, score, people))
    return made


def _answers(rng: random.Random, one: Organisation) -> list[Answers]:
    used = rng.choice(("local", "local", "fft"))
    services = rng.sample(SERVICES, rng.randint(1, len(SERVICES)))
    made = []
    for month in MONTHS:
        for service in services:
            if _is_active(one, month) and rng.random() < 0.9:
                total = rng.choice((0, rng.randint(1, 300), rng.randint(1, 300)))
                satisfied = rng.randint(0, total)
                counts = satisfied, rng.randint(0, total - satisfied), total
                made.append(Answers(one.code, month, service, used, *(_or_withheld(rng, count) for count in counts)))
    return made


def _snapshots(rng: random.Random, one: Organisation, contracts: list[Contract]) -> list[Snapshot]:
    kinds = ("cash_releasing", "cash_releasing", "cash_releasing", "cost_avoidance", "income", "non_cash_releasing")
    savings = [
        Saving(
            id=f"V{number}",
            contract_code=rng.choice([None, *(made.code for made in contracts)]),
            benefit_to=rng.choice(("commissioner", "service", "organisation")),
            source=rng.choice(("waste_reduction", "growth", "procurement", "productivity", "other")),
            type=rng.choice(kinds),
            evidence=rng.choice(("estimated", "management_accounts", "finance_verified", "audited")),
            group=None,
            to_date=Decimal(0),
            cost_to_date=Decimal(0),
        )
        for number in range(rng.randint(1, 5))
    ]
    if len(savings) > 2 and rng.random() < 0.5:
        # The last one is the first one told again, perhaps as of another kind, in a group named as a saving may be.
        name = rng.choice(("twice", *(one.id for one in savings)))
        savings[-1] = replace(savings[0], id=savings[-1].id, group=name, type=rng.choice((savings[0].type, *kinds)))
        savings[0] = replace(savings[0], group=name)
    begins = {one.id: rng.choice(QUARTERS) for one in savings}
    ends = {one.id: rng.choice(("9999", "9999", *QUARTERS)) for one in savings}
    made = []
    for quarter in QUARTERS:
        if quarter.endswith("Q2"):
            costs = [None if rng.random() < 0.2 else Decimal(0) for _ in savings]
            savings = [
                replace(one, to_date=Decimal(0), cost_to_date=cost) for one, cost in zip(savings, costs, strict=True)
            ]
        savings = [_further(rng, one) for one in savings]
        chance = rng.random()
        if chance < 0.75:
            there = (saved for saved in savings if begins[saved.id] <= quarter <= ends[saved.id])
            made.append(Snapshot(one.code, quarter, tuple(there)))
        elif chance < 0.85:
            made.append(Snapshot(one.code, quarter, ()))
    return made


def _further(rng: random.Random, one: Saving) -> Saving:
    more, cost = Decimal(rng.randint(-5_000, 400_000)) / 100, Decimal(rng.randint(0, 50_000)) / 100
    cost_to_date = None if one.cost_to_date is None else one.cost_to_date + cost
    return replace(one, to_date=one.to_date + more, cost_to_date=cost_to_date)


def _or_withheld(rng: random.Random, count: int) -> int | None:
    return None if rng.random() < 0.04 else count


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
        spun_out_on=one.spun_out_on,
        staff_owned_share_percent=one.owned_percent,
    )


def _month_row(one: Month) -> Row:
    if one.source == "official":
        return official(one.code, one.month, one.lost, one.available)
    return absence(one.code, one.month, one.lost, one.available, one.basis)


def _contract_rows(one: Contract) -> list[Row]:
    dates = one.starts_on, one.ends_on
    values: dict[str, Any] = {"contract_code": one.code, "annual_value_gbp": one.annual_value}
    return [
        contract(one.commissioner_code, one.organisation_code, *dates, **values),
        *serves(one.code, one.organisation_code, *one.services),
    ]


def _wave_rows(one: Wave) -> list[Row]:
    """Both of the whole organisation, and beside them rows of a service and of another item, that count for nothing."""
    own: dict[str, Any] = {
        "instrument_id": one.instrument,
        "eligible_staff": one.eligible,
        "n_responses": one.responses,
    }
    answers_of: dict[str, int | None] = {"n_not_applicable": one.responses - one.answered}
    item = "happy" if one.instrument == "pulse" else "overall"
    if one.instrument == "pulse":
        answers_of |= {"n_3": one.positive, "n_4": 0}
    return [
        asked(one.code, one.wave, one.positive, one.answered, item, **own, **answers_of),
        asked(one.code, one.wave, 3, 11, item, **own | {"n_responses": 11}, service_code="S1"),
        asked(one.code, one.wave, 3, 11, "other", **own | {"n_responses": 11}),
        scored(one.code, one.wave, one.score, one.people, instrument_id=one.instrument),
        scored(one.code, one.wave, 5, 11, "advocacy", instrument_id=one.instrument),
    ]


def _answers_rows(one: Answers) -> list[Row]:
    """All answers, and beside them a way of asking that is part of them."""
    where = one.code, one.month, one.service
    good = (one.satisfied or 0) // 3
    parts: dict[str, Any] = {
        "n_very_good": None if one.satisfied is None else one.satisfied - good,
        "n_good": good,
        "n_poor": one.dissatisfied,
        "n_very_poor": 0,
    }
    return [
        answers(*where, one.satisfied, one.total, instrument_id=one.instrument, **parts),
        answers(*where, good, one.total, instrument_id=one.instrument, collection_mode="sms"),
    ]


def _snapshot_rows(one: Snapshot) -> list[Row]:
    if not one.savings:
        return [nil(one.code, "savings", one.quarter)]
    return [
        saving(
            one.code,
            one.quarter,
            saved.id,
            saved.to_date,
            implementation_cost_to_date_gbp=saved.cost_to_date,
            contract_code=saved.contract_code,
            benefit_to=saved.benefit_to,
            source=saved.source,
            type=saved.type,
            evidence_level=saved.evidence,
            double_count_group=saved.group,
        )
        for saved in one.savings
    ]
