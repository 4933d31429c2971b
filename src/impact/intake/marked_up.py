"""The sender's own rows as a workbook, with the cells to look at in colour and what to do about each beside it.

It is built from the cells as they were read, never from the sender's own workbook: that may hold macros, links, hidden
sheets or pictures that nobody here has looked at. So a CSV file comes back in the same form. Every cell stands where it
stood, and the workbook can be corrected and sent as it is.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from impact.checking.findings import Finding, cell_place, cells_text
from impact.checking.reading import TextTable
from impact.checking.values import read_value
from impact.checking.workbook import MOST_COLUMNS
from impact.definition import Column, Definition, Severity
from impact.intake.answers import GROUPS, contents, grouped, headline, next_step
from impact.intake.books import BLUE, HEADING, TEXT, TITLE, WRAPPED, clean_text, make_book
from impact.intake.receipts import RESPONSES, Receipt

MOST_CELLS = 600_000
"""20,000 rows of 30 columns. What is larger comes back as a page alone."""
MOST_COMMENTS = 500
"""Each is a drawing of its own to Excel. Cells after that are coloured all the same, and in the list of findings."""

_COLOURS: Mapping[Severity, str] = {"must_fix": "#FFC7CE", "please_confirm": "#FFEB9C"}
"""What is for information alone needs nothing done, so its cells are left as they are."""
_TODO = "What to do"
_MOST_PARTS = 100
_WIDEST = 40
_LONGEST_COMMENT = 1_000

_Marks = Mapping[tuple[int, int], tuple[Severity, str]]
"""Row and column from 0 -> how grave it is and what to say."""


def is_sent_back(receipt: Receipt) -> bool:
    """Whether something is to be done about cells of a drop, and nothing that may be personal was found in it."""
    has_cells = any(finding.cells and finding.severity in _COLOURS for finding in receipt.findings)
    # Of answer sheets there are to be no more copies than must be.
    return (
        has_cells and receipt.decision in ("refused", "held") and not receipt.is_purged and receipt.layout != RESPONSES
    )


def marked_up(receipt: Receipt, table: TextTable, definition: Definition) -> bytes | None:
    """The workbook; None where there is no cell to mark, where nothing may be kept, and where it would be too large.

    The same receipt and rows give the same bytes.
    """
    width = len(table.headings)
    if not is_sent_back(receipt) or width > MOST_COLUMNS or len(table.rows) * width > MOST_CELLS:
        return None

    def fill(book: Any) -> None:
        _what_to_do(book, receipt, definition)
        _cover(book, receipt)
        _rows(book, table, definition, _marks(receipt))

    return make_book(fill)


def _what_to_do(book: Any, receipt: Receipt, definition: Definition) -> None:
    """The receipt in rows, each with a link to the first of its cells."""
    sheet = book.add_worksheet(_TODO)
    title, heading, wrapped = (book.add_format(form) for form in (TITLE, HEADING, WRAPPED))
    link = book.add_format({**WRAPPED, "font_color": BLUE, "underline": 1})
    for letter, width in zip("ABC", (28, 60, 60), strict=True):
        sheet.set_column(f"{letter}:{letter}", width, wrapped)
    sheet.write_string(0, 0, headline(receipt), title)
    said = [
        f"{definition.title} of {receipt.sender}, {receipt.period}. Receipt {receipt.id}.",
        f"This file contains: {contents(receipt)}.",
        next_step(receipt),
        f"You can correct the sheet {definition.name} of this workbook, save it, and put it in the same folder.",
    ]
    for row, text in enumerate(said, 1):
        sheet.write_string(row, 0, clean_text(text), book.add_format(TEXT))
    row = len(said) + 1
    for name, findings in grouped(receipt):
        row += 1
        for position, text in enumerate((name, "What was found", "What to do about it")):
            sheet.write_string(row, position, text, heading)
        for finding in findings:
            row += 1
            cells = clean_text(cells_text(finding.cells, _MOST_PARTS)) or "the file as a whole"
            first = next((cell for cell in finding.cells if cell_place(cell)), None)
            if first is None:
                sheet.write_string(row, 0, cells, wrapped)
            else:
                sheet.write_url(row, 0, f"internal:'{definition.name}'!{first}", link, cells)
            sheet.write_string(row, 1, clean_text(finding.message), wrapped)
            sheet.write_string(row, 2, clean_text(finding.fix), wrapped)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)


def _cover(book: Any, receipt: Receipt) -> None:
    """What the drop said of itself, so that this workbook says it again when it is sent."""
    sheet = book.add_worksheet("Cover")
    sheet.set_column("A:A", 20, book.add_format({"bold": True}))
    sheet.set_column("B:B", 60, book.add_format(WRAPPED))
    said = {
        "Organisation": receipt.sender,
        "Feed": receipt.feed,
        "Period": receipt.period,
        "Prepared by": receipt.prepared_by,
        "Signed off by": receipt.signed_off_by,
        "Corrects receipt": receipt.corrects,
        "Reason": receipt.reason,
        "Nil return": "yes" if receipt.is_nil else "",
        "Notes": receipt.notes,
    }
    for row, (label, text) in enumerate(said.items()):
        sheet.write_string(row, 0, label)
        sheet.write_string(row, 1, clean_text(text))


def _rows(book: Any, table: TextTable, definition: Definition, marks: _Marks) -> None:
    """Headings and rows under their own numbers; numbers as numbers where nothing of them is lost."""
    sheet = book.add_worksheet(definition.name)
    plain = book.add_format(TEXT)
    colours = {severity: book.add_format({**TEXT, "bg_color": colour}) for severity, colour in _COLOURS.items()}
    heading = book.add_format({**HEADING})
    columns = {position: definition.column(name) for name, position in table.columns.items()}
    top = table.heading_row - 1
    sheet.freeze_panes(top + 1, 0)
    for position, text in enumerate(table.headings):
        severity = marks[top, position][0] if (top, position) in marks else None
        sheet.write_string(top, position, clean_text(text), colours[severity] if severity else heading)
        sheet.set_column(position, position, min(max(len(text) + 2, 10), _WIDEST))
    for number, cells in zip(table.row_numbers, table.rows, strict=True):
        row = number - 1
        for position, text in enumerate(cells):
            mark = marks.get((row, position))
            form = colours[mark[0]] if mark else plain
            if text and (value := _number(text, columns.get(position))) is not None:
                sheet.write_number(row, position, value, None if mark is None else form)
            elif text:
                sheet.write_string(row, position, clean_text(text), form)
            elif mark:
                sheet.write_blank(row, position, None, form)
    for (row, position), (_, text) in list(marks.items())[:MOST_COMMENTS]:
        options = {"author": "", "x_scale": 2, "y_scale": max(1, len(text) / 150)}
        sheet.write_comment(row, position, clean_text(text, _LONGEST_COMMENT), options)
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
    if marks:
        row, position = min(marks)
        sheet.set_selection(row, position, row, position)


def _marks(receipt: Receipt) -> _Marks:
    """Every cell that something is to be done about, in the order of the findings. What concerns a whole row stands at
    its first cell."""
    marks: dict[tuple[int, int], tuple[Severity, str]] = {}
    for finding in sorted(receipt.findings, key=lambda finding: list(GROUPS).index(finding.severity)):
        if finding.severity not in _COLOURS:
            continue
        for cell in finding.cells:
            if (place := _place(cell)) is not None:
                severity, said = marks.get(place, (finding.severity, ""))
                marks[place] = (severity, f"{said}\n\n{_said(finding)}" if said else _said(finding))
    return marks


def _place(cell: str) -> tuple[int, int] | None:
    """Row and column from 0."""
    if (place := cell_place(cell)) is not None:
        return place[1] - 1, place[0] - 1
    row = cell.removeprefix("row ")
    return (int(row) - 1, 0) if row.isdecimal() else None


def _said(finding: Finding) -> str:
    return f"{finding.message}\n{finding.fix}"


def _number(text: str, column: Column | None) -> float | None:
    """The number, if the column is of numbers and Excel, which keeps 15 digits, shows it again as it was written."""
    if column is None or column.kind not in ("number", "integer"):
        return None
    value = read_value(text, column)
    if not isinstance(value, float):
        return None
    return value if format(Decimal(f"{value + 0.0:.15g}"), "f") == text else None
