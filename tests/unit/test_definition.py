"""The definitions: each is a true ODCS file, and all that it says can be checked, worked out and put into words."""

import ast
import inspect
import json
import re
import string
from collections.abc import Iterator
from math import inf
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import open_data_contract_standard
import pytest
import yaml

import impact
from impact.checking.before import FOLLOWS, GOES_ON
from impact.checking.findings import about_cells, about_file, plain_number, rule_words
from impact.checking.rules import FUNCTIONS, known_together
from impact.checking.values import is_written_otherwise, read_value
from impact.definition import Column, Definition, Rule, feeds, messages, read_definition, register_files
from tests.unit.checking.small import SMALL

PACKAGE = Path(impact.__file__).parent
FILES = sorted(PACKAGE.rglob("*.odcs.yaml"))
DEFINITIONS = [read_definition(path.read_text("utf-8")) for path in FILES]
RULES = [(definition, rule) for definition in DEFINITIONS for rule in definition.rules]
COLUMNS = [(definition, column) for definition in DEFINITIONS for column in definition.columns]

each_definition = pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda definition: definition.name)
each_rule = pytest.mark.parametrize(
    ("definition", "rule"), [pytest.param(*pair, id=f"{pair[0].name}-{pair[1].name}") for pair in RULES]
)
each_column = pytest.mark.parametrize(
    ("definition", "column"), [pytest.param(*pair, id=f"{pair[0].name}-{pair[1].name}") for pair in COLUMNS]
)


def gaps(sentence: str) -> set[str]:
    """The words in braces that a sentence waits for."""
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_each_is_valid_by_the_schema_of_the_standard(path: Path) -> None:
    schema = json.loads(Path(open_data_contract_standard.__file__).with_name("schema.json").read_text("utf-8"))
    contract = yaml.safe_load(path.read_text("utf-8"))
    jsonschema.validators.validator_for(schema)(schema).validate(contract)
    assert contract["apiVersion"] == "v3.1.0"


@pytest.mark.parametrize("folder", ["feeds", "register"])
def test_a_file_is_named_after_its_table(folder: str) -> None:
    read = feeds() if folder == "feeds" else register_files()
    assert {f"{name}.odcs.yaml" for name in read} == {path.name for path in (PACKAGE / folder).glob("*.yaml")}
    assert read


@each_definition
def test_no_rule_column_or_heading_stands_twice(definition: Definition) -> None:
    for names in (
        [rule.name for rule in definition.rules],
        [column.name for column in definition.columns],
        [column.heading.casefold() for column in definition.columns],
    ):
        assert len(names) == len(set(names))


@each_definition
def test_the_key_is_there_and_only_texts_of_it_may_be_blank(definition: Definition) -> None:
    [key] = [rule.unique_over for rule in definition.rules if rule.name == "rows_unique"]
    assert key == tuple(column.name for column in definition.columns if column.is_key)
    parts = [definition.column(name) for name in key]
    assert all(part.is_required or (definition.name, part.name) == ("changes", "indicator_id") for part in parts)
    assert all(part.is_required or part.kind == "text" for part in parts)


@each_definition
def test_totals_are_of_numbers(definition: Definition) -> None:
    assert {definition.column(name).kind for name in definition.totals} <= {"number", "integer"}


@each_rule
def test_a_rule_that_needs_a_function_names_one_and_gives_it_what_it_needs(definition: Definition, rule: Rule) -> None:
    if rule.expects == "known_together":
        inspect.signature(known_together).bind(None, {}, **rule.arguments)
    elif rule.expects in ("row_holds", "drop_holds"):
        # what narrows a rule is no part of its function, and `follow_wrapped` says whether it can be narrowed
        can_be_narrowed = "unless" in inspect.signature(FUNCTIONS[rule.function], follow_wrapped=False).parameters
        narrowing = {"where", "unless"} if can_be_narrowed else set()
        given = {name: value for name, value in rule.arguments.items() if name not in narrowing}
        inspect.signature(FUNCTIONS[rule.function]).bind(None, **given, **rule.thresholds)
    elif rule.looks_back:
        given = {name: value for name, value in rule.arguments.items() if name != "where"}
        inspect.signature({**FOLLOWS, **GOES_ON}[rule.function]).bind(None, None, **given, **rule.thresholds)
    else:
        assert not rule.arguments


