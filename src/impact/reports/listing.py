"""What points to publications: the file `latest` of each period, and the page that lists them. Both follow from what
was released and what has come in since, and are made anew when either changes; publications themselves never are."""

from datetime import date

from impact.home import Home, one_writer, write
from impact.periods import parse_period
from impact.reports.folder import PAGE
from impact.reports.html import home_page
from impact.reports.manifest import read_manifest
from impact.reports.release_state import (
    LATEST,
    Publication,
    latest_publications,
    newer_returns,
    released_folder,
    released_numbers,
)

_KINDS = {"public": "For the public", "commissioner": "For commissioners", "organisation": "For mutuals"}

NEWER_DATA = (
    "Newer data has come in since these reports were made. They stay as they are; a later release will have it."
)


def list_publications(home: Home) -> None:
    """What `show_releases` does, for whoever does not hold the home's lock."""
    with one_writer(home, "the list of publications"):
        show_releases(home)


def show_releases(home: Home) -> None:
    """Point to the latest release of each period, and list them all. Only for the holder of the home's lock.

    Where nothing was released yet, nothing is written."""
    if not home.publications.is_dir():
        return
    for folder in sorted(home.publications.iterdir()):
        numbers = [number for number in released_numbers(home, folder.name) if _is_there(home, folder.name, number)]
        pointer = f"{max(numbers, default=0)}\n".encode()
        path = folder / LATEST
        if numbers and (not path.is_file() or path.read_bytes() != pointer):
            write(path, pointer)
    listed = [_listed(home, one) for one in latest_publications(home)]
    page = home_page(listed)
    path = home.publications / PAGE
    if listed and (not path.is_file() or path.read_bytes() != page):
        write(path, page)


def _listed(home: Home, one: Publication) -> tuple[str, date, list[tuple[str, list[tuple[str, str]]]], str]:
    """What the list says of a publication: its period, its day, its reports by kind of reader, and a note."""
    period, manifest = parse_period(one.period_id), read_manifest(one.folder)
    assert period is not None
    groups = [
        (
            title,
            sorted(
                (
                    report["title"] if kind == "public" else report["name"],
                    f"{one.period_id}/{one.number}/{report['audience']}/{PAGE}",
                )
                for report in manifest["reports"]
                if report["kind"] == kind
            ),
        )
        for kind, title in _KINDS.items()
    ]
    note = NEWER_DATA if newer_returns(home, one.period_id, one.number) else ""
    return period.label(), date.fromisoformat(manifest["published_on"]), groups, note


def _is_there(home: Home, period_id: str, number: int) -> bool:
    return released_folder(home, period_id, number).is_dir()
