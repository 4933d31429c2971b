"""What is planted in the demo: every level, effect and spread that its figures are drawn from, so that it can be looked
for again. How rows are drawn belongs beside each feed. Nothing here is about anybody real."""

import random
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from math import exp, sqrt
from statistics import NormalDist

from impact.periods import parse_period

SEED = 20260720
FIRST_NOW = datetime(2026, 4, 24, 9, 0, tzinfo=UTC)
"""When the first stage arrives: the history and the first quarter of 2026."""
NOW = datetime(2026, 7, 20, 9, 0, tzinfo=UTC)
"""When the second stage arrives: the second quarter of 2026, on working day 14 after it, and corrections."""

PERIODS = (
    *("2023-Q3", "2023-Q4", "2024-Q1", "2024-Q2", "2024-Q3", "2024-Q4"),
    *("2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2"),
)
HISTORY = PERIODS[:10]
"""The quarters that an organisation sends in one file."""

ABSENCE_PERCENT: Mapping[str, float] = {"mutual": 4.4, "in_house": 5.2, "outsourced": 5.6}
"""Days lost of days available, over a year, by delivery model."""
ABSENCE_BETWEEN_ORGANISATIONS = 0.12
"""One standard deviation of organisations around their model, of the logarithm."""
ABSENCE_OWNERSHIP_POINTS = -0.10
"""How many percentage points of absence go with ten more points of staff ownership, around OWNED_PERCENT."""
OWNED_PERCENT = 70
LONG_SPELLS_SHARE = 0.4
"""Of the days lost, the part in spells of 28 days or more, which carry over months."""
LONG_SPELL_DAYS, LONG_SPELL_LEAST_DAYS = 75, 28
SHORT_SPELL_DAYS = 3.5
WINTER = 0.30
"""Short spells in January lie this share above the average of the year, in July as much below."""
ABSENCE_BETWEEN_MONTHS, ABSENCE_CARRIED = 0.07, 0.5
"""Spread of a month's short spells (of the logarithm), and the part of it that the next month carries on: AR(1)."""
ABSENCE_BY_GROUP: Mapping[str, float] = {
    "frontline": 1.12,
    "professional": 0.92,
    "support_services": 0.95,
    "management": 0.70,
}

STAFF_SATISFIED_PERCENT: Mapping[str, float] = {"mutual": 74, "in_house": 67, "outsourced": 63}
"""Answers 4 and 5 to overall_satisfaction, by delivery model."""
STAFF_BETWEEN_ORGANISATIONS = 0.20
"""One standard deviation of organisations around their model, of what their staff feel, which has 1 between people."""
STAFF_BETWEEN_WAVES, STAFF_CARRIED = 0.06, 0.6
RESPONSE_PERCENT: Mapping[str, float] = {"mutual": 58, "in_house": 47, "outsourced": 41}
RESPONSE_BETWEEN_ORGANISATIONS_PERCENT = 7
NOT_APPLICABLE_SHARE = 0.02
STAFF_QUESTIONS: Mapping[str, float] = {
    "overall_satisfaction": 0.0,
    "recommend_as_workplace": -0.10,
    "recommend_care": 0.20,
    "look_forward_to_work": -0.25,
    "enthusiastic_about_job": 0.15,
    "time_passes_quickly": 0.20,
    "show_initiative": 0.20,
    "make_suggestions": 0.10,
    "make_improvements": -0.20,
    "care_is_top_priority": 0.25,
}
"""The questions, and how much more readily people agree to each than to the first."""
STAFF_CUTS = (-1.6, -0.8, 0.0, 1.0)
"""What a person feels, plus chance of spread 1, lies between two of these: the answers 1 to 5."""

USERS_POSITIVE_PERCENT: Mapping[str, float] = {"mutual": 88, "in_house": 85, "outsourced": 83}
"""Answers very good and good of all answers, by delivery model."""
USERS_BETWEEN_ORGANISATIONS, USERS_BETWEEN_SERVICES = 0.25, 0.12
"""Standard deviations, of the logit."""
USERS_BETWEEN_MONTHS, USERS_CARRIED = 0.10, 0.5

