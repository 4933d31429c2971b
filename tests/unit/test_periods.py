"""Periods as people write them, "today" in London, and instants as text."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impact.periods import Period, from_text, london_date, parse_period, quarter_of, to_text

DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
INSTANTS = st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda instant: instant.replace(microsecond=0)
)


def period(text: str) -> Period:
    found = parse_period(text)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "start_on", "end_on", "grain"),
    [
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31), "quarter"),
        ("2026-Q2", date(2026, 4, 1), date(2026, 6, 30), "quarter"),
        ("2026-Q3", date(2026, 7, 1), date(2026, 9, 30), "quarter"),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31), "quarter"),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), "month"),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31), "month"),
        ("2026", date(2026, 1, 1), date(2026, 12, 31), "year"),
        ("2023-Q3_to_2025-Q4", date(2023, 7, 1), date(2025, 12, 31), "quarters"),
        ("2025-Q4_to_2026-Q1", date(2025, 10, 1), date(2026, 3, 31), "quarters"),
    ],
)
def test_a_period_runs_from_its_first_day_to_its_last(text: str, start_on: date, end_on: date, grain: str) -> None:
    found = parse_period(text)
    assert found is not None
    assert (found.start_on, found.end_on, found.grain, found.id) == (start_on, end_on, grain, text)


@pytest.mark.parametrize(
    "text",
    [
        *("", "Q1", "26-Q1", "1999-Q1", "2026-Q0", "2026-Q5", "2026-q1", "2026Q1", "2026-Q1 ", " 2026-Q1", "2026-Q1\n"),
        *("2026-Q1_to_2026-Q1", "2026-Q2_to_2026-Q1", "2026_to_2027", "2026-01_to_2026-03", "2026-Q1_to_2026-06"),
        *("2026-Q1_to_", "_to_2026-Q1", "_to_", "2026-Q1-to-2026-Q2", "2026-Q1_TO_2026-Q2", "2026-Q1 _to_ 2026-Q2"),
        *("2026-Q1_to_2026-Q2_to_2026-Q3", "2026-Q1_to_2026-Q2/..", "2026-Q1_to_2026-Q2\n"),
        *("2026-00", "2026-13", "2026-1", "2026-27", "2026-01-01", "2026/01", "../2026"),
    ],
)
def test_what_names_no_period_is_none(text: str) -> None:
    assert parse_period(text) is None


@pytest.mark.parametrize("text", ["20٢٦-Q1", "20٢٦-01", "20२६"])
def test_a_period_has_one_spelling_so_digits_of_other_scripts_are_none(text: str) -> None:
    assert parse_period(text) is None


@given(DAYS)
def test_every_day_is_in_the_quarter_of_it_and_in_no_other(day: date) -> None:
    quarter = quarter_of(day)
    assert quarter.start_on <= day <= quarter.end_on
    assert quarter.grain == "quarter"
    assert parse_period(quarter.id) == quarter
    assert quarter_of(quarter.start_on) == quarter == quarter_of(quarter.end_on)
    if quarter.id != "2099-Q4":
        assert quarter_of(quarter.end_on + timedelta(days=1)) > quarter


def test_the_months_of_a_period_are_its_first_days_in_order() -> None:
    assert {text: period(text).months() for text in ("2026-Q4", "2026-02", "2026", "2025-Q4_to_2026-Q1")} == {
        "2026-Q4": [date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1)],
        "2026-02": [date(2026, 2, 1)],
        "2026": [date(2026, month, 1) for month in range(1, 13)],
        "2025-Q4_to_2026-Q1": [
            *(date(2025, month, 1) for month in (10, 11, 12)),
            *(date(2026, month, 1) for month in (1, 2, 3)),
        ],
    }


QUARTERS = DAYS.map(quarter_of)
RUNS = (
    st.tuples(QUARTERS, QUARTERS)
    .filter(lambda pair: pair[0] < pair[1])
    .map(lambda pair: f"{pair[0].id}_to_{pair[1].id}")
)
PERIODS = st.one_of(
    QUARTERS.map(lambda quarter: quarter.id),
    RUNS,
    DAYS.map(lambda day: f"{day:%Y-%m}"),
    DAYS.map(lambda day: f"{day:%Y}"),
)


@given(PERIODS)
def test_the_months_of_a_period_are_all_of_its_days(text: str) -> None:
    of = period(text)
    months = of.months()
    assert (of.id, months[0], months) == (text, of.start_on, sorted(set(months)))
    assert all(day.day == 1 for day in months)
    ends = [*(month - timedelta(days=1) for month in months[1:]), of.end_on]
    whole = [period(f"{month:%Y-%m}") for month in months]
    assert [one.start_on for one in whole] == months
    assert [one.end_on for one in whole] == ends
    assert period(text) == of


@given(RUNS)
def test_a_run_of_quarters_is_its_quarters_one_after_another(text: str) -> None:
    parts = period(text).parts()
    assert f"{parts[0].id}_to_{parts[-1].id}" == text
    assert len(parts) > 1
    assert {part.grain for part in parts} == {"quarter"}
    assert [part.before() for part in parts[1:]] == parts[:-1]
    assert [month for part in parts for month in part.months()] == period(text).months()


def test_a_history_of_ten_quarters() -> None:
    parts = [part.id for part in period("2023-Q3_to_2025-Q4").parts()]
    assert parts == ["2023-Q3", "2023-Q4", *(f"{year}-Q{quarter}" for year in (2024, 2025) for quarter in (1, 2, 3, 4))]


@pytest.mark.parametrize("text", ["2026-Q1", "2026-04", "2026"])
def test_any_other_period_has_one_part_itself(text: str) -> None:
    assert period(text).parts() == [period(text)]


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("2026-Q1", "2025-Q4"),
        ("2026-Q2", "2026-Q1"),
        ("2026-01", "2025-12"),
        ("2024-03", "2024-02"),
        ("2026", "2025"),
        ("2023-Q3_to_2025-Q4", "2023-Q2"),
    ],
)
def test_what_ends_the_day_before_a_period(text: str, before: str) -> None:
    assert period(text).before() == period(before)


@given(PERIODS.filter(lambda text: not text.startswith("2000")))
def test_the_period_before_adjoins_and_is_as_long(text: str) -> None:
    of = period(text)
    assert of.before().end_on + timedelta(days=1) == of.start_on
    assert of.before().grain == ("quarter" if of.grain == "quarters" else of.grain)


@pytest.mark.parametrize("text", ["2000-Q1", "2000-01", "2000", "2000-Q1_to_2000-Q2"])
def test_the_first_period_that_can_be_written_does_not_stop_everything(text: str) -> None:
    period(text).before()


def test_periods_sort_by_time() -> None:
    periods = [period(text) for text in ("2026-Q2", "2025-Q4", "2026-Q1", "2025-12")]
    assert [one.id for one in sorted(periods)] == ["2025-Q4", "2025-12", "2026-Q1", "2026-Q2"]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("2026-Q1", "January to March 2026"),
        ("2026-04", "April 2026"),
        ("2026", "January to December 2026"),
        ("2023-Q3_to_2025-Q4", "July 2023 to December 2025"),
        ("2026-Q1_to_2026-Q2", "January to June 2026"),
    ],
)
def test_a_label_is_what_a_person_would_say(text: str, label: str) -> None:
    assert period(text).label() == label


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 6, 30, 22, 59, tzinfo=UTC), date(2026, 6, 30)),
        (datetime(2026, 6, 30, 23, 0, tzinfo=UTC), date(2026, 7, 1)),
        (datetime(2026, 12, 31, 23, 59, tzinfo=UTC), date(2026, 12, 31)),
        (datetime(2027, 1, 1, 0, 0, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_today_is_the_day_in_london_summer_and_winter(instant: datetime, day: date) -> None:
    assert london_date(instant) == day


def test_an_instant_is_written_in_utc_to_the_second() -> None:
    in_summer = datetime(2026, 7, 20, 10, 0, 0, 999_999, tzinfo=timezone(timedelta(hours=1)))
    assert to_text(in_summer) == "2026-07-20T09:00:00Z"


@given(INSTANTS)
def test_an_instant_that_is_written_reads_back(instant: datetime) -> None:
    assert from_text(to_text(instant)) == instant


@given(INSTANTS, INSTANTS)
def test_instants_sort_as_their_texts_do(one: datetime, other: datetime) -> None:
    assert (one <= other) == (to_text(one) <= to_text(other))


@pytest.mark.parametrize(
    "text",
    [
        *("", "2026-07-20", "2026-07-20T09:00:00", "2026-07-20T09:00:00+00:00", "2026-07-20T09:00:00Z "),
        *("2026-02-30T09:00:00Z", "2026-7-20T09:00:00Z", "2026-07-20T9:00:00Z"),
    ],
)
def test_anything_else_is_no_instant(text: str) -> None:
    with pytest.raises(ValueError, match=r"time data|day is out|unconverted data|not an instant"):
        from_text(text)
