"""Intervals of shares, counts, rates and means: METHODS section 2. Verdicts do not come from these; see `funnels`.

Days of absence come in spells and are not independent, so none of these is for them.
"""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from impact.statistics.tables import (
    Numbers,
    by_row,
    groups,
    in_duckdb,
    multiplier_of,
    numbers,
    placed,
    refuse,
    with_columns,
)

CONFIDENCES = (0.95, 0.998)
"""The two levels in use: two and three standard errors, near enough."""

EXACT_BELOW = 10
"""Byar's approximation is good from this count; below it the exact limits are used, as PHEindicatormethods does."""


def z_of(confidence: float) -> str:
    """The macro of the standard normal quantile. Raises ValueError unless the confidence is one of `CONFIDENCES`.

    METHODS prints the quantiles with six decimals, with which the peers' ninth would not be met; the macros have all.
    """
    return {0.95: "z_95()", 0.998: "z_99_8()"}[_known(confidence)]


def limit_names(confidence: float) -> tuple[str, str]:
    """The columns of an interval: lower_95 and upper_95, or lower_99_8 and upper_99_8."""
    level = f"{_known(confidence) * 100:g}".replace(".", "_")
    return f"lower_{level}", f"upper_{level}"


def wilson(
    table: pd.DataFrame, x: str, n: str, confidence: float | Sequence[float] = 0.95, multiplier: float = 1
) -> pd.DataFrame:
    """The share x of n with Wilson's interval.

    Adds `value`, and `lower_95` and `upper_95` or `lower_99_8` and `upper_99_8` for each level of confidence, all times
    the multiplier (100 for percentages). Blank where x or n is missing, and for 0 of 0. x and n need not be whole.
    Raises ValueError for a negative number, x over n, an infinite number and text.
    Source: PHEindicatormethods, phe_proportion; Wilson 1927, Newcombe 1998.
    """
    numerator = numbers(table, x, may_be_missing=True)
    denominator = numbers(table, n, may_be_missing=True)
    refuse(numerator > denominator, f"Column {x!r} is greater than {n!r}")
    scale = multiplier_of(multiplier)
    expressions = {"value": f"cast(x as double) / nullif(n, 0) * {scale!r}"}
    for level in _levels(confidence):
        lower, upper = limit_names(level)
        expressions[lower] = f"wilson_lower(x, n, {z_of(level)}) * {scale!r}"
        expressions[upper] = f"wilson_upper(x, n, {z_of(level)}) * {scale!r}"
    return with_columns(table, by_row(expressions, x=numerator, n=denominator))


def byar(table: pd.DataFrame, x: str, confidence: float | Sequence[float] = 0.95) -> pd.DataFrame:
    """Byar's interval of a count, whatever its size; `counts` uses it from 10 only.

    Adds the limits of each level of confidence. Blank where x is missing; the lower one is blank too where the formula
    would give less than 0. Raises ValueError for a count that is negative, not whole, infinite or text.
    Source: PHEindicatormethods, byars_lower and byars_upper; Breslow and Day 1987.
    """
    count = numbers(table, x, may_be_missing=True, is_whole=True)
    expressions = {}
    for level in _levels(confidence):
        lower, upper = limit_names(level)
        expressions[lower] = f"byar_lower(x, {z_of(level)})"
        expressions[upper] = f"byar_upper(x, {z_of(level)})"
    return with_columns(table, by_row(expressions, x=count))


def counts(table: pd.DataFrame, x: str, confidence: float | Sequence[float] = 0.95) -> pd.DataFrame:
    """The interval of a count: exact Poisson below 10, Byar's from 10.

    Adds `method` ("exact" or "byar") and the limits of each level of confidence. Blank where x is missing.
    Raises ValueError for a count that is negative, not whole, infinite or text. Source: as `rate`.
    """
    return with_columns(
        table, _count_limits(numbers(table, x, may_be_missing=True, is_whole=True), _levels(confidence))
    )


