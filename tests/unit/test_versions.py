"""Any past version of what a site may edit can be had again, by the instant at which it held."""

import os
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impact.errors import ImpactError
from impact.versions import content_hash, is_current, take, version_at

A = {"organisations.csv": b"M001", "contracts.csv": b"K1"}
B = {"organisations.csv": b"M001\nM002", "contracts.csv": b"K1"}
C = {"organisations.csv": b"M001\nM002\nM003", "contracts.csv": b"K1"}


def at(seconds: int) -> datetime:
    return datetime(2026, 7, 20, 9, 0, 0, tzinfo=UTC) + timedelta(seconds=seconds)


def files_at(folder: Path, instant: datetime) -> object:
    version = version_at(folder, instant)
    return None if version is None else version.files


def test_there_is_no_version_before_the_first_was_taken(tmp_path: Path) -> None:
    assert version_at(tmp_path / "never made", at(0)) is None
    take(tmp_path, A, at(10))
    assert version_at(tmp_path, at(9)) is None
    assert files_at(tmp_path, at(10)) == A


def test_a_version_holds_until_the_next_one_is_taken(tmp_path: Path) -> None:
    take(tmp_path, A, at(10))
    take(tmp_path, B, at(20))
    assert [files_at(tmp_path, at(seconds)) for seconds in (10, 19, 20, 999)] == [A, A, B, B]


def test_going_back_to_an_old_version_keeps_what_held_in_between(tmp_path: Path) -> None:
    for files, seconds in ((A, 10), (B, 20), (A, 30)):
        take(tmp_path, files, at(seconds))
    assert [files_at(tmp_path, at(seconds)) for seconds in (15, 25, 35)] == [A, B, A]
    assert len(list(tmp_path.iterdir())) == len([A, B])


def test_a_version_is_named_by_its_content_and_kept_in_a_folder_of_that_name(tmp_path: Path) -> None:
    take(tmp_path, A, at(10))
    version = version_at(tmp_path, at(10))
    assert version is not None
    assert version.sha256 == content_hash(A) == version.folder.name
    assert {name: (version.folder / name).read_bytes() for name in A} == A


def test_only_the_version_that_holds_is_current(tmp_path: Path) -> None:
    take(tmp_path, A, at(10))
    take(tmp_path, B, at(20))
    assert [is_current(tmp_path, files, at(20)) for files in (A, B, C)] == [False, True, False]
    assert is_current(tmp_path, A, at(15))
    assert not is_current(tmp_path, A, at(5))


@pytest.mark.parametrize("order", [(A, B), (B, A), (A, B, A), (B, A, C), (C, A, B, C)])
def test_of_versions_taken_in_one_second_the_last_holds(order: tuple[dict[str, bytes], ...], tmp_path: Path) -> None:
    for files in order:
        take(tmp_path, files, at(10))
    assert files_at(tmp_path, at(10)) == order[-1]


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.tuples(st.sampled_from([A, B, C]), st.integers(0, 3)), max_size=6),
    st.integers(0, 20),
)
def test_the_version_that_holds_is_the_one_taken_last_by_then(
    takings: list[tuple[dict[str, bytes], int]], asked: int
) -> None:
    expected = None
    with tempfile.TemporaryDirectory() as folder:
        now = 0
        for files, pause_seconds in takings:
            now += pause_seconds
            take(Path(folder), files, at(now))
            if now <= asked:
                expected = files
        assert files_at(Path(folder), at(asked)) == expected


def test_a_version_whose_taking_was_killed_is_never_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader holds no lock, so it may look while a writer is at work, or after one was killed."""
    take(tmp_path, A, at(10))

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(os, "rename", killed)
        with pytest.raises(KeyboardInterrupt):
            take(tmp_path, B, at(20))
    assert files_at(tmp_path, at(30)) == A


@pytest.mark.parametrize("content", [b"", b"[", b'"2026"', b"[1]", b'[["2026-07-20T09:00:10Z"]]', b"null"])
def test_a_record_of_takings_that_cannot_be_read_is_named(content: bytes, tmp_path: Path) -> None:
    take(tmp_path, A, at(10))
    record = tmp_path / content_hash(A) / "taken.json"
    record.write_bytes(content)
    with pytest.raises(ImpactError, match="Put the file back") as said:
        version_at(tmp_path, at(10))
    assert str(record) in str(said.value)


def test_the_hash_is_of_names_and_contents_whatever_their_order() -> None:
    assert content_hash(A) == content_hash(dict(reversed(A.items())))
    different = [
        {"ab": b"c"},
        {"a": b"bc"},
        {"a": b"b", "c": b""},
        {"a": b"", "c": b"b"},
        {"a": b"1\nb\n1\n2"},
        {"a": b"1", "b": b"2"},
        {"a": b"1b\n\n2"},
    ]
    assert len({content_hash(files) for files in different}) == len(different)
