"""Money over time: discounting by the Green Book, and real terms by a deflator: METHODS section 8.

Schedules and deflators are tables that the caller gives: a review changes them, so neither is ever a constant here.
"""

import numpy as np
import pandas as pd

from impact.statistics.tables import Numbers, by_row, column, numbers, refuse, with_columns


def discount_rate(year: int, schedule: pd.DataFrame, rate: str = "standard") -> float:
    """The yearly rate of discount in force in a year, counted from now, which is year 0: 0.035 is 3.5%.

    The schedule has the whole years `year_from` and `year_to`, both included, and columns of rates, such as `standard`
    and `health`; its rows follow one another from year 0 without gap or overlap.
    Raises ValueError for a year that it does not cover, or a schedule that is none. Source: HM Treasury, The Green
    Book.
    """
    return float(_rates(schedule, rate, np.array([year], dtype=object), "year")[0])


def discount_rates(table: pd.DataFrame, year: str, schedule: pd.DataFrame, rate: str = "standard") -> pd.DataFrame:
    """Adds `discount_rate`: that of each row's year, as `discount_rate` has it. Raises ValueError as that does."""
    years = numbers(table, year, is_whole=True)
    return with_columns(table, {"discount_rate": _rates(schedule, rate, years, year)})


def discount_factors(table: pd.DataFrame, year: str, schedule: pd.DataFrame, rate: str = "standard") -> pd.DataFrame:
    """Adds `discount_factor`: what 1 in each row's year is worth now, the product of 1 / (1 + r_t) over years 1 to it.

    In year 0 it is 1. Raises ValueError for a year that is missing, negative, not whole, text or beyond the schedule.
    Source: HM Treasury, The Green Book, annex on discounting.
    """
    return with_columns(table, {"discount_factor": _factors(table, year, schedule, rate)})


def present_value(
    table: pd.DataFrame, amount: str, year: str, schedule: pd.DataFrame, rate: str = "standard"
) -> pd.DataFrame:
    """Adds `discount_factor` and `present_value`, in the unit of the amount, which may be negative; add up the latter.

    Amounts must be in real terms already: the rates are. Raises ValueError as `discount_factors` does, and for an
    amount that is missing, infinite or text.
    """
    amounts = numbers(table, amount, least=None)
    factors = _factors(table, year, schedule, rate)
    return with_columns(table, {"discount_factor": factors, "present_value": amounts * factors})


def deflate(
    table: pd.DataFrame, amount: str, year: str, deflators: pd.DataFrame, base_year: object, vintage: str
) -> pd.DataFrame:
    """Amounts in the prices of the base year: nominal x deflator of the base year / deflator of its own year.

    `deflators` has one row a `year` and its `deflator`, on any base. A year is a label (2024, or "2024-25" for a
    financial year) and must be the same kind in both tables. `base_year` is one of those labels, or for one a row the
    name of a column. Adds `real_terms`, in the unit of the amount, and `deflator_vintage`, which names the series,
    since it is revised. Raises ValueError naming the years, and the vintage, that the deflators do not cover; for a
    deflator of 0 or less; and for an amount that is missing, infinite or text. Source: HM Treasury, GDP deflators at
    market prices.
    """
    amounts = numbers(table, amount, least=None)
    own = list(column(table, year))
    is_column = isinstance(base_year, str) and base_year in table.columns
    base = list(column(table, str(base_year))) if is_column else [base_year] * len(table)
    labels = list(column(deflators, "year"))
    twice = sorted({str(label) for label in labels if labels.count(label) > 1})
    if twice:
        raise ValueError(f"The deflators {vintage!r} have more than one row for {', '.join(twice)}.")
    known = dict(zip(labels, numbers(deflators, "deflator", above=0.0), strict=True))
    missing = list(dict.fromkeys(str(label) for label in [*own, *base] if not _is_in(label, known)))
    if missing:
        raise ValueError(
            f"The deflators {vintage!r} do not cover {', '.join(missing)}. They cover "
            f"{', '.join(map(str, labels)) or 'no year'}: load a later vintage, or one of the same kind of year."
        )
    made = by_row(
        {"real_terms": "in_prices_of(amount, own, base)"},
        amount=amounts,
        own=np.array([known[label] for label in own], dtype=float),
        base=np.array([known[label] for label in base], dtype=float),
    )
    return with_columns(table, {**made, "deflator_vintage": np.full(len(table), vintage, dtype=object)})


def _is_in(label: object, known: dict[object, float]) -> bool:
    return isinstance(label, str | int | np.integer) and not isinstance(label, bool) and label in known


def _factors(table: pd.DataFrame, year: str, schedule: pd.DataFrame, rate: str) -> Numbers:
    years = numbers(table, year, is_whole=True)
    _rates(schedule, rate, years, year)
    last = int(years.max()) if len(years) else 0
    yearly = _rates(schedule, rate, np.arange(1, last + 1, dtype=float), year)
    factors = np.array([1.0, *np.cumprod(1 / (1 + yearly))])
    return np.asarray(factors[years.astype(int)], dtype=float)


def _rates(schedule: pd.DataFrame, rate: str, years: "Numbers | np.ndarray", what: str) -> Numbers:
    """The rate of each year. Raises ValueError when the schedule is none, or does not cover a year."""
    starts = numbers(schedule, "year_from", is_whole=True)
    ends = numbers(schedule, "year_to", is_whole=True)
    rates = numbers(schedule, rate)
    order = np.argsort(starts, kind="stable")
    expected = np.array([0.0, *(ends[order] + 1)])[: len(order)]
    if not len(order) or (starts[order] != expected).any() or (ends < starts).any():
        raise ValueError("The years of the schedule do not follow one another from 0 without gap or overlap.")
    asked = numbers(pd.DataFrame({what: years}), what, is_whole=True)
    last = ends[order][-1]
    refuse(asked > last, f"The schedule ends with year {last:g}, and {what!r} is later")
    return np.asarray(rates[order][np.searchsorted(ends[order], asked)], dtype=float)
