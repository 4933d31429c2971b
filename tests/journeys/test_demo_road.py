"""The demo sector, from files in inboxes to pages."""

import csv
import random
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from impact.demo.sector import PERIODS, RATE_PERCENT, drops, faults, members, place_demo, register_csv
from impact.errors import ImpactError
from impact.home import Home
from impact.intake.receipts import load_receipts
from impact.reports.writing import NOT_FOR_RELEASE
from impact.warehouse import open_warehouse
from tests.journeys.homes import tables, take, travel, tree

pytestmark = pytest.mark.xdist_group("gx")


def test_faulty_drops_are_held_or_refused_and_all_others_accepted(finished_demo: Home) -> None:
    receipts = {(receipt.sender, receipt.period): receipt for receipt in load_receipts(finished_demo)}
    planned = {(fault.code, fault.period): fault.decision for fault in faults()}
    assert {slot: receipt.decision for slot, receipt in receipts.items() if slot in planned} == planned
    assert Counter(receipt.decision for receipt in receipts.values()) == {
        "accepted": 30 * len(PERIODS) - len(planned),
        **Counter(planned.values()),
    }


def test_each_faulty_drop_is_told_which_cells_and_what_to_do(finished_demo: Home) -> None:
    told = {
        (receipt.sender, finding.rule): finding.cells
        for receipt in load_receipts(finished_demo)
        for finding in receipt.findings
    }
    assert told == {
        ("M003", "fte_days_lost_readable"): ("F3",),
        ("M003", "headcount_readable"): ("H4",),
        ("M006", "lost_within_available"): ("F2", "F3", "F4"),
        ("M006", "available_fits_staff"): ("G2", "G3", "G4"),
        ("M011", "missing_column"): (),
        ("I020", "month_in_period"): ("B2", "B3", "B4"),
        ("I020", "every_month_present"): (),
        ("I020", "available_fits_staff"): ("G3",),  # May's days do not fit February
        ("M014", "not_text"): (),
        ("O028", "rate_usual"): ("F4",),
    }


def test_rows_in_are_rows_kept_and_rows_refused(finished_demo: Home) -> None:
    for receipt in load_receipts(finished_demo):
        assert receipt.rows_in == receipt.rows_kept + receipt.rows_refused
        assert receipt.rows_kept == (receipt.rows_in if receipt.decision in ("accepted", "held") else 0)


def test_every_byte_sent_is_kept_and_every_inbox_is_empty(finished_demo: Home) -> None:
    kept = {path.read_bytes() for path in finished_demo.drops.iterdir()}
    assert kept == {data for _, _, data in drops()}
    assert not [path for path in finished_demo.landing.glob("*/inbox/**/*") if path.is_file()]


def test_every_sender_finds_an_answer_a_drop_in_the_outbox(finished_demo: Home) -> None:
    pages = list(finished_demo.landing.glob("*/outbox/*.html"))
    assert len(pages) == len(list(finished_demo.landing.glob("*/outbox/*.json"))) == 30 * len(PERIODS)
    [page] = finished_demo.landing.glob("M003/outbox/*_refused_*.html")
    assert "F3" in page.read_text()
    assert "fte_days_lost is not a number" in page.read_text()


def test_a_second_run_takes_nothing_and_publishes_the_same_bytes(demo: Home) -> None:
    before, tables_before = tree(demo.root), tables(demo)
    place_demo(demo)
    intake, build, publication = travel(demo, PERIODS[-1])
    assert intake.receipts == ()
    assert intake.sent_again == 30 * len(PERIODS)
    assert build.is_sound
    assert not publication.is_new
    assert tree(demo.root) == before
    assert tables(demo) == tables_before


def test_another_order_and_another_folder_give_the_same_bytes(finished_demo: Home, tmp_path: Path) -> None:
    home = Home(tmp_path / "elsewhere" / "a home")
    for name, data in register_csv().items():
        path = home.register / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    shuffled = list(drops())
    random.Random(1).shuffle(shuffled)
    halves = shuffled[:50], shuffled[50:]
    for half in halves:
        for code, period, data in half:
            path = home.landing / code / "inbox" / "sickness_absence" / period / f"absence {period}.csv"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        take(home)
    travel(home, PERIODS[-1])
    assert tree(home.root) == tree(finished_demo.root)
    assert tables(home) == tables(finished_demo)


