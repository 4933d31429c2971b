"""What may be said of verdicts: who was judged, and what chance alone would give."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impact.reports.verdicts import (
    APART,
    by_chance,
    is_apart,
    is_judged,
    is_not_compared,
    variation_text,
    verdict_text,
)
from tests.unit.reports.published import figure


@pytest.mark.parametrize(
    ("verdict", "kinds"),
    [
        *((verdict, (True, True, False)) for verdict in APART),
        ("similar", (True, False, False)),
        ("not compared", (False, False, True)),
        *((shorthand, (False, False, False)) for shorthand in ("[c]", "[x]", "[z]", "[u]")),
    ],
)
def test_who_is_judged_who_is_set_apart_and_who_is_not_compared(verdict: str, kinds: tuple[bool, bool, bool]) -> None:
    one = figure(verdict=verdict)
    assert (is_judged(one), is_apart(one), is_not_compared(one)) == kinds


@pytest.mark.parametrize(
    ("judged", "about"), [(2, "0.1"), (3, "0.2"), (5, "0.3"), (20, "1"), (30, "1.5"), (31, "1.6"), (200, "10")]
)
def test_chance_alone_sets_one_in_twenty_apart(judged: int, about: str) -> None:
    given = [*[figure()] * judged, figure(verdict="not compared"), figure(verdict="[c]")]
    assert list(by_chance(given)) == [f"Chance alone would set about {about} of these {judged} apart."]


def test_of_one_or_none_chance_is_told_otherwise() -> None:
    assert list(by_chance([figure()])) == ["Chance alone would set 1 in 20 apart."]
    assert list(by_chance([])) == list(by_chance([figure(verdict="[z]")])) == []


@given(st.sampled_from([*APART, "similar", "not compared", "[c]", "[x]", "[z]"]), st.sampled_from(["", "a note"]))
def test_a_cell_begins_with_the_verdict_as_it_was_published(verdict: str, note: str) -> None:
    text = verdict_text(figure(verdict=verdict, verdict_note=note))
    assert text.startswith(verdict)
    assert text == verdict if not note or verdict.startswith("[") else note in text


def test_a_rule_stands_beside_the_variation_that_it_made() -> None:
    assert variation_text(figure(variation="concern", variation_note="7 points rising")) == "concern: 7 points rising"
    assert variation_text(figure(variation="common cause")) == "common cause"
    assert variation_text(figure(variation="[c]", variation_note="7 points rising")) == "[c]"
