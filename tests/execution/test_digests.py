"""Digests of large files are worked out once, and are never those of another content."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sphinxcontrib_d2lbook.common.files import file_digest
from sphinxcontrib_d2lbook.execution import file_digests
from sphinxcontrib_d2lbook.execution.file_digests import Digests

pytestmark = pytest.mark.skipif(not file_digests.TELLS, reason="this system does not tell when a file was changed")


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that were read."""
    paths: list[Path] = []

    def noting(path: Path) -> str:
        paths.append(path)
        return file_digest(path)

    monkeypatch.setattr(file_digests, "file_digest", noting)
    monkeypatch.setattr(file_digests, "LARGE", 4)
    monkeypatch.setattr(file_digests, "TICK", 0)
    return paths


def asked(work: Path, path: Path) -> str:
    """The digest, by a new build."""
    found = Digests(work)
    value = found(path)
    found.save()
    return value


def test_a_large_file_is_read_once(tmp_path: Path, read: list[Path]) -> None:
    file = tmp_path / "large.bin"
    file.write_bytes(b"content")
    assert {asked(tmp_path, file) for _ in range(3)} == {file_digest(file)}
    assert read == [file]


def test_a_small_file_is_read_each_time(tmp_path: Path, read: list[Path]) -> None:
    file = tmp_path / "small.bin"
    file.write_bytes(b"x")
    assert asked(tmp_path, file) == asked(tmp_path, file) == file_digest(file)
    assert len(read) == 2


def test_other_content_of_the_same_size_and_time_is_read(tmp_path: Path, read: list[Path]) -> None:
    file = tmp_path / "large.bin"
    file.write_bytes(b"content")
    before = file.stat()
    asked(tmp_path, file)
    while file.stat().st_ctime_ns == before.st_ctime_ns:  # the clock of the file system goes on
        file.write_bytes(b"CONTENT")
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert asked(tmp_path, file) == file_digest(file)
    assert len(read) == 2


def test_a_file_that_takes_the_place_of_another_is_read(tmp_path: Path, read: list[Path]) -> None:
    file, other = tmp_path / "large.bin", tmp_path / "other.bin"
    file.write_bytes(b"content")
    other.write_bytes(b"CONTENT")
    asked(tmp_path, file)
    os.utime(other, ns=(file.stat().st_atime_ns, file.stat().st_mtime_ns))
    other.replace(file)
    assert asked(tmp_path, file) == file_digest(file)


def test_what_changed_a_moment_ago_is_read_again(
    tmp_path: Path, read: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_digests, "TICK", 10**18)
    file = tmp_path / "large.bin"
    file.write_bytes(b"content")
    asked(tmp_path, file)
    asked(tmp_path, file)
    assert len(read) == 2
