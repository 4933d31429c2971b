"""Answer sheets counted into the rows that the sender would have counted: a table of sheets in, a table of the feed's
own layout out, exact to the last unit. What is stored and checked from there on is the counts alone.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from math import lcm

from impact.checking.batch import column_texts
from impact.checking.findings import Finding, about_file, cell_name, shown_heading
from impact.checking.reading import TextTable
from impact.checking.values import UNIT, plain_form
from impact.definition import AnswerSheets, Definition, feeds, with_questions
from impact.register import Register

_ALL = "ALL"
_EVERY_MODE = "all"
_BREAKDOWNS = ("service_code", "staff_group")
_SHOWN_PLACES = 3
_DIGITS = 60
"""More than a sum of scores has, so that nothing is rounded but to the unit."""
_CODE_AND_NUMBER = re.compile(r"(\S.{0,60}?)[\s:=]+([0-9]{1,7})")
_ROW_NUMBER = re.compile("[^0-9]")
"""All of the name of a cell but its row."""

Sheet = Mapping[str, str]
"""What one answer sheet says: column -> what stands there in its plain form, blank where nothing does."""
Row = Mapping[str, str]
"""A row of counts: column of the feed -> text."""


@dataclass(frozen=True)
class Sheets:
    """The answer sheets of a drop: their table as `definition` (of `sheets_definition`) has it, who sent them for which
    period, and what the cover says, by field."""

    layout: AnswerSheets
    definition: Definition
    table: TextTable
    heading_row: int
    sender: str
    period: str
    cover: Mapping[str, str]


@dataclass(frozen=True)
class Counted:
    """The counts as a table of the feed, whose rows are numbered from 1, and what to say about how they came about."""

    table: TextTable
    findings: tuple[Finding, ...]


def sheets_definition(layout: AnswerSheets, register: Register) -> Definition:
    """The table of answer sheets, with a column for each question that an instrument of the feed has."""
    of_feed = [row["instrument_id"] for row in register.files["instruments"] if row["feed"] == layout.feed]
    return with_questions(layout.sheets, [item for one in of_feed for item in _items(register, one, "question")])


def cover_table(layout: AnswerSheets, cover: Mapping[str, str]) -> TextTable:
    """What the cover says of the survey, as a table of one row."""
    names = [column.name for column in layout.cover.columns]
    return TextTable(
        {name: place for place, name in enumerate(names)}, (tuple(cover.get(name, "") for name in names),), (1,)
    )


def about_cover(findings: Iterable[Finding]) -> list[Finding]:
    """Findings on that table, in the words of somebody who sees a cover."""
    return [Finding(one.rule, one.severity, f"On the cover: {one.message}", one.fix, one.column) for one in findings]


def sheet_findings(sheets: Sheets, register: Register) -> Iterator[Finding]:
    """What no single cell is wrong in: questions of another instrument, groups that the cover does not make clear."""
    instrument = sheets.cover.get("instrument_id", "")
    known = _items(register, instrument, "question")
    for name in _questions(sheets) if known else ():
        if name not in known:
            cells = [cell_name(sheets.table.columns[name], sheets.heading_row)]
            yield about_file("question_unknown", name, cells, value=name, example=instrument)
    unclear, _ = _eligible_by_group(sheets, register)
    if unclear:
        example = sheets.layout.cover.column("eligible_staff_by_group").example
        said = ", ".join(f'"{shown_heading(one)}"' for one in unclear[:_SHOWN_PLACES])
        yield about_file("groups_unclear", "eligible_staff_by_group", value=said, example=example)


def count_sheets(sheets: Sheets, register: Register) -> Counted:
    """The counts of answer sheets in which nothing is wrong. The order of the sheets makes no difference."""
    answers = _answers(sheets)
    if sheets.layout.scores:
        rows, findings = _staff_rows(sheets, answers, register)
    else:
        rows, findings = _user_rows(sheets, answers)
    columns = [column.name for column in feeds()[sheets.layout.feed].columns]
    table = TextTable(
        columns={name: place for place, name in enumerate(columns)},
        rows=tuple(tuple(row.get(name, "") for name in columns) for row in rows),
        row_numbers=tuple(range(1, len(rows) + 1)),
    )
    return Counted(table, tuple(findings))


def about_counts(findings: Iterable[Finding], counted: TextTable, sheets: Sheets) -> list[Finding]:
    """Findings on counts, in the words of somebody who sees answer sheets: the headings of the questions in place of
    cells that are in no file."""
    of_cover = {column.name for column in sheets.layout.cover.columns}
    about = []
    for finding in findings:
        numbers = dict.fromkeys(int(_ROW_NUMBER.sub("", cell)) for cell in finding.cells)
        rows = [dict(zip(counted.columns, counted.rows[number - 1], strict=True)) for number in numbers]
        places = list(dict.fromkeys(_place(row) for row in rows))
        shown = "; ".join(places[:_SHOWN_PLACES]) + ("; and others" if len(places) > _SHOWN_PLACES else "")
        questions = {name for row in rows for name in sheets.layout.questions_of(row.get("item", ""))}
        positions = sorted(sheets.table.columns[name] for name in questions & set(sheets.table.columns))
        said = about_file("counted_from_sheets", place=shown or "the file as a whole", value=finding.message)
        about.append(
            Finding(
                finding.rule,
                finding.severity,
                said.message,
                said.fix,
                finding.column,
                () if finding.column in of_cover else tuple(cell_name(at, sheets.heading_row) for at in positions),
            )
        )
    return about


def _place(row: Row) -> str:
    """What a row of counts is about, in words."""
    if "month" in row:
        mode = row["collection_mode"]
        return f"{row['service_code']} in {row['month']}" + ("" if mode == _EVERY_MODE else f" by {mode}")
    who = next((row[column] for column in _BREAKDOWNS if row[column] != _ALL), "the whole organisation")
    return f"{row['item']} of {who}"


def _items(register: Register, instrument: str | None, kind: str) -> list[str]:
    return [
        str(row["item"])
        for row in register.files["instrument_items"]
        if row["instrument_id"] == instrument and row["kind"] == kind
    ]


def _questions(sheets: Sheets) -> list[str]:
    """The questions that the file has a column for."""
    others = {column.name for column in sheets.layout.sheets.columns}
    return [name for name in sheets.table.columns if name not in others]


def _answers(sheets: Sheets) -> list[Sheet]:
    forms: dict[str, list[str]] = {}
    for column in sheets.definition.columns:
        if column.name in sheets.table.columns:
            texts = column_texts(sheets.table, column)
            plain = {text: "" if text is None else plain_form(text, column) for text in dict.fromkeys(texts)}
            forms[column.name] = [plain[text] for text in texts]
    return [dict(zip(forms, cells, strict=True)) for cells in zip(*forms.values(), strict=True)]


# Staff


def _staff_rows(sheets: Sheets, answers: Sequence[Sheet], register: Register) -> tuple[list[Row], list[Finding]]:
    cover, layout = sheets.cover, sheets.layout
    instrument = cover["instrument_id"]
    there = set(_questions(sheets))
    questions = [name for name in _items(register, instrument, "question") if name in there]
    scores = [
        name
        for name in _items(register, instrument, "score")
        if name in layout.scores and there.issuperset(layout.questions_of(name))
    ]
    groups, findings = _groups(sheets, answers, register)
    rows: list[Row] = []
    for (service, group), (eligible, members) in groups.items():
        about = {
            "organisation_code": sheets.sender,
            "wave": sheets.period,
            "service_code": service,
            "staff_group": group,
            "eligible_staff": eligible,
            **{name: cover[name] for name in ("instrument_id", "fieldwork_start", "fieldwork_end", "mode")},
        }
        for question in questions:
            given = Counter(sheet[question] for sheet in members)
            counts = {column: str(given[answer]) for answer, column in layout.counted_as.items()}
            rows.append({**about, "item": question, **counts, "n_responses": str(len(members))})
        rows += [{**about, "item": score, **_scored(layout, score, members)} for score in scores]
    return rows, findings


def _groups(
    sheets: Sheets, answers: Sequence[Sheet], register: Register
) -> tuple[dict[tuple[str, str], tuple[str, Sequence[Sheet]]], list[Finding]]:
    """The whole, and each service and staff group that is counted on its own: people asked in it, and its sheets.

    A group under the least, of people or answers, counts in the whole only; and where the answers that are then left
    over would be so few that taking the others from the whole shows them, so does the smallest of the others.
    """
    least = sheets.layout.least_group
    _, eligible = _eligible_by_group(sheets, register)
    kept: dict[tuple[str, str], tuple[str, Sequence[Sheet]]] = {(_ALL, _ALL): (sheets.cover["eligible_staff"], answers)}
    small: list[str] = []
    unsaid: list[str] = []
    for column in _BREAKDOWNS:
        by_code: dict[str, list[Sheet]] = defaultdict(list)
        for sheet in answers:
            if (code := sheet.get(column, "")) not in ("", _ALL):
                by_code[code].append(sheet)
        asked = {code: number for (of, code), number in eligible.items() if of == column}
        unsaid += sorted(by_code.keys() - asked.keys())
        own = {code: by_code[code] for code in sorted(asked) if len(by_code[code]) >= least and asked[code] >= least}
        # Without sheets of its own a group has nothing to count, and nothing to say about it.
        small += [code for code in sorted(asked) if code not in own and by_code[code]]
        while own and 0 < len(answers) - sum(map(len, own.values())) < least:
            smallest = min(own, key=lambda code: (len(own[code]), code))
            small.append(smallest)
            del own[smallest]
        for code, members in own.items():
            kept[(code, _ALL) if column == "service_code" else (_ALL, code)] = (str(asked[code]), members)
    findings = []
    if small:
        findings.append(about_file("small_groups_otherwise", value=", ".join(small), high=str(least)))
    if unsaid:
        example = sheets.layout.cover.column("eligible_staff_by_group").example
        findings.append(about_file("groups_without_staff_otherwise", value=", ".join(unsaid), example=example))
    return kept, findings


def _eligible_by_group(sheets: Sheets, register: Register) -> tuple[list[str], dict[tuple[str, str], int]]:
    """What of the cover's field is not clear, and (column, code) -> people who were asked."""
    of_sender = {row["service_code"] for row in register.files["services"] if row["organisation_code"] == sheets.sender}
    of_all = {row["staff_group"] for row in register.files["staff_groups"]}
    unclear: list[str] = []
    found: dict[tuple[str, str], int] = {}
    for part in re.split(r"[,;\n]", sheets.cover.get("eligible_staff_by_group", "")):
        if not (text := part.strip()):
            continue
        written = _CODE_AND_NUMBER.fullmatch(text)
        code = written[1] if written else ""
        column = "service_code" if code in of_sender else "staff_group" if code in of_all else ""
        if not written or not column or (column, code) in found:
            unclear.append(text)
        else:
            found[column, code] = int(written[2])
    return unclear, found


