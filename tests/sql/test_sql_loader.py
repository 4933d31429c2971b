"""How impact.warehouse reads the files of sql/: what needs what, and what it says of a file that cannot be used."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from impact.definition import feeds
from impact.errors import ImpactError
from impact.models import description, models, tables_read


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An sql folder of the test's own. The real one is read again afterwards."""
    monkeypatch.setattr("impact.models.sql_folder", lambda: tmp_path)
    models.cache_clear()
    yield tmp_path
    models.cache_clear()


def put(folder: Path, name: str, sql: str) -> None:
    path = folder / f"{name}.sql"
    path.parent.mkdir(exist_ok=True)
    path.write_text(sql, "utf-8")


# What needs what


def test_the_real_models_come_after_all_that_they_need() -> None:
    made: set[str] = set()
    needed_too_early = []
    names = {model.name for model in models()}
    for model in models():
        needed_too_early += [(model.name, need) for need in model.needs & names if need not in made]
        made.add(model.name)
    assert needed_too_early == []
    assert len(made) == len(models())


def test_all_feeds_needs_the_measures_of_every_feed() -> None:
    (all_feeds,) = (model for model in models() if model.name == "measures.all_feeds")
    assert all_feeds.needs == {f"measures.{feed}" for feed in feeds()}


def test_a_model_is_known_by_its_folder_and_file(folder: Path) -> None:
    put(folder, "indicators/rate", "-- The rate.\n-- Of all.\nselect a from returns.sickness_absence")
    put(folder, "indicators/rate__is_small.test", "select a from indicators.rate where a > 1")
    (model,) = (model for model in models() if model.schema == "indicators")
    assert (model.name, model.needs) == ("indicators.rate", frozenset({"returns.sickness_absence"}))
    assert description(model) == "The rate. Of all."


def test_the_order_follows_from_the_sql(folder: Path) -> None:
    put(folder, "indicators/a", "select x from benchmarks.b")
    put(folder, "benchmarks/b", "select x from indicators.c")
    put(folder, "indicators/c", "select x from returns.sickness_absence")
    order = [model.name for model in models() if model.name != "measures.all_feeds"]
    assert order == ["indicators.c", "benchmarks.b", "indicators.a"]


def test_no_table_of_all_periods_reads_one_of_a_publication(folder: Path) -> None:
    put(folder, "published/b", "select x from returns.sickness_absence")
    put(folder, "benchmarks/a", "select x from published.b")
    with pytest.raises(ImpactError, match=r"benchmarks/a.sql reads published.b, which is made when"):
        models()


@pytest.mark.parametrize(
    ("sql", "read"),
    [
        ("select a from returns.x", {"returns.x"}),
        ("select a from returns.x as b inner join register.y as c on b.a = c.a", {"returns.x", "register.y"}),
        ("with x as (select a from returns.y) select a from x", {"returns.y"}),
        ("with x as (select a from returns.y), z as (select a from x) select a from z", {"returns.y"}),
        ("select a from (select a from returns.x) as b", {"returns.x"}),
        ("select a from returns.x where exists (select 1 from register.y)", {"returns.x", "register.y"}),
        ("select (select max(a) from reference.z) as b from returns.x", {"reference.z", "returns.x"}),
        ("select a from returns.x union all select a from returns.y", {"returns.x", "returns.y"}),
        ("select 1 as a", set()),
        ("-- A comment.\nselect a from returns.x;\n", {"returns.x"}),
    ],
)
def test_the_tables_that_a_select_reads_are_found_wherever_they_stand(sql: str, read: set[str]) -> None:
    with duckdb.connect() as parser:
        assert tables_read(sql, parser) == read


# What cannot be used


@pytest.mark.parametrize(
    "sql",
    [
        "select 1 as a; select 2 as a",
        "create table x as select 1 as a",
        "insert into returns.x values (1)",
        "drop table returns.x",
        "selekt 1",
        "select a from",
        "",
    ],
)
def test_a_file_that_is_not_one_select_is_refused_by_name(folder: Path, sql: str) -> None:
    put(folder, "indicators/broken", sql)
    with pytest.raises(ImpactError, match=r"sql/indicators/broken\.sql: not exactly one SELECT"):
        models()


def test_a_table_named_without_its_schema_is_refused_by_name(folder: Path) -> None:
    put(folder, "indicators/broken", "with mine as (select a from returns.x) select a from mine, organisations")
    with pytest.raises(ImpactError, match=r"sql/indicators/broken\.sql: .*organisations is named without its schema"):
        models()


@pytest.mark.parametrize(
    "unknown",
    ["indicators.nowhere", "elsewhere.nowhere", "returns.nowhere", "register.nowhere", "reference.nowhere"],
)
def test_a_table_that_nobody_makes_is_refused_with_the_file_that_reads_it(folder: Path, unknown: str) -> None:
    put(folder, "indicators/broken", f"select a from {unknown}")
    with pytest.raises(ImpactError, match=rf"sql/indicators/broken\.sql reads {unknown}"):
        models()


@pytest.mark.parametrize(
    "circle",
    [
        {"indicators.one": "indicators.one"},
        {"indicators.one": "benchmarks.two", "benchmarks.two": "indicators.one"},
        {"indicators.one": "benchmarks.two", "benchmarks.two": "measures.three", "measures.three": "indicators.one"},
    ],
)
def test_tables_that_need_one_another_in_a_circle_are_refused_by_name(folder: Path, circle: dict[str, str]) -> None:
    for table, need in circle.items():
        put(folder, table.replace(".", "/"), f"select a from {need}")
    with pytest.raises(ImpactError, match="in a circle") as fault:
        models()
    assert [table for table in circle if table not in str(fault.value)] == []
