"""The workbook that a sender fills in, made from definition and register: what is where, what may stand in it, and as
much as is known already.

Nothing stands in the sheet of the rows but headings and rows, so that it can be sent as it is: an instruction row would
have to be taken out again by somebody. What each column is for is told where its cells are chosen, in a comment on its
heading, and on the sheet Guide.
"""

from collections.abc import Mapping
from typing import Any

from impact.checking.findings import kind_words, rule_words
from impact.checking.values import NOT_AVAILABLE, WITHHELD
from impact.checking.workbook import COVER_FIELDS
from impact.definition import Column, Definition
from impact.intake.books import BLUE, GREY, HEADING, PALE_BLUE, TEXT, TITLE, WRAPPED, clean_text, make_book, whole_range
from impact.intake.choices import Choices, column_choices, first_rows
from impact.periods import Period
from impact.register import Register

_FORMATS = {"integer": "0", "number": "General"}
"""How Excel shows what is typed; anything else is kept as the text it was typed as, so that 007 stays 007."""
_DATE_FORMAT = "yyyy-mm-dd"
_LONGEST_TITLE, _LONGEST_MESSAGE = 32, 255
"""Excel's own limits for what it says beside a cell."""
_NARROWEST, _WIDEST, _WIDEST_NAME = 10, 34, 50
_LISTS, _GUIDE = "Lists", "Guide"


def make_template(definition: Definition, register: Register, sender: str, period: Period) -> bytes:
    """The workbook for one sender, feed and period. The same bytes for the same register and definition."""
    choices = column_choices(definition, register, sender, period)
    rows = first_rows(definition, choices, register)
    place = {"organisation": sender, "feed": definition.name, "period": period.id}

    def fill(book: Any) -> None:
        _cover(book, definition, place, period)
        places = _list_places(definition, choices)
        _rows(book, definition, choices, places, rows)
        _guide(book, definition, choices)
        _lists(book, definition, choices, places)

    return make_book(fill)


def _cover(book: Any, definition: Definition, place: Mapping[str, str], period: Period) -> None:
    """Labels in column A and what they say in column B, as covers are read; what each is for beside it."""
    sheet = book.add_worksheet("Cover")
    title, label, plain, wrapped = (book.add_format(form) for form in (TITLE, {"bold": True}, TEXT, WRAPPED))
    entry = book.add_format({**TEXT, "bg_color": PALE_BLUE, "border": 1})
    given = book.add_format({**TEXT, "bg_color": GREY, "border": 1})
    sheet.set_column("A:A", 20)
    sheet.set_column("B:B", 34, plain)
    sheet.set_column("C:C", 70, wrapped)
    sheet.write_string("A1", f"{definition.title}, {period.label()}", title)
    steps = [
        f"1. Fill in the sheet {definition.name}. What each column is stands on the sheet {_GUIDE}.",
        f"2. Where a cell offers a list, choose from it. The lists, with their meanings, stand on the sheet {_LISTS}.",
        "3. Delete rows that you do not need, and fill in every row that stays: 0 where there was none.",
        "4. Fill in the pale cells below, those that you need. Grey cells are filled in already.",
        f"5. Save, and put the file into the folder inbox/{definition.name}/{period.id}.",
    ]
    for number, step in enumerate(steps, 1):
        sheet.write_string(number, 0, step)
    said = {**place, "template": definition.name, "template_version": definition.version}
    top = len(steps) + 2
    for row, (field, meaning) in enumerate(COVER_FIELDS.items(), top):
        sheet.write_string(row, 0, field.replace("_", " ").capitalize(), label)
        sheet.write_string(row, 1, said.get(field, ""), given if field in said else entry)
        sheet.write_string(row, 2, meaning, wrapped)
        if field == "nil_return":
            sheet.data_validation(row, 1, row, 1, {"validate": "list", "source": ["yes", "no"]})
    _print_on_pages(sheet)


def _list_places(definition: Definition, choices: Choices) -> dict[str, int]:
    """In which column of the sheet Lists the list of each column stands, from 0; beside it what its words are called,
    where the register says."""
    places: dict[str, int] = {}
    free = 0
    for column in definition.columns:
        if words := choices.get(column.name):
            places[column.name] = free
            free += 1 + any(name for _, name in words)
    return places


def _rows(
    book: Any,
    definition: Definition,
    choices: Choices,
    places: Mapping[str, int],
    rows: list[dict[str, str]],
) -> None:
    """The headings, frozen, and the rows that are known to be needed."""
    sheet = book.add_worksheet(definition.name)
    needed = book.add_format(HEADING)
    optional = book.add_format({**HEADING, "bg_color": "#FFFFFF", "font_color": BLUE})
    filled_in = book.add_format({**TEXT, "bg_color": GREY})
    sheet.freeze_panes(1, 0)
    for position, column in enumerate(definition.columns):
        words = choices.get(column.name, ())
        widest = max(map(len, (column.heading + "  ", column.example, *(word for word, _ in words))))
        form = book.add_format({"num_format": _number_format(column)})
        sheet.set_column(position, position, min(max(widest + 2, _NARROWEST), _WIDEST), form)
        sheet.write_string(0, position, column.heading, needed if column.is_required else optional)
        sheet.write_comment(0, position, _about(column), {"x_scale": 2, "y_scale": 1.4, "author": ""})
        sheet.data_validation(
            1, position, definition.most_rows, position, _validation(column, places.get(column.name, 0), len(words))
        )
        for number, row in enumerate(rows, 1):
            if column.name in row:
                sheet.write_string(number, position, row[column.name], filled_in)
    last = len(definition.columns) - 1
    sheet.ignore_errors({"number_stored_as_text": f"A1:{whole_range(last, 1, definition.most_rows + 1).split(':')[1]}"})
    _print_on_pages(sheet)
    sheet.repeat_rows(0)


