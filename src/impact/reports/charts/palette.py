"""Every colour of a chart, once: by day and by night. `templates/charts.css` repeats them as variables, which a test
holds to this table; a drawing that stands alone takes the light ones from here."""

from typing import NamedTuple


class Shade(NamedTuple):
    """One colour on light and on dark paper, as #rrggbb."""

    light: str
    dark: str


PAPER = Shade("#ffffff", "#14181c")

PALETTE = {
    "paper": PAPER,
    "ink": Shade("#16191d", "#eef1f4"),
    "quiet": Shade("#4d5761", "#b4bec8"),
    # Ground: seen, never read. What it means is also said by an edge.
    "grid": Shade("#e1e6ea", "#2c353d"),
    "band": Shade("#dfe7ee", "#36434e"),
    # Lines that mean something.
    "edge": Shade("#75818c", "#84919d"),
    "line": Shade("#56616c", "#98a3ae"),
    "target": Shade("#8a1a5c", "#f29ac8"),
    # Delivery models.
    "mutual": Shade("#12558f", "#7db9ee"),
    "in-house": Shade("#0b7d6e", "#4fd0b4"),
    "outsourced": Shade("#765c00", "#e8d27a"),
    "unclassified": Shade("#4d5761", "#b4bec8"),
    # What a change or a verdict amounts to.
    "improving": Shade("#0f6cc9", "#5aa9f5"),
    "concern": Shade("#b8430a", "#ff9f5f"),
    "neutral": Shade("#561d7d", "#e3c9ff"),
    "common": Shade("#56616c", "#98a3ae"),
}

GROUND = ("paper", "grid", "band")
"""Colours that nothing is read from alone, and that need no contrast therefore."""

TEXT = ("ink", "quiet", "target", "improving", "concern", "neutral")
"""Colours that words are written in."""

TOLD_APART = (
    ("mutual", "in-house", "outsourced"),
    ("improving", "concern", "neutral", "common"),
)
"""Colours that stand beside each other in one chart for things of one kind."""


def variable(name: str) -> str:
    """The name of a colour in a style sheet."""
    return f"--chart-{name}"
