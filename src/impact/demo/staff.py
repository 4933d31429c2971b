"""The rows of staff_survey: counts and scores of the same simulated people, who mostly answer again next time."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING
from zlib import crc32

from impact.demo.planted import (
    NOT_APPLICABLE_SHARE,
    PERIODS,
    RESPONSE_BETWEEN_ORGANISATIONS_PERCENT,
    RESPONSE_PERCENT,
    SEED,
    STAFF_BETWEEN_ORGANISATIONS,
    STAFF_BETWEEN_WAVES,
    STAFF_CARRIED,
    STAFF_CUTS,
    STAFF_QUESTIONS,
    STAFF_SATISFIED_PERCENT,
    carried,
    feeling,
    level,
    months,
    seeded,
)
from impact.demo.sector import Member, merged, workforce
from impact.periods import parse_period

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Whole = npt.NDArray[np.int64]
    Real = npt.NDArray[np.float64]

COLUMNS = (
    *("organisation_code", "wave", "service_code", "staff_group", "item", "instrument_id", "fieldwork_start"),
    *("fieldwork_end", "mode", "eligible_staff", "n_1", "n_2", "n_3", "n_4", "n_5", "n_not_applicable", "n_responses"),
    *("n_scored", "score_sum", "score_sum_of_squares"),
)
NUMBERS = frozenset(COLUMNS[9:])
SCORES = {
    "motivation": ("look_forward_to_work", "enthusiastic_about_job", "time_passes_quickly"),
    "involvement": ("show_initiative", "make_suggestions", "make_improvements"),
    "advocacy": ("care_is_top_priority", "recommend_as_workplace", "recommend_care"),
}
"""Each score and its three questions. Engagement is the mean of the three, for people who have all of them."""

_LEAST_REPORTED, _GREATEST_RATE = 11, 0.90
_LEAST_GROUP = 18
"""Answers that are expected of a group for it to be reported, so that it has 11 in every wave."""
_MOST_MOVE = 0.45
"""A file that nobody needs to confirm: no question's mean moves by more from one wave to the next."""
_PEOPLE_WHO_ANSWER_AGAIN = (0.6, 0.85, 1.0)
_SKIP_SHARE = 0.04
_GRID, _LOWEST, _STEPS, _TYPES = 0.1, -4.5, 101, 256
"""People are of kinds: what they feel, in steps of _GRID, and how their answers scatter around that, in _TYPES ways."""
_ANSWERS = 5


@dataclass(frozen=True)
class _Cell:
    """Who answers in a group: what each feels beside the others, and what kind each is; which of the people there can
    be each is now, and what they said together."""

    feels: "Real"
    types: "Whole"
    who: "Whole"
    said: "Whole"
    means: "Real"


@dataclass(frozen=True)
class _Wave:
    """A wave of an organisation: how it was held, people asked by group, and who answered by group."""

    id: str
    fieldwork: tuple[str, str]
    mode: str
    eligible: dict[str, int]
    cells: dict[str, _Cell]


def rows(member: Member, quarters: Collection[str]) -> dict[str, list[list[str]]]:
    """The rows of each wave: ALL, and staff groups where enough of each are expected to answer."""
    import numpy as np

    made: dict[str, list[list[str]]] = {quarter: [] for quarter in quarters}
    for wave in _waves(member):
        if wave.id not in made:
            continue
        said = {group: cell.said for group, cell in wave.cells.items()}
        eligible = wave.eligible
        if len(said) > 1:
            said = {"ALL": np.sum(list(said.values()), axis=0), **said}
            eligible = {"ALL": sum(eligible.values()), **eligible}
        for group, counts in said.items():
            of_what = [member.code, wave.id, "ALL", group]
            how = [member.staff_instrument, *wave.fieldwork, wave.mode, str(eligible[group])]
            made[wave.id] += [of_what + [item] + how + figures for item, figures in _items(member, counts.tolist())]
    return made


