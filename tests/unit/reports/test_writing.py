"""A report put together: title and warning, what came in, what is missing or withheld, and how it was made."""

from dataclasses import replace

import pytest

from impact.reports.audience_rows import AudienceRows, Disclosure, Publisher
from impact.reports.content import Report, Section
from impact.reports.html import REPORT_PAGE, report_pages
from impact.reports.writing import NOT_FOR_RELEASE, make_report
from tests.unit.reports.published import (
    ABSENCE,
    AUDITED,
    ENGAGEMENT,
    NET,
    PUBLISHED_ON,
    RATE,
    SAVINGS,
    SURVEY,
    figure,
    model,
    quarter,
    rows,
    state,
)


def report_of(given: AudienceRows) -> Report:
    return make_report(given, quarter(), PUBLISHED_ON)


def section_of(given: AudienceRows, section_id: str) -> Section:
    [section] = [section for section in report_of(given).sections if section.id == section_id]
    return section


def missing(given: AudienceRows) -> tuple[str, ...]:
    return section_of(given, "data-quality").paragraphs


@pytest.mark.parametrize(
    ("kind", "title", "made_for"),
    [
        ("public", "State of the sector: mutuals beside other organisations: year to March 2026", "the public"),
        ("commissioner", "Benchmarks for Alphashire: year to March 2026", "Alphashire"),
        ("organisation", "Alpha Care CIC beside its peers: year to March 2026", "Alpha Care CIC"),
    ],
)
def test_a_report_says_for_whom_and_on_what_it_is(kind: str, title: str, made_for: str) -> None:
    report = report_of(rows(figure(), kind=kind))
    assert (report.title, report.audience_name, report.published_on) == (title, made_for, PUBLISHED_ON)
    assert report.period_covered == "April 2025 to March 2026"
    assert [section.id for section in report.sections] == ["sickness-absence", "data-quality", "method"]


def test_a_page_that_was_not_audited_may_be_released_only_when_every_figure_is_public() -> None:
    public = figure(is_public=True)
    for given, warning, status in (
        (rows(public), None, "Every figure here is public already"),
        (rows(public, models=[model(is_public=True)]), None, "Every figure here is public already"),
        (rows(public, figure(who="Beta")), NOT_FOR_RELEASE, "Provisional"),
        (rows(public, models=[model()]), NOT_FOR_RELEASE, "Provisional"),
        (rows(), NOT_FOR_RELEASE, "Provisional"),
    ):
        assert (report_of(given).warning, report_of(given).status) == (warning, status)


@pytest.mark.parametrize("extra", [{"states": [state("not received")]}, {"history": [figure(grain="quarter")]}])
def test_a_page_with_anything_else_that_is_not_public_may_not_be_released(extra: dict[str, list[object]]) -> None:
    given = rows(figure(is_public=True), **extra)  # type: ignore[arg-type]
    assert report_of(given).warning == NOT_FOR_RELEASE


@pytest.mark.parametrize("kind", ["public", "commissioner", "organisation"])
def test_a_page_whose_audit_passed_may_be_released_and_stays_provisional(kind: str) -> None:
    report = report_of(rows(figure(), figure(who="Beta"), kind=kind, disclosure=AUDITED))
    assert (report.warning, report.status) == (None, "Provisional")


def test_a_page_says_how_many_of_its_figures_are_withheld_and_why() -> None:
    paragraphs = section_of(rows(figure(), disclosure=AUDITED), "data-quality").paragraphs
    assert (
        "3 of 9 figures of this page and its data are withheld ([c]), so that nobody is given away: 2 because it rests "
        "on too few answers; 1 because it is of too few posts."
    ) in paragraphs
    nothing = Disclosure(is_audited=True, cells=1, withheld=())
    paragraphs = section_of(rows(figure(), disclosure=nothing), "data-quality").paragraphs
    assert "0 of 1 figure of this page and its data are withheld ([c]), so that nobody is given away." in paragraphs


def test_an_audience_without_figures_gets_a_report_that_says_so() -> None:
    report = report_of(rows(kind="public"))
    page = report_pages(report, [], {})[REPORT_PAGE].decode()
    assert "There are no figures for this period yet." in page
    assert "There is no organisation to report on." in page


# What came in


