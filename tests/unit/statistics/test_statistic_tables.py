"""What every statistic says of a table that cannot be, and what it does to one that can."""

from collections.abc import Callable
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from impact.statistics.absence import absence_rate
from impact.statistics.fft import cascade, first_level, masked, ranked, second_level, shares
from impact.statistics.funnels import (
    poisson_ratio_limits,
    share_funnel,
    share_limits,
    widened_ratio_funnel,
    widened_share_funnel,
)
from impact.statistics.greenbook import deflate, discount_factors, discount_rates, present_value
from impact.statistics.intervals import byar, counts, mean, mean_of_sums, rate, wilson
from impact.statistics.quantiles import quantile_groups
from impact.statistics.tables import numbers, truths, with_columns

SCHEDULE = pd.DataFrame({"year_from": [0, 31], "year_to": [30, 75], "standard": [0.035, 0.03]})
DEFLATORS = pd.DataFrame({"year": [1, 2, 3, 4], "deflator": [90, 95, 100, 104]})

Statistic = Callable[[pd.DataFrame], pd.DataFrame]

STATISTICS: dict[str, Statistic] = {
    "wilson": lambda table: wilson(table, "x", "n"),
    "byar": lambda table: byar(table, "x"),
    "counts": lambda table: counts(table, "x"),
    "rate": lambda table: rate(table, "x", "n"),
    "mean": lambda table: mean(table, "x", ["g"]),
    "mean_of_sums": lambda table: mean_of_sums(table, "n", "x", "squares"),
    "quantile_groups": lambda table: quantile_groups(table, "x", 2, ["g"]),
    "share_limits": lambda table: share_limits(table, "n", 0.4),
    "share_funnel": lambda table: share_funnel(table, "x", "n"),
    "poisson_ratio_limits": lambda table: poisson_ratio_limits(table, "n"),
    "widened_ratio_funnel": lambda table: widened_ratio_funnel(table, "x", "n"),
    "widened_share_funnel": lambda table: widened_share_funnel(table, "x", "n"),
    "discount_rates": lambda table: discount_rates(table, "x", SCHEDULE),
    "discount_factors": lambda table: discount_factors(table, "x", SCHEDULE),
    "present_value": lambda table: present_value(table, "n", "x", SCHEDULE),
    "deflate": lambda table: deflate(table, "n", "year", DEFLATORS, 2, "invented"),
    "shares": lambda table: shares(table, ["x"], [], "n"),
    "ranked": lambda table: ranked(table, "x", "code", ["g"]),
    "first_level": lambda table: first_level(table, "x"),
    "second_level": lambda table: second_level(table, "x", "flag", ["g"]),
    "cascade": lambda table: cascade(table, "x", "flag"),
    "masked": lambda table: masked(table, ["x"], ["n"], "flag", []),
    "absence_rate": lambda table: absence_rate(table, "x", "n"),
}

NUMBER_OF = {
    **dict.fromkeys(STATISTICS, "x"),
    **dict.fromkeys(("share_limits", "poisson_ratio_limits", "deflate", "present_value"), "n"),
}
"""A column that each statistic reads as a number."""


def some() -> pd.DataFrame:
    """A table that every statistic takes, with an index that is neither sorted nor without repeats."""
    return pd.DataFrame(
        {
            "x": [3, 12, 1, 30],
            "n": [40, 400, 9, 45],
            "squares": [3.0, 5.0, 1.0, 40.0],
            "g": ["a", "b", "a", "b"],
            "code": ["k", "l", "m", "n"],
            "year": [4, 3, 1, 2],
            "flag": [True, False, False, True],
        },
        index=[7, 2, 2, 0],
    )


@pytest.mark.parametrize("name", STATISTICS)
def test_a_statistic_keeps_the_table_its_rows_and_their_order(name: str) -> None:
    table = some()
    made = STATISTICS[name](table)
    pd.testing.assert_frame_equal(table, some())
    pd.testing.assert_frame_equal(made[table.columns], table)
    assert len(made.columns) > len(table.columns)


@pytest.mark.parametrize("name", STATISTICS)
def test_a_shuffled_table_has_the_same_statistics(name: str) -> None:
    table = some().reset_index(drop=True)
    order = [2, 0, 3, 1]
    pd.testing.assert_frame_equal(STATISTICS[name](table).iloc[order], STATISTICS[name](table.iloc[order]))


@pytest.mark.parametrize("name", STATISTICS)
def test_a_table_without_rows_has_the_same_columns(name: str) -> None:
    made = STATISTICS[name](some().iloc[:0])
    assert list(made.columns) == list(STATISTICS[name](some()).columns)
    assert len(made) == 0


@pytest.mark.parametrize("name", STATISTICS)
def test_no_column_of_the_callers_is_written_over(name: str) -> None:
    made = STATISTICS[name](some())
    with pytest.raises(ValueError, match="already has a column"):
        STATISTICS[name](made)


