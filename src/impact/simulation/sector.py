"""One generated sector: who is in it, and what they would send of absence, staff and users, as arrays.

Levels and spreads are those of the demo (`impact.demo.planted`); what differs is said here. Organisations of one
delivery model are exchangeable: they differ by chance alone. What is made of a sector belongs in `tables`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from impact.demo.planted import (
    ABSENCE_BETWEEN_MONTHS,
    ABSENCE_BETWEEN_ORGANISATIONS,
    ABSENCE_CARRIED,
    ABSENCE_PERCENT,
    LONG_SPELL_DAYS,
    LONG_SPELL_LEAST_DAYS,
    LONG_SPELLS_SHARE,
    NOT_APPLICABLE_SHARE,
    PERIODS,
    RESPONSE_BETWEEN_ORGANISATIONS_PERCENT,
    RESPONSE_PERCENT,
    SHORT_SPELL_DAYS,
    STAFF_BETWEEN_ORGANISATIONS,
    STAFF_BETWEEN_WAVES,
    STAFF_CARRIED,
    STAFF_CUTS,
    STAFF_QUESTIONS,
    STAFF_SATISFIED_PERCENT,
    USERS_BETWEEN_MONTHS,
    USERS_BETWEEN_ORGANISATIONS,
    USERS_CARRIED,
    USERS_POSITIVE_PERCENT,
    WINTER,
    months,
)

Real = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Truth = npt.NDArray[np.bool_]

ABSENCE, STAFF, ENGAGEMENT, USERS = (
    "sickness_absence_rate",
    "staff_satisfaction",
    "staff_engagement",
    "user_satisfaction",
)

EFFECTS: Mapping[str, float] = {ABSENCE: -0.8, STAFF: 7.0, USERS: 3.0}
"""What spinning out does on average, in percentage points: a step in the first month after it. That of engagement
follows from that of staff satisfaction, see `planted_effect`."""
EFFECTS_BETWEEN_ORGANISATIONS = 0.25
"""One standard deviation of organisations' own effects around that, as a share of it."""

DELIVERY_MODELS: Mapping[str, int] = {"mutual": 44, "in_house": 24, "outsourced": 12}
"""How many organisations of each."""
SPIN_OUTS = 10
"""So many of the mutuals, the first ones, spin out within the months that are generated."""
EARLIEST_SPIN_OUT, LATEST_SPIN_OUT = 6, 30
"""The months, from 0, on the first day of which one can spin out: with less than a year before or after it in part."""
FEWEST_SECTORS, MOST_SECTORS = 2, 7

TYPICAL_STAFF, STAFF_SPREAD, LEAST_STAFF, MOST_STAFF = 150, 0.75, 20, 900
"""People in an organisation: median and spread of the logarithm; nobody is smaller or larger."""
FTE_A_PERSON = 0.85

SHARED_CARRIED = 0.9
"""Of what moves all organisations of a sector together, the part that the next month carries on."""
ABSENCE_SHARED, STAFF_SHARED, USERS_SHARED = 0.05, 0.05, 0.08
"""Spread of what moves a sector together: of the logarithm of absence, of what staff feel, of the logit of users."""

ABSENCE_NOT_SENT, WAVES_SKIPPED, USERS_NOT_SENT = 0.005, 0.05, 0.04
"""The share of months or waves that an organisation sends nothing for."""
ANSWERS_AGAIN = 0.5
"""How much of who answers a staff survey is the person's own, and so the same next time."""

_LEAD_MONTHS = 12
"""How long before the first month long spells can have begun."""
_MONTHS_A_WAVE = 3
_ANSWERS_A_PERSON = (0.4, 1.6)
_LEAST_ANSWERS, _MOST_ANSWERS, _ANSWERS_SPREAD = 10, 600, 0.12
"""Users' answers a month: so many for each person at work, at least and at most; and their spread between months."""
_STEPS_MOST = 36
"""Nine questions of engagement, of four steps each."""
_STEPS_SPREAD = 2.2
"""What chance adds to the sum of a person's nine answers, given what they feel."""


@dataclass(frozen=True)
class Sector:
    """Organisations down, months or waves across. `spun_out` is the month, from 0, on whose first day one did, or -1;
    counts stand where `is_sent` says so only."""

    delivery_models: tuple[str, ...]
    sectors: tuple[str, ...]
    spun_out: Whole
    lost: Real
    available: Real
    absence_is_sent: Truth
    eligible: Whole
    answered: Whole
    not_applicable: Whole
    positive: Whole
    scored: Whole
    score_steps: Whole
    score_steps_squared: Whole
    staff_is_sent: Truth
    satisfied: Whole
    answers: Whole
    users_are_sent: Truth


