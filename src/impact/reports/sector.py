"""The claim that is made for mutuals, in its four parts, and what the published rows say for and against each.

A part is judged here and nowhere else, by intervals alone; what only describes (pooled figures side by side) is told
with it and decides nothing. The page that it stands on is put together in `writing`; how an effect is worded in
`before_after`.

The rules, for a part of the claim and the indicators of its topic:

- A 95% interval is a before-and-after of mutuals that spun out, less others in the same months, or the slope on staff
  ownership. It is on the claimed side when it lies wholly on that side of none, on the other side when on that.
- SUPPORTED: the before-and-after of the topic's first indicator is on the claimed side, on every basis on which it is
  measured; the trends before it did not differ; no interval of the topic is on the other side.
- MIXED: some interval is on the claimed side, and that does not make it supported.
- NOT_SUPPORTED: intervals there are, and none is on the claimed side. It does not say that the claim is untrue.
- TOO_LITTLE: there is no interval at all. So it is of money, of which no measure of chance is known, and of one area
  alone, where too few spin out to measure anything.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from impact.periods import Period
from impact.reports.audience_rows import (
    AudienceRows,
    Coverage,
    DeliveryModelFigure,
    Effect,
    GroupFigure,
    Indicator,
    Topic,
)
from impact.reports.before_after import CAVEATS, effect_in_words
from impact.reports.content import Column, Table
from impact.reports.wording import (
    between,
    count_of,
    is_figure,
    joined,
    sentence,
    shown,
    unit_sign,
    with_unit,
    words,
    year_end,
    year_label,
)

SUPPORTED, MIXED, NOT_SUPPORTED, TOO_LITTLE = "supported", "mixed", "not supported", "too little to say"

CLAIM_CAVEATS = (
    CAVEATS,
    (
        "Pooled figures are not adjusted for what staff do, whom they serve or where they work: they describe, and "
        "show no effect, so that no verdict rests on them."
    ),
    (
        "Supported, mixed and not supported go by comparisons before and after spinning out, and by how much staff "
        "own. One speaks for the claim where its 95% interval lies wholly on that side. Not supported means that none "
        "does; it does not say that the claim is untrue."
    ),
)
"""What holds of all parts of the claim, to be said once."""

_CLAIMED = {
    "staff_survey": ("staff", "Staff of mutuals are happier in their work."),
    "sickness_absence": ("sick-days", "Staff of mutuals are off sick less."),
    "service_user_survey": ("users", "The people whom mutuals serve are more satisfied."),
    "savings": ("savings", "Mutuals save public money, through waste that staff find and a wider customer base."),
}
"""By topic: how a part of the claim is called, and how it is made in speeches."""

_AS_CLAIMED = ("savings_from_waste_reduction", "savings_from_growth")
"""How mutuals are said to save."""
_VERIFIED = "savings_share_verified"

_ALL_SECTORS = "sectors_of_mutuals"
_MUTUAL = "mutual"
_OTHERS = ("in_house", "outsourced")
_MODELS = {
    "mutual": ("mutual", "mutuals"),
    "in_house": ("in-house organisation", "in-house organisations"),
    "outsourced": ("outsourced organisation", "outsourced organisations"),
}
_POUNDS = "GBP"
_SPIN_OUT = "spin_out"
_CLEAR = {"fell", "rose"}
_MEASURED = {*_CLEAR, "no clear change"}
_IMPROVED, _WORSENED = "improved", "worsened"
_APART_BEFORE = "did not run together"
_OUTSIDE_BY_CHANCE = Decimal("0.05")
_HIGHER, _LOWER, _SAME = "higher than", "lower than", "the same as"

_NOT_MEASURED = (
    "What comes of spinning out, and what goes with ownership, is not measured {where} alone, where too few spin out: "
    "figures side by side describe."
)

_Pooled = DeliveryModelFigure | GroupFigure


@dataclass(frozen=True)
class Claim:
    """A part of the claim: as it is made, what may be said of it (one of the four verdicts), the sentences for it,
    those against it with what was looked for and not found, how sure that is, how many report and who is gone, and what
    holds of this part alone (for all of them: CLAIM_CAVEATS)."""

    id: str
    topic: str
    claim: str
    verdict: str
    for_it: tuple[str, ...]
    against_it: tuple[str, ...]
    how_sure: str
    reporting: str
    caveats: tuple[str, ...]


@dataclass(frozen=True)
class Area:
    """That of a combined authority: `scope` is its key among groups."""

    scope: str
    name: str


@dataclass(frozen=True)
class _Place:
    """What a claim is judged of: the figures of the year that stand side by side there, how it is called, and how many
    of its organisations report."""

    where: str
    figures: tuple[_Pooled, ...]
    coverage: tuple[Coverage, ...]


def claims(rows: AudienceRows, period: Period) -> tuple[Claim, ...]:
    """The four parts of the claim over all sectors with mutuals; fewer where a topic has no indicator."""
    there = [one for one in rows.delivery_models if one.grain == "rolling_year"]
    is_several = any(one.sector == _ALL_SECTORS for one in there)
    place = _Place(
        "in all sectors with mutuals" if is_several else "",
        tuple(one for one in there if one.sector == _ALL_SECTORS or not is_several),
        tuple(one for one in rows.coverage if one.kind == "all_sectors"),
    )
    return tuple(_claim(rows, period, topic, place) for topic in _topics(rows))


def areas(rows: AudienceRows) -> tuple[Area, ...]:
    """The combined authorities of which this reader may read: all of them in public, its own on its own page."""
    found = {(one.scope_name, one.scope) for one in rows.groups if one.kind == "area"}
    found |= {(one.scope_name, one.scope) for one in rows.coverage if one.kind == "area"}
    return tuple(Area(scope, name) for name, scope in sorted(found))


def area_claims(rows: AudienceRows, period: Period, area: Area) -> tuple[Claim, ...]:
    """The same of the organisations of one combined authority's area. What comes of spinning out is not measured in one
    area, so that its figures describe; where all sectors are there to read, their verdict is told."""
    place = _Place(
        f"in {area.name}",
        tuple(one for one in rows.groups if one.scope == area.scope and one.grain == "rolling_year"),
        tuple(one for one in rows.coverage if one.scope == area.scope),
    )
    return tuple(_area_claim(rows, period, topic, place) for topic in _topics(rows))


def verdict_on(effects: Sequence[Effect], headline: str) -> str:
    """The verdict by the rules of this module. `effects` are those of one topic, `headline` its first indicator."""
    measured = [one for one in effects if one.word in _MEASURED]
    if not measured:
        return TOO_LITTLE
    if not any(_is_on(one, _IMPROVED) for one in measured):
        return NOT_SUPPORTED
    decisive = _decisive(measured, headline)
    is_clear = all(_is_on(one, _IMPROVED) and one.trends != _APART_BEFORE for one in decisive)
    if decisive and is_clear and not any(_is_on(one, _WORSENED) for one in measured):
        return SUPPORTED
    return MIXED


def sector_tables(rows: AudienceRows, period: Period, topic_id: str) -> Iterator[Table]:
    """Delivery models side by side by sector and by combined authority, and mutuals by ownership, of what the claim
    rests on in a topic."""
    for indicator in _rested_on(rows, topic_id):
        year = [one for one in rows.delivery_models if one.indicator_id == indicator.id and one.grain == "rolling_year"]
        groups = [one for one in rows.groups if one.indicator_id == indicator.id and one.grain == "rolling_year"]
        label = year_label(period)
        by_sector = [(_sector_name(one), one) for one in year]
        yield from _side_by_side(f"{indicator.name} by sector, {label}", "Sector", indicator, by_sector)
        by_area = [(one.scope_name, one) for one in groups if one.kind == "area"]
        title = f"{indicator.name} by combined authority, {label}"
        yield from _side_by_side(title, "Combined authority", indicator, by_area)
        yield from _by_ownership(rows, indicator, [one for one in groups if one.kind == "ownership"], label)


def area_tables(rows: AudienceRows, period: Period, area: Area, topic_id: str) -> Iterator[Table]:
    """Delivery models side by side in one area, of what the claim rests on in a topic. The public has these rows in
    `sector_tables`, beside those of other areas."""
    for indicator in _rested_on(rows, topic_id):
        figures = [
            (one.scope_name, one)
            for one in rows.groups
            if one.scope == area.scope and one.indicator_id == indicator.id and one.grain == "rolling_year"
        ]
        title = f"{indicator.name} in {area.name}, {year_label(period)}"
        for table in _side_by_side(title, "Combined authority", indicator, figures):
            yield replace(table, is_elsewhere=rows.audience.kind == "public")


def coverage_table(rows: AudienceRows, period: Period, area: Area | None = None) -> Iterator[Table]:
    """How many report, and what became of those that ever did: over all sectors with mutuals, or in one area."""
    titles = {topic.id: topic.title for topic in rows.topics}
    there = [
        one
        for one in rows.coverage
        if one.topic in titles and (one.kind == "all_sectors" if area is None else one.scope == area.scope)
    ]
    if there:
        order = list(titles)
        yield Table(
            f"Who reports, and who no longer does, {year_label(period)}",
            (
                Column("Topic and delivery model"),
                Column("At work in the year", True),
                Column("Reported in the year", True),
                Column("Ever reported", True),
                Column("Of those, closed", True),
                Column("Of those, sent nothing in the year", True),
                Column("Of those, still report", True),
            ),
            tuple(
                (
                    f"{titles[one.topic]}: {words(one.delivery_model)}",
                    str(one.organisations_registered),
                    str(one.organisations_reporting),
                    str(one.organisations_started),
                    str(one.organisations_closed),
                    str(one.organisations_stopped),
                    str(one.organisations_still_reporting),
                )
                for one in sorted(there, key=lambda one: order.index(one.topic))
            ),
            notes=(
                (
                    "Organisations that closed stay in the figures of the periods in which they reported. Those that "
                    "did badly may be the ones that are gone."
                ),
            ),
        )


def _topics(rows: AudienceRows) -> Iterator[tuple[Topic, tuple[Indicator, ...]]]:
    """Each topic that a part of the claim is about, with its indicators."""
    for topic in rows.topics:
        indicators = tuple(one for one in rows.indicators if one.topic == topic.id)
        if topic.id in _CLAIMED and indicators:
            yield topic, indicators


def _rested_on(rows: AudienceRows, topic_id: str) -> list[Indicator]:
    return [one for one in rows.indicators if one.topic == topic_id and one.is_in_claim]


def _claim(rows: AudienceRows, period: Period, topic: tuple[Topic, tuple[Indicator, ...]], place: _Place) -> Claim:
    of, indicators = topic
    effects = [one for one in rows.effects if one.topic == of.id]
    verdict = verdict_on(effects, indicators[0].id)
    by_side = [
        *_measured(effects),
        *_pooled(place, period, indicators),
        *_amounts(place, period, indicators),
    ]
    claim_id, claim = _CLAIMED[of.id]
    return Claim(
        id=claim_id,
        topic=of.id,
        claim=claim,
        verdict=verdict,
        for_it=tuple(said for is_for, said in by_side if is_for),
        against_it=tuple(said for is_for, said in by_side if not is_for),
        how_sure=" ".join(_how_sure(effects, indicators[0], verdict)),
        reporting=_reporting(place, of.id),
        caveats=(*_rests_on_few(effects, place, of.id), *_verified(place, indicators)),
    )


def _area_claim(rows: AudienceRows, period: Period, topic: tuple[Topic, tuple[Indicator, ...]], place: _Place) -> Claim:
    of, indicators = topic
    by_side = list(_pooled(place, period, indicators))
    claim_id, claim = _CLAIMED[of.id]
    effects = [one for one in rows.effects if one.topic == of.id]
    overall = f"Over all sectors and areas the verdict is: {verdict_on(effects, indicators[0].id)}." if effects else ""
    told = [_NOT_MEASURED.format(where=place.where), *_not_side_by_side(place, indicators), overall]
    return Claim(
        id=claim_id,
        topic=of.id,
        claim=claim,
        verdict=TOO_LITTLE,
        for_it=tuple(said for is_for, said in by_side if is_for),
        against_it=tuple(said for is_for, said in by_side if not is_for),
        how_sure=" ".join(one for one in told if one),
        reporting=_reporting(place, of.id),
        caveats=(),
    )


_Said = Iterator[tuple[bool, str]]
"""Sentences, each with whether it is for the claim."""


def _measured(effects: Iterable[Effect]) -> _Said:
    """What intervals say. One that leaves open whether there is anything is what was looked for and not found."""
    for one in effects:
        if one.word in _MEASURED and (said := effect_in_words(one)):
            yield _is_on(one, _IMPROVED), f"{one.indicator_name} ({one.basis_name}): {sentence(said)}"


def _is_on(one: Effect, side: str) -> bool:
    return one.word in _CLEAR and one.judged == side


def _decisive(effects: Iterable[Effect], headline: str) -> list[Effect]:
    return [one for one in effects if one.kind == _SPIN_OUT and one.indicator_id == headline]


def _pooled(place: _Place, period: Period, indicators: Iterable[Indicator]) -> _Said:
    """Mutuals beside the other delivery models, of what the claim rests on."""
    for indicator in indicators:
        if not indicator.is_in_claim:
            continue
        for ours, others in _beside_others(place.figures, indicator):
            where = place.where or f"in {words(_scope(ours))}"
            for is_how, wanted in ((_HIGHER, 1), (_LOWER, -1), (_SAME, 0)):
                theirs = [one for one in others if _sign(ours, one) == wanted]
                if theirs:
                    what = f"{indicator.name} ({ours.basis_name}), pooled {where} over the year to {year_end(period)}"
                    side_by_side = f"{_in(ours)}, {is_how} {joined([_in(one) for one in theirs])}"
                    yield wanted == (-1 if indicator.polarity == "lower_is_better" else 1), f"{what}: {side_by_side}."


def _beside_others(figures: Sequence[_Pooled], indicator: Indicator) -> Iterator[tuple[_Pooled, list[_Pooled]]]:
    """Mutuals, and the others that they may be read beside: in one place, on one basis, and shown."""
    there = {
        (_scope(one), one.basis, one.delivery_model): one
        for one in figures
        if one.indicator_id == indicator.id and is_figure(one.value)
    }
    for (scope, basis, model), ours in there.items():
        if model == _MUTUAL:
            yield ours, [there[scope, basis, other] for other in _OTHERS if (scope, basis, other) in there]


def _scope(figure: _Pooled) -> str:
    return figure.sector if isinstance(figure, DeliveryModelFigure) else figure.scope


def _sign(ours: _Pooled, theirs: _Pooled) -> int:
    """1 where ours is higher, -1 where it is lower, 0 where both are the same as they are printed."""
    return int(Decimal(ours.value).compare(Decimal(theirs.value)))


def _in(figure: _Pooled) -> str:
    return f"{with_unit(figure.value, figure.unit)} in {_the(figure)}"


def _the(figure: _Pooled) -> str:
    one, many = _MODELS[figure.delivery_model]
    return f"the one {one}" if figure.organisations == 1 else f"the {figure.organisations:,} {many}"


def _amounts(place: _Place, period: Period, indicators: Sequence[Indicator]) -> _Said:
    """What mutuals report in pounds, and how much of it in the ways that are claimed: sums are set beside no others."""
    ours = {
        one.indicator_id: one
        for one in place.figures
        if one.delivery_model == _MUTUAL and one.unit == _POUNDS and is_figure(one.value)
    }
    headline = indicators[0]
    if headline.unit != _POUNDS or headline.id not in ours:
        return
    total = ours[headline.id]
    parts = [
        f"{one.name[:1].lower()}{one.name[1:]} {with_unit(ours[one.id].value, one.unit)}"
        for one in indicators
        if one.id in _AS_CLAIMED and one.id in ours
    ]
    who = f"{_the(total)} report {place.where or f'in {words(_scope(total))}'} over the year to {year_end(period)}"
    said = [f"{headline.name} that {who} come to {with_unit(total.value, total.unit)}."]
    said += [f"In it are {joined(parts)}."] if parts else []
    yield Decimal(total.value) > 0, " ".join(said)


def _how_sure(effects: Sequence[Effect], headline: Indicator, verdict: str) -> Iterator[str]:
    measured = [one for one in effects if one.word in _MEASURED]
    if verdict == TOO_LITTLE:
        why = "nothing was there to measure before and after spinning out, or by how much staff own"
        if effects:
            why = "there are too few organisations yet"
        elif headline.unit == _POUNDS:
            why = "no measure of chance is known for sums of money"
        yield f"There is no interval to judge it by: {why}."
        return
    by_chance = (len(measured) * _OUTSIDE_BY_CHANCE).quantize(Decimal("0.1"), ROUND_HALF_UP)
    claimed, other = (sum(_is_on(one, side) for one in measured) for side in (_IMPROVED, _WORSENED))
    comparisons = count_of(len(measured), "comparison", "comparisons")
    unsure = len(measured) - claimed - other
    yield (
        f"Of {comparisons} before and after spinning out, or by how much staff own, {claimed or 'none'} "
        f"{_speaks(claimed)} for the claim, {other or 'none'} against it, and {unsure or 'none'} may be chance (95% "
        f"intervals). With nothing there to find, chance alone would have about {by_chance} speak for or against it."
    )
    decisive = _decisive(measured, headline.id)
    if verdict == MIXED:
        if not decisive:
            yield f"{headline.name} before and after spinning out could not be measured."
        elif not all(_is_on(one, _IMPROVED) for one in decisive):
            yield f"{headline.name} before and after spinning out is not among those that speak for it."
        elif any(one.trends == _APART_BEFORE for one in decisive):
            yield "Trends differed already before spinning out, so that this may be a trend going on."
    few = len(effects) - len(measured)
    if few:
        yield f"For {few} more there are too few organisations to say."


def _speaks(count: int) -> str:
    return "speaks" if count <= 1 else "speak"


def _not_side_by_side(place: _Place, indicators: Iterable[Indicator]) -> Iterator[str]:
    """What is not shown of an area, and why it is not."""
    for indicator in indicators:
        if not indicator.is_in_claim or any(others for _, others in _beside_others(place.figures, indicator)):
            continue
        there = [one for one in place.figures if one.indicator_id == indicator.id]
        if not any(one.delivery_model == _MUTUAL and is_figure(one.value) for one in there):
            yield f"{indicator.name}: too few mutuals {place.where} report for a figure that gives nobody away."
        else:
            yield (
                f"{indicator.name}: nothing can be set beside mutuals {place.where}, where too few others report, or "
                "their figures would give somebody away."
            )


def _reporting(place: _Place, topic_id: str) -> str:
    there = [one for one in place.coverage if one.topic == topic_id and one.delivery_model in _MODELS]
    said = [
        f"{_MODELS[one.delivery_model][1].capitalize()}: {one.organisations_reporting} of "
        f"{one.organisations_registered} at work in the year reported; {_gone(one)}."
        for one in there
    ]
    return " ".join(said) or "Nobody is there to report."


def _gone(one: Coverage) -> str:
    if not one.organisations_closed and not one.organisations_stopped:
        return "none that ever did is gone"
    return (
        f"of {one.organisations_started} that ever did, {one.organisations_still_reporting} still do, "
        f"{one.organisations_closed} closed and {one.organisations_stopped} sent nothing in the year"
    )


def _rests_on_few(effects: Iterable[Effect], place: _Place, topic_id: str) -> Iterator[str]:
    """Of how many of all mutuals there is a before and an after."""
    spun_out = [one.organisations for one in effects if one.kind == _SPIN_OUT and one.word in _MEASURED]
    mutuals = [one for one in place.coverage if one.topic == topic_id and one.delivery_model == _MUTUAL]
    if spun_out and mutuals:
        yield (
            f"Before and after is known of at most {max(spun_out)} of {mutuals[0].organisations_started} mutuals that "
            "ever reported: those that spun out while returns were kept."
        )


def _verified(place: _Place, indicators: Iterable[Indicator]) -> Iterator[str]:
    """How much of what is reported in pounds somebody else has looked at."""
    if not any(one.id == _VERIFIED for one in indicators):
        return
    yield "Savings are what organisations report themselves; nobody knows what would have been spent otherwise."
    for one in place.figures:
        if one.indicator_id == _VERIFIED and one.delivery_model == _MUTUAL and is_figure(one.value):
            share = with_unit(one.value, one.unit)
            yield f"Of what mutuals claim, finance has verified or an auditor has seen {share}."


def _sector_name(figure: DeliveryModelFigure) -> str:
    name = words(figure.sector)
    return f"{name[:1].upper()}{name[1:]}"


def _side_by_side(
    title: str, what: str, indicator: Indicator, figures: Sequence[tuple[str, _Pooled]]
) -> Iterator[Table]:
    """A row a place and basis, a column a delivery model."""
    found: dict[tuple[str, str], dict[str, _Pooled]] = {}
    for name, one in figures:
        found.setdefault((name, one.basis_name), {})[one.delivery_model] = one
    if not found:
        return
    models = [model for model in _MODELS if any(model in of for of in found.values())]
    unit = unit_sign(indicator.unit)
    yield Table(
        title,
        (
            Column(what),
            Column("Basis"),
            *(Column(f"{_heading(model)} ({unit})", True) for model in models),
            *(Column(f"{_heading(model)} reporting", True) for model in models),
        ),
        tuple(
            (
                name,
                basis,
                *(shown(of[model].value, indicator.unit) if model in of else "[x]" for model in models),
                *(_how_many(of[model]) if model in of else "[x]" for model in models),
            )
            for (name, basis), of in found.items()
        ),
        how_to_read=("Pooled: all organisations are added up before dividing, so that large ones weigh more.",),
    )


def _heading(model: str) -> str:
    return f"{words(model).capitalize()}{'s' if model == _MUTUAL else ''}"


def _how_many(figure: _Pooled) -> str:
    return f"{figure.organisations} of {figure.organisations_registered}"


def _by_ownership(
    rows: AudienceRows, indicator: Indicator, figures: Sequence[GroupFigure], label: str
) -> Iterator[Table]:
    if not figures:
        return
    unit = f" ({unit_sign(indicator.unit)})"
    slopes = [
        f"{one.basis_name}: {sentence(effect_in_words(one))}"
        for one in rows.effects
        if one.indicator_id == indicator.id and one.kind != _SPIN_OUT and effect_in_words(one)
    ]
    yield Table(
        f"{indicator.name} of mutuals by how much their staff own, {label}",
        (
            Column("Staff own"),
            Column("Basis"),
            Column("Mutuals reporting", True),
            Column(f"Pooled{unit}", True),
            Column(f"Median{unit}", True),
            Column(f"Middle half{unit}", True),
            Column("Note"),
        ),
        tuple(
            (
                f"{one.scope_name[:1].upper()}{one.scope_name[1:]}",
                one.basis_name,
                _how_many(one),
                shown(one.value, indicator.unit),
                shown(one.median, indicator.unit),
                between(one.lower_quartile, one.upper_quartile, indicator.unit),
                one.note or "-",
            )
            for one in figures
        ),
        notes=tuple(slopes),
    )