@each_rule
def test_a_rule_looks_at_columns_that_are_there(definition: Definition, rule: Rule) -> None:
    known = {column.name for column in definition.columns}
    known |= {"drop_received_on", "drop_prepared_by", "drop_start_on", "drop_end_on"}
    known |= {"organisation_code"} if rule.arguments.get("of_sender") else set()
    asked: set[str] = set()
    for name, value in rule.arguments.items():
        if isinstance(value, str) and name not in ("file", "unless", "word"):
            asked.add(value)
        elif (
            name in ("columns", "counts", "parts", "within", "by", "where", "unless", "once", "whole")
            and value != "ALL"
        ):
            asked |= set(value)
    assert asked <= known


@each_rule
def test_a_rule_looks_things_up_in_files_of_the_register(definition: Definition, rule: Rule) -> None:
    if rule.expects == "known_together":
        there = {column.name for column in register_files()[rule.arguments["file"]].columns}
        dates = {"active_from", "active_to"} if "active_on" in rule.arguments else set()
        assert {*rule.arguments["columns"], *dates} <= there


@each_rule
def test_words_that_a_rule_looks_for_are_words_that_may_stand_there(definition: Definition, rule: Rule) -> None:
    for name in ("where", "unless", "once"):
        words = rule.arguments.get(name, {})
        for column, choices in words.items() if isinstance(words, dict) else ():
            assert set(choices) <= set(definition.column(column).one_of or choices)


def test_every_function_is_used_by_a_definition() -> None:
    assert set(FUNCTIONS) == {rule.function for _, rule in RULES if rule.expects in ("row_holds", "drop_holds")}
    assert set(FOLLOWS) == {rule.function for _, rule in RULES if rule.expects == "follows"}
    assert set(GOES_ON) == {rule.function for _, rule in RULES if rule.expects == "goes_on"}


def test_what_asks_to_be_confirmed_looks_at_what_it_compares() -> None:
    """By these columns a confirmation is known to hold for a correction."""
    rules = {(definition.name, rule.name): rule for definition, rule in RULES}
    assert rules["sickness_absence", "rate_usual"].looks_at == (
        *("service_code", "staff_group", "fte_days_lost", "fte_days_available"),
    )
    assert rules["savings", "title_kept"].looks_at == ("saving_id", "as_at_quarter", "title")


LAYOUTS = {
    "sickness_absence": """organisation_code, month, service_code, staff_group, basis, fte_days_lost,
        fte_days_available, headcount, fte_start, fte_end, long_term_days_lost, episodes""",
    "staff_survey": """organisation_code, wave, service_code, staff_group, item, instrument_id, fieldwork_start,
        fieldwork_end, mode, eligible_staff, n_1, n_2, n_3, n_4, n_5, n_not_applicable, n_responses, n_scored,
        score_sum, score_sum_of_squares""",
    "service_user_survey": """organisation_code, month, service_code, instrument_id, collection_mode, eligible,
        n_very_good, n_good, n_neither, n_poor, n_very_poor, n_dont_know, n_total""",
    "savings": """organisation_code, saving_id, as_at_quarter, title, service_code, contract_code, benefit_to,
        source, type, recurrence, start_month, end_month, baseline_year, baseline_cost_gbp, baseline_source,
        planned_gbp, forecast_gbp, actual_to_date_gbp, implementation_cost_to_date_gbp, stage, quality_checked_by,
        evidence_level, verified_by, verified_on, price_basis, double_count_group""",
}


@pytest.mark.parametrize("feed", LAYOUTS)
def test_the_columns_of_a_feed_and_their_order(feed: str) -> None:
    assert [column.name for column in feeds()[feed].columns] == [name.strip() for name in LAYOUTS[feed].split(",")]


def test_what_drops_of_a_feed_are_for_and_whether_there_may_be_nothing() -> None:
    read = {feed: feeds()[feed] for feed in LAYOUTS}
    assert {feed: (one.period_grains, one.period_column, one.may_be_nil) for feed, one in read.items()} == {
        "sickness_absence": (("quarter",), "month", False),
        "staff_survey": (("quarter", "year"), "wave", True),
        "service_user_survey": (("quarter",), "month", True),
        "savings": (("quarter",), "as_at_quarter", True),
    }


