"""Many sectors, in as many processes as there are. What comes out is the same however many they are."""

import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache

import duckdb

from impact.simulation.outcomes import Outcome, outcomes, wanted
from impact.simulation.sector import draw_sector
from impact.simulation.tables import build, start

_TOLD_EVERY = 100


def simulate(
    sectors: int, seed: int, processes: int, tell: Callable[[int], None] = lambda _: None
) -> tuple[Outcome, ...]:
    """Outcomes of so many sectors with an effect planted, and of as many others without one. `tell` hears now and then
    how many are done."""
    asked = [(seed, number, has_effect) for number in range(1, sectors + 1) for has_effect in (True, False)]
    found: list[Outcome] = []
    for done, of_sector in enumerate(_each(asked, processes), start=1):
        found += of_sector
        if done % _TOLD_EVERY == 0:
            tell(done)
    return tuple(found)


def prove(asked: tuple[int, int, bool]) -> list[Outcome]:
    """The outcomes of one sector: its seed, its number, and whether an effect is planted in it."""
    seed, number, has_effect = asked
    sector = draw_sector(seed, number, has_effect)
    connection = _connection()
    build(connection, sector, wanted(has_effect))
    return outcomes(connection, sector, has_effect)


def _each(asked: Iterable[tuple[int, int, bool]], processes: int) -> Iterator[list[Outcome]]:
    if processes == 1:
        yield from map(prove, asked)
        return
    # A process that is forked while DuckDB runs threads can hang: each starts anew.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        yield from pool.map(prove, asked, chunksize=4)


@cache
def _connection() -> duckdb.DuckDBPyConnection:
    """One database a process, which holds one sector at a time."""
    return start()
