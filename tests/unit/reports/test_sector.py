"""The claim in its four parts is never stronger than the intervals, and says nothing that the rows do not."""

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impact.reports.audience_rows import AudienceRows, Coverage, DeliveryModelFigure, Effect, GroupFigure, Indicator
from impact.reports.sector import (
    MIXED,
    NOT_SUPPORTED,
    SUPPORTED,
    TOO_LITTLE,
    Area,
    Claim,
    area_claims,
    area_tables,
    areas,
    claims,
    coverage_table,
    sector_tables,
    verdict_on,
)
from tests.unit.reports.published import (
    ABSENCE,
    AUDIENCES,
    DAYS,
    ENGAGEMENT,
    GROWTH,
    NET,
    RATE,
    SATISFACTION,
    SHARE,
    area,
    band,
    coverage,
    effect,
    model,
    quarter,
    rows,
)

ALL: dict[str, Any] = {"sector": "sectors_of_mutuals"}
ALPHASHIRE = Area("area:B1", "Alphashire")
IN_CLAIM = (ENGAGEMENT, RATE, SATISFACTION, SHARE)
UNCLEAR, TOO_FEW = "no clear change", "too few to say"


def fell(**fields: Any) -> Effect:
    return effect("fell", **{"judged": "improved", **fields})


def rose(**fields: Any) -> Effect:
    interval: dict[str, Any] = {"effect": "0.40", "lower_95": "0.20", "upper_95": "0.60"}
    return effect("rose", **{"judged": "worsened", **interval, **fields})


def unclear(**fields: Any) -> Effect:
    return effect(UNCLEAR, **{"judged": "", "upper_95": "0.20", **fields})


def too_few(**fields: Any) -> Effect:
    return effect(TOO_FEW, **{"judged": "", "effect": "[c]", "lower_95": "[c]", "upper_95": "[c]", **fields})


OWNERSHIP: dict[str, Any] = {"kind": "ownership", "trends": "[z]"}


def public(**given: Any) -> AudienceRows:
    """Rows of the public page, of which the claim rests on four indicators."""
    made = rows(kind="public", **given)
    return replace(made, indicators=tuple(replace(one, is_in_claim=one in IN_CLAIM) for one in made.indicators))


def absence(made: AudienceRows) -> Claim:
    return next(one for one in claims(made, quarter()) if one.topic == ABSENCE.id)


# The verdict


@pytest.mark.parametrize(
    ("effects", "verdict"),
    [
        ([], TOO_LITTLE),
        ([too_few()], TOO_LITTLE),
        ([unclear()], NOT_SUPPORTED),
        ([rose()], NOT_SUPPORTED),
        ([unclear(), rose(**OWNERSHIP)], NOT_SUPPORTED),
        ([fell()], SUPPORTED),
        ([fell(), unclear(**OWNERSHIP)], SUPPORTED),
        ([fell(), too_few(basis="hours")], SUPPORTED),
        ([fell(), rose(**OWNERSHIP)], MIXED),
        ([fell(), unclear(basis="hours")], MIXED),
        ([fell(trends="did not run together")], MIXED),
        ([fell(**OWNERSHIP)], MIXED),
        ([unclear(), fell(**OWNERSHIP)], MIXED),
        ([fell(of=DAYS)], MIXED),
        ([unclear(), fell(of=DAYS)], MIXED),
    ],
)
def test_the_verdict_goes_by_the_intervals(effects: list[Effect], verdict: str) -> None:
    assert verdict_on(effects, RATE.id) == verdict


def test_figures_side_by_side_decide_nothing() -> None:
    far_better = [model("1.00", **ALL), model("9.00", delivery_model="in_house", **ALL)]
    assert absence(public(models=far_better)).verdict == TOO_LITTLE


