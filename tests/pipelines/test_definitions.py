"""What Dagster is told: that it loads, what there is in it, and what a run of it does."""

import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import pytest

from impact.definition import feeds
from impact.errors import ImpactError
from impact.home import Home
from impact.intake.receipts import load_receipts
from impact.models import RELEASE, WAREHOUSE, Claim, claims, models, models_of
from impact.periods import to_text
from impact.reports.listing import NEWER_DATA
from impact.reports.publication import publish
from impact.reports.release_state import publication
from impact.reports.releasing import release
from pipelines import definitions, warehouse
from pipelines.automation import ARRIVALS, PUBLISH, PURGE, QUARTER
from pipelines.definitions import build_defs
from pipelines.reports import QUARTERS, partition_of
from pipelines.site import Site
from tests.journeys.homes import NOW, drop, new_home, send_quarter, tree

pytestmark = pytest.mark.xdist_group("pipelines")


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
        "list_of_publications",
        "purges",
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


def keys_of(name: str) -> set[str]:
    asked = definitions.defs.resolve_job_def(name).asset_layer.executable_asset_keys
    return {key.to_user_string() for key in asked}


def test_each_job_takes_its_part_of_the_road() -> None:
    returns = {f"returns/{feed}" for feed in feeds()}
    tables = {model.name.replace(".", "/") for model in models_of(WAREHOUSE)}
    published = {model.name.replace(".", "/") for model in models_of(RELEASE)} | {"publications"}
    assert keys_of(ARRIVALS) == returns | tables | {"list_of_publications"}
    assert keys_of(PUBLISH) == tables | published
    assert keys_of(QUARTER) == returns | tables | published
    assert keys_of(PURGE) == {"purges"}


def schedule(name: str) -> dg.ScheduleDefinition:
    [found] = [one for one in definitions.defs.schedules or () if one.name == name]
    assert isinstance(found, dg.ScheduleDefinition)
    return found


def test_every_night_at_two_in_london_what_has_arrived_is_taken() -> None:
    nightly = schedule("every_night")
    assert (nightly.cron_schedule, nightly.execution_timezone) == ("0 2 * * *", "Europe/London")
    assert nightly.job_name == ARRIVALS
    assert nightly.default_status == dg.DefaultScheduleStatus.RUNNING


def test_every_night_answer_sheets_whose_time_is_up_are_purged() -> None:
    nightly = schedule("purge_every_night")
    assert (nightly.cron_schedule, nightly.execution_timezone) == ("0 4 * * *", "Europe/London")
    assert (nightly.job_name, nightly.default_status) == (PURGE, dg.DefaultScheduleStatus.RUNNING)


@pytest.mark.parametrize(
    ("day", "ended"),
    [((2026, 7, 22), "2026-Q2"), ((2026, 10, 22), "2026-Q3"), ((2027, 1, 22), "2026-Q4"), ((2027, 4, 22), "2027-Q1")],
)
def test_every_quarter_the_one_that_has_ended_is_published(day: tuple[int, int, int], ended: str) -> None:
    quarterly = schedule("every_quarter")
    assert (quarterly.job_name, quarterly.default_status) == (QUARTER, dg.DefaultScheduleStatus.RUNNING)
    assert (quarterly.cron_schedule, quarterly.execution_timezone) == ("0 6 22 1,4,7,10 *", "Europe/London")
    at = datetime(*day, 6, 0, tzinfo=ZoneInfo("Europe/London"))
    asked = quarterly(dg.build_schedule_context(scheduled_execution_time=at))
    assert isinstance(asked, dg.RunRequest)
    assert asked.partition_key == partition_of(ended)
    assert QUARTERS.get_partition_keys(current_time=at)[-1] == partition_of(ended)


def test_a_partition_is_a_quarter_that_is_over_under_its_first_day() -> None:
    keys = QUARTERS.get_partition_keys(current_time=datetime(2026, 7, 20, 9, 0, tzinfo=UTC))
    assert (keys[0], keys[-1], len(keys)) == ("2020-01-01", "2026-04-01", 6 * 4 + 2)
    assert partition_of("2026-Q2") == "2026-04-01"
    for period in ("2026", "2026-04", "2025-Q3_to_2025-Q4", "../2026-Q1"):
        with pytest.raises(ValueError, match="is not a quarter"):
            partition_of(period)


