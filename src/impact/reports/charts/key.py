"""The key of a chart, as data: the page draws it above. Here are the entries that several charts share."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from impact.reports.chart_records import Cause
from impact.reports.charts.marks import box, brackets, cause_sign, line, model_sign, sign, span
from impact.reports.wording import words

_CAUSE_WORDS: dict[Cause, str] = {
    "common": "Common cause",
    "improving": "Special cause: improving",
    "concern": "Special cause: concern",
    "high": "Special cause: high",
    "low": "Special cause: low",
}


class KeyEntry(NamedTuple):
    """A sign, as SVG text that is safe to put into a page, and what it stands for, as plain text."""

    sign: str
    label: str


def model_entries(delivery_models: Iterable[str]) -> Iterator[KeyEntry]:
    """One for each delivery model, in the order in which they come."""
    for model in dict.fromkeys(delivery_models):
        yield KeyEntry(sign(model_sign(model, 12, 8)), words(model).capitalize())


def cause_entries(causes: Iterable[Cause], said: dict[Cause, str] | None = None) -> Iterator[KeyEntry]:
    """One for each that there is, common cause first. `said` has other words for them."""
    there = set(causes)
    for cause, usual in _CAUSE_WORDS.items():
        if cause in there:
            yield KeyEntry(sign(cause_sign(cause, 12, 8, 5)), (said or _CAUSE_WORDS).get(cause, usual))


def band_entry(label: str) -> KeyEntry:
    return KeyEntry(sign(box("band", 1, 2, 23, 14) + brackets("edge", 1, 23, 8, 6)), label)


def interval_entry(label: str) -> KeyEntry:
    return KeyEntry(sign(span("interval", 2, 22, 8, 3.5)), label)


def line_entry(looks: str, label: str) -> KeyEntry:
    return KeyEntry(sign(line(looks, 1, 8, 23, 8)), label)


def upright_entry(looks: str, label: str) -> KeyEntry:
    return KeyEntry(sign(line(looks, 12, 1, 12, 15)), label)