def answer_sheets(member: Member, quarter: str) -> tuple[list[Mapping[str, str]], dict[str, str]]:
    """The same wave as its people filled it in, one row an answer sheet, and what the cover says of it. Only for an
    organisation that asks all ten questions."""
    wave = next(wave for wave in _waves(member) if wave.id == quarter)
    width = _ANSWERS + 1
    made: list[Mapping[str, str]] = []
    for group, cell in wave.cells.items():
        chosen = _people()[cell.who][:, : len(STAFF_QUESTIONS) * width].reshape(-1, len(STAFF_QUESTIONS), width)
        for answers in chosen.argmax(axis=2).tolist():
            of_each = {
                question: "" if answer == _ANSWERS else str(answer + 1)
                for question, answer in zip(STAFF_QUESTIONS, answers, strict=True)
            }
            about = {"service_code": "", "staff_group": "" if group == "ALL" else group}
            made.append({"response_id": f"R{len(made) + 1:04}", **about, **of_each})
    groups = {group: people for group, people in wave.eligible.items() if group != "ALL"}
    return made, {
        "instrument_id": member.staff_instrument,
        "fieldwork_start": wave.fieldwork[0],
        "fieldwork_end": wave.fieldwork[1],
        "mode": wave.mode,
        "eligible_staff": str(sum(wave.eligible.values())),
        "eligible_staff_by_group": ", ".join(f"{group} {people}" for group, people in groups.items()),
        "promised": "Nobody sees the answers of fewer than 11 people together.",
    }


