"""The demo, run once a session; a small sector, taken once, and copied for whoever changes it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from impact.home import Home
from tests.journeys.homes import small_home, travel_small

_NO_SYNCS = "import os\nos.fsync = lambda handle: None\n"


@pytest.fixture(scope="session", autouse=True)
def _no_syncs() -> Iterator[None]:
    """No test cuts the power, and a disk that is waited for at every file makes these take three times as long."""
    real = os.fsync
    os.fsync = lambda handle: None
    yield
    os.fsync = real


@pytest.fixture(scope="session")
def demo_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, subprocess.CompletedProcess[str]]:
    """The demo's home after `impact demo`, and what that said. All who use it are of the xdist group gx."""
    folder = tmp_path_factory.mktemp("demo")
    (folder / "python").mkdir()
    (folder / "python" / "sitecustomize.py").write_text(_NO_SYNCS)
    environment = {**os.environ, "IMPACT_HOME": str(folder / "home"), "PYTHONPATH": str(folder / "python")}
    command = [sys.executable, "-W", "ignore", "-m", "impact.cli", "demo"]
    said = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr
    return Home(folder / "home"), said


@pytest.fixture(scope="session")
def finished_demo(demo_run: tuple[Home, subprocess.CompletedProcess[str]]) -> Home:
    """The demo's home after its run. Look, do not touch: take `small` to change something."""
    return demo_run[0]


@pytest.fixture(scope="session")
def finished_small(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The home of the small sector after both stages. Look, do not touch."""
    home = small_home(tmp_path_factory.mktemp("small") / "home")
    travel_small(home)
    return home


@pytest.fixture
def small(finished_small: Home, tmp_path: Path) -> Home:
    """A copy of the finished small sector."""
    shutil.copytree(finished_small.root, tmp_path / "home")
    return Home(tmp_path / "home")
