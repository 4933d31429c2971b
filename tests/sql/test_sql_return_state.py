"""published.return_state on a few rows: what has come of a return that is owed, and who may read of it."""

from typing import Any

import duckdb
import pytest

from tests.sql.tables import Row, absence, commissioner, contract, nil, organisation, row, run, saving, select, tables

STATE = "published.return_state"
COUNCIL = "commissioner-C1"
OWED: dict[str, Any] = {"organisation_code": "M1", "feed": "savings"}


def sent(decision: str, **values: Any) -> Row:
    given = {"sender": "M1", "feed": "savings", "period": "2026-Q1", "decision": decision}
    return row("receipt", **{**given, "id": decision, **values})


def exempt(**values: Any) -> Row:
    return row("register.obligation_exceptions", **OWED, **{"period": "2026-Q1", "is_exempt": True, **values})


def states(*rows: Row, **obligation: Any) -> duckdb.DuckDBPyConnection:
    """M1 owes its savings every quarter, and the council may see it by name, and so may all."""
    quarter = {"organisation_code": "M1", "grain": "quarter", "period_id": "2026-Q1"}
    readers = {COUNCIL: "contract", "organisation-M1": "self", "public": "consent"}
    named = [row("published.named", audience=reader, because=why, **quarter) for reader, why in readers.items()]
    owed = row("register.obligations", **{**OWED, **obligation})
    return run(tables(organisation("M1"), *named, owed, *rows), STATE)


@pytest.mark.parametrize(
    ("rows", "state"),
    [
        ([], "not received"),
        ([sent("refused")], "sent, not accepted"),
        ([sent("unreadable")], "sent, not accepted"),
        ([sent("held")], "held until confirmed"),
        ([sent("held"), sent("refused", received_at="2026-07-19T08:00:00Z")], "held until confirmed"),
        ([sent("refused"), sent("held", received_at="2026-07-19T08:00:00Z")], "sent, not accepted"),
        ([sent("unreadable"), sent("held", id="v")], "held until confirmed"),
        ([sent("unreadable"), sent("held", id="a")], "sent, not accepted"),
        ([exempt()], "exempt"),
        ([exempt(), sent("refused")], "exempt"),
        ([exempt(is_exempt=False)], "not received"),
        ([exempt(is_exempt=None)], "not received"),
        ([exempt(period="2025-Q4")], "not received"),
        ([saving("M1", "2026-Q1", "A", 1)], "received"),
        ([saving("M1", "2026-Q1", "A", 1), sent("held")], "received"),
        ([saving("M1", "2026-Q1", "A", 1), exempt()], "received"),
        ([nil("M1", "savings", "2026-Q1")], "nothing to report"),
        ([nil("M1", "savings", "2026-Q1"), sent("refused")], "nothing to report"),
        ([nil("M1", "savings", "2025-Q4"), sent("held", period="2025-Q4")], "not received"),
        ([sent("held", feed="staff_survey")], "not received"),
        ([organisation("M2"), sent("held", sender="M2")], "not received"),
    ],
)
def test_what_has_come_of_a_return_that_is_owed(rows: list[Row], state: str) -> None:
    made = states(*rows)
    assert select(made, STATE, "audience, state", period_id="2026-Q1") == [
        (COUNCIL, state),
        ("organisation-M1", state),
    ]


@pytest.mark.parametrize(
    ("obligation", "is_owed"),
    [
        ({}, True),
        ({"first_period": "2026-Q1", "last_period": "2026-Q1"}, True),
        ({"first_period": "2026-Q2"}, False),
        ({"last_period": "2025-Q4"}, False),
        ({"every": "year", "first_period": "2024"}, False),
        ({"organisation_code": "M2"}, False),
    ],
)
def test_a_return_is_owed_for_the_quarters_of_its_obligation(obligation: dict[str, str], is_owed: bool) -> None:
    assert bool(select(states(**obligation), STATE, "*", period_id="2026-Q1")) == is_owed


def test_the_public_reads_of_no_return_whoever_is_named() -> None:
    made = run(
        tables(
            *(commissioner(code) for code in ("C1", "C2")),
            *(organisation(code, publication_consent=code == "M2") for code in ("M1", "M2")),
            organisation("I1", "in_house"),
            contract("C1", "M1", "2020-01-01"),
            contract("C2", "I1", "2026-01-01", "2026-03-31"),
            *(row("register.obligations", organisation_code=code, feed="savings") for code in ("M1", "M2", "I1")),
            absence("M1", "2026-01", 1, 100),
        ),
        STATE,
    )
    assert select(made, STATE, "audience, organisation_code, feed_title") == [
        (COUNCIL, "M1", "Savings"),
        ("commissioner-C2", "I1", "Savings"),
        ("organisation-M1", "M1", "Savings"),
        ("organisation-M2", "M2", "Savings"),
    ]


@pytest.mark.parametrize(("decision", "state"), [("held", "held until confirmed"), ("refused", "sent, not accepted")])
def test_a_history_that_waits_is_seen_in_each_of_its_quarters(decision: str, state: str) -> None:
    history = sent(decision, period="2025-Q4_to_2026-Q1", periods=("2025-Q4", "2026-Q1"))
    assert select(states(history), STATE, "state", audience=COUNCIL) == [(state,)]


def test_a_return_that_two_obligations_ask_for_is_one_return() -> None:
    twice = row("register.obligations", **OWED, first_period="2025-Q3")
    assert select(states(twice), STATE, "state", audience=COUNCIL) == [("not received",)]
