"""What can stand in each column of a return of one sender for one period, and the rows that a return begins with:
from the same definition and register that the check goes by, so that what a template offers is what is accepted."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import product

import pandas as pd

from impact.checking.batch import register_codes
from impact.checking.rules import known_together
from impact.definition import EACH, Column, Definition, Rule
from impact.intake.placing import active_part
from impact.periods import Period
from impact.register import Register

Choice = tuple[str, str]
"""A word that can stand in a column, and what it is called, where the register says."""

Choices = Mapping[str, tuple[Choice, ...]]
"""Column -> everything that can stand there. A column that is not here takes other things than words from a list."""

_OF_THE_SENDER = "organisation_is_the_sender"
_YES_OR_NO: tuple[Choice, ...] = (("yes", ""), ("no", ""))


def column_choices(definition: Definition, register: Register, sender: str, period: Period) -> Choices:
    """Of every column for which there is a list: fixed words, the months of the period, codes of the register."""
    together = {str(rule.column): rule for rule in definition.rules if rule.expects == "known_together"}
    sender_columns = {rule.column for rule in definition.rules if rule.function == _OF_THE_SENDER}
    start_on, end_on = active_part(period, register, sender)
    found: dict[str, tuple[Choice, ...]] = {}
    # What is looked up together with other columns comes after them.
    for column in sorted(definition.columns, key=lambda column: column.name in together):
        if column.name in sender_columns:
            found[column.name] = ((sender, ""),)
        elif column.name in together:
            found[column.name] = _known_with(together[column.name], found, register, start_on, end_on)
        elif column.name == definition.period_column:
            months = [month for month in period.months() if start_on <= month <= end_on]
            named = [f"{month:%Y-%m}" for month in months] if column.kind == "month" else period.part_ids()
            found[column.name] = tuple((name, "") for name in named)
        elif column.one_of:
            found[column.name] = tuple((word, "") for word in column.one_of)
        elif column.in_register:
            found[column.name] = tuple(register_codes(definition, column.name, register.files))
        elif column.kind == "boolean":
            found[column.name] = _YES_OR_NO
    return found


def first_rows(definition: Definition, choices: Choices, register: Register) -> list[dict[str, str]]:
    """The rows that the definition wants a template to begin with; a cell that is the sender's to fill is not there."""
    if not definition.template_rows:
        return []
    given = {column.name: _words(definition, column, choices) for column in definition.columns}
    filled = {name: words for name, words in given.items() if words}
    rows = [dict(zip(filled, words, strict=True)) for words in product(*filled.values())]
    for rule in definition.rules:
        if rows and rule.expects == "known_together" and rule.arguments.get("active_on") in filled:
            values = pd.DataFrame(rows)
            values[rule.arguments["active_on"]] = values[rule.arguments["active_on"]].astype("datetime64[s]")
            is_known = known_together(values, register.files, **rule.arguments)
            rows = [row for row, known in zip(rows, is_known, strict=True) if known]
    return rows


def _words(definition: Definition, column: Column, choices: Choices) -> Sequence[str]:
    """What stands in a column of the first rows: what the definition says, or all there is to choose."""
    wanted = definition.template_rows.get(column.name)
    words = [word for word, _ in choices.get(column.name, ())]
    if wanted == EACH:
        return words
    if wanted is not None:
        return [wanted]
    return words if len(words) == 1 and column.is_required else []


def _known_with(
    rule: Rule, found: Mapping[str, tuple[Choice, ...]], register: Register, start_on: date, end_on: date
) -> tuple[Choice, ...]:
    """The codes of the file of the register that `rule` looks in, of rows that go with what can stand in the other
    columns and, where that matters, are active at some time from `start_on` to `end_on`."""
    asked: Sequence[str] = rule.arguments["columns"]
    others = {name: {word for word, _ in found[name]} for name in asked if name != rule.column and name in found}
    listed: dict[str, str] = {}
    if "unless" in rule.arguments:
        listed[rule.arguments["unless"]] = ""
    for row in register.files[rule.arguments["file"]]:
        first, last = row.get("active_from") or "0000", row.get("active_to") or "9999"
        is_active = first[:7] <= f"{end_on:%Y-%m}" and f"{start_on:%Y-%m}" <= last[:7]
        if (is_active or "active_on" not in rule.arguments) and all(row[name] in others[name] for name in others):
            listed.setdefault(str(row[str(rule.column)]), row.get("name") or "")
    return tuple(listed.items())
