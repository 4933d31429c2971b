"""published.audience and named, and disclosure.known_of_group, on a few rows: who reads, whom they may see by name,
what they know."""

import duckdb
import pytest

from tests.sql.tables import (
    PER_FTE,
    RATE,
    Row,
    absence,
    commissioner,
    contract,
    months,
    official,
    one,
    organisation,
    run,
    select,
    tables,
)

NAMED = "published.named"
KNOWN = "disclosure.known_of_group"
FIGURE = "published.organisation_figure"
MODEL_FIGURE = "published.delivery_model_figure"

COUNCIL = "commissioner-C1"


def named(*rows: Row) -> duckdb.DuckDBPyConnection:
    return run(tables(commissioner("C1"), *rows), NAMED)


def known(*rows: Row) -> duckdb.DuckDBPyConnection:
    return run(tables(commissioner("C1"), *rows), KNOWN)


def published(*rows: Row) -> duckdb.DuckDBPyConnection:
    return run(tables(*rows), FIGURE, MODEL_FIGURE)


def year_of_returns(code: str, basis: str = "calendar_days") -> list[Row]:
    """April 2025 to March 2026."""
    return [absence(code, month, 1, 100, basis) for month in months("2025-04", 12)]


# Audiences


def test_the_public_every_commissioner_and_every_mutual_are_audiences() -> None:
    rows = [commissioner("C1"), commissioner("C2"), organisation("M1"), organisation("I1", "in_house")]
    made = run(tables(*rows), "published.audience")
    assert select(made, "published.audience", "audience, kind, code, name") == [
        ("commissioner-C1", "commissioner", "C1", "C1 Council"),
        ("commissioner-C2", "commissioner", "C2", "C2 Council"),
        ("organisation-M1", "organisation", "M1", "M1 Care"),
        ("public", "public", None, "the public"),
    ]


# By contract


def test_a_commissioner_sees_whom_it_has_a_contract_with_and_nobody_else() -> None:
    made = named(
        commissioner("C2"),
        organisation("M1"),
        organisation("M2"),
        contract("C1", "M1", "2020-01-01"),
        contract("C2", "M2", "2020-01-01"),
        absence("M1", "2026-01", 1, 100),
        absence("M2", "2026-01", 1, 100),
    )
    assert select(made, NAMED, "audience, organisation_code, because", grain="quarter", because="contract") == [
        ("commissioner-C1", "M1", "contract"),
        ("commissioner-C2", "M2", "contract"),
    ]


def test_a_contract_names_in_a_period_that_lies_within_it_and_in_no_other() -> None:
    seen = [("2026-01-01", "2026-03-31"), ("2020-01-01", None), ("2020-01-01", "2030-12-31")]
    not_seen = [
        ("2026-01-02", "2026-03-31"),
        ("2026-01-01", "2026-03-30"),
        ("2026-02-15", None),
        ("2026-02-01", "2026-02-28"),
        ("2020-01-01", "2025-12-31"),
        ("2026-04-01", None),
    ]
    codes = {dates: f"M{number}" for number, dates in enumerate([*seen, *not_seen])}
    made = named(
        *(organisation(code) for code in codes.values()),
        *(contract("C1", code, *dates) for dates, code in codes.items()),
        absence("M0", "2026-01", 1, 100),
    )
    found = select(made, NAMED, "organisation_code", audience=COUNCIL, grain="quarter", period_id="2026-Q1")
    assert found == [(codes[dates],) for dates in seen]


def test_a_contract_for_the_quarter_alone_does_not_show_the_year() -> None:
    made = named(organisation("M1"), contract("C1", "M1", "2026-01-01", "2026-03-31"), *year_of_returns("M1"))
    assert select(made, NAMED, "grain, period_id", audience=COUNCIL) == [("quarter", "2026-Q1")]


@pytest.mark.parametrize(
    ("renewed_on", "is_named"), [("2025-10-01", True), ("2025-09-15", True), ("2025-10-02", False)]
)
def test_a_contract_renewed_without_a_gap_is_one_contract(renewed_on: str, is_named: bool) -> None:
    made = named(
        organisation("M01"),
        contract("C1", "M01", "2024-04-01", "2025-09-30"),
        contract("C1", "M01", renewed_on, "2028-03-31"),
        *(absence("M01", month, 1, 100) for month in months("2025-04", 12)),
    )
    found = select(
        made, NAMED, "organisation_code", audience="commissioner-C1", grain="rolling_year", period_id="2026-Q1"
    )
    assert found == ([("M01",)] if is_named else [])


