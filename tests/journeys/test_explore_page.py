"""The page for exploring in a browser: what is chosen is shown, by keyboard alone, at every width, from a file."""

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser

from impact.reports.audience_rows import AudienceRows
from impact.reports.explore import explore_page
from impact.reports.html import Download
from tests.journeys.browser import WIDTHS, Visit, a_browser
from tests.unit.reports.published import ENGAGEMENT, HOSTILE, NET, RATE, figure, model, quarter, rows

pytestmark = pytest.mark.xdist_group("explore_page")

ABSENCE = "#indicator=sickness_absence_rate"
GROUPS = "#show=groups&indicator=sickness_absence_rate"


class Explored(Visit):
    """The page for exploring in a window, and what there is to see on it."""

    def is_quiet(self) -> bool:
        return not self.complaints and not self.others_asked()

    def come_from(self, fragment: str) -> None:
        """Open the page as whoever was sent this address does."""
        address = self.page.url.split("#")[0] + fragment
        self.page.goto("about:blank")
        self.page.goto(address)

    def names(self) -> list[str]:
        """What the rows of the table are about."""
        return self.page.locator("#shown tbody th").all_inner_texts()

    def column(self, heading: str) -> list[str]:
        headings = [text.rstrip(" ▲▼") for text in self.page.locator("#shown thead th").all_inner_texts()]
        at = headings.index(heading) + 1
        return self.page.locator(f"#shown tbody tr > :nth-child({at})").all_inner_texts()

    def drawn(self) -> list[str]:
        """What stands before each line of the charts, and the figure after it."""
        return self.page.locator("#charts svg .name").all_text_contents()

    def focused(self) -> str:
        """The id of what has the focus, its value where several share one name, its class where it has neither."""
        said: str = self.page.evaluate(
            "(it => it.id || (it.name ? `${it.name}:${it.value}` : it.className))(document.activeElement)"
        )
        return said

    def tab_to(self, wanted: str) -> None:
        for _ in range(60):
            if self.focused() == wanted:
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{wanted} cannot be reached by Tab")


Open = Callable[..., Explored]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with a_browser() as started:
        yield started


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """A function that opens the page of some rows from a file."""
    there: list[Explored] = []

    def open_page(given: AudienceRows, fragment: str = "", width: int = 1280, *, has_script: bool = True) -> Explored:
        path = tmp_path / "explore.html"
        downloads = [Download("organisations.csv", "Organisations", "CSV")]
        path.write_bytes(explore_page(given, quarter(), "State of the sector", downloads, {"organisations.csv": 900}))
        found = Explored(browser, path, width, has_script=has_script)
        there.append(found)
        if fragment:
            found.come_from(fragment)
        return found

    yield open_page
    for one in there:
        one.close()


def sector(name: str = "Alpha Care CIC") -> AudienceRows:
    """Two sectors, three delivery models, two bases, two periods; one figure withheld, one that nobody reported."""
    intervals: dict[str, Any] = {"lower_95": "3.80", "upper_95": "4.40"}
    in_house: dict[str, Any] = {"delivery_model": "in_house", "sector": "libraries"}
    return rows(
        figure("4.10", who=name, **intervals),
        figure("10.20", who="Beta", delivery_model="outsourced", peer_median="[c]", peer_note="too few peers"),
        figure("9.30", who="Gamma", **in_house, verdict="worse", verdict_note="not adjusted for staff mix"),
        figure("[c]", who="Delta", peer_note="too few posts"),
        figure("5.00", who="Epsilon", basis="hours", basis_name="hours"),
        figure("3.90", who=name, grain="quarter", variation="concern", variation_note="above the upper limit"),
        figure("6.51", ENGAGEMENT, who=name),
        figure("-1234567", NET, who=name),
        models=[
            model("4.00"),
            model("4.50", delivery_model="in_house"),
            model("[c]", delivery_model="outsourced", note="too few organisations"),
            model("4.70", sector="libraries"),
            model("4.20", sector="area:Greater Alpha"),
            model("1200300", NET, denominator="[z]"),
        ],
    )


def own(quarters: int = 4) -> AudienceRows:
    """A mutual of its own, quarter by quarter."""
    ids = [f"{2025 + at // 4}-Q{at % 4 + 1}" for at in range(quarters)]
    history = [figure(f"4.{at}0", grain="quarter", period_id=period) for at, period in enumerate(ids)]
    return rows(figure(), kind="organisation", history=history)


@pytest.mark.parametrize(
    ("width", "scheme"),
    [
        *((width, "light") for width in WIDTHS),
        *(pytest.param(width, "dark", marks=pytest.mark.long) for width in WIDTHS[:-1]),
        (WIDTHS[-1], "dark"),
    ],
)
@pytest.mark.parametrize("fragment", [ABSENCE + "&sort=value", GROUPS])
def test_nothing_is_wrong_at_any_width_in_light_or_dark(
    opened: Open, width: int, scheme: Literal["light", "dark"], fragment: str
) -> None:
    found = opened(sector(HOSTILE), fragment, width)
    found.page.emulate_media(color_scheme=scheme)
    assert found.violations() == []
    assert found.overflow() <= 0
    assert found.is_quiet(), (found.complaints, found.asked)
    assert found.drawn()


