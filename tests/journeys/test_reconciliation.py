"""From the files that organisations sent to the figures that are published of them, by another road: read with `csv`
and `openpyxl`, added up in decimals, and nothing of `impact` in between."""

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from itertools import zip_longest

import openpyxl
import pytest

from impact.demo.drops import Sent
from impact.demo.faults import faults
from impact.demo.register import register_csv
from impact.home import Home
from tests.journeys.homes import PERIOD, SMALL, Published, csv_rows, demo_drops

pytestmark = pytest.mark.xdist_group("gx")

YEAR = ("2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2")
DAYS_OF_YEAR = 365
"""From July 2025 to June 2026."""
DAYS = {"2025-Q3": 92, "2025-Q4": 92, "2026-Q1": 90, "2026-Q2": 91}
STARTS = {"2025-Q3": "2025-07-01", "2025-Q4": "2025-10-01", "2026-Q1": "2026-01-01", "2026-Q2": "2026-04-01"}
MONTHS = {
    "2025-Q3": ("2025-07", "2025-08", "2025-09"),
    "2025-Q4": ("2025-10", "2025-11", "2025-12"),
    "2026-Q1": ("2026-01", "2026-02", "2026-03"),
    "2026-Q2": ("2026-04", "2026-05", "2026-06"),
}
LAST_DAYS = {"02": "28", "04": "30", "06": "30", "09": "30", "11": "30"}

Row = Mapping[str, str]
Figures = dict[tuple[str, str], str]
"""Grain and indicator -> the figure as it should be printed."""


@cache
def register(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(register_csv()[f"{name}.csv"].decode(), newline="")))


@cache
def sample() -> tuple[str, ...]:
    """Those who agreed to be named, of all delivery models, and those who corrected a return or have
    nothing to report."""
    agreed = {row["organisation_code"] for row in register("organisations") if row["publication_consent"] == "yes"}
    return tuple(sorted(agreed | {"M047", "M032", "M084", "M038", "M040", "M105", "M063", "I172"}))


def codes_of(published: Published) -> tuple[str, ...]:
    return sample() if published.is_demo else SMALL


def read(sent: Sent) -> list[dict[str, str]]:
    """The rows of a drop as texts."""
    if not sent.name.endswith(".xlsx"):
        return list(csv.DictReader(io.StringIO(sent.data.decode(), newline="")))
    book = openpyxl.load_workbook(io.BytesIO(sent.data), read_only=True)
    head, *lines = book[sent.feed].iter_rows(values_only=True)
    return [{str(name): "" if cell is None else str(cell) for name, cell in zip_longest(head, line)} for line in lines]


@cache
def sent(feed: str) -> dict[str, dict[str, list[dict[str, str]]]]:
    """Organisation -> quarter -> the rows that count: of drops without a fault, the last one."""
    refused = {(fault.code, fault.feed, fault.period) for fault in faults()}
    found: dict[str, dict[str, list[dict[str, str]]]] = defaultdict(dict)
    for one in (*demo_drops()[1], *demo_drops()[2]):
        if one.feed != feed or one.code not in {*sample(), *SMALL} or (one.code, feed, one.period) in refused:
            continue
        # A history says nothing of quarters that it has no rows of, and a nil return says that there is nothing.
        quarters = ["2025-Q2", "2025-Q3", "2025-Q4"] if "_to_" in one.period else [one.period]
        rows = read(one)
        for quarter in quarters:
            found[one.code][quarter] = [row for row in rows if quarter_of(row) == quarter]
    return found


def quarter_of(row: Row) -> str:
    if named := row.get("wave") or row.get("as_at_quarter"):
        return named
    year, month = row["month"].split("-")
    return f"{year}-Q{(int(month) + 2) // 3}"


def number(row: Row, name: str) -> Decimal:
    return Decimal(row[name] or 0)


def total(rows: Iterable[Row], *names: str) -> Decimal:
    return sum((number(row, name) for row in rows for name in names), Decimal(0))


