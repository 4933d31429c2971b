"""Generated sectors: that they are what they say, come out the same again, and what is made of many."""

from collections.abc import Callable
from math import sqrt
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from impact.cli import main
from impact.demo.planted import ABSENCE_PERCENT, PERIODS, STAFF_SATISFIED_PERCENT, USERS_POSITIVE_PERCENT, months
from impact.simulation.outcomes import Outcome, outcomes
from impact.simulation.run import simulate
from impact.simulation.sector import (
    ABSENCE,
    DELIVERY_MODELS,
    EARLIEST_SPIN_OUT,
    ENGAGEMENT,
    LATEST_SPIN_OUT,
    SPIN_OUTS,
    STAFF,
    USERS,
    Real,
    Sector,
    draw_sector,
    planted_effect,
)
from impact.simulation.summary import covers, mean, share, share_of_counts, table
from impact.simulation.tables import EFFECT, INDICATORS, LAST, VERDICT, build, needed, start

_SEED = 1
_MODELS = [model for model, count in DELIVERY_MODELS.items() for _ in range(count)]


@pytest.fixture(scope="module")
def with_effect() -> list[Sector]:
    return [draw_sector(_SEED, number, True) for number in range(24)]


@pytest.fixture(scope="module")
def without() -> list[Sector]:
    return [draw_sector(_SEED, number, False) for number in range(24)]


def rates(sector: Sector) -> dict[str, Real]:
    """Each indicator of each organisation (down) in each month or wave (across), on its own scale."""
    return {
        ABSENCE: sector.lost / sector.available * 100,
        STAFF: sector.positive / np.maximum(sector.answered, 1) * 100,
        ENGAGEMENT: sector.score_steps / np.maximum(sector.scored, 1) * 10 / 36,
        USERS: sector.satisfied / sector.answers * 100,
    }


def is_after(sector: Sector, columns: int) -> Any:
    """For those that spun out, whether a month, or the middle month of a wave, lies after it."""
    month = np.arange(len(months())) if columns == len(months()) else np.arange(len(months()))[1::3]
    return sector.spun_out[:SPIN_OUTS, None] <= month


def is_near(values: list[float], expected: float, least: float = 0.0) -> bool:
    """Whether the mean of independent values is within four standard errors (and what clipping may add) of another."""
    return abs(float(np.mean(values)) - expected) <= 4 * float(np.std(values, ddof=1)) / sqrt(len(values)) + least


def test_a_sector_is_the_same_whenever_it_is_drawn() -> None:
    again, other = draw_sector(3, 5, True), draw_sector(3, 6, True)
    for name, value in vars(draw_sector(3, 5, True)).items():
        assert np.array_equal(value, vars(again)[name]), name
    assert not np.array_equal(again.lost, other.lost)


def test_a_sector_holds_whom_it_says(with_effect: list[Sector]) -> None:
    for sector in with_effect:
        assert list(sector.delivery_models) == _MODELS
        assert 2 <= len(set(sector.sectors)) <= 7
        assert (sector.spun_out[:SPIN_OUTS] >= EARLIEST_SPIN_OUT).all()
        assert (sector.spun_out[:SPIN_OUTS] <= LATEST_SPIN_OUT).all()
        assert (sector.spun_out[SPIN_OUTS:] == -1).all()
        assert sector.lost.shape == sector.answers.shape == (len(_MODELS), len(months()))
        assert sector.positive.shape == (len(_MODELS), len(PERIODS))


def test_numerators_lie_within_their_denominators(with_effect: list[Sector]) -> None:
    for sector in with_effect:
        for part, whole in (
            (sector.lost, sector.available),
            (sector.positive, sector.answered),
            (sector.satisfied, sector.answers),
            (sector.scored, sector.answered + sector.not_applicable),
            (sector.score_steps, 36 * sector.scored),
            (sector.answered + sector.not_applicable, sector.eligible),
        ):
            assert np.isfinite(part).all()
            assert (part >= 0).all()
            assert (part <= whole).all()


@pytest.mark.parametrize("model", ["in_house", "outsourced"])
def test_planted_levels_come_out(with_effect: list[Sector], model: str) -> None:
    rows = [place for place, other in enumerate(_MODELS) if other == model]
    found = [rates(sector) for sector in with_effect]
    assert is_near([one[ABSENCE][rows].mean() for one in found], ABSENCE_PERCENT[model])
    # A spread of moods pulls shares towards a half, by 0.3 of a point and by 0.4.
    assert is_near([one[STAFF][rows].mean() for one in found], STAFF_SATISFIED_PERCENT[model], 0.5)
    assert is_near([one[USERS][rows].mean() for one in found], USERS_POSITIVE_PERCENT[model], 0.5)


