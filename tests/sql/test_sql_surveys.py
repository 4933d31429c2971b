"""What staff and service users answered, on a few rows: what is counted, with which survey, and whose part it is."""

from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from impact.warehouse import build_models
from tests.sql.tables import (
    Row,
    answers,
    asked,
    broken_claims,
    build,
    commissioner,
    contract,
    instrument,
    months,
    one,
    organisation,
    row,
    run,
    scored,
    select,
    serves,
    tables,
)

STAFF = "measures.staff_survey"
USERS = "measures.service_user_survey"
INDICATOR = "indicators.organisation_indicator"
FIGURE = "published.organisation_figure"
MODEL_FIGURE = "published.delivery_model_figure"
CORE = instrument("core")
LOCAL = instrument("local", None)


def staff(*rows: Row) -> duckdb.DuckDBPyConnection:
    return run(tables(organisation("M1"), *CORE, *rows), INDICATOR)


def users(*rows: Row, table: str = INDICATOR) -> duckdb.DuckDBPyConnection:
    """M1 has services S1 and S2 for the council C1 from February 2026 on, and S2 and S3 for C2."""
    parties = [commissioner("C1"), commissioner("C2"), organisation("M1"), *LOCAL]
    contracts = [
        contract("C1", "M1", "2026-02-01", "2026-06-30", contract_code="K1"),
        contract("C2", "M1", "2020-01-01", contract_code="K2"),
    ]
    services = [*serves("K1", "M1", "S1", "S2"), *serves("K2", "M1", "S2", "S3")]
    return run(tables(*parties, *contracts, *services, *rows), table)


# What staff answered


def test_a_question_gives_what_was_answered_and_what_was_positive() -> None:
    counts: dict[str, Any] = {
        "n_1": 1,
        "n_2": 2,
        "n_3": 4,
        "n_4": 8,
        "n_5": 16,
        "n_not_applicable": 3,
        "n_responses": 34,
    }
    made = run(tables(*CORE, asked("M1", "2026-Q1", 0, 0, eligible_staff=50, **counts)), STAFF)
    assert select(made, STAFF, "measure, value, unit") == [
        ("eligible_staff", 50, "people"),
        ("headline_answered", 31, "answers"),
        ("headline_eligible_staff", 50, "people"),
        ("headline_positive", 8 + 16, "answers"),
        ("headline_responses", 34, "answers"),
        ("n_answered", 31, "answers"),
        ("n_positive", 8 + 16, "answers"),
        ("n_responses", 34, "answers"),
    ]
    columns = (
        "organisation_code, feed, service_code, staff_group, period_start_on, period_end_on, variant, item, source"
    )
    assert one(made, STAFF, columns, measure="n_positive") == (
        *("M1", "staff_survey", "ALL", "ALL", date(2026, 1, 1), date(2026, 3, 31), "core", "overall", "return"),
    )


@pytest.mark.parametrize(("positive_from", "positive"), [(1, 31), (2, 30), (3, 28), (4, 24), (5, 16)])
def test_which_answers_are_positive_is_for_the_instrument_to_say(positive_from: int, positive: int) -> None:
    counts: dict[str, Any] = {"n_1": 1, "n_2": 2, "n_3": 4, "n_4": 8, "n_5": 16}
    rows = [*instrument("core", positive_from=positive_from), asked("M1", "2026-Q1", 0, 0, **counts)]
    made = run(tables(*rows), STAFF)
    assert one(made, STAFF, "value", measure="n_positive") == (positive,)


@pytest.mark.parametrize(("withheld", "gone"), [("n_4", {"n_positive", "n_answered"}), ("n_1", {"n_answered"})])
def test_a_withheld_count_never_counts_as_nothing(withheld: str, gone: set[str]) -> None:
    without: dict[str, Any] = {withheld: None}
    rows = [*CORE, asked("M1", "2026-Q1", 6, 11), asked("M2", "2026-Q1", 6, 11, **without)]
    measures = select(run(tables(*rows), STAFF), STAFF, "organisation_code, measure")
    lost = {name for code, name in measures if code == "M1"} - {name for code, name in measures if code == "M2"}
    assert lost == gone | {name.replace("n_", "headline_") for name in gone}


def test_satisfaction_is_of_the_headline_question_of_the_instrument_that_was_used() -> None:
    made = staff(
        *instrument("pulse", "happy", 3),
        asked("M1", "2025-Q4", 6, 8),
        asked("M1", "2025-Q4", 1, 8, item="happy"),
        asked("M1", "2026-Q1", 1, 8, instrument_id="pulse"),
        asked("M1", "2026-Q1", 0, 10, item="happy", instrument_id="pulse", n_2=1, n_3=9),
    )
    found = select(made, INDICATOR, "variant, value", indicator_id="staff_satisfaction", grain="quarter")
    assert found == [("core", pytest.approx(6 / 8 * 100)), ("pulse", pytest.approx(9 / 10 * 100))]


