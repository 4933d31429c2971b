"""The rows of one audience as plain datasets: which there are, what each column is, and every cell as it is printed. In
which forms they are given to readers belongs in `data_files`; the words stand in columns.yaml."""

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from impact.reports.audience_rows import (
    AudienceRows,
    BeforeAfter,
    Coverage,
    DeliveryModelFigure,
    Effect,
    GroupFigure,
    OrganisationFigure,
    OverTimePoint,
    PresentValue,
    ReturnState,
    SavingFigure,
)

SHORTHAND = {
    "[c]": "withheld, so that nobody is given away",
    "[x]": "not available",
    "[z]": "not applicable",
    "[u]": "of low reliability",
}
"""What stands where there is no figure, as the Government Analysis Function writes it."""
NOTHING_TO_SAY = "[z]"
"""What stands where a text is empty: blank cells are never published."""

RECORDS: dict[str, tuple[type[Any], Callable[[AudienceRows], Sequence[object]]]] = {
    "organisations": (OrganisationFigure, lambda rows: rows.organisations),
    "delivery-models": (DeliveryModelFigure, lambda rows: rows.delivery_models),
    "areas-and-ownership": (GroupFigure, lambda rows: rows.groups),
    "coverage": (Coverage, lambda rows: rows.coverage),
    "effects": (Effect, lambda rows: rows.effects),
    "before-after": (BeforeAfter, lambda rows: rows.before_after),
    "savings": (SavingFigure, lambda rows: rows.savings),
    "present-values": (PresentValue, lambda rows: rows.present_values),
    "quarters": (OrganisationFigure, lambda rows: rows.history),
    "returns": (ReturnState, lambda rows: rows.return_states),
    "over-time": (OverTimePoint, lambda rows: rows.over_time),
}
"""Each dataset, the records that it is made of, and where they are among an audience's rows."""

_DATATYPES = ("text", "figure", "count", "date", "yes_no")


@dataclass(frozen=True)
class DataColumn:
    """A column. `datatype` is `text`, `figure`, `count` (a whole number), `date` or `yes_no`; `unit` is what a figure
    or a count is so many of, empty where it is none or no one unit. Where `has_shorthand`, shorthand may stand in place
    of what the datatype says; in a text it always may."""

    name: str
    title: str
    description: str
    datatype: str
    unit: str
    has_shorthand: bool


@dataclass(frozen=True)
class Dataset:
    """A table of texts, as they are printed; `name` is that of its files. Dates are ISO dates, what is true is `yes`,
    and no cell is blank."""

    name: str
    title: str
    description: str
    columns: tuple[DataColumn, ...]
    rows: tuple[tuple[str, ...], ...]


def datasets(rows: AudienceRows) -> Iterator[Dataset]:
    """Each dataset of which there are rows for this reader."""
    for name, (_, of) in RECORDS.items():
        if records := of(rows):
            made = described(name)
            cells = [_printed([getattr(record, column.name) for record in records]) for column in made.columns]
            yield dataclasses.replace(made, rows=tuple(zip(*cells, strict=True)))


@cache
def described(name: str) -> Dataset:
    """A dataset without rows: what it is, and what its columns are. Raises KeyError where columns.yaml lacks one."""
    record, _ = RECORDS[name]
    file = words()["files"][name]
    own, shared = words()["records"].get(record.__name__, {}), words()["shared"]
    columns = tuple(_column(field, own.get(field.name) or shared[field.name]) for field in dataclasses.fields(record))
    return Dataset(name, file["title"], file["description"], columns, ())


@cache
def words() -> dict[str, Any]:
    """columns.yaml as it stands."""
    loaded: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "columns.yaml").read_text("utf-8"))
    return loaded


def _column(field: dataclasses.Field[Any], about: dict[str, str]) -> DataColumn:
    datatype = about.get("datatype", "text")
    assert datatype in _DATATYPES, f"columns.yaml: {field.name} cannot be a {datatype}, only one of {_DATATYPES}"
    # What the published tables print is text, so that shorthand can stand in it; what is never without is not.
    has_shorthand = field.type in (str, "str")
    return DataColumn(field.name, about["title"], about["description"], datatype, about.get("unit", ""), has_shorthand)


def _printed(values: Sequence[object]) -> list[str]:
    """A column's values as texts; each is looked at once, for most stand there many times over."""
    texts = {value: _text(value) for value in set(values)}
    return [texts[value] for value in values]


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = value.isoformat() if isinstance(value, date) else str(value)
    return text if text.strip() else NOTHING_TO_SAY
