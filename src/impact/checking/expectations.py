"""Great Expectations, and the only module that imports it: rules and two frames in, broken rules out.

Importing it takes seconds, so that happens inside the function. Nobody else sees its types.
"""

import atexit
import gc
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from threading import Thread
from typing import TYPE_CHECKING, Any

import pandas as pd

from impact.definition import Rule, Severity

if TYPE_CHECKING:
    from great_expectations.core import ExpectationValidationResult
    from great_expectations.data_context import EphemeralDataContext
    from great_expectations.datasource.fluent.interfaces import Batch
    from great_expectations.expectations.expectation import Expectation

_SEVERITIES: dict[Severity, str] = {"must_fix": "critical", "please_confirm": "warning", "for_information": "info"}


_WHETHER = {"result_format": "BOOLEAN_ONLY"}
_PLACES = {
    "result_format": "COMPLETE",
    "exclude_unexpected_values": True,
    "partial_unexpected_count": 0,
    "return_unexpected_index_query": False,
}
"""Every place where a rule is broken, by its position in the frame and by that alone. Asked for columns to name places
by, Great Expectations looks each of them up cell by cell, which took most of the time of a file with many faults."""


@dataclass(frozen=True)
class Broken:
    """`rule` is broken by row `row` of drop `drop`; by the drop as a whole when `row` is None. Where the rule is about
    what was sent before, `row` is the place of a row among those."""

    rule: Rule
    drop: str
    row: int | None


def value_column(column: str) -> str:
    """Where a frame of rows holds the value of a column, beside its text under the column's own name."""
    return f"{column}__value"


def unique_column(column: str) -> str:
    """Where a frame holds what must not stand twice: the value where it is one, so that two spellings are the same."""
    return f"{column}__unique"


def holds_column(rule: Rule) -> str:
    """Where a frame holds whether a rule holds, for rules that a function of ours decides."""
    return f"{rule.name}__holds"


def broken_rules(
    rules: Sequence[Rule],
    rows: pd.DataFrame,
    drops: pd.DataFrame,
    known: Mapping[str, Sequence[str]],
    before: pd.DataFrame | None = None,
) -> list[Broken]:
    """Validate a batch. `rows` has `drop`, `row`, the columns' texts and values; `drops` has `drop`; `before`, the rows
    that were sent before, has `drop` and `row`; all have the `holds_column` of the rules that need one. `known` maps a
    rule's name to the codes or the pattern that it looks up.

    Raises RuntimeError when an expectation could not be evaluated: a check that did not run is not a check passed.
    """
    source = _context().data_sources.add_or_update_pandas("drops")
    broken: list[Broken] = []
    for subject, frame in (("row", rows), ("drop", drops), ("before", pd.DataFrame() if before is None else before)):
        asked = [rule for rule in rules if rule.subject == subject]
        if frame.empty or not asked:
            continue
        columns = _columns_asked(asked)
        slim = frame[[name for name in frame if name in columns]].copy()
        batch = (
            source.add_dataframe_asset(subject)
            .add_batch_definition_whole_dataframe("all")
            .get_batch(batch_parameters={"dataframe": slim})
        )
        # Most rules hold, and where is asked of the others alone: it costs more than whether.
        whether = _validated(batch, asked, known, _WHETHER)
        failing = [rule for rule in asked if not whether[rule.name].success]
        if not failing:
            continue
        where = _validated(batch, failing, known, _PLACES)
        numbers = [None] * len(frame) if subject == "drop" else frame["row"]
        places = list(zip(frame["drop"], numbers, strict=True))
        for rule in failing:
            broken += _broken_in(where[rule.name], rule, places)
    return broken


@contextmanager
def importing() -> Iterator[None]:
    """Import Great Expectations meanwhile: for whoever waits for another process before asking it anything."""
    imported = Thread(target=_context)
    imported.start()
    try:
        yield
    finally:
        imported.join()