def draw_sector(seed: int, number: int, has_effect: bool) -> Sector:
    """The sector of that number under that seed: the same one whenever it is drawn."""
    chance = np.random.default_rng([seed, number, int(has_effect)])
    models = np.array([model for model, count in DELIVERY_MODELS.items() for _ in range(count)])
    sector_of = _sectors(chance, models)
    spun_out = np.full(len(models), -1)
    spun_out[:SPIN_OUTS] = chance.integers(EARLIEST_SPIN_OUT, LATEST_SPIN_OUT + 1, SPIN_OUTS)
    month = np.arange(len(months()))
    has_changed = (spun_out[:, None] <= month) & (models == "mutual")[:, None]
    own = 1 + EFFECTS_BETWEEN_ORGANISATIONS * chance.standard_normal((len(models), 3))
    if not has_effect:
        own = np.zeros_like(own)
    headcount = np.rint(TYPICAL_STAFF * np.exp(STAFF_SPREAD * chance.standard_normal(len(models)))).astype(np.int64)
    headcount = np.clip(headcount, LEAST_STAFF, MOST_STAFF)
    lost, available = _absence(chance, models, sector_of, headcount, has_changed * own[:, :1])
    wave_changed = has_changed[:, 1::_MONTHS_A_WAVE]
    staff = _staff(chance, models, sector_of, headcount, wave_changed, wave_changed * own[:, 1:2])
    satisfied, answers = _users(chance, models, sector_of, headcount, has_changed * own[:, 2:])
    return Sector(
        delivery_models=tuple(models.tolist()),
        sectors=tuple(f"sector_{place + 1}" for place in sector_of.tolist()),
        spun_out=spun_out,
        lost=lost,
        available=available,
        absence_is_sent=chance.random(lost.shape) >= ABSENCE_NOT_SENT,
        eligible=np.repeat(headcount[:, None], len(PERIODS), axis=1),
        answered=staff[0],
        not_applicable=staff[1],
        positive=staff[2],
        scored=staff[3],
        score_steps=staff[4],
        score_steps_squared=staff[5],
        staff_is_sent=(chance.random(staff[0].shape) >= WAVES_SKIPPED) & (staff[0] > 0),
        satisfied=satisfied,
        answers=answers,
        users_are_sent=chance.random(answers.shape) >= USERS_NOT_SENT,
    )


@cache
def planted_effect(indicator_id: str) -> float:
    """The average effect that the estimates should find, on the indicator's scale.

    People whose mood is lifted so that 7 points more of them are satisfied are more engaged, too: by how much, on
    average over organisations and waves, is added up by Gauss and Hermite's rule over moods and over people.
    """
    if indicator_id in EFFECTS:
        return EFFECTS[indicator_id]
    nodes, weights = np.polynomial.hermite_e.hermegauss(40)
    weights = weights / weights.sum()
    spread = np.sqrt(STAFF_BETWEEN_ORGANISATIONS**2 + STAFF_BETWEEN_WAVES**2 + STAFF_SHARED**2)
    before = _mood(np.array(STAFF_SATISFIED_PERCENT["in_house"] / 100)) + spread * nodes
    felt = np.linspace(-8, 8, 1601)
    steps = np.interp(felt, *_expected_steps())
    # A count is as many as there are numbers below it: the mean of one that is rounded and cut off at both ends.
    ends = np.arange(_STEPS_MOST) + 0.5
    counted = ndtr((steps[:, None] - ends) / _STEPS_SPREAD).sum(axis=1)
    score = [
        np.interp(mood[:, None] + nodes, felt, counted) @ weights for mood in (before, _lifted(before, np.ones(40)))
    ]
    return float((score[1] - score[0]) @ weights * 10 / _STEPS_MOST)


def _sectors(chance: np.random.Generator, models: npt.NDArray[np.str_]) -> Whole:
    """The sector of each: dealt out in turn, but for those that spin out, of which most can be of one sector."""
    count = int(chance.integers(FEWEST_SECTORS, MOST_SECTORS + 1))
    dealt = np.arange(len(models)) % count
    dealt[:SPIN_OUTS] = chance.choice(count, SPIN_OUTS, p=chance.dirichlet(np.ones(count)))
    return dealt


