"""Where labels go: on nothing, near what they name, and always to the same places."""

from itertools import combinations, pairwise

from hypothesis import given
from hypothesis import strategies as st

from impact.reports.charts.placing import Box, Leader, Wanted, place, spread

FRAME = Box(0, 0, 700, 300)
HEIGHT = 16
INSIDE_X, INSIDE_Y = st.floats(0, 700), st.floats(0, 300)
WANTED = st.lists(st.builds(Wanted, INSIDE_X, INSIDE_Y, st.floats(0, 300)), max_size=12)


def around(x: float, y: float) -> Box:
    return Box(x - 8, y - 8, x + 8, y + 8)


@given(
    WANTED, st.lists(st.tuples(INSIDE_X, INSIDE_Y), max_size=30), st.lists(st.tuples(INSIDE_X, INSIDE_Y), max_size=30)
)
def test_no_label_lies_on_another_or_on_a_sign_or_leaves_the_frame(
    wanted: list[Wanted], signs: list[tuple[float, float]], bars: list[tuple[float, float]]
) -> None:
    solid = [around(x, y) for x, y in signs]
    soft = [Box(x, min(y, 150), x + 8, max(y, 150)) for x, y in bars]
    found = place(wanted, HEIGHT, FRAME, solid, soft)
    assert len(found) == len(wanted)
    there = [one for one in found if one is not None]
    assert all(FRAME.holds(one.box) for one in there)
    assert not any(one.box.overlaps(other) for one in there for other in solid)
    assert not any(one.box.overlaps(other.box) for one, other in combinations(there, 2))
    assert not any(one.leader.crosses(other.box) for one in there if one.leader for other in there if other is not one)
    assert place(wanted, HEIGHT, FRAME, solid, soft) == found


@given(INSIDE_X, INSIDE_Y)
def test_a_point_alone_has_its_label_beside_it(x: float, y: float) -> None:
    [found] = place([Wanted(x, y, 120)], HEIGHT, FRAME, [around(x, y)], [])
    assert found is not None
    assert found.leader is None


def test_a_label_steps_out_of_the_way_of_bars_and_a_line_leads_to_it() -> None:
    bars = [Box(x, 40, x + 8, 160) for x in range(0, 700, 20)]
    [found] = place([Wanted(300, 60, 120)], HEIGHT, FRAME, [around(300, 60)], bars)
    assert found is not None
    assert found.box.bottom <= 40
    assert found.leader is not None
    assert (found.leader.x1, found.leader.y1) == (300, 60)


def test_where_there_is_no_place_there_is_no_label() -> None:
    assert place([Wanted(350, 150, 60)], HEIGHT, FRAME, [FRAME], []) == [None]
    assert place([Wanted(350, 150, 701)], HEIGHT, FRAME, [], []) == [None]


def test_a_line_crosses_what_lies_between_its_ends() -> None:
    box = Box(10, 10, 20, 20)
    assert Leader(0, 0, 30, 30).crosses(box)
    assert Leader(15, 0, 15, 30).crosses(box)
    assert not Leader(0, 0, 9, 9).crosses(box)
    assert not Leader(0, 15, 30, 45).crosses(box)
    assert not Leader(25, 0, 25, 30).crosses(box)


@given(st.lists(st.floats(-50, 400), max_size=12))
def test_labels_along_a_line_are_apart_in_order_and_within(wanted: list[float]) -> None:
    places = spread(wanted, HEIGHT, 20, 290)
    assert len(places) == len(wanted)
    assert all(20 - 1e-6 <= one <= 290 + 1e-6 for one in places)
    assert all(other - one >= HEIGHT - 1e-6 for one, other in pairwise(sorted(places)))
    in_order = sorted(zip(wanted, places, strict=True))
    assert [one for _, one in in_order] == sorted(places)


def test_labels_with_room_stay_where_they_are_wanted() -> None:
    assert spread([100, 20, 60], HEIGHT, 0, 200) == [100, 20, 60]
