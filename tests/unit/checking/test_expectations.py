"""What Great Expectations answers for each kind of expectation in use: a contract, so that another version of it that
answers otherwise is noticed here."""

import ast
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
import pytest

import impact
import pipelines
from impact.checking.expectations import Broken, broken_rules, holds_column, unique_column, value_column
from impact.definition import Expects, Rule, Severity

pytestmark = pytest.mark.xdist_group("gx")

NO_DROPS = pd.DataFrame({"drop": []})


def rule(
    expects: Expects,
    thresholds: Mapping[str, float] | None = None,
    severity: Severity = "must_fix",
    name: str = "r",
    unique_over: tuple[str, ...] = (),
) -> Rule:
    return Rule(name, expects, severity, "Holds.", "Broken.", "Mend it.", "c", thresholds or {}, unique_over)


def rows_of(**columns: Sequence[object]) -> pd.DataFrame:
    """Rows 2, 3, ... of drop `a`, unless `drop` and `row` are given."""
    count = len(next(iter(columns.values())))
    frame: dict[str, Sequence[object]] = {"drop": ["a"] * count, "row": list(range(2, count + 2)), **columns}
    return pd.DataFrame({name: pd.Series(list(cells), dtype="object") for name, cells in frame.items()})


def broken_in(one: Rule, rows: pd.DataFrame, known: Sequence[str] = ()) -> list[tuple[str, int | None]]:
    """The drop and row of each place where a rule is broken."""
    broken = broken_rules([one], rows, NO_DROPS, {one.name: known})
    assert all(place.rule is one for place in broken)
    return sorted((place.drop, place.row) for place in broken)


def test_not_blank_names_the_rows_without_a_value() -> None:
    rows = rows_of(c=["x", None, "0", "nan", None])
    assert broken_in(rule("not_blank"), rows) == [("a", 3), ("a", 6)]


def test_not_blank_names_every_row_of_a_column_without_any_value() -> None:
    assert broken_in(rule("not_blank"), rows_of(c=[None, None])) == [("a", 2), ("a", 3)]


def test_one_of_names_the_rows_with_another_text_and_passes_over_blanks() -> None:
    rows = rows_of(c=["hours", "Hours", None, "hours ", "days"])
    assert broken_in(rule("one_of"), rows, known=["hours", "days"]) == [("a", 3), ("a", 5)]


def test_in_register_compares_codes_as_text() -> None:
    rows = rows_of(c=["007", "7", "7.0", "2026-01-01", "1e3", "True", None])
    known = ["007", "2026-01-01", "1000", "1"]
    assert broken_in(rule("in_register"), rows, known=known) == [("a", 3), ("a", 4), ("a", 6), ("a", 7)]


def test_in_register_knows_no_code_while_the_register_is_empty() -> None:
    assert broken_in(rule("in_register"), rows_of(c=["M001", None, "M002"]), known=[]) == [("a", 2), ("a", 4)]


def test_between_names_the_rows_outside_and_keeps_both_ends() -> None:
    rows = rows_of(c=["ignored"] * 6)
    rows[value_column("c")] = pd.Series([0.0, 10.0, -0.1, 10.1, None, 5.0], dtype="float64")
    assert broken_in(rule("between", {"low": 0, "high": 10}), rows) == [("a", 4), ("a", 5)]


def test_between_passes_over_a_column_without_any_value() -> None:
    rows = rows_of(c=["x", "y"])
    rows[value_column("c")] = pd.Series([None, None], dtype="float64")
    assert broken_in(rule("between", {"low": 0, "high": 10}), rows) == []


def test_unique_names_every_row_that_another_one_repeats_within_a_drop() -> None:
    rows = rows_of(
        drop=["a", "a", "a", "b", "b"],
        row=[2, 3, 4, 2, 3],
        c__unique=["x", "y", "x", "x", "y"],
        d__unique=["1", "1", "1", "1", "2"],
    )
    assert broken_in(rule("unique", unique_over=("c", "d")), rows) == [("a", 2), ("a", 4)]
    assert broken_in(rule("unique", unique_over=("d",)), rows) == [("a", 2), ("a", 3), ("a", 4)]


def test_unique_passes_over_rows_with_a_blank_in_what_must_be_unique() -> None:
    rows = rows_of(c=["x", "x", "x", "x"], c__unique=["x", "x", "x", "x"], d__unique=[None, None, "1", "1"])
    assert broken_in(rule("unique", unique_over=("c", "d")), rows) == [("a", 4), ("a", 5)]


def test_unique_compares_dates_as_dates_and_passes_over_those_that_are_missing() -> None:
    rows = rows_of(c=["ignored"] * 4)
    rows[unique_column("c")] = pd.Series(["2026-01-01", None, "2026-01-01", None], dtype="datetime64[s]")
    assert broken_in(rule("unique", unique_over=("c",)), rows) == [("a", 2), ("a", 4)]