def test_a_quarters_run_goes_from_drops_to_pages(home: Home) -> None:
    result = job(home, QUARTER).execute_in_process(partition_key=partition_of("2026-Q1"))
    assert result.success
    assert sorted(receipt.decision for receipt in load_receipts(home)) == ["accepted", "refused"]
    assert (home.prepared / "2026-Q1" / "1" / "public" / "index.html").is_file()
    assert not home.publications.exists(), "releasing is for people"
    failed = {
        (evaluation.asset_key.to_user_string(), evaluation.check_name, evaluation.severity)
        for evaluation in result.get_asset_check_evaluations()
        if not evaluation.passed
    }
    assert failed == {("returns/sickness_absence", "organisation_is_the_sender", dg.AssetCheckSeverity.WARN)}
    made = {
        event.asset_key.to_user_string(): event.materialization
        for event in result.get_asset_materialization_events()
        if event.asset_key is not None
    }
    assert set(made) == keys_of(QUARTER)
    assert made["measures/all_feeds"].metadata["dagster/row_count"].value == 3 * 3
    assert made["returns/sickness_absence"].metadata["accepted"].value == 1
    assert made["returns/sickness_absence"].metadata["refused"].value == 1
    assert made["publications"].metadata["publication"].value == 1
    assert made["publications"].metadata["reports"].value == 1 + 2 + 3
    assert made["publications"].metadata["is_released"].value is False
    assert made["publications"].metadata["check_ends_on"].value == "2026-08-03"
    assert publication(home, "2026-Q1", 1).by == "A scheduled run"


@pytest.mark.long
def test_arrivals_are_taken_and_not_published_and_publishing_takes_nothing(home: Home) -> None:
    assert job(home, ARRIVALS).execute_in_process().success
    assert home.warehouse.exists()
    assert not home.prepared.exists()
    waiting = send_quarter(home, "M003", drop("M003"))
    again = []
    for _ in range(2):
        result = job(home, PUBLISH).execute_in_process(partition_key=partition_of("2026-Q1"))
        [made] = [
            event.materialization
            for event in result.get_asset_materialization_events()
            if event.asset_key == dg.AssetKey("publications")
        ]
        again.append((made.metadata["publication"].value, made.metadata["is_new"].value))
    assert again == [(1, True), (1, False)]
    assert waiting.exists()
    assert len(load_receipts(home)) == 2


def test_a_claim_that_breaks_stops_the_reports(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    from impact import warehouse as built

    broken = (Claim("measures.all_feeds", "is_empty", "select measure from measures.all_feeds"),)
    monkeypatch.setattr(warehouse, "claims", lambda: broken)
    monkeypatch.setattr(built, "claims", lambda: broken)
    result = job(home, QUARTER).execute_in_process(partition_key=partition_of("2026-Q1"), raise_on_error=False)
    assert not result.success
    assert len(load_receipts(home)) == 2
    assert not home.prepared.exists()
    assert not home.warehouse.exists()


@pytest.mark.long
@pytest.mark.parametrize("claim", [Claim("published.audience", "is_empty", "select audience from published.audience")])
def test_a_claim_about_what_is_published_that_breaks_stops_the_reports_and_names_itself(
    home: Home, monkeypatch: pytest.MonkeyPatch, claim: Claim
) -> None:
    from impact import warehouse as built

    assert job(home, QUARTER).execute_in_process(partition_key=partition_of("2026-Q1")).success
    before = tree(home.prepared)
    send_quarter(home, "M003", drop("M003"))
    monkeypatch.setattr(warehouse, "claims", lambda: (claim,))
    monkeypatch.setattr(built, "claims", lambda: (claim,))
    result = job(home, QUARTER).execute_in_process(partition_key=partition_of("2026-Q1"), raise_on_error=False)
    assert not result.success
    with pytest.raises(ImpactError, match=r"2026-Q1 was not published, .*published.audience: is empty"):
        publish(home, "2026-Q1")
    assert tree(home.prepared) == before
    assert [path.name for path in (home.prepared / "2026-Q1").iterdir()] == ["1"]


@pytest.mark.long
def test_arrivals_mark_a_release_that_has_been_overtaken(home: Home) -> None:
    assert job(home, QUARTER).execute_in_process(partition_key=partition_of("2026-Q1")).success
    release(home, "2026-Q1", 1, "Head of analysis", NOW, "Nobody to ask")
    page = home.publications / "index.html"
    assert NEWER_DATA not in page.read_text()
    before = tree(home.publications / "2026-Q1")
    send_quarter(home, "M003", drop("M003"))
    assert job(home, ARRIVALS).execute_in_process().success
    assert NEWER_DATA in page.read_text()
    assert tree(home.publications / "2026-Q1") == before


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
