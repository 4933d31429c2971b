"""Typst and the fonts of print: data into the template, PDF/UA-1 out, and which texts it can set. What is printed is
for `pdf` to say.

The same data gives the same bytes anywhere: the fonts are ours, and the one clock is the day that is passed in.
"""

import json
import re
import shutil
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, TypeVar

import font_source_sans_pro
import typst

_TEMPLATE = Path(__file__).parent / "templates" / "report.typ"
_STANDARD: Literal["ua-1"] = "ua-1"
_FONTS = ("SourceSansPro-Regular.otf", "SourceSansPro-Semibold.otf")
_PROBE = (
    '#set document(title: "-")\n#set text(font: "Source Sans Pro", lang: "en", fallback: %s)\n'
    "#sys.inputs.text #text(weight: 600, sys.inputs.text)"
)
"""Sets one text in each font of ours, with the help of Typst's own or without."""
_LONG = 1_000_000
"""Bytes of some thirty pages, of which Typst would keep 100 MB in memory."""
_AGE = 10
"""How many documents Typst keeps what it has worked out for."""

_USUAL = re.compile("[ -~£]*")
"""Signs that need not be asked after, because every report is full of them."""
_SPACE = re.compile(r"[\t\n\v\f\r ]+")
_UNSEEN = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")
"""Signs of direction, and tags, which no font draws and Typst takes for missing beside some others."""
_UNKNOWN = "\ufffd"

Record = TypeVar("Record")


def typeset(data: Mapping[str, Any], on: date) -> bytes:
    """The template filled with the data, as a PDF made on that day.

    Raises typst.TypstError where that is no accessible document: a picture without a description, a sign without a
    font."""
    pdf = _compiler().compile(
        _TEMPLATE,
        sys_inputs={"report": json.dumps(data)},
        pdf_standards=[_STANDARD],
        timestamp=datetime.combine(on, time(), UTC),
    )
    assert isinstance(pdf, bytes)
    if len(pdf) > _LONG:
        _forget()
    return pdf


def is_drawn(cluster: str) -> bool:
    """Whether Typst can set a character with the marks upon it, if need be in a font that it brings: those have Greek,
    Cyrillic, Hebrew, Arabic and many signs. What is wide is Chinese, Japanese, Korean or a picture, which none has."""
    is_wide = any(unicodedata.east_asian_width(character) in "WF" for character in cluster)
    return cluster.isprintable() if cluster.isascii() else not is_wide and _is_set(cluster, "true")


def is_drawn_by_ours(cluster: str) -> bool:
    """Whether our fonts have it themselves."""
    return is_drawn(cluster) and (cluster.isascii() or _is_set(cluster, "false"))


def is_usual(cluster: str) -> bool:
    """Whether it is a sign that every font has, and that stands beside any other."""
    return _USUAL.fullmatch(cluster) is not None


def with_drawable_texts(record: Record, is_drawn: Callable[[str], bool] = is_drawn) -> Record:
    """A record of content without what no page can show. White space is one space, as on a web page; signs that would
    turn round what stands after them, figures too, are left out, and so are tags; for what cannot be drawn stands a
    sign that says so."""
    return _with_drawable_texts(record, is_drawn)  # type: ignore[no-any-return]


def _with_drawable_texts(record: Any, is_drawn: Callable[[str], bool]) -> Any:
    if isinstance(record, str):
        return _drawable(record, is_drawn)
    if isinstance(record, tuple):
        return tuple(_with_drawable_texts(one, is_drawn) for one in record)
    if is_dataclass(record) and not isinstance(record, type):
        return type(record)(
            **{one.name: _with_drawable_texts(getattr(record, one.name), is_drawn) for one in fields(record)}
        )
    return record


def _drawable(text: str, is_drawn: Callable[[str], bool]) -> str:
    text = _UNSEEN.sub("", _SPACE.sub(" ", text))
    if is_usual(text):
        return text
    return "".join(cluster if is_drawn(cluster) else _UNKNOWN for cluster in _clusters(text))


def _clusters(text: str) -> Iterator[str]:
    """Characters with the marks upon them, and pictures joined of several."""
    cluster = ""
    for character in text:
        is_mark = unicodedata.category(character)[0] == "M" or unicodedata.category(character) == "Cf"
        if cluster and not is_mark and not cluster.endswith("\u200d"):
            yield cluster
            cluster = ""
        cluster += character
    if cluster:
        yield cluster


@cache
def _is_set(cluster: str, has_fallback: str) -> bool:
    """Typst is asked, because it alone knows what is in its own fonts. An answer takes a millisecond or two."""
    try:
        _compiler().compile(
            (_PROBE % has_fallback).encode(), sys_inputs={"text": cluster}, pdf_standards=[_STANDARD], timestamp=0
        )
    except typst.TypstError:
        return False
    return True


@cache
def _compiler() -> typst.Compiler:
    """Kept between reports, because reading fonts costs more than a page. They stand in a folder of their own: the
    package has each twice, and which one is taken would follow from the order in which a disk lists them."""
    with TemporaryDirectory() as folder:
        for name in _FONTS:
            shutil.copy(Path(font_source_sans_pro.font_directory) / name, folder)
        compiler = typst.Compiler(_TEMPLATE, font_paths=typst.Fonts(include_system_fonts=False, font_paths=[folder]))
        # A font is read when it is first used, and the folder is gone by then.
        compiler.compile((_PROBE % "true").encode(), sys_inputs={"text": "-"})
    return compiler


def _forget() -> None:
    """Have Typst let go of what it keeps of a long report, which it does when so many others have been set since."""
    for _ in range(_AGE):
        _compiler().compile(b"")
