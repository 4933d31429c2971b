"""The commands as people type them, and the documents that name them."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from impact.cli import main
from impact.home import Home
from impact.intake.receipts import load_receipts
from tests.journeys.homes import drop, in_process, new_home, send_quarter, take

pytestmark = pytest.mark.xdist_group("small")

ROOT = Path(__file__).parents[2]


def impact(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "ignore", "-m", "impact.cli", *words]
    environment = {**os.environ, "IMPACT_HOME": str(home)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return new_home(tmp_path / "home")


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home in which a return of the first quarter of 2026 has been taken. Look, do not publish."""
    home = new_home(tmp_path_factory.mktemp("taken") / "home")
    send_quarter(home, "M001", drop("M001"))
    take(home)
    return home


def test_run_and_publish_go_from_a_file_to_a_page(home: Home) -> None:
    send_quarter(home, "M001", drop("M001"))
    run = impact(home.root, "run", "--now")
    assert (run.returncode, "Taken: 1 accepted, 0 held, 0 refused" in run.stdout) == (0, True), run.stderr
    publish = in_process(home, "publish", "2026-Q1")
    assert publish.exit_code == 0, publish.stderr
    assert "public/index.html" in publish.stdout
    again = in_process(home, "publish", "2026-Q1")
    assert re.findall("file://.*", again.stdout) == re.findall("file://.*", publish.stdout)
    same = "Publication 1 of 2026-Q1 comes out the same, byte for byte.\n"
    assert run_in_process(home, "rebuild", "2026-Q1", "1") == (0, same)


def test_a_fault_of_the_whole_pipeline_is_a_message_and_exit_code_3(
    home: Home, capfd: pytest.CaptureFixture[str]
) -> None:
    (home.register / "contracts.csv").unlink()
    run = in_process(home, "run")
    assert run.exit_code == 3
    said = run.output + capfd.readouterr().err  # a job runs in a process of its own
    assert "The register lacks contracts.csv" in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("period", "code", "said"),
    [
        ("2020-Q1", 3, "There are no figures of 2020-Q1 (January to March 2020). Quarters with figures: 2026-Q1."),
        *(
            pytest.param(
                *(period, 3, f"{period} cannot be published. Name a quarter that is over, of 2020 or later."),
                marks=pytest.mark.long,
            )
            for period in ("2019-Q1", "2099-Q1")
        ),
        ("2026", 2, "'2026' is not a quarter. Write it as in this example: 2026-Q1"),
    ],
)
def test_a_period_that_cannot_be_published_is_said_plainly(
    taken: Home, capfd: pytest.CaptureFixture[str], period: str, code: int, said: str
) -> None:
    publish = in_process(taken, "publish", period)
    assert publish.exit_code == code
    assert said in publish.stderr + capfd.readouterr().err
    assert not taken.prepared.exists()


