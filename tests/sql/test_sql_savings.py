"""What organisations say they saved, on a few rows: what a quarter comes to, what is never in it, and for whom."""

from typing import Any

import duckdb
import pytest

from impact.warehouse import build_models
from tests.sql.tables import (
    Row,
    broken_claims,
    build,
    commissioner,
    contract,
    nil,
    one,
    organisation,
    row,
    run,
    saving,
    select,
    tables,
)

SAVING = "measures.saving"
SAVINGS = "measures.savings"
INDICATOR = "indicators.organisation_indicator"
FIGURE = "published.organisation_figure"
MODEL_FIGURE = "published.delivery_model_figure"
NEW_YEAR = "2025-Q2"
"""The first quarter of the financial year, in which a snapshot needs none before it."""


def indicators(*rows: Row) -> duckdb.DuckDBPyConnection:
    return run(tables(organisation("M1"), *rows), INDICATOR)


def net(*rows: Row, indicator: str = "net_savings") -> dict[str, Any]:
    """What an amount of the whole organisation comes to in each quarter."""
    made = indicators(*rows)
    return dict(
        select(made, INDICATOR, "period_id, value", indicator_id=indicator, grain="quarter", commissioner_code="ALL")
    )


def share(made: duckdb.DuckDBPyConnection, code: str, columns: str, quarter: str = NEW_YEAR) -> list[tuple[Any, ...]]:
    """What is saved of contract value in a quarter, for a commissioner or ALL."""
    where = {"indicator_id": "savings_share_of_contract", "grain": "quarter", "period_id": quarter}
    return select(made, INDICATOR, columns, commissioner_code=code, **where)


# What a quarter comes to


def test_a_quarter_is_its_snapshot_less_the_one_before_and_a_financial_year_begins_anew() -> None:
    amounts = {"2025-Q1": 900, "2025-Q2": 100, "2025-Q3": 250, "2025-Q4": 240, "2026-Q1": 400, "2026-Q2": 30}
    found = net(*(saving("M1", quarter, "A", amount) for quarter, amount in amounts.items()))
    assert found == {"2025-Q2": 100, "2025-Q3": 150, "2025-Q4": -10, "2026-Q1": 160, "2026-Q2": 30}


def test_a_quarter_without_the_snapshot_before_comes_to_nothing_that_is_known() -> None:
    found = net(*(saving("M1", quarter, "A", 100) for quarter in ("2025-Q2", "2025-Q4", "2026-Q1")))
    assert found == {"2025-Q2": 100, "2026-Q1": 0}


def test_a_nil_snapshot_counts_as_nothing_saved_so_far() -> None:
    assert net(nil("M1", "savings", "2025-Q3"), saving("M1", "2025-Q4", "A", 100)) == {"2025-Q4": 100}


def test_a_nil_snapshot_is_nothing_saved_where_the_one_before_is_known() -> None:
    nils = [nil("M1", "savings", quarter) for quarter in ("2025-Q2", "2025-Q3", "2026-Q1")]
    assert net(*nils) == {"2025-Q2": 0, "2025-Q3": 0}


def test_a_snapshot_that_was_not_accepted_is_not_there() -> None:
    held = row("receipt", sender="M1", feed="savings", period="2025-Q3", decision="held")
    assert net(held, saving("M1", "2025-Q4", "A", 100)) == {}


def test_a_saving_that_is_new_among_others_counts_from_nothing() -> None:
    found = net(saving("M1", "2025-Q3", "A", 10), saving("M1", "2025-Q4", "A", 15), saving("M1", "2025-Q4", "B", 7))
    assert found == {"2025-Q4": 5 + 7}


def test_the_snapshot_before_is_that_of_the_same_saving_and_organisation() -> None:
    made = indicators(
        organisation("M2"),
        *(saving(code, "2025-Q2", "A", amount) for code, amount in (("M1", 10), ("M2", 1000))),
        *(saving(code, "2025-Q3", "A", amount) for code, amount in (("M1", 15), ("M2", 1001))),
    )
    where = {"indicator_id": "net_savings", "grain": "quarter", "period_id": "2025-Q3"}
    assert select(made, INDICATOR, "organisation_code, value", **where) == [("M1", 5), ("M2", 1)]


