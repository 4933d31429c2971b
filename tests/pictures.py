"""`make pictures`: the pictures of docs/, taken of a finished demo by a real browser."""

import os
from pathlib import Path

import click

from impact.home import Home
from impact.reports.release_state import latest_publications
from tests.journeys.browser import Visit, a_browser

PICTURES = (
    ("commissioner", "commissioner-C09/index.html", 1100, 1400, ""),
    ("organisation", "commissioner-C09/organisation-M009.html", 1100, 1400, ""),
    ("sector", "public/index.html", 1100, 1400, ""),
    ("chart", "commissioner-C09/index.html", 1100, 900, "figure"),
    ("phone", "commissioner-C09/index.html", 360, 760, "figure"),
    ("explore", "public/explore.html", 1100, 900, ""),
)
"""Name, page, width and height of the window, and what of the page to begin with; its top where that is empty."""


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def main(folder: Path) -> None:
    """Take the pictures of the latest publication into FOLDER."""
    [publication, *_] = latest_publications(Home(Path(os.environ.get("IMPACT_HOME") or "home").resolve()))
    folder.mkdir(parents=True, exist_ok=True)
    with a_browser() as browser:
        for name, page, width, height, first in PICTURES:
            visit = Visit(browser, publication.folder / page, width)
            visit.page.set_viewport_size({"width": width, "height": height})
            if first:
                visit.page.locator(first).first.evaluate("element => window.scrollTo(0, element.offsetTop - 16)")
            visit.page.screenshot(path=folder / f"{name}.png")
            visit.close()
            click.echo(folder / f"{name}.png")


if __name__ == "__main__":
    main()
