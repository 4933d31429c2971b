"""sql/benchmarks on a few rows: one figure an organisation, its peers without itself, delivery models side by side."""

from typing import Any

import duckdb
import pytest

from tests.sql.tables import (
    PER_FTE,
    RATE,
    SETTINGS,
    Row,
    absence,
    instrument,
    one,
    organisation,
    row,
    run,
    select,
    tables,
)

COMPARED = "benchmarks.compared"
MODELS = "benchmarks.delivery_model"
PEER = "benchmarks.peer"


def figure(code: str, lost: float | None, available: float = 100, table: str = COMPARED, **values: Any) -> Row:
    """A quarter's sickness absence rate of an organisation."""
    given = {
        "indicator_id": RATE,
        "grain": "quarter",
        "period_id": "2026-Q1",
        "organisation_code": code,
        "delivery_model": "mutual",
        "sector": "community_health",
        "source": "return",
        "variant": "calendar_days",
        "numerator": lost,
        "denominator": available,
        "value": None if lost is None or not available else lost * 100 / available,
        "months_reported": 3,
        "months_expected": 3,
    }
    return Row(table, {**given, **values})


def indicator(code: str, lost: float | None, available: float = 100, **values: Any) -> Row:
    return figure(code, lost, available, "indicators.organisation_indicator", **{"commissioner_code": "ALL", **values})


def compared(*rows: Row) -> duckdb.DuckDBPyConnection:
    return run(tables(*rows), COMPARED)


def peers(*rows: Row, **settings: float) -> duckdb.DuckDBPyConnection:
    return run(tables(*rows, settings={**SETTINGS, **settings}), PEER)


def models(*rows: Row) -> duckdb.DuckDBPyConnection:
    """Delivery models side by side, everybody who has one of these figures being in the register."""
    registered = {one.values["organisation_code"] for one in rows if one.table == "register.organisations"}
    of = {one.values["organisation_code"]: one.values["sector"] for one in rows if one.table == COMPARED}
    others = [organisation(code, "other", sector) for code, sector in of.items() if code not in registered]
    return run(tables(*rows, *others), MODELS)


# One figure an organisation


def test_a_return_counts_where_there_is_no_official_figure() -> None:
    assert select(compared(indicator("M1", 1, source="return")), COMPARED, "source, value") == [("return", 1)]


@pytest.mark.parametrize("months_of_official", [1, 2, 3])
def test_an_official_figure_counts_before_a_return_however_many_months_it_covers(months_of_official: int) -> None:
    made = compared(
        indicator("M1", 1, source="return", months_reported=2),
        indicator("M1", 2, source="official", months_reported=months_of_official),
    )
    assert select(made, COMPARED, "source, value, months_reported") == [("official", 2, months_of_official)]


def test_a_figure_that_is_not_there_never_counts_before_one_that_is() -> None:
    made = compared(indicator("M1", 1, source="return"), indicator("M1", 0, 0, source="official"))
    assert select(made, COMPARED, "source, value") == [("return", 1)]


def test_an_organisation_without_a_value_is_not_compared() -> None:
    assert select(compared(indicator("M1", 0, 0)), COMPARED, "*") == []


def test_a_commissioner_s_part_of_an_organisation_is_never_compared() -> None:
    made = compared(
        indicator("M1", 1), indicator("M1", 2, commissioner_code="C1"), indicator("M2", 3, commissioner_code="C1")
    )
    assert select(made, COMPARED, "organisation_code, value") == [("M1", 1)]


def test_what_was_asked_with_an_instrument_that_is_not_designed_to_compare_is_not_compared() -> None:
    made = compared(
        *instrument("fft", None, compares_organisations=False),
        *instrument("local", None),
        *(indicator("M1", 1, variant=variant) for variant in ("fft", "local", "calendar_days")),
    )
    assert select(made, COMPARED, "variant") == [("calendar_days",), ("local",)]


@pytest.mark.parametrize(
    "other",
    [
        {"variant": "working_days"},
        {"grain": "rolling_year", "months_reported": 12},
        {"period_id": "2025-Q4"},
        {"indicator_id": PER_FTE},
        {"code": "M2"},
    ],
)
def test_figures_of_another_basis_period_indicator_or_organisation_stand_beside_it(other: dict[str, Any]) -> None:
    code = other.pop("code", "M1")
    made = compared(indicator("M1", 1, source="official"), indicator(code, 2, source="return", **other))
    assert select(made, COMPARED, "value") == [(1,), (2,)]


