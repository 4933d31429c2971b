"""The guide to what to send: every rule with its words, in plain English, and how a receipt names cells."""

import re
from collections.abc import Iterator

import pytest

from impact.checking.findings import rule_words
from impact.definition import feeds, messages
from impact.guide import feeds_page

TYPE_NAMES = r"\b(varchar|string|integer|float|decimal|bool|boolean|bigint|datetime|timestamp|null|nan|dtype|int)\b"
PATTERNS = r"\\[dwsb.]|\[[A-Za-z]-[A-Za-z]|\[0-9\]|\.\*|\.\+|\{\d+,?\d*\}|\(\?|\^\["
POSITIONS = r"\b(index|position|column|row)\s+0\b|\bzero-based\b|\b[A-Z]{1,3}0\b"


def sentences() -> Iterator[tuple[str, str]]:
    """Every sentence that a sender may be told, its gaps filled as far as they can be."""
    for definition in feeds().values():
        for rule in definition.rules:
            column = definition.column(rule.column) if rule.column else None
            words = {**rule_words(rule, column), "value": ""}
            for said in (rule.says, rule.message, rule.fix):
                yield f"{definition.name}.{rule.name}", said.format(**words)
        for column in definition.columns:
            yield f"{definition.name}.{column.name}", column.description
    for name, common in messages().items():
        yield from ((name, common[part]) for part in ("says", "message", "fix"))


@pytest.mark.parametrize("wrong", [TYPE_NAMES, PATTERNS, POSITIONS], ids=["types", "patterns", "positions"])
def test_no_sentence_speaks_as_software_does(wrong: str) -> None:
    spoken = [(name, said) for name, said in sentences() if re.search(wrong, said, re.IGNORECASE)]
    assert spoken == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (TYPE_NAMES, "n_1 is not an integer."),
        (TYPE_NAMES, "The value is null."),
        (PATTERNS, r"It does not match \d{4}."),
        (PATTERNS, "It does not match ^[A-Z0-9]+$."),
        (POSITIONS, "column 0 is wrong."),
        (POSITIONS, "See A0."),
    ],
)
def test_what_is_looked_for_would_be_found(wrong: str, said: str) -> None:
    assert re.search(wrong, said, re.IGNORECASE)


def test_every_sentence_ends_and_every_message_says_what_to_do() -> None:
    for definition in feeds().values():
        for rule in definition.rules:
            assert rule.message.rstrip("}").endswith((".", "?", "{value")), rule.name
            assert len(rule.fix) > 10, rule.name


def test_a_rule_is_shown_with_one_cell_with_several_and_with_all() -> None:
    page = feeds_page()
    assert "`F7` or `F7, F9 and F12` or `F2:F41`: fte_days_lost is blank." in page
    for definition in feeds().values():
        for rule in definition.rules:
            words = rule_words(rule, definition.column(str(rule.column)))
            assert rule.message.format(**{**words, "value": ""}).replace("|", "\\|") in page, rule.name
