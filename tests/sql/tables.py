"""Tables of a few rows for one model of sql/ to run on. What must hold of a model stands in the tests beside this file.

A test gives rows; every column that it does not give is null, or what `_DEFAULTS` and `absence` and its like put there.
The columns are those that `impact.sources` and `impact.warehouse` make, and so are the tables of receipts: every row of
a return comes under a receipt of its organisation, feed and period, as if it had come in through an inbox.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any
from weakref import finalize

import duckdb
import yaml

import impact
from impact.definition import feeds, register_files
from impact.home import Home
from impact.intake.receipts import Receipt
from impact.models import RELEASE, SCHEMAS, WAREHOUSE, models
from impact.periods import quarter_of
from impact.places import sql_folder
from impact.register import Register
from impact.release import build_published, control_disclosure, prepare
from impact.sources import create_table, load_sources
from impact.warehouse import Build, build_models

RATE = "sickness_absence_rate"
PER_FTE = "sick_days_per_fte"

SETTINGS: Mapping[str, float] = {
    **yaml.safe_load((Path(impact.__file__).parent / "settings.yaml").read_text("utf-8")),
    **dict.fromkeys(("fewest_staff_answers", "fewest_user_answers", "fewest_user_answers_public", "fewest_posts"), 0),
}
"""Those of the package, but that no number of answers or posts is too few: a test that is about that gives its own."""

_AS_AT = datetime(2026, 7, 20, 9, 0, tzinfo=UTC)
_NO_HOME = Home(Path("nowhere"))
"""Receipts are given without kept rows, so no return is looked for in it."""

_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "register.organisations": {
        "ods_code": "{organisation_code}",
        "name": "{organisation_code} Care",
        "delivery_model": "mutual",
        "sector": "community_health",
    },
    "register.commissioners": {"name": "{commissioner_code} Council", "type": "council"},
    "register.contracts": {"contract_code": "{commissioner_code}-{organisation_code}-{starts_on}"},
    "register.instruments": {"name": "{instrument_id} questions", "cadence": "quarter", "compares_organisations": True},
    "register.instrument_items": {"kind": "question", "positive_from": 4},
    "register.obligations": {"every": "quarter", "first_period": "2020-Q1"},
    "register.obligation_exceptions": {"reason": "Agreed"},
    "register.changes": {"reason": "New payroll system"},
    "returns.sickness_absence": {"service_code": "ALL", "staff_group": "ALL", "basis": "calendar_days"},
    "returns.nhs_sickness_absence": {"organisation_name": "{ods_code} Care"},
    "returns.staff_survey": {"service_code": "ALL", "staff_group": "ALL", "instrument_id": "core"},
    "returns.service_user_survey": {"instrument_id": "local", "collection_mode": "all"},
    "returns.savings": {
        "title": "Saving {saving_id}",
        "service_code": "ALL",
        "benefit_to": "commissioner",
        "source": "procurement",
        "type": "cash_releasing",
        "recurrence": "recurrent",
        "planned_gbp": 0,
        "implementation_cost_to_date_gbp": 0,
        "stage": "delivering",
        "evidence_level": "finance_verified",
    },
}
"""What stands in a column that a row does not give; {column} is what the row gives there."""


@dataclass(frozen=True)
class Row:
    """A row of a table, such as `register.contracts`: its values by column."""

    table: str
    values: Mapping[str, Any]


def row(table: str, **values: Any) -> Row:
    """A row of any table. Of `receipt`: one without rows, with its `sender`, `feed`, `period` and what else differs."""
    defaults = {
        name: default.format_map(values) if isinstance(default, str) else default
        for name, default in _DEFAULTS.get(table, {}).items()
        if name not in values
    }
    return Row(table, {**defaults, **values})


def organisation(code: str, model: str = "mutual", sector: str = "community_health", **values: Any) -> Row:
    """An organisation, its ODS code the same as its own."""
    return row("register.organisations", organisation_code=code, delivery_model=model, sector=sector, **values)


def commissioner(code: str) -> Row:
    return row("register.commissioners", commissioner_code=code)


def contract(
    commissioner_code: str, organisation_code: str, starts_on: str, ends_on: str | None = None, **values: Any
) -> Row:
    parties = {"commissioner_code": commissioner_code, "organisation_code": organisation_code}
    return row("register.contracts", **parties, starts_on=starts_on, ends_on=ends_on, **values)


def serves(contract_code: str, organisation_code: str, *service_codes: str) -> list[Row]:
    """What a contract is for."""
    parties = {"contract_code": contract_code, "organisation_code": organisation_code}
    return [row("register.contract_services", **parties, service_code=code) for code in service_codes]


def instrument(
    instrument_id: str, headline_item: str | None = "overall", positive_from: int = 4, **values: Any
) -> list[Row]:
    """A questionnaire with its headline question."""
    of_items = [
        row("register.instrument_items", instrument_id=instrument_id, item=headline_item, positive_from=positive_from)
    ]
    made = row("register.instruments", instrument_id=instrument_id, headline_item=headline_item, **values)
    return [made, *(of_items if headline_item else [])]


def nil(code: str, feed: str, period: str) -> Row:
    return row("receipt", sender=code, feed=feed, period=period, is_nil=True)


def absence(code: str, month: str, lost: Any, available: Any, basis: str = "calendar_days", **values: Any) -> Row:
    """A month (`2026-01`) of an organisation's own return."""
    measured = {"basis": basis, "fte_days_lost": lost, "fte_days_available": available}
    return row("returns.sickness_absence", organisation_code=code, month=f"{month}-01", **measured, **values)


