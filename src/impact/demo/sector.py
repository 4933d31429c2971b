"""The demo: a register, and the drops of its organisations as files in their inboxes, some of them faulty.

Seeded, so that it is the same files every time. What is planted in it stands in the constants.
"""

import csv
import io
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from math import cos, exp, pi

from impact.definition import register_files
from impact.errors import ImpactError
from impact.home import Home, one_writer, write
from impact.periods import Period, parse_period

NOW = datetime(2026, 7, 20, 9, 0, tzinfo=UTC)
"""When the demo's drops arrive: working day 14 after the quarter."""

PERIODS = ("2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2")

RATE_PERCENT = {"mutual": 4.4, "in_house": 5.2, "outsourced": 5.6}
"""The absence that is planted, on average over the year, for each delivery model."""

_SEED = 20260720
_WINTER = 0.18
"""Absence in January lies this share above the average of the year, in July as much below."""
_BETWEEN_ORGANISATIONS = 0.12
_BETWEEN_MONTHS = 0.06
_SECTORS = ("community_health", "adult_social_care")
_PLACES = [
    "Aldermere",
    "Brackwater",
    "Coldharrow",
    "Dunsmere",
    "Varrowby",
    "Eastmarch",
    "Fennigate",
    "Garrowby",
    "Hollinshaw",
    "Inglebeck",
    "Jarrowdene",
    "Kestlewick",
    "Larkmoor",
    "Marlstone",
    "Netherfell",
    "Oxenbridge",
]
_COMMISSIONERS = (
    ("C01", "Aldermere County Council", "council"),
    ("C02", "Coldharrow Borough Council", "council"),
    ("C03", "Eastmarch Integrated Care Board", "icb"),
    ("C04", "Garrowdale Combined Authority", "combined_authority"),
)


@dataclass(frozen=True)
class Member:
    """An organisation of the demo."""

    code: str
    name: str
    delivery_model: str
    sector: str
    commissioner_code: str
    basis: str
    headcount: int


@dataclass(frozen=True)
class Fault:
    """A drop of the demo that is not right: which, in what way, and what must become of it."""

    code: str
    period: str
    what: str
    decision: str
    spoil: Callable[[str], bytes]


