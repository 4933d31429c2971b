"""Before and after spinning out: every sentence as strong as its interval and no stronger, with its caveats."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impact.reports.audience_rows import BeforeAfter, Effect
from impact.reports.before_after import CAVEATS, before_after_figure, effect_points
from impact.reports.chart_records import BeforeAfterChart
from impact.reports.charts import NARROW, WIDE, draw
from impact.reports.content import Figure
from impact.reports.subject import subjects
from tests.unit.reports.published import DAYS, ENGAGEMENT, NET, RATE, before_after, effect, quarter, rows
from tests.unit.reports.sections import cells, only

MONEY: dict[str, Any] = {
    "before_value": "-1500",
    "after_value": "2500",
    "difference": "4000",
    "lower_95": "-1000",
    "upper_95": "9000",
    "comparator_difference": "[z]",
    "effect": "[z]",
}
SIZE = "-0.40 percentage points (95% interval -0.60 to -0.20)"


def said(*effects: Effect) -> list[str]:
    return list(effect_points(effects, RATE.id))


def start(*effects: Effect) -> str:
    """The one point without indicator and caveats."""
    [point] = said(*effects)
    return point.removeprefix("Absence rate (calendar days). ").removesuffix(f" {CAVEATS}")


@pytest.mark.parametrize(
    ("one", "sentence"),
    [
        (
            effect(),
            (
                "On average over 10 mutuals it fell after they spun out, set against others in the same months: "
                f"{SIZE}, which is better."
            ),
        ),
        (
            effect("rose", judged="worsened", trends="did not run together"),
            (
                "On average over 10 mutuals it rose after they spun out, set against others in the same months: "
                f"{SIZE}, which is worse. Before, their trends did not run together with those of others, so this may "
                "be a trend going on."
            ),
        ),
        (
            effect(judged="", trends="too few to say"),
            (
                "On average over 10 mutuals it fell after they spun out, set against others in the same months: "
                f"{SIZE}. Whether their trends ran together with those of others before, there are too few to say."
            ),
        ),
        (
            effect("no clear change", judged="", trends="did not run together"),
            (
                "On average over 10 mutuals there is no clear change after they spun out, set against others in the "
                f"same months: {SIZE}."
            ),
        ),
        (
            effect("fell", kind="ownership", organisations=40),
            (
                f"Among 40 mutuals it is lower the more their staff own: {SIZE} for each 10 percentage points more, "
                "which is better."
            ),
        ),
        (
            effect("no clear change", kind="ownership", judged=""),
            (
                f"Among 10 mutuals there is no clear difference by how much their staff own: {SIZE} for each 10 "
                "percentage points more."
            ),
        ),
    ],
)
def test_a_sentence_is_as_strong_as_its_word(one: Effect, sentence: str) -> None:
    assert start(one) == sentence
    assert said(one)[0].endswith(CAVEATS)


def test_of_too_few_nothing_is_claimed() -> None:
    none: dict[str, Any] = {"effect": "[z]", "lower_95": "[z]", "upper_95": "[z]", "judged": ""}
    assert said(effect("too few to say", organisations=1, **none)) == [
        (
            "Absence rate (calendar days). 1 mutual spun out with enough returns before and after: too few to say "
            "whether it changed."
        )
    ]
    assert start(effect("too few to say", kind="ownership", organisations=3, **none)) == (
        "Among 3 mutuals: too few to say what goes with staff ownership."
    )


@pytest.mark.parametrize("shorthand", ["[c]", "[x]", "[z]"])
def test_of_what_is_withheld_nothing_is_said(shorthand: str) -> None:
    assert said(effect(effect=shorthand)) == said(effect(shorthand)) == []
    assert start(effect(lower_95=shorthand)).endswith(": -0.40 percentage points, which is better.")


def test_both_effects_on_one_basis_share_a_point_and_other_bases_have_their_own() -> None:
    slope = effect("no clear change", kind="ownership", judged="")
    hours = effect("no clear change", basis="hours", basis_name="hours", judged="")
    first, second = said(effect(), hours, slope, effect(of=ENGAGEMENT))
    assert first.startswith("Absence rate (calendar days). On average")
    assert first.count("Among 10 mutuals") == first.count(CAVEATS) == 1
    assert second.startswith("Absence rate (hours). ")


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["spin_out", "ownership"]),
            st.sampled_from(["fell", "rose", "no clear change", "too few to say", "[c]", "[x]", "[z]"]),
            st.sampled_from(["improved", "worsened", ""]),
            st.integers(0, 50),
        ),
        max_size=6,
    )
)
def test_nothing_fell_or_rose_in_words_that_did_not_in_figures(drawn: list[tuple[str, str, str, int]]) -> None:
    effects = [
        effect(word, kind=kind, judged=judged if word in ("fell", "rose") else "", organisations=number)
        for kind, word, judged, number in drawn
    ]
    text = " ".join(said(*effects))
    words = {(one.kind, one.word) for one in effects}
    assert ("it fell" in text) == (("spin_out", "fell") in words)
    assert ("it rose" in text) == (("spin_out", "rose") in words)
    assert ("it is lower" in text) == (("ownership", "fell") in words)
    assert ("it is higher" in text) == (("ownership", "rose") in words)
    assert ("which is better" in text) <= any(one.judged == "improved" for one in effects)
    assert (CAVEATS in text) == any(word in ("fell", "rose", "no clear change") for _, word in words)


# The tables


def test_what_goes_with_ownership_stands_in_a_table_with_its_caveats() -> None:
    effects = [
        effect(),
        effect("rose", kind="ownership", judged="worsened", trends="", effect="0.30", lower_95="[c]", upper_95="[c]"),
        effect("no clear change", judged="", trends="too few to say", organisations=5),
    ]
    [table] = only(rows(effects=effects, kind="public")).tables
    assert table.notes == (CAVEATS,)
    about = ("Absence rate (percentage points)", "calendar days")
    spun_out, owned = (
        "After spinning out, less others in the same months",
        "For each 10 percentage points more of staff ownership",
    )
    assert table.rows == (
        (spun_out, *about, "10", "-0.40", "-0.60 to -0.20", "fell, which is better", "ran together"),
        (owned, *about, "10", "0.30", "[c]", "is higher, which is worse", "[z]"),
        (spun_out, *about, "5", "-0.40", "-0.60 to -0.20", "no clear change", "too few to say"),
    )


@pytest.mark.parametrize("shorthand", ["[c]", "[x]"])
def test_an_effect_that_is_withheld_is_so_in_every_cell(shorthand: str) -> None:
    hidden = effect(shorthand, effect=shorthand, lower_95=shorthand, upper_95=shorthand, judged="", trends="")
    [table] = only(rows(effects=[hidden], kind="public")).tables
    assert table.rows[0][4:] == (shorthand,) * 3


def test_an_organisation_sees_itself_before_and_after() -> None:
    table = only(rows(before_after=[before_after()], kind="organisation")).tables[-1]
    assert cells(table) == [
        {
            "Figure and basis": "Absence rate (%), calendar days",
            "Spun out": "1 October 2024",
            "Before": "5.20",
            "After": "4.60",
            "Difference": "-0.60",
            "95% interval": "-0.90 to -0.30",
            "Difference of others (how many)": "-0.10 (14)",
            "Difference less that of others": "-0.50",
        }
    ]
    assert "before spinning out, from own earlier returns. After" in table.how_to_read[0]
    assert table.notes == (CAVEATS,)


def test_several_before_and_after_are_told_apart() -> None:
    given = [
        before_after(),
        before_after(who="Beta", source="its predecessor's figures", effect="[z]", comparator_difference="[z]"),
        before_after(NET, who="Gamma", note="too few comparators", **MONEY),
    ]
    absence = only(rows(before_after=given[:2])).tables[-1]
    assert [(row["Organisation"], row["Before is from"]) for row in cells(absence)] == [
        ("Alpha Care CIC", "own earlier returns"),
        ("Beta", "its predecessor's figures"),
    ]
    assert "spinning out. After" in absence.how_to_read[0]
    assert cells(absence)[1]["Difference of others (how many)"] == "[z]"
    savings = only(rows(before_after=given[2:])).tables[-1]
    assert (cells(savings)[0]["Before"], cells(savings)[0]["Note"]) == ("-1,500", "too few comparators")
    assert (cells(savings)[0]["Difference"], cells(savings)[0]["95% interval"]) == ("4,000", "-1,000 to 9,000")


# The figure

TEXTS = st.decimals(-9, 9, places=2).map(str) | st.just("[x]")


def drawn(*found: BeforeAfter, kind: str = "organisation") -> tuple[Figure, BeforeAfterChart]:
    [subject] = [one for one in subjects(rows(before_after=found, kind=kind), quarter()) if one.before_after]
    [made] = before_after_figure(subject)
    assert isinstance(made.chart, BeforeAfterChart)
    return made, made.chart


@pytest.mark.parametrize(
    ("lower", "upper", "title", "change"),
    [
        ("-0.90", "-0.30", "Absence rate fell after spinning out", "improving"),
        ("0.10", "0.90", "Absence rate rose after spinning out", "concern"),
        ("-0.90", "0.30", "Absence rate: no clear change since spinning out", "common"),
        ("-0.90", "0.00", "Absence rate: no clear change since spinning out", "common"),
        ("[x]", "[x]", "Absence rate before and after spinning out", "common"),
        ("-0.90", "[c]", "Absence rate before and after spinning out", "common"),
    ],
)
def test_a_title_is_no_stronger_than_the_interval(lower: str, upper: str, title: str, change: str) -> None:
    _, chart = drawn(before_after(lower_95=lower, upper_95=upper))
    assert (chart.title, chart.panels[0].change, chart.note) == (title, change, CAVEATS)
    assert ("There is no interval, so that it cannot be said" in chart.description) == title.endswith(
        "and after spinning out"
    )


def test_of_several_it_is_counted_who_moved_which_way_and_who_has_no_interval() -> None:
    fell = [before_after(), before_after(who="Beta")]
    rose = before_after(who="Gamma", difference="0.60", lower_95="0.30", upper_95="0.90")
    unclear = before_after(who="Delta", lower_95="-0.90", upper_95="0.30")
    unknown = before_after(who="Eta", lower_95="[x]", upper_95="[x]")
    _, chart = drawn(*fell, rose, unclear, unknown, kind="commissioner")
    assert chart.title == "Of 4 mutuals with an interval, 2 clearly fell and 1 clearly rose after spinning out"
    assert "1 of 5 has no interval." in chart.description
    _, chart = drawn(unclear, unknown, kind="commissioner")
    assert chart.title == "No clear change at 1 mutual with an interval since spinning out"


def test_the_figure_is_of_one_basis_and_its_table_is_what_it_shows() -> None:
    given = [before_after(who=who) for who in ("Beta", "Alpha Care CIC")]
    others = [before_after(who="Gamma", basis="hours"), before_after(DAYS), before_after(who="Eta", before_value="[x]")]
    made, chart = drawn(*given, *others, kind="commissioner")
    assert made.id == "sickness-absence-before-after"
    assert [panel.name for panel in chart.panels] == ["Alpha Care CIC", "Beta"]
    shown = [
        (row["Organisation"], row["Before"], row["After"], row["Difference"], row["95% interval"])
        for row in cells(made.table)
    ]
    assert shown == [
        (one.name, one.shown_before, one.shown_after, one.shown_difference, one.shown_interval) for one in chart.panels
    ]
    assert made.table.title == chart.subtitle


def test_one_of_which_nothing_is_measured_has_no_figure() -> None:
    for missing in ("before_value", "after_value", "difference"):
        none: dict[str, Any] = {missing: "[x]"}
        one = replace(before_after(), **none)
        [subject] = [one for one in subjects(rows(before_after=[one]), quarter()) if one.before_after]
        assert list(before_after_figure(subject)) == []


@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), min_size=1, max_size=5))
def test_whatever_the_intervals_nothing_moves_in_words_that_did_not_in_figures(
    found: list[tuple[str, str, str]],
) -> None:
    given = [
        before_after(
            who=f"Org {place}", difference="-0.60", lower_95=lower, upper_95=upper, comparator_difference=others
        )
        for place, (lower, upper, others) in enumerate(found)
        if "[x]" in (lower, upper) or float(lower) <= float(upper)
    ]
    if not given:
        return
    made, chart = drawn(*given, kind="commissioner")
    both = [(one.lower_95, one.upper_95) for one in given if "[x]" not in (one.lower_95, one.upper_95)]
    fell, rose = (sum(float(upper) < 0 for _, upper in both), sum(float(lower) > 0 for lower, _ in both))
    assert chart.title.startswith(f"Of {len(both)} ") == bool(fell + rose)
    assert (f"{fell} clearly fell and {rose} clearly rose" in chart.title) == bool(fell + rose)
    assert len(chart.panels) == len(made.table.rows) == len(given)
    assert ("A second line" in chart.description) == any(panel.others is not None for panel in chart.panels)
    for width in (WIDE, NARROW):
        assert draw(chart, width, made.id).startswith("<svg")