def test_absence_in_a_year_with_a_month_missing_is_compared_with_nothing() -> None:
    for months_reported, there in ((12, [("M1",)]), (11, [])):
        made = compared(indicator("M1", 1, grain="rolling_year", months_reported=months_reported))
        assert select(made, COMPARED, "organisation_code") == there
    of_an_official_figure = compared(indicator("M1", 1, grain="rolling_year", months_reported=11, source="official"))
    assert select(of_an_official_figure, COMPARED, "organisation_code") == [("M1",)]
    of_a_quarter = compared(indicator("M1", 1, months_reported=2))
    assert select(of_a_quarter, COMPARED, "organisation_code") == [("M1",)]
    of_users = compared(indicator("M1", 1, grain="rolling_year", months_reported=11, indicator_id="user_satisfaction"))
    assert select(of_users, COMPARED, "organisation_code") == [("M1",)]


def test_the_choice_between_return_and_official_figure_changes_nothing_of_it() -> None:
    made = compared(indicator("M1", 3, 40, per_days=365, months_reported=2))
    columns = "delivery_model, sector, numerator, denominator, per_days, value, months_reported, months_expected"
    assert one(made, COMPARED, columns) == ("mutual", "community_health", 3, 40, 365, 3 * 100 / 40, 2, 3)


# Peers


def test_an_organisation_is_left_out_of_its_own_peers() -> None:
    lost = {"M1": 1, "M2": 2, "M3": 3, "M4": 5, "M5": 8, "M6": 90}
    made = peers(*(figure(code, value) for code, value in lost.items()))
    assert one(made, PEER, "peers, peer_value, median", organisation_code="M6") == (
        5,
        pytest.approx((1 + 2 + 3 + 5 + 8) / (5 * 100) * 100),
        3,
    )
    assert one(made, PEER, "peers, peer_value, median", organisation_code="M1") == (
        5,
        pytest.approx((2 + 3 + 5 + 8 + 90) / (5 * 100) * 100),
        5,
    )


def test_the_pooled_figure_of_peers_weighs_them_by_their_size() -> None:
    made = peers(figure("M1", 50), figure("M2", 1, 100), figure("M3", 18, 300))
    assert one(made, PEER, "peer_value", organisation_code="M1") == (pytest.approx((1 + 18) / (100 + 300) * 100),)


def test_the_pooled_sick_days_of_peers_are_over_their_average_staff() -> None:
    per_fte: dict[str, Any] = {"indicator_id": PER_FTE, "grain": "rolling_year", "per_days": 365}
    made = peers(figure("M1", 1, **per_fte), figure("M2", 20, 3650, **per_fte), figure("M3", 40, 7300, **per_fte))
    assert one(made, PEER, "peer_value", organisation_code="M1") == (pytest.approx((20 + 40) / ((3650 + 7300) / 365)),)


def test_quartiles_of_peers_lie_on_the_line_between_neighbours() -> None:
    made = peers(*(figure(f"M{place}", lost) for place, lost in enumerate([40, 10, 20, 30, 60, 99])))
    assert one(made, PEER, "lower_quartile, median, upper_quartile", organisation_code="M5") == (20, 30, 40)
    assert one(made, PEER, "lower_quartile, median, upper_quartile", organisation_code="M0") == (20, 30, 60)
    made = peers(*(figure(f"M{place}", lost) for place, lost in enumerate([10, 20, 40, 80, 99])), peers_for_median=1)
    assert one(made, PEER, "lower_quartile, median, upper_quartile", organisation_code="M4") == (
        pytest.approx(10 + 0.75 * (20 - 10)),
        pytest.approx((20 + 40) / 2),
        pytest.approx(40 + 0.25 * (80 - 40)),
    )


def test_equal_figures_are_peers_of_one_another() -> None:
    made = peers(*(figure(f"M{place}", 7) for place in range(6)))
    assert (
        select(made, PEER, "peers, lower_quartile, median, upper_quartile, peer_value")
        == [(5, 7, 7, 7, pytest.approx(7))] * 6
    )


def test_peers_are_of_the_same_sector_where_they_are_enough_for_a_median() -> None:
    here = [figure(f"H{place}", 2) for place in range(6)]
    there = [figure(f"T{place}", 9, sector="adult_social_care") for place in range(6)]
    made = peers(*here, *there)
    assert select(made, PEER, "distinct scope, scope_sector, peers, median") == [
        ("sector", "adult_social_care", 5, 9),
        ("sector", "community_health", 5, 2),
    ]


def test_peers_are_of_all_sectors_where_those_of_the_same_are_too_few_for_a_median() -> None:
    here = [figure(f"H{place}", 2) for place in range(5)]
    there = [figure(f"T{place}", 9, sector="adult_social_care") for place in range(6)]
    made = peers(*here, *there)
    assert one(made, PEER, "scope, scope_sector, peers, median, peer_value", organisation_code="H0") == (
        "all_sectors",
        "ALL",
        4 + 6,
        9,
        pytest.approx((4 * 2 + 6 * 9) / (10 * 100) * 100),
    )
    assert one(made, PEER, "scope, peers", organisation_code="T0") == ("sector", 5)


