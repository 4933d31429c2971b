"""XML that somebody else wrote -> its tags and texts, as expat comes past them, and nothing that reaches beyond it.

What the tags mean belongs to whoever asks.
"""

from contextlib import suppress
from typing import Protocol
from xml.parsers import expat

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main "
"""What the tags of a workbook begin with here; a space sets the namespace apart from the name."""


class Handlers(Protocol):
    """What is told of each part of the XML. Tags and attributes have their namespace before them, if they have one."""

    def start(self, tag: str, attributes: dict[str, str]) -> None: ...
    def text(self, characters: str) -> None: ...
    def end(self, tag: str) -> None: ...


def parse(xml: bytes, seen: Handlers) -> None:
    """Tell `seen` of all that stands in `xml`. Raises ExpatError on what is no XML, and ValueError on what declares a
    type of document."""
    parser = _guarded()
    parser.buffer_text = True
    parser.StartElementHandler = seen.start
    parser.CharacterDataHandler = seen.text
    parser.EndElementHandler = seen.end
    parser.Parse(xml, True)


def refuse_declarations(xml: bytes) -> None:
    """Raises ValueError on XML that declares a type of document, in whatever encoding. For what goes on to another
    parser that rests on expat: as that one, this one finds out what is a declaration.

    One can only stand before the first tag, so no more is looked at. What is no XML is for the other parser to refuse.
    """
    parser = _guarded()
    parser.StartElementHandler = _begin
    with suppress(_BegunError, expat.ExpatError):
        parser.Parse(xml, True)


class _BegunError(Exception):
    """The first tag is there: nothing can be declared any more."""


def _begin(*_: object) -> None:
    raise _BegunError


def _guarded() -> expat.XMLParserType:
    """Every entity, of whichever kind, and everything outside is declared in the type of the document, which no
    workbook has."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.StartDoctypeDeclHandler = _refuse
    return parser


def _refuse(*_: object) -> None:
    raise ValueError("a workbook declares no type of document, and so no entities")
