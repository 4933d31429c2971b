"""The long tables: a row for each figure whatever it is about, its peers, and delivery models beside one another."""

from dataclasses import replace

from impact.reports.content import Table
from impact.reports.long_tables import long_tables
from tests.unit.reports.published import (
    DAYS,
    ENGAGEMENT,
    GROWTH,
    NET,
    RATE,
    figure,
    model,
    quarter,
    rows,
)
from tests.unit.reports.sections import cells

FIGURES, PEERS, MODELS = (
    f"{what}, April 2025 to March 2026" for what in ("Every figure", "Their peers", "Delivery models side by side")
)


def long(*args: object, **fields: object) -> dict[str, Table]:
    return {table.title: table for table in long_tables(rows(*args, **fields), quarter())}  # type: ignore[arg-type]


def test_each_figure_has_a_row_with_all_that_may_be_said_of_it() -> None:
    year = figure(lower_95="3.80", upper_95="4.40", verdict="worse", verdict_note="is new")
    now = figure("3.90", grain="quarter", months_reported=3, months_expected=3, variation="concern")
    found = long(year, now, figure("6.51", ENGAGEMENT))
    assert list(found) == [FIGURES, PEERS]
    assert [row["Figure"] for row in cells(found[FIGURES])] == ["Engagement (0 to 10)", "Absence rate (%)"]
    assert cells(found[FIGURES])[1] == {
        "Organisation": "Alpha Care CIC",
        "Figure": "Absence rate (%)",
        "Basis": "calendar days",
        "Delivery model": "Mutual",
        "Year to March 2026": "4.10",
        "95% interval": "3.80 to 4.40",
        "January to March 2026": "3.90",
        "Expected range": "3.20 to 5.00",
        "Where 998 of 1,000 would lie": "2.70 to 5.50",
        "Counted over": "100,000",
        "Counted in": "days available",
        "Verdict": "worse",
        "Note on the verdict": "is new",
        "Over time": "concern",
        "Months reported": "12 of 12",
    }
    assert cells(found[PEERS])[1] == {
        "Organisation": "Alpha Care CIC",
        "Figure": "Absence rate (%)",
        "Basis": "calendar days",
        "Peers": "12",
        "Peers pooled": "4.20",
        "Median of peers": "4.00",
        "Middle half of peers": "3.50 to 4.50",
    }


def test_of_others_there_is_a_row_for_each_headline_and_for_what_says_something() -> None:
    given = [figure("[x]", RATE), figure("[x]", NET), figure("[x]", GROWTH), figure("[c]", ENGAGEMENT)]
    named = [row["Figure"] for row in cells(long(*given)[FIGURES])]
    assert named == ["Engagement (0 to 10)"]
    named = [row["Figure"] for row in cells(long(*given, figure("4.20", RATE, who="Beta"))[FIGURES])]
    assert named == ["Engagement (0 to 10)", "Absence rate (%)", "Absence rate (%)"]
    both = [figure("5", NET, who="Beta"), figure("[x]", GROWTH), figure("7", GROWTH, who="Beta")]
    named = [row["Figure"] for row in cells(long(*both)[FIGURES])]
    assert named == ["Net savings (£)", "From growth (£)"]


def test_of_ones_own_there_is_a_row_for_everything_and_no_column_says_whose() -> None:
    found = long(figure(), figure("[x]", NET), figure("7", GROWTH), kind="organisation")
    assert [row["Figure"] for row in cells(found[FIGURES])] == [
        "Absence rate (%)",
        "Net savings (£)",
        "From growth (£)",
    ]
    assert not {"Organisation", "Delivery model"} & {column.heading for column in found[FIGURES].columns}
    assert [row["Figure"] for row in cells(found[PEERS])] == ["Absence rate (%)"]


def test_what_is_not_compared_says_so_in_its_row() -> None:
    given = figure("5", NET, peer_note="not compared")
    assert cells(long(given)[FIGURES])[0]["Note on the verdict"] == "not compared"
    assert PEERS not in long(given)


def test_where_nobody_has_a_year_the_quarter_is_what_it_is_of() -> None:
    assert list(long(figure(grain="quarter"))) == [
        "Every figure, January to March 2026",
        "Their peers, January to March 2026",
    ]


def test_what_is_never_made_of_a_quarter_is_not_said_to_be_missing() -> None:
    given = [figure(), figure("3.90", grain="quarter"), figure("2.00", who="Beta"), figure("9", DAYS)]
    quarters = [row["January to March 2026"] for row in cells(long(*given)[FIGURES])]
    assert quarters == ["3.90", "[x]", "[z]"]


def test_chance_is_spoken_of_once_for_all_of_them() -> None:
    given = [figure(verdict="similar"), figure("6.51", ENGAGEMENT, verdict="better")]
    assert long(*given)[FIGURES].notes == ("Chance alone would set about 0.1 of these 2 apart.",)


def test_delivery_models_of_every_figure_stand_in_one_table() -> None:
    given = {"models": [model(), model("7.00", ENGAGEMENT), model("5", GROWTH), model(grain="quarter")]}
    found = long(**given, kind="commissioner")
    assert list(found) == [MODELS]
    assert [(row["Figure"], row["Delivery model"], row["Pooled"]) for row in cells(found[MODELS])] == [
        ("Engagement (0 to 10)", "Mutual", "7.00"),
        ("Absence rate (%)", "Mutual", "4.10"),
    ]
    assert not long(figure(), **given, kind="organisation").keys() & {MODELS}


def test_the_public_has_what_the_claim_rests_on_too() -> None:
    claimed = replace(RATE, is_in_claim=True)
    given = replace(rows(models=[model(), model("7.00", ENGAGEMENT)], kind="public"), indicators=(ENGAGEMENT, claimed))
    [table] = long_tables(given, quarter())
    assert [row["Figure"] for row in cells(table)] == ["Engagement (0 to 10)", "Absence rate (%)"]


def test_where_there_is_nothing_there_is_none() -> None:
    assert not long()
