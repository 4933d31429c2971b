"""Which tenth, quarter or other equal part of its group a value falls in: METHODS section 2."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from impact.statistics.tables import groups as groups_of
from impact.statistics.tables import in_duckdb, numbers, placed, refuse, truths, with_columns


def quantile_groups(
    table: pd.DataFrame, value: str, groups: int, by: Sequence[str] = (), is_inverted: bool | str = False
) -> pd.DataFrame:
    """The quantile group of each value among the rows with the same `by`.

    `is_inverted` puts the greatest value first (for "lower is better", so that group 1 is the worst either way): a
    truth for all rows, or a column of truths, the same throughout each group. Adds `rank` (least rank of ties),
    `members` (rows with a value) and `quantile_group` (1 to `groups`), whole numbers that may be missing: rank and
    group are blank where the value is missing, the group also where fewer rows have values than there are groups.
    Raises ValueError for an infinite value and text, and for a direction that is missing or mixed within a group.
    Source: PHEindicatormethods, phe_quantile.
    """
    if isinstance(groups, bool) or not isinstance(groups, int | np.integer) or groups < 2:
        raise ValueError(f"The number of groups must be a whole number from 2, not {groups!r}.")
    values = numbers(table, value, may_be_missing=True, least=None)
    member_of = groups_of(table, by)
    if isinstance(is_inverted, str):
        inverted = truths(table, is_inverted)
        first = np.array([np.flatnonzero(member_of == group)[0] for group in np.unique(member_of)], dtype=np.int64)
        if len(table):
            refuse(inverted != inverted[first[member_of]], f"Column {is_inverted!r} differs within a group")
    else:
        inverted = np.full(len(table), bool(is_inverted))
    made = in_duckdb(
        f"""
        with ranked as (
            select
                row_,
                value is not null as has_value,
                rank() over (partition by member_of, value is null order by value) as rank_,
                count(value) over (partition by member_of) as members
            from given
        )
        select
            case when has_value then rank_ end as rank,
            members,
            case when has_value then quantile_group(rank_, members, {int(groups)}) end as quantile_group
        from ranked
        order by row_
        """,
        given=placed(value=np.where(inverted, -values, values), member_of=member_of),
    )
    whole = {str(name): made[name].astype("Int64") for name in made.columns}
    return with_columns(table, whole)
