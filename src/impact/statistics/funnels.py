"""Funnel limits around a benchmark, and their widening for overdispersion: METHODS section 4.

Which benchmark (that of the peers, the organisation itself left out) and which words a verdict has belong elsewhere:
the target is given, and what comes back is where the value lies.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from impact.statistics.intervals import CONFIDENCES, limit_names, poisson_limits_of, z_of
from impact.statistics.tables import (
    Numbers,
    Truths,
    by_row,
    in_duckdb,
    multiplier_of,
    numbers,
    numbers_or_same,
    placed,
    refuse,
    with_columns,
)

POSITIONS = ("below 99.8%", "below 95%", "inside 95%", "above 95%", "above 99.8%")
"""Where a value can lie in a funnel, from the bottom up. On a limit is inside it."""

_NARROW = ("share_funnel_lower", "share_funnel_upper")
_WIDE = ("widened_share_lower", "widened_share_upper")
_WIDE_RATIO = ("widened_ratio_lower", "widened_ratio_upper")


@dataclass(frozen=True)
class Dispersion:
    """How far organisations lie apart beyond chance. `phi` is the mean squared z-score, near 1 where chance explains
    all; `tau_squared` is the variance between organisations on the scale of the standard errors; `members` entered
    both."""

    phi: float
    tau_squared: float
    members: int


def dispersion(z_scores: Numbers, standard_errors: Numbers) -> Dispersion:
    """Phi and tau^2 of z-scores with their standard errors, both as they are given (cut off or drawn in beforehand).

    phi = sum z^2 / n; tau^2 = max(0, (n phi - (n - 1)) / (sum w - sum w^2 / sum w)), w = 1 / s^2. Of a single
    organisation tau^2 is 0: nothing lies apart. Raises ValueError for none, for arrays of two lengths and for an error
    of 0 or less. Source: Spiegelhalter 2005, DerSimonian and Laird 1986; FunnelPlotR.
    """
    size = len(z_scores)
    if not size or size != len(standard_errors):
        raise ValueError(
            f"There are {size} z-scores and {len(standard_errors)} standard errors: as many, and some, are needed."
        )
    refuse(~(np.isfinite(z_scores) & np.isfinite(standard_errors) & (standard_errors > 0)), "No such z-score or error")
    squares = math.fsum(z_scores**2)
    weights = 1 / standard_errors**2
    total = math.fsum(weights)
    spread = total - math.fsum(weights**2) / total
    tau_squared = max(0.0, (squares - (size - 1)) / spread) if size > 1 else 0.0
    return Dispersion(squares / size, tau_squared, size)


def cut_off(z_scores: Numbers, share: float) -> Truths:
    """Which z-scores stay when the share at each end is left out, by rank. Of few organisations none is left out.

    With k = 1 / share those stay whose rank r has 1 <= floor(r k / (n + 1)) < k - 1; ties have their mean rank.
    Source: NHS England's SHMI, as in FunnelPlotR.
    """
    _check_share(share)
    if share == 0:
        return np.ones(len(z_scores), dtype=bool)
    ranks = pd.Series(z_scores).rank(method="average").to_numpy(dtype=float)
    places = np.floor(ranks * (1 / share) / (len(z_scores) + 1))
    return np.asarray((places >= 1) & (places < 1 / share - 1), dtype=bool)


def drawn_in(z_scores: Numbers, share: float) -> Numbers:
    """Z-scores with those beyond the quantiles `share` and 1 - `share` (type 7) put on them: winsorised. All stay."""
    _check_share(share)
    return np.asarray(np.clip(z_scores, np.quantile(z_scores, share), np.quantile(z_scores, 1 - share)), dtype=float)


def share_limits(table: pd.DataFrame, n: str, target: float | str, multiplier: float = 1) -> pd.DataFrame:
    """Funnel limits of a share at each n, around a target (a number or a column, 0 to 1), without widening.

    Adds `lower_95`, `upper_95`, `lower_99_8` and `upper_99_8`, times the multiplier, never outside 0 and 1 times it.
    Raises ValueError for an n that is missing, infinite, text, 0 or less, and for a target outside 0 to 1.
    Source: PHEindicatormethods, calculate_funnel_limits.
    """
    inputs = {"n": numbers(table, n, above=0.0), "target": _target(table, target)}
    return with_columns(table, by_row(_limits(_NARROW, "target, n", multiplier_of(multiplier)), **inputs))


def share_funnel(
    table: pd.DataFrame, x: str, n: str, target: float | str | None = None, multiplier: float = 1
) -> pd.DataFrame:
    """Where the share x of n lies in the funnel around a target, without widening; without a target, around all pooled.

    Adds `value`, `target`, the four limits, all times the multiplier, and `position`, one of `POSITIONS`.
    Raises ValueError for a number that is missing, infinite, negative or text, an n of 0 and x over n.
    Source: PHEindicatormethods, assign_funnel_significance.
    """
    numerator, denominator, aim = _shares(table, x, n, target)
    scale = multiplier_of(multiplier)
    expressions = {"value": "x / n", "target": "target", **_limits(_NARROW, "target, n", 1.0)}
    return with_columns(table, _funnel(expressions, scale, x=numerator, n=denominator, target=aim))


def poisson_ratio_limits(table: pd.DataFrame, expected: str, multiplier: float = 1) -> pd.DataFrame:
    """Funnel limits of observed over expected around 1, exact Poisson, without widening. Expected need not be whole.

    Adds the four limits, times the multiplier. Raises ValueError for an expected number that is missing, infinite,
    text, 0 or less. Source: FunnelPlotR.
    """
    events = numbers(table, expected, above=0.0)
    scale = multiplier_of(multiplier)
    added = {}
    for level in CONFIDENCES:
        lower, upper = limit_names(level)
        below, above = poisson_limits_of(events, level)
        added[lower], added[upper] = below / events * scale, above / events * scale
    return with_columns(table, added)


def widened_ratio_funnel(
    table: pd.DataFrame, observed: str, expected: str, share_cut_off: float = 0.1, multiplier: float = 1
) -> pd.DataFrame:
    """Observed over expected (SHMI) in the funnel around 1, widened for overdispersion; each row an organisation.

    y = ln(O/E), s = 1/sqrt(E), z = y/s; phi and tau^2 from the z-scores without `share_cut_off` at each end; limits
    exp(+/- z sqrt(1/E + tau^2)). Adds `value` and the four limits, times the multiplier, `z_score`, `phi` and
    `tau_squared` (the same in each row) and `position`. A table without rows has no dispersion and comes back with
    blank columns. Raises ValueError for a number that is missing, infinite or text, and for observed or expected of 0
    or less: 0 has no logarithm. Source: Spiegelhalter 2005; NHS England's SHMI; FunnelPlotR.
    """
    events = numbers(table, observed, above=0.0)
    foreseen = numbers(table, expected, above=0.0)
    scale = multiplier_of(multiplier)
    standard_errors = 1 / np.sqrt(foreseen)
    z_scores = np.log(events / foreseen) / standard_errors
    stays = cut_off(z_scores, share_cut_off)
    found = dispersion(z_scores[stays], standard_errors[stays]) if len(table) else None
    spread = _spread(found, z_scores)
    expressions = {"value": "observed / expected", **_limits(_WIDE_RATIO, "expected, tau_squared", 1.0)}
    inputs = {"observed": events, "expected": foreseen, "tau_squared": spread["tau_squared"]}
    return with_columns(table, {**_funnel(expressions, scale, **inputs), **spread})


def widened_share_funnel(
    table: pd.DataFrame,
    x: str,
    n: str,
    target: float | str | None = None,
    share_drawn_in: float = 0.1,
    multiplier: float = 1,
) -> pd.DataFrame:
    """The share x of n in the funnel around a target, widened for overdispersion; each row an organisation.

    y = arcsin sqrt p, s = 1/(2 sqrt n), z = (y - arcsin sqrt target)/s; phi and tau^2 from all z-scores, those beyond
    `share_drawn_in` at each end drawn in (0 leaves them); limits turned back to shares. Without a target, around all
    pooled. Adds `value`, `target` and the four limits, times the multiplier, `z_score`, `phi`, `tau_squared` and
    `position`. Raises ValueError as `share_funnel` does. Source: Spiegelhalter 2005; FunnelPlotR, which draws in a
    tenth at each end.
    """
    numerator, denominator, aim = _shares(table, x, n, target)
    scale = multiplier_of(multiplier)
    standard_errors = 1 / (2 * np.sqrt(denominator))
    z_scores = (np.arcsin(np.sqrt(numerator / denominator)) - np.arcsin(np.sqrt(aim))) / standard_errors
    _check_share(share_drawn_in)
    found = dispersion(drawn_in(z_scores, share_drawn_in), standard_errors) if len(table) else None
    spread = _spread(found, z_scores)
    expressions = {"value": "x / n", "target": "target", **_limits(_WIDE, "target, n, tau_squared", 1.0)}
    inputs = {"x": numerator, "n": denominator, "target": aim, "tau_squared": spread["tau_squared"]}
    return with_columns(table, {**_funnel(expressions, scale, **inputs), **spread})


def _limits(macros: tuple[str, str], arguments: str, scale: float) -> dict[str, str]:
    expressions = {}
    for level in CONFIDENCES:
        for name, macro in zip(limit_names(level), macros, strict=True):
            expressions[name] = f"{macro}({arguments}, {z_of(level)}) * {scale!r}"
    return expressions


def _funnel(expressions: Mapping[str, str], scale: float, **inputs: Numbers) -> dict[str, Any]:
    """The value, its target and its limits, times the scale, and where the value lies, decided before any scaling."""
    figures = ", ".join(f"{expression} as {name}" for name, expression in expressions.items())
    made = in_duckdb(
        f"""
        with figures as (
            select
                row_,
                {figures}
            from given
        )
        select
            *,
            funnel_position(value, lower_95, upper_95, lower_99_8, upper_99_8) as position
        from figures
        order by row_
        """,
        given=placed(**inputs),
    )
    return {**{name: made[name] * scale for name in expressions}, "position": made["position"]}


def _spread(found: Dispersion | None, z_scores: Numbers) -> dict[str, Numbers]:
    phi, tau_squared = (found.phi, found.tau_squared) if found else (np.nan, np.nan)
    return {
        "z_score": z_scores,
        "phi": np.full(len(z_scores), phi),
        "tau_squared": np.full(len(z_scores), tau_squared),
    }


def _shares(table: pd.DataFrame, x: str, n: str, target: float | str | None) -> tuple[Numbers, Numbers, Numbers]:
    numerator = numbers(table, x)
    denominator = numbers(table, n, above=0.0)
    refuse(numerator > denominator, f"Column {x!r} is greater than {n!r}")
    if target is not None or table.empty:
        return numerator, denominator, _target(table, 0.0 if target is None else target)
    pooled = math.fsum(numerator) / math.fsum(denominator)
    return numerator, denominator, np.full(len(table), pooled)


def _target(table: pd.DataFrame, target: float | str) -> Numbers:
    aim = numbers_or_same(table, target, "target")
    refuse(aim > 1, f"The target {target!r} is over 1")
    return aim


def _check_share(share: float) -> None:
    if not 0 <= share < 0.5:
        raise ValueError(f"The share at each end must be from 0 to less than a half, not {share!r}.")
