"""What is reported: each indicator is an entry of metadata, one YAML file, and no code."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

_COLUMNS = [
    ("indicator_id", "varchar"),
    ("name", "varchar"),
    ("feeds", "varchar[]"),
    ("place", "integer"),
    ("numerator", "varchar"),
    ("denominator", "varchar"),
    ("sum_of_squares", "varchar"),
    ("item", "varchar"),
    ("part_of", "varchar"),
    ("breaks_down", "varchar"),
    ("small_count", "varchar"),
    ("over_time", "varchar"),
    ("multiplier", "double"),
    ("is_per_day_of_period", "boolean"),
    ("is_whole_period_only", "boolean"),
    ("is_whole_year_compared", "boolean"),
    ("is_effect_measured", "boolean"),
    ("is_in_claim", "boolean"),
    ("grains", "varchar[]"),
    ("variants", "varchar[]"),
    ("unit", "varchar"),
    ("polarity", "varchar"),
    ("is_compared", "boolean"),
    ("interval", "varchar"),
    ("verdict", "varchar"),
    ("why_no_verdict", "varchar"),
    ("least_denominator", "integer"),
    ("least_value", "double"),
    ("greatest_value", "double"),
    ("chart", "varchar"),
    ("decimals", "integer"),
    ("definition", "varchar"),
    ("method", "varchar"),
]
"""feeds: where its measures come from, and under the first of which it is reported, at this `place`.
numerator, denominator: measures; without a denominator it is an amount.
item: the item that is counted; none for any.
part_of: whether a commissioner is shown it for the whole `organisation`, or for its own `service`s or `contract`s.
breaks_down: the indicator that this one and all others that break it down add up to.
small_count: what makes a figure of it one of too few: `staff_answers` (the denominator), `staff_responses` (the
numerator), `user_answers` or `posts`; none where numbers of people do not come into it.
over_time: `sum` adds up a period's months, `latest` takes the last wave.
is_effect_measured: whether the effect of spinning out, and of how much staff own, is looked for in it.
is_in_claim: whether the claim made for mutuals rests on it, so that it is shown by area and by ownership too.
is_whole_period_only: whether there is none of a period of which a month is missing.
is_whole_year_compared: whether a return of a year of which a month is missing is set beside no other.
variants: the bases that it can be worked out on; none for any.
is_compared: whether it says anything to set one organisation's beside its peers'.
sum_of_squares: of a mean, the measure from which the spread of what it is the mean of is known.
interval: how chance is allowed for: as for a `share` (Wilson), a `mean` (Student), or `none`.
verdict: how one organisation is told from its peers: as a `share`, a `mean`, days of `absence`, or `none`, and why.
least_denominator: with fewer there is no verdict.
least_value, greatest_value: what it can come to, on its own scale; none where there is no bound.
chart: what its limits over time are made from: the `value`, the `residual` from what its peers would lead one to expect
where it has seasons, or `none` where it is not charted."""

_DEFAULTS: dict[str, Any] = {
    "denominator": None,
    "item": None,
    "part_of": "organisation",
    "breaks_down": None,
    "small_count": None,
    "over_time": "sum",
    "multiplier": 1,
    "is_per_day_of_period": False,
    "is_whole_period_only": False,
    "is_whole_year_compared": False,
    "is_effect_measured": False,
    "is_in_claim": False,
    "variants": [],
    "is_compared": True,
    "sum_of_squares": None,
    "interval": "none",
    "verdict": "none",
    "why_no_verdict": "no measure of chance",
    "least_denominator": 1,
    "least_value": None,
    "greatest_value": None,
    "chart": "none",
}


@cache
def indicators() -> dict[str, dict[str, Any]]:
    """Every entry by its id, in the order of the ids. Raises KeyError where an entry lacks a field, ValueError where it
    has one that there is not."""
    entries = {}
    for path in sorted(Path(__file__).parent.glob("*.yaml")):
        entry = {**_DEFAULTS, **yaml.safe_load(path.read_text("utf-8"))}
        if unknown := sorted(set(entry) - {name for name, _ in _COLUMNS[1:]}):
            raise ValueError(f"{path.name} has {', '.join(unknown)}, which no indicator has")
        entries[path.stem] = {"indicator_id": path.stem, **{name: entry[name] for name, _ in _COLUMNS[1:]}}
    return entries


def indicator_rows() -> tuple[list[tuple[str, str]], list[list[Any]]]:
    """The entries as the columns and rows of the table `reference.indicators`."""
    return _COLUMNS, [[entry[name] for name, _ in _COLUMNS] for entry in indicators().values()]
