"""The register of the demo: its files, from who is there."""

from collections.abc import Iterable, Mapping
from functools import cache

from impact.definition import register_files
from impact.demo.faults import CORRECTED_PERIOD, EXEMPT, EXTENDED, corrections
from impact.demo.planted import PERIODS, STAFF_QUESTIONS, seeded
from impact.demo.sector import (
    COMBINED,
    COMMISSIONERS,
    COUNCILS,
    FEEDS,
    REGIONS,
    STAFF_GROUPS,
    Member,
    members,
)

STAFF_SCORES = {
    "engagement": "Mean of motivation, involvement and advocacy",
    "motivation": "Mean of three questions on motivation",
    "involvement": "Mean of three questions on involvement",
    "advocacy": "Mean of three questions on advocacy",
}
_WORDINGS = {
    "overall_satisfaction": "Overall, how satisfied are you with your job?",
    "recommend_as_workplace": "I would recommend my organisation as a place to work.",
    "recommend_care": "I would be happy with the standard of our services for a friend or relative.",
    "look_forward_to_work": "I look forward to going to work.",
    "enthusiastic_about_job": "I am enthusiastic about my job.",
    "time_passes_quickly": "Time passes quickly when I am working.",
    "show_initiative": "There are frequent opportunities for me to show initiative.",
    "make_suggestions": "I am able to make suggestions to improve the work of my team.",
    "make_improvements": "I am able to make improvements happen in my area of work.",
    "care_is_top_priority": "The people who use our services are my organisation's top priority.",
}
_AGREE = "1 (strongly disagree) to 5 (strongly agree)"
_SATISFIED = "1 (very dissatisfied) to 5 (very satisfied)"
_GOOD = "1 (very poor) to 5 (very good), and don't know"
_BANK_HOLIDAYS = {
    "New Year's Day": ("2023-01-02", "2024-01-01", "2025-01-01", "2026-01-01", "2027-01-01"),
    "Good Friday": ("2023-04-07", "2024-03-29", "2025-04-18", "2026-04-03", "2027-03-26"),
    "Easter Monday": ("2023-04-10", "2024-04-01", "2025-04-21", "2026-04-06", "2027-03-29"),
    "Early May bank holiday": ("2023-05-01", "2024-05-06", "2025-05-05", "2026-05-04", "2027-05-03"),
    "Coronation": ("2023-05-08",),
    "Spring bank holiday": ("2023-05-29", "2024-05-27", "2025-05-26", "2026-05-25", "2027-05-31"),
    "Summer bank holiday": ("2023-08-28", "2024-08-26", "2025-08-25", "2026-08-31", "2027-08-30"),
    "Christmas Day": ("2023-12-25", "2024-12-25", "2025-12-25", "2026-12-25", "2027-12-27"),
    "Boxing Day": ("2023-12-26", "2024-12-26", "2025-12-26", "2026-12-28", "2027-12-28"),
}
"""In England. Where one falls on a weekend, the day that stands in for it."""
_TARGETS = {"sickness_absence_rate": "4.8", "staff_satisfaction": "70", "user_satisfaction": "85"}
_DEFLATORS = {
    "2019-20": "82.9",
    "2020-21": "87.5",
    "2021-22": "87.2",
    "2022-23": "93.1",
    "2023-24": "98.2",
    "2024-25": "102.0",
    "2025-26": "105.3",
    "2026-27": "107.7",
}
"""Made up, though not far from what prices did."""
_DISCOUNT_RATES = (("0", "30", "3.5"), ("31", "75", "3.0"), ("76", "125", "2.5"))
"""Source: HM Treasury's Green Book."""

Row = Mapping[str, object]