def shown(value: Decimal, decimals: int) -> str:
    return str(value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))


def grains() -> Iterator[tuple[str, tuple[str, ...]]]:
    yield "quarter", (PERIOD,)
    yield "rolling_year", YEAR


# What should be printed


def absence_figures(code: str, commissioner: str | None) -> Figures:
    figures: Figures = {}
    for grain, quarters in grains():
        rows = [row for quarter in quarters for row in sent("sickness_absence")[code].get(quarter, [])]
        whole = [row for row in rows if (row["service_code"], row["staff_group"]) == ("ALL", "ALL")]
        if not whole:
            continue
        lost, available = total(whole, "fte_days_lost"), total(whole, "fte_days_available")
        figures[grain, "sickness_absence_rate"] = shown(lost / available * 100, 2)
        if grain == "rolling_year" and len(whole) == 12 and whole[0]["basis"] == "calendar_days":
            figures[grain, "sick_days_per_fte"] = shown(lost / (available / DAYS_OF_YEAR), 1)
    return figures


def staff_figures(code: str, commissioner: str | None) -> Figures:
    figures: Figures = {}
    for grain, quarters in grains():
        waves = [quarter for quarter in quarters if sent("staff_survey")[code].get(quarter)]
        if not waves:
            continue
        rows = [row for row in sent("staff_survey")[code][max(waves)] if row["staff_group"] == "ALL"]
        items = {row["item"]: row for row in rows}
        asked = items["overall_satisfaction"]
        positive, answered = total([asked], "n_4", "n_5"), total([asked], "n_1", "n_2", "n_3", "n_4", "n_5")
        figures[grain, "staff_satisfaction"] = shown(positive / answered * 100, 1)
        figures[grain, "staff_response_rate"] = shown(
            number(asked, "n_responses") / number(asked, "eligible_staff") * 100, 1
        )
        if scored := items.get("engagement"):
            figures[grain, "staff_engagement"] = shown(number(scored, "score_sum") / number(scored, "n_scored"), 2)
    return figures


def user_figures(code: str, commissioner: str | None) -> Figures:
    figures: Figures = {}
    for grain, quarters in grains():
        rows = [
            row
            for quarter in quarters
            for row in sent("service_user_survey")[code].get(quarter, [])
            if row["collection_mode"] == "all"
            and (commissioner is None or row["service_code"] in services_of(code, commissioner, row["month"]))
        ]
        if rows:
            answers = total(rows, "n_total")
            figures[grain, "user_satisfaction"] = shown(total(rows, "n_very_good", "n_good") / answers * 100, 1)
            figures[grain, "user_dissatisfaction"] = shown(total(rows, "n_very_poor", "n_poor") / answers * 100, 1)
    return figures


@cache
def services_of(code: str, commissioner: str, month: str) -> frozenset[str]:
    """The services that a commissioner has a contract for in a month."""
    last = f"{month}-{LAST_DAYS.get(month[5:], '31')}"
    contracts = {
        row["contract_code"]
        for row in register("contracts")
        if (row["organisation_code"], row["commissioner_code"]) == (code, commissioner)
        and row["starts_on"] <= f"{month}-01"
        and last <= row["ends_on"]
    }
    return frozenset(row["service_code"] for row in register("contract_services") if row["contract_code"] in contracts)


def savings_figures(code: str, commissioner: str | None) -> Figures:
    figures: Figures = {}
    snapshots = sent("savings")[code]
    contracts = [
        row
        for row in register("contracts")
        if row["organisation_code"] == code and commissioner in (None, row["commissioner_code"])
    ]
    mine = {row["contract_code"] for row in contracts}
    for grain, quarters in grains():
        known = [quarter for quarter in quarters if quarter in snapshots and knows_before(snapshots, quarter)]
        if not known:
            continue
        net = net_of(snapshots, known, None if commissioner is None else mine)
        sources = ("waste_reduction", "growth", "procurement", "productivity", "other")
        for name in ("net_savings", "net_savings_to_commissioner", *(f"savings_from_{source}" for source in sources)):
            figures[grain, name] = shown(net[name], 0)
        if net["net_savings"]:
            figures[grain, "savings_share_verified"] = shown(net["verified"] / net["net_savings"] * 100, 1)
        worth = sum((contract_value(row, quarter) for quarter in known for row in contracts), Decimal(0))
        figures[grain, "savings_share_of_contract"] = shown(net["verified_to_commissioner"] / worth * 100, 2)
    return figures