@pytest.mark.parametrize(
    ("ours", "theirs", "is_for", "word"),
    [
        ("4.10", "5.00", True, "lower than"),
        ("5.00", "4.10", False, "higher than"),
        ("4.10", "4.10", False, "the same as"),
    ],
)
def test_figures_side_by_side_stand_on_the_side_that_they_are_on(
    ours: str, theirs: str, is_for: bool, word: str
) -> None:
    claim = absence(public(models=[model(ours, **ALL), model(theirs, delivery_model="in_house", **ALL)]))
    (said,) = claim.for_it + claim.against_it
    assert bool(claim.for_it) == is_for
    assert f"{ours}% in the 12 mutuals, {word} {theirs}% in the 12 in-house organisations." in said


def test_where_one_other_is_better_and_one_is_worse_each_has_its_sentence() -> None:
    others = [model("5.00", delivery_model="in_house", **ALL), model("3.00", delivery_model="outsourced", **ALL)]
    claim = absence(public(models=[model("4.10", **ALL), *others]))
    assert "lower than 5.00%" in claim.for_it[0]
    assert "higher than 3.00%" in claim.against_it[0]


def test_what_is_withheld_is_not_set_beside_anything() -> None:
    claim = absence(public(models=[model("4.10", **ALL), model("[c]", delivery_model="in_house", **ALL)]))
    assert claim.for_it == claim.against_it == ()


def test_figures_on_two_bases_are_not_set_beside_one_another() -> None:
    claim = absence(
        public(models=[model("4.10", **ALL), model("5.00", delivery_model="in_house", basis="hours", **ALL)])
    )
    assert claim.for_it == claim.against_it == ()


def test_what_was_looked_for_and_not_found_stands_against_the_claim() -> None:
    claim = absence(public(effects=[unclear(), fell(**OWNERSHIP)]))
    assert ["no clear change" in said for said in claim.against_it] == [True]
    assert ["it is lower the more their staff own" in said for said in claim.for_it] == [True]


def test_chance_is_told_beside_the_intervals() -> None:
    assert absence(public(effects=[unclear(), fell(**OWNERSHIP)])).how_sure == (
        "Of 2 comparisons before and after spinning out, or by how much staff own, 1 speaks for the claim, none "
        "against it, and 1 may be chance (95% intervals). With nothing there to find, chance alone would have about "
        "0.1 speak for or against it. Absence rate before and after spinning out is not among those that speak for it."
    )


def test_money_has_no_verdict_however_much_it_is() -> None:
    saved = [model("900000", NET, **ALL), model("60000", GROWTH, **ALL)]
    claim = next(one for one in claims(public(models=saved), quarter()) if one.id == "savings")
    assert claim.verdict == TOO_LITTLE
    (said,) = claim.for_it
    assert said.startswith("Net savings that the 12 mutuals report in all sectors with mutuals over the year to March")
    assert said.endswith("2026 come to £900,000. In it are from growth £60,000.")


def test_a_loss_stands_against_the_claim() -> None:
    claim = next(one for one in claims(public(models=[model("-500", NET, **ALL)]), quarter()) if one.id == "savings")
    assert claim.for_it == ()
    assert "-£500" in claim.against_it[0]


def test_whoever_is_gone_is_counted() -> None:
    claim = absence(public(coverage=[coverage(), coverage(delivery_model="in_house", organisations_closed=0)]))
    assert claim.reporting.startswith(
        "Mutuals: 13 of 14 at work in the year reported; of 15 that ever did, 12 still do, 2 closed and 1 sent nothing "
        "in the year."
    )


def test_every_part_has_its_claim_even_where_there_is_nothing() -> None:
    found = claims(public(), quarter())
    assert [one.id for one in found] == ["staff", "sick-days", "users", "savings"]
    assert {one.verdict for one in found} == {TOO_LITTLE}
    assert all(one.how_sure and one.reporting for one in found)


# One area


