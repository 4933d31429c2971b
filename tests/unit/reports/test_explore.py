"""What is in the page for exploring: the audience's rows as they were published, the fields that the page needs and no
others, whatever the names in them are made of."""

import json
import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import fields
from hashlib import sha256
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impact.reports.audience_rows import AudienceRows, DeliveryModelFigure, OrganisationFigure
from impact.reports.explore import GROUP_FIELDS, ORGANISATION_FIELDS, explore_data, explore_page
from impact.reports.html import Download
from tests.unit.reports.published import (
    ENGAGEMENT,
    HOSTILE,
    NET,
    RATE,
    before_after,
    effect,
    figure,
    model,
    quarter,
    rows,
    saving,
)

BREAKS_OUT = "</script><script>alert(1)</script><!--<script>\u2028\u2029]]>'\"&lt;`${x}\\u003c\\"


class _Scripts(HTMLParser):
    """The scripts of a page: attributes and content of each."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[dict[str, str | None], str]] = []
        self.is_in_one = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.is_in_one = tag == "script"
        if self.is_in_one:
            self.found.append((dict(attrs), ""))

    def handle_endtag(self, tag: str) -> None:
        self.is_in_one = False

    def handle_data(self, data: str) -> None:
        if self.is_in_one:
            attributes, content = self.found.pop()
            self.found.append((attributes, content + data))


def page_of(given_rows: AudienceRows, downloads: Sequence[Download] = (), **more: Any) -> str:
    sizes = {one.name: 5_000 for one in downloads}
    return explore_page(given_rows, quarter(), "State of the sector", downloads, sizes, **more).decode()


def scripts(page: str) -> list[tuple[dict[str, str | None], str]]:
    found = _Scripts()
    found.feed(page)
    return found.found


def data_in(page: str) -> dict[str, Any]:
    [(_, content), _] = scripts(page)
    read: dict[str, Any] = json.loads(content)
    return read


def read(data: dict[str, Any], set_id: str) -> list[dict[str, str]]:
    """The rows of a set, as the script reads them."""
    [found] = [one for one in data["sets"] if one["id"] == set_id]
    columns = []
    for column in found["columns"]:
        texts: list[str] = []
        for place in column:
            texts += [texts[-1]] * -place if place < 0 else [data["texts"][place]]
        columns.append(texts)
    return [dict(zip(found["fields"], row, strict=True)) for row in zip(*columns, strict=True)]


def as_texts(row: object, names: Sequence[str]) -> dict[str, str]:
    return {name: str(getattr(row, name)) for name in names}


def test_what_is_read_back_equals_the_rows() -> None:
    by_name = (figure(), figure("[c]", who="Beta"), figure("-1500", NET), figure("6.51", ENGAGEMENT, grain="quarter"))
    groups = (model(), model("[c]", delivery_model="in_house", note="too few organisations"), model("-5", NET))
    data = data_in(page_of(rows(*by_name, models=groups)))
    assert read(data, "organisations") == [as_texts(row, ORGANISATION_FIELDS) for row in by_name]
    assert read(data, "groups") == [as_texts(row, GROUP_FIELDS) for row in groups]


@given(
    st.lists(
        st.tuples(st.text(st.characters(codec="utf-8"), max_size=20), st.sampled_from(["4.10", "[c]", "[x]", "0"])),
        min_size=1,
        max_size=12,
    )
)
def test_any_names_and_figures_are_read_back_as_they_are(there: list[tuple[str, str]]) -> None:
    given_rows = rows(*(figure(value, who=name) for name, value in there))
    page = page_of(given_rows)
    assert len(scripts(page)) == 2
    assert read(data_in(page), "organisations") == [
        as_texts(row, ORGANISATION_FIELDS) for row in given_rows.organisations
    ]


@pytest.mark.parametrize("name", [BREAKS_OUT, HOSTILE, "n" * 300, '"=1+1"', "\u202eabc\u2067", "\U0001f600" * 40])
def test_no_name_breaks_out_of_the_data(name: str) -> None:
    given_rows = rows(figure(who=name, basis_name=name, peer_note=name), models=[model(sector=name, basis_name=name)])
    page = page_of(given_rows, sector_names={name: name})
    [(about, content), (ours, _)] = scripts(page)
    assert about == {"type": "application/json", "id": "figures"}
    assert ours == {}
    assert not set("<\u2028\u2029") & set(content)
    assert {row["organisation_name"] for row in read(data_in(page), "organisations")} == {name}
    assert name in {one["name"] for one in data_in(page)["sectors"]}


def test_nothing_is_in_the_page_that_it_does_not_need() -> None:
    def hidden(kind: type[Any], needed: Sequence[str]) -> dict[str, Any]:
        return {one.name: "not needed" for one in fields(kind) if one.type is str and one.name not in needed}

    page = page_of(
        rows(
            figure(**hidden(OrganisationFigure, ORGANISATION_FIELDS)),
            models=[model(**hidden(DeliveryModelFigure, GROUP_FIELDS))],
            effects=[effect("not needed")],
            before_after=[before_after(note="not needed")],
            savings=[saving(note="not needed")],
            kind="organisation",
            history=[figure(grain="quarter", period_id="2025-Q4", **hidden(OrganisationFigure, ORGANISATION_FIELDS))],
        )
    )
    assert "not needed" not in page
    found = {one["id"]: tuple(one["fields"]) for one in data_in(page)["sets"]}
    assert found == {"organisations": ORGANISATION_FIELDS, "groups": GROUP_FIELDS}
    assert [one["id"] for one in data_in(page)["indicators"]] == [RATE.id]


def test_quarters_stand_once_each_and_the_oldest_first() -> None:
    earlier, later = (figure(grain="quarter", period_id=period) for period in ("2025-Q4", "2026-Q1"))
    data = explore_data(rows(figure(), later, kind="organisation", history=[earlier, later]))
    found = [(row["grain"], row["period_id"]) for row in read(data, "organisations")]
    assert found == [("quarter", "2025-Q4"), ("rolling_year", "2026-Q1"), ("quarter", "2026-Q1")]
    assert [(one["id"], one["label"]) for one in data["periods"]] == [
        ("rolling_year.2026-Q1", "year to March 2026"),
        ("quarter.2026-Q1", "January to March 2026"),
        ("quarter.2025-Q4", "October to December 2025"),
    ]


def test_indicators_stand_by_topic_and_say_which_way_is_good() -> None:
    data = explore_data(
        rows(figure("6.51", ENGAGEMENT), figure(), figure("1", NET), models=[model("9", NET, denominator="[z]")])
    )
    found = [(one["topic"], one["name"], one["sign"], one["sums"]) for one in data["indicators"]]
    assert found == [
        ("Staff survey", "Engagement", "0 to 10", False),
        ("Sickness absence", "Absence rate", "%", False),
        ("Savings", "Net savings", "£", True),
    ]
    assert data["indicators"][1]["about"] == "Days lost. Lower is better."


def test_sectors_have_names_and_areas_stand_after_them() -> None:
    sectors = ["sectors_of_mutuals", "area:greater Alpha", "libraries", "area:E47"]
    given_rows = rows(figure(sector="libraries"), models=[model(sector=sector) for sector in sectors])
    data = explore_data(given_rows, {"area:E47": "Beta Valley"})
    assert data["sectors"] == [
        {"id": "sectors_of_mutuals", "name": "All sectors with mutuals", "area": False},
        {"id": "libraries", "name": "Libraries", "area": False},
        {"id": "area:E47", "name": "Beta Valley", "area": True},
        {"id": "area:greater Alpha", "name": "Greater Alpha", "area": True},
    ]


def test_a_set_without_rows_is_left_out() -> None:
    assert [one["id"] for one in explore_data(rows(figure()))["sets"]] == ["organisations"]
    assert [one["id"] for one in explore_data(rows(models=[model()]))["sets"]] == ["groups"]


def test_without_figures_the_page_says_so_and_runs_nothing() -> None:
    page = page_of(rows())
    assert "There are no figures for this period yet." in page
    assert scripts(page) == []


def test_the_report_and_the_files_are_linked_with_or_without_script() -> None:
    downloads = [
        Download("organisations.csv", "Organisations", "CSV"),
        Download("explore.html", "Explore", "page", True),
    ]
    page = page_of(rows(figure()), downloads)
    assert '<a href="organisations.csv" download>Organisations (CSV, 5 KB)</a>' in page
    assert page.count('href="index.html"') == 2
    assert "explore.html" not in page
    assert "need JavaScript" in page


def test_the_page_asks_nobody_for_anything_and_runs_its_own_script_alone() -> None:
    page = page_of(rows(figure(), models=[model()]))
    assert not re.search(
        r"<(link|img|iframe|object)|@import|url\(|import\(|fetch\(|\bsrc=|https?://(?!www\.w3\.org/)", page
    )
    [_, (attributes, script)] = scripts(page)
    assert "type" not in attributes
    digest = b64encode(sha256(script.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'" in page


def test_a_name_can_be_found_in_the_file_by_whoever_looks_for_what_should_not_be_there() -> None:
    assert "Café Ŵyn \u202ecod \U0001f600" in page_of(rows(figure(who="Café Ŵyn \u202ecod \U0001f600")))


def test_the_same_rows_are_the_same_bytes() -> None:
    given_rows = rows(figure(), figure("3.00", who="Beta"), models=[model()])
    assert page_of(given_rows) == page_of(given_rows)


def test_a_page_as_large_as_the_public_one_stays_below_200_kb() -> None:
    indicators = [RATE, ENGAGEMENT, NET]
    by_name = [
        figure(
            f"{at / 7:.2f}",
            indicators[at % 3],
            who=f"Organisation {at // 9}",
            lower_95=f"{at / 9:.2f}",
            upper_95=f"{at / 5:.2f}",
        )
        for at in range(1_300)
    ]
    groups = [
        model(f"{at / 7:.2f}", indicators[at % 3], sector=f"sector_{at // 40}", median=f"{at / 9:.2f}")
        for at in range(800)
    ]
    assert len(page_of(rows(*by_name, models=groups))) < 200_000
