"""What a report says and how it is drawn, from a few published rows."""

import csv
import io
import re
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree

import pytest

from impact.periods import Period, parse_period
from impact.reports.audiences import (
    Audience,
    AudienceRows,
    DeliveryModelFigure,
    Indicator,
    OrganisationFigure,
    Publisher,
)
from impact.reports.charts import NARROW, WIDE, portfolio
from impact.reports.content import Chart, Mark
from impact.reports.data_files import data_files
from impact.reports.html import report_page
from impact.reports.main_points import main_points
from impact.reports.writing import NOT_FOR_RELEASE, make_report

HOSTILE = '<script>alert("x")</script> & \u202ecod \U0001f600 ' + "n" * 250

RATE = Indicator("sickness_absence_rate", "Sickness absence rate", "%", "lower_is_better", "Days lost.", "NHS England")

ALPHA = OrganisationFigure(
    grain="rolling_year",
    period_id="2026-Q1",
    period_start_on=date(2025, 4, 1),
    period_end_on=date(2026, 3, 31),
    indicator_id="sickness_absence_rate",
    indicator_name="Sickness absence rate",
    unit="%",
    organisation_code="M001",
    organisation_name="Alpha Care CIC",
    delivery_model="mutual",
    sector="adult_social_care",
    basis="calendar_days",
    value="4.10",
    months_reported=12,
    months_expected=12,
    peer_group="same delivery model and sector",
    peers="12",
    peer_value="4.20",
    peer_median="4.00",
    peer_lower_quartile="3.50",
    peer_upper_quartile="4.50",
    peer_note="",
    source="return",
    is_public=False,
)

MUTUALS = DeliveryModelFigure(
    grain="rolling_year",
    period_id="2026-Q1",
    period_start_on=date(2025, 4, 1),
    period_end_on=date(2026, 3, 31),
    indicator_id="sickness_absence_rate",
    indicator_name="Sickness absence rate",
    unit="%",
    sector="adult_social_care",
    basis="calendar_days",
    delivery_model="mutual",
    organisations=12,
    organisations_registered=13,
    months_reported=140,
    months_expected=144,
    numerator="4100.00",
    denominator="100000.00",
    value="4.10",
    value_with_unclassified="[z]",
    median="4.00",
    lower_quartile="3.50",
    upper_quartile="4.50",
    note="",
    is_public=False,
)


def quarter() -> Period:
    period = parse_period("2026-Q1")
    assert period is not None
    return period


def rows(
    *organisations: OrganisationFigure, models: tuple[DeliveryModelFigure, ...] = (), kind: str = "commissioner"
) -> AudienceRows:
    return AudienceRows(Audience("commissioner-C1", kind, "Alphashire"), 5, 10, (RATE,), (), organisations, models)


def points(given: AudienceRows) -> list[str]:
    return list(main_points(given, quarter()))


def test_an_organisation_with_two_bases_is_counted_once() -> None:
    two = replace(ALPHA, basis="working_days", months_reported=3)
    assert points(rows(replace(ALPHA, months_reported=9), two))[0] == (
        "You commission 1 organisation; 0 of them reported every month of the year to March 2026."
    )


@pytest.mark.parametrize(
    ("values", "higher", "lower"),
    [
        (
            ["4.10", "3.90"],
            "(2 of them can be), 1 had a higher absence rate",
            "and 1 a lower",
        ),
        (
            ["4.00", "3.90"],
            "(2 of them can be), 0 had a higher absence rate",
            "and 1 a lower",
        ),
        (
            ["[x]", "10.00"],
            "(1 of them can be), 1 had a higher absence rate",
            "and 0 a lower",
        ),
    ],
)
def test_higher_and_lower_are_counted_from_the_printed_figures(values: list[str], higher: str, lower: str) -> None:
    given = [replace(ALPHA, organisation_code=str(index), value=value) for index, value in enumerate(values)]
    said = points(rows(*given))[1]
    assert higher in said
    assert lower in said


def test_nobody_is_called_better_or_worse() -> None:
    text = " ".join(points(rows(ALPHA, models=(MUTUALS,)))).lower()
    assert not re.search(r"\b(better|worse|significant|because)\b", text)


def test_mutuals_stand_beside_others_on_the_same_basis_alone() -> None:
    others = replace(MUTUALS, delivery_model="in_house", organisations=8, value="5.00")
    hours = replace(others, delivery_model="outsourced", basis="hours", value="9.99")
    said = " ".join(points(rows(models=(MUTUALS, others, hours), kind="public")))
    assert "the 12 mutuals lost 4.10% of available calendar days to sickness (140 of 144 months reported)" in said
    assert "the 8 in-house organisations lost 5.00% (140 of 144 months reported)" in said
    assert "9.99" not in said
    assert "a description, not an effect" in said