def test_an_organisation_with_two_contracts_of_one_commissioner_is_named_once() -> None:
    made = named(
        organisation("M1"),
        contract("C1", "M1", "2020-01-01"),
        contract("C1", "M1", "2021-01-01"),
        absence("M1", "2026-01", 1, 100),
    )
    assert len(select(made, NAMED, "*", audience=COUNCIL, grain="quarter")) == 1


def test_nobody_is_named_for_a_single_month() -> None:
    made = named(
        organisation("M1", publication_consent=True), contract("C1", "M1", "2020-01-01"), *year_of_returns("M1")
    )
    assert select(made, NAMED, "distinct grain") == [("quarter",), ("rolling_year",)]


# In public


@pytest.mark.parametrize(("consent", "seen"), [(True, ["M1"]), (False, []), (None, [])])
def test_the_public_sees_whoever_has_agreed_to_be_named_and_blank_is_no(consent: bool | None, seen: list[str]) -> None:
    made = named(organisation("M1", publication_consent=consent), absence("M1", "2026-01", 1, 100))
    assert select(made, NAMED, "organisation_code", audience="public", grain="quarter") == [(code,) for code in seen]


def test_the_public_sees_whom_an_official_figure_names_already() -> None:
    made = named(
        organisation("M1"), organisation("M2"), official("M1", "2026-01", 1, 100), absence("M2", "2026-01", 1, 100)
    )
    assert select(made, NAMED, "organisation_code, because", audience="public", grain="quarter") == [("M1", "official")]


def test_an_official_figure_names_only_in_the_periods_that_it_is_of() -> None:
    made = named(organisation("M1"), official("M1", "2025-10", 1, 100), absence("M1", "2026-01", 1, 100))
    assert select(made, NAMED, "period_id", audience="public", grain="quarter") == [("2025-Q4",)]


def test_a_withheld_official_month_names_nobody() -> None:
    made = named(organisation("M1"), official("M1", "2026-01", None, None), absence("M1", "2026-01", 1, 100))
    assert select(made, NAMED, "*", audience="public") == []


def test_the_public_is_told_of_no_sector_in_which_no_mutual_works() -> None:
    made = named(
        organisation("I1", "in_house", "ambulance", publication_consent=True),
        organisation("I2", "in_house", "ambulance"),
        organisation("I3", "in_house", "community_health", publication_consent=True),
        organisation("M1", "mutual", "community_health"),
        absence("I1", "2026-01", 1, 100),
        official("I2", "2026-01", 1, 100),
    )
    assert select(made, NAMED, "distinct organisation_code", audience="public") == [("I3",)]


def test_a_commissioner_does_not_see_by_contract_what_is_only_public() -> None:
    made = named(organisation("M1"), official("M1", "2026-01", 1, 100))
    assert select(made, NAMED, "*", audience=COUNCIL) == []


# What is shown of whom is named


def shown(*rows: Row) -> list[tuple[str, str, str, str]]:
    """Organisation, source, basis and value of each rate of the quarter that the public may read."""
    made = published(commissioner("C1"), *rows)
    return select(
        made,
        FIGURE,
        "organisation_code, source, basis, value",
        audience="public",
        grain="quarter",
        period_id="2026-Q1",
        indicator_id=RATE,
    )


def test_an_official_figure_of_the_same_basis_never_brings_out_the_return() -> None:
    assert shown(organisation("M1"), official("M1", "2026-01", 2, 100), absence("M1", "2026-01", 3, 100)) == [
        ("M1", "official", "calendar_days", "2.00")
    ]


def test_an_official_figure_of_fewer_months_than_the_return_never_brings_out_the_return() -> None:
    found = shown(
        organisation("M1"),
        official("M1", "2026-01", 2, 100),
        *(absence("M1", month, 3, 100) for month in months("2026-01", 2)),
    )
    assert [row for row in found if row[1] != "official"] == []


def test_an_official_figure_never_brings_out_the_return_on_another_basis() -> None:
    assert shown(
        organisation("M1"), official("M1", "2026-01", 2, 100), absence("M1", "2026-01", 3, 100, "working_days")
    ) == [("M1", "official", "calendar_days", "2.00")]