@pytest.mark.parametrize("indicator_id", INDICATORS)
@pytest.mark.parametrize("has_effect", [True, False])
def test_the_planted_effect_comes_out(
    with_effect: list[Sector], without: list[Sector], indicator_id: str, has_effect: bool
) -> None:
    steps = []
    for sector in with_effect if has_effect else without:
        every = rates(sector)[indicator_id]
        # What moves all alike, and the winter, is taken out with the mean of the others.
        own = every[:SPIN_OUTS] - every[SPIN_OUTS:].mean(axis=0)
        after = is_after(sector, own.shape[1])
        pairs = zip(own, after, strict=True)
        steps.append(float(np.mean([line[here].mean() - line[~here].mean() for line, here in pairs])))
    assert is_near(steps, planted_effect(indicator_id) if has_effect else 0.0)


def test_absence_has_a_winter_and_carries_over_months(without: list[Sector]) -> None:
    every = np.mean([(sector.lost.sum(axis=0) / sector.available.sum(axis=0)) for sector in without], axis=0)
    number = np.array([month.month for month in months()])
    assert every[number == 1].mean() / every[number == 7].mean() > 1.25
    carried = []
    for sector in without:
        rate = sector.lost / sector.available
        apart = rate - rate.mean(axis=0) - rate.mean(axis=1, keepdims=True) + rate.mean()
        carried.append(float((apart[:, 1:] * apart[:, :-1]).mean() / (apart**2).mean()))
    assert np.mean(carried) > 0.3


def test_something_is_missing_of_every_feed(with_effect: list[Sector]) -> None:
    sent = [np.mean([one.mean() for one in masks]) for masks in zip(*map(_sent, with_effect), strict=True)]
    assert sent == pytest.approx([0.995, 0.95, 0.96], abs=0.003)


def _sent(sector: Sector) -> tuple[Any, Any, Any]:
    return sector.absence_is_sent, sector.staff_is_sent, sector.users_are_sent


def test_the_real_sql_sees_what_was_generated() -> None:
    sector = draw_sector(_SEED, 1, True)
    connection = start()
    for _ in range(2):  # the second takes the place of the first
        build(connection, sector, ["indicators.organisation_indicator"])
    rows = connection.execute(
        "select organisation_code, indicator_id, numerator, denominator from indicators.organisation_indicator "
        "where grain = 'quarter' and period_id = '2026-Q2' order by all"
    ).fetchall()
    found = {(code, indicator_id): (float(over), float(under)) for code, indicator_id, over, under in rows}
    expected: dict[tuple[str, str], tuple[float, float]] = {}
    for place in range(len(_MODELS)):
        code = f"O{place:03}"
        for indicator_id, over, under, is_sent in (
            (ABSENCE, sector.lost, sector.available, sector.absence_is_sent),
            (STAFF, sector.positive, sector.answered, sector.staff_is_sent),
            (ENGAGEMENT, np.round(sector.score_steps * (10 / 36), 6), sector.scored, sector.staff_is_sent),
            (USERS, sector.satisfied, sector.answers, sector.users_are_sent),
        ):
            last = 1 if indicator_id in (STAFF, ENGAGEMENT) else 3
            here = is_sent[place, -last:]
            if here.any():
                parts = float(over[place, -last:][here].sum()), float(under[place, -last:][here].sum())
                expected[code, indicator_id] = parts
    assert found.keys() == expected.keys()
    for key, parts in expected.items():
        assert found[key] == pytest.approx(parts, rel=1e-9), key


def test_years_before_the_last_change_nothing() -> None:
    sector = draw_sector(_SEED, 2, True)
    connection = start()
    build(connection, sector)
    last = [f"select * from {table} where period_id = '{LAST}' order by all" for table in (EFFECT, VERDICT)]
    found = [connection.execute(query).fetchall() for query in last]
    for model in needed((EFFECT, VERDICT)):
        connection.execute(f"create or replace table {model.name} as {model.sql}")
    assert [connection.execute(query).fetchall() for query in last] == found
    assert all(found)


def test_only_what_is_needed_is_built() -> None:
    names = [model.name for model in needed(("benchmarks.compared",))]
    assert names[-1] == "benchmarks.compared"
    assert not [name for name in names if name.startswith("published.")]


def test_verdicts_are_counted_where_neither_organisation_nor_peers_spun_out() -> None:
    sector = draw_sector(_SEED, 1, True)
    place_of = {model: _MODELS.index(model) for model in DELIVERY_MODELS}
    mutual = sector.sectors[0]
    connection = start()
    connection.execute("create table benchmarks.spin_out_effect (indicator_id text, period_id text, effect double)")
    connection.execute("alter table benchmarks.spin_out_effect add column lower_95 double")
    connection.execute("alter table benchmarks.spin_out_effect add column upper_95 double")
    connection.execute(f"insert into benchmarks.spin_out_effect values ('{STAFF}', '2026-Q2', 5, 1, 9)")
    connection.execute(
        "create table benchmarks.verdict (indicator_id text, grain text, period_id text, organisation_code text, "
        "scope text, verdict text)"
    )
    same_sector = next(place for place in range(SPIN_OUTS, 44) if sector.sectors[place] == mutual)
    for place, scope, verdict in (
        (place_of["in_house"], "sector", "much worse"),
        (place_of["in_house"] + 1, "all_sectors", "better"),
        (place_of["outsourced"], "all_sectors", "similar"),
        (place_of["outsourced"] + 1, "sector", "not compared"),
        (0, "sector", "much better"),
        (same_sector, "sector", "much better"),
        (same_sector, "all_sectors", "much better"),
    ):
        values = [STAFF, "rolling_year", "2026-Q2", f"O{place:03}", scope, verdict]
        connection.execute("insert into benchmarks.verdict values (?, ?, ?, ?, ?, ?)", values)
    nothing = Outcome(ABSENCE, False, None, None, None, 0, 0, 0)
    assert outcomes(connection, sector, False)[:2] == [nothing, Outcome(STAFF, False, 5, 1, 9, 3, 2, 1)]
    assert outcomes(connection, sector, True)[1] == Outcome(STAFF, True, 5, 1, 9, 0, 0, 0)


