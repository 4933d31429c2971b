"""Thresholds that a site may change: the defaults of the package, with the site's own over them."""

from collections.abc import Mapping
from datetime import datetime
from math import isfinite
from pathlib import Path

import yaml

from impact import versions
from impact.errors import ImpactError
from impact.home import Home

_FILE = "settings.yaml"
_ONLY_MORE = frozenset(
    {
        "peers_for_median",
        "peers_for_quartiles",
        "fewest_unknown_contributors",
        "p_percent",
        "protection_percent",
        "fewest_staff_answers",
        "fewest_user_answers",
        "fewest_user_answers_public",
        "fewest_posts",
        "xmr_least_points",
    }
)
_ONLY_LESS = frozenset({"share_of_peers_reader_may_know"})
_YEARS = frozenset({"price_base_year"})
_YES_OR_NO = frozenset({"xmr_screening"})


def take_settings(home: Home, now: datetime) -> None:
    """Keep today's settings as a version, when they are new. Raises ImpactError when the site's file is wrong."""
    files = {_FILE: yaml.safe_dump(_effective(home.settings), sort_keys=True).encode()}
    if not versions.is_current(home.settings_versions, files, now):
        versions.take(home.settings_versions, files, now)


def settings_at(home: Home, as_at: datetime) -> tuple[str, Mapping[str, float]]:
    """The version and the settings that held at `as_at`. The package's defaults stand where none had been taken yet,
    and for whatever there was no setting for when it was taken."""
    version = versions.version_at(home.settings_versions, as_at)
    if version is None:
        return "defaults", _defaults()
    read: dict[str, float] = yaml.safe_load(version.files[_FILE])
    return version.sha256, {**_defaults(), **read}


def _defaults() -> dict[str, float]:
    read: dict[str, float] = yaml.safe_load(Path(__file__).with_name(_FILE).read_text("utf-8"))
    return read


def _effective(path: Path) -> dict[str, float]:
    defaults = _defaults()
    if not path.exists():
        return defaults
    try:
        own = yaml.safe_load(path.read_text("utf-8")) or {}
    except (yaml.YAMLError, ValueError, OSError) as fault:
        raise ImpactError(f"{path} cannot be read: {fault}. Mend it, or delete it to use the defaults.") from fault
    if not isinstance(own, dict):
        raise ImpactError(f"{path} must hold lines such as `settle_seconds: 30`. Mend it, or delete it.")
    for name, value in own.items():
        if name not in defaults:
            raise ImpactError(f"{path}: there is no setting {name}. The settings are: {', '.join(sorted(defaults))}.")
        if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value) or value < 0:
            raise ImpactError(f"{path}: {name} must be a number, 0 or more. Example: {name}: {defaults[name]}")
        if name in _YEARS and value and (value != int(value) or not 1900 <= value < 2100):
            raise ImpactError(
                f"{path}: {name} must be a year from 1900 to 2099, or 0. Write the year in which the financial year "
                f"begins. Example: {name}: 2025"
            )
        if name in _YES_OR_NO and value not in (0, 1):
            raise ImpactError(f"{path}: {name} must be 1 for yes or 0 for no. Example: {name}: {defaults[name]}")
        if (name in _ONLY_MORE and value < defaults[name]) or (name in _ONLY_LESS and value > defaults[name]):
            raise ImpactError(
                f"{path}: {name} protects people from harm or from a false claim, and may be made stricter than "
                f"{defaults[name]}, not looser. "
                "Correct it, or take the line out."
            )
    return {**defaults, **own}
