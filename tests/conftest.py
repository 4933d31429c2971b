"""What holds for all tests."""

import gc
from collections.abc import Iterator

import pytest
from hypothesis import settings

# The same examples every time: what CI says of a change is said of the change. More of the same would find little that
# is new; with --hypothesis-profile=default others are tried, and more of them.
settings.register_profile("same", derandomize=True, max_examples=40)
settings.load_profile("same")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests of a file go to one worker, so that what they share is made once; but for those that say with which
    others they go."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


def pytest_collection_finish() -> None:
    """Keep the tests and what they have imported from the collector of garbage, which took an eighth of the time."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    gc.unfreeze()


@pytest.fixture(scope="session", autouse=True)
def _registers_checked_once() -> Iterator[None]:
    """Most homes of these tests have one and the same register, and to check it takes longer than most of the tests."""
    from impact.register import register
    from tests.journeys.homes import check_once

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(register, "check_tables", check_once())
        yield
