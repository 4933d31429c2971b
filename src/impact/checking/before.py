"""The rules that compare a drop with what its sender had sent before: named pure functions over two frames.

`values` are the rows of a batch, as in `rules`. `before` are the rows that count today of earlier periods of the same
senders: the same columns, `drop` (which drop of the batch they lie before) among them. What a drop itself says of its
earlier months or quarters counts as before its later ones.

A function of FOLLOWS says of each row of the batch whether it follows from what was there before it. One of GOES_ON
says of each row of the period before whether the drop goes on with it. Where there is nothing before, and where a value
it needs is missing, a rule holds. All can be narrowed by `where`, as those of `rules`.
"""

from collections.abc import Callable, Sequence
from functools import wraps
from math import inf
from typing import Any

import pandas as pd

from impact.checking.rules import HAIR, Holds, Values, Words, is_where
from impact.periods import parse_period

_APRIL = 3
"""Months of a year that lie before the financial year."""


def _time(values: Values, column: str) -> pd.Series:
    """Where in time a row is: the last month of its period, as a number that goes up by 1 each month."""
    ends = {value: _month_number(value) for value in values[column].dropna().unique()}
    return values[column].map(ends).astype("float64")


def _month_number(value: Any) -> int | None:
    """The number of a month, or of the last one of the period that a text names."""
    if not isinstance(value, str):
        month = pd.Timestamp(value)
        return month.year * 12 + month.month - 1
    period = parse_period(value)
    return None if period is None else period.end_on.year * 12 + period.end_on.month - 1


def _last_time(
    values: Values, before: Values, time: str, within: Sequence[str], columns: Sequence[str], months: float = inf
) -> Values:
    """What stood in `columns` the last time before each row, at most `months` earlier: of the rows of the same drop
    that are alike in `within`. Missing where there is none; where two rows are alike in that too, it cannot be told."""
    if before.empty and (values.groupby("drop")[time].nunique() <= 1).all():
        return values[[*dict.fromkeys(columns)]].iloc[:0].reindex(values.index)  # most first returns: nothing is before
    keys = ["drop", *within]
    needed = [*dict.fromkeys([*keys, time, *columns])]
    every = pd.concat([before[needed], values[needed]], ignore_index=True)
    every["_at"] = _time(every, time)
    every = every.dropna(subset=[*keys, "_at"]).drop_duplicates([*keys, "_at"], keep=False).sort_values("_at")
    earlier = every.groupby(keys)[["_at", *columns]].shift(1)
    is_near = every["_at"] - earlier["_at"] <= months
    earlier = earlier[columns].where(is_near).rename(columns={column: f"_{column}" for column in columns})
    asked = values[keys].assign(_at=_time(values, time))
    found = asked.merge(every[[*keys, "_at"]].join(earlier), on=[*keys, "_at"], how="left")
    return pd.DataFrame({column: found[f"_{column}"].to_numpy() for column in columns}, index=values.index)


def _unless_unknown(holds: Holds, *frames: Values) -> Holds:
    unknown = pd.concat([frame.isna().any(axis=1) for frame in frames], axis=1).any(axis=1)
    return holds.fillna(False).astype(bool) | unknown


def share_stays(
    values: Values,
    before: Values,
    parts: Sequence[str],
    whole: str,
    time: str,
    within: Sequence[str],
    points: float,
    least: float,
    times: float = inf,
) -> Holds:
    """Whether the share of the parts in the whole has moved by no more than so many percentage points since the month
    before, and not to `times` what it was, where both wholes are `least` or more."""
    columns = [*parts, whole]
    now, then = values[columns], _last_time(values, before, time, within, columns, months=1)
    share, earlier = (100 * one[list(parts)].sum(axis=1) / one[whole] for one in (now, then))
    is_near = (share - earlier).abs() <= points * HAIR
    is_multiple = (earlier > 0) & (share * HAIR >= earlier * times)
    is_few = (now[whole] < least) | (then[whole] < least) | (now[whole] <= 0) | (then[whole] <= 0)
    return _unless_unknown((is_near & ~is_multiple) | is_few, now, then)