def register_csv() -> dict[str, bytes]:
    """The register's files, by name."""
    everyone = members()
    rows: Mapping[str, Iterable[Row]] = {
        "organisations": [_organisation(index, member) for index, member in enumerate(everyone)],
        "publishers": [],
        "commissioners": [
            {"commissioner_code": code, "name": name, "type": kind, "area_code": area}
            for code, (name, kind, area) in COMMISSIONERS.items()
        ],
        "contracts": [
            {
                "contract_code": contract.code,
                "commissioner_code": contract.commissioner_code,
                "organisation_code": member.code,
                "starts_on": contract.starts_on,
                "ends_on": contract.ends_on,
                "annual_value_gbp": contract.annual_value_gbp,
            }
            for member in everyone
            for contract in member.contracts
        ],
        "services": [
            {
                "organisation_code": member.code,
                "service_code": code,
                "name": name,
                "active_to": member.active_to,
            }
            for member in everyone
            for code, name in member.services
        ],
        "contract_services": [
            {"contract_code": contract.code, "organisation_code": member.code, "service_code": service}
            for member in everyone
            for contract in member.contracts
            for service in contract.services
        ],
        "staff_groups": [{"staff_group": group, "name": name} for group, name in STAFF_GROUPS.items()],
        "areas": _areas(),
        "targets": [
            {
                "contract_code": contract.code,
                "indicator_id": indicator,
                "value": value,
                "applies_from": contract.starts_on,
            }
            for member in everyone[::4]
            for contract in member.contracts[-1:]
            for indicator, value in _TARGETS.items()
        ],
        "instruments": _instruments(),
        "instrument_items": _items(),
        "question_numbers": [
            {"instrument_id": "pulse10", "item": item, "year": year, "question_number": f"Q{number}"}
            for year in range(2023, 2027)
            for number, item in enumerate(STAFF_QUESTIONS, 1)
        ],
        "obligations": [
            {
                "organisation_code": member.code,
                "feed": feed,
                "every": "quarter",
                "first_period": member.quarters_of(feed)[0],
                "last_period": member.quarters[-1] if member.quarters[-1] != PERIODS[-1] else None,
            }
            for member in everyone
            for feed in FEEDS
        ],
        "obligation_exceptions": _exceptions(),
        "changes": [_change()],
        "deflators": [
            {"series": "financial_year", "vintage": "2026-06", "year": year, "index_value": value}
            for year, value in _DEFLATORS.items()
        ],
        "discount_rates": [
            {"applies_from": "2003-04-01", "first_year": first, "last_year": last, "rate_percent": rate}
            for first, last, rate in _DISCOUNT_RATES
        ],
        "bank_holidays": [
            {"day": day, "name": name}
            for day, name in sorted((d, n) for n, days in _BANK_HOLIDAYS.items() for d in days)
        ],
    }
    return {
        f"{name}.csv": _csv([column.name for column in register_files()[name].columns], rows[name]) for name in rows
    }


@cache
def bank_holidays() -> frozenset[str]:
    """Every bank holiday, yyyy-mm-dd."""
    return frozenset(day for days in _BANK_HOLIDAYS.values() for day in days)


def _organisation(index: int, member: Member) -> Row:
    rng = seeded("board", member.code)
    is_mutual = member.delivery_model == "mutual"
    return {
        "organisation_code": member.code,
        "name": member.name,
        "delivery_model": member.delivery_model,
        "sector": member.sector,
        "legal_form": member.legal_form,
        "spun_out_from": member.spun_out_from,
        "spun_out_on": member.spun_out_on,
        "staff_ownership": ("unconfirmed" if index % 9 == 2 else "confirmed") if is_mutual else "",
        "staff_owned_share_percent": member.owned_percent,
        "staff_on_board": "yes" if is_mutual and rng.random() < 0.8 else "no",
        "service_users_on_board": "yes" if rng.random() < (0.4 if is_mutual else 0.1) else "no",
        "publication_consent": "yes" if index % 5 == 0 else "no",
        "contact": "Performance team",
        "region_code": member.region_code,
        "area_code": member.area_code,
        "active_to": member.active_to,
        "note": "Closed" if member.active_to else "",
    }


