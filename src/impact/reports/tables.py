"""The tables of one topic: published rows -> texts in columns. Which of them a report has is for `topics` to say."""

from collections.abc import Iterator, Sequence

from impact.reports.audiences import Indicator, OrganisationFigure
from impact.reports.content import Column, Table
from impact.reports.subject import RowKey, Subject
from impact.reports.wording import (
    between,
    is_figure,
    shown,
    unit_sign,
    words,
    year_end,
    year_label,
)


def portfolio_tables(subject: Subject) -> Iterator[Table]:
    """The headline indicator of each organisation and what may be said of it, then the peers that it stands beside,
    then what else there is to read."""
    headline, period = subject.headline, subject.period
    year, quarter = subject.of(headline, "rolling_year"), subject.of(headline, "quarter")
    keys = list(dict.fromkeys([*year, *quarter]))
    if not keys:
        return
    label = year_label(period) if year else period.label()
    yield _headline_table(subject, year, quarter, keys, label)
    yield _beside_table(subject, year, quarter, keys, label)
    yield from _other_indicators(subject, "rolling_year" if year else "quarter", label)


def own_tables(subject: Subject) -> Iterator[Table]:
    """An organisation's own figures beside its peers, what may be said of them, then quarter by quarter."""
    period = subject.period
    figures = []
    for indicator in subject.indicators:
        year, quarter = subject.of(indicator, "rolling_year"), subject.of(indicator, "quarter")
        figures += [(indicator, year.get(key), quarter.get(key)) for key in dict.fromkeys([*year, *quarter])]
    yield Table(
        f"{subject.topic.title}, {year_label(period)}",
        (
            Column("Figure"),
            Column("Basis"),
            Column("Months reported", True),
            Column(f"Year to {year_end(period)}", True),
            Column("95% interval", True),
            Column(period.label(), True),
            Column("Median of peers", True),
            Column("Middle half of peers", True),
            Column("Peers", True),
            Column("Note"),
        ),
        tuple(
            (
                f"{indicator.name} ({unit_sign(indicator.unit)})",
                figure.basis_name,
                f"{figure.months_reported} of {figure.months_expected}",
                _value(year, indicator),
                _interval(year, indicator),
                _value(quarter, indicator),
                shown(figure.peer_median, indicator.unit),
                between(figure.peer_lower_quartile, figure.peer_upper_quartile, indicator.unit),
                figure.peers,
                note_on(figure),
            )
            for indicator, year, quarter in figures
            if (figure := year or quarter)
        ),
    )
    judged = [
        (indicator, year, quarter)
        for indicator, year, quarter in figures
        if (year and year.verdict != "[z]") or (quarter and quarter.variation != "[z]")
    ]
    if judged:
        yield Table(
            f"{subject.topic.title}: what may be said of it",
            (
                Column("Figure"),
                Column("Basis"),
                Column("Expected range", True),
                Column("Verdict"),
                Column("Over time"),
                Column("Against targets"),
            ),
            tuple(
                (
                    f"{indicator.name} ({unit_sign(indicator.unit)})",
                    (year or quarter).basis_name,  # type: ignore[union-attr]
                    _expected(year, indicator),
                    _verdict(year),
                    _over_time(quarter),
                    quarter.assurance if quarter else "[z]",
                )
                for indicator, year, quarter in judged
            ),
            notes=_legend(judged),
        )
    yield from _quarter_by_quarter(subject)


