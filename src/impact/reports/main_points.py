"""The main points of a report. Sentences are chosen from the published verdicts, variations and intervals, and claim no
more than those."""

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal

from impact.periods import Period
from impact.reports.audiences import AudienceRows, DeliveryModelFigure, Indicator, OrganisationFigure
from impact.reports.before_after import effect_points
from impact.reports.wording import between, count_of, is_figure, listed, with_unit, words, year_end

_KEPT_BY_COMMISSIONERS = "net_savings_to_commissioner"
_ALL_SECTORS = "sectors_of_mutuals"
_IS_IN = ("received", "nothing to report", "exempt")
_VERDICTS = (
    *("much worse", "worse", "better", "much better"),
    *("much higher", "higher", "lower", "much lower"),
)
_MODEL_PLURALS = {
    "mutual": ("mutual", "mutuals"),
    "in_house": ("in-house organisation", "in-house organisations"),
    "outsourced": ("outsourced organisation", "outsourced organisations"),
    "unclassified": ("unclassified organisation", "unclassified organisations"),
}


def main_points(rows: AudienceRows, period: Period) -> Iterator[str]:
    """What a reader should know who reads nothing else."""
    match rows.audience.kind:
        case "commissioner":
            yield from _portfolio_points(rows, period)
        case "organisation":
            yield from _own_points(rows, period)
        case _:
            yield from _sector_points(rows, period)


def headlines(rows: AudienceRows) -> list[Indicator]:
    """The first indicator of each topic, in the order of the topics."""
    first = [next((one for one in rows.indicators if one.topic == topic.id), None) for topic in rows.topics]
    return [indicator for indicator in first if indicator is not None]


def _portfolio_points(rows: AudienceRows, period: Period) -> Iterator[str]:
    year = [figure for figure in rows.organisations if figure.grain == "rolling_year"]
    if not year:
        yield f"No contract of yours covers the whole year to {year_end(period)}, so only {period.label()} is shown."
        return
    commissioned = {figure.organisation_code for figure in year}
    yield f"You commission {count_of(len(commissioned), 'organisation', 'organisations')}."
    yield from _received(rows, period)
    for indicator in headlines(rows):
        of = [figure for figure in year if figure.indicator_id == indicator.id]
        yield from _verdict_points(indicator, of)
        yield from _variation_points(indicator, rows)
    yield from _saved(year, period)


def _verdict_points(indicator: Indicator, figures: Sequence[OrganisationFigure]) -> Iterator[str]:
    """Who is set apart from its peers, by name; how many are not, and chance would; who is not compared."""
    named = {verdict: _names(figures, verdict) for verdict in _VERDICTS}
    judged = sum(map(len, named.values())) + sum(figure.verdict == "similar" for figure in figures)
    reasons = Counter(figure.verdict_note for figure in figures if figure.verdict == "not compared")
    if not judged and not reasons:
        return
    said = [f"{verdict} than expected: {listed(names)}" for verdict, names in named.items() if names]
    if judged:
        rest = judged - sum(map(len, named.values()))
        said.append(f"{rest} of {judged} {'is' if rest == 1 else 'are'} similar to their peers")
        said.append(f"chance alone would set about {0.05 * judged:.1f} apart")
    if reasons:
        why = ", ".join(f"{reason} {count}" for reason, count in reasons.most_common())
        said.append(f"{reasons.total()} not compared ({why})")
    text = "; ".join(said)
    yield f"{indicator.name}: {text}."


def _variation_points(indicator: Indicator, rows: AudienceRows) -> Iterator[str]:
    """Whose last point over time is more than common cause."""
    quarter = [
        figure for figure in rows.organisations if figure.indicator_id == indicator.id and figure.grain == "quarter"
    ]
    said = []
    for variation in ("concern", "improving"):
        if names := sorted({figure.organisation_name for figure in quarter if figure.variation == variation}):
            said.append(f"{variation}: {listed(names)}")
    if said:
        text = "; ".join(said)
        yield f"{indicator.name} over time: {text}."


def _names(figures: Sequence[OrganisationFigure], verdict: str) -> list[str]:
    return sorted({figure.organisation_name for figure in figures if figure.verdict == verdict})


def _received(rows: AudienceRows, period: Period) -> Iterator[str]:
    if rows.return_states:
        there = sum(one.state in _IS_IN for one in rows.return_states)
        owed = count_of(len(rows.return_states), "return", "returns")
        yield f"{there} of {owed} owed for {period.label()} {'is' if len(rows.return_states) == 1 else 'are'} in."


def _saved(year: Sequence[OrganisationFigure], period: Period) -> Iterator[str]:
    kept = [
        Decimal(figure.value)
        for figure in year
        if figure.indicator_id == _KEPT_BY_COMMISSIONERS and is_figure(figure.value)
    ]
    if kept:
        yield (
            f"Cash-releasing savings on your contracts that you keep came to {with_unit(str(sum(kept)), 'GBP')} in the "
            f"year to {year_end(period)}, net of what they cost, as "
            f"{count_of(len(kept), 'organisation reports', 'organisations report')} it."
        )