@contextmanager
def _made_to_stay() -> Iterator[None]:
    """Keep what is made from the collector of garbage until the process ends: a million objects, which it would look
    through again and again while they are made and in every collection after."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        atexit.register(gc.unfreeze)  # DuckDB complains of its types that are left at the end
        if was_enabled:
            gc.enable()


@cache
def _context() -> "EphemeralDataContext":
    """One context a process: in memory, without telemetry, progress bars or a folder for pages that nobody reads."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    with _made_to_stay():
        import great_expectations as gx
        from great_expectations.data_context.types.base import (
            DataContextConfig,
            InMemoryStoreBackendDefaults,
            ProgressBarsConfig,
        )

    context = gx.get_context(
        mode="ephemeral",
        project_config=DataContextConfig(
            store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False)
        ),
    )
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    return context


def _columns_asked(rules: Sequence[Rule]) -> set[str]:
    """The columns that expectations on these rules look at. Others would only be carried along: Great Expectations
    copies the whole frame for each of them."""
    asked = {"drop"}
    for rule in rules:
        match rule.expects:
            case "not_blank" | "one_of" | "in_register" | "matches":
                asked.add(str(rule.column))
            case "between":
                asked.add(value_column(str(rule.column)))
            case "unique":
                asked |= {unique_column(name) for name in rule.unique_over}
            case _:
                asked.add(holds_column(rule))
    return asked


def _expectation(rule: Rule, known: Sequence[str]) -> "Expectation":
    from great_expectations.expectations.core import (
        ExpectColumnValuesToBeBetween,
        ExpectColumnValuesToBeInSet,
        ExpectColumnValuesToMatchRegex,
        ExpectColumnValuesToNotBeNull,
        ExpectCompoundColumnsToBeUnique,
    )

    column = str(rule.column)
    common: dict[str, Any] = {"severity": _SEVERITIES[rule.severity], "meta": {"rule": rule.name}}
    match rule.expects:
        case "not_blank":
            return ExpectColumnValuesToNotBeNull(column=column, **common)
        case "one_of" | "in_register":
            return ExpectColumnValuesToBeInSet(column=column, value_set=list(known), **common)
        case "between":
            low, high = rule.thresholds["low"], rule.thresholds["high"]
            return ExpectColumnValuesToBeBetween(column=value_column(column), min_value=low, max_value=high, **common)
        case "unique":
            return ExpectCompoundColumnsToBeUnique(
                column_list=["drop", *(unique_column(name) for name in rule.unique_over)],
                ignore_row_if="any_value_is_missing",
                **common,
            )
        case "matches":
            return ExpectColumnValuesToMatchRegex(column=column, regex=known[0], **common)
        case "readable" | "known_together" | "row_holds" | "drop_holds" | "follows" | "goes_on":
            return ExpectColumnValuesToBeInSet(column=holds_column(rule), value_set=[True], **common)


def _validated(
    batch: "Batch", rules: Sequence[Rule], known: Mapping[str, Sequence[str]], result_format: Mapping[str, Any]
) -> dict[str, "ExpectationValidationResult"]:
    """What came of each rule, by its name. Raises RuntimeError where one could not be evaluated."""
    from great_expectations import ExpectationSuite

    suite = ExpectationSuite(
        name="rules", expectations=[_expectation(rule, known.get(rule.name, ())) for rule in rules]
    )
    results = {}
    for result in batch.validate(suite, result_format=dict(result_format)).results:
        assert result.expectation_config is not None
        name = (result.expectation_config.meta or {})["rule"]
        fault = result.exception_info or {}
        if "raised_exception" not in fault or fault["raised_exception"]:
            raise RuntimeError(f"Great Expectations could not evaluate the rule {name}: {fault}")
        results[name] = result
    return results


def _broken_in(
    result: "ExpectationValidationResult", rule: Rule, places: Sequence[tuple[Any, Any]]
) -> Iterator[Broken]:
    indices = result.result.get("unexpected_index_list")
    if not indices:
        raise RuntimeError(f"Great Expectations says that the rule {rule.name} is broken, but not where")
    for index in indices:
        drop, row = places[index]
        yield Broken(rule, str(drop), None if row is None else int(row))