def stays_within(
    values: Values,
    before: Values,
    column: str,
    time: str,
    within: Sequence[str],
    percent: float = inf,
    times: float = inf,
    least: float = 0,
    months: float = inf,
) -> Holds:
    """Whether a number has moved by no more than so many percent, and to less than `times` what it was and to more than
    that part of it. Silent where neither is `least`."""
    now, then = values[[column]], _last_time(values, before, time, within, [column], months)
    one, earlier = now[column], then[column]
    is_near = (one - earlier).abs() <= earlier * min(percent, 1e9) / 100 * HAIR
    is_multiple = (one * HAIR >= earlier * times) | (earlier * HAIR >= one * times)
    is_few = (one < least) & (earlier < least)
    return _unless_unknown((is_near & ~is_multiple) | is_few | (earlier == one), now, then)


def not_repeated(values: Values, before: Values, columns: Sequence[str], time: str, within: Sequence[str]) -> Holds:
    """Whether one of the columns at least says another number than the month before. Noughts may come again."""
    now, then = values[list(columns)], _last_time(values, before, time, within, list(columns), months=1)
    is_same = ((now == then) & (now != 0)).all(axis=1)
    return _unless_unknown(~is_same, now, then)


def stays(
    values: Values, before: Values, columns: Sequence[str], time: str, within: Sequence[str], once: Words | None = None
) -> Holds:
    """Whether the columns say what they said the last time, whatever the case and spaces of texts; a blank cell is one
    that says nothing. With `once`, only where the row held one of these words then."""
    names = list(columns)
    then = _last_time(values, before, time, within, [*dict.fromkeys([time, *names, *(once or {})])])
    is_new = then[time].isna()
    now, said = values.loc[~is_new, names], then.loc[~is_new, names]
    is_same = ((now.map(_folded) == said.map(_folded)) | (now.isna() & said.isna())).all(axis=1)
    is_same = is_same.reindex(values.index, fill_value=True)
    is_other = ~is_where(then, once or {})
    return (is_same | is_new | is_other | values["has_unreadable"]).astype(bool)


def _folded(value: Any) -> Any:
    return " ".join(value.split()).casefold() if isinstance(value, str) else value


