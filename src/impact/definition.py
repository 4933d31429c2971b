"""A definition: the one place that says what a table that people send must look like.

Each is an Open Data Contract Standard (ODCS v3.1) file. Here it is read into plain data, and its properties are
unfolded into rules, so that types, checks, messages and the column guide all come from the same lines of YAML.
How a rule is checked belongs in `impact.checking`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from math import inf
from pathlib import Path
from typing import Any, Literal

import yaml

Severity = Literal["must_fix", "please_confirm", "for_information"]
Kind = Literal["text", "number", "integer", "month", "date", "period", "boolean"]
Expects = Literal[
    "not_blank",
    "readable",
    "one_of",
    "matches",
    "between",
    "in_register",
    "known_together",
    "unique",
    "row_holds",
    "drop_holds",
    "follows",
    "goes_on",
]

EACH = "each"
"""In the rows that a template begins with: one for each word that can stand in the column."""

_PACKAGE = Path(__file__).parent
_MOST_ROWS = 20_000
"""More than any file of the register needs, and few enough to check in a second or two."""
_LAST_PLACE = 100
_SQL_TYPES: dict[Kind, str] = {
    "text": "varchar",
    "number": "decimal(28,14)",
    "integer": "bigint",
    "month": "date",
    "date": "date",
    "period": "varchar",
    "boolean": "boolean",
}


@dataclass(frozen=True)
class Column:
    """A column of the table: its name here, its heading in the file, and what may stand in it."""

    name: str
    heading: str
    kind: Kind
    date_format: str
    is_required: bool
    is_key: bool
    description: str
    example: str
    minimum: float | None
    maximum: float | None
    one_of: tuple[str, ...]
    pattern: str | None
    is_unique: bool
    in_register: str | None
    stands_for: Literal["", "question"] = ""
    """What there is such a column for each of, in a layout whose columns are the register's to say."""

    @property
    def sql_type(self) -> str:
        return _SQL_TYPES[self.kind]

    @property
    def unit(self) -> str:
        """What the column counts, as the end of its name says it: gbp, percent."""
        return self.name.rpartition("_")[2]


@dataclass(frozen=True)
class Rule:
    """One thing that must hold, and what to say when it does not.

    `subject` says whose rows it looks at: each row, all rows of a drop together, or the rows that its sender had sent
    before. `column` is the cell that a finding points at, `looks_at` every column that it depends on; `unique_over` the
    columns that no two rows may share. `function` is what decides it, where a function of ours does, and `arguments`
    are the columns and words that it is given beside the thresholds. A drop that breaks a rule with `is_purged` is not
    kept, not even its bytes. Messages may use {column}, {example}, {value}, {low}, {high}, {choices} and the
    thresholds.
    """

    name: str
    expects: Expects
    severity: Severity
    says: str
    message: str
    fix: str
    column: str | None = None
    thresholds: Mapping[str, float] = field(default_factory=dict)
    unique_over: tuple[str, ...] = ()
    function: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    is_purged: bool = False
    looks_at: tuple[str, ...] = ()

    @property
    def subject(self) -> Literal["row", "drop", "before"]:
        match self.expects:
            case "drop_holds":
                return "drop"
            case "goes_on":
                return "before"
            case _:
                return "row"

    @property
    def looks_back(self) -> bool:
        """Whether it compares a drop with what its sender had sent before."""
        return self.expects in ("follows", "goes_on")


@dataclass(frozen=True)
class Definition:
    """One ODCS file, read. `source` is `return` (from the organisation itself) or `official` (from a publisher).

    `period_grains` are the periods that a drop can be for. `period_column` says which period a row belongs to: a month
    belongs to its quarter where drops are for quarters. `report_place` is where among the topics of a report the feed
    comes. `may_be_nil`: whether there can be nothing to report, and
    `may_be_left_out` whether a register can do without the file. `template_rows` says which rows its template begins
    with: a column -> the word that stands there, or EACH for a row for each word that can.
    """

    name: str
    title: str
    version: str
    purpose: str
    source: Literal["return", "official"]
    period_grains: tuple[Literal["month", "quarter", "year"], ...]
    period_column: str | None
    may_be_nil: bool
    may_be_left_out: bool
    report_place: int
    most_rows: int
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...]
    totals: tuple[str, ...]
    cover: tuple[Column, ...] = ()
    """What the cover must say beside what every cover may."""
    template_rows: Mapping[str, str] = field(default_factory=dict)

    @property
    def looks_back(self) -> bool:
        """Whether a drop is compared with what its sender had sent before."""
        return any(rule.looks_back for rule in self.rules)

    @property
    def is_csv(self) -> bool:
        """Whether files of it are nothing but CSV: an official file is taken as it is published."""
        return self.source == "official"

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