def test_an_area_is_described_and_judged_by_nothing() -> None:
    figures = [area("4.10"), area("5.00", delivery_model="in_house")]
    made = public(groups=figures, effects=[fell()], coverage=[coverage(kind="area", scope="area:B1")])
    (claim,) = [one for one in area_claims(made, quarter(), ALPHASHIRE) if one.topic == ABSENCE.id]
    assert claim.verdict == TOO_LITTLE
    assert len(claim.for_it) == 1
    assert claim.how_sure.endswith("Over all sectors and areas the verdict is: supported.")


def test_an_area_with_too_few_says_so() -> None:
    made = public(groups=[area("[c]", note="too few organisations"), area("5.00", delivery_model="in_house")])
    (claim,) = [one for one in area_claims(made, quarter(), ALPHASHIRE) if one.topic == ABSENCE.id]
    assert claim.for_it == claim.against_it == ()
    assert "too few mutuals in Alphashire report" in claim.how_sure


def test_an_area_is_told_nothing_of_another() -> None:
    there = [area("4.10"), area("5.00", delivery_model="in_house")]
    elsewhere = [replace(one, scope="area:B2", scope_name="Betashire", value="7.77") for one in there]
    made = public(groups=[*there, *elsewhere])
    assert areas(made) == (ALPHASHIRE, Area("area:B2", "Betashire"))
    said = repr(area_claims(made, quarter(), ALPHASHIRE)) + repr(
        [table for one in made.topics for table in area_tables(made, quarter(), ALPHASHIRE, one.id)]
    )
    assert "Betashire" not in said
    assert "7.77" not in said


def test_rows_of_an_area_stand_elsewhere_where_all_areas_stand_side_by_side() -> None:
    given = public(groups=[area("4.10"), area("5.00", delivery_model="in_house")])
    for kind, is_elsewhere in (("public", True), ("commissioner", False)):
        made = replace(given, audience=AUDIENCES[kind])
        assert [one.is_elsewhere for one in area_tables(made, quarter(), ALPHASHIRE, ABSENCE.id)] == [is_elsewhere]


# Tables


def test_a_place_is_a_row_and_a_delivery_model_a_column() -> None:
    made = public(
        models=[model("4.10"), model("5.00", delivery_model="in_house")],
        groups=[area("4.20"), band("3.90", organisations=3)],
        effects=[unclear(**OWNERSHIP)],
    )
    by_sector, by_area, by_ownership = sector_tables(made, quarter(), ABSENCE.id)
    assert by_sector.rows == (("Adult social care", "calendar days", "4.10", "5.00", "12 of 13", "12 of 13"),)
    assert by_area.rows == (("Alphashire", "calendar days", "4.20", "12 of 13"),)
    assert by_ownership.rows[0][:4] == ("75% and more", "calendar days", "3 of 13", "3.90")
    assert len(by_ownership.notes) == 1


def test_a_model_that_is_not_there_in_a_place_is_marked_as_missing() -> None:
    made = public(models=[model("4.10"), model("5.00", delivery_model="in_house", sector="libraries")])
    (table,) = sector_tables(made, quarter(), ABSENCE.id)
    assert ["[x]" in row for row in table.rows] == [True, True]


def test_coverage_is_of_one_place() -> None:
    of_area = coverage(kind="area", scope="area:B1", scope_name="Alphashire", organisations_registered=4)
    made = public(coverage=[coverage(), of_area])
    (everywhere,) = coverage_table(made, quarter())
    (there,) = coverage_table(made, quarter(), ALPHASHIRE)
    assert [row[1] for row in everywhere.rows] == ["14"]
    assert [row[1] for row in there.rows] == ["4"]
    assert list(coverage_table(public(), quarter())) == []


# What is read back

FIGURES = st.decimals(min_value=Decimal("0.01"), max_value=99, places=2).map(str)
COUNTS = st.integers(min_value=1, max_value=400)
MODELS = st.sampled_from(("mutual", "in_house", "outsourced", "unclassified"))
BASES = st.sampled_from(("calendar_days", "hours"))


