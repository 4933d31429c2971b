"""Words that every part of a report shares: figures with their units, codes, counts and the year that is meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impact.periods import parse_period
from impact.reports.wording import (
    between,
    count_of,
    is_figure,
    joined,
    listed,
    number,
    points_of,
    says_something,
    sentence,
    shortened,
    shown,
    unit_sign,
    with_unit,
    words,
    year_end,
    year_label,
)

each_shorthand = pytest.mark.parametrize("text", ["[c]", "[x]", "[z]", "[u]"])


@pytest.mark.parametrize(
    ("text", "unit", "in_a_table", "in_a_sentence"),
    [
        ("1234567", "GBP", "1,234,567", "£1,234,567"),
        ("-1234567", "GBP", "-1,234,567", "-£1,234,567"),
        ("999", "GBP", "999", "£999"),
        ("0", "GBP", "0", "£0"),
        ("4.10", "%", "4.10", "4.10%"),
        ("-0.50", "%", "-0.50", "-0.50%"),
        ("6.51", "points", "6.51", "6.51 points"),
        ("1234.5", "days", "1234.5", "1234.5 days"),
    ],
)
def test_a_figure_in_a_table_and_in_a_sentence(text: str, unit: str, in_a_table: str, in_a_sentence: str) -> None:
    assert shown(text, unit) == in_a_table
    assert with_unit(text, unit) == in_a_sentence


@given(st.integers(-(10**15), 10**15))
def test_pounds_lose_nothing_but_gain_commas(pounds: int) -> None:
    assert shown(str(pounds), "GBP").replace(",", "") == str(pounds)
    assert with_unit(str(pounds), "GBP").replace(",", "").replace("£", "") == str(pounds)


@each_shorthand
def test_shorthand_is_no_figure_and_stands_as_it_is(text: str) -> None:
    assert not is_figure(text)
    assert number(text) is None
    assert shown(text, "GBP") == shown(text, "%") == between(text, text, "GBP") == text


def test_anything_else_is_a_figure() -> None:
    assert all(is_figure(text) for text in ("0", "-4.10", "[a]", ""))
    assert number("-4.10") == -4.1


@each_shorthand
def test_a_range_of_which_one_end_is_not_there_is_none(text: str) -> None:
    assert between(text, "4.50") == between("3.50", text) == text


def test_what_is_withheld_says_something_and_what_is_not_there_does_not() -> None:
    assert [says_something(text) for text in ("4.10", "similar", "[c]", "[u]", "[x]", "[z]")] == [True] * 4 + [
        False
    ] * 2


def test_between_two_figures() -> None:
    assert between("3.50", "4.50") == "3.50 to 4.50"
    assert between("-1500", "2500", "GBP") == "-1,500 to 2,500"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("in_house", "in-house"),
        ("mutual", "mutual"),
        ("community_health", "community health"),
        ("sectors_of_mutuals", "all sectors with mutuals"),
    ],
)
def test_a_code_as_words(code: str, said: str) -> None:
    assert words(code) == said


def test_units_in_the_heading_of_a_column() -> None:
    assert [unit_sign(unit) for unit in ("GBP", "points", "%", "days")] == ["£", "0 to 10", "%", "days"]


def test_one_and_many() -> None:
    assert [count_of(count, "return", "returns") for count in (0, 1, 2, 1234)] == [
        "0 returns",
        "1 return",
        "2 returns",
        "1,234 returns",
    ]


@pytest.mark.parametrize(
    ("names", "most", "said"),
    [
        ([], 5, ""),
        (["A"], 5, "A"),
        (list("ABCDE"), 5, "A, B, C, D, E"),
        (list("ABCDEF"), 5, "A, B, C, D, E, F"),
        (list("ABCDEFG"), 5, "A, B, C, D, E and 2 more"),
        (list("ABC"), 1, "A and 2 more"),
    ],
)
def test_a_list_of_names_says_how_many_it_leaves_out(names: list[str], most: int, said: str) -> None:
    assert listed(names, most) == said


def test_names_that_a_sentence_is_about_are_shortened_alike() -> None:
    assert joined(shortened(list("ABCD"), 3)) == "A, B, C and D"
    assert joined(shortened(list("ABCDE"), 3)) == "A, B, C and 2 more"


def test_parts_of_a_sentence() -> None:
    assert [joined(parts) for parts in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]
    assert sentence("no deflator for 2026-27") == sentence("No deflator for 2026-27.") == "No deflator for 2026-27."


def test_a_difference_of_percentages_is_in_points() -> None:
    assert [points_of(unit) for unit in ("%", "points", "days")] == ["percentage points", "points", "days"]


@pytest.mark.parametrize(
    ("name", "end", "label"),
    [
        ("2026-Q1", "March 2026", "April 2025 to March 2026"),
        ("2026-Q2", "June 2026", "July 2025 to June 2026"),
        ("2026-Q4", "December 2026", "January 2026 to December 2026"),
    ],
)
def test_the_year_that_ends_with_a_quarter(name: str, end: str, label: str) -> None:
    period = parse_period(name)
    assert period is not None
    assert (year_end(period), year_label(period)) == (end, label)
