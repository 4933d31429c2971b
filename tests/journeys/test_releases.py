"""The life of a publication: prepared, checked by whom it names, released by a second person, overtaken by new data."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from impact.errors import ImpactError
from impact.home import Home
from impact.intake.receipts import live_returns, load_receipts
from impact.reports import inputs
from impact.reports.comments import comment, comments_on
from impact.reports.listing import NEWER_DATA, list_publications
from impact.reports.manifest import read_manifest, unlike_manifest
from impact.reports.notices import read_updates
from impact.reports.publication import dry_run, publish, rebuild
from impact.reports.release_state import (
    latest_publications,
    newer_returns,
    publication,
    releases_of,
    waiting_publications,
)
from impact.reports.releasing import release
from impact.reports.trial import trial_lines
from impact.warehouse import build_warehouse
from tests.journeys.homes import NOW, cover, drop, in_process, new_home, send_quarter, take, tree

pytestmark = pytest.mark.xdist_group("small")

PERIOD = "2026-Q1"
CHECK_OVER = datetime(2026, 8, 4, 9, 0, tzinfo=UTC)
"""NOW is Monday 20 July 2026; the tenth working day after it is Monday 3 August."""
NEXT_DAY = NOW + timedelta(days=1)
BY, HEAD = "Zephyrine the analyst", "Head of analysis"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Homes to copy: one in which two of three organisations have reported and a publication is prepared, and that
    after its release, with what came in a day later: a correction of M001 and the late return of M002."""
    folder = tmp_path_factory.mktemp("releases")
    home = new_home(folder / "prepared")
    for code in ("M001", "M003"):
        send_quarter(home, code, drop(code))
    take(home)
    build_warehouse(home, NOW)
    publish(home, PERIOD, BY)
    shutil.copytree(home.root, folder / "overtaken")
    home = Home(folder / "overtaken")
    release(home, PERIOD, 1, HEAD, NOW, "Nobody to ask")
    live = live_returns(load_receipts(home))["M001", "sickness_absence", PERIOD]
    path = send_quarter(home, "M001", drop("M001", lost=(400, 410, 500)), name="mended.csv")
    path.with_name(f"{path.name}.cover.json").write_bytes(cover(corrects_receipt=live.id, reason="notes came late"))
    send_quarter(home, "M002", drop("M002"))
    assert [receipt.decision for receipt in take(home, NEXT_DAY).receipts] == ["accepted", "accepted"]
    build_warehouse(home, NEXT_DAY)
    return folder


@pytest.fixture
def prepared(made: Path, tmp_path: Path) -> Home:
    shutil.copytree(made / "prepared", tmp_path / "home")
    return Home(tmp_path / "home")


@pytest.fixture
def overtaken(made: Path, tmp_path: Path) -> Home:
    shutil.copytree(made / "overtaken", tmp_path / "home")
    return Home(tmp_path / "home")


def page(home: Home, audience: str, number: int = 1) -> str:
    return (home.publications / PERIOD / str(number) / audience / "index.html").read_text("utf-8")


def impact(home: Home, *words: str, stdin: str | None = None) -> tuple[int, str]:
    done = in_process(home, *words, stdin=stdin)
    return done.exit_code, done.output


# Prepared


def test_what_is_prepared_is_whole_and_not_with_the_readers(prepared: Home) -> None:
    [one] = waiting_publications(prepared)
    assert (one.number, one.is_released, str(one.check_ends_on), one.by) == (1, False, "2026-08-03", BY)
    assert all(path.is_file() for path in one.pages)
    assert unlike_manifest(one.folder) == []
    assert read_manifest(one.folder)["state"] == "prepared"
    assert "Not released: for the accuracy check until 3 August 2026." in one.pages[0].read_text("utf-8")
    assert not prepared.publications.exists()
    assert latest_publications(prepared) == []