SAVINGS_PERCENT_OF_VALUE: Mapping[str, float] = {"mutual": 3.0, "in_house": 2.0, "outsourced": 1.6}
"""What recurrent savings come to in a year, before their cost, of contract value, once all are delivered."""
SAVINGS_BETWEEN_ORGANISATIONS = 0.25
SAVINGS_DELIVERED = 0.92
"""Of what is planned, what is delivered."""
SAVINGS_SOURCES: Mapping[str, Mapping[str, int]] = {
    "mutual": {"waste_reduction": 40, "growth": 20, "procurement": 12, "productivity": 20, "other": 8},
    "in_house": {"waste_reduction": 18, "growth": 4, "procurement": 38, "productivity": 25, "other": 15},
    "outsourced": {"waste_reduction": 15, "growth": 15, "procurement": 30, "productivity": 30, "other": 10},
}
SAVINGS_TYPES: Mapping[str, Mapping[str, int]] = {
    "waste_reduction": {"cash_releasing": 75, "non_cash_releasing": 10, "cost_avoidance": 15},
    "growth": {"cash_releasing": 40, "income": 60},
    "procurement": {"cash_releasing": 85, "cost_avoidance": 15},
    "productivity": {"cash_releasing": 35, "non_cash_releasing": 55, "cost_avoidance": 10},
    "other": {"cash_releasing": 50, "non_cash_releasing": 25, "cost_avoidance": 25},
}
SAVINGS_VERIFIED_SHARE: Mapping[str, float] = {"mutual": 0.65, "in_house": 0.5, "outsourced": 0.4}
"""Of savings that have run for a year, those that somebody in finance has verified, or an auditor."""
SAVINGS_FOR: Mapping[str, Mapping[str, int]] = {
    "mutual": {"commissioner": 55, "service": 30, "organisation": 15},
    "in_house": {"commissioner": 70, "service": 25, "organisation": 5},
    "outsourced": {"commissioner": 40, "service": 20, "organisation": 40},
}

SPIN_OUT_MONTHS = 12
"""A mutual that spins out starts at the level of in-house services and reaches that of mutuals in so many months: the
effect of spinning out is the difference between the two, in absence, staff satisfaction and users' satisfaction."""


@cache
def months() -> tuple[date, ...]:
    """The first day of every month of PERIODS."""
    run = parse_period(f"{PERIODS[0]}_to_{PERIODS[-1]}")
    assert run is not None
    return tuple(run.months())


def level(by_model: Mapping[str, float], delivery_model: str, spun_out_on: date | None, month: date) -> float:
    """What is planted for an organisation's month, before spread: for new mutuals, on the way from in_house."""
    if spun_out_on is None or spun_out_on < months()[0]:
        return by_model[delivery_model]
    since = (month.year - spun_out_on.year) * 12 + month.month - spun_out_on.month
    settled = min(max(since / SPIN_OUT_MONTHS, 0), 1)
    return by_model["in_house"] + (by_model[delivery_model] - by_model["in_house"]) * settled


def feeling(satisfied_percent: float) -> float:
    """What staff must feel, on average, for that share of them to say 4 or 5 to overall_satisfaction."""
    return STAFF_CUTS[2] + sqrt(2) * NormalDist().inv_cdf(satisfied_percent / 100)


def engagement(satisfied_percent: float) -> float:
    """The mean engagement, 0 to 10, of staff of whom that share is satisfied."""
    of_engagement = [agreed for question, agreed in STAFF_QUESTIONS.items() if question != "overall_satisfaction"]
    steps = [
        NormalDist().cdf((feeling(satisfied_percent) + agreed - cut) / sqrt(2))
        for agreed in of_engagement
        for cut in STAFF_CUTS
    ]
    return 2.5 * sum(steps) / len(of_engagement)


def seeded(*what: str) -> random.Random:
    """A stream of chance of its own for each thing that is drawn, whatever was drawn before."""
    return random.Random(" ".join((str(SEED), *what)))  # noqa: S311  (a made-up sector, not a secret)


def carried(rng: random.Random, count: int, spread: float, share: float) -> list[float]:
    """An AR(1) series around 0 with standard deviation `spread`."""
    series = [rng.gauss(0, spread)]
    for _ in range(count - 1):
        series.append(share * series[-1] + rng.gauss(0, spread * sqrt(1 - share**2)))
    return series


def poisson(rng: random.Random, mean: float) -> int:
    """A count with that mean, which is at most a few hundred."""
    count, left, least = 0, rng.random(), exp(-mean)
    while left > least:
        count += 1
        left *= rng.random()
    return count


def binomial(rng: random.Random, n: int, share: float) -> int:
    """How many of `n`: by a normal deviate where that is near enough, else one by one."""
    if n * share * (1 - share) > 9:
        return min(max(round(rng.gauss(n * share, sqrt(n * share * (1 - share)))), 0), n)
    return sum(rng.random() < share for _ in range(n))