def rate(
    table: pd.DataFrame, x: str, n: str, confidence: float | Sequence[float] = 0.95, multiplier: float = 100_000
) -> pd.DataFrame:
    """A count x over a population n, which it may exceed: exact Poisson limits below 10, Byar's from 10.

    Adds `value`, `method` ("exact" or "byar", known wherever the count is) and the limits of each level of confidence,
    all per `multiplier`. Blank where x or n is missing, and for 0 of 0.
    Raises ValueError for a count that is negative or not whole, a count of no population, an infinite number and text.
    Source: PHEindicatormethods, phe_rate.
    """
    count = numbers(table, x, may_be_missing=True, is_whole=True)
    population = numbers(table, n, may_be_missing=True)
    refuse((count > 0) & (population == 0), f"Column {x!r} counts something where {n!r} is 0")
    scale = multiplier_of(multiplier) / np.where(population > 0, population, np.nan)
    limits = _count_limits(count, _levels(confidence))
    scaled = {name: values if name == "method" else values * scale for name, values in limits.items()}
    return with_columns(table, {"value": count * scale, **scaled})


def mean(
    table: pd.DataFrame, value: str, by: Sequence[str] = (), confidence: float | Sequence[float] = 0.95
) -> pd.DataFrame:
    """The mean of each group of rows with Student's interval, beside every row of the group.

    Adds `value_count`, `value_sum`, `standard_deviation`, `mean` and the limits of each level of confidence; for one
    row a group, drop the duplicates of `by`. Blank deviation and limits in a group of one. The order of rows changes
    no digit. Raises ValueError for a missing or infinite value and text. Source: PHEindicatormethods, phe_mean.
    """
    values = numbers(table, value, least=None)
    member_of = groups(table, by)
    added: dict[str, Numbers] = {
        name: np.full(len(table), np.nan) for name in ("value_sum", "standard_deviation", "mean")
    }
    sizes = np.bincount(member_of, minlength=1)
    for group in np.unique(member_of):
        inside = member_of == group
        total = math.fsum(values[inside])
        centre = total / sizes[group]
        added["value_sum"][inside] = total
        added["mean"][inside] = centre
        if sizes[group] > 1:
            squares = math.fsum((values[inside] - centre) ** 2)
            added["standard_deviation"][inside] = math.sqrt(squares / (sizes[group] - 1))
    size = sizes[member_of] if len(table) else np.zeros(0, dtype=np.int64)
    for level in _levels(confidence):
        lower, upper = limit_names(level)
        half = _t(size, level) * added["standard_deviation"] / np.sqrt(size)
        added[lower], added[upper] = added["mean"] - half, added["mean"] + half
    return with_columns(table, {"value_count": size, **added})


def mean_of_sums(
    table: pd.DataFrame, n: str, total: str, squares: str, confidence: float | Sequence[float] = 0.95
) -> pd.DataFrame:
    """The mean of n values known by their sum and sum of squares, with Student's interval: staff engagement comes so.

    Adds `mean`, `standard_deviation` and the limits of each level of confidence. Blank where one of the three is
    missing; blank deviation and limits for fewer than two values.
    Raises ValueError for a number of values that is negative or not whole, a negative sum of squares, a sum of squares
    that no n values with that sum can have, an infinite number and text. Source: METHODS section 2.
    """
    number = numbers(table, n, may_be_missing=True, is_whole=True)
    summed = numbers(table, total, may_be_missing=True, least=None)
    of_squares = numbers(table, squares, may_be_missing=True)
    least = summed**2 / np.where(number > 0, number, np.nan)
    # Sums of decimals are exact and their quotient is not: what is short by one part in a thousand million is rounding.
    impossible = of_squares < least * (1 - 1e-9)
    impossible |= (number == 0) & ((summed != 0) | (of_squares != 0)) & ~np.isnan(summed) & ~np.isnan(of_squares)
    refuse(impossible, f"No {n!r} values with the sum {total!r} can have the sum of squares {squares!r}")
    known = ~(np.isnan(number) | np.isnan(summed) | np.isnan(of_squares))
    inputs = {
        name: np.where(known, values, np.nan)
        for name, values in {"n": number, "total": summed, "squares": of_squares}.items()
    }
    expressions = {"mean": "total / nullif(n, 0)", "standard_deviation": "deviation_of_sums(n, total, squares)"}
    for level in _levels(confidence):
        lower, upper = limit_names(level)
        inputs[f"t_{lower}"] = _t(inputs["n"], level)
        expressions[lower] = f"mean_lower(n, total, squares, t_{lower})"
        expressions[upper] = f"mean_upper(n, total, squares, t_{lower})"
    return with_columns(table, by_row(expressions, **inputs))