def test_who_prepared_released_and_why_early_is_in_no_page(overtaken: Home) -> None:
    [one] = releases_of(overtaken, PERIOD).values()
    assert (one.by, one.released_at, one.early) == (HEAD, "2026-07-20T09:00:00Z", "Nobody to ask")
    assert publication(overtaken, PERIOD, 1).by == BY
    read = [*overtaken.publications.rglob("*"), *overtaken.prepared.rglob("*")]
    for said in (BY, HEAD, "Nobody to ask"):
        assert not [path for path in read if path.is_file() and said.encode() in path.read_bytes()], said


def test_status_lists_what_waits_and_until_when_it_is_checked(prepared: Home) -> None:
    code, said = impact(prepared, "status")
    assert code == 0
    assert f"Prepared {PERIOD}, number 1 by {BY}: 6 reports, not released" in said
    assert "Its accuracy check" in said
    assert "3 August 2026, no comments" in said
    assert f"Then: impact release {PERIOD} 1 --by 'POST', by somebody else" in said


def test_the_manifest_names_the_rule_by_which_each_audience_holds_what_it_holds(prepared: Home) -> None:
    reports = {one["audience"]: one for one in read_manifest(prepared.prepared / PERIOD / "1")["reports"]}
    assert {audience: one["holds"] for audience, one in reports.items()} == {
        "commissioner-C01": {"contract": ["M001"]},
        "commissioner-C02": {"contract": ["M002", "M003"]},
        "organisation-M001": {"self": ["M001"]},
        "organisation-M002": {"self": ["M002"]},
        "organisation-M003": {"self": ["M003"]},
        "public": {"consent": ["M001"]},
    }
    assert "in periods that lie within the contract" in reports["commissioner-C01"]["rule"]
    assert "have agreed to be named" in reports["public"]["rule"]


def test_a_folder_holds_the_files_of_its_manifest_and_nothing_else(prepared: Home) -> None:
    folder = prepared.prepared / PERIOD / "1"
    (folder / "public" / "index.html").write_text("another")
    (folder / "public" / "notes.txt").write_text("mine")
    (folder / "organisation-M003" / "data" / "quarters.csv").unlink()
    assert unlike_manifest(folder) == ["organisation-M003/data/quarters.csv", "public/index.html", "public/notes.txt"]
    with pytest.raises(
        ImpactError, match=r"not as it was prepared: organisation-M003/data/quarters.csv, public/index.html"
    ):
        release(prepared, PERIOD, 1, HEAD, CHECK_OVER)


# Released


@pytest.mark.parametrize(
    ("number", "by", "now", "said"),
    [
        (1, HEAD, NOW, r"in its accuracy check until 3 August 2026: .* Release it from 4 August 2026 on"),
        (1, HEAD, CHECK_OVER - timedelta(days=1), "in its accuracy check until 3 August 2026"),
        (1, f"  {BY.upper()} ", CHECK_OVER, f"was prepared by {BY}: somebody else must release it"),
        (2, HEAD, CHECK_OVER, "There is no publication 2 of 2026-Q1"),
        (1, "  ", CHECK_OVER, "say who with --by"),
    ],
    ids=["at once", "on the last day of the check", "by who prepared it", "a number that is not there", "by nobody"],
)
def test_a_release_that_may_not_be_is_refused_and_changes_nothing(
    prepared: Home, number: int, by: str, now: datetime, said: str
) -> None:
    before = tree(prepared.root)
    with pytest.raises(ImpactError, match=said):
        release(prepared, PERIOD, number, by, now)
    assert tree(prepared.root) == before


