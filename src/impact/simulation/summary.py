"""What outcomes of many sectors add up to, as a table in Markdown: every share beside its Monte Carlo standard error.

What is counted in a sector belongs in `outcomes`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import fsum, sqrt

from impact.indicators import indicators
from impact.simulation.outcomes import Outcome
from impact.simulation.sector import planted_effect
from impact.simulation.tables import INDICATORS

_HEADINGS = (
    *("Indicator", "Effect planted", "Effect found, on average", "Intervals that cover it", "Effects claimed"),
    *("Intervals that cover 0 where none is planted", "Effects claimed where none is planted"),
    *("Verdicts beyond 95%", "Verdicts beyond 99.8%"),
)


@dataclass(frozen=True)
class Estimate:
    """A mean or a share, its Monte Carlo standard error, and of how many sectors or verdicts; None of none."""

    value: float | None
    standard_error: float | None
    of: int


def mean(values: Sequence[float]) -> Estimate:
    """The mean over sectors. Without two of them there is no standard error."""
    count = len(values)
    if not count:
        return Estimate(None, None, 0)
    middle = fsum(values) / count
    if count == 1:
        return Estimate(middle, None, 1)
    squares = fsum((value - middle) ** 2 for value in values)
    return Estimate(middle, sqrt(squares / (count - 1) / count), count)


def share(truths: Sequence[bool]) -> Estimate:
    """The share of sectors in which something is so, with the binomial standard error."""
    count = len(truths)
    if not count:
        return Estimate(None, None, 0)
    value = sum(truths) / count
    return Estimate(value, sqrt(value * (1 - value) / count), count)


def share_of_counts(counts: Sequence[tuple[int, int]]) -> Estimate:
    """The share of all verdicts, from (how many are so, how many) a sector. Verdicts of one sector share their peers,
    so the standard error is that of a ratio over sectors (Cochran 1977, 6.4)."""
    total = sum(of for _, of in counts)
    if not total:
        return Estimate(None, None, 0)
    value = sum(so for so, _ in counts) / total
    sectors = len(counts)
    if sectors == 1:
        return Estimate(value, None, total)
    squares = fsum((so - value * of) ** 2 for so, of in counts)
    return Estimate(value, sqrt(squares * sectors / (sectors - 1)) / total, total)


def table(found: Sequence[Outcome]) -> str:
    """A line an indicator, in Markdown."""
    lines = [_HEADINGS, ("---", *("---:",) * (len(_HEADINGS) - 1))]
    lines += [_line(indicator_id, found) for indicator_id in INDICATORS]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _line(indicator_id: str, found: Sequence[Outcome]) -> tuple[str, ...]:
    of_indicator = [one for one in found if one.indicator_id == indicator_id]
    with_effect = [one for one in of_indicator if one.has_effect and one.lower_95 is not None]
    without = [one for one in of_indicator if not one.has_effect and one.lower_95 is not None]
    judged = [one for one in of_indicator if one.verdicts]
    planted = planted_effect(indicator_id)
    effects = mean([one.effect for one in with_effect if one.effect is not None])
    return (
        indicators()[indicator_id]["name"],
        f"{planted:+.2f}",
        _said(effects, lambda value: f"{value:+.3f}", lambda error: f"{error:.3f}"),
        _percent(share([covers(one, planted) for one in with_effect])),
        _percent(share([not covers(one, 0) for one in with_effect])),
        _percent(share([covers(one, 0) for one in without])),
        _percent(share([not covers(one, 0) for one in without])),
        _percent(share_of_counts([(one.beyond_95, one.verdicts) for one in judged])),
        _percent(share_of_counts([(one.beyond_99_8, one.verdicts) for one in judged]), 2),
    )


def covers(outcome: Outcome, value: float) -> bool:
    """Whether the interval holds a value. Raises AssertionError when there is none."""
    assert outcome.lower_95 is not None, "only sectors with an interval are counted"
    assert outcome.upper_95 is not None, "an interval has two ends"
    return outcome.lower_95 <= value <= outcome.upper_95


def _percent(estimate: Estimate, decimals: int = 1) -> str:
    return _said(
        estimate, lambda value: f"{value * 100:.{decimals}f}%", lambda error: f"{error * 100:.{max(decimals, 2)}f}"
    )


def _said(estimate: Estimate, value: Callable[[float], str], error: Callable[[float], str]) -> str:
    if estimate.value is None:
        return "none"
    if estimate.standard_error is None:
        return value(estimate.value)
    return f"{value(estimate.value)} ± {error(estimate.standard_error)}"
