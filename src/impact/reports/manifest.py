"""The manifest of a publication: what it was made from, by which rule each audience holds what it holds, and every file
with its hash. Whom an audience may see is decided in sql/published/named.sql; here it is only said."""

import hashlib
import json
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from impact.errors import ImpactError
from impact.home import Home, json_bytes
from impact.release import open_release
from impact.reports.audience_rows import Holds

MANIFEST = "manifest.json"

_PACKAGES = ("impact", "duckdb", "jinja2", "typst", "xlsxwriter")

_RULES = {
    "consent": "organisations that have agreed to be named, in sectors in which mutuals work",
    "contract": "organisations that it has a contract with, in periods that lie within the contract",
    "official": "organisations that an official figure names already, with that figure alone",
    "self": "itself, in periods in which it was at work",
}
"""The reasons of sql/published/named.sql, in words."""


def named_in(home: Home, period_id: str) -> dict[str, Holds]:
    """Of each audience of the release in place, whom it sees by name in the period, or the year that ends with it, and
    why. Where there are two reasons, the one that lets more be seen."""
    with open_release(home) as release:
        rows = release.execute(
            "select audience, min(because) as because, organisation_code from published.named where period_id = ? "
            "group by audience, organisation_code order by audience, because, organisation_code",
            [period_id],
        ).fetchall()
    named: dict[str, dict[str, list[str]]] = {}
    for audience, because, code in rows:
        named.setdefault(audience, {}).setdefault(because, []).append(code)
    return {**named}


def rule_of(holds: Holds) -> str:
    """By which rule an audience holds what it holds."""
    named = "; ".join(_RULES[because] for because in holds) or "nobody"
    return f"By name: {named}. Of groups: what disclosure control lets be shown."


def manifest_bytes(about: Mapping[str, Any], files: Mapping[str, bytes]) -> bytes:
    """The manifest of a publication of `files`: what is to be said `about` it, the packages, each file's SHA-256."""
    return json_bytes(
        {
            **about,
            "packages": {name: version(name) for name in _PACKAGES},
            "files": {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())},
        }
    )


def read_manifest(folder: Path) -> dict[str, Any]:
    """What the manifest in the folder of a publication says. Raises ImpactError when it cannot be read."""
    try:
        read: dict[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError) as fault:
        raise ImpactError(f"{folder / MANIFEST} cannot be read ({fault}). Put it back from a copy.") from fault
    return read


def unlike_manifest(folder: Path) -> list[str]:
    """The files of a publication that are not as its manifest has them: changed, gone, or not of it at all."""
    listed: dict[str, str] = read_manifest(folder)["files"]
    there = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if not path.is_dir()}
    there.pop(MANIFEST, None)
    return sorted(
        name
        for name in {*listed, *there}
        if name not in listed
        or name not in there
        or hashlib.sha256(there[name].read_bytes()).hexdigest() != listed[name]
    )
