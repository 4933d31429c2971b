"""Charts as a browser sets them, with its own fonts: labels are no wider than they were measured for, so that what
holds of the measures (`test_chart_every_kind`) holds of the page."""

import shutil
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Page, sync_playwright

from impact.reports.charts import NARROW, WIDE, draw
from impact.reports.charts.text import width_of
from tests.unit.reports.charts.records import LONG, RIGHT_TO_LEFT, WIDE_ONES
from tests.unit.reports.charts.samples import all_charts, portfolio_chart
from tests.unit.reports.charts.styles import sheet
from tests.unit.reports.published import HOSTILE

CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on this machine")

_TEXTS = """() => [...document.querySelectorAll('svg text')].map(one => {
    const box = one.getBBox(), frame = one.ownerSVGElement.viewBox.baseVal;
    const isBold = one.classList.contains('strong'), ends = [box.x, box.x + box.width, frame.width];
    return [one.textContent, isBold, one.getComputedTextLength(), ...ends];
})"""


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser.new_page(viewport={"width": 800, "height": 1000})
        browser.close()


def hostile_names() -> tuple[str, ...]:
    return (HOSTILE, LONG, RIGHT_TO_LEFT, WIDE_ONES, "W" * 300, "Ὠ∰ ꧅ ⸻ ㌀", "ŁódźŠťěž Ðþæœĳ", "नमस्ते संस्था தமிழ்")


def test_no_text_is_wider_than_it_was_measured_or_leaves_its_frame(page: Page) -> None:
    first = portfolio_chart(1).marks[0]
    hostile = replace(portfolio_chart(), marks=tuple(replace(first, name=name) for name in hostile_names()))
    drawings = [
        draw(chart, width, f"{number}-{width}")
        for number, chart in enumerate([*all_charts().values(), hostile])
        for width in (WIDE, NARROW)
    ]
    page.set_content(
        f"<style>body {{ font-family: Helvetica, Arial, sans-serif; }}{sheet()}</style>{''.join(drawings)}"
    )
    texts = page.evaluate(_TEXTS)
    assert len(texts) > 500
    too_wide = [
        (words, width, width_of(words, bold)) for words, bold, width, *_ in texts if width > width_of(words, bold) + 0.1
    ]
    assert too_wide == []
    outside = [words for words, _, _, left, right, frame in texts if left < -1 or right > frame + 1]
    assert outside == []
