"""The XML of a sheet -> what stands in its cells as it is written there, how far they go, and what a reader of values
alone would not see: formulas that were never calculated, hidden rows and columns.

One pass, and cells with nothing in them are not kept, so that a million formatted rows cost a moment and no memory.
What the cells mean belongs in `cell_values`.
"""

from dataclasses import dataclass
from xml.parsers.expat import ExpatError

from openpyxl.utils.cell import coordinate_to_tuple

from impact.checking.findings import cell_name
from impact.checking.guarded_xml import MAIN, parse
from impact.checking.plain_cells import NotPlainError, PlainRow, WrittenCell, plain_rows, plain_sheet

_DATA, _ROW, _CELL, _FORMULA, _VALUE, _INLINE, _TEXT, _RUN, _ASIDE, _COLUMN = (
    MAIN + name for name in ("sheetData", "row", "c", "f", "v", "is", "t", "r", "rPh", "col")
)
_OF_CELLS = frozenset({"sheetData", "row", "c", "f", "v", "is", "t"})
_TRUE = ("1", "true")
_MOST_COLUMNS = 16_384


@dataclass(frozen=True)
class SheetCells:
    """The cells with something in them, by row; the last row and column that have such a cell, from 1; the cells with a
    formula that was never calculated; the rows and columns that hold something and are hidden."""

    rows: dict[int, list[WrittenCell]]
    last_row: int
    last_column: int
    uncalculated: tuple[str, ...]
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[int, ...] = ()


def sheet_cells(xml: bytes, most_rows: int, most_columns: int) -> SheetCells:
    """Cells beyond so many rows and columns count for how far the sheet goes, and are not kept.

    Raises ValueError, ExpatError or what openpyxl lets through on XML that Excel does not write, where a cell could be
    lost or stand for another: rows out of order, cells of another form of workbook, two values in one.
    """
    try:
        seen = _plainly_seen(xml, _Seen(most_rows, most_columns))
    except NotPlainError:
        seen = _Seen(most_rows, most_columns)
        parse(xml, seen)
    return SheetCells(
        seen.rows,
        seen.last_row,
        seen.last_column,
        tuple(seen.uncalculated),
        tuple(seen.hidden_rows),
        tuple(column for column in sorted(seen.columns) if any(column in hidden for hidden in seen.hidden_columns)),
    )


def _plainly_seen(xml: bytes, seen: "_Seen") -> "_Seen":
    """What the parser would come past, of which it only reads what stands around the rows."""
    sheet = plain_sheet(xml)
    try:
        parse(sheet.rest, seen)
    except (ValueError, ExpatError):
        raise NotPlainError from None
    for row in plain_rows(sheet.rows):
        seen.take(row)
    return seen


