"""What may not be kept: figures, texts and headings that are about one person, wherever in a file they stand.

Rows and texts in, kinds and cells out. A value that was found is never handed on, only what kind of thing it is.
Which parts of a file there are to look at belongs in `other_parts`.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import zip_longest
from pathlib import Path
from unicodedata import normalize

import yaml

from impact.checking.findings import Finding, about_file, cell_name
from impact.checking.headings import columns_by_heading, heading_key
from impact.checking.other_parts import other_parts
from impact.checking.reading import Reading
from impact.checking.text_file import NumberedRows
from impact.checking.workbook import ZIPPED
from impact.definition import Column, Definition

PERSONAL = frozenset({"personal_cells", "personal_place"})
"""The rules that a file with personal data breaks: of such a file nothing is kept but the receipt."""

_KINDS = {
    "nhs_number": "an NHS number",
    "ni_number": "a National Insurance number",
    "date_of_birth": "a date of birth",
    "postcode": "a postcode",
    "email": "an e-mail address",
    "ip_address": "the address of somebody's computer",
    "phone": "a telephone number",
    "name": "the name of a person",
    "employee_number": "the number of an employee",
    "address": "an address",
    "health": "the reason why a person was absent",
    "free_text": "an answer in somebody's own words",
}
_NO_NI_PREFIX = frozenset({"BG", "GB", "NK", "KN", "TN", "NT", "ZZ"})
_NHS_WEIGHTS = range(10, 1, -1)

# Each of these is bounded, so that no text can make it slow.
_NHS = re.compile(r"(?<![A-Za-z0-9.,/-])([0-9]{3})([ -]?)([0-9]{3})\2([0-9]{4})(?![A-Za-z0-9/]|[.,-][0-9])")
_NI = re.compile(
    r"(?<![A-Za-z0-9])([A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]) ?([0-9]{2} ?){3}[A-D](?![A-Za-z0-9])", re.IGNORECASE
)
_POSTCODE = re.compile(
    r"(?<![A-Za-z0-9])(?:A[BL]|B[ABDHLNRST]?|C[ABFHMORTVW]|D[ADEGHLNTY]|E[CHNX]?|F[KY]|G[LUY]?|H[ADGPRSUX]|I[GMPV]|JE"
    r"|K[ATWY]|L[ADELNSU]?|M[EKL]?|N[EGNPRW]?|O[LX]|P[AEHLOR]|R[GHM]|S[AEGKLMNOPRSTWY]?|T[ADFNQRSW]|UB|W[ACDFNRSV]?|YO"
    r"|ZE)[0-9][A-Z0-9]?( ?)[0-9][ABD-HJLNP-UW-Z]{2}(?![A-Za-z0-9])"
)
_EMAIL = re.compile(r"[^\s@,;<>()\"]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){0,6}\.[A-Za-z]{2,24}")
_PHONE = re.compile(
    r"(?<![A-Za-z0-9.,/-])(?:(?:\+|00)44[ -]?(?:\(0\)|0)?|\(?0)[ -]?[1237](?:[ ()-]{0,2}[0-9]){9}"
    r"(?![A-Za-z0-9]|[.,/-][0-9])"
)
_TITLED = re.compile(r"(?<![A-Za-z])(?:Mr|Mrs|Ms|Miss)\.? [A-Z][a-z]+")
_BORN = re.compile(r"(?<![a-z])(?:dob|d\.o\.b\.?|date of birth|born)[^a-z0-9]{0,3}(?:on )?[0-9]", re.IGNORECASE)
_HYPHENS = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-"))
_DATE = re.compile(r"([0-9]{4})-[0-9]{2}-[0-9]{2}|[0-9]{1,2}[/.-][0-9]{1,2}[/.-]([0-9]{4})")
_ANY_DATE = re.compile(rf"^(?:{_DATE.pattern})$", re.MULTILINE)

_LEAST_CHARACTERS, _LEAST_DIGITS = 5, 10
"""The shortest postcode, and the shortest number that stands for a person."""
_MANY = 3
"""Figures of a column that may be anything are taken for a person's number when there are so many at least."""
_NEARLY_ALL = 0.8
"""And when so many of those with as many digits have the right check digit: by chance one of eleven has."""
_YOUNGEST_YEARS, _OLDEST_YEARS = 10, 100
_YEARS_APART = 5
"""Dates of a column that is for dates are taken for births when they are of so many different years."""
_LONGEST_HEADING_WORDS = 5
_FREE_TEXT_CHARACTERS, _FREE_TEXT_WORDS = 40, 5
_WORD = re.compile(r"[a-z]+|[0-9]+")


