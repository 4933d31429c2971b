"""A short slice of `make fuzz`, always the same one."""

import pytest

from tests.fuzz import fuzz, made

pytestmark = pytest.mark.xdist_group("gx")


def test_files_damaged_at_random_come_to_a_decision_with_words() -> None:
    fuzzed = fuzz(seed=7, count=120)
    assert fuzzed.faults == []
    assert fuzzed.files == sum(fuzzed.decisions.values()) == 120
    assert fuzzed.decisions.keys() >= {"accepted", "refused", "unreadable"}
    assert made(7, 11) == made(7, 11) != made(8, 11)
