"""The rules that compare cells with one another or with what is known of the drop: named pure functions over rows.

A function takes the values of a batch (one row a row, many drops together; a cell that is blank or cannot be read is
missing) and the rule's thresholds, and says for each row whether the rule holds. Where a value it needs is missing it
holds: the blank cell has a finding of its own. Beside the columns of the definition, the values have `drop` (which
drop a row is of), what is known of that drop (`drop_sender`, `drop_start_on`, `drop_end_on`), and `has_unreadable`
(whether a cell of the row holds something that cannot be read).

Definitions name these functions; what each says when it fails, and its thresholds, stand there.
"""

from collections.abc import Callable

import pandas as pd

_HAIR = 1 + 1e-12
"""What is exactly at a threshold in decimals is within it, whatever binary arithmetic makes of it."""

Values = pd.DataFrame
Holds = pd.Series


def organisation_is_the_sender(values: Values) -> Holds:
    return _unless_missing(values["organisation_code"] == values["drop_sender"], values, "organisation_code")


def month_in_period(values: Values) -> Holds:
    inside = values["month"].ge(values["drop_start_on"]) & values["month"].le(values["drop_end_on"])
    return _unless_missing(inside, values, "month")


def every_month_present(values: Values) -> Holds:
    """Source: FEEDS, a monthly feed covers its quarter's three months. Silent while any month cannot be read."""
    inside = values[month_in_period(values) & values["month"].notna()]
    present = inside.groupby("drop")["month"].nunique().reindex(values["drop"], fill_value=0).to_numpy()
    start, end = values["drop_start_on"], values["drop_end_on"]
    wanted = (end.dt.year - start.dt.year) * 12 + end.dt.month - start.dt.month + 1
    is_unread = values["month"].isna().groupby(values["drop"]).transform("any")
    holds: Holds = is_unread.astype(bool) | (present >= wanted)
    return holds


def one_basis(values: Values) -> Holds:
    return values.groupby("drop")["basis"].transform("nunique") <= 1


def lost_within_available(values: Values) -> Holds:
    lost, available = values["fte_days_lost"], values["fte_days_available"]
    return _unless_missing(lost <= available, values, "fte_days_lost", "fte_days_available")


def long_term_within_lost(values: Values) -> Holds:
    holds = values["long_term_days_lost"] <= values["fte_days_lost"]
    return _unless_missing(holds, values, "long_term_days_lost", "fte_days_lost")


def fte_within_headcount(values: Values, tolerance: float) -> Holds:
    """Headcount is taken on the last day, so only the end of the month is held against it."""
    holds = values["fte_end"] <= values["headcount"] + tolerance
    return _unless_missing(holds, values, "fte_end", "headcount")


def available_fits_staff(values: Values, tolerance_percent: float) -> Holds:
    mean_fte = (values["fte_start"] + values["fte_end"]) / 2
    implied_fte = values["fte_days_available"] / values["month"].dt.days_in_month
    off = (implied_fte - mean_fte).abs()
    is_other_basis = values["basis"] != "calendar_days"
    holds = is_other_basis | (off <= mean_fte * tolerance_percent / 100 * _HAIR)
    return _unless_missing(holds, values, "fte_start", "fte_end", "fte_days_available", "month", "basis")


def rate_usual(values: Values, low_percent: float, high_percent: float) -> Holds:
    """A month with nothing lost is `some_absence`'s to judge; one with more lost than there was is refused anyway."""
    lost, available = values["fte_days_lost"], values["fte_days_available"]
    usual = (lost * 100 * _HAIR >= available * low_percent) & (lost * 100 <= available * high_percent * _HAIR)
    return _unless_missing(usual | (lost == 0) | (lost > available), values, "fte_days_lost", "fte_days_available")


def some_absence(values: Values, available: float) -> Holds:
    none = (values["fte_days_lost"] == 0) & (values["fte_days_available"] >= available)
    return _unless_missing(~none, values, "fte_days_lost", "fte_days_available")


def month_end_in_period(values: Values) -> Holds:
    return _unless_missing(values["month_end_on"] == values["drop_end_on"], values, "month_end_on")


_PUBLISHED_FIGURES = ["fte_days_lost", "fte_days_available", "published_rate_percent"]


def all_or_none_withheld(values: Values) -> Holds:
    """A figure that cannot be read is there all the same, and has a finding of its own."""
    is_all_or_none = values[_PUBLISHED_FIGURES].isna().sum(axis=1).isin([0, len(_PUBLISHED_FIGURES)])
    return is_all_or_none | values["has_unreadable"]


def published_rate_recomputes(values: Values, half_unit: float) -> Holds:
    """Within half a unit of the last published digit; 1e-9 allows for sums in binary, not for another figure."""
    recomputed = values["fte_days_lost"] / values["fte_days_available"] * 100
    holds = (recomputed - values["published_rate_percent"]).abs() <= half_unit + 1e-9
    return _unless_missing(holds, values, *_PUBLISHED_FIGURES)


def _unless_missing(holds: Holds, values: Values, *columns: str) -> Holds:
    return holds.fillna(False).astype(bool) | values[list(columns)].isna().any(axis=1)


_FUNCTIONS: tuple[Callable[..., Holds], ...] = (
    organisation_is_the_sender,
    month_in_period,
    every_month_present,
    one_basis,
    lost_within_available,
    long_term_within_lost,
    fte_within_headcount,
    available_fits_staff,
    rate_usual,
    some_absence,
    month_end_in_period,
    all_or_none_withheld,
    published_rate_recomputes,
)
FUNCTIONS: dict[str, Callable[..., Holds]] = {function.__name__: function for function in _FUNCTIONS}
"""Every rule of this module by the name that definitions use."""
