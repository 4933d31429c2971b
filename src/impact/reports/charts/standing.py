"""A drawing that stands alone, as a PDF needs it: its style inside, by day, without variables."""

import re
from functools import cache
from importlib.resources import files

from impact.reports.charts.palette import PALETTE, variable

FAMILY = '"Source Sans Pro", Helvetica, Arial, sans-serif'
_RULES = "/* Rules */"
"""What stands in charts.css between the variables and the rules that use them."""


def standalone(svg: str) -> str:
    """The same drawing, or the sign of a key, with its style in it, in light colours."""
    return svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1).replace(">", f">{_style()}", 1)


@cache
def _style() -> str:
    sheet = files("impact.reports").joinpath("templates/charts.css").read_text("utf-8")
    rules = sheet.split(_RULES, 1)[1]
    for name, shade in PALETTE.items():
        rules = rules.replace(f"var({variable(name)})", shade.light)
    rules = re.sub(r"\s+", " ", rules).strip()
    return f"<style>.chart text {{ font-family: {FAMILY}; }} {rules}</style>"