def test_everything_is_reached_and_worked_by_keyboard_alone(opened: Open) -> None:
    found = opened(sector(), ABSENCE)
    page, press = found.page, found.page.keyboard.press
    reached = []
    for _ in range(40):
        press("Tab")
        reached.append(found.focused())
    wanted = ["show:organisations", "indicator", "period", "sector", "models:mutual", "models:in_house"]
    wanted += ["models:outsourced", "reset", "download", "scroll", "sort-organisation_name", "sort-value"]
    assert [one for one in reached if one in wanted][: len(wanted)] == wanted

    found.come_from(ABSENCE)
    found.tab_to("sector")
    press("ArrowDown")
    press("ArrowDown")
    assert found.names() == ["Gamma"]
    found.tab_to("reset")
    press("Enter")
    assert len(found.names()) == 5
    found.come_from(ABSENCE)
    found.tab_to("models:mutual")
    press("Space")
    assert found.names() == ["Beta", "Gamma"]
    found.tab_to("sort-value")
    press("Enter")
    assert found.focused() == "sort-value"
    assert found.names() == ["Gamma", "Beta"]
    press("Enter")
    assert found.names() == ["Beta", "Gamma"]
    found.come_from(ABSENCE)
    found.tab_to("period")
    press("ArrowDown")
    assert found.names() == ["Alpha Care CIC"]
    assert found.column("Over time") == ["concern: above the upper limit"]
    found.come_from(ABSENCE)
    found.tab_to("show:organisations")
    press("ArrowRight")
    assert found.names()[0] == "Adult social care"
    found.come_from(ABSENCE)
    found.tab_to("indicator")
    press("ArrowDown")
    assert page.locator("h2").first.inner_text() == "Net savings, year to March 2026"


def test_table_charts_count_and_heading_follow_what_is_chosen(opened: Open) -> None:
    found = opened(sector(), ABSENCE)
    page, status = found.page, found.page.get_by_role("status")
    assert status.text_content() == "5 of 5 rows shown: Absence rate, year to March 2026."
    assert "1 row has no figure to draw" in page.locator("#charts").inner_text()
    page.get_by_label("Sector").select_option("libraries")
    assert status.text_content() == "1 of 5 rows shown: Absence rate, year to March 2026."
    assert found.names() == ["Gamma"]
    assert found.drawn() == ["Gamma", "9.30"]
    page.get_by_label("In-house").uncheck()
    assert found.names() == found.drawn() == []
    assert "Nothing fits all that is chosen" in (status.text_content() or "")
    page.get_by_role("button", name="Show everything").click()
    assert len(found.names()) == 5
    page.get_by_label("Indicator").select_option("staff_engagement")
    assert found.column("Figure (0 to 10)") == ["6.51"]


def test_figures_are_shown_as_published_and_sorted_as_numbers_with_shorthand_last(opened: Open) -> None:
    found = opened(sector(), ABSENCE)
    by_value = found.page.get_by_role("button", name="Figure (%)")
    assert found.column("Figure (%)") == ["4.10", "10.20", "9.30", "[c]", "5.00"]
    by_value.click()
    assert found.column("Figure (%)") == ["4.10", "5.00", "9.30", "10.20", "[c]"]
    assert found.page.locator("th[aria-sort]").get_attribute("aria-sort") == "ascending"
    by_value.click()
    assert found.column("Figure (%)") == ["10.20", "9.30", "5.00", "4.10", "[c]"]
    by_value.click()
    assert found.page.locator("th[aria-sort]").count() == 0
    assert found.column("95% interval (%)") == ["3.80 to 4.40", "[z]", "[z]", "[z]", "[z]"]
    assert found.column("Verdict")[2] == "worse (not adjusted for staff mix)"
    found.page.get_by_label("Indicator").select_option("net_savings")
    assert found.column("Figure (£)") == ["-1,234,567"]


def test_bases_never_share_a_chart_nor_totals_an_axis_with_one_organisation(opened: Open) -> None:
    found = opened(sector(), ABSENCE)
    charts = found.page.locator("#charts figure")
    assert charts.count() == 2
    assert charts.nth(0).locator("h3").inner_text() == "Absence rate (%), calendar days"
    assert charts.nth(1).locator("svg[role=img] .name").all_text_contents() == ["Epsilon", "5.00"]
    assert charts.nth(0).locator("circle.mutual").count() == 2  # one of them in the key
    assert charts.nth(0).locator("polygon.in-house").count() == 2
    assert charts.nth(0).locator("polygon.outsourced").count() == 2
    assert charts.nth(0).locator("path.interval").count() == 2
    assert charts.nth(0).locator("line.median").count() == 3
    found = opened(sector(), "#show=groups&indicator=net_savings")
    assert found.drawn() == ["Adult social care: Mutual", "1,200,300"]
    assert found.page.locator("#charts .median").count() == 0


