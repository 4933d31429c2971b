"""Tables with their margins, and hierarchies, for the tests of disclosure control."""

import random
from collections.abc import Mapping

import pandas as pd

from impact.disclosure.tables import margins, total_of

DIMENSIONS = ["row", "column"]


def crossed(counts: Mapping[tuple[str, str], float]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Cells named row|column with all their totals (ALL), and their relations."""
    values = dict(counts)
    for (row, column), value in counts.items():
        for total in ((row, "ALL"), ("ALL", column), ("ALL", "ALL")):
            values[total] = values.get(total, 0) + value
    cells = pd.DataFrame(
        [(f"{row}|{column}", row, column, value) for (row, column), value in values.items()],
        columns=["cell", *DIMENSIONS, "value"],
    )
    return cells, margins(cells, DIMENSIONS)


def random_count(dice: random.Random) -> int:
    """Often few, seldom many."""
    return int(min(dice.expovariate(1 / 50), 500))


def random_table(dice: random.Random, rows: int, columns: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A table of counts of which many are small, some are nothing and few are great."""
    return crossed(
        {
            (f"r{row:02}", f"c{column:02}"): random_count(dice) if dice.random() < 0.95 else 0
            for row in range(rows)
            for column in range(columns)
        }
    )


def random_hierarchy(dice: random.Random, leaves: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Organisations of areas of regions, and the same organisations by size: two breakdowns of one total."""
    values: dict[str, float] = {}
    parts: dict[str, list[str]] = {}
    for leaf in range(leaves):
        name = f"organisation {leaf:04}"
        values[name] = random_count(dice)
        area = f"area {dice.randrange(leaves // 12):03}"
        region = f"region {int(area[-3:]) % 9}"
        size = f"size {dice.randrange(30):02}"
        for total, part in ((area, name), (region, area), ("ALL", region), (size, name), ("ALL by size", size)):
            if part not in parts.setdefault(total, []):
                parts[total].append(part)
        for total in (area, region, "ALL", size):
            values[total] = values.get(total, 0) + values[name]
    relations = [total_of(total, total.removesuffix(" by size"), some) for total, some in sorted(parts.items())]
    cells = pd.DataFrame({"cell": list(values), "value": list(values.values())})
    return cells, pd.concat(relations, ignore_index=True)
