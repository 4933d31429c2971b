"""Every kind of page, as a browser shows it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from impact.home import Home
from tests.journeys.browser import WIDTHS, Visit, a_browser

pytestmark = pytest.mark.xdist_group("gx")

PAGES = (
    "index.html",
    "2026-Q2/1/public/index.html",
    "2026-Q2/1/commissioner-C09/index.html",
    "2026-Q2/1/commissioner-C09/organisation-M009.html",
    "2026-Q2/1/organisation-M001/index.html",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with a_browser() as browser:
        yield browser


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_within_everybodys_reach(finished_demo: Home, browser: Browser, name: str, width: int) -> None:
    visit = Visit(browser, finished_demo.publications / name, width)
    try:
        assert visit.violations() == []
        assert visit.overflow() <= 0
        assert visit.complaints == []
        assert visit.others_asked() == []
    finally:
        visit.close()
