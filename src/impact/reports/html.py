"""A report as pages that need nothing else: style inside, no script, no request to anywhere."""

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache, partial

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from impact.reports.charts import NARROW, WIDE, draw, key_of
from impact.reports.content import Figure, Profile, Report
from impact.reports.figure_files import figure_file_name

REPORT_PAGE = "index.html"


@dataclass(frozen=True)
class Download:
    """A file beside the pages: its name, what it is, and its kind as readers know it. A page opens, and is not saved;
    what `is_lead` stands at the top, the rest in the list of all the data."""

    name: str
    label: str
    kind: str
    is_page: bool = False
    is_lead: bool = False


def report_pages(report: Report, downloads: Sequence[Download], sizes: Mapping[str, int]) -> dict[str, bytes]:
    """File name -> page: that of the report, and one for each organisation that has a profile. `sizes` maps each file
    beside them to its size in bytes."""
    drawn = {figure.id: _drawn(figure, number) for number, figure in enumerate(report.figures(), start=1)}
    links = {title: profile_page_name(id_) for title, id_ in report.profile_links().items()}
    shared = {"report": report, "drawn": drawn, "size": lambda name: _size(sizes[name]), "report_page": REPORT_PAGE}
    pages = {
        REPORT_PAGE: environment()
        .get_template("report.html.j2")
        .render(
            **shared,
            profile_links=links,
            own_pages=_own_pages(report, links.keys()),
            downloads=[one for one in downloads if one.is_lead],
            data_files=[one for one in downloads if not one.is_lead],
        )
    }
    template = environment().get_template("profile.html.j2")
    for profile in report.profiles:
        pages[profile_page_name(profile.id)] = template.render(**shared, profile=profile)
    return {name: page.encode() for name, page in pages.items()}


def _own_pages(report: Report, linked: Set[str]) -> list[Profile]:
    """The profiles that the first section does not name and lead to: a list of the others would stand between the
    reader and that. `linked` are the names that lead to a page."""
    named = {row[0] for section in report.sections[:1] for table in section.tables for row in table.rows}
    led_to = linked & named
    return [profile for profile in report.profiles if profile.title not in led_to]


def profile_page_name(profile_id: str) -> str:
    return f"{profile_id}.html"


def home_page(publications: Sequence[tuple[str, date, Sequence[tuple[str, Sequence[tuple[str, str]]]], str]]) -> bytes:
    """The list of publications: period label, date published, for each kind of reader (name, link) each, and a note."""
    return environment().get_template("home.html.j2").render(publications=publications).encode()


def _drawn(figure: Figure, number: int) -> dict[str, object]:
    return {
        "number": number,
        "file": figure_file_name(figure),
        "wide": Markup(draw(figure.chart, WIDE, f"{figure.id}-wide")),  # noqa: S704  (escaped where it is written)
        "narrow": Markup(draw(figure.chart, NARROW, f"{figure.id}-narrow")),  # noqa: S704
        "key": [{"sign": Markup(entry.sign), "label": entry.label} for entry in key_of(figure.chart)],  # noqa: S704
    }


_SIGNS = {
    **dict.fromkeys(("better", "much better", "improving", "consistently met"), ("good", "▲")),
    **dict.fromkeys(("worse", "much worse", "concern", "consistently missed"), ("bad", "▼")),
    **dict.fromkeys(("higher", "much higher", "lower", "much lower", "high", "low"), ("other", "◆")),
}
"""What catches the eye in a table: a sign before the word, so that it is never the colour alone."""


_SAID = re.compile(r"((?:-?[\d.,]+: )?)([a-z ]+)(|:.*| \(.*)", re.DOTALL)
"""A word as it stands in a cell: behind the target that it is said of, before the reason for it."""


@lru_cache(maxsize=10_000)
def _marked(text: str) -> Markup:
    """Words that set an organisation apart, each with its sign; every other text as it is. Few texts stand in most
    cells."""
    return Markup("; ").join(_marked_part(part) for part in text.split("; "))


def _marked_part(text: str) -> str | Markup:
    found = _SAID.fullmatch(text)
    if found is None or found[2] not in _SIGNS:
        return text
    before, word, rest = found.groups()
    kind, sign = _SIGNS[word]
    return Markup('{}<span class="{}"><span aria-hidden="true">{}</span> {}</span>{}').format(
        before, kind, sign, word, rest
    )


def _led(text: str, leads: Sequence[str]) -> str | Markup:
    """A point with the words that say what it is about, where it begins with such, in bold. Which these are is for the
    content to say: no full stop does, for names and figures have them, too."""
    lead = max((lead for lead in leads if _begins(text, lead)), key=len, default="")
    return Markup("<strong>{}</strong>{}").format(lead, text[len(lead) :]) if lead else text


def _begins(text: str, lead: str) -> bool:
    """Whether a text begins with words, and not within one."""
    return text.startswith(lead) and not text[len(lead) : len(lead) + 1].isalnum()


def _size(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else f"{max(1, round(size / 1000))} KB"


@cache
def environment() -> Environment:
    """What every page is drawn with; `day` and `size` say a date and a number of bytes in words."""
    drawing = Environment(
        loader=PackageLoader("impact.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    drawing.filters["page_name"] = profile_page_name
    drawing.filters["day"] = lambda day: f"{day.day} {day:%B %Y}"
    drawing.filters["size"] = _size
    drawing.filters["marked"] = _marked
    drawing.filters["led"] = _led
    drawing.globals["zip"] = partial(zip, strict=True)
    return drawing
