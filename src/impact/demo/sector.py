"""Who is there: the organisations of the demo, their staff, services and contracts. No name in it is real.

What they send belongs beside each feed, the register's files in `register`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from math import exp

from impact.demo.planted import PERIODS, months, seeded
from impact.periods import parse_period

FEEDS = ("sickness_absence", "staff_survey", "service_user_survey", "savings")

SECTORS = {
    "mental_health": ("Mental Health", ("Crisis team", "Talking therapies", "Recovery college")),
    "community_health": ("Community Health", ("District nursing", "Children's therapies", "Falls clinic")),
    "adult_social_care": ("Care", ("Home care", "Supported living", "Day centres")),
    "adult_skills": ("Skills", ("Basic skills", "Apprenticeships", "Family learning")),
    "transport": ("Transport", ("Dial-a-ride", "School transport", "Village buses")),
    "libraries": ("Libraries", ("Branch libraries", "Mobile library", "Reading at home")),
    "employment_support": ("Employment Support", ("Job coaching", "Work placements", "Return to work")),
}
"""Each sector: what its organisations are called, and its services."""
HEALTH = ("mental_health", "community_health")

REGIONS = {"R1": "Northmark", "R2": "Middlemark", "R3": "Southmark"}
COMBINED = {"B1": ("Corrindale", "R1"), "B2": ("Hespermarch", "R2")}
"""Combined authorities: their name, and the region they are in."""
COUNCILS = {
    "A01": ("Aldermere", "B1"),
    "A02": ("Brackwater", "B1"),
    "A03": ("Coldharrow", "B2"),
    "A04": ("Dunsmarch", "B2"),
    "A05": ("Eskerfell", "R3"),
    "A06": ("Fennigate", "R3"),
}
"""Councils: their name, and what they are part of."""
COMMISSIONERS = {
    **{
        f"C{number:02}": (f"{name} Council", "council", area)
        for number, (area, (name, _)) in enumerate(COUNCILS.items(), 1)
    },
    "C07": ("Corrindale Combined Authority", "combined_authority", "B1"),
    "C08": ("Hespermarch Combined Authority", "combined_authority", "B2"),
    "C09": ("Northmark Integrated Care Board", "icb", "R1"),
    "C10": ("Middlemark Integrated Care Board", "icb", "R2"),
    "C11": ("Southmark Integrated Care Board", "icb", "R3"),
    "C12": ("Department for Fresh Starts", "department", ""),
}
"""Commissioners: name, type, area."""

_PLACES = (
    *("Aldermere", "Alvenstoke", "Askerdale", "Bellowick", "Brackwater", "Brindlemarch", "Coldharrow", "Corrinfell"),
    *("Dunsmarch", "Dappleby", "Eskerfell", "Elmarrow", "Fennigate", "Farlowick", "Garrowmere", "Grellstoke"),
    *("Hollinshade", "Hesperwick", "Inglebarrow", "Istlemere", "Jarrowdene", "Jorvenby", "Kestlemarch", "Keldermoor"),
    *("Larkenfell", "Lorrinstoke", "Marlhaven", "Morvandale", "Nethermarrow", "Neskerby", "Oxenbarrow", "Orrindale"),
    *("Pellowick", "Quarrenmere", "Rushmarrow", "Thistlegarth"),
)
"""Six of each council's area, one after the other."""
_MODELS = {"mutual": 150, "in_house": 40, "outsourced": 20}
_INITIALS = {"mutual": "M", "in_house": "I", "outsourced": "O"}
_SPIN_OUTS = (
    "2023-Q4",
    "2024-Q1",
    "2024-Q2",
    "2024-Q2",
    "2024-Q3",
    "2024-Q4",
    "2025-Q1",
    "2025-Q2",
    "2025-Q2",
    "2025-Q3",
)
"""When ten of the mutuals spin out, on the first day of a quarter."""
_CLOSED = {"M044": date(2025, 3, 31), "M087": date(2026, 3, 31)}
_RENEWED_ON = date(2024, 4, 1)
_GROUP_SHARES = {"frontline": 0.50, "professional": 0.27, "support_services": 0.14, "management": 0.09}
STAFF_GROUPS = {
    "frontline": "Frontline staff",
    "professional": "Registered and qualified professionals",
    "support_services": "Support services",
    "management": "Managers",
}
LEAST_GROUP = 14
"""People in a staff group at the start, so that it is never under 11. Smaller ones are merged into the one before."""


