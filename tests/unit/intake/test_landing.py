"""What lies in the inboxes, what its place says, what waits, and what makes two files one drop."""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from impact.home import Home
from impact.intake.landing import Arrival, Left, find_arrivals, make_drop, outbox_of, read_drop
from tests.unit.intake.drops import NOW, put

PLACE = "M001/inbox/savings/2026-Q1/savings.csv"
SETTLED = NOW.timestamp() - 31
COVER = {"nil_return": "yes"}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def found(home: Home, settle_seconds: float = 0) -> tuple[list[str], dict[str, str]]:
    """The files to take, and of those to leave why, by their place."""
    arrivals, left = find_arrivals(home, NOW, settle_seconds)
    reasons = {one.path.relative_to(home.landing).as_posix(): one.reason for one in left}
    return [one.path.relative_to(home.landing).as_posix() for one in arrivals], reasons


def test_where_nothing_has_arrived_there_is_nothing_to_take(home: Home) -> None:
    assert found(home) == ([], {})


def test_sender_feed_and_period_are_those_of_the_folders(home: Home) -> None:
    path = put(home, PLACE, b"rows")
    assert find_arrivals(home, NOW, 0) == ([Arrival("M001", "savings", "2026-Q1", path)], [])


@pytest.mark.parametrize(
    "place",
    [
        *("M001/savings.csv", "M001/inbox/savings.csv", "M001/inbox/savings/savings.csv"),
        *("M001/inbox/savings/2026-Q1/more/savings.csv", "M001/sent/savings/2026-Q1/savings.csv"),
    ],
)
def test_a_file_elsewhere_is_taken_without_feed_and_period(home: Home, place: str) -> None:
    path = put(home, place, b"rows")
    assert find_arrivals(home, NOW, 0) == ([Arrival("M001", "", "", path)], [])


def test_the_order_is_that_of_places_and_names(home: Home) -> None:
    places = ["M002/inbox/a/1/a.csv", "M001/inbox/b/1/a.csv", "M001/inbox/a/2/a.csv", "M001/inbox/a/1/b.csv"]
    for place in places:
        put(home, place, b"rows")
    assert found(home)[0] == sorted(places)


@pytest.mark.parametrize("name", [".savings.csv", "~$savings.xlsx", ".DS_Store"])
def test_what_programs_put_beside_a_file_is_no_file(home: Home, name: str) -> None:
    put(home, f"M001/inbox/savings/2026-Q1/{name}", b"rows")
    assert found(home) == ([], {})


def test_nothing_is_looked_for_in_an_outbox(home: Home) -> None:
    put(home, "M001/outbox/receipt.html", b"answer")
    put(home, "M001/inbox/outbox/2026-Q1/savings.csv", b"rows")
    assert found(home)[0] == ["M001/inbox/outbox/2026-Q1/savings.csv"]
    [arrival], _ = find_arrivals(home, NOW, 0)
    assert outbox_of(home, arrival) == home.landing / "M001" / "outbox"


def test_a_file_that_is_nobodys_a_link_and_a_pipe_are_left_where_they_are(home: Home) -> None:
    real = put(home, "savings.csv", b"rows")
    (home.landing / "M001").mkdir()
    (home.landing / "M001" / "link.csv").symlink_to(real)
    os.mkfifo(home.landing / "M001" / "pipe.csv")
    assert found(home) == (
        [],
        {
            "savings.csv": "it does not lie in the folder of an organisation",
            "M001/link.csv": "it is a link or a device, not a file",
            "M001/pipe.csv": "it is a link or a device, not a file",
        },
    )


def aged(path: Path, cover: float | None = None, file: float | None = SETTLED) -> None:
    for place, instant in ((path, file), (Path(f"{path}.cover.json"), cover)):
        if instant is not None:
            os.utime(place, (instant, instant))


@pytest.mark.parametrize(
    ("changed_at", "is_taken"), [(SETTLED, True), (SETTLED + 2, False), (SETTLED + 40, False), (SETTLED + 70, True)]
)
def test_a_file_waits_until_it_has_settled_by_whichever_clock(home: Home, changed_at: float, is_taken: bool) -> None:
    aged(put(home, PLACE, b"rows"), file=changed_at)
    taken, left = found(home, 30)
    assert (taken, list(left)) == (([PLACE], []) if is_taken else ([], [PLACE]))
    assert found(home, 0)[0] == [PLACE]