def _guide(book: Any, definition: Definition, choices: Choices) -> None:
    """Each column and each rule in words."""
    sheet = book.add_worksheet(_GUIDE)
    title, heading, wrapped, bold = (
        book.add_format(form) for form in (TITLE, HEADING, WRAPPED, {**WRAPPED, "bold": True})
    )
    for letter, width in zip("ABCDE", (32, 70, 30, 16, 30), strict=True):
        sheet.set_column(f"{letter}:{letter}", width, wrapped)
    sheet.write_string(0, 0, definition.title, title)
    sheet.merge_range(1, 0, 1, 4, definition.purpose, wrapped)
    sheet.merge_range(
        *(2, 0, 2, 4),
        "A blank cell says nothing; 0 says that there was none. Where a cell need not be filled in, "
        f"{NOT_AVAILABLE} says that you do not have it and {WITHHELD} that you withhold it.",
        wrapped,
    )
    sheet.set_row(1, 32)
    sheet.set_row(2, 32)
    row = 4
    for position, text in enumerate(("Column", "What it is", "What can stand in it", "Must be there", "Example")):
        sheet.write_string(row, position, text, heading)
    for row, column in enumerate(definition.columns, row + 1):  # noqa: B020  (the next free row, carried on)
        must = "yes" if column.is_required else "no"
        kind = f"a word of the sheet {_LISTS}" if column.name in choices else kind_words(column)
        cells = (column.heading, column.description, kind, must, column.example)
        for position, text in enumerate(cells):
            sheet.write_string(row, position, text, wrapped if position else bold)
    row += 2
    sheet.write_string(row, 0, "What must hold", heading)
    sheet.write_string(row, 1, "", heading)
    for rule in definition.rules:
        row += 1
        column = definition.column(str(rule.column))
        sheet.write_string(row, 0, column.heading, bold)
        sheet.write_string(row, 1, rule.says.format(**{**rule_words(rule, column), "value": ""}), wrapped)
    _print_on_pages(sheet)


def _lists(book: Any, definition: Definition, choices: Choices, places: Mapping[str, int]) -> None:
    """The words that can be chosen, and what they are called. The heading of a list is not that of its column, so that
    nobody takes this for the sheet with the rows."""
    sheet = book.add_worksheet(_LISTS)
    heading, plain = book.add_format(HEADING), book.add_format(TEXT)
    sheet.freeze_panes(1, 0)
    for column in definition.columns:
        words = choices.get(column.name, ())
        if not words:
            continue
        position = places[column.name]
        longest = max(len(word) for word, _ in words)
        sheet.set_column(position, position, max(longest, len(column.heading) + 4) + 2, plain)
        sheet.write_string(0, position, f"For {column.heading}", heading)
        if (widest := max(len(name) for _, name in words)) > 0:
            sheet.set_column(position + 1, position + 1, min(widest + 2, _WIDEST_NAME), plain)
            sheet.write_string(0, position + 1, "which is", heading)
        for number, (word, name) in enumerate(words, 1):
            sheet.write_string(number, position, word, plain)
            if name:
                sheet.write_string(number, position + 1, clean_text(name), plain)
    _print_on_pages(sheet)


def _validation(column: Column, place: int, words: int) -> dict[str, Any]:
    """What Excel says and takes in the cells of a column of which `words` words, if any, stand in column `place` of the
    lists. Where [c] or [x] may stand, it only warns."""
    said = {
        "input_title": column.heading[:_LONGEST_TITLE],
        "input_message": clean_text(_about(column), _LONGEST_MESSAGE),
        "error_title": column.heading[:_LONGEST_TITLE],
        "error_message": clean_text(
            "Choose from the list." if words else f"This is {kind_words(column)}. Example: {column.example}",
            _LONGEST_MESSAGE,
        ),
        "error_type": "stop" if column.is_required else "warning",
    }
    if words:
        return {**said, "validate": "list", "source": f"={_LISTS}!{whole_range(place, 2, words + 1)}"}
    if column.kind in ("integer", "number") and column.minimum is not None and column.maximum is not None:
        kind = "integer" if column.kind == "integer" else "decimal"
        bounds = {"criteria": "between", "minimum": column.minimum, "maximum": column.maximum}
        return {**said, "validate": kind, **bounds}
    return {**said, "validate": "any"}


def _number_format(column: Column) -> str:
    is_iso_date = column.kind == "date" and column.date_format == "yyyy-MM-dd"
    return _DATE_FORMAT if is_iso_date else _FORMATS.get(column.kind, "@")


def _about(column: Column) -> str:
    must = "Must be filled in." if column.is_required else "May be left blank."
    return f"{column.description} {must} Example: {column.example}"


def _print_on_pages(sheet: Any) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
