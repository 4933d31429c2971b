"""The commands as people type them, each in a process of its own, and the documents that name them."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from impact.cli import main
from impact.home import Home
from tests.journeys.homes import drop, new_home, send_quarter

pytestmark = pytest.mark.xdist_group("command_line")

ROOT = Path(__file__).parents[2]


def impact(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "ignore", "-m", "impact.cli", *words]
    environment = {**os.environ, "IMPACT_HOME": str(home)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return new_home(tmp_path / "home")


def test_the_demo_says_what_was_taken_and_where_to_look_and_can_be_run_again(tmp_path: Path) -> None:
    first = impact(tmp_path / "home", "demo")
    assert first.returncode == 0, first.stderr
    assert "Taken: 114 accepted, 1 held, 5 refused" in first.stdout
    pages = [Path(line.strip().removeprefix("file://")) for line in first.stdout.splitlines() if "file://" in line]
    assert len(pages) == 5
    assert all(page.is_file() for page in pages)
    again = impact(tmp_path / "home", "demo")
    assert "Taken: 0 accepted, 0 held, 0 refused" in again.stdout
    assert [line for line in again.stdout.splitlines() if "file://" in line] == [
        line for line in first.stdout.splitlines() if "file://" in line
    ]
    status = impact(tmp_path / "home", "status")
    assert "M003 sickness_absence 2026-Q1: refused" in status.stdout


def test_run_and_publish_go_from_a_file_to_a_page(home: Home) -> None:
    send_quarter(home, "M001", drop("M001"))
    run = impact(home.root, "run", "--now")
    assert (run.returncode, "Taken: 1 accepted, 0 held, 0 refused" in run.stdout) == (0, True), run.stderr
    publish = impact(home.root, "publish", "2026-Q1")
    assert publish.returncode == 0, publish.stderr
    assert "public/index.html" in publish.stdout


def test_a_fault_of_the_whole_pipeline_is_a_message_and_exit_code_3(home: Home) -> None:
    (home.register / "contracts.csv").unlink()
    run = impact(home.root, "run")
    assert run.returncode == 3
    assert "The register lacks contracts.csv" in run.stderr
    assert "Traceback" not in run.stdout + run.stderr


def test_a_period_that_is_none_is_exit_code_3(home: Home) -> None:
    send_quarter(home, "M001", drop("M001"))
    impact(home.root, "run", "--now")
    publish = impact(home.root, "publish", "2019-Q1")
    assert publish.returncode == 3
    assert "Quarters with figures: 2026-Q1" in publish.stderr


def test_check_reads_the_file_alone_and_writes_nothing(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_bytes(drop("M001"))
    good = impact(home.root, "check", str(file))
    assert good.returncode == 0, good.stdout + good.stderr
    assert "mine.csv as sickness_absence of M001, 2026-Q1" in good.stdout
    file.write_bytes(drop("M001").replace(b",410,", b",n/a,"))
    bad = impact(home.root, "check", str(file))
    assert bad.returncode == 1
    assert 'F3: fte_days_lost is not a number: "n/a".' in bad.stdout
    assert sorted(path.name for path in home.root.iterdir()) == ["register"]


def test_check_asks_for_what_the_file_does_not_say(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text("a,b\n1,2\n")
    asked = impact(home.root, "check", str(file))
    assert asked.returncode == 2
    assert "Say it with --organisation, --feed, --period." in asked.stderr


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
