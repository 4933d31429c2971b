"""The NHS's 330-day rule against the example of its own pipeline and its published rates."""

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal

import pandas as pd
import pytest

from impact.statistics.absence import absence_rate

SHOWN = ["fte_days_lost_shown", "fte_days_available_shown", "rate_percent"]


def test_at_330_days_all_three_are_blank_and_above_none_is() -> None:
    found = absence_rate(pd.DataFrame({"lost": [12.5, 12.5], "available": [330, 330.01]}), "lost", "available")
    assert found["is_withheld"].tolist() == [True, False]
    assert found[SHOWN].iloc[0].isna().all()
    assert found[SHOWN].iloc[1].tolist() == pytest.approx([12.5, 330.01, 12.5 / 330.01 * 100], rel=1e-12)


def test_every_rate_is_the_peers(peer_case: Callable[[str], pd.DataFrame]) -> None:
    table = peer_case("absence/absence_rate_rule")
    found = absence_rate(table, "fte_days_lost", "fte_days_available")
    assert found["is_withheld"].tolist() == (table["expected_suppressed"] == 1).tolist()
    assert found["rate_percent"].isna().tolist() == table["expected_rate_percent_2dp"].isna().tolist()
    printed = [Decimal(rate).quantize(Decimal("0.01"), ROUND_HALF_UP) for rate in found["rate_percent"].dropna()]
    assert [float(rate) for rate in printed] == table["expected_rate_percent_2dp"].dropna().tolist()


def test_without_days_there_is_no_rate_whatever_the_threshold() -> None:
    found = absence_rate(pd.DataFrame({"lost": [0, 1], "available": [0, 2]}), "lost", "available", 0)
    assert found["is_withheld"].tolist() == [True, False]
    assert found["rate_percent"].fillna(-1).tolist() == [-1, 50]
