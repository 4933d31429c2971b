"""The Friends and Family Test, as NHS England works it out and withholds it: METHODS section 7.

Its three steps: results of 1 to 4 answers are withheld, then the next lowest of the same group, then the two lowest
children of a withheld parent. That this keeps a table safe is not proved here: the audit of disclosure control does
that.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from impact.statistics.tables import Numbers, column, groups, numbers, refuse, truths, with_columns

WITHHELD = "[c]"
"""The Government Analysis Function's sign for confidential, which stands where the NHS's files have an asterisk."""

_ANSWERS_SHOWN_FROM = 5


def shares(
    table: pd.DataFrame,
    positive: Sequence[str] = ("very_good", "good"),
    negative: Sequence[str] = ("poor", "very_poor"),
    total: str = "total_responses",
) -> pd.DataFrame:
    """The shares of all answers that are positive and negative: "neither" and "don't know" count among all.

    Adds `positive_share` and `negative_share`, 0 to 1, blank where nobody answered. Raises ValueError for a number
    that is missing, negative, not whole, infinite or text, and for more positive and negative answers than answers.
    Source: nhsengland/fft_pipeline.
    """
    answers = numbers(table, total, is_whole=True)
    liked, disliked = _sum(table, positive), _sum(table, negative)
    refuse(liked + disliked > answers, f"More answers are positive and negative than column {total!r} counts")
    some = np.where(answers > 0, answers, np.nan)
    return with_columns(table, {"positive_share": liked / some, "negative_share": disliked / some})


def ranked(table: pd.DataFrame, total: str, code: str, by: Sequence[str] = ()) -> pd.DataFrame:
    """Adds `rank`: 1 for the fewest answers of a group, ties in the order of `code`, 0 for those without any answer.

    Raises ValueError for a number of answers that is missing, negative, not whole, infinite or text, and for two rows
    of a group with the same code, since nothing would say which of them is withheld.
    """
    answers = numbers(table, total, is_whole=True)
    member_of = groups(table, by)
    codes = column(table, code).astype(str).to_numpy()
    rows = pd.DataFrame({"member_of": member_of, "is_empty": answers == 0, "answers": answers, "code": codes})
    refuse(rows.duplicated(["member_of", "code"]).to_numpy(), f"Column {code!r} repeats a code of the same group")
    order = rows.sort_values(["member_of", "is_empty", "answers", "code"])
    places = order.groupby(["member_of", "is_empty"]).cumcount().sort_index().to_numpy() + 1
    return with_columns(table, {"rank": np.where(answers == 0, 0, places)})


def first_level(table: pd.DataFrame, total: str) -> pd.DataFrame:
    """Adds `is_first_level`: 1 to 4 people answered. 0 answers say nothing of anybody.

    Raises ValueError for a number of answers that is missing, negative, not whole, infinite or text.
    """
    answers = numbers(table, total, is_whole=True)
    return with_columns(table, {"is_first_level": (answers > 0) & (answers < _ANSWERS_SHOWN_FROM)})


def second_level(
    table: pd.DataFrame, rank: str = "rank", first: str = "is_first_level", by: Sequence[str] = ()
) -> pd.DataFrame:
    """Adds `is_second_level`: second lowest of a group whose lowest is withheld at the first level, and not so itself.

    Raises ValueError for a rank that is missing, negative, not whole or text, and for a flag that is neither yes nor
    no.
    """
    ranks = numbers(table, rank, is_whole=True)
    is_first = truths(table, first)
    member_of = groups(table, by)
    lowest_withheld = np.isin(member_of, member_of[is_first & (ranks == 1)])
    return with_columns(table, {"is_second_level": lowest_withheld & (ranks == 2) & ~is_first})


def cascade(table: pd.DataFrame, rank: str = "rank", parent: str = "is_parent_withheld") -> pd.DataFrame:
    """Adds `is_cascade`: one of the two lowest children of a parent that is itself withheld, at any level.

    The column `parent` says that of each row's parent, and ranks are within the parent. Raises ValueError as
    `second_level`.
    """
    ranks = numbers(table, rank, is_whole=True)
    return with_columns(table, {"is_cascade": truths(table, parent) & ((ranks == 1) | (ranks == 2))})


def masked(
    table: pd.DataFrame,
    answers: Sequence[str],
    of_answers: Sequence[str],
    first: str = "is_first_level",
    other: Sequence[str] = ("is_second_level", "is_cascade"),
) -> pd.DataFrame:
    """What may be shown: for each column c of `answers` and `of_answers` a column c_shown, its value or `WITHHELD`.

    Counts of answers are withheld with any flag, shares and what else is made of them with the first level only, as the
    NHS does: somebody's own few answers must not be worked out from them. Raises ValueError for a flag that is neither.
    """
    is_first = truths(table, first)
    is_any = is_first.copy()
    for name in other:
        is_any |= truths(table, name)
    added = {}
    for names, withheld in ((answers, is_any), (of_answers, is_first)):
        for name in names:
            shown = column(table, name).astype(object).to_numpy(copy=True)
            shown[withheld] = WITHHELD
            added[f"{name}_shown"] = shown
    return with_columns(table, added)


def _sum(table: pd.DataFrame, names: Sequence[str]) -> Numbers:
    total = np.zeros(len(table))
    for name in names:
        total += numbers(table, name, is_whole=True)
    return total
