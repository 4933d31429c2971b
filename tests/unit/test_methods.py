"""docs/methods.md: its examples come out as printed, and every function that it names is there and says where it comes
from."""

import doctest
import importlib
import re
from pathlib import Path

PATH = Path(__file__).parents[2] / "docs" / "methods.md"
PAGE = PATH.read_text("utf-8")
SECTIONS = [part for part in re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:] if ">>>" in part]
NUMBER = re.compile(r"-?£?\d[\d,]*(?:\.\d+)?%?")


def test_every_function_on_the_page_is_there_and_explains_itself() -> None:
    named = re.findall(r"`(impact\.[a-z_.]+)\.([a-z_]+)`", PAGE)
    assert len(named) > 30
    for module, name in named:
        assert getattr(importlib.import_module(module), name).__doc__, f"{module}.{name}"


def test_the_examples_come_out_as_they_are_printed() -> None:
    found = doctest.testfile(str(PATH), module_relative=False)
    assert found.attempted > 30
    assert found.failed == 0


def test_every_number_in_bold_is_printed_by_its_example() -> None:
    checked = 0
    for section in SECTIONS:
        printed = {one.want for example in _examples(section) for one in example}
        known = {_plain(number) for text in printed for number in NUMBER.findall(text)}
        for bold in re.findall(r"\*\*([^*]+)\*\*", section):
            for number in NUMBER.findall(bold):
                assert _plain(number) in known, f"{bold} is not printed by the example under {section.splitlines()[0]}"
                checked += 1
    assert checked > 20


def _examples(section: str) -> list[list[doctest.Example]]:
    return [doctest.DocTestParser().get_examples(section)]


def _plain(number: str) -> float:
    return float(number.strip("%").replace("£", "").replace(",", ""))
