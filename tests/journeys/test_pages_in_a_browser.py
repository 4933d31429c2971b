"""Every kind of page, as a browser shows it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.journeys.browser import WIDTHS, Visit, a_browser
from tests.journeys.homes import Published

pytestmark = pytest.mark.xdist_group("gx")

PAGES = ("home", "public", "commissioner", "organisation of a commissioner", "organisation")


def page_of(published: Published, name: str) -> Path:
    if name == "home":
        return published.home.publications / "index.html"
    if name == "organisation of a commissioner":
        return min(published["commissioner"].glob("organisation-*.html"))
    return published[name] / "index.html"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with a_browser() as browser:
        yield browser


@pytest.mark.parametrize(
    "width", [pytest.param(width, marks=pytest.mark.long) if width == 768 else width for width in WIDTHS]
)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_within_everybodys_reach(published: Published, browser: Browser, name: str, width: int) -> None:
    visit = Visit(browser, page_of(published, name), width)
    try:
        assert visit.violations() == []
        assert visit.overflow() <= 0
        assert visit.complaints == []
        assert visit.others_asked() == []
    finally:
        visit.close()
