"""Quantile groups against PHEindicatormethods' own rows, and the laws that they keep."""

from collections import Counter
from collections.abc import Callable
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impact.statistics.quantiles import quantile_groups

GROUPS = {"Decile": 10, "Septile": 7, "Quartile": 4}
BY = {"IndSexReg": ["IndSexRef", "ParentCode"], "IndSex": ["IndSexRef"], "None": []}


def groups_of(values: list[float | None], count: int, is_inverted: bool = False) -> list[int | None]:
    found = quantile_groups(pd.DataFrame({"value": values}), "value", count, is_inverted=is_inverted)["quantile_group"]
    return [None if pd.isna(group) else int(group) for group in found]


def test_eight_values_make_four_groups_of_two() -> None:
    assert groups_of([1, 2, 3, 4, 5, 6, 7, 8], 4) == [1, 1, 2, 2, 3, 3, 4, 4]
    assert groups_of([1, 2, 3, 4, 5, 6, 7, 8], 4, is_inverted=True) == [4, 4, 3, 3, 2, 2, 1, 1]


def test_ties_have_the_least_rank_and_one_group() -> None:
    found = quantile_groups(pd.DataFrame({"value": [5, 1, 1, 1]}), "value", 2)
    assert found["rank"].tolist() == [4, 1, 1, 1]
    assert found["quantile_group"].tolist() == [2, 1, 1, 1]


def test_thirteen_values_with_ties_as_the_peers_have_them() -> None:
    # Rows "GooddataDups", decile, inverted, of cases/phe/quantiles.
    values = [182.71, 175.99, 169.27, 169.27, 155.83, 149.11, 142.39, 135.67, 128.95, 121.4, 108.9, 108.9, 101.6]
    assert groups_of([*values], 10, is_inverted=True) == [1, 1, 2, 2, 4, 4, 5, 6, 7, 7, 8, 8, 10]


def test_there_are_no_groups_with_fewer_values_than_groups() -> None:
    assert groups_of([1, 2, 3, None], 4) == [None] * 4
    assert groups_of([1, 2, 3, None, 0], 4) == [2, 3, 4, None, 1]


def test_every_row_is_the_peers(peer_case: Callable[[str], pd.DataFrame]) -> None:
    table = peer_case("phe/quantiles")
    assert len(table) == 1017
    table["is_inverted"] = table["Polarity"].isin(["RAG - Low is good", "True"]) | (table["GroupSet"] == "None")
    # The rows "BadPolarity" mix directions in a group, which the peer refuses; their numbers are of one direction.
    table.loc[table["Test"] == "BadPolarity", "is_inverted"] = True
    compared = 0
    for name, group_set, is_bad in product(GROUPS, BY, (False, True)):
        is_asked = (table["QuantileNm"] == name) & (table["GroupSet"] == group_set)
        asked = table[is_asked & ((table["Test"] == "BadPolarity") == is_bad)]
        found = quantile_groups(asked, "Value", GROUPS[name], BY[group_set], "is_inverted")
        theirs = pd.to_numeric(asked["QuantileInGrp"]).astype("Int64")
        assert found["quantile_group"].isna().tolist() == theirs.isna().tolist(), (name, group_set, is_bad)
        assert found["quantile_group"].dropna().tolist() == theirs.dropna().tolist(), (name, group_set, is_bad)
        with_rank = asked["RankinGrp"].notna() & found["rank"].notna()
        assert found.loc[with_rank, "rank"].tolist() == asked.loc[with_rank, "RankinGrp"].astype(int).tolist()
        compared += len(asked)
    assert compared == 1017


def test_a_group_with_two_directions_is_refused(peer_case: Callable[[str], pd.DataFrame]) -> None:
    table = peer_case("phe/quantiles").query("Test == 'BadPolarity'")
    table = table.assign(is_inverted=table["Polarity"] == "True")
    with pytest.raises(ValueError, match="differs within a group in rows 13, 14, 15, 16, 17 and 17 more"):
        quantile_groups(table, "Value", 7, ["IndSexRef"], "is_inverted")


@pytest.mark.parametrize("groups", [1, 0, -4, 2.5, True, "4"])
def test_a_number_of_groups_is_whole_and_at_least_two(groups: int) -> None:
    with pytest.raises(ValueError, match="number of groups"):
        quantile_groups(pd.DataFrame({"value": [1, 2]}), "value", groups)


@settings(deadline=None, max_examples=25)  # a query may wait for the machine
@given(st.lists(st.integers(-50, 50), min_size=2, max_size=60, unique=True), st.integers(2, 12), st.randoms())
def test_groups_of_different_values_are_in_order_and_of_nearly_one_size(
    values: list[int], count: int, random: object
) -> None:
    found = groups_of([*values], count)
    if len(values) < count:
        assert found == [None] * len(values)
        return
    in_order = [group for _, group in sorted(zip(values, found, strict=True))]
    assert in_order == sorted(in_order, key=lambda group: group or 0)
    sizes = Counter(found)
    assert set(sizes) == set(range(1, count + 1))
    assert max(sizes.values()) - min(sizes.values()) <= 1
    order = list(range(len(values)))
    random.shuffle(order)  # type: ignore[attr-defined]
    assert groups_of([values[place] for place in order], count) == [found[place] for place in order]


def test_minus_zero_ties_with_zero() -> None:
    found = quantile_groups(pd.DataFrame({"value": [0.0, -0.0, 1.0]}), "value", 3)
    assert found["rank"].tolist() == [1, 1, 3]
    assert np.signbit(found["value"]).tolist() == [False, True, False]
