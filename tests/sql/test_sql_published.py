"""published.organisation_figure and delivery_model_figure on a few rows: what is printed, and what is withheld."""

from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import date
from typing import Any

import duckdb
import pytest

from impact.reports.audience_rows import DeliveryModelFigure, OrganisationFigure
from tests.sql.tables import (
    PER_FTE,
    RATE,
    SETTINGS,
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

FIGURE = "published.organisation_figure"
MODEL_FIGURE = "published.delivery_model_figure"
COUNCIL = "commissioner-C1"
IN_PUBLIC = {"audience": "public", "indicator_id": RATE, "grain": "quarter"}
OF_YEAR = {"audience": COUNCIL, "topic": "sickness_absence", "grain": "rolling_year", "period_id": "2026-Q1"}
PEER_FIGURES = "peer_value, peer_median, peer_lower_quartile, peer_upper_quartile"


def mutuals(count: int, known_to_council: int = 0, sector: str = "community_health", first: int = 1) -> list[Row]:
    """Mutuals M01, M02 ... that lost 1, 2 ... of 100 days in January 2026; the council pays the first few of them."""
    rows = []
    for number in range(first, first + count):
        code = f"M{number:02}"
        rows += [organisation(code, sector=sector), absence(code, "2026-01", number, 100)]
        if number < first + known_to_council:
            rows.append(contract("C1", code, "2020-01-01"))
    return rows


def published(*rows: Row, **settings: float) -> duckdb.DuckDBPyConnection:
    return run(tables(commissioner("C1"), *rows, settings={**SETTINGS, **settings}), FIGURE, MODEL_FIGURE)


def of_council(
    made: duckdb.DuckDBPyConnection, columns: str, code: str = "M01", council: str = COUNCIL
) -> tuple[Any, ...]:
    """What the council reads of the rate of an organisation in the quarter."""
    return one(made, FIGURE, columns, audience=council, organisation_code=code, grain="quarter", indicator_id=RATE)


def side_by_side(
    made: duckdb.DuckDBPyConnection, columns: str, audience: str = "public", model: str = "mutual"
) -> tuple[Any, ...]:
    """What an audience reads of the rate of a delivery model in community health in the quarter."""
    where = {"delivery_model": model, "sector": "community_health", "grain": "quarter", "indicator_id": RATE}
    return one(made, MODEL_FIGURE, columns, audience=audience, **where)


COUNTS = (1, 4, 5, 6, 9, 10, 11)


def of_model(count: int, reported: Callable[..., Row]) -> list[Row]:
    """As many organisations of a delivery model of their own, of which the council pays the first."""
    codes = [f"N{count:02}{number:02}" for number in range(1, count + 1)]
    return [
        *(organisation(code, f"one_of_{count}") for code in codes),
        *(reported(code, "2026-01", number, 100) for number, code in enumerate(codes, start=1)),
        contract("C1", codes[0], "2020-01-01"),
    ]


@pytest.fixture(scope="module")
def of_all_counts() -> duckdb.DuckDBPyConnection:
    """Delivery models of so many organisations each, with returns, in a sector of mutuals."""
    return published(organisation("M01"), *(row for count in COUNTS for row in of_model(count, absence)))


@pytest.fixture(scope="module")
def of_all_counts_official() -> duckdb.DuckDBPyConnection:
    """The same of official figures."""
    return published(organisation("M01"), *(row for count in COUNTS for row in of_model(count, official)))


@pytest.fixture(scope="module")
def of_eleven() -> duckdb.DuckDBPyConnection:
    """Eleven mutuals, of which the council P01 pays one, P02 two and so on."""
    payers = [(f"P{count:02}", f"M{number:02}") for count in range(1, 12) for number in range(1, count + 1)]
    return published(
        *mutuals(11),
        *(commissioner(f"P{count:02}") for count in range(1, 12)),
        *(contract(payer, code, "2020-01-01") for payer, code in payers),
    )


# An organisation's own figure


def test_a_figure_is_printed_with_the_decimals_of_its_indicator() -> None:
    made = published(
        organisation("M01"),
        contract("C1", "M01", "2020-01-01"),
        *(absence("M01", month, 10, 900) for month in months("2025-04", 12)),
    )
    rate, days = 10 / 900 * 100, 10 / (900 / 365)
    assert select(made, FIGURE, "indicator_id, value", **OF_YEAR) == [
        (PER_FTE, f"{days:.1f}"),
        (RATE, f"{rate:.2f}"),
    ]


def test_a_figure_comes_with_the_name_and_kind_of_its_organisation() -> None:
    made = published(*mutuals(1, known_to_council=1))
    columns = "organisation_name, delivery_model, sector, basis, value, months_reported, months_expected, source"
    assert of_council(made, columns) == (
        "M01 Care",
        "mutual",
        "community_health",
        "calendar_days",
        "1.00",
        1,
        3,
        "return",
    )


def test_an_organisation_that_did_not_report_is_shown_as_not_available() -> None:
    made = published(organisation("M99"), contract("C1", "M99", "2020-01-01"), *mutuals(1))
    columns = f"basis, value, months_reported, months_expected, peer_group, peers, {PEER_FIGURES}, peer_note, source"
    assert of_council(made, columns, "M99") == (
        *("[x]", "[x]", 0, 3),
        *("[z]", "[z]", "[z]", "[z]", "[z]", "[z]", "not reported"),
        "[x]",
    )


def test_a_year_with_a_month_missing_is_not_available_where_only_whole_years_count() -> None:
    made = published(
        organisation("M01"),
        contract("C1", "M01", "2020-01-01"),
        *(absence("M01", month, 10, 900) for month in months("2025-04", 11)),
    )
    assert select(made, FIGURE, "indicator_id, value, months_reported", **OF_YEAR) == [
        (PER_FTE, "[x]", 11),
        (RATE, "1.11", 11),
    ]


@pytest.mark.parametrize("basis", ["working_days", "hours"])
def test_an_indicator_that_is_not_worked_out_on_a_basis_is_not_applicable(basis: str) -> None:
    made = published(
        organisation("M01"),
        contract("C1", "M01", "2020-01-01"),
        *(absence("M01", month, 10, 900, basis) for month in months("2025-04", 12)),
    )
    assert select(made, FIGURE, "indicator_id, basis, value", **OF_YEAR) == [
        (PER_FTE, basis, "[z]"),
        (RATE, basis, "1.11"),
    ]


def test_a_quarter_without_days_available_has_no_rate() -> None:
    made = published(organisation("M01"), contract("C1", "M01", "2020-01-01"), absence("M01", "2026-01", 0, 0))
    assert of_council(made, "value") == ("[x]",)


def test_an_organisation_that_changed_its_basis_has_a_row_on_each() -> None:
    made = published(
        organisation("M01"),
        contract("C1", "M01", "2020-01-01"),
        absence("M01", "2026-01", 1, 100),
        *(absence("M01", month, 3, 100, "working_days") for month in months("2026-02", 2)),
    )
    where = {"audience": COUNCIL, "grain": "quarter", "indicator_id": RATE}
    assert select(made, FIGURE, "basis, value, months_reported", **where) == [
        ("calendar_days", "1.00", 1),
        ("working_days", "3.00", 2),
    ]


def test_the_months_of_a_figure_that_is_not_there_are_those_of_the_basis_beside_it() -> None:
    made = published(
        organisation("M01"),
        contract("C1", "M01", "2020-01-01"),
        *(absence("M01", month, 1, 100) for month in months("2025-04", 3)),
        *(absence("M01", month, 3, 100, "working_days") for month in months("2025-07", 9)),
    )
    reported = dict(select(made, FIGURE, "basis, months_reported", indicator_id=RATE, **OF_YEAR))
    basis, count = one(made, FIGURE, "basis, months_reported", indicator_id=PER_FTE, **OF_YEAR)
    assert reported == {"calendar_days": 3, "working_days": 9}
    assert count == reported[basis]


# Closed organisations


@pytest.mark.parametrize("active_to", ["2025-12-31", "2019-06-30"])
def test_no_month_is_expected_of_an_organisation_after_it_closed(active_to: str) -> None:
    made = published(
        *mutuals(1),
        organisation("M99", active_to=active_to, publication_consent=True),
        contract("C1", "M99", "2020-01-01"),
    )
    found = select(made, FIGURE, "audience, months_reported, months_expected", organisation_code="M99", grain="quarter")
    assert [expected for _, _, expected in found] == [0] * len(found)


def test_every_figure_of_an_organisation_that_closed_within_the_year_expects_the_same_months() -> None:
    made = published(
        organisation("M01", active_to="2025-09-30"),
        contract("C1", "M01", "2020-01-01"),
        *(absence("M01", month, 1, 100) for month in months("2025-04", 6)),
        organisation("M02"),
        *(absence("M02", month, 1, 100) for month in months("2025-04", 12)),
    )
    found = select(made, FIGURE, "indicator_id, months_reported, months_expected", organisation_code="M01", **OF_YEAR)
    assert found == [(PER_FTE, 6, 6), (RATE, 6, 6)]


# Its peers


def test_peers_are_printed_as_the_indicator_is(of_eleven: duckdb.DuckDBPyConnection) -> None:
    rest = range(2, 12)
    columns = f"peer_group, peers, {PEER_FIGURES}, peer_note"
    assert of_council(of_eleven, columns, council="commissioner-P01") == (
        "same delivery model and sector",
        "10",
        f"{sum(rest) / (10 * 100) * 100:.2f}",
        f"{(6 + 7) / 2:.2f}",
        f"{4 + 0.25 * (5 - 4):.2f}",
        f"{8 + 0.75 * (9 - 8):.2f}",
        "",
    )


@pytest.mark.parametrize(
    ("peers", "is_median_shown", "is_quartile_shown"), [(4, 0, 0), (5, 1, 0), (9, 1, 0), (10, 1, 1)]
)
def test_a_median_is_shown_from_five_peers_and_quartiles_from_ten(
    of_all_counts: duckdb.DuckDBPyConnection, peers: int, is_median_shown: int, is_quartile_shown: int
) -> None:
    code = f"N{peers + 1:02}01"
    pooled, median, lower, upper = of_council(of_all_counts, PEER_FIGURES, code)
    assert (pooled != "[c]", median != "[c]") == (is_median_shown, is_median_shown)
    assert (lower != "[c]", upper != "[c]") == (is_quartile_shown, is_quartile_shown)
    assert of_council(of_all_counts, "peers", code) == (str(peers),)


@pytest.mark.parametrize(
    ("peers", "note"), [(0, "too few peers"), (4, "too few peers"), (5, "too few peers for quartiles"), (10, "")]
)
def test_the_note_says_why_peers_are_withheld(of_all_counts: duckdb.DuckDBPyConnection, peers: int, note: str) -> None:
    assert of_council(of_all_counts, "peer_note", f"N{peers + 1:02}01") == (note,)


def test_from_how_many_peers_on_is_a_setting() -> None:
    rows = mutuals(4, known_to_council=1)
    made = published(*rows, peers_for_median=3, peers_for_quartiles=3)
    assert of_council(made, PEER_FIGURES) == ("3.00", "3.00", "2.50", "3.50")
    made = published(*rows, peers_for_median=3, peers_for_quartiles=4)
    assert of_council(made, PEER_FIGURES) == ("3.00", "3.00", "[c]", "[c]")
    made = published(*rows, peers_for_median=4, peers_for_quartiles=4)
    assert of_council(made, PEER_FIGURES) == ("[c]", "[c]", "[c]", "[c]")


@pytest.mark.parametrize(
    ("known_peers", "shown", "note"),
    [
        (1, ("6.50", "6.50", "4.25", "8.75"), ""),
        (5, ("6.50", "6.50", "4.25", "8.75"), ""),
        # Of four peers that it does not know the sum gives nobody away; a median is of those that it knows.
        (6, ("6.50", "[c]", "[c]", "[c]"), "most peers are known to this reader"),
        (7, ("6.50", "[c]", "[c]", "[c]"), "most peers are known to this reader"),
        (8, ("[c]", "[c]", "[c]", "[c]"), "most of them are known to a reader"),
        (9, ("[c]", "[c]", "[c]", "[c]"), "most of them are known to a reader"),
        (10, ("6.50", "6.50", "4.25", "8.75"), ""),
    ],
)
def test_a_reader_who_knows_most_of_the_peers_but_not_all_learns_nothing_of_the_rest(
    known_peers: int, shown: tuple[str, ...], note: str
) -> None:
    made = published(*mutuals(11, known_to_council=1 + known_peers))
    assert of_council(made, f"{PEER_FIGURES}, peer_note") == (*shown, note)


def test_what_share_of_the_peers_a_reader_may_know_is_a_setting() -> None:
    rows = mutuals(11, known_to_council=6)
    assert of_council(published(*rows, share_of_peers_reader_may_know=0.4), "peer_median") == ("[c]",)
    assert of_council(published(*rows, share_of_peers_reader_may_know=0.5), "peer_median") == ("6.50",)


def test_peers_whom_the_public_knows_count_among_those_that_a_commissioner_knows() -> None:
    consenting = [organisation(f"P{number}", publication_consent=True) for number in range(3)]
    reporting = [absence(f"P{number}", "2026-01", 1, 100) for number in range(3)]
    made = published(*mutuals(8, known_to_council=4), *consenting, *reporting)
    assert of_council(made, "peers, peer_median, peer_note") == ("10", "[c]", "most peers are known to this reader")


def test_peers_that_are_all_official_are_shown_to_everybody(of_all_counts_official: duckdb.DuckDBPyConnection) -> None:
    columns = f"{PEER_FIGURES}, is_public"
    found = one(of_all_counts_official, FIGURE, columns, organisation_code="N1101", **IN_PUBLIC)
    assert found == ("6.50", "6.50", "4.25", "8.75", True)


@pytest.mark.parametrize(
    ("peers", "shown"),
    [
        (0, ("[z]", "[z]", "[z]", "[z]")),
        (4, ("[z]", "[z]", "[z]", "[z]")),
        (5, ("4.00", "4.00", "[z]", "[z]")),
        (10, ("6.50", "6.50", "4.25", "8.75")),
    ],
)
def test_peers_that_are_all_official_are_never_said_to_be_withheld(
    of_all_counts_official: duckdb.DuckDBPyConnection, peers: int, shown: tuple[str, ...]
) -> None:
    code = f"N{peers + 1:02}01"
    assert one(of_all_counts_official, FIGURE, PEER_FIGURES, organisation_code=code, **IN_PUBLIC) == shown


def test_one_return_among_official_peers_is_not_given_away() -> None:
    made = published(
        *mutuals(1),
        *(organisation(f"M{number:02}") for number in range(2, 12)),
        *(official(f"M{number:02}", "2026-01", number, 100) for number in range(2, 12)),
    )
    found = select(made, FIGURE, f"{PEER_FIGURES}, is_public", **IN_PUBLIC)
    assert found == [("[c]", "[c]", "[c]", "[c]", False)] * 10


def test_peers_of_all_sectors_are_called_so() -> None:
    made = published(*mutuals(3, known_to_council=1), *mutuals(3, sector="adult_social_care", first=4))
    assert of_council(made, "peer_group, peers, peer_median") == (
        "same delivery model, all sectors",
        "5",
        f"{4:.2f}",
    )


def test_what_a_reader_knows_of_all_sectors_counts_where_peers_are_of_all_sectors() -> None:
    others = [contract("C1", f"M{number:02}", "2020-01-01") for number in (4, 5, 6)]
    made = published(*mutuals(3, known_to_council=1), *mutuals(3, sector="adult_social_care", first=4), *others)
    # Two of the six it does not know, whom their sum would give away.
    assert of_council(made, "peers, peer_value, peer_median, peer_note") == (
        *("5", "[c]", "[c]"),
        "most of them are known to a reader",
    )


def test_a_figure_is_public_only_where_it_and_all_of_its_peers_are_official() -> None:
    made = published(
        organisation("M01", publication_consent=True),
        absence("M01", "2026-01", 1, 100),
        organisation("M02"),
        official("M02", "2026-01", 1, 100),
        organisation("I01", "in_house"),
        official("I01", "2026-01", 1, 100),
        organisation("I02", "in_house"),
        official("I02", "2026-01", 1, 100),
    )
    assert select(made, FIGURE, "organisation_code, is_public", **IN_PUBLIC) == [
        ("I01", True),
        ("I02", True),
        ("M01", False),
        ("M02", False),
    ]


def test_a_figure_that_is_not_there_is_public_only_of_whom_an_official_figure_names() -> None:
    made = published(
        organisation("M01", publication_consent=True),
        organisation("M02"),
        *(official("M02", month, 1, 100) for month in months("2025-04", 11)),
    )
    where = {"audience": "public", "grain": "rolling_year", "period_id": "2026-Q1", "indicator_id": PER_FTE}
    assert select(made, FIGURE, "organisation_code, value, is_public", **where) == [
        ("M01", "[x]", False),
        ("M02", "[x]", True),
    ]


# Delivery models side by side


def test_a_delivery_model_is_printed_as_the_indicator_is(of_all_counts: duckdb.DuckDBPyConnection) -> None:
    columns = "sector, basis, organisations, months_reported, months_expected, numerator, denominator, value, note"
    assert side_by_side(of_all_counts, columns, model="one_of_10") == (
        *("community_health", "calendar_days", 10, 10 * 1, 10 * 3),
        *(f"{sum(range(1, 11)):.2f}", f"{10 * 100:.2f}", f"{sum(range(1, 11)) / (10 * 100) * 100:.2f}", ""),
    )
    assert side_by_side(of_all_counts, "median, lower_quartile, upper_quartile", model="one_of_10") == (
        f"{(5 + 6) / 2:.2f}",
        f"{3 + 0.25:.2f}",
        f"{7 + 0.75:.2f}",
    )


@pytest.mark.parametrize(
    ("count", "value", "median", "quartile", "note"),
    [
        (1, "[c]", "[c]", "[c]", "too few organisations"),
        (4, "[c]", "[c]", "[c]", "too few organisations"),
        (5, "3.00", "3.00", "[c]", ""),
        (9, "5.00", "5.00", "[c]", ""),
        (10, "5.50", "5.50", "3.25", ""),
    ],
)
def test_of_a_delivery_model_a_median_is_shown_from_five_organisations_and_quartiles_from_ten(
    of_all_counts: duckdb.DuckDBPyConnection, count: int, value: str, median: str, quartile: str, note: str
) -> None:
    columns = "value, median, lower_quartile, note"
    assert side_by_side(of_all_counts, columns, model=f"one_of_{count}") == (value, median, quartile, note)


def test_of_a_withheld_delivery_model_its_parts_are_withheld_too(of_all_counts: duckdb.DuckDBPyConnection) -> None:
    columns = "numerator, denominator, value, median, lower_quartile, upper_quartile"
    assert side_by_side(of_all_counts, columns, model="one_of_4") == ("[c]",) * 6


@pytest.mark.parametrize(
    ("known", "shown"),
    [
        (1, ("6.00", "6.00", "")),
        (5, ("6.00", "6.00", "")),
        (6, ("6.00", "[c]", "most of them are known to a reader")),
        (8, ("6.00", "[c]", "most of them are known to a reader")),
        (9, ("[c]", "[c]", "most of them are known to a reader")),
        (10, ("[c]", "[c]", "most of them are known to a reader")),
        (11, ("6.00", "6.00", "")),
    ],
)
def test_a_reader_who_knows_most_of_a_delivery_model_but_not_all_learns_nothing_of_the_rest(
    of_eleven: duckdb.DuckDBPyConnection, known: int, shown: tuple[str, ...]
) -> None:
    assert side_by_side(of_eleven, "value, median, note", f"commissioner-P{known:02}") == shown


def test_what_one_reader_could_take_apart_is_not_on_the_page_that_all_read(
    of_eleven: duckdb.DuckDBPyConnection,
) -> None:
    """Some commissioner knows nine of the eleven."""
    assert side_by_side(of_eleven, "value, median") == ("[c]", "[c]")
    assert side_by_side(published(*mutuals(11, known_to_council=8)), "value, median") == ("6.00", "[c]")
    assert side_by_side(published(*mutuals(11, known_to_council=5)), "value, median") == ("6.00", "6.00")


def test_a_few_that_are_all_official_or_all_in_the_portfolio_are_shown_without_a_median() -> None:
    officials = [organisation("M01"), official("M01", "2026-01", 3, 100)]
    columns = "organisations, value, median, lower_quartile, is_public"
    assert side_by_side(published(*officials), columns) == (1, "3.00", "[z]", "[z]", True)
    columns = "organisations, value, median, is_public"
    found = side_by_side(published(*mutuals(2, known_to_council=2)), columns, COUNCIL)
    assert found == (2, "1.50", "[z]", False)


def test_a_few_of_which_one_is_not_official_are_withheld() -> None:
    made = published(*mutuals(1), organisation("M02"), official("M02", "2026-01", 3, 100))
    assert side_by_side(made, "organisations, value, is_public") == (2, "[c]", False)


def test_each_basis_and_delivery_model_has_a_row_of_its_own() -> None:
    made = published(
        *mutuals(5),
        *(organisation(f"W{number}") for number in range(5)),
        *(absence(f"W{number}", "2026-01", 50, 100, "working_days") for number in range(5)),
        *(organisation(f"I{number}", "in_house") for number in range(5)),
        *(absence(f"I{number}", "2026-01", 20, 100) for number in range(5)),
    )
    assert select(made, MODEL_FIGURE, "delivery_model, basis, value", audience="public", grain="quarter") == [
        ("in_house", "calendar_days", "20.00"),
        ("mutual", "calendar_days", "3.00"),
        ("mutual", "working_days", "50.00"),
    ]


def test_the_public_reads_of_every_sector_in_which_mutuals_work_and_of_no_other() -> None:
    made = published(
        *mutuals(1),
        organisation("I01", "in_house", "community_health"),
        organisation("I02", "in_house", "ambulance"),
        organisation("I03", "unclassified", "ambulance"),
        *(absence(f"I0{number}", "2026-01", 1, 100) for number in (1, 2, 3)),
    )
    assert select(made, MODEL_FIGURE, "sector, delivery_model", audience="public", grain="quarter") == [
        ("community_health", "in_house"),
        ("community_health", "mutual"),
    ]


def test_a_commissioner_reads_of_the_sectors_of_those_it_pays_in_the_period() -> None:
    made = published(
        *mutuals(1, known_to_council=1),
        *mutuals(1, sector="adult_social_care", first=50),
        organisation("I01", "in_house", "ambulance"),
        contract("C1", "I01", "2020-01-01", "2026-03-30"),
        absence("I01", "2026-01", 1, 100),
    )
    assert select(made, MODEL_FIGURE, "distinct sector", audience=COUNCIL) == [("community_health",)]


def test_no_audience_reads_of_a_single_month() -> None:
    made = published(*mutuals(6, known_to_council=1))
    for table in (FIGURE, MODEL_FIGURE):
        assert ("quarter",) in select(made, table, "distinct grain")
        assert ("month",) not in select(made, table, "distinct grain")


def test_mutuals_are_pooled_once_more_with_those_that_may_be_mutuals() -> None:
    unclassified = [organisation(f"U{number}", "unclassified") for number in range(5)]
    reporting = [absence(f"U{number}", "2026-01", 10, 300) for number in range(5)]
    made = published(*mutuals(5), *unclassified, *reporting)
    lost, available = sum(range(1, 6)) + 5 * 10, 5 * 100 + 5 * 300
    assert side_by_side(made, "value, value_with_unclassified") == (
        f"{sum(range(1, 6)) / (5 * 100) * 100:.2f}",
        f"{lost / available * 100:.2f}",
    )


def test_the_sick_days_of_mutuals_and_those_that_may_be_mutuals_are_over_their_average_staff() -> None:
    codes = {"M": "mutual", "U": "unclassified"}
    made = published(
        *(organisation(f"{code}{number}", model) for code, model in codes.items() for number in range(5)),
        *(absence(f"M{number}", month, 10, 900) for number in range(5) for month in months("2025-04", 12)),
        *(absence(f"U{number}", month, 40, 900) for number in range(5) for month in months("2025-04", 12)),
    )
    lost, available = 5 * 12 * 10 + 5 * 12 * 40, 2 * 5 * 12 * 900
    where = {"audience": "public", "indicator_id": PER_FTE, "period_id": "2026-Q1", "delivery_model": "mutual"}
    assert one(made, MODEL_FIGURE, "value_with_unclassified", **where) == (f"{lost / (available / 365):.1f}",)


@pytest.mark.parametrize(("count_of_mutuals", "count_of_others"), [(5, 4), (4, 5)])
def test_mutuals_are_not_pooled_with_others_where_either_of_them_are_withheld(
    count_of_mutuals: int, count_of_others: int
) -> None:
    made = published(
        *mutuals(count_of_mutuals),
        *(organisation(f"U{number}", "unclassified") for number in range(count_of_others)),
        *(absence(f"U{number}", "2026-01", 10, 300) for number in range(count_of_others)),
    )
    assert side_by_side(made, "value_with_unclassified") == ("[c]",)


@pytest.mark.parametrize("other", [{"sector": "adult_social_care"}, {"basis": "hours"}])
def test_mutuals_are_pooled_with_others_only_of_their_sector_and_basis(other: dict[str, str]) -> None:
    made = published(
        *mutuals(5),
        organisation("M99", sector="adult_social_care"),
        *(organisation(f"U{number}", "unclassified", other.get("sector", "community_health")) for number in range(5)),
        *(absence(f"U{number}", "2026-01", 10, 300, other.get("basis", "calendar_days")) for number in range(5)),
    )
    assert side_by_side(made, "value_with_unclassified") == ("[z]",)
    of_others = select(
        made, MODEL_FIGURE, "distinct value_with_unclassified", delivery_model="unclassified", grain="quarter"
    )
    assert of_others == [("[z]",)]


def test_mutuals_whose_figures_are_public_are_not_public_together_with_returns_of_others() -> None:
    made = published(
        *(organisation(f"M{number}") for number in range(5)),
        *(official(f"M{number}", "2026-01", 1, 100) for number in range(5)),
        *(organisation(f"U{number}", "unclassified") for number in range(5)),
        *(absence(f"U{number}", "2026-01", 10, 300) for number in range(5)),
    )
    value, is_public = side_by_side(made, "value_with_unclassified, is_public")
    assert (value in ("[c]", "[z]")) or not is_public


@pytest.mark.parametrize("table", [FIGURE, MODEL_FIGURE])
def test_a_figure_says_what_it_is_of_and_when(table: str) -> None:
    made = published(*mutuals(1, known_to_council=1))
    columns = "indicator_name, unit, period_id, period_start_on, period_end_on"
    assert one(made, table, columns, audience=COUNCIL, grain="quarter", indicator_id=RATE) == (
        *("Sickness absence rate", "%", "2026-Q1", date(2026, 1, 1), date(2026, 3, 31)),
    )


# Every form


def blanks(made: duckdb.DuckDBPyConnection, table: str, columns: Sequence[str]) -> list[str]:
    return [name for name in columns if select(made, table, "1", **{name: None})]


def test_no_cell_that_a_report_prints_is_blank() -> None:
    made = published(
        *mutuals(11, known_to_council=7),
        *(absence("M02", month, 1, 100, "hours") for month in months("2025-10", 3)),
        organisation("M90", publication_consent=True, active_to="2025-12-31"),
        organisation("M91"),
        contract("C1", "M91", "2020-01-01"),
        organisation("M92", ods_code="N92"),
        *(official("N92", month, 1, 100) for month in months("2025-02", 11)),
        official("N92", "2026-01", None, None),
        contract("C1", "M92", "2020-01-01"),
        absence("M92", "2026-01", 0, 0),
    )
    organisation_columns = ["audience", *(field.name for field in fields(OrganisationFigure))]
    model_columns = ["audience", *(field.name for field in fields(DeliveryModelFigure))]
    assert blanks(made, FIGURE, organisation_columns) == []
    assert blanks(made, MODEL_FIGURE, model_columns) == []
    assert {"[c]", "[x]", "[z]"} <= {text for (text,) in select(made, FIGURE, "unnest([value, peer_median, peers])")}


def test_a_report_prints_every_column_that_is_published() -> None:
    made = published()
    for table, form in ((FIGURE, OrganisationFigure), (MODEL_FIGURE, DeliveryModelFigure)):
        columns = {column[0] for column in made.execute(f"describe {table}").fetchall()}
        assert columns - {"audience"} == {field.name for field in fields(form)}


def test_there_is_no_figure_before_anything_was_reported() -> None:
    made = published(organisation("M01", publication_consent=True), contract("C1", "M01", "2020-01-01"))
    assert select(made, FIGURE, "*") == []
    assert select(made, MODEL_FIGURE, "*") == []