class _Seen:
    """What the parser has come past so far: the cell it is in, and what it found in those before.

    Called several times a cell, which is what reading a workbook costs: hence the plain attributes and few calls.
    """

    def __init__(self, most_rows: int, most_columns: int) -> None:
        self.most_rows, self.most_columns = most_rows, most_columns
        self.row = self.column = self.filled_column = self.last_row = self.last_column = 0
        self.row_name = self.kind = self.style = ""
        self.is_in_data = self.is_in_cell = self.is_in_text = self.is_in_run = self.is_aside = False
        self.is_hidden = self.has_formula = False
        self.texts: list[str] = []
        self.rows: dict[int, list[WrittenCell]] = {}
        self.cells: list[WrittenCell] = []
        self.uncalculated: list[str] = []
        self.columns: set[int] = set()
        self.column_of: dict[str, int] = {}
        self.hidden_rows: list[int] = []
        self.hidden_columns: list[range] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if self.is_in_text:
            raise ValueError("tags in the value of a cell")
        if tag == _CELL:
            self._start_cell(attributes.get("r"))
            self.kind, self.style = attributes.get("t", "n"), attributes.get("s", "")
            self.has_formula = False
            self.texts = []
        elif tag == _VALUE:
            if self.texts:
                raise ValueError("two values in one cell")
            self.is_in_text = self.is_in_data
        elif tag == _INLINE:
            pass
        elif tag == _TEXT:
            if self.texts and not (self.is_in_run or self.is_aside):
                raise ValueError("two values in one cell")
            self.is_in_text = self.is_in_data and not self.is_aside
        elif tag == _ROW:
            self._start_row(attributes)
        else:
            self._start_other(tag, attributes)

    def _start_other(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == _FORMULA:
            self.has_formula = True
        elif tag == _RUN:
            self.is_in_run = True
        elif tag == _ASIDE:
            self.is_aside = True
        elif tag == _DATA:
            self.is_in_data = True
        elif tag == _COLUMN:
            self._hide_columns(attributes)
        elif self.is_in_data or tag.endswith("sheetData"):
            _refuse_of_another_form(tag)

    def _start_row(self, attributes: dict[str, str]) -> None:
        self.row_name = attributes.get("r", "") or str(self.row + 1)
        if not self.is_in_data or self.is_in_cell:
            raise ValueError("a row outside of the rows, or in a cell")
        self.row, self.column, self.filled_column = int(self.row_name), 0, 0
        self.is_hidden = attributes.get("hidden") in _TRUE
        self.cells = []

    def _start_cell(self, name: str | None) -> None:
        """A cell that does not say where it stands does so to the right of the cell before."""
        if name is None:
            column = self.column + 1
        else:
            letters = name.removesuffix(self.row_name)
            if (known := self.column_of.get(letters)) is not None:
                column = known
            else:
                row, column = coordinate_to_tuple(name)
                if row != self.row:
                    raise ValueError("a cell in another row than its own")
                if letters.isalpha():
                    self.column_of[letters] = column
        if self.row < 1 or self.is_in_cell:
            raise ValueError("a cell outside of any row, or in another")
        self.column, self.is_in_cell = column, True

    def _hide_columns(self, attributes: dict[str, str]) -> None:
        if attributes.get("hidden") in _TRUE:
            if len(self.hidden_columns) == _MOST_COLUMNS:
                raise ValueError("more columns than a sheet has")
            self.hidden_columns.append(range(int(attributes.get("min", "")), int(attributes.get("max", "")) + 1))

    def text(self, characters: str) -> None:
        if self.is_in_text:
            self.texts.append(characters)

    def end(self, tag: str) -> None:
        if tag == _CELL:
            self.is_in_cell = False
            if self.texts or self.has_formula:
                self._end_cell()
        elif tag in (_VALUE, _TEXT):
            # Excel writes a text in place as `is`, and anything else as `v`; where that is mixed up it is not clear
            # which of them the cell shows.
            if self.is_in_text and self.texts and (tag == _TEXT) != (self.kind == "inlineStr"):
                raise ValueError("the value of another kind of cell")
            self.is_in_text = False
        elif tag == _RUN:
            self.is_in_run = False
        elif tag == _ASIDE:
            self.is_aside = False
        elif tag == _DATA:
            self.is_in_data = False

    def _end_cell(self) -> None:
        text = "".join(self.texts)
        has_value = bool(text) and not text.isspace()
        # A formula that comes to no text has been calculated all the same: IF(A1="","",A1)
        is_uncalculated = self.has_formula and not has_value and self.kind != "str"
        if not has_value and not is_uncalculated:
            return
        if is_uncalculated:
            self.uncalculated.append(cell_name(self.column - 1, self.row))
        self._fill((self.column, self.kind, self.style, text), is_kept=not is_uncalculated)

    def _fill(self, cell: WrittenCell, *, is_kept: bool = True) -> None:
        """Go on to a cell with something in it. Where those with nothing in them stand makes no difference."""
        column = cell[0]
        if column <= self.filled_column or (not self.filled_column and self.row <= self.last_row):
            raise ValueError("the rows or cells are not in order")
        self.filled_column = column
        if is_kept and self.row <= self.most_rows and column <= self.most_columns:
            if not self.cells:
                self.rows[self.row] = self.cells
            self.cells.append(cell)
        self.last_row = self.row
        if column > self.last_column:
            self.last_column = column
        self.columns.add(column)
        if self.is_hidden and self.row not in self.hidden_rows[-1:]:
            self.hidden_rows.append(self.row)

    def take(self, row: PlainRow) -> None:
        """Go on to a row whose cells are known."""
        self.row, self.filled_column, self.cells = row.number, 0, []
        self.is_hidden = row.attributes.get("hidden") in _TRUE
        for cell in row.cells:
            self._fill(cell)


def _refuse_of_another_form(tag: str) -> None:
    """Where rows or cells are of another namespace than the usual one, nobody here knows what they say."""
    if not tag.startswith(MAIN) and tag.rpartition(" ")[2] in _OF_CELLS:
        raise ValueError("another form of workbook")
