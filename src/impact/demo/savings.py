"""The rows of savings: the whole register of an organisation's savings, as it stood at the end of each quarter."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import exp
from random import Random

from impact.demo.planted import (
    PERIODS,
    SAVINGS_BETWEEN_ORGANISATIONS,
    SAVINGS_DELIVERED,
    SAVINGS_FOR,
    SAVINGS_PERCENT_OF_VALUE,
    SAVINGS_SOURCES,
    SAVINGS_TYPES,
    SAVINGS_VERIFIED_SHARE,
    months,
    seeded,
)
from impact.demo.sector import Member
from impact.periods import Period, parse_period

COLUMNS = (
    *(
        "organisation_code",
        "saving_id",
        "as_at_quarter",
        "title",
        "service_code",
        "contract_code",
        "benefit_to",
        "source",
    ),
    *("type", "recurrence", "start_month", "end_month", "baseline_year", "baseline_cost_gbp", "baseline_source"),
    *("planned_gbp", "forecast_gbp", "actual_to_date_gbp", "implementation_cost_to_date_gbp", "stage"),
    *("quality_checked_by", "evidence_level", "verified_by", "verified_on", "price_basis", "double_count_group"),
)
NUMBERS = frozenset(name for name in COLUMNS if name.endswith("_gbp"))
VERIFIER = "Finance business partner"

_TITLES = {
    "waste_reduction": (
        "Fewer missed visits",
        "Less stock thrown away",
        "One form in place of three",
        "Shorter rounds",
    ),
    "growth": ("Rooms let to partners", "Training sold to others", "A second area served", "More groups in one week"),
    "procurement": ("One supplier of fuel", "Joint buying of equipment", "New telephone contract", "Cheaper printing"),
    "productivity": ("Visits planned by software", "Notes taken on tablets", "Self-booking", "Shared reception"),
    "other": ("Empty office given up", "Fewer agency shifts", "Solar panels", "Fleet reduced"),
}
_IMPLEMENTATION_SHARE = 0.2
"""Of a year's plan, spent over the first four quarters."""
_MOST_OF_PLAN = 1.25
_RUNS_BEFORE_VERIFIED = 4


@dataclass(frozen=True)
class _Saving:
    """A saving of an organisation. `starts` is the place of its first quarter in PERIODS, or before it, `ends` that of
    its last, `stops` that in which it was given up."""

    number: int
    title: str
    service_code: str
    contract: int | None
    benefit_to: str
    source: str
    type: str
    is_recurrent: bool
    starts: int
    ends: int
    stops: int
    planned: int
    baseline: int
    evidence: str
    group: str


def rows(member: Member, quarters: Collection[str]) -> dict[str, list[list[str]]]:
    """The rows of each quarter: every saving from two quarters before its start on, whatever became of it."""
    made: dict[str, list[list[str]]] = {quarter: [] for quarter in quarters}
    if not member.has_savings:
        return made
    for saving in _savings(member):
        rng = seeded("saving", member.code, str(saving.number))
        spent: tuple[float, float] = (0, 0)
        for place in range(min(saving.starts, 0), len(PERIODS)):
            if place % 4 == 3:  # the quarter from April on
                spent = (0, 0)
            is_running = saving.starts <= place <= min(saving.ends, saving.stops - 1)
            actual = saving.planned / 4 * SAVINGS_DELIVERED * exp(rng.gauss(0, 0.1)) * is_running
            cost = saving.planned * _IMPLEMENTATION_SHARE / 4 * (is_running and place < saving.starts + 4)
            spent = (min(spent[0] + actual, saving.planned * _MOST_OF_PLAN), spent[1] + cost)
            forecast = saving.planned * rng.uniform(0.85, 1.05) * (is_running or place < saving.starts)
            if place >= max(saving.starts - 2, 0) and PERIODS[place] in made:
                made[PERIODS[place]].append(_row(member, saving, place, (forecast, *spent)))
    return made


def _savings(member: Member) -> Iterator[_Saving]:
    """Recurrent ones, which come to the planted share of contract value; then one that is one-off, and a new idea."""
    rng = seeded("savings", member.code)
    model = member.delivery_model
    value = sum(contract.annual_value_gbp for contract in member.contracts if contract.ends_on >= months()[-1])
    value = value or sum(contract.annual_value_gbp for contract in member.contracts)
    spread = SAVINGS_BETWEEN_ORGANISATIONS
    planned = value * SAVINGS_PERCENT_OF_VALUE[model] / 100 * exp(rng.gauss(0, spread) - spread**2 / 2)
    weights = [rng.uniform(0.5, 1.5) for _ in range(1 + (member.headcount > 40) + (member.headcount > 150))]
    first = PERIODS.index(member.quarters_of("savings")[0])
    titles = {source: rng.sample(of, len(of)) for source, of in _TITLES.items()}
    number = 0
    for weight in weights:
        number += 1
        starts = first + rng.randint(-3 if first == 0 else 0, 2)
        yield _saving(rng, member, number, titles, True, starts, planned * weight / sum(weights))
    if rng.random() < 0.4:
        number += 1
        yield _saving(rng, member, number, titles, False, first + rng.randint(1, 3), planned * rng.uniform(0.2, 0.5))
    if rng.random() < 0.35:
        number += 1
        yield _saving(
            rng, member, number, titles, True, len(PERIODS) - rng.randint(0, 1), planned * rng.uniform(0.2, 0.5)
        )


