"""What a report says of what changed: a correction or a revision, in words that follow from the difference alone."""

from dataclasses import replace
from typing import Any

from impact.reports.data_files import data_files
from impact.reports.differences import Causes, Otherwise, difference
from impact.reports.notices import (
    Standing,
    Update,
    first_release,
    read_updates,
    updates_bytes,
    updates_of,
    with_standing,
)
from impact.reports.writing import make_report
from tests.unit.reports.published import PUBLISHED_ON, figure, quarter, rows

CORRECTION = Otherwise("M001", "sickness_absence", "2026-Q1", "b" * 16, "a" * 16)


def told(before: dict[str, Any], after: dict[str, Any], *returns: Otherwise, **others: bool) -> tuple[Update, ...]:
    """What is said where Alpha's figure was `before` and is `after`."""
    files = [data_files(rows(figure(**one))) for one in (before, after)]
    causes = Causes(returns, **others)
    return updates_of(difference(files[0], files[1], causes), causes, PUBLISHED_ON, 2, 1)


def test_a_correction_names_who_made_it_and_the_largest_change() -> None:
    [said] = told({"value": "4.10"}, {"value": "4.55"}, CORRECTION)
    assert said == Update(
        PUBLISHED_ON,
        2,
        "correction",
        1,
        "0.45 percentage points: Absence rate of Alpha Care CIC, year to March 2026, from 4.10% to 4.55%",
        "Alpha Care CIC corrected its sickness absence for January to March 2026. 1 figure on this page changed.",
    )


def test_a_late_return_is_a_revision() -> None:
    [said] = told({"value": "4.10"}, {"value": "4.55"}, replace(CORRECTION, corrects=""))
    assert (said.kind, said.summary) == (
        "revision",
        "Alpha Care CIC sent its sickness absence for January to March 2026. 1 figure on this page changed.",
    )


def test_who_has_no_changed_figure_on_the_page_is_neither_named_nor_counted() -> None:
    others = [replace(CORRECTION, sender=f"M{number:03}") for number in range(2, 9)]
    [said] = told({"peer_value": "4.20"}, {"peer_value": "4.25"}, *others)
    assert said.summary == "Returns of other organisations were corrected. 1 figure on this page changed."
    before, after = {"value": "4.10", "peer_value": "4.20"}, {"value": "4.11", "peer_value": "4.25"}
    [own_too] = told(before, after, CORRECTION, *others)
    assert own_too.summary == (
        "Alpha Care CIC corrected its sickness absence for January to March 2026. Returns of other organisations were "
        "corrected. 2 figures on this page changed."
    )


def test_a_mend_of_ours_is_a_correction_and_another_register_a_revision() -> None:
    [ours] = told({"value": "4.10"}, {"value": "4.55"}, is_software_other=True)
    assert (ours.kind, ours.summary) == (
        "correction",
        "The way in which figures are made was mended. 1 figure on this page changed.",
    )
    [theirs] = told({"value": "4.10"}, {"value": "4.55"}, is_register_other=True)
    assert (theirs.kind, theirs.summary) == (
        "revision",
        "The register of organisations, contracts and prices was changed. 1 figure on this page changed.",
    )


def test_revisions_and_corrections_are_kept_apart() -> None:
    before, after = (
        data_files(rows(figure(alpha), figure(beta, organisation_code="M002", organisation_name="Beta Care CIC")))
        for alpha, beta in (("4.10", "3.00"), ("4.55", "3.01"))
    )
    causes = Causes((CORRECTION, replace(CORRECTION, sender="M002", corrects="")))
    said = updates_of(difference(before, after, causes), causes, PUBLISHED_ON, 2, 1)
    assert [
        (one.kind, one.figures_changed, one.summary.split(" corrected ")[0].split(" sent ")[0]) for one in said
    ] == [
        ("correction", 1, "Alpha Care CIC"),
        ("revision", 1, "Beta Care CIC"),
    ]


def test_what_came_or_went_is_counted_without_an_amount_and_verdicts_are_said() -> None:
    [came] = told({"value": "[c]"}, {"value": "4.55"}, CORRECTION)
    assert (came.kind, came.largest_change, came.summary) == ("revision", "", "1 figure is shown that was not before.")
    [went] = told({"value": "4.55"}, {"value": "[c]"}, CORRECTION)
    assert went.summary == "1 figure shown before is no longer."
    [judged] = told({"verdict": "similar"}, {"verdict": "worse"})
    assert judged.summary == "1 verdict changed: Alpha Care CIC on Absence rate is worse and was similar."


def test_where_nothing_changed_that_is_said_and_is_no_notice() -> None:
    [said] = told({}, {}, CORRECTION)
    assert (said.kind, said.figures_changed) == ("unchanged", 0)
    assert said.summary == "No figure on this page has changed since publication 1."
    assert standing(said).notices == ()


def test_updates_are_read_as_they_were_written() -> None:
    said = (*told({"value": "4.10"}, {"value": "4.55"}, CORRECTION), first_release(PUBLISHED_ON, 1))
    assert read_updates(updates_bytes(said)) == said


def standing(*updates: Update, is_released: bool = True, **comments: str) -> Standing:
    return Standing(2, is_released, PUBLISHED_ON, updates, comments)


def test_a_report_says_how_it_stands() -> None:
    report = make_report(rows(figure()), quarter(), PUBLISHED_ON)
    [said] = told({"value": "4.10"}, {"value": "4.55"}, CORRECTION)
    drawn = with_standing(report, standing(said, M001="We differ."), {"M001": "Alpha Care CIC"})
    assert drawn.notices == (f"Correction: {said.summary} The largest change is {said.largest_change}.",)
    assert [profile.comment for profile in drawn.profiles] == ["We differ."]
    comments, updates = drawn.sections[-2:]
    assert comments.paragraphs == ("Alpha Care CIC: We differ.",)
    assert updates.tables[0].rows == (("20 July 2026", "Correction", said.summary, "1", said.largest_change),)
    waiting = with_standing(report, standing(is_released=False), {})
    assert waiting.warning is not None
    assert "Not released: for the accuracy check until 20 July 2026." in waiting.warning