@dataclass(frozen=True)
class AnswerSheets:
    """The other layout of a survey: one row an answer sheet, counted on arrival into rows of the feed's own definition.

    `sheets` is the table that is sent, `cover` what the cover must say, as a table of one row. `counted_as` maps an
    answer to the column that counts it, `points` an answer to what it scores; `scores` maps a score to its questions,
    or to the scores it is the mean of. A group of under `least_group` is counted in the whole only. The file itself is
    purged after `retention_days`.
    """

    feed: str
    sheets: Definition
    cover: Definition
    counted_as: Mapping[str, str]
    points: Mapping[str, float]
    scores: Mapping[str, tuple[str, ...]]
    least_group: int
    retention_days: int

    def questions_of(self, score: str) -> tuple[str, ...]:
        """The questions that a score is made of; of a question, itself."""
        if score not in self.scores:
            return (score,)
        return tuple(question for part in self.scores[score] for question in self.questions_of(part))


@cache
def feeds() -> dict[str, Definition]:
    """The definition of every feed, by name."""
    return _read_folder("feeds")


@cache
def answer_sheets() -> dict[str, AnswerSheets]:
    """The answer-sheet layout of each feed that has one, by the feed's name."""
    files = sorted((_PACKAGE / "feeds" / "answer_sheets").glob("*.odcs.yaml"))
    return {read.feed: read for read in (read_answer_sheets(file.read_text("utf-8")) for file in files)}


@cache
def register_files() -> dict[str, Definition]:
    """The definition of every file of the register, by name."""
    return _read_folder("register")


@cache
def messages() -> Mapping[str, Mapping[str, str]]:
    """The words for what any file can get wrong: rule -> `says`, `message`, `fix`."""
    read: dict[str, dict[str, str]] = _from_yaml((_PACKAGE / "checking" / "messages.yaml").read_text("utf-8"))
    return read


def read_definition(text: str, place: int = 0) -> Definition:
    """Read one table of an ODCS file, the first unless another is asked for. Raises KeyError or ValueError where it
    lacks what this software needs."""
    contract = _from_yaml(text)
    table = contract["schema"][place]
    custom = _custom(contract)
    columns = tuple(_column(entry) for entry in table["properties"])
    named = {column.name: column for column in columns}
    rules = [rule for column in columns for rule in _column_rules(column)]
    if key := tuple(column.name for column in columns if column.is_key):
        # Of the parts of a key, what people get wrong is the month or date, where there is one.
        by_kind = [name for name in key if named[name].kind not in ("text", "period")]
        wrong = next(iter(by_kind + [name for name in reversed(key) if named[name].kind == "text"]), key[-1])
        rules.append(replace(_common_rule("unique", "rows_unique", wrong), unique_over=key))
    rules += [_own_rule(entry, named) for entry in table.get("quality", [])]
    return Definition(
        name=table["name"],
        title=contract["name"],
        version=contract["version"],
        purpose=" ".join(contract["description"]["purpose"].split()),
        source=custom.get("source", "return"),
        period_grains=tuple(custom.get("periodGrains", ("quarter",))),
        period_column=custom.get("periodColumn"),
        may_be_nil=custom.get("mayBeNil", False),
        may_be_left_out=custom.get("mayBeLeftOut", False),
        report_place=custom.get("reportPlace", _LAST_PLACE),
        most_rows=custom.get("mostRows", _MOST_ROWS),
        columns=columns,
        rules=tuple(rules),
        totals=tuple(custom.get("totals", ())),
        template_rows=custom.get("templateRows", {}),
    )


def read_answer_sheets(text: str) -> AnswerSheets:
    """Read an ODCS file of two tables: the answer sheets and what their cover says. Raises as `read_definition`."""
    custom = _custom(_from_yaml(text))
    cover = replace(read_definition(text, 1), period_column=None)
    return AnswerSheets(
        feed=custom["layoutOf"],
        sheets=replace(read_definition(text), cover=cover.columns),
        cover=cover,
        counted_as=custom["countedAs"],
        points=custom.get("points", {}),
        scores={name: tuple(parts) for name, parts in custom.get("scores", {}).items()},
        least_group=custom["leastGroup"],
        retention_days=custom["retentionDays"],
    )


def with_questions(definition: Definition, questions: Iterable[str]) -> Definition:
    """The definition with a column for each question in place of the one that stands for them."""
    taken = {column.name for column in definition.columns}
    names = [name for name in dict.fromkeys(questions) if name not in taken]
    columns: list[Column] = []
    for column in definition.columns:
        columns += (
            [replace(column, name=name, heading=name, stands_for="") for name in names]
            if column.stands_for == "question"
            else [column]
        )
    standing = {column.name for column in definition.columns if column.stands_for}
    rules = [rule for column in columns if column.name in names for rule in _column_rules(column)]
    rules += [rule for rule in definition.rules if rule.column not in standing]
    return replace(definition, columns=tuple(columns), rules=tuple(rules))