def test_the_returns_of_each_organisation_stand_in_the_order_of_topics() -> None:
    states = [
        state("nothing to report", SAVINGS),
        state("received", ABSENCE),
        state("not received", ABSENCE, "Beta"),
        state("held until confirmed", SURVEY, "Beta"),
    ]
    [table] = section_of(rows(figure(), states=states), "data-quality").tables
    assert table.title == "Returns for January to March 2026"
    assert [column.heading for column in table.columns] == [
        "Organisation",
        "Staff survey",
        "Sickness absence",
        "Savings",
    ]
    assert table.rows == (
        ("Alpha Care CIC", "not owed", "received", "nothing to report"),
        ("Beta", "held until confirmed", "not received", "not owed"),
    )


def test_two_organisations_of_one_name_are_two_rows() -> None:
    states = [replace(state("received"), organisation_code=code) for code in ("M001", "M002")]
    [table] = section_of(rows(figure(), states=states), "data-quality").tables
    assert table.rows == (("Alpha Care CIC", "received"),) * 2


def test_a_feed_that_no_topic_is_about_comes_last() -> None:
    other = replace(state("received"), feed="a_new_feed", feed_title="A new feed")
    [table] = section_of(rows(figure(), states=[other, state("received")]), "data-quality").tables
    assert [column.heading for column in table.columns] == ["Organisation", "Sickness absence", "A new feed"]


def test_where_nothing_is_owed_there_is_no_table_of_returns() -> None:
    assert section_of(rows(figure()), "data-quality").tables == ()


# What is missing


def test_who_is_short_of_months_is_named_topic_by_topic() -> None:
    given = rows(
        figure(months_reported=9),
        figure(who="Beta"),
        figure("6.51", ENGAGEMENT),
        figure("6.51", ENGAGEMENT, who="Beta"),
        figure("9", NET, months_reported=0),
        figure("9.99", who="Gamma", grain="quarter", months_reported=1, months_expected=3),
    )
    assert missing(given)[:-3] == (
        "Engagement: every organisation reported every month of the year.",
        "Absence rate: 1 of 2 organisations did not report every month of the year: Alpha Care CIC (9 of 12 months).",
    )


def test_one_that_reported_everything_is_no_every() -> None:
    assert missing(rows(figure()))[0] == "Absence rate: every month of the year was reported."


def test_a_long_list_is_cut_and_its_length_said() -> None:
    [said] = missing(rows(*(figure(who=f"Org {index:02}", months_reported=index % 12) for index in range(1, 16))))[:-3]
    assert said.startswith("Absence rate: 15 of 15 organisations did not report")
    assert said.endswith("; Org 12 (0 of 12 months); and 3 more.")
    assert "Org 13" not in said


def test_an_organisation_that_changed_its_basis_is_one_organisation() -> None:
    given = rows(figure(months_reported=9), figure("5.00", basis="hours", months_reported=3))
    assert "2 of 2 organisations" not in missing(given)[0]


def test_how_many_peers_it_takes_is_what_the_settings_say() -> None:
    given = replace(rows(figure()), peers_for_median=6, peers_for_quartiles=11)
    assert missing(given)[-2].startswith("A median is shown from 6 peers, quartiles from 11,")
    assert "With fewer than 6 of them" in section_of(given, "method").paragraphs[0]


# How it was made


def test_each_indicator_that_is_shown_is_explained_and_no_other() -> None:
    explained = section_of(rows(figure(), models=[model("5", NET)]), "method").paragraphs[2:]
    assert explained == (
        f"Absence rate: Days lost. Source of the method: {RATE.method}.",
        f"Net savings: Pounds less costs. Source of the method: {NET.method}.",
    )


def test_the_licence_of_official_figures_is_printed() -> None:
    publisher = Publisher("NHS England", "NHS Sickness Absence Rates", "Open Government Licence v3.0", "A note.")
    given = replace(rows(figure()), publishers=(publisher, replace(publisher, name="Other", note="")))
    assert section_of(given, "method").paragraphs[-2:] == (
        (
            "Contains public sector information from NHS England (NHS Sickness Absence Rates), licensed under the Open "
            "Government Licence v3.0. A note."
        ),
        (
            "Contains public sector information from Other (NHS Sickness Absence Rates), licensed under the Open "
            "Government Licence v3.0."
        ),
    )
