"""Every file of the corpus ends in a receipt that says what is wrong, whatever it is, and stops nothing."""

from pathlib import Path

import pytest

from impact.intake.receipts import Receipt
from tests.data.hostile.make import COLUMNS, FOLDER, HOSTILE, ROWS, SMALL_BYTES, data_of
from tests.journeys.homes import drop, new_home, send, send_quarter, take, tree

pytestmark = pytest.mark.xdist_group("gx")

NAMES = [
    "passwd%2F..%2F..csv",
    "x" * 240 + ".csv",
    "two\nlines.csv",
    "=cmd|' -C calc'!A0.csv",
    "<script>alert(1)<script>.csv",
    "\u202etxt.exe.csv",
    "caf\udce9.csv",
    " .csv",
]
"""What a file may be called: it is text, and nothing else."""


@pytest.fixture(scope="module")
def receipts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Receipt]:
    """The receipt of every file, all taken in one run with a good one among them."""
    home = new_home(tmp_path_factory.mktemp("hostile") / "home")
    for one in HOSTILE:
        send(home, f"M001/inbox/sickness_absence/2026-Q1/{one.name}", data_of(one))
    send_quarter(home, "M002", drop("M002"))
    taken = take(home).receipts
    assert [receipt.decision for receipt in taken if receipt.sender == "M002"] == ["accepted"]
    assert not list((home.landing / "M001" / "inbox").rglob("*.*"))
    return {receipt.file_name: receipt for receipt in taken if receipt.sender == "M001"}


@pytest.mark.long
@pytest.mark.parametrize("name", [one.name for one in HOSTILE])
def test_a_hostile_file_gets_a_receipt_with_a_finding(receipts: dict[str, Receipt], name: str) -> None:
    receipt = receipts[name]
    [expected] = [one.rule for one in HOSTILE if one.name == name]
    assert receipt.findings
    assert all(finding.message and finding.fix for finding in receipt.findings)
    assert receipt.rows_in == receipt.rows_kept + receipt.rows_refused
    if expected:
        assert expected in {finding.rule for finding in receipt.findings}
    if receipt.decision != "accepted":
        assert any(finding.severity != "for_information" for finding in receipt.findings)


def test_small_files_lie_in_the_corpus_as_they_are_made() -> None:
    lying = {path.name for path in FOLDER.iterdir() if path.is_file() and path.suffix != ".py"}
    made = {one.name: one.make() for one in HOSTILE if one.name in lying}
    assert lying == set(made)
    assert {name for name in lying if (FOLDER / name).read_bytes() != made[name]} == set()
    assert all(len(data) <= SMALL_BYTES for data in made.values())


def test_but_for_its_fault_each_would_be_accepted(tmp_path: Path) -> None:
    home = new_home(tmp_path / "home")
    send(home, "M001/inbox/sickness_absence/2026-Q1/a.csv", "\n".join(map(",".join, [COLUMNS, *ROWS])).encode())
    assert [receipt.decision for receipt in take(home).receipts] == ["accepted"]


def test_the_name_of_a_file_is_only_text(tmp_path: Path) -> None:
    home = new_home(tmp_path / "home")
    for number, name in enumerate(NAMES):
        # Each says something else, so that each gets a receipt of its own.
        send(home, f"M001/inbox/sickness_absence/2026-Q1/{name}", drop("M001", lost=(401 + number, 410, 420)))
    taken = take(home).receipts
    assert [receipt.decision for receipt in taken].count("accepted") == 1
    assert {receipt.file_name for receipt in taken} == {name.replace("\udce9", "\ufffd") for name in NAMES}
    assert {receipt.decision for receipt in taken} == {"accepted", "refused"}
    assert not list((home.landing / "M001" / "inbox").rglob("*.*"))
    pages = list((home.landing / "M001" / "outbox").glob("*.html"))
    assert len(pages) == len(NAMES)
    assert all("<script>" not in page.read_text("utf-8") for page in pages)
    assert not [name for name in tree(home.root) if "passwd" in name]
