"""docs/methods.md: every function that it names is there and says where it comes from."""

import importlib
import re
from pathlib import Path

PAGE = (Path(__file__).parents[2] / "docs" / "methods.md").read_text("utf-8")


def test_every_function_on_the_page_is_there_and_explains_itself() -> None:
    named = re.findall(r"`(impact\.[a-z_.]+)\.([a-z_]+)`", PAGE)
    assert len(named) > 30
    for module, name in named:
        assert getattr(importlib.import_module(module), name).__doc__, f"{module}.{name}"