@dataclass(frozen=True)
class Look:
    """What must be known to tell what is personal: `known_codes`, those of the register and the fixed words of the
    feeds, which are nobody's, and the day of today, from which a date of birth is long ago."""

    known_codes: frozenset[str]
    today: date


@dataclass(frozen=True)
class _Found:
    """What was found: a kind, and the positions (column from 0, row in Excel) of the cells that hold it."""

    kind: str
    cells: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class _Looked:
    """A column of a grid: what stands in it by row, without the heading, and how it is to be looked at.

    `is_code`: it is for figures or codes, of which one alone may look like anything. `is_date`: it is for dates.
    """

    position: int
    cells: Mapping[int, str]
    is_code: bool = False
    is_date: bool = False
    is_known: bool = False


def personal_findings(
    definition: Definition,
    reading: Reading,
    data: bytes,
    texts: Mapping[str, str],
    look: Look,
) -> tuple[Finding, ...]:
    """One finding for each kind of personal data and column, or place where it stands. None holds what was found.

    `reading` is what came of reading `data` by `definition`; `texts` maps the words for another place (the name of the
    file, a field of the cover) to what stands there.
    """
    known_codes, today = look.known_codes, look.today
    findings: list[Finding] = []
    if reading.rows is not None:
        # What stands in a column may be told by itself and by its heading.
        at: dict[tuple[int, str], set[int]] = defaultdict(set)
        for found in _in_rows(definition, reading, known_codes, today):
            for position, row in found.cells:
                at[position, found.kind].add(row)
        for (position, kind), rows in sorted(at.items()):
            cells = [cell_name(position, row) for row in sorted(rows)]
            findings.append(about_file("personal_cells", None, cells, kind=_KINDS[kind]))
    places: dict[str, list[str]] = defaultdict(list)
    sheets, others = other_parts(data, reading.sheet_part) if data.startswith(ZIPPED) else ([], [])
    if reading.rows is None and not data.startswith(ZIPPED):
        # What cannot be read as a table may be a page or a letter all the same.
        is_wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
        others = [("The file", data.decode("utf-16" if is_wide else "latin-1", "replace"))]
    for place, text in (*texts.items(), *others):
        places[place] += _kinds_in(text)
    for place, of_sheet in sheets:
        for found in _in_other_sheet(of_sheet, known_codes, today):
            named = ", ".join(cell_name(position, row) for position, row in found.cells[:_MANY])
            more = " and others" if len(found.cells) > _MANY else ""
            places[f"{place} ({named}{more})"].append(found.kind)
    for place, kinds in places.items():
        findings += [about_file("personal_place", place=place, kind=_KINDS[kind]) for kind in dict.fromkeys(kinds)]
    return tuple(findings)