def test_how_many_peers_are_enough_is_a_setting() -> None:
    rows = [figure(f"H{place}", 2) for place in range(4)] + [figure("T0", 9, sector="adult_social_care")]
    assert one(peers(*rows, peers_for_median=3), PEER, "scope, peers", organisation_code="H0") == ("sector", 3)
    assert one(peers(*rows, peers_for_median=4), PEER, "scope, peers", organisation_code="H0") == ("all_sectors", 4)


@pytest.mark.parametrize(
    "other",
    [
        {"variant": "working_days"},
        {"delivery_model": "in_house"},
        {"period_id": "2025-Q4"},
        {"grain": "rolling_year"},
        {"indicator_id": PER_FTE},
    ],
)
def test_an_organisation_of_another_basis_model_or_period_is_never_a_peer(other: dict[str, Any]) -> None:
    same = [figure(f"S{place}", 2) for place in range(6)]
    others = [figure(f"D{place}", 90, **other) for place in range(6)]
    made = peers(*same, *others)
    assert one(made, PEER, "peers, median, peer_value", organisation_code="S0") == (5, 2, pytest.approx(2))
    assert one(made, PEER, "peers, median", organisation_code="D0") == (5, 90)


def test_widening_to_all_sectors_never_mixes_bases_or_delivery_models() -> None:
    made = peers(
        figure("M1", 2),
        figure("M2", 4, sector="adult_social_care"),
        figure("M3", 90, sector="adult_social_care", variant="working_days"),
        figure("M4", 90, sector="adult_social_care", delivery_model="outsourced"),
    )
    assert one(made, PEER, "scope, peers, peer_value", organisation_code="M1") == ("all_sectors", 1, pytest.approx(4))


def test_an_organisation_on_two_bases_has_peers_on_each() -> None:
    made = peers(figure("M1", 1), figure("M2", 3), figure("M1", 10, variant="hours"), figure("M3", 30, variant="hours"))
    assert select(made, PEER, "variant, peer_value", organisation_code="M1") == [
        ("calendar_days", pytest.approx(3)),
        ("hours", pytest.approx(30)),
    ]


def test_an_organisation_without_peers_has_no_figure_of_them() -> None:
    made = peers(figure("M1", 1), figure("I1", 2, delivery_model="in_house"))
    assert one(made, PEER, "peers, peer_value, lower_quartile, median, upper_quartile", organisation_code="M1") == (
        0,
        None,
        None,
        None,
        None,
    )


def test_official_peers_are_counted_without_the_organisation_itself() -> None:
    made = peers(
        figure("M1", 1, source="official"), figure("M2", 2, source="official"), figure("M3", 3, source="return")
    )
    assert dict(select(made, PEER, "organisation_code, official_peers")) == {"M1": 1, "M2": 1, "M3": 2}


def test_nobody_has_peers_in_what_says_nothing_beside_others() -> None:
    made = peers(*(figure(f"M{place}", 5, indicator_id="net_savings", denominator=None) for place in range(6)))
    assert select(made, COMPARED, "count(*)") == [(6,)]
    assert select(made, PEER, "*") == []


def test_every_figure_that_is_compared_has_its_peers_once() -> None:
    made = peers(*(figure(f"M{place}", place, sector=f"sector_{place % 3}") for place in range(20)))
    assert select(made, PEER, "count(*), count(distinct organisation_code)") == [(20, 20)]


# Delivery models


def test_delivery_models_are_pooled_by_adding_up_before_dividing() -> None:
    made = models(figure("M1", 1, 100), figure("M2", 18, 300), figure("I1", 7, 100, delivery_model="in_house"))
    assert select(made, MODELS, "delivery_model, organisations, numerator, denominator, value") == [
        ("in_house", 1, 7, 100, pytest.approx(7 / 100 * 100)),
        ("mutual", 2, 1 + 18, 100 + 300, pytest.approx((1 + 18) / (100 + 300) * 100)),
    ]


def test_the_sick_days_of_a_delivery_model_are_over_its_average_staff() -> None:
    per_fte: dict[str, Any] = {"indicator_id": PER_FTE, "grain": "rolling_year", "per_days": 365}
    made = models(figure("M1", 20, 3650, **per_fte), figure("M2", 40, 7300, **per_fte))
    assert one(made, MODELS, "value") == (pytest.approx((20 + 40) / ((3650 + 7300) / 365)),)


def test_the_median_organisation_does_not_weigh_the_large_more() -> None:
    made = models(figure("M1", 1, 100), figure("M2", 2, 100), figure("M3", 4, 100), figure("M4", 7000, 100_000))
    assert one(made, MODELS, "lower_quartile, median, upper_quartile") == (
        pytest.approx(1 + 0.75 * (2 - 1)),
        pytest.approx((2 + 4) / 2),
        pytest.approx(4 + 0.25 * (7 - 4)),
    )