def test_a_lost_warehouse_and_lost_publications_come_back_the_same(demo: Home) -> None:
    pages, built = tree(demo.publications), tables(demo)
    demo.warehouse.unlink()
    for path in sorted(demo.publications.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    travel(demo, PERIODS[-1])
    assert tree(demo.publications) == pages
    assert tables(demo) == built


def test_the_planted_absence_is_found_again(finished_demo: Home) -> None:
    with open_warehouse(finished_demo) as warehouse:
        found = dict(
            warehouse.execute(
                "select delivery_model, cast(sum(numerator) / sum(denominator) * 100 as double) "
                "from indicators.organisation_indicator where indicator_id = 'sickness_absence_rate' "
                "and grain = 'rolling_year' and period_id = ? group by all",
                [PERIODS[-1]],
            ).fetchall()
        )
    # Organisations differ from the planted level by 12% (one standard deviation), and there are 18, 8 and 4 of them.
    for model, planted in RATE_PERCENT.items():
        count = sum(member.delivery_model == model for member in members())
        assert found[model] == pytest.approx(planted, rel=3 * 0.12 / count**0.5)


def test_a_commissioner_reads_of_its_own_organisations_alone(finished_demo: Home) -> None:
    [folder] = finished_demo.publications.glob("2026-Q2/1")
    contracts = list(csv.DictReader(register_csv()["contracts.csv"].decode().splitlines()))
    for commissioner in ("C01", "C02", "C03", "C04"):
        mine = {row["organisation_code"] for row in contracts if row["commissioner_code"] == commissioner}
        text = "".join(path.read_text() for path in (folder / f"commissioner-{commissioner}").iterdir())
        assert {member.code for member in members() if member.name in text} == mine
        assert not [member.code for member in members() if member.code not in mine and member.code in text]


def test_the_public_reads_only_of_those_who_agreed(finished_demo: Home) -> None:
    rows = list(csv.DictReader(register_csv()["organisations.csv"].decode().splitlines()))
    agreed = {row["name"] for row in rows if row["publication_consent"] == "yes"}
    [folder] = finished_demo.publications.glob("2026-Q2/1/public")
    text = "".join(path.read_text() for path in folder.iterdir())
    assert {row["name"] for row in rows if row["name"] in text} == agreed


def test_no_demo_page_may_be_released(finished_demo: Home) -> None:
    pages = list(finished_demo.publications.glob("2026-Q2/1/*/index.html"))
    assert len(pages) == 5
    assert all(NOT_FOR_RELEASE in page.read_text() for page in pages)


def test_the_page_and_its_data_file_hold_the_same_figures(finished_demo: Home) -> None:
    folder = finished_demo.publications / "2026-Q2" / "1" / "commissioner-C01"
    page = (folder / "index.html").read_text()
    figures = list(csv.DictReader((folder / "organisations.csv").read_text().splitlines()))
    year = [row for row in figures if row["grain"] == "rolling_year"]
    assert year
    for row in year:
        assert f'<td class="figure">{row["value"]}</td>' in page
        assert f'<th scope="row">{row["organisation_name"]}</th>' in page


def test_the_rate_of_one_organisation_is_what_its_files_come_to(finished_demo: Home) -> None:
    mine = [data.decode().splitlines() for code, _, data in drops() if code == "M001"]
    rows = [row for lines in mine for row in csv.DictReader(lines)]
    lost = sum((Decimal(row["fte_days_lost"]) for row in rows), Decimal(0))
    available = sum((Decimal(row["fte_days_available"]) for row in rows), Decimal(0))
    folder = finished_demo.publications / "2026-Q2" / "1" / "commissioner-C01"
    figures = list(csv.DictReader((folder / "organisations.csv").read_text().splitlines()))
    [shown] = [
        row["value"]
        for row in figures
        if (row["organisation_code"], row["grain"], row["indicator_id"])
        == ("M001", "rolling_year", "sickness_absence_rate")
    ]
    assert abs(Decimal(shown) - lost / available * 100) <= Decimal("0.005")


def test_the_demo_will_not_stand_beside_a_real_register(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.register.mkdir()
    (home.register / "organisations.csv").write_text("organisation_code,name\nX,A real one\n")
    with pytest.raises(ImpactError, match="invented"):
        place_demo(home)
    assert not home.landing.exists()
