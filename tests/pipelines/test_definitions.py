"""What Dagster is told: that it loads, what there is in it, and what a run of it does."""

import json
import os
import time
from pathlib import Path

import dagster as dg
import pytest

from impact.definition import feeds
from impact.home import Home
from impact.intake.receipts import load_receipts
from impact.models import Claim, claims, models
from impact.periods import to_text
from pipelines import definitions, warehouse
from pipelines.definitions import build_defs
from pipelines.site import Site
from tests.journeys.homes import NOW, drop, new_home, send_quarter

pytestmark = pytest.mark.xdist_group("gx")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = new_home(tmp_path / "home")
    send_quarter(home, "M001", drop("M001"))
    send_quarter(home, "M002", drop("M001"))
    return home


def job(home: Home, name: str) -> dg.JobDefinition:
    site = Site(home=str(home.root), now=to_text(NOW), wait_until_settled=False)
    return build_defs(site).resolve_job_def(name)


def test_the_definitions_load() -> None:
    dg.Definitions.validate_loadable(definitions.defs)


def test_there_is_an_asset_a_feed_a_table_and_the_publications() -> None:
    keys = {key.to_user_string() for key in definitions.defs.resolve_asset_graph().get_all_asset_keys()}
    assert keys == {
        *(f"returns/{feed}" for feed in feeds()),
        *(model.name.replace(".", "/") for model in models()),
        "publications",
    }


def test_a_table_comes_after_the_tables_that_its_sql_reads() -> None:
    graph = definitions.defs.resolve_asset_graph()
    parents = {key.to_user_string() for key in graph.get(dg.AssetKey(["benchmarks", "peer"])).parent_keys}
    assert parents == {"benchmarks/compared"}
    parents = {key.to_user_string() for key in graph.get(dg.AssetKey(["measures", "sickness_absence"])).parent_keys}
    assert parents == {"returns/sickness_absence"}


def test_every_asset_says_what_it_is_and_whose() -> None:
    for node in definitions.defs.resolve_asset_graph().asset_nodes:
        assert node.description, node.key
        assert node.group_name != "default", node.key
        assert node.owners, node.key


def test_every_rule_and_every_claim_is_a_check_and_only_claims_block() -> None:
    graph = definitions.defs.resolve_asset_graph()
    checks = {(key.asset_key.to_user_string(), key.name): graph.get(key).blocking for key in graph.asset_check_keys}
    rules = {(f"returns/{feed}", rule.name) for feed, definition in feeds().items() for rule in definition.rules}
    tests = {(claim.model.replace(".", "/"), claim.claim) for claim in claims()}
    assert set(checks) == rules | tests | {(f"returns/{feed}", "any_file") for feed in feeds()}
    assert {check for check, blocks in checks.items() if blocks} == tests


def test_the_schedule_runs_at_two_in_london() -> None:
    [schedule] = definitions.defs.schedules or ()
    assert isinstance(schedule, dg.ScheduleDefinition)
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("0 2 * * *", "Europe/London")
    assert schedule.job_name == "nightly"


def test_a_nightly_run_goes_from_drops_to_pages(home: Home) -> None:
    result = job(home, "nightly").execute_in_process()
    assert result.success
    assert sorted(receipt.decision for receipt in load_receipts(home)) == ["accepted", "refused"]
    assert (home.publications / "2026-Q1" / "1" / "public" / "index.html").is_file()
    failed = {
        (evaluation.asset_key.to_user_string(), evaluation.check_name, evaluation.severity)
        for evaluation in result.get_asset_check_evaluations()
        if not evaluation.passed
    }
    assert failed == {("returns/sickness_absence", "organisation_is_the_sender", dg.AssetCheckSeverity.WARN)}
    [made] = [
        event
        for event in result.get_asset_materialization_events()
        if event.asset_key == dg.AssetKey(["measures", "all_feeds"])
    ]
    assert made.materialization.metadata["dagster/row_count"].value == 3 * 3


def test_a_claim_that_breaks_stops_the_reports(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    from impact import warehouse as built

    broken = (Claim("measures.all_feeds", "is_empty", "select measure from measures.all_feeds"),)
    monkeypatch.setattr(warehouse, "claims", lambda: broken)
    monkeypatch.setattr(built, "claims", lambda: broken)
    result = job(home, "nightly").execute_in_process(raise_on_error=False)
    assert not result.success
    assert len(load_receipts(home)) == 2
    assert not home.publications.exists()
    assert not home.warehouse.exists()


def test_the_sensor_asks_for_one_run_however_many_files_wait(home: Home) -> None:
    sensor = definitions.defs.get_sensor_def("inboxes")
    site = Site(home=str(home.root))
    with dg.build_sensor_context(resources={"site": site}) as context:
        waiting = [path for path in home.landing.rglob("*.csv") if path.is_file()]
        still_fresh = sensor(context)
        assert isinstance(still_fresh, dg.SkipReason)
        for path in waiting:
            os.utime(path, (time.time() - 60, time.time() - 60))
        asked = sensor(context)
        assert isinstance(asked, dg.RunRequest)
        again = sensor(context)
        assert isinstance(again, dg.RunRequest)
        assert again.run_key == asked.run_key
        for path in waiting:
            path.unlink()
        assert isinstance(sensor(context), dg.SkipReason)


def test_a_run_without_an_instant_works_at_the_one_it_was_created_at(home: Home) -> None:
    site = Site(home=str(home.root), wait_until_settled=False)
    with dg.DagsterInstance.ephemeral() as instance:
        result = build_defs(site).resolve_job_def("arrivals").execute_in_process(instance=instance)
        record = instance.get_run_record_by_id(result.run_id)
        assert record is not None
        created_at = to_text(record.create_timestamp)
    assert {receipt.received_at for receipt in load_receipts(home)} == {created_at}
    manifest = json.loads(next((home.register / "versions").rglob("taken.json")).read_text())
    assert manifest == [[created_at, 1]]