def test_after_the_check_it_is_released_as_it_was_checked(prepared: Home) -> None:
    checked = prepared.prepared / PERIOD / "1"
    before = tree(checked)
    given = release(prepared, PERIOD, 1, HEAD, CHECK_OVER)
    assert given.is_released
    assert (prepared.publications / PERIOD / "latest").read_text() == "1\n"
    assert tree(checked) == before
    assert unlike_manifest(given.folder) == []
    # The pages say another day and that they are released; every file of figures is the same.
    figures = {name: sha for name, sha in tree(given.folder).items() if name.endswith(".csv")}
    assert figures == {name: sha for name, sha in before.items() if name.endswith(".csv")}
    assert "<dd>4 August 2026</dd>" in page(prepared, "public")
    assert "Not released" not in page(prepared, "public")
    assert rebuild(prepared, PERIOD, 1) == []
    with pytest.raises(ImpactError, match=r"is the latest already. Head of analysis released it on 4 August 2026"):
        release(prepared, PERIOD, 1, HEAD, CHECK_OVER)
    assert not publish(prepared, PERIOD, BY).is_new


@pytest.mark.long
def test_what_was_checked_is_released_though_newer_data_has_come_in_since(prepared: Home) -> None:
    send_quarter(prepared, "M002", drop("M002"))
    take(prepared, NEXT_DAY)
    build_warehouse(prepared, NEXT_DAY)
    second = publish(prepared, PERIOD, BY)
    assert (second.number, second.is_released) == (2, False)
    given = release(prepared, PERIOD, 1, HEAD, CHECK_OVER)
    checked = prepared.prepared / PERIOD / "1"
    for path in checked.glob("*/*.csv"):
        assert (given.folder / path.relative_to(checked)).read_bytes() == path.read_bytes()
    assert [one.number for one in waiting_publications(prepared)] == [2]
    # The second was prepared when nothing was out; its readers are told what changed since the first.
    assert read_manifest(prepared.prepared / PERIOD / "2")["follows"] is None
    release(prepared, PERIOD, 2, HEAD, CHECK_OVER + timedelta(days=1))
    assert read_manifest(prepared.publications / PERIOD / "2")["follows"] == 1
    assert [rebuild(prepared, PERIOD, number) for number in (1, 2)] == [[], []]


@pytest.mark.long
def test_an_older_number_is_not_released_after_a_newer_one(prepared: Home) -> None:
    send_quarter(prepared, "M002", drop("M002"))
    take(prepared, NEXT_DAY)
    build_warehouse(prepared, NEXT_DAY)
    publish(prepared, PERIOD, BY)
    release(prepared, PERIOD, 2, HEAD, NEXT_DAY, "Number 1 lacks a return")
    with pytest.raises(ImpactError, match=r"can no longer be released: publication 2, which is newer"):
        release(prepared, PERIOD, 1, HEAD, CHECK_OVER)
    assert waiting_publications(prepared) == []


def test_other_software_does_not_release_what_it_did_not_prepare(
    prepared: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inputs, "version", lambda _: "9.9")
    with pytest.raises(ImpactError, match=r"The software has changed since publication 1 of 2026-Q1 was prepared"):
        release(prepared, PERIOD, 1, HEAD, CHECK_OVER)
    assert not prepared.publications.exists()


def test_the_command_releases_early_for_a_reason(prepared: Home) -> None:
    code, said = impact(prepared, "release", PERIOD, "1", "--by", HEAD, "--early", "Nobody to ask")
    assert (code, f"Published {PERIOD}, number 1: 6 reports" in said) == (0, True), said
    code, said = impact(prepared, "release", PERIOD, "1", "--by", HEAD)
    assert (code, "is the latest already" in said) == (3, True)


# Comments


