"""The rows of service_user_survey: what people said of each service, each month."""

from collections.abc import Collection, Mapping
from math import ceil, exp, floor
from random import Random

from impact.demo.planted import (
    USERS_BETWEEN_MONTHS,
    USERS_BETWEEN_ORGANISATIONS,
    USERS_BETWEEN_SERVICES,
    USERS_CARRIED,
    USERS_POSITIVE_PERCENT,
    binomial,
    carried,
    level,
    months,
    seeded,
)
from impact.demo.sector import Member
from impact.periods import quarter_of

COLUMNS = (
    *("organisation_code", "month", "service_code", "instrument_id", "collection_mode", "eligible"),
    *("n_very_good", "n_good", "n_neither", "n_poor", "n_very_poor", "n_dont_know", "n_total"),
)
NUMBERS = frozenset(COLUMNS[5:])

_RATINGS = {
    "5": "n_very_good",
    "4": "n_good",
    "3": "n_neither",
    "2": "n_poor",
    "1": "n_very_poor",
    "dont_know": "n_dont_know",
}
_VERY_GOOD_SHARE = 0.68
"""Of positive answers."""
_NOT_POSITIVE = (0.45, 0.25, 0.15)
"""Of the other answers: neither, poor, very poor. The rest do not know."""
_MODE_SHARES = {"sms": 0.55, "online": 0.28, "paper": 0.17}
_MOST_MOVE, _LEAST_ANSWERS = 0.07, 8
"""A file that nobody needs to confirm: the positive share moves by no more from month to month."""


def rows(member: Member, quarters: Collection[str]) -> dict[str, list[list[str]]]:
    """The rows of each quarter: for each month and service one for `all`, and one a way of asking where there are."""
    rng = seeded("users", member.code)
    own = rng.gauss(0, USERS_BETWEEN_ORGANISATIONS)
    asks_of_percent = rng.uniform(18, 45) if rng.random() < 0.5 else None
    made: dict[str, list[list[str]]] = {quarter: [] for quarter in quarters}
    by_service = {code: _service(rng, member, own) for code, _ in member.services}
    for place, month in enumerate(months()):
        if (quarter := quarter_of(month).id) not in made:
            continue
        for code, series in by_service.items():
            parts = {mode: counts[place] for mode, counts in series.items()}
            if len(parts) > 1:
                parts = {"all": [sum(each) for each in zip(*parts.values(), strict=True)], **parts}
            for mode, counts in parts.items():
                total = sum(counts)
                eligible = "" if asks_of_percent is None else str(round(total * 100 / asks_of_percent))
                of_what = [member.code, f"{month:%Y-%m}", code, member.user_instrument, mode, eligible]
                made[quarter].append(of_what + [str(count) for count in counts] + [str(total)])
    return made


def answer_sheets(member: Member, quarter: str) -> tuple[list[Mapping[str, str]], dict[str, str]]:
    """The same quarter one row an answer sheet, spread over each month's days, and what the cover says of it. Only for
    an organisation that asks in one way and does not say whom it could have asked."""
    made: list[Mapping[str, str]] = []
    for row in rows(member, [quarter])[quarter]:
        of_row = dict(zip(COLUMNS, row, strict=True))
        ratings = [rating for rating, column in _RATINGS.items() for _ in range(int(of_row[column]))]
        for place, rating in enumerate(ratings):
            made.append(
                {
                    "response_id": f"R{len(made) + 1:05}",
                    "date": f"{of_row['month']}-{place * 11 % 28 + 1:02}",
                    "service_code": of_row["service_code"],
                    "collection_mode": "",
                    "rating": rating,
                }
            )
    return made, {"instrument_id": member.user_instrument, "promised": "Answers are anonymous, shown in numbers only."}


def _service(rng: Random, member: Member, own: float) -> dict[str, list[list[int]]]:
    """The six counts of each month, by way of asking."""
    offset = own + rng.gauss(0, USERS_BETWEEN_SERVICES)
    answers = max(min(member.headcount * rng.uniform(0.4, 1.6), 600), 10)
    between = carried(rng, len(months()), USERS_BETWEEN_MONTHS, USERS_CARRIED)
    shares = []
    for month, chance in zip(months(), between, strict=True):
        planted = level(USERS_POSITIVE_PERCENT, member.delivery_model, member.spun_out_on, month) / 100
        shares.append(1 / (1 + (1 - planted) / planted * exp(-offset - chance)))
    modes = _MODE_SHARES if member.has_modes and answers >= 60 else {"all": 1.0}
    return {mode: _counts(rng, answers * share, shares) for mode, share in modes.items()}


def _counts(rng: Random, answers: float, shares: list[float]) -> list[list[int]]:
    made: list[list[int]] = []
    number, before = 0, 0.0
    for share in shares:
        drawn = max(round(answers * exp(rng.gauss(0, 0.12))), _LEAST_ANSWERS)
        number = min(max(drawn, ceil(number * 0.6)), floor(number * 1.7)) if made else drawn
        positive = min(binomial(rng, number, share), number - 1)
        if made:
            most, least = floor(number * (before + _MOST_MOVE)), ceil(number * (before - _MOST_MOVE))
            positive = min(max(positive, least), most, number - 1)
        before = positive / number
        very_good = binomial(rng, positive, _VERY_GOOD_SHARE)
        left, left_share, others = number - positive, 1.0, []
        for part in _NOT_POSITIVE:
            others.append(binomial(rng, left, part / left_share))
            left, left_share = left - others[-1], left_share - part
        made.append([very_good, positive - very_good, *others, left])
    return made
