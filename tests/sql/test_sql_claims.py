"""Every claim of sql/ (`*.test.sql`) can fail: whatever damages a table in the way it speaks of gives it rows."""

from collections.abc import Iterator
from decimal import ROUND_HALF_DOWN, ROUND_HALF_UP, Decimal

import duckdb
import pytest

from impact.models import SCHEMAS, Claim, claims, models
from tests.sql.tables import (
    absence,
    answers,
    asked,
    build,
    commissioner,
    contract,
    instrument,
    months,
    nil,
    official,
    organisation,
    row,
    run,
    saving,
    scored,
    serves,
    tables,
)

CLAIMS = {f"{claim.model}__{claim.claim}": claim for claim in claims()}

_FIGURE = "published.organisation_figure"
_COPY_OF_A_FIGURE = f"""
    insert into {_FIGURE}
    select '{{audience}}' as audience, * exclude (audience) from {_FIGURE}
    where organisation_code = '{{code}}' and source = '{{source}}' and grain = 'quarter' limit 1
"""

DAMAGES = {
    "measures.all_feeds__has_one_value_a_key": [
        "insert into measures.all_feeds select * from measures.all_feeds limit 1",
        "insert into measures.all_feeds select * replace (value + 1 as value) from measures.all_feeds limit 1",
        "insert into measures.all_feeds select * replace ('again' as receipt) from measures.all_feeds limit 1",
    ],
    "measures.all_feeds__holds_every_row_that_receipts_kept": [
        "delete from measures.all_feeds",
        "delete from measures.all_feeds where organisation_code = 'M1' and period_start_on = '2026-02-01'",
        "delete from measures.all_feeds where feed = 'staff_survey' and measure = 'n_scored'",
        "delete from measures.all_feeds where feed = 'service_user_survey' and measure = 'n_dont_know'",
        "delete from measures.all_feeds where feed = 'savings' and measure = 'planned_gbp'",
        "update measures.all_feeds set value = 0 where feed = 'savings' and measure = 'actual_to_date_gbp'",
        "delete from measures.all_feeds where source = 'official' and measure = 'fte_days_available'",
        "insert into measures.all_feeds select * from measures.all_feeds where measure = 'fte_days_lost' limit 1",
        "update measures.all_feeds set value = value + 0.00000000000001 where receipt = 'M1 sickness_absence 2026-Q1'",
        "update measures.all_feeds set receipt = replace(receipt, 'M2', 'M1') where feed = 'sickness_absence'",
    ],
    "measures.nhs_sickness_absence__recomputes_every_published_rate": [
        "update returns.nhs_sickness_absence set published_rate_percent = published_rate_percent + 0.01",
        "update returns.nhs_sickness_absence set fte_days_lost = fte_days_lost * 1.01",
        "update returns.nhs_sickness_absence set fte_days_available = fte_days_available * 1.01",
    ],
    "indicators.organisation_indicator__expects_no_more_months_than_there_are": [
        "update indicators.organisation_indicator set months_reported = 4 where grain = 'quarter'",
        "update indicators.organisation_indicator set months_expected = 2 where grain = 'quarter'",
        "update indicators.organisation_indicator set months_expected = 4 where grain = 'quarter'",
        "update indicators.organisation_indicator set months_reported = 0, months_expected = 0",
        "update indicators.organisation_indicator set months_reported = -2, months_expected = -1",
    ],
    "indicators.organisation_indicator__uses_all_that_is_counted": [
        "delete from indicators.organisation_indicator where organisation_code = 'M1' and period_id = '2026-02'",
        "delete from indicators.organisation_indicator where source = 'official' and period_id = '2026-02'",
        "delete from indicators.organisation_indicator where source = 'official'",
        "delete from indicators.organisation_indicator",
        "update indicators.organisation_indicator set numerator = numerator + 0.00000000000001 where grain = 'month'",
        "update indicators.organisation_indicator set denominator = denominator - 1 where grain = 'month'",
        "insert into indicators.organisation_indicator select * from indicators.organisation_indicator",
        *(
            f"update indicators.organisation_indicator set {part} = {part} + 1 where indicator_id = '{indicator}' "
            f"and commissioner_code = 'ALL' and grain = '{grain}'"
            for indicator, part, grain in (
                ("user_satisfaction", "numerator", "month"),
                ("user_dissatisfaction", "denominator", "month"),
                ("net_savings", "numerator", "quarter"),
                ("savings_share_of_contract", "denominator", "quarter"),
            )
        ),
        "update indicators.organisation_indicator set commissioner_code = 'ALL' where commissioner_code = 'C1'",
        "update indicators.organisation_indicator set commissioner_code = 'C1' where indicator_id = 'net_savings'",
    ],
    "benchmarks.delivery_model__counts_every_organisation_once": [
        "delete from benchmarks.delivery_model where delivery_model = 'in_house'",
        "delete from benchmarks.compared where organisation_code = 'M1'",
        "update benchmarks.delivery_model set organisations = organisations + 1",
        "update benchmarks.delivery_model set numerator = numerator + 1",
        "insert into benchmarks.delivery_model select * from benchmarks.delivery_model",
        "update benchmarks.delivery_model set sector = 'sectors_of_mutuals' where variant = 'core'",
    ],
    "disclosure.atom__adds_up_to_every_figure": [
        "delete from disclosure.atom where organisation_code = 'M1' and indicator_id = 'net_savings'",
        "update disclosure.atom set denominator = denominator + 1 where indicator_id = 'user_satisfaction'",
        "update disclosure.atom set commissioners = 'C2' where commissioners = 'C1'",
        "update disclosure.atom set is_in_quarter = false where indicator_id = 'sickness_absence_rate'",
        "insert into disclosure.atom select * from disclosure.atom",
    ],
    "disclosure.audit__no_withheld_cell_can_be_worked_out": [
        """
            insert into disclosure.audit
            select 'public', 'x', 'core', 'x', 'x', 9, 9, 9, 0, 1, false, false
        """,
    ],
    "published.delivery_model_figure__shows_no_figure_of_few_that_is_not_public": [
        "update published.delivery_model_figure set value = '3.00' where value = '[c]'",
        "update disclosure.known_of_group set known = known - 1",
        "delete from disclosure.known_of_group where reader = 'commissioner-C1'",
    ],
    "published.organisation_figure__has_no_blank_cell": [
        f"update {_FIGURE} set {column} = null where organisation_code = 'M1'"
        for column in (
            *("value", "peers", "peer_value", "peer_median", "peer_lower_quartile", "peer_upper_quartile"),
            "is_public",
        )
    ],
    "published.organisation_figure__names_only_whom_the_audience_may_see": [
        _COPY_OF_A_FIGURE.format(audience="commissioner-C1", code="M2", source="return"),
        _COPY_OF_A_FIGURE.format(audience="commissioner-C2", code="M1", source="return"),
        _COPY_OF_A_FIGURE.format(audience="public", code="M1", source="return"),
        _COPY_OF_A_FIGURE.format(audience="organisation-M3", code="M1", source="return"),
        _COPY_OF_A_FIGURE.format(audience="organisation-I1", code="M1", source="return"),
        f"update {_FIGURE} set source = 'return' where organisation_code = 'I1'",
        "update register.contracts set ends_on = '2026-03-30'",
        "update register.contracts set starts_on = '2026-01-02'",
        "update register.contracts set organisation_code = 'M2'",
        "update register.organisations set publication_consent = null",
        "update measures.all_feeds set source = 'return'",
    ],
}


