"""The XML of a sheet -> how far it goes, and what openpyxl does not tell about it.

Only tags are counted here, so that a million formatted rows with nothing in them cost a moment and no memory. What the
cells hold belongs in `workbook`.
"""

from dataclasses import dataclass
from xml.parsers import expat

from openpyxl.utils.cell import coordinate_to_tuple

from impact.checking.findings import cell_name

_TRUE = ("1", "true")
_MOST_COLUMNS = 16_384


@dataclass(frozen=True)
class SheetExtent:
    """The last row and column that hold something, from 1, the cells with a formula that was never calculated, and the
    rows and columns that hold something and are hidden."""

    last_row: int
    last_column: int
    uncalculated: tuple[str, ...]
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[int, ...] = ()


def sheet_extent(xml: bytes) -> SheetExtent:
    """Raises ValueError or ExpatError on XML that Excel does not write: openpyxl drops rows out of order in silence."""
    seen = _Seen()
    parser = expat.ParserCreate()
    parser.EntityDeclHandler = _refuse_entity
    parser.StartElementHandler = seen.start
    parser.CharacterDataHandler = seen.text
    parser.EndElementHandler = seen.end
    parser.Parse(xml, True)
    return SheetExtent(
        seen.last_row,
        seen.last_column,
        tuple(seen.uncalculated),
        tuple(seen.hidden_rows),
        tuple(column for column in sorted(seen.columns) if any(column in hidden for hidden in seen.hidden_columns)),
    )


class _Seen:
    """What the parser has come past so far: the cell it is in, and what it found in those before."""

    def __init__(self) -> None:
        self.row = self.column = self.last_row = self.last_column = 0
        self.tag = self.kind = ""
        self.has_formula = self.has_value = False
        self.uncalculated: list[str] = []
        self.is_hidden = False
        self.columns: set[int] = set()
        self.hidden_rows: list[int] = []
        self.hidden_columns: list[range] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag = tag.rpartition(":")[2]
        if self.tag == "row":
            self._start_row(int(attributes.get("r", self.row + 1)))
            self.is_hidden = attributes.get("hidden") in _TRUE
        elif self.tag == "c":
            self._start_cell(*_place(attributes, self.row, self.column))
            self.kind = attributes.get("t", "n")
        elif self.tag == "f":
            self.has_formula = True
        elif self.tag == "col" and attributes.get("hidden") in _TRUE:
            if len(self.hidden_columns) == _MOST_COLUMNS:
                raise ValueError("more columns than a sheet has")
            self.hidden_columns.append(range(int(attributes["min"]), int(attributes["max"]) + 1))

    def _start_row(self, row: int) -> None:
        if row <= self.row:
            raise ValueError("the rows are not in order")
        self.row, self.column = row, 0

    def _start_cell(self, row: int, column: int) -> None:
        if row != self.row or column <= self.column:
            raise ValueError("the cells are not in order")
        self.column = column
        self.has_formula = self.has_value = False

    def text(self, characters: str) -> None:
        if self.tag in ("v", "t") and characters.strip():
            self.has_value = True

    def end(self, tag: str) -> None:
        self.tag = ""
        if tag.rpartition(":")[2] != "c":
            return
        # A formula that comes to no text has been calculated all the same: IF(A1="","",A1)
        is_uncalculated = self.has_formula and not self.has_value and self.kind != "str"
        if is_uncalculated:
            self.uncalculated.append(cell_name(self.column - 1, self.row))
        if is_uncalculated or self.has_value:
            self.last_row, self.last_column = self.row, max(self.last_column, self.column)
            self.columns.add(self.column)
            if self.is_hidden and self.row not in self.hidden_rows[-1:]:
                self.hidden_rows.append(self.row)


def _place(attributes: dict[str, str], row: int, column: int) -> tuple[int, int]:
    """Where a cell stands; one that does not say stands to the right of the cell before."""
    return coordinate_to_tuple(attributes["r"]) if "r" in attributes else (row, column + 1)


def _refuse_entity(*_: object) -> None:
    raise ValueError("a workbook has no entities")