def official(ods_code: str, month: str, lost: Any, available: Any, **values: Any) -> Row:
    """A month (`2026-01`) of an organisation in NHS England's file; withheld when `lost` is None."""
    measured = {"fte_days_lost": lost, "fte_days_available": available}
    if lost is not None and Decimal(str(available)):
        rate = Decimal(str(lost)) / Decimal(str(available)) * 100
        measured["published_rate_percent"] = rate.quantize(Decimal("0.01"), ROUND_HALF_UP)
    given = {"ods_code": ods_code, "month_end_on": last_day(month), **measured, **values}
    return row("returns.nhs_sickness_absence", **given)


def asked(code: str, wave: str, positive: Any, answered: Any, item: str = "overall", **values: Any) -> Row:
    """A question of a staff survey: so many of those who answered chose 4, the others 2."""
    others = None if None in (positive, answered) else answered - positive
    counts = {"n_1": 0, "n_2": others, "n_3": 0, "n_4": positive, "n_5": 0, "n_not_applicable": 0}
    given = {"eligible_staff": 100, "n_responses": answered, **counts, **values}
    return row("returns.staff_survey", organisation_code=code, wave=wave, item=item, **given)


def scored(code: str, wave: str, total: Any, people: Any, item: str = "engagement", **values: Any) -> Row:
    """A score of a staff survey: of so many people, and what it adds up to."""
    given = {"eligible_staff": 100, "n_scored": people, "score_sum": total, "score_sum_of_squares": 0, **values}
    return row("returns.staff_survey", organisation_code=code, wave=wave, item=item, **given)


def answers(code: str, month: str, service_code: str, satisfied: Any, total: Any, **values: Any) -> Row:
    """A month (`2026-01`) of a user survey: so many good of all answers, the others neither good nor poor."""
    poor = values.get("n_poor", 0)
    others = None if None in (satisfied, total, poor) else total - satisfied - poor
    counts = {
        "n_very_good": 0,
        "n_good": satisfied,
        "n_neither": others,
        "n_poor": 0,
        "n_very_poor": 0,
        "n_dont_know": 0,
    }
    given = {"organisation_code": code, "month": f"{month}-01", "service_code": service_code}
    return row("returns.service_user_survey", **{**given, **counts, "n_total": total, **values})


