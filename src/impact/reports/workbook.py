"""A report as a workbook, by the Government Analysis Function's "Releasing statistics in spreadsheets": a cover, what
is in it, notes, then one marked-up table a sheet. What stands on which sheet belongs in `sheets`.

No cell is merged, blank, hidden or commented on; no text is taken for a formula or a link; figures are numbers that
show what the page prints. The same report is the same bytes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from functools import lru_cache
from textwrap import wrap
from typing import Any

from impact.checking.findings import cell_name
from impact.intake.books import BLUE, make_book
from impact.reports.content import Column, Report
from impact.reports.datasets import SHORTHAND
from impact.reports.sheets import NOTHING_TO_NOTE, THE_WHOLE, Note, Sheet, cell_text, number_of, sheets_of
from impact.reports.wording import count_of, joined

AUTHOR = "Social impact benchmarks"
LANGUAGE = "en-GB"
_COVER, _CONTENTS, _NOTES = "Cover", "Contents", "Notes"
_BACK = "Back to the contents"

_STYLE = "Table Style Light 1"
_FONT_SIZE = 12
_FONT = {"font_name": "Arial", "font_size": _FONT_SIZE, "valign": "top"}
_WRAPPED = {"text_wrap": True}
_TITLE = {"bold": True, "font_size": 16}
_SUBHEADING = {"bold": True, "font_size": 14}
_HEADING = {**_WRAPPED, "bold": True, "font_color": "#FFFFFF", "bg_color": BLUE}
_SET_IN = {"align": "left", "indent": 1}
"""So that a text does not run on from the figure to its left."""
_LINK = {"font_color": "#0563C1", "underline": 1}
_NARROWEST, _WIDEST, _WIDEST_OF_MANY, _WIDTH_OF_COVER = 9, 50, 36, 70
"""In letters."""
_FEW_COLUMNS = 12
_WIDTH_OF_A_LETTER, _HEIGHT_OF_A_LINE, _HIGHEST = 1.2, 16, 400
"""As Excel measures columns and rows; rows are given their height, because not every program finds it by itself."""
_MORE_ON_A_LINE = 1.2
"""Letters of running text are narrower than those that widths are made for."""


def report_workbook(report: Report, author: str = AUTHOR) -> bytes:
    """The workbook of a report; `author` is the organisation that publishes it."""
    sheets, notes = sheets_of(report)

    def fill(book: Any) -> None:
        book.set_properties(
            {
                "title": cell_text(report.title),
                "subject": cell_text(f"{report.period_covered}, for {report.audience_name}"),
                "author": author,
                "company": author,
                "created": datetime.combine(report.published_on, time()),
            }
        )
        book.set_custom_property("Language", LANGUAGE)
        forms = _Forms(book)
        _cover(book, forms, report, sheets)
        _contents(book, forms, sheets)
        _notes(book, forms, report, notes)
        for sheet in sheets:
            _table_sheet(book, forms, sheet)

    return make_book(fill)


class _Forms:
    """The formats of one workbook, each made once: Excel has a limit to them, and the file a line for each."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, object], ...], Any] = {}
        self._of_numbers: dict[str, Any] = {}

    def of(self, **form: object) -> Any:
        key = tuple(sorted(form.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format({**_FONT, **form})
        return self._made[key]

    def of_number(self, number_format: str) -> Any:
        if number_format not in self._of_numbers:
            self._of_numbers[number_format] = self.of(num_format=number_format)
        return self._of_numbers[number_format]


def _cover(book: Any, forms: _Forms, report: Report, sheets: Sequence[Sheet]) -> None:
    """One column of lines: whose report it is, what it says first, and where to go on."""
    sheet = book.add_worksheet(_COVER)
    sheet.set_column(0, 0, _WIDTH_OF_COVER * _WIDTH_OF_A_LETTER)
    row = -1
    for row, (text, form) in enumerate(_cover_lines(report)):
        clean = cell_text(text)
        _set_height(sheet, row, [(clean, _WIDTH_OF_COVER * _FONT_SIZE / form.get("font_size", _FONT_SIZE))], form)
        sheet.write_string(row, 0, clean, forms.of(**_WRAPPED, **form))
    links = (
        (_CONTENTS, f"the {count_of(len(sheets), 'table', 'tables')} of this workbook, each on a worksheet of its own"),
        (_NOTES, "notes, shorthand and the words used here"),
    )
    for row, (name, text) in enumerate(links, row + 1):  # noqa: B020  (the next free row, carried on)
        sheet.write_url(row, 0, _place(name), forms.of(**_LINK), f"{name}: {text}")
    _print_on_pages(sheet, is_wide=False)


def _cover_lines(report: Report) -> Iterator[tuple[str, dict[str, Any]]]:
    yield report.title, _TITLE
    facts = {
        "Made for": report.audience_name,
        "Period covered": report.period_covered,
        "Published": _day(report.published_on),
        "Status": report.status,
        "Next update": report.next_update,
    }
    yield from ((f"{label}: {said}", {}) for label, said in facts.items() if said)
    if report.warning:
        yield report.warning, {"bold": True}
    yield from ((notice, {}) for notice in report.notices)
    yield "Main points", _SUBHEADING
    for point in report.main_points or ("There are no figures for this period yet.",):
        yield point, {}
    yield "What is in this workbook", _SUBHEADING


def _contents(book: Any, forms: _Forms, sheets: Sequence[Sheet]) -> None:
    sheet = book.add_worksheet(_CONTENTS)
    top = _above(
        sheet,
        forms,
        [_CONTENTS, "This worksheet contains one table: every worksheet with a table in it."],
        [(_COVER, "Back to the cover")],
    )
    rows = [
        (_NOTES, "Notes, shorthand and the words used here", THE_WHOLE),
        *((one.name, one.title, one.part) for one in sheets),
    ]
    columns = [Column("Worksheet"), Column("What is on it"), Column("Part of the report")]
    _table(sheet, forms, top, "contents", columns, rows)
    for row, (name, *_) in enumerate(rows, top + 1):
        sheet.write_url(row, 0, _place(name), forms.of(**_LINK), name)


def _notes(book: Any, forms: _Forms, report: Report, notes: Sequence[Note]) -> None:
    """Shorthand, then words, then numbered notes, as one table."""
    sheet = book.add_worksheet(_NOTES)
    top = _above(
        sheet,
        forms,
        [_NOTES, "This worksheet contains one table: shorthand, the words used here, and numbered notes."],
        [(_CONTENTS, _BACK)],
    )
    words = {term.word: term.meaning for term in report.glossary}
    shorthand = {code: words.pop(code, f"{meaning[:1].upper()}{meaning[1:]}.") for code, meaning in SHORTHAND.items()}
    rows = [
        *((code, meaning, THE_WHOLE) for code, meaning in shorthand.items()),
        (NOTHING_TO_NOTE, "Nothing to note.", THE_WHOLE),
        *((cell_text(word), cell_text(meaning), THE_WHOLE) for word, meaning in words.items()),
        *((f"Note {note.number}", note.text, note.where) for note in notes),
    ]
    columns = [Column("Note, shorthand or word"), Column("What it says"), Column("Where it applies")]
    _table(sheet, forms, top, "notes", columns, rows, widest=_WIDTH_OF_COVER)


def _table_sheet(book: Any, forms: _Forms, content: Sheet) -> None:
    sheet = book.add_worksheet(content.name)
    said = joined([str(number) for number in content.notes])
    of_notes = f"{'Note' if len(content.notes) == 1 else 'Notes'} {said}, on the worksheet {_NOTES}"
    links = [(_NOTES, of_notes)] if content.notes else []
    top = _above(sheet, forms, [content.title, *content.above], [*links, (_CONTENTS, _BACK)])
    widest = _WIDEST if len(content.columns) <= _FEW_COLUMNS else _WIDEST_OF_MANY
    _table(sheet, forms, top, content.table_name, content.columns, content.rows, widest)


def _above(sheet: Any, forms: _Forms, lines: Sequence[str], links: Sequence[tuple[str, str]]) -> int:
    """Write the lines above a table, the first its title, then links to sheets; say which row comes next."""
    for row, line in enumerate(lines):
        sheet.write_string(row, 0, line, forms.of(**({} if row else _TITLE)))
    sheet.set_row(0, _HEIGHT_OF_A_LINE * 1.4)
    for row, (name, text) in enumerate(links, len(lines)):
        sheet.write_url(row, 0, _place(name), forms.of(**_LINK), text)
    return len(lines) + len(links)


def _table(
    sheet: Any,
    forms: _Forms,
    top: int,
    name: str,
    columns: Sequence[Column],
    rows: Sequence[tuple[str, ...]],
    widest: int = _WIDEST,
) -> None:
    """A marked-up table whose headings stand in row `top`, counted from 0, and stay in sight. No column is wider than
    `widest` letters."""
    first, other, of_figure = (forms.of(**_HEADING, **form) for form in ({}, _SET_IN, {"align": "right"}))
    bottom = top + len(rows)
    sheet.add_table(
        *(top, 0, bottom, len(columns) - 1),
        {
            "name": name,
            "style": _STYLE,
            "autofilter": False,
            "first_column": True,
            "columns": [
                {
                    "header": column.heading,
                    "header_format": of_figure if column.is_figure else other if place else first,
                }
                for place, column in enumerate(columns)
            ],
        },
    )
    widths, of_many_lines = [], []
    for position, column in enumerate(columns):
        texts = [row[position] for row in rows]
        _write_column(sheet, forms, top + 1, position, texts, is_figure=column.is_figure)
        longest = max(map(len, texts))
        longest_word = max(map(len, column.heading.split()))
        width = min(max(longest, longest_word, len(column.heading) // 3, _NARROWEST), widest)
        sheet.set_column(position, position, width * _WIDTH_OF_A_LETTER + 2)
        widths.append(width)
        if longest > width or any("\n" in text for text in texts):
            of_many_lines.append(position)
    _set_height(sheet, top, [(column.heading, width) for column, width in zip(columns, widths, strict=True)])
    for number, row in enumerate(rows, top + 1) if of_many_lines else ():
        _set_height(sheet, number, [(row[position], widths[position]) for position in of_many_lines])
    sheet.freeze_panes(top + 1, 0)
    sheet.ignore_errors({"number_stored_as_text": f"A{top + 2}:{cell_name(len(columns) - 1, bottom + 1)}"})
    sheet.repeat_rows(top)
    _print_on_pages(sheet)


def _write_column(sheet: Any, forms: _Forms, top: int, position: int, texts: Sequence[str], *, is_figure: bool) -> None:
    """Figures as numbers that show what is printed; what is none as text, to the right where figures stand."""
    plain = forms.of(**_WRAPPED, **({"align": "right"} if is_figure else _SET_IN if position else {}))
    for row, text in enumerate(texts, top):
        number = number_of(text) if is_figure else None
        if number is None:
            sheet.write_string(row, position, text, plain)
        else:
            sheet.write_number(row, position, number[0], forms.of_number(number[1]))


def _set_height(sheet: Any, row: int, texts: Iterable[tuple[str, float]], form: Mapping[str, Any] = {}) -> None:
    """Give a row room for the text that takes most lines, each text given with the letters that a line of it has."""
    wrapped = [(text, width) for text, width in texts if len(text) > width or "\n" in text]
    lines = max((_lines(text, width) for text, width in wrapped), default=1)
    factor = form.get("font_size", _FONT_SIZE) / _FONT_SIZE
    if lines > 1 or factor > 1:
        sheet.set_row(row, min(_HEIGHT_OF_A_LINE * lines * factor, _HIGHEST))


@lru_cache(maxsize=10_000)
def _lines(text: str, width: float) -> int:
    """How many lines a text takes; most are notes that stand in every report."""
    return sum(len(wrap(part, int(width * _MORE_ON_A_LINE))) or 1 for part in text.split("\n"))


def _place(sheet_name: str) -> str:
    return f"internal:'{sheet_name}'!A1"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _print_on_pages(sheet: Any, *, is_wide: bool = True) -> None:
    if is_wide:
        sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
