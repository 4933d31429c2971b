"""Text -> value, one kind of column at a time."""

from calendar import monthrange
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impact.checking.values import is_written_otherwise, period_of, plain_form, read_value
from impact.definition import Column, Kind
from tests.unit.checking.small import SMALL

UK, ISO = "dd/MM/yyyy", "yyyy-MM-dd"
MONTHS = st.dates(date(2000, 1, 1), date(2099, 12, 31)).map(lambda day: day.replace(day=1))


def column(kind: Kind, date_format: str = "") -> Column:
    return replace(SMALL.column("note"), kind=kind, date_format=date_format)


MONTH, NUMBER, INTEGER = column("month", "yyyy-MM"), column("number"), column("integer")
PERIOD = column("period", "period")


@pytest.mark.parametrize(
    "text",
    [
        "2026-09",
        "Sep-26",
        "Sept-26",
        "SEP 26",
        "Sep-2026",
        "September 2026",
        "september-26",
        "01/09/2026",
        "30/09/2026",
    ],
)
def test_a_month_is_read_in_each_of_its_spellings(text: str) -> None:
    assert read_value(text, MONTH) == date(2026, 9, 1)
    assert plain_form(text, MONTH) == "2026-09-01"


@given(MONTHS)
def test_a_year_and_month_reads_back(month: date) -> None:
    text = f"{month:%Y-%m}"
    assert read_value(text, MONTH) == month
    assert not is_written_otherwise(text, MONTH)


@given(MONTHS, st.sampled_from(["%b-%y", "%b-%Y", "%B %Y", "%B %y", "%b %y", "01/%m/%Y", "last/%m/%Y"]))
def test_a_month_that_excel_rewrote_reads_back_and_the_sender_is_told(month: date, layout: str) -> None:
    text = f"{month:{layout}}".replace("last", str(monthrange(month.year, month.month)[1]))
    assert read_value(text, MONTH) == month
    assert is_written_otherwise(text, MONTH)


@pytest.mark.parametrize(
    "text",
    [
        *("2026-00", "2026-13", "2026-1", "26-01", "1926-01", "2126-01", "202601", "2026/01", "2026-01 x"),
        *("02/01/2026", "30/01/2026", "28/02/2024", "31/04/2026", "01/13/2026", "01/00/2026", "1/1/2026", "2026-01-02"),
        *("January", "26-Jan", "Jan", "Jan-6", "Jan-1926", "Jan-126", "Janua-26", "Foo-26", "Ma-26", "2026", "46023"),
        *("01/01/1926", "31/12/1999"),
    ],
)
def test_what_may_mean_another_month_or_none_is_not_read(text: str) -> None:
    assert read_value(text, MONTH) is None


@pytest.mark.parametrize(("text", "form"), [("29/02/2024", UK), ("2024-02-29", ISO)])
def test_a_date_is_read_as_its_column_has_it(text: str, form: str) -> None:
    assert read_value(text, column("date", form)) == date(2024, 2, 29)
    assert plain_form(text, column("date", form)) == "2024-02-29"


@pytest.mark.parametrize(
    ("text", "form"),
    [
        *(("29/02/2026", UK), ("31/04/2026", UK), ("00/01/2026", UK), ("01/13/2026", UK), ("01/01/0000", UK)),
        *(("2026-02-29", ISO), ("2026-04-31", ISO), ("2026-13-01", ISO), ("0000-01-01", ISO)),
    ],
)
def test_a_date_that_does_not_exist_is_not_read(text: str, form: str) -> None:
    assert read_value(text, column("date", form)) is None


@pytest.mark.parametrize(
    ("text", "form"),
    [
        *(("2024-02-29", UK), ("1/2/2024", UK), ("01-02-2024", UK), ("01/02/24", UK), ("01/02/2024 00:00", UK)),
        *(("03/04/2024", ISO), ("20240229", ISO), ("2024-2-29", ISO), ("2024-02-29T09:30:00", ISO)),
        *(("04/29/2024", ISO), ("29.02.2024", ISO), ("29/2/2024", ISO)),
        *(("2024-W05-1", ISO), ("2024-W05", ISO)),
    ],
)
def test_a_date_in_another_form_is_not_read(text: str, form: str) -> None:
    assert read_value(text, column("date", form)) is None


