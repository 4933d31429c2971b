"""Savings in pounds: types are never added up, and a sum is a sum of what is there or is not there."""

import random

import pytest

from impact.reports.audience_rows import SavingFigure
from impact.reports.content import Table
from impact.reports.topics import topic_sections
from tests.unit.reports.published import NET, figure, present_value, quarter, rows, saving
from tests.unit.reports.sections import cells, only

NEVER_ADDED = "Net of what they cost. Types are never added to one another."
PRICES = "Real terms: prices of 2025-26, with HM Treasury's GDP deflators as of 2025-12."


def table_of(*savings: SavingFigure, kind: str = "commissioner") -> Table:
    return only(rows(figure("5", NET), savings=savings, kind=kind)).tables[-1]


def amounts(*savings: SavingFigure) -> list[tuple[str, ...]]:
    """Organisations, nominal, real."""
    return [row[2:] for row in table_of(*savings).rows]


def test_savings_stand_by_type_and_what_releases_cash_by_source_keeper_and_evidence() -> None:
    given = [
        saving(of_type="income"),
        saving(),
        saving(of_type="cost_avoidance"),
        saving(of_type="non_cash_releasing"),
        *(saving(split="source", part=part) for part in ("other", "a_new_source", "waste_reduction")),
        *(saving(split="evidence_level", part=part) for part in ("estimated", "audited")),
        *(saving(split="benefit_to", part=part) for part in ("organisation", "commissioner")),
    ]
    expected = [
        ("By type", "Cash-releasing"),
        ("By type", "Releasing no cash"),
        ("By type", "Cost avoided"),
        ("By type", "Income, which is no saving"),
        ("Cash-releasing, by source", "Waste reduction"),
        ("Cash-releasing, by source", "Other"),
        ("Cash-releasing, by source", "A new source"),
        ("Cash-releasing, by who keeps it", "The commissioner"),
        ("Cash-releasing, by who keeps it", "The organisation"),
        ("Cash-releasing, by evidence", "Audited"),
        ("Cash-releasing, by evidence", "Estimated"),
    ]
    table = table_of(*given)
    assert [row[:2] for row in table.rows] == expected
    assert table.notes == (PRICES, NEVER_ADDED)
    random.Random(1).shuffle(given)
    assert table_of(*given) == table


def test_organisations_are_added_up_and_types_are_not() -> None:
    given = [
        saving("100", "90"),
        saving("-30", "-20", who="Beta"),
        saving("7000", "7000", of_type="income"),
        saving("100", "90", split="source", part="growth"),
        saving("7000", "7000", split="source", part="growth", of_type="income"),
    ]
    assert amounts(*given) == [("2 of 2", "70", "70"), ("1 of 1", "7,000", "7,000"), ("1 of 1", "100", "90")]


@pytest.mark.parametrize("shorthand", ["[c]", "[x]", "[z]"])
def test_a_sum_counts_whom_it_holds(shorthand: str) -> None:
    hidden = saving(shorthand, shorthand, who="Beta")
    assert amounts(saving("1500000", "1400000"), hidden) == [("1 of 2", "1,500,000", "1,400,000")]
    assert amounts(hidden) == [("0 of 1", shorthand, shorthand)]


def test_in_real_terms_there_is_a_sum_of_all_that_the_other_sum_holds_or_none() -> None:
    why = "no deflator for 2026-27 in the vintage 2025-12"
    given = [
        saving("100", "90"),
        saving("200", "[x]", who="Beta", note=why),
        saving("300", "[x]", who="Gamma", note=why),
    ]
    assert amounts(*given) == [("3 of 3", "600", "[x]")]
    assert table_of(*given).notes == (
        PRICES,
        "No deflator for 2026-27 in the vintage 2025-12 (2 organisations).",
        NEVER_ADDED,
    )


def test_an_organisation_reads_its_own_without_a_count_of_one() -> None:
    table = table_of(saving(), kind="organisation")
    assert cells(table) == [
        {
            "Of what": "By type",
            "Part": "Cash-releasing",
            "Prices of the day (£)": "120,000",
            "Real terms (£)": "118,000",
        }
    ]


def test_savings_of_the_quarter_alone_make_no_table_of_the_year() -> None:
    assert "pounds" not in table_of(saving(grain="quarter")).title


def test_present_values_are_added_up_by_who_keeps_them() -> None:
    kept = {"benefit_to": "commissioner", "nominal": "60000", "real": "58000", "verified": "50000"}
    lacking = {"present_value": "[x]", "verified": "[x]", "real": "[x]", "note": "no deflator for 2026-27"}
    found = [
        present_value(),
        present_value("55000", **kept),
        present_value("1000", who="Beta", nominal="1100", real="1050", verified="0"),
        present_value(who="Gamma", **lacking),
    ]
    section = next(topic_sections(rows(figure("5", NET), present_values=found), quarter()))
    table = next(table for table in section.tables if table.title.startswith("Present value"))
    assert table.title == "Present value of cash-releasing savings, 2023-24 to 2025-26"
    assert table.rows == (
        ("All", "2 of 3", "126,100", "121,050", "111,000", "80,000"),
        ("Kept by the commissioner", "1 of 1", "60,000", "58,000", "55,000", "50,000"),
    )
    assert table.notes[1:] == ("No deflator for 2026-27 (1 organisation).",)


def test_a_present_value_that_is_nobodys_says_so() -> None:
    found = [present_value("[x]", nominal="5", real="[x]", verified="[x]", note="no deflator for 2026-27")]
    section = next(topic_sections(rows(figure("5", NET), kind="organisation", present_values=found), quarter()))
    table = next(table for table in section.tables if table.title.startswith("Present value"))
    assert table.rows[0] == ("All", "5", "[x]", "[x]", "[x]")
