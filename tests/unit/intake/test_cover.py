"""The cover of a drop: what can be read of it, what it may say, and what is said where it is wrong."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impact.checking.workbook import COVER_FIELDS
from impact.definition import feeds
from impact.intake.cover import Cover, read_cover, read_sidecar

PLACE = {"organisation": "M001", "feed": "savings", "period": "2026-Q1"}

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


def broken(**fields: str) -> list[str]:
    return [finding.rule for finding in read_cover(fields, PLACE)[1]]


def test_an_empty_cover_says_nothing_and_is_right() -> None:
    assert read_cover({}, PLACE) == (Cover(), [])


def test_a_cover_is_read_field_by_field() -> None:
    fields = {
        **PLACE,
        "prepared_by": "Finance officer",
        "signed_off_by": "Head of finance",
        "corrects_receipt": "0123456789ABCDEF",
        "reason": "overtime had been counted twice",
        "nil_return": "no",
        "notes": "none",
        "template": "savings",
        "template_version": feeds()["savings"].version,
    }
    assert list(fields) == list(COVER_FIELDS)
    assert read_cover(fields, PLACE) == (
        Cover(
            prepared_by="Finance officer",
            signed_off_by="Head of finance",
            corrects_receipt="0123456789abcdef",
            reason="overtime had been counted twice",
            is_nil_return=False,
            notes="none",
        ),
        [],
    )


@pytest.mark.parametrize(
    ("data", "fields"),
    [
        (b"{}", {}),
        (b'{"reason": " twice "}', {"reason": "twice"}),
        (b'{" reason ": null}', {"reason": ""}),
        (b'\xef\xbb\xbf{"notes": "caf\xc3\xa9"}', {"notes": "café"}),
        (b'{"nil_return": true}', {"nil_return": "True"}),
        (b'{"period": 2026}', {"period": "2026"}),
        (b'{"template_version": 1.5}', {"template_version": "1.5"}),
    ],
)
def test_a_sidecar_is_a_json_object_of_plain_values(data: bytes, fields: dict[str, str]) -> None:
    assert read_sidecar(data) == fields


@pytest.mark.parametrize(
    "data",
    [
        *(b"", b"{", b"[]", b"null", b'"nil_return"', b"1", b"\xff\xfe{}", b'{"notes": "caf\xe9"}', b"PK\x03\x04"),
        *(b'{"notes": ["one"]}', b'{"notes": {"one": 1}}', b'{"notes": 1' + b"0" * 5000 + b"}", b"[" * 200_000),
        b'{"notes": ' + b"[" * 200_000,
    ],
)
def test_what_is_no_such_object_cannot_be_read(data: bytes) -> None:
    assert read_sidecar(data) is None


@given(st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
def test_no_sidecar_whatever_it_holds_raises(data: bytes) -> None:
    fields = read_sidecar(data)
    if fields is not None:
        assert all(isinstance(text, str) and text == text.strip() for text in [*fields, *fields.values()])
        _, findings = read_cover(fields, PLACE)
        assert all(finding.severity == "must_fix" and finding.fix for finding in findings)


@given(st.dictionaries(st.sampled_from([*COVER_FIELDS, "other"]), st.text()))
def test_no_fields_whatever_they_say_raise(fields: dict[str, str]) -> None:
    cover, findings = read_cover(fields, PLACE)
    assert cover.reason == fields.get("reason", "")
    assert ("cover_field_unknown" in {finding.rule for finding in findings}) == ("other" in fields)


def test_what_a_cover_says_can_be_written_down() -> None:
    fields: Any = read_sidecar(rb'{"notes": "\ud800"}')
    assert fields is None or fields["notes"].encode()


def test_a_field_that_there_is_not_is_named_and_the_fields_that_there_are_listed() -> None:
    _, findings = read_cover({"reasons": "twice", "Period": "2026-Q1", "x" * 50: ""}, PLACE)
    assert [finding.rule for finding in findings] == ["cover_field_unknown"] * 3
    assert ['"Period"' in findings[0].message, '"reasons"' in findings[1].message] == [True, True]
    assert f'"{"x" * 40}"' in findings[2].message
    assert all(name in findings[0].fix for name in COVER_FIELDS)


@pytest.mark.parametrize("name", PLACE)
def test_a_cover_that_disagrees_with_its_folder_is_found(name: str) -> None:
    [finding] = read_cover({name: "other"}, PLACE)[1]
    assert (finding.rule, name in finding.message, PLACE[name] in finding.message) == ("cover_disagrees", True, True)
    assert broken(**{name: PLACE[name].lower()}) == broken(**{name: ""}) == []


def test_a_cover_disagrees_with_a_place_that_says_nothing() -> None:
    [finding] = read_cover({"feed": "savings"}, {**PLACE, "feed": ""})[1]
    assert finding.message == "The cover names another feed than the folder in which the file lies (another)."


@pytest.mark.parametrize(
    ("word", "is_nil"),
    [("yes", True), ("YES", True), ("True", True), ("no", False), ("No", False), ("FALSE", False), ("", False)],
)
def test_the_words_for_a_nil_return(word: str, is_nil: bool) -> None:
    cover, findings = read_cover({"nil_return": word}, PLACE)
    assert (cover.is_nil_return, findings) == (is_nil, [])


@pytest.mark.parametrize("word", ["y", "1", "nil", "yes please", "ja"])
def test_any_other_word_is_unclear_and_no_nil_return(word: str) -> None:
    assert not read_cover({"nil_return": word}, PLACE)[0].is_nil_return
    assert broken(nil_return=word) == ["cover_nil_unclear"]


def test_a_correction_says_why() -> None:
    assert broken(corrects_receipt="0123456789abcdef") == ["correction_without_reason"]
    assert broken(corrects_receipt="0123456789abcdef", reason="twice") == broken(reason="twice") == []
