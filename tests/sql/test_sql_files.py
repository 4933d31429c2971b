"""Rules of the house for the files of sql/: what may be written in them, so that they stay readable and portable."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

import impact.statistics
from impact.models import SCHEMAS, description, models, tables_read
from impact.places import sql_folder
from tests.sql.tables import syntax_nodes

STATISTICS = Path(impact.statistics.__path__[0])
FILES = sorted(sql_folder().glob("*/*.sql"))
A_FEW_ROWS_AN_ORGANISATION = {"saving.sql", "savings.sql", "snapshot.sql"}
"""What grows with organisations, and not with how many people answer: no larger engine will ever be needed for it."""
MEASURES = [
    path
    for path in sorted((sql_folder() / "measures").glob("*.sql"))
    if ".test." not in path.name and path.name not in A_FEW_ROWS_AN_ORGANISATION
]

COMMENTS_AND_TEXTS = re.compile(r"--[^\n]*|'(?:[^']|'')*'")

# What DuckDB, Spark and Sail were seen to agree on. A feed that needs more adds it here once it has been tried there.
# Division is not in it: of whole numbers it comes to 2.5 here and to 2 there.
PORTABLE_FUNCTIONS = {"+", "-", "*", "date_trunc", "last_day"}
PORTABLE_TYPES = {"date", "decimal", "integer", "bigint", "double", "varchar", "boolean"}
PORTABLE_SYNTAX = {
    *("SELECT_NODE", "SET_OPERATION_NODE", "BASE_TABLE", "JOIN", "SUBQUERY"),
    *("COLUMN_REF", "VALUE_CONSTANT", "FUNCTION", "OPERATOR_CAST", "TYPE", "CASE_EXPR"),
    *("COMPARE_EQUAL", "COMPARE_NOTEQUAL", "COMPARE_GREATERTHAN", "COMPARE_LESSTHAN"),
    *("COMPARE_GREATERTHANOREQUALTO", "COMPARE_LESSTHANOREQUALTO", "COMPARE_BETWEEN", "COMPARE_IN"),
    *("CONJUNCTION_AND", "CONJUNCTION_OR", "OPERATOR_NOT", "OPERATOR_IS_NULL", "OPERATOR_IS_NOT_NULL"),
    *("OPERATOR_COALESCE", "ORDER_MODIFIER", "ORDER_DEFAULT"),
    # `cross join (values ('a'), ('b')) as counted (measure)`: one row for each of a few words.
    *("STAR", "EXPRESSION_LIST"),
}


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def not_portable(sql: str) -> set[str]:
    """What of a SELECT other engines may read otherwise, or not at all."""
    nodes = list(syntax_nodes(sql))
    of_values = {id(part) for node in nodes if _is_list_of_values(node) for part in node["select_list"]}
    complaints = {complaint for node in nodes for complaint in (*_of_syntax(node), *_of_names(node))}
    if any(node.get("type") == "STAR" and id(node) not in of_values for node in nodes):
        complaints.add("STAR")
    return complaints


def _is_list_of_values(node: Mapping[str, Any]) -> bool:
    """Whether a SELECT is but `values`, which the parser writes as a star from a list of expressions."""
    return node.get("type") == "SELECT_NODE" and (node.get("from_table") or {}).get("type") == "EXPRESSION_LIST"


def _of_syntax(node: Mapping[str, Any]) -> Iterator[str]:
    kind = node.get("type")
    if isinstance(kind, str) and kind not in PORTABLE_SYNTAX:
        yield kind
    yield from (clause for clause in ("try_cast", "qualify", "sample", "distinct_on_targets") if node.get(clause))
    if node.get("aggregate_handling") == "FORCE_AGGREGATES":
        yield "group by all"
    if kind == "SET_OPERATION_NODE" and (node["setop_type"] != "UNION" or not node["setop_all"]):
        yield "a set operation that is not union all"
    if kind == "JOIN" and (
        (node["ref_type"], node["join_type"]) not in {("REGULAR", "INNER"), ("REGULAR", "LEFT"), ("CROSS", "INNER")}
    ):
        yield f"join {node['ref_type']} {node['join_type']}"


def _of_names(node: Mapping[str, Any]) -> Iterator[str]:
    kind = node.get("type")
    if kind == "FUNCTION" and node["function_name"] not in PORTABLE_FUNCTIONS:
        yield f"function {node['function_name']}"
    if kind == "TYPE" and node["type_name"].casefold() not in PORTABLE_TYPES:
        yield f"type {node['type_name'].casefold()}"
    if kind == "BASE_TABLE" and "." in node["table_name"]:
        yield "file as table"


def test_there_are_files_to_look_at() -> None:
    assert {path.parent.name for path in FILES} == set(SCHEMAS)
    grows = {"sickness_absence.sql", "nhs_sickness_absence.sql", "staff_survey.sql", "service_user_survey.sql"}
    assert {path.name for path in MEASURES} == grows
    assert {path.name for path in FILES} >= A_FEW_ROWS_AN_ORGANISATION


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_file_is_exactly_one_select(path: Path) -> None:
    statements = duckdb.extract_statements(path.read_text("utf-8"))
    assert [statement.type for statement in statements] == [duckdb.StatementType.SELECT]


@pytest.fixture(scope="module")
def parser() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_file_names_every_table_with_its_schema(parser: duckdb.DuckDBPyConnection, path: Path) -> None:
    assert tables_read(path.read_text("utf-8"), parser) != frozenset()


@pytest.mark.parametrize("path", [*FILES, sql_folder() / "macros.sql"], ids=name_of)
def test_a_file_is_in_lowercase_but_for_comments_and_texts(path: Path) -> None:
    code = COMMENTS_AND_TEXTS.sub("", path.read_text("utf-8"))
    assert code == code.lower()


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_no_file_pivots_or_reads_a_file(path: Path) -> None:
    kinds = {str(node.get("type")) for node in syntax_nodes(path.read_text("utf-8"))}
    assert kinds & {"PIVOT", "TABLE_FUNCTION"} == set()


def test_every_model_says_what_it_is_before_anything_else() -> None:
    silent = [
        model.name
        for model in models()
        if model.name != "measures.all_feeds" and not (model.sql.startswith("-- ") and description(model).endswith("."))
    ]
    assert silent == []


def test_only_the_union_of_all_feeds_has_no_file() -> None:
    made = {model.name for model in models() if not model.is_made_by_python} - {"measures.all_feeds"}
    of_files = {f"{path.parent.name}.{path.stem}" for path in FILES if not path.name.endswith(".test.sql")}
    assert made == of_files


# Portable measures


@pytest.mark.parametrize("path", MEASURES, ids=name_of)
def test_measures_are_written_in_what_other_engines_read_alike(path: Path) -> None:
    assert not_portable(path.read_text("utf-8")) == set()


@pytest.mark.parametrize(
    ("sql", "complaint"),
    [
        ("select * from returns.a", "STAR"),
        ("select * exclude (b) from returns.a", "STAR"),
        ("select columns('b') from returns.a", "STAR"),
        ("select display(b, 2) from returns.a", "function display"),
        ("select strftime(b, '%Y') from returns.a", "function strftime"),
        ("select string_agg(b, ',') from returns.a", "function string_agg"),
        ("select b from returns.a group by all", "group by all"),
        ("select b from returns.a qualify row_number() over (order by b) = 1", "qualify"),
        ("select row_number() over (order by b) from returns.a", "WINDOW_ROW_NUMBER"),
        ("select distinct on (b) b, c from returns.a", "distinct_on_targets"),
        ("select b[1] from returns.a", "ARRAY_EXTRACT"),
        ("select [b] from returns.a", "function list_value"),
        ("select {'b': b} from returns.a", "function struct_pack"),
        ("select list_transform(b, lambda x: x + 1) from returns.a", "LAMBDA"),
        ("select try_cast(b as date) from returns.a", "try_cast"),
        ("select cast(b as hugeint) from returns.a", "type hugeint"),
        ("select b from returns.a tablesample 10%", "sample"),
        ("select b from returns.a asof join returns.c using (b)", "join ASOF INNER"),
        ("select b from returns.a semi join returns.c using (b)", "join REGULAR SEMI"),
        ("select b from returns.a positional join returns.c", "join POSITIONAL INNER"),
        ("unpivot returns.a on b into name measure value c", "PIVOT"),
        ("select b from returns.a union all by name select b from returns.c", "a set operation that is not union all"),
        ("select b from returns.a union select b from returns.c", "a set operation that is not union all"),
        ("select b from 'x.csv'", "file as table"),
        ("select b from range(3)", "TABLE_FUNCTION"),
        ("select unnest(b) from returns.a", "function unnest"),
        ("select b from returns.a order by all", "STAR"),
        ("select * from returns.a cross join (values ('b'), ('c')) as d (e)", "STAR"),
        ("select b from returns.a cross join (select * from returns.c) as d", "STAR"),
        ("select b from returns.a cross join unnest([1, 2]) as d (e)", "TABLE_FUNCTION"),
        ("select greatest(b, 1) as c from returns.a", "function greatest"),
    ],
)
def test_the_rule_for_measures_knows_what_is_not_portable(sql: str, complaint: str) -> None:
    assert complaint in not_portable(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "select case when a = 'x' then 1 else coalesce(b, 0.5) end as c from returns.a where b is not null order by c",
        "select a.b - 1 as c from returns.a as a left join register.d as d on a.b = d.b and a.e between d.f and d.g",
        "with c as (select cast(b as decimal(28, 14)) as b from returns.a) select b from c union all select b from c",
        "select b from returns.a where b in (1, 2) and not exists (select 1 from register.c as c where c.b = a.b)",
        "select c.d, case c.d when 'b' then b end as e from returns.a cross join (values ('b'), ('f')) as c (d)",
        "select b + c as d, last_day(e) as f from returns.a",
    ],
)
def test_the_rule_for_measures_lets_pass_what_every_engine_reads_alike(sql: str) -> None:
    assert not_portable(sql) == set()


# Macros


@pytest.fixture(scope="module")
def macros() -> Iterator[list[tuple[str, str, str]]]:
    """Name, kind and definition of each macro."""
    with duckdb.connect() as connection:
        connection.execute((sql_folder() / "macros.sql").read_text("utf-8"))
        yield connection.execute(
            "select function_name, function_type, macro_definition from duckdb_functions() "
            "where not internal order by function_name"
        ).fetchall()


def test_macros_are_scalar_and_there_is_nothing_else_in_their_file(macros: list[tuple[str, str, str]]) -> None:
    statements = duckdb.extract_statements((sql_folder() / "macros.sql").read_text("utf-8"))
    assert [kind for _, kind, _ in macros] == ["macro"] * len(statements)


def test_no_macro_reads_a_table(macros: list[tuple[str, str, str]]) -> None:
    reading = [
        name
        for name, _, definition in macros
        if any(node.get("type") in ("BASE_TABLE", "SUBQUERY") for node in syntax_nodes(f"select {definition}"))
    ]
    assert reading == []


def test_every_macro_has_its_line_of_explanation() -> None:
    lines = (sql_folder() / "macros.sql").read_text("utf-8").splitlines()
    starts = [number for number, line in enumerate(lines) if line.startswith("create ")]
    assert [lines[number] for number in starts if not lines[number - 1].startswith("-- ")] == []


def test_every_macro_is_used(macros: list[tuple[str, str, str]]) -> None:
    texts = [path.read_text("utf-8") for path in FILES] + [definition for _, _, definition in macros]
    of_python = [path.read_text("utf-8") for path in sorted(STATISTICS.glob("*.py"))]
    unused = [
        name
        for name, _, _ in macros
        if not any(re.search(rf"\b{name}\b\"?\(", text) for text in texts)
        and not any(re.search(rf"\b{name}\b", text) for text in of_python)
    ]
    assert unused == []
