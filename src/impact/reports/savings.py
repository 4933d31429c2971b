"""The table of savings: by type, never added up across types, and of what releases cash by source, keeper, evidence."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from impact.reports.audiences import SavingFigure
from impact.reports.content import Column, Table
from impact.reports.subject import Subject
from impact.reports.wording import is_figure, shown, words, year_label

_TOPIC = "savings"
_SPLITS = {
    "type": "By type",
    "source": "Cash-releasing, by source",
    "benefit_to": "Cash-releasing, by who keeps it",
    "evidence_level": "Cash-releasing, by evidence",
}
_TYPES = {
    "cash_releasing": "Cash-releasing",
    "non_cash_releasing": "Releasing no cash",
    "cost_avoidance": "Cost avoided",
    "income": "Income (never a saving)",
}


def saving_tables(subject: Subject) -> Iterator[Table]:
    """One table for the year, in the prices of the day and in real terms, of all that this reader sees together."""
    if subject.topic.id != _TOPIC:
        return
    year = [one for one in subject.rows.savings if one.grain == "rolling_year"]
    rows = [row for split in _SPLITS for row in _rows(year, split)]
    if not rows:
        return
    bases = sorted({(one.price_base_year, one.deflator_vintage) for one in year if is_figure(one.real)})
    reasons = sorted({one.note for one in year if one.note})
    yield Table(
        f"Savings in pounds, {year_label(subject.period)}",
        (
            Column("Of what"),
            Column("Part"),
            Column("Organisations", True),
            Column("Prices of the day (£)", True),
            Column("Real terms (£)", True),
        ),
        tuple(rows),
        notes=(
            *(
                f"Real terms: prices of {base}, with HM Treasury's GDP deflators as of {vintage}."
                for base, vintage in bases
            ),
            *(f"{reason[:1].upper()}{reason[1:]}." for reason in reasons),
            "Net of what they cost. Types are never added to one another.",
        ),
    )


def _rows(figures: Sequence[SavingFigure], split: str) -> Iterator[tuple[str, ...]]:
    parts = dict.fromkeys(one.part for one in figures if one.split == split)
    for part in parts:
        of_part = [one for one in figures if one.split == split and one.part == part]
        yield (
            _SPLITS[split],
            _TYPES.get(part, words(part).capitalize()),
            str(sum(is_figure(one.nominal) for one in of_part)),
            _sum(one.nominal for one in of_part),
            _sum(one.real for one in of_part),
        )


def _sum(texts: Iterable[str]) -> str:
    """The sum of the printed amounts that are there; the shorthand where none is."""
    listed = list(texts)
    amounts = [Decimal(text) for text in listed if is_figure(text)]
    return shown(str(sum(amounts)), "GBP") if amounts else listed[0]
