"""Answer sheets and personal data from the inbox to what is left of them: counts, receipts, and nothing else."""

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import dagster as dg
import pytest

from impact.home import Home
from impact.intake.receipts import load_receipts
from impact.intake.retention import purge_answer_sheets
from impact.intake.returns import return_path
from impact.periods import to_text
from impact.reports.publication import publish, rebuild
from impact.warehouse import build_warehouse
from pipelines import execute
from pipelines.intake import build_intake
from pipelines.site import Site
from tests.journeys.homes import NOW, SHEETS_COVER, cover, drop, send, send_sheets, sheets, small_home, take
from tests.unit.checking.small import csv_bytes
from tests.unit.checking.test_workbook import book

pytestmark = pytest.mark.xdist_group("small")

RETENTION = timedelta(days=30)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return small_home(tmp_path / "home", ("M005", "M011"))


def anywhere(home: Home, text: bytes) -> list[str]:
    return [path.name for path in sorted(home.root.rglob("*")) if path.is_file() and text in path.read_bytes()]


def test_answer_sheets_are_kept_until_their_time_is_up_and_their_counts_for_ever(home: Home) -> None:
    data = send_sheets(home)
    take(home)
    [receipt] = load_receipts(home)
    assert (receipt.decision, receipt.rows_kept) == ("accepted", 40)
    build_warehouse(home, NOW)
    first = publish(home, "2026-Q1")
    assert purge_answer_sheets(home, NOW + RETENTION - timedelta(seconds=1)) == []
    [would] = purge_answer_sheets(home, NOW + RETENTION, is_dry_run=True)
    assert (home.drops / receipt.sha256).read_bytes() == data
    marked = send(home, f"M005/outbox/staff_survey_2026-Q1_refused_{receipt.id}.xlsx", b"their own rows")
    assert purge_answer_sheets(home, NOW + RETENTION) == [would]
    assert (would.receipt, would.sha256, would.retention_days) == (receipt.id, receipt.sha256, 30)
    assert not (home.drops / receipt.sha256).exists()
    assert not marked.exists()
    assert anywhere(home, b"R17,") == []
    record = json.loads((home.purges / f"{receipt.id}.json").read_text("utf-8"))
    assert (record["receipt"], record["purged_at"]) == (receipt.id, to_text(NOW + RETENTION))
    assert load_receipts(home) == [receipt]
    assert return_path(home, "staff_survey", receipt.id).exists()
    assert purge_answer_sheets(home, NOW + 2 * RETENTION) == []
    assert rebuild(home, "2026-Q1", first.number) == []


def test_the_same_sheets_of_another_receipt_stay_until_its_own_time_is_up(home: Home) -> None:
    send_sheets(home)
    take(home)
    later = NOW + timedelta(days=10)
    data = send_sheets(home, code="M011")
    take(home, later)
    sha256 = load_receipts(home)[0].sha256
    assert len(purge_answer_sheets(home, NOW + RETENTION)) == 1
    assert (home.drops / sha256).read_bytes() == data
    assert len(purge_answer_sheets(home, later + RETENTION)) == 1
    assert not (home.drops / sha256).exists()


def test_sheets_that_were_refused_go_at_the_same_time_and_counts_never(home: Home) -> None:
    send(home, "M005/inbox/staff_survey/2026-Q1/answers.csv", csv_bytes(sheets()))
    send(home, "M005/inbox/service_user_survey/2026-Q1/x.csv", b"\x89PNG")
    send(home, "M005/inbox/sickness_absence/2026-Q1/file.csv", drop("M005"))
    take(home)
    assert {receipt.decision for receipt in load_receipts(home)} >= {"refused", "unreadable"}
    purged = purge_answer_sheets(home, NOW + 10 * RETENTION)
    assert sorted((one.feed, one.decision) for one in purged) == [
        ("service_user_survey", "unreadable"),
        ("staff_survey", "refused"),
    ]
    [kept] = [receipt for receipt in load_receipts(home) if receipt.feed == "sickness_absence"]
    assert (home.drops / kept.sha256).exists()


PLANTED = ("943 476 5919", "AB123456C", "LS1 4AP", "zoe.planted@nhs.net", "07700 900123", "20481234", "Plantagenet")
PERSONNEL = [
    ["Employee Number", "Surname", "NHS No", "NI", "Postcode", "E-mail", "Phone", "Date of birth"],
    *(["20481234", "Plantagenet", "943 476 5919", "AB123456C", "LS1 4AP", "zoe.planted@nhs.net", "07700 900123", day]
      for day in ("1984-03-12", "1971-11-02", "1990-01-31")),
]  # fmt: skip


