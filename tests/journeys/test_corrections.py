"""A return that is corrected: what changes, what never does, what is said of a correction that is none; covers, nil
returns, and files that are not kept."""

import csv
import io
import multiprocessing
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

from impact.demo import absence, savings, staff, users
from impact.demo.drops import Sent
from impact.demo.faults import CORRECTED_PERIOD, corrections
from impact.demo.sector import members
from impact.demo.workbook import workbook
from impact.home import Home
from impact.intake.locks import reopen
from impact.intake.receipts import Receipt, live_returns, load_receipts
from impact.release import open_release
from impact.reports.publication import prepare, publish, rebuild
from impact.warehouse import build_warehouse
from tests.journeys.homes import (
    HEADINGS,
    NOW,
    cover,
    drop,
    in_process,
    new_home,
    released,
    rows,
    send,
    send_all,
    send_quarter,
    small_drop,
    small_home,
    tables,
    take,
    tree,
)

pytestmark = pytest.mark.xdist_group("small")

FEED = "sickness_absence"
SHEETS = {FEED: absence, "staff_survey": staff, "service_user_survey": users, "savings": savings}
CORRECTIONS = [one for one in corrections() if one.code != "M047"]
"""One of each feed."""

Row = dict[str, str]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A tiny home in which one return has been accepted."""
    home = new_home(tmp_path / "home")
    send_quarter(home, "M001", drop("M001"))
    take(home)
    return home


MENDED = drop("M001", lost=(400, 410, 500))
"""What corrects the return of the tiny home."""


def live(home: Home, sender: str = "M001", feed: str = FEED, period: str = "2026-Q1") -> Receipt:
    return live_returns(load_receipts(home))[sender, feed, period]


def correct(home: Home, data: bytes = MENDED, name: str = "mended.csv", **said: str) -> Receipt:
    """Send a file with a cover to where M001's return is, and give its receipt."""
    path = send_quarter(home, "M001", data, name=name)
    path.with_name(f"{path.name}.cover.json").write_bytes(cover(**said))
    [receipt] = take(home).receipts
    return receipt


def rules(receipt: Receipt) -> set[str]:
    return {finding.rule for finding in receipt.findings}


# What a correction changes


def columns(home: Home, table: str) -> list[str]:
    with duckdb.connect(str(home.warehouse), read_only=True) as warehouse:
        return [str(row[0]) for row in warehouse.execute(f"describe {table}").fetchall()]


def changed_rows(
    home: Home, before: dict[str, list[Any]], after: dict[str, list[Any]]
) -> dict[str, list[dict[str, Any]]]:
    """Table -> each row, by column, that is only in one of the two."""
    assert set(before) == set(after)
    found = {}
    for table in before:
        if before[table] != after[table]:
            names = columns(home, table)
            changed = set(before[table]) ^ set(after[table])
            found[table] = [dict(zip(names, row, strict=True)) for row in changed]
    return found


DEPENDS_ON_OTHERS = {
    "benchmarks.absence_expected",
    "benchmarks.absence_month",
    # Absence is charted as it differs from that of peers.
    "benchmarks.assurance",
    "benchmarks.series",
    "benchmarks.variation",
    "benchmarks.xmr",
    "benchmarks.delivery_model",
    "benchmarks.peer",
    "benchmarks.spin_out",
    "benchmarks.spin_out_comparator",
    "benchmarks.verdict",
}
"""The only tables in which one organisation's figure may change what stands beside another's name, or a group's."""