@pytest.mark.parametrize("text", ["29/02/2024", "2024-02-29 00:00:00", "2024-02-29T00:00", "2024-02-29 00:00:00.000"])
def test_a_date_that_can_mean_one_day_alone_is_read_and_the_sender_is_told(text: str) -> None:
    assert plain_form(text, column("date", ISO)) == "2024-02-29"
    assert is_written_otherwise(text, column("date", ISO))
    assert not is_written_otherwise("2024-02-29", column("date", ISO))


def test_a_month_is_read_of_the_first_day_that_a_program_writes_for_it() -> None:
    assert plain_form("2026-09-01 00:00:00", MONTH) == plain_form("2026-09-30", MONTH) == "2026-09-01"
    assert read_value("2026-09-02", MONTH) is None


MONEY, SHARE = replace(NUMBER, name="planned_gbp"), replace(NUMBER, name="share_percent")


@pytest.mark.parametrize(
    ("text", "of", "stored"),
    [
        ("1,234", NUMBER, "1234"),
        ("-1,234,567.50", NUMBER, "-1234567.5"),
        ("1 234", INTEGER, "1234"),
        ("1\u00a0234\u00a0567", INTEGER, "1234567"),
        ("1,234.0", INTEGER, "1234"),
        ("£1,234.50", MONEY, "1234.5"),
        ("-£5", MONEY, "-5"),
        ("£ -5", MONEY, "-5"),
        ("4.5%", SHARE, "4.5"),
        ("4.5 %", SHARE, "4.5"),
    ],
)
def test_a_number_is_read_without_what_people_write_around_it_and_the_sender_is_told(
    text: str, of: Column, stored: str
) -> None:
    assert read_value(text, of) == float(stored)
    assert plain_form(text, of) == stored
    assert is_written_otherwise(text, of)
    assert not is_written_otherwise(stored, of)


@pytest.mark.parametrize(
    ("text", "of"),
    [("£12", NUMBER), ("£12", SHARE), ("12%", MONEY), ("$12", MONEY), ("12 £", MONEY), ("-£-5", MONEY), ("£", MONEY)]
    + [("%", SHARE), ("12%%", SHARE), ("£1,23", MONEY), ("££5", MONEY), ("1,234.5", INTEGER), ("£1e3", MONEY)],
)
def test_a_sign_in_the_wrong_place_is_no_number(text: str, of: Column) -> None:
    assert read_value(text, of) is None


@given(st.integers(-(10**12) + 1, 10**12 - 1), st.sampled_from(",\u00a0 "))
def test_a_number_reads_the_same_with_its_thousands_set_apart(number: int, separator: str) -> None:
    text = f"{number:,}".replace(",", separator)
    assert plain_form(text, INTEGER) == str(number)
    assert is_written_otherwise(text, INTEGER) == (abs(number) > 999)


@given(st.dates(date(1900, 1, 1), date(2999, 12, 31)))
def test_every_date_reads_back_in_both_forms(day: date) -> None:
    assert read_value(f"{day:%d/%m/%Y}", column("date", UK)) == day
    assert read_value(day.isoformat(), column("date", ISO)) == day


@pytest.mark.parametrize(
    ("text", "value"),
    [("0", 0), ("12", 12), ("412.5", 412.5), ("-3.25", -3.25), ("007", 7), ("999999999999", 999_999_999_999)],
)
def test_a_number_is_read(text: str, value: float) -> None:
    assert read_value(text, NUMBER) == value
    assert plain_form(text, NUMBER) == str(value)


@given(st.decimals(-(10**12) + 1, 10**12 - 1, places=6))
def test_every_decimal_reads_as_the_nearest_number(number: Decimal) -> None:
    text = f"{number:f}"
    assert read_value(text, NUMBER) == float(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "1,23",
            "1,234 567",
            "12,34,567",
            "1234,567",
            "1.234,5",
            ",234",
            "1 ,234",
            "1'234",
            "12%",
            "£12",
            "12 days",
            "1e3",
            "1E3",
            "+5",
            "--5",
            "5-",
            "(5)",
            "1.2.3",
            ".5",
            "5.",
        ),
        *("nan", "inf", "-inf", "NaN", "0x10", "1_000", "", "-", "n/a", "#REF!", "=1+1", "1000000000000"),
    ],
)
def test_what_is_not_plain_digits_is_no_number(text: str) -> None:
    assert read_value(text, NUMBER) is None
    assert read_value(text, INTEGER) is None


