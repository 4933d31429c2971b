"""What may be said of verdicts and of change over time, wherever they stand: who was judged, whom chance alone would
have set apart, whom the instrument lets nobody judge. The verdicts themselves come from sql/benchmarks."""

from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal

from impact.reports.audience_rows import OrganisationFigure
from impact.reports.wording import count_of, is_figure, listed

APART = (
    *("much worse", "much better", "worse", "better"),
    *("much higher", "much lower", "higher", "lower"),
)
"""Every verdict that sets an organisation apart from its peers, those beyond the 99.8% limits first."""
SIMILAR, _NOT_COMPARED = "similar", "not compared"

CHANGES = ("concern", "improving", "high", "low")
"""Every variation that is more than common cause, in the order to name them in."""

_NO_INSTRUMENT = "not an instrument to compare by"
_SHARE_BY_CHANCE = Decimal("0.05")


def is_apart(figure: OrganisationFigure) -> bool:
    return figure.verdict in APART


def is_judged(figure: OrganisationFigure) -> bool:
    return figure.verdict == SIMILAR or is_apart(figure)


def is_not_compared(figure: OrganisationFigure) -> bool:
    return figure.verdict == _NOT_COMPARED


def by_chance(figures: Sequence[OrganisationFigure]) -> Iterator[str]:
    """How many of the verdicts on these figures chance alone would give; nothing where there is no verdict."""
    judged = sum(map(is_judged, figures))
    if judged == 1:
        yield "Chance alone would set 1 in 20 apart."
    elif judged:
        about = (judged * _SHARE_BY_CHANCE).quantize(Decimal("0.1"), ROUND_HALF_UP)
        yield f"Chance alone would set about {str(about).removesuffix('.0')} of these {judged} apart."


def is_on_no_comparing_instrument(figure: OrganisationFigure) -> bool:
    """Whether what it was measured with is not made to compare organisations, as the Friends and Family Test is not."""
    return _NO_INSTRUMENT in (figure.verdict_note, figure.peer_note)


def instrument_sentences(figures: Sequence[OrganisationFigure]) -> Iterator[str]:
    """How many organisations are on an instrument that compares nobody, and on which; nothing where there is none."""
    on_it = [figure for figure in figures if is_on_no_comparing_instrument(figure)]
    if not on_it:
        return
    there, of = (len({figure.organisation_code for figure in some}) for some in (on_it, figures))
    are, their = ("is", "its") if there == 1 else ("are", "their")
    instruments = listed(sorted({figure.basis_name for figure in on_it}))
    yield (
        f"{there} of {count_of(of, 'organisation', 'organisations')} {are} not compared with others, because {their} "
        f"instrument ({instruments}) is not made for comparing."
    )


def common_note(figures: Sequence[OrganisationFigure]) -> str:
    """What must be known of every verdict of a table alike, to be said once below it; empty where they differ."""
    notes = {figure.verdict_note for figure in figures if is_judged(figure)}
    return notes.pop() if len(notes) == 1 else ""


def verdict_text(figure: OrganisationFigure, said_below: str = "") -> str:
    """A verdict as it stands in a table, with what must be known beside it: why there is none, or how far it goes."""
    if is_not_compared(figure) and figure.verdict_note:
        return f"{figure.verdict}: {figure.verdict_note}"
    if is_judged(figure) and figure.verdict_note not in ("", said_below):
        return f"{figure.verdict} ({figure.verdict_note})"
    return figure.verdict


def variation_text(figure: OrganisationFigure) -> str:
    """Change over time as it stands in a table, with the rule that was met."""
    if not is_figure(figure.variation) or not figure.variation_note:
        return figure.variation
    return f"{figure.variation}: {figure.variation_note}"


def verdict_notes(years: Sequence[OrganisationFigure]) -> Iterator[str]:
    """What must be said beside a set of verdicts: how many chance alone would give, and what holds of all of them."""
    yield from by_chance(years)
    if note := common_note(years):
        is_one = sum(map(is_judged, years)) == 1
        yield f"{'The verdict here is' if is_one else 'All verdicts here are'} {note}."


def what_verdicts_mean(figures: Sequence[OrganisationFigure]) -> Iterator[str]:
    """Nothing where there is no verdict."""
    if any(is_judged(figure) for figure in figures):
        yield (
            "Verdict: similar is within the expected range, where 95 of 100 organisations like these would lie if "
            "nothing but chance and ordinary spread set them apart. Better, worse, higher and lower lie outside it; "
            "with much before it, outside where 998 of 1,000 would lie."
        )


def how_to_read(years: Sequence[OrganisationFigure], quarters: Sequence[OrganisationFigure] = ()) -> Iterator[str]:
    """What the columns of a table mean, where it has them."""
    if any(is_figure(figure.lower_95) for figure in years):
        yield (
            "95% interval: how sure the figure is, given how many answered. Verdicts come from the expected range, not "
            "from this interval."
        )
    yield from what_verdicts_mean(years)
    if any(is_figure(figure.variation) for figure in quarters):
        yield (
            "Over time: common cause is what moves from month to month or from survey to survey anyway; improving, "
            "concern, high and low are more than that."
        )
    if any(is_figure(figure.assurance) for figure in quarters):
        yield (
            "Against target: consistently met or missed means that common cause does not reach across the target; hit "
            "or miss, that it does."
        )