@st.composite
def an_effect(draw: st.DrawFn) -> Effect:
    """A row as sql/published/effect.sql makes it: the words go by the interval."""
    of = draw(st.sampled_from((ENGAGEMENT, RATE, DAYS, SATISFACTION)))
    kind = draw(st.sampled_from(("spin_out", "ownership")))
    low, middle, high = sorted(draw(st.lists(st.integers(-900, 900), min_size=3, max_size=3, unique=True)))
    word = "fell" if high < 0 else "rose" if low > 0 else UNCLEAR
    good = "fell" if of.polarity == "lower_is_better" else "rose"
    judged = "" if word == UNCLEAR else "improved" if word == good else "worsened"
    limits = {name: f"{value / 100:.2f}" for name, value in (("effect", middle), ("lower_95", low), ("upper_95", high))}
    if draw(st.booleans()) and draw(st.booleans()):
        word, judged, limits = TOO_FEW, "", dict.fromkeys(limits, "[c]")
    trends = draw(st.sampled_from(("ran together", "did not run together", TOO_FEW))) if kind == "spin_out" else "[z]"
    basis = draw(BASES)
    about = {"kind": kind, "basis": basis, "basis_name": basis.replace("_", " "), "trends": trends}
    return effect(word, of, **{**about, **limits, "judged": judged, "organisations": draw(COUNTS)})


def _of_group(draw: st.DrawFn) -> tuple[str, Indicator, dict[str, Any]]:
    of = draw(st.sampled_from((ENGAGEMENT, RATE, SATISFACTION, SHARE)))
    basis = draw(BASES)
    about: dict[str, Any] = {"basis": basis, "basis_name": basis.replace("_", " "), "delivery_model": draw(MODELS)}
    return draw(st.one_of(FIGURES, st.just("[c]"))), of, {**about, "organisations": draw(COUNTS)}


@st.composite
def a_model(draw: st.DrawFn) -> DeliveryModelFigure:
    value, of, about = _of_group(draw)
    return model(value, of, sector=draw(st.sampled_from(("sectors_of_mutuals", "libraries"))), **about)


@st.composite
def an_area(draw: st.DrawFn) -> GroupFigure:
    value, of, about = _of_group(draw)
    return area(value, of, **about)


@st.composite
def a_coverage(draw: st.DrawFn) -> Coverage:
    names = [name for name in Coverage.__dataclass_fields__ if name.startswith("organisations_")]
    place: dict[str, Any] = draw(
        st.sampled_from(({}, {"kind": "area", "scope": "area:B1", "scope_name": "Alphashire"}))
    )
    counts: dict[str, Any] = {name: draw(COUNTS) for name in names}
    return coverage(delivery_model=draw(MODELS), **place, **counts)


@st.composite
def some_rows(draw: st.DrawFn) -> AudienceRows:
    """A public page with any rows that there can be, no two of which have the same key."""
    models = draw(
        st.lists(
            a_model(), max_size=12, unique_by=lambda one: (one.indicator_id, one.sector, one.basis, one.delivery_model)
        )
    )
    groups = draw(
        st.lists(an_area(), max_size=8, unique_by=lambda one: (one.indicator_id, one.basis, one.delivery_model))
    )
    covered = draw(st.lists(a_coverage(), max_size=4, unique_by=lambda one: (one.scope, one.delivery_model)))
    effects = draw(st.lists(an_effect(), max_size=6, unique_by=lambda one: (one.kind, one.indicator_id, one.basis)))
    return public(models=models, groups=groups, coverage=covered, effects=effects)


def numbers(text: str) -> list[str]:
    return re.findall(r"-?\d[\d,]*(?:\.\d+)?", text)


def printed(*records: object) -> set[str]:
    """Every number that any field of these rows holds."""
    return {found for record in records for value in vars(record).values() for found in numbers(str(value))}


def sides(claim: Claim) -> Iterator[tuple[bool, str]]:
    yield from ((True, said) for said in claim.for_it)
    yield from ((False, said) for said in claim.against_it)


