"""Drawing folders: in their order, the same bytes by one process or by several, and a fault comes out as a fault."""

import os
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from impact.errors import ImpactError
from impact.reports import drawing
from impact.reports.audience_rows import Audience
from impact.reports.comments import read_by
from impact.reports.differences import Causes
from impact.reports.drawing import Before, Form, Order, draw_folder, draw_folders
from impact.reports.notices import UPDATES, first_release, read_updates
from tests.unit.reports.published import PUBLISHED_ON, figure, quarter, rows, state

FOR_THE_CHECK = Form(False, PUBLISHED_ON, date(2026, 8, 3), None)


def order(code: str = "C1", value: str = "4.10", **fields: Any) -> Order:
    given = rows(figure(value), figure("3.00", who="Beta"), states=[state("received")])
    read = replace(given, audience=Audience(f"commissioner-{code}", "commissioner", f"Council {code}"))
    return Order(read, quarter(), 2, FOR_THE_CHECK, Causes(), None, {"contract": ["M001"]}, **fields)


def orders(count: int) -> list[Order]:
    """The first is the largest, so that it is done last where they are drawn side by side."""
    large = [figure(who=f"Organisation {number}") for number in range(20)]
    [first, *others] = [order(f"C{number:02}", f"{number}.10") for number in range(count)]
    return [replace(first, rows=replace(first.rows, organisations=tuple(large))), *others]


@pytest.fixture
def _many(monkeypatch: pytest.MonkeyPatch) -> None:
    """As though the orders were more than one process draws."""
    monkeypatch.setattr(drawing, "_FEW_ROWS", 0)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)


@pytest.fixture(params=[1, 2])
def _processes(_many: None, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: request.param)


@pytest.mark.usefixtures("_processes")
def test_folders_come_in_their_order_and_are_the_same_bytes_by_however_many_processes() -> None:
    given = orders(10)
    alone = [draw_folder(one) for one in given]
    assert [one.audience for one in alone] == [one.rows.audience for one in given]
    assert list(draw_folders(iter(given))) == alone


@pytest.mark.usefixtures("_processes")
def test_a_fault_comes_out_once_those_before_it_are_there() -> None:
    given = orders(10)
    given[3] = order("C03", "four")
    drawn = draw_folders(given)
    assert [next(drawn).title for _ in range(3)] == [draw_folder(one).title for one in given[:3]]
    with pytest.raises(ImpactError, match="organisations, column value: 'four' is neither a number nor shorthand"):
        next(drawn)


class _Fatal:
    """Ends the process that takes it up."""

    def count(self) -> int:
        return 1

    def __reduce__(self) -> tuple[Any, ...]:
        return os._exit, (1,)


@pytest.mark.usefixtures("_many")
def test_a_process_that_is_ended_is_said_to_be() -> None:
    given = [replace(one, rows=_Fatal()) for one in orders(10)]  # type: ignore[arg-type]
    with pytest.raises(ImpactError, match=r"processes that draw the reports was ended .* run it again"):
        list(draw_folders(given))


def test_few_are_drawn_without_another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "ProcessPoolExecutor", None)
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    assert [one.audience.id for one in draw_folders(orders(8))] == [one.rows.audience.id for one in orders(8)]
    assert list(draw_folders([])) == []


def test_an_audience_that_had_nothing_before_is_told_that_it_is_the_first() -> None:
    folder = draw_folder(order())
    assert folder.difference is None
    assert read_updates(folder.files[UPDATES]) == (first_release(PUBLISHED_ON, 2),)
    assert (folder.title, folder.holds) == ("Benchmarks for Council C1: year to March 2026", {"contract": ["M001"]})


def test_what_changed_since_is_told_and_what_was_told_before_is_kept() -> None:
    earlier = draw_folder(order(value="4.00"))
    before = Before(
        {name.removeprefix("data/"): data for name, data in earlier.files.items() if name.startswith("data/")},
        read_updates(earlier.files[UPDATES]),
    )
    form = replace(FOR_THE_CHECK, follows=2)
    folder = draw_folder(replace(order(), number=3, form=form, before=before))
    assert folder.difference is not None
    assert [str(one.after) for one in folder.difference.changes] == ["4.10"]
    [new, *old] = read_updates(folder.files[UPDATES])
    assert (new.number, new.figures_changed, tuple(old)) == (3, 1, before.updates)


def test_a_comment_is_printed_for_whoever_sees_the_organisation_by_what_it_sent() -> None:
    comments = {"M001": "We moved offices in May.", "M999": "Nobody here knows us."}
    folder = draw_folder(replace(order(), comments=read_by(comments, {"contract": ["M001"]})))
    pages = {name: data.decode() for name, data in folder.files.items() if name.endswith(".html")}
    assert "We moved offices in May." in pages["organisation-M001.html"]
    assert "Alpha Care CIC: We moved offices in May." in pages["index.html"]
    assert "We moved" not in pages["organisation-Beta.html"]
    assert "Nobody here" not in "".join(pages.values())
    assert read_by(comments, {"official": ["M001"]}) == {}