def beside(rows: list[list[str]], heading: str, text: str) -> bytes:
    """The rows with one more column."""
    return csv_bytes([[*row, text if number else heading] for number, row in enumerate(rows)])


def planted_files(home: Home) -> int:
    """Files with personal data in every place that there is, sent to every kind of place, each for a quarter of its
    own, so that they are checked together."""
    absence = drop("M005").decode().splitlines()
    note = "ask zoe.planted@nhs.net, 07700 900123, 943 476 5919, AB123456C, LS1 4AP"
    clean = [line.split(",") for line in absence]
    wrong = [clean[0], *([*row[:5], "20481234", *row[6:]] for row in clean[1:])]
    files: Mapping[str, bytes] = {
        "M005/inbox/sickness_absence/2024-Q1/personnel.csv": csv_bytes(PERSONNEL),
        "M005/inbox/sickness_absence/2024-Q2/personnel.xlsx": book({"sickness_absence": PERSONNEL}),
        "M005/inbox/sickness_absence/2024-Q3/hidden.xlsx": book({"Data": clean, "Old": PERSONNEL}, {"Old": "hidden"}),
        "M005/inbox/sickness_absence/2024-Q4/cover.xlsx": book({"Cover": [["notes", note]], "Data": clean}),
        "M005/inbox/sickness_absence/2025-Q1/title.xlsx": book({"Data": clean, "zoe.planted@nhs.net": [["x"]]}),
        "M005/inbox/sickness_absence/2025-Q2/heading.csv": beside(clean, "Plantagenet AB123456C", "20481234"),
        "M005/inbox/sickness_absence/2025-Q3/AB123456C.csv": csv_bytes(clean),
        "M005/inbox/sickness_absence/2025-Q4/figures.csv": beside(wrong, "Surname", "Plantagenet"),
        "M005/inbox/sickness_absence/2026-Q1/noted.csv": csv_bytes(clean),
        "M005/inbox/sickness_absence/2026-Q2/page.csv": f"<html>{note}</html>".encode(),
        "M005/inbox/nowhere/2026-Q1/personnel.csv": csv_bytes([*PERSONNEL, ["1"]]),
        "M005/inbox/zoe.planted@nhs.net/AB123456C/absence.csv": csv_bytes(clean),
        "M005/stray.csv": csv_bytes([*PERSONNEL, ["2"]]),
        "M005/inbox/staff_survey/2026-Q1/named.csv": beside(sheets(), "Your name", "Plantagenet"),
    }  # fmt: skip
    for place, data in files.items():
        send(home, place, data)
    send(home, "M005/inbox/sickness_absence/2026-Q1/noted.csv.cover.json", cover(notes=note, reason="Plantagenet"))
    send(home, "M005/inbox/sickness_absence/2025-Q3/AB123456C.csv.cover.json", cover(notes="none"))
    return len(files)


def test_of_personal_data_nothing_is_left_anywhere(home: Home, capfd: pytest.CaptureFixture[str]) -> None:
    count = planted_files(home)
    send_sheets(home)  # a good one, which goes its way
    assert execute.__doc__  # once imported, Dagster's history is not synced commit by commit
    home.dagster.mkdir()
    with dg.DagsterInstance.local_temp(str(home.dagster)) as own:
        site = Site(home=str(home.root), now=to_text(NOW), wait_until_settled=False)
        assert dg.materialize([build_intake()], resources={"site": site}, instance=own).success
    receipts = load_receipts(home)
    purged = [receipt for receipt in receipts if receipt.is_purged]
    assert len(purged) == count
    assert {receipt.decision for receipt in purged} == {"refused"}
    said = capfd.readouterr()
    for value in PLANTED:
        assert anywhere(home, value.encode()) == [], value
        assert anywhere(home, value.encode("utf-16-le")) == [], value
        assert value not in said.out + said.err
        # a folder in an inbox is the sender's own
        assert not [path for path in home.root.rglob("*") if path.is_file() and value in path.name], value
    left = [path for path in (home.landing / "M005" / "inbox").rglob("*") if path.is_file()]
    assert not left
    assert [receipt.decision for receipt in receipts if not receipt.is_purged] == ["accepted"]
    assert len(list(home.drops.iterdir())) == 2  # the good one and its cover
    good = next(receipt for receipt in receipts if not receipt.is_purged)
    assert good.prepared_by == SHEETS_COVER["prepared_by"]