def test_the_median_of_close_figures_is_not_rounded() -> None:
    made = models(figure("M1", 1.25), figure("M2", 2.5))
    assert one(made, MODELS, "median") == (pytest.approx((1.25 + 2.5) / 2),)


@pytest.mark.parametrize(
    "other", [{"variant": "working_days"}, {"sector": "adult_social_care"}, {"period_id": "2025-Q4"}]
)
def test_bases_sectors_and_periods_are_never_pooled(other: dict[str, Any]) -> None:
    made = models(figure("M1", 1), figure("M2", 3), figure("M3", 50, **other))
    assert select(made, MODELS, "organisations, value") == [(1, pytest.approx(50)), (2, pytest.approx((1 + 3) / 2))]


def test_amounts_of_a_delivery_model_are_added_up() -> None:
    amounts = (
        figure(f"M{place}", place, denominator=None, value=place, indicator_id="net_savings") for place in (1, 5)
    )
    assert one(models(*amounts), MODELS, "numerator, denominator, value, median") == (6, None, 6, 3)


def test_all_sectors_in_which_mutuals_work_are_one_more_sector() -> None:
    made = models(
        *(organisation(f"M{sector}", sector=sector) for sector in ("community_health", "libraries")),
        organisation("I1", "in_house", "libraries"),
        organisation("I2", "in_house", "ambulance"),
        figure("M1", 1),
        figure("M2", 3, 300, sector="libraries"),
        figure("I1", 8, sector="libraries", delivery_model="in_house"),
        figure("I2", 9, sector="ambulance", delivery_model="in_house"),
    )
    columns = "delivery_model, organisations, organisations_registered, numerator, denominator, value, median"
    assert select(made, MODELS, columns, sector="sectors_of_mutuals") == [
        ("in_house", 1, 1, 8, 100, pytest.approx(8), 8),
        ("mutual", 2, 2, 1 + 3, 100 + 300, pytest.approx((1 + 3) / 400 * 100), (1 + 1) / 2),
    ]
    assert select(made, MODELS, "delivery_model, value", sector="ambulance") == [("in_house", pytest.approx(9))]


def test_where_mutuals_work_in_one_sector_there_is_no_other_to_add() -> None:
    made = models(organisation("M1"), organisation("M2"), organisation("I1", "in_house", "libraries"), figure("M1", 1))
    assert select(made, MODELS, "sector") == [("community_health",)]


def test_a_delivery_model_is_public_only_where_every_figure_of_it_is_official() -> None:
    made = models(
        figure("M1", 1, source="official"),
        figure("M2", 2, source="official"),
        figure("I1", 1, source="official", delivery_model="in_house"),
        figure("I2", 2, source="return", delivery_model="in_house"),
    )
    assert select(made, MODELS, "delivery_model, is_public") == [("in_house", False), ("mutual", True)]


def test_the_coverage_of_a_delivery_model_is_that_of_all_its_organisations() -> None:
    made = models(figure("M1", 1, months_reported=2), figure("M2", 1, months_reported=1, months_expected=1))
    assert one(made, MODELS, "months_reported, months_expected") == (2 + 1, 3 + 1)


def test_a_delivery_model_says_how_many_organisations_of_it_the_register_knows_in_the_period() -> None:
    made = models(
        *(organisation(code) for code in ("M1", "M2", "M3")),
        organisation("M4", active_to="2026-01-01"),
        organisation("M5", active_to="2025-12-31"),
        organisation("M6", active_from="2026-03-31"),
        organisation("M7", active_from="2026-04-01"),
        organisation("I1", "in_house"),
        organisation("M8", sector="adult_social_care"),
        absence("M1", "2026-01", 1, 100),
        absence("M2", "2026-01", 1, 100),
    )
    found = select(made, MODELS, "sector, organisations, organisations_registered", grain="quarter", indicator_id=RATE)
    here = ("M1", "M2", "M3", "M4", "M6")
    assert found == [("community_health", 2, len(here)), ("sectors_of_mutuals", 2, len((*here, "M8")))]


def test_no_more_organisations_report_than_the_register_knows() -> None:
    made = models(organisation("M1", active_to="2025-06-30"), absence("M1", "2026-01", 1, 100))
    assert one(made, MODELS, "organisations, organisations_registered", grain="quarter") == (1, 1)


def test_a_row_may_be_given_to_any_table_and_only_in_its_columns() -> None:
    with pytest.raises(ValueError, match="no column valeu"):
        tables(row(COMPARED, valeu=1))
    with pytest.raises(ValueError, match=r"no table benchmarks\.compard"):
        tables(row("benchmarks.compard", value=1))
