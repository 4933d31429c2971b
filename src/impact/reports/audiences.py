"""A database of its own for each audience, holding that audience's rows and nothing else, and what is read from it.

What may not leave is not in the file that a report is drawn from. Who may see what is decided in sql/published.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

import duckdb

from impact.home import Home
from impact.places import quoted
from impact.warehouse import open_warehouse

TABLES = ("organisation_figure", "delivery_model_figure")
"""The tables of sql/published that have an audience. They hold texts as they are printed."""


@dataclass(frozen=True)
class Audience:
    """`id` names its folder; `kind` is `public` or `commissioner`."""

    id: str
    kind: str
    name: str


@dataclass(frozen=True)
class Indicator:
    """What a reader must know of an indicator."""

    id: str
    name: str
    unit: str
    polarity: str
    definition: str
    method: str


@dataclass(frozen=True)
class Publisher:
    """Whose official figures a page may hold, and under which licence."""

    name: str
    page: str
    licence: str
    note: str


@dataclass(frozen=True)
class OrganisationFigure:
    """A row of published.organisation_figure. Figures are texts as printed; shorthand where there is none."""

    grain: str
    period_id: str
    period_start_on: date
    period_end_on: date
    indicator_id: str
    indicator_name: str
    unit: str
    organisation_code: str
    organisation_name: str
    delivery_model: str
    sector: str
    basis: str
    value: str
    months_reported: int
    months_expected: int
    peer_group: str
    peers: str
    peer_value: str
    peer_median: str
    peer_lower_quartile: str
    peer_upper_quartile: str
    peer_note: str
    source: str
    is_public: bool


@dataclass(frozen=True)
class DeliveryModelFigure:
    """A row of published.delivery_model_figure."""

    grain: str
    period_id: str
    period_start_on: date
    period_end_on: date
    indicator_id: str
    indicator_name: str
    unit: str
    sector: str
    basis: str
    delivery_model: str
    organisations: int
    organisations_registered: int
    months_reported: int
    months_expected: int
    numerator: str
    denominator: str
    value: str
    value_with_unclassified: str
    median: str
    lower_quartile: str
    upper_quartile: str
    note: str
    is_public: bool


@dataclass(frozen=True)
class AudienceRows:
    """All that one audience may read of one period."""

    audience: Audience
    peers_for_median: int
    peers_for_quartiles: int
    indicators: tuple[Indicator, ...]
    publishers: tuple[Publisher, ...]
    organisations: tuple[OrganisationFigure, ...]
    delivery_models: tuple[DeliveryModelFigure, ...]

    @property
    def is_public(self) -> bool:
        """Whether every figure in it is public already, and so free to release."""
        flags = [row.is_public for row in self.organisations] + [row.is_public for row in self.delivery_models]
        return bool(flags) and all(flags)


def read_audiences(home: Home, period_id: str) -> Iterator[AudienceRows]:
    """The rows of each audience in turn, each read from a database that holds only that audience's rows."""
    with open_warehouse(home) as warehouse:
        audiences = warehouse.execute(
            "select audience, kind, name from published.audience order by audience"
        ).fetchall()
    for row in audiences:
        audience = Audience(*row)
        with _database_of(home, audience, period_id) as database:
            yield _read(database, audience)


@contextmanager
def _database_of(home: Home, audience: Audience, period_id: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory with this audience's rows of the period; the warehouse is out of its reach."""
    with duckdb.connect() as database:
        database.execute(f"attach {quoted(home.warehouse)} as warehouse (read_only)")
        for table in TABLES:
            database.execute(
                f"create table {table} as select * exclude (audience) from warehouse.published.{table} "
                "where audience = ? and period_id = ?",
                [audience.id, period_id],
            )
        database.execute("create table indicators as select * from warehouse.reference.indicators")
        database.execute("create table publishers as select * from warehouse.register.publishers")
        database.execute("create table settings as select * from warehouse.reference.settings")
        database.execute("detach warehouse")
        yield database


def _read(database: duckdb.DuckDBPyConnection, audience: Audience) -> AudienceRows:
    def rows(query: str) -> list[tuple[object, ...]]:
        return database.execute(query).fetchall()

    settings = dict(database.execute("select name, value from settings").fetchall())
    organisation_columns = ", ".join(OrganisationFigure.__dataclass_fields__)
    model_columns = ", ".join(DeliveryModelFigure.__dataclass_fields__)
    return AudienceRows(
        audience=audience,
        peers_for_median=int(settings["peers_for_median"]),
        peers_for_quartiles=int(settings["peers_for_quartiles"]),
        indicators=tuple(
            Indicator(*row)  # type: ignore[arg-type]
            for row in rows(
                "select indicator_id, name, unit, polarity, definition, method from indicators "
                "order by len(grains) desc, indicator_id"
            )
        ),
        publishers=tuple(
            Publisher(*row)  # type: ignore[arg-type]
            for row in rows(
                "select distinct name, coalesce(page, ''), licence, coalesce(note, '') from publishers "
                "where exists (select 1 from organisation_figure where source = 'official') order by all"
            )
        ),
        organisations=tuple(
            OrganisationFigure(*row)  # type: ignore[arg-type]
            for row in rows(
                f"select {organisation_columns} from organisation_figure order by grain, indicator_id, "
                "delivery_model <> 'mutual', delivery_model, organisation_name, organisation_code, basis"
            )
        ),
        delivery_models=tuple(
            DeliveryModelFigure(*row)  # type: ignore[arg-type]
            for row in rows(
                f"select {model_columns} from delivery_model_figure order by grain, indicator_id, sector, basis, "
                "delivery_model <> 'mutual', delivery_model"
            )
        ),
    )
