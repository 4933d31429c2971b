"""Counts made coarse instead of withheld: OpenSAFELY's two ways. Which cells to withhold belongs in `primary`."""

import pandas as pd


def redact_and_round(counts: "pd.Series[int]", redact_to: int = 7, base: int = 5) -> "pd.Series[int]":
    """Counts of 1 to `redact_to` missing (nullable integers), all others to the nearest multiple of `base`."""
    rounded = (counts + base // 2) // base * base
    return rounded.astype("Int64").mask((counts > 0) & (counts <= redact_to))


def midpoint_round(counts: "pd.Series[int]", base: int = 6) -> "pd.Series[int]":
    """Every count above 0 to the middle of the `base` counts that it is among: 1 to 6 become 3, 7 to 12 become 9."""
    return ((counts + base - 1) // base * base - base // 2).where(counts > 0, 0)