def net_of(
    snapshots: Mapping[str, Sequence[Row]], quarters: Iterable[str], contracts: set[str] | None
) -> dict[str, Decimal]:
    """What savings came to in these quarters, of these contracts only where any are named."""
    net: dict[str, Decimal] = defaultdict(Decimal)
    for row, gbp in (one for quarter in quarters for one in net_in_quarter(snapshots, quarter)):
        if contracts is not None and row["contract_code"] not in contracts:
            continue
        is_verified = row["evidence_level"] in ("finance_verified", "audited")
        is_for_commissioner = row["benefit_to"] == "commissioner"
        net["net_savings"] += gbp
        net[f"savings_from_{row['source']}"] += gbp
        net["net_savings_to_commissioner"] += gbp * is_for_commissioner
        net["verified"] += gbp * is_verified
        net["verified_to_commissioner"] += gbp * (is_verified and is_for_commissioner)
    return net


def knows_before(snapshots: Mapping[str, Sequence[Row]], quarter: str) -> bool:
    """Amounts run from April; later in the year what came in the quarter is known from the quarter before."""
    return quarter.endswith("Q2") or before(quarter) in snapshots


def before(quarter: str) -> str:
    return {"2025-Q3": "2025-Q2", "2025-Q4": "2025-Q3", "2026-Q1": "2025-Q4"}[quarter]


def net_in_quarter(snapshots: Mapping[str, Sequence[Row]], quarter: str) -> Iterator[tuple[Row, Decimal]]:
    """Each saving that releases cash, and what it came to, but for those that are counted with another."""
    first: dict[str, str] = {}
    for row in sorted((row for rows in snapshots.values() for row in rows), key=lambda row: row["saving_id"]):
        first.setdefault(row["double_count_group"] or row["saving_id"], row["saving_id"])
    earlier = {} if quarter.endswith("Q2") else {row["saving_id"]: row for row in snapshots[before(quarter)]}
    for row in snapshots[quarter]:
        is_counted = first[row["double_count_group"] or row["saving_id"]] == row["saving_id"]
        if row["type"] == "cash_releasing" and is_counted:
            yield (
                row,
                to_date(row) - (to_date(earlier[row["saving_id"]]) if row["saving_id"] in earlier else Decimal(0)),
            )


def to_date(row: Row) -> Decimal:
    return number(row, "actual_to_date_gbp") - number(row, "implementation_cost_to_date_gbp")


def contract_value(contract: Row, quarter: str) -> Decimal:
    """The contracts of the sample run through the year, or ended before it."""
    if contract["ends_on"] < STARTS[quarter] or contract["starts_on"] > "2026-06-30":
        return Decimal(0)
    assert contract["starts_on"] <= STARTS["2025-Q3"]
    assert contract["ends_on"] >= "2026-06-30"
    return Decimal(contract["annual_value_gbp"]) * DAYS[quarter] / DAYS_OF_YEAR


EXPECTED = {
    "sickness_absence": absence_figures,
    "staff_survey": staff_figures,
    "service_user_survey": user_figures,
    "savings": savings_figures,
}


# What is printed


@cache
def printed(home: Home, audience: str, file: str) -> dict[str, dict[str, Figures]]:
    """Feed -> organisation -> the figures that stand in a file of a report; what is not there is left out."""
    found: dict[str, dict[str, Figures]] = defaultdict(lambda: defaultdict(dict))
    for row in csv_rows(home.publications / PERIOD / "1" / audience / "data" / file):
        if row["period_id"] == PERIOD and not row["value"].startswith("["):
            found[row["topic"]][row["organisation_code"]][row["grain"], row["indicator_id"]] = row["value"]
    return found