def members() -> list[Member]:
    """18 mutuals, 8 in-house and 4 outsourced organisations, in two sectors, of four commissioners."""
    rng = random.Random(_SEED)  # noqa: S311  (a made-up sector, not a secret)
    made = []
    for index in range(30):
        model = "mutual" if index < 18 else "in_house" if index < 26 else "outsourced"
        sector = _SECTORS[index % 2]
        place = _PLACES[index // 2]
        what = "Community Health" if sector == "community_health" else "Care"
        form = {"mutual": "CIC", "in_house": "Council Services", "outsourced": "Ltd"}[model]
        made.append(
            Member(
                code=f"{'MIO'[('mutual', 'in_house', 'outsourced').index(model)]}{index + 1:03}",
                name=f"{place} {what} {form}",
                delivery_model=model,
                sector=sector,
                commissioner_code=_COMMISSIONERS[index // 2 % 4][0],
                basis="working_days" if index in (9, 24) else "calendar_days",
                headcount=round(120 * exp(rng.gauss(0.8, 0.6))),
            )
        )
    return made


def faults() -> list[Fault]:
    """Six drops that are not right, each in a way of its own."""
    return [
        Fault("M003", "2026-Q1", "words in a cell for a figure", "refused", _words_for_a_figure),
        Fault("M006", "2026-Q2", "two columns under each other's headings", "refused", _swapped_columns),
        Fault("M011", "2026-Q2", "a column left out", "refused", _column_left_out),
        Fault("I020", "2026-Q2", "the quarter before in the folder of this one", "refused", _quarter_before),
        Fault("M014", "2026-Q2", "an Excel workbook, named .csv", "unreadable", _workbook),
        Fault("O028", "2026-Q2", "far more absence than usual", "held", _much_absence),
    ]


def place_demo(home: Home) -> int:
    """Put the register and every drop in place, as if they had just been sent; say how many drops.

    Raises ImpactError, and changes nothing, in a home that holds another register: the demo's invented figures must
    never stand beside a real organisation's name.
    """
    register = register_csv()
    with one_writer(home, "impact demo"):
        for name, data in register.items():
            path = home.register / name
            if path.exists() and path.read_bytes() != data:
                raise ImpactError(
                    f"{home.root} holds a register of its own ({path}), so the demo may not go there: its figures are "
                    "invented. Set IMPACT_HOME to an empty folder and try again."
                )
        for name, data in register.items():
            write(home.register / name, data)
        count = 0
        for code, period, data in drops():
            write(home.landing / code / "inbox" / "sickness_absence" / period / f"absence {period}.csv", data)
            count += 1
    return count


def register_csv() -> dict[str, bytes]:
    """The register's files, by name."""
    everyone = members()
    organisations = [
        {
            "organisation_code": member.code,
            "name": member.name,
            "delivery_model": member.delivery_model,
            "sector": member.sector,
            "publication_consent": "yes" if index % 5 == 0 else "no",
        }
        for index, member in enumerate(everyone)
    ]
    contracts = [
        {
            "contract_code": f"K{index + 1:03}",
            "commissioner_code": member.commissioner_code,
            "organisation_code": member.code,
            "starts_on": "2024-04-01",
            "ends_on": "2028-03-31",
            "annual_value_gbp": str(member.headcount * 31_000),
        }
        for index, member in enumerate(everyone)
    ]
    commissioners = [{"commissioner_code": code, "name": name, "type": kind} for code, name, kind in _COMMISSIONERS]
    rows: Mapping[str, Sequence[Mapping[str, str]]] = {
        "organisations": organisations,
        "publishers": [],
        "commissioners": commissioners,
        "contracts": contracts,
    }
    return {
        f"{name}.csv": _csv([column.name for column in register_files()[name].columns], rows[name]) for name in rows
    }


def drops() -> Iterator[tuple[str, str, bytes]]:
    """Organisation code, period and bytes of every drop."""
    spoilt = {(fault.code, fault.period): fault.spoil for fault in faults()}
    for member in members():
        for name in PERIODS:
            text = _clean_drop(member, name)
            spoil = spoilt.get((member.code, name))
            yield member.code, name, spoil(text) if spoil else text.encode()


def _clean_drop(member: Member, period_name: str) -> str:
    period = parse_period(period_name)
    assert period is not None
    columns = [
        "organisation_code",
        "month",
        "service_code",
        "staff_group",
        "basis",
        "fte_days_lost",
        "fte_days_available",
        "headcount",
        "fte_start",
        "fte_end",
        "long_term_days_lost",
        "episodes",
    ]
    return _csv(columns, list(_months(member, period))).decode()


def _months(member: Member, period: Period) -> Iterator[dict[str, str]]:
    level = random.Random(f"{_SEED} {member.code}").gauss(0, _BETWEEN_ORGANISATIONS)  # noqa: S311
    for month in period.months():
        rng = random.Random(f"{_SEED} {member.code} {month}")  # noqa: S311
        fte = member.headcount * 0.86
        days = _working_days(month) if member.basis == "working_days" else _days(month)
        available = fte * days * rng.uniform(0.985, 1.0)
        winter = 1 + _WINTER * cos((month.month - 1) / 12 * 2 * pi)
        rate = RATE_PERCENT[member.delivery_model] / 100 * winter * exp(level + rng.gauss(0, _BETWEEN_MONTHS))
        lost = available * rate
        yield {
            "organisation_code": member.code,
            "month": f"{month:%Y-%m}",
            "service_code": "ALL",
            "staff_group": "ALL",
            "basis": member.basis,
            "fte_days_lost": f"{lost:.2f}",
            "fte_days_available": f"{available:.2f}",
            "headcount": str(member.headcount),
            "fte_start": f"{fte:.1f}",
            "fte_end": f"{fte:.1f}",
            "long_term_days_lost": f"{lost * 0.45:.2f}",
            "episodes": str(round(lost / 6)),
        }


def _days(month: date) -> int:
    return (date(month.year + month.month // 12, month.month % 12 + 1, 1) - month).days


def _working_days(month: date) -> int:
    return sum(date(month.year, month.month, day).weekday() < 5 for day in range(1, _days(month) + 1))


def _csv(columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def _rows(text: str) -> tuple[list[str], list[dict[str, str]]]:
    reader = csv.DictReader(io.StringIO(text, newline=""))
    rows = list(reader)
    return list(reader.fieldnames or ()), rows


def _words_for_a_figure(text: str) -> bytes:
    columns, rows = _rows(text)
    rows[1]["fte_days_lost"] = "n/a"
    rows[2]["headcount"] = "about 300"
    return _csv(columns, rows)


def _swapped_columns(text: str) -> bytes:
    columns, rows = _rows(text)
    for row in rows:
        row["fte_days_lost"], row["fte_days_available"] = row["fte_days_available"], row["fte_days_lost"]
    return _csv(columns, rows)


def _column_left_out(text: str) -> bytes:
    columns, rows = _rows(text)
    columns.remove("fte_days_available")
    return _csv(columns, [{name: row[name] for name in columns} for row in rows])


def _quarter_before(text: str) -> bytes:
    for this, before in (("2026-04", "2026-01"), ("2026-05", "2026-02"), ("2026-06", "2026-03")):
        text = text.replace(this, before)
    return text.encode()


def _workbook(_text: str) -> bytes:
    return b"PK\x03\x04" + bytes(200)


def _much_absence(text: str) -> bytes:
    columns, rows = _rows(text)
    rows[2]["fte_days_lost"] = f"{float(rows[2]['fte_days_available']) * 0.31:.2f}"
    return _csv(columns, rows)
