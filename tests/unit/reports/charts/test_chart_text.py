"""Text in a drawing: one line, nothing that XML cannot hold, no wider than there is room for."""

from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impact.reports.charts.text import clean, fit, width_of, wrapped
from tests.unit.reports.charts.records import RIGHT_TO_LEFT, TEXTS, UNPRINTABLE, WIDE_ONES

ROOMS = st.floats(0, 700)


@given(TEXTS, ROOMS, st.booleans())
def test_a_text_that_is_fitted_takes_no_more_than_its_room(text: str, room: float, is_bold: bool) -> None:
    found = fit(text, room, is_bold)
    assert width_of(found, is_bold) <= room + 1e-6
    assert found == clean(text) or found == "" or (found.endswith("…") and clean(text).startswith(found[:-1]))


@given(TEXTS, ROOMS, st.booleans())
def test_a_text_that_is_wrapped_takes_two_lines_at_most_and_loses_nothing_but_its_end(
    text: str, room: float, is_bold: bool
) -> None:
    lines = wrapped(text, room, is_bold)
    assert 1 <= len(lines) <= 2
    assert all(width_of(line, is_bold) <= room + 1e-6 for line in lines)
    assert clean(text).startswith(" ".join(lines).removesuffix("…").rstrip())


@given(st.text())
def test_whatever_is_cleaned_xml_can_hold(text: str) -> None:
    cleaned = clean(text)
    fromstring(f"<a>{cleaned.replace('&', '').replace('<', '')}</a>".encode())
    assert "\n" not in cleaned
    assert clean(cleaned) == cleaned


def test_what_turns_the_direction_of_text_is_left_out_and_the_text_is_not() -> None:
    assert clean("\u202eabc\u2066") == "abc"
    assert clean(RIGHT_TO_LEFT).startswith("جمعية الرعاية")
    assert clean(UNPRINTABLE) == "a b c]]>&amp;<!--"


def test_a_cut_leaves_no_half_of_a_joined_sign_behind() -> None:
    assert all(not fit(WIDE_ONES, room).rstrip("…").endswith("\u200d") for room in range(0, 300, 3))


@pytest.mark.parametrize(("text", "width"), [("", 0), ("0000", 28.9), ("Hexley Care", 66.5), ("ﷺ", 170)])
def test_a_text_is_as_wide_as_in_arial_or_less(text: str, width: float) -> None:
    assert width_of(text) >= width
    assert width_of(text) < width * 1.5 + 1


@pytest.mark.parametrize(
    ("room", "lines"),
    [
        (200, ("Hexley Libraries and Care",)),
        (110, ("Hexley Libraries", "and Care")),
        (60, ("Hexley", "Librarie…")),
        (30, ("He…",)),
        (0, ("",)),
    ],
)
def test_names_break_between_words(room: float, lines: tuple[str, ...]) -> None:
    assert wrapped("Hexley Libraries and Care", room) == lines