def _headline_table(
    subject: Subject,
    year: dict[RowKey, OrganisationFigure],
    quarter: dict[RowKey, OrganisationFigure],
    keys: Sequence[RowKey],
    label: str,
) -> Table:
    headline, period = subject.headline, subject.period
    unit = f" ({unit_sign(headline.unit)})"
    has_interval = any(is_figure(one.lower_95) for one in year.values())
    has_verdict = any(one.verdict != "[z]" for one in year.values())
    has_chart = any(one.variation != "[z]" for one in quarter.values())
    has_target = any(one.assurance != "[z]" for one in quarter.values())
    columns = [
        Column("Organisation"),
        *([Column(f"Year to {year_end(period)}{unit}", True)] if year else []),
        *([Column("95% interval", True)] if has_interval else []),
        *([Column(f"{period.label()}{unit}", True)] if quarter else []),
        *([Column(f"Expected range{unit}", True), Column("Verdict")] if has_verdict else []),
        *([Column("Over time")] if has_chart else []),
        *([Column("Against target")] if has_target else []),
        Column("Note"),
    ]
    is_commissioner = subject.rows.audience.kind == "commissioner"
    not_whole_year = "Not under contract for the whole year" if is_commissioner else "Not named for the whole year"
    rows = []
    for key in keys:
        of_year, of_quarter = year.get(key), quarter.get(key)
        figure = of_year or of_quarter
        assert figure is not None
        rows.append(
            (
                figure.organisation_name,
                *([_value(of_year, headline)] if year else []),
                *([_interval(of_year, headline)] if has_interval else []),
                *([_value(of_quarter, headline, "[x]")] if quarter else []),
                *([_expected(of_year, headline), _verdict(of_year)] if has_verdict else []),
                *([_over_time(of_quarter)] if has_chart else []),
                *([of_quarter.assurance if of_quarter else "[z]"] if has_target else []),
                note_on(figure) if of_year or not year else not_whole_year,
            )
        )
    judged = [(headline, year.get(key), quarter.get(key)) for key in keys]
    return Table(f"{headline.name}, {label}", tuple(columns), tuple(rows), _legend(judged))


def _beside_table(
    subject: Subject,
    year: dict[RowKey, OrganisationFigure],
    quarter: dict[RowKey, OrganisationFigure],
    keys: Sequence[RowKey],
    label: str,
) -> Table:
    headline = subject.headline
    unit = f" ({unit_sign(headline.unit)})"
    figures = [year.get(key) or quarter[key] for key in keys]
    peers = [
        Column("Peers", True),
        Column(f"Peers together{unit}", True),
        Column(f"Median of peers{unit}", True),
        Column(f"Middle half of peers{unit}", True),
    ]
    return Table(
        f"{headline.name}: basis{' and peers' if headline.is_compared else ''}, {label}",
        (
            Column("Organisation"),
            Column("Delivery model"),
            Column("Basis"),
            Column("Months reported", True),
            *(peers if headline.is_compared else []),
        ),
        tuple(
            (
                figure.organisation_name,
                words(figure.delivery_model).capitalize(),
                figure.basis_name,
                f"{figure.months_reported} of {figure.months_expected}",
                *(
                    (
                        figure.peers,
                        shown(figure.peer_value, headline.unit),
                        shown(figure.peer_median, headline.unit),
                        between(figure.peer_lower_quartile, figure.peer_upper_quartile, headline.unit),
                    )
                    if headline.is_compared
                    else ()
                ),
            )
            for figure in figures
        ),
        is_folded=True,
    )


def _other_indicators(subject: Subject, grain: str, label: str) -> Iterator[Table]:
    found = {indicator: subject.of(indicator, grain) for indicator in subject.indicators[1:]}
    there = {
        indicator: figures
        for indicator, figures in found.items()
        if any(is_figure(figure.value) for figure in figures.values())
    }
    keys = dict.fromkeys(key for figures in there.values() for key in figures)
    if not there:
        return
    figures_of = {key: next(figures[key] for figures in there.values() if key in figures) for key in keys}
    yield Table(
        f"{subject.topic.title}: further figures, {label}",
        (
            Column("Organisation"),
            Column("Basis"),
            *(Column(f"{indicator.name} ({unit_sign(indicator.unit)})", True) for indicator in there),
        ),
        tuple(
            (
                figure.organisation_name,
                figure.basis_name,
                *(_value(figures.get(key), indicator, "[x]") for indicator, figures in there.items()),
            )
            for key, figure in sorted(figures_of.items(), key=lambda entry: (entry[1].organisation_name, entry[0]))
        ),
        is_folded=True,
    )


