"""What goes with spinning out, and with staff ownership: of one mutual, and across mutuals. Words are chosen from the
intervals in sql/benchmarks; here they are only put together."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from impact.reports.audience_rows import BeforeAfter, Effect, Indicator
from impact.reports.chart_records import BeforeAfterChart, BeforeAfterPanel, Cause
from impact.reports.content import Column, Figure, Table
from impact.reports.subject import Subject, most_used
from impact.reports.wording import (
    between,
    count_of,
    is_figure,
    number,
    points_of,
    sentence,
    shown,
    unit_sign,
    with_unit,
)

CAVEATS = (
    "Whoever spins out chooses to; other things changed at the same time; those that closed are not among them; and "
    "who works there may have changed. None of this proves a cause."
)
_SPIN_OUT = "spin_out"
_KINDS = {
    _SPIN_OUT: "After spinning out, less others in the same months",
    "ownership": "For each 10 percentage points more of staff ownership",
}
_TOO_FEW, _UNCLEAR = "too few to say", "no clear change"
_WORDS = {
    _SPIN_OUT: {"fell": "fell", "rose": "rose", _UNCLEAR: _UNCLEAR, _TOO_FEW: _TOO_FEW},
    # A slope across organisations of one year: none of them fell or rose.
    "ownership": {"fell": "is lower", "rose": "is higher", _UNCLEAR: "no clear difference", _TOO_FEW: _TOO_FEW},
}
_TRENDS = {
    "did not run together": ". Before, their trends did not run together with those of others, so this may be a trend "
    "going on",
    _TOO_FEW: ". Whether their trends ran together with those of others before, there are too few to say",
}
_JUDGED = {"improved": "better", "worsened": "worse"}


def before_after_table(subject: Subject) -> Iterator[Table]:
    """A mutual's own level before and after it spun out, beside others that did not in the same months."""
    found = subject.before_after
    if not found:
        return
    sources = sorted({one.source for one in found})
    has_note = any(one.note for one in found)
    yield Table(
        f"{subject.topic.title}, before and after spinning out",
        (
            *([] if subject.is_of_one else [Column("Organisation")]),
            Column("Figure and basis"),
            Column("Spun out"),
            Column("Before", True),
            Column("After", True),
            Column("Difference", True),
            Column("95% interval", True),
            Column("Difference of others (how many)", True),
            Column("Difference less that of others", True),
            *([Column("Before is from")] if len(sources) > 1 else []),
            *([Column("Note")] if has_note else []),
        ),
        tuple(
            (
                *([] if subject.is_of_one else [one.organisation_name]),
                f"{one.indicator_name} ({unit_sign(one.unit)}), {one.basis_name}",
                f"{one.spun_out_on.day} {one.spun_out_on:%B %Y}",
                shown(one.before_value, one.unit),
                shown(one.after_value, one.unit),
                shown(one.difference, one.unit),
                between(one.lower_95, one.upper_95, one.unit),
                shown(one.comparator_difference, one.unit)
                + (f" ({one.comparators})" if is_figure(one.comparator_difference) else ""),
                shown(one.effect, one.unit),
                *([one.source] if len(sources) > 1 else []),
                *([one.note or "-"] if has_note else []),
            )
            for one in found
        ),
        notes=(CAVEATS,),
        how_to_read=(
            (
                f"Before: the 12 months before spinning out{_from(sources)}. After: the latest 12 months since. Only "
                "months of the year that are there on both sides count."
            ),
            (
                "Differences between percentages are in percentage points. The interval is that of the organisation's "
                "own difference, not of what is left once that of others is taken off."
            ),
        ),
    )


