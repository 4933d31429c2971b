"""The rules that compare cells with one another or with what is known of the drop: named pure functions over rows.

A function takes the values of a batch (one row a row, many drops together; a cell that is blank or cannot be read is
missing), the columns and words that the definition gives it, and the rule's thresholds, and says for each row whether
the rule holds. Where a value it needs is missing it holds: the blank cell has a finding of its own. Beside the columns
of the definition, the values have `drop` (which drop a row is of), what is known of that drop (`drop_sender`,
`drop_prepared_by`, `drop_received_on`, `drop_periods`, and `drop_start_on` to `drop_end_on`, the part of them in which
the sender was at work), `row_period` (the quarter, month or year that the row belongs to), `has_unreadable`
(whether a cell of the row cannot be read) and `has_shorthand` (whether one of them holds [c] or [x]).

What looks at each row alone can be narrowed by any definition: `where` (a column -> the words, one of which it must
hold for the row to be looked at) and `unless` (the same, for rows to pass over; a blank cell counts as such a word).
What compares rows with one another does so within a drop.

Definitions name these functions and the columns they look at; what each says when it fails stands there too.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any

import pandas as pd

from impact.checking.values import period_of

HAIR = 1 + 1e-12
"""What is exactly at a threshold in decimals is within it, whatever binary arithmetic makes of it."""

Values = pd.DataFrame
Holds = pd.Series
Words = Mapping[str, Sequence[str]]
"""A column -> words that may stand in it."""


def row_periods(values: Values, column: str | None, grains: Sequence[str]) -> pd.Series:
    """The period that each row belongs to, as drops name them; missing where its cell is blank or unreadable."""
    if column is None:
        return pd.Series([None] * len(values), dtype="object")
    named = {value: period_of(value, grains) for value in values[column].dropna().unique()}
    return values[column].map(named)


def known_together(
    values: Values,
    files: Mapping[str, Sequence[Mapping[str, str | None]]],
    file: str,
    columns: Sequence[str],
    unless: str = "",
    active_on: str = "",
    of_sender: bool = False,
) -> Holds:
    """Whether a file of the register has a row with the same words in these columns as the row has; a row with the word
    `unless` in the last of them need not. With `active_on`, such a row of the register is active on some day of the
    month in that column. With `of_sender` the organisation is the drop's sender, whatever the rows say. Holds where a
    cell is blank."""
    dates: dict[tuple[str | None, ...], list[tuple[str, str]]] = {}
    for known in files[file]:
        key = tuple(known[column] for column in columns)
        dates.setdefault(key, []).append((known.get("active_from") or "0000", known.get("active_to") or "9999"))
    months = values[active_on].to_numpy().astype("datetime64[M]").astype(str) if active_on else [""] * len(values)
    looked_at = ["drop_sender" if of_sender and column == "organisation_code" else column for column in columns]
    asked = list(zip(*(values[column].to_numpy(dtype="object") for column in looked_at), months, strict=True))
    is_known = {
        (*key, month): any(not month or first[:7] <= month <= last[:7] for first, last in dates.get(tuple(key), ()))
        for *key, month in set(asked)
    }
    holds = pd.Series([is_known[one] for one in asked], index=values.index) | (values[columns[-1]] == unless)
    return unless_missing(holds, values, *looked_at, *([active_on] if active_on else []))


# Each row alone: one cell, or cells beside one another.


def organisation_is_the_sender(values: Values) -> Holds:
    return unless_missing(values["organisation_code"] == values["drop_sender"], values, "organisation_code")


def in_period(values: Values) -> Holds:
    """Whether the period of the row is one of those that the drop is for."""
    pairs = zip(values["row_period"], values["drop_periods"], strict=True)
    inside = pd.Series([period in periods for period, periods in pairs], index=values.index)
    return unless_missing(inside, values, "row_period")


def month_in_period(values: Values) -> Holds:
    inside = values["month"].ge(values["drop_start_on"]) & values["month"].le(values["drop_end_on"])
    return unless_missing(inside, values, "month")


def not_before(values: Values, column: str, other: str) -> Holds:
    """Whether the date or month of `column` is that of `other` or later."""
    return unless_missing(values[column] >= values[other], values, column, other)


def at_least(values: Values, column: str, least: float) -> Holds:
    return unless_missing(values[column] >= least, values, column)


def is_nought(values: Values, column: str) -> Holds:
    return unless_missing(values[column] == 0, values, column)


def no_more_than(
    values: Values, column: str, other: str, times: float = 1, tolerance: float = 0, of_either_sign: bool = False
) -> Holds:
    """Whether `column` is at most so many times `other`; `of_either_sign` leaves out whether it is below nought."""
    amount = values[column].abs() if of_either_sign else values[column]
    return unless_missing(amount <= values[other] * times + tolerance, values, column, other)


def adds_up_to(values: Values, parts: Sequence[str], total: str) -> Holds:
    """For counts: parts that are not whole numbers would need a tolerance."""
    holds = values[list(parts)].sum(axis=1) == values[total]
    return unless_missing(holds, values, *parts, total)


def filled(values: Values, columns: Sequence[str], may_be_withheld: bool = False) -> Holds:
    """A cell that cannot be read is filled all the same; so is one with [c] or [x], where a sender may withhold it."""
    holds: Holds = values[list(columns)].notna().all(axis=1) | values["has_unreadable"]
    return holds | values.get("has_shorthand", False) if may_be_withheld else holds


def left_blank(values: Values, columns: Sequence[str]) -> Holds:
    return values[list(columns)].isna().all(axis=1)


def differs(values: Values, column: str, other: str) -> Holds:
    """Whether two texts are different, whatever their case and spaces. An empty one is nobody's."""
    one, two = (
        values[name].map({text: "".join(text.split()).casefold() for text in values[name].dropna().unique()})
        for name in (column, other)
    )
    return unless_missing((one != two) | (one == ""), values, column, other)