def test_a_file_waits_for_its_cover_to_settle(home: Home) -> None:
    aged(path := put(home, PLACE, b"rows", COVER), cover=NOW.timestamp() - 5)
    assert found(home, 30) == (
        [],
        {
            PLACE: "it changed 5 s ago and may still be on its way",
            f"{PLACE}.cover.json": "it changed 5 s ago and may still be on its way",
        },
    )
    aged(path, cover=SETTLED)
    assert found(home, 30) == ([PLACE], {})


def test_a_cover_is_taken_with_its_file_and_not_by_itself(home: Home) -> None:
    path = put(home, PLACE, b"rows", COVER)
    [arrival], left = find_arrivals(home, NOW, 0)
    assert (arrival.path, arrival.cover_path, left) == (path, Path(f"{path}.cover.json"), [])
    drop = read_drop(arrival)
    assert (drop.data, drop.cover_data) == (b"rows", b'{"nil_return": "yes"}')


def test_a_cover_without_its_file_waits_for_it(home: Home) -> None:
    put(home, PLACE, b"rows", COVER).unlink()
    reason = "the file that it is the cover of has not arrived yet"
    assert found(home) == ([], {f"{PLACE}.cover.json": reason})


def test_a_cover_of_another_file_is_not_the_cover_of_this_one(home: Home) -> None:
    path = put(home, PLACE, b"rows")
    put(home, "M001/inbox/savings/2026-Q1/savings.cover.json", b"{}")
    [arrival], _ = find_arrivals(home, NOW, 0)
    assert (arrival.path, read_drop(arrival).cover_data) == (path, None)


def test_a_cover_that_is_a_link_is_not_followed(home: Home) -> None:
    path = put(home, PLACE, b"rows")
    secret = home.root / "secret"
    secret.write_text("secret")
    Path(f"{path}.cover.json").symlink_to(secret)
    arrivals, _ = find_arrivals(home, NOW, 0)
    assert [read_drop(arrival).cover_data for arrival in arrivals] != [b"secret"]


def test_a_name_that_leaves_no_room_for_that_of_a_cover_is_taken(home: Home) -> None:
    place = f"M001/inbox/savings/2026-Q1/{'n' * 246}.csv"
    put(home, place, b"rows")
    assert found(home)[0] == [place]


ARRIVAL = Arrival("M001", "savings", "2026-Q1", Path("savings.csv"))


def test_the_same_bytes_and_cover_in_the_same_place_are_the_same_drop_whatever_the_file_is_called() -> None:
    for cover in (None, b"{}"):
        renamed = replace(ARRIVAL, path=Path("elsewhere") / "other name.csv")
        assert make_drop(ARRIVAL, b"rows", cover).id == make_drop(renamed, b"rows", cover).id


@pytest.mark.parametrize(
    "changes",
    [
        {"data": b"other rows"},
        {"cover_data": b"{}"},
        {"cover_data": b""},
        {"cover_data": b'{"corrects_receipt": "0123456789abcdef"}'},
        {"arrival": replace(ARRIVAL, sender="M002")},
        {"arrival": replace(ARRIVAL, feed="staff_survey")},
        {"arrival": replace(ARRIVAL, period="2026-Q2")},
    ],
)
def test_with_other_bytes_another_cover_or_in_another_place_it_is_another_drop(changes: Mapping[str, Any]) -> None:
    same: dict[str, Any] = {"arrival": ARRIVAL, "data": b"rows"}
    assert make_drop(**{**same, **changes}).id != make_drop(**same).id


def test_another_attempt_is_another_drop() -> None:
    drop = make_drop(ARRIVAL, b"rows")
    assert replace(drop, attempt=2).id != drop.id
    assert len(drop.id) == 16


def test_two_covers_are_two_drops() -> None:
    assert make_drop(ARRIVAL, b"rows", b"{}").id != make_drop(ARRIVAL, b"rows", b'{"notes": "x"}').id


def test_a_file_that_is_left_is_logged_without_a_name_that_may_not_be_kept() -> None:
    assert Left(Path("/inbox/AB123456C_absence.csv"), "").shown == "/inbox/(not shown)"
    assert Left(Path("/inbox/absence.csv"), "").shown == "/inbox/absence.csv"
