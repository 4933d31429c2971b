"""docs/feeds.md and docs/register.md, made from the definitions: every column, and every rule with its words."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import get_args

from impact.checking.findings import cell_name, cells_text, kind_words, rule_words
from impact.checking.workbook import COVER_FIELDS
from impact.definition import (
    AnswerSheets,
    Definition,
    Kind,
    Rule,
    answer_sheets,
    feeds,
    messages,
    register_files,
)

_PERIODS = {
    "month": "a month (`2026-04`)",
    "quarter": "a quarter (`2026-Q1`) or a run of them (`2023-Q3_to_2025-Q4`)",
    "year": "a year (`2026`)",
}
_SEVERITIES = {
    "must_fix": "must be put right",
    "please_confirm": "held until confirmed",
    "for_information": "for information",
}
_ONE, _SEVERAL, _ALL = [7], [7, 9, 12], range(2, 42)
"""Rows of a file of forty, with its headings in row 1."""
_MADE = "<!-- Made by `make docs` from the definitions: edit those, not this page. -->"


def feeds_page() -> str:
    """The guide to the feeds, in Markdown."""
    lines = [_MADE, "", "# What to send", ""]
    lines += [
        "A file is for one organisation, one feed and one period. It is CSV or an Excel workbook (.xlsx), its first",
        "row holds the headings, in any order, and it goes into the folder `inbox/FEED/PERIOD` of the organisation.",
        "`impact check FILE` says what the receipt will say, before anything is sent. A file in the folder of a run of",
        "quarters, such as `2023-Q3_to_2025-Q4`, brings the history of all of them at once.",
        "",
        "`impact template FEED --organisation CODE --period PERIOD` writes a workbook to fill in: it holds the rows",
        "that must be there, offers the organisation's own codes, and says of each column what it is. What is refused",
        "comes back with the cells marked: in the outbox, and with `impact check FILE --xlsx MARKED.xlsx`. Cells are",
        "named as in Excel, three or more in a run by the first and the last: `F7`, `F7, F9 and F12`, `F2:F41`.",
        "",
    ]
    lines += _cover_lines()
    for definition in feeds().values():
        lines += _definition_lines(definition, "## ")
        if definition.name in answer_sheets():
            lines += _sheets_lines(answer_sheets()[definition.name])
    lines += [
        "## What any file can get wrong",
        "",
        "| what must hold | what the receipt says | what to do |",
        "|---|---|---|",
    ]
    lines += [_message_row(name) for name in messages() if name not in _COLUMN_RULES | _cover_rules()]
    return "\n".join(lines) + "\n"


def register_page() -> str:
    """The guide to the register's files, in Markdown."""
    lines = [_MADE, "", "# The register", ""]
    lines += [
        "Plain CSV files in `register/` of the home: who is a mutual, who pays whom, and so who may see what. They are",
        "checked whenever they change, nothing runs while one of them is wrong, and every accepted version is kept.",
        "",
    ]
    for definition in register_files().values():
        lines += _definition_lines(definition, "## ")
    return "\n".join(lines).rstrip("\n") + "\n"


def main() -> None:
    """Write both pages into the folder that is named."""
    folder = Path(sys.argv[1])
    (folder / "feeds.md").write_text(feeds_page(), "utf-8")
    (folder / "register.md").write_text(register_page(), "utf-8")


_COLUMN_RULES = frozenset(
    {"not_blank", "one_of", "matches", "between", "at_least", "at_most", "in_register", "unique"}
    | {f"readable_{kind}" for kind in get_args(Kind)}
)


def _cover_rules() -> frozenset[str]:
    """The messages that are about a cover, and about what one is for: corrections and nil returns."""
    return frozenset(name for name in messages() if name.startswith(("cover_", "correct", "nil_")) or "_live" in name)