def one_is(values: Values, columns: Sequence[str], word: str) -> Holds:
    """Whether the word stands in one of the columns at least."""
    return unless_missing((values[list(columns)] == word).any(axis=1), values, *columns)


def squares_possible(values: Values, count: str, total: str, squares: str, rounding: float) -> Holds:
    """Whether numbers with this count and sum can have this sum of squares: their variance is not negative. Both sums
    may have been rounded by so much."""
    holds = (values[squares] + rounding) * values[count] * HAIR >= (values[total] - rounding).clip(lower=0) ** 2
    return unless_missing(holds, values, count, total, squares)


def available_fits_staff(values: Values, tolerance_percent: float) -> Holds:
    mean_fte = (values["fte_start"] + values["fte_end"]) / 2
    implied_fte = values["fte_days_available"] / values["month"].dt.days_in_month
    off = (implied_fte - mean_fte).abs()
    is_other_basis = values["basis"] != "calendar_days"
    holds = is_other_basis | (off <= mean_fte * tolerance_percent / 100 * HAIR)
    return unless_missing(holds, values, "fte_start", "fte_end", "fte_days_available", "month", "basis")


def share_usual(
    values: Values, part: str, whole: str, low_percent: float, high_percent: float, may_be_none: bool = False
) -> Holds:
    """Whether the part is between so many percent of the whole. One that is more than all of it is refused anyway;
    `may_be_none` leaves a part of 0 to another rule."""
    some, every = values[part], values[whole]
    usual = (some * 100 * HAIR >= every * low_percent) & (some * 100 <= every * high_percent * HAIR)
    return unless_missing(usual | (may_be_none & (some == 0)) | (some > every), values, part, whole)


def some_of_many(values: Values, part: str, whole: str, least: float) -> Holds:
    """Whether there is any of a whole of `least` or more."""
    none = (values[part] == 0) & (values[whole] >= least)
    return unless_missing(~none, values, part, whole)


def not_all_in(values: Values, parts: Sequence[str], total: str, least: float) -> Holds:
    """Whether the parts are less than the total, where that is `least` or more."""
    all_in = (values[list(parts)].sum(axis=1) == values[total]) & (values[total] >= least)
    return unless_missing(~all_in, values, *parts, total)


