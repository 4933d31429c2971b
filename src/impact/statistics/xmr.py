"""Change over time: XmR charts with the rules of "Making Data Count", the state of the last point, and the target.

METHODS 3; numbers agree with nhs-r-community/NHSRplotthedots. The rules themselves stand in `sql/benchmarks/xmr.sql`,
one SELECT in stages that the warehouse runs too; here a table of anybody's columns is brought to it and back. What is
drawn and said of it belongs in reports.
"""

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from impact.places import sql_folder
from impact.statistics.tables import by_row, column, in_duckdb, numbers

LEAST_POINTS = 12
"""With fewer points the limits themselves are too uncertain for anything to be claimed of them."""

_POLARITIES = ("higher_is_better", "lower_is_better", "none")

_WITHOUT_POLARITY = {"high": "neutral_high", "low": "neutral_low"}
"""What the macro says of an indicator without polarity -> what it is called here, apart from any other high or low."""

_ADDED = (
    *("points", "centre", "mean_moving_range", "lower_process_limit", "upper_process_limit"),
    *("lower_near_limit", "upper_near_limit", "special_cause"),
)


def xmr(
    table: pd.DataFrame,
    series: Sequence[str],
    order: str,
    value: str,
    rebase: pd.DataFrame | None = None,
    screen: bool = False,
    least_points: int = LEAST_POINTS,
) -> pd.DataFrame:
    """Each point of each series beside its limits and its special cause.

    `series` are the columns that tell the series apart, `order` the one that orders their points, `value` the one that
    is charted (a point without a value has limits, and no special cause; its neighbours count as consecutive).
    `rebase` has the columns `series` and `order`: at each of these points, or the first after it, a new part of the
    series starts, with limits of its own. `screen` drops extreme moving ranges once, as NHSRplotthedots does by default
    and NHS England's workbook does not.

    Returns the rows in the order of `series` and `order`, however they came, with part (from 1), points (with a value,
    in the part), centre, mean_moving_range, lower_ and upper_process_limit, lower_ and upper_near_limit, and
    special_cause: above_limit, below_limit, rising, falling, two_of_three_above, two_of_three_below, run_above,
    run_below or common_cause; the one that takes precedence. A part of fewer than `least_points` has none of these but
    `part`. Raises ValueError when two rows are the same point, or a value is not a finite number.
    """
    key = [*series, order]
    for name in ("part", *_ADDED):
        if name in table.columns:
            raise ValueError(f"The table already has a column {name!r}. Rename it, or leave it out.")
    points = table.assign(**{value: numbers(table, value, may_be_missing=True, least=None)})
    if column(points, order).isna().any():
        raise ValueError(f"Column {order!r} is missing in a row, which therefore has no place in its series.")
    points = points.sort_values(key, ignore_index=True)
    if points.duplicated(key).any():
        twice = points.loc[points.duplicated(key), key].iloc[0].to_dict()
        raise ValueError(f"Two rows are the same point: {twice}. A series has one value at each.")
    points["part"] = _parts(points, list(series), order, rebase)
    given = pd.DataFrame(
        {
            "series": points.groupby(list(series), dropna=False).ngroup() if series else 0,
            "place": points.index,
            "value": points[value].astype("float64"),
            "part": points["part"],
        }
    )
    chosen = {"xmr_screening": float(screen), "xmr_least_points": float(least_points)}
    settings = pd.DataFrame({"name": list(chosen), "value": list(chosen.values())})
    charted = in_duckdb(_sql(), **{"benchmarks.series": given, "reference.settings": settings})
    charted = charted.set_index("place").reindex(points.index)
    return points.assign(**{name: charted[name] for name in _ADDED})


def variation(charted: pd.DataFrame, series: Sequence[str], order: str, value: str, polarity: str) -> pd.DataFrame:
    """What the last point of each series says: a row a series, with `series`, `order`, special_cause and variation.

    `charted` is what `xmr` returned; its column `polarity` holds higher_is_better, lower_is_better or none. Variation
    is improving, concern or common_cause; neutral_high or neutral_low for a special cause without polarity; missing
    where there were too few points for limits. The last point is the last that has a value.
    """
    present = charted[charted[value].notna()].sort_values([*series, order])
    last = present.groupby(list(series), dropna=False, sort=True).tail(1) if series else present.tail(1)
    made = by_row(
        {"variation": "variation_of(cast(special_cause as varchar), polarity)"},
        special_cause=_texts(last["special_cause"]),
        polarity=_polarities(last[polarity]),
    )
    said = [None if word is None else _WITHOUT_POLARITY.get(word, word) for word in _words(made["variation"])]
    return (
        last[[*series, order, "special_cause"]]
        .assign(variation=pd.Series(said, last.index, dtype=object))
        .reset_index(drop=True)
    )