def _absence(
    chance: np.random.Generator, models: npt.NDArray[np.str_], sector_of: Whole, headcount: Whole, changed: Real
) -> tuple[Real, Real]:
    """FTE days lost and available, an organisation a row and a month a column. Short spells have a winter; long ones
    carry over months. Spinning out takes its part of the days of every month after it, of spells already begun too."""
    first = np.array(months(), dtype="datetime64[D]")
    starts = (first - first[0]).astype(np.int64)
    length = ((first.astype("datetime64[M]") + 1).astype("datetime64[D]") - first).astype(np.float64)
    fte = headcount * FTE_A_PERSON
    level = np.where(models == "outsourced", ABSENCE_PERCENT["outsourced"], ABSENCE_PERCENT["in_house"]) / 100
    between = ABSENCE_BETWEEN_ORGANISATIONS * chance.standard_normal(len(models))
    level = level * _around_one(between, ABSENCE_BETWEEN_ORGANISATIONS)
    shape = (len(models), len(first))
    own = _around_one(_carried(chance, shape, ABSENCE_BETWEEN_MONTHS, ABSENCE_CARRIED), ABSENCE_BETWEEN_MONTHS)
    shared = _shared(chance, sector_of, len(first), ABSENCE_SHARED)
    winter = 1 + WINTER * np.cos(np.array([month.month - 1 for month in months()]) / 12 * 2 * np.pi)
    short = level[:, None] * (1 - LONG_SPELLS_SHARE) * winter * own * fte[:, None] * length
    # So many spells, each exponential, add up to a gamma deviate; of no spell it is next to nothing.
    days = SHORT_SPELL_DAYS * chance.standard_gamma(chance.poisson(short / SHORT_SPELL_DAYS) + 1e-9)
    days += _long_spells(chance, level * LONG_SPELLS_SHARE * fte, starts, length)
    times = 1 + changed * EFFECTS[ABSENCE] / ABSENCE_PERCENT["in_house"]
    available = np.round(fte[:, None] * length * chance.uniform(0.985, 1.0, shape), 2)
    lost = days * times * _around_one(shared, ABSENCE_SHARED) * available / (fte[:, None] * length)
    return np.minimum(np.round(lost, 2), available), available


def _long_spells(chance: np.random.Generator, days_a_day: Real, starts: Whole, length: Real) -> Real:
    """Days lost in spells of 28 days or more, an organisation a row and a month a column."""
    before = _LEAD_MONTHS * 30
    span = before + starts[-1] + length[-1]
    count = chance.poisson(days_a_day / LONG_SPELL_DAYS * span)
    who = np.repeat(np.arange(len(days_a_day)), count)
    first = chance.uniform(-before, span - before, len(who))
    last = first + LONG_SPELL_LEAST_DAYS + chance.exponential(LONG_SPELL_DAYS - LONG_SPELL_LEAST_DAYS, len(who))
    in_month = np.minimum(last[:, None], starts + length) - np.maximum(first[:, None], starts)
    days = np.zeros((len(days_a_day), len(starts)))
    np.add.at(days, who, np.maximum(in_month, 0))
    return days


def _staff(
    chance: np.random.Generator,
    models: npt.NDArray[np.str_],
    sector_of: Whole,
    headcount: Whole,
    has_changed: Truth,
    changed: Real,
) -> tuple[Whole, Whole, Whole, Whole, Whole, Whole]:
    """What people said in each wave, most of them the same as in the one before: who answered the headline question,
    to whom it did not apply, who was positive; and of engagement the people, their steps and those squared."""
    waves = len(PERIODS)
    shape = (len(models), waves)
    level = np.where(models == "outsourced", STAFF_SATISFIED_PERCENT["outsourced"], STAFF_SATISFIED_PERCENT["in_house"])
    mood = _mood(level / 100)[:, None]
    mood = mood + STAFF_BETWEEN_ORGANISATIONS * chance.standard_normal((len(models), 1))
    mood = mood + _carried(chance, shape, STAFF_BETWEEN_WAVES, STAFF_CARRIED)
    mood = mood + _shared(chance, sector_of, waves * _MONTHS_A_WAVE, STAFF_SHARED)[:, 1::_MONTHS_A_WAVE]
    mood = _lifted(mood, changed)
    response = np.array([RESPONSE_PERCENT[model] for model in models.tolist()])[:, None]
    is_mutual = (models == "mutual")[:, None]
    response = np.where(is_mutual & ~has_changed, RESPONSE_PERCENT["in_house"], response)
    response = response + RESPONSE_BETWEEN_ORGANISATIONS_PERCENT * chance.standard_normal((len(models), 1))
    threshold = ndtri(np.clip(response / 100, 0.2, 0.9))

    who = np.repeat(np.arange(len(models)), headcount)
    begins = np.append(0, np.cumsum(headcount))[:-1]
    people = len(who)
    willing = np.sqrt(ANSWERS_AGAIN) * chance.standard_normal(people)
    feels = chance.standard_normal(people)
    counts = np.zeros((6, *shape), dtype=np.int64)
    for wave in range(waves):
        responds = willing + np.sqrt(1 - ANSWERS_AGAIN) * chance.standard_normal(people) < threshold[who, wave]
        applies = chance.random(people) >= NOT_APPLICABLE_SHARE
        felt = mood[who, wave] + feels
        is_positive = felt + chance.standard_normal(people) > STAFF_CUTS[2]
        steps = np.interp(felt, *_expected_steps()) + _STEPS_SPREAD * chance.standard_normal(people)
        steps = np.clip(np.rint(steps), 0, _STEPS_MOST).astype(np.int64) * responds
        of_people = (responds & applies, responds & ~applies, responds & applies & is_positive, responds)
        for place, one in enumerate((*of_people, steps, steps**2)):
            counts[place, :, wave] = np.add.reduceat(one.astype(np.int64), begins)
    return counts[0], counts[1], counts[2], counts[3], counts[4], counts[5]