def not_less_within_year(values: Values, before: Values, column: str, time: str, within: Sequence[str]) -> Holds:
    """Whether an amount that counts from 1 April has not become less within the financial year."""
    then = _last_time(values, before, time, within, [column, time])
    one, earlier = ((_time(frame, time) - _APRIL) // 12 for frame in (values, then.astype({time: values[time].dtype})))
    holds = (values[column] * HAIR >= then[column]) | (values[column] >= then[column]) | (one != earlier)
    return _unless_unknown(holds, values[[column]], then)


def mean_stays(
    values: Values, before: Values, counts: Sequence[str], time: str, within: Sequence[str], most: float, least: float
) -> Holds:
    """Whether the mean answer, the first count being of answers of 1, has moved by no more than `most` since the last
    time, where there were `least` answers or more both times."""
    now, then = values[list(counts)], _last_time(values, before, time, within, list(counts))
    move = (_mean(now) - _mean(then)).abs()
    return _unless_unknown((move <= most * HAIR) | _are_few(now, then, least), now, then)


def scale_stays(
    values: Values, before: Values, counts: Sequence[str], time: str, within: Sequence[str], most: float, least: float
) -> Holds:
    """Whether the answers are not the last ones turned round: their mean moved by more than `most`, and they are nearer
    to the last ones read from the other end."""
    now, then = values[list(counts)], _last_time(values, before, time, within, list(counts))
    move = (_mean(now) - _mean(then)).abs()
    shares, earlier = (one.div(one.sum(axis=1), axis=0).to_numpy(dtype="float64") for one in (now, then))
    is_mirrored = abs(shares - earlier[:, ::-1]).sum(axis=1) < abs(shares - earlier).sum(axis=1)
    holds = (move <= most * HAIR) | _are_few(now, then, least) | ~is_mirrored
    return _unless_unknown(holds, now, then)


def _mean(counts: Values) -> pd.Series:
    weights = range(1, len(counts.columns) + 1)
    return counts.mul(list(weights), axis=1).sum(axis=1) / counts.sum(axis=1)


def _are_few(now: Values, then: Values, least: float) -> pd.Series:
    return (now.sum(axis=1) < max(least, 1)) | (then.sum(axis=1) < max(least, 1))


def no_turn(
    values: Values, before: Values, good: str, bad: str, total: str, time: str, within: Sequence[str], least: float
) -> Holds:
    """Whether it is not so that there is more bad than good where there was more good than bad the month before. Silent
    where either total is below `least`."""
    columns = [good, bad, total]
    now, then = values[columns], _last_time(values, before, time, within, columns, months=1)
    is_turn = (now[bad] > now[good]) & (then[good] > then[bad])
    is_few = (now[total] < least) | (then[total] < least)
    return _unless_unknown(~is_turn | is_few, now, then)


def as_earlier_in_year(values: Values, before: Values, column: str, time: str) -> Holds:
    """Whether a column says what every row before says that is of the same calendar year."""
    years = before.assign(_year=_time(before, time) // 12).dropna(subset=[column, "_year"])
    said = years.groupby(["drop", "_year"])[column].agg(set)
    asked = zip(values["drop"], _time(values, time) // 12, values[column], strict=True)
    holds = [pd.isna(word) or said.get((drop, year), {word}) == {word} for drop, year, word in asked]
    return pd.Series(holds, index=values.index, dtype=bool)


def is_still_there(values: Values, before: Values, time: str, within: Sequence[str]) -> Holds:
    """Whether each row of the last period before is in the first period of the drop: one that is alike in `within`.
    Silent while the drop has a row of which this cannot be told."""
    at = _time(before, time)
    is_last = at == at.groupby(before["drop"]).transform("max")
    is_blank = values[[time, *within]].isna().any(axis=1)
    cannot_tell = before["drop"].isin(values.loc[is_blank, "drop"].unique())
    at = _time(values, time)
    first = values[at == at.groupby(values["drop"]).transform("min")]
    there = set(zip(*(first[key] for key in ("drop", *within)), strict=True))
    asked = zip(*(before[key] for key in ("drop", *within)), strict=True)
    is_there = pd.Series([one in there for one in asked], index=before.index, dtype=bool)
    has_rows = before["drop"].isin(values["drop"].unique())
    return is_there | ~is_last | cannot_tell | ~has_rows


def _can_be_narrowed(function: Callable[..., Holds]) -> Callable[..., Holds]:
    @wraps(function)
    def narrowed(values: Values, before: Values, where: Words | None = None, **given: Any) -> Holds:
        holds = function(values, before, **given)
        return holds | ~is_where(values, where) if where else holds

    return narrowed


def _both_narrowed(function: Callable[..., Holds]) -> Callable[..., Holds]:
    @wraps(function)
    def narrowed(values: Values, before: Values, where: Words | None = None, **given: Any) -> Holds:
        holds = function(values, before, **given)
        return holds | ~is_where(before, where) if where else holds

    return narrowed


FOLLOWS: dict[str, Callable[..., Holds]] = {
    function.__name__: _can_be_narrowed(function)
    for function in (
        share_stays,
        stays_within,
        not_repeated,
        stays,
        not_less_within_year,
        mean_stays,
        scale_stays,
        no_turn,
        as_earlier_in_year,
    )
}
GOES_ON: dict[str, Callable[..., Holds]] = {is_still_there.__name__: _both_narrowed(is_still_there)}