def _saving(
    rng: Random,
    member: Member,
    number: int,
    titles: dict[str, list[str]],
    is_recurrent: bool,
    starts: int,
    planned: float,
) -> _Saving:
    model = member.delivery_model
    source = _one_of(rng, SAVINGS_SOURCES[model])
    benefit_to = _one_of(rng, SAVINGS_FOR[model])
    contract = rng.randrange(2) if benefit_to == "commissioner" or rng.random() < 0.7 else None
    drawn = rng.random()
    verified = SAVINGS_VERIFIED_SHARE[model]
    amount = max(round(planned, -2), 2_000)
    current = [one for one in member.contracts if one.ends_on == member.contracts[-1].ends_on]
    services = [code for code, _ in member.services] if contract is None else current[contract % len(current)].services
    return _Saving(
        number=number,
        title=titles[source].pop() if titles[source] else f"Another step {number}",
        service_code=rng.choice(services) if rng.random() < 0.6 else "ALL",
        contract=contract,
        benefit_to=benefit_to,
        source=source,
        type=_one_of(rng, SAVINGS_TYPES[source]),
        is_recurrent=is_recurrent,
        starts=starts,
        ends=len(PERIODS) + 8 if is_recurrent else starts + 3,
        stops=starts + rng.randint(3, 6) if rng.random() < 0.05 else len(PERIODS) + 9,
        planned=int(amount),
        baseline=int(round(amount * rng.uniform(5, 15), -3)),
        evidence=("audited" if drawn < verified * 0.25 else "finance_verified") if drawn < verified else "",
        group=f"G{number // 2}" if number in (2, 3) and rng.random() < 0.15 else "",
    )


def _row(member: Member, saving: _Saving, place: int, amounts: tuple[float, float, float]) -> list[str]:
    quarter = _quarter(place)
    runs = place - saving.starts
    if runs < 0:
        stage = "idea" if runs == -2 else "approved"
    else:
        stage = (
            "stopped" if place >= saving.stops else "delivered" if place > saving.ends or runs >= 6 else "delivering"
        )
    evidence = "estimated" if runs < 1 else "management_accounts"
    verified_on = ""
    if saving.evidence and runs >= _RUNS_BEFORE_VERIFIED:
        evidence = saving.evidence
        checked = _quarter(saving.starts + runs // _RUNS_BEFORE_VERIFIED * _RUNS_BEFORE_VERIFIED)
        verified_on = (checked.end_on + timedelta(days=6 + saving.number)).isoformat()
    verifier = "External auditor" if evidence == "audited" else VERIFIER
    start = _quarter(saving.starts).start_on
    end = _quarter(saving.ends).end_on
    forecast, actual, cost = amounts
    return [
        member.code,
        f"{member.code}-{saving.number:02}",
        quarter.id,
        saving.title,
        saving.service_code,
        _contract_code(member, saving, quarter),
        saving.benefit_to,
        saving.source,
        saving.type,
        "recurrent" if saving.is_recurrent else "one_off",
        f"{start:%Y-%m}",
        "" if saving.is_recurrent else f"{end:%Y-%m}",
        _financial_year(start - timedelta(days=365)),
        str(saving.baseline),
        "Ledger of that year",
        str(saving.planned),
        str(round(forecast)),
        f"{actual:.2f}",
        f"{cost:.2f}",
        stage,
        "" if stage == "idea" else "Head of quality",
        evidence,
        verifier if verified_on else "",
        verified_on,
        "nominal",
        saving.group,
    ]


def _contract_code(member: Member, saving: _Saving, quarter: Period) -> str:
    """The contract that the saving is made under: of those in force in the quarter, so that it is renewed with it."""
    in_force = [one.code for one in member.contracts if one.starts_on <= quarter.end_on <= one.ends_on]
    return "" if saving.contract is None else in_force[saving.contract % len(in_force)]


def _quarter(place: int) -> Period:
    """A quarter by its place in PERIODS; before and after them it goes on likewise."""
    year, number = divmod(2023 * 4 + 2 + place, 4)
    period = parse_period(f"{year}-Q{number + 1}")
    assert period is not None
    return period


def _financial_year(day: date) -> str:
    year = day.year - (day.month < 4)
    return f"{year}-{(year + 1) % 100:02}"


def _one_of(rng: Random, weights: Mapping[str, int]) -> str:
    return rng.choices(list(weights), list(weights.values()))[0]
