"""Short slices of `make fuzz` and `make kill`, always the same ones."""

import os
from pathlib import Path

import pytest

from tests.fuzz import fuzz, made
from tests.kill import check_once, kill, prepare

pytestmark = pytest.mark.xdist_group("killed")


def test_files_damaged_at_random_come_to_a_decision_with_words() -> None:
    fuzzed = fuzz(seed=7, count=200)
    assert fuzzed.faults == []
    assert fuzzed.files == sum(fuzzed.decisions.values()) == 200
    assert fuzzed.decisions.keys() >= {"accepted", "refused", "unreadable"}
    assert made(7, 11) == made(7, 11) != made(8, 11)


def test_a_run_killed_at_random_is_finished_by_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from impact.intake import intake
    from impact.register import register

    for module in (intake, register):
        monkeypatch.setattr(module, "check_tables", module.check_tables)  # as it was, when this is over
    check_once()
    outcome = kill(prepare(tmp_path / "prepared"), tmp_path, 10, seed=3)
    assert outcome.faults == []
    assert outcome.killed > 0
    assert os.path.exists(tmp_path / "undisturbed")