def test_a_file_is_purged_for_a_small_group_and_for_nothing_else() -> None:
    purged = {(definition.name, rule.name) for definition, rule in RULES if rule.is_purged}
    assert purged == {("sickness_absence", "no_small_group"), ("staff_survey", "no_small_group")}


@each_rule
def test_a_rule_can_say_all_that_it_has_to_say(definition: Definition, rule: Rule) -> None:
    assert rule.column is not None
    column = definition.column(rule.column)
    words = {**rule_words(rule, column), "value": ""}
    for sentence in (rule.says, rule.message, rule.fix):
        assert sentence
        assert gaps(sentence) <= set(words)
        assert not set(sentence.format(**words)) & set("{}")
    finding = about_cells(rule, column, ["C7"], ["1"])
    assert (finding.rule, finding.severity, finding.column) == (rule.name, rule.severity, column.name)


@each_rule
def test_a_threshold_is_said_in_plain_digits(definition: Definition, rule: Rule) -> None:
    for name, value in rule.thresholds.items():
        assert abs(value) != inf
        said = plain_number(value)
        assert float(said) == value, name
        assert set(said) <= set("-.0123456789"), name


@each_column
def test_an_example_is_a_value_that_would_be_taken(definition: Definition, column: Column) -> None:
    value = read_value(column.example, column)
    assert value is not None
    assert not is_written_otherwise(column.example, column)
    if column.pattern is not None:
        assert re.search(column.pattern, column.example)
    if column.one_of:
        assert column.example in column.one_of
    if column.minimum is not None:
        assert float(column.example) >= column.minimum
    if column.maximum is not None:
        assert float(column.example) <= column.maximum


@each_column
def test_a_code_is_looked_up_where_there_are_codes(definition: Definition, column: Column) -> None:
    if column.in_register is not None:
        file, name = column.in_register.split(".")
        if file == "indicators":
            return  # the software's own, which targets name
        assert register_files()[file].column(name).kind == "text"


def calls_of_about_file() -> Iterator[tuple[str, set[str]]]:
    """Every place in the package that says a message about a file: the message, and the words that it is given."""
    for path in PACKAGE.rglob("*.py"):
        module = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(module):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "about_file":
                rule, *rest = node.args
                has_column = bool(rest) and not (isinstance(rest[0], ast.Constant) and rest[0].value is None)
                given = {word.arg for word in node.keywords if word.arg is not None}
                for name in texts_that_may_be(rule, module):
                    yield name, given | ({"column"} if has_column else set())


def texts_that_may_be(argument: ast.expr, module: ast.Module) -> set[str]:
    """The texts that an argument may be: one that is written there, or those that its name is given in the module."""
    if isinstance(argument, ast.Constant):
        return {str(argument.value)}
    assert isinstance(argument, ast.Name), "a message is named where it is said, or just before"
    given = [
        node.value
        for node in ast.walk(module)
        if isinstance(node, ast.Assign) and any(ast.dump(target) == stored(argument) for target in node.targets)
    ]
    choices = [choice for value in given if isinstance(value, ast.IfExp) for choice in (value.body, value.orelse)]
    found = {str(choice.value) for choice in choices if isinstance(choice, ast.Constant)}
    assert found, f"no message is given to {argument.id}"
    return found


def stored(name: ast.Name) -> str:
    return ast.dump(ast.Name(name.id, ast.Store()))


def test_every_message_about_a_file_gets_the_words_it_waits_for() -> None:
    # a {value} that is left out closes up with the words before it, so it may be missing
    missing = {
        rule: gaps(messages()[rule]["message"] + messages()[rule]["fix"]) - words - {"value"}
        for rule, words in calls_of_about_file()
    }
    assert {rule: words for rule, words in missing.items() if words} == {}
    for rule, words in calls_of_about_file():
        finding = about_file(rule, "month", ["A1"], **dict.fromkeys(words - {"column", "cells"}, "given"))
        assert not re.search(r"\{\w*\}", finding.message + finding.fix)


def test_every_message_is_said_somewhere() -> None:
    of_columns = {"not_blank", "one_of", "matches", "between", "at_least", "at_most", "in_register", "unique"}
    of_kinds = {f"readable_{kind}" for kind in ("number", "integer", "month", "date", "period", "boolean")}
    assert set(messages()) == of_columns | of_kinds | {rule for rule, _ in calls_of_about_file()}