def exact_poisson_limits(confidence: float, below: int = EXACT_BELOW) -> pd.DataFrame:
    """The exact Poisson limits of each count under `below`: columns count, lower, upper. A small table to join.

    Half the chi-squared quantile with 2x or 2x + 2 degrees of freedom is a gamma quantile, which is what is asked for.
    """
    count = np.arange(below, dtype=np.int64)
    lower, upper = poisson_limits_of(count.astype(float), _known(confidence))
    return pd.DataFrame({"count": count, "lower": lower, "upper": upper})


def poisson_limits_of(count: Numbers, confidence: float) -> tuple[Numbers, Numbers]:
    """The exact Poisson limits of counts, whole or not; the lower one of 0 is 0. Source: Garwood 1936."""
    from scipy.special import gammaincinv

    tail = (1 - _known(confidence)) / 2
    lower = np.where(count > 0, gammaincinv(np.where(count > 0, count, 1.0), tail), 0.0)
    return np.asarray(lower, dtype=float), np.asarray(gammaincinv(count + 1, 1 - tail), dtype=float)


def t_quantiles(confidence: float, most: int) -> pd.DataFrame:
    """The two-sided quantile of Student's t for 1 to `most` degrees of freedom: columns degrees, t. A table to join."""
    from scipy.special import stdtrit

    degrees = np.arange(1, most + 1, dtype=np.int64)
    return pd.DataFrame({"degrees": degrees, "t": stdtrit(degrees.astype(float), 0.5 + _known(confidence) / 2)})


def _t(size: "Numbers | npt.NDArray[np.int64]", confidence: float) -> Numbers:
    """The quantile of Student's t for samples of these sizes, NaN for fewer than two."""
    from scipy.special import stdtrit

    degrees = np.where(size > 1, size - 1.0, np.nan)
    return np.asarray(stdtrit(degrees, 0.5 + _known(confidence) / 2), dtype=float)


def _count_limits(count: Numbers, levels: Sequence[float]) -> dict[str, pd.Series]:
    exact = {}
    columns = [f"case when x < {EXACT_BELOW} then 'exact' when x is not null then 'byar' end as method"]
    joins = []
    for place, level in enumerate(levels):
        lower, upper = limit_names(level)
        exact[f"exact_{place}"] = exact_poisson_limits(level)
        joins.append(f"left join exact_{place} on exact_{place}.count = given.x")
        z = z_of(level)
        columns += [
            f"case when x < {EXACT_BELOW} then exact_{place}.lower else byar_lower(x, {z}) end as {lower}",
            f"case when x < {EXACT_BELOW} then exact_{place}.upper else byar_upper(x, {z}) end as {upper}",
        ]
    sql = f"select {', '.join(columns)} from given {' '.join(joins)} order by given.row_"
    made = in_duckdb(sql, given=placed(x=count), **exact)
    return {str(name): made[name] for name in made.columns}


def _levels(confidence: float | Sequence[float]) -> tuple[float, ...]:
    levels = (confidence,) if isinstance(confidence, int | float) else tuple(confidence)
    return tuple(dict.fromkeys(_known(level) for level in levels))


def _known(confidence: float) -> float:
    if confidence not in CONFIDENCES:
        raise ValueError(f"The confidence must be one of {', '.join(map(str, CONFIDENCES))}, not {confidence!r}.")
    return confidence
