"""What goes with spinning out, and with staff ownership: of one mutual, and across mutuals. Words are chosen from the
intervals in sql/benchmarks; here they are only put together."""

from collections.abc import Iterator, Sequence

from impact.reports.audiences import BeforeAfter, Effect
from impact.reports.content import Column, Table
from impact.reports.subject import Subject
from impact.reports.wording import between, count_of, is_figure, points_of, shown, unit_sign

CAVEATS = (
    "Whoever spins out chooses to; other things changed at the same time; those that closed are not among them; and "
    "who works there may have changed. None of this proves a cause."
)
_KINDS = {
    "spin_out": "After spinning out, less others in the same months",
    "ownership": "For each 10 points more of staff ownership",
}


def before_after_table(subject: Subject) -> Iterator[Table]:
    """A mutual's own level before and after it spun out, beside others that did not in the same months."""
    found = [one for one in subject.rows.before_after if one.topic == subject.topic.id]
    if not found:
        return
    yield Table(
        f"{subject.topic.title}, before and after spinning out",
        (
            Column("Figure"),
            Column("Basis"),
            Column("Before", True),
            Column("After", True),
            Column("Difference", True),
            Column("95% interval", True),
            Column("Others in the same months", True),
            Column("Difference less theirs", True),
            Column("Note"),
        ),
        tuple(_before_after_row(one) for one in found),
        notes=(
            (
                "Before: the 12 months before spinning out, from your own earlier returns. After: the latest 12 months "
                "since. Only months of the year that are there on both sides count."
            ),
            CAVEATS,
        ),
    )


def effect_table(subject: Subject) -> Iterator[Table]:
    """Across mutuals: the mean difference after spinning out, and the slope on staff ownership."""
    found = [one for one in subject.rows.effects if one.topic == subject.topic.id]
    if not found:
        return
    yield Table(
        f"{subject.topic.title}: what goes with staff ownership",
        (
            Column("What"),
            Column("Figure"),
            Column("Basis"),
            Column("Mutuals", True),
            Column("Difference", True),
            Column("95% interval", True),
            Column("So it"),
            Column("Trends before"),
        ),
        tuple(
            (
                _KINDS[one.kind],
                f"{one.indicator_name} ({points_of(one.unit)})",
                one.basis_name,
                str(one.organisations),
                one.effect,
                between(one.lower_95, one.upper_95),
                one.word,
                one.trends,
            )
            for one in found
        ),
        notes=(CAVEATS,),
    )


def effect_points(effects: Sequence[Effect], indicator_id: str) -> Iterator[str]:
    """A sentence for each effect of an indicator, no stronger than its interval."""
    for one in effects:
        if one.indicator_id != indicator_id:
            continue
        unit = points_of(one.unit)
        interval = f" (95% interval {between(one.lower_95, one.upper_95)})" if is_figure(one.lower_95) else ""
        mutuals = count_of(one.organisations, "mutual", "mutuals")
        match one.kind, one.word:
            case "spin_out", "too few to say":
                yield f"After spinning out: {mutuals} with enough before and after, too few to say anything."
            case "spin_out", "no clear change":
                yield (
                    f"After spinning out there is no clear change beside others in the same months: {one.effect} "
                    f"{unit}{interval}, {mutuals}."
                )
            case "spin_out", word:
                yield (
                    f"In {mutuals} that spun out it {word} beside others in the same months, by {_size(one.effect)} "
                    f"{unit}{interval}. {_trend(one)}{CAVEATS}"
                )
            case _, "too few to say":
                yield f"By staff ownership: {mutuals}, too few to say anything."
            case _, word:
                yield f"For each 10 points more of staff ownership: {one.effect} {unit}{interval}, {word} ({mutuals})."


def _trend(one: Effect) -> str:
    return "Before, the two did not run together, so this may be a trend going on. " if "did not" in one.trends else ""


def _size(effect: str) -> str:
    return effect.removeprefix("-")


def _before_after_row(one: BeforeAfter) -> tuple[str, ...]:
    return (
        f"{one.indicator_name} ({unit_sign(one.unit)})",
        one.basis_name,
        shown(one.before_value, one.unit),
        shown(one.after_value, one.unit),
        one.difference,
        between(one.lower_95, one.upper_95),
        f"{one.comparator_difference} ({one.comparators})" if is_figure(one.comparator_difference) else "[z]",
        one.effect,
        one.note or "-",
    )
