"""After the check: a held return that is confirmed, replaced or corrected, a lock, and a file taken up again."""

from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from impact.cli import main
from impact.errors import ImpactError
from impact.home import Home
from impact.intake import locks
from impact.intake.confirming import confirm
from impact.intake.receipts import Receipt, held_returns, live_returns, load_receipts
from impact.intake.retaking import retake
from impact.register import current_register
from impact.reports.publication import publish, rebuild
from impact.status import return_statuses
from impact.warehouse import build_warehouse
from tests.journeys.homes import NOW, REGISTER, cover, csv_rows, drop, new_home, send_quarter, tables, take, tree

pytestmark = pytest.mark.xdist_group("small")

FEED = "sickness_absence"
SLOT = ("M001", FEED, "2026-Q1")
LATER = NOW + timedelta(days=3)
UNUSUAL = drop("M001", lost=(400, 410, 1300))
"""14% of March were lost, which two rules ask about."""
ASKED = {"rate_usual", "rate_moved"}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A tiny home in which one return is held."""
    home = new_home(tmp_path / "home")
    send_quarter(home, "M001", UNUSUAL)
    take(home)
    return home


def newest(home: Home) -> Receipt:
    """The one receipt that no other names."""
    receipts = load_receipts(home)
    named = {name for one in receipts for name in (*one.replaces, one.corrects, one.retakes)}
    [found] = [one for one in receipts if one.id not in named]
    return found


def sent(home: Home, data: bytes, name: str = "again.csv", **said: str) -> Receipt:
    path = send_quarter(home, "M001", data, name=name)
    if said:
        path.with_name(f"{name}.cover.json").write_bytes(cover(**said))
    [receipt] = take(home, LATER).receipts
    return receipt


def live(home: Home) -> str:
    counts = live_returns(load_receipts(home)).get(SLOT)
    return counts.id if counts else ""


def test_a_held_return_counts_once_all_that_it_is_held_for_is_confirmed(home: Home) -> None:
    held = newest(home)
    assert {finding.rule for finding in held.queries} == ASKED
    first = confirm(home, held.id, "rate_usual", "A strike", "Head of HR", NOW)
    assert (first.decision, [finding.rule for finding in first.queries], live(home)) == ("held", ["rate_moved"], "")
    second = confirm(home, held.id, "rate_moved", "A strike", "Head of HR", LATER)
    assert (second.decision, live(home), held_returns(load_receipts(home))) == ("accepted", held.id, {})
    assert load_receipts(home, NOW) == [first]
    assert load_receipts(home, NOW - timedelta(days=1)) == []
    build_warehouse(home, LATER)
    assert {row[0] for row in tables(home)["returns.sickness_absence"]} == {held.id}


def test_nothing_that_was_written_before_is_changed_by_a_confirmation(home: Home) -> None:
    before = tree(home.root)
    confirm(home, newest(home).id, "all", "A strike", "", NOW)
    after = tree(home.root)
    assert {name: after[name] for name in before} == before
    new = sorted(set(after) - set(before))
    assert [name.split("/")[0] for name in new] == ["confirmations"] * 2 + ["landing"] * 2
    [page] = home.landing.glob("M001/outbox/*_accepted_*.html")
    assert "Confirmed: A strike (20 July 2026)" in page.read_text()


def test_a_confirmation_may_be_given_again_and_stays_as_it_was(home: Home) -> None:
    held = newest(home)
    confirm(home, held.id, "all", "A strike", "Head of HR", NOW)
    before = tree(home.root)
    again = confirm(home, held.id, "all", "Another reason", "Somebody", LATER)
    assert tree(home.root) == before
    assert {one.reason for one in again.confirmed} == {"A strike"}


@pytest.mark.parametrize(
    ("finding", "reason", "says"),
    [("rate_usual", " ", "give a reason"), ("some_absence", "why", "It asks to confirm: rate_usual, rate_moved.")],
)
def test_what_cannot_be_confirmed_is_said(home: Home, finding: str, reason: str, says: str) -> None:
    before = tree(home.root)
    with pytest.raises(ImpactError, match=says):
        confirm(home, newest(home).id, finding, reason, "", NOW)
    with pytest.raises(ImpactError, match="There is no receipt"):
        confirm(home, "0123456789abcdef", "all", "why", "", NOW)
    assert tree(home.root) == before


def test_a_file_that_comes_while_another_is_held_takes_its_place(home: Home) -> None:
    held = newest(home)
    clean = sent(home, drop("M001"))
    assert (clean.decision, clean.replaces) == ("accepted", (held.id,))
    assert [finding.rule for finding in clean.findings] == ["replaces_held"]
    with pytest.raises(ImpactError, match="A later file took the place"):
        confirm(home, held.id, "all", "A strike", "", LATER)
    assert live(home) == clean.id


def test_a_cover_may_name_the_held_one_that_it_takes_the_place_of(home: Home) -> None:
    clean = sent(home, drop("M001"), corrects_receipt=newest(home).id, reason="A slip")
    assert (clean.decision, live(home)) == ("accepted", clean.id)


def test_a_refused_file_takes_nobodys_place(home: Home) -> None:
    held = newest(home)
    assert sent(home, drop("M002")).decision == "refused"
    assert confirm(home, held.id, "all", "A strike", "", LATER).decision == "accepted"


def test_a_correction_inherits_what_was_confirmed_while_the_figures_stay_the_same(home: Home) -> None:
    held = newest(home)
    confirm(home, held.id, "all", "A strike", "Head of HR", NOW)
    # Another row is corrected, and the rows come in another order.
    heading, january, february, march = drop("M001", lost=(401, 410, 1300)).decode().split()
    mended = "\n".join([heading, march, february, january, ""]).encode()
    correction = sent(home, mended, corrects_receipt=held.id, reason="A slip")
    assert (correction.decision, live(home)) == ("accepted", correction.id)
    assert {(one.rule, one.reason, one.receipt) for one in correction.confirmed} == {
        (rule, "A strike", held.id) for rule in ASKED
    }
    # And one more from there, in which the figure itself is another.
    other = sent(home, drop("M001", lost=(401, 410, 1301)), corrects_receipt=correction.id, reason="Once more")
    assert (other.decision, other.confirmed, live(home)) == ("held", (), correction.id)
    confirm(home, other.id, "all", "Counted again", "", LATER)
    assert live(home) == other.id


def test_a_held_file_sent_again_inherits_from_the_one_whose_place_it_takes(home: Home) -> None:
    confirm(home, newest(home).id, "rate_usual", "A strike", "", NOW)
    again = sent(home, drop("M001", lost=(401, 410, 1300)))
    assert [finding.rule for finding in again.queries] == ["rate_moved"]


def test_a_quarter_is_held_against_what_counts_of_the_one_before_also_when_both_come_at_once(tmp_path: Path) -> None:
    home = new_home(tmp_path / "home")
    # By name the later quarter comes first, and each is small beside the other.
    send_quarter(home, "M001", drop("M001", lost=(900, 910, 920), quarter="2026-Q2"), quarter="2026-Q2", name="a.csv")
    send_quarter(home, "M001", drop("M001"), name="b.csv")
    at_once = {receipt.period: receipt for receipt in take(home).receipts}
    assert at_once["2026-Q1"].decision == "accepted"
    assert [finding.rule for finding in at_once["2026-Q2"].queries] == ["rate_moved"]
    other = new_home(tmp_path / "other")
    for quarter, lost in (("2026-Q1", (400, 410, 420)), ("2026-Q2", (900, 910, 920))):
        send_quarter(other, "M001", drop("M001", lost=lost, quarter=quarter), quarter=quarter)
        take(other)
    assert {one.id for one in load_receipts(other)} == {one.id for one in load_receipts(home)}
    # One that is held itself does not count, and nothing is compared with it.
    third = new_home(tmp_path / "third")
    send_quarter(third, "M001", UNUSUAL)
    send_quarter(third, "M001", drop("M001", quarter="2026-Q2"), quarter="2026-Q2")
    assert [receipt.decision for receipt in take(third).receipts] == ["held", "accepted"]


def test_a_year_keeps_to_its_basis_over_its_returns(tmp_path: Path) -> None:
    home = new_home(tmp_path / "home")
    send_quarter(home, "M001", drop("M001"))
    take(home)
    other = drop("M001", quarter="2026-Q2").replace(b"calendar_days", b"hours")
    send_quarter(home, "M001", other, quarter="2026-Q2")
    [receipt] = take(home).receipts
    assert receipt.decision == "refused"
    assert [(one.rule, one.cells) for one in receipt.findings] == [("basis_as_before", ("E2", "E3", "E4"))]


@pytest.mark.long
def test_a_publication_comes_out_the_same_after_a_later_confirmation(home: Home) -> None:
    for code in ("M002", "M003"):
        send_quarter(home, code, drop(code))
    take(home)
    build_warehouse(home, NOW)
    first = publish(home, "2026-Q1")
    # Confirmed by somebody whose clock stood at the same second, after the tables were built.
    confirm(home, newest_held(home), "all", "A strike", "", NOW)
    assert rebuild(home, "2026-Q1", first.number) == []
    build_warehouse(home, LATER)
    second = publish(home, "2026-Q1")
    assert (second.number, second.is_new) == (2, True)
    assert rebuild(home, "2026-Q1", 2) == []


def newest_held(home: Home) -> str:
    [held] = {receipt.id for receipt in held_returns(load_receipts(home)).values()}
    return held


OBLIGATIONS = {
    "obligations": f"organisation_code,feed,every,first_period\nM001,{FEED},quarter,2026-Q1\n",
    "bank_holidays": "day,name\n2026-04-03,Good Friday\n2026-04-06,Easter Monday\n",
}


@pytest.fixture
def locked(tmp_path: Path) -> Home:
    """A home in which a return came in time, and its period was closed to corrections on 16 July."""
    home = new_home(tmp_path / "locked", REGISTER | OBLIGATIONS)
    send_quarter(home, "M001", drop("M001"))
    take(home, NOW - timedelta(days=80))
    return home


MENDED = drop("M001", lost=(400, 410, 500))


def test_a_locked_return_is_corrected_only_when_it_was_opened_again(locked: Home) -> None:
    first = newest(locked)
    said = {"corrects_receipt": first.id, "reason": "Sick notes came late"}
    refused = sent(locked, MENDED, **said)
    assert [finding.rule for finding in refused.findings] == ["locked"]
    assert "January to March 2026 was closed to corrections on 16 July 2026" in refused.findings[0].message
    assert live(locked) == first.id
    # The same again, while nothing has changed, is the same; opened, it is another attempt.
    send_again(locked, **said)
    assert (len(take(locked, LATER).receipts), live(locked)) == (0, first.id)
    opened = locks.reopen(locked, *SLOT, "Sick notes came late", "Head of HR", LATER)
    assert locks.reopen(locked, *SLOT, "Another reason", "", LATER) == opened
    send_again(locked, **said)
    [accepted] = take(locked, LATER + timedelta(hours=1)).receipts
    assert (accepted.decision, accepted.attempt, live(locked)) == ("accepted", 2, accepted.id)
    # One correction was let in, and it is locked again.
    more = {"corrects_receipt": accepted.id, "reason": "Once more"}
    path = send_quarter(locked, "M001", drop("M001", lost=(400, 410, 510)), name="more.csv")
    path.with_name("more.csv.cover.json").write_bytes(cover(**more))
    [again] = take(locked, LATER + timedelta(hours=2)).receipts
    assert [finding.rule for finding in again.findings] == ["locked"]


def send_again(home: Home, **said: str) -> None:
    path = send_quarter(home, "M001", MENDED, name="again.csv")
    path.with_name("again.csv.cover.json").write_bytes(cover(**said))


def test_a_correction_before_the_lock_and_a_first_return_after_it_are_taken(locked: Home, tmp_path: Path) -> None:
    first = newest(locked)
    send_again(locked, corrects_receipt=first.id, reason="Sick notes came late")
    [early] = take(locked, NOW - timedelta(days=10)).receipts
    assert early.decision == "accepted"
    late = new_home(tmp_path / "late", REGISTER | OBLIGATIONS)
    send_quarter(late, "M001", drop("M001"))
    [receipt] = take(late).receipts
    assert receipt.decision == "accepted"


@pytest.mark.parametrize(
    ("slot", "says"),
    [
        (("M009", FEED, "2026-Q1"), "does not know the organisation"),
        (("M001", "sickness", "2026-Q1"), "is not a feed"),
        (("M001", FEED, "2026-Q1_to_2026-Q2"), "is not a quarter or a year"),
        (("M001", FEED, "2026-Q2"), "is not locked"),
        (("M002", FEED, "2026-Q1"), "is not locked"),
    ],
)
def test_what_cannot_be_opened_is_said(locked: Home, slot: tuple[str, str, str], says: str) -> None:
    with pytest.raises(ImpactError, match=says):
        locks.reopen(locked, *slot, "why", "", NOW)
    assert not locked.reopenings.exists()


def test_a_file_refused_for_the_register_is_taken_up_again_without_being_sent_again(tmp_path: Path) -> None:
    home = new_home(
        tmp_path / "home",
        REGISTER
        | {
            "organisations": REGISTER["organisations"].replace("M001", "M004"),
            "contracts": REGISTER["contracts"].replace("M001", "M004"),
        },
    )
    send_quarter(home, "M001", drop("M001"))
    [refused] = take(home).receipts
    assert [finding.rule for finding in refused.findings] == ["unknown_organisation"]
    organisations = home.register / "organisations.csv"
    organisations.write_text(organisations.read_text() + "M001,Alpha Care CIC,mutual,adult_social_care,yes\n")
    # What has come in the meantime under the same name is another file, and stays.
    waiting = send_quarter(home, "M001", drop("M002"))
    again = retake(home, refused.id, "Registered late", LATER)
    assert (again.decision, again.retakes, again.retaken_because) == ("accepted", refused.id, "Registered late")
    assert (again.attempt, live(home), waiting.exists()) == (2, again.id, True)
    waiting.unlink()
    before = tree(home.root)
    assert retake(home, refused.id, "Registered late", LATER + timedelta(days=1)) == again
    assert tree(home.root) == before
    # Sent again, the file finds its last receipt.
    send_quarter(home, "M001", drop("M001"))
    assert (len(take(home, LATER).receipts), live(home)) == (0, again.id)


def test_taking_up_what_counts_changes_nothing_where_it_says_the_same(home: Home) -> None:
    held = newest(home)
    confirm(home, held.id, "all", "A strike", "", NOW)
    before = tree(home.root)
    assert retake(home, held.id, "To see", LATER).id == held.id
    assert tree(home.root) == before


def test_what_cannot_be_taken_up_again_is_said(home: Home) -> None:
    held = newest(home)
    (home.drops / held.sha256).unlink()
    for receipt, reason, says in (
        ("0123456789abcdef", "why", "There is no receipt"),
        (held.id, "", "give one"),
        (held.id, "why", "are no longer kept"),
    ):
        with pytest.raises(ImpactError, match=says):
            retake(home, receipt, reason, LATER)


def test_a_person_confirms_opens_and_takes_up_again(
    home: Home, locked: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def said(where: Home, *words: str) -> tuple[int, str]:
        monkeypatch.setenv("IMPACT_HOME", str(where.root))
        result = CliRunner().invoke(main, list(words))
        return result.exit_code, result.output

    held = newest(home)
    code, status = said(home, "status")
    assert code == 0
    assert f"To confirm: M001 {FEED} 2026-Q1, receipt {held.id}" in status
    assert f"impact confirm {held.id} all --reason 'WHY' --by 'POST'" in status
    assert said(home, "confirm", held.id, "all")[0] == 2
    assert said(home, "confirm", held.id, "nothing", "--reason", "A strike")[0] == 3
    assert (
        "Still to be confirmed: rate_moved" in said(home, "confirm", held.id, "rate_usual", "--reason", "A strike")[1]
    )
    assert "is accepted" in said(home, "confirm", held.id, "all", "--reason", "A strike")[1]
    assert "To confirm" not in said(home, "status")[1]
    assert "comes out the same" in said(home, "retake", held.id, "--reason", "To see")[1]
    assert "open for one correction" in said(locked, "reopen", *SLOT, "--reason", "Sick notes came late")[1]
    chased = tmp_path / "chased.csv"
    assert said(locked, "status", "--on", "2026-07-30", "--csv", str(chased)) == (0, "")
    text = chased.read_bytes()
    assert text.startswith(b"\xef\xbb\xbforganisation_code,")
    [row] = [row for row in csv_rows(chased) if row["period"] == "2026-Q2"]
    assert (row["state"], row["due_on"], row["days_late"], row["asked"]) == ("late", "2026-07-16", "14", "the return")
    shown = said(locked, "status", "--on", "2026-07-30", "--csv", "-")[1]
    assert shown.splitlines() == text[3:].decode().splitlines()


def test_the_state_of_a_return_follows_its_confirmation(home: Home) -> None:
    (home.register / "obligations.csv").write_text(OBLIGATIONS["obligations"])
    take(home, LATER)
    held = newest(home)

    def state() -> str:
        found = return_statuses(current_register(home), load_receipts(home), LATER.date())
        return next(one.state for one in found if one.period == "2026-Q1")

    assert state() == "held"
    confirm(home, held.id, "all", "A strike", "", LATER)
    assert state() == "received"