def _scored(layout: AnswerSheets, score: str, members: Iterable[Sheet]) -> Row:
    """How many have the score, and the sums of scores and of their squares. Whole numbers until the very end."""
    weights = _weights(layout, score)
    points = {answer: Fraction(str(number)) for answer, number in layout.points.items()}
    part = lcm(*(weight.denominator for weight in weights.values())) * lcm(
        *(one.denominator for one in points.values())
    )
    worth = {
        (name, answer): int(weight * number * part)
        for name, weight in weights.items()
        for answer, number in points.items()
    }
    scores = [
        sum(worth[name, sheet[name]] for name in weights) for sheet in members if all(sheet[name] for name in weights)
    ]
    return {
        "n_scored": str(len(scores)),
        "score_sum": _plain(Fraction(sum(scores), part)),
        "score_sum_of_squares": _plain(Fraction(sum(one * one for one in scores), part * part)),
    }


def _weights(layout: AnswerSheets, score: str) -> dict[str, Fraction]:
    """How much of a score each question is: a score is the mean of its parts, which are questions or scores."""
    parts = layout.scores.get(score)
    if parts is None:
        return {score: Fraction(1)}
    return {question: weight / len(parts) for part in parts for question, weight in _weights(layout, part).items()}


def _plain(number: Fraction) -> str:
    with localcontext(prec=_DIGITS):
        rounded = (Decimal(number.numerator) / Decimal(number.denominator)).quantize(UNIT, ROUND_HALF_UP)
        return f"{rounded.normalize():f}" if rounded else "0"