def _own_points(rows: AudienceRows, period: Period) -> Iterator[str]:
    yield from _received(rows, period)
    for indicator in headlines(rows):
        figures = [
            figure
            for figure in rows.organisations
            if figure.indicator_id == indicator.id and figure.grain == "rolling_year" and is_figure(figure.value)
        ]
        for figure in figures:
            beside = (
                f"; the median of your {figure.peers} peers is {with_unit(figure.peer_median, figure.unit)}"
                if is_figure(figure.peer_median)
                else ""
            )
            basis = f" ({figure.basis_name})" if len(figures) > 1 else ""
            value = with_unit(figure.value, figure.unit)
            yield f"{indicator.name}{basis}: {value}{_interval(figure)} in the year to {year_end(period)}{beside}."
            yield from _own_verdict(figure)
        quarter = [
            figure for figure in rows.organisations if figure.indicator_id == indicator.id and figure.grain == "quarter"
        ]
        for figure in quarter:
            if figure.variation in ("concern", "improving"):
                yield f"{indicator.name} over time: {figure.variation}, {figure.variation_note}."


def _interval(figure: OrganisationFigure) -> str:
    return f" (95% interval {between(figure.lower_95, figure.upper_95)})" if is_figure(figure.lower_95) else ""


def _own_verdict(figure: OrganisationFigure) -> Iterator[str]:
    match figure.verdict:
        case "[z]":
            return
        case "not compared":
            yield f"It is not compared with others: {figure.verdict_note}."
        case "similar":
            yield "That is similar to your peers: what sets you apart may be chance and ordinary spread."
        case verdict:
            expected = between(figure.expected_lower, figure.expected_upper)
            yield (
                f"That is {verdict} than expected from your peers ({expected}); "
                "of 20 organisations like you chance alone would set one apart."
            )


def _sector_points(rows: AudienceRows, period: Period) -> Iterator[str]:
    """Mutuals beside others, where there are enough of them to speak of."""
    said = [point for indicator in headlines(rows) for point in _indicator_points(rows, indicator, period)]
    yield from said
    if said:
        yield "These figures are pooled and not adjusted for what staff do: a description, not an effect."


def _indicator_points(rows: AudienceRows, indicator: Indicator, period: Period) -> Iterator[str]:
    figures = [
        figure
        for figure in rows.delivery_models
        if figure.indicator_id == indicator.id and figure.grain == "rolling_year" and is_figure(figure.value)
    ]
    is_several = any(figure.sector == _ALL_SECTORS for figure in figures)
    mutuals = [
        figure
        for figure in figures
        if figure.delivery_model == "mutual"
        and is_figure(figure.median)
        and (figure.sector == _ALL_SECTORS or not is_several)
    ]
    for ours in mutuals:
        others = [
            figure
            for figure in figures
            if figure.delivery_model in ("in_house", "outsourced")
            and is_figure(figure.median)
            and (figure.sector, figure.basis) == (ours.sector, ours.basis)
        ]
        said = "; ".join(_pooled(figure) for figure in (ours, *others))
        where = "in all sectors with mutuals" if is_several else f"in {words(ours.sector)}"
        yield f"{indicator.name} ({ours.basis_name}), {where}, in the year to {year_end(period)}: {said}."
        unsure = next(
            (
                figure
                for figure in rows.delivery_models
                if (figure.indicator_id, figure.grain, figure.sector, figure.basis, figure.delivery_model)
                == (indicator.id, "rolling_year", ours.sector, ours.basis, "unclassified")
            ),
            None,
        )
        if unsure is not None and is_figure(ours.value_with_unclassified):
            yield _if_counted(ours, unsure)
    for said in effect_points(rows.effects, indicator.id):
        yield f"{indicator.name}. {said}"


def _pooled(figure: DeliveryModelFigure) -> str:
    one, many = _MODEL_PLURALS[figure.delivery_model]
    who = f"the one {one}" if figure.organisations == 1 else f"the {figure.organisations} {many}"
    value = with_unit(figure.value, figure.unit)
    return f"{who} {value} ({figure.months_reported:,} of {figure.months_expected:,} months reported)"


def _if_counted(mutuals: DeliveryModelFigure, unsure: DeliveryModelFigure) -> str:
    """How far the figure hangs on who is counted as a mutual."""
    others = count_of(unsure.organisations, "other organisation", "other organisations")
    them, their = ("it", "its") if unsure.organisations == 1 else ("them", "their")
    counted = with_unit(mutuals.value_with_unclassified, mutuals.unit)
    return (
        f"It is not known whether {others} in this sector belong{'s' if unsure.organisations == 1 else ''} to {their} "
        f"staff. Counting {them} as mutuals would give {counted} instead of {with_unit(mutuals.value, mutuals.unit)}."
    )