def _in_rows(definition: Definition, reading: Reading, known_codes: Collection[str], today: date) -> Iterator[_Found]:
    """What stands in the rows that the file is sent for, headings among them."""
    assert reading.rows is not None
    by_heading = columns_by_heading(definition)
    headings_row = reading.heading_row
    headings = next((cells for row, cells in reading.rows if row == headings_row), [])
    columns = {position: by_heading.get(heading_key(heading)) for position, heading in enumerate(headings)}
    above = [(row, cells) for row, cells in reading.rows if row <= headings_row]
    below = [(row, cells) for row, cells in reading.rows if row > headings_row]
    yield from _in_columns(list(_by_column(above).values()), known_codes, today)
    looked = [_as(columns.get(column.position), column) for column in _by_column(below).values()]
    yield from _in_columns(looked, known_codes, today)
    for column in looked:
        if not column.is_known and column.cells:
            heading = headings[column.position] if column.position < len(headings) else ""
            if kind := _kind_of_heading(heading):
                yield _Found(kind, tuple((column.position, row) for row in column.cells))
            elif definition.cover:
                yield from _free_text(column)


def _in_other_sheet(rows: NumberedRows, known_codes: Collection[str], today: date) -> Iterator[_Found]:
    """What stands in a sheet of which nobody said what it is for: any cell may be a heading."""
    columns = _by_column(rows)
    yield from _in_columns(list(columns.values()), known_codes, today)
    for position, column in columns.items():
        last = max(column.cells)
        for row, text in column.cells.items():
            if row < last and text not in known_codes and (kind := _kind_of_heading(text)):
                yield _Found(kind, tuple((position, below) for below in column.cells if below > row))


def _by_column(rows: Sequence[tuple[int, Sequence[str]]]) -> dict[int, _Looked]:
    numbers = [row for row, _ in rows]
    columns = enumerate(zip_longest(*(cells for _, cells in rows), fillvalue=""))
    return {
        position: _Looked(position, {row: _plainly(text) for row, text in zip(numbers, texts, strict=True) if text})
        for position, texts in columns
        if any(texts)
    }


def _as(definition: Column | None, column: _Looked) -> _Looked:
    if definition is None:
        return column
    is_code = definition.kind in ("number", "integer") or definition.is_key
    return _Looked(column.position, column.cells, is_code, definition.kind in ("date", "month"), True)


def _in_columns(columns: Sequence[_Looked], known_codes: Collection[str], today: date) -> Iterator[_Found]:
    """What the cells themselves tell. Everything is searched at once first: nearly always there is nothing."""
    texts = {text for column in columns for text in column.cells.values()}
    everything = "\n".join(text for text in texts if _may_be_personal(text))
    likely = [
        kind for kind, (pattern, sign, _) in _PATTERNS.items() if sign in everything and pattern.search(everything)
    ]
    has_dates = _ANY_DATE.search(everything) is not None
    for column in columns:
        for kind in likely:
            if cells := _of_kind(kind, column, known_codes):
                yield _Found(kind, tuple((column.position, row) for row in cells))
        if has_dates and (cells := _births(column, today)):
            yield _Found("date_of_birth", tuple((column.position, row) for row in cells))


def _plainly(text: str) -> str:
    """With plain spaces, hyphens and digits in place of those that word processors and other scripts have."""
    return text if text.isascii() else normalize("NFKC", text).translate(_HYPHENS)


def _may_be_personal(text: str) -> bool:
    """Whether it is long enough: a short figure is not even looked at, and most cells are short figures."""
    return len(text) >= _LEAST_CHARACTERS and (len(text) >= _LEAST_DIGITS or not text.replace(".", "", 1).isdigit())


def _of_kind(kind: str, column: _Looked, known_codes: Collection[str]) -> list[int]:
    """The rows of the cells with something of this kind."""
    pattern, _, is_right = _PATTERNS[kind]
    alike: list[int] = []
    right: list[int] = []
    sure: list[int] = []
    for row, text in column.cells.items():
        matches = [] if text in known_codes else list(pattern.finditer(text))
        if matches:
            alike.append(row)
        if any(is_right(match) for match in matches):
            right.append(row)
            if not (kind in _CHANCY and all(_is_bare(match) for match in matches if is_right(match))):
                sure.append(row)
    if not column.is_code and kind != "nhs_number":
        return right
    others = len(alike) if kind == "nhs_number" else len(column.cells)
    is_enough = len(right) >= max(_NEARLY_ALL * others, _MANY if column.is_code else 1)
    return right if is_enough else sure


