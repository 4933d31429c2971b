"""`make pictures`: the pictures of docs/, taken of a finished demo by a real browser."""

import os
from pathlib import Path

import click

from impact.home import Home
from impact.reports.release_state import latest_publications
from tests.journeys.browser import Visit, a_browser

PICTURES = (
    ("commissioner", "commissioner-C03/index.html", 1100, "", 1350),
    ("organisation", "commissioner-C03/{profile}", 1100, "", 1350),
    ("sector", "public/index.html", 1100, "", 1350),
    ("portfolio", "commissioner-C03/index.html", 800, "#staff-survey-beside-peers", 0),
    ("expected_range", "commissioner-C03/index.html", 800, "#sickness-absence-expected-range", 0),
    ("over_time", "commissioner-C03/{profile}", 800, "figure", 0),
    ("before_after", "public/index.html", 800, "[id$=before-after]", 0),
    ("side_by_side", "public/index.html", 800, "[id$=side-by-side]", 0),
    ("phone", "commissioner-C03/index.html", 360, "#staff-survey-beside-peers", 0),
    ("explore", "public/explore.html", 1100, "", 900),
)
"""Name, page, width of the window, and either which element of it or how much of its top. {profile} is the first page
of an organisation."""


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def main(folder: Path) -> None:
    """Take the pictures of the latest publication into FOLDER."""
    [publication, *_] = latest_publications(Home(Path(os.environ.get("IMPACT_HOME") or "home").resolve()))
    folder.mkdir(parents=True, exist_ok=True)
    with a_browser() as browser:
        for name, page, width, element, height in PICTURES:
            folder_of_page = publication.folder / page.split("/")[0]
            profile = (
                min(path.name for path in folder_of_page.glob("*.html") if path.name.startswith("organisation-"))
                if "{profile}" in page
                else ""
            )
            visit = Visit(browser, publication.folder / page.format(profile=profile), width)
            path = folder / f"{name}.png"
            if element:
                visit.page.locator(element).first.screenshot(path=path)
            else:
                visit.page.set_viewport_size({"width": width, "height": height})
                visit.page.screenshot(path=path)
            visit.close()
            click.echo(path)


if __name__ == "__main__":
    main()