@given(made=some_rows())
def test_every_number_in_a_sentence_stands_in_the_rows_that_it_speaks_of(made: AudienceRows) -> None:
    of_period = {"2026", "95", "10"}  # the year's end; the interval; ten percentage points of ownership
    for claim in claims(made, quarter()):
        of_topic: list[object] = [one for one in made.delivery_models if one.topic == claim.topic]
        of_topic += [one for one in made.effects if one.topic == claim.topic]
        of_coverage = [one for one in made.coverage if one.topic == claim.topic and one.kind == "all_sectors"]
        for _, said in sides(claim):
            assert set(numbers(said)) <= printed(*of_topic) | of_period, said
        assert set(numbers(claim.reporting)) <= printed(*of_coverage), claim.reporting
    for claim in area_claims(made, quarter(), ALPHASHIRE):
        there = [one for one in made.groups if one.topic == claim.topic]
        for _, said in sides(claim):
            assert set(numbers(said)) <= printed(*there) | of_period, said


@given(made=some_rows())
def test_a_sentence_on_an_interval_goes_the_way_of_the_interval(made: AudienceRows) -> None:
    """Each interval is told once: on the claimed side only where it lies there, with the word of its sign."""
    for claim in claims(made, quarter()):
        for one in made.effects:
            if one.topic != claim.topic or one.word == TOO_FEW:
                continue
            interval = f"{one.effect} {'percentage points' if one.unit == '%' else one.unit} (95% interval"
            on_basis = f"{one.indicator_name} ({one.basis_name}): "
            told = [
                (is_for, said)
                for is_for, said in sides(claim)
                if said.startswith(on_basis)
                and interval in said
                and ("after they spun out" in said) == (one.kind == "spin_out")
            ]
            low, high = Decimal(one.lower_95), Decimal(one.upper_95)
            is_lower_good = one.indicator_id in (RATE.id, DAYS.id)
            is_claimed = high < 0 if is_lower_good else low > 0
            ((is_for, said),) = told
            assert is_for == is_claimed
            assert any(word in said for word in ("it fell", "it is lower")) == (high < 0)
            assert any(word in said for word in ("it rose", "it is higher")) == (low > 0)
            assert ("no clear" in said) == (low <= 0 <= high)


@given(made=some_rows())
def test_a_sentence_on_figures_side_by_side_goes_the_way_of_the_figures(made: AudienceRows) -> None:
    for claim in (*claims(made, quarter()), *area_claims(made, quarter(), ALPHASHIRE)):
        for is_for, said in sides(claim):
            if ", pooled " not in said:
                continue
            ours, _, theirs = said.split(": ", 1)[1].partition(", ")
            word = next(word for word in ("higher than", "lower than", "the same as") if theirs.startswith(word))
            value, *others = (Decimal(found) for found in re.findall(r"(\d+(?:\.\d+)?)(?:%| points) in the", said))
            assert others, said
            for other in others:
                assert word == ("higher than" if value > other else "lower than" if value < other else "the same as")
            assert is_for == (word == ("lower than" if claim.topic == ABSENCE.id else "higher than"))
            assert "mutual" in ours


@given(made=some_rows())
def test_no_verdict_is_stronger_than_the_intervals(made: AudienceRows) -> None:
    for claim in claims(made, quarter()):
        of = [one for one in made.effects if one.topic == claim.topic and one.word != TOO_FEW]
        improved = [one for one in of if one.judged == "improved"]
        assert (claim.verdict == TOO_LITTLE) == (not of)
        if claim.verdict == SUPPORTED:
            assert any(one.kind == "spin_out" for one in improved)
            assert not any(one.judged == "worsened" for one in of)
        if claim.verdict == NOT_SUPPORTED:
            assert not improved
    assert {one.verdict for one in area_claims(made, quarter(), ALPHASHIRE)} == {TOO_LITTLE}
