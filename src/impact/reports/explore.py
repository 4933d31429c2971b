"""The page for exploring: the figures of one audience, by name and in groups, to filter, sort and download.

What is on it is decided here, from the audience's rows alone; how it behaves is in `templates/explore.js`. Nothing is
worked out anew, here or there: figures are the texts that were published.
"""

import json
from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from importlib.resources import files
from itertools import groupby
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from markupsafe import Markup

from impact.periods import Period, parse_period
from impact.reports.audience_rows import AudienceRows, DeliveryModelFigure, OrganisationFigure
from impact.reports.html import REPORT_PAGE, Download, environment
from impact.reports.wording import unit_sign, words, year_end, year_label

EXPLORE_PAGE = "explore.html"

ORGANISATION_FIELDS = (
    "grain",
    "period_id",
    "indicator_id",
    "organisation_code",
    "organisation_name",
    "delivery_model",
    "sector",
    "basis",
    "basis_name",
    "value",
    "lower_95",
    "upper_95",
    "months_reported",
    "months_expected",
    "peers",
    "peer_median",
    "peer_lower_quartile",
    "peer_upper_quartile",
    "peer_note",
    "verdict",
    "verdict_note",
    "variation",
    "variation_note",
)
GROUP_FIELDS = (
    "grain",
    "period_id",
    "indicator_id",
    "sector",
    "delivery_model",
    "basis",
    "basis_name",
    "organisations",
    "organisations_registered",
    "months_reported",
    "months_expected",
    "value",
    "median",
    "lower_quartile",
    "upper_quartile",
    "note",
)
"""What the page needs of each row, by the names that these have in the data files."""

_AREA = "area:"
"""What the code of a group begins with that is of an area, not of a sector."""

_POLARITIES = {"lower_is_better": "Lower is better.", "higher_is_better": "Higher is better."}
_NO_NAMES: Mapping[str, str] = MappingProxyType({})

_Row = OrganisationFigure | DeliveryModelFigure
_Run = tuple[str, int]
"""A text, and in how many rows it stands one after the other."""


def explore_page(
    rows: AudienceRows,
    period: Period,
    title: str,
    downloads: Sequence[Download],
    sizes: Mapping[str, int],
    sector_names: Mapping[str, str] = _NO_NAMES,
) -> bytes:
    """The page. `title` is that of the report beside it, `sizes` maps each file of `downloads` to its size in bytes,
    `sector_names` names sectors and areas of which the code alone would say too little."""
    data = explore_data(rows, sector_names)
    script = files("impact.reports").joinpath("templates", "explore.js").read_text("utf-8")
    page = (
        environment()
        .get_template("explore.html.j2")
        .render(
            title=title,
            is_empty=not data["sets"],
            quarter=period.label(),
            year=year_label(period),
            report_page=REPORT_PAGE,
            downloads=[one for one in downloads if not one.is_page],
            sizes=sizes,
            data=Markup(_in_script(data)),  # noqa: S704  (nothing in it can end the script)
            script=Markup(script),  # noqa: S704  (our own)
            script_hash=b64encode(sha256(script.encode()).digest()).decode(),
        )
    )
    return page.encode()


def explore_data(rows: AudienceRows, sector_names: Mapping[str, str] = _NO_NAMES) -> dict[str, Any]:
    """What the script reads. Each set of rows has a column a field, of places in `texts`: the same few texts stand in
    most cells, and the most frequent have the shortest places; -3 says that the text before stands in 3 more rows. A
    set without rows is left out."""
    now = set(rows.organisations) if rows.history else set()
    organisations = (*(row for row in rows.history if row not in now), *rows.organisations)
    groups = rows.delivery_models
    there: list[tuple[str, str, tuple[str, ...], Sequence[_Row]]] = [
        ("organisations", "Organisations by name", ORGANISATION_FIELDS, organisations),
        ("groups", "Groups side by side", GROUP_FIELDS, groups),
    ]
    sets = [(name, title, fields, _columns(of, fields)) for name, title, fields, of in there if of]
    counted = Counter(text for *_, columns in sets for column in columns for text, _ in column)
    texts = sorted(counted, key=lambda text: (-counted[text], text))
    place = {text: index for index, text in enumerate(texts)}
    every: tuple[_Row, ...] = (*organisations, *groups)
    return {
        "audience": rows.audience.id,
        "texts": texts,
        "sets": [
            {
                "id": name,
                "title": title,
                "fields": fields,
                "columns": [list(_places(column, place)) for column in columns],
            }
            for name, title, fields, columns in sets
        ],
        "indicators": _indicators(rows, {row.indicator_id for row in every}),
        "periods": _periods(every),
        "sectors": _sectors(dict.fromkeys(row.sector for row in every), sector_names),
        "models": {
            model: words(model).capitalize()
            for model in sorted({row.delivery_model for row in every}, key=lambda model: (model != "mutual", model))
        },
    }


def _columns(rows: Sequence[_Row], fields: Sequence[str]) -> list[list[_Run]]:
    return [
        [(text, len(list(run))) for text, run in groupby(map(str, column))]
        for column in zip(*map(attrgetter(*fields), rows), strict=True)
    ]


def _places(column: Iterable[_Run], place: Mapping[str, int]) -> Iterator[int]:
    for text, rows in column:
        yield place[text]
        if rows > 1:
            yield 1 - rows


def _indicators(rows: AudienceRows, used: set[str]) -> list[dict[str, object]]:
    """Those of which there are figures, topic by topic. `sums` are totals of a group: no figure of one member of it can
    stand on their axis."""
    summed = {row.indicator_id for row in rows.delivery_models if row.denominator == "[z]"}
    return [
        {
            "id": indicator.id,
            "name": indicator.name,
            "topic": topic.title,
            "unit": indicator.unit,
            "sign": unit_sign(indicator.unit),
            "sums": indicator.id in summed,
            "about": f"{indicator.definition} {_POLARITIES.get(indicator.polarity, '')}".strip(),
        }
        for topic in rows.topics
        for indicator in rows.indicators
        if indicator.topic == topic.id and indicator.id in used
    ]


def _periods(rows: Iterable[_Row]) -> list[dict[str, str]]:
    """Years before quarters, the latest first."""
    found = sorted({(row.grain, row.period_id) for row in rows}, key=lambda one: one[1], reverse=True)
    labels = []
    for grain, period_id in sorted(found, key=lambda one: one[0] != "rolling_year"):
        period = parse_period(period_id)
        assert period is not None, f"{period_id} is published, and is no period"
        label = f"year to {year_end(period)}" if grain == "rolling_year" else period.label()
        labels.append({"id": f"{grain}.{period_id}", "grain": grain, "label": label})
    return labels


def _sectors(codes: Iterable[str], names: Mapping[str, str]) -> list[dict[str, object]]:
    """Sectors before areas, each by name."""
    named = [
        {
            "id": code,
            "name": names.get(code) or _capital(words(code.removeprefix(_AREA))),
            "area": code.startswith(_AREA),
        }
        for code in codes
    ]
    return sorted(named, key=lambda one: (one["area"], one["name"], one["id"]))


def _capital(text: str) -> str:
    """With a capital first and the rest as it is, which may be a name."""
    return f"{text[:1].upper()}{text[1:]}"


def _in_script(data: object) -> str:
    """JSON that can stand in an element of the page: with no `<` and no odd line end in it nothing ends the element.
    The rest is as it is, so that whoever looks through the file for a name finds it."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.translate({ord(character): f"\\u{ord(character):04x}" for character in "<\u2028\u2029"})