def test_check_reads_the_file_alone_and_writes_nothing(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_bytes(drop("M001"))
    good = in_process(home, "check", str(file))
    assert good.exit_code == 0, good.output
    assert "mine.csv as sickness_absence of M001, 2026-Q1" in good.stdout
    file.write_bytes(drop("M001").replace(b",410,", b",n/a,"))
    bad = in_process(home, "check", str(file))
    assert bad.exit_code == 1
    assert 'F3: fte_days_lost is not a number: "n/a".' in bad.stdout
    assert sorted(path.name for path in home.root.iterdir()) == ["register"]


def test_check_as_a_process_says_all_before_it_ends_at_once(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_bytes(drop("M001").replace(b",410,", b",n/a,"))
    ended = impact(home.root, "check", str(file))
    alike = in_process(home, "check", str(file))
    assert (ended.returncode, ended.stdout) == (1, alike.stdout)
    asked = impact(home.root, "check", str(tmp_path / "nothing.csv"))
    assert (asked.returncode, "does not exist" in asked.stderr) == (2, True)


def test_check_asks_for_what_the_file_does_not_say(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text("a,b\n1,2\n")
    asked = in_process(home, "check", str(file))
    assert asked.exit_code == 2
    assert "Say it with --organisation, --feed, --period." in asked.stderr


def test_check_prints_the_receipt_as_json_alone_and_marks_the_cells_in_a_workbook(home: Home, tmp_path: Path) -> None:
    file, marked = tmp_path / "mine.csv", tmp_path / "marked.xlsx"
    file.write_bytes(drop("M001").replace(b",410,", b",n/a,"))
    bad = in_process(home, "check", str(file), "--json", "--xlsx", str(marked))
    receipt = json.loads(bad.stdout)
    assert (bad.exit_code, receipt["decision"]) == (1, "refused")
    assert [(one["rule"], one["cells"]) for one in receipt["findings"]] == [("fte_days_lost_readable", ["F3"])]
    sheet = openpyxl.load_workbook(marked)["sickness_absence"]
    assert sheet["F3"].value == "n/a"
    assert "not a number" in sheet["F3"].comment.text
    assert sorted(path.name for path in home.root.iterdir()) == ["register"]


def run_in_process(home: Home, *words: str) -> tuple[int, str]:
    done = in_process(home, *words)
    return done.exit_code, done.output


def test_check_never_writes_over_the_file_that_it_checks(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_bytes(drop("M001"))
    assert run_in_process(home, "check", str(file), "--xlsx", str(file))[0] == 2
    assert file.read_bytes() == drop("M001")
    code, said = run_in_process(home, "check", str(file), "--xlsx", str(tmp_path / "none.xlsx"))
    assert (code, "was not written: there are no cells to mark" in said) == (0, True)
    assert not (tmp_path / "none.xlsx").exists()


def test_a_template_is_written_once_and_tells_what_it_is_for(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "mine.xlsx"
    words = ("template", "sickness_absence", "--organisation", "M001", "--period", "2026-Q1", "--output", str(file))
    assert run_in_process(home, *words) == (0, f"{file}: Sickness absence of M001, January to March 2026\n")
    made = file.read_bytes()
    code, said = run_in_process(home, *words)
    assert (code, "is there already" in said) == (2, True)
    assert file.read_bytes() == made
    code, said = run_in_process(home, "check", str(file))
    assert (code, f"{file.name} as sickness_absence of M001, 2026-Q1" in said) == (1, True)
    assert "F2:F4: fte_days_lost is blank." in said


@pytest.mark.parametrize(
    ("feed", "organisation", "period", "said"),
    [
        ("sickness", "M001", "2026-Q1", "there is no template for sickness"),
        ("nhs_sickness_absence", "M001", "2026-04", "there is no template for nhs_sickness_absence"),
        ("savings", "M999", "2026-Q1", "the register does not know the organisation M999"),
        ("savings", "M001", "2026", "2026 is not a period of savings"),
    ],
)
def test_a_template_that_cannot_be_made_is_said_plainly(
    home: Home, feed: str, organisation: str, period: str, said: str
) -> None:
    code, output = run_in_process(home, "template", feed, "--organisation", organisation, "--period", period)
    assert code == 2
    assert said in " ".join(output.split())


def test_what_is_refused_comes_back_with_its_cells_marked_beside_the_page(home: Home) -> None:
    send_quarter(home, "M001", drop("M001").replace(b",410,", b",n/a,"))
    [receipt] = take(home).receipts
    outbox = home.landing / "M001" / "outbox"
    stem = f"sickness_absence_2026-Q1_refused_{receipt.id}"
    assert sorted(path.name for path in outbox.iterdir()) == [f"{stem}.html", f"{stem}.json", f"{stem}.xlsx"]
    first = (outbox / f"{stem}.xlsx").read_bytes()
    assert f'href="{stem}.xlsx"' in (outbox / f"{stem}.html").read_text()
    (outbox / f"{stem}.xlsx").unlink()
    send_quarter(home, "M001", drop("M001").replace(b",410,", b",n/a,"))
    assert take(home).sent_again == 1
    assert (outbox / f"{stem}.xlsx").read_bytes() == first


def status(home: Home, *words: str) -> str:
    said = in_process(home, "status", *words)
    assert said.exit_code == 0, said.output
    return said.output


def returns_of(said: str) -> list[str]:
    """The lines of a status that are about one return."""
    return [line for line in said.splitlines() if re.match(r"[MIO]\d{3} ", line)]


def test_status_says_what_to_chase_on_a_day(finished_small: Home) -> None:
    said = status(finished_small, "--on", "2026-07-20")
    chased = [line.partition(", receipt")[0] for line in returns_of(said)]
    assert chased == [
        "M005 service_user_survey 2026-Q2: 4 days late",
        "M005 sickness_absence 2026-Q2: 4 days late",
        "M040 sickness_absence 2026-Q2: not accepted, 4 days late",
        "O200 sickness_absence 2026-Q2: held, 4 days late",
    ]
    assert re.search(r"^2026-Q2 +savings +9 +7 +2 +0 +0 +0 +0 +0$", said, re.MULTILINE)
    assert "Waiting in the inboxes: 0" in said
    assert "Tables last built: 20 July 2026 09:00 UTC" in said
    assert "Published 2026-Q2, number 1" in said


def test_status_says_what_is_due_before_it_is_late_and_how_late_it_is_after(finished_small: Home) -> None:
    before, after = (status(finished_small, "--on", day) for day in ("2026-07-16", "2026-07-17"))
    assert "M005 sickness_absence 2026-Q2: due 16 July 2026" in before
    assert "M005 sickness_absence 2026-Q2: 1 day late" in after
    assert "M005 sickness_absence 2026-Q3: due 16 October 2026" in status(finished_small, "--on", "2026-10-05")


def test_status_of_one_organisation_and_feed(finished_small: Home) -> None:
    said = returns_of(status(finished_small, "--on", "2026-07-20", "--organisation", "I172", "--feed", "savings"))
    assert len(said) == 12
    assert all(re.fullmatch(r"I172 savings 20\d\d-Q\d: nil, receipt [0-9a-f]{16}", line) for line in said)
    every = returns_of(status(finished_small, "--on", "2026-07-20", "--organisation", "M011"))
    assert len(every) == 4 * 12
    corrected = [line for line in every if line.startswith("M011 sickness_absence 2026-Q1")]
    [receipt] = [receipt for receipt in load_receipts(finished_small) if receipt.corrects and receipt.sender == "M011"]
    assert corrected == [f"M011 sickness_absence 2026-Q1: received, receipt {receipt.id}"]
    of_feed = returns_of(status(finished_small, "--on", "2026-07-20", "--feed", "service_user_survey"))
    assert [line[:33] for line in of_feed] == ["M005 service_user_survey 2026-Q2:"]


def test_status_says_what_waits_and_why_something_is_left(home: Home) -> None:
    send_quarter(home, "M001", drop("M001"))
    send_quarter(home, "M002", b"{}", name="later.csv.cover.json")
    said = status(home)
    assert "Waiting in the inboxes: 1" in said
    assert "later.csv.cover.json: left, because the file that it is the cover of has not arrived yet" in said
    assert "Tables last built: never" in said


def test_a_day_that_is_none_is_exit_code_2(home: Home) -> None:
    assert in_process(home, "status", "--on", "20/07/2026").exit_code == 2


def test_what_was_never_published_cannot_be_rebuilt(home: Home) -> None:
    done = in_process(home, "rebuild", "2026-Q1", "1")
    assert (done.exit_code, "Traceback" in done.stderr) == (3, False)
    assert "There is no publication 1 of 2026-Q1" in done.stderr


def commands() -> list[str]:
    return [name for name in main.commands if name != "import"] + ["import nhs-sickness"]


def test_every_command_is_in_the_readme_and_explains_itself() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    for command in commands():
        assert f"impact {command}" in readme, command
        shown = CliRunner().invoke(main, [*command.split(), "--help"])
        assert shown.exit_code == 0
        assert len(shown.output.split("Options:")[0].split()) > 12, command


def test_the_readme_names_no_command_that_is_not_there() -> None:
    named = set(re.findall(r"`impact ([a-z-]+(?: nhs-[a-z]+)?)", (ROOT / "README.md").read_text("utf-8")))
    assert named <= set(commands())


def test_the_guides_are_what_the_definitions_make() -> None:
    from impact.guide import feeds_page, register_page

    assert (ROOT / "docs" / "feeds.md").read_text("utf-8") == feeds_page()
    assert (ROOT / "docs" / "register.md").read_text("utf-8") == register_page()


def test_the_walk_names_only_files_that_are_there() -> None:
    walk = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    names = set(re.findall(r"`([a-z_/.]+\.(?:py|yaml|sql))`", walk))
    assert len(names) > 15
    files = {
        path.relative_to(ROOT).as_posix()
        for folder in ("src", "sql", "pipelines", "tests")
        for path in (ROOT / folder).rglob("*.*")
    }
    assert not {name for name in names if not any(file.endswith(f"/{name}") or file == name for file in files)}
