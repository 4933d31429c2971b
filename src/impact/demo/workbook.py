"""A workbook as a sender would make it, and the same bytes every time: a sheet Cover and a sheet of rows."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from html import escape

LABELS = {
    "organisation": "Organisation",
    "feed": "Feed",
    "period": "Period",
    "prepared_by": "Prepared by",
    "signed_off_by": "Signed off by",
    "corrects_receipt": "Corrects receipt",
    "reason": "Reason",
    "nil_return": "Nil return",
    "notes": "Notes",
}
"""What the fields of a cover are called on its sheet."""

_MADE_ON = (2026, 4, 1, 9, 0, 0)
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def workbook(
    feed: str, columns: Sequence[str], numbers: frozenset[str], rows: Sequence[Sequence[str]], cover: Mapping[str, str]
) -> bytes:
    """A workbook whose second sheet is named like the feed, with columns of `numbers` as numbers."""
    said = [[LABELS[field], value] for field, value in cover.items()]
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEET_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_SHEET_TYPE}.worksheet+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet2.xml" ContentType="{_SHEET_TYPE}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        f'<sheet name="Cover" sheetId="1" r:id="rId1"/><sheet name="{feed}" sheetId="2" r:id="rId2"/>'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_OFFICE}/worksheet" Target="worksheets/sheet2.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": _sheet(said, [False, False]),
        "xl/worksheets/sheet2.xml": _sheet([columns, *rows], [name in numbers for name in columns]),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, text in parts.items():
            entry = zipfile.ZipInfo(name, _MADE_ON)
            entry.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(entry, _HEAD + text, compresslevel=3)
    return out.getvalue()


def _sheet(rows: Sequence[Sequence[str]], is_number: Sequence[bool]) -> str:
    """The first row is headings, which are text in any column."""
    letters = [
        chr(ord("A") + place // 26 - 1) * (place > 25) + chr(ord("A") + place % 26) for place in range(len(is_number))
    ]
    lines = []
    for number, row in enumerate(rows, 1):
        cells = [
            f'<c r="{letter}{number}"><v>{text}</v></c>'
            if numeric and number > 1
            else f'<c r="{letter}{number}" t="inlineStr"><is><t>{escape(text, quote=False)}</t></is></c>'
            for letter, text, numeric in zip(letters, row, is_number, strict=True)
            if text
        ]
        lines.append(f'<row r="{number}">{"".join(cells)}</row>')
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'