def test_an_official_figure_brings_out_neither_basis_nor_months_of_the_return() -> None:
    made = published(
        organisation("M1"),
        *(official("M1", month, 2, 100) for month in months("2025-04", 11)),
        *year_of_returns("M1", "working_days"),
    )
    where = {"audience": "public", "topic": "sickness_absence", "grain": "rolling_year", "period_id": "2026-Q1"}
    found = select(made, FIGURE, "basis, months_reported", **where)
    assert found == [("calendar_days", 11), ("calendar_days", 11)]


def test_consent_brings_out_the_return() -> None:
    assert shown(organisation("M1", publication_consent=True), absence("M1", "2026-01", 3, 100)) == [
        ("M1", "return", "calendar_days", "3.00")
    ]


def test_consent_brings_out_the_return_on_another_basis_than_the_official_figure() -> None:
    assert shown(
        organisation("M1", publication_consent=True),
        official("M1", "2026-01", 2, 100),
        absence("M1", "2026-01", 3, 100, "working_days"),
    ) == [("M1", "official", "calendar_days", "2.00"), ("M1", "return", "working_days", "3.00")]


def test_consent_brings_out_the_whole_year_of_the_return_where_the_official_one_lacks_a_month() -> None:
    made = published(
        organisation("M1", publication_consent=True),
        *(official("M1", month, 2, 100) for month in months("2025-04", 11)),
        *year_of_returns("M1"),
    )
    where = {"audience": "public", "topic": "sickness_absence", "grain": "rolling_year", "period_id": "2026-Q1"}
    found = select(made, FIGURE, "indicator_id, source, months_reported", **where)
    assert found == [(PER_FTE, "return", 12), (RATE, "official", 11)]


# What a reader knows of a group


def test_a_reader_knows_its_own_portfolio_and_what_is_public() -> None:
    made = known(
        *(organisation(code) for code in ("M1", "M2", "M4")),
        organisation("M3", publication_consent=True),
        contract("C1", "M1", "2020-01-01"),
        absence("M1", "2026-01", 1, 100),
        absence("M2", "2026-01", 1, 100),
        absence("M3", "2026-01", 1, 100),
        official("M4", "2026-01", 1, 100),
    )
    sectors = ("ALL", "community_health")
    assert select(made, KNOWN, "reader, sector, known", indicator_id=RATE, grain="quarter") == [
        (audience, sector, known)
        for audience, known in [
            (COUNCIL, 3),
            # A mutual knows itself and what is public, and what is public it does not know twice.
            *(("organisation-M1", 3), ("organisation-M2", 3), ("organisation-M3", 2), ("organisation-M4", 2)),
            ("public", 2),
        ]
        for sector in sectors
    ]


def test_what_a_reader_knows_is_counted_by_sector_and_in_all() -> None:
    made = known(
        organisation("M1", publication_consent=True),
        organisation("M2", sector="adult_social_care", publication_consent=True),
        organisation("I1", "in_house", publication_consent=True),
        absence("M1", "2026-01", 1, 100),
        absence("M2", "2026-01", 1, 100),
        absence("I1", "2026-01", 1, 100),
    )
    assert select(made, KNOWN, "delivery_model, sector, known", reader="public", grain="quarter") == [
        ("in_house", "ALL", 1),
        ("in_house", "community_health", 1),
        ("in_house", "sectors_of_mutuals", 1),
        ("mutual", "ALL", 2),
        ("mutual", "adult_social_care", 1),
        ("mutual", "community_health", 1),
        ("mutual", "sectors_of_mutuals", 2),
    ]


def test_an_organisation_that_is_both_public_and_in_the_portfolio_is_known_once() -> None:
    made = known(
        organisation("M1", publication_consent=True),
        contract("C1", "M1", "2020-01-01"),
        official("M1", "2026-01", 1, 100),
    )
    assert select(made, KNOWN, "known", reader=COUNCIL, grain="quarter", sector="ALL") == [(1,)]


