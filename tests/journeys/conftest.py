"""The demo, taken once a session, and copied for whoever changes it."""

import shutil
from pathlib import Path

import pytest

from impact.demo.sector import PERIODS, place_demo
from impact.home import Home
from tests.journeys.homes import travel


@pytest.fixture(scope="session")
def finished_demo(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The demo's home after its run. Look, do not touch: take `demo` to change something."""
    home = Home(tmp_path_factory.mktemp("demo") / "home")
    place_demo(home)
    travel(home, PERIODS[-1])
    return home


@pytest.fixture
def demo(finished_demo: Home, tmp_path: Path) -> Home:
    """A copy of the finished demo."""
    shutil.copytree(finished_demo.root, tmp_path / "home")
    return Home(tmp_path / "home")