def _quarter_by_quarter(subject: Subject) -> Iterator[Table]:
    history = [figure for figure in subject.rows.history if figure.topic == subject.topic.id]
    found: dict[tuple[str, str], dict[str, OrganisationFigure]] = {}
    for figure in history:
        if is_figure(figure.value):
            found.setdefault((figure.period_id, figure.basis), {})[figure.indicator_id] = figure
    indicators = [
        indicator for indicator in subject.indicators if any(indicator.id in figures for figures in found.values())
    ]
    if not found:
        return
    yield Table(
        f"{subject.topic.title}, quarter by quarter",
        (
            Column("Quarter"),
            Column("Basis"),
            *(Column(f"{indicator.name} ({unit_sign(indicator.unit)})", True) for indicator in indicators),
        ),
        tuple(
            (
                period_id,
                next(iter(figures.values())).basis_name,
                *(_value(figures.get(indicator.id), indicator, "[x]") for indicator in indicators),
            )
            for (period_id, _), figures in sorted(found.items())
        ),
        is_folded=True,
    )


def note_on(figure: OrganisationFigure) -> str:
    """Why a figure is not there, or what to know of its peers; `-` where there is nothing to say."""
    if figure.value == "[c]":
        return "Withheld: too few answers behind it, or they could be worked out from it"
    if figure.value == "[z]":
        return "Not worked out on this basis"
    if figure.value == "[x]":
        if not figure.months_reported:
            return "Nothing reported"
        return (
            "Not every month reported" if figure.months_reported < figure.months_expected else "Not among what was sent"
        )
    parts = [figure.peer_note.capitalize()] if figure.peer_note else []
    if figure.peer_group == "same delivery model, all sectors" and figure.peer_note != "too few peers":
        parts.append("Peers are of all sectors")
    return ". ".join(parts) or "-"


def _value(figure: OrganisationFigure | None, indicator: Indicator, missing: str = "[z]") -> str:
    return shown(figure.value, indicator.unit) if figure else missing


def _interval(figure: OrganisationFigure | None, indicator: Indicator) -> str:
    return between(figure.lower_95, figure.upper_95, indicator.unit) if figure else "[z]"


def _expected(figure: OrganisationFigure | None, indicator: Indicator) -> str:
    return between(figure.expected_lower, figure.expected_upper, indicator.unit) if figure else "[z]"


def _verdict(figure: OrganisationFigure | None) -> str:
    if figure is None:
        return "[z]"
    return f"{figure.verdict}: {figure.verdict_note}" if figure.verdict == "not compared" else figure.verdict


def _over_time(figure: OrganisationFigure | None) -> str:
    if figure is None:
        return "[z]"
    return f"{figure.variation}: {figure.variation_note}" if figure.variation_note else figure.variation


_Judged = tuple[Indicator, OrganisationFigure | None, OrganisationFigure | None]


def _legend(judged: Sequence[_Judged]) -> tuple[str, ...]:
    """What the columns of a table mean, where it has them."""
    notes = []
    verdicts = [year for _, year, _ in judged if year and year.verdict not in ("[z]", "not compared")]
    if verdicts:
        notes.append(
            "Expected range: where 95 of 100 organisations like these would lie if nothing but chance and ordinary "
            f"spread set them apart. Of {len(verdicts)} verdict{'' if len(verdicts) == 1 else 's'} chance alone would "
            f"put about {0.05 * len(verdicts):.1f} outside it."
        )
        notes += sorted({year.verdict_note for year in verdicts if year.verdict_note})
    if any(quarter and quarter.variation != "[z]" for _, _, quarter in judged):
        notes.append(
            "Over time: common cause is what moves from month to month or wave to wave anyway; improving and concern "
            "are more than that."
        )
    return tuple(notes)
