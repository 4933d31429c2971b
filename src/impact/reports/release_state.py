"""Where publications lie, and how each of them stands: prepared for the accuracy check, or released, and whether newer
data has come in since. Nothing is written here; whoever releases belongs in `releasing`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from impact.errors import ImpactError
from impact.home import Home, read_records
from impact.intake.receipts import Decision, Receipt, Slot, live_returns, load_receipts, receipts_at
from impact.periods import Period, from_text, parse_period
from impact.reports.folder import PAGE
from impact.reports.manifest import MANIFEST, read_manifest

LATEST = "latest"


@dataclass(frozen=True)
class Release:
    """That a publication was released: by whom and when, and why `early`, where the accuracy check was not over."""

    period: str
    number: int
    by: str
    released_at: str
    early: str


@dataclass(frozen=True)
class Publication:
    """One publication of a period. `folder` is where it lies as it stands: with the readers once it is released. The
    accuracy check runs until the end of `check_ends_on`; it is None for what was published before there was one.
    `is_new` is false where nothing had changed since it was made."""

    period_id: str
    number: int
    folder: Path
    is_released: bool
    check_ends_on: date | None
    by: str
    pages: tuple[Path, ...]
    is_new: bool = False


def prepared_folder(home: Home, period_id: str, number: int) -> Path:
    """A publication as it was prepared for the accuracy check."""
    return home.prepared / period_id / str(number)


def released_folder(home: Home, period_id: str, number: int) -> Path:
    """A publication as readers have it."""
    return home.publications / period_id / str(number)


def record_path(home: Home, period_id: str, number: int | str) -> Path:
    """What a publication let out, for ops alone. Beside it, as JSON, what it was made from and by whom."""
    return home.released / period_id / f"{number}.parquet"


def prepared_by(home: Home, period_id: str, number: int) -> str:
    """Who prepared a publication; empty where nobody said."""
    path = record_path(home, period_id, number).with_suffix(".json")
    return str(json.loads(path.read_text("utf-8")).get("by", "")) if path.is_file() else ""


def numbers_of(home: Home, period_id: str) -> list[int]:
    """The numbers of the publications of a period, prepared or released, in order."""
    folders = [home.prepared / period_id, home.publications / period_id]
    paths = [path for folder in folders if folder.is_dir() for path in folder.iterdir()]
    return sorted({int(path.name) for path in paths if path.name.isdecimal()})


def manifest_of(home: Home, period_id: str, number: int) -> dict[str, Any]:
    """The manifest of a publication as it was prepared; one from before there was an accuracy check was only released.
    Raises ImpactError when there is no such publication."""
    folders = (prepared_folder(home, period_id, number), released_folder(home, period_id, number))
    is_period = parse_period(period_id) is not None
    folder = next((folder for folder in folders if is_period and (folder / MANIFEST).is_file()), None)
    if folder is None:
        raise ImpactError(f"There is no publication {number} of {period_id}. `impact status` lists those there are.")
    return read_manifest(folder)


def releases_of(home: Home, period_id: str) -> dict[int, Release]:
    """The releases of a period by their number."""
    return {one.number: one for one in read_records(home.releases, Release) if one.period == period_id}


def released_numbers(home: Home, period_id: str) -> list[int]:
    """The numbers that were released, in order; of a period from before releases were recorded, the latest."""
    pointer = home.publications / period_id / LATEST
    pointed = [int(pointer.read_text("utf-8"))] if pointer.is_file() else []
    return sorted({*releases_of(home, period_id), *pointed})


def publication(home: Home, period_id: str, number: int) -> Publication:
    """A publication as it stands. Raises ImpactError when there is none."""
    manifest = manifest_of(home, period_id, number)
    folder = released_folder(home, period_id, number)
    is_released = folder.is_dir() and number in released_numbers(home, period_id)
    if not is_released:
        folder = prepared_folder(home, period_id, number)
    ends_on = manifest.get("check_ends_on")
    return Publication(
        period_id,
        number,
        folder,
        is_released,
        date.fromisoformat(ends_on) if ends_on else None,
        prepared_by(home, period_id, number),
        tuple(folder / report["audience"] / PAGE for report in manifest["reports"]),
    )


def latest_publications(home: Home) -> list[Publication]:
    """The latest publication of each period, the newest period first."""
    return [
        publication(home, period.id, int((home.publications / period.id / LATEST).read_text("utf-8")))
        for period in _periods(home.publications)
        if (home.publications / period.id / LATEST).is_file()
    ]


def waiting_publications(home: Home) -> list[Publication]:
    """What waits for release: of each period the publications after the one that readers have, the newest period
    first. One whose release was killed is among them until it is finished."""
    found = []
    for period in _periods(home.prepared):
        every = [publication(home, period.id, number) for number in numbers_of(home, period.id)]
        latest = max((one.number for one in every if one.is_released), default=0)
        found += [one for one in every if one.number > latest]
    return found


def newer_returns(home: Home, period_id: str, number: int) -> list[Receipt]:
    """The returns that count today and did not when a publication was prepared, of periods that its figures reach back
    to. Oldest first; where there are any, the publication would come out otherwise today."""
    manifest, period = manifest_of(home, period_id, number), parse_period(period_id)
    assert period is not None
    known: dict[str, Decision] = dict(one.split() for one in manifest["inputs"]["receipts"])
    then = counting(receipts_at(home, from_text(manifest["as_at"]), known), period)
    today = counting(load_receipts(home), period)
    new = {receipt.id: receipt for slot, receipt in today.items() if slot not in then or then[slot].id != receipt.id}
    return sorted(new.values(), key=lambda receipt: (receipt.received_at, receipt.id))


def counting(receipts: list[Receipt], period: Period) -> Mapping[Slot, Receipt]:
    """The live returns of all periods that a publication of `period` looks back on."""
    return {
        slot: receipt
        for slot, receipt in live_returns(receipts).items()
        if (of := parse_period(slot[2])) is not None and of.start_on <= period.end_on
    }


def _periods(folder: Path) -> list[Period]:
    paths = [path for path in folder.iterdir() if path.is_dir()] if folder.is_dir() else []
    return sorted((period for path in paths if (period := parse_period(path.name))), reverse=True)
