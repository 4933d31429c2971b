"""What each audience may read of a period: its own rows, and nothing of anybody else's. Every table is read at once and
shared out by its column `audience`, in one place. Who may see what is decided in sql/published, what is withheld in
sql/disclosure.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import duckdb

from impact.home import Home
from impact.release import open_release
from impact.reports.audience_rows import (
    Audience,
    AudienceRows,
    BeforeAfter,
    Coverage,
    DeliveryModelFigure,
    Disclosure,
    Effect,
    GroupFigure,
    Indicator,
    OrganisationFigure,
    OverTimePoint,
    PresentValue,
    Publisher,
    ReturnState,
    SavingFigure,
    Topic,
    Withheld,
)
from impact.reports.names import told_apart


@dataclass(frozen=True)
class _Table:
    """A table of sql/published with an audience, whose rows hold texts as they are printed: as what, of which rows, and
    in which order it is read."""

    name: str
    record: type[Any]
    order: str
    is_read: str = "period_id = $period"


_BY_ORGANISATION = (
    "grain, indicator_id, delivery_model <> 'mutual', delivery_model, organisation_name, organisation_code, basis"
)

_TABLES = {
    "organisations": _Table("organisation_figure", OrganisationFigure, _BY_ORGANISATION),
    "delivery_models": _Table(
        "delivery_model_figure",
        DeliveryModelFigure,
        "grain, indicator_id, sector <> 'sectors_of_mutuals', sector, basis, delivery_model <> 'mutual', "
        "delivery_model",
    ),
    "effects": _Table("effect", Effect, "indicator_id, kind desc, basis"),
    "before_after": _Table("before_after", BeforeAfter, "indicator_id, organisation_code, basis"),
    "savings": _Table("saving_figure", SavingFigure, "grain, organisation_name, organisation_code, split, type, part"),
    "present_values": _Table("present_value", PresentValue, "organisation_name, organisation_code, benefit_to"),
    "return_states": _Table(
        "return_state",
        ReturnState,
        "organisation_name, organisation_code, "
        "(select place from reference.feeds as feeds where feeds.feed = return_state.feed), feed",
    ),
    "history": _Table(
        "organisation_figure",
        OrganisationFigure,
        f"period_id, {_BY_ORGANISATION}",
        "grain = 'quarter' and period_id <= $period "
        "and audience in (select audience from published.audience where kind = 'organisation')",
    ),
    "over_time": _Table(
        "over_time", OverTimePoint, "indicator_id, organisation_name, organisation_code, basis, point_start_on"
    ),
    "groups": _Table(
        "group_figure",
        GroupFigure,
        "kind, indicator_id, case when kind = 'area' then scope_name end, length(scope), scope, basis, "
        "delivery_model <> 'mutual', delivery_model",
        "kind in ('area', 'ownership') and period_id = $period",
    ),
    "coverage": _Table(
        "coverage",
        Coverage,
        "kind <> 'all_sectors', scope_name, scope, topic, delivery_model <> 'mutual', delivery_model",
    ),
}


TABLES = tuple(dict.fromkeys(table.name for table in _TABLES.values()))
"""The tables of sql/published that have an audience."""


def read_audiences(home: Home, period_id: str) -> Iterator[AudienceRows]:
    """The rows of each audience in turn. A mutual that was not at work in the quarter is no audience of it."""
    with open_release(home) as release:
        audiences = release.execute(
            "select audience, kind, name from published.audience as audiences where kind <> 'organisation' or exists ("
            "select 1 from published.named as named where named.audience = audiences.audience "
            "and named.grain = 'quarter' and named.period_id = ?) order by audience",
            [period_id],
        ).fetchall()
        shared = {field: _shared_out(release, table, period_id) for field, table in _TABLES.items()}
        tallies = _by_audience(release.execute("select audience, reason, cells from disclosure.tally order by all"))
        audited = dict(release.execute("select audience, worked_out from disclosure.audited").fetchall())
        open_to_all = _open_to_all(release)
        publishers = tuple(
            Publisher(*row)
            for row in release.execute(
                "select distinct name, coalesce(page, ''), licence, coalesce(note, '') from register.publishers "
                "order by all"
            ).fetchall()
        )
    for row in audiences:
        audience = Audience(*row)
        own: dict[str, Any] = {field: of.get(audience.id, ()) for field, of in shared.items()}
        tally = tallies.get(audience.id, ())
        disclosure = Disclosure(
            is_audited=audited.get(audience.id) == 0,
            cells=sum(cells for _, cells in tally),
            withheld=tuple(Withheld(reason, cells) for reason, cells in tally if reason),
        )
        is_official = any(one.source == "official" for one in (*own["organisations"], *own["history"]))
        yield with_names_told_apart(
            AudienceRows(
                audience=audience,
                disclosure=disclosure,
                publishers=publishers if is_official else (),
                **open_to_all,
                **own,
            )
        )


def _shared_out(release: duckdb.DuckDBPyConnection, table: _Table, period_id: str) -> Mapping[str, tuple[Any, ...]]:
    """The rows of a table by audience."""
    read = release.execute(
        f"select audience, {columns_of(table.record)} from published.{table.name} where {table.is_read} "
        f"order by audience, {table.order}",
        {"period": period_id},
    )
    return {audience: tuple(table.record(*row) for row in rows) for audience, rows in _by_audience(read).items()}


def _by_audience(read: duckdb.DuckDBPyConnection) -> Mapping[str, Sequence[tuple[Any, ...]]]:
    """What is left of rows after their first column, which is their audience, in their order."""
    found: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for row in read.fetchall():
        found[row[0]].append(row[1:])
    return found


def _open_to_all(release: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """What every audience may read."""
    settings = dict(release.execute("select name, value from reference.settings").fetchall())
    topics = release.execute(
        "select feed, title from reference.feeds where feed in (select feeds[1] from reference.indicators) "
        "order by place, feed"
    ).fetchall()
    indicators = release.execute(
        "select indicator_id, name, feeds[1], unit, polarity, is_compared, definition, method, is_in_claim "
        "from reference.indicators order by feeds[1], place, indicator_id"
    ).fetchall()
    return {
        "peers_for_median": int(settings["peers_for_median"]),
        "peers_for_quartiles": int(settings["peers_for_quartiles"]),
        "topics": tuple(Topic(*row) for row in topics),
        "indicators": tuple(Indicator(*row) for row in indicators),
    }


def with_names_told_apart(rows: AudienceRows) -> AudienceRows:
    """The same rows, in which no two organisations have the same name."""
    of_organisations = {
        name: held
        for name in AudienceRows.__dataclass_fields__
        if isinstance(held := getattr(rows, name), tuple) and held and hasattr(held[0], "organisation_code")
    }
    names = {row.organisation_code: row.organisation_name for held in of_organisations.values() for row in held}
    changed = {code: name for code, name in told_apart(names).items() if name != names[code]}
    if not changed:
        return rows
    told: dict[str, Any] = {
        field: tuple(
            replace(row, organisation_name=changed.get(row.organisation_code, row.organisation_name)) for row in held
        )
        for field, held in of_organisations.items()
    }
    return replace(rows, **told)


def columns_of(record: type[Any]) -> str:
    """The columns of a table, as the fields of its record name them."""
    return ", ".join(f'"{name}"' for name in record.__dataclass_fields__)
