"""The NHS's own rule for its monthly files of sickness absence: METHODS section 7.

What is withheld from whom in the project's own reports is disclosure control and belongs elsewhere; so do intervals,
since days of absence come in spells.
"""

import numpy as np
import pandas as pd

from impact.statistics.tables import numbers, refuse, with_columns

LEAST_FTE_DAYS = 330.0
"""With so many FTE days available or fewer, about eleven people over a month, NHS England leaves the row blank."""


def absence_rate(
    table: pd.DataFrame, lost: str, available: str, fte_days_least: float = LEAST_FTE_DAYS
) -> pd.DataFrame:
    """The sickness absence rate, in percent of FTE days available, where more than `fte_days_least` of those stand.

    Adds `is_withheld`, and `fte_days_lost_shown`, `fte_days_available_shown` and `rate_percent`, unrounded, all three
    blank where it is. Raises ValueError for a number that is missing, infinite, negative or text, and for more days
    lost than available. Source: NHSDigital/absence-rates.
    """
    days_lost = numbers(table, lost)
    days_available = numbers(table, available)
    refuse(days_lost > days_available, f"Column {lost!r} is greater than {available!r}")
    # With none available there is no rate, whatever the threshold.
    is_withheld = (days_available <= fte_days_least) | (days_available == 0)
    shown = np.where(is_withheld, np.nan, days_available)
    return with_columns(
        table,
        {
            "is_withheld": is_withheld,
            "fte_days_lost_shown": np.where(is_withheld, np.nan, days_lost),
            "fte_days_available_shown": shown,
            "rate_percent": days_lost / shown * 100,
        },
    )