def saving(code: str, quarter: str, saving_id: str, to_date: Any, **values: Any) -> Row:
    """A saving as a snapshot (`2026-Q1`) has it: what it came to since 1 April."""
    given = {"organisation_code": code, "as_at_quarter": quarter, "saving_id": saving_id}
    return row("returns.savings", **given, actual_to_date_gbp=to_date, **values)


def deflators(vintage: str, by_year: Mapping[str, Any], series: str = "financial_year") -> list[Row]:
    """The index of prices in each year, as a release (`2026-06`) has it."""
    given = {"series": series, "vintage": vintage}
    return [row("register.deflators", **given, year=year, index_value=index) for year, index in by_year.items()]


def discount_rates(applies_from: str, *runs: tuple[int, int, Any]) -> list[Row]:
    """An edition's rates: first year, last year, percent; without any, those of the Green Book of 2003."""
    return [
        row("register.discount_rates", applies_from=applies_from, first_year=first, last_year=last, rate_percent=rate)
        for first, last, rate in runs or ((0, 30, 3.5), (31, 75, 3), (76, 125, 2.5))
    ]


def months(first: str, count: int) -> list[str]:
    """`count` months from `first` (`2026-01`) on."""
    year, month = map(int, first.split("-"))
    numbers = range(year * 12 + month - 1, year * 12 + month - 1 + count)
    return [f"{number // 12}-{number % 12 + 1:02}" for number in numbers]


@cache
def last_day(month: str) -> str:
    (after,) = months(month, 2)[1:]
    return str(date.fromordinal(date.fromisoformat(f"{after}-01").toordinal() - 1))


def tables(
    *rows: Row, settings: Mapping[str, float] = SETTINGS, period: str | None = None
) -> duckdb.DuckDBPyConnection:
    """A database in memory with every source table, and those tables of sql/ that rows are given of. What is published
    is `period`, or the last quarter that rows are of."""
    given = defaultdict(list)
    for one in rows:
        given[one.table].append(one.values)
    connection = _database()
    register = {
        name: tuple(_texts([column.name for column in definition.columns], given.pop(f"register.{name}", [])))
        for name, definition in register_files().items()
    }
    receipts = [_receipt(**values) for values in given.pop("receipt", [])]
    returns = {name: _with_receipts(name, given.pop(f"returns.{name}", [])) for name in feeds()}
    receipts += [one for name, kept in returns.items() for one in _receipts(name, kept)]
    load_sources(connection, _NO_HOME, Register("", register), settings, receipts, _AS_AT)
    for name, kept in returns.items():
        _insert(connection, f"returns.{name}", [values for _, values in kept])
    for schema in WAREHOUSE:
        connection.execute(f"create schema {schema}")
    prepare(connection, period or _last_quarter(returns, given))
    connection.execute((sql_folder() / "macros.sql").read_text("utf-8"))
    for name, values in given.items():
        if name not in _shapes():
            connection.close()
            raise ValueError(f"there is no table {name}")
        if name.split(".")[0] in SCHEMAS:
            create_table(connection, name, _shapes()[name], [])
        _insert(connection, name, values)
    return connection


def run(connection: duckdb.DuckDBPyConnection, *names: str) -> duckdb.DuckDBPyConnection:
    """Run these models, and before them those that they need and that are not there yet."""
    there = set(table_names(connection))
    made = {model.name: model for model in models()}
    wanted = set(names)
    for model in reversed(models()):
        if model.name in wanted:
            wanted |= {need for need in model.needs if need in made and need not in there}
    is_controlled = False
    for model in models():
        if model.name not in wanted:
            continue
        if not model.is_made_by_python:
            connection.execute(f"create table {model.name} as\n{model.sql}")
        elif not is_controlled:
            control_disclosure(connection)
            is_controlled = True
    return connection


def build(*rows: Row, settings: Mapping[str, float] = SETTINGS, period: str | None = None) -> duckdb.DuckDBPyConnection:
    """Every model run on these rows, those of a publication for `period` or for the last quarter. Raises AssertionError
    when a claim does not hold."""
    connection = tables(*rows, settings=settings, period=period)
    broken = broken_claims(build_models(connection)) | broken_claims(publish(connection))
    assert broken == {}, broken
    return connection