def _mood(share: Real) -> Real:
    """What people must feel, on average, for that share of them to be satisfied."""
    mood: Real = STAFF_CUTS[2] + np.sqrt(2) * ndtri(share)
    return mood


def _lifted(mood: Real, times: Real) -> Real:
    """The mood once spinning out has added so many times its points to the share that is satisfied, whatever it was."""
    share = ndtr((mood - STAFF_CUTS[2]) / np.sqrt(2)) + times * EFFECTS[STAFF] / 100
    return _mood(np.clip(share, 0.01, 0.99))


@cache
def _expected_steps() -> tuple[Real, Real]:
    """What a person feels, and what their nine answers add up to then, on average: steps above the least."""
    felt = np.linspace(-6, 6, 241)
    questions = [agreed for question, agreed in STAFF_QUESTIONS.items() if question != "overall_satisfaction"]
    return felt, np.sum([ndtr(felt + agreed - cut) for agreed in questions for cut in STAFF_CUTS], axis=0)


def _users(
    chance: np.random.Generator, models: npt.NDArray[np.str_], sector_of: Whole, headcount: Whole, changed: Real
) -> tuple[Whole, Whole]:
    """Very good and good answers, and all answers, an organisation a row and a month a column."""
    shape = (len(models), len(months()))
    level = np.where(models == "outsourced", USERS_POSITIVE_PERCENT["outsourced"], USERS_POSITIVE_PERCENT["in_house"])
    logit = np.log(level / (100 - level))[:, None]
    logit = logit + USERS_BETWEEN_ORGANISATIONS * chance.standard_normal((len(models), 1))
    logit = logit + _carried(chance, shape, USERS_BETWEEN_MONTHS, USERS_CARRIED)
    logit = logit + _shared(chance, sector_of, shape[1], USERS_SHARED)
    share = np.clip(1 / (1 + np.exp(-logit)) + changed * EFFECTS[USERS] / 100, 0, 0.999)
    typical = np.clip(headcount * chance.uniform(*_ANSWERS_A_PERSON, len(models)), _LEAST_ANSWERS, _MOST_ANSWERS)
    answers = np.rint(typical[:, None] * np.exp(_ANSWERS_SPREAD * chance.standard_normal(shape))).astype(np.int64)
    return chance.binomial(answers, share), answers


def _carried(chance: np.random.Generator, shape: tuple[int, int], spread: float, carries: float) -> Real:
    """A row an AR(1) series around 0 with that standard deviation."""
    series = spread * chance.standard_normal(shape)
    for place in range(1, shape[1]):
        series[:, place] = carries * series[:, place - 1] + np.sqrt(1 - carries**2) * series[:, place]
    return series


def _shared(chance: np.random.Generator, sector_of: Whole, count: int, spread: float) -> Real:
    """What moves all of a sector together, a row an organisation."""
    return _carried(chance, (MOST_SECTORS, count), spread, SHARED_CARRIED)[sector_of]


def _around_one(logarithm: Real, spread: float) -> Real:
    """Factors that are 1 on average, of logarithms around 0 with that standard deviation."""
    factors: Real = np.exp(logarithm - spread**2 / 2)
    return factors