@pytest.mark.parametrize("bad", [np.inf, -np.inf, "5", True], ids=repr)
@pytest.mark.parametrize("name", [name for name in STATISTICS if name != "masked"])
def test_an_impossible_number_is_named_by_column_and_row(name: str, bad: object) -> None:
    mixed = np.array([1, 1, bad, 1], dtype=object)
    table = some().assign(**{NUMBER_OF[name]: mixed})
    with pytest.raises(ValueError, match=rf"Column '{NUMBER_OF[name]}' .* in row 2 \(the first row is 0\)"):
        STATISTICS[name](table)


@pytest.mark.parametrize(
    "name",
    [name for name in STATISTICS if name not in ("mean", "quantile_groups", "masked", "deflate", "present_value")],
)
def test_a_negative_number_is_named_by_column_and_row(name: str) -> None:
    column = "squares" if name == "mean_of_sums" else NUMBER_OF[name]
    table = some()
    table[column] = [1, -1, 1, -1]
    with pytest.raises(ValueError, match=rf"Column '{column}' holds a negative number in rows 1, 3 "):
        STATISTICS[name](table)


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in STATISTICS
        if name not in ("wilson", "byar", "counts", "rate", "mean_of_sums", "quantile_groups", "masked")
    ],
)
def test_a_missing_number_is_refused_where_no_peer_leaves_a_blank(name: str) -> None:
    table = some()
    table[NUMBER_OF[name]] = [1, np.nan, 1, 1]
    with pytest.raises(ValueError, match=f"Column '{NUMBER_OF[name]}' has no number in row 1 "):
        STATISTICS[name](table)


@pytest.mark.parametrize("name", ["wilson", "share_funnel", "widened_share_funnel", "absence_rate"])
def test_a_part_greater_than_its_whole_is_refused(name: str) -> None:
    table = some()
    table["n"] = [3, 11, 9, 45]
    with pytest.raises(ValueError, match="Column 'x' is greater than 'n' in row 1 "):
        STATISTICS[name](table)


@pytest.mark.parametrize(
    "name", ["byar", "counts", "rate", "discount_rates", "discount_factors", "first_level", "ranked"]
)
def test_what_is_counted_is_whole(name: str) -> None:
    table = some()
    table["x"] = [1, 2, 3.5, 4]
    with pytest.raises(ValueError, match="Column 'x' holds a number that is not whole in row 2 "):
        STATISTICS[name](table)


def test_a_column_that_is_not_there_and_one_that_is_there_twice_are_named() -> None:
    with pytest.raises(ValueError, match="no columns 'y'"):
        numbers(some(), "y")
    twice = pd.concat([some(), some()[["x"]]], axis=1)
    with pytest.raises(ValueError, match="2 columns 'x'"):
        numbers(twice, "x")


def test_only_the_first_rows_are_named() -> None:
    with pytest.raises(ValueError, match=r"in rows 0, 1, 2, 3, 4 and 3 more \(the first row is 0\)"):
        numbers(pd.DataFrame({"x": [-1] * 8}), "x")


@pytest.mark.parametrize(
    "values",
    [
        [1, 2.5, None],
        [Decimal(1), Decimal("2.5"), None],
        pd.array([1, 2.5, pd.NA], dtype="Float64"),
        [np.int64(1), np.float32(2.5), pd.NA],
        pd.Series([1, 2.5, np.nan], dtype=object),
    ],
    ids=["floats", "decimals", "nullable", "numpy", "objects"],
)
def test_numbers_of_every_kind_are_the_same_numbers(values: object) -> None:
    found = numbers(pd.DataFrame({"x": values}), "x", may_be_missing=True)
    np.testing.assert_array_equal(found, [1.0, 2.5, np.nan])


@pytest.mark.parametrize("bad", [None, np.nan, "yes", 2, 0.5], ids=repr)
def test_a_flag_is_yes_or_no(bad: object) -> None:
    assert truths(pd.DataFrame({"flag": [True, 0, 1.0, np.False_]}), "flag").tolist() == [True, False, True, False]
    with pytest.raises(ValueError, match="Column 'flag' holds something that is neither yes nor no in row 1 "):
        truths(pd.DataFrame({"flag": pd.Series([True, bad], dtype=object)}), "flag")


def test_columns_are_added_by_place_whatever_the_index_says() -> None:
    made = with_columns(some(), {"added": pd.Series([1, 2, 3, 4])})
    assert made["added"].tolist() == [1, 2, 3, 4]
    assert made.index.tolist() == [7, 2, 2, 0]


@pytest.mark.parametrize("multiplier", [0, -1, np.inf, np.nan, "100"], ids=repr)
def test_a_multiplier_is_a_number_above_0(multiplier: float) -> None:
    with pytest.raises(ValueError, match="Column 'multiplier'"):
        wilson(some(), "x", "n", multiplier=multiplier)


@pytest.mark.parametrize("confidence", [0.9, 95, 1.0])
def test_only_two_levels_of_confidence_are_in_use(confidence: float) -> None:
    with pytest.raises(ValueError, match=r"must be one of 0\.95, 0\.998"):
        wilson(some(), "x", "n", confidence)


def test_groups_are_a_list_of_columns() -> None:
    with pytest.raises(ValueError, match=r"such as \['g'\]"):
        mean(some(), "x", by="g")