def publish(connection: duckdb.DuckDBPyConnection, period: str | None = None, earlier: Sequence[Path] = ()) -> Build:
    """Make the tables of a publication of `period`, or of the quarter that the database was made for, in place of those
    that there are; `earlier` are the records of publications before it."""
    period = period or value_of(connection, "period_id from reference.release")
    connection.execute("drop table reference.release")
    for schema in RELEASE:
        connection.execute(f"drop schema {schema} cascade")
    return build_published(connection, str(period), earlier=earlier)


def publication(
    *rows: Row, period: str, earlier: Sequence[Path] = (), settings: Mapping[str, float] = SETTINGS
) -> duckdb.DuckDBPyConnection:
    """As `build`, after other publications."""
    connection = tables(*rows, settings=settings, period=period)
    broken = broken_claims(build_models(connection)) | broken_claims(publish(connection, period, earlier))
    assert broken == {}, broken
    return connection


def let_out(connection: duckdb.DuckDBPyConnection, path: Path) -> Path:
    """Keep what a publication let out, as a record is kept."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection.execute(f"copy (select * from disclosure.released order by all) to '{path}' (format parquet)")
    return path


def broken_claims(built: Build) -> dict[str, str]:
    """The claims that do not hold, with an example each."""
    return {f"{test.claim.model}__{test.claim.claim}": test.example for test in built.tests if test.broken_by}


def select(connection: duckdb.DuckDBPyConnection, table: str, columns: str, **where: Any) -> list[tuple[Any, ...]]:
    """These columns of the rows in which each of `where` holds, in order of all columns."""
    conditions = " and ".join(f"{column} is not distinct from ?" for column in where) or "true"
    query = f"select {columns} from {table} where {conditions} order by all"
    return connection.execute(query, list(where.values())).fetchall()


def one(connection: duckdb.DuckDBPyConnection, table: str, columns: str, **where: Any) -> tuple[Any, ...]:
    """The one row that `select` finds. Raises AssertionError when there is none, or another."""
    found = select(connection, table, columns, **where)
    assert len(found) == 1, f"{len(found)} rows of {table} where {where}: {found}"
    return found[0]


def table_names(connection: duckdb.DuckDBPyConnection) -> list[str]:
    found = "duckdb_tables() where database_name = current_database()"
    return [name for (name,) in connection.execute(f"select schema_name || '.' || table_name from {found}").fetchall()]


def value_of(connection: duckdb.DuckDBPyConnection, expression: str, *parameters: Any) -> Any:
    """What an expression comes to."""
    found = connection.execute(f"select {expression}", list(parameters)).fetchone()
    assert found is not None
    return found[0]


def everything(connection: duckdb.DuckDBPyConnection, table: str) -> list[tuple[Any, ...]]:
    """Every row of a table with every column, in the order in which they stand."""
    return connection.execute(f"select * from {table}").fetchall()


def syntax_nodes(sql: str) -> Iterator[dict[str, Any]]:
    """Every node of DuckDB's own syntax tree of a SELECT. Raises ValueError when it is none."""
    with duckdb.connect() as connection:
        tree = json.loads(value_of(connection, "json_serialize_sql(?)", sql))
    if tree["error"]:
        raise ValueError(tree["error_message"])
    yield from _nodes(tree["statements"])


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    if isinstance(tree, dict):
        yield tree
    for part in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from _nodes(part)


@cache
def _shapes() -> dict[str, list[tuple[str, str]]]:
    """The columns of every table, with their types, as a build without rows makes them."""
    with tables() as connection:
        build_models(connection)
        publish(connection)
        shapes: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for schema, table, column, kind in connection.execute(
            "select schema_name, table_name, column_name, data_type from duckdb_columns() "
            "where database_name = current_database() order by schema_name, table_name, column_index"
        ).fetchall():
            shapes[f"{schema}.{table}"].append((column, kind))
    return dict(shapes)


@cache
def _engine() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": 1})