def not_all_alike(values: Values, counts: Sequence[str], least: float) -> Holds:
    """Whether the answers are not all the same one, where there are `least` or more."""
    every = values[list(counts)].sum(axis=1)
    alike = (values[list(counts)].max(axis=1) == every) & (every >= least)
    return unless_missing(~alike, values, *counts)


def within_share_of(values: Values, columns: Sequence[str], whole: str, percent: float) -> Holds:
    """Whether each of the columns is at most so many percent of the whole. Below nought a share says nothing."""
    most = values[whole] * percent * HAIR
    within = (values[list(columns)].mul(100).le(most, axis=0) | values[list(columns)].isna()).all(axis=1)
    return unless_missing(within | (values[whole] < 0), values, whole)


def month_end_in_period(values: Values) -> Holds:
    return unless_missing(values["month_end_on"] == values["drop_end_on"], values, "month_end_on")


_PUBLISHED_FIGURES = ["fte_days_lost", "fte_days_available", "published_rate_percent"]


def all_or_none_withheld(values: Values) -> Holds:
    """A figure that cannot be read is there all the same, and has a finding of its own."""
    is_all_or_none = values[_PUBLISHED_FIGURES].isna().sum(axis=1).isin([0, len(_PUBLISHED_FIGURES)])
    return is_all_or_none | values["has_unreadable"]


def published_rate_recomputes(values: Values, half_unit: float) -> Holds:
    """Within half a unit of the last published digit; 1e-9 allows for sums in binary, not for another figure."""
    recomputed = values["fte_days_lost"] / values["fte_days_available"] * 100
    holds = (recomputed - values["published_rate_percent"]).abs() <= half_unit + 1e-9
    return unless_missing(holds, values, *_PUBLISHED_FIGURES)


# The rows of a drop beside one another.


def every_month_present(values: Values, where: Words | None = None) -> Holds:
    """Whether each month of the drop has a row, one of those `where`. Source: FEEDS, a monthly feed covers its
    quarter's three months. Silent while the drop has a row of which this cannot be told."""
    where = where or {}
    inside = values[month_in_period(values) & values["month"].notna() & is_where(values, where)]
    present = inside.groupby("drop")["month"].nunique().reindex(values["drop"], fill_value=0).to_numpy()
    start, end = values["drop_start_on"], values["drop_end_on"]
    wanted = (end.dt.year - start.dt.year) * 12 + end.dt.month - start.dt.month + 1
    holds: Holds = _has_blank_in_drop(values, ["month", *where]) | (present >= wanted)
    return holds


def one_basis(values: Values) -> Holds:
    """Within a calendar year: a history of many may have changed it."""
    return same_within(values[["drop", "basis"]].assign(year=values["month"].dt.year), "basis", ["year"])


def same_within(values: Values, column: str, within: Sequence[str]) -> Holds:
    """Whether the rows that are alike in `within` are alike in `column`; where not, those hold that more than half of
    them agree with, so that the odd ones are at fault, or all."""
    keys = ["drop", *within]
    filled_in = values.groupby(keys)[column].transform("count")
    agreeing = values.groupby([*keys, column])[column].transform("count")
    return unless_missing(agreeing * 2 > filled_in, values, *within, column)


def whole_present(values: Values, within: Sequence[str], whole: Mapping[str, str]) -> Holds:
    """Whether among the rows that are alike in `within` there is one of the whole: with these words in these columns.
    Silent while the drop has a row of which this cannot be told."""
    is_whole = is_where(values, _each_alone(whole))
    has_whole = is_whole.groupby([values[key] for key in ("drop", *within)], dropna=False).transform("any")
    return has_whole | _has_blank_in_drop(values, [*within, *whole])


def some_amount_reaches(values: Values, columns: Sequence[str], least: float) -> Holds:
    """Whether any amount of the drop is as large as that. Holds where all of them are 0."""
    amounts = values[list(columns)].abs().max(axis=1).groupby(values["drop"]).transform("max")
    return ~((amounts > 0) & (amounts < least))


