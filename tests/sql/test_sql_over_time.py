"""published.over_time: who is shown which points of whose charts, with which limits. That charts give nobody away is
for test_sql_over_time_attack to show."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from tests.sql.random_sector import Contract, Sector, random_sector
from tests.sql.tables import (
    RATE,
    SETTINGS,
    Row,
    absence,
    answers,
    asked,
    build,
    commissioner,
    contract,
    instrument,
    last_day,
    let_out,
    months,
    official,
    organisation,
    publication,
    row,
    run,
    select,
    serves,
    tables,
)

POINTS = "published.over_time"
USERS = "user_satisfaction"
MONTHS = months("2024-10", 18)
COUNCIL = "commissioner-C1"
FEW = {**SETTINGS, "fewest_user_answers": 5, "fewest_user_answers_public": 11, "fewest_posts": 11}
WITHHELD_MONTHS = "what is expected of peers by month is not shown"


def chart(
    made: duckdb.DuckDBPyConnection, audience: str, code: str = "M1", indicator: str = USERS, columns: str = "value"
) -> list[Any]:
    """The points of a chart in their order."""
    found = made.execute(
        f"select {columns} from {POINTS} where audience = ? and organisation_code = ? and indicator_id = ? "
        "order by point_start_on",
        [audience, code, indicator],
    ).fetchall()
    return [values[0] if len(values) == 1 else values for values in found]


def built(*rows: Row, **given: Any) -> duckdb.DuckDBPyConnection:
    """What these tests look at, and what that needs."""
    return run(tables(*rows, **given), POINTS, "published.organisation_figure")


@pytest.fixture
def record(tmp_path: Path) -> Path:
    return tmp_path / "2025-Q4" / "1.parquet"


def served(code: str = "M1", payer: str = "C1", service: str = "S1", since: str = "2020-01-01") -> list[Row]:
    """A contract for one service."""
    return [contract(payer, code, since, contract_code=f"{payer}{code}"), *serves(f"{payer}{code}", code, service)]


def users(code: str = "M1", total: int = 100, service: str = "S1", of: Sequence[str] = MONTHS, **odd: int) -> list[Row]:
    """Months of so many answers, half of them good and one more every second month; odd ones by month (`m2026_01`)."""
    return [
        answers(code, month, service, 40 + place % 2, odd.get(f"m{month.replace('-', '_')}", total))
        for place, month in enumerate(of)
    ]


PAID = [commissioner("C1"), commissioner("C2"), *instrument("local", None), organisation("M1"), *served()]


# An organisation's own


def test_a_mutual_is_shown_all_points_of_its_own_charts_with_their_limits() -> None:
    made = built(*instrument("local", None), organisation("M1"), *users())
    columns = "point, value, charted, charted_value, centre, lower_process_limit, upper_process_limit, special_cause"
    found = chart(made, "organisation-M1", columns=columns)
    assert [values[0] for values in found] == MONTHS
    assert found[0] == ("2024-10", "40.0", "value", "40.0", "40.5", "37.8", "43.2", "common_cause")
    assert {values[4:7] for values in found} == {("40.5", "37.8", "43.2")}


def test_where_there_are_too_few_points_there_are_no_limits() -> None:
    made = built(*instrument("local", None), organisation("M1"), *users(of=MONTHS[-11:]))
    columns = "centre, lower_process_limit, upper_process_limit, special_cause, limits_note"
    assert set(chart(made, "organisation-M1", columns=columns)) == {("[z]", "[z]", "[z]", "[z]", "too few points")}


def test_limits_begin_again_for_a_reason_that_is_printed() -> None:
    changed = row("register.changes", organisation_code="M1", indicator_id=USERS, changed_on="2025-12-10")
    made = built(*instrument("local", None), organisation("M1"), *users(), changed)
    found = chart(made, "organisation-M1", columns="part, rebased_on, rebased_because, limits_note")
    assert found[13] == (1, "[z]", "", "")
    assert found[14] == (2, "2025-12-10", "New payroll system", "too few points")


def test_nobody_but_itself_is_shown_the_charts_of_who_is_named_to_nobody() -> None:
    made = built(*instrument("local", None), *(organisation(f"M{n}") for n in (1, 2)), *users(), *users("M2"))
    assert set(select(made, POINTS, "audience, organisation_code")) == {
        ("organisation-M1", "M1"),
        ("organisation-M2", "M2"),
    }


# Absence, whose residuals tell of peers


def absent(code: str, lost: int = 4, of: Sequence[str] = MONTHS) -> list[Row]:
    return [absence(code, month, lost + place % 2, 100) for place, month in enumerate(of)]


def jumps(code: str) -> list[Row]:
    """As the others, and in the last month far above them."""
    return [*absent(code, of=MONTHS[:-1]), absence(code, MONTHS[-1], 60, 100)]


def test_absence_stands_without_what_is_expected_of_peers_by_month() -> None:
    peers = [f"P{number}" for number in range(8)]
    made = built(*(organisation(code) for code in ("M1", *peers)), *jumps("M1"), *(r for p in peers for r in absent(p)))
    columns = "value, charted, charted_value, centre, lower_process_limit, upper_process_limit, limits_note"
    found = chart(made, "organisation-M1", indicator=RATE, columns=columns)
    assert found[0] == ("4.00", "value", "4.00", "[c]", "[c]", "[c]", WITHHELD_MONTHS)
    assert found[-1][:3] == ("60.00", "value", "60.00")
    causes = chart(made, "organisation-M1", indicator=RATE, columns="special_cause")
    assert causes == ["[c]"] * 17 + ["above_limit"]


def test_a_run_that_is_told_of_in_words_is_marked_and_nothing_else() -> None:
    peers = [f"P{number}" for number in range(8)]
    higher = [*absent("M1", 4, MONTHS[:-8]), *(absence("M1", month, 9, 100) for month in MONTHS[-8:])]
    made = built(*(organisation(code) for code in ("M1", *peers)), *higher, *(r for p in peers for r in absent(p)))
    said = select(
        made, "published.organisation_figure", "variation_note", audience="organisation-M1", indicator_id=RATE
    )
    assert ("seven points above the mean",) in said or ("above the upper limit",) in said
    causes = chart(made, "organisation-M1", indicator=RATE, columns="special_cause")
    marked = 7 if ("seven points above the mean",) in said else 1
    assert causes[:-marked] == ["[c]"] * (18 - marked)
    assert len(set(causes[-marked:])) == 1


def test_absence_without_enough_peers_says_so() -> None:
    made = built(organisation("M1"), *absent("M1"))
    columns = "charted, centre, special_cause, limits_note"
    assert set(chart(made, "organisation-M1", indicator=RATE, columns=columns)) == {
        ("value", "[z]", "[z]", "too few peers")
    }


def test_absence_is_charted_beside_what_is_expected_where_all_of_that_is_public() -> None:
    everybody = [f"M{number}" for number in range(1, 8)]
    made = built(
        *(organisation(code) for code in everybody),
        *(official(code, month, 4 + place % 2, 100) for code in everybody[1:] for place, month in enumerate(MONTHS)),
        *(official("M1", month, 5 + place % 2, 100) for place, month in enumerate(MONTHS)),
    )
    columns = "value, charted, charted_value, centre, special_cause, peer_group, is_public"
    found = chart(made, "public", indicator=RATE, columns=columns)
    assert found[0] == (
        *("5.00", "residual", "1.00", "1.00", "common_cause"),
        *("same delivery model and sector", True),
    )
    one_more = [organisation("N1"), *absent("N1")]
    made = built(
        *(organisation(code) for code in everybody),
        *(official(code, month, 4 + place % 2, 100) for code in everybody for place, month in enumerate(MONTHS)),
        *one_more,
    )
    assert set(chart(made, "public", indicator=RATE, columns="charted, centre")) == {("value", "[c]")}


# Commissioners


def test_a_commissioner_is_shown_the_charts_of_whom_it_pays_for_all_that_is_counted() -> None:
    made = built(*PAID, *users())
    assert chart(made, COUNCIL) == chart(made, "organisation-M1") != []
    assert chart(made, COUNCIL, columns="centre") == chart(made, "organisation-M1", columns="centre")
    assert chart(made, "commissioner-C2") == chart(made, "public") == []


def test_a_commissioner_that_pays_for_a_part_is_shown_no_chart() -> None:
    for others in ([], served(payer="C2", service="S2")):
        made = built(*PAID, *others, *users(), *users(service="S2"))
        assert chart(made, COUNCIL) == chart(made, "commissioner-C2") == []


def test_where_a_commissioner_paid_for_a_part_only_before_it_is_shown_what_it_paid_for_whole_and_no_limits() -> None:
    made = built(*PAID, *users(), *users(service="S2", of=MONTHS[:2]))
    assert chart(made, COUNCIL, columns="point") == MONTHS[2:]
    assert set(chart(made, COUNCIL, columns="centre, limits_note")) == {("[c]", "not all of its points are shown")}


def test_a_chart_begins_with_the_first_quarter_within_the_contract() -> None:
    paid = [commissioner("C1"), *instrument("local", None), organisation("M1"), *served(since="2025-02-01")]
    made = built(*paid, *users())
    assert chart(made, COUNCIL, columns="point") == months("2025-04", 12)
    assert set(chart(made, COUNCIL, columns="centre")) == {"[c]"}


def test_a_contract_that_does_not_cover_the_year_gives_no_chart() -> None:
    paid = [commissioner("C1"), *instrument("local", None), organisation("M1"), *served(since="2025-07-01")]
    assert chart(built(*paid, *users()), COUNCIL) == []


# Small numbers


@pytest.mark.parametrize(("total", "to_council"), [(4, False), (5, True)])
def test_a_month_of_few_in_the_year_leaves_no_chart(total: int, to_council: bool) -> None:
    small = [row for row in users() if row.values["month"] != "2025-09-01"] + [answers("M1", "2025-09", "S1", 2, total)]
    made = built(*PAID, *small, settings=FEW)
    assert len(chart(made, COUNCIL)) == (18 if to_council else 0)
    assert len(chart(made, "organisation-M1")) == 18
    reasons = set(select(made, "disclosure.judged_point", "reason", audience=COUNCIL, period_id="2025-09"))
    assert reasons == {("" if to_council else "too few answers",)}


def test_a_month_of_few_long_ago_leaves_the_others_without_limits() -> None:
    small = [row for row in users() if row.values["month"] != "2025-01-01"] + [answers("M1", "2025-01", "S1", 2, 4)]
    made = built(*PAID, *small, settings=FEW)
    assert chart(made, COUNCIL, columns="point") == [month for month in MONTHS if month != "2025-01"]
    assert set(chart(made, COUNCIL, columns="centre, special_cause")) <= {("[c]", "[c]"), ("[c]", "common_cause")}


def test_a_month_without_answers_is_no_secret() -> None:
    none = [row for row in users() if row.values["month"] != "2025-09-01"] + [answers("M1", "2025-09", "S1", 0, 0)]
    assert len(chart(built(*PAID, *none, settings=FEW), COUNCIL)) == 17


def test_beside_a_figure_that_is_withheld_there_is_no_chart() -> None:
    rows = [commissioner("C1"), organisation("M1"), contract("C1", "M1", "2020-01-01"), *instrument("core")]
    waves = [asked("M1", wave, 6, 20) for wave in ("2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4")]
    for last, count in ((asked("M1", "2026-Q1", 20, 20), 0), (asked("M1", "2026-Q1", 19, 20), 5)):
        made = built(*rows, *waves, last, settings={**SETTINGS, "fewest_staff_answers": 11})
        assert len(chart(made, COUNCIL, indicator="staff_satisfaction")) == count


# In public


def test_the_public_is_shown_official_months_and_those_of_who_agreed() -> None:
    made = built(
        *(organisation("M1"), organisation("M2", publication_consent=True), organisation("M3")),
        *(official("M1", month, 4, 100) for month in MONTHS[:-4]),
        *(absence("M1", month, 4, 100) for month in MONTHS[-4:-1]),
        official("M1", MONTHS[-1], 4, 100),
        *(row for code in ("M2", "M3") for row in absent(code)),
    )
    found = {code: chart(made, "public", code, RATE, "point") for code in ("M1", "M2", "M3")}
    assert found == {"M1": [*MONTHS[:-4], MONTHS[-1]], "M2": MONTHS, "M3": []}
    assert set(chart(made, "public", "M1", RATE, "centre, is_public")) == {("[c]", True)}


def test_neither_of_two_payers_is_told_the_others_part_of_a_month_in_public() -> None:
    agreed = [commissioner("C1"), commissioner("C2"), *instrument("local", None)]
    agreed += [organisation("M1", publication_consent=True), *served(), *served(payer="C2", service="S2")]
    before = users(service="S2", of=MONTHS[:3])
    made = built(*agreed, *users(), *before)
    assert chart(made, "public", columns="point") == MONTHS[3:]


# Before and after


def test_the_same_again_is_shown_again(record: Path) -> None:
    rows = [*PAID, *users(), *absent("M1")]
    first = build(*rows, period="2025-Q4")
    again = publication(*rows, period="2025-Q4", earlier=[let_out(first, record)])
    assert select(again, POINTS, "*") == select(first, POINTS, "*") != []


def test_months_of_a_quarter_that_was_withheld_do_not_come_out_later(record: Path) -> None:
    """Few answered in October to December, as it was sent first."""
    early = [*PAID, *users(of=MONTHS[:12]), answers("M1", "2025-11", "S1", 1, 3)]
    first = publication(*early, period="2025-Q4", settings=FEW)
    rows = [*PAID, *users()]
    assert len(chart(publication(*rows, period="2026-Q1", settings=FEW), COUNCIL)) == 18
    assert chart(publication(*rows, period="2026-Q1", earlier=[let_out(first, record)], settings=FEW), COUNCIL) == []


def test_who_agrees_later_is_not_charted_where_it_hid_others_in_what_was_shown_before(record: Path) -> None:
    everybody = [f"M{number}" for number in range(1, 10)]

    def rows(*, has_agreed: bool) -> list[Row]:
        who = [organisation(code, publication_consent=has_agreed and code == "M1") for code in everybody]
        return [*who, *(row for number, code in enumerate(everybody) for row in absent(code, number))]

    first = publication(*(one for one in rows(has_agreed=False) if _is_before(one, "2026-01")), period="2025-Q4")
    assert select(first, "published.delivery_model_figure", "value", indicator_id=RATE, grain="quarter") != [("[c]",)]
    kept = let_out(first, record)
    assert len(chart(publication(*rows(has_agreed=True), period="2026-Q1"), "public", "M1", RATE)) == 18
    assert chart(publication(*rows(has_agreed=True), period="2026-Q1", earlier=[kept]), "public", "M1", RATE) == []


def test_a_correction_of_a_month_leaves_the_chart(record: Path) -> None:
    first = build(*PAID, *(one for one in users() if _is_before(one, "2026-01")), period="2025-Q4")
    corrected = [one for one in users() if one.values["month"] != "2025-11-01"] + [
        answers("M1", "2025-11", "S1", 9, 90)
    ]
    made = publication(*PAID, *corrected, period="2026-Q1", earlier=[let_out(first, record)], settings=FEW)
    assert len(chart(made, COUNCIL)) == 18


def test_what_was_shown_of_months_is_kept_in_the_record() -> None:
    made = built(*PAID, *users())
    kept = made.execute(
        "select any_value(shown_to), any_value(by_name_to), any_value(withheld_from), min(period_start_on) "
        "from disclosure.released where number = 'n_total all' group by cell having count(*) = 1 order by all"
    ).fetchall()
    assert [str(month)[:7] for *_, month in kept] == MONTHS
    assert {tuple(said) for *said, _ in kept} == {(COUNCIL, COUNCIL, "")}


def _is_before(one: Row, month: str) -> bool:
    """Whether a row is of no month, or of one before."""
    return str(one.values.get("month", "")) < month


# On random sectors


@pytest.fixture(scope="module")
def sector() -> Sector:
    return random_sector(seed=20260720)


@pytest.fixture(scope="module")
def of_sector(sector: Sector) -> duckdb.DuckDBPyConnection:
    return build(*sector.rows())


def _quarter(point: str) -> tuple[str, str]:
    """The first and the last day of the quarter that a month or a quarter is in."""
    number = int(point[6:]) if "Q" in point else (int(point[5:]) + 2) // 3
    return f"{point[:4]}-{3 * number - 2:02}-01", last_day(f"{point[:4]}-{3 * number:02}")


def _is_paid(contracts: Iterable[Contract], first: str, last: str) -> bool:
    """Whether there is a contract on every day, as contracts may follow on one another."""
    days = (
        str(date.fromordinal(day)) for day in range(*(date.fromisoformat(one).toordinal() for one in (first, last)))
    )
    return all(any(one.starts_on <= day <= (one.ends_on or day) for one in contracts) for day in (*days, last))


@pytest.mark.long
def test_no_audience_of_a_random_sector_is_shown_whom_it_may_not_see(
    sector: Sector, of_sector: duckdb.DuckDBPyConnection
) -> None:
    consenting = {one.code for one in sector.organisations if one.has_consented}
    contracts = _contracts(sector)
    found = select(of_sector, POINTS, "audience, organisation_code, point, source")
    assert {audience.split("-")[0] for audience, *_ in found} == {"public", "commissioner", "organisation"}
    for audience, code, point, source in found:
        assert (
            audience == f"organisation-{code}"
            or (audience == "public" and (source == "official" or code in consenting))
            or _is_paid(contracts[audience, code], *_quarter(point))
        ), (audience, code, point)


@pytest.mark.long
def test_points_of_whole_organisations_are_as_plain_python_finds_them(
    sector: Sector, of_sector: duckdb.DuckDBPyConnection
) -> None:
    """Of absence, where nothing is of few: all months of the contract, where the quarter and the year are shown."""
    contracts = _contracts(sector)
    columns = "audience, organisation_code, basis"
    shown = of_sector.execute(
        f"select {columns} from published.organisation_figure where indicator_id = ? and period_id = '2026-Q1' "
        f"and not starts_with(value, '[') and starts_with(audience, 'commissioner') group by all having count(*) = 2",
        [RATE],
    ).fetchall()
    rates = _rates(sector)
    expected = {
        (audience, code, basis, month): value
        for audience, code, basis in shown
        for month, value in rates[code, basis].items()
        if _is_paid(contracts[audience, code], *_quarter(month))
    }
    found = {
        tuple(key): float(value)
        for *key, value in select(of_sector, POINTS, f"{columns}, point, value", indicator_id=RATE)
        if key[0].startswith("commissioner")
    }
    assert found.keys() == expected.keys()
    assert found == pytest.approx(expected, abs=0.0051)
    assert len(found) > 500


def _contracts(sector: Sector) -> dict[tuple[str, str], list[Contract]]:
    found = defaultdict(list)
    for one in sector.contracts:
        found[f"commissioner-{one.commissioner_code}", one.organisation_code].append(one)
    return found


def _rates(sector: Sector) -> dict[tuple[str, str], dict[str, float]]:
    """Of each organisation and basis its rate by month, the official one where there is one."""
    found: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
    for one in sorted(sector.months, key=lambda one: one.source, reverse=True):
        if one.available and one.lost is not None:
            found[one.code, one.basis][one.month] = float(100 * one.lost / one.available)
    return found


@pytest.mark.long
def test_limits_follow_from_the_points_that_are_shown(of_sector: duckdb.DuckDBPyConnection) -> None:
    columns = "audience, organisation_code, basis, part, charted_value, centre, lower_process_limit"
    parts: dict[tuple[Any, ...], list[tuple[str, ...]]] = defaultdict(list)
    for *key, value, centre, lower in of_sector.execute(
        f"select {columns} from {POINTS} where indicator_id = ? order by point_start_on", [USERS]
    ).fetchall():
        parts[tuple(key)].append((value, centre, lower))
    with_limits = [points for points in parts.values() if not points[0][1].startswith("[")]
    assert len(with_limits) > 20
    for points in with_limits:
        values = [float(value) for value, _, _ in points]
        moves = [abs(after - before) for before, after in pairwise(values)]
        assert float(points[0][1]) == pytest.approx(np.mean(values), abs=0.11)
        assert float(points[0][2]) == pytest.approx(np.mean(values) - 2.66 * np.mean(moves), abs=0.5)
