"""A generated sector as the tables that sql/ starts from, and the real SQL run on them.

Only those models are built that are wanted and what they need, and of years only the last. What is read of them, and
what is counted, belongs in `outcomes`.
"""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from impact.definition import register_files
from impact.demo.planted import PERIODS, months
from impact.home import Home
from impact.models import SCHEMAS, Model, models
from impact.periods import quarter_of
from impact.places import sql_folder
from impact.register import Register
from impact.settings import settings_at
from impact.simulation.sector import ABSENCE, ENGAGEMENT, STAFF, USERS, Sector
from impact.sources import load_sources

INDICATORS = (ABSENCE, STAFF, ENGAGEMENT, USERS)
"""The indicators of which something is proven, in the order of the table."""
EFFECT, VERDICT = "benchmarks.spin_out_effect", "benchmarks.verdict"
LAST = PERIODS[-1]
"""The quarter as of which both are read, of which all others are the past."""

_AS_AT = datetime(2026, 7, 20, 9, 0, tzinfo=UTC)
_HEADLINE = "overall_satisfaction"
_STAFF_INSTRUMENT, _USERS_INSTRUMENT, _BASIS = "pulse10", "csat5", "calendar_days"
_POINTS_A_STEP = 10 / 36
_FEEDS = ("sickness_absence", "staff_survey", "service_user_survey")
_FILLED = ("register.organisations", "reference.live_returns", *(f"returns.{feed}" for feed in _FEEDS))
"""The tables that differ from sector to sector."""


def start() -> duckdb.DuckDBPyConnection:
    """A database in memory with every source table, none of them with rows of a sector."""
    connection = duckdb.connect(config={"threads": 1})
    register = {name: _register_rows(name) for name in register_files()}
    home = Home(Path("nowhere"))
    load_sources(connection, home, Register("", register), settings_at(home, _AS_AT)[1], [], _AS_AT)
    connection.execute("delete from reference.indicators where not list_contains(?, indicator_id)", [list(INDICATORS)])
    for schema in SCHEMAS:
        connection.execute(f"create schema {schema}")
    connection.execute((sql_folder() / "macros.sql").read_text("utf-8"))
    return connection


def build(connection: duckdb.DuckDBPyConnection, sector: Sector, wanted: Collection[str] = (EFFECT, VERDICT)) -> None:
    """Put a sector in place of the one before, and build the models that are wanted, with what they need."""
    _fill(connection, sector)
    for model in needed(tuple(wanted)):
        connection.execute(f"create or replace table {model.name} as\n{model.sql}")
        if model.name == "indicators.period":
            # A year is judged by its own months: the other years would cost half of the time and change nothing.
            connection.execute("delete from indicators.period where grain = 'rolling_year' and period_id <> ?", [LAST])


@cache
def needed(wanted: tuple[str, ...]) -> tuple[Model, ...]:
    """These models and all that they need, in an order in which they can be built."""
    names, found = set(wanted), []
    for model in reversed(models()):
        if model.name in names:
            names |= model.needs
            found.append(model)
    return tuple(reversed(found))


def organisation_codes(sector: Sector) -> list[str]:
    """The code of each organisation, in their order."""
    return [f"O{place:03}" for place in range(len(sector.sectors))]


def _register_rows(name: str) -> tuple[dict[str, str | None], ...]:
    columns = [column.name for column in register_files()[name].columns]
    cadence = {"cadence": "quarter", "compares_organisations": "true"}
    rows: Mapping[str, list[dict[str, str]]] = {
        "instruments": [
            {"instrument_id": _STAFF_INSTRUMENT, "feed": "staff_survey", "headline_item": _HEADLINE, **cadence},
            {"instrument_id": _USERS_INSTRUMENT, "feed": "service_user_survey", **cadence},
        ],
        "instrument_items": [
            {"instrument_id": _STAFF_INSTRUMENT, "item": _HEADLINE, "kind": "question", "positive_from": "4"},
            {"instrument_id": _STAFF_INSTRUMENT, "item": "engagement", "kind": "score"},
        ],
    }
    return tuple({column: row.get(column) for column in columns} for row in rows.get(name, []))