def _cover_lines() -> Iterator[str]:
    yield "## The cover"
    yield ""
    yield "A cover says more about a file; any field may be left out. In a workbook it is a sheet `Cover`, with the"
    yield "fields in column A and what they say in column B; beside `FILE.csv` it is `FILE.csv.cover.json`, a JSON"
    yield "object. A correction is the whole return again, with `corrects_receipt` and `reason`. A nil return is the"
    yield "headings without any rows, with `nil_return`."
    yield ""
    yield "| field | what it says |"
    yield "|---|---|"
    for name, said in COVER_FIELDS.items():
        yield _row([f"`{name}`", said])
    yield ""
    yield "| what must hold | what the receipt says | what to do |"
    yield "|---|---|---|"
    yield from (_message_row(name) for name in messages() if name in _cover_rules())
    yield ""


def _message_row(name: str) -> str:
    return _row(_gaps(messages()[name][part]) for part in ("says", "message", "fix"))


def _definition_lines(definition: Definition, level: str) -> Iterator[str]:
    yield f"{level}{definition.title} (`{definition.name}`, version {definition.version})"
    yield ""
    yield definition.purpose
    yield ""
    yield from _about_files(definition)
    yield ""
    yield from _table_lines(definition)


def _table_lines(definition: Definition) -> Iterator[str]:
    yield "| column | what it is | must be there | example |"
    yield "|---|---|---|---|"
    for column in definition.columns:
        needed = "yes" if column.is_required else "no"
        yield _row(
            [f"`{column.heading}`", f"{column.description} ({kind_words(column)})", needed, f"`{column.example}`"]
        )
    yield ""
    yield "| what must hold | if not | what the receipt says | what to do |"
    yield "|---|---|---|---|"
    for rule in definition.rules:
        yield _row(_rule_cells(rule, definition))
    yield ""


def _sheets_lines(layout: AnswerSheets) -> Iterator[str]:
    yield from _definition_lines(layout.sheets, "### ")
    yield "The cover must say, beside what every cover may:"
    yield ""
    yield from _table_lines(layout.cover)
    yield f"A group of under {layout.least_group} answers or people is counted in the whole only. The file is purged"
    yield f"after {layout.retention_days} days; its counts and its receipt stay."
    yield ""


def _about_files(definition: Definition) -> Iterator[str]:
    """What there is to know of the file as a whole: may it be left out, what is it for, can there be nothing?"""
    if definition.name in register_files():
        is_optional = definition.may_be_left_out
        yield "May be left out while it never was there: then it counts as empty." if is_optional else "Must be there."
        return
    yield f"A file is for {' or '.join(_PERIODS[grain] for grain in definition.period_grains)}."
    if definition.source == "official":
        yield "It is CSV, as it is published."
    else:
        yield "There may be nothing to report." if definition.may_be_nil else "There is always something to report."


def _rule_cells(rule: Rule, definition: Definition) -> list[str]:
    column = definition.column(rule.column) if rule.column else None
    words = {**rule_words(rule, column), "value": ""}
    says, message, fix = (sentence.format(**words) for sentence in (rule.says, rule.message, rule.fix))
    return [says, _SEVERITIES[rule.severity], f"{_cells_named(rule, definition)}{message}", fix]


def _cells_named(rule: Rule, definition: Definition) -> str:
    """How a receipt names the cells where a rule is broken, when that is one, several, or all of forty rows; nothing
    for what is said of the file as a whole. The columns stand as in the template."""
    if rule.subject == "drop":
        return ""
    position = [column.name for column in definition.columns].index(str(rule.column))
    broken = [_ONE, _SEVERAL, _ALL]
    return " or ".join(f"`{cells_text([cell_name(position, row) for row in rows])}`" for rows in broken) + ": "


def _gaps(sentence: str) -> str:
    """A sentence with a word for each gap that only a file can fill."""
    fillers = {"column": "COLUMN", "value": " ...", "choices": "...", "example": "...", "row": "1", "high": "50"}
    fillers |= {"place": "PLACE", "kind": "..."}
    return sentence.format(**fillers)


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    main()
