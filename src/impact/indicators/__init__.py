"""What is reported: each indicator is an entry of metadata, one YAML file, and no code."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

_COLUMNS = [
    ("indicator_id", "varchar"),
    ("name", "varchar"),
    ("numerator", "varchar"),
    ("denominator", "varchar"),
    ("multiplier", "double"),
    ("is_per_day_of_period", "boolean"),
    ("is_whole_period_only", "boolean"),
    ("grains", "varchar[]"),
    ("variants", "varchar[]"),
    ("unit", "varchar"),
    ("polarity", "varchar"),
    ("decimals", "integer"),
    ("definition", "varchar"),
    ("method", "varchar"),
]


@cache
def indicators() -> dict[str, dict[str, Any]]:
    """Every entry by its id, in the order of the ids. Raises KeyError where an entry lacks a field."""
    entries = {}
    for path in sorted(Path(__file__).parent.glob("*.yaml")):
        entry = yaml.safe_load(path.read_text("utf-8"))
        entries[path.stem] = {"indicator_id": path.stem, **{name: entry[name] for name, _ in _COLUMNS[1:]}}
    return entries


def indicator_rows() -> tuple[list[tuple[str, str]], list[list[Any]]]:
    """The entries as the columns and rows of the table `reference.indicators`."""
    return _COLUMNS, [[entry[name] for name, _ in _COLUMNS] for entry in indicators().values()]