def test_net_is_less_what_it_cost_in_the_same_quarter() -> None:
    costs = {"2025-Q2": 30, "2025-Q3": 70}
    rows = [saving("M1", quarter, "A", 100, implementation_cost_to_date_gbp=cost) for quarter, cost in costs.items()]
    assert net(*rows) == {"2025-Q2": 70, "2025-Q3": -40}


def test_a_year_is_the_sum_of_its_quarters_and_says_how_many_there_are() -> None:
    made = indicators(*(saving("M1", quarter, "A", 100) for quarter in ("2025-Q2", "2025-Q3", "2026-Q1", "2026-Q2")))
    where = {"indicator_id": "net_savings", "grain": "rolling_year", "period_id": "2026-Q2"}
    assert one(made, INDICATOR, "value, denominator, months_reported", **where) == (0 + 100, None, 6)


# What is never in it


@pytest.mark.parametrize("kind", ["cost_avoidance", "income", "non_cash_releasing"])
def test_what_releases_no_cash_is_never_net(kind: str) -> None:
    made = indicators(saving("M1", NEW_YEAR, "A", 100), saving("M1", NEW_YEAR, "B", 900, type=kind))
    found = select(made, INDICATOR, "value", indicator_id="net_savings", grain="quarter")
    assert found == [(100,)]
    assert one(made, SAVINGS, "value", item="B", measure="actual_to_date_gbp") == (900,)
    assert [measure for (measure,) in select(made, SAVINGS, "measure", item="B") if "net" in measure] == []


@pytest.mark.parametrize("quarter", ["2025-Q2", "2025-Q3"])
def test_of_the_savings_of_one_group_one_counts(quarter: str) -> None:
    rows = [
        saving("M1", each, name, amount * 10, double_count_group="G")
        for each in ("2025-Q2", "2025-Q3")
        for name, amount in (("B", 3), ("A", 2), ("C", 4))
    ]
    assert net(*rows, saving("M1", "2025-Q2", "D", 1)) == {"2025-Q2": 20 + 1, "2025-Q3": 0}
    made = run(tables(*rows), SAVING)
    assert select(made, SAVING, "saving_id", is_counted=True, as_at_quarter=quarter) == [("A",)]


def test_groups_of_two_organisations_are_two() -> None:
    made = indicators(
        organisation("M2"), *(saving(code, NEW_YEAR, code, 5, double_count_group="G") for code in ("M1", "M2"))
    )
    assert select(made, INDICATOR, "value", indicator_id="net_savings", grain="quarter") == [(5,), (5,)]


def test_each_saving_is_told_by_its_source_once() -> None:
    sources = {"waste_reduction": 1, "growth": 20, "procurement": 300, "productivity": 4000, "other": 50000}
    made = indicators(*(saving("M1", NEW_YEAR, name, amount, source=name) for name, amount in sources.items()))
    found = dict(select(made, INDICATOR, "indicator_id, value", grain="quarter"))
    assert {f"savings_from_{name}": amount for name, amount in sources.items()}.items() <= found.items()
    assert found["net_savings"] == sum(sources.values())


def test_what_the_commissioner_keeps_is_apart_from_what_others_keep() -> None:
    kept = {"commissioner": 1, "service": 20, "organisation": 300}
    rows = [saving("M1", NEW_YEAR, whom, amount, benefit_to=whom) for whom, amount in kept.items()]
    assert net(*rows, indicator="net_savings_to_commissioner") == {NEW_YEAR: 1}
    assert net(*rows) == {NEW_YEAR: 321}


@pytest.mark.parametrize(
    ("evidence", "verified"),
    [("estimated", 0), ("management_accounts", 0), ("finance_verified", 100), ("audited", 100)],
)
def test_only_what_finance_or_an_auditor_has_seen_is_verified(evidence: str, verified: int) -> None:
    made = indicators(
        contract("C1", "M1", "2020-01-01", contract_code="K1", annual_value_gbp=36500),
        saving("M1", NEW_YEAR, "A", 100, contract_code="K1", evidence_level=evidence),
        saving("M1", NEW_YEAR, "B", 300, contract_code="K1", evidence_level="audited"),
    )
    found = dict(select(made, INDICATOR, "indicator_id, numerator", grain="quarter", commissioner_code="ALL"))
    assert (found["savings_share_verified"], found["savings_share_of_contract"]) == (verified + 300, verified + 300)
    assert net(saving("M1", NEW_YEAR, "A", 100, evidence_level=evidence)) == {NEW_YEAR: 100}