def test_areas_stand_apart_from_sectors(opened: Open) -> None:
    found = opened(sector(), GROUPS)
    select = found.page.get_by_label("Sector or area")
    assert select.locator("optgroup[label=Areas] option").all_inner_texts() == ["Greater Alpha"]
    select.select_option(label="Greater Alpha")
    assert found.drawn() == ["Greater Alpha: Mutual", "4.20"]


def test_an_organisation_sees_all_its_quarters_and_no_filter_that_has_one_choice(opened: Open) -> None:
    found = opened(own())
    assert [found.page.get_by_label(label).is_visible() for label in ("Period", "Sector", "Indicator")] == [
        True,
        False,
        False,
    ]
    assert not found.page.get_by_role("radio").count()
    found.page.get_by_label("Period").select_option(label="Every quarter")
    expected = ["January to March 2025", "April to June 2025", "July to September 2025", "October to December 2025"]
    assert found.names() == found.drawn()[::2] == expected
    assert found.column("Figure (%)") == found.drawn()[1::2] == ["4.00", "4.10", "4.20", "4.30"]
    assert "Alpha Care CIC" in found.page.locator("caption").inner_text()


def test_the_address_keeps_what_is_chosen_and_back_works(opened: Open) -> None:
    found = opened(sector(), ABSENCE)
    page = found.page
    page.get_by_label("Sector").select_option("libraries")
    page.get_by_label("Mutual").uncheck()
    page.get_by_role("button", name="Figure (%)").click()
    found.come_from(page.url[page.url.index("#") :])
    assert found.names() == ["Gamma"]
    assert page.get_by_label("Sector").input_value() == "libraries"
    assert not page.get_by_label("Mutual").is_checked()
    assert page.locator("th[aria-sort=ascending]").count() == 1
    page.get_by_label("Sector").select_option("all")
    assert found.names() == ["Gamma", "Beta"]
    page.go_back()
    page.wait_for_function("document.querySelectorAll('#shown tbody tr').length === 1")
    assert found.names() == ["Gamma"]
    page.evaluate("location.hash = 'main'")
    page.wait_for_timeout(50)
    assert found.names() == ["Gamma"]


@pytest.mark.parametrize(
    "fragment",
    [
        "#indicator=__proto__&show=constructor&period=x&sector=%00&sort=valueOf&order=up",
        "#%E0%A4%A",
        "#=&&=&indicator",
        "#indicator=" + "x" * 5_000,
    ],
)
def test_an_address_that_makes_no_sense_shows_what_comes_first(opened: Open, fragment: str) -> None:
    found = opened(sector(), fragment)
    assert found.page.locator("h2").first.inner_text() == "Engagement, year to March 2026"
    assert found.is_quiet()


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_what_is_shown_is_downloaded_as_it_was_published(opened: Open, start: str) -> None:
    name = f'{start}cmd|"a", b\nc </script>'
    found = opened(sector(name), "#indicator=net_savings")
    with found.page.expect_download() as waited:
        found.page.get_by_role("button", name="Download what is shown (CSV)").click()
    assert waited.value.suggested_filename == "commissioner-C1-organisations-net_savings-rolling_year.2026-Q1.csv"
    with Path(waited.value.path()).open(encoding="utf-8", newline="") as file:
        written = file.read()
    [row] = csv.DictReader(io.StringIO(written, newline=""))
    assert row["organisation_name"] == f"'{name}"
    assert (row["value"], row["unit"], row["indicator_name"], row["peers"]) == ("-1234567", "GBP", NET.name, "[z]")
    assert written.endswith("\r\n")
    assert found.is_quiet()


def test_hostile_names_are_shown_as_text(opened: Open) -> None:
    name = '</script><img src=x onerror=alert(1)><b>"\u202ecod\u2028' + "n" * 300
    found = opened(sector(name), ABSENCE, 320)
    assert found.page.locator("#shown tbody th").first.text_content() == name
    assert found.page.locator("#shown img, #shown b").count() == 0
    assert found.drawn()[0].endswith("…")
    assert found.is_quiet(), (found.complaints, found.asked)


def test_without_script_the_page_says_what_it_is_and_where_the_figures_are(opened: Open) -> None:
    found = opened(sector(), has_script=False)
    said = found.page.locator("main").inner_text()
    assert "Explore the figures" in said
    assert "need JavaScript" in said
    assert "Organisations (CSV, 1 KB)" in said
    assert not found.page.locator("#choices").is_visible()
    assert not found.page.locator("#shown").is_visible()
    assert found.page.get_by_role("link", name="report", exact=True).get_attribute("href") == "index.html"


def test_charts_fit_the_page_when_it_is_turned(opened: Open) -> None:
    found = opened(sector(), ABSENCE)
    found.page.set_viewport_size({"width": 320, "height": 600})
    found.page.wait_for_function("document.querySelector('#charts svg[role=img]').clientWidth < 320")
    assert found.overflow() <= 0
    assert RATE.name in found.page.locator("#charts h3").first.inner_text()
