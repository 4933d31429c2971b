"""The cover of a drop: who prepared it, what it corrects and why, whether there is nothing to report. In a workbook it
is a sheet, beside a CSV file a file of its own, `<name>.cover.json`."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from impact.checking.findings import Finding, about_file
from impact.checking.workbook import COVER_FIELDS
from impact.definition import feeds

_LARGEST_BYTES = 100_000
"""More than anybody writes into seven fields."""

SIDECAR = ".cover.json"
"""What the name of a cover beside a CSV file ends in, after the whole name of that file."""

_RECEIPT = re.compile("[0-9a-f]{16}")
_VERSION = re.compile(r"[0-9]{1,4}(\.[0-9]{1,4}){0,3}")
_PLACE = ("organisation", "feed", "period")
_YES, _NO = ("yes", "true"), ("no", "false", "")


@dataclass(frozen=True)
class Cover:
    """What a cover says; everything may be left out. `prepared_by` and `signed_off_by` are posts, not names."""

    prepared_by: str = ""
    signed_off_by: str = ""
    corrects_receipt: str = ""
    reason: str = ""
    is_nil_return: bool = False
    notes: str = ""


def read_sidecar(data: bytes) -> Mapping[str, str] | None:
    """The fields of a cover beside a CSV file, or None when it cannot be read."""
    if len(data) > _LARGEST_BYTES:
        return None
    try:
        fields = json.loads(data.decode("utf-8-sig"))
        json.dumps(fields, ensure_ascii=False).encode()  # half a character, which JSON can write and nothing else can
    except (ValueError, RecursionError):
        return None
    if not isinstance(fields, dict) or not all(isinstance(v, str | int | float | None) for v in fields.values()):
        return None
    return {name.strip(): "" if value is None else str(value).strip() for name, value in fields.items()}


def cover_fields(in_workbook: Mapping[str, str] | None, beside: bytes | None) -> Mapping[str, str] | None:
    """What the covers of a drop say together, the one beside it over the one in it; None when that cannot be read."""
    said = {} if beside is None else read_sidecar(beside)
    return None if said is None else {**(in_workbook or {}), **said}


def without_words(cover: Cover) -> Cover:
    """The cover without what somebody wrote in their own words, but for who is to be asked."""
    is_receipt = _RECEIPT.fullmatch(cover.corrects_receipt) is not None
    return replace(cover, reason="", notes="", corrects_receipt=cover.corrects_receipt if is_receipt else "")


def read_cover(
    fields: Mapping[str, str], place: Mapping[str, str], others: Iterable[str] = ()
) -> tuple[Cover, list[Finding]]:
    """A cover from its fields, and what is wrong with it; `place` is what the drop's place says of `organisation`,
    `feed` and `period`, `others` are the fields that the layout of the file has beside those of every cover."""
    said = {name: fields.get(name, "") for name in COVER_FIELDS}
    cover = Cover(
        prepared_by=said["prepared_by"],
        signed_off_by=said["signed_off_by"],
        corrects_receipt=said["corrects_receipt"].casefold(),
        reason=said["reason"],
        is_nil_return=said["nil_return"].casefold() in _YES,
        notes=said["notes"],
    )
    return cover, list(_findings(fields, place, cover, [*COVER_FIELDS, *others]))


def _findings(
    fields: Mapping[str, str], place: Mapping[str, str], cover: Cover, known: Sequence[str]
) -> Iterator[Finding]:
    for name in sorted(set(fields) - set(known)):
        yield about_file("cover_field_unknown", value=f'"{name[:40]}"', choices=", ".join(known))
    for name in _PLACE:
        if fields.get(name) and fields[name].casefold() != place[name].casefold():
            yield about_file("cover_disagrees", column=name, example=place[name] or "another")
    yield from _about_template(fields, place["feed"])
    if fields.get("nil_return", "").casefold() not in (*_YES, *_NO):
        yield about_file("cover_nil_unclear")
    if cover.corrects_receipt and not cover.reason:
        yield about_file("correction_without_reason")


def _about_template(fields: Mapping[str, str], feed: str) -> Iterator[Finding]:
    """Whether the file was made from another version of its template than today's. That alone is no fault: a column
    that has come or gone since has a finding of its own."""
    version, definition = fields.get("template_version", ""), feeds().get(feed)
    if definition is not None and version and version != definition.version:
        value = f": {version}" if _VERSION.fullmatch(version) else ""
        yield about_file("cover_template_otherwise", value=value, example=definition.version)
