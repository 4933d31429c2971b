"""The style sheet of charts, read: which classes it gives a look."""

import re
from importlib.resources import files


def sheet() -> str:
    return files("impact.reports").joinpath("templates/charts.css").read_text("utf-8")


def classes_with_a_look() -> set[str]:
    selectors = re.findall(r"^([^{}]+)\{", sheet(), re.MULTILINE)
    return {one for selector in selectors for one in re.findall(r"\.([a-z-]+)", selector)}
