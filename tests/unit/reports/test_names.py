"""No two organisations of a report are called the same, whatever the register says."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from impact.reports.audiences import with_names_told_apart
from impact.reports.names import told_apart
from tests.unit.reports.published import before_after, figure, over_time, present_value, rows, saving, state

CODES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,19}", fullmatch=True)
NAMES = st.one_of(st.sampled_from(["Alpha", "Alpha ", "ALPHA", "Alpha (M1)", "Alpha (M2)", "Beta"]), st.text())


def test_those_that_share_a_name_have_their_codes_beside_it() -> None:
    names = {"M1": "Alpha", "M2": "Beta", "M3": "alpha "}
    assert told_apart(names) == {"M1": "Alpha (M1)", "M2": "Beta", "M3": "alpha  (M3)"}


def test_names_that_are_not_shared_stay_as_they_are() -> None:
    names = {"M1": "Alpha", "M2": "Alpha Care"}
    assert told_apart(names) == names


@given(st.dictionaries(CODES, NAMES, max_size=6))
def test_no_two_are_called_the_same(names: dict[str, str]) -> None:
    told = told_apart(names)
    assert len(set(told.values())) == len(told) == len(names)
    assert all(told[code].startswith(name) for code, name in names.items())


def test_every_row_of_an_organisation_has_the_same_name() -> None:
    shared: dict[str, Any] = {"who": "Alpha Care CIC", "organisation_code": "M002"}
    two = [figure(), figure("3.00", **shared), figure("9.00", who="Beta")]
    others: dict[str, Any] = {
        "before_after": [before_after(**shared)],
        "savings": [saving(**shared)],
        "present_values": [present_value(**shared)],
        "states": [state("received")],
        "history": [figure(grain="quarter", **shared)],
        "points": [over_time()],
    }
    told = with_names_told_apart(rows(*two, **others))
    first, second = "Alpha Care CIC (M001)", "Alpha Care CIC (M002)"
    assert [one.organisation_name for one in told.organisations] == [first, second, "Beta"]
    assert [told.return_states[0].organisation_name, told.over_time[0].organisation_name] == [first, first]
    for later in (told.before_after, told.savings, told.present_values, told.history):
        assert [one.organisation_name for one in later] == [second]
    alone = rows(*two[1:])
    assert with_names_told_apart(alone) is alone