@pytest.fixture(scope="module")
def sound() -> Iterator[duckdb.DuckDBPyConnection]:
    """M1 (for one service of two) and O1 are the council's, M2 has agreed to be named, I1 stands in official figures.
    Every claim holds."""
    months_of_2026 = months("2026-01", 3)
    with build(
        commissioner("C1"),
        commissioner("C2"),
        organisation("M1"),
        organisation("M2", publication_consent=True),
        organisation("M3"),
        organisation("I1", "in_house"),
        organisation("O1", "outsourced"),
        contract("C1", "M1", "2026-01-01", "2026-03-31", contract_code="K1", annual_value_gbp=36500),
        contract("C1", "O1", "2026-01-01", "2026-03-31"),
        *serves("K1", "M1", "S1"),
        *instrument("core"),
        *instrument("local", None),
        *(asked(code, "2026-Q1", 6, 11) for code in ("M1", "M2")),
        scored("M1", "2026-Q1", 70, 11),
        *(answers("M1", month, service, 5, 9, n_dont_know=1) for month in months_of_2026 for service in ("S1", "S2")),
        nil("M1", "savings", "2025-Q4"),
        saving("M1", "2026-Q1", "A", 100, contract_code="K1", planned_gbp=150),
        *(absence(code, month, 1, 100) for code in ("M1", "M2", "M3", "O1") for month in months_of_2026),
        *(official("I1", month, 1, 100) for month in months_of_2026),
    ) as connection:
        yield connection


