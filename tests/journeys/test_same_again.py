"""The same drops give the same bytes: run twice, in another order, in another folder, after a loss."""

import random
import shutil
from pathlib import Path
from typing import Any

import pytest

from impact.demo.planted import FIRST_NOW
from impact.home import Home
from impact.intake import answers, deciding, intake
from impact.intake.landing import Arrival
from impact.reports.publication import publish, rebuild
from impact.warehouse import build_warehouse
from tests.journeys.homes import (
    NOW,
    cover,
    drop,
    new_home,
    released,
    send,
    send_all,
    send_quarter,
    small_drops,
    small_home,
    tables,
    take,
    travel,
    tree,
)

pytestmark = pytest.mark.xdist_group("small")


def test_a_second_run_takes_nothing_and_publishes_the_same_bytes(small: Home) -> None:
    before, tables_before = tree(small.root), tables(small)
    every = [*small_drops()[1], *small_drops()[2]]
    send_all(small, every)
    intake, build, publication = travel(small, "2026-Q2")
    assert intake.receipts == ()
    assert intake.sent_again == len(every)
    assert build.is_sound
    assert not publication.is_new
    assert tree(small.root) == before
    assert tables(small) == tables_before


@pytest.mark.long
def test_another_order_and_another_folder_give_the_same_bytes(finished_small: Home, tmp_path: Path) -> None:
    """Each stage in another order and under other file names of the same beginning, in three runs in place of one."""
    home = small_home(tmp_path / "elsewhere" / "a home")
    for stage, now, period in ((small_drops()[1], FIRST_NOW, "2026-Q1"), (small_drops()[2], NOW, "2026-Q2")):
        shuffled = list(stage)
        random.Random(1).shuffle(shuffled)
        for part in (shuffled[:20], shuffled[20:25], shuffled[25:]):
            send_all(home, part)
            take(home, now)
        build_warehouse(home, now)
        released(home, publish(home, period, "Analyst"), now)
    assert tree(home.root) == tree(finished_small.root)
    assert tables(home) == tables(finished_small)


@pytest.mark.long
def test_how_many_are_taken_at_a_time_makes_no_difference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """First returns, a second one for the same quarter, a quarter before another, one with a fault, the same file
    twice, and a correction that names a receipt which is given in the same run, of its own sender or of another."""
    homes = {}
    for name, most in (("together", 300), ("apart", 2)):
        monkeypatch.setattr(intake, "_MOST_DROPS", most)
        home = homes[name] = new_home(tmp_path / name)
        for code in ("M001", "M002", "M003"):
            send_quarter(home, code, drop(code))
            send_quarter(home, code, drop(code), name="the_same_again.csv")
        known = {receipt.sender: receipt.id for receipt in take(home).receipts}
        for code in known:
            send_quarter(home, code, drop(code, quarter="2026-Q2"), "2026-Q2")
            send_quarter(home, code, drop(code, lost=(900, 410, 420)), name="z.csv")
            path = send_quarter(home, code, drop(code, lost=(401, 410, 420)), name="corrected.csv")
            path.with_name(f"{path.name}.cover.json").write_bytes(cover(corrects_receipt=known[code], reason="Late."))
        path = send_quarter(home, "M001", drop("M001", lost=(402, 410, 420)), name="of_another.csv")
        path.with_name(f"{path.name}.cover.json").write_bytes(cover(corrects_receipt=known["M002"], reason="Late."))
        send_quarter(home, "M003", drop("M003").replace(b"hours", b"x").replace(b",300,", b",many,"), name="bad.csv")
        assert len(take(home).receipts) == 3 * 3 + 2
    assert tree(homes["apart"].root) == tree(homes["together"].root)


def test_as_many_are_taken_at_a_time_as_may_be_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "_MOST_DROPS", 3)
    monkeypatch.setattr(intake, "_MOST_BYTES", 100)
    waiting = [
        intake._Waiting(Arrival("M001", "savings", "2026-Q1", Path(str(at))), str(at), 1, size_bytes)
        for at, size_bytes in enumerate((10, 10, 10, 10, 90, 1, 500, 1))
    ]
    assert [[int(one.id) for one in part] for part in intake._parts(waiting)] == [[0, 1, 2], [3, 4], [5], [6], [7]]
    assert list(intake._parts([])) == []


def test_a_file_that_changes_before_it_is_read_is_left_for_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = new_home(tmp_path / "home")
    send_quarter(home, "M001", drop("M001"))
    later = send_quarter(home, "M002", drop("M002"))
    know = deciding.known_by

    def know_and_change(*given: Any) -> Any:
        later.write_bytes(drop("M002", lost=(401, 410, 420)))
        return know(*given)

    monkeypatch.setattr(intake, "known_by", know_and_change)
    taken = take(home)
    assert [receipt.sender for receipt in taken.receipts] == ["M001"]
    assert [(one.path, one.reason) for one in taken.left] == [(later, "it changed while drops were taken")]
    [receipt] = take(home).receipts
    assert (receipt.sender, receipt.decision) == ("M002", "accepted")


@pytest.mark.parametrize("is_again", [False, True])
def test_a_file_that_changes_once_it_is_read_is_not_cleared_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_again: bool
) -> None:
    """What was read has its receipt; what was saved over it meanwhile gets its own, and so when it was only sent
    again."""
    home = new_home(tmp_path / "home")
    if is_again:
        send_quarter(home, "M001", drop("M001"))
        take(home)
    path = send_quarter(home, "M001", drop("M001"))
    answer = answers.answers

    def answer_and_change(*given: Any) -> Any:
        path.write_bytes(drop("M001", lost=(401, 410, 420)))
        return answer(*given)

    with monkeypatch.context() as patched:
        patched.setattr(intake, "answers", answer_and_change)
        taken = take(home)
    assert [receipt.decision for receipt in taken.receipts] == ([] if is_again else ["accepted"])
    assert [(one.path, one.reason) for one in taken.left] == [(path, "it changed while drops were taken")]
    [receipt] = take(home).receipts
    assert {finding.rule for finding in receipt.findings} == {"already_live"}
    assert (home.drops / receipt.sha256).read_bytes() == drop("M001", lost=(401, 410, 420))
    assert not path.exists()


@pytest.mark.long
def test_a_lost_warehouse_and_lost_publications_come_back_the_same(small: Home) -> None:
    pages, built = tree(small.publications / "2026-Q2"), tables(small)
    small.warehouse.unlink()
    shutil.rmtree(small.prepared)
    shutil.rmtree(small.publications)
    travel(small, "2026-Q2")
    assert tree(small.publications / "2026-Q2") == pages
    assert tables(small) == built
    build_warehouse(small, FIRST_NOW)
    again = released(small, publish(small, "2026-Q1", "Analyst"), FIRST_NOW)
    assert (again.number, rebuild(small, "2026-Q1", 1)) == (1, [])


@pytest.mark.long
def test_a_past_day_is_built_as_it_was(finished_first: Home, finished_small: Home, small: Home) -> None:
    """Tables as at the first stage are those that the first stage alone gives."""
    build_warehouse(small, FIRST_NOW)
    assert tables(small) == tables(finished_first)
    first = Path("2026-Q1", "1")
    assert tree(finished_first.publications / first) == tree(finished_small.publications / first)


def test_a_file_under_another_name_is_the_same_drop(small: Home) -> None:
    one = next(one for one in small_drops()[2] if one.cover is None)
    send(small, one.path.replace(".csv", " (2).csv"), one.data)
    intake = take(small)
    assert (len(intake.receipts), intake.sent_again) == (0, 1)