def before_after_figure(subject: Subject) -> Iterator[Figure]:
    """The headline of each mutual before and after it spun out, of the basis that most are on."""
    indicator = subject.headline
    found = [
        one
        for one in subject.before_after
        if one.indicator_id == indicator.id and all(map(is_figure, (one.before_value, one.after_value, one.difference)))
    ]
    if not found:
        return
    basis = most_used([one.basis for one in found])
    on_basis = sorted(
        (one for one in found if one.basis == basis),
        key=lambda one: (one.spun_out_on, one.organisation_name, one.organisation_code),
    )
    subtitle = (
        f"{indicator.label}, {on_basis[0].basis_name}, the 12 months before spinning out and the latest 12 months"
    )
    [table] = before_after_table(replace(subject, before_after=tuple(on_basis)))
    yield Figure(
        id=f"{subject.topic.id.replace('_', '-')}-before-after",
        chart=BeforeAfterChart(
            title=_title(indicator, on_basis, is_of_one=subject.is_of_one),
            subtitle=subtitle,
            unit=indicator.unit,
            panels=tuple(_panel(one, indicator.polarity) for one in on_basis),
            description=_description(on_basis),
            note=CAVEATS,
        ),
        table=replace(table, title=subtitle, notes=(), how_to_read=()),
    )


def _title(indicator: Indicator, found: Sequence[BeforeAfter], *, is_of_one: bool) -> str:
    """What the intervals of the organisations' own differences say; nothing where there is none."""
    intervals = [one for one in found if _interval(one) is not None]
    if not intervals:
        return f"{indicator.name} before and after spinning out"
    rose, fell = (sum(_direction(one) == way for one in intervals) for way in (1, -1))
    if is_of_one:
        if not rose + fell:
            return f"{indicator.name}: no clear change since spinning out"
        return f"{indicator.name} {'rose' if rose else 'fell'} after spinning out"
    if not rose + fell:
        return f"No clear change at {_of_mutuals(intervals)} since spinning out"
    return f"Of {_of_mutuals(intervals)}, {fell} clearly fell and {rose} clearly rose after spinning out"


def _of_mutuals(found: Sequence[BeforeAfter]) -> str:
    return count_of(len(found), "mutual with an interval", "mutuals with an interval")


def _description(found: Sequence[BeforeAfter]) -> str:
    clear = "A change is clear where the 95% interval of the organisation's own difference does not reach across nought"
    without = sum(_interval(one) is None for one in found)
    if without == len(found):
        clear = "There is no interval, so that it cannot be said whether a difference is more than chance"
    elif without:
        clear += f"; {without} of {len(found)} {'has' if without == 1 else 'have'} no interval"
    [one, *others] = found
    said = (
        "Each line runs from the level before to the level after."
        if others
        else f"The line runs from {with_unit(one.before_value, one.unit)} before to "
        f"{with_unit(one.after_value, one.unit)} after: a difference of "
        f"{_size(one.difference, one.lower_95, one.upper_95, one.unit)}."
    )
    beside = (
        " A second line runs to where it would be had it changed as others did in the same months."
        if any(is_figure(one.comparator_difference) for one in found)
        else ""
    )
    return f"{said}{beside} {clear}."


def _interval(one: BeforeAfter) -> tuple[float, float] | None:
    lower, upper = number(one.lower_95), number(one.upper_95)
    return None if lower is None or upper is None else (lower, upper)


def _direction(one: BeforeAfter) -> int:
    """1 where an organisation's own figure rose by its interval, -1 where it fell; 0 where its interval reaches across
    nought, or there is none."""
    lower, upper = _interval(one) or (0.0, 0.0)
    return 1 if lower > 0 else -1 if upper < 0 else 0


def _panel(one: BeforeAfter, polarity: str) -> BeforeAfterPanel:
    interval = between(one.lower_95, one.upper_95, one.unit)
    return BeforeAfterPanel(
        name=one.organisation_name,
        spun_out_on=one.spun_out_on,
        before=float(one.before_value),
        after=float(one.after_value),
        shown_before=shown(one.before_value, one.unit),
        shown_after=shown(one.after_value, one.unit),
        shown_difference=shown(one.difference, one.unit),
        shown_interval=interval if is_figure(interval) else "",
        others=number(one.comparator_difference),
        change=_change_of(one, polarity),
    )


def _change_of(one: BeforeAfter, polarity: str) -> Cause:
    direction = _direction(one)
    if not direction:
        return "common"
    if polarity == "none":
        return "high" if direction > 0 else "low"
    return "improving" if (direction > 0) == (polarity == "higher_is_better") else "concern"