@pytest.mark.long
def test_a_comment_is_printed_for_those_who_see_the_organisation_by_name(prepared: Home, tmp_path: Path) -> None:
    said = "Bank staff are counted since May. <b>Q1</b> & after."
    file = tmp_path / "answer.txt"
    file.write_text(f"\ufeff{said}\r\n")
    assert impact(prepared, "comment", PERIOD, "1", "M001", "-", stdin="An earlier answer.")[0] == 0
    code, kept = impact(prepared, "comment", PERIOD, "1", "M001", str(file))
    assert (code, "Comment 2 of M001 on publication 1 of 2026-Q1 is kept" in kept) == (0, True)
    assert "comments of M001" in impact(prepared, "status")[1]
    assert comment(prepared, PERIOD, 1, "M001", said.encode(), NOW).take == 2
    given = release(prepared, PERIOD, 1, HEAD, CHECK_OVER)
    printed = "Alpha Care CIC: Bank staff are counted since May. &lt;b&gt;Q1&lt;/b&gt; &amp; after."
    shown = {
        report["audience"]
        for report in read_manifest(given.folder)["reports"]
        if printed in page(prepared, report["audience"])
    }
    assert shown == {"commissioner-C01", "organisation-M001", "public"}
    others = [path for path in given.folder.rglob("*") if path.is_file() and path.parent.name not in shown]
    assert not [path for path in others if b"Bank staff" in path.read_bytes()]
    assert rebuild(prepared, PERIOD, 1) == []
    with pytest.raises(ImpactError, match="is released: comments are printed with the release"):
        comment(prepared, PERIOD, 1, "M001", b"Too late.", CHECK_OVER)


@pytest.mark.parametrize(
    ("organisation", "data", "said"),
    [
        ("M009", b"We differ.", "names no organisation M009"),
        ("M001", b" \n ", "is empty"),
        ("M001", b"\xff\xfe\x00", "not a text in UTF-8"),
        ("M001", b"a\x00b", "signs that cannot be printed"),
        ("M001", b"x" * 2001, "has 2,001 characters, and may have 2,000"),
        ("M001", b"Ask jane.smith@nhs.net", "holds personal data"),
    ],
)
def test_a_comment_that_cannot_be_printed_is_refused(prepared: Home, organisation: str, data: bytes, said: str) -> None:
    with pytest.raises(ImpactError, match=said):
        comment(prepared, PERIOD, 1, organisation, data, NOW)
    assert comments_on(prepared, PERIOD, 1) == {}


# What changed since


@pytest.mark.long
def test_newer_data_is_marked_on_the_list_and_never_on_what_is_out(overtaken: Home) -> None:
    before = tree(overtaken.publications / PERIOD)
    listed = overtaken.publications / "index.html"
    assert NEWER_DATA not in listed.read_text()
    list_publications(overtaken)
    assert NEWER_DATA in listed.read_text()
    assert [one.sender for one in newer_returns(overtaken, PERIOD, 1)] == ["M001", "M002"]
    said = impact(overtaken, "status")[1]
    assert f"2 returns (M001 sickness_absence {PERIOD}, M002 sickness_absence {PERIOD})" in said
    assert tree(overtaken.publications / PERIOD) == before
    # A return for a later quarter is no news of this one.
    send_quarter(overtaken, "M003", drop("M003", quarter="2026-Q2"), quarter="2026-Q2")
    take(overtaken, NEXT_DAY)
    assert len(newer_returns(overtaken, PERIOD, 1)) == 2
    build_warehouse(overtaken, NEXT_DAY)
    publish(overtaken, PERIOD, BY)
    release(overtaken, PERIOD, 2, HEAD, NEXT_DAY, "Nobody to ask")
    assert newer_returns(overtaken, PERIOD, 2) == []
    assert NEWER_DATA not in listed.read_text()


CORRECTED = (
    "Alpha Care CIC corrected its sickness absence for January to March 2026. 3 figures on this page changed.",
    "0.86 percentage points: Sickness absence rate of Alpha Care CIC, March 2026, from 4.52% to 5.38%",
)
UNNAMED = (
    (
        "Returns of other organisations were corrected. 1 figure on this page changed. 5 figures are shown that were "
        "not before."
    ),
    (
        "0.09 percentage points: Sickness absence rate of mutual organisations in adult social care, January to March "
        "2026, from 4.56% to 4.65%"
    ),
)
# (400 + 410 + 420) / 27,000 is 4.56%, (400 + 410 + 500) / 27,000 is 4.85%, and (1,310 + 2 x 1,230) / 81,000 is 4.65%.


