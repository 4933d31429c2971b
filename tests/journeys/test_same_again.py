"""The same drops give the same bytes: run twice, in another order, in another folder, after a loss."""

import random
import shutil
from pathlib import Path

import pytest

from impact.demo.planted import FIRST_NOW
from impact.home import Home
from impact.reports.publication import publish, rebuild
from impact.warehouse import build_warehouse
from tests.journeys.homes import (
    NOW,
    released,
    send,
    send_all,
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


def test_a_past_day_is_built_as_it_was(finished_small: Home, small: Home, tmp_path: Path) -> None:
    """Tables as at the first stage are those that the first stage alone gives."""
    home = small_home(tmp_path / "first")
    send_all(home, small_drops()[1])
    travel(home, "2026-Q1", FIRST_NOW)
    build_warehouse(small, FIRST_NOW)
    assert tables(small) == tables(home)
    first = home.publications / "2026-Q1" / "1"
    assert tree(first) == tree(finished_small.publications / "2026-Q1" / "1")


def test_a_file_under_another_name_is_the_same_drop(small: Home) -> None:
    one = next(one for one in small_drops()[2] if one.cover is None)
    send(small, one.path.replace(".csv", " (2).csv"), one.data)
    intake = take(small)
    assert (len(intake.receipts), intake.sent_again) == (0, 1)