# What a contract is worth


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "quarter", "worth"),
    [
        ("2020-01-01", None, "2025-Q2", 91 * 100),
        ("2025-05-15", None, "2025-Q2", (17 + 30) * 100),
        ("2025-04-01", "2025-04-01", "2025-Q2", 1 * 100),
        ("2020-01-01", "2025-06-29", "2025-Q2", 90 * 100),
        ("2025-06-30", "2030-01-01", "2025-Q2", 1 * 100),
        ("2025-05-10", "2025-05-19", "2025-Q2", 10 * 100),
        # The financial year 2023-24 has 366 days, the calendar year 2024 too.
        ("2020-01-01", None, "2023-Q2", 91 * 36500 / 366),
        ("2020-01-01", None, "2023-Q4", 92 * 36500 / 366),
        ("2020-01-01", None, "2024-Q1", 91 * 36500 / 366),
        ("2020-01-01", None, "2024-Q2", 91 * 100),
        ("2020-01-01", None, "2025-Q1", 90 * 100),
    ],
)
def test_a_contract_is_worth_its_annual_value_for_the_days_on_which_it_is_in_force(
    starts_on: str, ends_on: str | None, quarter: str, worth: float
) -> None:
    before = {"Q1": f"{int(quarter[:4]) - 1}-Q4", "Q4": f"{quarter[:4]}-Q3"}.get(quarter[5:])
    made = run(
        tables(
            contract("C1", "M1", starts_on, ends_on, contract_code="K1", annual_value_gbp=36500),
            *(nil("M1", "savings", each) for each in (quarter, before) if each),
        ),
        SAVINGS,
    )
    columns = "item, year(period_start_on) || '-Q' || quarter(period_start_on), cast(value as double)"
    found = select(made, SAVINGS, columns, measure="contract_value_gbp")
    assert [entry for entry in found if entry[1] == quarter] == [("contract:K1", quarter, pytest.approx(worth))]


@pytest.mark.parametrize("dates", [("2025-07-01", None), ("2020-01-01", "2025-03-31")])
def test_a_contract_that_is_not_in_force_is_worth_nothing(dates: tuple[str, str | None]) -> None:
    rows = [contract("C1", "M1", *dates, annual_value_gbp=36500), nil("M1", "savings", NEW_YEAR)]
    assert select(run(tables(*rows), SAVINGS), SAVINGS, "*", measure="contract_value_gbp") == []


def test_a_commissioner_s_part_is_of_its_own_contracts_and_a_saving_without_one_is_nobody_s() -> None:
    made = indicators(
        contract("C1", "M1", "2020-01-01", contract_code="K1", annual_value_gbp=36500),
        contract("C1", "M1", "2020-01-01", contract_code="K2", annual_value_gbp=36500),
        contract("C2", "M1", "2020-01-01", contract_code="K3", annual_value_gbp=73000),
        saving("M1", NEW_YEAR, "A", 10, contract_code="K1"),
        saving("M1", NEW_YEAR, "B", 200, contract_code="K3"),
        saving("M1", NEW_YEAR, "D", 3000),
    )
    columns = "commissioner_code, value"
    assert select(made, INDICATOR, columns, indicator_id="net_savings", grain="quarter") == [
        ("ALL", 3210),
        ("C1", 10),
        ("C2", 200),
    ]
    assert share(made, "C1", "numerator, denominator") == [(10, 2 * 9100)]
    assert share(made, "C2", "numerator, denominator, value") == [(200, 18200, pytest.approx(200 / 18200 * 100))]


def test_a_contract_without_a_saving_saved_nothing_and_that_is_known() -> None:
    made = indicators(contract("C1", "M1", "2020-01-01", annual_value_gbp=36500), nil("M1", "savings", NEW_YEAR))
    assert share(made, "C1", "numerator, value") == [(0, 0)]


