"""A last row with the totals of the rows above it, as people put one under their figures: which row that is, and
whether it adds up. Anything less plain is a row like the others."""

import re
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from impact.checking.findings import Finding, about_file, cell_name
from impact.checking.values import SHORTHAND, plain_form, read_value
from impact.definition import Column, Definition

_TOTAL = re.compile(r"((grand|overall|sub)[ -]?)?totals?:?", re.IGNORECASE)


def totals_row_finding(
    columns: Mapping[str, int], body: Sequence[tuple[int, Sequence[str]]], definition: Definition
) -> Finding | None:
    """What to say of the last row where it is one of totals; None where it is a row like the others.

    It names no key, and no more than that it is the total; and it says so, or all its figures are sums.
    """
    if len(body) < 2 or not any(column.is_key for column in definition.columns):
        return None
    number, cells = body[-1]
    filled = {position: text for position, text in enumerate(cells) if text}
    says_so = bool(filled) and _TOTAL.fullmatch(next(iter(filled.values()))) is not None
    if says_so:
        del filled[next(iter(filled))]
    numeric = {columns[column.name]: column for column in _numbers(definition) if column.name in columns}
    if not filled or not filled.keys() <= numeric.keys():
        return None
    if any(read_value(text, numeric[position]) is None for position, text in filled.items()):
        return None
    wrong = [
        cell_name(position, number)
        for position, text in filled.items()
        if not _is_sum(text, [above[position] for _, above in body[:-1] if position < len(above)], numeric[position])
    ]
    if not wrong:
        return about_file("totals_row_otherwise", None, [cell_name(position, number) for position in filled])
    return about_file("totals_row_differs", None, wrong) if says_so else None


def _numbers(definition: Definition) -> list[Column]:
    return [column for column in definition.columns if column.kind in ("number", "integer")]


def _is_sum(total: str, texts: Sequence[str], column: Column) -> bool:
    """Whether the texts add up to the total, to as many decimals as it is written with. A text that is no number has a
    finding of its own, and then nobody can say."""
    there = [text for text in texts if text and text not in SHORTHAND]
    if any(read_value(text, column) is None for text in there):
        return True
    written = Decimal(plain_form(total, column))
    added = sum((Decimal(plain_form(text, column)) for text in there), Decimal(0))
    return added.quantize(Decimal(1).scaleb(min(0, int(written.as_tuple().exponent))), ROUND_HALF_UP) == written
