"""The figures of a report as CSV, one file a table, with the same texts that the page prints."""

import csv
import dataclasses
import io
from collections.abc import Sequence
from typing import Any

from impact.reports.audiences import (
    AudienceRows,
    BeforeAfter,
    DeliveryModelFigure,
    Effect,
    OrganisationFigure,
    PresentValue,
    ReturnState,
    SavingFigure,
)

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def data_files(rows: AudienceRows) -> dict[str, bytes]:
    """File name -> content, for each table that has rows for this reader."""
    tables: dict[str, tuple[type[object], Sequence[object]]] = {
        "organisations.csv": (OrganisationFigure, rows.organisations),
        "delivery-models.csv": (DeliveryModelFigure, rows.delivery_models),
        "effects.csv": (Effect, rows.effects),
        "before-after.csv": (BeforeAfter, rows.before_after),
        "savings.csv": (SavingFigure, rows.savings),
        "present-values.csv": (PresentValue, rows.present_values),
        "quarters.csv": (OrganisationFigure, rows.history),
        "returns.csv": (ReturnState, rows.return_states),
    }
    return {name: _csv(kind, of) for name, (kind, of) in tables.items() if of}


def _csv(kind: type[Any], rows: Sequence[object]) -> bytes:
    names = [field.name for field in dataclasses.fields(kind)]
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(names)
    writer.writerows([safe_cell(getattr(row, name)) for name in names] for row in rows)
    return out.getvalue().encode()


def safe_cell(value: object) -> str:
    """A text that Excel would take for a formula gets an apostrophe before it; a negative figure stays one."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    if text.startswith(_STARTS_A_FORMULA) and not _is_number(text):
        return f"'{text}"
    return text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
