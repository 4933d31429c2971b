"""Killed at every write of the road, really: a forked process ends itself without a word, and the next run goes on.

Every change on disk is a sync, a rename, a removal, a new folder or a write. The child counts them and dies just
before the nth, or half-way through it where it is a write.
"""

import multiprocessing
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from impact.demo.planted import FIRST_NOW
from impact.errors import ImpactError
from impact.home import PARTIAL, Home, put
from impact.intake import deciding
from impact.intake.confirming import confirm
from impact.intake.locks import reopen
from impact.intake.receipts import load_receipts
from impact.intake.retaking import retake
from impact.intake.retention import purge_answer_sheets
from impact.nhs import import_nhs_sickness
from impact.release import build_release
from impact.reports import drawing, publication
from impact.reports.comments import comment
from impact.reports.drawing import Folder, Order, draw_folder
from impact.reports.publication import publish
from impact.reports.releasing import release
from impact.warehouse import Build, build_warehouse
from tests.journeys.homes import (
    NOW,
    REGISTER,
    check_once,
    cover,
    drop,
    new_home,
    send,
    send_all,
    send_quarter,
    send_sheets,
    small_drop,
    small_home,
    tables,
    take,
    travel,
    tree,
)

pytestmark = pytest.mark.xdist_group("killed")

_KILLED = 86


@pytest.fixture(autouse=True, scope="module")
def _computed_once() -> Iterator[None]:
    """What only computes, and depends on what it is given alone, is done once, by the undisturbed run: a killed one and
    the next are about what is written. (Typst would wait, in a forked process, for threads that it does not have.)"""
    here = os.getpid()
    folders: dict[str, Folder] = {}
    releases: dict[str, tuple[Build, bytes]] = {}

    def drawn(order: Order) -> Folder:
        asked = repr(order)
        if asked not in folders:
            assert os.getpid() == here, "a killed run draws what the undisturbed one did not"
            folders[asked] = draw_folder(order)
        return folders[asked]

    def built(home: Home, period_id: str, inputs: str, earlier: Sequence[Path]) -> Build:
        asked = repr((period_id, inputs, [(path.name, path.read_bytes()) for path in earlier]))
        if asked not in releases:
            releases[asked] = build_release(home, period_id, inputs, earlier), home.release.read_bytes()
        else:
            put(home.release, lambda path: path.write_bytes(releases[asked][1]))
        return releases[asked][0]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(deciding, "check_tables", check_once())
        patched.setattr(drawing, "draw_folder", drawn)
        patched.setattr(publication, "build_release", built)
        yield


_Change = tuple[str, str]
"""What is done on disk, and in which folder."""