@pytest.mark.parametrize("audience", ["public", COUNCIL])
def test_an_official_figure_makes_no_return_on_another_basis_known(audience: str) -> None:
    made = known(organisation("M1"), official("M1", "2026-01", 2, 100), absence("M1", "2026-01", 3, 100, "hours"))
    found = select(made, KNOWN, "variant, known", reader=audience, grain="quarter", sector="ALL")
    assert found == [("calendar_days", 1)]


def test_a_reader_who_knows_nobody_of_a_group_knows_what_the_public_does() -> None:
    made = published(
        commissioner("C1"),
        organisation("I1", "in_house"),
        contract("C1", "I1", "2020-01-01"),
        *(organisation(f"M{number}", publication_consent=True) for number in range(2)),
        *(absence(f"M{number}", "2026-01", 2, 100) for number in range(2)),
    )
    assert select(made, KNOWN, "known", reader=COUNCIL, sector="ALL", grain="quarter") == [(2,)]
    where = {"audience": COUNCIL, "delivery_model": "mutual", "grain": "quarter"}
    assert one(made, MODEL_FIGURE, "organisations, value", **where) == (2, "2.00")


# By itself


def test_a_mutual_sees_itself_and_nobody_else_in_the_periods_in_which_it_was_at_work() -> None:
    made = published(
        organisation("M1", active_from="2025-11-01", publication_consent=True),
        organisation("M2", active_to="2025-12-31"),
        organisation("I1", "in_house"),
        *(absence(code, month, 1, 100) for code in ("M1", "M2", "I1") for month in months("2025-11", 2)),
        absence("M1", "2026-01", 1, 100),
        official("I1", "2026-01", 1, 100),
        absence("M1", "2025-07", 1, 100),
    )
    found = select(made, NAMED, "audience, organisation_code, period_id", grain="quarter", because="self")
    assert found == [
        ("organisation-M1", "M1", "2025-Q4"),
        ("organisation-M1", "M1", "2026-Q1"),
        ("organisation-M2", "M2", "2025-Q3"),
        ("organisation-M2", "M2", "2025-Q4"),
    ]
    shown_to = select(made, FIGURE, "distinct audience, organisation_code")
    assert [pair for pair in shown_to if pair[0].startswith("organisation-")] == [
        ("organisation-M1", "M1"),
        ("organisation-M2", "M2"),
    ]
    assert select(made, MODEL_FIGURE, "distinct audience") == [("public",)]


@pytest.mark.parametrize(("consenting", "is_shown"), [(0, True), (3, True), (4, False), (6, True)])
def test_a_mutual_that_could_work_out_a_peer_reads_nothing_of_its_peers(consenting: int, is_shown: bool) -> None:
    """Each that is not public knows itself and those who are: of three, it could take two from the pooled figure."""
    made = published(
        organisation("M0"),
        *(organisation(f"M{number}", publication_consent=number <= consenting) for number in range(1, 7)),
        *(absence(f"M{number}", "2026-01", number, 100) for number in range(7)),
    )
    where = {"audience": "organisation-M0", "indicator_id": RATE, "grain": "quarter"}
    value, median, note = one(made, FIGURE, "value, peer_median, peer_note", **where)
    assert (value, median) == ("0.00", "3.50" if is_shown else "[c]")
    assert note == ("too few peers for quartiles" if is_shown else "most of them are known to a reader")


def test_the_pooled_figure_of_a_few_returns_is_withheld_from_the_public_whatever_else_is_official() -> None:
    made = published(
        organisation("M1"),
        organisation("M2"),
        *(official(code, "2026-01", 2, 100) for code in ("M1", "M2")),
        *(absence(code, "2026-01", 3, 100, "working_days") for code in ("M1", "M2")),
    )
    assert one(
        made, MODEL_FIGURE, "organisations, numerator, denominator, value", grain="quarter", basis="working_days"
    ) == (2, "[c]", "[c]", "[c]")


def test_the_whole_years_of_a_few_returns_are_withheld_from_the_public_where_the_official_ones_lack_a_month() -> None:
    made = published(
        organisation("M1"),
        organisation("M2"),
        *(official(code, month, 2, 100) for code in ("M1", "M2") for month in months("2025-04", 11)),
        *year_of_returns("M1"),
        *year_of_returns("M2"),
    )
    assert one(
        made, MODEL_FIGURE, "organisations, numerator, denominator, value", indicator_id=PER_FTE, period_id="2026-Q1"
    ) == (2, "[c]", "[c]", "[c]")