@dataclass(frozen=True)
class Contract:
    """What a commissioner pays for, and for which services."""

    code: str
    commissioner_code: str
    starts_on: date
    ends_on: date
    annual_value_gbp: int
    services: tuple[str, ...]


@dataclass(frozen=True)
class Member:
    """An organisation of the demo."""

    code: str
    name: str
    delivery_model: str
    sector: str
    legal_form: str
    area_code: str
    region_code: str
    spun_out_from: str
    spun_out_on: date | None
    owned_percent: int | None
    active_to: date | None
    basis: str
    headcount: int
    services: tuple[tuple[str, str], ...]
    contracts: tuple[Contract, ...]
    has_groups: bool
    staff_instrument: str
    user_instrument: str
    has_modes: bool
    has_savings: bool
    sends_workbooks: bool
    sends_covers: bool

    @property
    def is_new(self) -> bool:
        """Whether it spins out within the demo."""
        return self.spun_out_on is not None and self.spun_out_on > months()[0]

    @property
    def quarters(self) -> tuple[str, ...]:
        """The quarters of the demo in which it is at work, if only as a part of a public body."""
        return self._quarters(date.min)

    def quarters_of(self, feed: str) -> tuple[str, ...]:
        """Those for which it sends a feed. Savings are made under contracts, and nobody commissions it before it has
        spun out; all else a new mutual sends for the time before, too, from its own records."""
        return self._quarters(self.spun_out_on or date.min) if feed == "savings" else self.quarters

    def _quarters(self, first: date) -> tuple[str, ...]:
        last = self.active_to or date.max
        spans = {name: period for name in PERIODS if (period := parse_period(name)) is not None}
        return tuple(name for name, period in spans.items() if first <= period.start_on and period.end_on <= last)


@dataclass(frozen=True)
class Unit:
    """Some of the staff of an organisation, of one group or ALL: people at the end of each month, the one before the
    first included, and full-time equivalents a person."""

    group: str
    heads: tuple[int, ...]
    fte_share: float


def members() -> list[Member]:
    """150 mutuals, 40 in-house and 20 outsourced organisations, in seven sectors."""
    models = [model for model, count in _MODELS.items() for _ in range(count)]
    return [_member(index, model) for index, model in enumerate(models)]


def workforce(member: Member) -> list[Unit]:
    """Its staff, by group where it reports groups, the largest first."""
    rng = seeded("workforce", member.code)
    sizes = {"ALL": member.headcount}
    if member.has_groups:
        sizes = merged({group: round(member.headcount * share) for group, share in _GROUP_SHARES.items()}, LEAST_GROUP)
    units = []
    for group, size in sizes.items():
        heads = [size]
        for _ in months():
            drift = heads[-1] + round(rng.gauss(0, max(0.01 * size, 0.4)))
            heads.append(min(max(drift, round(0.9 * size)), round(1.12 * size)))
        units.append(Unit(group, tuple(heads), round(rng.uniform(0.78, 0.92), 3)))
    return units


def merged(sizes: dict[str, int], least: int) -> dict[str, int]:
    """Groups of at least so many, the smaller ones merged into the one before them; ALL where one is left."""
    kept: dict[str, int] = {}
    for group, size in sorted(sizes.items(), key=lambda one: (-one[1], one[0])):
        if size >= least or not kept:
            kept[group] = size
        else:
            kept[next(reversed(kept))] += size
    return kept if len(kept) > 1 else {"ALL": sum(sizes.values())}