def test_without_a_headline_question_there_is_no_satisfaction() -> None:
    made = run(tables(organisation("M1"), *instrument("core", None), asked("M1", "2026-Q1", 6, 8)), INDICATOR)
    assert select(made, INDICATOR, "*") == []


def test_the_response_rate_is_of_those_who_were_asked() -> None:
    made = staff(asked("M1", "2026-Q1", 6, 11, eligible_staff=40, n_responses=12, n_not_applicable=1))
    assert one(made, INDICATOR, "value", indicator_id="staff_response_rate", grain="quarter") == (12 / 40 * 100,)
    assert one(made, INDICATOR, "denominator", indicator_id="staff_satisfaction", grain="quarter") == (11,)


def test_engagement_is_the_sum_of_scores_over_those_who_were_scored_and_of_no_other_score() -> None:
    made = staff(
        scored("M1", "2026-Q1", "70.5", 10),
        *(scored("M1", "2026-Q1", 5, 10, item) for item in ("motivation", "involvement", "advocacy")),
        *(asked("M1", "2026-Q1", 8, 11, item) for item in ("overall", "show_initiative")),
    )
    found = one(made, INDICATOR, "numerator, denominator, value", indicator_id="staff_engagement", grain="quarter")
    assert found == (Decimal("70.5"), 10, pytest.approx(7.05))


@pytest.mark.parametrize("of", [{"service_code": "S1"}, {"staff_group": "nurses"}])
def test_staff_figures_are_of_the_whole_organisation(of: dict[str, str]) -> None:
    made = staff(asked("M1", "2026-Q1", 6, 8), scored("M1", "2026-Q1", 60, 10), asked("M1", "2026-Q1", 0, 11, **of))
    assert one(made, INDICATOR, "value", indicator_id="staff_satisfaction", grain="quarter") == (75,)


def test_over_a_year_the_latest_wave_counts_and_no_wave_is_added_to_another() -> None:
    waves = {"2025-Q1": 10, "2025-Q2": 20, "2025-Q4": 80, "2026-Q1": 50}
    made = staff(*(asked("M1", wave, positive, 100) for wave, positive in waves.items()))
    columns = "period_id, value, months_reported"
    assert select(made, INDICATOR, columns, indicator_id="staff_satisfaction", grain="rolling_year") == [
        ("2025-Q1", 10, 3),
        ("2025-Q2", 20, 6),
        ("2025-Q3", 20, 6),
        ("2025-Q4", 80, 9),
        ("2026-Q1", 50, 9),
    ]
    found = select(made, INDICATOR, "period_id, value", indicator_id="staff_satisfaction", grain="quarter")
    assert found == sorted(waves.items())


def test_the_latest_wave_is_that_of_each_instrument() -> None:
    made = staff(
        *instrument("pulse"), asked("M1", "2025-Q3", 1, 2, instrument_id="pulse"), asked("M1", "2025-Q4", 3, 4)
    )
    where = {"indicator_id": "staff_satisfaction", "grain": "rolling_year", "period_id": "2025-Q4"}
    assert select(made, INDICATOR, "variant, value", **where) == [("core", 75), ("pulse", 50)]


def test_a_survey_of_the_year_is_in_the_years_that_its_end_lies_in_and_in_no_quarter() -> None:
    made = staff(asked("M1", "2024", 30, 100), asked("M1", "2025", 60, 100), asked("M2", "2026-Q4", 1, 2))
    found = select(made, INDICATOR, "grain, period_id, value, months_reported", indicator_id="staff_satisfaction")
    assert found == [
        *(
            ("rolling_year", f"{year}-Q{quarter}", value, 12)
            for year, quarter, value in (
                *((2024, 4, 30), (2025, 1, 30), (2025, 2, 30), (2025, 3, 30)),
                *((2025, 4, 60), (2026, 1, 60), (2026, 2, 60), (2026, 3, 60)),
            )
        ),
    ]


def test_a_survey_of_the_year_is_never_added_to_one_of_its_last_quarter() -> None:
    made = staff(asked("M1", "2025", 50, 100), asked("M1", "2025-Q4", 10, 10))
    where = {"indicator_id": "staff_satisfaction", "grain": "rolling_year", "period_id": "2025-Q4"}
    assert one(made, INDICATOR, "denominator", **where) in ((100,), (10,))


def test_a_question_without_positive_answers_in_the_register_has_no_figure() -> None:
    known = row("register.instruments", instrument_id="core", headline_item="overall")
    made = run(tables(organisation("M1"), known, asked("M1", "2026-Q1", 8, 11)), INDICATOR)
    assert select(made, INDICATOR, "value", indicator_id="staff_satisfaction") == []


# What users answered


