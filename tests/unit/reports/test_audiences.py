"""An audience is given its own rows and no other's."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from impact.home import Home
from impact.reports.audience_rows import Audience, AudienceRows, Disclosure, Withheld
from impact.reports.audiences import TABLES, read_audiences
from tests.unit.reports.published import (
    DAYS,
    INDICATORS,
    TOPICS,
    area,
    before_after,
    coverage,
    effect,
    figure,
    model,
    over_time,
    present_value,
    rows,
    saving,
    state,
)

A = Audience("organisation-A", "organisation", "Alpha")
B = Audience("organisation-B", "organisation", "Beta")
C = Audience("commissioner-C", "commissioner", "Gammashire")
PUBLIC = Audience("public", "public", "the public")
NOBODY = Audience("organisation-N", "organisation", "Not at work")

_KINDS = {str: "varchar", int: "integer", bool: "boolean"}


def table(warehouse: duckdb.DuckDBPyConnection, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
    kinds = {column: _KINDS.get(type(value), "date") for column, value in rows[0].items()}
    warehouse.execute(f"create table {name} ({', '.join(f'{column} {kind}' for column, kind in kinds.items())})")
    for row in rows:
        warehouse.execute(f"insert into {name} values ({', '.join('?' * len(row))})", list(row.values()))


_ALIKE: Mapping[str, Any] = {
    "effect": effect(),
    "before_after": before_after(),
    "saving_figure": saving(),
    "present_value": present_value(),
    "over_time": over_time(),
    "group_figure": area(),
    "coverage": coverage(),
}
_NAMED_IN = {"effect": "basis_name", "group_figure": "scope_name", "coverage": "scope_name"}


def _about(name: str, audience: Audience) -> dict[str, str]:
    if name in _NAMED_IN:
        return {_NAMED_IN[name]: audience.id}
    return {"organisation_code": audience.id, "organisation_name": audience.id}


def everything_of(audience: Audience) -> dict[str, list[Mapping[str, Any]]]:
    """Rows of three quarters, in each of which every name is the audience's own."""
    found: dict[str, list[Mapping[str, Any]]] = {name: [] for name in TABLES}
    for period_id in ("2025-Q4", "2026-Q1", "2026-Q2"):
        for grain in ("rolling_year", "quarter"):
            about = {"who": audience.id, "grain": grain, "period_id": period_id, "source": "official"}
            for one in (figure(**about), figure("9.1", DAYS, **about)):  # type: ignore[arg-type]
                found["organisation_figure"].append({"audience": audience.id, **asdict(one)})
        of_models = model(sector=audience.id, period_id=period_id)
        found["delivery_model_figure"].append({"audience": audience.id, **asdict(of_models)})
        returned = {"audience": audience.id, "period_id": period_id, **asdict(state("received", who=audience.id))}
        found["return_state"].append(returned)
        for name, record in _ALIKE.items():
            found[name].append(
                {"audience": audience.id, **asdict(record), "period_id": period_id, **_about(name, audience)}
            )
    return found


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with a release that holds the rows of three readers, and one that was not at work."""
    home = Home(tmp_path)
    home.release.parent.mkdir(parents=True)
    feeds = [{"feed": topic.id, "title": topic.title, "place": place} for place, topic in enumerate(TOPICS)]
    indicators = [
        {
            **{name: value for name, value in asdict(one).items() if name not in ("id", "topic")},
            "indicator_id": one.id,
            "place": place,
            "feed": one.topic,
        }
        for place, one in enumerate(INDICATORS)
    ]
    named = [
        {"audience": audience.id, "grain": "quarter", "period_id": period_id}
        for audience in (A, B, C)
        for period_id in ("2025-Q4", "2026-Q1", "2026-Q2")
    ]
    publisher = {"name": "NHS England", "page": None, "licence": "OGL", "note": None, "publisher_code": "NHS"}
    with duckdb.connect(str(home.release)) as warehouse:
        for schema in ("published", "reference", "register", "disclosure"):
            warehouse.execute(f"create schema {schema}")
        settings = {"peers_for_median": 5, "peers_for_quartiles": 10}
        table(warehouse, "reference.settings", [{"name": name, "value": value} for name, value in settings.items()])
        table(warehouse, "reference.feeds", feeds)
        table(warehouse, "flat", indicators)
        warehouse.execute("create table reference.indicators as select *, [feed] as feeds from flat")
        table(warehouse, "register.publishers", [{name: value or "" for name, value in publisher.items()}])
        warehouse.execute("update register.publishers set page = null, note = null")
        listed = [{"audience": one.id, "kind": one.kind, "name": one.name} for one in (A, B, C, PUBLIC, NOBODY)]
        table(warehouse, "published.audience", listed)
        table(warehouse, "published.named", named)
        tallies = [("", 7), ("too few answers", 2), ("too few posts", 1)]
        counted = [{"audience": one.id, "reason": why, "cells": count} for one in (A, B, C) for why, count in tallies]
        table(warehouse, "disclosure.tally", counted)
        audits = [{"audience": one.id, "worked_out": int(one is B)} for one in (A, B, PUBLIC)]
        table(warehouse, "disclosure.audited", audits)
        rows = [everything_of(audience) for audience in (A, B, C)]
        for name in TABLES:
            table(warehouse, f"published.{name}", [row for of in rows for row in of[name]])
    return home


@pytest.mark.parametrize("period_id", ["2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3"])
def test_no_audience_is_given_a_row_of_another(home: Home, period_id: str) -> None:
    for given in read_audiences(home, period_id):
        spoken_of = {audience.id for audience in (A, B, C, NOBODY) if audience.id in repr(given)}
        assert spoken_of == {given.audience.id} - {PUBLIC.id}


def test_every_table_is_read(home: Home) -> None:
    rows = next(rows for rows in read_audiences(home, "2026-Q1") if rows.audience == A)
    assert all(getattr(rows, name) for name in AudienceRows.__dataclass_fields__)


def test_the_quarters_before_are_for_an_organisation_alone(home: Home) -> None:
    given = {rows.audience: rows for rows in read_audiences(home, "2026-Q1")}
    for audience, expected in ((A, ["2025-Q4", "2026-Q1"]), (C, [])):
        assert list(dict.fromkeys(one.period_id for one in given[audience].history)) == expected
        assert {one.period_id for one in given[audience].organisations} == {"2026-Q1"}


def test_each_audience_is_given_its_own_rows_and_whoever_was_not_at_work_is_none(home: Home) -> None:
    given = {rows.audience: rows for rows in read_audiences(home, "2026-Q1")}
    assert list(given) == [C, A, B, PUBLIC]
    for audience in (A, B, C):
        rows = given[audience]
        assert {one.organisation_code for one in rows.organisations} == {audience.id}
        assert {one.sector for one in rows.delivery_models} == {audience.id}
        assert {one.organisation_code for one in rows.return_states} == {audience.id}
        assert [one.organisation_name for one in rows.over_time] == [audience.id]
        assert {one.period_id for one in rows.organisations} == {"2026-Q1"}
        periods = ["2025-Q4", "2026-Q1"] if audience.kind == "organisation" else []
        assert list(dict.fromkeys(one.period_id for one in rows.history)) == periods
        assert {one.grain for one in rows.history} <= {"quarter"}
    assert is_empty(given[PUBLIC])


def is_empty(rows: AudienceRows) -> bool:
    tables = (rows.organisations, rows.delivery_models, rows.return_states, rows.history, rows.over_time)
    return not (any(tables) or rows.publishers)


def test_what_was_withheld_is_counted_and_a_page_without_a_sound_audit_has_none(home: Home) -> None:
    given = {rows.audience: rows.disclosure for rows in read_audiences(home, "2026-Q1")}
    assert given[A] == Disclosure(True, 10, (Withheld("too few answers", 2), Withheld("too few posts", 1)))
    assert {audience.id: one.is_audited for audience, one in given.items()} == {
        A.id: True,
        B.id: False,
        C.id: False,
        PUBLIC.id: True,
    }


def test_topics_indicators_and_limits_are_those_of_the_warehouse(home: Home) -> None:
    [rows] = [rows for rows in read_audiences(home, "2026-Q1") if rows.audience == A]
    assert rows.topics == TOPICS
    assert (rows.peers_for_median, rows.peers_for_quartiles) == (5, 10)
    assert sorted(rows.indicators, key=INDICATORS.index) == list(INDICATORS)
    for topic in TOPICS:
        of_topic = [one for one in rows.indicators if one.topic == topic.id]
        assert of_topic == [one for one in INDICATORS if one.topic == topic.id]


def test_a_publisher_is_named_where_a_figure_of_its_is_shown(home: Home) -> None:
    [rows] = [rows for rows in read_audiences(home, "2026-Q1") if rows.audience == A]
    assert [(one.name, one.page, one.licence, one.note) for one in rows.publishers] == [("NHS England", "", "OGL", "")]


def test_rows_are_public_when_all_of_their_figures_are() -> None:
    given = rows(figure(is_public=True), models=[model(is_public=True)], kind="public")
    assert given.is_public
    assert not replace(given, organisations=(figure(),)).is_public
    assert not replace(given, delivery_models=(model(),)).is_public
    assert not replace(given, organisations=(), delivery_models=()).is_public
    assert not replace(given, effects=(effect(),)).is_public
    assert not replace(given, savings=(saving(),)).is_public
    assert not replace(given, over_time=(over_time(),)).is_public
    assert replace(given, over_time=(over_time(is_public=True),)).is_public