def test_each_commissioner_reads_the_savings_of_its_own_contracts() -> None:
    made = build(
        organisation("M1"),
        *(commissioner(code) for code in ("C1", "C2")),
        *(
            contract(code, "M1", "2020-01-01", contract_code=f"K{code}", annual_value_gbp=36500)
            for code in ("C1", "C2")
        ),
        saving("M1", NEW_YEAR, "A", 10, contract_code="KC1"),
        saving("M1", NEW_YEAR, "B", 200, contract_code="KC2"),
    )
    columns = "audience, value, denominator, basis, peer_note"
    note = "not an indicator to compare by"
    assert select(made, FIGURE, columns, indicator_id="net_savings", grain="quarter") == [
        ("commissioner-C1", "10", "[z]", "nominal", note),
        ("commissioner-C2", "200", "[z]", "nominal", note),
        ("organisation-M1", "210", "[z]", "nominal", note),
    ]


# What it must never come to


@pytest.mark.parametrize("contracts", [[], [contract("C1", "M1", "2020-01-01")]])
def test_savings_without_a_contract_that_has_a_value_stop_nothing(contracts: list[Row]) -> None:
    connection = tables(organisation("M1"), *contracts, saving("M1", NEW_YEAR, "A", 100))
    assert broken_claims(build_models(connection)) == {}


def test_a_commissioner_cannot_subtract_its_savings_from_the_whole() -> None:
    made = run(
        tables(
            organisation("M1"),
            *(commissioner(code) for code in ("C1", "C2")),
            *(contract(code, "M1", "2020-01-01", contract_code=code, annual_value_gbp=36500) for code in ("C1", "C2")),
            *(saving("M1", NEW_YEAR, code, 100, contract_code=code) for code in ("C1", "C2")),
        ),
        MODEL_FIGURE,
    )
    where = {"audience": "commissioner-C1", "indicator_id": "net_savings", "grain": "quarter"}
    assert {value for (value,) in select(made, MODEL_FIGURE, "value", **where)} <= {"[c]"}


def test_the_savings_of_a_contract_without_a_value_are_not_a_share_of_the_others() -> None:
    made = indicators(
        contract("C1", "M1", "2020-01-01", contract_code="K1", annual_value_gbp=36500),
        contract("C1", "M1", "2020-01-01", contract_code="K2"),
        saving("M1", NEW_YEAR, "A", 91, contract_code="K1"),
        saving("M1", NEW_YEAR, "B", 9100, contract_code="K2"),
    )
    assert share(made, "C1", "value") in ([], [(1,)])


@pytest.mark.parametrize("first", [{"type": "cost_avoidance"}, {"as_at_quarter": "2025-Q1"}])
def test_of_a_group_one_counts_whatever_became_of_the_first(first: dict[str, str]) -> None:
    given = saving("M1", NEW_YEAR, "A", 100, double_count_group="G")
    others = saving("M1", NEW_YEAR, "B", 70, double_count_group="G")
    assert net(Row(given.table, {**given.values, **first}), others)[NEW_YEAR] == 70


def test_a_group_may_be_called_as_another_saving_is() -> None:
    rows = [saving("M1", NEW_YEAR, "A", 100, double_count_group="C"), saving("M1", NEW_YEAR, "C", 7)]
    assert net(*rows) == {NEW_YEAR: 107}


def test_an_unverified_saving_of_a_contract_that_ended_is_in_the_share_that_is_not_verified() -> None:
    made = indicators(
        contract("C1", "M1", "2020-01-01", "2025-06-30", contract_code="K1"),
        nil("M1", "savings", "2025-Q2"),
        saving("M1", "2025-Q3", "A", 150, contract_code="K1", evidence_level="estimated"),
        saving("M1", "2025-Q3", "B", 50, evidence_level="audited"),
    )
    where = {"indicator_id": "savings_share_verified", "grain": "quarter", "period_id": "2025-Q3"}
    assert select(made, INDICATOR, "commissioner_code, value", **where) == [("ALL", 25), ("C1", 0)]