def _areas() -> list[Row]:
    regions: list[Row] = [{"area_code": code, "name": name, "type": "region"} for code, name in REGIONS.items()]
    combined: list[Row] = [
        {"area_code": code, "name": name, "type": "combined_authority", "part_of_code": region}
        for code, (name, region) in COMBINED.items()
    ]
    councils: list[Row] = [
        {"area_code": code, "name": name, "type": "council", "part_of_code": part_of}
        for code, (name, part_of) in COUNCILS.items()
    ]
    return [*regions, *combined, *councils]


def _instruments() -> list[Row]:
    columns = (
        *("instrument_id", "feed", "name", "scale", "headline_item", "sampling", "cadence", "compares_organisations"),
    )
    everybody, users = "All staff in post", "Everybody who used the service in the month"
    lines = (
        ("fft", "service_user_survey", "Friends and Family Test", _GOOD, "rating", users, "month", "no"),
        ("csat5", "service_user_survey", "Five-point service rating", _GOOD, "rating", users, "month", "yes"),
        ("pulse10", "staff_survey", "Ten-question pulse", _AGREE, "overall_satisfaction", everybody, "quarter", "yes"),
        ("short1", "staff_survey", "One question", _SATISFIED, "overall_satisfaction", everybody, "quarter", "yes"),
    )
    return [dict(zip(columns, line, strict=True)) for line in lines]


def _items() -> list[Row]:
    rating = "Overall, how was your experience of our service?"
    asked: list[Row] = [
        {"instrument_id": instrument, "item": item, "kind": "question", "wording": wording, "positive_from": 4}
        | ({"scale": _SATISFIED} if (instrument, item) == ("pulse10", "overall_satisfaction") else {})
        for instrument, items in (
            ("fft", {"rating": rating}),
            ("csat5", {"rating": rating}),
            ("pulse10", _WORDINGS),
            ("short1", {"overall_satisfaction": _WORDINGS["overall_satisfaction"]}),
        )
        for item, wording in items.items()
    ]
    scores: list[Row] = [
        {"instrument_id": "pulse10", "item": item, "kind": "score", "wording": wording, "scale": "0 to 10"}
        for item, wording in STAFF_SCORES.items()
    ]
    return [*asked, *scores]


def _exceptions() -> list[Row]:
    """One return is not owed, one is due later; those that are corrected after they were locked are reopened."""
    reopened = [(one, (one.code, one.feed, CORRECTED_PERIOD)) for one in corrections()]
    later = {"due_on": "2026-08-14", "lock_on": "2026-10-16"}
    return [
        {**_owed(EXEMPT), "is_exempt": "yes", "reason": "Staff are being moved to another payroll"},
        {**_owed(EXTENDED), **later, "reason": "The ledger is being closed"},
        *({**_owed(slot), "lock_on": "2026-07-31", "reason": one.reason} for one, slot in reopened),
    ]


def _change() -> Row:
    """A known change, early enough for its chart to have limits before it and after."""
    changed = {"indicator_id": "sickness_absence_rate", "changed_on": "2025-04-01", "reason": "New payroll system"}
    return {"organisation_code": EXTENDED[0], **changed}


def _owed(slot: tuple[str, str, str]) -> Row:
    return dict(zip(("organisation_code", "feed", "period"), slot, strict=True))


def _csv(columns: list[str], rows: Iterable[Row]) -> bytes:
    """As CSV. Nothing in the register of the demo holds a comma, but for what is put in quotation marks here."""
    lines = [",".join(columns)]
    for row in rows:
        assert set(row) <= set(columns), set(row) - set(columns)
        lines.append(",".join(_quoted(row.get(column)) for column in columns))
    return ("\r\n".join(lines) + "\r\n").encode()


def _quoted(value: object) -> str:
    text = "" if value is None else str(value)
    return f'"{text}"' if "," in text else text
