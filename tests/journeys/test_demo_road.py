"""The demo sector, from files in inboxes to pages."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from functools import cache
from math import exp, log, sqrt
from statistics import NormalDist, mean

import pytest

from impact.demo.drops import place_demo
from impact.demo.faults import CORRECTED_PERIOD, EXEMPT, EXTENDED, NOT_SENT, corrections, faults
from impact.demo.planted import (
    ABSENCE_BETWEEN_ORGANISATIONS,
    ABSENCE_PERCENT,
    RESPONSE_BETWEEN_ORGANISATIONS_PERCENT,
    RESPONSE_PERCENT,
    SAVINGS_BETWEEN_ORGANISATIONS,
    SAVINGS_DELIVERED,
    SAVINGS_FOR,
    SAVINGS_PERCENT_OF_VALUE,
    SAVINGS_SOURCES,
    SAVINGS_TYPES,
    SAVINGS_VERIFIED_SHARE,
    STAFF_BETWEEN_ORGANISATIONS,
    STAFF_SATISFIED_PERCENT,
    USERS_BETWEEN_ORGANISATIONS,
    USERS_BETWEEN_SERVICES,
    USERS_POSITIVE_PERCENT,
    engagement,
    feeling,
    level,
)
from impact.demo.register import register_csv
from impact.demo.sector import FEEDS, Member, members
from impact.errors import ImpactError
from impact.home import Home
from impact.intake.receipts import Receipt, live_returns, load_receipts
from impact.periods import parse_period
from impact.register import current_register
from impact.release import open_release
from impact.reports.writing import NOT_FOR_RELEASE
from impact.status import ReturnStatus, return_statuses
from impact.warehouse import open_warehouse
from tests.journeys.contents import text_in
from tests.journeys.homes import csv_rows, demo_drops, in_process
from tests.unit.checking.test_workbook import read_by_openpyxl, read_here

pytestmark = [pytest.mark.xdist_group("gx"), pytest.mark.long]

PUBLISHED = "2026-Q2"
TODAY = date(2026, 7, 20)


@cache
def receipts_of(home: Home) -> list[Receipt]:
    return load_receipts(home)


@cache
def texts_of(home: Home) -> dict[str, str]:
    """Audience -> all that is published for it, pages and data together."""
    folder = home.publications / PUBLISHED / "1"
    return {
        path.name: "\n".join(
            text_in(file.name, file.read_bytes())
            for file in sorted(path.rglob("*"))
            if file.suffix in (".html", ".csv", ".json")
        )
        for path in folder.iterdir()
        if path.is_dir()
    }


def named_in(text: str) -> set[str]:
    """The organisations whose name or code stands in a text."""
    codes = set(re.findall(r"\b[MIO]\d{3}\b", text))
    return codes | {member.code for member in members() if member.name in text}


# What is taken


def test_every_faulty_drop_is_decided_as_planned_for_the_reason_planned(finished_demo: Home) -> None:
    found = {(receipt.sender, receipt.feed, receipt.period): receipt for receipt in receipts_of(finished_demo)}
    assert len(faults()) == 15
    for fault in faults():
        receipt = found[fault.code, fault.feed, fault.period]
        assert receipt.decision == fault.decision, fault.what
        assert fault.rule in {finding.rule for finding in receipt.findings}, fault.what


def test_all_other_drops_are_accepted(finished_demo: Home) -> None:
    decided = Counter(receipt.decision for receipt in receipts_of(finished_demo))
    assert decided == {"accepted": 2501 - len(faults()), **Counter(fault.decision for fault in faults())}


def test_each_faulty_drop_is_told_which_cells(finished_demo: Home) -> None:
    planned = {(fault.code, fault.feed, fault.period): fault.rule for fault in faults()}
    told = {
        finding.rule: finding.cells
        for receipt in receipts_of(finished_demo)
        for finding in receipt.findings
        if planned.get((receipt.sender, receipt.feed, receipt.period)) == finding.rule
    }
    assert told == {
        "fte_days_lost_readable": ("F3",),
        "lost_within_available": ("F2", "F3", "F4"),
        "no_small_group": ("H5", "H9", "H13"),
        "rate_usual": ("F4",),
        "missing_column": (),
        "squares_not_too_small": ("T12", "T13", "T14", "T15"),
        "damaged_workbook": (),
        "month_in_period": ("B2", "B3", "B4"),
        "scale_kept": ("K2", "K3", "K4"),
        "savings_still_there": (),
        "answers_add_up": ("M2",),
        "service_known": ("C2", "C4", "C6"),
        "not_text": (),
        "contract_known": ("F2", "F3"),
        "verifier_is_another": ("W2", "W4"),
    }


def test_corrections_are_accepted_and_live_and_what_they_correct_is_kept(finished_demo: Home) -> None:
    receipts = receipts_of(finished_demo)
    live, by_id = live_returns(receipts), {receipt.id: receipt for receipt in receipts}
    corrected = {receipt.id for receipt in receipts if receipt.corrects}
    assert len(corrections()) == len(corrected) == 5
    for correction in corrections():
        receipt = live[correction.code, correction.feed, CORRECTED_PERIOD]
        assert (receipt.decision, receipt.reason) == ("accepted", correction.reason)
        first = by_id[receipt.corrects]
        assert (first.decision, first.slots) == ("accepted", receipt.slots)
        assert (finished_demo.drops / first.sha256).exists()
        assert (finished_demo.returns / first.feed / f"{first.id}.parquet").exists()
        assert first.id not in {other.id for other in live.values()}


def test_rows_in_are_rows_kept_and_rows_refused(finished_demo: Home) -> None:
    for receipt in receipts_of(finished_demo):
        assert receipt.rows_in == receipt.rows_kept + receipt.rows_refused
        assert receipt.rows_kept == (receipt.rows_in if receipt.decision in ("accepted", "held") else 0)


def test_every_byte_sent_is_kept_but_those_that_may_not_be_and_every_inbox_is_empty(finished_demo: Home) -> None:
    [small_group] = [receipt for receipt in receipts_of(finished_demo) if receipt.is_purged]
    assert (small_group.sender, small_group.period) == ("M040", "2026-Q2")
    kept = {path.read_bytes() for path in finished_demo.drops.iterdir()}
    sent = {one.data for stage in demo_drops().values() for one in stage if one.receipt_id != small_group.id}
    covers = {one.cover for stage in demo_drops().values() for one in stage if one.cover is not None}
    assert kept == sent | covers
    assert not [path for path in finished_demo.landing.glob("*/inbox/**/*") if path.is_file()]


def test_every_sender_finds_an_answer_a_drop_in_the_outbox(finished_demo: Home) -> None:
    pages = list(finished_demo.landing.glob("*/outbox/*.html"))
    assert len(pages) == len(list(finished_demo.landing.glob("*/outbox/*.json"))) == 2501
    [page] = finished_demo.landing.glob("M003/outbox/*_refused_*.html")
    assert "F3" in page.read_text()
    assert "fte_days_lost is not a number" in page.read_text()


def test_the_demo_says_what_was_taken_and_where_to_look(finished_demo: Home, demo_said: str) -> None:
    assert "2,501 files placed in the inboxes" in demo_said
    assert "Taken: 2486 accepted, 3 held, 12 refused" in demo_said
    assert "Published 2026-Q2, number 1: 161 reports" in demo_said
    pages = re.findall(r"file://(\S+)", demo_said)
    assert pages == [
        str(finished_demo.publications / PUBLISHED / "1" / "public" / "index.html"),
        str(finished_demo.publications / "index.html"),
    ]


def test_the_demo_will_not_stand_beside_a_real_register(tmp_path_factory: pytest.TempPathFactory) -> None:
    home = Home(tmp_path_factory.mktemp("real"))
    home.register.mkdir()
    (home.register / "organisations.csv").write_text("organisation_code,name\nX,A real one\n")
    with pytest.raises(ImpactError, match="invented"):
        place_demo(home)
    assert not home.landing.exists()


# Who has sent what


def statuses(home: Home) -> dict[tuple[str, str, str], ReturnStatus]:
    found = return_statuses(current_register(home), receipts_of(home), TODAY)
    return {(one.organisation_code, one.feed, one.period): one for one in found}


def test_every_return_that_is_owed_is_in_the_state_planned(finished_demo: Home) -> None:
    planned = {
        (member.code, feed, quarter): "nil" if feed == "savings" and not member.has_savings else "received"
        for member in members()
        for feed in FEEDS
        for quarter in member.quarters_of(feed)
    }
    planned |= {
        (one.code, one.feed, one.period): "held" if one.decision == "held" else "not accepted" for one in faults()
    }
    planned |= dict.fromkeys(NOT_SENT, "late") | {EXEMPT: "exempt", EXTENDED: "due"}
    found = statuses(finished_demo)
    of_quarters = {slot: one for slot, one in found.items() if slot[2] <= PUBLISHED}
    assert {slot: one.state for slot, one in of_quarters.items()} == planned
    assert Counter(one.state for one in of_quarters.values())["late"] == 10
    # The 12th working day after June 2026 is Thursday the 16th.
    assert {one.days_late for one in of_quarters.values() if one.state == "late"} == {4}
    assert found[EXTENDED].due_on == date(2026, 8, 14)


def test_the_next_quarter_is_not_spoken_of_before_its_time(finished_demo: Home) -> None:
    assert {slot[2] for slot in statuses(finished_demo)} == {
        quarter for member in members() for quarter in member.quarters
    }


def status(home: Home, *words: str) -> str:
    said = in_process(home, "status", "--on", TODAY.isoformat(), *words)
    assert said.exit_code == 0, said.output
    return said.output


def test_impact_status_lists_what_to_chase_and_nothing_else(finished_demo: Home) -> None:
    said = status(finished_demo)
    chased = re.findall(r"^([MIO]\d{3}) (\w+) (20\d\d-Q\d): (held|not accepted)?", said, re.MULTILINE)
    assert {tuple(one[:3]) for one in chased if not one[3]} == NOT_SENT - {EXEMPT}
    assert {tuple(one[:3]) for one in chased if one[3]} == {(one.code, one.feed, one.period) for one in faults()}
    assert "M005 sickness_absence 2026-Q2: 4 days late" in said
    assert "M064 savings 2026-Q2: due 14 August 2026" in said
    assert "Receipts: 2486 accepted, 3 held, 12 refused. Waiting in the inboxes: 0" in said
    counted = {tuple(line.split()[:2]): line.split()[2:] for line in said.splitlines() if line.startswith("2026-Q2 ")}
    # Owed, received, nil, exempt, held, not accepted, due, late
    assert counted["2026-Q2", "savings"] == ["208", "198", "3", "0", "1", "3", "1", "2"]
    assert counted["2026-Q2", "sickness_absence"] == ["208", "202", "0", "0", "1", "2", "0", "3"]


def test_impact_status_of_one_organisation_says_every_period_of_it(finished_demo: Home) -> None:
    said = status(finished_demo, "--organisation", "M005")
    told = re.findall(r"^M005 (\w+) (20\d\d-Q\d): (.+)$", said, re.MULTILINE)
    assert len(told) == 4 * 12
    assert [one[:2] for one in told if not one[2].startswith("received, receipt ")] == [
        ("service_user_survey", "2026-Q2"),
        ("sickness_absence", "2026-Q2"),
    ]
    assert "I172 savings 2026-Q2: nil, receipt" in status(finished_demo, "--organisation", "I172", "--feed", "savings")


# What is found again


def shown(home: Home, indicator: str, variant: str) -> dict[str, tuple[float, int]]:
    """Delivery model -> the figure of the year, before anything is withheld, and of how many organisations it is."""
    with open_warehouse(home) as warehouse:
        found = warehouse.execute(
            "select delivery_model, value, organisations from benchmarks.delivery_model where indicator_id = ? "
            "and variant = ? and grain = 'rolling_year' and period_id = ? and sector = 'sectors_of_mutuals'",
            [indicator, variant, PUBLISHED],
        ).fetchall()
    return {model: (float(value), int(organisations)) for model, value, organisations in found}


def test_what_is_published_of_delivery_models_is_that_or_withheld(finished_demo: Home) -> None:
    shown_of = {
        (row["delivery_model"], row["value"])
        for row in csv_rows(finished_demo.publications / PUBLISHED / "1" / "public" / "data" / "delivery-models.csv")
        if (row["indicator_id"], row["basis"], row["grain"], row["sector"])
        == ("sickness_absence_rate", "calendar_days", "rolling_year", "sectors_of_mutuals")
    }
    found = shown(finished_demo, "sickness_absence_rate", "calendar_days")
    assert {model for model, _ in shown_of} == set(found)
    assert all(value in ("[c]", f"{found[model][0]:.2f}") for model, value in shown_of)
    assert any(value != "[c]" for _, value in shown_of)


def effective(model: str, sizes: Callable[[Member], float], among: Callable[[Member], bool]) -> float:
    """How many organisations of one size count as much as these of several, in a pooled figure."""
    of = [sizes(member) for member in members() if member.delivery_model == model and among(member)]
    return sum(of) ** 2 / sum(size**2 for size in of)


def value_of(member: Member) -> float:
    return sum(contract.annual_value_gbp for contract in member.contracts if contract.ends_on >= TODAY)


def heads(member: Member) -> float:
    return member.headcount


def percent_satisfied(felt: float) -> float:
    return 100 * NormalDist().cdf(felt / sqrt(2))


def percent_positive(logit: float) -> float:
    return 100 / (1 + exp(-logit))


MODELS = ("mutual", "in_house", "outsourced")


@pytest.mark.parametrize("model", MODELS)
def test_the_planted_absence_is_found_again(finished_demo: Home, model: str) -> None:
    found, _ = shown(finished_demo, "sickness_absence_rate", "calendar_days")[model]
    count = effective(model, heads, lambda member: member.basis == "calendar_days")
    assert found == pytest.approx(ABSENCE_PERCENT[model], rel=3 * ABSENCE_BETWEEN_ORGANISATIONS / sqrt(count))


@pytest.mark.parametrize("model", MODELS)
def test_the_planted_satisfaction_and_engagement_of_staff_are_found_again(finished_demo: Home, model: str) -> None:
    planted = STAFF_SATISFIED_PERCENT[model]
    spread = 3 * STAFF_BETWEEN_ORGANISATIONS / sqrt(effective(model, heads, lambda m: m.staff_instrument == "pulse10"))
    low, high = (percent_satisfied(feeling(planted) + side * spread) for side in (-1, 1))
    found, _ = shown(finished_demo, "staff_satisfaction", "pulse10")[model]
    assert low <= found <= high
    found, _ = shown(finished_demo, "staff_engagement", "pulse10")[model]
    assert engagement(low) <= found <= engagement(high)


@pytest.mark.parametrize("model", MODELS)
def test_the_planted_response_rate_is_found_again(finished_demo: Home, model: str) -> None:
    found, _ = shown(finished_demo, "staff_response_rate", "pulse10")[model]
    count = effective(model, heads, lambda member: member.staff_instrument == "pulse10")
    spread = 3 * RESPONSE_BETWEEN_ORGANISATIONS_PERCENT / sqrt(count)
    assert found == pytest.approx(RESPONSE_PERCENT[model], abs=spread)


@pytest.mark.parametrize("model", MODELS)
def test_the_planted_satisfaction_of_users_is_found_again(finished_demo: Home, model: str) -> None:
    found, _ = shown(finished_demo, "user_satisfaction", "csat5")[model]
    count = effective(model, heads, lambda member: member.user_instrument == "csat5")
    spread = 3 * sqrt((USERS_BETWEEN_ORGANISATIONS**2 + USERS_BETWEEN_SERVICES**2) / count)
    share = USERS_POSITIVE_PERCENT[model] / 100
    low, high = (percent_positive(log(share / (1 - share)) + side * spread) for side in (-1, 1))
    assert low <= found <= high


@pytest.mark.parametrize("model", MODELS)
def test_the_planted_savings_are_found_again(finished_demo: Home, model: str) -> None:
    """Of what is planted, that part which is delivered, releases cash, is kept by commissioners and is verified."""
    cash = sum(
        share / 100 * SAVINGS_TYPES[source].get("cash_releasing", 0) / 100
        for source, share in SAVINGS_SOURCES[model].items()
    )
    is_counted = cash * SAVINGS_FOR[model]["commissioner"] / 100 * SAVINGS_VERIFIED_SHARE[model]
    full = SAVINGS_PERCENT_OF_VALUE[model] * SAVINGS_DELIVERED

    def variance(member: Member) -> float:
        # Each organisation has one to three recurrent savings of uneven size, each of which counts or does not.
        count = 1 + (member.headcount > 40) + (member.headcount > 150)
        return full**2 * (
            is_counted * (1 - is_counted) * 1.1 / count + (is_counted * SAVINGS_BETWEEN_ORGANISATIONS) ** 2
        )

    there = [member for member in members() if member.delivery_model == model]
    spread = sqrt(sum(value_of(member) ** 2 * variance(member) for member in there)) / sum(map(value_of, there))
    found, _ = shown(finished_demo, "savings_share_of_contract", "nominal")[model]
    assert found == pytest.approx(full * is_counted, abs=3 * spread)


EFFECTS = [
    ("sickness_absence_rate", "calendar_days", ABSENCE_PERCENT),
    ("staff_satisfaction", "pulse10", STAFF_SATISFIED_PERCENT),
    ("user_satisfaction", "csat5", USERS_POSITIVE_PERCENT),
]


@pytest.mark.parametrize(("indicator", "variant", "by_model"), EFFECTS)
def test_the_planted_effect_of_spinning_out_lies_within_its_limits(
    finished_demo: Home, indicator: str, variant: str, by_model: dict[str, float]
) -> None:
    """As far as each has come on the way from in-house to mutual in the months that count."""
    where = "indicator_id = ? and variant = ? and period_id = ?"
    with open_warehouse(finished_demo) as warehouse:
        limits = warehouse.execute(
            f"select organisations, lower_95, upper_95 from benchmarks.spin_out_effect where {where}",
            [indicator, variant, PUBLISHED],
        ).fetchall()
        parts = warehouse.execute(
            "select parts.organisation_code, parts.after_period_id from benchmarks.spin_out_part as parts inner join "
            "benchmarks.spin_out using (organisation_code, indicator_id, variant, period_id) "
            f"where is_matched and why_not = '' and {where}",
            [indicator, variant, PUBLISHED],
        ).fetchall()
    left_on = {member.code: member.spun_out_on for member in members() if member.is_new}
    planted: dict[str, list[float]] = {}
    for code, period_id in parts:
        period = parse_period(period_id)
        assert period is not None
        # Of a quarter, the month in the middle.
        month = list(period.months())[-2:][0]
        planted.setdefault(code, []).append(level(by_model, "mutual", left_on[code], month) - by_model["in_house"])
    [(organisations, lower, upper)] = limits
    assert organisations == len(planted) >= 6
    assert lower <= mean(map(mean, planted.values())) <= upper


# Who reads what


def test_there_is_a_report_for_the_public_each_commissioner_and_each_mutual_at_work(finished_demo: Home) -> None:
    at_work = [m.code for m in members() if m.delivery_model == "mutual" and m.active_to is None]
    commissioners = {row["commissioner_code"] for row in register("commissioners")}
    assert set(texts_of(finished_demo)) == {
        "public",
        *(f"commissioner-{code}" for code in commissioners),
        *(f"organisation-{code}" for code in at_work),
    }
    assert len(texts_of(finished_demo)) == 161


def register(name: str) -> Iterable[dict[str, str]]:
    head, *lines = register_csv()[f"{name}.csv"].decode().splitlines()
    return [dict(zip(head.split(","), line.split(","), strict=True)) for line in lines]


def test_a_commissioner_reads_by_name_of_its_own_organisations_alone(finished_demo: Home) -> None:
    mine: dict[str, set[str]] = {}
    for row in register("contracts"):
        if row["starts_on"] <= "2026-04-01" and row["ends_on"] >= "2026-06-30":
            mine.setdefault(f"commissioner-{row['commissioner_code']}", set()).add(row["organisation_code"])
    assert len(mine) == 12
    for audience, codes in mine.items():
        assert named_in(texts_of(finished_demo)[audience]) == codes, audience


def test_a_mutual_reads_of_itself_alone(finished_demo: Home) -> None:
    for audience, text in texts_of(finished_demo).items():
        if audience.startswith("organisation-"):
            assert named_in(text) == {audience.removeprefix("organisation-")}


def test_the_public_reads_only_of_those_who_agreed(finished_demo: Home) -> None:
    agreed = {row["organisation_code"] for row in register("organisations") if row["publication_consent"] == "yes"}
    assert named_in(texts_of(finished_demo)["public"]) == agreed


def test_every_demo_page_was_audited_and_may_be_released(finished_demo: Home) -> None:
    pages = list(finished_demo.publications.glob(f"{PUBLISHED}/1/*/index.html"))
    assert len(pages) == 161
    assert not [page for page in pages if NOT_FOR_RELEASE in page.read_text()]
    assert all("withheld ([c]), so that nobody is given away" in page.read_text() for page in pages)


def test_of_the_demo_not_much_is_withheld_and_nothing_can_be_worked_out(finished_demo: Home) -> None:
    with open_release(finished_demo) as release:
        tally = release.execute(
            "select split_part(audience, '-', 1), sum(cells) filter (reason <> '') / sum(cells) "
            "from disclosure.tally group by 1 order by 1"
        ).fetchall()
        ranges = release.execute("select count(*), count(*) filter (not is_protected) from disclosure.audit").fetchone()
    assert [kind for kind, _ in tally] == ["commissioner", "organisation", "public"]
    assert all(0 < share < 0.35 for _, share in tally), tally
    assert ranges is not None
    assert ranges[0] > 1000
    assert ranges[1] == 0


def test_every_page_has_a_section_a_feed(finished_demo: Home) -> None:
    for audience, text in texts_of(finished_demo).items():
        if audience in ("public", "commissioner-C09", "organisation-M001"):
            for feed in FEEDS:
                assert f'id="{feed.replace("_", "-")}"' in text, (audience, feed)


def test_the_page_and_its_data_file_hold_the_same_figures(finished_demo: Home) -> None:
    folder = finished_demo.publications / PUBLISHED / "1" / "commissioner-C01"
    page = (folder / "index.html").read_text()
    year = [row for row in csv_rows(folder / "data" / "organisations.csv") if row["grain"] == "rolling_year"]
    headlines = [row for row in year if row["indicator_id"] in ("sickness_absence_rate", "staff_satisfaction")]
    assert len(headlines) > 30
    for row in headlines:
        assert f'<td class="figure">{row["value"]}</td>' in page
        assert f'<th scope="row">{row["organisation_name"]}</th>' in page


def test_each_cell_of_its_workbooks_is_read_as_openpyxl_reads_it() -> None:
    """Of every thirtieth, which are workbooks of all feeds and senders."""
    workbooks = [sent.data for stage in demo_drops().values() for sent in stage if sent.data.startswith(b"PK\x03\x04")]
    assert len(workbooks[::30]) > 20
    for data in workbooks[::30]:
        assert read_here(data) == read_by_openpyxl(data)
