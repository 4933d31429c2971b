"""A finding: one thing to say about a file, in words, with the cells as Excel names them."""

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite

from impact.definition import Column, Kind, Rule, Severity, messages

SHOWN_VALUES = 3
MOST_DIGITS = 8
"""A longer number may be a telephone, NHS or account number."""
_FIGURE = re.compile(
    r"[-+£$€(]{0,2}[0-9][0-9,]*(\.[0-9]*)?[%)]?|n/?a|nil|none|tbc|unknown|-|x|yes|no|\[[cx]\]", re.IGNORECASE
)
_MONTH = re.compile(
    r"(jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sept?(ember)?|oct(ober)?|nov(ember)?"
    r"|dec(ember)?)[ -]?[0-9]{2,4}|20[0-9]{2}-[0-9]{1,2}",
    re.IGNORECASE,
)
_KINDS: dict[Kind, str] = {
    "text": "text",
    "number": "a number",
    "integer": "a whole number",
    "month": "a month",
    "date": "a date",
    "period": "a quarter or a year",
    "boolean": "yes or no",
}
_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_RUN = 3
"""So many cells that follow one another are named by the first and the last."""
_HEADING_LENGTH = 40
_CLOSE, _LONG = 0.8, 6
"""How like a word that may stand there a slip of it must be, and how long that word: many names are like ALL."""


@dataclass(frozen=True)
class Finding:
    """`cells` are in the order of the file; empty when the finding is about the file as a whole."""

    rule: str
    severity: Severity
    message: str
    fix: str
    column: str | None = None
    cells: tuple[str, ...] = ()


def cell_name(column_index: int, row: int) -> str:
    """As Excel writes it: column 0, row 2 is `A2`."""
    letters = ""
    index = column_index + 1
    while index:
        index, letter = divmod(index - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row}"


def cells_text(cells: Sequence[str], most: int | None = None) -> str:
    """Cells as people list them: `C7, C9 and AA2`, and `C2:C40` where three or more follow one another down a column or
    along a row. Of more than `most` such parts only the first are named, and how many cells the others hold is said."""
    runs = _runs(cells)
    shown = runs if most is None or len(runs) <= most else runs[:most]
    names = [f"{run[0]}:{run[-1]}" if len(run) >= _RUN else run[0] for run in shown]
    if (left := len(cells) - sum(map(len, shown))) > 0:
        names.append("1 more cell" if left == 1 else f"{left:,} more cells")
    return ", ".join(names[:-1]) + f" and {names[-1]}" if len(names) > 1 else "".join(names)


def _runs(cells: Iterable[str]) -> list[list[str]]:
    """The cells in their order, those together that follow one another; two that do stay apart."""
    runs: list[list[str]] = []
    step = (0, 0)
    last: tuple[int, int] | None = None
    for cell in cells:
        place = cell_place(cell)
        moved = (place[0] - last[0], place[1] - last[1]) if place and last else (0, 0)
        if runs and moved in ((0, 1), (1, 0)) and (len(runs[-1]) == 1 or moved == step):
            runs[-1].append(cell)
            step = moved
        else:
            runs.append([cell])
        last = place
    return [part for run in runs for part in ([run] if len(run) >= _RUN else [[cell] for cell in run])]


def cell_place(cell: str) -> tuple[int, int] | None:
    """Column and row of a cell, both from 1; None for what names none, such as `row 7`."""
    named = _CELL.fullmatch(cell)
    if named is None:
        return None
    column = 0
    for letter in named[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column, int(named[2])


def about_file(rule: str, column: str | None = None, cells: Iterable[str] = (), **words: str) -> Finding:
    """A finding that any file can get, from the common messages. `words` fill the gaps in them."""
    said = messages()[rule]
    words = {"column": column or "", "value": "", **words}
    is_told = rule.endswith("_otherwise") or rule == "replaces_held"
    severity: Severity = "for_information" if is_told else "must_fix"
    return Finding(rule, severity, said["message"].format(**words), said["fix"].format(**words), column, tuple(cells))


def about_cells(rule: Rule, column: Column | None, cells: Iterable[str], values: Iterable[str]) -> Finding:
    """The finding that `rule` is broken in `cells`, which hold `values`."""
    words = {**rule_words(rule, column), "value": _shown(values, column)}
    return Finding(
        rule.name, rule.severity, rule.message.format(**words), rule.fix.format(**words), rule.column, tuple(cells)
    )


def about_rows_before(rule: Rule, column: Column | None, places: Iterable[tuple[str, int]]) -> Finding:
    """The finding that a drop does not go on with rows of before: receipts and row numbers of the files they stand in.
    What stands there is not said: it may be anything."""
    rows: dict[str, list[int]] = {}
    for receipt, row in places:
        rows.setdefault(receipt, []).append(row)
    said = " and ".join(
        f"{'row' if len(numbers) == 1 else 'rows'} {', '.join(map(str, numbers))} of the file with receipt {receipt}"
        for receipt, numbers in rows.items()
    )
    words = {**rule_words(rule, column), "value": f": {said}"}
    return Finding(rule.name, rule.severity, rule.message.format(**words), rule.fix.format(**words), rule.column)


def rule_words(rule: Rule, column: Column | None) -> dict[str, str]:
    """What the gaps in a rule's sentences stand for, but for {value}, which only a file can fill."""
    words = {name: plain_number(value) for name, value in rule.thresholds.items() if isfinite(value)}
    if column is not None:
        words |= {
            "column": column.heading,
            "example": column.example,
            "choices": ", ".join(column.one_of),
        }
    return words


def kind_words(column: Column) -> str:
    """What may stand in a column, in words: `a month`, or `one of all, sms, paper`."""
    return f"one of {', '.join(column.one_of)}" if column.one_of else _KINDS[column.kind]


def plain_number(number: float) -> str:
    """A threshold as people write it: 12, not 12.0 and not 1.2e+01."""
    return f"{number:.0f}" if float(number).is_integer() else f"{number:.10g}"


def shown_heading(heading: str) -> str:
    """A heading that nobody expected, cut short: what stands there may be anything."""
    return heading if len(heading) <= _HEADING_LENGTH else heading[:_HEADING_LENGTH] + "..."


def _shown(values: Iterable[str], column: Column | None) -> str:
    """The values found, only those that cannot be personal: short figures, months, and slips of the words allowed."""
    distinct = dict.fromkeys(values)
    if not distinct or column is None or not all(_is_harmless(value, column) for value in distinct):
        return ""
    listed = ", ".join(f'"{value}"' for value in list(distinct)[:SHOWN_VALUES])
    return f": {listed}" + (" and others" if len(distinct) > SHOWN_VALUES else "")


def _is_harmless(value: str, column: Column) -> bool:
    if _FIGURE.fullmatch(value):
        return sum(character.isdigit() for character in value) <= MOST_DIGITS
    if column.kind == "month" and _MONTH.fullmatch(value):
        return True
    choices = [choice.lower() for choice in column.one_of]
    long_choices = [choice for choice in choices if len(choice) >= _LONG]
    return value.lower() in choices or bool(difflib.get_close_matches(value.lower(), long_choices, 1, _CLOSE))