_numbers = count()


def _database() -> duckdb.DuckDBPyConnection:
    """An empty database in memory, gone when nobody holds its connection any more. All are of one engine, for to start
    another takes longer than most tests."""
    engine = _engine()
    connection, name = engine.cursor(), f"database_{next(_numbers)}"
    connection.execute(f"attach ':memory:' as {name}")
    connection.execute(f"use {name}")
    finalize(connection, engine.execute, f"detach {name}").atexit = False
    return connection


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    if not rows:
        return
    columns = connection.execute(f"select column_name, column_type from (describe {table})").fetchall()
    texts = [list(text.values()) for text in _texts([name for name, _ in columns], rows)]
    casts = ", ".join(f"cast(texts[{place}] as {kind})" for place, (_, kind) in enumerate(columns, start=1))
    connection.execute(f"insert into {table} select {casts} from (select unnest(?) as texts)", [texts])


def _texts(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, str | None]]:
    for given in rows:
        if unknown := set(given) - set(columns):
            raise ValueError(f"no column {', '.join(sorted(unknown))} among {', '.join(columns)}")
        yield {name: None if given.get(name) is None else str(given[name]) for name in columns}


def _last_quarter(returns: Mapping[str, Sequence["_Kept"]], given: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    """The last quarter that rows of returns are of, or else rows of tables that say their period."""
    said = [str(values["period"]) for kept in returns.values() for _, values in kept]
    said += [str(values["period_id"]) for rows in given.values() for values in rows if "period_id" in values]
    quarters = [
        one if "Q" in one else quarter_of(date.fromisoformat(f"{one}-01")).id
        for one in said
        if len(one) == len("2026-Q1")
    ]
    return max(quarters, default="2026-Q1")


_Kept = tuple[str, dict[str, Any]]
"""Who sent a row, and the row with its receipt and period."""


def _with_receipts(feed: str, rows: Sequence[Mapping[str, Any]]) -> list[_Kept]:
    kept = []
    for number, values in enumerate(rows, start=2):
        sender = values.get("organisation_code", "X24")
        period = _period(feed, values)
        default = {"receipt": f"{sender} {feed} {period}", "row_number": number, "period": period}
        kept.append((sender, {**default, **values}))
    return kept


def _period(feed: str, values: Mapping[str, Any]) -> str:
    if feed == "nhs_sickness_absence":
        return str(values["month_end_on"])[:7]
    said = values[str(feeds()[feed].period_column)]
    return quarter_of(date.fromisoformat(said)).id if "month" in values else str(said)


def _receipts(feed: str, kept: Sequence[_Kept]) -> list[Receipt]:
    """The receipts that the rows came under, with their totals by period."""
    under: dict[tuple[str, str], dict[str, list[Mapping[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for sender, values in kept:
        under[values["receipt"], sender][values["period"]].append(values)
    made = []
    for (receipt, sender), by_period in under.items():
        totals = {
            period: {
                measure: str(sum(Decimal(str(values.get(measure) or 0)) for values in rows))
                for measure in feeds()[feed].totals
            }
            for period, rows in by_period.items()
        }
        periods = tuple(sorted(by_period))
        made.append(_receipt(id=receipt, sender=sender, feed=feed, period=periods[0], periods=periods, totals=totals))
    return made


def _receipt(**given: Any) -> Receipt:
    """An accepted receipt of one period without rows, but for what is given."""
    blank: dict[str, Any] = {name: "" for name, kind in Receipt.__annotations__.items() if kind in (str, "str")}
    counts: dict[str, Any] = {name: 0 for name, kind in Receipt.__annotations__.items() if kind in (int, "int")}
    flags = {"is_nil": False, "is_purged": False, "totals": {}, "findings": ()}
    own = {"id": " ".join(given[name] for name in ("sender", "feed", "period")), "periods": (given["period"],)}
    said = {"decision": "accepted", "received_at": "2026-07-20T08:00:00Z"}
    return Receipt(**{**blank, **counts, **flags, **own, **said, **given})
