"""Tables on a page: every word inside its column, every column inside the page."""

import json
import re

import font_source_sans_pro
import typst
from hypothesis import given
from hypothesis import strategies as st

from impact.reports.content import Column, Table
from impact.reports.fitting import TURNED, UPRIGHT, breakable, fitted, width_of

words = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40)
texts = st.lists(words, max_size=6).map(" ".join)
tables = st.integers(1, 14).flatmap(
    lambda count: st.builds(
        Table,
        st.just("Title"),
        st.lists(st.builds(Column, texts, st.booleans()), min_size=count, max_size=count).map(tuple),
        st.lists(st.lists(texts, min_size=count, max_size=count).map(tuple), max_size=4).map(tuple),
    )
)


@given(tables)
def test_every_word_fits_its_column_and_every_column_the_page(table: Table) -> None:
    fit = fitted(table)

    assert sum(fit.widths) + fit.gutter * (len(fit.widths) - 1) <= (TURNED if fit.is_turned else UPRIGHT) + 1
    for index, width in enumerate(fit.widths):
        for text in (table.columns[index].heading, *(row[index] for row in table.rows)):
            for word in re.split("[ \u200b]|(?<=[/-])(?=[A-Za-z])", breakable(text, fit.longest_word)):
                assert width_of(word) * fit.size <= width + 0.1


@given(words, st.integers(3, 20))
def test_a_word_with_places_to_break_is_the_same_word(word: str, longest: int) -> None:
    broken = breakable(word, longest)

    assert broken.replace("\u200b", "") == word
    assert all(len(piece) <= longest for piece in broken.split("\u200b"))


def test_a_short_table_is_set_at_nine_points_upright() -> None:
    fit = fitted(Table("Title", (Column("Organisation"), Column("Rate (%)", True)), (("Alder Care", "4.0"),)))

    assert (fit.size, fit.is_turned) == (9.0, False)
    assert abs(sum(fit.widths) + fit.gutter - UPRIGHT) < 1


def test_no_character_is_wider_than_it_is_taken_to_be() -> None:
    characters = "".join(map(chr, (*range(33, 127), *range(0xA1, 0xAD), *range(0xAE, 0x250))))
    source = (
        '#set text(font: "Source Sans Pro", weight: 600, size: 100pt)\n'
        "#context [#metadata(sys.inputs.text.codepoints().map(one => measure(one).width.pt())) <widths>]"
    )
    found = typst.query(
        source.encode(),
        "<widths>",
        field="value",
        one=True,
        font_paths=[font_source_sans_pro.font_directory],
        ignore_system_fonts=True,
        sys_inputs={"text": characters},
    )
    measured = zip(characters, json.loads(found), strict=True)

    assert {one: width for one, width in measured if width > 100 * width_of(one)} == {}