def broken_by(connection: duckdb.DuckDBPyConnection, claim: Claim) -> int:
    return len(connection.execute(claim.sql).fetchall())


def test_every_claim_has_damage_to_be_tried_with() -> None:
    assert set(CLAIMS) == set(DAMAGES)


@pytest.mark.parametrize("claim", CLAIMS)
def test_every_claim_holds_on_a_sound_build(sound: duckdb.DuckDBPyConnection, claim: str) -> None:
    assert broken_by(sound, CLAIMS[claim]) == 0


@pytest.mark.parametrize(("claim", "damage"), [(claim, damage) for claim in DAMAGES for damage in DAMAGES[claim]])
def test_a_claim_speaks_up_when_its_table_is_damaged(sound: duckdb.DuckDBPyConnection, claim: str, damage: str) -> None:
    sound.execute("begin")
    try:
        sound.execute(damage)
        found = broken_by(sound, CLAIMS[claim])
    finally:
        sound.execute("rollback")
    assert found > 0


@pytest.mark.parametrize(("lost", "available"), [("1.45", "1000"), ("28.5", "10000"), ("0.35", "1000")])
def test_a_published_rate_that_is_exactly_half_stops_nothing_whichever_way_it_was_rounded(
    lost: str, available: str
) -> None:
    exact = Decimal(lost) / Decimal(available) * 100
    for rounding in (ROUND_HALF_UP, ROUND_HALF_DOWN):
        published = exact.quantize(Decimal("0.01"), rounding)
        made = tables(official("M1", "2026-01", lost, available, published_rate_percent=published))
        assert broken_by(made, CLAIMS["measures.nhs_sickness_absence__recomputes_every_published_rate"]) == 0


def test_a_rate_that_the_nhs_withholds_stops_nothing() -> None:
    build(organisation("M1"), official("M1", "2026-01", None, None), official("M1", "2026-02", 0, 0))


@pytest.mark.parametrize("decision", ["accepted", "held", "refused", "unreadable"])
def test_only_a_receipt_that_is_live_counts(decision: str) -> None:
    totals = {"2026-Q1": {"fte_days_lost": "7"}}
    receipt = row("receipt", sender="M1", feed="sickness_absence", period="2026-Q1", decision=decision, totals=totals)
    with run(tables(organisation("M1"), receipt), "measures.all_feeds") as connection:
        claim = CLAIMS["measures.all_feeds__holds_every_row_that_receipts_kept"]
        assert bool(broken_by(connection, claim)) == (decision == "accepted")


def test_a_receipt_that_was_corrected_counts_for_nothing() -> None:
    receipts = [
        row("receipt", id=name, sender="M1", feed="savings", period="2026-Q1", corrects=corrects, totals=totals)
        for name, corrects, totals in (("r1", "", {"2026-Q1": {"planned_gbp": "7"}}), ("r2", "r1", {}))
    ]
    build(organisation("M1"), *receipts)


def test_what_was_disclosed_before_stops_nothing(sound: duckdb.DuckDBPyConnection) -> None:
    sound.execute("begin")
    try:
        sound.execute("insert into disclosure.audit select 'public', 'x', 'core', 'x', 'x', 9, 9, 9, 0, 1, false, true")
        assert broken_by(sound, CLAIMS["disclosure.audit__no_withheld_cell_can_be_worked_out"]) == 0
    finally:
        sound.execute("rollback")


def test_every_claim_is_about_a_table_of_its_own_folder() -> None:
    made = {model.name for model in models()}
    assert [claim for claim in claims() if claim.model not in made or claim.model.split(".")[0] not in SCHEMAS] == []