def test_each_audience_is_told_what_changed_in_what_it_sees_and_nothing_else(overtaken: Home) -> None:
    publish(overtaken, PERIOD, BY)
    given = release(overtaken, PERIOD, 2, HEAD, NEXT_DAY, "Nobody to ask")
    told = {}
    for report in read_manifest(given.folder)["reports"]:
        updates = read_updates((given.folder / report["audience"] / "updates.json").read_bytes())
        assert [(one.number, one.kind) for one in updates[1:]] == [(1, "first")]
        told[report["audience"]] = updates[0]
    assert {name: (one.kind, one.figures_changed, one.summary, one.largest_change) for name, one in told.items()} == {
        "commissioner-C01": ("correction", 3, *CORRECTED),
        "organisation-M001": ("correction", 3, *CORRECTED),
        "public": ("correction", 3, *CORRECTED),
        "commissioner-C02": ("correction", 1, *UNNAMED),
        "organisation-M002": ("revision", 0, "5 figures are shown that were not before.", ""),
        "organisation-M003": ("unchanged", 0, "No figure on this page has changed since publication 1.", ""),
    }
    said = f"<strong>Correction:</strong> {CORRECTED[0]} The largest change is {CORRECTED[1]}."
    assert said in page(overtaken, "public", 2)
    assert "Alpha Care" not in page(overtaken, "commissioner-C02", 2)
    assert "Correction" not in page(overtaken, "organisation-M003", 2)
    assert "First release." in page(overtaken, "organisation-M003", 2)
    assert [rebuild(overtaken, PERIOD, number) for number in (1, 2)] == [[], []]


def test_a_dry_run_says_what_would_change_and_why_and_writes_nothing(overtaken: Home) -> None:
    before = tree(overtaken.root)
    receipts = {one.sender: one for one in newer_returns(overtaken, PERIOD, 1)}
    rest = "that were not before, 0 no longer shown, 0 verdicts changed"
    assert list(trial_lines(PERIOD, dry_run(overtaken, PERIOD, NEXT_DAY))) == [
        "2026-Q1 would be prepared as number 2. Beside number 1, which readers have:",
        f"For the public: 1 of 1 page would change, 3 figures changed, 0 shown {rest}",
        f"For commissioners: 2 of 2 pages would change, 4 figures changed, 5 shown {rest}",
        f"For mutuals: 2 of 3 pages would change, 3 figures changed, 5 shown {rest}",
        "By indicator:",
        f"  Sickness absence rate: 10 figures on 4 pages, {CORRECTED[1]}",
        "Because of:",
        f"  M001 sickness_absence 2026-Q1: receipt {receipts['M001'].id}, corrects {receipts['M001'].corrects}",
        f"  M002 sickness_absence 2026-Q1: receipt {receipts['M002'].id}, came in since",
        "Nothing was written.",
    ]
    assert tree(overtaken.root) == before
    code, said = impact(overtaken, "publish", PERIOD, "--dry-run")
    assert (code, "would be prepared as number 2" in said) == (0, True), said


def test_a_dry_run_of_what_has_not_changed_says_so(prepared: Home) -> None:
    [said] = trial_lines(PERIOD, dry_run(prepared, PERIOD, NOW))
    assert said == f"Nothing has changed since the last publication of {PERIOD}: nothing would be prepared."


def test_a_lost_release_is_finished_by_releasing_it_again(overtaken: Home) -> None:
    before = tree(overtaken.publications / PERIOD)
    shutil.rmtree(overtaken.publications / PERIOD)
    assert [one.number for one in waiting_publications(overtaken)] == [1]
    with pytest.raises(ImpactError, match=r"Publication 1 of 2026-Q1 was released and is not in"):
        publish(overtaken, PERIOD, BY)
    release(overtaken, PERIOD, 1, HEAD, NEXT_DAY)
    assert tree(overtaken.publications / PERIOD) == before
