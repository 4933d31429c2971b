"""The table of savings in pounds: by type, never added up across types, and of what releases cash by source, by who
keeps it, by evidence. And what it means that a figure of savings is 0."""

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal

from impact.reports.audience_rows import OrganisationFigure, PresentValue, SavingFigure
from impact.reports.content import Column, Table
from impact.reports.subject import Subject
from impact.reports.wording import count_of, is_figure, sentence, shown, words, year_label

_TOPIC = "savings"
_CASH_RELEASING = "cash_releasing"
_SPLITS = {
    "type": "By type",
    "source": "Cash-releasing, by source",
    "benefit_to": "Cash-releasing, by who keeps it",
    "evidence_level": "Cash-releasing, by evidence",
}
_PARTS = {
    _CASH_RELEASING: "Cash-releasing",
    "non_cash_releasing": "Releasing no cash",
    "cost_avoidance": "Cost avoided",
    "income": "Income, which is no saving",
    **{source: words(source).capitalize() for source in ("waste_reduction", "growth", "procurement", "productivity")},
    "other": "Other",
    "commissioner": "The commissioner",
    "service": "The service",
    "organisation": "The organisation",
    "audited": "Audited",
    "finance_verified": "Verified by finance",
    "management_accounts": "Management accounts",
    "estimated": "Estimated",
}
"""In the order of the table."""

_KEEPERS = {"ALL": "All", "commissioner": "Kept by the commissioner"}

_ZEROS = {
    "net_savings_to_commissioner": "what was saved is kept by somebody else, or nothing was saved",
    "savings_share_of_contract": (
        "what was saved is kept by somebody else, or nobody in finance or audit has verified it yet, or nothing was "
        "saved"
    ),
    "savings_share_verified": "nobody in finance or audit has verified what was saved yet",
}


def saving_tables(subject: Subject) -> Iterator[Table]:
    """One table for the year, in the prices of the day and in real terms, of all that this reader sees together."""
    if subject.topic.id != _TOPIC:
        return
    year = [one for one in subject.rows.savings if one.grain == "rolling_year"]
    rows = [row for split in _SPLITS for row in _rows(year, split, is_of_one=subject.is_of_one)]
    if not rows:
        return
    yield Table(
        f"Savings in pounds, {year_label(subject.period)}",
        (
            Column("Of what"),
            Column("Part"),
            *([] if subject.is_of_one else [Column("Organisations with a figure", True)]),
            Column("Prices of the day (£)", True),
            Column("Real terms (£)", True),
        ),
        tuple(rows),
        notes=(*_price_notes(year), *_reasons(year), "Net of what they cost. Types are never added to one another."),
    )


def present_value_tables(subject: Subject) -> Iterator[Table]:
    """What savings of all years on record are worth as at the first of them, by who keeps them."""
    found = [one for one in subject.rows.present_values if subject.topic.id == _TOPIC]
    if not found:
        return
    years = sorted({year for one in found for year in (one.first_year, one.last_year)})
    yield Table(
        f"Present value of cash-releasing savings, {years[0]} to {years[-1]}",
        (
            Column("Of what"),
            *([] if subject.is_of_one else [Column("Organisations with a figure", True)]),
            Column("Prices of the day (£)", True),
            Column("Real terms (£)", True),
            Column("Present value (£)", True),
            Column("Of it verified (£)", True),
        ),
        tuple(
            _present_value_row(heading, [one for one in found if one.benefit_to == keeper], is_of_one=subject.is_of_one)
            for keeper, heading in _KEEPERS.items()
        ),
        notes=(
            (
                "Each organisation's first year on record counts in full, later ones for less, at the rates of HM "
                "Treasury's Green Book."
            ),
            *(
                sentence(f"{reason} ({count_of(count, 'organisation', 'organisations')})")
                for reason, count in sorted(
                    Counter(one.note for one in found if one.note and one.benefit_to == "ALL").items()
                )
            ),
        ),
        is_folded=True,
    )


def _present_value_row(heading: str, figures: Sequence[PresentValue], *, is_of_one: bool) -> tuple[str, ...]:
    there = [one for one in figures if is_figure(one.present_value)] or figures
    sums = [_sum([getattr(one, name) for one in there]) for name in ("nominal", "real", "present_value", "verified")]
    counted = f"{sum(is_figure(one.present_value) for one in figures)} of {len(figures)}"
    return (heading, *([] if is_of_one else [counted]), *sums)


def meanings_of_zero(subject: Subject, figures: Sequence[OrganisationFigure]) -> Iterator[str]:
    """Why figures of savings are 0, where they are: a bare 0 reads as a fault."""
    for indicator in subject.indicators:
        if indicator.id not in _ZEROS:
            continue
        values = [figure.value for figure in figures if figure.indicator_id == indicator.id and is_figure(figure.value)]
        zeros = sum(not Decimal(value) for value in values)
        if zeros:
            of = "" if len(values) == 1 else f" for {zeros} of {len(values)}"
            yield f"{indicator.name} is 0{of}: {_ZEROS[indicator.id]}."


def _rows(figures: Sequence[SavingFigure], split: str, *, is_of_one: bool) -> Iterator[tuple[str, ...]]:
    by_part: dict[str, list[SavingFigure]] = {}
    for one in figures:
        # Of other types there may be a split too: added to this one's, it would add up what is never added up.
        if one.split == split and (split == "type" or one.type == _CASH_RELEASING):
            by_part.setdefault(one.part, []).append(one)
    places = {part: place for place, part in enumerate(_PARTS)}
    for part in sorted(by_part, key=lambda part: (places.get(part, len(places)), part)):
        of_part = by_part[part]
        there = [one for one in of_part if is_figure(one.nominal)]
        yield (
            _SPLITS[split],
            _PARTS.get(part, words(part).capitalize()),
            *([] if is_of_one else [f"{len(there)} of {len(of_part)}"]),
            _sum([one.nominal for one in there] or [one.nominal for one in of_part]),
            _sum([one.real for one in there] or [one.real for one in of_part]),
        )


def _sum(texts: Sequence[str]) -> str:
    """The sum of printed amounts; where one of them is not there, there is no sum of them, and its shorthand stands."""
    missing = sorted(text for text in texts if not is_figure(text))
    return missing[0] if missing else shown(str(sum(map(Decimal, texts))), "GBP")


def _price_notes(figures: Sequence[SavingFigure]) -> Iterator[str]:
    bases = {(one.price_base_year, one.deflator_vintage) for one in figures if is_figure(one.real)}
    for base, vintage in sorted(bases):
        yield f"Real terms: prices of {base}, with HM Treasury's GDP deflators as of {vintage}."


def _reasons(figures: Sequence[SavingFigure]) -> Iterator[str]:
    """Why amounts are not there, and of how many organisations."""
    for reason in sorted({one.note for one in figures if one.note}):
        of = len({one.organisation_code for one in figures if one.note == reason})
        yield sentence(f"{reason} ({count_of(of, 'organisation', 'organisations')})")
