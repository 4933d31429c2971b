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
    others they go. Of these, those that look at the small sector come last: another worker makes it meanwhile, and
    whoever comes first waits."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.path.stem))
    places = [place for place, item in enumerate(items) if _is_in(item, "gx")]
    in_order = sorted(places, key=lambda place: "finished_small" in _fixtures(items[place]))
    for place, item in zip(places, [items[place] for place in in_order], strict=True):
        items[place] = item


def _is_in(item: pytest.Item, group: str) -> bool:
    return any(mark.args == (group,) for mark in item.iter_markers("xdist_group"))


def _fixtures(item: pytest.Item) -> list[str]:
    """What a test asks for, and what it is asked for with: `published` gets the home that it is of by name."""
    names: list[str] = getattr(item, "fixturenames", [])
    return [*names, *(["finished_small"] if "published" in names else [])]


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