def withheld(home: Home, audience: str) -> dict[str, dict[str, set[tuple[str, str]]]]:
    """Feed -> organisation -> the figures that the file of a report says are withheld."""
    found: dict[str, dict[str, set[tuple[str, str]]]] = defaultdict(lambda: defaultdict(set))
    for row in csv_rows(home.publications / PERIOD / "1" / audience / "data" / "organisations.csv"):
        if row["value"] == "[c]":
            found[row["topic"]][row["organisation_code"]].add((row["grain"], row["indicator_id"]))
    return found


def but(figures: Figures, hidden: set[tuple[str, str]]) -> Figures:
    """Figures without those that are withheld, each of which must be among them."""
    assert hidden <= set(figures), hidden - set(figures)
    return {key: figure for key, figure in figures.items() if key not in hidden}


@pytest.mark.long
@pytest.mark.parametrize("feed", EXPECTED)
def test_the_public_reads_what_was_sent(finished_demo: Home, feed: str) -> None:
    shown_there = printed(finished_demo, "public", "organisations.csv")[feed]
    hidden = withheld(finished_demo, "public")[feed]
    agreed = [row["organisation_code"] for row in register("organisations") if row["publication_consent"] == "yes"]
    assert len(agreed) == 42
    for code in agreed:
        assert shown_there[code] == but(EXPECTED[feed](code, None), hidden[code]), code
    assert all(sum(grain == one for code in agreed for one, _ in shown_there[code]) >= 20 for grain, _ in grains())


@pytest.mark.parametrize("feed", EXPECTED)
def test_an_organisation_reads_what_it_sent(published: Published, feed: str) -> None:
    mutuals = [code for code in codes_of(published) if code.startswith("M")]
    assert len(mutuals) >= (34 if published.is_demo else 7)
    for code in mutuals:
        there = printed(published.home, f"organisation-{code}", "organisations.csv")[feed][code]
        assert there == EXPECTED[feed](code, None), code
        quarters = printed(published.home, f"organisation-{code}", "quarters.csv")[feed][code]
        assert quarters == {key: figure for key, figure in there.items() if key[0] == "quarter"}, code


@pytest.mark.parametrize("feed", EXPECTED)
def test_a_commissioner_reads_what_was_sent_of_its_own_part(published: Published, feed: str) -> None:
    """Of its services and contracts where a figure is one of those, of the whole organisation otherwise."""
    compared, of_part = set(), 0
    for contract in register("contracts"):
        code, commissioner = contract["organisation_code"], contract["commissioner_code"]
        if (
            code not in codes_of(published)
            or not contract["starts_on"] <= STARTS["2025-Q3"] <= "2026-06-30" <= contract["ends_on"]
        ):
            continue
        there = printed(published.home, f"commissioner-{commissioner}", "organisations.csv")[feed][code]
        hidden = withheld(published.home, f"commissioner-{commissioner}")[feed][code]
        assert there == but(EXPECTED[feed](code, commissioner), hidden), (code, commissioner)
        compared.add(code)
        of_part += EXPECTED[feed](code, commissioner) != EXPECTED[feed](code, None)
    assert len(compared) >= (40 if published.is_demo else 8)
    # Nobody in the small sector has savings of two commissioners.
    assert (of_part > 0) == (feed == "service_user_survey" or (feed == "savings" and published.is_demo))


def test_the_sample_has_both_forms_corrections_faults_and_nil_returns() -> None:
    mine = [one for stage in demo_drops().values() for one in stage if one.code in sample()]
    assert {one.feed for one in mine if one.name.endswith(".xlsx")} == set(EXPECTED)
    assert {one.feed for one in mine if "_corrected" in one.name} == set(EXPECTED)
    assert {fault.feed for fault in faults() if fault.code in sample()} >= {"sickness_absence", "savings"}
    assert any("nil_return" in json.loads(one.cover) for one in mine if one.cover)