# Service users


def _user_rows(sheets: Sheets, answers: Sequence[Sheet]) -> tuple[list[Row], list[Finding]]:
    """For each month and service a row of everybody, and one a way of asking where each has enough answers."""
    least = sheets.layout.least_group
    by_place: dict[tuple[str, str], list[Sheet]] = defaultdict(list)
    for sheet in answers:
        by_place[f"{date.fromisoformat(sheet['date']):%Y-%m}", sheet["service_code"]].append(sheet)
    rows: list[Row] = []
    merged: list[str] = []
    for (month, service), members in sorted(by_place.items()):
        by_mode: dict[str, list[Sheet]] = defaultdict(list)
        for sheet in members:
            by_mode[sheet.get("collection_mode", "")].append(sheet)
        ways = sorted(by_mode.items())
        if "" in by_mode or min(map(len, by_mode.values())) < least:
            merged += [f"{service} in {month}"] if len(by_mode) > 1 else []
            ways = []
        for mode, of_mode in [(_EVERY_MODE, members), *ways]:
            given = Counter(sheet["rating"] for sheet in of_mode)
            rows.append(
                {
                    "organisation_code": sheets.sender,
                    "month": month,
                    "service_code": service,
                    "instrument_id": sheets.cover["instrument_id"],
                    "collection_mode": mode,
                    **{column: str(given[answer]) for answer, column in sheets.layout.counted_as.items()},
                    "n_total": str(len(of_mode)),
                }
            )
    findings = [about_file("modes_merged_otherwise", value=", ".join(merged), high=str(least))] if merged else []
    return rows, findings
