"""docs/feeds.md and docs/register.md, made from the definitions: every column, and every rule with its words."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from impact.checking.findings import rule_words
from impact.definition import Column, Definition, Rule, feeds, messages, register_files

_KINDS = {
    "text": "text",
    "number": "a number",
    "integer": "a whole number",
    "month": "a month",
    "date": "a date",
    "period": "a quarter or a year",
    "boolean": "yes or no",
}
_SEVERITIES = {
    "must_fix": "must be put right",
    "please_confirm": "held until confirmed",
    "for_information": "for information",
}
_MADE = "<!-- Made by `make docs` from the definitions: edit those, not this page. -->"


def feeds_page() -> str:
    """The guide to the feeds, in Markdown."""
    lines = [_MADE, "", "# What to send", ""]
    lines += [
        "A file is for one organisation, one feed and one period. It is CSV, its first row holds the headings, in any",
        "order, and it goes into the folder `inbox/FEED/PERIOD` of the organisation. `impact check FILE` says what the",
        "receipt will say, before anything is sent.",
        "",
    ]
    for definition in feeds().values():
        lines += _definition_lines(definition, "## ")
    lines += [
        "## What any file can get wrong",
        "",
        "| what must hold | what the receipt says | what to do |",
        "|---|---|---|",
    ]
    for name, said in messages().items():
        if name not in _COLUMN_RULES:
            words = [_gaps(said[part]) for part in ("says", "message", "fix")]
            lines.append(_row(words))
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
    | {f"readable_{kind}" for kind in _KINDS}
)


def _definition_lines(definition: Definition, level: str) -> Iterator[str]:
    yield f"{level}{definition.title} (`{definition.name}`, version {definition.version})"
    yield ""
    yield definition.purpose
    yield ""
    yield "| column | what it is | must be there | example |"
    yield "|---|---|---|---|"
    for column in definition.columns:
        needed = "yes" if column.is_required else "no"
        yield _row([f"`{column.heading}`", f"{column.description} ({_kind(column)})", needed, f"`{column.example}`"])
    yield ""
    yield "| what must hold | if not | what the receipt says | what to do |"
    yield "|---|---|---|---|"
    for rule in definition.rules:
        yield _row(_rule_cells(rule, definition))
    yield ""


def _kind(column: Column) -> str:
    return f"one of {', '.join(column.one_of)}" if column.one_of else _KINDS[column.kind]


def _rule_cells(rule: Rule, definition: Definition) -> list[str]:
    column = definition.column(rule.column) if rule.column else None
    words = {**rule_words(rule, column), "value": ""}
    said = [sentence.format(**words) for sentence in (rule.says, rule.message, rule.fix)]
    return [said[0], _SEVERITIES[rule.severity], said[1], said[2]]


def _gaps(sentence: str) -> str:
    """A sentence with a word for each gap that only a file can fill."""
    fillers = {"column": "COLUMN", "value": " ...", "choices": "...", "example": "...", "row": "1", "high": "50"}
    return sentence.format(**fillers)


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    main()