@pytest.fixture(scope="module")
def before(finished_first: Home, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    """The tables of the first stage as at NOW."""
    home = Home(tmp_path_factory.mktemp("before") / "home")
    shutil.copytree(finished_first.root, home.root)
    build_warehouse(home, NOW)
    return tables(home)


@pytest.mark.parametrize("correction", CORRECTIONS, ids=lambda one: one.feed)
def test_a_correction_changes_its_own_organisation_and_period_and_what_rests_on_them(
    first: Home, before: dict[str, list[Any]], correction: Any
) -> None:
    send_all(first, [small_drop(correction.code, correction.feed, CORRECTED_PERIOD, is_correction=True)])
    [receipt] = take(first).receipts
    assert (receipt.decision, receipt.reason) == ("accepted", correction.reason)
    assert build_warehouse(first, NOW).is_sound
    changed = changed_rows(first, before, tables(first))
    assert changed[f"returns.{correction.feed}"]
    assert changed["indicators.organisation_indicator"]
    for table, found in changed.items():
        for row in found:
            if "organisation_code" in row and table not in DEPENDS_ON_OTHERS:
                assert row["organisation_code"] == correction.code, table
            assert row.get("feed", correction.feed) == correction.feed, table
            assert row.get("topic", correction.feed) == correction.feed, table
            for name in ("period", "period_id", "as_at_quarter", "wave"):
                assert row.get(name, "2026-Q1") in ("2026-Q1", "2026-01", "2026-02", "2026-03"), table
            if "receipt" in row:
                assert row["receipt"] in (receipt.id, receipt.corrects), table


@pytest.mark.long
def test_published_pages_stay_as_they_were_and_the_next_publication_has_the_correction(
    finished_small: Home, small: Home
) -> None:
    before = tree(small.publications / "2026-Q1" / "1")
    again = released(small, publish(small, "2026-Q1"))
    assert (again.number, again.is_new) == (2, True)
    assert tree(small.publications / "2026-Q1" / "1") == before
    assert before == tree(finished_small.publications / "2026-Q1" / "1")
    for code, feed in (("M011", FEED), ("M084", "service_user_survey")):
        shown = [
            [row for row in csv_of(small, number, code) if row["topic"] == feed and row["grain"] == "quarter"]
            for number in (1, 2)
        ]
        assert shown[0] != shown[1], code
    untouched = "organisation-M005/data/quarters.csv"
    pages = [small.publications / "2026-Q1" / str(number) / untouched for number in (1, 2)]
    own = [[(row["period_id"], row["indicator_id"], row["value"]) for row in read_csv(page)] for page in pages]
    assert own[0] == own[1]


def read_csv(path: Path) -> list[Row]:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8"), newline="")))


def csv_of(home: Home, number: int, code: str) -> list[Row]:
    return read_csv(home.publications / "2026-Q1" / str(number) / f"organisation-{code}" / "data" / "organisations.csv")


@pytest.mark.long
def test_every_publication_can_be_built_again_after_corrections_and_a_change_of_the_register(small: Home) -> None:
    """The first was made before four corrections; then the register changes, and a third is made."""
    register = small.register / "organisations.csv"
    register.write_text(register.read_text().replace("Performance team", "Somebody else"))
    contracts = small.register / "contracts.csv"
    contracts.write_text(contracts.read_text().replace("2028-03-31", "2029-03-31"))
    later = NOW.replace(day=21)
    take(small, later)
    build_warehouse(small, later)
    assert publish(small, "2026-Q1").number == 2
    kept = tree(small.root)
    assert [rebuild(small, "2026-Q1", number) for number in (1, 2)] == [[], []]
    assert rebuild(small, "2026-Q2", 1) == []
    assert tree(small.root) == kept


@pytest.mark.long
def test_impact_rebuild_says_whether_it_comes_out_the_same(small: Home) -> None:
    def run(*words: str) -> tuple[int, str]:
        said = in_process(small, "rebuild", *words)
        return said.exit_code, said.output

    assert run("2026-Q1", "1") == (0, "Publication 1 of 2026-Q1 comes out the same, byte for byte.\n")
    page = small.publications / "2026-Q1" / "1" / "public" / "index.html"
    page.write_text(page.read_text().replace("2026", "2027"))
    code, said = run("2026-Q1", "1")
    assert (code, "differs: public/index.html" in said) == (1, True)
    code, said = run("2026-Q1", "9")
    assert (code, "There is no publication 9 of 2026-Q1" in said) == (3, True)


def test_a_correction_of_one_quarter_of_a_history_leaves_the_others(first: Home) -> None:
    sent = small_drop("M032", "staff_survey", "2023-Q3_to_2025-Q4")
    history = list(csv.DictReader(io.StringIO(sent.data.decode(), newline="")))
    of_quarter = [row for row in history if row["wave"] == "2025-Q4"]
    before = returned(first, "staff_survey", "M032")
    mended = [row | {"eligible_staff": str(int(row["eligible_staff"]) + 7)} for row in of_quarter]
    reopen(first, "M032", "staff_survey", "2025-Q4", "People on leave", "", NOW)
    receipt = send_rows(first, "M032", "staff_survey", "2025-Q4", mended, corrects=sent.receipt_id)
    assert receipt.decision == "accepted"
    counts = {
        slot[2]: one.id
        for slot, one in live_returns(load_receipts(first)).items()
        if slot[:2] == ("M032", "staff_survey")
    }
    assert counts.pop("2025-Q4") == receipt.id
    assert [counts[quarter] == sent.receipt_id for quarter in sorted(counts)] == [True] * 9 + [False]
    assert build_warehouse(first, NOW).is_sound
    after = returned(first, "staff_survey", "M032")
    assert {period: found for period, found in after.items() if period != "2025-Q4"} == {
        period: found for period, found in before.items() if period != "2025-Q4"
    }
    assert len(after["2025-Q4"]) == len(before["2025-Q4"]) == len(of_quarter)
    assert not set(after["2025-Q4"]) & set(before["2025-Q4"])
    # Two quarters of which two receipts count can no longer be corrected as one.
    two = [row for row in history if row["wave"] in ("2025-Q3", "2025-Q4")]
    both = send_rows(first, "M032", "staff_survey", "2025-Q3_to_2025-Q4", two, corrects=sent.receipt_id)
    assert rules(both) == {"corrects_superseded", "locked"}
    assert all(number in both.findings[0].fix for number in (receipt.id, sent.receipt_id))


def returned(home: Home, feed: str, code: str) -> dict[str, list[tuple[Any, ...]]]:
    """Period -> the rows of an organisation that count."""
    with duckdb.connect(str(home.warehouse), read_only=True) as warehouse:
        found = warehouse.execute(
            f"select period, * exclude (period, row_number, receipt) from returns.{feed} "
            "where organisation_code = ? order by all",
            [code],
        ).fetchall()
    return {period: [row[1:] for row in found if row[0] == period] for period in {row[0] for row in found}}


def send_rows(home: Home, code: str, feed: str, period: str, sent: Sequence[Row], **said: str) -> Receipt:
    """Send rows as CSV with a cover that says `corrects`, or what else it is given."""
    says = {"corrects_receipt": said["corrects"], "reason": "it was wrong"} if "corrects" in said else said
    lines = [SHEETS[feed].COLUMNS, *([row[name] for name in SHEETS[feed].COLUMNS] for row in sent)]
    path = send(home, f"{code}/inbox/{feed}/{period}/again.csv", "\n".join(map(",".join, lines)).encode())
    path.with_name(f"{path.name}.cover.json").write_bytes(cover(**says))
    [receipt] = take(home).receipts
    return receipt


def test_a_correction_can_be_corrected(home: Home) -> None:
    one = live(home)
    two = correct(home, corrects_receipt=one.id, reason="notes came late")
    three = correct(home, drop("M001", lost=(400, 410, 600)), corrects_receipt=two.id, reason="and one more")
    assert [receipt.decision for receipt in (one, two, three)] == ["accepted"] * 3
    assert live(home).id == three.id
    build_warehouse(home, NOW)
    assert {str(row[5]) for row in returned(home, FEED, "M001")["2026-Q1"]} >= {"600.00000000000000"}
    assert all((home.returns / FEED / f"{receipt.id}.parquet").exists() for receipt in (one, two, three))
    fourth = correct(home, drop("M001", lost=(400, 410, 700)), corrects_receipt=one.id, reason="late to it")
    assert rules(fourth) == {"corrects_superseded"}
    assert three.id in fourth.findings[0].fix
    assert live(home).id == three.id


# What is no correction


@pytest.mark.parametrize(
    ("data", "said", "wanted"),
    [
        (MENDED, {}, {"already_live"}),
        (MENDED, {"reason": "notes came late"}, {"already_live"}),
        (MENDED, {"corrects_receipt": "LIVE"}, {"correction_without_reason"}),
        (MENDED, {"corrects_receipt": "LIVE", "reason": " "}, {"correction_without_reason"}),
        (drop("M001"), {"corrects_receipt": "LIVE", "reason": "notes came late"}, {"same_as_live"}),
        (drop("M001"), {"notes": "again"}, {"same_as_live"}),
        (MENDED, {"corrects_receipt": "LIVE", "reason": "x", "organisation": "M002"}, {"cover_disagrees"}),
        (MENDED, {"corrects_receipt": "LIVE", "reason": "x", "feed": "savings"}, {"cover_disagrees"}),
        (MENDED, {"corrects_receipt": "LIVE", "reason": "x", "period": "2025-Q4"}, {"cover_disagrees"}),
        (MENDED, {"corrects_receipt": "LIVE", "reason": "x", "because": "y"}, {"cover_field_unknown"}),
        (MENDED, {"corrects_receipt": "LIVE", "reason": "x", "nil_return": "perhaps"}, {"cover_nil_unclear"}),
        (
            MENDED,
            {"corrects_receipt": "LIVE", "reason": "x", "nil_return": "yes"},
            {"nil_not_possible", "nil_with_rows"},
        ),
    ],
)
def test_what_is_no_correction_is_refused_and_changes_nothing(
    home: Home, data: bytes, said: dict[str, str], wanted: set[str]
) -> None:
    before = live(home)
    said = {name: value.replace("LIVE", before.id) for name, value in said.items()}
    receipt = correct(home, data, "mended.csv", **said)
    assert (receipt.decision, rules(receipt)) == ("refused", wanted)
    assert live(home) == before
    assert (home.drops / receipt.cover_sha256).exists()


def test_a_receipt_number_that_does_not_count_here_is_refused_and_the_right_one_is_named(home: Home) -> None:
    send_quarter(home, "M002", drop("M002"))
    [of_another] = take(home).receipts
    for number in (of_another.id, "0123456789abcdef", live(home).id[:-1]):
        receipt = correct(home, corrects_receipt=number, reason="notes came late")
        assert receipt.decision == "refused"
        assert rules(receipt) <= {"corrects_unknown", "corrects_superseded"}
        assert number in receipt.findings[0].message
    assert live(home, "M002").id == of_another.id


def test_there_is_nothing_to_correct_in_a_period_without_a_return(home: Home) -> None:
    path = send_quarter(home, "M002", drop("M002"))
    path.with_name(f"{path.name}.cover.json").write_bytes(cover(corrects_receipt=live(home).id, reason="x"))
    [receipt] = take(home).receipts
    assert (receipt.decision, rules(receipt)) == ("refused", {"corrects_unknown"})


def test_the_same_rows_in_another_order_and_form_are_the_same(home: Home) -> None:
    lines = [row.replace(",400,", ",400.00,") for row in reversed(rows("M001"))]
    send_quarter(home, "M001", "\n".join([HEADINGS, *lines]).encode(), name="b.csv")
    [receipt] = take(home).receipts
    assert rules(receipt) == {"same_as_live"}


def test_a_correction_that_is_held_or_refused_leaves_what_counts(home: Home) -> None:
    before = live(home)
    said = {"corrects_receipt": before.id, "reason": "notes came late"}
    held = correct(home, drop("M001", lost=(0, 410, 420)), "held.csv", **said)
    refused = correct(home, drop("M002"), "refused.csv", **said)
    assert (held.decision, refused.decision) == ("held", "refused")
    assert live(home) == before
    assert correct(home, MENDED, "mended.csv", **said).decision == "accepted"


def test_a_receipt_number_may_be_written_in_capitals(home: Home) -> None:
    before = live(home)
    receipt = correct(home, corrects_receipt=f" {before.id.upper()} ", reason="notes came late")
    assert (receipt.decision, receipt.corrects) == ("accepted", before.id)


def test_a_cover_that_cannot_be_read_is_refused_with_its_file(home: Home) -> None:
    path = send_quarter(home, "M002", drop("M002"))
    path.with_name(f"{path.name}.cover.json").write_bytes(b"{prepared_by: me}")
    [receipt] = take(home).receipts
    assert (receipt.decision, rules(receipt)) == ("refused", {"cover_unreadable"})
    assert not [one for one in home.landing.glob("M002/inbox/**/*") if one.is_file()]


# Nothing to report


@pytest.mark.long
def test_a_nil_return_is_corrected_by_rows_and_rows_by_a_nil_return(first: Home) -> None:
    row = next(csv.DictReader(io.StringIO(small_drop("M032", "savings", "2026-Q1").data.decode(), newline="")))
    nil, filled = live(first, "I172", "savings"), live(first, "M032", "savings")
    assert (nil.is_nil, filled.is_nil) == (True, False)
    mended = row | {"organisation_code": "I172", "saving_id": "I172-01", "service_code": "ALL", "contract_code": ""}
    for code in ("I172", "M032"):
        reopen(first, code, "savings", "2026-Q1", "Counted elsewhere", "", NOW)
    by_rows = send_rows(first, "I172", "savings", "2026-Q1", [mended], corrects=nil.id)
    said = {"corrects_receipt": filled.id, "reason": "counted elsewhere", "nil_return": "yes"}
    by_nil = send_rows(first, "M032", "savings", "2026-Q1", [], **said)
    assert [(one.decision, one.is_nil, one.rows_kept) for one in (by_rows, by_nil)] == [
        ("accepted", False, 1),
        ("accepted", True, 0),
    ]
    assert build_warehouse(first, NOW).is_sound
    assert len(returned(first, "savings", "I172")["2026-Q1"]) == 1
    assert "2026-Q1" not in returned(first, "savings", "M032")
    assert prepare(first, "2026-Q1").is_sound
    with open_release(first) as release:
        states = release.execute(
            "select distinct organisation_code, state from published.return_state where feed = 'savings' "
            "and period_id = '2026-Q1' and organisation_code in ('I172', 'M032')"
        ).fetchall()
    with duckdb.connect(str(first.warehouse), read_only=True) as warehouse:
        [(net,)] = warehouse.execute(
            "select value from indicators.organisation_indicator where indicator_id = 'net_savings' "
            "and organisation_code = 'M032' and commissioner_code = 'ALL' "
            "and grain = 'quarter' and period_id = '2026-Q1'"
        ).fetchall()
    assert sorted(states) == [("I172", "received"), ("M032", "nothing to report")]
    assert net == 0


def test_a_nil_return_sent_twice_says_the_same(first: Home) -> None:
    receipt = send_rows(first, "I172", "savings", "2026-Q1", [], nil_return="yes", notes="once more")
    assert (receipt.decision, rules(receipt)) == ("refused", {"same_as_live"})


def test_a_file_without_rows_is_a_nil_return_only_where_its_cover_says_so(first: Home) -> None:
    receipt = send_rows(first, "M005", "savings", "2026-Q1", [], notes="nothing")
    assert "no_rows" in rules(receipt)


# Two forms of one thing


@pytest.mark.long
def test_csv_and_workbook_give_the_same_return(tmp_path: Path) -> None:
    member = next(member for member in members() if member.code == "M011")
    homes = {ending: small_home(tmp_path / ending, ("M011",)) for ending in ("csv", "xlsx")}
    said = {"prepared_by": "Analyst", "signed_off_by": "Director", "notes": "As agreed, with two late answers"}
    for feed, sheet in SHEETS.items():
        lines = sheet.rows(member, ["2026-Q1"])["2026-Q1"]
        text = "".join(",".join(line) + "\r\n" for line in [sheet.COLUMNS, *lines])
        place = f"M011/inbox/{feed}/2026-Q1/return"
        send(homes["csv"], f"{place}.csv", text.encode())
        send(homes["csv"], f"{place}.csv.cover.json", cover(**said))
        send(homes["xlsx"], f"{place}.xlsx", workbook(feed, sheet.COLUMNS, sheet.NUMBERS, lines, said))
    found = {ending: {one.feed: one for one in take(home).receipts} for ending, home in homes.items()}
    for feed in SHEETS:
        one, other = found["csv"][feed], found["xlsx"][feed]
        assert one.decision == other.decision == "accepted", (one.findings, other.findings)
        assert one.id != other.id
        for name in (
            "rows_sha256",
            "rows_in",
            "totals",
            "services",
            "periods",
            "prepared_by",
            "signed_off_by",
            "notes",
        ):
            assert getattr(one, name) == getattr(other, name), name
        kept = [stored(homes[ending].returns / feed / f"{found[ending][feed].id}.parquet") for ending in homes]
        assert kept[0] == kept[1]
    # The one is what the other says already.
    send(homes["csv"], "M011/inbox/staff_survey/2026-Q1/book.xlsx", small_drop("M011", "staff_survey", "2026-Q1").data)
    [again] = take(homes["csv"]).receipts
    assert rules(again) == {"same_as_live"}


def stored(path: Path) -> tuple[list[str], list[tuple[Any, ...]]]:
    """The types and rows of a return, but for the receipt that they came with."""
    with duckdb.connect() as connection:
        found = connection.execute("select * exclude (receipt) from read_parquet(?)", [str(path)])
        return [str(column[1]) for column in found.description or ()], found.fetchall()


# Covers


def test_a_cover_without_its_file_waits_for_it(home: Home) -> None:
    before = live(home)
    path = home.landing / "M001" / "inbox" / FEED / "2026-Q1" / "mended.csv"
    send(home, f"M001/inbox/{FEED}/2026-Q1/mended.csv.cover.json", cover(corrects_receipt=before.id, reason="late"))
    taken = take(home)
    assert taken.receipts == ()
    assert [left.reason for left in taken.left] == ["the file that it is the cover of has not arrived yet"]
    path.write_bytes(MENDED)
    taken = take(home)
    assert [(one.decision, one.corrects) for one in taken.receipts] == [("accepted", before.id)]
    assert not list(path.parent.iterdir())


def killed_at(step: Callable[[], object], is_time: Callable[[Path], bool]) -> None:
    """Carry out `step` in a child that dies just before it removes a file of which `is_time` is true."""
    real = os.unlink

    def dies(path: Any, **kwargs: Any) -> None:
        if is_time(Path(path)):
            os._exit(86)
        real(path, **kwargs)

    def child() -> None:
        os.unlink = dies
        step()

    process = multiprocessing.get_context("fork").Process(target=child)
    process.start()
    process.join()
    assert process.exitcode == 86


def test_the_cover_that_a_killed_run_left_behind_is_cleared(home: Home) -> None:
    path = send_quarter(home, "M002", drop("M002"))
    beside = path.with_name(f"{path.name}.cover.json")
    beside.write_bytes(cover(notes="once"))
    killed_at(lambda: take(home), lambda removed: removed == beside)
    assert (path.exists(), beside.exists()) == (False, True)
    taken = take(home)
    assert (taken.receipts, taken.left) == ((), ())
    assert not beside.exists()


def test_a_new_cover_of_the_same_name_is_not_taken_for_the_old_one(home: Home) -> None:
    path = send_quarter(home, "M002", drop("M002"))
    beside = path.with_name(f"{path.name}.cover.json")
    beside.write_bytes(cover(notes="once"))
    take(home)
    beside.write_bytes(cover(corrects_receipt=live(home, "M002").id, reason="late"))
    assert [left.path for left in take(home).left] == [beside]
    assert beside.exists()


# What is not kept


def of_few() -> Sent:
    return small_drop("M040", FEED, "2026-Q2")


def assert_is_gone(home: Home, sent: Sent) -> None:
    [receipt] = [receipt for receipt in load_receipts(home) if receipt.sender == "M040"]
    assert (receipt.decision, receipt.is_purged, receipt.rows_kept) == ("refused", True, 0)
    assert "no_small_group" in rules(receipt)
    assert "this file was not kept" in " ".join(finding.message for finding in receipt.findings)
    assert not (home.drops / receipt.sha256).exists()
    assert sent.data not in [path.read_bytes() for path in home.root.rglob("*") if path.is_file()]
    [page] = home.landing.glob("M040/outbox/*.html")
    assert "not kept" in page.read_text()


def test_a_file_with_a_group_of_few_people_is_not_kept(tmp_path: Path) -> None:
    home = small_home(tmp_path / "home", ("M040", "M005"))
    send_all(home, [of_few(), small_drop("M005", "staff_survey", "2026-Q2")])
    take(home)
    assert_is_gone(home, of_few())
    send_all(home, [of_few()])
    taken = take(home)
    assert (len(taken.receipts), taken.sent_again) == (0, 1)
    assert_is_gone(home, of_few())


def test_a_workbook_with_a_group_of_few_people_is_not_kept_either(tmp_path: Path) -> None:
    home = small_home(tmp_path / "home", ("M040",))
    lines = list(csv.reader(io.StringIO(of_few().data.decode(), newline="")))
    book = workbook(FEED, lines[0], absence.NUMBERS, lines[1:], {"notes": "once"})
    send(home, f"M040/inbox/{FEED}/2026-Q2/book.xlsx", book)
    take(home)
    [receipt] = load_receipts(home)
    assert receipt.is_purged
    assert book not in [path.read_bytes() for path in home.root.rglob("*") if path.is_file()]


def test_it_is_not_kept_when_the_run_is_killed_before_its_inbox_is_cleared(tmp_path: Path) -> None:
    home = small_home(tmp_path / "home", ("M040",))
    send_all(home, [of_few()])
    killed_at(lambda: take(home), lambda removed: "inbox" in removed.parts)
    [receipt] = load_receipts(home)
    assert receipt.is_purged
    assert not (home.drops / receipt.sha256).exists()
    take(home)
    assert_is_gone(home, of_few())
