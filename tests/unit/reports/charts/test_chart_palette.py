"""Colours: words can be read and marks be seen by day and night, and those that stand for things of one kind are told
apart by those who see no red or no green. The style sheet has the colours of the palette."""

import re
from itertools import combinations

import pytest

from impact.reports.charts.palette import GROUND, PALETTE, PAPER, TEXT, TOLD_APART, variable
from tests.unit.reports.charts.seeing import SIGHT, contrast, distance
from tests.unit.reports.charts.styles import sheet

each_light = pytest.mark.parametrize("light", ["light", "dark"])
_AT_A_GLANCE = 18
"""Twice what is seen at a glance in CIELAB, nearly: signs are small."""


def colour(name: str, light: str) -> str:
    return str(getattr(PALETTE[name], light))


@each_light
@pytest.mark.parametrize("name", TEXT)
def test_words_can_be_read(name: str, light: str) -> None:
    assert contrast(colour(name, light), getattr(PAPER, light)) >= 4.5


@each_light
@pytest.mark.parametrize("name", [name for name in PALETTE if name not in GROUND])
def test_marks_can_be_seen_on_paper_and_on_a_band(name: str, light: str) -> None:
    assert contrast(colour(name, light), getattr(PAPER, light)) >= 3
    assert contrast(colour(name, light), colour("band", light)) >= 3


@each_light
@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize(("one", "other"), [pair for names in TOLD_APART for pair in combinations(names, 2)])
def test_colours_of_one_kind_are_told_apart(one: str, other: str, sight: str, light: str) -> None:
    assert distance(colour(one, light), colour(other, light), sight) >= _AT_A_GLANCE


def test_black_and_white_are_as_far_apart_as_can_be() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert distance("#000000", "#ffffff", "all colours") == pytest.approx(100, abs=0.1)
    assert distance("#ff0000", "#008000", "no green") < distance("#ff0000", "#008000", "all colours") / 2


@each_light
def test_the_style_sheet_has_the_colours_of_the_palette(light: str) -> None:
    by_day, by_night = sheet().split("/* Rules */")[0].split("@media (prefers-color-scheme: dark)")
    stated = re.findall(r"(--[a-z-]+): (#[0-9a-f]{6});", by_day if light == "light" else by_night)
    assert dict(stated) == {variable(name): getattr(shade, light) for name, shade in PALETTE.items()}
    assert len(stated) == len(PALETTE)


def test_every_colour_of_a_rule_is_in_the_palette_and_every_one_is_used() -> None:
    used = set(re.findall(r"var\((--[a-z-]+)\)", sheet()))
    assert used == set(map(variable, PALETTE))
    assert "#" not in sheet().split("/* Rules */")[1]


def test_every_text_is_as_large_as_labels_are_measured_for() -> None:
    assert re.findall(r"font-size: ([0-9]+)px", sheet()) == ["13"]