@pytest.mark.parametrize(
    ("made", "value", "error", "of"),
    [
        (lambda: mean([]), None, None, 0),
        (lambda: mean([2.0]), 2.0, None, 1),
        (lambda: mean([1.0, 3.0]), 2.0, sqrt(2 / 2), 2),
        (lambda: share([]), None, None, 0),
        (lambda: share([True, True, False, True]), 0.75, sqrt(0.75 * 0.25 / 4), 4),
        (lambda: share_of_counts([(0, 0)]), None, None, 0),
        (lambda: share_of_counts([(1, 4)]), 0.25, None, 4),
        (lambda: share_of_counts([(1, 4), (3, 4)]), 0.5, sqrt((1 + 1) * 2) / 8, 8),
    ],
)
def test_shares_stand_beside_their_standard_error(
    made: Callable[[], Any], value: float | None, error: float | None, of: int
) -> None:
    found = made()
    assert (found.value, found.of) == (value, of)
    assert found.standard_error == (None if error is None else pytest.approx(error))


def test_an_interval_covers_its_ends() -> None:
    outcome = Outcome(ABSENCE, True, 1.5, 1.0, 2.0, 0, 0, 0)
    assert [covers(outcome, value) for value in (0.99, 1.0, 2.0, 2.01)] == [False, True, True, False]


def test_the_table_says_what_was_found() -> None:
    effect = planted_effect(ABSENCE)
    found = [
        Outcome(ABSENCE, True, effect, effect - 1, effect + 0.1, 0, 0, 0),
        Outcome(ABSENCE, True, effect - 1, effect - 2, effect - 0.5, 0, 0, 0),
        Outcome(ABSENCE, False, 0.2, -0.1, 0.5, 20, 1, 1),
        Outcome(ABSENCE, False, None, None, None, 10, 1, 0),
        Outcome(ABSENCE, False, None, None, None, 10, 0, 0),
    ]
    lines = table(found).splitlines()
    assert len({line.count("|") for line in lines}) == 1
    assert lines[2] == (
        "| Sickness absence rate | -0.80 | -1.300 ± 0.500 | 50.0% ± 35.36 | 100.0% ± 0.00 | 100.0% ± 0.00 "
        # 1 of 20, 1 of 10, 0 of 10: sqrt((0 + 0.5 ** 2 + 0.5 ** 2) * 3 / 2) / 40; and (0.5, 0.25, 0.25) beyond 99.8%.
        "| 0.0% ± 0.00 | 5.0% ± 2.17 | 2.50% ± 1.88 |"
    )
    assert lines[4] == "| Staff engagement | +0.51 | none | none | none | none | none | none | none |"


@pytest.fixture(scope="module")
def twenty() -> tuple[Outcome, ...]:
    return simulate(10, _SEED, 1)


@pytest.mark.long
def test_twenty_sectors_go_through_the_real_sql(twenty: tuple[Outcome, ...]) -> None:
    assert [one.indicator_id for one in twenty] == list(INDICATORS) * 20
    assert [one.has_effect for one in twenty] == ([True] * len(INDICATORS) + [False] * len(INDICATORS)) * 10
    for indicator_id in INDICATORS:
        found = [one for one in twenty if one.indicator_id == indicator_id]
        with_interval = [one for one in found if one.lower_95 is not None]
        assert len(with_interval) >= 15
        assert sum(covers(one, planted_effect(indicator_id) if one.has_effect else 0.0) for one in with_interval) >= 15
        assert sum(one.verdicts for one in found) > 10 * 20
        # A gross fault only: twenty sectors cannot tell 5% from 8%.
        assert sum(one.beyond_95 for one in found) < 0.1 * sum(one.verdicts for one in found)
        assert all(one.beyond_99_8 <= one.beyond_95 <= one.verdicts for one in found)


@pytest.mark.long
def test_processes_and_runs_change_nothing(twenty: tuple[Outcome, ...]) -> None:
    assert simulate(2, _SEED, 2) == twenty[: 4 * len(INDICATORS)]


def test_the_command_prints_the_table_and_what_it_was_made_of() -> None:
    done = CliRunner().invoke(main, ["simulate", "--sectors", "1", "--seed", "3", "--processes", "1"])
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    assert lines[0].startswith("| Indicator | Effect planted |")
    assert len([line for line in lines if line.startswith("|")]) == 2 + len(INDICATORS)
    assert "1 sectors with an effect and 1 without, seed 3" in done.output