def _waves(member: Member) -> Iterator[_Wave]:
    """Every wave that the organisation holds, in order: who answers depends on who answered before."""
    import numpy as np

    rng = seeded("staff", member.code)
    chance = np.random.RandomState(crc32(f"{SEED} staff {member.code}".encode()))
    own = rng.gauss(0, STAFF_BETWEEN_ORGANISATIONS)
    between = carried(rng, len(PERIODS), STAFF_BETWEEN_WAVES, STAFF_CARRIED)
    response = RESPONSE_PERCENT[member.delivery_model] + rng.gauss(0, RESPONSE_BETWEEN_ORGANISATIONS_PERCENT)
    skipped = {wave for wave in PERIODS[1:-3] if rng.random() < _SKIP_SHARE}
    mode = rng.choice(("online", "online", "mixed", "paper"))
    groups = _groups(member, response / 100)
    cells: dict[str, _Cell] = {}
    for place, wave in enumerate(PERIODS):
        if wave in skipped:
            continue
        month = months()[place * 3 + 1]
        satisfied = level(STAFF_SATISFIED_PERCENT, member.delivery_model, member.spun_out_on, month)
        mood = feeling(satisfied) + own + between[place]
        rate = min(max((response + rng.gauss(0, 2)) / 100, 0.2), _GREATEST_RATE)
        eligible = {group: heads[place * 3 + 1] for group, heads in groups.items()}
        for group, people in eligible.items():
            least = _LEAST_REPORTED if len(groups) > 1 else min(5, people // 2)
            answers = min(max(round(people * rate), least), int(people * _GREATEST_RATE))
            cells[group] = _wave(chance, cells.get(group), answers, mood)
        period = parse_period(wave)
        assert period is not None
        start = period.start_on + timedelta(days=28 + place % 5)
        fieldwork = (start.isoformat(), (start + timedelta(days=20)).isoformat())
        yield _Wave(wave, fieldwork, mode, eligible, dict(cells))


def _groups(member: Member, response: float) -> dict[str, Sequence[int]]:
    """Staff at the end of each month by group, groups merged until enough of each are expected to answer."""
    units = sorted(workforce(member), key=lambda unit: (-unit.heads[1], unit.group))
    heads: dict[str, Sequence[int]] = {unit.group: unit.heads[1:] for unit in units}
    if len(heads) == 1:
        return heads
    kept = merged({group: of[0] for group, of in heads.items()}, round(_LEAST_GROUP / max(response, 0.2)))
    if len(kept) == 1:
        return {"ALL": [sum(each) for each in zip(*heads.values(), strict=True)]}
    added: dict[str, Sequence[int]] = {}
    for group, of in heads.items():
        if group in kept:
            added[group] = of
        else:
            last = next(reversed(added))
            added[last] = [a + b for a, b in zip(added[last], of, strict=True)]
    return added


def _wave(chance: "np.random.RandomState", before: _Cell | None, answers: int, mood: float) -> _Cell:
    """Who answers this time. Most answered last time, and so many that no question moves as if its scale was new."""
    import numpy as np

    again = (0.0,) if before is None else _PEOPLE_WHO_ANSWER_AGAIN
    for share in again:
        keep = 0 if before is None else min(int(len(before.feels) * share), answers)
        feels, types = chance.standard_normal(answers - keep), chance.randint(0, _TYPES, answers - keep)
        if before is not None:
            who = chance.permutation(len(before.feels))[:keep]
            feels, types = np.concatenate([before.feels[who], feels]), np.concatenate([before.types[who], types])
        cell = _answered(feels, types, mood)
        if before is None or float(np.abs(cell.means - before.means).max()) <= _MOST_MOVE:
            return cell
    assert before is not None
    return before


def _answered(feels: "Real", types: "Whole", mood: float) -> _Cell:
    import numpy as np

    steps = np.clip(np.rint((feels + mood - _LOWEST) / _GRID).astype(np.int64), 0, _STEPS - 1)
    who = steps * _TYPES + types
    said = _people()[who].sum(axis=0, dtype=np.int64)
    counts = said[: len(STAFF_QUESTIONS) * (_ANSWERS + 1)].reshape(-1, _ANSWERS + 1)[:, :_ANSWERS]
    means = counts @ np.arange(1, _ANSWERS + 1) / np.maximum(counts.sum(axis=1), 1)
    return _Cell(feels, types, who, said, means)


@cache
def _people() -> "Whole":
    """One row a kind of person: for each question six columns, of which the one that the person chose is 1 (the last is
    "not applicable"), then for each score, engagement last, whether there is one, its steps above the least, and those
    squared. Whole numbers, so that sums are exact."""
    import numpy as np

    chance = np.random.RandomState(SEED)
    scatter = chance.standard_normal((1, _TYPES, len(STAFF_QUESTIONS)))
    scatter = (scatter - scatter.mean(axis=1, keepdims=True)) / scatter.std(axis=1, keepdims=True)
    is_left_out = chance.random_sample((1, _TYPES, len(STAFF_QUESTIONS))) < NOT_APPLICABLE_SHARE
    feels = (_LOWEST + _GRID * np.arange(_STEPS)).reshape(-1, 1, 1)
    felt = feels + scatter + np.array(list(STAFF_QUESTIONS.values()))
    answers = sum((felt > cut).astype(np.int64) for cut in STAFF_CUTS)
    answers = np.where(np.broadcast_to(is_left_out, felt.shape), _ANSWERS, answers).reshape(-1, len(STAFF_QUESTIONS))
    columns = [(answers == answer).astype(np.int64) for answer in range(_ANSWERS + 1)]
    chosen = np.stack(columns, axis=2).reshape(len(answers), -1)
    names = list(STAFF_QUESTIONS)
    scores = []
    for questions in (*SCORES.values(), sum(SCORES.values(), ())):
        of = answers[:, [names.index(question) for question in questions]]
        has = (of < _ANSWERS).all(axis=1).astype(np.int64)
        steps = of.sum(axis=1) * has
        scores += [has, steps, steps**2]
    people: Whole = np.concatenate([chosen, np.stack(scores, axis=1)], axis=1)
    return people.astype(np.int32)


def _items(member: Member, said: Sequence[int]) -> list[tuple[str, list[str]]]:
    """Each item and the cells from n_1 on."""
    width = _ANSWERS + 1
    items = []
    for place, question in enumerate(STAFF_QUESTIONS):
        counts = said[place * width : (place + 1) * width]
        items.append((question, [*map(str, counts), str(sum(counts)), "", "", ""]))
    if member.staff_instrument == "short1":
        return items[:1]
    for place, score in enumerate((*SCORES, "engagement")):
        has, steps, squares = said[len(STAFF_QUESTIONS) * width + place * 3 :][:3]
        step = 10 / (4 * (9 if score == "engagement" else 3))
        items.append((score, [""] * 7 + [str(has), _plain(steps * step), _plain(squares * step**2)]))
    return items


def _plain(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")