def _custom(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {one["property"]: one["value"] for one in entry.get("customProperties", [])}


def _from_yaml(text: str) -> Any:
    """With the parser in C where there is one: eight times as fast, and `impact check` reads 25 such files."""
    return yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  (safe either way)


def _read_folder(folder: str) -> dict[str, Definition]:
    files = sorted((_PACKAGE / folder).glob("*.odcs.yaml"))
    return {read.name: read for read in (read_definition(file.read_text("utf-8")) for file in files)}


def _column(entry: Mapping[str, Any]) -> Column:
    options = entry.get("logicalTypeOptions", {})
    date_format = options.get("format", "")
    kind: Kind
    match entry["logicalType"]:
        case "date":
            kind = "month" if date_format == "yyyy-MM" else "date"
        case "string":
            kind = "period" if date_format == "period" else "text"
        case "number" | "integer" | "boolean" as same:
            kind = same
        case other:
            raise ValueError(f"{entry['name']}: logicalType {other} is not one that this software reads")
    one_of = next(
        (check["arguments"]["validValues"] for check in entry.get("quality", []) if check["metric"] == "invalidValues"),
        (),
    )
    return Column(
        name=entry["name"],
        heading=entry.get("physicalName", entry["name"]),
        kind=kind,
        date_format=date_format,
        is_required=entry.get("required", False),
        is_key=entry.get("primaryKey", False),
        description=" ".join(entry["description"].split()),
        example=str(entry["examples"][0]),
        minimum=options.get("minimum"),
        maximum=options.get("maximum"),
        one_of=tuple(one_of),
        pattern=options.get("pattern"),
        is_unique=entry.get("unique", False),
        in_register=next((relation["to"] for relation in entry.get("relationships", [])), None),
        stands_for=_custom(entry).get("oneForEach", ""),
    )


def _column_rules(column: Column) -> Iterator[Rule]:
    if column.is_required:
        yield _common_rule("not_blank", f"{column.name}_not_blank", column.name)
    if column.kind != "text":
        yield _common_rule("readable", f"{column.name}_readable", column.name, words=f"readable_{column.kind}")
    if column.one_of:
        yield _common_rule("one_of", f"{column.name}_one_of", column.name)
    if column.pattern:
        yield _common_rule("matches", f"{column.name}_matches", column.name)
    if column.is_unique:
        yield replace(_common_rule("unique", f"{column.name}_unique", column.name), unique_over=(column.name,))
    if column.minimum is not None or column.maximum is not None:
        low = -inf if column.minimum is None else column.minimum
        high = inf if column.maximum is None else column.maximum
        yield replace(
            _common_rule("between", f"{column.name}_between", column.name, words=_bounds(low, high)),
            thresholds={"low": low, "high": high},
        )
    if column.in_register:
        yield _common_rule("in_register", f"{column.name}_in_register", column.name)


def _bounds(low: float, high: float) -> str:
    """Which words speak of these bounds: one that is not there is not said."""
    return "at_most" if low == -inf else "at_least" if high == inf else "between"


def _common_rule(expects: Expects, name: str, column: str, words: str | None = None) -> Rule:
    said = messages()[words or expects]
    return Rule(name, expects, "must_fix", said["says"], said["message"], said["fix"], column)


def _own_rule(entry: Mapping[str, Any], columns: Mapping[str, Column]) -> Rule:
    how = entry["implementation"]
    if how["column"] not in columns:
        raise ValueError(f"{entry['name']}: {how['column']} is not a column of this definition")
    return Rule(
        name=entry["name"],
        expects=how["expects"],
        severity=entry["severity"],
        says=entry["description"],
        message=" ".join(how["message"].split()),
        fix=" ".join(how["fix"].split()),
        column=how["column"],
        thresholds=how.get("thresholds", {}),
        function=how.get("function", entry["name"]),
        arguments=how.get("arguments", {}),
        is_purged=how.get("purge", False),
        looks_at=tuple(name for name in columns if name in {how["column"], *_words_in(how.get("arguments", {}))}),
    )


def _words_in(arguments: Any) -> Iterator[str]:
    """Every text that stands anywhere in the arguments of a rule: column names, and words that may stand in them."""
    match arguments:
        case str():
            yield arguments
        case Mapping():
            for name, value in arguments.items():
                yield name
                yield from _words_in(value)
        case list():
            for value in arguments:
                yield from _words_in(value)