def test_a_month_of_answers_gives_one_row_a_measure() -> None:
    counts = {"n_very_good": 1, "n_good": 2, "n_neither": 4, "n_poor": 8, "n_very_poor": 16, "n_dont_know": 32}
    made = run(tables(answers("M1", "2024-02", "S1", 0, 63, eligible=99, **counts)), USERS)
    assert select(made, USERS, "measure, value, unit") == sorted(
        [
            ("eligible", 99, "people"),
            *((name, count, "answers") for name, count in counts.items()),
            ("n_total", 63, "answers"),
            ("n_satisfied", 1 + 2, "answers"),
            ("n_dissatisfied", 8 + 16, "answers"),
        ]
    )
    columns = "organisation_code, service_code, period_start_on, period_end_on, variant, item"
    key = ("M1", "S1", date(2024, 2, 1), date(2024, 2, 29), "local", "all")
    assert one(made, USERS, columns, measure="n_total") == key


def test_neither_and_do_not_know_are_answers_like_any_other() -> None:
    made = users(answers("M1", "2026-01", "S1", 5, 20, n_neither=3, n_poor=4, n_dont_know=8))
    found = dict(select(made, INDICATOR, "indicator_id, value", grain="month"))
    assert found == {"user_satisfaction": 25, "user_dissatisfaction": 20}


def test_a_way_of_asking_is_never_added_to_all_of_them() -> None:
    made = users(answers("M1", "2026-01", "S1", 5, 20), answers("M1", "2026-01", "S1", 5, 10, collection_mode="sms"))
    assert one(made, INDICATOR, "value", indicator_id="user_satisfaction", grain="month") == (25,)


def test_a_commissioner_s_part_is_of_its_own_services_in_the_months_of_its_contract() -> None:
    of_services = {"S1": (1, 10), "S2": (20, 100), "S3": (300, 1000)}
    made = users(
        *(
            answers("M1", month, service, *counts)
            for month in ("2026-01", "2026-02", "2026-03")
            for service, counts in of_services.items()
        )
    )
    columns = "commissioner_code, numerator, denominator, months_reported"
    assert select(made, INDICATOR, columns, indicator_id="user_satisfaction", grain="quarter") == [
        ("ALL", 3 * 321, 3 * 1110, 3),
        ("C1", 2 * 21, 2 * 110, 2),
        ("C2", 3 * 320, 3 * 1100, 3),
    ]


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "is_in"),
    [
        ("2026-01-01", "2026-01-31", True),
        ("2026-01-02", None, False),
        ("2020-01-01", "2026-01-30", False),
        ("2020-01-01", None, True),
    ],
)
def test_a_month_is_a_commissioner_s_where_its_contract_covers_it(
    starts_on: str, ends_on: str | None, is_in: bool
) -> None:
    rows = [organisation("M1"), contract("C1", "M1", starts_on, ends_on, contract_code="K1"), *serves("K1", "M1", "S1")]
    made = run(tables(*rows, *LOCAL, answers("M1", "2026-01", "S1", 5, 10)), INDICATOR)
    where = {"indicator_id": "user_satisfaction", "grain": "month", "commissioner_code": "C1"}
    assert select(made, INDICATOR, "denominator", **where) == ([(10,)] if is_in else [])


def test_two_contracts_of_one_commissioner_for_one_service_do_not_count_it_twice() -> None:
    contracts = [contract("C1", "M1", "2020-01-01", contract_code=code) for code in ("A", "B")]
    services = [*serves("A", "M1", "S1", "S2"), *serves("B", "M1", "S2")]
    said = [answers("M1", "2026-01", service, 1, 10) for service in ("S1", "S2")]
    made = run(tables(organisation("M1"), *contracts, *services, *LOCAL, *said), INDICATOR)
    where = {"indicator_id": "user_satisfaction", "grain": "month", "commissioner_code": "C1"}
    assert one(made, INDICATOR, "denominator", **where) == (20,)


def test_each_commissioner_reads_of_its_own_services_and_nobody_else_of_a_part() -> None:
    made = users(
        *(answers("M1", month, "S1", 90, 100) for month in months("2026-04", 3)),
        *(answers("M1", month, "S3", 20, 100) for month in months("2026-04", 3)),
        table=FIGURE,
    )
    where = {"indicator_id": "user_satisfaction", "grain": "quarter", "period_id": "2026-Q2"}
    assert select(made, FIGURE, "audience, value, denominator", **where) == [
        ("commissioner-C1", "90.0", "300"),
        ("commissioner-C2", "20.0", "300"),
        ("organisation-M1", "55.0", "600"),
    ]


