"""Thresholds that a site may change, and which of them held when."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from impact import versions
from impact.errors import ImpactError
from impact.home import Home
from impact.settings import settings_at, take_settings

NOW = datetime(2026, 7, 20, 9, 0, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.root.mkdir()
    return made


def defaults(home: Home) -> dict[str, float]:
    version, settings = settings_at(home, NOW - timedelta(days=10_000))
    assert version == "defaults"
    return dict(settings)


def test_the_defaults_hold_where_nothing_was_taken(home: Home) -> None:
    assert defaults(home)["settle_seconds"] == 30
    assert not home.settings_versions.exists()


def test_a_site_without_a_file_takes_the_defaults_under_a_name(home: Home) -> None:
    take_settings(home, NOW)
    version, settings = settings_at(home, NOW)
    assert settings == defaults(home)
    assert version != "defaults"


def test_a_sites_value_stands_over_the_default_and_the_rest_stay(home: Home) -> None:
    home.settings.write_text("settle_seconds: 5\n")
    take_settings(home, NOW)
    assert settings_at(home, NOW)[1] == {**defaults(home), "settle_seconds": 5}


def test_what_was_no_setting_when_they_were_taken_has_the_default_of_today(home: Home) -> None:
    versions.take(home.settings_versions, {"settings.yaml": b"settle_seconds: 5\n"}, NOW)
    assert settings_at(home, NOW)[1] == {**defaults(home), "settle_seconds": 5}


def test_an_empty_file_changes_nothing(home: Home) -> None:
    home.settings.write_text("# nothing yet\n")
    take_settings(home, NOW)
    assert settings_at(home, NOW)[1] == defaults(home)


def test_the_same_settings_are_one_version_however_they_are_written(home: Home) -> None:
    home.settings.write_text("settle_seconds: 5\npeers_for_median: 7\n")
    take_settings(home, NOW)
    home.settings.write_text("# tidied\npeers_for_median:   7\nsettle_seconds: 5\n")
    take_settings(home, NOW + timedelta(hours=1))
    assert settings_at(home, NOW)[0] == settings_at(home, NOW + timedelta(hours=1))[0]
    assert len(list(home.settings_versions.iterdir())) == 1


def test_settings_of_a_past_instant_can_be_had_again(home: Home) -> None:
    for hours, seconds in ((0, 5), (1, 6), (2, 5)):
        home.settings.write_text(f"settle_seconds: {seconds}\n")
        take_settings(home, NOW + timedelta(hours=hours))
    held = [settings_at(home, NOW + timedelta(hours=hours)) for hours in (0, 1, 2)]
    assert [settings["settle_seconds"] for _, settings in held] == [5, 6, 5]
    assert held[0][0] == held[2][0] != held[1][0]


def test_a_setting_that_is_not_one_is_named_with_those_there_are(home: Home) -> None:
    home.settings.write_text("settle_second: 5\n")
    with pytest.raises(ImpactError) as said:
        take_settings(home, NOW)
    assert "there is no setting settle_second" in str(said.value)
    assert "settle_seconds" in str(said.value)
    assert str(home.settings) in str(said.value)


@pytest.mark.parametrize(
    "value", ["-1", "yes", "true", "thirty", "'30'", "", "[30]", "2026-01-31", "30 s", ".nan", ".inf"]
)
def test_a_value_that_is_no_number_from_0_up_is_refused_by_its_name(value: str, home: Home) -> None:
    home.settings.write_text(f"settle_seconds: {value}\n")
    with pytest.raises(ImpactError, match="settle_seconds must be a number, 0 or more"):
        take_settings(home, NOW)


@pytest.mark.parametrize(
    ("name", "looser", "stricter"),
    [
        ("peers_for_median", "4", "6"),
        ("peers_for_quartiles", "9.5", "12"),
        ("share_of_peers_reader_may_know", "0.51", "0.4"),
    ],
)
def test_what_protects_people_may_be_made_stricter_and_not_looser(
    name: str, looser: str, stricter: str, home: Home
) -> None:
    home.settings.write_text(f"{name}: {looser}\n")
    with pytest.raises(ImpactError, match=f"{name} protects people"):
        take_settings(home, NOW)
    for allowed in (stricter, str(defaults(home)[name])):
        home.settings.write_text(f"{name}: {allowed}\n")
        take_settings(home, NOW)
        assert settings_at(home, NOW)[1][name] == float(allowed)


@pytest.mark.parametrize(
    "content",
    [b"- settle_seconds", b"settle_seconds", b"settle_seconds: [", b"\xff\xfe\x00", b"a: b: c", b"x: 2026-13-45"],
    ids=["a list", "a word", "an open bracket", "no text", "two colons", "a date that does not exist"],
)
def test_a_file_that_cannot_be_used_is_named_and_what_held_before_stays(content: bytes, home: Home) -> None:
    take_settings(home, NOW)
    home.settings.write_bytes(content)
    with pytest.raises(ImpactError) as said:
        take_settings(home, NOW + timedelta(hours=1))
    assert str(home.settings) in str(said.value)
    assert settings_at(home, NOW + timedelta(hours=1)) == settings_at(home, NOW)


def test_a_file_that_cannot_be_opened_is_named(home: Home) -> None:
    home.settings.mkdir()
    with pytest.raises(ImpactError) as said:
        take_settings(home, NOW)
    assert str(home.settings) in str(said.value)
