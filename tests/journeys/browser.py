"""A real browser for the tests of pages: Debian's Chromium, which the tests install where they can."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

WIDTHS = (320, 768, 1280)

_QUIET = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
_INSTALL_SECONDS = 240


@cache
def chromium() -> str:
    """The path of Chromium, installed where it can be; otherwise the tests that need it are skipped and say so."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None and shutil.which("apt-get") and os.geteuid() == 0:
        for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "chromium"]):
            subprocess.run(command, check=False, capture_output=True, timeout=_INSTALL_SECONDS)
        found = shutil.which("chromium")
    if found is None:
        pytest.skip("There is no Chromium here, and it cannot be installed: pages were not looked at in a browser")
    return found


@contextmanager
def a_browser() -> Iterator[Browser]:
    path = chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_QUIET)
        try:
            yield browser
        finally:
            browser.close()


class Visit:
    """A page in a window of some width, and what it did there: what it wrote to the console, and whom it asked."""

    def __init__(self, browser: Browser, path: Path, width: int, *, has_script: bool = True) -> None:
        self.page: Page = browser.new_page(viewport={"width": width, "height": 900}, java_script_enabled=has_script)
        self.complaints: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda fault: self.complaints.append(str(fault)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(path.as_uri())

    def overflow(self) -> int:
        """By how many pixels the page is wider than its window."""
        return int(self.page.evaluate("document.scrollingElement.scrollWidth - window.innerWidth"))

    def violations(self) -> list[str]:
        """What axe-core finds wrong, each with the first element that it is wrong of."""
        found = Axe().run(self.page).response["violations"]
        return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]

    def others_asked(self) -> list[str]:
        """Every request but for files."""
        return [url for url in self.asked if not url.startswith(("file:", "data:", "blob:"))]

    def close(self) -> None:
        self.page.close()