def test_a_commissioner_without_a_service_of_an_organisation_reads_nothing_of_its_users() -> None:
    rows = [commissioner("C3"), contract("C3", "M1", "2020-01-01"), answers("M1", "2026-01", "S1", 5, 10)]
    made = users(*rows, table=FIGURE)
    where = {"audience": "commissioner-C3", "indicator_id": "user_satisfaction", "grain": "quarter"}
    assert one(made, FIGURE, "value, denominator, basis", **where) == ("[x]", "[x]", "[x]")


def test_the_friends_and_family_test_is_in_no_benchmark() -> None:
    fft: dict[str, Any] = {"instrument_id": "fft"}
    made = build(
        *instrument("fft", None, name="Friends and Family Test", compares_organisations=False),
        *(organisation(f"M{number}", publication_consent=True) for number in range(7)),
        *(answers(f"M{number}", "2026-01", "S1", 5, 10, **fft) for number in range(7)),
    )
    for table in ("benchmarks.compared", "benchmarks.peer", "benchmarks.delivery_model", MODEL_FIGURE):
        assert select(made, table, "*") == []
    columns = "value, basis, basis_name, peer_group, peers, peer_value, peer_median, peer_note"
    where = {"audience": "public", "indicator_id": "user_satisfaction", "grain": "quarter", "organisation_code": "M0"}
    assert one(made, FIGURE, columns, **where) == (
        *("50.0", "fft", "Friends and Family Test", "[z]", "[z]", "[z]", "[z]"),
        "not an instrument to compare by",
    )


def test_two_surveys_of_users_are_never_added_nor_compared() -> None:
    made = run(
        tables(
            *LOCAL,
            *instrument("other", None),
            *(organisation(f"M{number}") for number in range(4)),
            *(answers(f"M{number}", "2026-01", "S1", 5, 10) for number in range(3)),
            answers("M3", "2026-01", "S1", 5, 10, instrument_id="other"),
        ),
        "benchmarks.peer",
    )
    where = {"indicator_id": "user_satisfaction", "grain": "quarter"}
    assert select(made, "benchmarks.peer", "organisation_code, peers", **where) == [
        *(("M0", 2), ("M1", 2), ("M2", 2), ("M3", 0)),
    ]


def test_a_contract_renewed_within_a_month_keeps_the_month() -> None:
    contracts = [
        contract("C1", "M1", "2020-01-01", "2026-02-14", contract_code="A"),
        contract("C1", "M1", "2026-02-15", contract_code="B"),
    ]
    said = [answers("M1", month, "S1", 5, 10) for month in months("2026-01", 3)]
    services = [*serves("A", "M1", "S1"), *serves("B", "M1", "S1")]
    made = run(tables(organisation("M1"), *contracts, *services, *LOCAL, *said), INDICATOR)
    where = {"indicator_id": "user_satisfaction", "grain": "quarter", "commissioner_code": "C1"}
    assert one(made, INDICATOR, "months_reported", **where) == (3,)


def test_a_service_that_withholds_a_count_is_in_neither_part_of_the_figure() -> None:
    made = users(answers("M1", "2026-01", "S1", 10, 20), answers("M1", "2026-01", "S2", None, 30))
    where = {"indicator_id": "user_satisfaction", "grain": "month", "commissioner_code": "ALL"}
    assert select(made, INDICATOR, "value", **where) in ([], [(50,)])


def test_a_month_in_which_a_count_is_withheld_stops_nothing() -> None:
    connection = tables(organisation("M1"), *LOCAL, answers("M1", "2026-01", "S1", None, 20))
    assert broken_claims(build_models(connection)) == {}


def test_a_commissioner_cannot_subtract_its_part_from_the_whole() -> None:
    made = users(answers("M1", "2026-04", "S1", 8, 10), answers("M1", "2026-04", "S3", 3, 30), table=MODEL_FIGURE)
    where = {"audience": "commissioner-C1", "indicator_id": "user_satisfaction", "grain": "quarter"}
    shown = select(made, MODEL_FIGURE, "numerator, denominator, value", **where)
    assert [figures for figures in shown if figures != ("[c]", "[c]", "[c]")] == []


@pytest.mark.parametrize(("consenting", "is_shown"), [(3, True), (4, False), (5, False), (6, True)])
def test_a_commissioner_of_a_part_could_not_work_out_a_peer(consenting: int, is_shown: bool) -> None:
    made = build(
        commissioner("C1"),
        organisation("M0"),
        *LOCAL,
        contract("C1", "M0", "2020-01-01", contract_code="K"),
        *serves("K", "M0", "S1"),
        *(organisation(f"M{n}", publication_consent=n <= consenting) for n in range(1, 7)),
        *(answers(f"M{n}", "2026-01", "S1", n, 10) for n in range(7)),
    )
    where = {"audience": "commissioner-C1", "organisation_code": "M0", "indicator_id": "user_satisfaction"}
    assert one(made, FIGURE, "peer_median", grain="quarter", **where) == ("35.0" if is_shown else "[c]",)