def parts_fit_whole(
    values: Values,
    columns: Sequence[str],
    within: Sequence[str],
    whole: Mapping[str, str],
    by: Sequence[str],
    tolerance_percent: float = 0,
    may_be_less: bool = False,
) -> Holds:
    """Whether a row of the whole, which has these words in these columns, is in each of `columns` what its parts add up
    to, wherever it has parts: rows alike in `within` that have the words of the whole but in one column, `by`. With
    `may_be_less` the parts need not be all there is, and are no more. Silent while the drop has a row of which cannot
    be told what it is a part of."""
    faults = pd.Series(False, index=values.index)
    for parts, amount in _parts_and_whole(values, columns, within, whole, by):
        slack = amount * ((1 + tolerance_percent / 100) * HAIR - 1)
        fits = (parts - amount <= slack) & (may_be_less | (amount - parts <= slack))
        faults |= ~(fits | parts.isna() | amount.isna())
    return ~faults | _has_blank_in_drop(values, [*within, *whole])


def _parts_and_whole(
    values: Values, columns: Sequence[str], within: Sequence[str], whole: Mapping[str, str], by: Sequence[str]
) -> list[tuple[pd.Series, pd.Series]]:
    """For each column and way of breaking down: what the parts add up to, only on the rows of the whole and where every
    part is known, and what stands there."""
    keys = ["drop", *within]
    words = _each_alone(whole)
    at_whole = values.loc[is_where(values, words), keys]
    found = []
    for one in by:
        others = {column: word for column, word in words.items() if column != one}
        is_part = is_where(values, others) & (values[one] != whole[one])
        parts = values[is_part].groupby(keys)[list(columns)]
        sums = parts.sum().where(parts.count().eq(parts.size(), axis=0))
        sums = at_whole.join(sums, on=keys).reindex(values.index)
        found += [(sums[column], values[column]) for column in columns]
    return found


def _each_alone(words: Mapping[str, str]) -> Words:
    return {column: [word] for column, word in words.items()}


def is_where(values: Values, words: Words, or_blank: bool = False) -> Holds:
    """Whether each of the columns holds one of its words."""
    holds = pd.Series(True, index=values.index)
    for column, choices in words.items():
        holds &= values[column].isin(choices) | (or_blank & values[column].isna())
    return holds


def _has_blank_in_drop(values: Values, columns: Sequence[str]) -> Holds:
    """Whether any row of the same drop has nothing to be read in one of the columns."""
    has_blank = values[list(columns)].isna().any(axis=1)
    return values["drop"].isin(values.loc[has_blank, "drop"].unique())


def unless_missing(holds: Holds, values: Values, *columns: str) -> Holds:
    return holds.fillna(False).astype(bool) | values[list(columns)].isna().any(axis=1)


def _can_be_narrowed(function: Callable[..., Holds]) -> Callable[..., Holds]:
    @wraps(function)
    def narrowed(values: Values, where: Words | None = None, unless: Words | None = None, **given: Any) -> Holds:
        holds = function(values, **given)
        if where:
            holds = holds | ~is_where(values, where)
        if unless:
            holds = holds | is_where(values, unless, or_blank=True)
        return holds

    return narrowed


_OF_A_ROW: tuple[Callable[..., Holds], ...] = (
    organisation_is_the_sender,
    in_period,
    month_in_period,
    not_before,
    at_least,
    is_nought,
    no_more_than,
    adds_up_to,
    filled,
    left_blank,
    differs,
    one_is,
    squares_possible,
    available_fits_staff,
    share_usual,
    some_of_many,
    not_all_in,
    not_all_alike,
    within_share_of,
    month_end_in_period,
    all_or_none_withheld,
    published_rate_recomputes,
)
_OF_ROWS_TOGETHER: tuple[Callable[..., Holds], ...] = (
    every_month_present,
    one_basis,
    same_within,
    whole_present,
    parts_fit_whole,
    some_amount_reaches,
)
FUNCTIONS: dict[str, Callable[..., Holds]] = {
    **{function.__name__: _can_be_narrowed(function) for function in _OF_A_ROW},
    **{function.__name__: function for function in _OF_ROWS_TOGETHER},
}
"""Every function that decides a rule, by the name that definitions use."""