def _births(column: _Looked, today: date) -> list[int]:
    """The rows of a column of dates that are, nearly all of them, as long ago as births."""
    if len(column.cells) < _MANY or column.is_code:
        return []
    years: dict[int, int] = {}
    for row, text in column.cells.items():
        if written := _DATE.fullmatch(text):
            year = int(written[1] or written[2])
            if _YOUNGEST_YEARS <= today.year - year <= _OLDEST_YEARS:
                years[row] = year
    least_years = _YEARS_APART if column.is_known else _MANY
    # One of the cells may be a heading.
    is_enough = len(years) >= _NEARLY_ALL * (len(column.cells) - 1) and len(set(years.values())) >= least_years
    may_be = column.is_date or not column.is_known
    return list(years) if may_be and is_enough else []


def _free_text(column: _Looked) -> Iterator[_Found]:
    rows = [
        row
        for row, text in column.cells.items()
        if len(text) > _FREE_TEXT_CHARACTERS or len(text.split()) > _FREE_TEXT_WORDS
    ]
    if rows:
        yield _Found("free_text", tuple((column.position, row) for row in rows))


def is_personal(text: str) -> bool:
    """Whether a text that stands alone, such as the name of a file, holds personal data."""
    return bool(_kinds_in(text.replace("_", " ")))


def _kinds_in(text: str) -> list[str]:
    """The kinds that a text holds, whatever stands around them."""
    text = _plainly(text)
    return [
        kind
        for kind, (pattern, sign, is_right) in _PATTERNS.items()
        if sign in text and any(is_right(match) for match in pattern.finditer(text))
    ]


def _kind_of_heading(heading: str) -> str | None:
    words = _WORD.findall(heading.casefold().replace("_", " "))
    if not words or len(words) > _LONGEST_HEADING_WORDS:
        return None
    spaced = f" {' '.join(words)} "
    return next((kind for phrase, kind in _heading_phrases().items() if phrase in spaced), None)


@cache
def _heading_phrases() -> Mapping[str, str]:
    """Words that stand in a heading, one after the other and with a space around them -> their kind."""
    read = yaml.safe_load(Path(__file__).with_name("personal.yaml").read_text("utf-8"))
    return {f" {' '.join(words)} ": kind for kind, phrases in read.items() for words in phrases}


def _is_nhs_number(match: re.Match[str]) -> bool:
    """Whether the tenth digit is the check digit of the nine before it, modulo 11."""
    digits = [int(digit) for digit in match[1] + match[3] + match[4]]
    check = -sum(digit * weight for digit, weight in zip(digits[:9], _NHS_WEIGHTS, strict=True)) % 11
    return check == digits[9] and len(set(digits)) > 1


def _is_ni_number(match: re.Match[str]) -> bool:
    return match[1].upper() not in _NO_NI_PREFIX


def _is_any(_match: re.Match[str]) -> bool:
    return True


def _is_bare(match: re.Match[str]) -> bool:
    """Whether it is written without the spaces that would tell it from a code or an amount."""
    return " " not in match[0] and "-" not in match[0]


_PATTERNS: dict[str, tuple[re.Pattern[str], str, Callable[[re.Match[str]], bool]]] = {
    "nhs_number": (_NHS, "", _is_nhs_number),
    "ni_number": (_NI, "", _is_ni_number),
    "postcode": (_POSTCODE, "", _is_any),
    "email": (_EMAIL, "@", _is_any),
    "phone": (_PHONE, "0", _is_any),
    "name": (_TITLED, "M", _is_any),
    "date_of_birth": (_BORN, "", _is_any),
}
"""For each kind what it looks like, what is in every such text, and what decides it."""
_CHANCY = frozenset({"nhs_number", "postcode", "phone"})
"""Kinds that a code or an amount can look like by chance, when it is written without spaces."""
