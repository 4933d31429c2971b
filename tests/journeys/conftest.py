"""The demo and the small sector, each taken once a session and shared by its processes, and small homes to change."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from impact.demo.faults import CORRECTED_PERIOD
from impact.demo.planted import FIRST_NOW
from impact.home import Home
from tests.journeys.homes import NOW, Published, send_all, small_drops, small_home, travel

_NO_SYNCS = "import os\nos.fsync = lambda handle: None\n"


@pytest.fixture(scope="session", autouse=True)
def _no_syncs() -> Iterator[None]:
    """No test cuts the power, and a disk that is waited for at every file makes these take three times as long."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(os, "fsync", lambda handle: None)
        yield


def _made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A folder that the first process of the session to want it makes; the others wait, and find it there."""
    base = factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with (base / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        folder, done = base / name, base / f"{name}.done"
        if not done.exists():
            folder.mkdir()
            make(folder)
            done.touch()
    return folder


def _run_demo(folder: Path) -> None:
    (folder / "python").mkdir()
    (folder / "python" / "sitecustomize.py").write_text(_NO_SYNCS)
    # What stands in the path of the tests, such as another worktree, is what the demo is run from, too.
    path = os.pathsep.join([str(folder / "python"), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {**os.environ, "IMPACT_HOME": str(folder / "home"), "PYTHONPATH": path}
    command = [sys.executable, "-W", "ignore", "-m", "impact.cli", "demo"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (folder / "said.txt").write_text(done.stdout)


def _take_first(folder: Path) -> None:
    home = small_home(folder / "home")
    send_all(home, small_drops()[1])
    travel(home, CORRECTED_PERIOD, FIRST_NOW)


@pytest.fixture(scope="session")
def finished_demo(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The demo's home after `impact demo`. Look, do not touch: take `small` to change something."""
    return Home(_made_once(tmp_path_factory, "demo", _run_demo) / "home")


@pytest.fixture(scope="session")
def demo_said(finished_demo: Home) -> str:
    """What `impact demo` printed."""
    return (finished_demo.root.parent / "said.txt").read_text()


@pytest.fixture(scope="session")
def finished_first(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The small sector after its first stage, the first quarter of 2026 published. Look, do not touch."""
    return Home(_made_once(tmp_path_factory, "small-first", _take_first) / "home")


@pytest.fixture(scope="session")
def finished_small(finished_first: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The small sector after both stages, each taken when it arrives. Look, do not touch."""

    def take_second(folder: Path) -> None:
        shutil.copytree(finished_first.root, folder / "home")
        home = Home(folder / "home")
        send_all(home, small_drops()[2])
        travel(home, "2026-Q2", NOW)

    return Home(_made_once(tmp_path_factory, "small", take_second) / "home")


@pytest.fixture(scope="session", params=["small", pytest.param("demo", marks=pytest.mark.long)])
def published(request: pytest.FixtureRequest) -> Published:
    """What is published of the small sector, and in the long tests what is published of the whole demo."""
    if request.param == "small":
        return Published(request.getfixturevalue("finished_small"), False, "C07", "M011")
    return Published(request.getfixturevalue("finished_demo"), True, "C09", "M001")


@pytest.fixture
def first(finished_first: Home, tmp_path: Path) -> Home:
    """A copy of the small sector after its first stage."""
    return _copy(finished_first, tmp_path)


@pytest.fixture
def small(finished_small: Home, tmp_path: Path) -> Home:
    """A copy of the finished small sector."""
    return _copy(finished_small, tmp_path)


def _copy(home: Home, folder: Path) -> Home:
    shutil.copytree(home.root, folder / "home")
    return Home(folder / "home")