def effect_table(subject: Subject) -> Iterator[Table]:
    """Across mutuals: the mean difference after spinning out, and the slope on staff ownership."""
    found = subject.effects
    if not found:
        return
    has_trends = any(one.trends for one in found)
    yield Table(
        f"{subject.topic.title}: what goes with staff ownership",
        (
            Column("What"),
            Column("Figure"),
            Column("Basis"),
            Column("Mutuals", True),
            Column("Difference", True),
            Column("95% interval", True),
            Column("In words"),
            *([Column("Trends before, beside others")] if has_trends else []),
        ),
        tuple(
            (
                _KINDS[one.kind],
                f"{one.indicator_name} ({points_of(one.unit)})",
                one.basis_name,
                str(one.organisations),
                shown(one.effect, one.unit),
                between(one.lower_95, one.upper_95, one.unit),
                _WORDS[one.kind].get(one.word, one.word)
                + (f", which is {_JUDGED[one.judged]}" if one.judged in _JUDGED else ""),
                *([one.trends or "[z]"] if has_trends else []),
            )
            for one in found
        ),
        notes=(CAVEATS,),
    )


def before_after_points(found: Sequence[BeforeAfter], indicator_id: str) -> Iterator[str]:
    """What an organisation's own figure was before it spun out and is since: a description, and no more."""
    for one in found:
        if one.indicator_id != indicator_id or not is_figure(one.difference):
            continue
        others = (
            f" {count_of(one.comparators, 'other organisation', 'other organisations')} in the same months: "
            f"{one.comparator_difference}."
            if is_figure(one.comparator_difference)
            else ""
        )
        yield (
            f"{one.indicator_name} was {with_unit(one.before_value, one.unit)} before spinning out and is "
            f"{with_unit(one.after_value, one.unit)} since: a difference of "
            f"{_size(one.difference, one.lower_95, one.upper_95, one.unit)}.{others} {CAVEATS}"
        )


def effect_points(effects: Sequence[Effect], indicator_id: str) -> Iterator[str]:
    """What may be said across mutuals of one indicator on each basis, no stronger than its intervals and with its
    caveats."""
    of_indicator = [one for one in effects if one.indicator_id == indicator_id]
    for basis in dict.fromkeys(one.basis for one in of_indicator):
        on_basis = [one for one in of_indicator if one.basis == basis]
        said = [sentence(words) for one in on_basis if (words := effect_in_words(one))]
        if said:
            caveats = (
                [CAVEATS] if any(one.word in _WORDS[one.kind] and one.word != _TOO_FEW for one in on_basis) else []
            )
            yield f"{on_basis[0].indicator_name} ({on_basis[0].basis_name}). {' '.join([*said, *caveats])}"


def effect_in_words(one: Effect) -> str:
    """What may be said of one effect, without a capital or a full stop; empty where it is withheld."""
    mutuals = count_of(one.organisations, "mutual", "mutuals")
    if one.word == _TOO_FEW:
        return (
            f"{mutuals} spun out with enough returns before and after: too few to say whether it changed"
            if one.kind == _SPIN_OUT
            else f"among {mutuals}: too few to say what goes with staff ownership"
        )
    if one.word not in _WORDS[one.kind] or not is_figure(one.effect):
        return ""
    size = _size(one.effect, one.lower_95, one.upper_95, one.unit)
    judged = f", which is {_JUDGED[one.judged]}" if one.judged in _JUDGED else ""
    if one.kind == _SPIN_OUT:
        what = "there is no clear change" if one.word == _UNCLEAR else f"it {one.word}"
        return (
            f"on average over {mutuals} {what} after they spun out, set against others in the same months: "
            f"{size}{judged}{_TRENDS.get(one.trends, '') if one.word != _UNCLEAR else ''}"
        )
    what = (
        "there is no clear difference by how much their staff own"
        if one.word == _UNCLEAR
        else f"it {_WORDS[one.kind][one.word]} the more their staff own"
    )
    return f"among {mutuals} {what}: {size} for each 10 percentage points more{judged}"


def _size(difference: str, lower: str, upper: str, unit: str) -> str:
    interval = between(lower, upper, unit)
    return with_unit(difference, points_of(unit)) + (f" (95% interval {interval})" if is_figure(interval) else "")


def _from(sources: Sequence[str]) -> str:
    return f", from {sources[0]}" if len(sources) == 1 and sources[0] else ""
