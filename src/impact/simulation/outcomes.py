"""What the tables say of a generated sector, one indicator at a time: the interval of the effect of spinning out, and
how many verdicts on exchangeable organisations lie beyond their limits.

How outcomes of many sectors add up belongs in `summary`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from impact.simulation.sector import Sector
from impact.simulation.tables import EFFECT, INDICATORS, LAST, VERDICT, organisation_codes


@dataclass(frozen=True)
class Outcome:
    """Of one sector and indicator: the effect with its interval, None where there is none; verdicts on exchangeable
    organisations, and how many of them are beyond 95% (those beyond 99.8% too) and beyond 99.8%. Verdicts are read only
    where no effect is planted: they do not hang on it."""

    indicator_id: str
    has_effect: bool
    effect: float | None
    lower_95: float | None
    upper_95: float | None
    verdicts: int
    beyond_95: int
    beyond_99_8: int


def wanted(has_effect: bool) -> tuple[str, ...]:
    """The tables that the outcomes of such a sector are read from."""
    return (EFFECT,) if has_effect else (EFFECT, VERDICT)


def outcomes(connection: duckdb.DuckDBPyConnection, sector: Sector, has_effect: bool) -> list[Outcome]:
    """One an indicator, in the order of the table. Raises AssertionError when a table has two answers for one."""
    effects = _effects(connection)
    verdicts = [] if has_effect else list(_verdicts(connection, sector))
    found = []
    for indicator_id in INDICATORS:
        words = [word for of, word in verdicts if of == indicator_id]
        beyond_99_8 = sum(word.startswith("much ") for word in words)
        beyond_95 = sum(word != "similar" for word in words)
        effect = effects.get(indicator_id, (None, None, None))
        found.append(Outcome(indicator_id, has_effect, *effect, len(words), beyond_95, beyond_99_8))
    return found


def _effects(
    connection: duckdb.DuckDBPyConnection,
) -> dict[str, tuple[float | None, float | None, float | None]]:
    rows = connection.execute(
        f"select indicator_id, effect, lower_95, upper_95 from {EFFECT} where period_id = ?", [LAST]
    ).fetchall()
    found = {indicator_id: (effect, lower_95, upper_95) for indicator_id, effect, lower_95, upper_95 in rows}
    assert len(found) == len(rows), "a generated sector has one basis and one instrument of each kind"
    return found


def _verdicts(connection: duckdb.DuckDBPyConnection, sector: Sector) -> Iterator[tuple[str, str]]:
    """Indicator and verdict of each organisation that is compared and of which neither it nor any peer spun out."""
    codes = organisation_codes(sector)
    kind = dict(zip(codes, zip(sector.delivery_models, sector.sectors, strict=True), strict=True))
    spun_out = {code for code, month in zip(codes, sector.spun_out.tolist(), strict=True) if month >= 0}
    models_with, groups_with = {kind[code][0] for code in spun_out}, {kind[code] for code in spun_out}
    rows = connection.execute(
        f"select indicator_id, organisation_code, scope, verdict from {VERDICT} "
        "where grain = 'rolling_year' and period_id = ? and verdict <> 'not compared' order by all",
        [LAST],
    ).fetchall()
    for indicator_id, code, scope, verdict in rows:
        if kind[code] in groups_with or (scope != "sector" and kind[code][0] in models_with):
            continue
        yield indicator_id, verdict
