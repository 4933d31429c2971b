"""What goes wrong on the road, and what is said: what, where, what to do. A bad drop never stops a good one."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from impact.errors import HomeBusyError, ImpactError
from impact.home import PARTIAL, Home, one_writer
from impact.intake.receipts import Receipt, load_receipts
from impact.reports.publication import publish
from impact.warehouse import build_warehouse
from tests.journeys.homes import HEADINGS, NOW, REGISTER, drop, new_home, rows, send, send_quarter, take, travel, tree

pytestmark = pytest.mark.xdist_group("gx")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return new_home(tmp_path / "home")


def said(receipt: Receipt) -> list[tuple[str, tuple[str, ...]]]:
    return [(finding.rule, finding.cells) for finding in receipt.findings]


SWAPPED_HEADINGS = HEADINGS.replace("fte_days_lost,fte_days_available", "fte_days_available,fte_days_lost")


@pytest.mark.parametrize(
    ("place", "data", "decision", "rules"),
    [
        ("M009/inbox/sickness_absence/2026-Q1", drop("M009"), "refused", {"unknown_organisation"}),
        ("M001/inbox/sick_leave/2026-Q1", drop("M001"), "refused", {"unknown_feed"}),
        ("M001/inbox/sickness_absence/2026-1", drop("M001"), "refused", {"unknown_period"}),
        ("M001/inbox/sickness_absence/2026-03", drop("M001"), "refused", {"unknown_period"}),
        ("M001/inbox", drop("M001"), "refused", {"misplaced"}),
        ("M001", drop("M001"), "refused", {"misplaced"}),
        ("M001/inbox/sickness_absence/2026-Q1", b"", "unreadable", {"empty_file"}),
        ("M001/inbox/sickness_absence/2026-Q1", b" \n\n", "unreadable", {"empty_file"}),
        ("M001/inbox/sickness_absence/2026-Q1", b"PK\x03\x04\x00", "unreadable", {"not_text"}),
        ("M001/inbox/sickness_absence/2026-Q1", bytes(range(256)), "unreadable", {"not_text"}),
        ("M001/inbox/sickness_absence/2026-Q1", HEADINGS.encode(), "refused", {"no_rows"}),
        ("M001/inbox/sickness_absence/2026-Q1", drop("M002"), "refused", {"organisation_is_the_sender"}),
        (
            "M001/inbox/sickness_absence/2026-Q1",
            drop("M001").replace(b",headcount,", b",people,"),
            "refused",
            {"missing_column", "unknown_column"},
        ),
        (
            "M001/inbox/sickness_absence/2026-Q1",
            "\n".join([SWAPPED_HEADINGS, *rows("M001")]).encode(),
            "refused",
            {"lost_within_available", "available_fits_staff"},
        ),
        ("M001/inbox/sickness_absence/2026-Q3", drop("M001"), "refused", {"period_not_over", "month_in_period"}),
    ],
)
def test_a_drop_that_is_wrong_gets_a_receipt_that_says_so(
    home: Home, place: str, data: bytes, decision: str, rules: set[str]
) -> None:
    send(home, f"{place}/file.csv", data)
    send_quarter(home, "M002", drop("M002"))
    bad, good = sorted(take(home).receipts, key=lambda receipt: receipt.decision == "accepted")
    assert good.decision == "accepted"
    assert bad.decision == decision
    assert rules <= {finding.rule for finding in bad.findings}
    assert all(finding.message and finding.fix for finding in bad.findings)
    assert not [path for path in home.landing.rglob("file.csv") if "outbox" not in path.parts]
    assert (home.drops / bad.sha256).read_bytes() == data
    assert list((home.landing / bad.sender / "outbox").glob(f"*{bad.id}.html"))


def test_columns_in_another_order_are_read_by_their_names(home: Home) -> None:
    lines = [line.split(",") for line in drop("M001").decode().split()]
    send_quarter(home, "M001", "\n".join(",".join(reversed(line)) for line in lines).encode())
    assert [receipt.decision for receipt in take(home).receipts] == ["accepted"]


def test_all_faults_of_a_file_are_said_at_once(home: Home) -> None:
    lines = rows("M001")
    lines[0] = lines[0].replace(",400,", ",n/a,").replace(",340,", ",,")
    lines[2] = lines[2].replace("calendar_days", "calender_days")
    send_quarter(home, "M001", "\n".join([HEADINGS, *lines]).encode())
    [receipt] = take(home).receipts
    assert said(receipt)[:3] == [
        ("basis_one_of", ("E4",)),
        ("fte_days_lost_readable", ("F2",)),
        ("headcount_not_blank", ("H2",)),
    ]


def test_the_same_thing_sent_again_is_taken_once(home: Home) -> None:
    send_quarter(home, "M001", drop("M001"), name="a.csv")
    send_quarter(home, "M001", drop("M001"), name="b.csv")
    intake = take(home)
    assert (len(intake.receipts), intake.sent_again) == (1, 1)
    send_quarter(home, "M001", drop("M001"), name="c.csv")
    intake = take(home)
    assert (len(intake.receipts), intake.sent_again) == (0, 1)


def test_another_file_for_a_period_that_has_a_return_is_refused_and_names_it(home: Home) -> None:
    send_quarter(home, "M001", drop("M001"), name="a.csv")
    send_quarter(home, "M001", drop("M001", lost=(500, 410, 420)), name="b.csv")
    first, second = take(home).receipts
    assert (first.decision, second.decision) == ("accepted", "refused")
    assert said(second) == [("already_live", ())]
    assert first.id in second.findings[0].message


def test_a_refused_file_can_be_corrected_and_sent_again(home: Home) -> None:
    send_quarter(home, "M001", drop("M002"))
    take(home)
    send_quarter(home, "M001", drop("M001"))
    assert [receipt.decision for receipt in take(home).receipts] == ["accepted"]


def test_a_file_still_on_its_way_is_left(home: Home) -> None:
    from impact.intake.intake import take_drops

    path = send_quarter(home, "M001", drop("M001"))
    os.utime(path, (NOW.timestamp() - 10, NOW.timestamp() - 10))
    intake = take_drops(home, NOW)
    assert intake.receipts == ()
    assert [(left.path, left.reason) for left in intake.left] == [
        (path, "it changed 10 s ago and may still be on its way")
    ]
    os.utime(path, (NOW.timestamp() - 31, NOW.timestamp() - 31))
    assert len(take_drops(home, NOW).receipts) == 1


def test_a_missing_file_of_the_register_stops_everything_and_loses_nothing(home: Home) -> None:
    path = send_quarter(home, "M001", drop("M001"))
    (home.register / "contracts.csv").unlink()
    with pytest.raises(ImpactError, match=r"The register lacks contracts\.csv in .*register.*docs/register\.md"):
        take(home)
    assert path.exists()
    assert not home.receipts.exists()


def test_a_fault_in_the_register_is_said_by_file_and_cell(home: Home) -> None:
    (home.register / "contracts.csv").write_text(
        REGISTER["contracts"].replace("K2,C02,M002", "K2,C02,M022").replace("2024-04-01,2028", "01/04/2024,2028", 1)
    )
    with pytest.raises(ImpactError) as fault:
        take(home)
    assert "contracts.csv C3: organisation_code is a code that the register does not know" in str(fault.value)
    assert "contracts.csv D2: starts_on is not a date. Write it as in this example: 2024-04-01" in str(fault.value)
    assert not (home.register / "versions").exists()


def test_the_register_of_the_day_decides_and_every_version_of_it_stays(home: Home) -> None:
    send_quarter(home, "M004", drop("M004"))
    [before] = take(home).receipts
    added = REGISTER["organisations"] + "M004,Delta Care CIC,mutual,adult_social_care,no\n"
    (home.register / "organisations.csv").write_text(added)
    send_quarter(home, "M004", drop("M004", lost=(500, 410, 420)))
    [after] = take(home).receipts
    assert (before.decision, after.decision) == ("refused", "accepted")
    assert before.register_version != after.register_version
    assert {path.name for path in (home.register / "versions").iterdir()} == {
        before.register_version,
        after.register_version,
    }


@pytest.mark.parametrize(
    ("period", "said_of_it"),
    [
        ("2026-Q3", "is not over yet"),
        ("2019-Q1", "There are no figures of 2019-Q1 .* Quarters with figures: 2026-Q1"),
        ("2026", "is not a quarter"),
        ("../../etc", "is not a quarter"),
    ],
)
def test_a_period_that_cannot_be_published_is_refused(home: Home, period: str, said_of_it: str) -> None:
    send_quarter(home, "M001", drop("M001"))
    take(home)
    build_warehouse(home, NOW)
    with pytest.raises(ImpactError, match=said_of_it):
        publish(home, period)
    assert not home.prepared.exists()


def test_publishing_without_a_warehouse_says_what_to_do(home: Home) -> None:
    with pytest.raises(ImpactError, match="Run `impact run` first"):
        publish(home, "2026-Q1")


def test_a_claim_that_breaks_keeps_the_warehouse_of_yesterday(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    from impact import warehouse
    from impact.models import Claim

    send_quarter(home, "M001", drop("M001"))
    take(home)
    build_warehouse(home, NOW)
    before = home.warehouse.stat().st_ino
    broken = Claim("measures.all_feeds", "is_empty", "select measure from measures.all_feeds")
    monkeypatch.setattr(warehouse, "claims", lambda: (broken,))
    build = build_warehouse(home, NOW)
    assert not build.is_sound
    assert build.tests[0].broken_by == 3 * 3
    assert home.warehouse.stat().st_ino == before
    assert [path.name for path in home.warehouse.parent.iterdir()] == [home.warehouse.name]


def test_whoever_comes_second_is_told_who_is_writing(home: Home) -> None:
    with (
        one_writer(home, "the first one"),
        pytest.raises(HomeBusyError, match=r"is being written by the first one \(process \d+\)"),
        one_writer(home, "the second one", wait_seconds=0),
    ):
        pass


def _full_disk(real: Callable[..., object], after: int) -> Callable[..., object]:
    calls = 0

    def call(*args: object, **kwargs: object) -> object:
        nonlocal calls
        calls += 1
        if calls == after:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(*args, **kwargs)

    return call


def _send_two(home: Home) -> None:
    send_quarter(home, "M001", drop("M001"))
    send_quarter(home, "M002", drop("M003"))


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    home = new_home(tmp_path_factory.mktemp("undisturbed") / "home")
    _send_two(home)
    travel(home)
    return tree(home.root)


@pytest.mark.parametrize("after", [1, 7, 20, *(pytest.param(after, marks=pytest.mark.long) for after in (3, 12, 30))])
def test_a_full_disk_is_said_plainly_and_the_next_run_finishes_the_work(
    home: Home, undisturbed: dict[str, str], monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    _send_two(home)
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", _full_disk(os.fsync, after))
        with pytest.raises(
            ImpactError, match=r"Could not write .*: the disk is full\. Free some space there, then run"
        ):
            travel(home)
    assert not list(home.root.rglob(f"{PARTIAL}*"))
    travel(home)
    assert tree(home.root) == undisturbed


def test_a_receipt_that_was_damaged_is_named(home: Home) -> None:
    send_quarter(home, "M001", drop("M001"))
    [receipt] = take(home).receipts
    (home.receipts / f"{receipt.id}.json").write_text("{")
    with pytest.raises(ImpactError, match=f"{receipt.id}.json cannot be read"):
        load_receipts(home)