def assurance(table: pd.DataFrame, lower: str, upper: str, target: str, polarity: str) -> pd.DataFrame:
    """The table with the column assurance: whether the process, as it runs, can be relied on to meet its target.

    `lower` and `upper` are its columns of process limits. Target outside the limits: consistently_met or
    consistently_missed; inside, or on one: hit_or_miss; missing without limits, target or polarity. Raises ValueError
    when one of them is not a finite number, or the polarity none that there is.
    """
    made = by_row(
        {"assurance": "assurance_of(lower_limit, upper_limit, target, polarity)"},
        lower_limit=numbers(table, lower, may_be_missing=True, least=None),
        upper_limit=numbers(table, upper, may_be_missing=True, least=None),
        target=numbers(table, target, may_be_missing=True, least=None),
        polarity=_polarities(table[polarity]),
    )
    return table.assign(assurance=pd.Series(_words(made["assurance"]), table.index, dtype=object))


def run_ends(signals: pd.DataFrame) -> pd.DataFrame:
    """Where runs are complete: series, part, place, ends_rise, ends_fall, ends_one_side, ends_two_of_three.

    `signals` has series, part, place, direction (from the point before: 1 up, 0, -1 down), side (of the mean: 1, 0,
    -1), is_beyond_limit and is_beyond_near_line.
    """
    return _stage("run_ends", "signals", signals)


def runs(ends: pd.DataFrame) -> pd.DataFrame:
    """The points of the runs that are complete at the points that `run_ends` returned: is_in_rise, is_in_fall,
    is_in_one_side, is_among_three (of which two are beyond a near line) and is_in_two_of_three (those two)."""
    return _stage("runs", "run_ends", ends)


def special_causes(found: pd.DataFrame) -> pd.DataFrame:
    """The special cause that takes precedence at each of the points that `runs` returned."""
    return _stage("special_causes", "runs", found)


def _polarities(given: "pd.Series[Any]") -> "np.ndarray[Any, np.dtype[np.object_]]":
    for words in given:
        if words not in _POLARITIES:
            raise ValueError(f"Polarity is one of {', '.join(_POLARITIES)}, not {words!r}.")
    return _texts(given)


def _texts(given: "pd.Series[Any]") -> "np.ndarray[Any, np.dtype[np.object_]]":
    return np.array([None if pd.isna(text) else str(text) for text in given], dtype=object)


def _words(said: "pd.Series[Any]") -> list[str | None]:
    """What a macro says, as one word each."""
    return [None if pd.isna(words) else str(words).replace(" ", "_") for words in said]


def _parts(points: pd.DataFrame, series: list[str], order: str, rebase: pd.DataFrame | None) -> "pd.Series[Any]":
    """The part of its series that each point is in, from 1."""
    if rebase is None or rebase.empty:
        return pd.Series(1, points.index)
    key = [*series, order]
    # A point with which a new part starts stands after the rebasing recorded for it.
    starts = rebase[key].drop_duplicates().assign(starts=1, row=-1)
    both = pd.concat([starts, points[key].assign(starts=0, row=points.index)]).sort_values([*key, "row"])
    started = both.groupby(series, dropna=False)["starts"].cumsum() if series else both["starts"].cumsum()
    return (1 + started[both["row"] >= 0]).set_axis(both.loc[both["row"] >= 0, "row"]).reindex(points.index)


def _stage(shown: str, given: str, table: pd.DataFrame) -> pd.DataFrame:
    """What one stage of xmr.sql makes of a table that stands in for an earlier stage."""
    return in_duckdb(_stages(shown, given), **{given: table})


@cache
def _stages(shown: str, given: str) -> str:
    """The stages of xmr.sql after `given`, as far as `shown`, as a SELECT of its own."""
    with duckdb.connect() as connection:

        def tree(sql: str) -> Any:
            [row] = connection.execute("select json_serialize_sql(?)", [sql]).fetchall()
            return json.loads(row[0])

        ctes = tree(_sql())["statements"][0]["node"]["cte_map"]["map"]
        names = [cte["key"] for cte in ctes]
        query = tree(f"select * from {shown} order by series, part, place")
        query["statements"][0]["node"]["cte_map"]["map"] = ctes[names.index(given) + 1 : names.index(shown) + 1]
        [row] = connection.execute("select json_deserialize_sql(?)", [json.dumps(query)]).fetchall()
        return str(row[0])


def _sql() -> str:
    return (sql_folder() / "benchmarks" / "xmr.sql").read_text("utf-8")