@contextmanager
def _each_change(before: Callable[[_Change, Callable[[], object]], None]) -> Iterator[None]:
    """Calls `before` at every change on disk, with what it is and with how it would be done by half."""

    def told(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def change(*args: Any, **kwargs: Any) -> Any:
            path = Path(args[0]) if isinstance(args[0], str | os.PathLike) else Path()
            data = args[1] if name == "write_bytes" else b""
            before((name, str(path.parent)), lambda: real(path, data[: len(data) // 2]) if data else None)
            return real(*args, **kwargs)

        return change

    with pytest.MonkeyPatch.context() as patched:
        for name in ("fsync", "replace", "rename", "unlink", "mkdir", "rmdir"):
            patched.setattr(os, name, told(name, getattr(os, name)))
        patched.setattr(Path, "write_bytes", told("write_bytes", Path.write_bytes))
        yield


def _run_until(step: Callable[[Home], object], home: Home, last: int) -> None:
    """In the child: carry out `step`, and die at change number `last`, half-way through it where it is a write."""
    left = last

    def die(change: _Change, half: Callable[[], object]) -> None:
        nonlocal left
        left -= 1
        if not left:
            half()
            os._exit(_KILLED)

    with _each_change(die):
        step(home)
        os._exit(0)


def _changes_of(step: Callable[[Home], object], home: Home) -> list[_Change]:
    found: list[_Change] = []
    with _each_change(lambda change, half: found.append(change)):
        step(home)
    return found


def _kill_everywhere(step: Callable[[Home], object], prepared: Home, scratch: Path, every: int = 1) -> int:
    """Kill `step` at each of its changes in turn, or at one in so many, run it again each time, and compare with the
    undisturbed end; the number of changes. Of those in a row that do the same in a folder that is not in place yet, the
    first is enough: whatever is in it, the next run takes it away."""
    undisturbed = Home(scratch / "undisturbed")
    shutil.copytree(prepared.root, undisturbed.root)
    step(undisturbed)
    end = tree(undisturbed.root)
    end_tables = tables(undisturbed) if undisturbed.warehouse.exists() else None
    home = Home(scratch / "killed")

    def start_anew() -> None:
        shutil.rmtree(home.root, ignore_errors=True)
        shutil.copytree(prepared.root, home.root)

    start_anew()
    changes = _changes_of(step, home)
    fork = multiprocessing.get_context("fork")
    for last in range(1, len(changes) + 2, every):
        if 1 < last <= len(changes) and PARTIAL in changes[last - 1][1] and changes[last - 1] == changes[last - 2]:
            continue
        start_anew()
        child = fork.Process(target=_run_until, args=(step, home, last))
        child.start()
        child.join()
        assert child.exitcode == (_KILLED if last <= len(changes) else 0)
        step(home)
        assert tree(home.root) == end, f"killed at change {last}"
        if end_tables is not None:
            assert tables(home) == end_tables, f"killed at change {last}"
    return len(changes)


def _sent(root: Path, organisations: str = REGISTER["organisations"]) -> Home:
    """A home, its register taken, in which a good, a bad and a doubtful drop wait, one of them twice."""
    home = new_home(root, REGISTER | {"organisations": organisations})
    take(home)
    send_quarter(home, "M001", drop("M001"))
    send_quarter(home, "M001", drop("M001"), name="again.csv")
    send_quarter(home, "M002", drop("M001"))
    send_quarter(home, "M003", drop("M003", lost=(0, 410, 420)))
    return home


def test_the_taking_of_drops_can_be_killed_here_and_there(tmp_path: Path) -> None:
    assert _kill_everywhere(take, _sent(tmp_path / "prepared"), tmp_path, every=3) >= 50


@pytest.mark.long
def test_the_taking_of_drops_can_be_killed_anywhere(tmp_path: Path) -> None:
    assert _kill_everywhere(take, _sent(tmp_path / "prepared"), tmp_path) >= 50


@pytest.mark.long
def test_the_taking_of_a_correction_a_nil_return_and_what_is_not_kept_can_be_killed_anywhere(tmp_path: Path) -> None:
    """Each with what is of its own: a cover beside the file, no rows, bytes that must be gone in the end."""
    home = small_home(tmp_path / "prepared", ("M084", "M040", "I172"))
    send_all(home, [small_drop("M084", "service_user_survey", "2026-Q1")])
    take(home, FIRST_NOW)
    not_kept = small_drop("M040", "sickness_absence", "2026-Q2")
    send_all(
        home,
        [
            small_drop("M084", "service_user_survey", "2026-Q1", is_correction=True),
            small_drop("I172", "savings", "2026-Q2"),
            not_kept,
        ],
    )
    assert _kill_everywhere(take, home, tmp_path) >= 60
    end = Home(tmp_path / "undisturbed")
    assert {receipt.decision for receipt in load_receipts(end)} == {"accepted", "refused"}
    assert not_kept.data not in [path.read_bytes() for path in end.root.rglob("*") if path.is_file()]


@pytest.mark.long
def test_the_taking_and_the_purge_of_answer_sheets_can_be_killed_anywhere(tmp_path: Path) -> None:
    """Beside them a file with personal data, of which nothing may be left however often the taking of it was killed."""
    home = small_home(tmp_path / "prepared", ("M005", "M011"))
    take(home)
    sheets = send_sheets(home)
    personal = drop("M005") + b"zoe.planted@nhs.net\n"
    place = "M005/inbox/sickness_absence/2026-Q1/AB123456C.csv"
    send(home, place, personal)
    send(home, f"{place}.cover.json", cover(notes="none"))
    assert _kill_everywhere(take, home, tmp_path) >= 20
    taken = Home(tmp_path / "undisturbed")
    assert sorted(receipt.decision for receipt in load_receipts(taken)) == ["accepted", "refused"]
    assert personal not in [path.read_bytes() for path in taken.root.rglob("*") if path.is_file()]
    assert not list((taken.landing / "M005" / "inbox").rglob("*.csv*"))
    later = NOW + timedelta(days=30)
    assert _kill_everywhere(lambda home: purge_answer_sheets(home, later), taken, tmp_path / "purge") >= 4
    assert sheets not in [
        path.read_bytes() for path in (tmp_path / "purge" / "undisturbed").rglob("*") if path.is_file()
    ]


def _held(root: Path, lost: tuple[float, float, float] = (400, 410, 1300)) -> tuple[Home, str]:
    """A home in which a return is held, and the number of its receipt."""
    home = new_home(root)
    send_quarter(home, "M001", drop("M001", lost=lost))
    [receipt] = take(home).receipts
    assert receipt.decision == "held"
    return home, receipt.id


def test_a_confirmation_can_be_killed_anywhere(tmp_path: Path) -> None:
    home, receipt = _held(tmp_path / "prepared")
    points = _kill_everywhere(lambda home: confirm(home, receipt, "all", "A strike", "", NOW), home, tmp_path)
    assert points >= 15
    [confirmed] = load_receipts(Home(tmp_path / "undisturbed"))
    assert confirmed.decision == "accepted"


def test_an_opening_can_be_killed_anywhere(tmp_path: Path) -> None:
    owed = "organisation_code,feed,every,first_period\nM001,sickness_absence,quarter,2026-Q1\n"
    home = new_home(tmp_path / "prepared", REGISTER | {"obligations": owed})
    take(home)
    opened = ("M001", "sickness_absence", "2026-Q1", "A slip", "", NOW)
    assert _kill_everywhere(lambda home: reopen(home, *opened), home, tmp_path) >= 4


@pytest.mark.long
def test_the_taking_up_of_a_file_can_be_killed_anywhere(tmp_path: Path) -> None:
    home = new_home(tmp_path / "prepared")
    send_quarter(home, "M004", drop("M004"))
    [refused] = take(home).receipts
    organisations = home.register / "organisations.csv"
    organisations.write_text(organisations.read_text() + "M004,Delta Care CIC,mutual,adult_social_care,yes\n")
    later = NOW + timedelta(days=1)
    points = _kill_everywhere(lambda home: retake(home, refused.id, "Registered", later), home, tmp_path)
    assert points >= 20
    assert [one.decision for one in load_receipts(Home(tmp_path / "undisturbed"))] == ["refused", "accepted"]


def test_the_taking_of_a_register_can_be_killed_anywhere(tmp_path: Path) -> None:
    assert _kill_everywhere(take, new_home(tmp_path / "prepared"), tmp_path) >= 15


@pytest.mark.long
def test_the_build_of_the_warehouse_can_be_killed_anywhere(tmp_path: Path) -> None:
    home = _sent(tmp_path / "prepared")
    take(home)
    assert _kill_everywhere(lambda home: build_warehouse(home, NOW), home, tmp_path) >= 3


@pytest.mark.long
def test_a_publication_can_be_killed_anywhere(tmp_path: Path) -> None:
    one_mutual = REGISTER["organisations"].replace("Beta Care CIC,mutual", "Beta Care,in_house")
    home = _sent(tmp_path / "prepared", one_mutual.replace("Gamma Care CIC,mutual", "Gamma Care,in_house"))
    travel(home)
    send_quarter(home, "M002", drop("M002"))
    take(home)
    build_warehouse(home, NOW)
    assert _kill_everywhere(lambda home: publish(home, "2026-Q1"), home, tmp_path) >= 25
    prepared = Home(tmp_path / "undisturbed")
    said = b"We count bank staff now."
    comments = tmp_path / "comment"
    assert _kill_everywhere(lambda home: comment(home, "2026-Q1", 2, "M001", said, NOW), prepared, comments) >= 3
    with_comment = Home(comments / "undisturbed")
    assert _kill_everywhere(_release_once_more, with_comment, tmp_path / "release") >= 25
    end = Home(tmp_path / "release" / "undisturbed")
    assert (end.publications / "2026-Q1" / "latest").read_text() == "2\n"
    assert said in (end.publications / "2026-Q1" / "2" / "organisation-M001" / "index.html").read_bytes()


def _release_once_more(home: Home) -> None:
    """Release it; one that was killed after all was done says that it is done."""
    try:
        release(home, "2026-Q1", 2, "Head of analysis", NOW, "Nobody to ask")
    except ImpactError as refused:
        if "is the latest already" not in str(refused):
            raise


@pytest.mark.long
def test_an_import_can_be_killed_anywhere(tmp_path: Path) -> None:
    organisations = REGISTER["organisations"].replace("organisation_code,", "organisation_code,ods_code,", 1)
    organisations = organisations.replace("M001,", "M001,ABC,").replace("M002,", "M002,,").replace("M003,", "M003,,")
    head = (
        "DATE,NHSE_REGION_CODE,NHSE_REGION_NAME,ICS_CODE,ICS_NAME,ORG_CODE,ORG_NAME,ORG_TYPE,FTE_DAYS_LOST,"
        "FTE_DAYS_AVAILABLE,SICKNESS_ABSENCE_RATE_PERCENT\n"
    )
    row = "30/04/2024,Y1,Somewhere,Q1,Somewhere,XYZ,Omega Care CIC,Community Provider Trust,50,1000,5.00\n"
    published, mutuals = tmp_path / "april.csv", tmp_path / "mutuals.csv"
    published.write_text(head + row)
    mutuals.write_text("ods_code,name\nXYZ,Omega Care CIC\n")
    home = new_home(tmp_path / "prepared", REGISTER | {"organisations": organisations})
    points = _kill_everywhere(lambda home: import_nhs_sickness(home, [published], mutuals, NOW), home, tmp_path)
    assert points >= 20
