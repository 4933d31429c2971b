"""What savings come to in the prices of one year, in all over the years, and broken down: on a few rows, then on a
random sector against plain Python."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import duckdb
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as runs
from hypothesis import strategies as st

from impact.statistics.greenbook import deflate, discount_factors, present_value
from tests.sql import boring_savings
from tests.sql.random_sector import DEFLATORS, Sector, random_sector
from tests.sql.tables import (
    SETTINGS,
    Row,
    build,
    commissioner,
    contract,
    deflators,
    discount_rates,
    nil,
    one,
    organisation,
    row,
    run,
    saving,
    select,
    tables,
)

DEFLATOR = "benchmarks.deflator"
FACTOR = "benchmarks.discount_factor"
TOTAL = "benchmarks.saving_total"
WORTH = "benchmarks.saving_present_value"
WORTH_BY_YEAR = "benchmarks.saving_present_value_year"

PRICES = {"2024-25": 100, "2025-26": 104, "2026-27": 106}
OF_ALL = {"source": "ALL", "benefit_to": "ALL", "evidence_level": "ALL"}
SCHEDULE = pd.DataFrame({"year_from": [0, 31, 76], "year_to": [30, 75, 125], "standard": [0.035, 0.03, 0.025]})


def made(*rows: Row, prices: Mapping[str, Any] = PRICES, **settings: float) -> duckdb.DuckDBPyConnection:
    """The totals and present values of M1 (of others too, where rows give them), in prices of the vintage 2026-06."""
    given_rows = [organisation("M1"), *deflators("2026-06", prices), *rows]
    return run(tables(*given_rows, settings={**SETTINGS, **settings}), TOTAL, WORTH)


def snapshots(*quarters: str) -> list[Row]:
    """Snapshots in which one saving has come to 100 since 1 April."""
    return [saving("M1", quarter, "A", 100) for quarter in quarters]


def total(connection: duckdb.DuckDBPyConnection, columns: str, period: str, **where: Any) -> tuple[Any, ...]:
    """These columns of one total: of the quarter, of all of the organisation and of what releases cash, unless said."""
    whole = {"grain": "quarter", "period_id": period, "commissioner_code": "ALL", "type": "cash_releasing", **OF_ALL}
    return one(connection, TOTAL, columns, **{**whole, **where})


# The deflators in use


def prices_of(connection: duckdb.DuckDBPyConnection, columns: str, period: str, year: str) -> tuple[Any, ...]:
    return one(connection, DEFLATOR, columns, period_id=period, financial_year=year)


def test_a_quarter_is_shown_in_the_prices_of_its_own_financial_year() -> None:
    connection = made(*snapshots("2025-Q1", "2025-Q2", "2026-Q1", "2026-Q2"))
    assert dict(select(connection, DEFLATOR, "period_id, price_base_year")) == {
        "2025-Q1": "2024-25",
        "2025-Q2": "2025-26",
        "2025-Q3": "2025-26",
        "2025-Q4": "2025-26",
        "2026-Q1": "2025-26",
        "2026-Q2": "2026-27",
    }
    columns = "deflator, base_deflator, prices, missing_years, deflator_vintage"
    assert prices_of(connection, columns, "2026-Q1", "2025-26") == (104, 104, 1, [], "2026-06")
    expected = Decimal(104 / 100).quantize(Decimal("1e-14"))
    assert prices_of(connection, columns, "2026-Q1", "2024-25") == (100, 104, expected, [], "2026-06")


def test_a_site_may_keep_to_the_prices_of_one_year() -> None:
    connection = made(*snapshots("2025-Q1", "2025-Q2", "2026-Q2"), price_base_year=2024)
    assert select(connection, DEFLATOR, "distinct price_base_year") == [("2024-25",)]
    expected = Decimal(100 / 106).quantize(Decimal("1e-14"))
    assert prices_of(connection, "prices", "2026-Q2", "2026-27") == (expected,)


def test_the_vintage_in_use_is_the_latest_that_was_out_when_this_was_built() -> None:
    """The tables are built as at July 2026."""
    others = [
        *deflators("2025-12", {"2025-26": 1}),
        *deflators("2026-08", {"2025-26": 2}),
        *deflators("2026-07", {"2025-26": 3}, series="calendar_year"),
    ]
    connection = made(*others, *snapshots("2025-Q2"))
    assert prices_of(connection, "deflator_vintage, deflator", "2025-Q2", "2025-26") == ("2026-06", 104)


def test_a_vintage_is_never_filled_up_from_an_earlier_one_or_from_calendar_years() -> None:
    earlier = [
        *deflators("2025-12", {"2025-26": 104}),
        *deflators("2026-06", {"2025": 104, "2025-26": 104}, series="calendar_year"),
    ]
    connection = made(*earlier, *snapshots("2025-Q2"), prices={"2024-25": 100})
    assert total(connection, "nominal_gbp, real_gbp, why_not_real", "2025-Q2") == (
        100,
        None,
        "no deflator for 2025-26 in the vintage 2026-06",
    )


@pytest.mark.parametrize(
    "others", [[], deflators("2026-08", PRICES), deflators("2026-06", {"2025": 1}, series="calendar_year")]
)
def test_without_deflators_of_financial_years_nothing_is_real_and_it_is_said(others: list[Row]) -> None:
    connection = made(*others, *snapshots("2025-Q2"), prices={})
    columns = "nominal_gbp, real_gbp, deflator_vintage, price_base_year, why_not_real"
    assert total(connection, columns, "2025-Q2") == (100, None, None, "2025-26", "no deflators of financial years")
    assert one(connection, WORTH, "real_gbp, why_none", commissioner_code="ALL", benefit_to="ALL") == (
        None,
        "no deflators of financial years; no discount rates in force on 2025-06-30",
    )


# In the prices of one year


def test_each_quarter_of_a_year_is_put_in_the_prices_of_the_last_from_its_own() -> None:
    amounts = {"2025-Q3": 40, "2025-Q4": 100, "2026-Q1": 160, "2026-Q2": 30}
    connection = made(*(saving("M1", quarter, "A", amount) for quarter, amount in amounts.items()))
    columns = (
        "quarters, savings, nominal_gbp, cast(real_gbp as double), price_base_year, deflator_vintage, why_not_real"
    )
    assert total(connection, columns, "2026-Q2", grain="rolling_year") == (
        3,
        1,
        60 + 60 + 30,
        pytest.approx((60 + 60) * 106 / 104 + 30, rel=1e-14),
        "2026-27",
        "2026-06",
        None,
    )
    assert total(connection, "nominal_gbp, real_gbp", "2026-Q1", grain="rolling_year") == (120, 120)


def test_real_terms_are_those_of_the_function_for_analysts() -> None:
    amounts = {"2024-Q2": "1234.56", "2025-Q2": "-78.90", "2026-Q2": "1000000.01"}
    connection = made(*(saving("M1", quarter, "A", amount) for quarter, amount in amounts.items()))
    by_year = select(
        connection, WORTH_BY_YEAR, "financial_year, nominal_gbp, real_gbp", period_id="2026-Q2", benefit_to="ALL"
    )
    own = pd.DataFrame(by_year, columns=["year", "gbp", "real"])
    index = pd.DataFrame({"year": list(PRICES), "deflator": list(PRICES.values())})
    expected = deflate(own, "gbp", "year", index, "2026-27", "2026-06")["real_terms"]
    assert [float(real) for real in own["real"]] == pytest.approx(expected.tolist(), rel=1e-12)


def test_a_year_that_the_vintage_lacks_is_named_and_only_where_it_is_needed() -> None:
    connection = made(
        *(saving("M1", quarter, "A", 10) for quarter in ("2025-Q2", "2025-Q3", "2026-Q2")),
        prices={"2024-25": 100, "2025-26": 104},
    )
    columns = "nominal_gbp, real_gbp, why_not_real"
    why = "no deflator for 2026-27 in the vintage 2026-06"
    assert total(connection, columns, "2025-Q2") == (10, 10, None)
    assert total(connection, columns, "2026-Q2") == (10, None, why)
    assert total(connection, columns, "2026-Q2", grain="rolling_year") == (10, None, why)


def test_every_year_that_the_vintage_lacks_is_named_once() -> None:
    rows = [saving("M1", quarter, name, 1) for name in "AB" for quarter in ("2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2")]
    connection = made(*rows, prices={"2024-25": 100})
    why = "no deflator for 2025-26, 2026-27 in the vintage 2026-06"
    assert total(connection, "why_not_real", "2026-Q2", grain="rolling_year") == (why,)


def test_prices_of_a_year_that_the_vintage_lacks_are_none() -> None:
    connection = made(*snapshots("2025-Q2"), price_base_year=2030)
    assert total(connection, "real_gbp, price_base_year, why_not_real", "2025-Q2") == (
        None,
        "2030-31",
        "no deflator for 2030-31 in the vintage 2026-06",
    )


# What a quarter comes to


def test_a_quarter_without_the_snapshot_before_has_no_figure_and_it_is_said_which() -> None:
    connection = made(*snapshots("2025-Q2", "2025-Q4"))
    columns = "quarters, savings, nominal_gbp, real_gbp, why_not_real"
    assert total(connection, columns, "2025-Q4") == (0, None, None, None, "no snapshot of 2025-Q3")
    assert total(connection, columns, "2025-Q4", grain="rolling_year") == (1, 1, 100, 100, None)
    assert select(connection, TOTAL, "type", grain="quarter", period_id="2025-Q4", source="procurement") == []


def test_a_nil_snapshot_saved_nothing_of_any_type_and_that_is_known() -> None:
    connection = made(nil("M1", "savings", "2025-Q2"))
    found = select(connection, TOTAL, "type, savings, nominal_gbp, real_gbp", grain="quarter")
    assert found == [(kind, 0, 0, 0) for kind in sorted(boring_savings.TYPES)]


def test_a_snapshot_that_was_corrected_counts_as_corrected_in_this_quarter_and_the_next() -> None:
    def sent(name: str, quarter: str, amount: int, **values: Any) -> list[Row]:
        receipt = row("receipt", id=name, sender="M1", feed="savings", period=quarter, **values)
        return [receipt, *_with_receipt(saving("M1", quarter, "A", amount), name)]

    connection = made(
        *sent("r1", "2025-Q2", 900),
        *sent("r2", "2025-Q2", 100, corrects="r1"),
        *sent("r3", "2025-Q3", 250),
    )
    assert total(connection, "savings, nominal_gbp, real_gbp", "2025-Q2") == (1, 100, 100)
    assert total(connection, "savings, nominal_gbp, real_gbp", "2025-Q3") == (1, 150, 150)


def _with_receipt(given_row: Row, receipt: str) -> list[Row]:
    """The row alone, under a receipt that the test gives itself."""
    return [Row(given_row.table, {**given_row.values, "receipt": receipt})]


def test_types_stand_apart_and_are_never_added_up() -> None:
    amounts = {"cash_releasing": 1, "non_cash_releasing": 20, "cost_avoidance": 300, "income": 4000}
    connection = made(*(saving("M1", "2025-Q2", kind, amount, type=kind) for kind, amount in amounts.items()))
    assert dict(select(connection, TOTAL, "type, nominal_gbp", grain="quarter", **OF_ALL)) == amounts
    assert one(connection, WORTH_BY_YEAR, "nominal_gbp", benefit_to="ALL") == (1,)


def test_each_total_stands_by_source_by_keeper_and_by_evidence() -> None:
    connection = made(
        saving("M1", "2025-Q2", "A", 1, source="growth", benefit_to="service", evidence_level="audited"),
        saving("M1", "2025-Q2", "B", 20, source="growth", evidence_level="estimated"),
        saving("M1", "2025-Q2", "C", 300, source="other", evidence_level="audited"),
    )
    columns = "source, benefit_to, evidence_level, savings, nominal_gbp"
    assert select(connection, TOTAL, columns, grain="quarter", type="cash_releasing") == [
        ("ALL", "ALL", "ALL", 3, 321),
        ("ALL", "ALL", "audited", 2, 301),
        ("ALL", "ALL", "estimated", 1, 20),
        ("ALL", "commissioner", "ALL", 2, 320),
        ("ALL", "commissioner", "audited", 1, 300),
        ("ALL", "commissioner", "estimated", 1, 20),
        ("ALL", "service", "ALL", 1, 1),
        ("ALL", "service", "audited", 1, 1),
        ("growth", "ALL", "ALL", 2, 21),
        ("other", "ALL", "ALL", 1, 300),
    ]


def test_a_saving_that_came_to_nothing_is_not_counted_among_them() -> None:
    connection = made(saving("M1", "2025-Q2", "A", 10), saving("M1", "2025-Q2", "B", 0))
    assert total(connection, "savings", "2025-Q2") == (1,)


def test_of_savings_that_overlap_one_counts() -> None:
    rows = [saving("M1", "2025-Q2", name, amount, double_count_group="G") for name, amount in (("B", 70), ("A", 50))]
    assert total(made(*rows), "savings, nominal_gbp", "2025-Q2") == (1, 50)


def test_each_commissioner_has_the_savings_of_its_contracts_and_none_has_those_without() -> None:
    connection = made(
        *(contract(code, "M1", "2020-01-01", contract_code=f"K{code}") for code in ("C1", "C2", "C3")),
        contract("C4", "M1", "2025-07-01"),
        saving("M1", "2025-Q2", "A", 1, contract_code="KC1", benefit_to="service"),
        saving("M1", "2025-Q2", "B", 20, contract_code="KC2"),
        saving("M1", "2025-Q2", "D", 300),
        *discount_rates("2003-04-01"),
    )
    where = {"type": "cash_releasing", "grain": "quarter"}
    columns = "commissioner_code, savings, nominal_gbp, real_gbp"
    assert select(connection, TOTAL, columns, **where, **OF_ALL) == [
        ("ALL", 3, 321, 321),
        ("C1", 1, 1, 1),
        ("C2", 1, 20, 20),
        ("C3", 0, 0, 0),
    ]
    assert select(connection, WORTH, "commissioner_code, benefit_to, present_value_gbp") == [
        ("ALL", "ALL", 321),
        ("ALL", "commissioner", 320),
        ("C1", "ALL", 1),
        ("C1", "commissioner", 0),
        ("C2", "ALL", 20),
        ("C2", "commissioner", 20),
        ("C3", "ALL", 0),
        ("C3", "commissioner", 0),
    ]


def test_what_is_still_saved_under_a_contract_that_ended_is_its_commissioner_s() -> None:
    connection = made(
        contract("C1", "M1", "2020-01-01", "2025-03-31", contract_code="K1"),
        saving("M1", "2025-Q2", "A", 10, contract_code="K1"),
    )
    assert total(connection, "nominal_gbp", "2025-Q2", commissioner_code="C1") == (10,)


# Present value


def worth(connection: duckdb.DuckDBPyConnection, columns: str, period: str = "2026-Q2") -> tuple[Any, ...]:
    return one(connection, WORTH, columns, period_id=period, commissioner_code="ALL", benefit_to="ALL")


def test_savings_of_three_years_are_worth_less_the_later_they_come() -> None:
    connection = made(
        *discount_rates("2003-04-01"),
        saving("M1", "2024-Q2", "A", 100, implementation_cost_to_date_gbp=300),
        saving("M1", "2025-Q2", "A", 104, evidence_level="estimated"),
        saving("M1", "2025-Q3", "A", 208),
        saving("M1", "2026-Q2", "A", 106),
    )
    columns = "first_year, last_year, years, quarters, price_base_year, deflator_vintage, nominal_gbp"
    assert worth(connection, columns) == ("2024-25", "2026-27", 3, 4, "2026-27", "2026-06", -200 + 208 + 106)
    verified = -200 * 1.06 + 106 / 1.035 + 106 / 1.035**2
    assert worth(connection, "present_value_gbp, verified_present_value_gbp") == (
        pytest.approx(verified + 106 / 1.035, rel=1e-12),
        pytest.approx(verified, rel=1e-12),
    )
    by_year = "financial_year, year_index, quarters, discount_factor, cast(present_value_gbp as double)"
    assert select(connection, WORTH_BY_YEAR, by_year, period_id="2026-Q2", benefit_to="ALL") == [
        ("2024-25", 0, 1, 1, pytest.approx(-200 * 1.06, rel=1e-12)),
        ("2025-26", 1, 2, pytest.approx(1 / 1.035, rel=1e-12), pytest.approx(2 * 106 / 1.035, rel=1e-12)),
        ("2026-27", 2, 1, pytest.approx(1 / 1.035**2, rel=1e-12), pytest.approx(106 / 1.035**2, rel=1e-12)),
    ]
    assert worth(connection, "years, cast(real_gbp as double)", "2024-Q2") == (1, -200)


def test_a_year_without_any_snapshot_is_no_year_of_the_record_and_still_passes() -> None:
    connection = made(
        *discount_rates("2003-04-01"), *(saving("M1", quarter, "A", 106) for quarter in ("2024-Q2", "2026-Q2"))
    )
    assert worth(connection, "years, present_value_gbp") == (2, pytest.approx(106 * 1.06 + 106 / 1.035**2, rel=1e-12))


def test_what_the_commissioner_keeps_is_worth_its_part() -> None:
    connection = made(
        *discount_rates("2003-04-01"),
        *(saving("M1", "2025-Q2", whom, 10, benefit_to=whom) for whom in ("commissioner", "service", "organisation")),
    )
    assert select(connection, WORTH, "benefit_to, present_value_gbp") == [("ALL", 30), ("commissioner", 10)]


def test_the_rates_are_those_in_force_on_the_last_day_of_the_quarter() -> None:
    connection = made(
        *discount_rates("2003-04-01"),
        *discount_rates("2026-06-30", (0, 10, 2)),
        *discount_rates("2026-07-01", (0, 10, 9)),
        *(saving("M1", quarter, "A", 106) for quarter in ("2024-Q2", "2025-Q2", "2026-Q2")),
    )
    columns = "cast(rates_from as varchar)"
    assert worth(connection, columns, "2026-Q1") == ("2003-04-01",)
    assert worth(connection, columns) == ("2026-06-30",)
    factors = "year_index, rate_percent, discount_factor"
    assert select(connection, WORTH_BY_YEAR, factors, period_id="2026-Q2", benefit_to="ALL") == [
        (0, 2, 1),
        (1, 2, pytest.approx(1 / 1.02, rel=1e-15)),
        (2, 2, pytest.approx(1 / 1.02**2, rel=1e-15)),
    ]


@pytest.mark.parametrize(
    ("rates", "why"),
    [
        ([], "no discount rates in force on 2026-06-30"),
        (discount_rates("2026-07-01"), "no discount rates in force on 2026-06-30"),
        (discount_rates("2003-04-01", (0, 1, 3.5)), "no one discount rate for year 2 in the rates of 2003-04-01"),
        (
            discount_rates("2003-04-01", (0, 0, 3.5), (2, 9, 3)),
            "no one discount rate for year 1 in the rates of 2003-04-01",
        ),
        (
            discount_rates("2003-04-01", (0, 2, 3.5), (1, 9, 3)),
            "no one discount rate for year 1 in the rates of 2003-04-01",
        ),
        (discount_rates("2003-04-01", (1, 9, 3.5)), "no one discount rate for year 0 in the rates of 2003-04-01"),
    ],
)
def test_there_is_no_present_value_where_the_rates_do_not_cover_the_years(rates: list[Row], why: str) -> None:
    connection = made(*rates, *(saving("M1", quarter, "A", 106) for quarter in ("2024-Q2", "2025-Q2", "2026-Q2")))
    columns = "present_value_gbp, verified_present_value_gbp, cast(real_gbp as double), why_none"
    real = 106 * (1.06 + 106 / 104 + 1)
    assert worth(connection, columns) == (None, None, pytest.approx(real, rel=1e-12), why)


def test_there_is_no_present_value_where_the_deflators_do_not_cover_the_years() -> None:
    connection = made(
        *discount_rates("2003-04-01"),
        *(saving("M1", quarter, "A", 100) for quarter in ("2024-Q2", "2025-Q2")),
        prices={"2025-26": 104},
    )
    columns = "nominal_gbp, real_gbp, present_value_gbp, why_none"
    why = "no deflator for 2024-25 in the vintage 2026-06"
    assert worth(connection, columns, "2025-Q2") == (200, None, None, why)
    assert select(connection, WORTH_BY_YEAR, "financial_year, real_gbp", period_id="2025-Q2", benefit_to="ALL") == [
        ("2024-25", None),
        ("2025-26", 100),
    ]


def test_the_factors_are_those_of_the_function_for_analysts() -> None:
    connection = run(tables(*discount_rates("2003-04-01")), FACTOR)
    found = pd.DataFrame(select(connection, FACTOR, "year_index, discount_factor"), columns=["year", "factor"])
    assert found["year"].tolist() == list(range(126))
    expected = discount_factors(found, "year", SCHEDULE)["discount_factor"]
    assert found["factor"].tolist() == pytest.approx(expected.tolist(), rel=1e-12)


def test_a_present_value_is_that_of_the_function_for_analysts() -> None:
    years = {f"{year}-{year % 100 + 1:02}": 100 + year for year in range(2001, 2026)}
    connection = made(
        *discount_rates("2003-04-01", (0, 9, 3.5), (10, 30, 3)),
        *(saving("M1", f"{year[:4]}-Q2", "A", index) for year, index in years.items()),
        prices=years,
    )
    schedule = pd.DataFrame({"year_from": [0, 10], "year_to": [9, 30], "standard": [0.035, 0.03]})
    real = pd.DataFrame({"gbp": [years["2025-26"]] * len(years), "year": range(len(years))})
    expected = present_value(real, "gbp", "year", schedule)["present_value"].sum()
    assert worth(connection, "present_value_gbp", "2025-Q2") == (pytest.approx(expected, rel=1e-12),)


# What always holds


_pounds = st.decimals(min_value=-(10**9), max_value=10**9, places=2)


@runs(max_examples=15, deadline=None)
@given(st.lists(_pounds, min_size=4, max_size=4), st.decimals(min_value="0.01", max_value=100000, places=2))
def test_where_prices_stood_still_real_terms_are_those_of_the_day(amounts: list[Decimal], index: Decimal) -> None:
    quarters = ("2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3")
    connection = made(
        nil("M1", "savings", "2025-Q3"),
        *(saving("M1", quarter, "A", amount) for quarter, amount in zip(quarters, amounts, strict=True)),
        prices=dict.fromkeys(("2025-26", "2026-27"), index),
    )
    assert select(connection, TOTAL, "*", why_not_real=None) != []
    assert connection.execute(f"select 1 from {TOTAL} where real_gbp is distinct from nominal_gbp").fetchall() == []


@pytest.mark.long
@runs(max_examples=15, deadline=None)
@given(st.lists(_pounds, min_size=2, max_size=6), st.integers(min_value=0, max_value=10**6))
def test_the_order_of_the_rows_that_come_in_changes_no_digit(amounts: list[Decimal], shift: int) -> None:
    rows = [
        *discount_rates("2003-04-01"),
        *deflators("2026-06", {"2024-25": "97.31", "2025-26": "101.17"}),
        *(
            saving("M1", quarter, f"S{number}", amount, source=("growth", "other")[number % 2])
            for number, amount in enumerate(amounts)
            for quarter in ("2024-Q2", "2025-Q2")
        ),
    ]
    turned = rows[shift % len(rows) :] + rows[: shift % len(rows)]
    built = [run(tables(organisation("M1"), *given_rows), TOTAL, WORTH) for given_rows in (rows, turned)]
    for table in (TOTAL, WORTH, WORTH_BY_YEAR):
        first, second = (select(connection, table, "*") for connection in built)
        assert first == second


# A whole random sector

RATE = Fraction(35, 1000)
SEEDS = (20260721, 20260722)
LEAST_TOTALS = 5_000
"""Of each, so that 10,000 rows are compared."""


@pytest.fixture(scope="module", params=SEEDS)
def sector(request: pytest.FixtureRequest) -> Sector:
    return random_sector(seed=request.param)


@pytest.fixture(scope="module")
def real(sector: Sector) -> Iterator[duckdb.DuckDBPyConnection]:
    with run(tables(*sector.rows()), TOTAL, WORTH) as connection:
        yield connection


@pytest.fixture(scope="module")
def lacking(sector: Sector) -> Iterator[duckdb.DuckDBPyConnection]:
    """The same, with a vintage that does not cover the last year."""
    rows = [one for one in sector.rows() if one.values.get("year") != "2025-26"]
    with run(tables(*rows), TOTAL, WORTH) as connection:
        yield connection


_TOTAL_COLUMNS = (
    "grain, period_id, organisation_code, commissioner_code, type, source, benefit_to, evidence_level, "
    "quarters, savings, nominal_gbp, real_gbp, price_base_year, why_not_real"
)


def is_same(found: object, expected: object) -> bool:
    """Whether two values are equal, amounts to a relative 1e-12."""
    if isinstance(found, float | Decimal) and isinstance(expected, int | Fraction | Decimal):
        off, size = abs(Fraction(found) - Fraction(expected)), abs(Fraction(expected))
        return off <= max(Fraction(1), size) / 10**12
    return found == expected


def differences(found: Mapping[Any, tuple[object, ...]], expected: Mapping[Any, tuple[object, ...]]) -> list[str]:
    wrong = [f"only one has {place}" for place in set(found) ^ set(expected)]
    for place in set(found) & set(expected):
        if not all(is_same(*pair) for pair in zip(found[place], expected[place], strict=True)):
            wrong.append(f"{place}: {found[place]} is not {expected[place]}")
    return wrong


def test_every_total_is_what_loops_make_it(sector: Sector, real: duckdb.DuckDBPyConnection) -> None:
    found = {line[:8]: line[8:] for line in select(real, TOTAL, _TOTAL_COLUMNS)}
    assert len(found) > LEAST_TOTALS
    assert differences(found, boring_savings.totals(sector, DEFLATORS)) == []


def test_every_total_that_lacks_a_deflator_says_so_as_loops_do(
    sector: Sector, lacking: duckdb.DuckDBPyConnection
) -> None:
    found = {line[:8]: line[8:] for line in select(lacking, TOTAL, _TOTAL_COLUMNS)}
    there = {year: index for year, index in DEFLATORS.items() if year != "2025-26"}
    assert differences(found, boring_savings.totals(sector, there)) == []
    assert len({why for *_, why in found.values()}) > len(there)


def test_every_present_value_is_what_loops_make_it(sector: Sector, real: duckdb.DuckDBPyConnection) -> None:
    columns = (
        "period_id, organisation_code, commissioner_code, benefit_to, first_year, last_year, years, quarters, "
        "nominal_gbp, real_gbp, present_value_gbp, verified_present_value_gbp"
    )
    found = {line[:4]: line[4:] for line in select(real, WORTH, columns, why_none=None)}
    assert differences(found, boring_savings.present_values(sector, DEFLATORS, RATE)) == []


def test_every_claim_holds_where_deflators_are_lacking() -> None:
    build(
        organisation("M1"),
        commissioner("C1"),
        contract("C1", "M1", "2020-01-01", contract_code="K1", annual_value_gbp=36500),
        *deflators("2026-06", {"2024-25": 100}),
        *(saving("M1", quarter, "A", 10, contract_code="K1") for quarter in ("2025-Q1", "2025-Q2", "2025-Q4")),
    )