def test_every_message_says_what_holds_what_was_found_and_what_to_do() -> None:
    assert {name: set(said) for name, said in messages().items()} == {
        name: {"says", "message", "fix"} for name in messages()
    }
    assert all(sentence.strip() for said in messages().values() for sentence in said.values())


def test_the_properties_of_a_column_are_unfolded_into_rules_in_the_order_of_the_columns() -> None:
    assert [(rule.name, rule.expects, rule.column) for rule in SMALL.rules] == [
        ("organisation_code_not_blank", "not_blank", "organisation_code"),
        ("organisation_code_in_register", "in_register", "organisation_code"),
        ("month_not_blank", "not_blank", "month"),
        ("month_readable", "readable", "month"),
        ("basis_not_blank", "not_blank", "basis"),
        ("basis_one_of", "one_of", "basis"),
        ("fte_days_lost_not_blank", "not_blank", "fte_days_lost"),
        ("fte_days_lost_readable", "readable", "fte_days_lost"),
        ("fte_days_lost_between", "between", "fte_days_lost"),
        ("fte_days_available_readable", "readable", "fte_days_available"),
        ("rows_unique", "unique", "month"),
        ("organisation_is_the_sender", "row_holds", "organisation_code"),
        ("every_month_present", "drop_holds", "month"),
        ("lost_within_available", "row_holds", "fte_days_lost"),
    ]


def test_a_definition_holds_what_its_file_says() -> None:
    assert (SMALL.name, SMALL.title, SMALL.version, SMALL.purpose) == ("small", "Small", "1.0.0", "To be tested with.")
    assert SMALL.totals == ("fte_days_lost",)
    assert SMALL.column("basis").one_of == ("calendar_days", "working_days", "hours")
    lost = SMALL.column("fte_days_lost")
    assert (lost.heading, lost.minimum, lost.maximum, lost.is_required) == ("Days lost", 0, 1000, True)
    severities = {rule.name: rule.severity for rule in SMALL.rules}
    assert severities["lost_within_available"] == "please_confirm"
    assert severities["fte_days_lost_between"] == "must_fix"


def contract(column: dict[str, Any], quality: list[dict[str, Any]] | None = None) -> str:
    """The text of a definition of one column."""
    column = {"name": "amount", "description": "An amount.", "examples": [1], **column}
    table = {"name": "one", "properties": [column], "quality": quality or []}
    return yaml.safe_dump({"name": "One", "version": "1", "description": {"purpose": "One."}, "schema": [table]})


@pytest.mark.parametrize(
    ("column", "sql_type"),
    [
        ({"logicalType": "string"}, "varchar"),
        ({"logicalType": "number"}, "decimal(28,14)"),
        ({"logicalType": "integer"}, "bigint"),
        ({"logicalType": "boolean"}, "boolean"),
        ({"logicalType": "string", "logicalTypeOptions": {"format": "period"}}, "varchar"),
        ({"logicalType": "date", "logicalTypeOptions": {"format": "yyyy-MM"}}, "date"),
        ({"logicalType": "date", "logicalTypeOptions": {"format": "yyyy-MM-dd"}}, "date"),
    ],
)
def test_every_kind_of_column_has_its_sql_type(column: dict[str, Any], sql_type: str) -> None:
    assert read_definition(contract(column)).column("amount").sql_type == sql_type


def test_a_logical_type_that_is_not_read_is_refused_by_its_column() -> None:
    with pytest.raises(ValueError, match="amount: logicalType array"):
        read_definition(contract({"logicalType": "array"}))


def test_a_rule_on_a_column_that_is_not_there_is_refused_by_its_name() -> None:
    how = {"expects": "row_holds", "column": "other", "message": "m", "fix": "f"}
    quality = [{"name": "fits", "severity": "must_fix", "description": "d", "implementation": how}]
    with pytest.raises(ValueError, match="fits: other is not a column"):
        read_definition(contract({"logicalType": "number"}, quality))


@pytest.mark.parametrize("options", [{"minimum": 0}, {"maximum": 10}])
def test_a_bound_that_is_not_given_is_not_said(options: dict[str, int]) -> None:
    definition = read_definition(contract({"logicalType": "number", "logicalTypeOptions": options}))
    [rule] = [rule for rule in definition.rules if rule.expects == "between"]
    said = about_cells(rule, definition.column("amount"), ["A2"], ["11"])
    assert "inf" not in said.message + said.fix