@pytest.mark.parametrize(("text", "stored"), [("340", "340"), ("340.0", "340"), ("340.000", "340"), ("-2", "-2")])
def test_a_whole_number_is_stored_without_its_noughts(text: str, stored: str) -> None:
    assert read_value(text, INTEGER) == int(stored)
    assert plain_form(text, INTEGER) == stored


@pytest.mark.parametrize("text", ["340.5", "340.01", "340."])
def test_a_part_of_one_is_no_whole_number(text: str) -> None:
    assert read_value(text, INTEGER) is None


@pytest.mark.parametrize(
    ("text", "of"),
    [
        ("٣٤٠", NUMBER),
        ("٣٤٠", INTEGER),
        ("٣٤.٤", NUMBER),
        ("20٢٦-09", MONTH),
        ("Sep-٢٦", MONTH),
        ("٢٩/٠٢/٢٠٢٤", column("date", UK)),
    ],
)
def test_digits_of_other_scripts_are_not_read_because_the_database_cannot_read_them(text: str, of: Column) -> None:
    assert read_value(text, of) is None


@pytest.mark.parametrize("of", [NUMBER, INTEGER], ids=["number", "whole number"])
@given(text=st.from_regex(r"-?\d{1,12}(\.\d{1,3})?", fullmatch=True))
def test_whatever_is_read_as_a_number_is_stored_in_ascii(of: Column, text: str) -> None:
    assert read_value(text, of) is None or plain_form(text, of).isascii()


@pytest.mark.parametrize(
    ("text", "value", "stored"), [("yes", True, "true"), ("No", False, "false"), ("YES", True, "true")]
)
def test_yes_and_no_are_read_in_any_case(text: str, value: bool, stored: str) -> None:
    assert read_value(text, column("boolean")) is value
    assert plain_form(text, column("boolean")) == stored


@pytest.mark.parametrize("text", ["y", "true", "1", "0", "no.", "maybe", ""])
def test_nothing_but_yes_and_no_is_either(text: str) -> None:
    assert read_value(text, column("boolean")) is None


@pytest.mark.parametrize("text", ["2026", "2026-Q1", "2026-Q4"])
def test_a_quarter_or_a_year_is_read(text: str) -> None:
    assert read_value(text, PERIOD) == text == plain_form(text, PERIOD)


@pytest.mark.parametrize(
    "text", ["2026-Q0", "2026-Q5", "2026-q1", "Q1 2026", "2026-01", "2025-Q4_to_2026-Q1", "26", ""]
)
def test_what_is_neither_a_quarter_nor_a_year_is_not_read(text: str) -> None:
    assert read_value(text, PERIOD) is None


@pytest.mark.parametrize(
    ("value", "grains", "period"),
    [
        (date(2026, 3, 31), ("quarter",), "2026-Q1"),
        (date(2026, 4, 1), ("quarter", "year"), "2026-Q2"),
        (date(2026, 4, 30), ("month",), "2026-04"),
        ("2026", ("quarter", "year"), "2026"),
        ("2026-Q1", ("quarter",), "2026-Q1"),
    ],
)
def test_a_month_a_date_and_a_period_belong_to_a_period(
    value: date | str, grains: tuple[str, ...], period: str
) -> None:
    assert period_of(value, grains) == period


@given(st.text())
def test_text_is_left_as_it_is(text: str) -> None:
    assert read_value(text, column("text")) == text == plain_form(text, column("text"))


@given(st.text(max_size=12), st.sampled_from([MONTH, NUMBER, INTEGER, PERIOD, column("boolean"), column("date", ISO)]))
def test_no_text_raises(text: str, of: Column) -> None:
    assert read_value(text, of) is None or plain_form(text, of)