def _fill(connection: duckdb.DuckDBPyConnection, sector: Sector) -> None:
    for table in _FILLED:
        connection.execute(f"delete from {table}")
    codes = np.array(organisation_codes(sector))
    every = np.array([month.isoformat() for month in months()])
    spun_out = np.where(sector.spun_out >= 0, every[sector.spun_out], "")
    _insert(
        connection,
        "register.organisations",
        organisation_code=codes,
        name=codes,
        delivery_model=np.array(sector.delivery_models),
        sector=np.array(sector.sectors),
        spun_out_on=spun_out,
    )
    _insert(
        connection,
        "returns.sickness_absence",
        **_sent("sickness_absence", codes, sector.absence_is_sent),
        fte_days_lost=sector.lost[sector.absence_is_sent],
        fte_days_available=sector.available[sector.absence_is_sent],
        basis=_BASIS,
        staff_group="ALL",
        service_code="ALL",
    )
    waves = sector.staff_is_sent
    of_waves = {
        **_sent("staff_survey", codes, waves),
        "staff_group": "ALL",
        "service_code": "ALL",
        "instrument_id": _STAFF_INSTRUMENT,
        "eligible_staff": sector.eligible[waves],
    }
    none = np.zeros(np.count_nonzero(waves), dtype=np.int64)
    _insert(
        connection,
        "returns.staff_survey",
        **of_waves,
        item=_HEADLINE,
        n_1=none,
        n_2=(sector.answered - sector.positive)[waves],
        n_3=none,
        n_4=sector.positive[waves],
        n_5=none,
        n_not_applicable=sector.not_applicable[waves],
        n_responses=(sector.answered + sector.not_applicable)[waves],
    )
    _insert(
        connection,
        "returns.staff_survey",
        **of_waves,
        item="engagement",
        n_scored=sector.scored[waves],
        score_sum=np.round(sector.score_steps[waves] * _POINTS_A_STEP, 6),
        score_sum_of_squares=np.round(sector.score_steps_squared[waves] * _POINTS_A_STEP**2, 6),
    )
    sent = sector.users_are_sent
    _insert(
        connection,
        "returns.service_user_survey",
        **_sent("service_user_survey", codes, sent),
        service_code="S01",
        instrument_id=_USERS_INSTRUMENT,
        collection_mode="all",
        n_very_good=np.zeros(np.count_nonzero(sent), dtype=np.int64),
        n_good=sector.satisfied[sent],
        n_neither=(sector.answers - sector.satisfied)[sent],
        **{name: np.zeros(np.count_nonzero(sent), dtype=np.int64) for name in ("n_poor", "n_very_poor", "n_dont_know")},
        n_total=sector.answers[sent],
    )
    _fill_live_returns(connection)


def _sent(feed: str, codes: Any, is_sent: Any) -> dict[str, Any]:
    """What each row that was sent says of whose it is, of when, and of how it came."""
    who, when = np.nonzero(is_sent)
    quarters = np.array([quarter_of(month).id for month in months()])
    if is_sent.shape[1] == len(PERIODS):
        period = np.array(PERIODS)[when]
        of_when: dict[str, Any] = {"wave": period}
    else:
        period = quarters[when]
        of_when = {"month": np.array([month.isoformat() for month in months()])[when]}
    receipt = np.char.add(np.char.add(codes[who], f" {feed} "), period)
    return {"organisation_code": codes[who], "period": period, "receipt": receipt, **of_when}


def _fill_live_returns(connection: duckdb.DuckDBPyConnection) -> None:
    """One receipt an organisation, feed and quarter that something was sent for."""
    union = " union ".join(
        f"select receipt, organisation_code, '{feed}' as feed, period from returns.{feed}" for feed in _FEEDS
    )
    connection.execute(
        f"""
        insert into reference.live_returns by name
        select
            receipt,
            organisation_code,
            feed,
            period,
            cast(period[1:4] || '-' || (cast(period[7] as integer) * 3 - 2) || '-01' as date) as period_start_on,
            last_day(period_start_on + interval 2 month) as period_end_on,
            false as is_nil
        from ({union})
        order by all
        """
    )


def _insert(connection: duckdb.DuckDBPyConnection, table: str, **columns: Any) -> None:
    """Rows given by columns; a text stands in every row, and an empty one is nothing."""
    arrays = {name: values for name, values in columns.items() if not isinstance(values, str)}
    texts = {name: values for name, values in columns.items() if isinstance(values, str)}
    given = [f"nullif({name}, '') as {name}" if arrays[name].dtype.kind == "U" else name for name in arrays]
    given += [f"'{value}' as {name}" for name, value in texts.items()]
    connection.register("given", arrays)
    connection.execute(f"insert into {table} by name select {', '.join(given)} from given")
    connection.unregister("given")