def test_matches_names_the_rows_that_are_otherwise_and_passes_over_blanks() -> None:
    rows = rows_of(c=["M001", "../x", None, "M 1", "", "M001x", "007"])
    assert broken_in(rule("matches"), rows, known=["^[A-Z0-9]+$"]) == [("a", 3), ("a", 5), ("a", 6), ("a", 7)]


@pytest.mark.parametrize("expects", ["readable", "known_together", "row_holds"])
def test_a_function_of_ours_is_broken_where_it_says_so(expects: Expects) -> None:
    rows = rows_of(c=["x", "y", "z"])
    rows[holds_column(rule(expects))] = [True, False, True]
    assert broken_in(rule(expects), rows) == [("a", 3)]


def test_a_drop_as_a_whole_is_named_without_a_row() -> None:
    one = rule("drop_holds")
    drops = pd.DataFrame({"drop": ["a", "b", "c"], holds_column(one): [True, False, False]})
    broken = broken_rules([one], rows_of(c=["x"]), drops, {})
    assert broken == [Broken(one, "b", None), Broken(one, "c", None)]


def test_rows_of_the_same_number_in_two_drops_are_told_apart() -> None:
    rows = rows_of(drop=["a", "b", "c"], row=[2, 2, 2], c=[None, "x", None])
    assert broken_in(rule("not_blank"), rows) == [("a", 2), ("c", 2)]


def test_every_broken_row_is_named_however_many_there_are() -> None:
    rows = rows_of(c=[None, "x"] * 1500)
    assert broken_in(rule("not_blank"), rows) == [("a", number) for number in range(2, 3002, 2)]


@pytest.mark.parametrize("severity", ["must_fix", "please_confirm", "for_information"])
def test_rows_are_named_whatever_the_severity(severity: Severity) -> None:
    assert broken_in(rule("not_blank", severity=severity), rows_of(c=[None])) == [("a", 2)]


def test_rules_on_the_same_column_are_each_answered() -> None:
    asked = [rule("not_blank", name="there"), rule("one_of", name="listed"), rule("in_register", name="known")]
    rows = rows_of(c=[None, "x", "y"])
    broken = broken_rules(asked, rows, NO_DROPS, {"listed": ["x"], "known": ["y"]})
    assert sorted((place.rule.name, place.row) for place in broken) == [("known", 3), ("listed", 4), ("there", 2)]


def test_no_rows_and_no_rules_break_nothing() -> None:
    assert broken_rules([rule("not_blank")], rows_of(c=[]), NO_DROPS, {}) == []
    assert broken_rules([], rows_of(c=["x"]), NO_DROPS, {}) == []


def test_an_expectation_that_cannot_be_evaluated_is_never_a_check_passed() -> None:
    with pytest.raises(RuntimeError, match="could not evaluate the rule r"):
        broken_rules([rule("not_blank")], rows_of(other=["x"]), NO_DROPS, {})
    text = rows_of(c=["x"], c__value=["text where a number should be"])
    with pytest.raises(RuntimeError, match="could not evaluate the rule r"):
        broken_rules([rule("between", {"low": 0, "high": 10})], text, NO_DROPS, {})


def test_one_expectation_that_cannot_be_evaluated_is_not_hidden_by_those_that_can() -> None:
    able, unable = rule("not_blank", name="able"), rule("row_holds", name="unable")
    with pytest.raises(RuntimeError, match="could not evaluate the rule unable"):
        broken_rules([able, unable], rows_of(c=[None]), NO_DROPS, {})


def test_one_batch_leaves_nothing_to_the_next() -> None:
    for values, places in ((["x"], []), ([None, "x"], [("a", 2)]), (["x", None], [("a", 3)])):
        assert broken_in(rule("not_blank"), rows_of(c=values)) == places


def test_great_expectations_is_told_to_send_nothing_home() -> None:
    broken_rules([], rows_of(c=["x"]), NO_DROPS, {})
    assert os.environ["GX_ANALYTICS_ENABLED"] == "false"


def modules_that_import(name: str) -> set[str]:
    """Every module of ours with an import of a package, at its top or inside a function."""
    found = set()
    for folder in (Path(impact.__file__).parent, Path(pipelines.__file__).parent):
        for path in folder.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                imported = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                if isinstance(node, ast.ImportFrom) and node.module is not None:
                    imported.append(node.module)
                if any(module.split(".")[0] == name for module in imported):
                    found.add(path.relative_to(folder.parent).as_posix())
    return found


def test_one_module_imports_great_expectations() -> None:
    assert modules_that_import("great_expectations") == {"impact/checking/expectations.py"}


def test_great_expectations_is_imported_only_once_it_is_needed() -> None:
    script = "import sys, impact.cli, impact.intake.intake; sys.exit('great_expectations' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