def test_what_is_withheld_is_not_said() -> None:
    assert points(rows(models=(replace(MUTUALS, value="[c]", median="[c]"),), kind="public")) == []


def test_a_doubt_about_who_is_a_mutual_is_said_with_its_size() -> None:
    mutuals = replace(MUTUALS, value_with_unclassified="4.40")
    unsure = replace(MUTUALS, delivery_model="unclassified", organisations=1, median="[z]")
    said = points(rows(models=(mutuals, unsure), kind="public"))[1]
    assert said.startswith("It is not known whether 1 other organisation in this sector belongs to its staff.")
    assert said.endswith("Counting it as mutuals would give 4.40% instead of 4.10%.")


def test_a_page_may_be_released_only_when_every_figure_is_public() -> None:
    public = replace(ALPHA, is_public=True)
    for given, warning in (
        (rows(public), None),
        (rows(public, ALPHA), NOT_FOR_RELEASE),
        (rows(public, models=(MUTUALS,)), NOT_FOR_RELEASE),
        (rows(), NOT_FOR_RELEASE),
    ):
        assert make_report(given, quarter(), date(2026, 7, 20)).warning == warning


def test_an_audience_without_figures_gets_a_page_that_says_so() -> None:
    report = make_report(rows(kind="public"), quarter(), date(2026, 7, 20))
    page = report_page(report, {}).decode()
    assert "There are no figures for this period yet." in page
    assert "There is no organisation to report on." in page


def test_only_the_quarter_is_shown_where_no_contract_covers_the_year() -> None:
    report = make_report(rows(replace(ALPHA, grain="quarter", months_reported=3)), quarter(), date(2026, 7, 20))
    assert "only January to March 2026 is shown" in report.main_points[0]
    [section] = [section for section in report.sections if section.id == "sickness-absence-rate"]
    assert [column.heading for column in section.tables[0].columns if "2026" in column.heading] == [
        "January to March 2026 (%)"
    ]


def test_the_cells_withheld_are_counted_as_they_are_printed() -> None:
    given = rows(replace(ALPHA, peer_median="[c]", peer_lower_quartile="[c]", peer_upper_quartile="[c]"))
    report = make_report(given, quarter(), date(2026, 7, 20))
    printed = report_page(report, dict.fromkeys(data_files(given), 1)).decode().count(">[c]<")
    [missing] = [section for section in report.sections if section.id == "data-quality"]
    assert missing.paragraphs[1].startswith(f"{printed} cells were withheld")


def test_the_licence_of_official_figures_is_printed() -> None:
    publisher = Publisher("NHS England", "NHS Sickness Absence Rates", "Open Government Licence v3.0", "A note.")
    report = make_report(replace(rows(ALPHA), publishers=(publisher,)), quarter(), date(2026, 7, 20))
    assert any(
        "licensed under the Open Government Licence v3.0. A note." in text for text in report.sections[-1].paragraphs
    )


def test_hostile_text_comes_out_as_text() -> None:
    given = rows(replace(ALPHA, organisation_name=HOSTILE), models=(MUTUALS,))
    report = make_report(given, quarter(), date(2026, 7, 20))
    page = report_page(report, dict.fromkeys(data_files(given), 1)).decode()
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    for drawing in re.findall(r"<svg role.*?</svg>", page, re.DOTALL):
        ElementTree.fromstring(drawing)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_name_that_excel_would_calculate_is_kept_from_it(start: str) -> None:
    written = data_files(rows(replace(ALPHA, organisation_name=f"{start}cmd", value="-4.10")))["organisations.csv"]
    [row] = csv.DictReader(io.StringIO(written.decode(), newline=""))
    assert (row["organisation_name"], row["value"]) == (f"'{start}cmd", "-4.10")


def mark(value: float, low: float | None = None, high: float | None = None) -> Mark:
    return Mark("Alpha Care CIC", "mutual", value, f"{value}", low, None if low is None else value, high)


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize(
    "marks",
    [
        [mark(0.0)],
        [mark(4.1), mark(4.1)],
        [mark(1e9), mark(-1e9)],
        [mark(4.1, 3.5, 4.5), mark(0.0001)],
        [mark(100.0, 99.99, 100.0)],
    ],
)
def test_everything_in_a_chart_lies_within_it(marks: list[Mark], width: int) -> None:
    chart = Chart("A title", "A subtitle", "%", tuple(marks), "A description")
    drawn = portfolio(chart, width, "id")
    assert portfolio(chart, width, "id") == drawn
    tree = ElementTree.fromstring(drawn)
    positions = [
        float(element.attrib[name]) for element in tree.iter() for name in ("x1", "x2", "cx") if name in element.attrib
    ]
    assert positions
    assert all(0 <= position <= width for position in positions)
    assert [element.text for element in tree if element.tag in ("title", "desc")] == ["A title", "A description"]