def _member(index: int, model: str) -> Member:
    number = index + 1
    code = f"{_INITIALS[model]}{number:03}"
    rng = seeded("member", code)
    sector = list(SECTORS)[index % len(SECTORS)]
    place = _PLACES[index % len(_PLACES)]
    area = list(COUNCILS)[index % len(_PLACES) // 6]
    part_of = COUNCILS[area][1]
    region = COMBINED[part_of][1] if part_of in COMBINED else part_of
    spun_out_on = new_from = None
    if model == "mutual":
        spun_out_on = date(rng.randint(2008, 2022), rng.choice((4, 10)), 1)
        if index % 15 == 7:
            quarter = parse_period(_SPIN_OUTS[index // 15])
            assert quarter is not None
            spun_out_on = new_from = quarter.start_on
    is_small = index % 12 == 5
    headcount = rng.randint(12, 30) if is_small else min(max(round(150 * exp(rng.gauss(0, 0.75))), 20), 900)
    forms = {"mutual": ("CIC", "Co-operative", "Society"), "in_house": ("Service",), "outsourced": ("Ltd",)}
    form = rng.choice(forms[model])
    titles = rng.sample(SECTORS[sector][1], rng.randint(1, 3))
    services = tuple((f"S{place_in:02}", title) for place_in, title in enumerate(titles, 1))
    active_to = _CLOSED.get(code)
    return Member(
        code=code,
        name=f"{place} {'Public ' if model == 'in_house' else ''}{SECTORS[sector][0]} {form}",
        delivery_model=model,
        sector=sector,
        legal_form={
            "CIC": "community interest company",
            "Co-operative": "co-operative society",
            "Society": "community benefit society",
            "Service": "part of a public body",
            "Ltd": "company limited by shares",
        }[form],
        area_code=area,
        region_code=region,
        spun_out_from=f"{COUNCILS[area][0]} Council" if model == "mutual" else "",
        spun_out_on=spun_out_on,
        owned_percent=rng.randrange(40, 101, 5) if model == "mutual" else None,
        active_to=active_to,
        basis="working_days" if index % 35 == 12 else "calendar_days",
        headcount=headcount,
        services=services,
        contracts=tuple(_contracts(number, sector, area, headcount, services, new_from, active_to)),
        has_groups=index % 3 == 0 and not is_small,
        staff_instrument="short1" if index % 6 == 2 else "pulse10",
        user_instrument="fft" if sector in HEALTH else "csat5",
        has_modes=index % 4 == 1,
        has_savings=index not in (19, 62, 171),
        sends_workbooks=index % 4 == 2,
        sends_covers=index % 5 < 2,
    )


def _contracts(
    number: int,
    sector: str,
    area: str,
    headcount: int,
    services: Sequence[tuple[str, str]],
    new_from: date | None,
    active_to: date | None,
) -> Iterator[Contract]:
    """One contract or two, of two commissioners; every ninth organisation's first one was renewed without a gap.
    A new mutual's begin on the day it spins out."""
    first, second = _commissioners(sector, area)
    codes = tuple(code for code, _ in services)
    starts_on, ends_on = new_from or date(2021 + number % 3, 4, 1), active_to or date(2028 + number % 3, 3, 31)
    value = round(headcount * 41, -1) * 1000
    has_two = number % 10 in (3, 6, 9)
    of_first, of_second = (codes, codes[:1]) if len(codes) == 1 or number % 20 < 10 else (codes[:-1], codes[-1:])
    amount = round(value * 0.65) if has_two else value
    if number % 9 == 4 and new_from is None:
        yield Contract(f"K{number:03}", first, starts_on, date(2024, 3, 31), round(amount * 0.95), of_first)
        yield Contract(f"K{number:03}R", first, _RENEWED_ON, ends_on, amount, of_first)
    else:
        yield Contract(f"K{number:03}", first, starts_on, ends_on, amount, of_first if has_two else codes)
    if has_two:
        yield Contract(f"K{number:03}B", second, starts_on, ends_on, value - amount, of_second)


def _commissioners(sector: str, area: str) -> tuple[str, str]:
    """Who would commission that there: first and second."""
    part_of = COUNCILS[area][1]
    at = {place: code for code, (_, _, place) in COMMISSIONERS.items() if place}
    council = at[area]
    board = at[COMBINED[part_of][1] if part_of in COMBINED else part_of]
    wider = at[part_of] if part_of in COMBINED else council
    match sector:
        case "mental_health" | "community_health":
            return board, council
        case "adult_social_care":
            return council, board
        case "adult_skills" | "transport":
            return wider, council if wider != council else "C12"
        case "libraries":
            return council, wider if wider != council else "C12"
    return "C12", wider
