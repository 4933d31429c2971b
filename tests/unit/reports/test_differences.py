"""What changed between two publications for one audience: only in figures that it was shown in both, with the cause."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impact.reports.audience_rows import AudienceRows
from impact.reports.data_files import data_files
from impact.reports.datasets import RECORDS
from impact.reports.differences import COMPARED, NOT_COMPARED, Causes, Otherwise, difference
from tests.unit.reports.published import figure, rows

NOTHING = Causes()
CORRECTION = Otherwise("M001", "sickness_absence", "2026-Q1", "b" * 16, "a" * 16)
LATE = replace(CORRECTION, sender="M002", corrects="")


def with_figure(**said: Any) -> AudienceRows:
    return rows(figure(**said))


def between(before: AudienceRows, after: AudienceRows, causes: Causes = NOTHING) -> Any:
    return difference(data_files(before), data_files(after), causes)


def test_every_data_file_is_compared_or_said_to_hold_no_figure() -> None:
    assert {f"{name}.csv" for name in RECORDS} == {*COMPARED, *NOT_COMPARED}


def test_the_same_figures_differ_in_nothing() -> None:
    assert between(with_figure(), with_figure()).is_none


def test_a_figure_counts_once_with_its_limits_and_what_it_was_divided_by() -> None:
    found = between(
        with_figure(value="4.10", lower_95="3.90", denominator="100000"),
        with_figure(value="4.55", lower_95="4.30", denominator="100500"),
    )
    [change] = found.changes
    assert (change.what, str(change.before), str(change.after), str(change.amount)) == ("value", "4.10", "4.55", "0.45")
    [alone] = between(with_figure(denominator="100000"), with_figure(denominator="100500")).changes
    assert alone.amount == 0


@pytest.mark.parametrize("shorthand", ["[c]", "[x]", "[z]"])
def test_a_figure_that_is_withheld_in_either_is_no_change_and_gives_no_amount(shorthand: str) -> None:
    hidden, shown = with_figure(value=shorthand), with_figure(value="4.10")
    came, went = between(hidden, shown), between(shown, hidden)
    assert (came.changes, came.appeared, came.gone) == ((), 1, 0)
    assert (went.changes, went.appeared, went.gone) == ((), 0, 1)
    assert between(hidden, hidden).is_none


@pytest.mark.parametrize(
    ("causes", "cause"),
    [
        (Causes((CORRECTION,), is_software_other=True), "correction"),
        (Causes((replace(CORRECTION, corrects=""),)), "late"),
        (Causes((LATE,), is_software_other=True, is_settings_other=True), "software"),
        (Causes((replace(CORRECTION, feed="savings"),), is_settings_other=True, is_register_other=True), "settings"),
        (Causes(is_register_other=True), "register"),
        (NOTHING, "day"),
    ],
)
def test_an_own_figure_is_changed_by_its_own_return_first_and_else_by_what_is_of_no_return(
    causes: Causes, cause: str
) -> None:
    [change] = between(with_figure(value="4.10"), with_figure(value="4.55"), causes).changes
    assert change.cause == cause


@pytest.mark.parametrize(("receipt", "cause"), [(CORRECTION, "correction"), (LATE, "late")])
def test_a_figure_of_peers_is_changed_by_the_return_of_anybody(receipt: Otherwise, cause: str) -> None:
    [change] = between(with_figure(peer_value="4.20"), with_figure(peer_value="4.25"), Causes((receipt,))).changes
    assert (change.reach, change.cause) == ("others", cause)


def test_official_figures_of_anybody_come_from_their_publisher() -> None:
    official = Otherwise("NHSE", "nhs_sickness_absence", "2026-03", "c" * 16, "")
    [change] = between(with_figure(value="4.10"), with_figure(value="4.55"), Causes((official,))).changes
    assert change.cause == "late"


def test_a_verdict_that_is_another_one_is_said_and_one_that_was_withheld_is_not() -> None:
    [said] = between(with_figure(verdict="similar"), with_figure(verdict="worse")).verdicts
    assert (said.organisation_name, said.before, said.after) == ("Alpha Care CIC", "similar", "worse")
    for other in ("[c]", "[z]", "not compared"):
        assert not between(with_figure(verdict=other), with_figure(verdict="worse")).verdicts


FIGURES = st.sampled_from(["[c]", "[x]", "[z]", "0.00", "4.10", "4.55"])


@given(st.lists(st.tuples(FIGURES, FIGURES), min_size=1, max_size=6))
def test_no_amount_is_ever_given_of_what_is_not_shown_in_both(pairs: list[tuple[str, str]]) -> None:
    before, after = (
        rows(*(figure(pair[side], who=f"M{place:03}", verdict="[z]") for place, pair in enumerate(pairs)))
        for side in (0, 1)
    )
    found = between(before, after)
    changed = [(was, now) for was, now in pairs if "[" not in was + now and was != now]
    assert sorted((str(one.before), str(one.after)) for one in found.changes) == sorted(changed)
    assert found.appeared == sum("[" in was and "[" not in now for was, now in pairs)
    assert found.gone == sum("[" not in was and "[" in now for was, now in pairs)
